"""AdaBoost against the course's numbers, against scikit-learn round by round, and on awkward tables."""

import json

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_breast_cancer, load_digits, load_wine, make_classification
from sklearn.ensemble import AdaBoostClassifier
from sklearn.tree import DecisionTreeClassifier

from dlcli.methods.adaboost import AdaBoost, StumpSearch, reweighted, significance
from dlcli.methods.stumps import TIE, as_trees


class Stumps(ClassifierMixin, BaseEstimator):
    """Our stump as an estimator of scikit-learn."""

    def fit(self, X, y, sample_weight=None):
        self.classes_ = np.unique(y)
        self.stump_, _ = StumpSearch(X, np.searchsorted(self.classes_, y), len(self.classes_)).best(sample_weight)
        return self

    def predict(self, X):
        return self.classes_[self.stump_.predict(X)]


def splits(X, y, weights, classes):
    """Every split with the weight it tells rightly, one after the other."""
    total = np.bincount(y, weights=weights, minlength=classes)
    found = []
    for feature in range(X.shape[1]):
        there = np.unique(X[~np.isnan(X[:, feature]), feature])
        bounds = [*((there[1:] + there[:-1]) / 2), *([np.inf] if np.isnan(X[:, feature]).any() and len(there) else [])]
        for bound in bounds:
            below = X[:, feature] < bound
            left = np.bincount(y[below], weights=weights[below], minlength=classes)
            right = total - left
            opposed = max(left[1] + right[0], left[0] + right[1])
            won = opposed if classes == 2 else left.max() + right.max()
            found.append((won, feature, bound))
    return found, total.max()


@pytest.mark.parametrize("seed", range(60))
def test_the_search_finds_what_trying_everything_finds(seed):
    draws = np.random.default_rng(seed)
    rows, classes = int(draws.integers(1, 500)), int(draws.integers(2, 5))
    X = draws.normal(size=(rows, 5)).round(int(draws.integers(0, 4)))
    X[:, 1], X[:, 3] = 7.0, X[:, 0]  # a constant column, and two equal ones
    if seed % 3 == 0:
        X[draws.random(X.shape) < 0.2] = np.nan
    y = draws.integers(0, classes, rows)
    weights = np.full(rows, 1 / rows) if seed % 4 == 0 else draws.dirichlet(np.ones(rows))
    stump, predicted = StumpSearch(X, y, classes).best(weights)
    tried, constant = splits(X, y, weights, classes)
    best = max([t[0] for t in tried], default=-1.0)
    assert weights[predicted != y].sum() == pytest.approx(1 - max(best, constant), abs=1e-11)
    np.testing.assert_array_equal(stump.predict(X), predicted)
    trees = as_trees([stump], classes)
    np.testing.assert_array_equal(np.argmax(trees.value[trees.leaves(X)[:, 0]], axis=1), predicted)
    if stump.feature < 0:
        assert best <= constant + TIE
    else:  # of equals the lower feature, then the lower threshold
        feature, bound = min(t[1:] for t in tried if t[0] >= best - TIE)
        assert (stump.feature, stump.threshold) == (feature, pytest.approx(bound))
        assert seed % 3 == 0 or stump.feature not in (1, 3)  # with missing values these columns are different
        assert stump.gain == pytest.approx(best - constant, abs=1e-12)


def test_thousands_of_rows_in_few_values_and_in_many():
    draws = np.random.default_rng(1)
    X = np.stack([draws.integers(0, 3, 5000), draws.normal(size=5000)], axis=1).astype(float)
    y = ((X[:, 0] > 1) ^ (draws.random(5000) < 0.1)).astype(int)
    stump, _ = StumpSearch(X, y, 2).best(np.full(5000, 1 / 5000))
    assert (stump.feature, stump.threshold, stump.left, stump.right) == (0, 1.5, 0, 1)


