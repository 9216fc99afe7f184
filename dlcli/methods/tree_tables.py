"""The trees of boosting libraries as our own tables."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from dlcli.methods.trees import Trees

COLUMNS = ("feature", "threshold", "left", "right", "missing_left", "value", "cover", "gain")
KINDS = {"feature": np.int32, "left": np.int32, "right": np.int32, "missing_left": bool}


def cut(trees: Trees, count: int) -> Trees:
    """Return the first trees alone, without the nodes of the others."""
    if count >= len(trees):
        return trees
    end = int(trees.roots[count])
    return replace(trees, roots=trees.roots[:count], **{name: getattr(trees, name)[:end] for name in COLUMNS})


def check(trees: Trees, columns: int) -> None:
    """Refuse a table of nodes that is none: one could be followed for ever, or out of the array.

    Args:
        trees: what was read.
        columns: how many columns may be asked about.

    Raises:
        ValueError: arrays of other lengths, a child that does not stand behind its parent, or no such column.

    """
    own = np.arange(len(trees.feature))
    sizes = {len(getattr(trees, name)) for name in COLUMNS}
    inner = trees.feature >= 0
    ends = [np.where(inner, child, own + 1) for child in (trees.left, trees.right)]
    if (
        len(sizes) != 1
        or trees.value.ndim != 2
        or (trees.feature >= columns).any()
        or any((child <= own).any() or (child[inner] >= len(own)).any() for child in ends)
        or any((child[~inner] != own[~inner]).any() for child in (trees.left, trees.right))
        or (trees.roots < 0).any()
        or (trees.roots >= len(own)).any()
    ):
        raise ValueError("its trees are no trees")


def _joined(tables: Sequence[dict[str, np.ndarray]], *, single: bool, strict: bool) -> Trees:
    """Return tables of single trees as one; their children are numbered from each tree's own root."""
    sizes = [len(t["feature"]) for t in tables]
    roots = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int32) if tables else np.empty(0, dtype=np.int32)
    found: dict[str, Any] = {}
    for name in COLUMNS:
        moved = [
            t[name] + root if name in ("left", "right") else t[name] for t, root in zip(tables, roots, strict=True)
        ]
        found[name] = np.concatenate(moved).astype(KINDS.get(name, np.float64))
    return Trees(**found, roots=roots, single=single, strict=strict)


def _tree(
    leaf: np.ndarray, feature: Any, threshold: Any, left: Any, right: Any, missing_left: Any, value: Any, cover: Any,
    gain: Any, column: int, width: int,
) -> dict[str, np.ndarray]:  # fmt: skip
    own = np.arange(len(leaf))
    wide = np.zeros((len(leaf), width))
    wide[:, column] = value
    return {
        "feature": np.where(leaf, -1, feature),
        "threshold": np.where(leaf, 0.0, threshold),
        "left": np.where(leaf, own, left),
        "right": np.where(leaf, own, right),
        "missing_left": np.asarray(missing_left, dtype=bool),
        "value": wide,
        "cover": np.asarray(cover, dtype=np.float64),
        "gain": np.where(leaf, 0.0, gain),
    }


def from_hist(rounds: Sequence[Sequence[Any]]) -> Trees:
    """Return the trees of scikit-learn's histogram boosting.

    Args:
        rounds: its predictors, a list a round with one a class (one for two classes or numbers); a node's value is
            the step of the margin, in the column of the tree's class.

    """
    tables = []
    for predictors in rounds:
        for column, predictor in enumerate(predictors):
            n = predictor.nodes
            tables.append(
                _tree(
                    n["is_leaf"].astype(bool),
                    n["feature_idx"],
                    n["num_threshold"],
                    n["left"].astype(np.int64),
                    n["right"].astype(np.int64),
                    n["missing_go_to_left"],
                    n["value"],
                    n["count"],
                    n["gain"],
                    column,
                    len(predictors),
                )
            )
    return _joined(tables, single=False, strict=False)


def from_xgboost(model: bytes) -> tuple[Trees, np.ndarray]:
    """Return the trees of an XGBoost model.

    Args:
        model: what ``Booster.save_raw("json")`` gives.

    Returns:
        The trees, whose nodes say steps of the margin in the column of their class (inner nodes: the value they would
        have as leaves); and what the margin starts from, as stored: a number a class, a probability for two classes.

    """
    learner = json.loads(model)["learner"]
    forest, settings = learner["gradient_booster"]["model"], learner["learner_model_param"]
    width = max(1, int(settings["num_class"]))
    start = json.loads(settings["base_score"])
    tables = []
    for tree, column in zip(forest["trees"], forest["tree_info"], strict=True):
        left = np.array(tree["left_children"], dtype=np.int64)
        leaf = left < 0
        bound = np.array(tree["split_conditions"], dtype=np.float32)
        tables.append(
            _tree(
                leaf,
                np.array(tree["split_indices"]),
                bound,
                left,
                np.array(tree["right_children"], dtype=np.int64),
                np.array(tree["default_left"]),
                np.where(leaf, bound, np.array(tree["base_weights"], dtype=np.float32)),
                tree["sum_hessian"],
                np.array(tree["loss_changes"]),
                column,
                width,
            )
        )
    return _joined(tables, single=True, strict=True), np.broadcast_to(np.asarray(start, dtype=np.float64), (width,))


def from_lightgbm(model: dict[str, Any]) -> Trees:
    """Return the trees of a LightGBM model.

    Args:
        model: what ``Booster.dump_model()`` gives. A column in which no training row missed a value treats a missing
            one as 0; it then goes where 0 goes.

    """
    width = int(model["num_tree_per_iteration"])
    tables = []
    for number, tree in enumerate(model["tree_info"]):
        rows: list[tuple] = []

        def walk(node: dict[str, Any], rows: list[tuple] = rows) -> int:
            own = len(rows)
            if "split_feature" not in node:
                rows.append((True, -1, 0.0, own, own, False, node["leaf_value"], node.get("leaf_count", 0), 0.0))
                return own
            rows.append(())
            left, right = walk(node["left_child"]), walk(node["right_child"])
            bound = float(node["threshold"])
            missing_left = bound >= 0.0 if node["missing_type"] == "None" else bool(node["default_left"])
            rows[own] = (
                False, node["split_feature"], bound, left, right, missing_left, node["internal_value"],
                node["internal_count"], node["split_gain"],
            )  # fmt: skip
            return own

        walk(tree["tree_structure"])
        leaf, *columns = (np.array(column) for column in zip(*rows, strict=True))
        tables.append(_tree(leaf, *columns, number % width, width))
    return _joined(tables, single=False, strict=False)
