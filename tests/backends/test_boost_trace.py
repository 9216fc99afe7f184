"""What `boost trace` prints and refuses."""

import json

import numpy as np
import pytest

from dlcli.backends import boost_trace
from dlcli.cli import boost_trace as words
from dlcli.core.errors import DataError, UsageError
from dlcli.core.output import Output
from dlcli.methods.trace import Example


def document(capsys, method, **typed):
    boost_trace.trace(method, {f"--{k.replace('_', '-')}": v for k, v in typed.items()}, Output(json=True))
    out, err = capsys.readouterr()
    assert err == ""
    return json.loads(out)


def words_of(capsys, method, quiet=False, **typed):
    boost_trace.trace(method, {f"--{k.replace('_', '-')}": v for k, v in typed.items()}, Output(quiet=quiet))
    return capsys.readouterr()


def test_adaboost_prints_the_worked_example_and_says_why_the_slide_differs(capsys):
    out, err = words_of(capsys, "adaboost")
    assert "3\ty >= 4.5 → +1" in out
    assert "0.1364\t0.9229" in out
    assert "0.7378" in err
    assert "0.8473, 1.2993, 1.8458" in err
    assert words_of(capsys, "adaboost", quiet=True).err == ""
    doc = document(capsys, "adaboost")
    assert [round(r["alpha"], 4) for r in doc["rounds"]] == [0.4236, 0.6496, 0.9229]
    assert doc["metrics"] == {"train/error": 0.0}
    assert (doc["command"], doc["method"], doc["data"]) == ("boost trace", "adaboost", "example:ten")
    assert any("0.7378" in note for note in doc["notes"])
    second = document(capsys, "adaboost", example="line")
    assert round(second["rounds"][2]["alpha"], 4) == 0.752


def test_gradient_prints_the_six_students(capsys):
    out, err = words_of(capsys, "gradient")
    assert "1\t90.0000\t73.0000\t17.0000\t74.1000\t15.9000\t75.0900" in out
    assert "{1, 3, 5} and {1, 3, 5}\t75.0900" in out
    assert "73.11" in err
    assert document(capsys, "gradient", loss="absolute")["start"] == [72.5]
    assert "73.11" not in words_of(capsys, "gradient", loss="absolute").err
    grown = document(capsys, "gradient", depth=1, rounds=4)
    assert len(grown["rounds"]) == 4
    assert grown["rounds"][0]["splits"][0]["gain"] == pytest.approx(726)
    log = document(capsys, "gradient", depth=1, loss="log")
    assert log["classes"] == ["<= 73", "> 73"]
    assert log["items"][0]["target"] == "> 73"
    assert "0.7378" not in words_of(capsys, "gradient", example="ten").err


def test_xgboost_and_logistic(capsys):
    doc = document(capsys, "xgboost", l2=0.0, min_gain=2.0, depth=1, rounds=1, lr=1.0)
    assert doc["rounds"][0]["nodes"][0]["xgboost"] == pytest.approx(726)
    assert doc["rounds"][0]["nodes"][0]["gain"] == pytest.approx(362)
    assert doc["rounds"][0]["after"] == [84, 62, 84, 62, 84, 62]
    out, err = words_of(capsys, "xgboost", loss="log")
    assert "lectures < 11.5" in out
    assert "min-leaf is 0 here" in err
    assert "min-leaf is 0 here" not in words_of(capsys, "xgboost", loss="log", min_leaf=1.0).err
    assert "4.7100\t0.9911" in words_of(capsys, "logistic").out


@pytest.mark.parametrize(
    ("method", "typed", "says"),
    [
        ("adabost", {}, "nearest: adaboost"),
        ("adaboost", {"--l2": 1.0}, "--l2 has no effect on trace adaboost"),
        ("logistic", {"--rounds": 2}, "none: it shows the course's example"),
        ("adaboost", {"--example": "students"}, "trace adaboost has ten, line"),
        ("adaboost", {"--example": "ten", "--data": "t.csv"}, "give one of them"),
        ("adaboost", {"--target": "y"}, "give --data TABLE too"),
        ("adaboost", {"--lr": 0.0}, "above 0"),
        ("adaboost", {"--lr": float("nan")}, "above 0"),
        ("gradient", {"--lr": 1e308}, "at most 1000"),
        ("adaboost", {"--learner": "tree:0"}, "must be stump or tree:DEPTH"),
        ("gradient", {"--loss": "hinge"}, "auto, squared, absolute, log"),
        ("gradient", {"--rounds": 3}, "for two rounds"),
        ("gradient", {"--min-leaf": 0.5}, "it must be 1, 2, 3"),
        ("gradient", {"--example": "ten", "--loss": "squared"}, "does not suit class: it is classes"),
        ("xgboost", {"--l2": float("nan")}, "must be a number of 0 or more"),
        ("xgboost", {"--loss": "absolute"}, "auto, squared, log"),
    ],
)
def test_what_was_typed_wrong(method, typed, says):
    with pytest.raises(UsageError, match=says):
        boost_trace.trace(method, typed, Output())