@pytest.mark.parametrize("noise", [1.0, 30.0])
def test_many_blocks_opened_a_few_at_a_time(monkeypatch, noise):
    monkeypatch.setattr("dlcli.methods.stumps.OPENED_AT_ONCE", 1024)
    draws = np.random.default_rng(2)
    X = draws.normal(size=(3000, 30))
    y = (X[:, :3].sum(axis=1) + noise * draws.normal(size=3000) > 0).astype(int)
    search, weights = StumpSearch(X, y, 2), np.full(3000, 1 / 3000)
    order = np.argsort(X, axis=0)
    for _ in range(15):
        signed = np.where(y == 1, weights, -weights)[order].cumsum(axis=0)[:-1]
        positive = weights[y == 1].sum()
        least = min(positive - signed.max(), 1 - positive + signed.min())
        predicted = search.best(weights)[1]
        wrong = predicted != y
        assert weights[wrong].sum() == pytest.approx(least, abs=1e-12)
        weights, _ = reweighted(weights, wrong, significance(least, 2), 2)


def test_a_lower_feature_wins_a_tie_from_within_a_block():
    y = np.repeat([0, 1], [100, 156])
    cells = np.arange(256.0)
    X = np.stack([cells, np.where(cells < 100, 0, cells)], axis=1)  # the second column's split ends a block
    for columns in (X, X[:, ::-1]):
        stump, _ = StumpSearch(columns, y, 2).best(np.full(256, 1 / 256))
        assert stump.feature == 0


def test_neighbors_without_a_number_between_them_are_told_apart():
    X = np.array([[1.0], [np.nextafter(1.0, 2.0)], [-np.inf], [np.inf]])
    stump, predicted = StumpSearch(X, np.array([0, 1, 0, 1]), 2).best(np.full(4, 0.25))
    assert predicted.tolist() == [0, 1, 0, 1]
    assert stump.predict(X).tolist() == [0, 1, 0, 1]
    pair = np.array([[1.0], [np.nextafter(np.float32(1), np.float32(2))]], dtype=np.float32)
    for rows in (pair, -pair[::-1]):  # the midpoint is no float32 and rounds to one of them
        stump, _ = StumpSearch(rows, np.array([0, 1]), 2).best(np.full(2, 0.5))
        assert stump.predict(rows).tolist() == [0, 1]
        assert np.argmax(AdaBoost.fit(rows, np.array([0, 1]), classes=2).predict(rows), axis=1).tolist() == [0, 1]


def test_missing_values_are_on_the_right():
    X = np.array([[1.0], [2.0], [np.nan], [np.nan]])
    stump, _ = StumpSearch(X, np.array([0, 0, 1, 1]), 2).best(np.full(4, 0.25))
    assert (stump.threshold, stump.left, stump.right) == (np.inf, 0, 1)
    assert stump.predict(np.array([[1e300], [np.nan]])).tolist() == [0, 1]


DATA = {
    "two": load_breast_cancer(return_X_y=True),
    "wine": load_wine(return_X_y=True),
    "digits": load_digits(n_class=5, return_X_y=True),
}


def made(seed):
    return make_classification(600, 12, n_informative=5, flip_y=0.15, random_state=seed)


def same_rounds(ours, theirs, X, twice):
    count = len(ours.alphas)
    assert count == len(theirs.estimators_)
    np.testing.assert_allclose(ours.errors, theirs.estimator_errors_[:count], rtol=0, atol=1e-12)
    np.testing.assert_allclose(ours.alphas * (2 if twice else 1), theirs.estimator_weights_[:count], rtol=1e-11)
    np.testing.assert_allclose(ours.predict(X), theirs.predict_proba(X), atol=1e-12)
    for mine, other in zip(ours.staged(X), theirs.staged_predict(X), strict=True):
        np.testing.assert_array_equal(np.argmax(mine, axis=1), other)


@pytest.mark.parametrize("seed", range(3))
def test_every_round_is_scikit_learns_given_our_stump_and_its_weights_are_twice_ours(seed):
    X, y = made(seed)
    ours = AdaBoost.fit(X, y, classes=2, rounds=40)
    same_rounds(ours, AdaBoostClassifier(Stumps(), n_estimators=40).fit(X, y), X, twice=True)
    assert len(ours.alphas) == 40


