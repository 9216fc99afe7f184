"""A fitted model written down: rules to read, JSON to compute with, DOT to draw.

The JSON of trees:

- ``margin`` of a row = ``base`` + the sum (``combine: mean``: the mean; ``median``: the weighted median by ``weights``)
  over ``trees`` of the ``value`` of the leaf the row ends in; each is a list, a number an answer.
- a node ``{"feature", "operator", "threshold", "missing", "left", "right"}`` sends a row to the node numbered ``left``
  when its value of that feature, rounded to float32 if ``precision`` is ``single``, is ``<`` or ``<=`` the threshold;
  a missing value goes where ``missing`` says. Missing values are first replaced by ``fill`` where there is one.
- ``link``: ``identity``; ``logistic`` (probability of the second class 1 / (1 + e^−margin)); ``softmax``;
  ``logistic`` and ``softmax`` of ``margin × scale``.

Linear models have ``weights`` (a row an answer) and ``bias`` instead: margin = bias + Σ weight × (value − mean) / sd.
``link: platt``: one sigmoid an answer, 1 / (1 + e^(slope × margin + offset)), and for many divided by their sum.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dlcli.core.errors import UsageError
from dlcli.methods.baselines import Linear
from dlcli.methods.contributions import additive
from dlcli.methods.ensembles import Model
from dlcli.methods.forests import Forest
from dlcli.methods.trees import Trees

FORMATS = ("text", "json", "dot")
DUMPED = (
    *("linear", "logistic", "perceptron", "tree", "bagging", "forest", "adaboost", "gradient", "hist", "xgboost"),
    "lightgbm",
)


@dataclass(frozen=True)
class Written:
    """What a dump of trees is made from.

    Args:
        trees: the trees.
        value: what their nodes say.
        base: what a sum starts from.
        combine: ``sum``, ``mean`` or ``median``.
        link: ``identity``, ``logistic`` or ``softmax``.
        scale: what the margin is multiplied by before the link.
        weights: of the trees in a median.
        fill: what stands for a missing value, if anything does.
    Shapes:
        value (M, K or 1), base (K or 1,)

    """

    trees: Trees
    value: np.ndarray
    base: np.ndarray
    combine: str
    link: str
    scale: float = 1.0
    weights: Sequence[float] = ()
    fill: Sequence[float] | None = None


def dump(model: Model, features: Sequence[str], labels: Sequence[str], form: str, most: int | None = None) -> str:
    """Return a model as text.

    Args:
        model: a fitted model.
        features: names of the encoded columns.
        labels: names of the classes; empty for numbers.
        form: ``text`` (indented rules), ``json`` (see above) or ``dot`` (Graphviz; a cluster a tree).
        most: only the first trees; None: all.

    Raises:
        UsageError: no such form, or a method that is neither trees nor weights.

    """
    if form not in FORMATS:
        raise UsageError(f"format {form!r} is not known; allowed: {', '.join(FORMATS)}", key="format")
    seen = [labels[k] for k in model.present] if model.present is not None and len(labels) else list(labels)
    if isinstance(model.inner, Linear):
        if most is not None:
            raise UsageError(f"{model.name} has no trees to take the first {most} of", "leave --trees out")
        return _linear(model, model.inner, features, seen, form)
    written = _written(model)
    if written is None:
        raise UsageError(
            f"{model.name} has neither trees nor weights to write down; those that have: {', '.join(DUMPED)}",
            "describe it with explain or importance",
        )
    if most is not None and most < len(written.trees):
        weights = None if written.weights is None else written.weights[:most]
        written = replace(written, trees=written.trees.first(most), weights=weights)
    if form == "json":
        return _tree_json(model, written, features, seen)
    return _tree_text(model, written, features, seen) if form == "text" else _dot(written, features, seen)


def _written(model: Model) -> Written | None:
    inner = model.inner
    if isinstance(inner, Forest):
        fill = None if inner.scaling is None else inner.scaling.middle.tolist()
        weights = inner.weights.tolist()
        return Written(inner.trees, inner.trees.value, inner.base, inner.combine, inner.link, 1.0, weights, fill)
    found = additive(model)
    if found is None:
        return None
    link, scale = "identity" if not model.classes else "logistic" if found.value.shape[1] == 1 else "softmax", 1.0
    if model.name == "adaboost":  # its link takes the mean of the votes
        votes = float(inner.alphas[: inner.rounds].sum())
        factor = 2.0 if link == "logistic" else 1 / (found.value.shape[1] - 1)
        scale = factor / votes if votes > 0 else factor
    return Written(found.trees, found.value, found.base, "sum", link, scale)


def _header(model: Model, features: Sequence[str], labels: Sequence[str]) -> dict[str, Any]:
    return {
        "format": "dlcli-dump", "version": 1, "method": model.name, "task": model.task, "features": list(features),
        "classes": list(labels),
    }  # fmt: skip


def _nodes(trees: Trees, number: int) -> list[int]:
    """Return the nodes of a tree, a parent before its children, left before right."""
    found, todo = [], [int(trees.roots[number])]
    while todo:
        node = todo.pop()
        found.append(node)
        if trees.feature[node] >= 0:
            todo += [int(trees.right[node]), int(trees.left[node])]
    return found


def _tree_json(model: Model, w: Written, features: Sequence[str], labels: Sequence[str]) -> str:
    trees, forest = w.trees, []
    for number in range(len(trees)):
        order = _nodes(trees, number)
        place = {node: i for i, node in enumerate(order)}
        forest.append(
            [
                {"value": w.value[n].tolist(), "cover": float(trees.cover[n])}
                if trees.feature[n] < 0
                else {
                    "feature": features[trees.feature[n]],
                    **_bound(trees, n),
                    "missing": "left" if trees.missing_left[n] else "right",
                    "left": place[int(trees.left[n])],
                    "right": place[int(trees.right[n])],
                    "cover": float(trees.cover[n]),
                    "gain": float(trees.gain[n]),
                }
                for n in order
            ]
        )
    body = {
        **_header(model, features, labels), "combine": w.combine, "base": w.base.tolist(), "link": w.link,
        "scale": w.scale, "precision": "single" if trees.single else "double",
        **({"weights": list(w.weights)} if len(w.weights) else {}),
        **({} if w.fill is None else {"fill": list(w.fill)}), "trees": forest,
    }  # fmt: skip
    return json.dumps(body, ensure_ascii=False, allow_nan=False) + "\n"


def _bound(trees: Trees, node: int) -> dict[str, Any]:
    """Return the question as JSON has it; "is there a value at all" becomes "is it at most the largest number"."""
    bound = float(trees.threshold[node])
    if np.isinf(bound):
        return {"operator": "<=", "threshold": float(np.copysign(np.finfo(np.float64).max, bound))}
    return {"operator": "<" if trees.strict else "<=", "threshold": bound}


def _question(w: Written, node: int, features: Sequence[str], digits: int) -> tuple[str, str]:
    """Return what is asked of rows that go left, and of those that go right."""
    trees, name, bound = w.trees, _line(features[w.trees.feature[node]]), float(w.trees.threshold[node])
    if bound == np.inf and not trees.missing_left[node]:
        return f"{name} is there", f"{name} is missing"
    below, above = ("<", ">=") if trees.strict else ("<=", ">")
    at_left, at_right = (" or missing", "") if trees.missing_left[node] else ("", " or missing")
    return f"{name} {below} {bound:.{digits}g}{at_left}", f"{name} {above} {bound:.{digits}g}{at_right}"


def _says(w: Written, node: int, labels: Sequence[str]) -> str:
    """Return what a leaf says, in words."""
    value = w.value[node]
    if w.combine == "mean" and len(labels) and len(value) == len(labels):
        return (
            f"{labels[int(np.argmax(value))]} ({', '.join(f'{x} {v:.3g}' for x, v in zip(labels, value, strict=True))})"
        )
    if len(value) == 1:
        side = f" for {labels[1]}" if len(labels) == 2 else ""
        return f"{value[0]:+.6g}{side}" if w.combine == "sum" else f"{value[0]:.6g}"
    moved = [f"{v:+.6g} for {x}" for x, v in zip(labels, value, strict=True) if v]
    return ", ".join(moved) or "0"


def _tree_text(model: Model, w: Written, features: Sequence[str], labels: Sequence[str]) -> str:
    trees = w.trees
    how = {"sum": "added up", "mean": "averaged", "median": "weighted median"}[w.combine]
    lines = [f"{model.name}: {len(trees)} tree{'s' if len(trees) != 1 else ''}, {how}; link: {w.link}"]
    if w.combine == "sum":
        start = ", ".join(f"{v:.6g}" for v in w.base)
        lines.append(f"start: {start}" + (f"; times {w.scale:.6g} before the link" if w.scale != 1 else ""))
    per_round = w.value.shape[1] if w.combine == "sum" and model.name != "adaboost" else 1
    for number in range(len(trees)):
        turn = number // per_round + 1
        lines += ["", f"tree {number + 1}" + (f" (round {turn})" if per_round > 1 else "")]
        if len(w.weights):
            lines[-1] += f" (weight {w.weights[number]:.6g})"
        todo = [(int(trees.roots[number]), 0, "")]
        while todo:
            node, deep, question = todo.pop()
            pad = "    " * deep
            if trees.feature[node] < 0:
                lines.append(f"{pad}{question}{_says(w, node, labels)}  [{trees.cover[node]:.6g}]")
                continue
            if question:
                lines.append(f"{pad}{question.rstrip()}")
            deep += bool(question)
            left, right = _question(w, node, features, 9)
            todo.append((int(trees.right[node]), deep, f"{right}: "))
            todo.append((int(trees.left[node]), deep, f"{left}: "))
    return "\n".join(lines) + "\n"


def _line(name: str) -> str:
    """Return a name that stays on its line."""
    return name if name.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in name)


def quoted(text: str) -> str:
    """Return a text as a DOT string: quotes and backslashes escaped, and no line breaks but our own."""
    return '"' + "\\n".join(_line(part.replace("\\", "\\\\").replace('"', '\\"')) for part in text.split("\n")) + '"'


def _dot(w: Written, features: Sequence[str], labels: Sequence[str]) -> str:
    trees = w.trees
    lines = ["digraph trees {", "  node [shape=box, fontname=Helvetica];", "  edge [fontname=Helvetica];"]
    for number in range(len(trees)):
        lines += [f"  subgraph cluster_{number} {{", f"    label={quoted(f'tree {number + 1}')};"]
        for node in _nodes(trees, number):
            if trees.feature[node] < 0:
                label = f"{_line(_says(w, node, labels))}\n[{trees.cover[node]:.6g}]"
                lines.append(f"    n{node} [label={quoted(label)}, style=rounded];")
                continue
            label = _question(w, node, features, 6)[0].removesuffix(" or missing")
            lines.append(f"    n{node} [label={quoted(label)}];")
            yes, no = ("yes, missing", "no") if trees.missing_left[node] else ("yes", "no, missing")
            lines.append(f"    n{node} -> n{trees.left[node]} [label={quoted(yes)}];")
            lines.append(f"    n{node} -> n{trees.right[node]} [label={quoted(no)}];")
        lines.append("  }")
    return "\n".join([*lines, "}"]) + "\n"


def _linear(model: Model, inner: Linear, features: Sequence[str], labels: Sequence[str], form: str) -> str:
    if form == "dot":
        raise UsageError(f"{model.name} has weights, no tree to draw; allowed: text, json", key="format")
    if form == "json":
        body = {
            **_header(model, features, labels), "weights": inner.weights.tolist(), "bias": inner.bias.tolist(),
            "mean": inner.scaling.mean.tolist(), "sd": inner.scaling.sd.tolist(),
            "fill": inner.scaling.middle.tolist(), "link": inner.link,
            **({"platt": inner.platt.tolist()} if inner.link == "platt" else {}),
        }  # fmt: skip
        return json.dumps(body, ensure_ascii=False) + "\n"
    lines = [f"{model.name}: weights of scaled columns; link: {inner.link}"]
    names = [_line(f) for f in features]
    width = max(map(len, names), default=0)
    for k, weights in enumerate(inner.weights):
        whom = labels[1 if len(inner.weights) == 1 else k] if len(labels) > 1 else ""
        lines += ["", f"for {_line(whom)}" if whom else "value", f"{'bias':<{width}}  {inner.bias[k]:+.6g}"]
        lines += [f"{names[d]:<{width}}  {weights[d]:+.6g}" for d in np.argsort(-np.abs(weights), kind="stable")]
    return "\n".join(lines) + "\n"
