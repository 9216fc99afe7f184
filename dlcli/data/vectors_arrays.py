"""Word vectors as arrays, ``.npz`` and ``.safetensors``: opened by mapping, so the numbers are read when they are used.

Both hold ``words`` and ``vectors``, and beside them ``lengths`` (of the rows, so that opening needs no pass over the
numbers) and perhaps ``counts``. In safetensors, which has no text, ``words`` is all words as UTF-8 one after the other,
and ``word_ends`` where each ends.
"""

from __future__ import annotations

import io
import json
import math
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO

import numpy as np

from dlcli.core.errors import DataError, ModelError
from dlcli.data.vectors_rows import encoded
from dlcli.ops.word_vectors import WordVectors, row_lengths

DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "U8": "u1"}
CELLS = 1 << 32  # bytes that words may take as an array of text, in which all are as wide as the longest
ANEW = "make the file anew"


def read(buffer: np.ndarray, form: str, name: str, most: int | None) -> WordVectors:
    """Return the vectors of a file that is mapped or in memory.

    Args:
        buffer: uint8, the whole file.
        form: ``npz`` or ``safetensors``.
        name: what it is called in messages.
        most: rows to keep, or None.

    Raises:
        ModelError: broken, other arrays, or a number that is not finite; names the array or the word.

    """
    arrays = _npz(buffer, name) if form == "npz" else _safetensors(buffer, name)
    vectors = arrays["vectors"]
    if vectors.ndim != 2 or not vectors.size or vectors.dtype.kind not in "fiu":
        text = f"{name}: vectors must be numbers, a row a word; they are {vectors.dtype} of shape {vectors.shape}"
        raise ModelError(text, ANEW)
    words = (_npz_words if form == "npz" else _joined_words)(arrays, name)
    if len(words) != len(vectors):
        raise ModelError(f"{name} holds {len(words)} words and {len(vectors)} vectors", ANEW)
    vectors = vectors[:most]
    if vectors.dtype != np.float32 or not (vectors.flags.c_contiguous and vectors.flags.aligned):
        with np.errstate(over="ignore"):
            vectors = np.require(vectors, np.float32, ["C", "A"])
    counts, lengths = (_beside(arrays, key, most, len(vectors), name) for key in ("counts", "lengths"))
    if lengths is not None and not _are_lengths(lengths, vectors):
        lengths = None
    if lengths is None:
        lengths = row_lengths(vectors)
    bad = np.flatnonzero(~np.isfinite(lengths))
    if len(bad):
        raise ModelError(f"{name}: the vector of {words[bad[0]]!r} has a number that is not finite", ANEW)
    return WordVectors(words[:most], vectors, counts, lengths)


def _beside(arrays: Mapping[str, Any], key: str, most: int | None, rows: int, name: str) -> np.ndarray | None:
    if key not in arrays:
        return None
    found = arrays[key][:most]
    if found.shape != (rows,) or found.dtype.kind not in "fiu":
        raise ModelError(f"{name}: {key} must be a number a word; they are {found.dtype} of shape {found.shape}", ANEW)
    return np.asarray(found, np.int64 if key == "counts" else np.float32)


def _are_lengths(lengths: np.ndarray, vectors: np.ndarray) -> bool:
    """Say, by some of the rows, whether lengths are those of these vectors: another program may have changed them."""
    some = np.unique(np.linspace(0, len(vectors) - 1, 64).astype(int))
    return np.allclose(lengths[some], row_lengths(vectors[some]), rtol=1e-4, atol=1e-30)


def _missing(name: str, found: object, what: str) -> ModelError:
    text = f"{name} holds no word vectors: it has {', '.join(map(str, list(found)[:5])) or 'nothing'}"  # type: ignore[call-overload]
    return ModelError(text, f"the arrays must be {what}")


