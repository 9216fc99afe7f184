"""A picture searched with a cascade: a pyramid of its sizes, every place of each, boxes of what passed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from dlcli.methods.cascade import Cascade
from dlcli.methods.cascade_run import Passed, Runner, Sheet, lay_out
from dlcli.ops.boxes import grouped

SHEET_PIXELS = 2_000_000  # integral images held at a time: 16 MB, whatever the picture's size


@dataclass(frozen=True)
class Search:
    """How a picture is searched.

    Args:
        scale: size of a box over that of the next smaller.
        step_px: pixels between windows at the smallest scales; half of it where the picture is shrunk to half or less.
        smallest_px: least height of a box; the window's own by default.
        largest_px: greatest height of a box; the picture's by default.
        min_neighbors: windows that must agree on a box; 0 gives every window.

    """

    scale: float = 1.25
    step_px: int = 2
    smallest_px: int | None = None
    largest_px: int | None = None
    min_neighbors: int = 3


@dataclass(frozen=True)
class Box:
    """A find: pixels of the picture, how many windows agreed, the best window's margin over the last threshold."""

    x: int
    y: int
    width: int
    height: int
    score: int
    margin: float


@dataclass(frozen=True)
class Found:
    """What a search found.

    Args:
        boxes: best first.
        counts: windows at first, after the contrast test, after each stage.

    """

    boxes: list[Box]
    counts: list[int]


@dataclass(frozen=True)
class Tile:
    """A band of rows of a level of the pyramid: factor by which it is shrunk, first row, pixels between windows."""

    factor: float
    top: int
    step: int
    pixels: np.ndarray


@dataclass(frozen=True)
class Hits:
    """Windows that passed everything.

    Args:
        tile: which each lies in.
        row: of its corner in the tile.
        column: of its corner in the tile.
        margin: over the last threshold.
    Shapes:
        tile, row, column (n,) int64, margin (n,) float64

    """

    tile: np.ndarray
    row: np.ndarray
    column: np.ndarray
    margin: np.ndarray


def factors(cascade: Cascade, size: tuple[int, int], search: Search) -> list[float]:
    """Return by how much the picture of (height, width) is shrunk, level by level."""
    high, wide = cascade.window
    found, factor = [], 1.0
    while round(high * factor) <= size[0] and round(wide * factor) <= size[1]:
        box = round(high * factor)
        if search.largest_px is not None and box > search.largest_px:
            break
        if box >= (search.smallest_px or 0):
            found.append(factor)
        factor *= search.scale
    return found


