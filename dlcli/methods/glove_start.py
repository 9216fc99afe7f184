"""Where GloVe starts: independent words, and the leading directions of what is beyond independence."""

from __future__ import annotations

from concurrent.futures import Executor

import numpy as np
from scipy import sparse

MORE = 10  # directions beyond those wanted, and
ROUNDS = 1  # rounds of multiplying: a start need not be exact
BAND = 4_096  # rows multiplied at a time


def independence(counts: sparse.csr_array) -> tuple[np.ndarray, np.ndarray]:
    """Return biases that foretell each count as if words were independent.

    b = log(sum of the word's row) − ½ log(sum of all), and so for columns: what is left of a logarithm is the pointwise
    mutual information. A word without counts has what a sum of 1 would give.

    Shapes:
        counts (n, n) -> (n,), (n,)
    """
    half = 0.5 * np.log(counts.sum())
    sums = [np.asarray(counts.sum(axis=axis)).ravel() for axis in (1, 0)]
    first, second = (np.log(np.where(one > 0, one, 1.0)) - half for one in sums)
    return first, second


def spectral(
    counts: sparse.csr_array, bias_w: np.ndarray, bias_v: np.ndarray, dim: int, *, seed: int, pool: Executor
) -> tuple[np.ndarray, np.ndarray]:
    """Return vectors whose products are near the positive pointwise mutual information.

    A randomized singular value decomposition; each side is scaled by the roots of the values: equal shares.

    Args:
        counts: square, above zero.
        bias_w: of the rows, from ``independence``.
        bias_v: of the columns.
        dim: directions wanted.
        seed: of the random start.
        pool: whose threads multiply; BLAS must be held to one, or the last bits depend on how many it has.
    Shapes:
        result (n, k), (n, k), k ≤ dim

    Source:
        Halko, Martinsson and Tropp (2011); Levy and Goldberg (2014) on factoring this table.

    """
    n = counts.shape[0]
    expected = np.repeat(bias_w, np.diff(counts.indptr)) + bias_v[counts.indices]
    beyond = np.maximum(np.log(counts.data) - expected, 0.0).astype(np.float32)
    table = sparse.csr_array((beyond, counts.indices, counts.indptr), shape=counts.shape, copy=True)
    table.eliminate_zeros()
    turned = table.T.tocsr()

    def times(matrix: sparse.csr_array, x: np.ndarray) -> np.ndarray:
        bands = pool.map(lambda i: matrix[i : i + BAND] @ x, range(0, n, BAND))
        return np.concatenate(list(bands))

    y = times(table, np.random.default_rng(seed).standard_normal((n, min(n, dim + MORE)), dtype=np.float32))
    for _ in range(ROUNDS):
        y = times(table, np.linalg.qr(times(turned, np.linalg.qr(y)[0]))[0])
    left = np.linalg.qr(y)[0]
    right, rest = np.linalg.qr(times(turned, left))
    u, values, vt = np.linalg.svd(rest.T)
    root = np.sqrt(values)
    return ((left @ u) * root)[:, :dim], ((right @ vt.T) * root)[:, :dim]
