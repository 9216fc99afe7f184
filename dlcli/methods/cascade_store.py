"""Cascades on disk: a bundle of kind ``cascade``, whose ``cascade.json`` people can read; or OpenCV's XML.

The file's SHA-256 stands in ``bundle.yaml`` and is compared before a byte of it is looked at.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

from dlcli.core import bundle, files
from dlcli.core.bundle import Bundle
from dlcli.core.errors import MissingError, ModelError
from dlcli.core.files import shown
from dlcli.methods import cascade, cascade_xml
from dlcli.methods.cascade import Cascade

FILE = "cascade.json"
LARGEST_BYTES = 64_000_000
SHARED = ("/usr/share/opencv4/haarcascades", "/usr/share/opencv/haarcascades")  # where OpenCV's own are installed


def write(directory: Path, held: Cascade, about: Bundle) -> None:
    """Write a cascade as a bundle; ``bundle.yaml`` comes last, so that half a bundle is none."""
    text = held.text()
    files.write_text(directory / FILE, text)
    bundle.write(directory, replace(about, weights_sha256=hashlib.sha256(text.encode()).hexdigest()))


def files_of(argument: str) -> list[str]:
    """Return the files a model argument is read from, for make."""
    directory = bundle.locate(Path(argument))
    return [argument] if directory is None else [str(directory / FILE), str(directory / bundle.FILE)]


def find(argument: str) -> str:
    """Return the file that a bare name such as ``haarcascade_eye.xml`` means: one here, or else OpenCV's own."""
    if argument.lower().endswith(".xml") and Path(argument).name == argument and not Path(argument).exists():
        return next((str(path) for folder in SHARED if (path := Path(folder, argument)).is_file()), argument)
    return argument


def load(argument: str) -> tuple[Cascade, Bundle | None]:
    """Open a model argument: the directory of a bundle, or an OpenCV XML file.

    Raises:
        ModelError: missing, broken, tampered with, not a cascade.
        MissingError: a model of a kind that is not used so yet.

    """
    path, name = Path(argument), shown(argument)
    directory = bundle.locate(path)
    if directory is not None:
        about = bundle.read(directory)
        if about.kind == "table":
            raise ModelError(
                f"{name} holds a model of tables, no cascade",
                f"dlcli boost predict TABLE -m {name} uses it, dlcli boost dump -m {name} shows it",
            )
        if about.kind != "cascade":
            raise _not_yet(f"{name} holds a {about.kind}")
        return _from_bundle(directory, about), about
    if path.is_dir():
        raise ModelError(f"{name} is a folder without {bundle.FILE}", "give what dlcli boost cascade fit wrote")
    if path.suffix.lower() == ".xml":
        if not path.exists():
            hint = f"Debian: apt install opencv-data, then -m {SHARED[0]}/haarcascade_frontalface_default.xml"
            raise ModelError(f"no cascade called {name}: there is no such file", hint)
        return cascade_xml.read(_bytes(path, cascade_xml.LARGEST_BYTES), name), None
    if path.suffix.lower() in (".onnx", ".pt2", ".safetensors", ".pt", ".pth") or argument.startswith(
        ("torchvision:", "timm:", "hf:", "imagenet")
    ):
        raise _not_yet(f"{name} is a network")
    if not path.exists():
        raise ModelError(f"no cascade called {name}: there is no such file or folder")
    raise ModelError(f"{name} is no cascade", f"give the folder of a bundle ({bundle.FILE}), or an OpenCV .xml")


def _not_yet(what: str) -> MissingError:
    return MissingError(
        f"{what}; detecting with it is not built yet: dlcli detect opens cascades",
        "train one: dlcli boost cascade fit FACES --negatives DIR; or give an OpenCV haarcascade_*.xml",
    )


def _from_bundle(directory: Path, about: Bundle) -> Cascade:
    path = directory / FILE
    content = _bytes(path, LARGEST_BYTES)
    if hashlib.sha256(content).hexdigest() != about.weights_sha256:
        raise ModelError(f"{shown(path)} is not the file this bundle was written with: its SHA-256 differs")
    try:
        raw = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{shown(path)} is broken: {error}") from error
    return cascade.from_plain(raw, shown(path))


def _bytes(path: Path, most: int) -> bytes:
    try:
        if not path.is_file():
            raise ModelError(f"{shown(path)} is missing, or no file")
        if path.stat().st_size > most:
            raise ModelError(f"{shown(path)} is larger than {most:,} bytes; no cascade is")
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"cannot read {shown(path)}: {error.strerror or error}") from error
