"""Haar-like features of a window: how many there are, which, and their values, through the integral image.

Five types, named by what they answer to: ``edge-x`` and ``edge-y`` are two cells side by side and one above the other,
``line-x`` and ``line-y`` three, ``checker`` two by two. All cells of a feature have one size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

# Signs of the cells, row by row. The first cell is taken away, as scikit-image has it.
CELLS: dict[str, np.ndarray] = {
    "edge-x": np.array([[-1, 1]]),
    "edge-y": np.array([[-1], [1]]),
    "line-x": np.array([[-1, 1, -1]]),
    "line-y": np.array([[-1], [1], [-1]]),
    "checker": np.array([[-1, 1], [1, -1]]),
}
TYPES = tuple(CELLS)
BLOCK_VALUES = 8_000_000  # feature values computed at a time: 32 MB
Rectangle = tuple[int, int, int, int, float]


@dataclass(frozen=True)
class Features:
    """Haar-like features of a window.

    Args:
        kind: number of the type in ``TYPES``.
        y: top row of the first cell.
        x: left column of the first cell.
        high: height of a cell in pixels.
        wide: width of a cell in pixels.
        window: (height, width) of the window in pixels.
    Shapes:
        kind, y, x, high, wide (F,) int16

    """

    kind: np.ndarray
    y: np.ndarray
    x: np.ndarray
    high: np.ndarray
    wide: np.ndarray
    window: tuple[int, int]

    def __len__(self) -> int:
        return len(self.kind)

    def take(self, rows: np.ndarray | slice) -> Features:
        """Return some of the features, in the order of ``rows``."""
        return Features(self.kind[rows], self.y[rows], self.x[rows], self.high[rows], self.wide[rows], self.window)

    def rectangles(self, number: int) -> list[Rectangle]:
        """Return one feature as rectangles (x, y, width, height, weight), one a cell."""
        signs = CELLS[TYPES[self.kind[number]]]
        y, x, high, wide = (int(v[number]) for v in (self.y, self.x, self.high, self.wide))
        return [
            (x + j * wide, y + i * high, wide, high, float(signs[i, j]))
            for i in range(signs.shape[0])
            for j in range(signs.shape[1])
        ]


def integral(picture: np.ndarray) -> np.ndarray:
    """Return the integral image: entry (y, x) is the sum of all pixels above and to the left, both excluded.

    With a row and a column of zeros before the first pixel, four look-ups give the sum of any rectangle.

    Source: Viola and Jones 2001, section 2.1; Crow's summed-area table, 1984.

    Shapes:
        picture (..., H, W) -> (..., H+1, W+1) int64

    """
    *lead, high, wide = picture.shape
    sums = np.zeros((*lead, high + 1, wide + 1), dtype=np.int64)
    np.cumsum(picture, axis=-2, dtype=np.int64, out=sums[..., 1:, 1:])
    np.cumsum(sums[..., 1:, 1:], axis=-1, out=sums[..., 1:, 1:])
    return sums


def counts(height: int, width: int) -> dict[str, int]:
    """Return how many features of each type fit in a window: 162,336 in all for 24×24."""
    found = {}
    for name, signs in CELLS.items():
        rows, columns = signs.shape
        down = sum(height - rows * high + 1 for high in range(1, height // rows + 1))
        across = sum(width - columns * wide + 1 for wide in range(1, width // columns + 1))
        found[name] = down * across
    return found


def enumerate_all(height: int, width: int, types: Sequence[str] = TYPES) -> Features:
    """Return every feature of a window: type by type, then by top, left, cell height, cell width."""
    parts = []
    for name in types:
        rows, columns = CELLS[name].shape
        high, wide = np.meshgrid(np.arange(1, height // rows + 1), np.arange(1, width // columns + 1), indexing="ij")
        sizes = np.stack([high.ravel(), wide.ravel()]).astype(np.int16)
        for y in range(height):
            tall = sizes[:, sizes[0] * rows <= height - y]
            for x in range(width):
                fit = tall[:, tall[1] * columns <= width - x]
                place = np.array([[TYPES.index(name)], [y], [x]], dtype=np.int16)
                parts.append(np.concatenate([np.broadcast_to(place, (3, fit.shape[1])), fit]))
    kind, y, x, high, wide = np.concatenate(parts, axis=1) if parts else np.empty((5, 0), dtype=np.int16)
    return Features(kind, y, x, high, wide, (height, width))


def _corners(signs: np.ndarray) -> np.ndarray:
    """Return the weight of each grid corner of the cells in the integral image."""
    padded = np.pad(signs, 1)
    return padded[:-1, :-1] + padded[1:, 1:] - padded[:-1, 1:] - padded[1:, :-1]


def matrix(features: Features) -> np.ndarray:
    """Return the features as a sparse matrix: its product with flat integral images gives the values.

    A feature is 6 to 9 corners with weights, for neighboring cells share theirs.

    Returns:
        a SciPy CSR matrix, (F, (H+1)(W+1)) int32.

    """
    from scipy import sparse

    stride = features.window[1] + 1
    row, column, weight = [], [], []
    for number, signs in enumerate(CELLS.values()):
        (which,) = np.nonzero(features.kind == number)
        corners = _corners(signs)
        for i, j in np.argwhere(corners):
            down = features.y[which].astype(np.int64) + i * features.high[which].astype(np.int64)
            across = features.x[which].astype(np.int64) + j * features.wide[which].astype(np.int64)
            row.append(which)
            column.append(down * stride + across)
            weight.append(np.full(len(which), corners[i, j], dtype=np.int32))
    shape = (len(features), (features.window[0] + 1) * stride)
    return sparse.csr_matrix((np.concatenate(weight), (np.concatenate(row), np.concatenate(column))), shape=shape)


def flat_sums(windows: np.ndarray) -> np.ndarray:
    """Return the integral images of windows as columns, ready for the product with ``matrix``.

    Shapes:
        windows (N, H, W) uint8 -> ((H+1)(W+1), N) int32

    """
    return np.ascontiguousarray(integral(windows).reshape(len(windows), -1).T.astype(np.int32))


def values(features: Features, sums: np.ndarray) -> np.ndarray:
    """Return the value of every feature in every window, exactly.

    Source: one sparse product over flat integral images, some forty million values a second on one core.

    Args:
        features: which.
        sums: of gray pictures of the features' window size, from ``flat_sums``.
    Shapes:
        sums ((H+1)(W+1), N) int32 -> (F, N) int32

    """
    out = np.empty((len(features), sums.shape[1]), dtype=np.int32)
    rows = max(1, BLOCK_VALUES // max(1, sums.shape[1]))
    for start in range(0, len(features), rows):
        block = slice(start, start + rows)
        out[block] = matrix(features.take(block)) @ sums
    return out


def spread(windows: np.ndarray) -> np.ndarray:
    """Return area × standard deviation of each window, by which Viola and Jones divide feature values.

    A value divided by it does not change with the contrast of the light.

    Shapes:
        windows (N, H, W) uint8 -> (N,) float64; 0 for a window of one gray.

    """
    x = windows.reshape(len(windows), -1).astype(np.int64)
    area = x.shape[1]
    return np.sqrt((area * (x * x).sum(axis=1) - x.sum(axis=1) ** 2).astype(np.float64))
