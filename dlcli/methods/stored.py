"""Models as folders of JSON, arrays and the boosters' own files; nothing in them is ever executed.

A model is plain data and arrays (``Model.state``). The data stands in ``model.json``, arrays in ``arrays.npz`` (read
with ``allow_pickle=False``), what XGBoost and LightGBM write in ``model.ubj`` and ``model.txt`` beside it; a member of
a vote has files of its own. Every file is checked against its SHA-256 before a byte of it is read as a model, and the
model must then answer some made-up rows as it did when it was written.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from dlcli.core import files
from dlcli.core.errors import ModelError, RunFailed
from dlcli.methods.ensembles import Model

FORMAT = 1
MAIN, ARRAYS = "model.json", "arrays.npz"
OWN_FILES = ("ubj", "txt")  # keys of a state whose bytes are a library's file
MARKS = ("$array", "$file", "$tuple", "$float")
CLOSE = 1e-5  # of a probability, and of a value relative to the largest: other processors round otherwise
WIDEST = 1 << 30  # bytes of JSON that are read at most


def write(folder: Path, model: Model) -> dict[str, str]:
    """Write a model.

    Args:
        folder: an existing folder; its files of these names are replaced.
        model: a fitted model.

    Returns:
        File name → SHA-256, which ``read`` asks for.

    Raises:
        RunFailed: a part of the model is not plain data: a bug, found before anything is written.

    """
    contents = _contents(model)
    for name, content in contents.items():
        files.write_with(folder / name, lambda file, content=content: file.write(content))
    return {name: hashlib.sha256(content).hexdigest() for name, content in sorted(contents.items())}


def size(model: Model) -> int:
    """Return how many bytes a model takes on disk."""
    return sum(map(len, _contents(model).values()))


def _contents(model: Model) -> dict[str, bytes]:
    """Return the files of a model."""
    arrays: dict[str, np.ndarray] = {}
    others: dict[str, bytes] = {}
    body = {
        "format": FORMAT,
        "versions": versions(model),
        "probe": _plain(model.predict(model.probe), "probe", arrays, others),
        "model": _plain(model.state(), "model", arrays, others),
    }
    contents = dict(others)
    contents[MAIN] = (json.dumps(body, indent=1, allow_nan=False, ensure_ascii=False) + "\n").encode()
    packed = io.BytesIO()
    np.savez(packed, allow_pickle=False, **arrays)
    contents[ARRAYS] = packed.getvalue()
    return contents


def read(folder: Path, sha256: Mapping[str, str]) -> Model:
    """Read a model.

    Args:
        folder: where ``write`` put it.
        sha256: file name → SHA-256, from ``write``.

    Raises:
        ModelError: a file is missing or not the one written, or the model answers otherwise than when written.
        MissingError: LightGBM is not installed.

    """
    if not {MAIN, ARRAYS} <= set(sha256):
        raise ModelError(f"{files.shown(folder)}: the list of files names no {MAIN} or no {ARRAYS}", "fit it anew")
    contents = {name: _checked(folder, name, digest) for name, digest in sha256.items()}
    try:
        if len(contents[MAIN]) > WIDEST:
            raise ValueError(f"{MAIN} is too large")
        body = json.loads(contents[MAIN])
        if body["format"] != FORMAT:
            raise ModelError(
                f"{files.shown(folder / MAIN)}: format {body['format']!r}; this dlcli reads format {FORMAT}",
                "read it with the version that wrote it, or fit anew",
            )
        with np.load(io.BytesIO(contents[ARRAYS]), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        model = Model.from_state(_back(body["model"], arrays, contents))
        wanted, then = _back(body["probe"], arrays, contents), body["versions"]
        found = model.predict(model.probe)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError, zipfile.BadZipFile) as error:
        raise ModelError(
            f"{files.shown(folder)} is no model this dlcli can read: {type(error).__name__}: {error}", "fit it anew"
        ) from error
    _same_answers(folder, found, wanted, then, versions(model))
    return model


def _checked(folder: Path, name: str, digest: str) -> bytes:
    path = folder / name
    if name != Path(name).name or name in ("", ".", ".."):
        raise ModelError(f"{files.shown(name)!r} is no file name of a model", "fit it anew")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(
            f"cannot read {files.shown(path)}: {error.strerror or error}", "copy the whole folder, or fit anew"
        ) from error
    if hashlib.sha256(content).hexdigest() != digest:
        raise ModelError(
            f"{files.shown(path)} is not the file that was written: its SHA-256 differs",
            "copy the whole folder again, or fit anew",
        )
    return content


def _same_answers(folder: Path, found: np.ndarray, wanted: np.ndarray, then: Any, now: Any) -> None:
    same = np.shape(found) == np.shape(wanted)
    if same and found.size:
        scale = 1.0 if found.ndim == 2 else max(1.0, float(np.max(np.abs(wanted))))
        same = bool(np.max(np.abs(found - wanted)) <= CLOSE * scale)
    if not same:
        changed = [f"{k} {then.get(k, '?')} → {v}" for k, v in now.items() if then.get(k) != v]
        why = f"versions: {', '.join(changed)}" if changed else f"versions are the same: {now}"
        raise ModelError(
            f"{files.shown(folder)}: the model answers otherwise than when it was written ({why})",
            "install the versions it was written with, or fit it anew",
        )


def versions(model: Model) -> dict[str, str]:
    """Return the versions of what computes the answers of a model."""
    from importlib.metadata import version

    import dlcli

    found = {"dlcli": dlcli.__version__, "numpy": np.__version__}
    used = {model.name, *(m.name for m in getattr(model.inner, "members", ()))}
    if "xgboost" in used:
        import xgboost

        found["xgboost"] = xgboost.__version__
    if "lightgbm" in used:
        found["lightgbm"] = version("lightgbm")
    if "knn" in used:
        found["scipy"] = version("scipy")
    return found


def _plain(value: Any, where: str, arrays: dict[str, np.ndarray], others: dict[str, bytes]) -> Any:
    """Return a state as JSON values; arrays and files are put aside under names that the JSON refers to."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, np.bool_ | np.integer | np.floating):
        value = value.item()
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else {"$float": repr(value)}
    if isinstance(value, np.ndarray):
        if value.dtype.hasobject:
            raise RunFailed(f"{where} is an array of Python objects, which is not stored")
        name = f"a{len(arrays)}"
        arrays[name] = value
        return {"$array": name}
    if isinstance(value, bytes):
        kind = where.rpartition(".")[2]
        if kind not in OWN_FILES:
            raise RunFailed(f"{where} is bytes, which are not stored")
        same = sum(name.endswith(f".{kind}") for name in others)
        name = f"model-{same + 1}.{kind}" if same else f"model.{kind}"
        others[name] = value
        return {"$file": name}
    if isinstance(value, tuple):
        return {"$tuple": [_plain(v, f"{where}.{i}", arrays, others) for i, v in enumerate(value)]}
    if isinstance(value, list):
        return [_plain(v, f"{where}.{i}", arrays, others) for i, v in enumerate(value)]
    if isinstance(value, dict) and all(isinstance(k, str) and not k.startswith("$") for k in value):
        return {k: _plain(v, f"{where}.{k}", arrays, others) for k, v in value.items()}
    raise RunFailed(f"{where} is a {type(value).__name__}, which is not stored")


def _back(value: Any, arrays: Mapping[str, np.ndarray], contents: Mapping[str, bytes]) -> Any:
    if isinstance(value, list):
        return [_back(v, arrays, contents) for v in value]
    if not isinstance(value, dict):
        return value
    mark = next(iter(value)) if len(value) == 1 else ""
    if mark not in MARKS:
        return {k: _back(v, arrays, contents) for k, v in value.items()}
    inner = value[mark]
    if mark == "$array":
        return arrays[inner]
    if mark == "$file":
        return contents[inner]
    return float(inner) if mark == "$float" else tuple(_back(v, arrays, contents) for v in inner)
