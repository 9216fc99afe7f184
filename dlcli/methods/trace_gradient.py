"""Gradient boosting by hand: residuals, leaf values and predictions of every round, of given leaves or grown trees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcli.methods.gradient import METRICS, Gradient, leaf_values, metric, residuals, sigmoid, softmax, start_value
from dlcli.methods.trace import LIMIT, paths, question
from dlcli.methods.trees import Trees

LEAVES = (((1, 3, 5), (2,), (4,), (6,)), ((1, 3, 5), (2,), (4, 6)))  # the course's two trees of the six students
BOUND = 73.0  # of the marks, for log loss: the mean
ROUNDING = (
    "a slide of the course prints 73.11 for student 3 in round 2, which is 74.1 - 0.1 * 9.9: a sign slip. The residual "
    "9.9 is positive and is added: 74.1 + 0.99 = 75.09"
)
MEANS = {
    "squared": "start: the mean; residual: y - F; a leaf's value: the mean of its residuals",
    "absolute": "start: the median; residual: the sign of y - F; a leaf's value: the median of y - F in it, "
    "the lower middle one of an even number",
    "log": "start: the log-odds; residual: y - p; a leaf's value: one Newton step, sum r / sum p(1-p)",
}
CLASSES = "start: log shares of the classes, centered; residual: y - p of each class, which has its own tree; a leaf's "
CLASSES += "value: one Newton step, (K-1)/K * sum r / sum p(1-p)"


def students_trace(y: np.ndarray, *, lr: float = 0.1, loss: str = "squared", rounds: int = 2) -> dict[str, Any]:
    """Return gradient boosting of the six students through the course's own leaves (W2).

    A tree grown greedily would split {1, 3, 5} before {4, 6}, so the leaves are given, not found.

    Args:
        y: their marks.
        lr: share of each tree that is added (ν).
        loss: squared, absolute, or log: whether a mark is above 73.
        rounds: 1 or 2, the trees the course has.
    Shapes:
        y (6,) float64

    """
    target = (y > BOUND).astype(np.int64) if loss == "log" else y
    given = LEAVES[:rounds]
    leaf = np.empty((len(y), len(given)), dtype=np.int64)
    for t, groups in enumerate(given):
        for number, members in enumerate(groups):
            leaf[np.array(members) - 1, t] = number
    names = [["{" + ", ".join(map(str, members)) + "}" for members in groups] for groups in given]
    doc = _replay(target, leaf[:, :, None], loss, 2 if loss == "log" else 0, lr, names, None)
    new = doc["start"][0] + sum(r["leaves"][0]["added"] for r in doc["rounds"])  # the first leaf is {1, 3, 5}
    doc["new_row"] = {"leaves": [groups[0] for groups in names], "score": new}
    if loss == "log":
        doc["new_row"]["probability"] = float(sigmoid(np.array(new)))
        doc["notes"].append(f"the class: whether ml2 is above {BOUND:g}")
    elif loss == "squared" and len(given) == 2 and abs(lr - 0.1) < 1e-12:
        doc["notes"].append(ROUNDING)
    shown = f"{doc['new_row'].get('probability', new):.4f}".rstrip("0").rstrip(".")
    doc["notes"].append(f"a new student who falls into leaf {names[0][0]} every time: {shown}")
    doc["notes"].append("the leaves are the course's; a tree that splits greedily would part {1, 3, 5} too")
    return doc


def gradient_trace(
    X: np.ndarray,
    y: np.ndarray,
    names: Sequence[str],
    *,
    classes: int,
    rounds: int = 3,
    lr: float = 0.1,
    depth: int | None = 2,
    min_leaf: int = 1,
    loss: str = "auto",
    seed: int = 0,
) -> dict[str, Any]:
    """Return what every round of gradient boosting computes, on trees that are grown.

    Args:
        X: the columns.
        y: class numbers, or values.
        names: of the columns.
        classes: K; 0 for values.
        rounds: trees, or trees of each class.
        lr: share of each tree that is added (ν).
        depth: most questions in a row.
        min_leaf: fewest rows in a leaf.
        loss: squared, absolute, log or auto.
        seed: of the trees' ties.
    Shapes:
        X (N, D), y (N,)
    Returns: ``start``; ``rounds``: each with ``leaves`` (rule, rows, residual_mean, value, added), ``splits`` (rule,
        rows, gain: the squared error of the residuals it takes away), ``residuals``, ``before``, ``after`` and the
        training metric; ``items``: a row's target and prediction. Rows beyond ``LIMIT`` are left out.

    """
    model = Gradient.fit(
        X, y, classes=classes, rounds=rounds, lr=lr, depth=depth, min_leaf=min_leaf, loss=loss, seed=seed
    )  # fmt: skip
    wide = len(model.start)
    leaf = model.trees.leaves(X).reshape(len(X), -1, wide)
    words = [
        [paths(model.trees, t * wide + k, names) for k in range(wide)] for t in range(leaf.shape[1])
    ]  # fmt: skip
    flat = [dict(item for found in trees for item in found.items()) for trees in words]
    return _replay(np.asarray(y), leaf, model.loss, classes, lr, flat, (model.trees, names))


def _replay(
    y: np.ndarray,
    leaf: np.ndarray,
    loss: str,
    classes: int,
    lr: float,
    words: Sequence[Any],
    grown: tuple[Trees, Sequence[str]] | None,
) -> dict[str, Any]:
    """Go through the rounds of trees whose leaves are known.

    Shapes:
        leaf (N, rounds, S)
    """
    start = start_value(y, loss, classes)
    score, wide, told = np.tile(start, (len(y), 1)), len(start), []
    for t in range(leaf.shape[1]):
        wanted, before, leaves, splits = residuals(y, score, loss), score.copy(), [], []
        for k in range(wide):
            at = leaf[:, t, k]
            nodes = int(at.max()) + 1
            goal = y == (k if wide > 1 else 1) if loss == "log" else y - before[:, k]
            value = leaf_values(at, nodes, wanted[:, k], goal, loss, wide)
            score[:, k] += lr * value[at]
            for node in np.unique(at):
                members = np.flatnonzero(at == node)
                leaves.append(
                    {
                        **({"class": k} if wide > 1 else {}),
                        "leaf": words[t][int(node)],
                        "rows": len(members),
                        "members": (members[:LIMIT] + 1).tolist(),
                        "residual_mean": float(wanted[members, k].mean()),
                        "value": float(value[node]),
                        "added": float(lr * value[node]),
                    }
                )
            if grown is not None:
                splits += _splits(grown[0], t * wide + k, grown[1], {"class": k} if wide > 1 else {})
        told.append(
            {
                "round": t + 1,
                "before": _plain(before),
                "residuals": _plain(wanted),
                "splits": splits,
                "leaves": leaves,
                "after": _plain(score),
                **({"probability": _plain(_shares(score))} if loss == "log" else {}),
                f"train/{METRICS[loss]}": metric(y, score, loss),
            }
        )
    final = _plain(_shares(score) if loss == "log" else score)
    items = [
        {"row": i + 1, "target": v, "prediction": p}
        for i, (v, p) in enumerate(zip(y[:LIMIT].tolist(), final, strict=True))
    ]
    note = CLASSES if wide > 1 else MEANS[loss]
    return {"rows": len(y), "loss": loss, "lr": lr, "start": start.tolist(), "rounds": told, "items": items,
            "notes": [note]}  # fmt: skip


def _splits(trees: Trees, tree: int, names: Sequence[str], more: dict[str, int]) -> list[dict[str, Any]]:
    found, level = [], [int(trees.roots[tree])]
    while level:
        inner = [n for n in level if trees.feature[n] >= 0]
        found += [
            {**more, "rule": question(trees, n, names)[0], "rows": int(trees.cover[n]), "gain": float(trees.gain[n])}
            for n in inner
        ]
        level = [int(child) for n in inner for child in (trees.left[n], trees.right[n])]
    return found


def _shares(score: np.ndarray) -> np.ndarray:
    return sigmoid(score) if score.shape[1] == 1 else softmax(score)


def _plain(score: np.ndarray) -> list[Any]:
    return score[:LIMIT, 0].tolist() if score.shape[1] == 1 else score[:LIMIT].tolist()
