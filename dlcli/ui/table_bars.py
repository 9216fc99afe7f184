"""Figures with a name before each line: importance, leaderboard, contributions of the columns to an answer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dlcli.core.report import lower_is_better
from dlcli.ui.canvas import COLORS, SMALL, Drawn, axes_in, breadth, captions, drawn, fitted
from dlcli.ui.page_style import counted, label, number, shorten

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST, NAMED = 20, 146  # bars; points a name may take
METHODS = 40
STEPS, SWARM = 12, 150  # lines of a waterfall or swarm; points of a line
WIDE = 400.0  # points
WORDS = {
    "permutation": "importance: loss of score when shuffled",
    "gain": "importance: share of the gain of all splits",
}


def importance(rows: Sequence[dict], name: str = "importance") -> Drawn | None:
    """Draw the importance of the columns as bars, the standard deviation as a whisker; None when there are none.

    The first twenty are drawn, the others told in words.

    Args:
        rows: ``{column, kind, mean, sd}`` of one kind, best first; ``sd`` may be None.
        name: of the figure; another for each figure of a page.

    """
    rows = [r for r in rows if finite(r.get("mean"))]
    if not rows:
        return None
    kind = str(rows[0].get("kind", ""))
    return _bars([(r["column"], r["mean"], r.get("sd")) for r in rows], name, WORDS.get(kind, "importance"),
                 f"importance of {counted(len(rows), 'column')}")  # fmt: skip


def contributions(rows: Sequence[dict], name: str = "contributions") -> Drawn | None:
    """Draw how much each column moves the answers on average; None when there are none.

    Args:
        rows: ``{column, mean}``, the mean absolute contribution, largest first.
        name: of the figure.

    """
    rows = [r for r in rows if finite(r.get("mean"))]
    told = f"mean absolute contribution of {counted(len(rows), 'column')}"
    return _bars([(r["column"], r["mean"], None) for r in rows], name, "mean |contribution|", told) if rows else None


def _bars(rows: Sequence[tuple[Any, float, float | None]], name: str, below: str, told: str) -> Drawn:
    """Draw the first twenty of named values as bars, with whiskers where there is a standard deviation."""
    shown, rest = rows[:MOST], rows[MOST:]
    names = [fitted(n, NAMED) for n, *_ in shown]
    values = np.array([float(v) for _, v, _ in shown])
    spread = np.array([float(sd) if finite(sd) else 0.0 for *_, sd in shown])
    more = f"{len(rest):,} more: {number(float(sum(v for _, v, _ in rest)))} together" if rest else ""
    alt = f"{told}: " + ", ".join(f"{shorten(n, 40)} {number(float(v))}" for n, v, _ in shown[:10])
    low, high = min(0.0, float((values - spread).min())), max(0.0, float((values + spread).max()))
    room = (high - low) * 0.04 or 0.5

    def paint(figure: Figure) -> None:
        axes = _lines(figure, names, bottom=54 if more else 38)
        at = range(len(values))
        axes.barh(at, values, 0.62, color=[COLORS["val" if v >= 0 else "train"] for v in values], alpha=0.85)
        for i in np.nonzero(spread)[0]:
            ends = [values[i] - spread[i], values[i] + spread[i]]
            axes.plot(ends, [i, i], color=COLORS["ink"], linewidth=1.1, marker="|", markersize=5)
        axes.axvline(0, color=COLORS["muted"], linewidth=0.8)
        axes.set_xlim(low - (room if low < 0 else 0), high + room)
        captions(axes, below, "")
        if more:
            figure.text(0.985, 0.012, more, ha="right", va="bottom", fontsize=SMALL, color=COLORS["ink"])

    return drawn(name, (WIDE, 46 + 16 * bool(more) + 19 * len(shown)), f"{alt}{'; ' * bool(more)}{more}", paint)


def leaderboard(rows: Sequence[dict], metric: str) -> Drawn | None:
    """Draw the validation and the test score of each method in the given order; None when nothing was scored.

    Bars begin at 0 and carry their value. One far longer than the rest is cut at the border, with an arrow.

    Args:
        rows: ``{method, val, test}``; a score is None where there is none.
        metric: the name of the scores.

    """
    rows = list(rows)[:METHODS]
    scores = np.array([[float(s) if finite(s := r.get(part)) else math.nan for part in ("val", "test")] for r in rows])
    if not np.isfinite(scores).any():
        return None
    better = "lower" if lower_is_better(metric) else "higher"
    told = [f"{shorten(r['method'], 40)} {' and '.join(number(float(s)) for s in pair if math.isfinite(s)) or 'none'}"
            for r, pair in zip(rows, scores, strict=True)]  # fmt: skip
    alt = f"{label(metric)} on the validation and the test part, {better} is better: {', '.join(told)}"
    usual = 3 * float(np.nanmedian(np.abs(scores)))
    high = max(0.0, min(float(np.nanmax(scores)), usual))
    low = min(0.0, max(float(np.nanmin(scores)), -usual))
    if high == low:
        high = 1.0
    reach = high - low
    names = [fitted(r["method"], NAMED) for r in rows]
    parts = [i for i in range(2) if np.isfinite(scores[:, i]).any()]
    looks = {0: ("validation", COLORS["val"]), 1: ("test", COLORS["third"])}
    thick, shifts = (0.34, (-0.19, 0.19)) if len(parts) == 2 else (0.56, (0.0, 0.0))

    def paint(figure: Figure) -> None:
        axes = _lines(figure, names, bottom=38, top=24)
        for part in parts:
            for i in np.nonzero(np.isfinite(scores[:, part]))[0]:
                score, at = float(scores[i, part]), i + shifts[part]
                end = min(max(score, low), high)
                axes.barh(at, end, thick, color=looks[part][1], linewidth=0)
                arrow = " →" if score > high else " ←" if score < low else ""
                axes.text(max(end, 0) + 0.012 * reach, at, number(score) + arrow, va="center_baseline", fontsize=8,
                          color=COLORS["ink"])  # fmt: skip
        for i in np.nonzero(~np.isfinite(scores).any(axis=1))[0]:
            axes.text(0.012 * reach, i, "no score", va="center_baseline", fontsize=8, color=COLORS["muted"])
        axes.axvline(0, color=COLORS["muted"], linewidth=0.8)
        axes.set_xlim(low - (0.03 * reach if low < 0 else 0), high + 0.24 * reach)
        captions(axes, f"{label(metric)} ({better} is better)", "")
        _key(figure, [looks[part] for part in parts])

    return drawn("leaderboard", (WIDE, 66 + (27 if len(parts) == 2 else 19) * len(rows)), alt, paint)


def waterfall(base: float, rows: Sequence[dict], margin: float, name: str = "waterfall") -> Drawn | None:
    """Draw how the columns lead from the base to the answer of one row; None when there are no rows.

    Args:
        base: the answer without knowing any column.
        rows: ``{column, value, contribution}``, the largest contribution first; past the eleventh they are one line.
        margin: the answer: base plus all contributions.
        name: of the figure.

    """
    rows = [r for r in rows if finite(r.get("contribution"))]
    if not rows or not (finite(base) and finite(margin)):
        return None
    shown = rows if len(rows) <= STEPS else rows[: STEPS - 1]
    rest = rows[len(shown) :]
    names = [f"{fitted(r['column'], 92)} = {fitted(_value(r.get('value')), 50)}" for r in shown]
    steps = [float(r["contribution"]) for r in shown]
    if rest:
        names.append(f"{len(rest):,} more")
        steps.append(float(sum(r["contribution"] for r in rest)))
    ends = base + np.cumsum([0.0, *steps])
    low, high = float(min(ends.min(), margin)), float(max(ends.max(), margin))
    room = (high - low) * 0.26 or 0.5
    told = ", ".join(f"{n} {_signed(s)}" for n, s in zip(names, steps, strict=True))
    alt = f"from the base {number(float(base))} to the answer {number(float(margin))}: {told}"

    def paint(figure: Figure) -> None:
        axes = _lines(figure, ["base", *names, "answer"], bottom=24)
        for i, step in enumerate(steps, 1):
            color = COLORS["val" if step >= 0 else "train"]
            axes.barh(i, step, 0.62, left=ends[i - 1], color=color, alpha=0.85, linewidth=0)
            side = 1 if step >= 0 else -1
            axes.text(ends[i] + side * 0.02 * (high - low + room), i, _signed(step), va="center_baseline", fontsize=8,
                      ha="left" if side > 0 else "right", color=COLORS["ink"])  # fmt: skip
        for i, end in enumerate(ends):
            axes.plot([end, end], [i - 0.31, i + 1.31], color=COLORS["muted"], linewidth=0.8)
        for i, value in ((0, base), (len(steps) + 1, margin)):
            axes.plot([value], [i], "D", markersize=5, color=COLORS["ink"])
            axes.text(value + 0.03 * (high - low + room), i, number(float(value)), va="center_baseline", fontsize=SMALL,
                      color=COLORS["ink"])  # fmt: skip
        axes.set_xlim(low - room, high + room)

    return drawn(name, (WIDE, 34 + 19 * (len(names) + 2)), alt, paint)


def beeswarm(
    columns: Sequence[str], contributed: np.ndarray, values: np.ndarray, name: str = "beeswarm"
) -> Drawn | None:
    """Draw each row's contribution of the strongest columns as a dot, colored by the value it comes from.

    Args:
        columns: their names.
        contributed: what each column added to each answer.
        values: what stood in the table; what is not a number is gray.
        name: of the figure.
    Shapes:
        contributed, values (N, D)
    Returns:
        None when there are no finite contributions.

    """
    contributed, values = np.atleast_2d(np.asarray(contributed, np.float64)), np.atleast_2d(values)
    if not contributed.size or not np.isfinite(contributed).any():
        return None
    contributed = np.where(np.isfinite(contributed), contributed, 0.0)
    rows = np.arange(len(contributed))
    if len(rows) > SWARM:
        rows = np.sort(np.random.default_rng(0).choice(len(rows), SWARM, replace=False))
    strongest = np.argsort(-np.abs(contributed).mean(axis=0), kind="stable")[:STEPS]
    names = [fitted(columns[j], NAMED) for j in strongest]
    alt = f"contributions of {len(strongest)} of {counted(len(columns), 'column')} in {len(rows):,} of "
    alt += f"{counted(len(contributed), 'row')}: {', '.join(names)}"
    low, high = (np.array([int(COLORS[c][i : i + 2], 16) / 255 for i in (1, 3, 5)]) for c in ("val", "train"))

    def paint(figure: Figure) -> None:
        axes = _lines(figure, names, bottom=38, top=24)
        axes.axvline(0, color=COLORS["muted"], linewidth=0.8)
        for line, j in enumerate(strongest):
            x, known = contributed[rows, j], np.asarray(values[rows, j], np.float64)
            rank = _ranks(known)
            shade = np.round(np.nan_to_num(rank) * 8) / 8
            colors = low + shade[:, None] * (high - low)
            fine = np.isfinite(rank)
            up = line + _jitter(x, float(np.ptp(contributed)))
            axes.scatter(x[fine], up[fine], s=9, c=colors[fine], linewidths=0, zorder=3)
            axes.scatter(x[~fine], up[~fine], s=9, color=COLORS["muted"], linewidths=0, zorder=3)
        captions(axes, "contribution to the answer", "")
        _key(figure, [("low value", COLORS["val"]), ("high value", COLORS["train"])])

    return drawn(name, (WIDE, 66 + 24 * len(strongest)), alt, paint)


def _ranks(values: np.ndarray) -> np.ndarray:
    """Return each value's place among the others from 0 to 1; equal values share one; NaN stays."""
    fine = np.isfinite(values)
    found = np.full(len(values), math.nan)
    different, places = np.unique(values[fine], return_inverse=True)
    found[fine] = places / max(len(different) - 1, 1)
    return found