def given(monkeypatch, classes, rows=200):
    draws = np.random.default_rng(0)
    X = draws.normal(size=(rows, 3))
    X[::5, 1] = np.nan
    y = draws.integers(0, len(classes), rows) if classes else X[:, 0] + draws.normal(size=rows)
    table = Example(("a", "b", "c"), X, y, classes, "y", ("3 rows have no target",))
    monkeypatch.setattr(boost_trace, "_table", lambda word, target, wanted: table)


@pytest.mark.parametrize("method", ["adaboost", "gradient", "xgboost"])
def test_a_table_of_ones_own(capsys, monkeypatch, method):
    given(monkeypatch, ("no", "yes"))
    doc = document(capsys, method, data="t.csv", rounds=7)
    assert (doc["data"], len(doc["rounds"]), len(doc["items"])) == ("t.csv", 7, 200)
    assert "3 rows have no target" in doc["notes"]
    assert {i["target"] for i in doc["items"]} == {"no", "yes"}
    out, err = words_of(capsys, method, data="t.csv", rounds=7)
    assert "12 of 200 rows and 5 of 7 rounds" in err
    assert max(len(block.splitlines()) for block in out.split("\n\n")) < 30


def test_more_classes_and_numbers(capsys, monkeypatch):
    given(monkeypatch, ("red", "green", "blue"))
    doc = document(capsys, "gradient", data="t.csv", rounds=1)
    assert {leaf["class"] for leaf in doc["rounds"][0]["leaves"]} == {"red", "green", "blue"}
    assert " → blue" in words_of(capsys, "adaboost", data="t.csv", learner="tree:6").out
    with pytest.raises(DataError, match="not log of 3 classes"):
        document(capsys, "xgboost", data="t.csv")
    given(monkeypatch, ())
    with pytest.raises(DataError, match="tells classes apart; y is numbers"):
        document(capsys, "adaboost", data="t.csv")
    with pytest.raises(UsageError, match="--loss log does not suit y: it is numbers"):
        document(capsys, "gradient", data="t.csv", loss="log")
    given(monkeypatch, (), rows=0)
    with pytest.raises(DataError, match="no rows"):
        document(capsys, "gradient", data="t.csv")


def test_the_command_hands_on_what_was_typed_and_nothing_else(monkeypatch):
    seen = []
    monkeypatch.setattr(boost_trace, "trace", lambda *handed: seen.append(handed))
    words.trace("xgboost", rounds=2, l2=0.0, json=True)
    ((method, typed, output),) = seen
    assert (method, typed, output.json) == ("xgboost", {"--rounds": 2, "--l2": 0.0}, True)


def table(tmp_path, text):
    path = tmp_path / "t.csv"
    path.write_text(text)
    return str(path)


@pytest.mark.parametrize("method", ["gradient", "xgboost"])
def test_a_table_of_few_whole_numbers_is_regression(capsys, tmp_path, method):
    word = table(tmp_path, "id,x,y\n" + "".join(f"{k},{k * k},{2 * k + 1}\n" for k in range(1, 9)))
    doc = document(capsys, method, data=word, target="y")
    assert doc["loss"] == "squared"
    assert doc["start"] == pytest.approx(10.0 if isinstance(doc["start"], float) else [10.0])
    assert not any("--id" in note or "--task" in note for note in doc["notes"])
    with pytest.raises(DataError, match="nearly one a row") as held:
        document(capsys, method, data=word, target="y", loss="log")
    assert held.value.hint == "--loss squared tells numbers, --loss log classes"
    with pytest.raises(DataError, match="nearly one a row") as held:
        document(capsys, "adaboost", data=word, target="y")
    assert held.value.hint == "trace gradient tells numbers"
    two = table(tmp_path, "x,y\n1,0\n2,0\n3,1\n4,1\n")
    assert document(capsys, method, data=two, target="y")["loss"] == "log"


def test_adaboost_says_where_missing_values_go(capsys, tmp_path):
    word = table(tmp_path, "x,y\n1,a\n2,a\n3,b\n4,b\n,b\n")
    doc = document(capsys, "adaboost", data=word, target="y")
    assert doc["rounds"][0]["missing"] == "right"
    assert any("left is below the threshold" in note for note in doc["notes"])
    assert "round\trule\tmissing\twrong" in words_of(capsys, "adaboost", data=word, target="y").out
    assert "missing" not in document(capsys, "adaboost")["rounds"][0]


def test_scores_that_overflow_are_told(capsys):
    with pytest.raises(DataError, match="grow beyond what a number can hold"):
        document(capsys, "gradient", depth=1, lr=1000.0, rounds=1000)
