"""The worked examples W1, W2, W3 by hand, and the traces against the models and the libraries they show."""

import json

import numpy as np
import pytest

from dlcli.core.errors import DataError
from dlcli.methods.adaboost import AdaBoost
from dlcli.methods.gradient import Gradient
from dlcli.methods.trace import LIMIT, adaboost_trace, line, logistic_trace, students, ten
from dlcli.methods.trace_gradient import gradient_trace, students_trace
from dlcli.methods.trace_xgboost import Regularized, xgboost_trace


def traced(example, **options):
    return adaboost_trace(example.X, example.y, example.names, example.classes, notes=example.notes, **options)


def test_w1_ten_samples():
    doc = traced(ten())
    rounds = doc["rounds"]
    assert [r["rule"] for r in rounds] == ["x < 2.5 → +1", "x < 8.5 → +1", "y >= 4.5 → +1"]
    assert [r["wrong"] for r in rounds[:2]] == [[3, 4, 5], [6, 7, 8]]
    assert [r["error"] for r in rounds] == pytest.approx([0.3, 3 / 14, 9 / 66])
    assert [r["alpha"] for r in rounds] == pytest.approx([0.4236, 0.6496, 0.9229], abs=5e-5)
    assert [r["alpha_sklearn"] for r in rounds] == pytest.approx([0.8473, 1.2993, 1.8458], abs=5e-5)
    assert [r["z"] for r in rounds[:2]] == pytest.approx([0.9165, 0.8207], abs=5e-5)
    assert rounds[1]["distinct_weights"] == pytest.approx([1 / 14, 1 / 6])
    assert rounds[2]["distinct_weights"] == pytest.approx([3 / 66, 7 / 66, 11 / 66])
    expected = np.array([3, 3, 7, 7, 7, 11, 11, 11, 3, 3]) / 66
    np.testing.assert_allclose(rounds[2]["weights"], expected)
    assert rounds[1]["weights_after"] == rounds[2]["weights"]
    assert rounds[2]["wrong_rows"] == 3
    assert set(rounds[2]["wrong"]) < {1, 2, 9, 10}
    assert doc["train_error"] == 0
    assert [i["prediction"] for i in doc["items"]] == ["+1"] * 5 + ["-1"] * 5
    text = " ".join(doc["notes"])
    assert "0.7378" in text
    assert "0.9229" in text
    assert "0.8473, 1.2993, 1.8458" in text


def test_the_second_example_ten_numbers_on_a_line():
    doc = traced(line())
    assert [r["threshold"] for r in doc["rounds"]] == [2.5, 8.5, 5.5]
    assert [r["error"] for r in doc["rounds"]] == pytest.approx([0.3, 3 / 14, 12 / 66])
    assert [r["alpha"] for r in doc["rounds"]] == pytest.approx([0.4236, 0.6496, 0.7520], abs=5e-5)
    assert doc["train_error"] == 0
    assert "0.7514" in " ".join(doc["notes"])


def test_w2_six_students():
    doc = students_trace(students().y)
    first, second = doc["rounds"]
    assert doc["start"] == [73]
    assert first["residuals"] == pytest.approx([17, -18, 11, -9, 5, -6], abs=1e-9)
    assert [leaf["value"] for leaf in first["leaves"]] == pytest.approx([11, -18, -9, -6])
    assert [leaf["leaf"] for leaf in first["leaves"]] == ["{1, 3, 5}", "{2}", "{4}", "{6}"]
    assert first["after"] == pytest.approx([74.1, 71.2, 74.1, 72.1, 74.1, 72.4], abs=1e-9)
    assert second["residuals"] == pytest.approx([15.9, -16.2, 9.9, -8.1, 3.9, -5.4], abs=1e-9)
    assert [leaf["members"] for leaf in second["leaves"]] == [[1, 3, 5], [2], [4, 6]]
    assert second["after"] == pytest.approx([75.09, 69.58, 75.09, 71.425, 75.09, 71.725], abs=1e-9)
    assert doc["new_row"]["score"] == pytest.approx(75.09, abs=1e-9)
    assert "73.11" in " ".join(doc["notes"])
    assert len(students_trace(students().y, rounds=1)["rounds"]) == 1


