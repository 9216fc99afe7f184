"""The color scale of maps: it rises in lightness, so it reads in gray too, on a printer and to every eye."""

from __future__ import annotations

import numpy as np

# From black over violet, red and orange to pale yellow. Relative luminance (Rec. 709) of the ends and between rises
# evenly, which a test measures; the hues only help.
_ANCHORS = ((2, 2, 10), (58, 12, 96), (135, 28, 100), (205, 62, 60), (240, 130, 30), (248, 195, 70), (255, 252, 200))


def table() -> np.ndarray:
    """Return the color of each of 256 values.

    Shapes:
        -> (256, 3) uint8
    """
    anchors = np.array(_ANCHORS, dtype=np.float64)
    fine = np.linspace(0, len(anchors) - 1, 2048)
    colors = np.stack([np.interp(fine, np.arange(len(anchors)), anchors[:, c]) for c in range(3)], axis=1)
    light = lightness(colors)
    even = np.linspace(light[0], light[-1], 256)
    return np.stack([np.interp(even, light, colors[:, c]) for c in range(3)], axis=1).round().astype(np.uint8)


def lightness(colors: np.ndarray) -> np.ndarray:
    """Return CIE L* of sRGB colors, 0 to 100.

    Source: CIE 15:2004; IEC 61966-2-1 for the curve of sRGB.

    Shapes:
        colors (..., 3) of 0–255 -> (...)
    """
    c = np.asarray(colors, dtype=np.float64) / 255
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    y = linear @ np.array([0.2126, 0.7152, 0.0722])
    return np.where(y > (6 / 29) ** 3, 116 * np.cbrt(y) - 16, y * (29 / 3) ** 3)


def colored(values: np.ndarray) -> np.ndarray:
    """Return numbers of 0 to 1 as colors; what lies outside is cut.

    Shapes:
        values (...) -> (..., 3) uint8
    """
    return table()[np.clip(np.asarray(values) * 255, 0, 255).round().astype(np.uint8)]


def signed(values: np.ndarray) -> np.ndarray:
    """Return numbers around 0 as gray: 0 is middle gray, the greatest magnitude black or white.

    Shapes:
        values (...) -> (...) uint8
    """
    most = float(np.abs(values).max()) or 1.0
    return np.clip(127.5 + 127.5 * np.asarray(values, np.float64) / most, 0, 255).round().astype(np.uint8)
