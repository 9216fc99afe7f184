"""How good predicted numbers are."""

from __future__ import annotations

import numpy as np

METRICS = ("rmse", "mae", "r2")


def scores(predicted: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """Return all figures of a regression, in the unit of the target.

    r2 is one less the squared error's share of the variance: 1 is perfect, 0 no better than the mean of these rows,
    NaN where the truth does not vary.

    Shapes:
        predicted (N,), truth (N,)
    """
    error = predicted - truth
    spread = float(((truth - truth.mean()) ** 2).sum())
    squared = float((error**2).sum())
    return {
        "rmse": float(np.sqrt(squared / len(truth))),
        "mae": float(np.abs(error).mean()),
        "r2": 1 - squared / spread if spread > 0 else float("nan"),
    }
