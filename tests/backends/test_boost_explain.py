"""`dlcli boost` compare, cv, inspect, methods, importance, explain, dump and boundary as their users type them."""

import csv
import json
import re

import numpy as np
import pytest
from PIL import Image
from sklearn import datasets, ensemble, linear_model, metrics, naive_bayes, neighbors, tree
from sklearn.preprocessing import StandardScaler
from toy_tables import write_table

from dlcli.core import recipe as recipes
from dlcli.core.names import METHODS
from dlcli.tasks import table

ON_DIGITS = ("logistic", "bayes", "knn", "tree", "forest")  # hist needs 20 s for ten classes
TABLES = ("breast-cancer", "wine", "diabetes", "digits")


@pytest.fixture(scope="module")
def boards(tmp_path_factory):
    """Return the leaderboard documents of three builtin tables."""
    from conftest import run_words

    root = tmp_path_factory.mktemp("boards")
    found = {}
    for name in TABLES:
        fewer = ["--methods", ",".join(ON_DIGITS)] if name == "digits" else []
        done = run_words(["boost", "compare", name, *fewer, "--json", "-o", name], root)
        assert done.code == 0, done.stderr
        found[name] = done.json()
    return root, found


def picture(path):
    with Image.open(path) as held:
        return np.asarray(held.convert("RGB"))


def parts_of(name):
    resolved = recipes.resolve(None, [f"data.train={name}"], command="boost-compare")
    return table.prepare(resolved.recipe.data, 0).parts


def test_the_leaderboard_has_every_method_in_the_order_of_the_course(boards):
    for name, doc in boards[1].items():
        fits = [m for m in METHODS if m in [i["method"] for i in doc["items"]]]
        assert [i["method"] for i in doc["items"]] == fits
        if name == "digits":
            continue
        left_out = {"linear"} if name != "diabetes" else {"logistic", "perceptron", "bayes"}
        assert set(METHODS) - set(fits) <= left_out | {"lightgbm"}
        for item in doc["items"]:
            assert item["error"] is None, item
            assert item["fit_s"] > 0
            assert item["predict_s"] >= 0
            assert item["size_bytes"] > 0
            headline = "accuracy" if name != "diabetes" else "rmse"
            assert {f"val/{headline}", f"test/{headline}"} <= item["metrics"].keys()


def test_the_best_is_chosen_by_validation(boards):
    for name, doc in boards[1].items():
        key, best = ("val/accuracy", max) if name != "diabetes" else ("val/rmse", min)
        assert doc["metrics"][key] == best(i["metrics"][key] for i in doc["items"])
        assert doc["best"] in [i["method"] for i in doc["items"] if i["metrics"][key] == doc["metrics"][key]]


def test_a_page_and_a_table_are_written(boards):
    root, found = boards
    for name in found:
        assert "<svg" in (root / name / "report.html").read_text()
        with (root / name / "leaderboard.csv").open() as file:
            assert [r["method"] for r in csv.DictReader(file)] == [i["method"] for i in found[name]["items"]]


BY_HAND = {
    "logistic": lambda: linear_model.LogisticRegression(max_iter=1000),
    "bayes": naive_bayes.GaussianNB,
    "knn": neighbors.KNeighborsClassifier,
    "tree": lambda: tree.DecisionTreeClassifier(random_state=0),
    "forest": lambda: ensemble.RandomForestClassifier(random_state=0),
    "hist": lambda: ensemble.HistGradientBoostingClassifier(random_state=0, early_stopping=False),
}
SCALED = ("logistic", "knn")


PAIRS = [(n, m) for n in ("breast-cancer", "wine", "digits") for m in (ON_DIGITS if n == "digits" else BY_HAND)]


