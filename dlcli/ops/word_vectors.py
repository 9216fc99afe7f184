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

    """

    words: Sequence[str]
    vectors: np.ndarray
    counts: np.ndarray | None = None
    lengths: np.ndarray | None = None

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
        found = np.empty(len(self), np.float32)
        for start in range(0, len(self), 8192):
            block = np.asarray(self.vectors[start : start + 8192])
            found[start : start + len(block)] = np.sqrt(np.einsum("nd,nd->n", block, block, dtype=np.float64))
        return found
