"""Decision stumps of least weighted error, found without looking at every boundary.

Columns are sorted once. A round sums the weights of short blocks of each order, class by class, in one sparse product;
what a block's inner boundaries could win at best follows from the sums around it, and only blocks that may hold the
winner are looked into.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlcli.methods.trees import Trees

TIE = 1e-12  # weighted errors nearer than this are equal
BLOCK = 64  # cells of an order summed together
SORTED_AT_ONCE = 1 << 22  # cells
OPENED_AT_ONCE = 1 << 16  # cells; short running sums round little


@dataclass(frozen=True)
class Stump:
    """One question with one answer on each side.

    Args:
        feature: column asked about; −1: none is asked, ``right`` is said of every row.
        threshold: midpoint of the two neighboring values it separates; infinite: it separates missing values.
        left: class said below the threshold.
        right: class said from the threshold on, and of missing values.
        cover: weight of the rows on the left and on the right.
        gain: weighted error it takes from saying one class everywhere.

    """

    feature: int
    threshold: float
    left: int
    right: int
    cover: tuple[float, float] = (0.0, 0.0)
    gain: float = 0.0

    def predict(self, rows: np.ndarray) -> np.ndarray:
        """Return the class said of each row.

        Shapes:
            rows (N, D) -> (N,) int64
        """
        if self.feature < 0:
            return np.full(len(rows), self.right, dtype=np.int64)
        bound = np.float64(self.threshold)  # a Python float would be rounded to the rows' float32
        return np.where(rows[:, self.feature] < bound, self.left, self.right)


def as_trees(stumps: Sequence[Stump], classes: int) -> Trees:
    """Return stumps as trees; a leaf's value is 1 for the class it says, a root's the mean of its leaves.

    Shapes:
        value (M, classes)
    """
    rows, roots = [], []
    said = np.eye(classes)
    for stump in stumps:
        root, (below, above) = len(rows), stump.cover
        roots.append(root)
        if stump.feature < 0:
            rows.append((-1, 0.0, root, root, said[stump.right], above, 0.0))
            continue
        share = below / (below + above) if below + above > 0 else 0.5
        mean = share * said[stump.left] + (1 - share) * said[stump.right]
        rows.append((stump.feature, stump.threshold, root + 1, root + 2, mean, below + above, stump.gain))
        rows.append((-1, 0.0, root + 1, root + 1, said[stump.left], below, 0.0))
        rows.append((-1, 0.0, root + 2, root + 2, said[stump.right], above, 0.0))
    feature, threshold, left, right, value, cover, gain = zip(*rows, strict=True) if rows else ([],) * 7
    whole = [np.array(column, dtype=np.int32) for column in (feature, left, right)]
    reals = [np.array(column, dtype=np.float64) for column in (threshold, cover, gain)]
    return Trees(
        feature=whole[0], threshold=reals[0], left=whole[1], right=whole[2],
        missing_left=np.zeros(len(rows), dtype=bool), value=np.array(value, dtype=np.float64).reshape(-1, classes),
        cover=reals[1], gain=reals[2], roots=np.array(roots, dtype=np.int32), single=False, strict=True,
    )  # fmt: skip


class StumpSearch:
    """Finds the best stump under any weights of the same rows.

    With two classes the sides say different ones; with more, each says its heaviest. Saying one class everywhere is
    chosen where no split does as well. Errors within ``TIE`` are equal: the lower feature wins, then the lower
    threshold, then the lower class; with two classes the second is said on the left.

    Source: weak learners of Freund & Schapire (1997), "A Decision-Theoretic Generalization of On-Line Learning and an
    Application to Boosting"; the block bound is branch and bound on the running sums.

    Args:
        rows: the columns; NaN is missing. Kept, not copied; sixteen further bytes a cell are held.
        labels: class numbers.
        classes: how many classes there are.
    Shapes:
        rows (N, D) float; labels (N,) int

    """

    def __init__(self, rows: np.ndarray, labels: np.ndarray, classes: int):
        self.rows, self.classes = rows, classes
        self.labels = np.asarray(labels, dtype=np.int32)
        self.said = np.eye(classes)[self.labels]
        count, wide = rows.shape
        self.per_column = max(1, -(-count // BLOCK))
        self.order = np.empty((wide, count), dtype=np.int32)
        self.opens = np.zeros((wide, count), dtype=bool)  # a cell whose value is above that of the cell before
        self.start = np.zeros((wide, self.per_column), dtype=np.int32)  # first cell of each block; 0 cells: start=stop
        self.stop = np.zeros((wide, self.per_column), dtype=np.int32)
        self.inner = np.zeros((wide, self.per_column), dtype=bool)  # has boundaries inside
        self.sums = self._summing()
        self.ends = (self.stop > self.start) & (self.stop < count)  # a boundary follows the block

    def _summing(self) -> Any:
        """Sort the columns into blocks and return the matrix (wide · blocks · classes, N) that sums weights by them."""
        from scipy.sparse import csr_matrix

        wide, count = self.order.shape
        places = np.empty((wide, count), dtype=np.int64 if wide * self.per_column * self.classes >= 2**31 else np.int32)
        step = max(1, SORTED_AT_ONCE // max(1, count))
        for first in range(0, wide, step):
            columns = np.ascontiguousarray(self.rows[:, first : first + step].T)
            part = slice(first, first + len(columns))
            order = np.argsort(columns, axis=1, kind="stable")  # NaN comes last
            self.order[part] = order
            places[part] = self._blocks(np.take_along_axis(columns, order, axis=1), part)
            places[part] *= self.classes
            places[part] += self.labels[self.order[part]]
        shape = (wide * self.per_column * self.classes, count)
        return csr_matrix((np.ones(wide * count), (places.ravel(), self.order.ravel())), shape=shape)

    def _blocks(self, values: np.ndarray, part: slice) -> np.ndarray:
        """Cut sorted columns into blocks between different values; return the block of each cell."""
        opens = self.opens[part]
        missing = np.isnan(values)
        opens[:, 1:] = (values[:, 1:] > values[:, :-1]) | (missing[:, 1:] & ~missing[:, :-1])
        groups = opens.copy()
        groups[:, :1] = True
        column, cell = np.nonzero(groups)
        bucket = column * self.per_column + cell // BLOCK  # a block is the run of groups that begin in one bucket
        first = np.ones(len(bucket), dtype=bool)
        first[1:] = bucket[1:] != bucket[:-1]
        begins = np.flatnonzero(first)
        size = np.diff(np.append(begins, len(bucket)))
        at = bucket[begins]
        self.inner[part].reshape(-1)[at] = size > 1
        self.start[part].reshape(-1)[at] = cell[begins]
        following = np.append(cell[begins][1:], values.shape[1])
        self.stop[part].reshape(-1)[at] = np.where(following == 0, values.shape[1], following)
        flat = column[begins].astype(np.int64) * values.shape[1] + cell[begins]
        cells = np.diff(np.append(flat, values.size))
        return np.repeat(at + part.start * self.per_column, cells).reshape(values.shape)

    def best(self, weights: np.ndarray) -> tuple[Stump, np.ndarray]:
        """Return the stump of least weighted error and what it says of the rows.

        Args:
            weights: non-negative.
        Shapes:
            weights (N,) -> predicted (N,) int64

        """
        wide, count = self.order.shape
        total = np.bincount(self.labels, weights=weights, minlength=self.classes)
        constant = float(total.max())
        after = np.cumsum((self.sums @ weights).reshape(wide, self.per_column, self.classes), axis=1)
        before = np.zeros_like(after)
        before[:, 1:] = after[:, :-1]
        right_after = total - after
        ends = np.where(self.ends, self._won(after, right_after), -1.0)
        found = float(ends.max(initial=-1.0))
        at, won = self._look_inside(weights, after, before, total, max(found, constant))
        best = max(found, float(won.max(initial=-1.0)))
        clear = best > constant + TIE if self.classes > 2 else best >= constant - TIE  # with two classes sides differ
        if not clear or best < 0:
            heaviest = int(np.argmax(total >= constant - TIE))
            return Stump(-1, 0.0, heaviest, heaviest, (0.0, float(total.sum()))), np.full(count, heaviest)
        column, block = np.nonzero(ends >= best - TIE)
        tied = np.concatenate([column * count + self.stop[column, block], at[won >= best - TIE]])
        return self._stump(*divmod(int(tied.min()), count), weights, total, best - constant)

    def _won(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Return the weight of rows told rightly, given class weights on both sides; it grows with either."""
        if self.classes == 2:
            return np.maximum(left[..., 1] + right[..., 0], left[..., 0] + right[..., 1])
        return left.max(axis=-1) + right.max(axis=-1)

    def _look_inside(
        self, weights: np.ndarray, after: np.ndarray, before: np.ndarray, total: np.ndarray, found: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the boundaries (column · N + cell) inside the blocks that may hold the best, and what they win."""
        count = self.order.shape[1]
        bound = np.where(self.inner, self._won(after, total - before), -1.0)
        blocks = np.flatnonzero(bound.ravel() >= found - 2 * TIE)
        blocks = blocks[np.argsort(-bound.ravel()[blocks], kind="stable")]
        cells, won = [np.empty(0, dtype=np.int64)], [np.empty(0)]
        done = 0
        while done < len(blocks) and bound.ravel()[blocks[done]] >= found - 2 * TIE:
            some = blocks[done : done + (8 if done == 0 else OPENED_AT_ONCE // BLOCK)]  # the likeliest raise the bar
            done += len(some)
            some = some[bound.ravel()[some] >= found - 2 * TIE]
            column = some // self.per_column
            first, last = self.start.ravel()[some], self.stop.ravel()[some]
            size = (last - first).astype(np.int64)
            ahead = np.cumsum(size) - size  # cells of the blocks opened before
            flat = np.arange(size.sum()) + np.repeat(column * count + first - ahead, size)
            rows = self.order.ravel()[flat]
            running = np.zeros((len(flat) + 1, self.classes))
            np.cumsum(self.said[rows] * weights[rows, None], axis=0, out=running[1:])
            left = running[:-1] - np.repeat(running[ahead] - before.reshape(-1, self.classes)[some], size, axis=0)
            inside = self.opens.ravel()[flat]
            cells.append(flat[inside])
            won.append(self._won(left[inside], total - left[inside]))
            found = max(found, float(won[-1].max(initial=-1.0)))
        return np.concatenate(cells), np.concatenate(won)

    def _stump(
        self, feature: int, cell: int, weights: np.ndarray, total: np.ndarray, gain: float
    ) -> tuple[Stump, np.ndarray]:
        """Return the stump whose right side begins at a cell of a column's order."""
        order = self.order[feature]
        low, high = float(self.rows[order[cell - 1], feature]), float(self.rows[order[cell], feature])
        middle = np.inf if high != high else low / 2 + high / 2
        if not low < middle <= high and high == high:  # no number lies between, or one of them is infinite
            middle = high
        below = order[:cell]
        left = np.bincount(self.labels[below], weights=weights[below], minlength=self.classes)
        right = total - left
        if self.classes == 2:
            says = int(left[1] + right[0] >= left[0] + right[1] - TIE)
            other = 1 - says
        else:
            says, other = (int(np.argmax(side >= side.max() - TIE)) for side in (left, right))
        stump = Stump(feature, float(middle), says, other, (float(left.sum()), float(right.sum())), gain)
        predicted = np.full(self.order.shape[1], stump.right)
        predicted[below] = stump.left
        return stump, predicted
