"""Decision trees as plain arrays: what every tree method is stored, followed, explained and shown from.

A fitted tree of any library becomes rows of one table of nodes, so that nothing of the library is needed to read a
model, to explain a prediction or to write it down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

BLOCK = 16_384  # rows followed at a time: what is looked up stays in the cache
DROP = 4  # levels between two looks at which rows have ended


@dataclass(frozen=True)
class Trees:
    """Several binary trees, node after node.

    Args:
        feature: column a node asks about; −1 in a leaf.
        threshold: a row goes left when its value is at most (``strict``: below) this.
        left: node number of the left child; a leaf's own number.
        right: node number of the right child; a leaf's own number.
        missing_left: whether a missing value goes left.
        value: what a node says; leaves decide, inner nodes hold the mean of theirs where the method knows it.
        cover: training rows (or their weight) that reached the node.
        gain: what the split won, in the method's own measure; 0 in leaves.
        roots: node number of each tree's root.
        single: values are compared as float32, as scikit-learn's trees and XGBoost do.
        strict: left means below the threshold (XGBoost), not at most.
    Shapes:
        feature, left, right (M,) int32; threshold, cover, gain (M,) float64; missing_left (M,) bool;
        value (M, K) float64; roots (T,) int32

    """

    feature: np.ndarray
    threshold: np.ndarray
    left: np.ndarray
    right: np.ndarray
    missing_left: np.ndarray
    value: np.ndarray
    cover: np.ndarray
    gain: np.ndarray
    roots: np.ndarray
    single: bool = True
    strict: bool = False

    def __len__(self) -> int:
        return len(self.roots)

    def state(self) -> dict[str, Any]:
        """Return plain data and arrays; ``from_state`` reads them."""
        return dict(vars(self))

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Trees:
        """Return the trees that ``state`` was taken from."""
        return cls(**state)

    def first(self, count: int) -> Trees:
        """Return the first trees alone; nodes of the others stay in the table, unreached."""
        return Trees(**{**vars(self), "roots": self.roots[:count]})

    def depth(self, tree: int) -> int:
        """Return the number of questions on the longest way down a tree."""
        deep, level = 0, np.array([self.roots[tree]])
        while len(level := level[self.feature[level] >= 0]):
            level, deep = np.concatenate([self.left[level], self.right[level]]), deep + 1
        return deep

    def leaves(self, rows: np.ndarray) -> np.ndarray:
        """Return the leaf each row ends in, in each tree.

        Shapes:
            rows (N, D) float -> (N, T) int32 node numbers
        """
        found = np.empty((len(rows), len(self)), dtype=np.int32)
        depths = [self.depth(t) for t in range(len(self))]
        values = np.ascontiguousarray(rows, dtype=np.float32 if self.single else np.float64)
        wide = values.shape[1]
        for start in range(0, len(rows), BLOCK):
            block = values[start : start + BLOCK].ravel()
            holes = bool(np.isnan(block).any())
            offset = np.arange(0, len(block), wide, dtype=np.int64)
            for t, root in enumerate(self.roots):
                ended = found[start : start + BLOCK, t]
                ended[:] = root
                rows_left, at, node = None, offset, ended.copy()
                for level in range(depths[t]):
                    x = block.take(at + np.maximum(self.feature[node], 0))
                    bound = self.threshold[node]
                    left = x < bound if self.strict else x <= bound
                    if holes:
                        left |= np.isnan(x) & self.missing_left[node]
                    node = np.where(left, self.left[node], self.right[node])
                    if level % DROP == DROP - 1:  # rows that have reached a leaf are followed no further
                        going = self.feature[node] >= 0
                        if rows_left is None:
                            ended[:] = node
                            rows_left = np.flatnonzero(going)
                        else:
                            ended[rows_left] = node
                            rows_left = rows_left[going]
                        at, node = at[going], node[going]
                ended[slice(None) if rows_left is None else rows_left] = node
        return found


def from_sklearn(fitted: Sequence[Any], values: Sequence[np.ndarray] | None = None) -> Trees:
    """Return scikit-learn's fitted decision trees (``tree_`` of an estimator) as one table.

    Args:
        fitted: the ``sklearn.tree._tree.Tree`` of each.
        values: what their nodes say instead of what they hold, one array a tree.
    Shapes:
        values (nodes, K)

    """
    tables: dict[str, list[np.ndarray]] = {n: [] for n in ("f", "t", "l", "r", "m", "v", "c", "g")}
    roots, start = [], 0
    for number, tree in enumerate(fitted):
        nodes = np.arange(tree.node_count, dtype=np.int32)
        leaf = tree.children_left < 0
        cover, impurity = tree.weighted_n_node_samples, tree.impurity
        gain = cover * impurity
        gain = np.where(leaf, 0.0, gain - gain[tree.children_left] - gain[tree.children_right])
        tables["f"].append(np.where(leaf, -1, tree.feature).astype(np.int32))
        tables["t"].append(np.where(leaf, 0.0, tree.threshold))
        tables["l"].append(np.where(leaf, nodes, tree.children_left).astype(np.int32) + start)
        tables["r"].append(np.where(leaf, nodes, tree.children_right).astype(np.int32) + start)
        tables["m"].append(np.asarray(tree.missing_go_to_left, dtype=bool))
        tables["v"].append(tree.value[:, 0, :] if values is None else np.asarray(values[number], dtype=np.float64))
        tables["c"].append(np.asarray(cover, dtype=np.float64))
        tables["g"].append(gain)
        roots.append(start)
        start += tree.node_count
    joined = {n: np.concatenate(parts) for n, parts in tables.items()}
    return Trees(*(joined[n] for n in ("f", "t", "l", "r", "m", "v", "c", "g")), np.array(roots, dtype=np.int32))
