"""Dumps: the JSON computes what the model answers, the text names things, the DOT is well formed."""

import json
import math
import re

import numpy as np
import pytest

from dlcli.core.errors import UsageError
from dlcli.methods.dump import dump
from dlcli.methods.ensembles import fit

NAMES = ["age", 'say "hi"', "back\\slash", "two\nlines", "größe=ä"]
LABELS = {0: [], 2: ["no", 'yes "really"'], 3: ["low", "mid", "high"]}
ARGS = {
    "tree": {"depth": 4}, "bagging": {"trees": 3}, "forest": {"trees": 3}, "adaboost": {"trees": 5},
    "gradient": {"trees": 4}, "hist": {"trees": 4}, "xgboost": {"trees": 4}, "lightgbm": {"trees": 4},
    "linear": {}, "logistic": {}, "perceptron": {},
}  # fmt: skip
CASES = [
    (m, k)
    for m in ARGS
    for k in (0, 2, 3)
    if not (m == "linear" and k) and not (m in ("logistic", "perceptron") and not k)
]


def evaluate(dumped, row):
    """Return the answer of a dump, as a reader would compute it from the description of the format."""
    d, row = json.loads(dumped), list(row)
    row = [f if math.isnan(x) else x for x, f in zip(row, d["fill"], strict=True)] if "fill" in d else row
    value = dict(zip(d["features"], row, strict=True))
    if "trees" in d:
        said = []
        for tree in d["trees"]:
            node = tree[0]
            while "value" not in node:
                x = value[node["feature"]]
                x = float(np.float32(x)) if d["precision"] == "single" else x
                passes = x < node["threshold"] if node["operator"] == "<" else x <= node["threshold"]
                side = node["missing"] if math.isnan(x) else "left" if passes else "right"
                node = tree[node[side]]
            said.append(node["value"])
        if d["combine"] == "median":
            ranked = sorted(zip([s[0] for s in said], d["weights"], strict=True))
            return next(
                v for i, (v, _) in enumerate(ranked) if 2 * sum(w for _, w in ranked[: i + 1]) >= sum(d["weights"])
            )
        margin = [
            b + sum(s[k] for s in said) / (len(said) if d["combine"] == "mean" else 1) for k, b in enumerate(d["base"])
        ]
    else:
        z = [(x - m) / s for x, m, s in zip(row, d["mean"], d["sd"], strict=True)]
        margin = [
            b + sum(w * x for w, x in zip(ws, z, strict=True)) for ws, b in zip(d["weights"], d["bias"], strict=True)
        ]
    margin = [m * d.get("scale", 1) for m in margin]
    if d["link"] == "platt":
        each = [1 / (1 + math.exp(a * m + b)) for m, (a, b) in zip(margin, d["platt"], strict=True)]
        return [1 - each[0], each[0]] if len(each) == 1 else [e / sum(each) for e in each]
    if d["link"] == "softmax":
        return [math.exp(m) / sum(map(math.exp, margin)) for m in margin]
    second = 1 / (1 + math.exp(-margin[0])) if d["link"] == "logistic" else 0.0
    return [1 - second, second] if d["link"] == "logistic" else margin if len(margin) > 1 else margin[0]


def fitted(method, classes, args=None):
    rng = np.random.default_rng(classes)
    X = rng.normal(size=(200, 5))
    score = X[:, 0] * X[:, 2] + X[:, 1]
    X[rng.random(X.shape) < 0.1] = np.nan
    y = score if not classes else np.digitize(score, np.quantile(score, np.arange(1, classes) / classes))
    task = "classify" if classes else "regress"
    return fit(method, ARGS.get(method, {}) if args is None else args, X, y, task=task, classes=classes, seed=1), X


@pytest.mark.parametrize(("method", "classes"), CASES)
def test_the_json_computes_what_the_model_answers(method, classes):
    model, X = fitted(method, classes)
    text = dump(model, NAMES, LABELS[classes], "json")
    found = np.array([evaluate(text, row) for row in X])
    np.testing.assert_allclose(found, model.predict(X), atol=1e-6)
    body = json.loads(text, parse_constant=pytest.fail)  # no Infinity, no NaN
    assert (body["method"], body["features"], body["classes"]) == (method, NAMES, LABELS[classes])


