"""Contributions against Shapley's formula by brute force, against the boosters' own; importance of columns."""

from itertools import combinations
from math import factorial

import numpy as np
import pytest
from sklearn import datasets
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

from dlcli.core.errors import UsageError
from dlcli.methods.contributions import additive, explain, gain, margin, permutation, tree_contributions
from dlcli.methods.ensembles import Model, fit

TREES = ("tree", "bagging", "forest", "adaboost", "gradient", "hist", "xgboost", "lightgbm")
WEIGHTS = ("logistic", "perceptron")
# AdaBoost.R2 answers by a median, which is no sum.
SUMS = [(m, k) for m in TREES for k in (0, 2, 3) if (m, k) != ("adaboost", 0)]
ARGS = {
    "tree": {"depth": 4},
    "bagging": {"trees": 3, "columns": 0.7},
    "forest": {"trees": 3, "depth": 6},
    "adaboost": {"trees": 6, "learner": "tree:3"},
    "gradient": {"trees": 4, "depth": 4},
    "hist": {"trees": 4, "min_leaf": 5},
    "xgboost": {"trees": 4, "depth": 5},
    "lightgbm": {"trees": 4, "min_leaf": 5},
}


def table(classes, rows=240, columns=5, missing=True):
    rng = np.random.default_rng(classes)
    X = rng.normal(size=(rows, columns))
    X[:, 1] = np.round(X[:, 1])
    score = X[:, 0] * X[:, 2] + X[:, 1] + 0.5 * rng.normal(size=rows)
    if missing:
        X[rng.random(X.shape) < 0.1] = np.nan
    y = score if not classes else np.digitize(score, np.quantile(score, np.arange(1, classes) / classes))
    return X, y


def fitted(method, classes, args=None, **more):
    X, y = table(classes)
    task = "classify" if classes else "regress"
    model = fit(
        method, ARGS.get(method, {}) if args is None else args, X, y, task=task, classes=classes, seed=1, **more
    )
    return model, X, y


def expected(found, tree, row, known):
    """Return what a tree says when only some columns are known: elsewhere both branches count, by their cover."""
    t, root = found.trees, found.trees.roots[tree]

    def walk(node):
        feature = t.feature[node]
        if feature < 0:
            return found.value[node]
        left, right = t.left[node], t.right[node]
        if feature in known:
            x = np.float32(row[feature]) if t.single else row[feature]
            goes = (
                t.missing_left[node] if np.isnan(x) else x < t.threshold[node] if t.strict else x <= t.threshold[node]
            )
            return walk(left if goes else right)
        share = t.cover[left] / (t.cover[left] + t.cover[right])
        return share * walk(left) + (1 - share) * walk(right)

    return walk(root)


def brute_force(found, row, columns):
    """Return Shapley values by their definition, over all coalitions."""
    worth = {
        known: sum(expected(found, t, row, known) for t in range(len(found.trees)))
        for size in range(columns + 1)
        for known in combinations(range(columns), size)
    }
    phi = np.zeros((found.value.shape[1], columns))
    for j in range(columns):
        others = [k for k in range(columns) if k != j]
        for size in range(columns):
            weight = factorial(size) * factorial(columns - size - 1) / factorial(columns)
            for known in combinations(others, size):
                phi[:, j] += weight * (worth[tuple(sorted((*known, j)))] - worth[known])
    return phi, found.base + worth[()]


@pytest.mark.parametrize(("method", "classes"), [c for c in SUMS if c[0] in TREES[:6]])
def test_contributions_are_shapleys(method, classes):
    model, X, _ = fitted(method, classes)
    parts, base = explain(model, X[:4])
    for row, part in zip(X[:4], parts, strict=True):
        phi, start = brute_force(additive(model), row, X.shape[1])
        np.testing.assert_allclose(part, phi, atol=1e-12)
        np.testing.assert_allclose(base, start, atol=1e-12)


@pytest.mark.parametrize("classes", [0, 2, 3])
@pytest.mark.parametrize("method", ["xgboost", "lightgbm"])
def test_contributions_of_a_boosters_trees_are_its_own(method, classes):
    model, X, _ = fitted(method, classes)
    found = additive(model)
    parts, base = tree_contributions(found.trees, found.value, X, found.base)
    native, native_base = explain(model, X)
    np.testing.assert_allclose(parts, native, atol=3e-6)
    np.testing.assert_allclose(base, native_base, atol=3e-6)
    phi, _ = brute_force(found, X[0], X.shape[1])
    np.testing.assert_allclose(parts[0], phi, atol=1e-12)


