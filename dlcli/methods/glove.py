"""GloVe: vectors whose products are the logarithms of co-occurrence counts (Pennington, Socher and Manning 2014).

What a word means shows in ratios of probabilities: P(solid | ice) / P(solid | steam) is 8.9, much above 1; for gas it
is 0.085, much below; for water and fashion, which do not tell ice from steam, it is 1.36 and 0.96, near 1. A ratio is a
difference of logarithms, so the difference of two vectors can answer it: (w(ice) − w(steam))·w̃(solid) = log 8.9. Fitted
is w·w̃ + b + b̃ = log c for every count c above zero. Each squared error is weighted by f(c) = (c/c_max)^alpha below
c_max, else 1: rare pairs are noise, and frequent ones must not drown the rest.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from threadpoolctl import threadpool_limits

from dlcli.core.errors import DataError, RunFailed
from dlcli.methods.glove_start import independence, spectral
from dlcli.methods.glove_tiles import Grid, Tile, cut

Record = dict[str, float]
STARTS = ("spectral", "random")
BEFORE = 0.01  # squared gradients as if summed before the first step; see fit
BATCH = 16_384  # counts in a tile, on average
FEWEST = 8  # blocks on each side of a small table: 64 steps an epoch
EVERY_S = 0.5  # seconds between two reports within an epoch
SLACK = 0.1  # loss above that of zeros which is still no sign of steps too long
SETTLED = 5  # epochs after which a loss above that of zeros tells of long steps; a spectral start may begin there
CHUNK = 1 << 18  # counts looked at a time by ``loss``


@dataclass(frozen=True)
class Fitted:
    """Fitted vectors.

    Args:
        vectors: w + w̃, what to use.
        history: a record an epoch: ``epoch``, ``loss`` (mean over the counts, each measured just before its own step),
            ``seconds``, ``entries_per_s``.
        words: w.
        contexts: w̃.
        word_bias: b.
        context_bias: b̃.
    Shapes:
        vectors, words, contexts (n, dim) float32; biases (n,) float32

    """

    vectors: np.ndarray
    history: list[Record]
    words: np.ndarray
    contexts: np.ndarray
    word_bias: np.ndarray
    context_bias: np.ndarray


def fit(
    counts: sparse.csr_array,
    dim: int,
    *,
    c_max: float = 100.0,
    alpha: float = 0.75,
    epochs: int = 15,
    lr: float = 0.05,
    batch: int | None = None,
    seed: int = 0,
    threads: int = 0,
    start: str = "spectral",
    on_epoch: Callable[[Record], Any] | None = None,
    on_step: Callable[[Record], Any] | None = None,
) -> Fitted:
    """Fit GloVe by AdaGrad on mini-batches of counts.

    Every stored count takes part, so a symmetric table has each pair twice, (i, j) and (j, i): w and w̃ then learn the
    same from different starts. The gradient of f(c)·(w·w̃ + b + b̃ − log c)² is taken without its factor 2, as is usual.
    A mini-batch is a tile of the table (see ``glove_tiles``); what it holds for one word is summed before AdaGrad
    squares it, so that no number moves by more than ``lr`` in a step, however frequent its word. The accumulators start
    at 0.01 in place of 1: summed gradients are often below 1, and a 1 would hold them back for dozens of epochs. Tiles
    are worked on in groups that share no word on either side, in an order drawn anew each epoch, so the result has the
    same bits on any number of threads.

    Biases start where words are independent. With ``start`` ``random`` vectors start at random within ±1/(2·dim), as
    others do; ``spectral`` adds the leading singular vectors of the positive pointwise mutual information. Both reach
    the same loss, but it says nothing of pairs that were never counted, so where a text is small very different vectors
    have it, and those from a random start keep much of its chance: they are far worse at similarity and analogies.

    Args:
        counts: co-occurrence counts, of any positive values; row: a word, column: its context.
        dim: numbers in a vector, 1 or more.
        c_max: count from which the weight is 1, above 0.
        alpha: power of the weight below it, 0 or more.
        epochs: passes over the counts, 1 or more.
        lr: learning rate of AdaGrad, above 0.
        batch: counts in a mini-batch, on average; None: 16,384, fewer where counts are few.
        seed: of the start and of the order.
        threads: that work on tiles; 0: one a processor.
        start: ``spectral`` or ``random``.
        on_epoch: called with each record of the history.
        on_step: called within long epochs, at most twice a second, with ``epoch``, ``share`` (of the epoch done),
            ``loss`` and ``entries_per_s`` so far.
    Shapes:
        counts (n, n)

    Returns:
        Vectors, biases and history.

    Raises:
        DataError: nothing was counted, or a count is negative, infinite or not a number.
        RunFailed: the loss grew instead of falling, or is no longer a number.

    Source:
        Pennington, Socher and Manning (2014), equation 8; Duchi, Hazan and Singer (2011) for AdaGrad.

    """
    if start not in STARTS:
        raise ValueError(f"start {start!r}; allowed: {', '.join(STARTS)}")
    counts, n, threads = _clean(counts), counts.shape[0], threads or len(os.sched_getaffinity(0))
    blocks = round((counts.nnz / (batch or BATCH)) ** 0.5)
    w, v = np.random.default_rng(seed).uniform(-0.5 / dim, 0.5 / dim, (2, n, dim))
    bias_w, bias_v = independence(counts)
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(threads) as pool:  # sums of BLAS depend on its threads
        if start == "spectral":
            first, second = spectral(counts, bias_w, bias_v, dim, seed=seed, pool=pool)
            w[:, : first.shape[1]] += first
            v[:, : second.shape[1]] += second
        grid = cut(counts, min(max(blocks, 1 if batch else FEWEST), n), c_max, alpha)
        tables = _Tables(grid, w, v, bias_w, bias_v, lr)
        history: list[Record] = []
        for epoch in range(1, epochs + 1):
            history.append(_epoch(tables, epoch, seed, counts.nnz, pool if threads > 1 else None, threads, on_step))
            told = epoch == epochs and epochs >= SETTLED
            _sound(history[-1], tables, lr, grid.zeros if told else np.inf)
            if on_epoch is not None:
                on_epoch(history[-1])
    w, v = grid.gather(tables.w, n), grid.gather(tables.v, n)
    words, contexts = np.ascontiguousarray(w[:, :dim]), np.ascontiguousarray(v[:, :dim])
    return Fitted(words + contexts, history, words, contexts, w[:, dim].copy(), v[:, dim + 1].copy())


def weights(counts: np.ndarray, c_max: float, alpha: float) -> np.ndarray:
    """Return f(c) = (c/c_max)^alpha below c_max, else 1 (equation 9)."""
    return np.minimum(counts / c_max, 1.0) ** alpha


def loss(counts: sparse.csr_array, fitted: Fitted, *, c_max: float, alpha: float) -> float:
    """Return the loss of equation 8 over the number of counts: the mean of f(c)·(w·w̃ + b + b̃ − log c)², in float64."""
    total, counts = 0.0, _clean(counts)
    rows = np.repeat(np.arange(counts.shape[0], dtype=np.int32), np.diff(counts.indptr))
    for i in range(0, counts.nnz, CHUNK):
        one = slice(i, i + CHUNK)
        row, column, count = rows[one], counts.indices[one], counts.data[one]
        dot = np.einsum("ij,ij->i", fitted.words[row], fitted.contexts[column], dtype=np.float64)
        off = dot + fitted.word_bias[row] + fitted.context_bias[column] - np.log(count)
        total += float(np.sum(weights(count, c_max, alpha) * off**2))
    return total / counts.nnz


class _Tables:
    """Both tables of vectors and AdaGrad's sums, in blocks.

    A row of the first table is (w, b, 1), of the second (w̃, 1, b̃): their product is the whole prediction, and the
    gradients of the biases come out of the same products.
    """

    def __init__(
        self, grid: Grid, w: np.ndarray, v: np.ndarray, bias_w: np.ndarray, bias_v: np.ndarray, lr: float
    ) -> None:
        one = np.ones_like(bias_w)
        self.grid, self.dim, self.lr = grid, w.shape[1], min(lr, float(np.finfo(np.float32).max))
        self.w = grid.spread(np.column_stack([w, bias_w, one]).astype(np.float32))
        self.v = grid.spread(np.column_stack([v, one, bias_v]).astype(np.float32))
        self.squares_w, self.squares_v = np.full_like(self.w, BEFORE), np.full_like(self.v, BEFORE)

    def step(self, place: tuple[int, int]) -> float:
        """Take one tile's step and return its sum of losses before it."""
        tile: Tile = self.grid.tiles[place]
        w, v = self.w[place[0]], self.v[place[1]]
        with np.errstate(over="ignore", invalid="ignore"):  # an epoch's loss tells
            slopes, found = tile.slopes(w, v)
            down_w, down_v = tile.gradients(slopes, w, v)
            self._move(w, down_w, self.squares_w[place[0]], self.dim + 1)
            self._move(v, down_v, self.squares_v[place[1]], self.dim)
        return found

    def _move(self, table: np.ndarray, gradient: np.ndarray, squares: np.ndarray, fixed: int) -> None:
        gradient[:, fixed] = 0  # the column of ones
        room = gradient * gradient
        squares += room
        np.sqrt(squares, out=room)
        gradient /= room
        gradient *= self.lr
        table -= gradient