def test_w2_by_the_other_losses():
    absolute = students_trace(students().y, loss="absolute")
    assert absolute["start"] == [72.5]
    assert absolute["rounds"][0]["residuals"] == [1, -1, 1, -1, 1, -1]
    assert [leaf["value"] for leaf in absolute["rounds"][0]["leaves"]] == [11.5, -17.5, -8.5, -5.5]
    assert absolute["rounds"][1]["leaves"][2]["value"] == pytest.approx(-7.65)  # the lower of -7.65 and -4.95
    log = students_trace(students().y, loss="log")
    assert log["start"] == [0]
    assert [leaf["value"] for leaf in log["rounds"][0]["leaves"]] == pytest.approx([2, -2, -2, -2])  # 0.5 / 0.25
    p = 1 / (1 + np.exp(-0.2))
    assert log["rounds"][0]["probability"][0] == pytest.approx(p)
    assert log["rounds"][1]["leaves"][0]["value"] == pytest.approx((1 - p) / (p * (1 - p)))


def test_w3_logistic_score():
    doc = logistic_trace()
    assert [item["product"] for item in doc["items"]] == pytest.approx([0.01, -3.6, 0, 7.4, 0.9])
    assert doc["score"] == pytest.approx(4.71)
    assert doc["probability"] == pytest.approx(0.9911, abs=5e-5)


@pytest.mark.parametrize("learner", ["stump", "tree:2"])
@pytest.mark.parametrize("classes", [2, 3])
def test_adaboost_on_a_table_shows_the_model_that_fit_makes(learner, classes):
    draws = np.random.default_rng(classes)
    X = draws.normal(size=(120, 3)).round(1)
    X[::9, 1] = np.nan
    y = np.clip((X[:, 0] + draws.normal(size=120) > 0) + (classes - 2) * (X[:, 2] > 0.5), 0, classes - 1).astype(int)
    names = ["no", "yes", "perhaps"][:classes]
    doc = adaboost_trace(X, y, ["a", "b", "c"], names, rounds=6, learner=learner)
    model = AdaBoost.fit(X, y, classes=classes, rounds=6, learner=learner)
    assert [r["alpha"] for r in doc["rounds"]] == model.alphas.tolist()
    for r in doc["rounds"]:
        weights = np.array(r["weights"])
        assert weights.sum() == pytest.approx(1)
        assert weights[np.array(r["wrong"]) - 1].sum() == pytest.approx(r["error"])
        assert r["wrong_rows"] == len(r["wrong"])
    said = [names[k] for k in np.argmax(model.predict(X), axis=1)]
    assert [i["prediction"] for i in doc["items"]] == said
    assert json.loads(json.dumps(doc)) == doc


def test_a_column_that_is_missing_for_one_class_is_asked_whether_it_is_there():
    X = np.array([[1.0], [2.0], [np.nan], [np.nan]])
    doc = adaboost_trace(X, np.array([1, 1, 0, 0]), ["a"], ["-1", "+1"])
    assert [r["rule"] for r in doc["rounds"]] == ["a is there → +1"]
    assert "never wrong" in " ".join(doc["notes"])
    helpless = adaboost_trace(np.ones((2, 1)), np.array([0, 1]), ["a"], ["-1", "+1"])
    assert (helpless["rounds"], helpless["train_error"]) == ([], None)


