"""Where the labels of a map stand, so that none lies on another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

CELL = 40.0  # of the grid in which labels look for each other
MOST_COVERED = 1  # points under a label
Box = tuple[float, float, float, float]  # left, low, right, high


def fit(points: np.ndarray, size: np.ndarray, margin: float) -> np.ndarray:
    """Return points moved and scaled into a box, as far apart in both directions as they were to each other.

    Args:
        points: (n, 2).
        size: width and height of the box.
        margin: kept free at each side.

    """
    low, high = points.min(axis=0), points.max(axis=0)
    span = high - low
    room = size - 2 * margin
    with np.errstate(divide="ignore", invalid="ignore"):
        scales = np.where(span > 0, room / span, np.inf)
    scale = float(scales.min()) if np.isfinite(scales.min()) else 1.0
    return size / 2 + (points - (low + high) / 2) * scale


def place(
    points: np.ndarray, widths: np.ndarray, high: float, size: np.ndarray, order: Sequence[int], focus: int = -1
) -> list[tuple[int, float, float, str]]:
    """Return the labels that fit: number, where they stand, and whether that is their left, right or center.

    The first in the order that finds a free place beside its point has it: right, left, above, below. None lies on
    another or leaves the box; a place that covers no point is taken before one that covers one.

    Args:
        points: (n, 2) where the points are drawn.
        widths: (n,) of the labels.
        high: of a label.
        size: width and height of the box.
        order: numbers of the points, the most important first; one that comes again counts once.
        focus: number of a point with a ring around it.

    """
    boxes: dict[tuple[int, int], list[Box]] = {}
    dots: dict[tuple[int, int], list[tuple[float, float]]] = {}
    for x, y in points.tolist():
        dots.setdefault((int(x // CELL), int(y // CELL)), []).append((x, y))
    found: dict[int, tuple[int, float, float, str]] = {}
    for number in order:
        if number in found:
            continue
        x, y = points[number].tolist()
        wide, gap = float(widths[number]), 0.55 * high + (4.0 if number == focus else 0.0)
        free: list[tuple[int, int, Box, tuple[int, float, float, str]]] = []
        for left, middle, put in (
            (x + gap, y, (number, x + gap, y, "left")),
            (x - gap - wide, y, (number, x - gap, y, "right")),
            (x - wide / 2, y + gap + high / 2 - 1, (number, x, y + gap + high / 2 - 1, "center")),
            (x - wide / 2, y - gap - high / 2 + 1, (number, x, y - gap - high / 2 + 1, "center")),
        ):
            box = (left, middle - high / 2, left + wide, middle + high / 2)
            inside = box[0] >= 0 and box[1] >= 0 and box[2] <= size[0] and box[3] <= size[1]
            if inside and not _hits(box, boxes):
                free.append((_covers(box, dots), len(free), box, put))
        if free and min(free)[0] <= MOST_COVERED:
            _, _, box, found[number] = min(free)
            for cell in _cells(box):
                boxes.setdefault(cell, []).append(box)
    return list(found.values())


def _cells(box: Box) -> Iterator[tuple[int, int]]:
    for column in range(int(box[0] // CELL), int(box[2] // CELL) + 1):
        for row in range(int(box[1] // CELL), int(box[3] // CELL) + 1):
            yield column, row


def _hits(box: Box, boxes: dict[tuple[int, int], list[Box]]) -> bool:
    return any(
        box[0] < other[2] + 2 and other[0] < box[2] + 2 and box[1] < other[3] and other[1] < box[3]
        for cell in _cells(box)
        for other in boxes.get(cell, ())
    )


def _covers(box: Box, dots: dict[tuple[int, int], list[tuple[float, float]]]) -> int:
    return sum(
        box[0] - 2 < x < box[2] + 2 and box[1] - 2 < y < box[3] + 2
        for cell in _cells(box)
        for x, y in dots.get(cell, ())
    )
