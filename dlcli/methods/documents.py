"""Documents as rows of numbers: which words they have, how often, and how telling those are (TF-IDF)."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse


def sklearn_cutter(lower: bool = False) -> Callable[[str], list[str]]:
    """Return the function that cuts a line into runs of two or more letters, digits and underscores.

    That is what scikit-learn's vectorizers do by default; they also make everything lower case.
    """
    find = re.compile(r"(?u)\b\w\w+\b").findall
    return (lambda line: find(line.lower())) if lower else find


def grams(tokens: Sequence[str], low: int, high: int) -> list[str]:
    """Return runs of ``low`` to ``high`` tokens, joined by spaces, the short ones first."""
    found = list(tokens) if low == 1 else []
    for length in range(max(low, 2), high + 1):
        found += [" ".join(tokens[k : k + length]) for k in range(len(tokens) - length + 1)]
    return found


@dataclass(frozen=True)
class Terms:
    """What was learnt about the terms of some documents.

    Args:
        words: the terms, by alphabet: column k is about word k.
        counts: how often each occurs.
        documents_with: how many documents have each.
        documents: how many documents there were.
    Shapes:
        counts, documents_with (len(words),) int64

    """

    words: list[str]
    counts: np.ndarray
    documents_with: np.ndarray
    documents: int


class Counts:
    """Counts of terms, a row a document, filled as documents come by.

    Args:
        words: the columns; None: every term that comes gets one.
        ordered: also remember the column of each term in its order, for one-hot rows.

    """

    def __init__(self, words: Sequence[str] | None = None, *, ordered: bool = False):
        self.order: list[array] | None = [] if ordered else None
        self.index: dict[str, int] = {word: k for k, word in enumerate(words or ())}
        self.grows = words is None
        self.lengths = array("q")
        self._ends, self._columns, self._values = array("q", [0]), array("i"), array("q")

    def add(self, terms: Sequence[str]) -> None:
        """Add a document: its terms in any order."""
        found = Counter(terms)
        if self.grows:
            fresh = self.index
            self._columns.extend([fresh.setdefault(word, len(fresh)) for word in found])
            self._values.extend(found.values())
        else:
            known = [(self.index[word], n) for word, n in found.items() if word in self.index]
            self._columns.extend([k for k, _ in known])
            self._values.extend([n for _, n in known])
        if self.order is not None:
            self.order.append(array("q", [self.index.get(word, -1) for word in terms]))
        self._ends.append(len(self._columns))
        self.lengths.append(len(terms))

    def table(self) -> sparse.csr_array:
        """Return the counts so far, int64 (documents, terms)."""
        parts = [np.frombuffer(a, dtype=a.typecode) if len(a) else np.empty(0, a.typecode) for a in self._parts()]
        values, columns, ends = (p.copy() for p in parts)
        found = sparse.csr_array((values, columns, ends), shape=(len(ends) - 1, len(self.index)))
        found.sort_indices()
        return found

    def _parts(self) -> tuple[array, array, array]:
        return self._values, self._columns, self._ends


def choose(
    table: sparse.csr_array,
    words: Sequence[str],
    *,
    min_count: int = 1,
    min_df: int = 1,
    max_df: float = 1.0,
    most: int | None = None,
) -> tuple[np.ndarray, Terms]:
    """Return which columns are kept, in order, and what is known of their terms: by alphabet, as scikit-learn has them.

    Args:
        table: counts, a row a document.
        words: the term of each column.
        min_count: fewest times in all.
        min_df: fewest documents.
        max_df: greatest share of the documents, 0 to 1.
        most: terms kept, the most frequent; of those as frequent the first of the alphabet. None: all.
    Shapes:
        table (N, V) → (K,)

    """
    documents = table.shape[0]
    counts = np.asarray(table.sum(axis=0)).ravel()
    spread = np.bincount(table.indices, minlength=len(words))
    order = np.array(sorted(range(len(words)), key=words.__getitem__), dtype=np.int64)
    good = (counts >= min_count) & (spread >= min_df) & (spread <= max_df * documents)
    order = order[good[order]]
    if most is not None:
        order = order[np.sort(np.argsort(-counts[order], kind="stable")[:most])]
    return order, Terms([words[k] for k in order], counts[order], spread[order], documents)


def renumbered(size: int, order: np.ndarray) -> np.ndarray:
    """Return old column → new column, -1 for one that is left out; (size,) int64."""
    place = np.full(size, -1, np.int64)
    place[order] = np.arange(len(order))
    return place


def take(table: sparse.csr_array, order: np.ndarray) -> sparse.csr_array:
    """Return some columns of a table in a new order; (N, V) → (N, len(order))."""
    columns = renumbered(table.shape[1], order)[table.indices]
    kept = columns >= 0
    ends = np.r_[0, np.cumsum(kept)][table.indptr]
    found = sparse.csr_array((table.data[kept], columns[kept], ends), shape=(table.shape[0], len(order)))
    found.sort_indices()
    return found


def idf(terms: Terms, form: str, smooth: bool = True) -> np.ndarray:
    """Return how telling each term is, by the natural logarithm.

    ``course`` is ln(N/df), 0 for a term that all documents have; ``sklearn`` ln((1+N)/(1+df)) + 1, or ln(N/df) + 1
    when not smooth.
    """
    n, df = terms.documents, terms.documents_with
    if form == "course":
        return np.log(n / df)
    return np.log((n + smooth) / (df + smooth)) + 1


def weigh(
    counts: sparse.csr_array,
    lengths: np.ndarray,
    factors: np.ndarray,
    *,
    by_length: bool = True,
    sublinear: bool = False,
) -> sparse.csr_array:
    """Return TF-IDF: how often a term is in a document, times how telling it is.

    "get" 30 times among the 2000 words of a document, in 6000 of 10000 documents: 30/2000 · ln(10000/6000) = 0.0077;
    "cosine" 6 times, in 10 documents: 6/2000 · ln(10000/10) = 0.0207.

    Args:
        counts: of terms in documents.
        lengths: terms of each document, those without a column too.
        factors: of each term (``idf``).
        by_length: term frequency is count/length; False: the count.
        sublinear: 1 + ln(count) stands for the count.
    Shapes:
        counts (N, K), lengths (N,), factors (K,) → float64 (N, K); zeros are left out

    """
    found = sparse.csr_array(counts, dtype=np.float64, copy=True)
    if sublinear:
        found.data = 1 + np.log(found.data)
    if by_length:
        found.data /= np.repeat(np.maximum(lengths, 1), np.diff(found.indptr))
    found.data *= factors[found.indices]
    found.eliminate_zeros()
    return found


def scale(table: sparse.csr_array, norm: str) -> sparse.csr_array:
    """Return rows with sum of magnitudes (``l1``) or Euclidean length (``l2``) 1; rows of zeros stay."""
    found = sparse.csr_array(table, dtype=np.float64, copy=True)
    sizes = np.abs(found).sum(axis=1) if norm == "l1" else np.sqrt(found.multiply(found).sum(axis=1))
    sizes = np.asarray(sizes).ravel()
    found.data /= np.repeat(np.where(sizes > 0, sizes, 1), np.diff(found.indptr))
    return found


def one_hot(ids: np.ndarray, size: int) -> sparse.csr_array:
    """Return a row for each token with a single 1 in the column of its word.

    Args:
        ids: columns of the words; -1 for a word without one, whose row is all zeros.
        size: columns.
    Shapes:
        ids (n,) → int64 (n, size)

    """
    known = ids >= 0
    ends = np.r_[0, np.cumsum(known)]
    return sparse.csr_array((np.ones(int(known.sum()), np.int64), ids[known], ends), shape=(len(ids), size))


def entries(table: sparse.csr_array) -> Iterator[tuple[int, list[int], list[float]]]:
    """Yield the number of each row from 0, its columns and its values."""
    for row in range(table.shape[0]):
        a, b = table.indptr[row], table.indptr[row + 1]
        yield row, table.indices[a:b].tolist(), table.data[a:b].tolist()
