"""Whether a map points at a thing whose box is known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Box = tuple[float, float, float, float]  # x0, y0, x1, y1


def peak(values: np.ndarray) -> tuple[float, float]:
    """Return x, y of the middle of the highest pixel; of several, of their mean place.

    The mean, because the first of a flat top would lie at its upper left corner.

    Shapes:
        (H, W)
    """
    rows, columns = np.nonzero(values == values.max())
    return float(columns.mean() + 0.5), float(rows.mean() + 0.5)


def hit(x: float, y: float, boxes: Sequence[Box], tolerance_px: float) -> bool:
    """Say whether a point lies in a box or at most ``tolerance_px`` from one.

    Source: Zhang et al. 2016, section 4.2; the tolerance is a disk as in TorchRay.
    """
    return any(max(x0 - x, 0, x - x1) ** 2 + max(y0 - y, 0, y - y1) ** 2 <= tolerance_px**2 for x0, y0, x1, y1 in boxes)


def top_fifth_inside(values: np.ndarray, mask: np.ndarray) -> float:
    """Return the share of the map's highest fifth of pixels that lies inside; equal values at its edge count in parts.

    Shapes:
        values (H, W), mask (H, W) bool
    """
    fifth = values.size / 5
    at = np.sort(values.ravel())[::-1][int(np.ceil(fifth)) - 1]
    above, level = values > at, values == at
    part = (fifth - above.sum()) / level.sum()
    return float((above & mask).sum() + part * (level & mask).sum()) / fifth


def energy_inside(values: np.ndarray, mask: np.ndarray) -> float:
    """Return the share of the sum of a map that lies inside.

    Source: Wang et al. 2020 (Score-CAM), section 4.3, the energy-based pointing game.

    Args:
        values: of 0 to 1.
        mask: True inside.
    Shapes:
        values (H, W), mask (H, W) bool

    """
    return float(values[mask].sum() / max(float(values.sum()), 1e-12))
