import io
import math
import warnings
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from dlcli.ui import table_plots as plots
from dlcli.ui.canvas import COLORS, breadth, fitted

BLUE, ORANGE, GREEN = (0, 114, 178), (213, 94, 0), (0, 158, 115)
HOSTILE = [
    "<script>alert(1)</script>",
    "$\\frac{$",
    "日本語😀",
    "_hidden",
    "a_b" * 70,
    "\x00\x1b[31m\nred",
    "half \udc80",
    "",
]


def pixels(figure):
    return np.asarray(Image.open(io.BytesIO(figure.png)).convert("RGB")).astype(int)


def count(figure, color, tolerance=12):
    return int((np.abs(pixels(figure) - color).max(axis=-1) <= tolerance).sum())


def words(figure):
    return "|".join(ElementTree.fromstring(figure.svg.replace("xlink:href", "href")).itertext())


def ranked(n, **more):
    return [{"column": f"column {i}", "kind": "permutation", "mean": 1 / (i + 1), "sd": 0.1, **more} for i in range(n)]


def grid(k=2, size=30):
    x = np.linspace(0, 1, size)
    rise = np.tile(x, (size, 1))
    return x, x * 10, np.stack([1 - rise, rise, *[np.zeros_like(rise)] * (k - 2)], axis=-1)


def every_figure():
    x, y, answers = grid()
    rng = np.random.default_rng(1)
    history = [{"round": i, "train/log_loss": 1 / i, "val/log_loss": 2 / i} for i in range(1, 9)]
    yield plots.learning_curve(history, "log_loss", 3)
    yield plots.importance(ranked(25))
    yield plots.contributions(ranked(3))
    yield plots.leaderboard([{"method": "knn", "val": 0.9, "test": 0.8}], "accuracy")
    yield plots.waterfall(0.1, [{"column": "a", "value": 1.5, "contribution": 0.4}], 0.5)
    yield plots.beeswarm(["a", "b"], rng.normal(size=(400, 2)), rng.normal(size=(400, 2)))
    yield plots.residuals(rng.normal(size=2000), rng.normal(size=2000))
    yield plots.residuals(rng.normal(size=6000), rng.normal(size=6000))
    yield plots.roc(rng.integers(0, 2, 99), rng.random(99))
    yield plots.decision_boundary(
        x, y, answers, rng.random((2000, 2)), rng.integers(0, 2, 2000), ("a", "b"), ("c", "d")
    )
    yield plots.decision_boundary(x, y, answers[..., 1], rng.random((9, 2)), rng.random(9), ("a", "b"))


def test_the_same_bytes_twice_and_no_outside_resource():
    for one, other in zip(every_figure(), every_figure(), strict=True):
        assert one == other
        assert one.alt
        assert "http" not in one.svg.replace('xmlns="http', "").replace('xmlns:xlink="http', "")
        assert "DejaVu" not in one.svg
        for color in COLORS.values():
            assert color not in one.svg, "a color of ours must be a variable, or it does not follow light and dark"
        assert one.width <= 400  # a phone would shrink the words past reading


def test_learning_curve_counts_rounds():
    history = [{"round": i, "train/rmse": 9 / i, "val/rmse": 9.5 / i} for i in range(1, 13)]
    figure = plots.learning_curve(history, "rmse", 7)
    assert figure.alt == "RMSE by round: training from 9.000 to 0.750, validation from 9.500 to 0.792; best round 7"
    assert "best: round 7" in words(figure)
    assert "epoch" not in figure.svg
    assert plots.learning_curve(history, "mae", 7) is None
    assert plots.curve_names(history) == ["rmse"]
    assert plots.curve_names([{"round": 1, "train/a": math.nan, "val/b": 1.0, "lr": 3}]) == ["b"]


@pytest.mark.parametrize("rounds", [1, 30_000])
def test_one_round_is_a_dot_and_thousands_stay_small(rounds):
    rng = np.random.default_rng(0)
    figure = plots.learning_curve(
        [{"round": i + 1, "val/error": float(rng.random())} for i in range(rounds)], "error", 1
    )
    assert count(figure, BLUE) > 20
    assert len(figure.svg) < 250_000


