"""Every method of boost: equal to its library called by hand, the same bits whatever stands beside a row."""

import numpy as np
import pytest
from fitted_toys import FEW, fitted, holes, methods, table
from sklearn import ensemble, linear_model, naive_bayes, neighbors, svm, tree
from sklearn.calibration import CalibratedClassifierCV
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from dlcli.methods import ensembles
from dlcli.methods.ensembles import fit
from dlcli.methods.rounds import scores


def scaled(model):
    return make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), model)


def platt(model):
    return CalibratedClassifierCV(scaled(model), ensemble=False, cv=5)


def filled(model):
    return make_pipeline(SimpleImputer(strategy="median"), model)


def softmax_regression(**more):
    return scaled(linear_model.LogisticRegression(**{"max_iter": 1000, "random_state": 3} | more))


KNN = neighbors.KNeighborsClassifier
TREE = tree.DecisionTreeClassifier
HIST = {"max_iter": 12, "early_stopping": False, "random_state": 3}
CLASSIFIERS = [
    ("logistic", {}, softmax_regression()),
    ("logistic", {"c": 0.1, "params": {"tol": 1e-6}}, softmax_regression(C=0.1, tol=1e-6)),
    ("perceptron", {}, platt(linear_model.Perceptron(max_iter=100, random_state=3))),
    ("bayes", {}, filled(naive_bayes.GaussianNB())),
    ("bayes", {"smoothing": 1e-3}, filled(naive_bayes.GaussianNB(var_smoothing=1e-3))),
    ("knn", {}, scaled(KNN())),
    ("knn", {"neighbors": 7, "weights": "distance", "params": {"p": 1}}, scaled(KNN(7, weights="distance", p=1))),
    ("svm", {}, platt(svm.SVC())),
    ("svm", {"kernel": "linear", "c": 0.5}, platt(svm.SVC(kernel="linear", C=0.5))),
    ("svm", {"kernel": "poly", "params": {"degree": 2, "coef0": 1.0}},
     platt(svm.SVC(kernel="poly", degree=2, coef0=1))),
    ("svm", {"kernel": "sigmoid", "gamma": 0.01}, platt(svm.SVC(kernel="sigmoid", gamma=0.01))),
    ("tree", {"depth": 4, "min_leaf": 3}, TREE(max_depth=4, min_samples_leaf=3, random_state=3)),
    ("tree", {"leaves": 6, "params": {"criterion": "entropy"}},
     TREE(max_leaf_nodes=6, criterion="entropy", random_state=3)),
    ("forest", FEW, ensemble.RandomForestClassifier(12, random_state=3)),
    ("bagging", {**FEW, "rows": 0.5, "columns": 0.4},
     ensemble.BaggingClassifier(TREE(), 12, max_samples=0.5, max_features=0.4, random_state=3)),
    ("hist", {**FEW, "leaves": 8, "l2": 1.0},
     ensemble.HistGradientBoostingClassifier(max_leaf_nodes=8, l2_regularization=1.0, **HIST)),
]  # fmt: skip
REGRESSORS = [
    ("linear", {}, scaled(linear_model.LinearRegression())),
    ("linear", {"l2": 2.0}, scaled(linear_model.Ridge(alpha=2.0))),
    ("knn", {"weights": "distance"}, scaled(neighbors.KNeighborsRegressor(weights="distance"))),
    ("svm", {"c": 30.0}, scaled(svm.SVR(C=30.0))),
    ("svm", {"kernel": "linear", "params": {"epsilon": 1.0}}, scaled(svm.SVR(kernel="linear", epsilon=1.0))),
    ("tree", {"depth": 5}, tree.DecisionTreeRegressor(max_depth=5, random_state=3)),
    ("forest", FEW, ensemble.RandomForestRegressor(12, random_state=3)),
    ("bagging", FEW, ensemble.BaggingRegressor(tree.DecisionTreeRegressor(), 12, random_state=3)),
    ("hist", FEW, ensemble.HistGradientBoostingRegressor(**HIST)),
    ("hist", {**FEW, "loss": "absolute"}, ensemble.HistGradientBoostingRegressor("absolute_error", **HIST)),
    ("adaboost", {**FEW, "learner": "tree:3"}, filled(ensemble.AdaBoostRegressor(n_estimators=12, random_state=3))),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "missing"), [("breast_cancer", False), ("wine", False), ("digits", False), ("wine", True)]
)
@pytest.mark.parametrize(("method", "args", "reference"), CLASSIFIERS)
def test_probabilities_equal_scikit_learns(method, args, reference, name, missing):
    X, y, new, _, task, classes = table(name)
    if missing:
        X, new = holes(X), holes(new)
    model = fit(method, args, X, y, task=task, classes=classes, seed=3)
    np.testing.assert_allclose(model.predict(new), reference.fit(X, y).predict_proba(new), atol=1e-6)