def _jitter(x: np.ndarray, reach: float) -> np.ndarray:
    """Move points that would lie on each other apart, by turns up and down."""
    place = np.round(x / (reach / 90)) if reach > 0 else np.zeros(len(x))
    order = np.argsort(place, kind="stable")
    starts = np.searchsorted(place[order], place[order])
    turn = np.empty(len(x))
    turn[order] = np.arange(len(x)) - starts
    turn = np.ceil(turn / 2) * np.where(turn % 2 == 1, 1, -1)
    return turn * min(0.1, 0.4 / max(float(np.abs(turn).max(initial=1)), 1))


def _lines(figure: Figure, names: Sequence[str], *, bottom: float, top: float = 8) -> Axes:
    """Add axes with one line a name, the first on top."""
    left = max(map(breadth, names), default=0) + 12
    axes = axes_in(figure, left=left, bottom=bottom, right=10, top=top)
    axes.grid(False)
    axes.grid(axis="x", color=COLORS["rule"], linewidth=0.8)
    axes.set_ylim(len(names) - 0.45, -0.55)
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", labelcolor=COLORS["ink"])
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}".replace("-", "−"))
    axes.locator_params(axis="x", nbins=5)
    return axes


def _key(figure: Figure, entries: Sequence[tuple[str, str]]) -> None:
    """Write a legend in the upper right corner: squares with words."""
    from matplotlib.lines import Line2D

    wide, high = figure.get_size_inches() * 72
    left = wide - 10 - sum(22 + breadth(said) for said, _ in entries)
    for said, color in entries:
        square = {"marker": "s", "markersize": 7, "color": color, "linestyle": "none"}
        figure.add_artist(Line2D([(left + 6) / wide], [1 - 12 / high], **square))
        figure.text((left + 14) / wide, 1 - 12 / high, said, va="center_baseline", fontsize=SMALL, color=COLORS["ink"])
        left += 22 + breadth(said)


def _value(value: Any) -> str:
    if value is None:
        return "missing"
    return f"{value:.4g}" if finite(value) and 1e-4 <= abs(value) < 1e4 else number(value)


def _signed(value: float) -> str:
    return ("+" if value >= 0 else "") + number(value)


def finite(value: Any) -> bool:
    """Say whether a value is a number to draw."""
    return isinstance(value, int | float | np.number) and not isinstance(value, bool) and math.isfinite(value)
