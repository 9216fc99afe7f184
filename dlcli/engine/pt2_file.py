"""PT2 files: a captured network written as torch's archive, and one read without unpickling or evaluating anything.

``torch.export.load`` is not used on files a user gives. torch 2.15 unpickles in it (``sample_inputs``, constants and
weights marked ``use_pickle``, custom objects), hands size expressions to sympy, which evaluates them as Python, and
compiles names and guards of the graph into code. What is needed to run a classifier is plain: a JSON list of ATen
operations and raw tensors. That alone is read here; whatever else a file holds is refused or never looked at. The files
written here are ordinary ones: ``torch.export.load`` reads them.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import torch
from torch import Tensor, nn
from torch.export import ExportedProgram

from dlcli.core.errors import ModelError
from dlcli.core.exported import ANEW, KEY
from dlcli.core.files import shown
from dlcli.engine.export import quiet
from dlcli.engine.pt2_graph import DTYPES, STRIDED, Broken, Pt2Net

EXTRA_FILE = f"{KEY}.json"
GRAPH, WEIGHTS, CONSTANTS = "models/model.json", "data/weights", "data/constants"


def write(program: ExportedProgram, file: BinaryIO, description: str) -> None:
    """Write a captured network as one PT2 file.

    Args:
        program: from ``engine/export.capture``.
        file: open for writing.
        description: what it is to say of itself (``core/exported.text_of``).

    Raises:
        ModelError: torch cannot store it.

    """
    program._example_inputs = None  # they would be pickled beside the graph
    held = io.BytesIO()  # torch names the archive's folder after the file, which is a temporary one here
    try:
        with quiet():
            torch.export.save(program, held, extra_files={EXTRA_FILE: description})
    except Exception as error:
        raise ModelError(
            f"this network cannot be written as PT2: {(str(error) or type(error).__name__).splitlines()[0]}",
            "use --format onnx",
        ) from error
    file.write(held.getbuffer())


def read(path: Path) -> tuple[str, nn.Module]:
    """Return what a PT2 file says of itself, and its network.

    Raises:
        ModelError: no PT2 file, cut off, not written by ``dlcli export``, or with something that would have to be
            unpickled or is no tensor operation.

    """
    name = shown(path)
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            contents = _Contents(archive, path.stat().st_size)
            if not contents.has(f"extra/{EXTRA_FILE}"):
                raise ModelError(
                    f"{name} is a PT2 file that dlcli export did not write: it does not say its classes and "
                    f"preprocessing (extra/{EXTRA_FILE} is missing), without which no picture can be shown to it",
                    "export it from a run, a bundle or a model name with dlcli export",
                )
            said = contents.bytes(f"extra/{EXTRA_FILE}").decode()
            graph = contents.json(GRAPH)["graph_module"]
            weights = _tensors(contents, WEIGHTS, "model_weights_config.json")
            constants = _tensors(contents, CONSTANTS, "model_constants_config.json")
            return said, Pt2Net(graph, weights | constants, name)
    except Broken as error:
        raise ModelError(f"{name} cannot be read: {error}", ANEW) from error
    except (zipfile.BadZipFile, NotImplementedError, EOFError) as error:
        empty = "it is empty" if not path.stat().st_size else str(error)
        raise ModelError(f"{name} is no PT2 file, or is cut off: {empty}", ANEW) from error
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RuntimeError, RecursionError) as error:
        reason = (str(error) or type(error).__name__).splitlines()[0][:200]
        raise ModelError(f"{name} is broken: {type(error).__name__}: {reason}", ANEW) from error


class _Contents:
    """The files in an archive, by their names below its one folder."""

    def __init__(self, archive: zipfile.ZipFile, size: int):
        infos = archive.infolist()
        if any(i.compress_type != zipfile.ZIP_STORED for i in infos) or sum(i.file_size for i in infos) > size:
            raise Broken("its parts are compressed or overlap, as torch never writes them")
        roots = [i.filename.removesuffix(GRAPH) for i in infos if i.filename.endswith(f"/{GRAPH}")]
        if len(roots) != 1:
            raise Broken(f"it has no {GRAPH}" if not roots else f"it has {len(roots)} graphs")
        self._archive, self._root = archive, roots[0]
        self._names = {i.filename for i in infos}
        if self.has("byteorder") and self.bytes("byteorder") != b"little":
            raise Broken("its numbers are not little-endian")

    def has(self, name: str) -> bool:
        return self._root + name in self._names

    def bytes(self, name: str) -> bytes:
        if not self.has(name):
            raise Broken(f"{name} is missing in it")
        return self._archive.read(self._root + name)

    def json(self, name: str) -> Any:
        return json.loads(self.bytes(name))


def _tensors(contents: _Contents, folder: str, config: str) -> dict[str, Tensor]:
    """Return the tensors of a folder by name; those that share storage share it again."""
    stored: dict[tuple[str, torch.dtype], Tensor] = {}
    found = {}
    for name, entry in contents.json(f"{folder}/{config}")["config"].items():
        file, about = entry["path_name"], entry["tensor_meta"]
        if entry["use_pickle"] or about is None or about["layout"] != STRIDED:
            raise Broken(f"{name} would have to be unpickled, which dlcli does with no file")
        dtype = DTYPES[about["dtype"]]
        if (file, dtype) not in stored:
            data = bytearray(contents.bytes(f"{folder}/{file}"))
            stored[file, dtype] = torch.frombuffer(data, dtype=dtype) if data else torch.empty(0, dtype=dtype)
        sizes, strides = ([_whole(v) for v in about[key]] for key in ("sizes", "strides"))
        offset = _whole(about["storage_offset"])
        found[name] = stored[file, dtype].as_strided(sizes, strides, offset)  # refuses what lies outside the storage
    return found


def _whole(value: Mapping[str, Any]) -> int:
    number = value["as_int"]
    if type(number) is not int:
        raise Broken(f"a stored size is {number!r}")
    return number
