"""`dlcli boost` as its users type it: fit, predict, evaluate, and how it fails."""

import csv
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest
import yaml
from toy_tables import write_table

PYTHON = sys.executable


def rows_of(text, delimiter=","):
    return list(csv.DictReader(io.StringIO(text), delimiter=delimiter))


def model_of(table_run):
    return table_run / "model"


# The run that a fit makes.


def test_a_fit_leaves_a_whole_run(table_run):
    run = model_of(table_run)
    there = {p.name for p in run.iterdir()}
    assert there >= {
        "recipe.yaml",
        "env.json",
        "metrics.jsonl",
        "report.json",
        "report.html",
        "plots",
        "model",
        "log.txt",
    }
    held = yaml.safe_load((run / "model/bundle.yaml").read_text())
    assert (held["kind"], held["task"], held["model"]["name"]) == ("table", "classify", "xgboost")
    assert set(held["files"]) == {p.name for p in (run / "model").iterdir()} - {"bundle.yaml"}
    assert not [p for p in run.rglob("*") if p.suffix in (".pkl", ".pickle", ".joblib", ".pt")]
    doc = json.loads((run / "report.json").read_text())
    assert doc["parts"] == {"train": 210, "val": 45, "test": 45}
    assert doc["metrics"]["test/accuracy"] > 0.85
    rounds = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    assert [r["epoch"] for r in rounds] == list(range(1, len(rounds) + 1))
    losses = [r["val/log_loss"] for r in rounds]
    assert losses.index(min(losses)) + 1 == doc["best_round"] == held["facts"]["best_round"]
    page = (run / "report.html").read_text()
    assert "<svg" in page
    assert "age" in page


def test_the_best_round_is_what_is_kept_and_scores_hold_after_reload(table_run, run_inprocess):
    doc = json.loads((model_of(table_run) / "report.json").read_text())
    assert doc["best_round"] < doc["rounds"]
    result = run_inprocess("boost", "evaluate", "-m", "model", "--json", cwd=table_run)
    assert result.code == 0, result.stderr
    for name, value in result.json()["metrics"].items():
        assert value == doc["metrics"][f"test/{name}"], name


def test_the_answers_are_the_rows_in_their_order_with_ids(table_run, run_inprocess, tmp_path):
    result = run_inprocess("boost", "predict", "new.csv", "-m", "model", "-o", tmp_path / "p.csv", cwd=table_run)
    assert result.code == 0, result.stderr
    found = rows_of((tmp_path / "p.csv").read_text())
    assert [r["id"] for r in found] == [f"r{n:04}" for n in range(40)]
    assert list(found[0]) == ["id", "prediction", "prob_no", "prob_yes"]
    for row in found:
        assert abs(float(row["prob_no"]) + float(row["prob_yes"]) - 1) < 1e-6
        assert row["prediction"] == ("yes" if float(row["prob_yes"]) > float(row["prob_no"]) else "no")


