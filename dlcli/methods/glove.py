"""GloVe: word vectors whose products are the logarithms of how often words stand together.

J = Σ f(X_ij) (w_i·w̃_j + b_i + b̃_j − log X_ij)², f(x) = (x/c_max)^α below c_max, else 1. In the
course's example P(k|ice)/P(k|steam) is 8.9 for k = solid, 8.5·10⁻² for gas, 1.36 for water and 0.96 for fashion: what
two words differ in shows in ratios, so differences of vectors are made to be their logarithms.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlcli.core.errors import DataError, RunFailed

BATCH = 1 << 14  # entries a step, about; fewer where there are few words
FEWEST_STEPS = 25  # an epoch, where there are entries enough
PATIENCE_S = 0.5  # between two words of progress
START = 1e-2  # of the sums of squared gradients
Told = Callable[[dict[str, float]], None]


@dataclass(frozen=True)
class Fitted:
    """What was learnt.

    Args:
        vectors: w + w̃, float32 (words, dim).
        history: ``epoch``, ``loss`` (mean over the entries, as they were met), ``seconds``, ``entries_per_s`` of each.

    """

    vectors: np.ndarray
    history: list[dict[str, float]]


def weights(counts: np.ndarray, c_max: float, alpha: float) -> np.ndarray:
    """Return f(x) of each count."""
    return np.minimum(1.0, counts / c_max) ** alpha


def loss(
    counts: Any, words: np.ndarray, contexts: np.ndarray, biases: np.ndarray, context_biases: np.ndarray,
    *, c_max: float, alpha: float,
) -> float:  # fmt: skip
    """Return J over all entries of a sparse table.

    Source: J. Pennington, R. Socher and C. D. Manning, "GloVe: Global Vectors for Word Representation", 2014, eq. 8.

    Shapes:
        counts (n, n) sparse; words, contexts (n, dim); biases, context_biases (n,)
    """
    entries = counts.tocoo()
    i, j = entries.coords
    error = np.einsum("ed,ed->e", words[i], contexts[j]) + biases[i] + context_biases[j] - np.log(entries.data)
    return float(weights(entries.data, c_max, alpha) @ error**2)


def fit(
    counts: Any,
    dim: int,
    *,
    c_max: float = 100.0,
    alpha: float = 0.75,
    epochs: int = 25,
    lr: float = 0.05,
    batch: int | None = None,
    seed: int = 0,
    threads: int = 0,
    on_epoch: Told | None = None,
    on_step: Told | None = None,
) -> Fitted:
    """Learn vectors of the words of a table of counts, by AdaGrad on blocks of it.

    The table is dealt into K×K tiles, word i into row i mod K, so that each has frequent and rare words; a step takes
    one tile, whose sums of gradients are two products of a sparse matrix. AdaGrad's sums are those of the steps'
    gradients, whose size they bound: no step is longer than ``lr``, whatever the counts. Biases begin at the logarithms
    of the words' shares, where the loss without vectors is nearly least. Threads take tiles that share no word, so
    results depend on the seed alone.

    Source: Pennington, Socher and Manning 2014; J. Duchi, E. Hazan and Y. Singer, "Adaptive Subgradient Methods", 2011.
        Differs from the paper in the sums, which it takes by entry, and in the biases' start.

    Args:
        counts: sparse (n, n), entry (i, j) how often word j stands near word i; both directions. Entries of 0 are none.
        dim: numbers in a vector.
        c_max: counts from here on weigh 1.
        alpha: power of the weights.
        epochs: passes over the entries.
        lr: step of AdaGrad.
        batch: entries a step, about; None: chosen by their number.
        seed: of the start and the order of tiles.
        threads: processor threads; 0: all cores.
        on_epoch: takes the record of each epoch.
        on_step: takes ``epoch``, ``share`` of it, ``loss`` so far and ``entries_per_s``, twice a second.

    Raises:
        DataError: there is no entry.
        RunFailed: numbers ran off.

    """
    tiles = _Tiles(counts, c_max, alpha, batch)
    rng = np.random.default_rng(seed)
    tables = _Tables(counts, tiles, dim, lr, rng)
    history: list[dict[str, float]] = []
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        for epoch in range(1, epochs + 1):
            begun_s = told_s = time.monotonic()
            total, done = 0.0, 0
            for stage in tiles.stages(rng):
                total += sum(pool.map(lambda at: tables.step(tiles, *at), stage))
                done += sum(tiles.size(*at) for at in stage)
                now = time.monotonic()
                if on_step is not None and now - told_s >= PATIENCE_S:
                    told_s = now
                    rate = done / max(1e-9, now - begun_s)
                    on_step(
                        {"epoch": epoch, "share": done / tiles.entries, "loss": total / done, "entries_per_s": rate}
                    )
            if not np.isfinite(total):
                raise RunFailed(f"the loss is {total} in epoch {epoch}", "give a smaller --lr")
            seconds = time.monotonic() - begun_s
            rate = tiles.entries / max(1e-9, seconds)
            history.append({"epoch": epoch, "loss": total / tiles.entries, "seconds": seconds, "entries_per_s": rate})
            if on_epoch is not None:
                on_epoch(history[-1])
    vectors = tables.vectors()
    if not np.isfinite(vectors).all():
        raise RunFailed("the vectors ran off to infinity", "give a smaller --lr")
    return Fitted(vectors, history)


class _Tiles:
    """The entries of a table, dealt into K×K tiles; each row of tiles is a matrix of its own."""

    def __init__(self, counts: Any, c_max: float, alpha: float, batch: int | None):
        entries = counts.tocoo()
        (i, j), x = entries.coords, entries.data
        there = x > 0
        i, j, x = i[there], j[there], x[there].astype(np.float64)
        if not len(x):
            raise DataError("no two words stand together: there is nothing to learn from", "give longer sentences")
        self.words, self.entries = counts.shape[0], len(x)
        wanted = batch or max(1, min(BATCH, self.entries // FEWEST_STEPS))
        self.k = k = max(1, min(self.words, round(np.sqrt(self.entries / wanted))))
        self.height = -(-self.words // k)
        tile = (i % k).astype(np.int64) * k + j % k
        order = np.lexsort((j, i, tile))
        self.starts = np.searchsorted(tile[order], np.arange(k * k + 1))
        self.rows, self.columns = (i // k)[order].astype(np.int32), (j // k)[order].astype(np.int32)
        self.logs = np.log(x[order]).astype(np.float32)
        self.weights = weights(x[order], c_max, alpha).astype(np.float32)

    def size(self, row: int, column: int) -> int:
        """Return the entries of a tile."""
        at = row * self.k + column
        return int(self.starts[at + 1] - self.starts[at])

    def stages(self, rng: np.random.Generator) -> Iterator[list[tuple[int, int]]]:
        """Yield all tiles that have entries, each once, in groups that share no row and no column of tiles."""
        rows, columns = rng.permutation(self.k).tolist(), rng.permutation(self.k).tolist()
        for shift in range(self.k):
            stage = [(rows[n], columns[(n + shift) % self.k]) for n in range(self.k)]
            yield [at for at in stage if self.size(*at)]


class _Tables:
    """Vectors and biases of words and contexts, with AdaGrad's sums; the bias is a column beside a column of ones."""

    def __init__(self, counts: Any, tiles: _Tiles, dim: int, lr: float, rng: np.random.Generator):
        self.n, self.k, self.dim, self.lr = tiles.words, tiles.k, dim, lr
        shape = (tiles.k, tiles.height, dim + 2)
        self.w, self.c = (((rng.random(shape, np.float32) - 0.5) / dim).astype(np.float32) for _ in range(2))
        half = np.log(max(float(counts.sum()), 1e-300)) / 2
        self.w[..., dim], self.w[..., dim + 1] = self._dealt(counts.sum(axis=1), half), 1
        self.c[..., dim], self.c[..., dim + 1] = 1, self._dealt(counts.sum(axis=0), half)
        self.squares_w, self.squares_c = (np.full_like(self.w, START) for _ in range(2))

    def _dealt(self, sums: np.ndarray, half: float) -> np.ndarray:
        logs = np.zeros(self.w.shape[0] * self.w.shape[1])
        logs[: self.n] = np.where(sums > 0, np.log(np.maximum(sums, 1e-300)) - half, 0)
        return logs.reshape(self.w.shape[1], self.k).T

    def step(self, tiles: _Tiles, row: int, column: int) -> float:
        """Take one step on a tile; returns its loss before."""
        from scipy.sparse import csr_array

        at = row * tiles.k + column
        span = slice(tiles.starts[at], tiles.starts[at + 1])
        rows, columns, f = tiles.rows[span], tiles.columns[span], tiles.weights[span]
        w, c = self.w[row], self.c[column]
        error = np.einsum("ed,ed->e", w[rows], c[columns])
        error -= tiles.logs[span]
        pull = f * error
        found = float(pull.astype(np.float64) @ error)
        height = tiles.height
        starts = np.searchsorted(rows, np.arange(height + 1)).astype(np.int32)
        held = csr_array((pull, columns, starts), shape=(height, height))
        gradient_w, gradient_c = held @ c, held.T @ w
        gradient_w[:, self.dim + 1] = 0  # the columns of ones stay
        gradient_c[:, self.dim] = 0
        for table, squares, gradient in ((w, self.squares_w[row], gradient_w), (c, self.squares_c[column], gradient_c)):
            with np.errstate(over="ignore", invalid="ignore"):  # told at the end of the epoch; it is a thread's own
                squares += gradient * gradient
                gradient /= np.sqrt(squares)
                table -= self.lr * gradient
        return found

    def vectors(self) -> np.ndarray:
        """Return w + w̃ in the order of the words."""
        both = self.w[..., : self.dim] + self.c[..., : self.dim]
        return np.ascontiguousarray(both.transpose(1, 0, 2).reshape(-1, self.dim)[: self.n])
