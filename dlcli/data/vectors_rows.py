"""Rows of vectors on their way from and to files, in portions, so that memory holds them once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from dlcli.core.errors import DataError, ModelError

ANEW = "make the file anew"
FIRST = 4096  # rows to begin with; what a first line promises is not believed before it is there


class Rows:
    """Words and their vectors, block by block.

    Args:
        dim: numbers in a vector.
        most: rows to keep at most, or None.

    """

    def __init__(self, dim: int, most: int | None = None):
        self.words: list[str] = []
        self._dim = dim
        self._table = np.empty((0, 0), np.float32)
        self._most = most

    def __len__(self) -> int:
        return len(self.words)

    @property
    def left(self) -> int | None:
        """Rows that are still wanted, or None for all there are."""
        return None if self._most is None else self._most - len(self.words)

    def add(self, words: Sequence[bytes], block: np.ndarray) -> None:
        """Take the next rows; bytes that are no UTF-8 stay in the words as surrogates, and are written as they were."""
        start, end = len(self.words), len(self.words) + len(words)
        if not start:
            self._table = np.empty((max(end, FIRST), self._dim), np.float32)
        elif end > len(self._table):  # the system moves pages, not numbers, and an untouched page costs nothing
            self._table.resize((max(end, 2 * len(self._table)), self._dim), refcheck=False)
        self._table[start:end] = block
        self.words.extend(word.decode(errors="surrogateescape") for word in words)

    def done(self) -> tuple[list[str], np.ndarray]:
        """Return words and vectors; nothing can be added after."""
        self._table.resize((len(self.words), self._dim), refcheck=False)
        return self.words, self._table


def encoded(words: Sequence[str]) -> list[bytes]:
    """Return words as bytes: UTF-8, and bytes that were none as they had been.

    Raises:
        DataError: a word with half a sign of UTF-16, which no file can hold.

    """
    try:
        return [word.encode(errors="surrogateescape") for word in words]
    except UnicodeEncodeError as error:
        raise DataError(f"the word {error.object!r} is no Unicode text", "leave it out, or spell it anew") from error


def blocks_of(vectors: np.ndarray) -> Iterator[bytes]:
    """Yield the numbers of rows as bytes, in portions, so that a mapped table is not copied."""
    for start in range(0, len(vectors), 8192):
        yield np.ascontiguousarray(vectors[start : start + 8192], "<f4").tobytes()


def no_vectors(name: str, found: object, what: str) -> ModelError:
    """Return the error for a file of other arrays."""
    text = f"{name} holds no word vectors: it has {', '.join(map(str, list(found)[:5])) or 'nothing'}"  # type: ignore[call-overload]
    return ModelError(text, f"the arrays must be {what}")
