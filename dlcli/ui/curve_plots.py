"""Curves of many runs over each other, as a figure."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from dlcli.ui.canvas import COLORS, HUES, SMALL, Drawn, axes_in, breadth, captions, drawn, fitted, numbers
from dlcli.ui.page_style import label

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDE, HIGH, LEGEND_ROW, FEW = 470.0, 270.0, 15.0, 12  # points; FEW numbers get a dot each
PART_DASHES = {"val": "solid", "": "solid", "train": (0, (5, 2.2)), "test": (0, (1, 1.4))}
DASHES = ("solid", (0, (5, 2.2)), (0, (1, 1.4)), (0, (7, 2, 1.4, 2)))
COLUMNS = 1100  # of pixels that a line is thinned to; a panel has fewer at 150 dots an inch


@dataclass(frozen=True)
class Line:
    """A curve as it is drawn.

    Args:
        name: of its run; the same in all panels.
        part: train, val, test or empty.
        x: rising.
        y: NaN in gaps.
        raw_x: of the curve before smoothing; empty: it was not smoothed.
        raw_y: likewise.

    """

    name: str
    part: str
    x: np.ndarray
    y: np.ndarray
    raw_x: np.ndarray
    raw_y: np.ndarray


def figure(panels: Sequence[tuple[str, Sequence[Line]]], below: str, log: str) -> Drawn:
    """Draw one panel a metric, two side by side, and a legend above all.

    Args:
        panels: metric and its lines.
        below: name of the horizontal axis.
        log: none, x, y or both.

    """
    names = list(dict.fromkeys(line.name for _, lines in panels for line in lines))
    parts = list(dict.fromkeys(line.part for _, lines in panels for line in lines))
    across = min(2, len(panels))
    down = math.ceil(len(panels) / across)
    wide = WIDE * across
    keys = _legend(names, parts)
    rows = _rows(keys, wide - 24)
    head = 12 + LEGEND_ROW * len(rows) if len(keys) > 1 else 8
    size = (wide, HIGH * down + head)

    def paint(canvas: Figure) -> None:
        for k, (metric, lines) in enumerate(panels):
            left, top = WIDE * (k % across), head + HIGH * (k // across)
            axes = axes_in(
                canvas, left=left + 60, bottom=size[1] - top - HIGH + 40, right=wide - left - WIDE + 14, top=top + 8
            )
            _panel(axes, lines, names, parts, log)
            captions(axes, below, label(metric))
            _ticks(axes, log, whole=all(bool((line.x % 1 == 0).all()) for line in lines))
        if len(keys) > 1:
            _key(canvas, rows, size)

    told = ", ".join(f"{label(m)} of {len(lines)} curves" for m, lines in panels)
    return drawn("curves", size, f"{told} by {below}", paint)


def style(name: str, part: str, names: Sequence[str], parts: Sequence[str]) -> tuple[str, Any]:
    """Return color and dash: of many runs the color is the run's, the dash the part's; of one both are the part's."""
    if len(names) == 1:
        hue = {"train": "train", "val": "val", "test": "third"}.get(part, "val")
        return COLORS[hue], PART_DASHES[part]
    at = names.index(name)
    if len(names) > len(HUES) and len(parts) == 1:
        return COLORS[HUES[at % len(HUES)]], DASHES[at // len(HUES) % len(DASHES)]
    return COLORS[HUES[at % len(HUES)]], PART_DASHES[part]


def _legend(names: Sequence[str], parts: Sequence[str]) -> list[tuple[str, str, Any]]:
    """Return words, color and dash of each line of the legend: the runs, then the parts where they have dashes."""
    if len(names) == 1:
        return [(label(p) or names[0], *style(names[0], p, names, parts)) for p in parts]
    runs = [(n, *style(n, parts[0] if len(parts) == 1 else "", names, parts)) for n in names]
    return runs + ([(label(p) or "other", COLORS["muted"], PART_DASHES[p]) for p in parts] if len(parts) > 1 else [])


def _rows(keys: Sequence[tuple[str, str, Any]], wide: float) -> list[list[tuple[float, str, str, Any]]]:
    """Return the lines of the legend, each item with its place from the left."""
    rows: list[list[tuple[float, str, str, Any]]] = [[]]
    at = 0.0
    for words, color, dash in keys:
        short = fitted(words, 260)
        need = 34 + breadth(short) + 16
        if rows[-1] and at + need > wide:
            rows.append([])
            at = 0.0
        rows[-1].append((at, short, color, dash))
        at += need
    return rows


def _key(canvas: Figure, rows: Sequence[Sequence[tuple[float, str, str, Any]]], size: tuple[float, float]) -> None:
    from matplotlib.lines import Line2D

    for k, row in enumerate(rows):
        y = 1 - (10 + LEGEND_ROW * (k + 0.5)) / size[1]
        for at, words, color, dash in row:
            ends = ((12 + at) / size[0], (12 + at + 26) / size[0])
            canvas.add_artist(Line2D(ends, (y, y), color=color, linestyle=dash, linewidth=1.8))
            canvas.text(ends[1] + 7 / size[0], y, words, va="center", fontsize=SMALL, color=COLORS["ink"])


def _panel(axes: Axes, lines: Sequence[Line], names: Sequence[str], parts: Sequence[str], log: str) -> None:
    if log in ("x", "both"):
        axes.set_xscale("log")
    if log in ("y", "both"):
        axes.set_yscale("log")
    for line in lines:
        color, dash = style(line.name, line.part, names, parts)
        if len(line.raw_x):
            axes.plot(line.raw_x, line.raw_y, color=color, linewidth=0.9, alpha=0.28)
        axes.plot(line.x, line.y, color=color, linestyle=dash, linewidth=1.7)
        alone = _alone(line.y)
        few = np.isfinite(line.y) if np.isfinite(line.y).sum() <= FEW else alone
        axes.plot(line.x[few], line.y[few], "o", markersize=3.6, color=color)
    axes.margins(x=0.015, y=0.06)


def _alone(y: np.ndarray) -> np.ndarray:
    """Return which numbers have a gap on both sides: a line would not show them."""
    finite = np.concatenate([[False], np.isfinite(y), [False]])
    return finite[1:-1] & ~finite[:-2] & ~finite[2:]


def _ticks(axes: Axes, log: str, *, whole: bool) -> None:
    from matplotlib.ticker import MaxNLocator

    for axis, name in ((axes.xaxis, "x"), (axes.yaxis, "y")):
        if log in (name, "both"):
            axis.set_major_formatter(lambda value, _: f"{value:g}".replace("-", "−"))
            axis.set_minor_formatter(lambda *_: "")
        else:
            axis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10], integer=whole and name == "x"))
            numbers(axis)
    axes.tick_params(which="minor", length=0)


def standalone(figure: Drawn) -> str:
    """Return the figure as an SVG file: its own size and font, white below, colors that every viewer knows."""
    found = re.match(r'<svg viewBox="0 0 ([\d.]+) ([\d.]+)">', figure.svg)
    wide, high = (found[1], found[2]) if found else ("100%", "100%")
    body = re.sub(r"var\(--(\w+)\)", lambda m: COLORS[m[1]], figure.svg[figure.svg.find(">") + 1 :])
    head = (
        f'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{wide}" height="{high}"'
    )
    font = "DejaVu Sans, Liberation Sans, Arial, sans-serif"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<svg {head} viewBox="0 0 {wide} {high}" font-family="{font}">'
        f'<rect width="100%" height="100%" fill="#ffffff"/>{body}\n'
    )
