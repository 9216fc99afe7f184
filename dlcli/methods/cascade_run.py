"""Windows through a cascade: dense on the first stages, then lists of survivors that shrink stage by stage.

All pictures of a batch (the levels of a pyramid, or patches) lie in one flat integral image with one row length, so a
corner of a feature is the same offset for every window, and windows of all sizes go through a stage together.
Sums are held in 32 bits and may wrap around; differences of a window's corners are exact all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from dlcli.methods.cascade import Cascade, Corner, Tree, corners_of

MATRIX_VALUES = 65_536  # windows × features looked up at a time: stays in the second-level cache
FEW = 400  # windows below which a stage is computed as one matrix; above, feature by feature
DENSE_SHARE = 0.35  # share of the grid still alive at which the next stage is computed on all of it
DENSE_STAGES = 2


@dataclass(frozen=True)
class Sheet:
    """Pictures laid out below each other, as flat integral images of values and of squares.

    Args:
        sums: of the gray values.
        squares: of their squares.
        stride: length of a row.
    Shapes:
        sums, squares (S,) int32

    """

    sums: np.ndarray
    squares: np.ndarray
    stride: int


def lay_out(pictures: Sequence[np.ndarray]) -> tuple[Sheet, list[int]]:
    """Return gray pictures as one sheet, and the row each begins at.

    Shapes:
        pictures (H, W) uint8, any sizes

    """
    stride = max(p.shape[1] for p in pictures) + 1
    rows = [p.shape[0] + 1 for p in pictures]
    starts = np.concatenate([[0], np.cumsum(rows)]).astype(int)
    # A row more, so that a view shifted by a corner's offset still holds every window.
    sums = np.zeros((starts[-1] + 1, stride), dtype=np.int32)
    squares = np.zeros_like(sums)
    for picture, start in zip(pictures, starts[:-1], strict=True):
        high, wide = picture.shape
        block = (slice(start + 1, start + 1 + high), slice(1, 1 + wide))
        x = picture.astype(np.int32)
        for sheet, held in ((sums, x), (squares, x * x)):
            np.cumsum(held, axis=1, dtype=np.int32, out=held)
            np.cumsum(held, axis=0, dtype=np.int32, out=sheet[block])
    return Sheet(sums.ravel(), squares.ravel(), stride), [int(s) for s in starts[:-1]]


@dataclass(frozen=True)
class Passed:
    """What came through.

    Args:
        index: numbers of the windows that passed every stage, ascending.
        margin: by how much their votes exceed the last threshold.
        counts: windows before the first question, after the contrast test, after each stage.

    """

    index: np.ndarray
    margin: np.ndarray
    counts: list[int]


class Runner:
    """A cascade made ready for sheets of one row length.

    Args:
        cascade: which.
        stride: the sheet's row length.

    """

    def __init__(self, cascade: Cascade, stride: int):
        self.cascade, self.stride = cascade, stride
        self.corners = [corners_of(f) for f in cascade.features]
        self._matrices = [self._matrix(stage.trees) for stage in cascade.stages]
        border, (high, wide) = cascade.border, cascade.window
        self._whole = corners_of([(border, border, wide - 2 * border, high - 2 * border, 1)])

    def _matrix(self, trees: Sequence[Tree]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return corner offsets, weights (both corners × nodes) and thresholds of a stage's nodes."""
        nodes = [node for tree in trees for node in tree.nodes]
        most = max(len(self.corners[n[2]]) for n in nodes)
        offsets = np.zeros((most, len(nodes)), dtype=np.int64)
        weights = np.zeros((most, len(nodes)), dtype=np.int32)
        for k, node in enumerate(nodes):
            for c, (down, across, weight) in enumerate(self.corners[node[2]]):
                offsets[c, k], weights[c, k] = down * self.stride + across, weight
        return offsets, weights, np.array([n[3] for n in nodes])

    def spread(self, sums: Callable[[int, int], np.ndarray], squares: Callable[[int, int], np.ndarray]) -> np.ndarray:
        """Return area × standard deviation of windows, 0 where their contrast is below the cascade's bound."""
        total = combined(self._whole, sums).astype(np.float64)
        square = combined(self._whole, squares).astype(np.float64)
        square *= self.cascade.area
        square -= total * total
        np.sqrt(np.maximum(square, 0.0, out=square), out=square)
        square[square <= self.cascade.area * self.cascade.min_std] = 0.0
        return square

    def votes_one_by_one(self, stage: int, at: Callable[[int, int], np.ndarray], spread: np.ndarray) -> np.ndarray:
        """Return the sum of a stage's votes, computed feature by feature over many windows."""
        total = np.zeros(spread.shape)
        for tree in self.cascade.stages[stage].trees:
            below = [combined(self.corners[f], at) < bound * spread for _, _, f, bound in tree.nodes]
            total += _answer(tree, 0, below)
        return total

    def votes_at_once(self, stage: int, flat: np.ndarray, windows: np.ndarray, spread: np.ndarray) -> np.ndarray:
        """Return the sum of a stage's votes, all features of the stage in one matrix a few windows high."""
        offsets, weights, bounds = self._matrices[stage]
        trees = self.cascade.stages[stage].trees
        stumps = all(len(t.nodes) == 1 for t in trees)
        total = np.empty(len(windows))
        rows = max(1, MATRIX_VALUES // len(bounds))
        for start in range(0, len(windows), rows):
            block = slice(start, start + rows)
            place = windows[block, None]
            value = np.zeros((len(place), len(bounds)), dtype=np.int32)
            for offset, weight in zip(offsets, weights, strict=True):
                value += flat.take(place + offset, mode="clip") * weight
            below = value < bounds * spread[block, None]
            if stumps:
                total[block] = _stump_votes(trees, below)
            else:
                total[block] = _tree_votes(trees, below)
        return total

    def run(self, sheet: Sheet, windows: np.ndarray, *, stages: int | None = None) -> Passed:
        """Send windows through the cascade.

        Args:
            sheet: the pictures.
            windows: flat place of each window's corner.
            stages: how many to ask; all by default.
        Shapes:
            windows (N,) int64

        """
        spread = self.spread(_list(sheet.sums, windows, self.stride), _list(sheet.squares, windows, self.stride))
        (index,) = np.nonzero(spread)
        counts = [len(windows), len(index)]
        return self.go_on(sheet, windows, index, spread[index], 0, counts, stages)

    def go_on(
        self,
        sheet: Sheet,
        windows: np.ndarray,
        index: np.ndarray,
        spread: np.ndarray,
        first: int,
        counts: list[int],
        stages: int | None = None,
    ) -> Passed:
        """Send the windows that are left through the stages from ``first`` on."""
        margin = np.zeros(len(index))
        place = windows[index]
        for number in range(first, len(self.cascade.stages) if stages is None else stages):
            if len(index) > FEW:
                votes = self.votes_one_by_one(number, _list(sheet.sums, place, self.stride), spread)
            else:
                votes = self.votes_at_once(number, sheet.sums, place, spread)
            margin = votes - self.cascade.stages[number].threshold
            (alive,) = np.nonzero(margin >= 0)
            index, place, spread, margin = index[alive], place[alive], spread[alive], margin[alive]
            counts.append(len(index))
        return Passed(index, margin, counts)

    def dense(
        self, sheet: Sheet, start: int, shape: tuple[int, int], step: int
    ) -> tuple[np.ndarray, np.ndarray, list[np.ndarray], np.ndarray]:
        """Send the windows of a grid through the contrast test and the first stages, all places at once.

        Args:
            sheet: the pictures.
            start: row of the sheet the picture begins at.
            shape: rows and columns of windows.
            step: pixels between windows.

        Returns:
            flat places of the survivors, their spread, the places alive after each dense stage as counts of windows,
            the margins at the last of them.

        """
        grid = sheet.sums.reshape(-1, self.stride)
        spread = self.spread(
            _grid(grid, start, shape, step), _grid(sheet.squares.reshape(-1, self.stride), start, shape, step)
        )
        alive = spread > 0
        counts = [alive.size, int(alive.sum())]
        margin = np.zeros(shape)
        for number in range(min(DENSE_STAGES, len(self.cascade.stages))):
            if number and counts[-1] < DENSE_SHARE * alive.size:
                break
            margin = self.votes_one_by_one(number, _grid(grid, start, shape, step), spread)
            margin -= self.cascade.stages[number].threshold
            alive &= margin >= 0
            counts.append(int(alive.sum()))
        rows, columns = np.nonzero(alive)
        places = (rows * step + start) * self.stride + columns * step
        return places, spread[rows, columns], counts, margin[rows, columns]


def combined(corners: Sequence[Corner], at: Callable[[int, int], np.ndarray]) -> np.ndarray:
    """Return a feature's value at many windows: the sum of its weighted corners, in whole numbers.

    Corners of one weight are added first and multiplied once.
    """
    total = None
    for size in sorted({abs(w) for *_, w in corners}):
        part = None
        # One that is added comes first: it is copied, the others join it.
        for down, across, weight in sorted((c for c in corners if abs(c[2]) == size), key=lambda c: -c[2]):
            held = at(down, across)
            if part is None:
                part = held.copy() if weight > 0 else -held
            elif weight > 0:
                part += held
            else:
                part -= held
        if size != 1:
            part *= size
        total = part if total is None else np.add(total, part, out=total)
    return total


def _list(flat: np.ndarray, places: np.ndarray, stride: int) -> Callable[[int, int], np.ndarray]:
    def at(down: int, across: int) -> np.ndarray:
        # Shifting the view costs nothing; adding the offset to every place would cost a pass.
        return flat[down * stride + across :].take(places, mode="clip")

    return at


def _grid(grid: np.ndarray, start: int, shape: tuple[int, int], step: int) -> Callable[[int, int], np.ndarray]:
    rows, columns = (shape[0] - 1) * step + 1, (shape[1] - 1) * step + 1

    def at(down: int, across: int) -> np.ndarray:
        return grid[start + down : start + down + rows : step, across : across + columns : step]

    return at


def _answer(tree: Tree, node: int, below: Sequence[np.ndarray]) -> np.ndarray:
    left, right = (
        _answer(tree, child, below) if child > 0 else np.float64(tree.leaves[-child]) for child in tree.nodes[node][:2]
    )
    return np.where(below[node], left, right)


def _stump_votes(trees: Sequence[Tree], below: np.ndarray) -> np.ndarray:
    left = np.array([t.leaves[-t.nodes[0][0]] for t in trees])
    right = np.array([t.leaves[-t.nodes[0][1]] for t in trees])
    return below @ (left - right) + right.sum()


def _tree_votes(trees: Sequence[Tree], below: np.ndarray) -> np.ndarray:
    total, start = np.zeros(len(below)), 0
    for tree in trees:
        total += _answer(tree, 0, [below[:, start + k] for k in range(len(tree.nodes))])
        start += len(tree.nodes)
    return total


def passing(cascade: Cascade, windows: np.ndarray, stages: int | None = None) -> Passed:
    """Send windows that are pictures of their own through a cascade.

    Shapes:
        windows (N, H, W) uint8
    """
    count, high, wide = windows.shape
    if not count:
        return Passed(np.empty(0, dtype=np.int64), np.empty(0), [0] * (len(cascade.stages) + 2))
    sheet, _ = lay_out([windows.reshape(count * high, wide)])
    places = np.arange(count, dtype=np.int64) * (high * sheet.stride)
    return Runner(cascade, sheet.stride).run(sheet, places, stages=stages)
