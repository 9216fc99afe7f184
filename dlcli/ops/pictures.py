"""Arithmetic on pictures as NumPy arrays."""

from __future__ import annotations

from typing import Any

import numpy as np


def normalized(pictures: np.ndarray, mean: list[float], std: list[float]) -> np.ndarray:
    """Return bytes as floats with the given statistics taken out.

    Source: the usual (x/255 − mean)/std, done as one multiplication and one subtraction.

    Args:
        pictures: bytes 0–255.
        mean: one number a channel, on the scale 0–1.
        std: one number a channel, on the scale 0–1, above 0.
    Shapes:
        pictures (..., C, H, W) uint8 -> (..., C, H, W) float32

    """
    shape = (-1, 1, 1)
    scale = 1.0 / (255.0 * np.asarray(std, dtype=np.float64))
    shift = np.asarray(mean, dtype=np.float64) / np.asarray(std, dtype=np.float64)
    out = pictures * scale.astype(np.float32).reshape(shape)
    out -= shift.astype(np.float32).reshape(shape)
    return out


def statistics(pictures: Any) -> tuple[list[float], list[float]]:
    """Return mean and standard deviation of each channel over pictures, on the scale 0–1.

    Args:
        pictures: an iterable of (C, H, W) uint8 arrays of any sizes.

    Returns:
        mean and std, one number a channel; a constant channel has std 1.

    """
    count, total, squares = 0, 0.0, 0.0
    for picture in pictures:
        x = picture.reshape(picture.shape[0], -1).astype(np.float64) / 255.0
        count += x.shape[1]
        total = total + x.sum(axis=1)
        squares = squares + (x * x).sum(axis=1)
    mean = np.asarray(total) / count
    std = np.sqrt(np.maximum(np.asarray(squares) / count - mean**2, 0.0))
    std = np.where(std < 1e-6, 1.0, std)
    return [round(float(v), 6) for v in mean], [round(float(v), 6) for v in std]