def tiles(cascade: Cascade, picture: Image.Image, search: Search) -> Iterator[Tile]:
    """Yield the pyramid of a gray picture in bands; those of a level overlap by the window."""
    high, wide = cascade.window
    for factor in factors(cascade, (picture.height, picture.width), search):
        size = (max(wide, round(picture.width / factor)), max(high, round(picture.height / factor)))
        level = picture if size == picture.size else picture.resize(size, Image.Resampling.BILINEAR)
        step = search.step_px if factor < 2 else max(1, search.step_px // 2)
        pixels = np.asarray(level)
        rows = max(1, SHEET_PIXELS // (size[0] + 1) // step) * step  # of windows
        for top in range(0, size[1] - high + 1, rows):
            yield Tile(factor, top, step, pixels[top : top + rows + high - 1])


def batches(found: Iterator[Tile]) -> Iterator[list[Tile]]:
    """Yield tiles together while their sheet stays small."""
    held: list[Tile] = []
    rows, wide = 0, 0
    for tile in found:
        rows, wide = rows + tile.pixels.shape[0] + 1, max(wide, tile.pixels.shape[1] + 1)
        if held and rows * wide > SHEET_PIXELS:
            yield held
            held, rows, wide = [], tile.pixels.shape[0] + 1, tile.pixels.shape[1] + 1
        held.append(tile)
    if held:
        yield held


class Scanner:
    """A cascade that searches pictures; it keeps what it prepares for pictures of one width.

    Args:
        cascade: what to look for.

    """

    def __init__(self, cascade: Cascade):
        self.cascade = cascade
        self._runners: dict[int, Runner] = {}

    def _runner(self, stride: int) -> Runner:
        if stride not in self._runners:
            if len(self._runners) >= 8:
                self._runners.clear()
            self._runners[stride] = Runner(self.cascade, stride)
        return self._runners[stride]

    def scan(self, batch: Sequence[Tile]) -> tuple[Hits, list[int]]:
        """Send every window of some tiles through the cascade.

        Returns:
            those that passed, and the windows left: at first, after the contrast test, after each stage.

        """
        cascade = self.cascade
        sheet, starts = lay_out([t.pixels for t in batch])
        runner = self._runner(sheet.stride)
        total = np.zeros(len(cascade.stages) + 2, dtype=np.int64)
        by_depth: dict[int, list[tuple[np.ndarray, np.ndarray, np.ndarray]]] = {}
        for tile, start in zip(batch, starts, strict=True):
            rows = (tile.pixels.shape[0] - cascade.window[0]) // tile.step + 1
            columns = (tile.pixels.shape[1] - cascade.window[1]) // tile.step + 1
            places, spread, counts, margin = runner.dense(sheet, start, (rows, columns), tile.step)
            total[: len(counts)] += counts
            by_depth.setdefault(len(counts) - 2, []).append((places, spread, margin))
        ends = []
        for depth, parts in by_depth.items():  # how far the dense part went differs from level to level
            places, spread, margin = (np.concatenate(p) for p in zip(*parts, strict=True))
            passed = _rest(runner, sheet, places, spread, margin, depth)
            total[depth + 2 :] += np.array(passed.counts, dtype=np.int64)
            ends.append((places[passed.index], passed.margin))
        places, margin = (np.concatenate(p) for p in zip(*ends, strict=True))
        row, column = np.divmod(places, sheet.stride)
        tile = np.searchsorted(starts, row, side="right") - 1
        return Hits(tile, row - np.asarray(starts)[tile], column, margin), [int(n) for n in total]

    def detect(self, picture: Image.Image, search: Search | None = None) -> Found:
        """Find what the cascade was trained for.

        Args:
            picture: gray (mode L).
            search: how.

        """
        cascade, search = self.cascade, search or Search()
        counts = np.zeros(len(cascade.stages) + 2, dtype=np.int64)
        high, wide = cascade.window
        raw, margins = [np.empty((0, 4))], [np.empty(0)]
        for batch in batches(tiles(cascade, picture, search)):
            hits, left = self.scan(batch)
            counts += left
            factor = np.array([t.factor for t in batch])[hits.tile]
            top = np.array([t.top for t in batch])[hits.tile]
            x = np.minimum(hits.column * factor, np.maximum(0, picture.width - wide * factor))
            y = np.minimum((hits.row + top) * factor, np.maximum(0, picture.height - high * factor))
            raw.append(np.stack([x, y, wide * factor, high * factor], axis=1))
            margins.append(hits.margin)
        rows, margin = np.concatenate(raw), np.concatenate(margins)
        means, sizes, members = grouped(rows, search.min_neighbors)
        boxes = []
        for mean, size, inside in zip(means, sizes, members, strict=True):
            x, y, w, h = (round(float(v)) for v in mean)
            w, h = min(w, picture.width - x), min(h, picture.height - y)
            boxes.append(Box(x, y, w, h, int(size), round(float(margin[inside].max()), 6)))
        boxes.sort(key=lambda b: (-b.score, -b.margin, b.y, b.x, b.height))
        return Found(boxes, [int(n) for n in counts])


def _rest(
    runner: Runner, sheet: Sheet, places: np.ndarray, spread: np.ndarray, margin: np.ndarray, depth: int
) -> Passed:
    if depth == len(runner.cascade.stages):
        return Passed(np.arange(len(places)), margin, [])
    return runner.go_on(sheet, places, np.arange(len(places)), spread, depth, [])