@pytest.mark.parametrize("depth", [1, 3])
@pytest.mark.parametrize("seed", range(3))
def test_every_round_is_scikit_learns_with_its_own_tree(seed, depth):
    X, y = made(seed)
    ours = AdaBoost.fit(X, y, classes=2, rounds=30, learner=f"tree:{depth}", seed=seed, lr=0.5)
    tree = DecisionTreeClassifier(max_depth=depth)
    theirs = AdaBoostClassifier(tree, n_estimators=30, random_state=seed, learning_rate=0.5).fit(X, y)
    same_rounds(ours, theirs, X, twice=True)


@pytest.mark.parametrize("name", ["wine", "digits"])
def test_more_classes_are_scikit_learns_samme(name):
    X, y = DATA[name]
    classes = int(y.max()) + 1
    ours = AdaBoost.fit(X, y, classes=classes, rounds=25)
    same_rounds(ours, AdaBoostClassifier(Stumps(), n_estimators=25).fit(X, y), X, twice=False)
    ours = AdaBoost.fit(X, y, classes=classes, rounds=25, learner="tree:2")
    theirs = AdaBoostClassifier(DecisionTreeClassifier(max_depth=2), n_estimators=25, random_state=0).fit(X, y)
    same_rounds(ours, theirs, X, twice=False)
    assert ours.history[-1]["train/error"] < ours.history[0]["train/error"]


@pytest.mark.parametrize("learner", ["stump", "tree:1"])
def test_our_stump_is_never_above_the_gini_tree_under_the_same_weights(learner):
    X, y = DATA["two"]
    search, weights, less = StumpSearch(X, y, 2), np.full(len(y), 1 / len(y)), 0
    for _ in range(40):
        predicted = search.best(weights)[1]
        tree = DecisionTreeClassifier(max_depth=1, random_state=0).fit(X, y, sample_weight=weights).predict(X)
        ours, theirs = (weights[p != y].sum() for p in (predicted, tree))
        assert ours <= theirs + 1e-12
        less += ours < theirs - 1e-9
        wrong = (predicted if learner == "stump" else tree) != y
        weights, _ = reweighted(weights, wrong, significance(weights[wrong].sum(), 2), 2)
        assert weights.sum() == pytest.approx(1, abs=1e-12)
        assert weights[wrong].sum() == pytest.approx(0.5)  # what was wrong weighs half of the next round
    assert less > 5


def test_the_formulas_of_the_course():
    weights, wrong = np.array([0.2, 0.3, 0.5]), np.array([True, False, False])
    alpha = significance(0.2, 2)
    assert alpha == pytest.approx(0.5 * np.log(4))
    after, z = reweighted(weights, wrong, alpha, 2)
    grown = weights * np.exp(alpha * np.array([1, -1, -1]))
    assert z == pytest.approx(grown.sum())
    np.testing.assert_allclose(after, grown / grown.sum())
    assert significance(0.2, 4) == pytest.approx(np.log(4) + np.log(3))
    assert significance(0.2, 2, lr=0.1) == pytest.approx(alpha / 10)
    assert (significance(0.0, 2), significance(0.0, 3)) == (0.5, 1.0)


def test_the_exponential_loss_is_the_product_of_what_the_weights_were_divided_by():
    X, y = made(5)
    model = AdaBoost.fit(X, y, classes=2, rounds=12)
    product = np.prod([2 * np.sqrt(e * (1 - e)) for e in model.errors])
    assert model.history[-1]["train/exponential_loss"] == pytest.approx(product)
    score = model.scores(X)[:, 0]
    assert model.history[-1]["train/exponential_loss"] == pytest.approx(
        np.mean(np.exp(-np.where(y == 1, 1, -1) * score))
    )
    assert model.history[-1]["train/error"] == np.mean((score > 0) != y)