def _safetensors(buffer: np.ndarray, name: str) -> dict[str, np.ndarray]:
    size = int.from_bytes(buffer[:8].tobytes(), "little")
    found = {}
    try:
        if size > len(buffer) - 8:
            raise ValueError("it is cut off")
        described = json.loads(buffer[8 : 8 + size].tobytes())
        described.pop("__metadata__", None)
        if not {"vectors", "words", "word_ends"} <= described.keys():
            raise _missing(name, described, "vectors, words and word_ends")
        for key, what in described.items():
            if key not in ("vectors", "words", "word_ends", "counts", "lengths"):
                continue
            dtype, shape = np.dtype(DTYPES[what["dtype"]]), tuple(map(int, what["shape"]))
            start, end = what["data_offsets"]
            if not 0 <= start <= end <= len(buffer) - 8 - size:
                raise ValueError("it is cut off")
            if end - start != dtype.itemsize * math.prod(shape) or min(shape, default=0) < 0:
                raise ValueError(f"{key} has a wrong size")
            found[key] = np.ndarray(shape, dtype, buffer, 8 + size + start)  # type: ignore[arg-type]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError(f"{name} is broken: {error}", ANEW) from error
    return found


def _joined_words(arrays: Mapping[str, np.ndarray], name: str) -> list[str]:
    ends, joined = arrays["word_ends"], arrays["words"]
    if ends.ndim != 1 or joined.ndim != 1 or ends.dtype.kind != "i" or joined.dtype != np.uint8 or not len(ends):
        raise ModelError(f"{name}: words must be bytes, word_ends whole numbers", ANEW)
    if ends[0] < 0 or ends[-1] != len(joined) or (np.diff(ends) < 0).any():
        raise ModelError(f"{name}: word_ends do not fit words", ANEW)
    held = joined.tobytes()
    stops = ends.tolist()
    if held.isascii():
        text = held.decode()
        return [text[a:b] for a, b in zip([0, *stops], stops, strict=False)]
    return [held[a:b].decode(errors="surrogateescape") for a, b in zip([0, *stops], stops, strict=False)]


def _npz(buffer: np.ndarray, name: str) -> dict[str, np.ndarray]:
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
    return _missing(name, there, "words and vectors")


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


def _npz_words(arrays: Mapping[str, np.ndarray], name: str) -> list[str]:
    words = arrays["words"]
    if words.ndim != 1 or words.dtype.kind not in "US":
        raise ModelError(f"{name}: words must be text, a word a row; they are {words.dtype}, {words.shape}", ANEW)
    if words.dtype.kind == "S":
        return [word.decode(errors="surrogateescape") for word in words.tolist()]
    try:
        return words.tolist()
    except ValueError as error:  # a number that is no sign of Unicode
        raise ModelError(f"{name}: words are broken: {error}", ANEW) from error


def _blocks(vectors: np.ndarray) -> Iterator[bytes]:
    for start in range(0, len(vectors), 8192):
        yield np.ascontiguousarray(vectors[start : start + 8192], "<f4").tobytes()


def write_safetensors(file: BinaryIO, vectors: WordVectors) -> None:
    """Write vectors as safetensors."""
    words = encoded(vectors.words)
    joined = b"".join(words)
    ends = np.cumsum([len(word) for word in words], dtype="<i8")
    small = {"word_ends": ends, "lengths": row_lengths(vectors.vectors).astype("<f4")}
    if vectors.counts is not None:
        small["counts"] = np.asarray(vectors.counts, "<i8")
    shape = [len(vectors), vectors.dim]
    # Numbers of eight bytes come first and bytes last, so that each begins at a multiple of its size.
    parts: list[tuple[str, str, Iterable[int], Iterable[bytes]]]
    parts = [(key, "I64", array.shape, [array.tobytes()]) for key, array in small.items() if key != "lengths"]
    parts += [("vectors", "F32", shape, _blocks(vectors.vectors))]
    parts += [("lengths", "F32", ends.shape, [small["lengths"].tobytes()]), ("words", "U8", [len(joined)], [joined])]
    described: dict[str, Any] = {"__metadata__": {"format": "word vectors"}}
    at = 0
    for key, dtype, shape, _ in parts:
        end = at + np.dtype(DTYPES[dtype]).itemsize * math.prod(shape)
        described[key] = {"dtype": dtype, "shape": list(shape), "data_offsets": [at, end]}
        at = end
    text = json.dumps(described, separators=(",", ":")).encode()
    text += b" " * (-(8 + len(text)) % 64)
    file.write(len(text).to_bytes(8, "little") + text)
    for _, _, _, blocks in parts:
        for block in blocks:
            file.write(block)


def write_npz(file: BinaryIO, vectors: WordVectors) -> None:
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
        _write_member(archive, "vectors", shape, "<f4", _blocks(vectors.vectors))
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
