"""Bundles: a model with all that is needed to use it, described by ``bundle.yaml``.

``kind`` says what it is before anything heavy is imported: ``network``, ``table``, ``cascade`` or ``vectors``.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from dlcli.core import files
from dlcli.core.errors import ModelError

FILE = "bundle.yaml"
WEIGHTS = "model.safetensors"
KINDS = ("network", "table", "cascade", "vectors")
COMMANDS = {  # what takes a model of each kind
    "network": "dlcli predict {}",
    "table": "dlcli boost predict DATA -m {}",
    "cascade": "dlcli detect PICTURE -m {}",
    "vectors": "dlcli embed neighbors {} WORD",
}
SEALED = ("table", "cascade", "vectors")  # whose bundle.yaml carries a checksum of itself


@dataclass(frozen=True)
class Bundle:
    """What ``bundle.yaml`` says.

    Args:
        kind: what the model is.
        task: what it was trained for.
        model: name and arguments the network is built from.
        facts: what was learnt from the training part before training (classes, statistics).
        preprocessing: the steps from a file to the network's input.
        recipe: name of the recipe.
        recipe_digest: fingerprint of the resolved recipe.
        versions: of dlcli and its libraries.
        weights_sha256: checksum of ``model.safetensors``.
        files: name → SHA-256 of each file beside ``bundle.yaml``, of bundles that are no networks.
        metrics: the final metrics.
        license_note: what is known about the licence of weights it began from.

    """

    kind: str
    task: str
    model: dict[str, Any]
    facts: dict[str, Any]
    preprocessing: list[dict[str, Any]]
    recipe: str = ""
    recipe_digest: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    weights_sha256: str = ""
    metrics: dict[str, float] = field(default_factory=dict)
    license_note: str = ""
    files: dict[str, str] = field(default_factory=dict)
    schema: int = 1


def locate(path: Path) -> Path | None:
    """Return the bundle directory of a run or bundle, or None."""
    for candidate in (path, path / "model"):
        if (candidate / FILE).is_file():
            return candidate
    return None


def files_of(argument: str) -> list[str]:
    """Return the files a model argument is read from, for make; those of a library are left out."""
    directory = locate(Path(argument))
    if directory is not None:
        held = read(directory).files or {WEIGHTS: ""}
        return [*(str(directory / name) for name in held), str(directory / FILE)]
    if Path(argument).is_file():  # exported
        return [argument]
    return [argument.partition("@")[2]]


def read(directory: Path) -> Bundle:
    """Read ``bundle.yaml``.

    Raises:
        ModelError: missing, broken or of a newer format.

    """
    import yaml

    path = directory / FILE
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        if not isinstance(raw, dict) or "schema" not in raw:
            raise ModelError(f"{path} is broken: it is no description of a model", "make the model anew")
        version = raw["schema"]
        if not isinstance(version, int) or version > 1:
            raise ModelError(f"{path} has format {version!r}; this dlcli reads 1", "install a newer dlcli-toolkit")
        seal = raw.pop("seal", None)
        bundle = Bundle(**raw)
        if bundle.kind in SEALED and seal != _seal(bundle):
            text = f"{path} has been altered since it was written: its checksum differs"
            raise ModelError(text, "make the model anew")
    except OSError as error:
        raise ModelError(f"cannot read {path}: {error.strerror or error}") from error
    except (yaml.YAMLError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError(f"{path} is broken: {str(error).splitlines()[0]}") from error
    if bundle.kind not in KINDS:
        raise ModelError(f"{path}: kind {bundle.kind!r} is not known; allowed: {', '.join(KINDS)}")
    return bundle


def of_another_kind(argument: str, bundle: Bundle, wanted: str) -> ModelError:
    """Return the error for a bundle that holds something else than ``wanted``."""
    held = "word vectors" if bundle.kind == "vectors" else f"a {bundle.kind}"
    return ModelError(f"{argument} holds {held}, not {wanted}", f"use {COMMANDS[bundle.kind].format(argument)}")


def write(directory: Path, bundle: Bundle) -> None:
    """Write ``bundle.yaml`` atomically."""
    import yaml

    held = asdict(bundle) | ({"seal": _seal(bundle)} if bundle.kind in SEALED else {})
    files.write_text(directory / FILE, yaml.safe_dump(held, sort_keys=False, allow_unicode=True, width=120))


def _seal(bundle: Bundle) -> str:
    """Return a checksum of what a bundle says."""
    text = json.dumps(asdict(bundle), sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def check_weights(directory: Path, bundle: Bundle) -> Path:
    """Return the weights file once its checksum has been compared.

    Raises:
        ModelError: missing, or not the file that was written with this bundle.

    """
    path = directory / WEIGHTS
    if not path.is_file():
        raise ModelError(f"{path} is missing; the bundle is not complete")
    if bundle.weights_sha256 and sha256(path) != bundle.weights_sha256:
        raise ModelError(f"{path} is not the file this bundle was written with: its SHA-256 differs")
    return path


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
