"""The figure of `visualize gradients`: a bar a layer, the first on top, on a logarithmic scale."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from PIL import Image

from dlcli.ui.canvas import COLORS, SMALL, axes_in, breadth, captions, drawn
from dlcli.ui.page_style import clean

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAMED, NAME_POINTS = 130, 190
WIDE, ROW, LINE, LEAST_HIGH, MOST_HIGH = 820.0, 13.0, 15.0, 60.0, 1800.0
FLOOR = 1e-30  # nothing smaller is drawn; an exact 0 has no bar but the word


def figure(rows: Sequence[dict[str, Any]], lines: Sequence[str]) -> Image.Image:
    """Return the norm of each layer's gradient, and beside it the root mean squares of gradient and weights.

    Args:
        rows: of ``methods/gradient_norms``.
        lines: what stands above: what was asked of which network, the verdict.

    """
    if len({r["multiplies"] for r in rows}) > 1:
        lines = [*lines, "dark: linear, convolution, attention; light: normalization and others"]
    told = [(piece, COLORS["ink" if k == 1 else "muted"]) for k, line in enumerate(lines) for piece in wrap(line, 150)]
    high = min(MOST_HIGH, max(LEAST_HIGH, ROW * len(rows)))
    top = 16 + LINE * len(told)
    half = (WIDE - NAME_POINTS - 76) / 2

    def paint(page: Figure) -> None:
        for k, (line, color) in enumerate(told):
            y = 1 - (12 + LINE * k) / (high + top + 40)
            page.text(10 / WIDE, y, clean(line), fontsize=SMALL, color=color, va="center")
        places = range(len(rows))
        left = axes_in(page, left=NAME_POINTS + 12, bottom=40, right=half + 64, top=top)
        right = axes_in(page, left=NAME_POINTS + half + 48, bottom=40, right=28, top=top)
        colors = [COLORS["val"] if r["multiplies"] else COLORS["fifth"] for r in rows]
        for axes, key in ((left, "norm"), (right, "rms")):
            values = [r[key] if r[key] and math.isfinite(r[key]) else math.nan for r in rows]
            _scale(axes, [*values, *([r["weight_rms"] for r in rows] if key == "rms" else [])])
            low = axes.get_xlim()[0]
            axes.barh(places, [v - low for v in values], left=low, height=0.72, color=colors)
            for k, r in enumerate(rows):
                if r[key] in (None, 0.0):
                    word = "0" if r[key] == 0.0 else "not part of the loss"
                    axes.text(low, k, f" {word}", fontsize=SMALL * 0.8, color=COLORS["muted"], va="center")
        there = [(r["weight_rms"], k) for k, r in enumerate(rows) if r["weight_rms"] > FLOOR]
        right.plot([v for v, _ in there], [k for _, k in there], "|", color=COLORS["train"], markersize=6, mew=1.6)
        captions(left, "L2 norm of the gradient", "")
        captions(right, "root mean square: gradient (bar), weights (mark)", "")
        for axes in (left, right):
            axes.set_ylim(len(rows) - 0.4, -0.6)
            axes.set_yticks([])
        if len(rows) <= NAMED:
            size = min(SMALL, 0.8 * high / len(rows))
            left.set_yticks(places, [_name(r["layer"]) for r in rows], fontsize=size)
        else:
            left.set_yticks([0, len(rows) - 1], [_name(rows[k]["layer"]) for k in (0, -1)])

    made = drawn("gradients", (WIDE, high + top + 40), "", paint)
    return Image.open(io.BytesIO(made.png)).convert("RGB")


def _name(layer: str) -> str:
    """Return a layer's name cut to its place from the front: names differ at their ends."""
    whole = clean(layer)
    if breadth(whole) <= NAME_POINTS:
        return whole
    while breadth(whole) > NAME_POINTS - 8:
        whole = whole[1:]
    return f"…{whole}"


def _scale(axes: Any, values: Sequence[float]) -> None:
    """Make the horizontal axis logarithmic, in whole powers of ten around the values."""
    there = [v for v in values if v and math.isfinite(v) and v > FLOOR]
    low = math.floor(math.log10(min(there))) if there else -1
    high = math.ceil(math.log10(max(there))) if there else 0
    low -= low == high or (bool(there) and math.log10(min(there)) - low < 0.15)
    axes.set_xscale("log")
    axes.set_xlim(10.0**low, 10.0**high)
    powers = range(low, high + 1, max(1, math.ceil((high - low) / 6)))
    axes.set_xticks([10.0**p for p in powers], [f"1e{p}" for p in powers])
    axes.minorticks_off()
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", color=COLORS["rule"], linewidth=0.8)