def test_a_deep_tree_asks_about_many_columns():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 11))
    y = X @ np.arange(1, 12)
    model = fit("tree", {}, X, y, task="regress", classes=0, seed=0)
    parts, base = explain(model, X)
    np.testing.assert_allclose(parts.sum(axis=2) + base, margin(model, X), atol=1e-9)
    found = additive(model)
    asked = [len(np.unique(found.trees.feature[path][found.trees.feature[path] >= 0])) for path in paths(found.trees)]
    assert max(asked) > 8  # patterns that occur, not all of them
    phi, _ = brute_force(found, X[5], 11)
    np.testing.assert_allclose(parts[5], phi, atol=1e-9)


def paths(trees):
    found, todo = [], [[int(trees.roots[0])]]
    while todo:
        path = todo.pop()
        if trees.feature[path[-1]] < 0:
            found.append(np.array(path))
        else:
            todo += [[*path, int(trees.left[path[-1]])], [*path, int(trees.right[path[-1]])]]
    return found


@pytest.mark.parametrize(("method", "classes"), [*SUMS, ("linear", 0), *((m, k) for m in WEIGHTS for k in (2, 3))])
def test_contributions_and_base_add_up_to_the_margin(method, classes):
    model, X, _ = fitted(method, classes)
    parts, base = explain(model, X)
    wide = classes if classes > 2 else 1
    assert parts.shape == (len(X), wide, X.shape[1])
    assert base.shape == (wide,)
    whole = parts.sum(axis=2) + base
    np.testing.assert_allclose(whole, margin(model, X), atol=1e-9)
    again = explain(Model.from_state(model.state()), X[3:4])[0]
    np.testing.assert_allclose(again, parts[3:4], atol=1e-12)
    assert explain(model, X[:0])[0].shape == (0, wide, X.shape[1])
    predicted = model.predict(X)
    if not classes:
        np.testing.assert_allclose(whole[:, 0], predicted, rtol=1e-9)
    elif method in ("tree", "forest", "bagging"):  # probabilities
        np.testing.assert_allclose(whole, predicted if wide > 1 else predicted[:, 1:], atol=1e-9)
    elif method not in ("adaboost", "perceptron"):  # log-odds
        odds = (np.log(predicted) - np.log(predicted[:, :1]))[:, 1:]
        np.testing.assert_allclose(odds, whole if wide == 1 else (whole - whole[:, :1])[:, 1:], atol=1e-6)


def test_weights_of_linear_models_count_from_the_training_mean():
    model, X, _ = fitted("logistic", 2)
    inner = model.inner
    filled = np.where(np.isnan(X), np.nanmedian(X, axis=0), X)
    by_hand = inner.weights[0] / filled.std(axis=0) * (filled - filled.mean(axis=0))
    np.testing.assert_allclose(explain(model, X)[0][:, 0], by_hand, atol=1e-12)


def test_a_median_of_trees_has_a_gain_and_no_contributions():
    model, X, _ = fitted("adaboost", 0)
    with pytest.raises(UsageError, match="adaboost has no exact contributions"):
        explain(model, X)
    assert gain(model).sum() == pytest.approx(1)


@pytest.mark.parametrize("method", ["knn", "svm", "bayes", "vote", "stacking"])
def test_methods_without_contributions_point_to_permutation(method):
    model, X, _ = fitted(method, 2, {"members": ["tree", "logistic"]} if method in ("vote", "stacking") else {})
    with pytest.raises(UsageError, match=f"{method} has no exact contributions") as found:
        explain(model, X)
    assert "importance --kind permutation" in found.value.hint
    with pytest.raises(UsageError, match=f"{method} has no trees and so no gain"):
        gain(model)


@pytest.mark.parametrize("classes", [0, 2, 3])
@pytest.mark.parametrize("method", TREES)
def test_gain_finds_the_columns_that_matter(method, classes):
    model, _, _ = fitted(method, classes, {"trees": 10} if method == "bagging" else None)
    shares = gain(model)
    assert shares.shape == (5,)
    assert shares.sum() == pytest.approx(1)
    assert shares.argmax() in (0, 1, 2)
    assert shares.min() >= 0


