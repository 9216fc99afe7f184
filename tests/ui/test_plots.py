import io
import logging
import math
import re
import subprocess
import sys
import warnings
from types import SimpleNamespace
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest
from PIL import Image

from dlcli.ui import plots

BLUE, ORANGE = (0, 114, 178), (213, 94, 0)


def pixels(figure):
    return np.asarray(Image.open(io.BytesIO(figure.png)).convert("RGB")).astype(int)


def count(figure, color, tolerance=12):
    return int((np.abs(pixels(figure) - color).max(axis=-1) <= tolerance).sum())


def history(n=5, **more):
    return [{"epoch": e, "lr": 0.1, "train/loss": 1 / e, "val/loss": 1.2 / e, **more} for e in range(1, n + 1)]


def test_curve_names_put_the_loss_first_and_keep_what_is_worth_it():
    rows = [
        {"val/accuracy": 0.5, "train/accuracy": 0.4, "val/loss": 1.0, "val/macro_f1": 0.3, "val/top5_accuracy": 0.9}
    ]
    assert plots.curve_names(rows, ["test/macro_f1", "test/log_loss"]) == ["loss", "accuracy", "macro_f1"]
    assert plots.curve_names([{"train/loss": None, "lr": 1.0}]) == []
    assert plots.curve_names([]) == []


def test_series_makes_gaps_of_what_is_no_finite_number():
    found = plots.series([{"x": 1}, {}, {"x": None}, {"x": math.inf}, {"x": "?"}, {"x": 2.5}], "x")
    np.testing.assert_array_equal(found, [1, np.nan, np.nan, np.nan, np.nan, 2.5])


def test_curve_shows_both_parts_and_the_best_epoch():
    figure = plots.curve(history(), "loss", 3)
    assert count(figure, BLUE) > 200
    assert count(figure, ORANGE) > 200
    assert figure.alt == "loss by epoch: training from 1.000 to 0.200, validation from 1.200 to 0.240; best epoch 3"
    assert "best: epoch 3" in figure.svg
    only = plots.curve([{"epoch": 1, "train/loss": 2.0}], "loss", 9)
    assert count(only, BLUE) == 0
    assert count(only, ORANGE) > 20  # one epoch is a dot
    assert "best" not in only.svg
    assert plots.curve(history(), "accuracy", 1) is None


def test_curve_with_an_outburst_is_logarithmic():
    rows = [{"epoch": e, "train/loss": 0.1 if e > 1 else 1e5} for e in range(1, 30)]
    assert ">10000<" in plots.curve(rows, "loss", 0).svg


def test_learning_rate():
    assert "2e-4" in plots.learning_rate([{"epoch": 1, "lr": 1e-3}, {"epoch": 2, "lr": 1e-4}]).svg
    assert plots.learning_rate([{"epoch": 1, "lr": 0.0}]) is not None
    assert plots.learning_rate([{"epoch": 1}]) is None


def test_confusion_colors_right_blue_and_wrong_orange():
    right = plots.confusion([[5, 0], [0, 5]], ["a", "b"])
    assert count(right, BLUE) > 10_000
    assert count(right, ORANGE) == 0
    wrong = plots.confusion([[0, 5], [5, 0]], ["a", "b"])
    assert count(wrong, BLUE) == 0
    assert count(wrong, ORANGE) > 10_000
    assert wrong.alt == "confusion matrix of 2 classes: 0 of 10 right"
    assert plots.confusion([], []) is None


@pytest.mark.parametrize("size", [41, 100, 1000])
def test_confusion_of_many_classes_shows_even_one_mistake(size):
    matrix = np.eye(size, dtype=int) * 3
    clean = plots.confusion(matrix.tolist(), [])
    matrix[2, size - 2] = 1
    figure = plots.confusion(matrix, [])
    assert not re.search(r">class \d+<", figure.svg)
    height, wide, _ = pixels(figure).shape
    upper_right = np.s_[: height // 3, wide // 2 :]
    assert np.abs(pixels(figure)[upper_right] - pixels(clean)[upper_right]).max() > 60


def test_confusion_takes_rows_without_pictures_and_too_few_names():
    figure = plots.confusion([[0, 0, 0], [0, 2, 0], [1, 0, 1]], ["only one"])
    assert ">only one<" in figure.svg
    assert ">2<" in figure.svg


def test_calibration_leaves_empty_bins_out():
    rows = [
        {"low": 0.5, "high": 0.6, "count": 0, "confidence": math.nan, "accuracy": math.nan},
        {"low": 0.9, "high": 1.0, "count": 40, "confidence": 0.95, "accuracy": 0.9},
    ]
    assert plots.calibration(rows).alt == "reliability: confidence 0.95 accuracy 0.90"
    assert plots.calibration(rows[:1]) is None
    assert plots.calibration([]) is None


@pytest.mark.parametrize("shape", [(8, 8), (300, 40, 3), (1, 1), (30, 500), (16, 16, 1)])
def test_mistakes_sheet_holds_any_picture(shape):
    picture = np.full(shape, 120, dtype=np.uint8)
    one = SimpleNamespace(
        picture=picture, name="x", truth="$a_b$", prediction="<i>" * 60, confidence=math.nan, loss=1.0
    )
    assert count(plots.mistakes([one] * 5), (120, 120, 120), 2) > 200
    assert plots.mistakes([]) is None


def test_names_are_no_formulas_and_no_remarks_are_made(caplog):
    names = ["$\\frac{$", "日本語😀", "\x07bell", "a\nb", "half \udc80", "<b>&"]
    before = dict(matplotlib.rcParams)
    with warnings.catch_warnings(), caplog.at_level(logging.WARNING):
        warnings.simplefilter("error")
        figure = plots.confusion(np.eye(6, dtype=int), names)
    assert caplog.records == []
    assert dict(matplotlib.rcParams) == before
    shown = "".join(ElementTree.fromstring(figure.svg.replace("xlink:href", "href")).itertext())
    for name in ("$\\frac{$", "日本語😀", "a b", "<b>&"):
        assert name in shown


def test_color_words_in_a_name_stay_as_typed():
    figure = plots.confusion([[1, 0], [0, 1]], ["#0072b2", "x"])
    assert ">#0072b2<" in figure.svg


def test_settings_of_the_user_have_no_effect():
    plain = plots.curve(history(), "loss", 2)
    with matplotlib.rc_context({"axes.facecolor": "black", "font.size": 30, "lines.linewidth": 9, "text.color": "red"}):
        assert plots.curve(history(), "loss", 2) == plain


def test_needs_no_home_no_display_and_no_pyplot(tmp_path):
    home = tmp_path / "home"
    home.write_text("a file, so nothing can be made below it")
    code = (
        "import sys; from dlcli.ui import plots; plots.learning_rate([{'epoch': 1, 'lr': 1.0}]);"
        "print('matplotlib.pyplot' in sys.modules, 'torch' in sys.modules)"
    )
    env = {"HOME": str(home), "PATH": "", "PYTHONPATH": ":".join(p for p in sys.path if p), "TMPDIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=120)
    assert (done.stdout, done.stderr) == ("False False\n", "")
