"""Pairs of words: what word2vec trains on, the negatives drawn for them, and the strongest pairs of a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from dlcli.core.errors import DataError


def windows(tokens: Sequence[str], window: int) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield each word with the words around it, from the left to the right.

    The window is whole; word2vec shortens it at random, which weighs near neighbors as the ramp of co-occurrence does.
    A word alone has no neighbors and is not yielded.

    Args:
        tokens: a sentence.
        window: words to each side.

    """
    for place, word in enumerate(tokens):
        around = [*tokens[max(place - window, 0) : place], *tokens[place + 1 : place + 1 + window]]
        if around:
            yield word, around


@dataclass(frozen=True)
class Draw:
    """How negatives are drawn: each word by its share of the text to a power, 3/4 in word2vec.

    The power makes rare words come more often than they occur: 0.9, 0.09 and 0.01 become 0.92, 0.16 and 0.032, before
    they are divided by their sum (Mikolov et al. 2013).

    Args:
        words: the vocabulary.
        shares: of each word in the text, which add up to 1.
        powers: the shares to the power.
    Shapes:
        shares, powers (len(words),)

    """

    words: list[str]
    shares: np.ndarray
    powers: np.ndarray

    @classmethod
    def of(cls, counts: dict[str, int], exponent: float) -> Draw:
        """Return the draw for words that occur so often.

        Raises:
            DataError: fewer than two words, of which none is left to draw.

        """
        if len(counts) < 2:
            raise DataError("the text has one word only: no other can be drawn as a negative", "give more text")
        shares = np.array(list(counts.values()), np.float64) / sum(counts.values())
        return cls(list(counts), shares, shares**exponent)

    @property
    def chances(self) -> np.ndarray:
        """Probability of each word."""
        return self.powers / self.powers.sum()

    def negatives(self, neighbors: np.ndarray, each: int, rng: np.random.Generator) -> np.ndarray:
        """Draw words for some pairs; what is the pair's own neighbor is drawn again.

        Args:
            neighbors: number of the neighbor of each pair.
            each: words drawn for a pair.
            rng: what draws.
        Shapes:
            neighbors (n,) → (n, each) int64

        """
        ends = np.cumsum(self.chances)
        wrong = np.ones((len(neighbors), each), bool)
        found = np.zeros((len(neighbors), each), np.int64)
        avoid = np.broadcast_to(neighbors[:, None], found.shape)
        while left := int(wrong.sum()):
            found[wrong] = np.minimum(np.searchsorted(ends, rng.random(left), side="right"), len(ends) - 1)
            wrong = found == avoid
        return found


def strongest(
    table: sparse.csr_array, top: int | None, reading: sparse.csr_array | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return rows, columns and values of the greatest entries, by falling value, then by row and column.

    Args:
        table: the table.
        top: how many; None: all.
        reading: counts of column to the right of row, for a symmetric table, of which each pair is then given once, in
            the order in which it stands more often in the text.

    """
    entries = sparse.triu(table, format="coo") if reading is not None else table.tocoo()
    rows, columns, values = entries.row.astype(np.int64), entries.col.astype(np.int64), entries.data
    if top is not None and top < len(values):
        bound = np.partition(values, len(values) - top)[len(values) - top]
        near = values >= bound  # ties at the bound too, of which the first are taken
        rows, columns, values = rows[near], columns[near], values[near]
    order = np.lexsort((columns, rows, -values))[:top]
    rows, columns, values = rows[order], columns[order], values[order]
    if reading is not None and len(rows):
        turned = np.asarray(reading[rows, columns]).ravel() < np.asarray(reading[columns, rows]).ravel()
        rows, columns = np.where(turned, columns, rows), np.where(turned, rows, columns)
    return rows, columns, values
