"""The figures of tables and their methods: curves by round, residuals, ROC; the others come from beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from dlcli.ui import plots
from dlcli.ui.canvas import COLORS, SMALL, Drawn, axes_in, captions, drawn, numbers
from dlcli.ui.page_style import counted, number
from dlcli.ui.table_bars import beeswarm, contributions, importance, leaderboard, waterfall
from dlcli.ui.table_boundary import decision_boundary

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "beeswarm",
    "contributions",
    "curve_names",
    "decision_boundary",
    "importance",
    "leaderboard",
    "learning_curve",
    "residuals",
    "roc",
    "waterfall",
]

CURVES = 4
SINGLE, DOTS, BINS = 5_000, 1_000, 48  # points up to which they are drawn as points; how many of them; else squares
STEPS = 400  # corners of a ROC curve that are drawn


def curve_names(history: Sequence[dict]) -> list[str]:
    """Return the metrics that have a curve, in the order of the records; at most four."""
    parts = [key.partition("/") for row in history for key in row]
    names = dict.fromkeys(name for part, slash, name in parts if slash and part in plots.LINES)
    keys = {name: [plots.series(history, f"{part}/{name}") for part in plots.LINES] for name in names}
    return [name for name, found in keys.items() if any(np.isfinite(values).any() for values in found)][:CURVES]


def learning_curve(history: Sequence[dict], name: str, best_round: int) -> Drawn | None:
    """Draw a metric of the training and the validation part by round; None when there is nothing to draw.

    Args:
        history: one record a round.
        name: of the metric, without its part.
        best_round: the round kept; 0 when there is none.

    """
    return plots.curve(history, name, best_round, "round")


def residuals(truth: np.ndarray, prediction: np.ndarray) -> Drawn | None:
    """Draw predictions against the truth with the diagonal, on which they are right; None without a finite pair.

    Up to 5,000 rows are points, a thousand of them at most, drawn by lot; more are squares, deeper the more rows they
    hold.

    Shapes:
        truth, prediction (N,)
    """
    truth, prediction = np.asarray(truth, np.float64).ravel(), np.asarray(prediction, np.float64).ravel()
    there = np.isfinite(truth) & np.isfinite(prediction)
    lost, truth, prediction = int((~there).sum()), truth[there], prediction[there]
    if not len(truth):
        return None
    # Halved first: the difference of two doubles may be no double.
    error = 2 * float(np.sqrt(np.mean((truth / 2 - prediction / 2) ** 2))) if np.ptp(truth / 2) < 1e150 else math.inf
    alt = f"prediction against truth of {counted(len(truth), 'row')}: root of the mean squared error {number(error)}"
    alt += f"; {counted(lost, 'row')} without numbers" if lost else ""
    both = np.concatenate((truth, prediction))
    room = float(np.ptp(both / 2)) * 0.08 or abs(float(both[0])) * 0.06 or 0.5
    low, high = max(float(both.min()) - room, -1e300), min(float(both.max()) + room, 1e300)

    def paint(figure: Figure) -> None:
        axes = axes_in(figure, left=62, bottom=40, right=14, top=10)
        axes.set(xlim=(low, high), ylim=(low, high))
        if len(truth) > SINGLE:
            _squares(axes, truth, prediction, (low, high))
        else:
            kept = lot(len(truth), DOTS)
            axes.plot(truth[kept], prediction[kept], "o", markersize=4, color=COLORS["val"], alpha=0.5,
                      markeredgewidth=0)  # fmt: skip
        axes.plot([low, high], [low, high], color=COLORS["train"], linewidth=1.5, linestyle=plots.LINES["train"][2])
        axes.grid(axis="x", color=COLORS["rule"], linewidth=0.8)
        axes.locator_params(axis="both", nbins=6)
        captions(axes, "truth", "prediction")
        numbers(axes.xaxis, axes.yaxis)

    return drawn("residuals", (380, 346), alt, paint)


def lot(rows: int, most: int) -> np.ndarray:
    """Return the numbers of ``most`` rows drawn by lot, the same at every call; all where there are no more.

    Shapes:
        -> (min(rows, most),) int64
    """
    if rows <= most:
        return np.arange(rows)
    return np.sort(np.random.default_rng(0).choice(rows, most, replace=False))


def _squares(axes: Axes, across: np.ndarray, up: np.ndarray, limits: tuple[float, float]) -> None:
    counts, *_ = np.histogram2d(up, across, bins=BINS, range=(limits, limits))
    picture = np.zeros((*counts.shape, 4))
    picture[..., :3] = [int(COLORS["val"][i : i + 2], 16) / 255 for i in (1, 3, 5)]
    picture[..., 3] = np.where(counts > 0, 0.12 + 0.88 * np.log1p(counts) / np.log1p(max(counts.max(), 1)), 0)
    axes.imshow(picture, interpolation="none", aspect="auto", origin="lower", extent=(*limits, *limits), zorder=2)


def roc(truth: np.ndarray, probability: np.ndarray) -> Drawn | None:
    """Draw the share of the second class that is found against that of the first class taken for it.

    Source: the area is that under the straight lines between the thresholds, equal to the share of pairs ranked
    rightly, ties counting one half (Fawcett, 2006).

    Args:
        truth: 1 where the row is of the second class, else 0.
        probability: of the second class; rows where it is not a number are left out.
    Shapes:
        truth, probability (N,)
    Returns:
        None when a class is missing.

    """
    truth, probability = np.asarray(truth).ravel().astype(bool), np.asarray(probability, np.float64).ravel()
    there = ~np.isnan(probability)
    found, false = rates(truth[there], probability[there])
    if not len(found):
        return None
    area = float(np.trapezoid(found, false))
    positive, negative = int(truth[there].sum()), int((~truth[there]).sum())
    alt = f"ROC curve: area {number(area)}, {counted(positive, 'row')} of the second class, {negative:,} of the first"
    kept = np.unique(np.linspace(0, len(found) - 1, STEPS).round().astype(int))

    def paint(figure: Figure) -> None:
        axes = axes_in(figure, left=56, bottom=40, right=14, top=10)
        axes.plot([0, 1], [0, 1], color=COLORS["train"], linewidth=1.5, linestyle=plots.LINES["train"][2])
        axes.fill_between(false[kept], found[kept], color=COLORS["val"], alpha=0.1, linewidth=0)
        axes.plot(false[kept], found[kept], color=COLORS["val"], linewidth=1.8)
        axes.set(xlim=(-0.015, 1.015), ylim=(-0.015, 1.015))
        axes.grid(axis="x", color=COLORS["rule"], linewidth=0.8)
        axes.text(0.97, 0.06, f"area {number(area)}", ha="right", fontsize=SMALL + 1.5, color=COLORS["ink"])
        captions(axes, "false positive rate", "true positive rate")

    return drawn("roc", (380, 346), alt, paint)


def rates(truth: np.ndarray, probability: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return true and false positive rate at each threshold, from none found to all; empty when a class is missing.

    Shapes:
        truth (N,) bool, probability (N,) -> two of (T,) float64
    """
    if truth.all() or not truth.any():
        return np.zeros(0), np.zeros(0)
    order = np.argsort(-probability, kind="stable")
    ends = np.append(np.nonzero(np.diff(probability[order]))[0], len(order) - 1)  # equal scores are one step
    hits = np.cumsum(truth[order])[ends]
    misses = ends + 1 - hits
    return np.append(0, hits) / hits[-1], np.append(0, misses) / misses[-1]