def _epoch(
    tables: _Tables,
    epoch: int,
    seed: int,
    entries: int,
    pool: ThreadPoolExecutor | None,
    threads: int,
    on_step: Callable[[Record], Any] | None,
) -> Record:
    """Pass over all tiles once and return the record of it."""
    begun = told = time.perf_counter()
    done, total = 0, 0.0
    for group in _groups(tables.grid, seed, epoch):
        found = _work(tables, group, pool, threads)
        done += sum(len(tables.grid.tiles[place].logs) for place in group)
        total += sum(found)
        now = time.perf_counter()
        if on_step is not None and now - told >= EVERY_S and done < entries:
            told = now
            so_far = {"loss": total / done, "entries_per_s": done / (now - begun)}
            on_step({"epoch": epoch, "share": done / entries, **so_far})
    seconds = max(time.perf_counter() - begun, 1e-9)
    return {"epoch": epoch, "loss": total / entries, "seconds": seconds, "entries_per_s": entries / seconds}


def _work(tables: _Tables, group: list[tuple[int, int]], pool: ThreadPoolExecutor | None, threads: int) -> list[float]:
    """Take the steps of tiles that share no block, and return their losses in the order of the tiles."""
    if pool is None:
        return [tables.step(place) for place in group]
    found = [0.0] * len(group)

    def share(worker: int) -> None:
        for k in range(worker, len(group), threads):
            found[k] = tables.step(group[k])

    list(pool.map(share, range(min(threads, len(group)))))
    return found


