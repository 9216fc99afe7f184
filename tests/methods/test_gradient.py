"""Gradient boosting against scikit-learn's, and what only ours does."""

import json

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine, make_classification
from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor
from sklearn.metrics import log_loss

from dlcli.methods.gradient import Gradient, leaf_values, residuals, sigmoid, softmax, start_value

NUMBERS = load_diabetes(return_X_y=True)
TWO, THREE = load_breast_cancer(return_X_y=True), load_wine(return_X_y=True)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("loss", ["squared", "absolute"])
def test_numbers_are_scikit_learns(loss, seed):
    X, y = NUMBERS
    ours = Gradient.fit(X, y, classes=0, rounds=40, loss=loss, seed=seed, depth=4, min_leaf=3, lr=0.2)
    theirs = GradientBoostingRegressor(
        loss=f"{loss}_error", n_estimators=40, random_state=seed, max_depth=4, min_samples_leaf=3, learning_rate=0.2
    ).fit(X, y)
    np.testing.assert_allclose(ours.predict(X), theirs.predict(X), rtol=0, atol=1e-9)
    for mine, other in zip(ours.staged(X), theirs.staged_predict(X), strict=True):
        np.testing.assert_allclose(mine, other, rtol=0, atol=1e-9)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("classes", [2, 3])
def test_classes_are_scikit_learns(classes, seed):
    X, y = make_classification(900, 8, n_informative=6, n_redundant=0, n_classes=classes, flip_y=0.1, random_state=seed)
    ours = Gradient.fit(X, y, classes=classes, rounds=20, seed=seed, min_leaf=5)
    theirs = GradientBoostingClassifier(n_estimators=20, random_state=seed, min_samples_leaf=5).fit(X, y)
    np.testing.assert_allclose(ours.predict(X), theirs.predict_proba(X), rtol=0, atol=1e-9)
    assert ours.history[-1]["train/log_loss"] == pytest.approx(log_loss(y, ours.predict(X)), abs=1e-12)


def test_values_of_leaves_by_hand():
    leaf, left = np.array([0, 0, 0, 2, 2]), np.array([3.0, -1.0, 8.0, 4.0, 10.0])
    sign = np.sign(left)
    np.testing.assert_allclose(leaf_values(leaf, 3, left, left, "squared", 1), [10 / 3, 0, 7])
    np.testing.assert_allclose(leaf_values(leaf, 3, sign, left, "absolute", 1), [3, 0, 4])  # lower middle of 4 and 10
    y, p = np.array([1, 0, 1, 1, 1]), np.array([0.5, 0.25, 0.5, 0.75, 0.5])
    newton = (0.5 - 0.25 + 0.5) / (0.25 + 0.1875 + 0.25)
    np.testing.assert_allclose(leaf_values(leaf, 3, y - p, y == 1, "log", 1)[0], newton)
    np.testing.assert_allclose(leaf_values(leaf, 3, y - p, y == 1, "log", 3)[0], newton * 2 / 3)
    assert leaf_values(leaf, 3, y * 0.0, y == 1, "log", 1).tolist() == [0, 0, 0]  # certain and right: nothing moves


def test_residuals_are_the_negative_gradient():
    y, score = np.array([0, 2, 1]), np.array([[0.1, -0.3, 0.7], [1.0, 0.0, 0.2], [0.0, 0.5, 0.0]])
    for i in range(3):
        for k in range(3):
            nudge = np.zeros_like(score)
            nudge[i, k] = 1e-6
            loss = [-np.log(softmax(score + s * nudge)[i, y[i]]) for s in (1, -1)]
            assert residuals(y, score, "log")[i, k] == pytest.approx(-(loss[0] - loss[1]) / 2e-6, abs=1e-8)
    values = np.array([1.0, 5.0])
    assert residuals(values, np.array([[2.0], [2.0]]), "absolute")[:, 0].tolist() == [-1, 1]
    assert start_value(np.array([1.0, 2.0, 9.0]), "absolute", 0)[0] == 2
    assert sigmoid(start_value(np.array([0, 1, 1, 1]), "log", 2))[0] == pytest.approx(0.75)