@pytest.mark.parametrize(("name", "method"), PAIRS)
def test_the_scores_are_scikit_learns(boards, name, method):
    parts = parts_of(name)
    scale = StandardScaler().fit(parts["train"].x) if method in SCALED else None
    x = {p: scale.transform(r.x) if scale else r.x for p, r in parts.items()}
    model = BY_HAND[method]().fit(x["train"], parts["train"].y)
    (entry,) = [i for i in boards[1][name]["items"] if i["method"] == method]
    for part in ("val", "test"):
        p, y = model.predict_proba(x[part]), parts[part].y
        log_loss = -np.log(np.clip(p[np.arange(len(y)), y], np.finfo(np.float32).eps, 1)).mean()
        assert entry["metrics"][f"{part}/accuracy"] == pytest.approx(metrics.accuracy_score(y, p.argmax(1)), abs=1e-6)
        tolerance = 1e-6
        assert entry["metrics"][f"{part}/log_loss"] == pytest.approx(log_loss, abs=tolerance)


NUMBERS = {
    "linear": linear_model.LinearRegression,
    "tree": lambda: tree.DecisionTreeRegressor(random_state=0),
    "forest": lambda: ensemble.RandomForestRegressor(random_state=0),
    "gradient": lambda: ensemble.GradientBoostingRegressor(random_state=0),
    "hist": lambda: ensemble.HistGradientBoostingRegressor(random_state=0, early_stopping=False),
}


@pytest.mark.parametrize("method", NUMBERS)
def test_the_errors_are_scikit_learns(boards, method):
    parts = parts_of("diabetes")
    model = NUMBERS[method]().fit(parts["train"].x, parts["train"].y)
    (entry,) = [i for i in boards[1]["diabetes"]["items"] if i["method"] == method]
    for part in ("val", "test"):
        expected = metrics.root_mean_squared_error(parts[part].y, model.predict(parts[part].x))
        assert entry["metrics"][f"{part}/rmse"] == pytest.approx(expected, abs=1e-6)


def test_folds_are_scored_by_models_of_the_others(run_inprocess):
    words = ("--method", "logistic", "--folds", "4", "--repeats", "2", "--json")
    result = run_inprocess("boost", "cv", "iris", *words)
    assert result.code == 0, result.stderr
    doc = result.json()
    assert [i["rows"] for i in doc["items"]] == [38, 38, 37, 37] * 2
    scores = [i["metrics"]["accuracy"] for i in doc["items"]]
    assert doc["metrics"]["accuracy"] == pytest.approx(np.mean(scores))
    assert doc["sd"]["accuracy"] == pytest.approx(np.std(scores, ddof=1))
    assert doc["metrics"]["accuracy"] > 0.9
    assert run_inprocess("boost", "cv", "iris", *words).json()["items"][0]["metrics"] == doc["items"][0]["metrics"]


def test_a_column_whose_levels_tell_the_answer_leaks_nothing(run_inprocess, tmp_path):
    """A text of its own in each row names the answer once: learnt outside the fold it would be perfect."""
    rng = np.random.default_rng(0)
    with (tmp_path / "t.csv").open("w") as file:
        file.write("word,x,y\n")
        for n in range(200):
            y = rng.integers(2)
            file.write(f"w{n}-{y},{rng.random():.3f},{'ab'[y]}\n")
    result = run_inprocess(
        "boost", "cv", "t.csv", "--target", "y", "--method", "forest", "--set", "data.levels=300", "--json"
    )
    assert result.code == 0, result.stderr
    assert result.json()["metrics"]["accuracy"] < 0.65


def test_cv_stops_early_on_rows_of_its_own(run_inprocess):
    words = ("--method", "xgboost", "--trees", "60", "--early-stop", "3", "--folds", "3", "--json")
    result = run_inprocess("boost", "cv", "breast-cancer", *words)
    assert result.code == 0, result.stderr
    assert all(0 < i["best_round"] <= 60 for i in result.json()["items"])


