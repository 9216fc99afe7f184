"""Boosting by hand: the worked examples, and every number of every round of AdaBoost and of a logistic score.

Plain documents, nothing printed; gradient boosting and XGBoost have modules of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlcli.methods.adaboost import AdaBoost, reweighted
from dlcli.methods.trees import Trees

LIMIT = 10_000  # rows a document lists in full
DISTINCT = 20  # different weights a round lists


@dataclass(frozen=True)
class Example:
    """Rows to work through by hand.

    Args:
        names: of the columns.
        X: the columns.
        y: class numbers, or values.
        classes: names of the classes; empty for values.
        target: what ``y`` is.
        notes: what to know about it.
    Shapes:
        X (N, D) float64, y (N,)

    """

    names: tuple[str, ...]
    X: np.ndarray
    y: np.ndarray
    classes: tuple[str, ...]
    target: str
    notes: tuple[str, ...] = ()


SIGNS = ("-1", "+1")
DOUBLED = (
    "scikit-learn's estimator_weights_ are twice these alphas (ln((1-e)/e), as SAMME has it: {doubled}); all votes "
    "doubled, the sign of their sum is the same"
)


def ten() -> Example:
    """Return ten points of two columns, told apart in three rounds (W1)."""
    points = [(1, 2), (2, 5), (4, 7), (6, 8), (8, 9), (3, 3), (5, 1), (7, 4), (9, 10), (10, 6)]
    notes = (
        "a slide of the course prints alpha 0.7378 in round 3; it does not follow from the slide's own error 0.1365: "
        "the error is 9/66 = 0.1364 and 1/2 ln((1-9/66)/(9/66)) = 0.9229. 0.7378 would need an error of 0.1861 = "
        "12.28/66, but the weights of round 3 are 3/66, 7/66 and 11/66, so every error is a whole number of 1/66",
    )
    return Example(("x", "y"), np.array(points, float), np.repeat([1, 0], 5), SIGNS, "class", notes)


def line() -> Example:
    """Return the numbers 0 to 9 with signs +++---+++-."""
    notes = (
        "a textbook prints alpha 0.7514 in round 3, from an error rounded to 0.1820; the error is 12/66 = 0.1818 and "
        "1/2 ln((1-12/66)/(12/66)) = 0.7520",
    )
    y = np.array([1, 1, 1, 0, 0, 0, 1, 1, 1, 0])
    return Example(("x",), np.arange(10.0)[:, None], y, SIGNS, "sign", notes)


def students() -> Example:
    """Return six students and their marks (W2)."""
    rows = [(16, 10, 1, 85), (4, 4, 1, 60), (15, 6, 1, 85), (7, 8, 0, 45), (17, 10, 0, 90), (8, 7, 1, 68)]
    names = ("lectures", "labs", "cs_background", "ml1")
    return Example(names, np.array(rows, float), np.array([90.0, 55, 84, 64, 78, 67]), (), "ml2")


EXAMPLES = {"ten": ten, "line": line, "students": students}


def adaboost_trace(
    X: np.ndarray,
    y: np.ndarray,
    names: Sequence[str],
    classes: Sequence[str],
    *,
    rounds: int = 3,
    lr: float = 1.0,
    learner: str = "stump",
    seed: int = 0,
    notes: Sequence[str] = (),
) -> dict[str, Any]:
    """Return what every round of AdaBoost computes.

    The model is fitted as ``AdaBoost.fit`` does and its rounds are gone through again, so the trace is of that model.

    Args:
        X: the columns.
        y: class numbers.
        names: of the columns.
        classes: names of the classes.
        rounds: most rounds.
        lr: share of each vote.
        learner: ``stump`` or ``tree:DEPTH``.
        seed: of the trees' ties.
        notes: what to say beside it.
    Shapes:
        X (N, D), y (N,)
    Returns: ``rounds``: each with ``rule``, ``feature``, ``threshold``, ``missing`` (where rows without a value go at
        the root; only where the table has such), ``wrong`` (row numbers from 1), ``error``, ``alpha``,
        ``alpha_sklearn``, ``z``, ``weights`` before and after, ``distinct_weights``, and ``train_error`` of the
        ensemble so far; ``items``: a row's ``target``, ``score`` and ``prediction``. Rows beyond ``LIMIT`` are left out
        and counted in ``rows``.

    """
    y = np.asarray(y, dtype=np.int64)
    model = AdaBoost.fit(X, y, classes=len(classes), rounds=rounds, lr=lr, learner=learner, seed=seed)
    leaves, two = model.trees.leaves(X), len(classes) == 2
    said = np.argmax(model.trees.value, axis=1) if len(model.trees.value) else np.empty(0, dtype=np.int64)
    weights, told, gaps = np.full(len(y), 1 / len(y)), [], bool(np.isnan(X).any())
    for t, (alpha, error, record) in enumerate(zip(model.alphas, model.errors, model.history, strict=True)):
        wrong = said[leaves[:, t]] != y
        after, z = reweighted(weights, wrong, float(alpha), len(classes))
        root = int(model.trees.roots[t])
        asked = int(model.trees.feature[root])
        different = np.unique(weights.round(12))
        told.append(
            {
                "round": t + 1,
                "rule": rule(model.trees, t, names, classes),
                "feature": names[asked] if asked >= 0 else None,
                "threshold": float(model.trees.threshold[root]) if asked >= 0 else None,
                **({"missing": _side(model.trees, root)} if gaps else {}),
                "wrong": (np.flatnonzero(wrong)[:LIMIT] + 1).tolist(),
                "wrong_rows": int(wrong.sum()),
                "error": float(error),
                "alpha": float(alpha),
                "alpha_sklearn": float(alpha * 2 if two else alpha),
                "z": z,
                "distinct_weights": different[:DISTINCT].tolist() if len(different) <= DISTINCT else [],
                "weights": weights[:LIMIT].tolist(),
                "weights_after": after[:LIMIT].tolist(),
                "train_error": record["train/error"],
                "exponential_loss": record["train/exponential_loss"],
            }
        )
        weights = after
    scores = model.scores(X[:LIMIT])
    chosen = (scores[:, 0] > 0).astype(int) if two else np.argmax(scores, axis=1)
    plain = scores[:, 0].tolist() if two else scores.tolist()
    items = [
        {"row": i + 1, "target": classes[y[i]], "score": s, "prediction": classes[c]}
        for i, (s, c) in enumerate(zip(plain, chosen, strict=True))
    ]
    said_too = list(notes)
    if two and told:
        said_too.append(DOUBLED.format(doubled=", ".join(f"{r['alpha_sklearn']:.4f}" for r in told[:6])))
    if learner != "stump":
        said_too.append("a tree is grown for the least Gini impurity; a stump has the least weighted error instead")
    if gaps and told:
        said_too.append("a row without the value that is asked for goes as `missing` says: left is below the threshold")
    if model.facts["stopped"]:
        said_too.append(f"boosting ended in {model.facts['stopped']}")
    error = told[-1]["train_error"] if told else None
    return {"rows": len(y), "classes": list(classes), "train_error": error, "rounds": told, "items": items,
            "notes": said_too}  # fmt: skip


def _side(trees: Trees, node: int) -> str | None:
    """Return where a row goes that lacks the value a node asks for; None: nothing is asked."""
    if trees.feature[node] < 0:
        return None
    return "left" if trees.missing_left[node] else "right"


def rule(trees: Trees, tree: int, names: Sequence[str], classes: Sequence[str]) -> str:
    """Return in words what a tree of classes says: ``x < 2.5 → +1``, the other class elsewhere where there are two."""
    leaves = paths(trees, tree, names)
    said = {node: classes[int(np.argmax(trees.value[node]))] for node in leaves}
    if len(leaves) == 1:
        return f"every row → {next(iter(said.values()))}"
    if len(leaves) == 2 and len(classes) == 2 and len(set(said.values())) == 2:
        return next(f"{path} → {classes[1]}" for node, path in leaves.items() if said[node] == classes[1])
    return "; ".join(f"{path} → {said[node]}" for node, path in leaves.items())


def paths(trees: Trees, tree: int, names: Sequence[str]) -> dict[int, str]:
    """Return for each leaf of a tree the questions that lead to it, left to right."""
    found: dict[int, str] = {}

    def walk(node: int, asked: list[str]) -> None:
        if trees.feature[node] < 0:
            found[node] = " and ".join(asked) or "every row"
            return
        below, above = question(trees, node, names)
        walk(int(trees.left[node]), [*asked, below])
        walk(int(trees.right[node]), [*asked, above])

    walk(int(trees.roots[tree]), [])
    return found


def question(trees: Trees, node: int, names: Sequence[str]) -> tuple[str, str]:
    """Return what is true of rows on the left and on the right of a node."""
    name, bound = names[trees.feature[node]], float(trees.threshold[node])
    if np.isinf(bound):
        return (f"{name} is there", f"{name} is missing") if bound > 0 else (f"{name} is missing", f"{name} is there")
    less, more = ("<", ">=") if trees.strict else ("<=", ">")
    return f"{name} {less} {bound:g}", f"{name} {more} {bound:g}"


def logistic_trace() -> dict[str, Any]:
    """Return the terms of a logistic score, their sum and the probability (W3)."""
    pairs = [("bias", 0.01, 1.0), ("x1", -0.3, 12.0), ("x2", 0.2, 0.0), ("x3", 0.2, 37.0), ("x4", 0.9, 1.0)]
    items = [{"term": n, "weight": w, "value": v, "product": w * v} for n, w, v in pairs]
    score = sum(item["product"] for item in items)
    note = "the score is the sum of the products; p = 1 / (1 + exp(-score))"
    return {"score": score, "probability": float(1 / (1 + np.exp(-score))), "items": items, "notes": [note]}