def test_importance_draws_twenty_and_sums_up_the_rest():
    figure = plots.importance(ranked(30))
    shown = words(figure)
    assert "column 19" in shown
    assert "column 20" not in shown
    rest = sum(1 / (i + 1) for i in range(20, 30))
    assert f"10 more: {rest:.3f} together" in shown
    assert figure.alt.endswith(f"10 more: {rest:.3f} together")
    assert "more" not in words(plots.importance(ranked(20)))


def test_importance_shows_spread_negative_values_and_takes_what_is_missing():
    ink = (29, 35, 40)
    assert count(plots.importance(ranked(1)), ink) > count(plots.importance(ranked(1, sd=None)), ink) + 100
    assert count(plots.importance(ranked(3, mean=-0.5, sd=math.nan)), BLUE, 40) == 0
    assert plots.importance(ranked(3, mean=math.nan)) is None
    assert plots.importance(ranked(3, mean=0.0, sd=None)) is not None
    assert plots.importance([]) is None
    assert plots.contributions([]) is None


def test_leaderboard_keeps_the_order_and_tells_what_failed():
    rows = [{"method": "bayes", "val": 0.5, "test": 1.0}, {"method": "knn", "val": None, "test": None, "note": "no"}]
    figure = plots.leaderboard(rows, "accuracy")
    assert figure.alt == (
        "accuracy on the validation and the test part, higher is better: bayes 0.500 and 1.000, knn none"
    )
    blue, green = (count(figure, c) for c in (BLUE, GREEN))
    assert blue > 1000
    assert green == pytest.approx(2 * blue, rel=0.1)
    assert "no score" in words(figure)
    assert "lower is better" in plots.leaderboard(rows, "rmse").alt
    only = plots.leaderboard([{"method": "a", "val": 0.5}], "accuracy")
    assert count(only, GREEN) == 0
    assert "test" not in words(only).split("|")
    assert plots.leaderboard([{"method": "a", "val": math.nan, "test": None}], "accuracy") is None
    assert plots.leaderboard([], "accuracy") is None


def test_leaderboard_with_one_far_off_still_shows_the_others():
    rows = [{"method": f"m{i}", "val": 1.0 + i / 10, "test": None} for i in range(5)]
    alone = count(plots.leaderboard(rows, "rmse"), BLUE)
    figure = plots.leaderboard([*rows, {"method": "wild", "val": 1e9, "test": None}], "rmse")
    assert "1,000,000,000 →" in words(figure)
    assert count(figure, BLUE) > 0.4 * alone
    assert "−50.000 ←" in words(plots.leaderboard([*rows, {"method": "wild", "val": -50.0}], "r2"))
    plots.leaderboard([{"method": "a", "val": 0.0, "test": 0.0}], "error")


def test_residuals_are_points_then_squares():
    rng = np.random.default_rng(0)
    truth = rng.normal(size=5001)
    points, squares = plots.residuals(truth[:5000], truth[:5000]), plots.residuals(truth, truth)
    assert points.svg.count("<use") == pytest.approx(1000, abs=20)
    assert squares.svg.count("<use") < 30
    assert "<image" in squares.svg
    assert squares.alt == "prediction against truth of 5,001 rows: root of the mean squared error 0.000"


@pytest.mark.parametrize(
    "values", [[1.0], [0.0, 0.0], [1e308, -1e308], [5e-324, 0.0], [math.nan, 1.0], [math.inf, 2.0]]
)
def test_residuals_take_any_number(values):
    figure = plots.residuals(np.array(values), np.array(values[::-1]))
    if figure is not None:
        assert np.ptp(pixels(figure)) > 100
    assert plots.residuals(np.array([math.nan]), np.array([1.0])) is None