def test_early_stopping_keeps_the_best_round_and_predicts_with_it():
    X, y = THREE
    seen = []
    model = Gradient.fit(
        X[::2], y[::2], classes=3, rounds=300, lr=0.3, valid=(X[1::2], y[1::2]), early_stop=8, on_round=seen.append
    )
    assert model.history == seen
    losses = [r["val/log_loss"] for r in seen]
    assert model.best_round == int(np.argmin(losses)) + 1 == len(seen) - 8 < 292
    assert log_loss(y[1::2], model.predict(X[1::2])) == pytest.approx(min(losses), abs=1e-12)
    assert "8 rounds without a lower validation log_loss" in model.facts["stopped"]
    assert Gradient.fit(X, y, classes=3, rounds=3, valid=(X, y)).best_round is None


def test_a_share_of_the_rows_is_drawn_by_the_seed_and_still_learns():
    X, y = NUMBERS
    first, again, other = (Gradient.fit(X, y, classes=0, rounds=30, rows=0.5, seed=s) for s in (1, 1, 2))
    np.testing.assert_array_equal(first.predict(X), again.predict(X))
    assert not np.array_equal(first.predict(X), other.predict(X))
    assert set(np.asarray(first.trees.cover)[first.trees.roots]) == {len(y) // 2}
    assert first.history[-1]["train/rmse"] < 0.75 * np.std(y)


def test_missing_values_and_constant_columns():
    X, y = (part.copy() for part in TWO)
    X[::3, :20] = np.nan
    X[:, 0] = 4.0
    model = Gradient.fit(X, y, classes=2, rounds=20)
    assert np.mean(np.argmax(model.predict(X), axis=1) == y) > 0.97
    flat = Gradient.fit(np.ones((4, 2)), np.array([1.0, 2, 3, 6]), classes=0, rounds=3)
    assert flat.predict(np.zeros((2, 2))).tolist() == [3, 3]
    one = Gradient.fit(np.array([[1.0]]), np.array([5.0]), classes=0, rounds=2, loss="absolute")
    assert one.predict(np.array([[np.nan]])).tolist() == [5]


@pytest.mark.parametrize(("data", "loss"), [(NUMBERS, "squared"), (NUMBERS, "absolute"), (TWO, "log"), (THREE, "log")])
def test_a_row_gets_the_same_bits_alone_and_a_stored_model_too(data, loss):
    X, y = data
    model = Gradient.fit(X, y, classes=int(y.max()) + 1 if loss == "log" else 0, rounds=12, loss=loss)
    whole = model.predict(X)
    for i in range(40):
        np.testing.assert_array_equal(model.predict(X[i : i + 1])[0], whole[i])
    state = model.state()
    plain = json.loads(json.dumps({k: v for k, v in state.items() if k not in ("trees", "start")}))
    back = Gradient.from_state({**plain, "trees": state["trees"], "start": state["start"]})
    np.testing.assert_array_equal(back.predict(X), whole)
    assert back.history == model.history


def test_nodes_say_what_is_added_and_inner_ones_the_mean_of_theirs():
    X, y = NUMBERS
    model = Gradient.fit(X, y, classes=0, rounds=2, depth=2, lr=0.5)
    trees, root = model.trees, int(model.trees.roots[1])
    leaf = trees.leaves(X)
    np.testing.assert_allclose(model.predict(X), y.mean() + trees.value[leaf, 0].sum(axis=1))
    children = [int(trees.left[root]), int(trees.right[root])]
    mean = np.average(trees.value[children, 0], weights=trees.cover[children])
    assert trees.value[root, 0] == pytest.approx(mean, abs=1e-12)
    two = trees.first(1)
    assert len(two) == 1