def _groups(grid: Grid, seed: int, epoch: int) -> Iterator[list[tuple[int, int]]]:
    """Deal all tiles into groups in which each block stands once on each side, as in a Latin square, at random."""
    draws = np.random.default_rng((seed, epoch))
    left, right = draws.permutation(grid.blocks), draws.permutation(grid.blocks)
    for turn in range(grid.blocks):
        pairs = zip(left.tolist(), np.roll(right, turn).tolist(), strict=True)
        yield [place for place in pairs if place in grid.tiles]


def _sound(record: Record, tables: _Tables, lr: float, zeros: float) -> None:
    """Raise RunFailed where the steps were too long."""
    hint = "lower the learning rate (lr); 0.05 is usual"
    if not (np.isfinite(record["loss"]) and np.isfinite(tables.w).all() and np.isfinite(tables.v).all()):
        raise RunFailed(f"lr {lr:g}: the vectors are no longer numbers after epoch {record['epoch']}", hint, key="lr")
    if record["loss"] > zeros + SLACK:
        raise RunFailed(
            f"lr {lr:g}: the loss ended at {record['loss']:.4g}; vectors of zeros have {zeros:.4g}", hint, key="lr"
        )


def _clean(counts: sparse.csr_array) -> sparse.csr_array:
    """Return the counts above zero as float64, sorted, each once."""
    counts = sparse.csr_array(counts, dtype=np.float64)
    if not counts.has_canonical_format or (counts.data == 0).any():
        counts = counts.copy()
        counts.sum_duplicates()
        counts.eliminate_zeros()
    if not counts.nnz:
        raise DataError("no two words stand near each other: nothing was counted", "give more text, or a wider window")
    wrong = ~(np.isfinite(counts.data) & (counts.data > 0))
    if wrong.any():
        raise DataError(f"{wrong.sum()} counts are not above zero, the first is {counts.data[wrong][0]:g}")
    return counts
