"""Word vectors as ``.safetensors``.

The format has no text: ``words`` is all words as UTF-8 one after the other, and ``word_ends`` where each ends.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

import numpy as np

from dlcli.core.errors import ModelError
from dlcli.data.vectors_rows import ANEW, blocks_of, encoded, no_vectors
from dlcli.ops.word_vectors import WordVectors, row_lengths

DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "U8": "u1"}


def arrays(buffer: np.ndarray, name: str) -> dict[str, np.ndarray]:
    """Return the arrays of a file as views of it.

    Raises:
        ModelError: broken, or without words and vectors.

    """
    size = int.from_bytes(buffer[:8].tobytes(), "little")
    found = {}
    try:
        if size > len(buffer) - 8:
            raise ValueError("it is cut off")
        described = json.loads(buffer[8 : 8 + size].tobytes())
        described.pop("__metadata__", None)
        if not {"vectors", "words", "word_ends"} <= described.keys():
            raise no_vectors(name, described, "vectors, words and word_ends")
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


def words(arrays: Mapping[str, np.ndarray], name: str) -> list[str]:
    """Return the words.

    Raises:
        ModelError: they do not fit together.

    """
    ends, joined = arrays["word_ends"], arrays["words"]
    if ends.ndim != 1 or joined.ndim != 1 or ends.dtype.kind != "i" or joined.dtype != np.uint8 or not len(ends):
        raise ModelError(f"{name}: words must be bytes, word_ends whole numbers", ANEW)
    if ends[0] < 0 or ends[-1] != len(joined) or (np.diff(ends) < 0).any():
        raise ModelError(f"{name}: word_ends do not fit words", ANEW)
    held = joined.tobytes()
    begins = (joined & 0xC0) != 0x80  # a sign of UTF-8
    if begins[ends[ends < len(joined)]].all():  # no word ends within one, so all can be decoded at once
        try:
            text = held.decode()
        except UnicodeDecodeError:
            pass
        else:
            stops = np.concatenate([[0], np.cumsum(begins)])[ends].tolist()
            return [text[a:b] for a, b in zip([0, *stops], stops, strict=False)]
    stops = ends.tolist()
    return [held[a:b].decode(errors="surrogateescape") for a, b in zip([0, *stops], stops, strict=False)]


def write(file: BinaryIO, vectors: WordVectors) -> None:
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
    parts += [("vectors", "F32", shape, blocks_of(vectors.vectors))]
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