def test_inspect_says_what_was_found(run_inprocess, tmp_path):
    write_table(tmp_path / "data.csv", rows=60)
    result = run_inprocess("boost", "inspect", "data.csv", "--target", "y", "--id", "id", "--json")
    assert result.code == 0, result.stderr
    doc = result.json()
    assert (doc["format"], doc["rows"], doc["target"], doc["task"]) == ("csv", 60, "y", "classify")
    assert doc["classes"] == ["no", "yes"]
    kinds = {i["column"]: i["kind"] for i in doc["items"]}
    assert kinds["age"] == "number"
    assert kinds["color"] == "category"
    assert kinds["member"] == "boolean"
    assert kinds["joined"] == "date"
    missing = {i["column"]: i["missing"] for i in doc["items"]}
    assert missing["age"] > 0
    assert missing["color"] == 0
    assert run_inprocess("boost", "inspect", "data.csv").code == 0


def test_methods_lists_all_with_their_parameters(run_inprocess):
    items = run_inprocess("boost", "methods", "--json").json()["items"]
    assert [i["method"] for i in items] == list(METHODS)
    (found,) = [i for i in items if i["method"] == "xgboost"]
    assert found["parameters"]["lr"]["default"] == 0.3
    assert found["tasks"] == ["classify", "regress"]


def test_gain_and_permutation_find_what_the_answer_hangs_on(table_run, run_inprocess, tmp_path):
    gain = run_inprocess("boost", "importance", "-m", "model", "--json", cwd=table_run)
    assert gain.code == 0, gain.stderr
    rows = gain.json()["items"]
    assert rows[0]["column"] == "age"
    assert {r["column"] for r in rows} == {"age", "color", "member", "joined", "note"}
    assert sum(r["mean"] for r in rows) == pytest.approx(1)
    words = ("boost", "importance", "new.csv", "-m", "model", "--kind", "permutation")
    shuffled = run_inprocess(*words, "--json", cwd=table_run)
    assert shuffled.code == 0, shuffled.stderr
    rows = shuffled.json()["items"]
    assert {r["column"] for r in rows[:3]} == {"age", "color", "member"}
    assert rows[0]["sd"] > 0
    assert run_inprocess(*words, "-o", tmp_path / "i.png", "-q", cwd=table_run).code == 0
    assert picture(tmp_path / "i.png").shape[1] > 300
    wrong = run_inprocess("boost", "importance", "new.csv", "-m", "model", cwd=table_run)
    assert wrong.code == 2
    assert "--kind permutation" in wrong.stderr


def test_the_eight_columns_that_matter_come_first(run_inprocess, tmp_path):
    x, y = datasets.make_classification(
        1500, 20, n_informative=8, n_redundant=0, n_clusters_per_class=1, shuffle=False, class_sep=0.7, random_state=0
    )
    with (tmp_path / "t.csv").open("w") as file:
        file.write(",".join(f"c{n}" for n in range(20)) + ",y\n")
        file.writelines(",".join(f"{v:.6f}" for v in row) + f",{k}\n" for row, k in zip(x, y, strict=True))
    fit = ("boost", "fit", "t.csv", "--target", "y", "--method", "gradient", "-o", "m", "-q")
    assert run_inprocess(*fit).code == 0
    for kind in ("gain", "permutation"):
        rows = run_inprocess("boost", "importance", "-m", "m", "--kind", kind, "--json").json()["items"]
        assert {r["column"] for r in rows[:8]} == {f"c{n}" for n in range(8)}, kind