def test_roc_area_is_that_of_scikit_learn():
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(3)
    truth, score = rng.integers(0, 2, 500), rng.random(500).round(2)  # ties
    found, false = plots.rates(truth.astype(bool), score)
    assert float(np.trapezoid(found, false)) == pytest.approx(roc_auc_score(truth, score), abs=1e-12)
    assert f"area {roc_auc_score(truth, score):.3f}" in plots.roc(truth, score).alt
    assert plots.roc([0, 1], [0.1, 0.9]).alt.startswith("ROC curve: area 1.000, 1 row of")
    assert plots.roc([1, 1], [0.1, 0.9]) is None
    assert plots.roc([], []) is None
    assert plots.roc([0, 1], [0.1, math.nan]) is None


def test_boundary_of_two_classes_is_deeper_where_it_is_sure():
    x, y, answers = grid()
    figure = plots.decision_boundary(x, y, answers, np.zeros((0, 2)), [], ("width", "height"), ("left", "right"))
    picture = pixels(figure)[200]
    row = picture[150:-60].sum(axis=1)
    assert row[20] < row[len(row) // 2 - 25]  # colored at the border, nearly white at one half
    assert row[-20] < row[len(row) // 2 + 25]
    assert picture[160, 2] > picture[160, 0]  # blue for the first class
    assert picture[-70, 0] > picture[-70, 2]
    assert figure.alt == "answers over width and height with 0 points: left, right"
    for shown in ("width", "height", "left", "right"):
        assert shown in words(figure).split("|")


def test_boundary_points_differ_in_color_and_shape():
    from dlcli.ui.table_boundary import hue, shape

    assert len({(hue(k), shape(k)) for k in range(42)}) == 42
    assert len({shape(k) for k in range(7)}) == 7
    x, y, answers = grid()
    points, labels = np.array([[0.2, 5.0], [0.8, 5.0]]), np.array([1, 0])
    bare = plots.decision_boundary(x, y, answers, points[:0], labels[:0], ("a", "b"), ("c", "d"))
    figure = plots.decision_boundary(x, y, answers, points, labels, ("a", "b"), ("c", "d"))
    assert count(figure, BLUE) > count(bare, BLUE) + 30
    assert count(figure, ORANGE) > count(bare, ORANGE) + 30


def test_boundary_draws_a_thousand_points_and_says_so():
    x, y, answers = grid()
    points = np.random.default_rng(0).random((3000, 2))
    points[0] = math.nan
    figure = plots.decision_boundary(x, y, answers, points, np.zeros(3000, int), ("a", "b"), ("c", "d"))
    assert "with 1,000 of 2,999 points" in figure.alt
    assert figure.svg.count("<use") < 1050


@pytest.mark.parametrize("classes", [3, 8, 300])
def test_boundary_of_many_classes(classes):
    x, y, _ = grid()
    answers = np.arange(900).reshape(30, 30) % classes
    names = [f"class {i}" for i in range(classes)]
    points = np.random.default_rng(0).random((classes, 2))
    figure = plots.decision_boundary(x, y, answers, points, np.arange(classes), ("a", "b"), names)
    assert ("and 292 more" in words(figure)) == (classes == 300)
    assert "class 2" in words(figure).split("|")
    both = plots.decision_boundary(x, y, np.eye(classes)[answers], points, np.arange(classes), ("a", "b"), names)
    assert both == figure  # probabilities or numbers: the same areas


def test_boundary_of_values_has_a_scale():
    x, y, answers = grid()
    values = answers[..., 1] * 300
    values[3, 3] = math.nan
    figure = plots.decision_boundary(x, y, values, [[0.5, 5.0]], [math.nan], ("a", "b"))
    assert figure.alt == "answers over a and b with 1 point: values from 0.000 to 300.000"
    assert "200" in words(figure).split("|")
    assert plots.decision_boundary(x, y, np.full((30, 30), 7.0), np.zeros((0, 2)), [], ("a", "b")) is not None
    assert plots.decision_boundary(x, y, np.full((30, 30), math.nan), np.zeros((0, 2)), [], ("a", "b")) is None
    assert plots.decision_boundary([], [], np.zeros((0, 0)), np.zeros((0, 2)), [], ("a", "b")) is None
    assert (
        plots.decision_boundary([1.0], [1.0], np.zeros((1, 1)), np.zeros((0, 2)), [], ("a", "b"), ("c", "d"))
        is not None
    )


def test_waterfall_ends_at_the_answer():
    rows = [{"column": f"c{i}", "value": i / 2, "contribution": (-1) ** i / (i + 1)} for i in range(20)]
    margin = 2 + sum(r["contribution"] for r in rows)
    figure = plots.waterfall(2.0, rows, margin)
    shown = words(figure).split("|")
    assert "c10 = 5" in shown
    assert "9 more" in shown
    assert f"{margin:.3f}" in shown
    assert "c11" not in figure.alt
    assert count(figure, BLUE, 60) > 500
    assert count(figure, ORANGE, 60) > 500
    assert plots.waterfall(0.0, [{"column": "a", "value": None, "contribution": 0.0}], 0.0).alt.endswith(
        "a = missing +0.000"
    )
    assert plots.waterfall(0.0, [], 0.0) is None
    assert plots.waterfall(math.nan, rows, 0.0) is None


def test_beeswarm_shows_the_strongest_first_and_gaps_gray():
    rng = np.random.default_rng(0)
    contributed = rng.normal(size=(50, 20)) * np.arange(1, 21)
    values = np.where(rng.random((50, 20)) < 0.1, math.nan, rng.normal(size=(50, 20)))
    figure = plots.beeswarm([f"c{i}" for i in range(20)], contributed, values)
    assert figure.alt.startswith("contributions of 12 of 20 columns in 50 of 50 rows: c19, c18")
    assert count(figure, (95, 105, 115)) > 50
    assert plots.beeswarm(["a"], np.zeros((3, 1)), np.zeros((3, 1))) is not None
    assert plots.beeswarm([], np.zeros((0, 0)), np.zeros((0, 0))) is None


def test_hostile_names_stand_as_typed_and_make_no_remarks(caplog):
    x, y, answers = grid(len(HOSTILE))
    points, labels = np.random.default_rng(0).random((8, 2)), np.arange(8)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figures = [
            plots.importance([{"column": n, "mean": 1.0, "sd": None} for n in HOSTILE]),
            plots.leaderboard([{"method": n, "val": 0.5, "test": 0.4} for n in HOSTILE], "accuracy"),
            plots.decision_boundary(x, y, answers, points, labels, HOSTILE[:2], HOSTILE),
            plots.waterfall(0.0, [{"column": n, "value": n, "contribution": 1.0} for n in HOSTILE], 8.0),
            plots.beeswarm(HOSTILE, np.ones((2, 8)), np.ones((2, 8))),
        ]
    assert caplog.records == []
    for figure in figures:
        assert "<script" not in figure.svg
        shown = words(figure)
        for name in ("$\\frac{$", "日本語😀", "_hidden"):
            assert name in shown
        assert "\x1b" not in figure.svg
        assert not any(len(line) > 60 for line in shown.split("|"))


def test_numbers_at_an_axis_are_written_out():
    def ticks(*values):
        return words(plots.residuals(np.array(values), np.array(values))).split("|")

    assert "2e6" in ticks(1e6, 3e6)
    assert "200000" in ticks(1e5, 3e5)
    assert "2e−7" in ticks(1e-7, 3e-7)
    far = ticks(12345678.0, 12345999.0)
    assert "truth (from 12345700)" in far
    assert "+0" in far
    assert "+200" in far
    for shown in (ticks(1e6, 3e6), far):
        assert not any("e+" in word for word in shown)


def test_names_are_cut_by_their_breadth():
    assert fitted("W" * 30, 100).startswith("WWWWW")
    assert breadth(fitted("W" * 30, 100)) <= 108
    assert len(fitted("i" * 30, 100)) > 2 * len(fitted("W" * 30, 100))
    assert fitted("short", 100) == "short"
    assert fitted("", 100) == "(no name)"