@pytest.mark.parametrize(("method", "classes"), CASES)
def test_the_text_names_columns_and_classes(method, classes):
    model, _ = fitted(method, classes)
    text = dump(model, NAMES, LABELS[classes], "text")
    assert 'say "hi"' in text
    assert all(c.isprintable() or c == "\n" for c in text)
    if classes:
        assert LABELS[classes][1] in text


def test_a_question_about_being_there_and_names_with_line_breaks():
    X = np.array([[1.0], [2], [np.nan], [3], [np.nan], [np.nan]])
    y = np.array([0, 0, 1, 0, 1, 1])
    model = fit("adaboost", {}, X, y, task="classify", classes=2, seed=0)
    text = dump(model, ["two\nlines"], ["no", "yes"], "text")
    assert "two\\nlines is there: -0.5 for yes" in text
    assert "two\\nlines is missing: +0.5 for yes" in text
    shown = dump(model, ["two\nlines"], ["no", "yes"], "json")
    assert [evaluate(shown, row)[1] > 0.5 for row in X] == y.astype(bool).tolist()


def test_the_rules_of_a_small_tree():
    X = np.array([[1.0, 5], [2, 5], [3, 5], [4, 6], [5, 7], [6, np.nan]])
    model = fit("tree", {}, X, np.array([0, 0, 1, 1, 0, 0]), task="classify", classes=2, seed=0)
    text = dump(model, ["size", "weight"], ["cat", "dog"], "text")
    assert text.startswith("tree: 1 tree, averaged; link: identity\n\ntree 1\n")
    assert "size <= 2.5" in text
    assert "cat (cat 1, dog 0)  [2]" in text
    assert "or missing" in text
    values = fit("tree", {"depth": 1}, X[:, :1], X[:, 0] * 10, task="regress", classes=0, seed=0)
    assert dump(values, ["size"], [], "text").splitlines()[3:] == [
        "size <= 3.5: 20  [3]",
        "size > 3.5 or missing: 50  [3]",
    ]


@pytest.mark.parametrize(("method", "classes"), [c for c in CASES if c[0] not in ("linear", "logistic", "perceptron")])
def test_the_dot_is_well_formed(method, classes):
    model, _ = fitted(method, classes)
    text = dump(model, NAMES, LABELS[classes], "dot")
    string = r'"(?:[^"\\\n]|\\.)*"'
    line = re.compile(
        rf"digraph trees {{|  (node|edge) \[.*\];|  subgraph cluster_\d+ {{|    label={string};"
        rf"|    n\d+ \[label={string}(, style=rounded)?\];|    n\d+ -> n\d+ \[label={string}\];|  }}|}}"
    )
    assert all(line.fullmatch(part) for part in text.splitlines())
    assert text.count("{") == text.count("}")
    nodes = re.findall(r"^    (n\d+) \[", text, re.MULTILINE)
    edges = re.findall(r"(n\d+) -> (n\d+)", text)
    trees = text.count("subgraph")
    assert len(nodes) == len(set(nodes))
    assert len(edges) == len(nodes) - trees
    assert {n for e in edges for n in e} <= set(nodes)


@pytest.mark.parametrize("method", ["knn", "svm", "bayes", "vote", "stacking"])
def test_methods_without_rules_say_which_have_them(method):
    model, _ = fitted(method, 2, {"members": ["tree"]} if method in ("vote", "stacking") else {})
    with pytest.raises(UsageError, match=f"{method} has neither trees nor weights.*those that have: linear, logistic"):
        dump(model, NAMES, LABELS[2], "text")


def test_a_form_that_is_not_known_and_weights_that_are_no_drawing():
    model, _ = fitted("logistic", 2)
    with pytest.raises(UsageError, match="format 'yaml' is not known; allowed: text, json, dot"):
        dump(model, NAMES, LABELS[2], "yaml")
    with pytest.raises(UsageError, match="logistic has weights, no tree to draw; allowed: text, json"):
        dump(model, NAMES, LABELS[2], "dot")


def test_what_is_dumped_ends_with_the_best_round():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 5))
    y = (X[:, 0] + rng.normal(size=200) > 0).astype(int)
    for method in ("adaboost", "gradient", "hist", "xgboost", "lightgbm"):
        model = fit(
            method,
            {"trees": 60},
            X[:100],
            y[:100],
            task="classify",
            classes=2,
            seed=0,
            valid=(X[100:], y[100:]),
            early_stop=4,
        )
        assert len(json.loads(dump(model, NAMES, LABELS[2], "json"))["trees"]) == model.best_round