@pytest.mark.parametrize("missing", [False, True], ids=["full", "holes"])
@pytest.mark.parametrize(("method", "args", "reference"), REGRESSORS)
def test_values_equal_scikit_learns(method, args, reference, missing):
    X, y, new, _, task, _ = table("diabetes")
    if missing:
        X, new = holes(X), holes(new)
    model = fit(method, args, X, y, task=task, classes=0, seed=3)
    np.testing.assert_allclose(model.predict(new), reference.fit(X, y).predict(new), rtol=1e-6)


@pytest.mark.parametrize(("name", "members"), [("breast_cancer", 2), ("wine", 3)])
@pytest.mark.parametrize(
    ("voting", "weights"), [("soft", None), ("soft", [1, 2, 0.5]), ("hard", None), ("hard", [1, 3, 1])]
)
def test_votes_equal_scikit_learns(name, members, voting, weights):
    X, y, new, _, task, classes = table(name)
    args = {
        "members": ["logistic", "knn", "tree"],
        "voting": voting,
        "weights": weights,
        "params": {"knn": {"neighbors": 3}},
    }
    model = fit("vote", args, X, y, task=task, classes=classes, seed=3)
    reference = ensemble.VotingClassifier(
        [("a", softmax_regression()), ("b", scaled(KNN(3))), ("c", tree.DecisionTreeClassifier(random_state=3))],
        voting=voting,
        weights=weights,
    ).fit(X, y)
    assert np.array_equal(model.predict(new).argmax(axis=1), reference.predict(new))
    if voting == "soft":
        np.testing.assert_allclose(model.predict(new), reference.predict_proba(new), atol=1e-6)


def test_the_vote_on_numbers_is_the_weighted_mean():
    X, y, new, _, task, _ = table("diabetes")
    model = fit("vote", {"members": ["linear", "knn"], "weights": [3, 1]}, X, y, task=task, classes=0, seed=3)
    reference = ensemble.VotingRegressor(
        [("a", scaled(linear_model.LinearRegression())), ("b", scaled(neighbors.KNeighborsRegressor()))], weights=[3, 1]
    )
    np.testing.assert_allclose(model.predict(new), reference.fit(X, y).predict(new), rtol=1e-6)


def test_a_vote_tells_how_members_agree_and_how_good_each_is():
    X, y, new, target, task, classes = table("wine")
    model = fit(
        "vote", {"members": ["logistic", "tree"]}, X, y, task=task, classes=classes, seed=3, valid=(new, target)
    )
    a, b = (
        fit(m, {}, X, y, task=task, classes=classes, seed=3).predict(new).argmax(axis=1) for m in ("logistic", "tree")
    )
    assert model.facts["scored_on"] == {"part": "val", "rows": len(new)}
    assert model.facts["agreement"] == [[1.0, np.mean(a == b)], [np.mean(a == b), 1.0]]
    assert [m["accuracy"] for m in model.facts["members"]] == [np.mean(a == target), np.mean(b == target)]
    assert fit("vote", {}, X, y, task=task, classes=classes, seed=3).facts["scored_on"]["part"] == "train"


