"""dlcli visualize curves, as it is typed."""

import csv
import json
import shutil
import subprocess
import sys
import xml.dom.minidom

import numpy as np
import pytest
from PIL import Image

from dlcli.ui import curve_plots, curve_terminal
from dlcli.ui.curve_plots import Line

ROWS = "step,loss,val_loss\n1,4.0,5\n2,2.0,\n3,nan,3\n4,1.0,4\n"
NONE = np.empty(0)


@pytest.fixture
def draw(run_inprocess, tmp_path):
    (tmp_path / "a.csv").write_text(ROWS)

    def call(*words):
        return run_inprocess("visualize", "curves", *words)

    return call


def test_a_table_off_a_terminal_says_range_end_and_best(draw):
    done = draw("a.csv")
    assert done.code == 0, done.stderr
    head, *rows = (line.split("\t") for line in done.stdout.splitlines())
    assert head == ["run", "metric", "points", "min", "max", "last", "best", "best_at", "not_finite"]
    assert rows[0] == ["a.csv", "loss", "4", "1.0000", "4.0000", "1.0000", "1.0000", "4", "1"]
    assert rows[1] == ["a.csv", "val_loss", "3", "3.0000", "5.0000", "4.0000", "3.0000", "3", ""]


def test_runs_and_files_lie_over_each_other_and_every_form_is_written(draw, digits_run, tmp_path):
    (tmp_path / "b.jsonl").write_text(
        '{"epoch": 1, "train": {"loss": 2.0}}\n{"epoch": 2, "train": {"loss": 1.5}}\n{"ep'
    )
    done = draw(digits_run, "b.jsonl", "-o", "all", "--json")
    assert done.code == 0, done.stderr
    doc = done.json()
    assert doc["x"] == "epoch"
    assert {(i["run"], i["metric"]) for i in doc["items"]} == {
        (digits_run.name, "train/loss"), (digits_run.name, "val/loss"), ("b.jsonl", "train/loss"),
    }  # fmt: skip
    history = [json.loads(line) for line in (digits_run / "metrics.jsonl").read_text().splitlines()]
    with (tmp_path / "all" / "curves.csv").open(newline="") as file:
        written = list(csv.DictReader(file))
    mine = [float(r["value"]) for r in written if r["run"] == digits_run.name and r["metric"] == "val/loss"]
    assert mine == [row["val/loss"] for row in history]
    with Image.open(tmp_path / "all" / "curves.png") as png:
        assert min(png.size) > 400
    svg = xml.dom.minidom.parse(str(tmp_path / "all" / "curves.svg"))
    assert "var(--" not in svg.toxml()
    assert json.loads((tmp_path / "all" / "report.json").read_text())["files"].keys() == {"png", "svg", "csv", "report"}


def test_a_folder_stands_for_the_runs_in_it_and_equal_names_are_told_apart(draw, digits_run, tmp_path):
    for parent in ("x", "y"):
        shutil.copytree(digits_run, tmp_path / parent / "run")
    done = draw("x", "y/run", "--metric", "val/loss", "--json")
    assert done.code == 0, done.stderr
    assert [i["run"] for i in done.json()["items"]] == ["x/run", "y/run"]
    done = draw("x/run", "--x", "time", "--json")
    seconds = [json.loads(x)["seconds"] for x in (digits_run / "metrics.jsonl").read_text().splitlines()]
    assert done.json()["items"][0]["best_at"] == pytest.approx(sum(seconds))


def test_metrics_are_chosen_and_a_missing_one_is_exit_2(draw):
    assert [i["metric"] for i in draw("a.csv", "--metric", "val_loss", "--json").json()["items"]] == ["val_loss"]
    done = draw("a.csv", "--metric", "val_los")
    assert done.code == 2
    assert "no metric is called 'val_los'; there are loss, val_loss; nearest: val_loss" in done.stderr
    done = draw("a.csv", "--x", "epoch")
    assert done.code == 2
    assert "a.csv has no 'epoch' to draw against; there are row, time, step" in done.stderr
    done = draw("a.csv", "--metric", "loss", "--metric", "loss")
    assert done.code == 2
    assert "a metric stands twice" in done.stderr


