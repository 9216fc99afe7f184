"""XGBoost by hand: derivatives, the gain of every split of the root, the trees and their leaf weights.

Written out in plain arrays, without the library, and equal to its exact method. Ties are broken as it breaks them;
where sums in another order differ in the last bit, a tie can still fall the other way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlcli.core.errors import DataError
from dlcli.methods.gradient import METRICS, metric, sigmoid, start_value
from dlcli.methods.trace import LIMIT

LEAST = 1e-6  # a smaller gain splits nothing
CANDIDATES = 200  # splits of a root that are listed
WIDE_LAST = 1e-6  # what the bound beyond a column's last value lies further out
STARTS = {
    "squared": "start: the mean; g = F - y, h = 1",
    "log": "start: the log-odds; g = p - y, h = p (1 - p)",
}
NOTES = (
    "score of a node: G^2 / (H + lambda); gain of a split: 1/2 (left + right - whole) - gamma; weight of a leaf: "
    "-G / (H + lambda)",
    "XGBoost leaves out the 1/2: its gains (column xgboost) are twice as large, and so is its min-gain (gamma = "
    "min-gain / 2 here)",
)


@dataclass(frozen=True)
class Regularized:
    """What keeps the trees small.

    Args:
        depth: most questions in a row.
        l2: λ, added to the second derivatives.
        min_gain: least gain by XGBoost's measure; splits below are cut back, from the leaves up.
        min_leaf: least sum of second derivatives on each side.

    """

    depth: int = 2
    l2: float = 1.0
    min_gain: float = 0.0
    min_leaf: float = 1.0


@dataclass
class _Node:
    rows: np.ndarray
    depth: int
    split: _Split | None = None
    left: _Node | None = None
    right: _Node | None = None


@dataclass(frozen=True)
class _Split:
    feature: int
    threshold: float
    missing_left: bool
    gain: float  # as XGBoost has it: without the half


def xgboost_trace(
    X: np.ndarray,
    y: np.ndarray,
    names: Sequence[str],
    *,
    classes: int,
    rounds: int = 2,
    lr: float = 0.3,
    bounds: Regularized | None = None,
    loss: str = "auto",
) -> dict[str, Any]:
    """Return what every round of XGBoost computes.

    Source: Chen & Guestrin (2016), "XGBoost: A Scalable Tree Boosting System", algorithm 1 with the default direction
    of algorithm 3.

    Args:
        X: the columns, compared as float32; NaN is missing and goes where the gain is larger.
        y: class numbers of two classes, or values.
        names: of the columns.
        classes: 2, or 0 for values.
        rounds: trees.
        lr: share of each leaf weight that is added (η).
        bounds: depth, λ, γ and the least sum of second derivatives.
        loss: squared, log or auto.
    Shapes:
        X (N, D), y (N,)
    Returns: ``start``; ``rounds``: each with ``gradients``, ``hessians``, ``candidates`` of the root, ``nodes`` (rule,
        g, h, score, and gain or weight), ``before``, ``after`` and the training metric; ``items``.
    Raises:
        DataError: more than two classes, or a loss that does not fit the target.

    """
    bounds = bounds or Regularized()
    loss = ("log" if classes else "squared") if loss == "auto" else loss
    if classes > 2 or loss not in ("squared", "log") or (loss == "log") != (classes == 2):
        what = f"{classes} classes" if classes else "numbers"
        text = f"trace xgboost works out squared loss of numbers and log loss of two classes, not {loss} of {what}"
        raise DataError(text, "trace gradient shows absolute loss and more classes")
    single = np.asarray(X, dtype=np.float32)
    target = np.asarray(y, dtype=np.float64)
    start = start_value(np.asarray(y), loss, classes)
    score, told = np.full(len(y), start[0]), []
    for number in range(1, rounds + 1):
        share = sigmoid(score)
        g = (score if loss == "squared" else share) - target
        h = np.ones(len(y)) if loss == "squared" else share * (1 - share)
        g, h = (v.astype(np.float32).astype(np.float64) for v in (g, h))  # what the library keeps
        root = _Node(np.arange(len(y)), 0)
        found = _candidates(single, g, h, root.rows, bounds)
        _grow(root, single, g, h, bounds)
        _prune(root, bounds)
        before = score.copy()
        nodes = _told(root, names, g, h, bounds, lr, score)
        told.append(
            {
                "round": number,
                "before": before[:LIMIT].tolist(),
                "gradients": g[:LIMIT].tolist(),
                "hessians": h[:LIMIT].tolist(),
                "candidates": _listed(found, names, bounds),
                "candidate_splits": len(found[0]),
                "nodes": nodes,
                "after": score[:LIMIT].tolist(),
                **({"probability": sigmoid(score[:LIMIT]).tolist()} if loss == "log" else {}),
                f"train/{METRICS[loss]}": metric(np.asarray(y), score[:, None], loss),
            }
        )
    final = (sigmoid(score) if loss == "log" else score)[:LIMIT].tolist()
    pairs = zip(np.asarray(y)[:LIMIT].tolist(), final, strict=True)
    items = [{"row": i + 1, "target": v, "prediction": p} for i, (v, p) in enumerate(pairs)]
    return {"rows": len(y), "loss": loss, "lr": lr, "l2": bounds.l2, "min_gain": bounds.min_gain,
            "min_leaf": bounds.min_leaf, "start": start.tolist(), "rounds": told, "items": items,
            "notes": [STARTS[loss], *NOTES]}  # fmt: skip


def _score(g: Any, h: Any, bounds: Regularized) -> Any:
    return np.divide(g * g, h + bounds.l2, out=np.zeros(np.shape(g)), where=np.asarray(h) > 0)


Candidates = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def _candidates(X: np.ndarray, g: np.ndarray, h: np.ndarray, rows: np.ndarray, bounds: Regularized) -> Candidates:
    """Return every split of a node in the order in which the library meets them: the first of the best wins.

    A column without missing values is gone through from the largest value down; one with them, from the smallest up
    with the missing on the right, then from the largest down with the missing on the left.

    Shapes:
        -> feature, threshold, missing_left, left g, left h, gain (C,)
    """
    total_g, total_h = g[rows].sum(), h[rows].sum()
    found = []
    for feature in range(X.shape[1]):
        x = X[rows, feature]
        there = ~np.isnan(x)
        order = rows[there][np.argsort(x[there], kind="stable")]
        value = X[order, feature]
        if not len(value):
            continue
        at = np.flatnonzero(value[1:] > value[:-1])
        middle = (value[at] + value[at + 1]) * np.float32(0.5)
        middle = np.where(middle == value[at], value[at + 1], middle)
        below_g, below_h = np.cumsum(g[order])[at], np.cumsum(h[order])[at]
        present_g, present_h = g[order].sum(), h[order].sum()
        if not np.isnan(X[:, feature]).any():
            found.append((feature, middle[::-1], True, below_g[::-1], below_h[::-1]))
            continue
        gap = np.abs(value[[-1, 0]]) + np.float32(WIDE_LAST)
        upward = np.append(middle, value[-1] + gap[0])
        found.append((feature, upward, False, np.append(below_g, present_g), np.append(below_h, present_h)))
        downward = np.append(middle[::-1], value[0] - gap[1])
        lost_g, lost_h = total_g - present_g, total_h - present_h
        left_g, left_h = np.append(below_g[::-1] + lost_g, lost_g), np.append(below_h[::-1] + lost_h, lost_h)
        found.append((feature, downward, True, left_g, left_h))
    if not found:
        return tuple(np.empty(0) for _ in range(6))
    columns = [np.concatenate([np.broadcast_to(part[i], part[1].shape) for part in found]) for i in range(5)]
    left_g, left_h = columns[3], columns[4]
    right_g, right_h = total_g - left_g, total_h - left_h
    gain = _score(left_g, left_h, bounds) + _score(right_g, right_h, bounds) - _score(total_g, total_h, bounds)
    gain[(left_h < bounds.min_leaf) | (right_h < bounds.min_leaf)] = -np.inf
    return (*columns, gain)


def _grow(node: _Node, X: np.ndarray, g: np.ndarray, h: np.ndarray, bounds: Regularized) -> None:
    if node.depth >= bounds.depth:
        return
    feature, threshold, missing_left, _, _, gain = _candidates(X, g, h, node.rows, bounds)
    if not len(gain):
        return
    best = int(np.argmax(gain.astype(np.float32)))  # gains the library cannot tell apart are tied
    if not gain[best] > LEAST:
        return
    node.split = _Split(int(feature[best]), float(threshold[best]), bool(missing_left[best]), float(gain[best]))
    x = X[node.rows, node.split.feature]
    left = np.where(np.isnan(x), node.split.missing_left, x < np.float32(node.split.threshold))
    node.left, node.right = _Node(node.rows[left], node.depth + 1), _Node(node.rows[~left], node.depth + 1)
    for child in (node.left, node.right):
        _grow(child, X, g, h, bounds)


def _prune(node: _Node, bounds: Regularized) -> bool:
    """Cut splits of too little gain back, from the leaves up; say whether the node is a leaf now."""
    if node.split is None:
        return True
    leaves = [_prune(child, bounds) for child in (node.left, node.right)]
    if all(leaves) and node.split.gain < bounds.min_gain:
        node.split = node.left = node.right = None
        return True
    return False


def _told(
    root: _Node, names: Sequence[str], g: np.ndarray, h: np.ndarray, bounds: Regularized, lr: float, score: np.ndarray
) -> list[dict[str, Any]]:
    """Return the nodes from the root down, the left before the right, and add the leaves to the score."""
    told: list[dict[str, Any]] = []

    def walk(node: _Node, path: str) -> None:
        of_g, of_h = float(g[node.rows].sum()), float(h[node.rows].sum())
        row = {"node": path or "root", "rows": len(node.rows), "g": of_g, "h": of_h,
               "score": float(_score(of_g, of_h, bounds))}  # fmt: skip
        if node.split is None:
            enough = of_h >= bounds.min_leaf and of_h > 0
            weight = -of_g / (of_h + bounds.l2) if enough else 0.0
            score[node.rows] += lr * weight
            told.append({**row, "split": None, "feature": None, "threshold": None, "missing": None, "gain": None,
                         "xgboost": None, "weight": weight, "added": lr * weight})  # fmt: skip
            return
        split = node.split
        below, above = (f"{names[split.feature]} {sign} {split.threshold:g}" for sign in ("<", ">="))
        told.append({**row, "split": below, "feature": names[split.feature], "threshold": split.threshold,
                     "missing": "left" if split.missing_left else "right", "gain": (split.gain - bounds.min_gain) / 2,
                     "xgboost": split.gain, "weight": None, "added": None})  # fmt: skip
        for child, words in ((node.left, below), (node.right, above)):
            walk(child, f"{path} and {words}" if path else words)

    walk(root, "")
    return told


def _listed(found: Candidates, names: Sequence[str], bounds: Regularized) -> list[dict[str, Any]]:
    """Return the splits of a root, best first."""
    feature, threshold, missing_left, left_g, left_h, gain = found
    best = np.argsort(-gain.astype(np.float32), kind="stable")[:CANDIDATES]
    return [
        {
            "split": f"{names[int(feature[i])]} < {float(threshold[i]):g}",
            "missing": "left" if missing_left[i] else "right",
            "left_g": float(left_g[i]),
            "left_h": float(left_h[i]),
            "gain": float(gain[i] - bounds.min_gain) / 2,
            "xgboost": float(gain[i]),
        }
        for i in best
        if np.isfinite(gain[i])
    ]
