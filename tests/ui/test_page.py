import math
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from dlcli.core.errors import DataError
from dlcli.core.report import lower_is_better
from dlcli.ui import page as report_page
from dlcli.ui.page import Mistake, TrainingReport
from dlcli.ui.page_style import label, number, shorten, width

VOID = {"meta", "link", "img", "br", "hr"}
HOSTILE = [
    "<script>alert(1)</script>",
    "$x_1$ & $",
    "日本語😀",
    "a_b" * 70,
    "q\"uo'te",
    "\x00\x1b[31m\nred",
    "half \udc80",
    "--> ]]>",
]
TEST_PARTS = ("confusion", "calibration", "mistakes")


class Balance(HTMLParser):
    """Read a page and keep its open tags, its attributes and its text."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.attributes, self.words, self.ids = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.attributes += [(tag, k, v or "") for k, v in attrs]
        self.ids += [v for k, v in attrs if k == "id"]
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


def sample(classes=("a", "b", "c"), epochs=4, side=8):
    k = len(classes)
    rng = np.random.default_rng(0)
    matrix = np.eye(k, dtype=int) * 9
    matrix[0, 1] = 3
    history = [
        {"epoch": e, "step": e, "lr": 1e-3 / e, "train/loss": 1 / e, "train/accuracy": 1 - 0.5 / e, "val/loss": 1.1 / e,
         "val/accuracy": 1 - 0.6 / e, "val/macro_f1": 1 - 0.7 / e}
        for e in range(1, epochs + 1)
    ]  # fmt: skip
    pictures = rng.integers(0, 255, (12, side, side), dtype=np.uint8)
    return TrainingReport(
        title="classify/lenet-digits",
        run="runs/x",
        summary=[("data", "digits"), ("model", "lenet5")],
        metrics={"val/accuracy": 0.9, "test/accuracy": 0.9861, "test/macro_f1": 0.9853, "test/log_loss": 0.0512},
        headline=["test/accuracy", "test/macro_f1", "test/log_loss"],
        history=history,
        best_epoch=min(3, epochs),
        classes=list(classes),
        confusion=matrix.tolist(),
        per_class=[
            {"class": c, "precision": 0.9, "recall": 0.8, "f1": 0.5 + 0.4 * i / k, "support": 9}
            for i, c in enumerate(classes)
        ],
        calibration=[{"low": 0.8, "high": 0.9, "count": 20, "confidence": 0.85, "accuracy": 0.8}],
        mistakes=[Mistake(p, f"{i}.png", classes[0], classes[1 % k], 0.9, 3.0) for i, p in enumerate(pictures)],
        environment={"command": ["dlcli", "train", "a b"], "versions": {"torch": "2"}, "device": "cpu"},
        recipe="task: classify\n# <b>\n",
        notes=["said <i>"],
    )


def written(report, folder):
    files = report_page.write(report, folder / "report.html", folder / "plots")
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


def test_page_tells_the_run_in_order(tmp_path):
    html, seen, files = written(sample(), tmp_path)
    words = " ".join(seen.words)
    assert "Test accuracy 98.6 % on 30 pictures; best weights from epoch 3 of 4." in words
    for shown in ("0.986", "0.985", "0.051", "nats, lower is better", "dlcli train 'a b'", "# <b>", "said <i>"):
        assert shown in words
    titles = re.findall(r'<h2 id="(\w+)"', html)
    assert titles == [
        "curves",
        "confusion",
        "worst",
        "classes",
        "reliability",
        "metrics",
        "environment",
        "recipe",
        "notes",
        "command",
    ]
    assert set(files) == {
        "page",
        *(f"plots/{n}" for n in ("loss", "accuracy", "macro_f1", "learning_rate", *TEST_PARTS)),
    }
    assert sorted(p.name for p in (tmp_path / "plots").iterdir()) == sorted(
        f"{n[6:]}.png" for n in files if n != "page"
    )


def test_page_asks_nothing_of_the_network_and_runs_nothing(tmp_path):
    html, seen, _ = written(sample(HOSTILE), tmp_path)
    assert not re.search(r"https?://", html)
    for tag, key, value in seen.attributes:
        assert not key.startswith("on"), (tag, key)
        if key in ("src", "href", "xlink:href"):
            assert value.startswith(("data:", "#")), (tag, value)
        assert not re.search(r"url\((?!#)", value), (tag, value)
    assert {tag for tag, *_ in seen.attributes}.isdisjoint({"script", "iframe", "object"})
    assert "@import" not in html


def test_every_svg_reference_is_there_and_no_fixed_color_is_left(tmp_path):
    html, seen, _ = written(sample(), tmp_path)
    wanted = set(re.findall(r"url\(#(\w+)\)", html)) | {
        v[1:] for _, k, v in seen.attributes if k == "xlink:href" and v[0] == "#"
    }
    assert wanted
    assert wanted <= set(seen.ids)
    svg = "".join(re.findall(r"<svg.*?</svg>", html, re.DOTALL))
    assert set(re.findall(r"(?:fill|stroke): ?(#\w+)", svg)) == set()
    assert "var(--val)" in svg
    assert "DejaVu" not in svg


def test_hostile_names_are_escaped_and_whole(tmp_path):
    html, seen, _ = written(sample(HOSTILE), tmp_path)
    words = " ".join(seen.words)
    assert "<script" not in html
    for name in ("<script>alert(1)</script>", "$x_1$ & $", "日本語😀", "a_b" * 70, "q\"uo'te", "--> ]]>"):
        assert name in words
    assert "\x00" not in html
    assert "\x1b" not in html


def test_pictures_have_words_and_tables_have_scopes(tmp_path):
    html, seen, _ = written(sample(), tmp_path)
    assert html.count("<img") == sum(1 for tag, k, v in seen.attributes if tag == "img" and k == "alt" and v) == 12
    assert html.count("<svg") == html.count('role="img" aria-label="') == 6
    assert not re.search(r"<th(?! scope=)[ >]", html)
    assert '<html lang="en">' in html
    assert "<title>classify/lenet-digits – training report</title>" in html


def test_no_test_part_is_said_once(tmp_path):
    bare = replace(sample(), metrics={"val/accuracy": 0.97}, confusion=[], per_class=[], calibration=[], mistakes=[])
    html, seen, files = written(bare, tmp_path)
    assert html.count("There was no test part") == 1
    assert "Validation accuracy 97.0 %; best weights from epoch 3 of 4." in " ".join(seen.words)
    assert not set(files) & {f"plots/{n}" for n in TEST_PARTS}
    assert "There was no test part" not in written(sample(), tmp_path)[0]


def test_nothing_at_all_is_still_a_page(tmp_path):
    empty = TrainingReport("t", "r", [], {}, [], [], 0, [], [], [], [], [], {}, "", [])
    _, seen, files = written(empty, tmp_path)
    assert "Nothing was measured." in " ".join(seen.words)
    assert set(files) == {"page"}


def test_not_a_number_is_told_and_left_out(tmp_path):
    report = sample()
    report.history[1]["val/loss"] = math.nan
    report.history[2]["train/loss"] = math.inf
    del report.history[3]["lr"], report.history[0]["val/accuracy"]
    report.metrics["test/macro_f1"] = math.nan
    report.per_class[0]["f1"] = math.nan
    _, seen, _ = written(report, tmp_path)
    words = " ".join(seen.words)
    assert "validation loss was not a number in 1 epoch" in words
    assert words.count("not a number") >= 3
    assert not re.search(r"\bnan\b|\binf\b", words)


@pytest.mark.parametrize(("epochs", "classes"), [(1, 2), (1000, 100)])
def test_short_and_long_runs(tmp_path, epochs, classes):
    names = [f"class number {i}" for i in range(classes)]
    html, seen, files = written(sample(names, epochs, side=200), tmp_path)
    assert "plots/confusion" in files
    assert f"of {epochs}." in " ".join(seen.words)
    assert html.count("class number 77") == (classes == 100)
    assert len(html) < 1_000_000


def test_weakest_classes_are_marked(tmp_path):
    html, seen, _ = written(sample(list("abcdefgh")), tmp_path)
    assert [w for w in seen.words if w.startswith("weak")] == ["weakest", "weak", "weak"]
    assert html.index(">a<span") < html.index(">b<span") < html.index(">c<span")
    assert "The weakest by F1: a, b, c." in " ".join(seen.words)


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path):
    (tmp_path / "plots").write_text("a file")
    with pytest.raises(DataError, match=r"cannot make .*plots"):
        report_page.write(sample(), tmp_path / "report.html", tmp_path / "plots")
    assert not (tmp_path / "report.html").exists()


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.98611, "0.986"), (1.0, "1.000"), (0.99964, "0.9996"), (0.0, "0.000"), (0.00004, "0.00004"), (1e-9, "1e−09"),
     (12, "12"), (54321.0, "54,321"), (-0.5, "−0.500"), (math.nan, "not a number"), (math.inf, "∞"), (None, "None")],
)  # fmt: skip
def test_numbers_are_short_and_never_rounded_to_perfect(value, shown):
    assert number(value) == shown


def test_words():
    assert label("val/macro_f1") == "validation macro F1"
    assert lower_is_better("test/calibration_error")
    assert not lower_is_better("test/accuracy")
    assert shorten("日本語日本語", 7) == "日本語…"
    assert width("日a") == 3
