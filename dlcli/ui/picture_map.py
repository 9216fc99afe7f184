"""Pictures or filters as points of a plane: dots in the shapes and colors of classes, or thumbnails."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from dlcli.ui.canvas import COLORS, HUES, SMALL, drawn
from dlcli.ui.page_style import shorten
from dlcli.ui.table_boundary import hue
from dlcli.ui.word_map import EDGE, HIGH, PALE, WIDE, WordMap, legend, legend_rows, mark
from dlcli.ui.word_map_labels import fit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIDES = ((40, 54), (150, 40), (400, 26))  # points at most, side of a thumbnail in points
LEAST_SIDE, FRAME = 18, 2.2
DOTS = ((150, 7.0), (600, 5.0), (2000, 3.8))
LEAST_DOT = 2.6
TITLE, LINE = 34, 16


@dataclass(frozen=True)
class PictureMap:
    """What is drawn.

    Args:
        title: what it is, in a line.
        about: how it is to be read, in a line.
        points: where they lie.
        axes: captions, below and beside; empty: none.
        groups: names of the classes; empty: no colors.
        group_of: number of each point's class; −1: none.
        thumbnails: (h, w, 3) uint8 for each point; empty: dots.
    Shapes:
        points (n, 2), group_of (n,)

    """

    title: str
    about: str
    points: np.ndarray
    axes: tuple[str, str]
    groups: Sequence[str]
    group_of: np.ndarray
    thumbnails: Sequence[np.ndarray] = ()


def picture(held: PictureMap) -> Image.Image:
    """Return the map."""
    names = WordMap(held.title, held.about, (), held.points, held.axes, (), held.groups, held.group_of)
    rows = list(legend_rows(names))
    top = TITLE + LINE * (len(rows) + 1)

    def paint(figure: Figure) -> None:
        whole = HIGH + top
        figure.text(EDGE / WIDE, 1 - 17 / whole, shorten(held.title, 120), va="center", color=COLORS["ink"],
                    fontsize=11.5)  # fmt: skip
        figure.text(EDGE / WIDE, 1 - 36 / whole, shorten(held.about, 150), va="center", color=COLORS["muted"],
                    fontsize=SMALL)  # fmt: skip
        for number, entries in enumerate(rows):
            legend(figure, entries, 1 - (37 + LINE * (number + 1)) / whole)
        _map(figure, held, top)

    return Image.open(io.BytesIO(drawn("map", (WIDE, HIGH + top), "", paint).png)).convert("RGB")


def _map(figure: Figure, held: PictureMap, top: float) -> None:
    below, beside = (32.0, 30.0) if held.axes[0] else (EDGE, EDGE)
    size = np.array((WIDE - beside - EDGE, HIGH - below))
    axes = figure.add_axes((beside / WIDE, below / (HIGH + top), size[0] / WIDE, size[1] / (HIGH + top)))
    axes.set(xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set_color(COLORS["rule"])
    axes.set_xlabel(held.axes[0], fontsize=SMALL, color=COLORS["muted"], labelpad=8)
    axes.set_ylabel(held.axes[1], fontsize=SMALL, color=COLORS["muted"], labelpad=8)
    count = len(held.points)
    side = next((s for most, s in SIDES if count <= most), LEAST_SIDE)
    shown = fit(held.points, size, side / 2 + 8 if held.thumbnails else 26.0)
    if held.thumbnails:
        _thumbnails(axes, held, shown, side)
    else:
        dot = next((d for most, d in DOTS if count <= most), LEAST_DOT)
        for group in np.unique(held.group_of):
            which = shown[held.group_of == group]
            style = {**mark(int(group)), **({} if held.groups else {"color": COLORS["val"]})}
            axes.plot(which[:, 0], which[:, 1], linestyle="none", markersize=dot, alpha=0.85, **style)
    axes.set(xlim=(0, size[0]), ylim=(0, size[1]))


def _thumbnails(axes: Axes, held: PictureMap, shown: np.ndarray, side: float) -> None:
    """Draw each thumbnail in a frame of its class's color; the later lies above the earlier.

    Where there are more classes than colors, the sign of the class stands at a corner.
    """
    from matplotlib.patches import Rectangle

    signs = len(held.groups) > len(HUES)
    for k, (thumbnail, (x, y), group) in enumerate(zip(held.thumbnails, shown, held.group_of.tolist(), strict=True)):
        over = 2 + k / len(held.thumbnails)
        high, wide = thumbnail.shape[:2]
        w, h = side * wide / max(high, wide), side * high / max(high, wide)
        color = COLORS[hue(group)] if held.groups and group >= 0 else PALE
        frame = FRAME if held.groups else 0.7
        corner, outer = (x - w / 2 - frame, y - h / 2 - frame), (w + 2 * frame, h + 2 * frame)
        axes.add_patch(Rectangle(corner, *outer, facecolor=color, edgecolor="white", linewidth=0.5, zorder=over))
        extent = (x - w / 2, x + w / 2, y - h / 2, y + h / 2)
        axes.imshow(thumbnail, extent=extent, interpolation="nearest", aspect="auto", zorder=over)
        if signs and group >= 0:
            style = {**mark(group), "markeredgewidth": 0.8, "markeredgecolor": "white"}
            axes.plot(x - w / 2, y + h / 2, markersize=max(5.0, side / 5), zorder=over, **style)
