"""Where a place of a picture lies in what a network sees of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Fitting:
    """A picture brought to a network's size: place in the input = (place in the picture − start) · scale + shift.

    Args:
        start: (x, y) of the part that is kept, in pixels of the picture.
        scale: pixels of the input a pixel of the picture, (x, y).
        shift: where that part begins in the input, (x, y).
        size_px: (height, width) of the input.

    """

    start: tuple[float, float]
    scale: tuple[float, float]
    shift: tuple[float, float]
    size_px: tuple[int, int]

    def inside(self, box: tuple[float, float, float, float]) -> tuple[float, float, float, float] | None:
        """Return a box x0, y0, x1, y1 of the picture in the input, cut to what is seen; None: nothing of it is."""
        ends = [(v - self.start[a]) * self.scale[a] + self.shift[a] for v, a in zip(box, (0, 1, 0, 1), strict=True)]
        high, wide = self.size_px
        x0, y0, x1, y1 = (min(max(v, 0.0), float(wide if k % 2 == 0 else high)) for k, v in enumerate(ends))
        return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None

    def back(self, x: float, y: float) -> tuple[float, float]:
        """Return the place in the picture of a place in the input."""
        return tuple((v - self.shift[a]) / self.scale[a] + self.start[a] for a, v in enumerate((x, y)))  # type: ignore[return-value]


def fitting(picture_px: tuple[int, int], step: dict[str, Any]) -> Fitting:
    """Return where a preprocessing step of the kind ``resize`` puts a picture; as ``data/images.resized`` does it.

    Args:
        picture_px: (width, height) of the picture.
        step: with size_px, fit and, for crop, keep.

    """
    (wide, high), (height, width) = picture_px, step["size_px"]
    keep = step.get("keep", 1.0)
    if (wide, high) == (width, height) and keep == 1:
        return Fitting((0.0, 0.0), (1.0, 1.0), (0.0, 0.0), (height, width))
    if step["fit"] == "crop":
        scale = max(width / wide, height / high) / keep
        w, h = min(width / scale, wide), min(height / scale, high)
        return Fitting(((wide - w) / 2, (high - h) / 2), (width / w, height / h), (0.0, 0.0), (height, width))
    if step["fit"] == "pad":
        scale = min(width / wide, height / high)
        inner = max(1, round(wide * scale)), max(1, round(high * scale))
        shift = float((width - inner[0]) // 2), float((height - inner[1]) // 2)
        return Fitting((0.0, 0.0), (inner[0] / wide, inner[1] / high), shift, (height, width))
    return Fitting((0.0, 0.0), (width / wide, height / high), (0.0, 0.0), (height, width))


def covered(boxes: list[tuple[float, float, float, float]], size_px: tuple[int, int]) -> np.ndarray:
    """Return which pixels have their middle in one of the boxes.

    Shapes:
        boxes of x0, y0, x1, y1 -> size_px bool
    """
    rows, columns = np.arange(size_px[0]) + 0.5, np.arange(size_px[1]) + 0.5
    mask = np.zeros(size_px, dtype=bool)
    for x0, y0, x1, y1 in boxes:
        mask |= ((rows >= y0) & (rows < y1))[:, None] & ((columns >= x0) & (columns < x1))[None]
    return mask
