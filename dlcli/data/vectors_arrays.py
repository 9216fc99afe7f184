"""Word vectors as arrays, ``.npz`` and ``.safetensors``: opened by mapping, so the numbers are read when they are used.

Both hold ``words`` and ``vectors``, and beside them ``lengths`` (of the rows, so that opening needs no pass over the
numbers) and perhaps ``counts``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dlcli.core.errors import ModelError
from dlcli.data import vectors_npz, vectors_safetensors
from dlcli.data.vectors_rows import ANEW
from dlcli.ops.word_vectors import WordVectors, row_lengths


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
    kind = vectors_npz if form == "npz" else vectors_safetensors
    arrays = kind.arrays(buffer, name)
    vectors = arrays["vectors"]
    if vectors.ndim != 2 or not vectors.size or vectors.dtype.kind not in "fiu":
        text = f"{name}: vectors must be numbers, a row a word; they are {vectors.dtype} of shape {vectors.shape}"
        raise ModelError(text, ANEW)
    words = kind.words(arrays, name)
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
    if found.shape != (rows,) or found.dtype.kind not in ("iu" if key == "counts" else "f"):
        raise ModelError(f"{name}: {key} must be a number a word; they are {found.dtype} of shape {found.shape}", ANEW)
    return np.asarray(found, np.int64 if key == "counts" else np.float32)


def _are_lengths(lengths: np.ndarray, vectors: np.ndarray) -> bool:
    """Say, by some of the rows, whether lengths are those of these vectors: another program may have changed them."""
    some = np.unique(np.linspace(0, len(vectors) - 1, 64).astype(int))
    return np.allclose(lengths[some], row_lengths(vectors[some]), rtol=1e-4, atol=1e-30)
