"""Curves of many points: smoothed, and thinned to what can be seen."""

from __future__ import annotations

import numpy as np

BLOCK = 128  # numbers smoothed at a time


def smoothed(values: np.ndarray, weight: float) -> np.ndarray:
    """Return the exponential moving average, corrected for its start at 0, as TensorBoard draws it.

    m ← w·m + (1 − w)·y, shown m / (1 − wⁿ) after n numbers. What is no finite number stays as it is and is passed over.

    Source: Kingma & Ba 2015, section 3, for the correction; TensorBoard's slider for w.

    Args:
        values: (N,).
        weight: w, 0 to below 1; 0 changes nothing.

    """
    if not weight:
        return values.copy()
    found = values.astype(np.float64)
    finite = np.isfinite(found)
    y = found[finite]
    # Blocks side by side from 0, by one matrix of powers; what came before a block is added afterwards.
    blocks = np.pad(y, (0, -len(y) % BLOCK)).reshape(-1, BLOCK)
    powers = weight ** np.arange(BLOCK + 1)
    after = np.subtract.outer(np.arange(BLOCK), np.arange(BLOCK))
    means = blocks @ np.where(after >= 0, (1 - weight) * powers[np.maximum(after, 0)], 0.0).T
    before = 0.0
    for block in means:
        block += before * powers[1:]
        before = block[-1]
    found[finite] = means.reshape(-1)[: len(y)] / (1 - weight ** np.arange(1, len(y) + 1))
    return found


def seen(x: np.ndarray, y: np.ndarray, columns: int) -> np.ndarray:
    """Return which points suffice to draw a line in so many columns of pixels.

    In each column the first, the last, the lowest and the highest point are kept, so that every spike stays and the
    line comes in and leaves where it did; and one gap, where there is any.

    Source: Jugel et al. 2014 (M4), section 4.2.

    Args:
        x: (N,), rising, finite.
        y: (N,), NaN in gaps.
        columns: at least 1.

    Returns:
        indices, rising; all of them where there are no more points than would be kept.

    """
    if len(x) <= 4 * columns:
        return np.arange(len(x))
    span = float(x[-1] - x[0])
    at = np.zeros(len(x), np.int64) if span <= 0 else ((x - x[0]) / span * columns).astype(np.int64)
    at = np.minimum(at, columns - 1)
    finite = np.flatnonzero(np.isfinite(y))
    gaps = np.flatnonzero(~np.isfinite(y))
    keep = [_firsts(at, gaps)]
    if len(finite):
        by_height = finite[np.lexsort((y[finite], at[finite]))]
        keep += [_firsts(at, finite), _lasts(at, finite), _firsts(at, by_height), _lasts(at, by_height)]
    return np.unique(np.concatenate(keep))


def _firsts(at: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    inside = at[chosen]
    return chosen[np.flatnonzero(np.diff(inside, prepend=-1))]


def _lasts(at: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    inside = at[chosen]
    return chosen[np.flatnonzero(np.diff(inside, append=-1))]