@pytest.mark.parametrize("name", ["breast_cancer", "wine"])
def test_stacking_equals_scikit_learns_and_shows_its_weights(name):
    X, y, new, _, task, classes = table(name)
    model = fit("stacking", {"members": ["logistic", "knn"], "folds": 4}, X, y, task=task, classes=classes, seed=3)
    reference = ensemble.StackingClassifier(
        [("a", softmax_regression()), ("b", scaled(KNN()))], linear_model.LogisticRegression(max_iter=1000), cv=4
    ).fit(X, y)
    np.testing.assert_allclose(model.predict(new), reference.predict_proba(new), atol=1e-6)
    shown = np.concatenate([m["weights"] for m in model.facts["out_of_fold"]], axis=1)
    np.testing.assert_allclose(shown, reference.final_estimator_.coef_, atol=1e-6)
    assert [m["member"] for m in model.facts["out_of_fold"]] == ["logistic", "knn"]
    assert all(0.8 < m["accuracy"] < 1 for m in model.facts["out_of_fold"])


def test_stacking_of_numbers_equals_scikit_learns():
    X, y, new, _, task, _ = table("diabetes")
    model = fit("stacking", {"members": ["linear", "knn"]}, X, y, task=task, classes=0, seed=3)
    reference = ensemble.StackingRegressor(
        [("a", scaled(linear_model.LinearRegression())), ("b", scaled(neighbors.KNeighborsRegressor()))],
        linear_model.LinearRegression(),
    )
    np.testing.assert_allclose(model.predict(new), reference.fit(X, y).predict(new), rtol=1e-6)


@pytest.mark.parametrize("kind", ["forest", "bagging"])
def test_the_out_of_bag_score_is_scikit_learns(kind):
    X, y, _, _, task, classes = table("breast_cancer")
    model = fit(kind, {"trees": 60}, X, y, task=task, classes=classes, seed=3)
    reference = ensemble.RandomForestClassifier if kind == "forest" else ensemble.BaggingClassifier
    by_hand = reference(n_estimators=60, oob_score=True, random_state=3).fit(X, y)
    assert model.facts["out_of_bag"] == {
        "rows": len(y),
        "never_left_out": 0,
        "accuracy": pytest.approx(by_hand.oob_score_),
    }


def test_rows_that_no_tree_left_out_are_counted_and_not_scored():
    X, y, _, _, task, _ = table("diabetes")
    bag = fit("bagging", {"trees": 2}, X, y, task=task, classes=0, seed=3).facts["out_of_bag"]
    assert 0.3 < bag["never_left_out"] / len(y) < 0.5
    assert bag["rows"] + bag["never_left_out"] == len(y)
    assert 40 < bag["rmse"] < 110
    assert "out_of_bag" not in fitted("forest", args={**FEW, "params": {"bootstrap": False}}).facts


@pytest.mark.parametrize("name", ["breast_cancer", "wine", "diabetes"])
def test_xgboost_equals_the_library_by_hand(name):
    import xgboost

    X, y, new, target, task, classes = table(name)
    model = fit(
        "xgboost",
        {**FEW, "depth": 3, "rows": 0.8, "params": {"max_bin": 64}},
        X,
        y,
        task=task,
        classes=classes,
        seed=3,
        valid=(new, target),
    )
    objective = "reg:squarederror" if not classes else "binary:logistic" if classes == 2 else "multi:softprob"
    settings = {
        "objective": objective,
        "max_depth": 3,
        "subsample": 0.8,
        "max_bin": 64,
        "seed": 3,
        **({"num_class": 3} if classes == 3 else {}),
    }
    by_hand = xgboost.train(settings, xgboost.QuantileDMatrix(X, y, max_bin=64), 12).inplace_predict(new)
    found = model.predict(new)
    np.testing.assert_allclose(found[:, 1] if classes == 2 else found, by_hand, rtol=1e-6, atol=1e-6)
    for key, value in scores("val", target, found).items():
        assert model.history[-1][key] == pytest.approx(value, rel=1e-5)


