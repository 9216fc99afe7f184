"""The largest singular values of a sparse table and their left vectors, the same bits on any number of threads."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import ArpackError, LinearOperator, eigsh
from threadpoolctl import threadpool_limits

from dlcli.core.errors import RunFailed

DENSE_ROWS = 1_000  # up to here the whole decomposition is made, in a second or less
TOLERANCE = 1e-9
# Of the largest singular value, what is told from nothing; a square root makes noise of 1e-16 one of 1e-8.
NOTHING, NOTHING_SQUARED = 1e-12, 1e-7


def decompose(table: sparse.csr_array, dim: int, *, seed: int = 0, threads: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return the left singular vectors of the largest singular values, and these.

    Lanczos iterations (ARPACK), which on tables of co-occurrence take as long as a randomized decomposition (Halko,
    Martinsson and Tropp 2011) but are exact, where that is still percents off at directions whose values lie close.
    Signs are free in a decomposition; here the largest entry of each vector is positive.

    Args:
        table: the table, not all zeros.
        dim: vectors wanted, 1 to the smaller side of the table.
        seed: of the vector the iterations start from; it shows in the last digits only.
        threads: processor threads that multiply.
    Shapes:
        table (n, m) → (n, k), (k,), k ≤ dim

    Returns:
        Float64, by falling value; fewer than ``dim`` where the table has fewer independent directions.

    Raises:
        RunFailed: the iterations did not end.

    """
    rows = table.shape[0]
    with threadpool_limits(1, "blas"):  # whose sums depend on its threads; multiplying by the table takes the time
        if rows <= DENSE_ROWS or 3 * dim > rows:
            u, values, _ = np.linalg.svd(table.toarray(), full_matrices=False)
            nothing = NOTHING
        else:
            u, values, nothing = _iterate(table, dim, np.random.default_rng(seed), threads)
    order = np.argsort(-values, kind="stable")[:dim]
    order = order[values[order] > nothing * values[order[0]]]
    u, values = u[:, order], values[order]
    signs = np.sign(u[np.abs(u).argmax(axis=0), np.arange(len(order))])
    return u * signs, values


def _iterate(
    table: sparse.csr_array, dim: int, draws: np.random.Generator, threads: int
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return left vectors and singular values in any order, and which share of the largest is nothing."""
    rows = table.shape[0]
    start = draws.standard_normal(rows)
    with ThreadPoolExecutor(max(threads, 1)) as pool:
        multiply = _product(table, pool, threads)
        symmetric = table.shape[0] == table.shape[1] and _same(multiply(start), table.T @ start)
        if not symmetric:
            first, second = _product(table.T.tocsr(), pool, threads), multiply

            def multiply(x: np.ndarray) -> np.ndarray:
                return second(first(x))

        square = LinearOperator((rows, rows), matvec=lambda x: multiply(x.ravel()), dtype=np.float64)
        try:
            values, u = eigsh(square, dim, which="LM", tol=TOLERANCE, v0=start, maxiter=50 * dim + 1000)
        except ArpackError as error:  # also when some have not converged
            raise RunFailed(f"the singular values did not settle: {error}", "try a smaller --dim") from error
    if symmetric:
        return u, np.abs(values), NOTHING
    return u, np.sqrt(np.maximum(values, 0)), NOTHING_SQUARED


def _same(a: np.ndarray, b: np.ndarray) -> bool:
    """Say whether two products with a random vector agree, as they do when the table is its own transpose."""
    return bool(np.abs(a - b).max() <= 1e-10 * np.abs(a).max())


def _product(table: sparse.csr_array, pool: ThreadPoolExecutor, threads: int) -> Callable[[np.ndarray], np.ndarray]:
    """Return the function that multiplies by a table; each row is summed by one thread, always in the same order."""
    if threads <= 1:
        return lambda x: table @ x
    bounds = np.searchsorted(table.indptr, np.linspace(0, table.nnz, threads + 1)[1:-1])
    bounds = np.r_[0, bounds, table.shape[0]]
    parts = [table[a:b] for a, b in itertools.pairwise(bounds)]
    return lambda x: np.concatenate(list(pool.map(lambda part: part @ x, parts)))