@pytest.mark.parametrize(("classes", "loss"), [(0, "squared"), (0, "absolute"), (2, "log"), (3, "log")])
def test_gradient_on_a_table_shows_the_model_that_fit_makes(classes, loss):
    draws = np.random.default_rng(classes)
    X = draws.normal(size=(90, 3))
    y = draws.integers(0, classes, 90) if classes else X[:, 0] * 3 + draws.normal(size=90)
    doc = gradient_trace(X, y, ["a", "b", "c"], classes=classes, rounds=3, lr=0.5, depth=2, loss=loss)
    model = Gradient.fit(X, y, classes=classes, rounds=3, lr=0.5, depth=2, loss=loss)
    after = np.array(doc["rounds"][-1]["after"]).reshape(90, -1)
    np.testing.assert_allclose(after, model.scores(X), atol=1e-12)
    trees = 3 if classes == 3 else 1
    assert all(len(r["leaves"]) == len(r["splits"]) + trees for r in doc["rounds"])
    for r, record in zip(doc["rounds"], model.history, strict=True):
        key = next(k for k in record if k.startswith("train/"))
        assert r[key] == pytest.approx(record[key], abs=1e-12)
        assert sum(leaf["rows"] for leaf in r["leaves"]) == 90 * trees
    assert doc["rounds"][0]["splits"][0]["rows"] == 90
    assert " and " in doc["rounds"][0]["leaves"][0]["leaf"]
    assert json.loads(json.dumps(doc)) == doc


def test_the_gain_of_a_split_is_the_squared_error_it_takes_away():
    example = students()
    doc = gradient_trace(example.X, example.y, example.names, classes=0, rounds=1, depth=1)
    (split,) = doc["rounds"][0]["splits"]
    assert split["gain"] == pytest.approx(6 * 121)  # six residuals, means 11 and -11
    assert split["rule"] in ("ml1 <= 76.5", "lectures <= 11.5")


def test_xgboost_of_the_students_by_hand():
    example = students()
    bounds = Regularized(depth=1, l2=1, min_gain=4)
    doc = xgboost_trace(example.X, example.y, example.names, classes=0, rounds=1, lr=0.1, bounds=bounds)
    (only,) = doc["rounds"]
    assert only["gradients"] == [-17, 18, -11, 9, -5, 6]
    assert only["hessians"] == [1] * 6
    root, left, right = only["nodes"]
    assert (root["split"], left["node"], right["node"]) == ("lectures < 11.5", "lectures < 11.5", "lectures >= 11.5")
    whole = 33**2 / 4 * 2  # both sides; the root's own sum is 0
    assert root["xgboost"] == pytest.approx(whole)
    assert root["gain"] == pytest.approx(whole / 2 - 2)  # gamma is half of the library's min-gain
    assert (left["weight"], right["weight"]) == (-33 / 4, 33 / 4)
    assert only["after"][0] == pytest.approx(73 + 0.825)
    assert only["candidates"][0]["gain"] == root["gain"]
    assert only["candidate_splits"] == len(only["candidates"]) == 5 + 4 + 1 + 5 - 1
    cut = Regularized(depth=3, min_gain=1000)
    doc = xgboost_trace(example.X, example.y, example.names, classes=0, rounds=1, bounds=cut)
    assert [n["split"] for n in doc["rounds"][0]["nodes"]] == [None]


def nodes_of(node):
    """Nodes of a tree of XGBoost, the left before the right, as the trace has them."""
    if "leaf" in node:
        return [("leaf", node["leaf"])]
    child = {c["nodeid"]: c for c in node["children"]}
    missing = "left" if node["missing"] == node["yes"] else "right"
    here = (node["split"], missing, node["split_condition"], node["gain"], node["cover"])
    return [here, *nodes_of(child[node["yes"]]), *nodes_of(child[node["no"]])]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("loss", ["squared", "log"])
