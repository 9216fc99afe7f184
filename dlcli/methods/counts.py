"""Which words stand near which: co-occurrence counts of a stream of sentences, weighted, and as vectors by SVD."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from scipy import sparse

from dlcli.core.errors import DataError, UsageError
from dlcli.methods.counts_svd import decompose

WEIGHTS = ("flat", "ramp", "inverse")
DIRECTIONS = ("both", "left", "right")
WEIGHTINGS = ("raw", "log", "ppmi", "pearson")
BLOCK_PAIRS = 6_000_000  # pairs counted at a time: about 200 MB while they are sorted


def cooccurrence(
    sentences: Iterable[np.ndarray], size: int, *, window: int, weights: str = "flat", direction: str = "both"
) -> sparse.csr_array:
    """Count how often each word has each other in its window.

    Windows end at the ends of a sentence. An id of -1 is a word that is not counted but still takes its place, so that
    its neighbors stay as far apart as they stand in the text; leave it out of the arrays to close the gap. word2vec,
    gensim and GloVe close the gaps of rare words; function words that are dropped take their place here.
    A word that stands beside itself is counted from both sides, as in GloVe. Sums are exact for flat and ramp.

    Args:
        sentences: word ids of each sentence, -1 to size - 1; read once, in blocks, so they may stream.
        size: words in the vocabulary.
        window: words to each side, 1 or more.
        weights: of a neighbor at distance d; ``flat`` 1, ``ramp`` window + 1 - d (Rohde et al. 2006), ``inverse`` 1/d
            (Pennington et al. 2014).
        direction: ``both`` sides of a word, or only the words to its ``left`` or ``right``.
    Shapes:
        sentences (n,) of any integer type; result (size, size), row: the word, column: its neighbor

    Returns:
        float64, indices sorted, no entry twice.

    Raises:
        ValueError: an id beyond the vocabulary.

    """
    if weights not in WEIGHTS or direction not in DIRECTIONS or window < 1:
        raise ValueError(f"window {window}, weights {weights!r}, direction {direction!r}")
    distances = np.arange(1, window + 1)
    by_distance = {"flat": np.ones(1), "ramp": (window + 1.0 - distances), "inverse": 1 / distances}[weights]
    held: list[sparse.csr_array] = []
    for ids, sentence, fresh in _blocks(sentences, window):
        if ids.size and (ids.max() >= size or ids.min() < -1):
            raise ValueError(f"ids from {ids.min()} to {ids.max()}; allowed: -1 to {size - 1}")
        held.append(_count_block(ids, sentence, fresh, size, window, by_distance))
        while len(held) > 1 and held[-2].nnz < 2 * held[-1].nnz:  # few large sums instead of one for every block
            held.append(held.pop(-2) + held.pop())
    right = sparse.csr_array((size, size))
    while held:
        right = held.pop() + right
    if direction == "right":
        return right
    left = right.T.tocsr()
    return left if direction == "left" else left + right


def _blocks(sentences: Iterable[np.ndarray], window: int) -> Iterator[tuple[np.ndarray, np.ndarray, int]]:
    """Yield ids, number of the sentence of each, and where the new ones begin: those before were in the last block."""
    room = max(BLOCK_PAIRS // window, window)
    ids, numbers = np.empty(0, np.int32), np.empty(0, np.int64)
    parts: list[np.ndarray] = []
    owners: list[int] = []
    waiting = 0

    def joined() -> tuple[np.ndarray, np.ndarray, int]:
        old = min(window, len(ids))
        lengths = [len(p) for p in parts]
        new_ids = np.concatenate([ids[len(ids) - old :], *parts]).astype(np.int32, copy=False)
        return new_ids, np.concatenate([numbers[len(numbers) - old :], np.repeat(owners, lengths)]), old

    for number, sentence in enumerate(sentences):
        for start in range(0, len(sentence), room):
            part = np.asarray(sentence[start : start + room])
            parts.append(part)
            owners.append(number)
            waiting += len(part)
            if waiting >= room:
                ids, numbers, fresh = joined()
                yield ids, numbers, fresh
                parts, owners, waiting = [], [], 0
    if parts:
        yield joined()


def _count_block(
    ids: np.ndarray, sentence: np.ndarray, fresh: int, size: int, window: int, by_distance: np.ndarray
) -> sparse.csr_array:
    """Return the counts of pairs whose right word is a fresh one.

    Pairs are whole numbers made of row, column and, where it matters, distance; sorting them is several times faster
    than adding them up one by one.
    """
    kinds = len(by_distance)
    kind = np.uint32 if size * size * kinds <= 2**32 else np.uint64
    found = []
    for distance in range(1, min(window, len(ids) - 1) + 1):
        first = max(fresh, distance)
        a, b = ids[first - distance : len(ids) - distance], ids[first:]
        paired = (sentence[first - distance : len(ids) - distance] == sentence[first:]) & (a >= 0) & (b >= 0)
        keys = a[paired].astype(kind)
        keys *= kind(size)
        keys += b[paired].astype(kind)
        if kinds > 1:
            keys *= kind(kinds)
            keys += kind(distance - 1)
        found.append(keys)
    keys = np.concatenate(found) if found else np.empty(0, kind)
    found.clear()
    keys.sort()
    keys, sums = _runs(keys)
    if kinds > 1:
        cells, rest = np.divmod(keys, kind(kinds))
        starts = np.flatnonzero(np.r_[True, cells[1:] != cells[:-1]][: len(cells)])
        sums = np.add.reduceat(sums * by_distance[rest], starts) if len(starts) else sums
        keys = cells[starts]
    rows = keys // kind(size)
    columns = (keys - rows * kind(size)).astype(np.int32)
    ends = np.r_[0, np.cumsum(np.bincount(rows.astype(np.int64), minlength=size))]
    return sparse.csr_array((sums.astype(np.float64, copy=False), columns, ends.astype(np.int32)), shape=(size, size))


def _runs(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the different keys of a sorted array and how often each is there."""
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]][: len(keys)])
    return keys[starts], np.diff(np.r_[starts, len(keys)])


