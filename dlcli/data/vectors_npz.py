"""Word vectors as ``.npz``: arrays of NumPy in a zip archive, the numbers stored as they are."""

from __future__ import annotations

import io
import math
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import BinaryIO

import numpy as np

from dlcli.core.errors import DataError, ModelError
from dlcli.data.vectors_rows import ANEW, blocks_of, encoded, no_vectors
from dlcli.ops.word_vectors import WordVectors, row_lengths

CELLS = 1 << 32  # bytes that words may take as an array of text, in which all are as wide as the longest


def arrays(buffer: np.ndarray, name: str) -> dict[str, np.ndarray]:
    """Return the arrays of a file, those stored as they are as views of it.

    Raises:
        ModelError: broken, holding objects, or without words and vectors.

    """
    found = {}
    try:
        with zipfile.ZipFile(_Window(buffer)) as archive:
            there = {i.filename.removesuffix(".npy"): i for i in archive.infolist()}
            if not {"vectors", "words"} <= there.keys():
                raise _refused_zip(name, list(there), archive)
            for key in ("vectors", "words", "counts", "lengths"):
                if key in there:
                    found[key] = _member(buffer, archive, there[key])
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        if "allow_pickle" in str(error):
            text = f"{name} holds Python objects, which may run any program when they are read"
            raise ModelError(text, "in Python: numpy.savez(FILE, words=numpy.array(words, dtype=str), …)") from error
        raise ModelError(f"{name} is broken: {error}", ANEW) from error
    return found


def _refused_zip(name: str, there: list[str], archive: zipfile.ZipFile) -> ModelError:
    texts = [n for n in archive.namelist() if n.endswith((".txt", ".vec"))]
    if texts:
        text = f"{name} is a zip archive of {', '.join(texts[:5])}"
        return ModelError(text, f"unzip it, or: unzip -p {name} {texts[0]} | dlcli embed … -")
    return no_vectors(name, there, "words and vectors")


class _Window(io.RawIOBase):
    """A file's bytes as an open file, without a copy."""

    def __init__(self, buffer: np.ndarray):
        self._buffer, self._at = buffer, 0

    def readable(self) -> bool:
        """Say yes."""
        return True

    def seekable(self) -> bool:
        """Say yes."""
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a byte."""
        at = offset + (0, self._at, len(self._buffer))[whence]
        if at < 0:
            raise ValueError("it is cut off")
        self._at = at
        return at

    def tell(self) -> int:
        """Return the byte it stands at."""
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        """Return the next bytes."""
        end = len(self._buffer) if size is None or size < 0 else self._at + size
        found = self._buffer[self._at : end].tobytes()
        self._at += len(found)
        return found


def _member(buffer: np.ndarray, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> np.ndarray:
    """Return one array: a view of the file where it is stored as it is, else unpacked."""
    with archive.open(info) as file:
        if info.compress_type == zipfile.ZIP_STORED:
            version = np.lib.format.read_magic(file)
            readers = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
            if version in readers:
                shape, fortran, dtype = readers[version](file)
                names = struct.unpack_from("<HH", buffer[info.header_offset + 26 : info.header_offset + 30])
                start = info.header_offset + 30 + sum(names) + file.tell()
                if start + dtype.itemsize * math.prod(shape) > len(buffer):
                    raise ValueError("it is cut off")
                if not dtype.hasobject:
                    return np.ndarray(shape, dtype, buffer, start, order="F" if fortran else "C")  # type: ignore[arg-type]
    with archive.open(info) as file:
        return np.lib.format.read_array(file, allow_pickle=False)


def words(arrays: Mapping[str, np.ndarray], name: str) -> list[str]:
    """Return the words.

    Raises:
        ModelError: they are no text.

    """
    words = arrays["words"]
    if words.ndim != 1 or words.dtype.kind not in "US":
        raise ModelError(f"{name}: words must be text, a word a row; they are {words.dtype}, {words.shape}", ANEW)
    if words.dtype.kind == "S":
        return [word.decode(errors="surrogateescape") for word in words.tolist()]
    try:
        return words.tolist()
    except ValueError as error:  # a number that is no sign of Unicode
        raise ModelError(f"{name}: words are broken: {error}", ANEW) from error


def write(file: BinaryIO, vectors: WordVectors) -> None:
    """Write vectors as ``.npz``: the numbers stored as they are, at a multiple of 64 bytes, the words packed.

    Raises:
        DataError: words that an array of text cannot hold.

    """
    encoded(vectors.words)
    longest = max(map(len, vectors.words), default=1)
    if 4 * longest * len(vectors) > CELLS or any(word.endswith("\0") for word in vectors.words):
        text = f"words of up to {longest} signs cannot be kept as an array of text"
        raise DataError(text, "write .safetensors, or leave out the longest")
    with zipfile.ZipFile(file, "w", allowZip64=True) as archive:
        shape = (len(vectors), vectors.dim)
        _write_member(archive, "vectors", shape, "<f4", blocks_of(vectors.vectors))
        arrays = {"words": np.array(vectors.words, dtype=np.str_), "counts": vectors.counts}
        arrays["lengths"] = row_lengths(vectors.vectors)
        for key, array in arrays.items():
            if array is not None:
                kept = np.asarray(array, None if key == "words" else {"counts": "<i8", "lengths": "<f4"}[key])
                packed = zipfile.ZIP_DEFLATED if key == "words" else zipfile.ZIP_STORED
                _write_member(archive, key, kept.shape, kept.dtype.str, iter([kept.tobytes()]), packed)


def _write_member(
    archive: zipfile.ZipFile, key: str, shape: tuple[int, ...], dtype: str, blocks: Iterator[bytes], packed: int = 0
) -> None:
    info = zipfile.ZipInfo(f"{key}.npy")  # with the first day there is: the same vectors are the same bytes
    info.compress_type = packed
    info.external_attr = 0o644 << 16
    # A field that readers skip moves the numbers to a multiple of 64; zipfile adds 20 bytes for sizes beyond 4 GB.
    before = archive.fp.tell() + 30 + len(info.filename) + 20 + 4  # type: ignore[union-attr]
    info.extra = struct.pack("<HH", 0x6C64, -before % 64) + bytes(-before % 64)
    with archive.open(info, "w", force_zip64=True) as member:
        np.lib.format.write_array_header_1_0(member, {"descr": dtype, "fortran_order": False, "shape": shape})  # type: ignore[arg-type]
        for block in blocks:
            member.write(block)
