"""How the network's input comes of a picture, as matrices: for methods that go back from the one to the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from dlcli.data.images import FILTERS

_BLOCK = 512  # columns of the unit matrix at a time, so that a large picture takes no square of its side in memory


@dataclass(frozen=True)
class Axes:
    """The linear part of preprocessing: input = colors · (rows · picture · columnsᵀ), but for rounding to bytes.

    Args:
        rows: (h, H).
        columns: (w, W).
        colors: (C, c): of the picture's channels to the network's.

    """

    rows: np.ndarray
    columns: np.ndarray
    colors: np.ndarray


def axes(width_px: int, height_px: int, channels: int, preprocessing: list[dict[str, Any]]) -> Axes:
    """Return the matrices by which ``data/images.fitted`` brings a picture to the network's size and color.

    They are read off Pillow itself, by resizing unit matrices, so its windows at the borders are in them. Differs from
    it by the rounding to bytes after each of its two passes, and by what bicubic overshoots and the bytes cut.

    Args:
        width_px: of the picture.
        height_px: of the picture.
        channels: of the picture: 1 or 3.
        preprocessing: steps of a bundle.

    """
    colors = np.eye(channels, dtype=np.float32)
    rows, columns = np.eye(height_px, dtype=np.float32), np.eye(width_px, dtype=np.float32)
    for step in preprocessing:
        match step["step"]:
            case "color" if step["channels"] == 1 and channels == 3:
                colors = np.array([[0.299, 0.587, 0.114]], dtype=np.float32)  # Pillow's own (ITU-R BT.601)
            case "color" if step["channels"] == 3 and channels == 1:
                colors = np.ones((3, 1), dtype=np.float32)
            case "resize":
                rows, columns = _resized(width_px, height_px, step)
    return Axes(rows, columns, colors)


def _resized(width_px: int, height_px: int, step: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return the matrices of ``data/images.resized``."""
    height, width = step["size_px"]
    fit, keep = step["fit"], step.get("keep", 1.0)
    filter = FILTERS[step["filter"]]
    if (width_px, height_px) == (width, height) and keep == 1:
        return np.eye(height, dtype=np.float32), np.eye(width, dtype=np.float32)
    if fit == "crop":
        scale = max(width / width_px, height / height_px) / keep
        w, h = min(width / scale, width_px), min(height / scale, height_px)
        return _matrix(height_px, height, filter, (height_px - h) / 2, h), _matrix(
            width_px, width, filter, (width_px - w) / 2, w
        )
    if fit == "pad":
        scale = min(width / width_px, height / height_px)
        inner = max(1, round(height_px * scale)), max(1, round(width_px * scale))
        rows, columns = (_matrix(n, m, filter, 0, n) for n, m in zip((height_px, width_px), inner, strict=True))
        return _laid(rows, height), _laid(columns, width)
    return _matrix(height_px, height, filter, 0, height_px), _matrix(width_px, width, filter, 0, width_px)


def _matrix(source: int, target: int, filter: Image.Resampling, start: float, length: float) -> np.ndarray:
    """Return what Pillow makes of the part from ``start`` of a column of ``source`` pixels: (target, source)."""
    blocks = []
    for first in range(0, source, _BLOCK):
        unit = np.eye(source, min(_BLOCK, source - first), -first, dtype=np.float32)
        box = (0, start, unit.shape[1], start + length)
        blocks.append(np.asarray(Image.fromarray(unit).resize((unit.shape[1], target), filter, box=box)))
    return np.concatenate(blocks, axis=1)


def _laid(matrix: np.ndarray, size: int) -> np.ndarray:
    """Return a matrix whose result lies in the middle of ``size`` places, zeros around it."""
    laid = np.zeros((size, matrix.shape[1]), dtype=np.float32)
    first = (size - len(matrix)) // 2
    laid[first : first + len(matrix)] = matrix
    return laid
