"""Counts cut into tiles: the mini-batches of GloVe, each a few sparse products.

Words are dealt to blocks like cards, so that every block has frequent and rare ones; a tile holds the counts between
the words of one block and those of another. All that a step on it reads or changes is two blocks of rows, which lie
together in memory, and tiles that share no block can be worked on at the same time, without locks and with no effect on
the result (Gemulla et al. 2011).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

GATHERED = 1 << 18  # numbers copied at a time, 1 MB: what is gathered is used while the cache still holds it


@dataclass(frozen=True)
class Tile:
    """The counts between the words of two blocks.

    Args:
        rows: place in the first block, ascending.
        forward: column numbers by row; its values are overwritten by each step.
        backward: the same table turned over, sharing its arrays.
        logs: natural logarithms of the counts.
        weights: of the counts, f(c) of equation 9.

    """

    rows: np.ndarray
    forward: sparse.csr_array
    backward: sparse.csc_array
    logs: np.ndarray
    weights: np.ndarray

    def slopes(self, w: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, float]:
        """Return f(c)·(w·v − log c) of each count, and the sum of f(c)·(w·v − log c)²."""
        columns, parts = self.forward.indices, []
        step = max(1, GATHERED // w.shape[1])
        for i in range(0, len(columns), step):
            a, b = w.take(self.rows[i : i + step], axis=0), v.take(columns[i : i + step], axis=0)
            parts.append(np.einsum("ij,ij->i", a, b))
        off = np.concatenate(parts)
        off -= self.logs
        slopes = self.weights * off
        return slopes, float(np.sum(slopes * off, dtype=np.float64))

    def gradients(self, slopes: np.ndarray, w: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the gradient of each row of the two blocks: the products sum what belongs to one word."""
        self.forward.data = self.backward.data = slopes
        return self.forward @ v, self.backward @ w


@dataclass(frozen=True)
class Grid:
    """All tiles of a table of counts, and where each word's row is.

    Args:
        blocks: blocks on each side.
        height: rows in a block.
        tiles: by numbers of block; those without counts are left out.
        zeros: mean loss of vectors and biases of zeros.

    """

    blocks: int
    height: int
    tiles: dict[tuple[int, int], Tile]
    zeros: float

    def spread(self, table: np.ndarray) -> np.ndarray:
        """Return rows of words as rows of blocks.

        Shapes:
            table (n, d) -> (blocks, height, d)
        """
        out = np.zeros((self.height * self.blocks, table.shape[1]), table.dtype)
        out[: len(table)] = table
        return np.ascontiguousarray(out.reshape(self.height, self.blocks, -1).transpose(1, 0, 2))

    def gather(self, table: np.ndarray, words: int) -> np.ndarray:
        """Return rows of blocks as rows of words.

        Shapes:
            table (blocks, height, d) -> (words, d)
        """
        return table.transpose(1, 0, 2).reshape(self.height * self.blocks, -1)[:words]


def cut(counts: sparse.csr_array, blocks: int, c_max: float, alpha: float) -> Grid:
    """Cut a table of counts into tiles.

    Args:
        counts: square, all values above 0, indices sorted.
        blocks: blocks on each side, 1 to the number of words.
        c_max: count from which the weight is 1.
        alpha: power of the weight below it.

    """
    height = -(-counts.shape[0] // blocks)
    tiles, zeros = {}, 0.0
    for i in range(blocks):
        band = counts[i::blocks]
        block = band.indices % blocks
        order = np.argsort(block, kind="stable")  # within a block the counts stay in the order of rows and columns
        bounds = np.searchsorted(block[order], np.arange(blocks + 1))
        rows = np.repeat(np.arange(band.shape[0], dtype=np.int32), np.diff(band.indptr))[order]
        columns = (band.indices[order] // blocks).astype(np.int32)
        logs = np.log(band.data[order])
        weights = np.exp(alpha * np.minimum(0.0, logs - np.log(c_max)))
        zeros += float(np.sum(weights * logs**2))
        for j in range(blocks):
            one = slice(bounds[j], bounds[j + 1])
            if one.start < one.stop:
                tiles[i, j] = _tile(rows[one], columns[one], logs[one], weights[one], height)
    return Grid(blocks, height, tiles, zeros / counts.nnz)


def _tile(rows: np.ndarray, columns: np.ndarray, logs: np.ndarray, weights: np.ndarray, height: int) -> Tile:
    starts = np.searchsorted(rows, np.arange(height + 1)).astype(np.int32)
    logs, weights = logs.astype(np.float32), weights.astype(np.float32)
    forward = sparse.csr_array((logs, columns.copy(), starts), shape=(height, height))
    backward = sparse.csc_array((logs, forward.indices, forward.indptr), shape=(height, height))
    return Tile(rows.astype(np.intp), forward, backward, logs, weights)
