"""Vectors of texts: the mean of their words' vectors, plain or weighted by TF-IDF."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from dlcli.ops.word_vectors import WordVectors

AT_ONCE = 8192  # rows


@dataclass(frozen=True)
class Idf:
    """How telling a word is: the logarithm of how few documents have it, as scikit-learn smooths it.

    ln((1 + documents) / (1 + documents with the word)) + 1: a word in every document still weighs 1, so a single line
    has a vector too; a word in none weighs most.

    Args:
        documents: how many there are.
        counts: word → documents with it.

    """

    documents: int
    counts: Counter[str]

    def __call__(self, word: str) -> float:
        """Return the weight of a word."""
        return math.log((1 + self.documents) / (1 + self.counts[word])) + 1


def count_documents(lines: Iterable[Sequence[str]]) -> Idf:
    """Count in how many lines each word stands.

    Raises:
        ValueError: there is no line.

    """
    counts: Counter[str] = Counter()
    documents = 0
    for words in lines:
        documents += 1
        counts.update(set(words))
    if not documents:
        raise ValueError("no line")
    return Idf(documents, counts)


def finite(vectors: WordVectors) -> np.ndarray:
    """Return which rows hold finite numbers; one other would spoil every mean it is in.

    Shapes: (words,) bool.
    """
    return np.isfinite(vectors.norms)


def known_rows(vectors: WordVectors, words: Iterable[str], good: np.ndarray) -> tuple[list[str], list[int]]:
    """Return the words that have a vector of finite numbers, each as often as it stands, and their rows.

    Args:
        vectors: the table.
        words: of a text.
        good: which rows hold finite numbers.

    """
    index = vectors.index
    found = [(word, index[word]) for word in words if word in index and good[index[word]]]
    return [word for word, _ in found], [row for _, row in found]


def mean(vectors: WordVectors, rows: Sequence[int], weights: Sequence[float] | None = None) -> np.ndarray | None:
    """Return the mean of rows, or None of none.

    With the IDF as weight of each occurrence it is the mean weighted by TF-IDF.

    Args:
        vectors: the table.
        rows: of the words, each as often as it stands.
        weights: of each row, positive; None: all the same.

    Shapes: (dim,) float64.

    """
    if not rows:
        return None
    total = np.zeros(vectors.dim)
    for start in range(0, len(rows), AT_ONCE):  # a text may have as many words as the table
        part = slice(start, start + AT_ONCE)
        held = np.asarray(vectors.vectors[np.asarray(rows[part])], np.float64)
        total += held.sum(0) if weights is None else np.asarray(weights[part], np.float64) @ held
    return total / (len(rows) if weights is None else math.fsum(weights))


def encode(
    vectors: WordVectors, words: Sequence[str], good: np.ndarray, idf: Idf | None = None, *, normalize: bool = False
) -> tuple[np.ndarray | None, int]:
    """Return the vector of a text, and how many of its words are known.

    Args:
        vectors: the table.
        words: of the text.
        good: which rows hold finite numbers.
        idf: weights; None: the plain mean.
        normalize: make its length 1.

    Returns:
        None where no word is known, or where a mean that is zero should have length 1: a vector of zeros would be near
        to nothing and look like an answer.

    """
    known, rows = known_rows(vectors, words, good)
    found = mean(vectors, rows, None if idf is None else [idf(word) for word in known])
    if found is not None and normalize:
        length = float(np.linalg.norm(found))
        found = found / length if length > 0 else None
    return None if found is None else found.astype(np.float32), len(rows)