def test_smoothing_is_told_drawn_and_written(draw, tmp_path):
    done = draw("a.csv", "--smooth", "0.5", "--metric", "val_loss", "-o", "s.csv", "--json")
    wanted = (0.125 * 5 + 0.25 * 3 + 0.5 * 4) / 0.875
    assert done.json()["items"][0]["smoothed"] == pytest.approx(wanted)
    last = (tmp_path / "s.csv").read_text().splitlines()[-1]
    assert last.startswith("a.csv,val_loss,4,4.0,")
    assert float(last.rpartition(",")[2]) == pytest.approx(wanted)
    assert draw("a.csv", "-o", "plain.png").code == 0
    assert draw("a.csv", "-o", "smooth.png", "-r", "visualize/curves-smooth").code == 0
    assert (tmp_path / "plain.png").read_bytes() != (tmp_path / "smooth.png").read_bytes()
    assert draw("a.csv", "--smooth", "1").code == 2


def test_logarithmic_axes_change_the_figure_and_are_refused_where_nothing_is_drawn(draw, tmp_path):
    seen = set()
    for log in ("none", "x", "y", "both"):
        assert draw("a.csv", "--log", log, "-o", f"{log}.png").code == 0
        seen.add((tmp_path / f"{log}.png").read_bytes())
    assert len(seen) == 4
    for words in (("--log", "y"), ("--log", "y", "-o", "a2.csv")):
        done = draw("a.csv", *words)
        assert done.code == 2
        assert "none is drawn here" in done.stderr
    (tmp_path / "n.csv").write_text("step,loss\n1,-1\n2,-2\n")
    done = draw("n.csv", "--log", "y", "-o", "n.png")
    assert done.code == 2
    assert "a logarithm takes numbers above 0" in done.stderr


def test_stdin_is_read_and_pictures_go_to_stdout(dlcli, tmp_path):
    (tmp_path / "a.csv").write_text(ROWS)
    done = dlcli("visualize", "curves", "--json", stdin=ROWS)
    assert done.code == 0, done.stderr
    assert done.json()["items"][0]["run"] == "stdin"
    words = [sys.executable, "-m", "dlcli", "visualize", "curves", "a.csv", "-o", "-"]
    png = subprocess.run(words, cwd=tmp_path, capture_output=True, check=True, stdin=subprocess.DEVNULL).stdout
    assert png.startswith(b"\x89PNG")


def test_curves_import_no_torch(child_env, tmp_path):
    (tmp_path / "a.csv").write_text(ROWS)
    code = "import sys; from dlcli.__main__ import run; run(['visualize', 'curves', 'a.csv', '-o', 'a.png', '-q']);"
    code += "print([m for m in ('torch', 'torchvision', 'pandas', 'sklearn') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=child_env(), capture_output=True, check=True)
    assert done.stdout.decode().splitlines()[-1] == "[]"


def test_what_cannot_be_read_costs_a_record_and_nothing_at_all_exit_3(draw, tmp_path):
    (tmp_path / "bad.csv").write_text("")
    (tmp_path / "folder").mkdir()
    done = draw("a.csv", "bad.csv", "--jsonl")
    assert done.code == 0
    assert [("error" in json.loads(line)) for line in done.stdout.splitlines()] == [False, False, True]
    for word, told in (("bad.csv", "is empty"), ("gone.csv", "cannot read gone.csv"), ("folder", "holds no run")):
        done = draw(word)
        assert done.code == 3
        assert told in done.stderr
    (tmp_path / "nan.csv").write_text("step,loss\n1,inf\n2,inf\n")
    assert draw("nan.csv").code == 3