def test_contributions_add_up(table_run, run_inprocess, tmp_path):
    result = run_inprocess("boost", "explain", "new.csv", "-m", "model", "-o", tmp_path / "e.csv", cwd=table_run)
    assert result.code == 0, result.stderr
    with (tmp_path / "e.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 40
    found = run_inprocess("boost", "predict", "new.csv", "-m", "model", "--jsonl", cwd=table_run)
    answers = [json.loads(line)["probabilities"]["yes"] for line in found.stdout.splitlines()]
    for row, p in zip(rows, answers, strict=True):
        total = sum(float(row[c]) for c in ("base", "age", "color", "member", "joined", "note"))
        assert total == pytest.approx(float(row["margin"]), abs=1e-4)
        assert 1 / (1 + np.exp(-float(row["margin"]))) == pytest.approx(p, abs=1e-5)


@pytest.mark.parametrize("rows", [1, 40])
def test_contributions_as_a_picture(table_run, run_inprocess, tmp_path, rows):
    lines = (table_run / "new.csv").read_text().splitlines(keepends=True)
    (tmp_path / "some.csv").write_text("".join(lines[: rows + 1]))
    words = ("boost", "explain", tmp_path / "some.csv", "-m", "model", "-o", tmp_path / "e.png", "-q")
    result = run_inprocess(*words, cwd=table_run)
    assert result.code == 0, result.stderr
    assert picture(tmp_path / "e.png").shape[1] > 300


def test_threads_bound_the_prediction(table_run, run_inprocess, monkeypatch):
    from threadpoolctl import threadpool_info

    from dlcli.methods.ensembles import Model

    seen = []
    predict = Model.predict

    def watched(self, rows):
        seen.append({p["num_threads"] for p in threadpool_info() if p["user_api"] == "openmp"})
        return predict(self, rows)

    monkeypatch.setattr(Model, "predict", watched)
    words = ("boost", "predict", "new.csv", "-m", "model", "-q", "--threads", "1")
    assert run_inprocess(*words, cwd=table_run).code == 0
    assert seen[-1] == {1}


def test_what_has_no_contributions_says_what_there_is(run_inprocess):
    assert run_inprocess("boost", "fit", "iris", "--method", "knn", "-o", "m", "-q").code == 0
    result = run_inprocess("boost", "explain", "iris", "-m", "m")
    assert (result.code, result.stdout) == (2, "")
    assert "permutation" in result.stderr


def test_a_model_is_written_down(table_run, run_inprocess, tmp_path):
    text = run_inprocess("boost", "dump", "-m", "model", "--trees", "1", cwd=table_run)
    assert text.code == 0, text.stderr
    assert "age" in text.stdout
    dot = run_inprocess("boost", "dump", "-m", "model", "--format", "dot", "--trees", "1", cwd=table_run)
    assert re.match(r"\s*(strict )?digraph", dot.stdout)
    held = run_inprocess("boost", "dump", "-m", "model", "--format", "json", cwd=table_run)
    assert json.loads(held.stdout)
    out = run_inprocess("boost", "dump", "-m", "model", "-o", tmp_path / "d.txt", cwd=table_run)
    assert (out.code, out.stdout) == (0, "")
    assert (tmp_path / "d.txt").stat().st_size > 100
    wrong = run_inprocess("boost", "dump", "-m", "model", "--format", "xml", cwd=table_run)
    assert wrong.code == 2


def test_the_boundary_over_two_columns(run_inprocess, tmp_path):
    columns = "petal length (cm),petal width (cm)"
    fit = ("boost", "fit", "iris", "--method", "svm", "--drop", "sepal length (cm)", "--drop", "sepal width (cm)")
    result = run_inprocess(*fit, "-o", "two", "--json")
    assert result.code == 0, result.stderr
    assert picture(result.json()["files"]["plots/boundary"]).shape[1] > 300
    assert run_inprocess("boost", "fit", "iris", "--method", "forest", "-o", "four", "-q").code == 0
    drawn = run_inprocess("boost", "boundary", "iris", "-m", "four", "--columns", columns, "-o", "b.png")
    assert drawn.code == 0, drawn.stderr
    assert len(np.unique(picture(tmp_path / "b.png").reshape(-1, 3), axis=0)) > 20
    wrong = run_inprocess("boost", "boundary", "iris", "-m", "four")
    assert wrong.code == 2
    assert "--columns A,B" in wrong.stderr
