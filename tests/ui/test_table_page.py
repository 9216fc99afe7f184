import math
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from dlcli.core.errors import DataError
from dlcli.ui import table_page
from dlcli.ui.table_boundary import decision_boundary
from dlcli.ui.table_parts import rows_table
from dlcli.ui.table_report import TableReport

VOID = {"meta", "link", "img", "br", "hr"}
HOSTILE = [
    "<script>alert(1)</script>",
    "$x_1$ & $",
    "日本語😀",
    "a_b" * 70,
    "q\"uo'te",
    "\x00\x1b[31m\nred",
    "half \udc80",
]
HOSTILE.append("--> ]]>")


class Balance(HTMLParser):
    """Read a page and keep its open tags, its attributes and its text."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.attributes, self.words, self.ids = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.attributes += [(tag, k, v or "") for k, v in attrs]
        self.ids += [v for k, v in attrs if k == "id"]

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.words.append(data)


def classified(classes=("benign", "malignant"), rounds=6):
    k = len(classes)
    matrix = np.eye(k, dtype=int) * 9
    matrix[0, 1 % k] = 3
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, 60)
    return TableReport(
        title="boost/gradient",
        run="runs/x",
        task="classify",
        summary=[("data", "breast-cancer")],
        metrics={"train/accuracy": 1.0, "test/accuracy": 0.9737, "test/log_loss": 0.08, "test/auc": 0.99},
        headline=["test/accuracy", "test/log_loss"],
        history=[
            {"round": i, "train/log_loss": 1 / i, "val/log_loss": 1.1 / i, "val/error": 0.5 / i}
            for i in range(1, rounds + 1)
        ],
        best_round=min(4, rounds),
        classes=list(classes),
        confusion=matrix.tolist(),
        per_class=[{"class": c, "precision": 0.9, "recall": 0.8, "f1": 0.8, "support": 9} for c in classes],
        calibration=[{"low": 0.8, "high": 0.9, "count": 20, "confidence": 0.85, "accuracy": 0.8}],
        roc=(truth, rng.random(60)) if k == 2 else None,
        importance=[
            {"column": f"c{i}", "kind": kind, "mean": 1 / (i + 1), "sd": sd}
            for kind, sd in (("permutation", 0.1), ("gain", None))
            for i in range(4)
        ],
        mistakes=[
            {
                "row": 17,
                "truth": classes[0],
                "prediction": classes[-1],
                "confidence": 0.99961,
                "age": 31.0,
                "city": None,
            }
        ],
        columns=[{"column": "age", "kind": "number", "missing": 3, "distinct": 44, "constant": False}],
        facts=[("out-of-bag accuracy", 0.9612), ("vote agreement", [{"method": "knn", "svm": 0.5}]), ("nothing", [])],
        environment={"command": ["dlcli", "boost", "a b"], "versions": {"numpy": "2"}, "device": "cpu"},
        recipe="method: {name: gradient}\n# <b>\n",
        notes=["said <i>"],
    )


def regressed(rows=50):
    rng = np.random.default_rng(0)
    truth = rng.normal(size=rows) * 10
    return TableReport(
        title="boost/linear",
        run="runs/y",
        task="regress",
        metrics={"val/rmse": 2.5, "test/rmse": 3.25, "test/r2": -0.5},
        headline=["test/rmse"],
        residuals=(truth, truth + 1),
        mistakes=[{"row": 1, "truth": 3.0, "prediction": 4.0, "residual": 1.0}],
    )


def compared():
    board = [
        {
            "method": "linear",
            "val": None,
            "test": None,
            "fit_s": None,
            "size_bytes": None,
            "note": "learns numbers only",
        },
        {"method": "knn", "val": 0.95, "test": 0.90, "fit_s": 0.0012, "size_bytes": 12345, "note": ""},
        {"method": "svm", "val": 0.94, "test": 0.99, "fit_s": 1.5, "size_bytes": 99, "note": ""},
    ]
    return TableReport("3 methods", "runs/z", "classify", leaderboard=board, metric="accuracy")


def written(report, folder):
    files = table_page.write(report, folder / "report.html", folder / "plots")
    html = (folder / "report.html").read_text(encoding="utf-8")
    seen = Balance()
    seen.feed(html)
    seen.close()
    assert seen.open == []
    assert len(seen.ids) == len(set(seen.ids)), "an id occurs twice"
    for name, path in files.items():
        if name != "page":
            with Image.open(path) as picture:
                assert np.ptp(np.asarray(picture.convert("L"))) > 100, f"{name} is blank"
    return html, seen, files


def titles(html):
    return re.findall(r'<h2 id="(\w+)"', html)


def test_page_of_classes_tells_the_run_in_order(tmp_path):
    html, seen, files = written(classified(), tmp_path)
    words = " ".join(seen.words)
    assert "Accuracy 97.4 % on 21 test rows; best round 4 of 6." in words
    assert titles(html) == [
        *("metrics", "curves", "confusion", "classes", "reliability", "roc", "importance", "worst", "columns", "facts"),
        *("environment", "recipe", "notes", "command"),
    ]
    figures = ("log_loss", "error", "confusion", "calibration", "roc", "importance", "importance_2")
    assert set(files) == {"page", *(f"plots/{n}" for n in figures)}
    assert sorted(p.name for p in (tmp_path / "plots").iterdir()) == sorted(f"{n}.png" for n in figures)
    for shown in ("0.9996", "The dotted line marks the best round.", "The second class is malignant.", "# <b>", "AUC"):
        assert shown in words
    for shown in ("out-of-bag accuracy", "0.961", "Vote agreement", "The worst test row", "dlcli boost 'a b'"):
        assert shown in words
    assert "picture" not in words
    assert "epoch" not in words
    assert "city" not in words  # a column without any value


def test_page_of_numbers_shows_residuals(tmp_path):
    html, seen, files = written(regressed(), tmp_path)
    words = " ".join(seen.words)
    assert "RMSE 3.250 on 50 test rows." in words
    assert titles(html) == ["metrics", "residuals", "worst"]
    assert set(files) == {"page", "plots/residuals"}
    assert re.search(r"mean error, with its sign \s*1", words)
    assert "−0.500" in words


def test_page_of_a_comparison_names_the_best_by_validation(tmp_path):
    html, seen, files = written(compared(), tmp_path)
    words = " ".join(seen.words)
    assert "Highest accuracy on the validation part: knn, 95.0 %; on the test part 90.0 %." in words
    assert words.index("linear") < words.index("knn", words.index("linear")) < words.index("svm")
    assert "learns numbers only" in words
    assert re.search(r'<tr class="best"><th scope="row" class="word">knn<span class="tag">best</span>', html)
    assert html.count('class="best"') == 1
    assert titles(html)[0] == "leaderboard"
    assert "There was no test part" not in words
    assert files["plots/leaderboard"].endswith("leaderboard.png")
    errors = replace(compared(), metric="rmse")
    assert table_page.verdict(errors) == "Lowest RMSE on the validation part: svm, 0.940; on the test part 0.990."
    none = [{**r, "val": None, "test": None} for r in compared().leaderboard]
    assert table_page.verdict(replace(compared(), leaderboard=none)) == "No method could be scored."
    written(replace(compared(), leaderboard=none), tmp_path)


def test_further_figures_are_shown_and_written(tmp_path):
    x = np.linspace(0, 1, 5)
    answers = np.tile(x, (5, 1))
    figures = [
        (n, f"seen <{n}>", decision_boundary(x, x, answers, np.ones((4, 2)) / 2, np.ones(4), ("a", "b"), (), n))
        for n in ("boundary", "boundary_2")
    ]
    html, seen, files = written(replace(classified(), figures=figures), tmp_path)
    assert titles(html)[7] == "figures"
    assert {"plots/boundary", "plots/boundary_2"} < set(files)
    assert "seen <boundary_2>" in " ".join(seen.words)
    assert "answers over a and b" in html


@pytest.mark.parametrize("report", [classified(), regressed(), compared(), classified(HOSTILE)])
def test_the_same_bytes_twice(tmp_path, report):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    first = written(report, tmp_path / "a")[0]
    assert first == written(report, tmp_path / "b")[0]
    for path in (tmp_path / "a" / "plots").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / "plots" / path.name).read_bytes()


@pytest.mark.parametrize("report", [classified(HOSTILE), compared(), regressed(7000)])
def test_page_asks_nothing_of_the_network_and_runs_nothing(tmp_path, report):
    html, seen, _ = written(report, tmp_path)
    assert not re.search(r"https?://", html)
    for tag, key, value in seen.attributes:
        assert not key.startswith("on"), (tag, key)
        if key in ("src", "href", "xlink:href"):
            assert value.startswith(("data:", "#")), (tag, value)
        assert not re.search(r"url\((?!#)", value), (tag, value)
    assert {tag for tag, *_ in seen.attributes}.isdisjoint({"script", "iframe", "object"})
    svg = "".join(re.findall(r"<svg.*?</svg>", html, re.DOTALL))
    assert set(re.findall(r"(?:fill|stroke): ?(#\w+)", svg)) == set()
    wanted = set(re.findall(r"url\(#(\w+)\)", html))
    assert wanted <= set(seen.ids)
    assert html.count("<svg") == html.count('role="img" aria-label="')


def test_hostile_words_anywhere_are_escaped(tmp_path):
    bad = HOSTILE[0]
    report = replace(
        classified(HOSTILE),
        title=bad,
        run=bad,
        summary=[(bad, bad)],
        importance=[{"column": n, "kind": bad, "mean": 0.5, "sd": 0.1} for n in HOSTILE],
        mistakes=[dict.fromkeys(HOSTILE, bad)],
        columns=[{"column": n, "kind": [n, n], "missing": 0} for n in HOSTILE],
        leaderboard=[{"method": n, "val": 0.5, "test": 0.5, "note": n} for n in HOSTILE],
        metric=bad,
        facts=[(bad, bad), (bad, [{bad: bad}])],
        notes=HOSTILE,
    )
    html, seen, _ = written(report, tmp_path)
    words = " ".join(seen.words)
    assert "<script" not in html
    assert "\x1b" not in html
    assert "\x00" not in html
    for name in ("<script>alert(1)</script>", "$x_1$ & $", "日本語😀", "q\"uo'te", "--> ]]>"):
        assert words.count(name) >= 4


def test_nothing_at_all_is_still_a_page(tmp_path):
    html, seen, files = written(TableReport("t", "r", "classify"), tmp_path)
    words = " ".join(seen.words)
    assert "Nothing was measured." in words
    assert set(files) == {"page"}
    assert html.count("There was no test part") == 1
    assert titles(html) == []
    assert "no residuals" in written(TableReport("t", "r", "regress"), tmp_path)[0]


def test_without_a_test_part_the_validation_part_is_told():
    report = TableReport("t", "r", "classify", metrics={"val/accuracy": 0.5, "train/accuracy": 1.0})
    assert table_page.verdict(report) == "Accuracy 50.0 % on the validation part."


def test_not_a_number_is_told(tmp_path):
    report = classified()
    report.history[1]["val/log_loss"] = math.nan
    report.metrics["test/auc"] = math.nan
    report.importance[0]["mean"] = math.nan
    report.mistakes[0]["age"] = math.inf
    report.columns[0]["mean"] = math.nan
    report = replace(report, roc=(report.roc[0], np.full(60, math.nan)))
    html, seen, files = written(report, tmp_path)
    words = " ".join(seen.words)
    assert "validation log loss was not a number in 1 round" in words
    assert not re.search(r"\bnan\b|\binf\b", words)
    assert "plots/roc" not in files
    assert "roc" not in titles(html)
    lost = written(replace(regressed(), residuals=(np.array([math.nan]), np.array([1.0]))), tmp_path)[2]
    assert "plots/residuals" not in lost
    report.metrics["test/accuracy"] = math.nan
    assert table_page.verdict(report) == "Accuracy not a number on 21 test rows; best round 4 of 6."


@pytest.mark.parametrize(("rounds", "classes"), [(1, 2), (3000, 300)])
def test_short_and_long_runs(tmp_path, rounds, classes):
    html, seen, files = written(classified([f"class number {i}" for i in range(classes)], rounds), tmp_path)
    assert f"of {rounds:,}." in " ".join(seen.words)
    assert html.count("class number 277") == (classes == 300)
    assert ("plots/roc" in files) == (classes == 2)
    assert len(html) < 1_000_000


def test_many_columns_scroll_and_the_rest_is_counted(tmp_path):
    columns = [{"column": f"c{i}", "kind": "number", "missing": 0} for i in range(2000)]
    importance = [{"column": f"c{i}", "kind": "gain", "mean": 1 / (i + 1), "sd": None} for i in range(2000)]
    html, seen, _ = written(replace(classified(), columns=columns, importance=importance), tmp_path)
    assert " ".join(seen.words).count("and 1,500 more") == 2
    assert "c1999" not in html
    one = replace(classified(), columns=columns[:1], importance=importance[:1])
    assert "plots/importance" in written(one, tmp_path)[2]


def cells(html):
    return re.findall(r"<t[dh][^>]*>([^<]*)</t[dh]>", html)


def test_numbers_of_a_table_column_have_the_same_decimals():
    rows = [
        {"name": "a", "x": 0.02114, "y": 1.0, "z": 880.25, "w": True},
        {"name": "b", "x": 0.5e-3, "y": 2.0, "z": 3.14},
    ]
    assert cells(rows_table(rows, "t")) == [
        *("name", "x", "y", "z", "w"),
        *("a", "0.0211", "1", "880.2", "yes"),
        *("b", "0.0005", "2", "3.1", ""),
    ]
    assert cells(rows_table(rows[1:], "t", alike=False))[4:] == ["b", "0.0005", "2.000", "3.140"]
    assert cells(rows_table([{"a": None, "b": [1, "x"], "c": math.nan}], "t"))[3:] == ["", "1, x", "not a number"]
    assert cells(rows_table([{"a": "n", "b": np.int64(1200), "c": np.float32(0.5)}], "t"))[3:] == [
        "n",
        "1,200",
        "0.500",
    ]
    assert cells(rows_table([{"a": 1.0, "b": 1e308}, {"a": 2.0, "b": 5e-324}], "t"))[2] == "1"


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path):
    (tmp_path / "plots").write_text("a file")
    with pytest.raises(DataError, match=r"cannot make .*plots"):
        table_page.write(regressed(), tmp_path / "report.html", tmp_path / "plots")
    assert not (tmp_path / "report.html").exists()