def weighted(
    counts: sparse.csr_array,
    weighting: str,
    *,
    cap: float | None = None,
    smooth: float = 1.0,
    shift: float = 1.0,
) -> sparse.csr_array:
    """Turn counts into what says more than their size: function words stand beside everything.

    With R_i and C_j the sums of row and column and T that of all, after the cap:

    - ``raw`` leaves them, ``log`` is ln(1 + c);
    - ``ppmi`` is max(0, ln(c·T / (R_i·C_j)) - ln shift), where C_j^smooth / ΣC^smooth may stand for C_j/T
      (Levy and Goldberg 2014; Levy, Goldberg and Dagan 2015);
    - ``pearson`` is the correlation of meeting word i with meeting neighbor j, negatives as 0:
      (T·c - R_i·C_j) / √(R_i·(T - R_i)·C_j·(T - C_j)) (Rohde, Gonnerman and Plaut 2006, who then take the root).

    A pair that never met has 0 in all four, so the table stays as sparse as it was.

    Args:
        counts: what was counted, none negative.
        weighting: ``raw``, ``log``, ``ppmi`` or ``pearson``.
        cap: greater counts are cut to this first; None: none is.
        smooth: power of the neighbors' counts (ppmi); 0.75 makes rare neighbors weigh less.
        shift: number of negatives k whose logarithm is taken off (ppmi); 1: nothing is.
    Shapes:
        counts and result (n, m)

    """
    table = sparse.csr_array(counts, dtype=np.float64, copy=True)
    table.sum_duplicates()
    if cap is not None:
        np.minimum(table.data, cap, out=table.data)
    if weighting == "raw":
        return table
    if weighting == "log":
        np.log1p(table.data, out=table.data)
        return table
    rows, columns = np.asarray(table.sum(axis=1)).ravel(), np.asarray(table.sum(axis=0)).ravel()
    total = rows.sum()
    of_row = np.repeat(np.arange(table.shape[0], dtype=np.int32), np.diff(table.indptr))
    if weighting == "ppmi":
        powers = columns**smooth
        with np.errstate(divide="ignore"):  # of words that never met another, which have no entry here
            by_row, by_column = np.log(rows), np.log(powers)
        np.log(table.data, out=table.data)
        table.data -= by_row[of_row] + by_column[table.indices]  # one sum, which a symmetric table has on both sides
        table.data += np.log(max(powers.sum(), 1e-300)) - np.log(shift)
    elif weighting == "pearson":
        by_row, by_column = np.sqrt(rows * (total - rows)), np.sqrt(columns * (total - columns))
        spread = by_row[of_row] * by_column[table.indices]
        table.data *= total
        table.data -= rows[of_row] * columns[table.indices]
        with np.errstate(invalid="ignore", divide="ignore"):
            table.data = np.where(spread > 0, table.data / spread, 0.0)
    else:
        raise ValueError(f"weighting {weighting!r}")
    table.data[table.data < 0] = 0.0
    table.eliminate_zeros()
    return table


def fit_svd(
    counts: sparse.csr_array,
    dim: int,
    *,
    weighting: str = "ppmi",
    power: float = 0.5,
    cap: float | None = None,
    smooth: float = 1.0,
    shift: float = 1.0,
    seed: int = 0,
    threads: int = 1,
) -> np.ndarray:
    """Return a vector for each word: U·Σ^power of the weighted counts U·Σ·Vᵀ.

    Args:
        counts: co-occurrence counts, row: the word.
        dim: numbers in a vector, 1 to the rank of the weighted counts.
        weighting: see ``weighted``.
        power: of the singular values; 0 leaves them out, 0.5 serves similarities best (Levy et al. 2015).
        cap: greater counts are cut to this first.
        smooth: see ``weighted``.
        shift: see ``weighted``.
        seed: of the draw that the decomposition of many words starts from; it shows in the last digits only.
        threads: processor threads that multiply; the result does not depend on them.
    Shapes:
        counts (n, m) → float32 (n, dim)

    Raises:
        UsageError: more numbers than there are words, or than the counts have independent directions.
        DataError: no word ever met another, or nothing is left of it by the weighting.

    """
    if dim > min(counts.shape):
        raise _too_many(dim, min(counts.shape), f"the vocabulary has {min(counts.shape):,} words")
    table = weighted(counts, weighting, cap=cap, smooth=smooth, shift=shift)
    if not table.nnz:
        raise DataError(
            f"no two words are neighbors more often than chance would have it (weighting {weighting})",
            "give more text, a larger window, or --weighting log",
        )
    u, values = decompose(table, dim, seed=seed, threads=threads)
    if len(values) < dim:
        raise _too_many(dim, len(values), f"the counts have only {len(values):,} independent directions")
    return (u * values**power).astype(np.float32)


def _too_many(dim: int, most: int, why: str) -> UsageError:
    return UsageError(
        f"vectors of {dim:,} numbers cannot be made: {why}", f"give --dim {most} or less", key="model.dim"
    )
