"""Numbers as gray values of tiles, so that they can be read back from the picture."""

from __future__ import annotations

import numpy as np


def ends_of(values: np.ndarray, *, signed: bool, each: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return which number black and white stand for, tile by tile.

    Args:
        values: the tiles.
        signed: black and white are equally far from 0, so that 0 is middle gray.
        each: every tile has a scale of its own; otherwise all share one.

    Shapes:
        values (N, ...) -> (N,) and (N,) float64

    """
    rows = np.asarray(values, np.float64).reshape(len(values), -1)
    low, high = rows.min(axis=1), rows.max(axis=1)
    if not each:
        low, high = np.full_like(low, low.min()), np.full_like(high, high.max())
    if signed:
        high = np.maximum(np.abs(low), np.abs(high))
        low = -high
    return low, high


def as_bytes(values: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return tiles as bytes: byte b of a tile stands for ``low + b / 255 · (high − low)``, within half a step.

    A tile whose ends are one number is middle gray.

    Shapes:
        values (N, ...), low (N,), high (N,) -> (N, ...) uint8

    """
    held = np.asarray(values, np.float64)
    shape = (-1, *[1] * (held.ndim - 1))
    low, span = low.reshape(shape), (high - low).reshape(shape)
    share = np.divide(held - low, span, out=np.full_like(held, 0.5), where=span > 0)
    return np.clip(share * 255, 0, 255).round().astype(np.uint8)