@pytest.mark.parametrize("name", ["breast_cancer", "wine", "diabetes"])
def test_lightgbm_equals_the_library_by_hand(name):
    import lightgbm

    X, y, new, _, task, classes = table(name)
    model = fit("lightgbm", {**FEW, "leaves": 7}, X, y, task=task, classes=classes, seed=3)
    objective = "regression" if not classes else "binary" if classes == 2 else "multiclass"
    settings = {
        "objective": objective,
        "num_leaves": 7,
        "seed": 3,
        "verbosity": -1,
        "deterministic": True,
        "force_row_wise": True,
        **({"num_class": 3} if classes == 3 else {}),
    }
    by_hand = lightgbm.train(settings, lightgbm.Dataset(X, y), 12).predict(new)
    found = model.predict(new)
    np.testing.assert_allclose(found[:, 1] if classes == 2 else found, by_hand, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "method"),
    [
        (t, m)
        for t, k in (("breast_cancer", "classify"), ("wine", "classify"), ("diabetes", "regress"))
        for m in methods(k)
    ],
)
def test_threads_runs_and_neighbors_leave_every_bit_alone(method, name, monkeypatch):
    monkeypatch.setattr(ensembles, "CELLS", 1)  # small tables get their threads too
    _, _, new, _, _, classes = table(name)
    one, two, again = (fitted(method, name, missing=True, threads=t) for t in (1, 2, 2))
    new = holes(new)
    whole = one.predict(new)
    assert whole.shape == ((len(new), classes) if classes else (len(new),))
    assert np.array_equal(two.predict(new), whole)
    assert np.array_equal(again.predict(new), whole)
    assert one.history == two.history
    if classes:
        np.testing.assert_allclose(whole.sum(axis=1), 1, atol=1e-12)
    some = np.random.default_rng(1).permutation(len(new))[:41]
    assert np.array_equal(one.predict(new[some]), whole[some])
    for i in (0, 1, 7, 20):
        assert np.array_equal(one.predict(new[i : i + 1]), whole[i : i + 1])
    assert len(one.predict(new[:0])) == 0


@pytest.mark.parametrize("method", ["hist", "xgboost", "lightgbm", "forest"])
def test_threads_leave_every_bit_alone_on_many_rows(method):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(12_000, 20))
    y = (X[:, 0] * X[:, 1] + rng.normal(size=len(X)) > 0).astype(int)
    more = {"rows": 0.7} if method in ("xgboost", "lightgbm") else {}
    one, two = (fit(method, {"trees": 6, **more}, X, y, task="classify", classes=2, seed=0, threads=t) for t in (1, 2))
    assert one.predict(X).tobytes() == two.predict(X).tobytes()
    assert one.history == two.history


@pytest.mark.parametrize("method", ["adaboost", "gradient", "hist", "xgboost", "lightgbm"])
@pytest.mark.parametrize("name", ["breast_cancer", "wine", "diabetes"])
def test_the_best_round_is_what_predicts(method, name):
    X, y, new, target, task, classes = table(name, every=2)
    args = {"trees": 80} | ({"lr": 0.5} if method != "adaboost" else {})
    heard = []
    model = fit(
        method, args, X, y, task=task, classes=classes, seed=3, valid=(new, target), early_stop=5, on_round=heard.append
    )
    assert heard == model.history
    key = next(k for k in ("val/log_loss", "val/error", "val/rmse") if k in model.history[0])
    values = [r[key] for r in model.history]
    assert [r["round"] for r in model.history] == list(range(1, len(values) + 1))
    assert model.best_round == int(np.argmin(values)) + 1
    assert len(values) <= model.best_round + 5
    found = scores("val", target, model.predict(new))[key]
    assert found == pytest.approx(values[model.best_round - 1], rel=1e-6)
    back = ensembles.Model.from_state(model.state())
    assert np.array_equal(back.predict(new), model.predict(new))
    alone = fit(method, {**args, "trees": model.best_round}, X, y, task=task, classes=classes, seed=3)
    np.testing.assert_allclose(alone.predict(new), model.predict(new), rtol=1e-6, atol=1e-9)


def test_hist_stops_by_itself_only_when_asked():
    model = fitted("hist", args={"trees": 30})
    assert model.best_round is None
    assert len(model.history) == 30
    assert len(model.inner.trees) == 30