def test_places_that_cannot_take_the_result_are_refused_first(draw, tmp_path):
    for words, code, told in (
        (("-o", "a.pdf"), 2, "allowed: .png, .svg, .csv"), (("-o", "a.csv"), 2, "is a file that is read"),
        (("-o", ""), 2, "names no file"), (("-o", "-", "--json"), 2, "where --json prints too"),
        (("-o", "gone/a.png"), 3, "the folder gone is missing"), (("--depfile", "d"), 2, "a rule needs a target"),
        (("-", "-"), 2, "stands twice"),
    ):  # fmt: skip
        done = draw("a.csv", *words)
        assert (done.code, told in done.stderr) == (code, True), (words, done.stderr)
    assert (tmp_path / "a.csv").read_text() == ROWS
    assert draw("a.csv", "-o", "b.png", "--stamp", "s", "--depfile", "d").code == 0
    assert (tmp_path / "d").read_text().startswith("s: a.csv")


def test_braille_draws_a_rising_line_and_a_spike():
    x = np.arange(100.0)
    rows, owner, ends = curve_terminal.plot([Line("a", "", x, x, NONE, NONE)], 20, 5)
    assert ends == (0, 99)
    assert rows[0].strip()
    assert rows[0][:10].strip() == ""
    assert rows[4][:2].strip()
    assert set(owner[4]) == {-1, 0}
    y = np.zeros(100)
    y[50] = 9
    rows, _, _ = curve_terminal.plot([Line("a", "", x, y, NONE, NONE)], 20, 5)
    assert [bool(r.strip()) for r in rows] == [True] * 5
    flat, _, _ = curve_terminal.plot([Line("a", "", x[:1], y[:1], NONE, NONE)], 20, 5)
    assert sum(len(r.strip()) for r in flat) == 1


def test_sparklines():
    x = np.arange(8.0)
    assert curve_terminal.spark(x, x, 8) == "▁▂▃▄▅▆▇█"
    assert curve_terminal.spark(x, np.full(8, 3.0), 8) == "▁" * 8
    gap = np.array([0, 0, np.nan, np.nan, 7, 7, 7, 7])
    assert curve_terminal.spark(x, gap, 8) == "▁▁  ████"
    assert curve_terminal.spark(x, np.full(8, np.nan), 8) == ""


def test_runs_have_colors_and_parts_dashes():
    names, parts = ["a", "b"], ["train", "val"]
    styles = {curve_plots.style(n, p, names, parts) for n in names for p in parts}
    assert len(styles) == 4
    assert len({color for color, _ in styles}) == 2
    many = [str(k) for k in range(20)]
    assert len({curve_plots.style(n, "", many, [""]) for n in many}) == 20


@pytest.mark.parametrize("count", [1, 9], ids=["one", "nine"])
def test_a_figure_of_any_number_of_runs_has_a_legend_in_words(count):
    x = np.arange(30.0)
    lines = [Line(f"run {k}", "val", x, np.cos(x / 9 + k), NONE, NONE) for k in range(count)]
    drawn = curve_plots.figure([("val/loss", lines)], "epoch", "none")
    shown = ["run 0", "run 8"] if count > 1 else []
    assert all(name in drawn.svg for name in shown)
    assert "validation loss" in drawn.svg
    assert drawn.alt == f"validation loss of {count} curves by epoch"


def test_a_terminal_gets_a_drawing_with_the_numbers_of_each_curve(draw, monkeypatch):
    from dlcli.backends import visualize_curves as backend

    monkeypatch.setattr(backend, "is_live", lambda stream: True)
    done = draw("a.csv", "--log", "y")
    assert done.code == 0, done.stderr
    assert any(0x2800 < ord(sign) < 0x2900 for sign in done.stdout)
    assert "a.csv: loss" in done.stdout
    assert "best 1 at 4" in done.stdout
    assert "step 4" in done.stdout
    assert "\t" not in done.stdout
    assert draw("a.csv", "-o", "a.png").stdout.startswith("run\tmetric")