def test_xgboosts_own_exact_trees_are_the_same(loss, seed):
    import xgboost

    draws = np.random.default_rng(seed)
    X = draws.normal(size=(150, 4)).round(1).astype(np.float32)  # rounded: many splits tie
    if seed % 2:
        X[draws.random(X.shape) < 0.2] = np.nan
    z = np.nan_to_num(X[:, 0]) + draws.normal(size=150)
    y = (z > 0).astype(int) if loss == "log" else z
    bounds = Regularized(depth=3, l2=0.5 * seed, min_gain=0.3 * seed, min_leaf=1 + seed % 2)
    names = ["a", "b", "c", "d"]
    doc = xgboost_trace(X, y, names, classes=2 * (loss == "log"), rounds=3, bounds=bounds)
    settings = {
        "objective": "binary:logistic" if loss == "log" else "reg:squarederror", "base_score": float(np.mean(y)),
        "eta": 0.3, "max_depth": 3, "reg_lambda": bounds.l2, "gamma": bounds.min_gain, "nthread": 1,
        "min_child_weight": bounds.min_leaf, "tree_method": "exact",
    }  # fmt: skip
    table = xgboost.DMatrix(X, y, feature_names=names)
    model = xgboost.train(settings, table, 3)
    for told, dump in zip(doc["rounds"], model.get_dump(dump_format="json", with_stats=True), strict=True):
        ours = [
            ("leaf", n["added"]) if n["split"] is None
            else (n["feature"], n["missing"], n["threshold"], n["xgboost"], n["h"])
            for n in told["nodes"]
        ]  # fmt: skip
        theirs = nodes_of(json.loads(dump))
        assert [n[: len(n) // 2] for n in ours] == [n[: len(n) // 2] for n in theirs]
        for mine, other in zip(ours, theirs, strict=True):
            assert mine[len(mine) // 2 :] == pytest.approx(other[len(other) // 2 :], rel=1e-5, abs=1e-5)
    assert [i["prediction"] for i in doc["items"]] == pytest.approx(model.predict(table), abs=1e-5)
    assert sum(n["split"] is not None for r in doc["rounds"] for n in r["nodes"]) >= 3
    assert json.loads(json.dumps(doc)) == doc


@pytest.mark.parametrize("seed", [21, 44])  # where gains tie in single precision and not in double
def test_gains_that_tie_for_xgboost_tie_here(seed):
    import xgboost

    draws = np.random.default_rng(seed)
    X, y = draws.integers(0, 3, size=(40, 4)).astype(np.float32), draws.integers(0, 9, 40) / 10
    names = ["a", "b", "c", "d"]
    doc = xgboost_trace(X, y, names, classes=0, rounds=3, bounds=Regularized(depth=3))
    settings = {"base_score": float(y.mean()), "eta": 0.3, "max_depth": 3, "tree_method": "exact", "nthread": 1}
    model = xgboost.train(settings, xgboost.DMatrix(X, y, feature_names=names), 3)
    theirs = [n for dump in model.get_dump(dump_format="json", with_stats=True) for n in nodes_of(json.loads(dump))]
    ours = [n for told in doc["rounds"] for n in told["nodes"]]
    assert [(n["feature"], n["threshold"]) for n in ours if n["split"]] == [(n[0], n[2]) for n in theirs if len(n) > 2]


def test_what_the_xgboost_trace_does_not_work_out():
    with pytest.raises(DataError, match="not log of 3 classes"):
        xgboost_trace(np.ones((3, 1)), np.arange(3), ["a"], classes=3)
    with pytest.raises(DataError, match="not absolute of numbers"):
        xgboost_trace(np.ones((3, 1)), np.ones(3), ["a"], classes=0, loss="absolute")


def test_a_large_table_is_listed_up_to_a_limit():
    draws = np.random.default_rng(0)
    X = draws.normal(size=(LIMIT + 50, 2))
    y = (X[:, 0] + draws.normal(size=len(X)) > 0).astype(int)
    docs = [
        adaboost_trace(X, y, ["a", "b"], ["-1", "+1"], rounds=2),
        gradient_trace(X, y, ["a", "b"], classes=2, rounds=1),
        xgboost_trace(X, y, ["a", "b"], classes=2, rounds=1),
    ]
    for doc, key in zip(docs, ("weights", "residuals", "gradients"), strict=True):
        assert doc["rows"] == LIMIT + 50
        assert len(doc["items"]) == len(doc["rounds"][0][key]) == LIMIT
    assert docs[2]["rounds"][0]["candidate_splits"] > len(docs[2]["rounds"][0]["candidates"]) == 200