def test_boosting_ends_when_a_learner_is_never_wrong_or_none_is_better_than_chance():
    perfect = AdaBoost.fit(np.arange(6.0)[:, None], np.array([0, 0, 0, 1, 1, 1]), classes=2, rounds=9)
    assert perfect.alphas.tolist() == [0.5]
    assert "never wrong" in perfect.facts["stopped"]
    theirs = AdaBoostClassifier(Stumps(), n_estimators=9).fit(np.arange(6.0)[:, None], [0, 0, 0, 1, 1, 1])
    assert theirs.estimator_weights_[0] == 1.0
    cross = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    helpless = AdaBoost.fit(cross, np.array([0, 1, 1, 0]), classes=2, rounds=9)
    assert "no learner was better than chance" in helpless.facts["stopped"]
    assert helpless.predict(cross).tolist() == [[0.5, 0.5]] * 4
    assert AdaBoost.from_state(helpless.state()).predict(cross).tolist() == [[0.5, 0.5]] * 4


def test_constant_columns_say_the_larger_class_once():
    model = AdaBoost.fit(np.ones((10, 2)), np.repeat([0, 1], [3, 7]), classes=2, rounds=9)
    assert len(model.alphas) == 1
    assert np.argmax(model.predict(np.zeros((2, 2))), axis=1).tolist() == [1, 1]


def test_one_row_and_a_class_without_rows():
    one = AdaBoost.fit(np.array([[3.0]]), np.array([1]), classes=2, rounds=5)
    assert np.argmax(one.predict(np.array([[np.nan]])), axis=1).tolist() == [1]
    X, y = DATA["wine"]
    for learner in ("stump", "tree:2"):
        model = AdaBoost.fit(X[y > 0], y[y > 0], classes=3, rounds=5, learner=learner)
        assert set(np.argmax(model.predict(X[y > 0]), axis=1)) == {1, 2}


def test_weights_too_large_for_a_number_end_it_in_words():
    X, y = made(0)
    model = AdaBoost.fit(X, y, classes=2, rounds=9, lr=1e4)
    assert "a smaller lr" in model.facts["stopped"]
    assert np.isfinite(model.predict(X)).all()


def test_early_stopping_keeps_the_best_round_and_predicts_with_it():
    X, y = made(3)
    seen = []
    model = AdaBoost.fit(
        X[:300], y[:300], classes=2, rounds=200, valid=(X[300:], y[300:]), early_stop=15, on_round=seen.append
    )
    assert model.history == seen
    errors = [r["val/error"] for r in seen]
    assert model.best_round == int(np.argmin(errors)) + 1 == len(seen) - 15
    assert np.mean(np.argmax(model.predict(X[300:]), axis=1) != y[300:]) == min(errors)
    assert "15 rounds without" in model.facts["stopped"]
    np.testing.assert_array_equal(list(model.staged(X))[model.best_round - 1], model.predict(X))
    free = AdaBoost.fit(X[:300], y[:300], classes=2, rounds=20, valid=(X[300:], y[300:]))
    assert (free.best_round, len(free.alphas)) == (None, 20)


@pytest.mark.parametrize("name", ["two", "wine", "digits"])
@pytest.mark.parametrize("learner", ["stump", "tree:2"])
def test_a_row_gets_the_same_bits_alone_and_a_stored_model_too(name, learner):
    X, y = DATA[name]
    X = X.copy()
    X[::7, 0] = np.nan
    model = AdaBoost.fit(X, y, classes=int(y.max()) + 1, rounds=15, learner=learner)
    whole = model.predict(X)
    np.testing.assert_allclose(whole.sum(axis=1), 1, atol=1e-12)
    for i in range(40):
        np.testing.assert_array_equal(model.predict(X[i : i + 1])[0], whole[i])
    np.testing.assert_array_equal(model.predict(X[5:38]), whole[5:38])
    state = model.state()
    plain = json.loads(json.dumps({k: v for k, v in state.items() if k not in ("trees", "alphas", "errors")}))
    back = AdaBoost.from_state({**plain, **{k: state[k] for k in ("trees", "alphas", "errors")}})
    np.testing.assert_array_equal(back.predict(X), whole)
    assert back.history == model.history
    again = AdaBoost.fit(X, y, classes=int(y.max()) + 1, rounds=15, learner=learner)
    np.testing.assert_array_equal(again.predict(X), whole)
