"""Words and their vectors as one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True)
class WordVectors:
    """A vocabulary with a row of numbers for each word.

    Args:
        words: distinct, in the order of the file; trained ones by falling count.
        vectors: float32 (words, dim), perhaps mapped from a file: read rows or blocks, do not copy it whole.
        counts: how often each word occurred, or None where a file does not say.
        lengths: Euclidean length of each row where a file has them, or None.
        notes: what the user should know of how they were read, such as words that stood there twice.

    """

    words: Sequence[str]
    vectors: np.ndarray
    counts: np.ndarray | None = None
    lengths: np.ndarray | None = None
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.words)

    @property
    def dim(self) -> int:
        """Numbers in a vector."""
        return int(self.vectors.shape[1])

    @cached_property
    def index(self) -> dict[str, int]:
        """Word → row."""
        return {word: row for row, word in enumerate(self.words)}

    @cached_property
    def norms(self) -> np.ndarray:
        """Euclidean length of each row, float32; made in blocks, so a mapped table is not copied."""
        if self.lengths is not None:
            return self.lengths
        return row_lengths(self.vectors)


def row_lengths(vectors: np.ndarray) -> np.ndarray:
    """Return the Euclidean length of each row, float32, with sums in float64; NaN or inf where a row is not finite.

    Args:
        vectors: (n, dim); read in blocks, so a mapped table is not copied.

    """
    found = np.empty(len(vectors), np.float32)
    for start in range(0, len(vectors), 8192):
        block = np.asarray(vectors[start : start + 8192])
        squares = np.einsum("nd,nd->n", block, block, dtype=np.float64)
        with np.errstate(over="ignore"):  # numbers near the greatest there are; their length says inf
            found[start : start + len(block)] = np.sqrt(squares)
    return found
