"""Basic image processing: what was done to pictures before networks learned to do it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy import ndimage

from dlcli.core.errors import DataError
from dlcli.core.picture_ops import Operation

Padding = Literal["zero", "edge", "valid"]
LUMA = (0.299, 0.587, 0.114)
SOBEL_X = ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1))
LAPLACIAN = ((0, 1, 0), (1, -4, 1), (0, 1, 0))
EMBOSS = ((-2, -1, 0), (-1, 1, 1), (0, 1, 2))


@dataclass(frozen=True)
class Filtered:
    """A picture on its way through operations.

    Args:
        values: not cut to what a picture can hold.
        kind: what the numbers mean: ``light`` (0 black, 255 white), ``signed`` (0 is the middle) or ``strength``
            (0 is the least).
    Shapes:
        values (H, W) or (H, W, C)

    """

    values: np.ndarray
    kind: Literal["light", "signed", "strength"] = "light"


def run(
    picture: Filtered,
    op: Operation,
    padding: Padding,
    kernel: Sequence[Sequence[float]] = (),
    stride: int = 1,
) -> Filtered:
    """Return a picture after one operation.

    Args:
        picture: before it.
        op: what is done.
        padding: what lies beyond the border.
        kernel: the typed one.
        stride: pixels it moves at a time.

    Raises:
        DataError: the picture is smaller than the window.

    """
    x, kind = picture.values, picture.kind
    match op.name:
        case "negative":
            top = {"light": 255.0, "signed": 0.0, "strength": float(x.max())}[kind]
            return replace(picture, values=x.dtype.type(top) - x)
        case "gray":
            return replace(picture, values=gray(x, op.way))
        case "blur":
            return replace(picture, values=blur(x, op.numbers[0], padding))
        case "box":
            return replace(picture, values=box(x, int(op.numbers[0]), padding))
        case "shift":
            return replace(picture, values=shift(x, int(op.numbers[0]), int(op.numbers[1]), padding))
        case "sharpen":
            a = op.numbers[0]
            return replace(picture, values=correlate(x, ((0, -a, 0), (-a, 1 + 4 * a, -a), (0, -a, 0)), padding))
        case "sobel":
            return Filtered(sobel(x, op.way, padding), "strength" if op.way == "size" else "signed")
        case "laplacian":
            return Filtered(correlate(x, LAPLACIAN, padding), "signed")
        case "emboss":
            return replace(picture, values=correlate(x, EMBOSS, padding))
        case "relu":
            return Filtered(np.maximum(x, 0), "strength" if kind == "signed" else kind)
        case "maxpool":
            return replace(picture, values=max_pool(x, int(op.numbers[0])))
        case _:
            return Filtered(correlate(x, kernel, padding, stride), _kind_after(kernel, kind))


def _kind_after(kernel: Sequence[Sequence[float]], kind: str) -> Literal["light", "signed", "strength"]:
    """Say what numbers mean after a kernel: one whose weights sum to 1 keeps the lightness."""
    weights = np.asarray(kernel)
    if abs(weights.sum() - 1) < 1e-6:
        return kind
    return "signed" if (weights < 0).any() or kind == "signed" else "strength"


def gray(x: np.ndarray, way: str) -> np.ndarray:
    """Return a picture without color: the mean of its channels, or their luma 0.299 R + 0.587 G + 0.114 B.

    Source: ITU-R BT.601 for luma.

    Shapes:
        x (H, W, 3) or (H, W) -> (H, W)
    """
    if x.ndim == 2:
        return x
    return x.mean(2) if way == "mean" else x @ np.asarray(LUMA, x.dtype)


def padded(x: np.ndarray, top: int, bottom: int, left: int, right: int, padding: Padding) -> np.ndarray:
    """Return a picture with what lies beyond its border.

    Shapes:
        x (H, W, ...) -> (top + H + bottom, left + W + right, ...); with ``valid`` as it was
    """
    if padding == "valid":
        return x
    sides = ((top, bottom), (left, right)) + ((0, 0),) * (x.ndim - 2)
    return np.pad(x, sides, mode="constant" if padding == "zero" else "edge")


def correlate(x: np.ndarray, kernel: Sequence[Sequence[float]], padding: Padding, stride: int = 1) -> np.ndarray:
    """Return the sums of a picture under a kernel that moves over it, as a convolutional layer computes them.

    The kernel is not turned; a true convolution turns it by 180° first. A kernel of even size has one row and column
    more below and to the right of its center.

    Args:
        x: each channel for itself.
        kernel: its weights.
        padding: ``valid`` makes the result smaller by the kernel's size less 1.
        stride: pixels it moves at a time.
    Shapes:
        x (H, W, ...) -> (ceil(H' / stride), ceil(W' / stride), ...)

    Raises:
        DataError: the picture is smaller than the kernel.

    """
    weights = np.asarray(kernel, x.dtype)
    rows, columns = weights.shape
    x = padded(x, (rows - 1) // 2, rows // 2, (columns - 1) // 2, columns // 2, padding)
    _refuse_small(x, rows, columns)
    high, wide = x.shape[0] - rows + 1, x.shape[1] - columns + 1
    found = np.zeros((-(-high // stride), -(-wide // stride), *x.shape[2:]), x.dtype)
    for r, c in zip(*np.nonzero(weights), strict=True):
        found += weights[r, c] * x[r : r + high : stride, c : c + wide : stride]
    return found


def blur(x: np.ndarray, sigma: float, padding: Padding) -> np.ndarray:
    """Return a picture under a Gaussian, cut off at four sigma.

    Args:
        x: each channel for itself.
        sigma: in pixels.
        padding: beyond the border.
    Shapes:
        x (H, W, ...) -> the same; with ``valid`` smaller by twice the reach

    Raises:
        DataError: the picture is smaller than the Gaussian.

    """
    reach = int(4 * sigma + 0.5)
    x = padded(x, reach, reach, reach, reach, padding)
    _refuse_small(x, 2 * reach + 1, 2 * reach + 1)
    far = np.arange(-reach, reach + 1)
    weights = np.exp(-0.5 * (far / sigma) ** 2)
    weights /= weights.sum()
    for axis in (0, 1):
        x = ndimage.correlate1d(x, weights, axis=axis, mode="constant")
    return x[reach : x.shape[0] - reach, reach : x.shape[1] - reach]


def box(x: np.ndarray, size: int, padding: Padding) -> np.ndarray:
    """Return the mean of each pixel's square.

    Shapes:
        x (H, W, ...) -> the same; with ``valid`` smaller by size − 1

    Raises:
        DataError: the picture is smaller than the square.

    """
    before, after = (size - 1) // 2, size // 2
    x = padded(x, before, after, before, after, padding)
    _refuse_small(x, size, size)
    for axis in (0, 1):
        x = ndimage.correlate1d(x, np.full(size, 1 / size), axis=axis, mode="constant", origin=(size + 1) % 2 * -1)
    return x[before : x.shape[0] - after, before : x.shape[1] - after]


def shift(x: np.ndarray, right_px: int, down_px: int, padding: Padding) -> np.ndarray:
    """Return a picture moved to the right and down; negative: to the left and up.

    Shapes:
        x (H, W, ...) -> the same; with ``valid`` only what is left of it

    Raises:
        DataError: it is moved out of sight.

    """
    if abs(down_px) >= x.shape[0] or abs(right_px) >= x.shape[1]:
        what = f"a shift of {right_px},{down_px} pixels moves all of its {x.shape[1]}×{x.shape[0]} pixels out of sight"
        raise DataError(what)
    rows = np.arange(x.shape[0]) - down_px
    columns = np.arange(x.shape[1]) - right_px
    inside_r, inside_c = (rows >= 0) & (rows < x.shape[0]), (columns >= 0) & (columns < x.shape[1])
    if padding == "valid":
        return x[rows[inside_r]][:, columns[inside_c]]
    moved = x[rows.clip(0, x.shape[0] - 1)][:, columns.clip(0, x.shape[1] - 1)]
    if padding == "zero":
        moved[~inside_r] = 0
        moved[:, ~inside_c] = 0
    return moved


def sobel(x: np.ndarray, way: str, padding: Padding) -> np.ndarray:
    """Return how fast a picture brightens to the right (``x``), downwards (``y``), or steepest, √(x² + y²).

    Source: Sobel and Feldman 1968; weights 1 2 1 as printed, so that a step from 0 to 255 gives 1020.

    Shapes:
        x (H, W, ...) -> the same; with ``valid`` smaller by 2
    """
    if way != "y":
        across = correlate(x, SOBEL_X, padding)
        if way == "x":
            return across
    down = correlate(x, np.asarray(SOBEL_X).T, padding)
    return down if way == "y" else np.hypot(across, down)


def max_pool(x: np.ndarray, size: int) -> np.ndarray:
    """Return the greatest of each square; squares that stick out over the border count too.

    Shapes:
        x (H, W, ...) -> (ceil(H / size), ceil(W / size), ...)
    """
    for axis in (0, 1):
        x = np.maximum.reduceat(x, np.arange(0, x.shape[axis], size), axis=axis)
    return x


def as_bytes(picture: Filtered, display: str = "auto") -> tuple[np.ndarray, str]:
    """Return numbers as a picture, and how: ``clip``, ``signed`` or ``stretch``.

    Args:
        picture: the numbers.
        display: ``clip`` takes 0 to 255; ``signed`` puts 0 in the middle and the few greatest magnitudes, 1 in 200, at
            the ends, or one glint would leave all else gray; ``stretch`` takes least to greatest; ``auto`` takes clip
            for light, signed around 0, and 0 to the greatest for a strength.
    Shapes:
        -> (H, W) or (H, W, 3) uint8

    """
    x = picture.values.astype(np.float64)
    how = {"light": "clip", "signed": "signed", "strength": "stretch"}[picture.kind] if display == "auto" else display
    if how == "signed":
        magnitude = np.abs(x)
        x = 127.5 + 127.5 * x / (float(np.percentile(magnitude, 99.5)) or float(magnitude.max()) or 1.0)
    elif how == "stretch":
        low = 0.0 if display == "auto" else float(x.min())
        x = 255 * (x - low) / ((float(x.max()) - low) or 1.0)
    return np.clip(x, 0, 255).round().astype(np.uint8), how


def _refuse_small(x: np.ndarray, rows: int, columns: int) -> None:
    if x.shape[0] < rows or x.shape[1] < columns:
        what = f"its {x.shape[1]}×{x.shape[0]} numbers are fewer than the {columns}×{rows} that the kernel covers"
        raise DataError(what, "padding zero or edge puts more around them")