def test_other_columns_other_order_no_target(table_run, run_inprocess, tmp_path):
    rows = rows_of((table_run / "new.csv").read_text())
    names = ["note", "more", "color", "age", "joined", "member"]
    with (tmp_path / "other.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, names, extrasaction="ignore")
        writer.writeheader()
        writer.writerows({**r, "more": "x"} for r in rows)
    whole = run_inprocess("boost", "predict", "new.csv", "-m", "model", "--jsonl", cwd=table_run)
    other = run_inprocess("boost", "predict", tmp_path / "other.csv", "-m", "model", "--jsonl", cwd=table_run)
    assert other.code == 0, other.stderr
    a, b = ([json.loads(line)["probabilities"] for line in r.stdout.splitlines()] for r in (whole, other))
    assert a == b
    assert len(a) == 40


def test_a_row_alone_is_answered_as_among_others(table_run, run_inprocess, tmp_path):
    lines = (table_run / "new.csv").read_text().splitlines(keepends=True)
    whole = run_inprocess("boost", "predict", "new.csv", "-m", "model", "-o", tmp_path / "a.csv", cwd=table_run)
    assert whole.code == 0
    found = rows_of((tmp_path / "a.csv").read_text())
    for n in (0, 17, 39):
        (tmp_path / "one.csv").write_text(lines[0] + lines[1 + n])
        one = run_inprocess(
            "boost", "predict", tmp_path / "one.csv", "-m", "model", "-o", tmp_path / "b.csv", cwd=table_run
        )
        assert one.code == 0, one.stderr
        assert rows_of((tmp_path / "b.csv").read_text()) == [found[n]]


def test_rows_on_stdin_and_items_of_json(table_run, dlcli):
    text = (table_run / "new.csv").read_text()
    result = dlcli("boost", "predict", "-", "-m", "model", "--jsonl", stdin=text, cwd=table_run)
    assert result.code == 0, result.stderr
    items = [json.loads(line) for line in result.stdout.splitlines()]
    assert [i["row"] for i in items] == list(range(1, 41))
    assert items[0]["input"] == "-"
    assert set(items[0]["probabilities"]) == {"no", "yes"}


def test_a_missing_column_is_named(table_run, run_inprocess, tmp_path):
    rows = rows_of((table_run / "new.csv").read_text())
    with (tmp_path / "less.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, ["age", "color", "joined"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    result = run_inprocess("boost", "predict", tmp_path / "less.csv", "-m", "model", cwd=table_run)
    assert (result.code, result.stdout) == (3, "")
    assert "member: boolean in the model; no such column here" in result.stderr
    assert "note: category in the model" in result.stderr


@pytest.mark.parametrize(("policy", "code"), [("warn", 0), ("missing", 0), ("error", 3)])
def test_what_is_done_with_levels_never_seen(table_run, run_inprocess, tmp_path, policy, code):
    (tmp_path / "new.csv").write_text((table_run / "new.csv").read_text().replace("green", "violet"))
    words = ("boost", "predict", tmp_path / "new.csv", "-m", "model", "--unseen", policy)
    result = run_inprocess(*words, cwd=table_run)
    assert result.code == code
    assert ("violet" in result.stderr) == (policy != "missing")


def test_evaluate_checks_and_writes(table_run, run_inprocess, tmp_path):
    words = ("boost", "evaluate", "new.csv", "-m", "model", "-o", tmp_path / "e", "--stamp", tmp_path / "s")
    result = run_inprocess(*words, "--fail-under", "accuracy=0.5", cwd=table_run)
    assert result.code == 0, result.stderr
    assert json.loads((tmp_path / "e/report.json").read_text())["rows"] == 40
    assert len(rows_of((tmp_path / "e/predictions.csv").read_text())) == 40
    assert (tmp_path / "s").exists()
    (tmp_path / "s").unlink()
    result = run_inprocess(*words, "--fail-over", "log_loss=0.001", cwd=table_run)
    assert result.code == 7
    assert "log_loss is" in result.stderr
    assert not (tmp_path / "s").exists()
    result = run_inprocess("boost", "evaluate", "new.csv", "-m", "model", "--fail-under", "acuracy=1", cwd=table_run)
    assert result.code == 2
    assert "nearest: accuracy" in result.stderr


# What is refused.


@pytest.mark.parametrize("part", ["model.json", "arrays.npz", "model.ubj", "schema.json"])
def test_an_altered_model_is_refused(table_run, run_inprocess, tmp_path, part):
    shutil.copytree(table_run / "model", tmp_path / "m")
    path = tmp_path / "m/model" / part
    if not path.exists():
        pytest.fail(f"{part} is no file of the model: {os.listdir(path.parent)}")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    result = run_inprocess("boost", "predict", "new.csv", "-m", tmp_path / "m", cwd=table_run)
    assert (result.code, result.stdout) == (6, "")
    assert part in result.stderr


def test_no_model_another_kind_and_half_a_run(table_run, run_inprocess, digits_run, tmp_path):
    for argument, word in (
        (tmp_path / "none", "does not exist"),
        (tmp_path, "holds no model"),
        (digits_run, "network"),
    ):
        result = run_inprocess("boost", "predict", "new.csv", "-m", argument, cwd=table_run)
        assert result.code == 6
        assert word in result.stderr
    result = run_inprocess("predict", table_run / "model", "x.png")
    assert result.code == 6
    assert "dlcli boost predict" in result.stderr


HOSTILE = {
    "empty": ("", "empty"),
    "header": ("a,b,y\n", "rows"),
    "ragged": ("a,b,y\n1,2,0\n1,2\n1,2,1\n", "line 3"),
    "same": ("a,y\n" + "1,0\n2,0\n3,0\n" * 9, "in every row"),
    "each": ("a,y\n" + "".join(f"{n},t{n}\n" for n in range(50)), "nearly one a row"),
    "unanswered": ("a,y\n1,\n2,\n", "no row has a target"),
    "zero": ("a,y\n1,0\n\x00,1\n", "NUL"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_tables_nothing_can_be_learnt_from(run_inprocess, tmp_path, name):
    text, word = HOSTILE[name]
    (tmp_path / "t.csv").write_text(text)
    result = run_inprocess("boost", "fit", "t.csv", "--target", "y", "-o", "m")
    assert (result.code, result.stdout) == (3, ""), result.stderr
    assert word in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "m").exists()


WRONG = [
    (["x.csv", "--target", "y"], 3, "x.csv"),
    (["iris", "--target", "spcies"], 2, "species"),
    (["data.csv"], 2, "--target"),
    (["data.csv", "--target", "Y"], 2, "there are id, age, color"),
    (["iris", "--method", "forrest"], 2, "forest"),
    (["iris", "--method", "linear"], 2, "logistic"),
    (["diabetes", "--method", "bayes"], 2, "tree"),
    (["iris", "--param", "max_dept=3"], 2, "max_depth"),
    (["iris", "--param", "k"], 2, "NAME=VALUE"),
    (["iris", "--method", "forest", "--lr", "0.1"], 2, "model.lr"),
    (["iris", "--val", "0.6", "--test", "0.5"], 2, "leave none to train on"),
    (["iris", "--val", "0", "--early-stop", "3"], 2, "early stopping needs validation rows"),
    (["iris", "-r", "classify/lenet"], 2, "dlcli train"),
    (["iris", "--set", "model.tres=3"], 2, "trees"),
    (["iris", "--fail-under", "accurcy=1"], 2, "accuracy"),
    (["nosuch"], 2, "no builtin table"),
    (["iris", "--device", "cuda"], 5, "xgboost"),
]


@pytest.mark.parametrize(("words", "code", "said"), WRONG, ids=[" ".join(w[0]) for w in WRONG])
def test_wrong_words(run_inprocess, tmp_path, words, code, said):
    write_table(tmp_path / "data.csv", rows=30)
    result = run_inprocess("boost", "fit", *words, "-o", "m")
    assert (result.code, result.stdout) == (code, ""), result.stderr
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_a_run_is_never_overwritten(table_run, run_inprocess, tmp_path):
    shutil.copytree(table_run / "model", tmp_path / "m")
    result = run_inprocess("boost", "fit", "iris", "--method", "bayes", "-o", "m")
    assert result.code == 2
    assert "holds another run" in result.stderr
    result = run_inprocess("boost", "fit", "iris", "--method", "bayes", "-o", "m", "--force", "-q")
    assert result.code == 0, result.stderr
    assert (tmp_path / "m~1/model/bundle.yaml").exists()


# Promises.


@pytest.mark.parametrize("method", ["forest", "xgboost", "hist", "logistic"])
def test_threads_and_repetition_change_no_byte(run_inprocess, tmp_path, method):
    write_table(tmp_path / "data.csv", rows=6000)  # enough cells for a second thread to be used
    found = []
    for name, threads in (("a", 1), ("b", 2), ("c", 2)):
        fit = ("boost", "fit", "data.csv", "--target", "y", "--id", "id", "--method", method, "--threads", threads)
        fewer = () if method == "logistic" else ("--trees", 8)
        assert run_inprocess(*fit, *fewer, "-o", name, "-q").code == 0
        words = ("boost", "predict", "data.csv", "-m", name, "-o", f"{name}.csv", "--threads", threads)
        assert run_inprocess(*words, "-q").code == 0
        found.append((tmp_path / f"{name}.csv").read_bytes())
    assert found[0] == found[1] == found[2]


def test_torch_is_never_imported(tmp_path, child_env):
    write_table(tmp_path / "data.csv", rows=60)
    lines = [
        ["boost", "fit", "data.csv", "--target", "y", "--trees", "3", "-o", "m", "-q"],
        ["boost", "predict", "data.csv", "-m", "m", "-q", "-o", "p.csv"],
        ["boost", "evaluate", "data.csv", "-m", "m", "-q"],
        ["boost", "compare", "iris", "--methods", "logistic,tree", "-q"],
        ["boost", "explain", "data.csv", "-m", "m", "-q", "-o", "e.csv"],
        ["boost", "trace", "adaboost", "-q"],
    ]
    code = (
        "import sys\nfrom dlcli.__main__ import run\n"
        f"for words in {lines!r}:\n    assert run(words) == 0, words\n"
        "assert not {'torch', 'torchvision', 'shap', 'numba'} & sys.modules.keys()\n"
    )
    done = subprocess.run(
        [PYTHON, "-c", code], cwd=tmp_path, env=child_env(), capture_output=True, text=True, check=False, timeout=200
    )
    assert done.returncode == 0, done.stderr


def test_numbers_are_told_too(run_inprocess, tmp_path):
    write_table(tmp_path / "data.csv", task="regress")
    result = run_inprocess(
        "boost", "fit", "data.csv", "--target", "y", "--id", "id", "--method", "gradient", "-o", "m", "--json"
    )
    assert result.code == 0, result.stderr
    doc = result.json()
    assert doc["task"] == "regress"
    assert doc["metrics"]["test/r2"] > 0.7
    found = run_inprocess("boost", "predict", "data.csv", "-m", "m")
    rows = rows_of(found.stdout, "\t")
    assert list(rows[0]) == ["id", "prediction"]
    assert np.isfinite([float(r["prediction"]) for r in rows]).all()


def test_val_and_test_tables_of_their_own(run_inprocess, tmp_path):
    for n, name in enumerate(("a", "b", "c")):
        write_table(tmp_path / f"{name}.csv", rows=80, seed=n)
    words = ("--target", "y", "--id", "id", "--val", "b.csv", "--test", "c.csv", "--method", "tree", "--json")
    result = run_inprocess("boost", "fit", "a.csv", *words, "-o", "m")
    assert result.code == 0, result.stderr
    assert result.json()["parts"] == {"train": 80, "val": 80, "test": 80}


def test_the_test_rows_choose_nothing(run_inprocess, tmp_path):
    """Other answers in the test table leave the model as it is, to the byte."""
    for n, name in enumerate(("a", "b", "c")):
        write_table(tmp_path / f"{name}.csv", rows=80, seed=n)
    text = (tmp_path / "c.csv").read_text()
    (tmp_path / "d.csv").write_text(
        re.sub(r",(yes|no)$", lambda m: ",no" if m[1] == "yes" else ",yes", text, flags=re.M)
    )
    digests = []
    for test in ("c.csv", "d.csv"):
        words = ("--target", "y", "--id", "id", "--val", "b.csv", "--test", test, "--trees", "20", "--early-stop", "4")
        assert run_inprocess("boost", "fit", "a.csv", *words, "-o", f"m-{test}", "-q").code == 0
        digests.append(yaml.safe_load((tmp_path / f"m-{test}/model/bundle.yaml").read_text())["files"])
    assert digests[0] == digests[1]


def test_make_gets_stamp_and_rule(run_inprocess, tmp_path):
    write_table(tmp_path / "data.csv", rows=40)
    words = ("--target", "y", "--method", "tree", "-o", "m", "--stamp", "m.stamp", "--depfile", "m.d", "-q")
    assert run_inprocess("boost", "fit", "data.csv", *words).code == 0
    assert (tmp_path / "m.d").read_text().startswith("m.stamp: data.csv")
    assert run_inprocess("boost", "predict", "data.csv", "-m", "m", "-o", "p.csv", "--depfile", "p.d", "-q").code == 0
    rule = (tmp_path / "p.d").read_text().splitlines()[0]
    assert rule.startswith("p.csv: ")
    assert "m/model/bundle.yaml" in rule
    assert "data.csv" in rule


def test_dry_run_and_print_config_write_nothing(run_inprocess, tmp_path):
    write_table(tmp_path / "data.csv", rows=40)
    plan = run_inprocess("boost", "fit", "data.csv", "--target", "y", "--dry-run", "-o", "m", "--json")
    assert plan.code == 0, plan.stderr
    assert "m/report.json" in plan.json()["files"].values()
    shown = run_inprocess("boost", "fit", "data.csv", "--target", "y", "--method", "forest", "--print-config")
    assert yaml.safe_load(shown.stdout)["model"]["name"] == "forest"
    (tmp_path / "again.yaml").write_text(shown.stdout)
    again = run_inprocess("boost", "fit", "-r", "again.yaml", "--print-config")
    assert again.stdout == shown.stdout
    assert {p.name for p in tmp_path.iterdir()} == {"data.csv", "again.yaml"}


def test_columns_named_like_ours_stand_beside_them(run_inprocess, tmp_path):
    with (tmp_path / "t.csv").open("w") as file:
        file.write("row,base,margin,prediction,y\n")
        file.writelines(f"{n % 7},{n * 3 % 11},{n % 5},p{n},{'yes' if n % 7 > 3 else 'no'}\n" for n in range(60))
    fit = ("boost", "fit", "t.csv", "--target", "y", "--id", "prediction", "--trees", "5", "-o", "m", "-q")
    assert run_inprocess(*fit).code == 0
    (first, *_) = rows_of(run_inprocess("boost", "predict", "t.csv", "-m", "m").stdout, "\t")
    assert first["prediction (column)"] == "p0"
    assert first["prediction"] in ("yes", "no")
    assert run_inprocess("boost", "explain", "t.csv", "-m", "m", "-o", "e.csv", "-q").code == 0
    for n, row in enumerate(rows_of((tmp_path / "e.csv").read_text()), 1):
        assert row["row"] == str(n)
        added = sum(float(row[f"{c} (column)"]) for c in ("row", "base", "margin"))
        assert float(row["base"]) + added == pytest.approx(float(row["margin"]), abs=1e-6)


def test_a_table_that_is_read_is_not_written_onto(table_run, run_inprocess, tmp_path):
    shutil.copy(table_run / "new.csv", tmp_path / "new.csv")
    before = (tmp_path / "new.csv").read_bytes()
    for verb in ("predict", "explain"):
        result = run_inprocess("boost", verb, "new.csv", "-m", table_run / "model", "-o", "./new.csv")
        assert result.code == 2
        assert "it would be lost" in result.stderr
    assert (tmp_path / "new.csv").read_bytes() == before


@pytest.mark.parametrize("method", ["forest", "xgboost", "knn", "svm", "bayes", "gradient", "linear"])
def test_numbers_too_large_for_the_methods_are_named(run_inprocess, tmp_path, method):
    lines = ["a,b,y", *(f"{n},{n % 3},{n % 5 + 0.5}" for n in range(40))]
    kind = "regress" if method == "linear" else "auto"
    for cell, code in (("1e300", 3), ("1e25", 0)):
        (tmp_path / "t.csv").write_text("\n".join([*lines, f"{cell},1,2.5", ""]))
        words = ("--target", "y", "--task", kind, "--method", method, "-o", f"m{cell}", "-q")
        if method == "bayes":
            words = ("--target", "b", *words[4:])
        result = run_inprocess("boost", "fit", "t.csv", *words)
        assert result.code == code, result.stderr
        assert ("line 42" in result.stderr) == (code == 3)
        assert "Warning" not in result.stderr


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_fit_that_is_stopped_says_what_is_left(tmp_path, child_env, sent, code):
    words = [PYTHON, "-m", "dlcli", "boost", "fit", "digits", "--method", "gradient", "--trees", "5000", "-o", "m"]
    pipes = {"stderr": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(words, cwd=tmp_path, env=child_env(), **pipes) as child:
        for line in child.stderr:
            if line.startswith("round 2/"):
                child.send_signal(sent)
                break
        _, told = child.communicate(timeout=60)
    assert child.returncode == code
    assert "a fit cannot be continued, no model was written" in told
    assert "Traceback" not in told


def test_libsvm_on_stdin(dlcli, tmp_path):
    (tmp_path / "z.libsvm").write_text("".join(f"{n % 2} 0:{n % 2 + n / 100} 1:{n}\n" for n in range(40)))
    assert dlcli("boost", "fit", "z.libsvm", "--method", "tree", "-o", "m", "-q").code == 0
    whole = dlcli("boost", "predict", "z.libsvm", "-m", "m")
    piped = dlcli("boost", "predict", "-", "-m", "m", stdin=(tmp_path / "z.libsvm").read_text())
    assert piped.code == 0, piped.stderr
    assert piped.stdout == whole.stdout


def test_what_is_said_of_a_run_that_cannot_be_continued(table_run, run_inprocess, tmp_path):
    shutil.copytree(table_run / "model", tmp_path / "m")
    assert "--resume" not in run_inprocess("boost", "fit", "iris", "-o", "m").stderr
    result = run_inprocess("train", "--resume", "m")
    assert result.code == 2
    assert "a run of dlcli boost fit" in result.stderr


def test_an_altered_description_is_refused(table_run, run_inprocess, tmp_path):
    shutil.copytree(table_run / "model", tmp_path / "m")
    path = tmp_path / "m/model/bundle.yaml"
    for text in (path.read_text().replace("lr: 0.3", "lr: 0.4"), "", "a: [", "x: 1"):
        path.write_text(text)
        result = run_inprocess("boost", "predict", table_run / "new.csv", "-m", "m")
        assert (result.code, result.stdout) == (6, "")
        assert "NoneType" not in result.stderr


def test_long_cells_cost_nothing_much(run_inprocess, tmp_path):
    rows = "".join(f"{'x' * 200_000}{n % 2},{n},{'ab'[n % 2]}\n" for n in range(12))
    (tmp_path / "t.csv").write_text("word,n,y\n" + rows)
    looked = run_inprocess("boost", "inspect", "t.csv", "--target", "y")
    assert looked.code == 0, looked.stderr
    assert max(map(len, looked.stdout.splitlines())) < 2000
    result = run_inprocess("boost", "fit", "t.csv", "--target", "y", "--method", "tree", "-o", "m", "-q")
    assert result.code == 0, result.stderr
    assert (tmp_path / "m/report.html").stat().st_size < 20_000_000


def test_runs_know_them(table_run, run_inprocess):
    result = run_inprocess("runs", "ls", "boost", "--root", ".", "--json", cwd=table_run)
    assert result.code == 0, result.stderr
    (item,) = result.json()["items"]
    assert (item["task"], item["recipe"], item["status"]) == ("boost", "xgboost", "finished")
    shown = run_inprocess("runs", "show", "model", cwd=table_run)
    assert shown.code == 0, shown.stderr
    assert "test/accuracy" in shown.stdout
