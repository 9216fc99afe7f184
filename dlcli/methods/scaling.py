"""Missing numbers filled and columns brought to one scale, learnt from the training rows; sums row by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

BLOCK = 4096  # rows at a time: a block and its sums stay in the cache


@dataclass(frozen=True)
class Scaling:
    """What fills and scales a table.

    Args:
        middle: median of each column: it stands for a missing value.
        mean: what is taken off each column after filling; 0 where columns are not scaled.
        sd: what it is divided by.
    Shapes:
        middle, mean, sd (D,)

    """

    middle: np.ndarray
    mean: np.ndarray
    sd: np.ndarray

    @classmethod
    def learn(cls, X: np.ndarray, *, scale: bool = True) -> Scaling:
        """Return the scaling of a table.

        A column without any number counts as 0; one that does not vary is left at 0 instead of being divided by 0.

        Shapes:
            X (N, D)
        """
        missing = np.isnan(X).any(axis=0)
        middle = np.empty(X.shape[1])
        for d in range(X.shape[1]):
            column = X[:, d][~np.isnan(X[:, d])] if missing[d] else X[:, d]
            middle[d] = np.median(column) if len(column) else 0.0
        mean, sd = np.zeros_like(middle), np.ones_like(middle)
        if scale:
            for d in range(X.shape[1]):
                column = np.where(np.isnan(X[:, d]), middle[d], X[:, d])
                mean[d], sd[d] = column.mean(), column.std()
            sd[sd <= 10 * np.finfo(np.float64).eps * np.abs(mean)] = 1.0
        return cls(middle, mean, np.where(sd > 0, sd, 1.0))

    def __call__(self, X: np.ndarray) -> np.ndarray:
        """Return the rows filled and scaled, as float64 in C order.

        Shapes:
            X (N, D) -> (N, D)
        """
        X = np.ascontiguousarray(X, dtype=np.float64)
        filled = np.where(np.isnan(X), self.middle, X)
        filled -= self.mean
        filled /= self.sd
        return filled

    def state(self) -> dict[str, Any]:
        """Return plain data and arrays."""
        return dict(vars(self))


def weighed(rows: np.ndarray, weights: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Return ``rows @ weights.T + bias``, each row alone.

    A matrix product adds in another order for one row than for a thousand, so the last bit would differ; here columns
    are added one after the other.

    Shapes:
        rows (N, D), weights (K, D), bias (K,) -> (N, K)
    """
    out = np.empty((len(rows), len(weights)))
    for start in range(0, len(rows), BLOCK):
        columns = np.ascontiguousarray(rows[start : start + BLOCK].T)
        total = np.repeat(np.asarray(bias, dtype=np.float64)[:, None], columns.shape[1], axis=1)
        for d, column in enumerate(columns):
            total += weights[:, d, None] * column
        out[start : start + BLOCK] = total.T
    return out
