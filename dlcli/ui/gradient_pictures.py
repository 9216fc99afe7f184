"""How gradients become pictures."""

from __future__ import annotations

import numpy as np


def strongest(gradient: np.ndarray) -> np.ndarray:
    """Return the greatest magnitude over the channels.

    Source: Simonyan, Vedaldi & Zisserman 2014, section 3.1.

    Shapes:
        gradient (C, H, W), or (H, W) where channels are alike -> (H, W), 0 or more
    """
    return np.abs(gradient).max(axis=0) if gradient.ndim == 3 else np.abs(gradient)


def limit(values: np.ndarray, percent: float) -> float:
    """Return the value that is shown brightest: a percentile of those that are not 0.

    A few pixels of a gradient are many times the others; scaled by the greatest, the picture would be black.

    Args:
        values: 0 or more, not all 0.
        percent: of the values below, above 0, up to 100.

    """
    return float(np.percentile(values[values > 0], percent))


def bright(values: np.ndarray, percent: float) -> np.ndarray:
    """Return magnitudes on a scale of 0 to 1, cut at their ``limit``.

    Shapes:
        values (H, W) -> (H, W)
    """
    return np.clip(values / limit(values, percent), 0, 1)


def around_gray(gradient: np.ndarray, percent: float) -> np.ndarray:
    """Return a gradient in colors around middle gray, which is 0; one scale for all channels.

    Shapes:
        gradient (C, H, W) with C = 1 or 3 -> (H, W) or (H, W, 3) uint8
    """
    scaled = np.clip(gradient / limit(np.abs(gradient), percent), -1, 1)
    pixels = (127.5 + 127.5 * scaled).round().astype(np.uint8)
    return pixels[0] if len(pixels) != 3 else pixels.transpose(1, 2, 0)


def raising(gradient: np.ndarray) -> np.ndarray:
    """Return what raises the answer: the greatest positive part over the channels.

    Shapes:
        gradient (C, H, W) -> (H, W), 0 or more
    """
    return np.maximum(gradient, 0).max(axis=0)