def test_gain_of_forests_and_boosters_is_the_libraries_own():
    X, y = table(2)
    model = fit("forest", {"trees": 10}, X, y, task="classify", classes=2, seed=1)
    by_hand = RandomForestClassifier(10, random_state=1).fit(X, y).feature_importances_
    np.testing.assert_allclose(gain(model), by_hand, atol=1e-9)
    model = fit("bagging", {"trees": 4, "columns": 0.6}, X, y, task="classify", classes=2, seed=1)
    bag = BaggingClassifier(DecisionTreeClassifier(), 4, max_features=0.6, random_state=1).fit(X, y)
    by_hand = np.zeros(5)
    for one, columns in zip(bag.estimators_, bag.estimators_features_, strict=True):
        by_hand[columns] += one.feature_importances_ / 4
    np.testing.assert_allclose(gain(model), by_hand, atol=1e-9)
    model = fit("xgboost", {"trees": 10}, X, y, task="classify", classes=2, seed=1)
    own = model.inner.booster.get_score(importance_type="total_gain")
    shares = np.array([own.get(f"f{d}", 0.0) for d in range(5)])
    np.testing.assert_allclose(gain(model), shares / shares.sum(), rtol=1e-5)


@pytest.mark.parametrize("method", ["adaboost", "gradient", "hist", "xgboost", "lightgbm"])
def test_gain_and_contributions_end_with_the_best_round(method):
    X, y = table(2, 400)
    y = np.where(np.random.default_rng(0).random(400) < 0.2, 1 - y, y)
    more = {"task": "classify", "classes": 2, "seed": 0}
    stopped = fit(method, {"trees": 60}, X[:200], y[:200], **more, valid=(X[200:], y[200:]), early_stop=4)
    assert stopped.best_round < len(stopped.history)
    alone = fit(method, {"trees": stopped.best_round}, X[:200], y[:200], **more)
    np.testing.assert_allclose(gain(stopped), gain(alone), atol=1e-9)
    np.testing.assert_allclose(explain(stopped, X)[0], explain(alone, X)[0], atol=1e-6)


@pytest.mark.parametrize("method", ["knn", "xgboost"])
def test_permutation_ranks_the_signal_and_has_a_spread(method):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(600, 6))
    y = (2 * X[:, 1] - X[:, 4] > 0).astype(int)
    model = fit(method, {}, X, y, task="classify", classes=2, seed=0)
    found = permutation(model, X, y, "accuracy", repeats=4, seed=1)
    assert list(found) == [str(d) for d in range(6)]
    assert sorted(found, key=lambda n: -found[n]["mean"])[:2] == ["1", "4"]
    assert found["1"]["mean"] > 0.2
    assert found["1"]["sd"] > 0
    assert found == permutation(model, X, y, "accuracy", repeats=4, seed=1)
    assert found != permutation(model, X, y, "accuracy", repeats=4, seed=2)
    error = permutation(model, X, y, "error", repeats=4, seed=1)
    assert all(error[n]["mean"] == pytest.approx(found[n]["mean"]) for n in found)
    own = permutation(model, X, y, lambda y, p: float(np.mean(p.argmax(axis=1) == y)), repeats=4, seed=1)
    assert all(own[n] == pytest.approx(found[n]) for n in found)


def test_encoded_columns_of_one_column_are_shuffled_together():
    rng = np.random.default_rng(0)
    level = rng.integers(0, 3, 500)
    X = np.column_stack([np.eye(3)[level], rng.normal(size=500)])
    y = np.array([1.0, 5.0, 9.0])[level]
    model = fit("tree", {}, X, y, task="regress", classes=0, seed=0)
    found = permutation(model, X, y, "rmse", 3, 0, {"color": [0, 1, 2], "noise": [3]})
    level_lost = np.sqrt(np.mean((y - y[rng.permutation(500)]) ** 2))
    assert found["color"]["mean"] == pytest.approx(level_lost, rel=0.15)
    assert found["noise"]["mean"] == pytest.approx(0, abs=1e-9)


def test_permutation_refuses_what_it_cannot_count():
    model, X, y = fitted("tree", 2)
    with pytest.raises(UsageError, match="no metric is called 'beauty'; allowed: log_loss"):
        permutation(model, X, y, "beauty")
    with pytest.raises(UsageError, match="repeats is 0"):
        permutation(model, X, y, "error", 0)


def test_real_tables_add_up_too():
    X, y = datasets.load_diabetes(return_X_y=True)
    for method in ("xgboost", "lightgbm", "gradient", "hist"):
        model = fit(method, {"trees": 40}, X, y, task="regress", classes=0, seed=0)
        parts, base = explain(model, X)
        np.testing.assert_allclose(parts.sum(axis=2) + base, margin(model, X), atol=1e-9)
