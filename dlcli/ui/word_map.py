"""A map of words as a picture: points in the shapes and colors of their groups, and as many labels as fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dlcli.ui.canvas import COLORS, SMALL, breadth, drawn
from dlcli.ui.page_style import clean, shorten
from dlcli.ui.table_boundary import hue, shape
from dlcli.ui.word_map_labels import fit, place

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDE, HIGH, EDGE = 900.0, 660.0, 14.0  # points
SIZES = ((60, 11.0, 6.6), (150, 9.5, 5.4), (600, 8.5, 4.2))  # words at most, size of labels, size of points
LEAST_SIZES = (8.5, 3.0)
LISTED = 12  # groups in the legend
LONGEST = 28  # columns of a label
PALE = "#8b949d"  # of points without a group


@dataclass(frozen=True)
class WordMap:
    """What is drawn.

    Args:
        title: what it is, in a line.
        about: how it was made and how it is to be read, in a sentence or two.
        words: in the order in which their labels are placed: the first ones have room.
        points: where they lie.
        axes: captions, below and beside; empty: none.
        facts: what is told of it: terms and values.
        groups: names; empty: no colors.
        group_of: number of each word's group; −1: none.
        near: the nearest words of each, by number, and the cosines; None: not told.
        focus: number of the word that it is about, or −1.
    Shapes:
        points (n, 2), group_of (n,), near (n, k) twice

    """

    title: str
    about: str
    words: Sequence[str]
    points: np.ndarray
    axes: tuple[str, str]
    facts: Sequence[tuple[str, str]]
    groups: Sequence[str]
    group_of: np.ndarray
    near: tuple[np.ndarray, np.ndarray] | None = None
    focus: int = -1


def png(word_map: WordMap) -> tuple[bytes, int]:
    """Return the map as the content of a PNG file, and how many words had room for their label."""
    rows = list(legend_rows(word_map))
    top = 34 + 16 * len(rows)
    labeled = 0

    def paint(figure: Figure) -> None:
        nonlocal labeled
        figure.text(EDGE / WIDE, 1 - 17 / (HIGH + top), shorten(word_map.title, 120), va="center", color=COLORS["ink"],
                    fontsize=11.5)  # fmt: skip
        for number, entries in enumerate(rows):
            legend(figure, entries, 1 - (37 + 16 * number) / (HIGH + top))
        labeled = _map(figure, word_map, top)

    content = drawn("map", (WIDE, HIGH + top), "", paint).png
    return content, labeled


def legend_rows(word_map: WordMap) -> Iterator[list[tuple[int, str]]]:
    """Yield the legend's lines of entries; number −1 is for words without a group."""
    if not word_map.groups:
        return
    entries = [(k, shorten(name, LONGEST + 12)) for k, name in enumerate(word_map.groups[:LISTED])]
    if len(word_map.groups) > LISTED:
        entries.append((-2, f"and {len(word_map.groups) - LISTED:,} more"))
    if (word_map.group_of < 0).any():
        entries.append((-1, "no group"))
    line: list[tuple[int, str]] = []
    used = EDGE
    for k, name in entries:
        need = 30 + breadth(name)
        if line and used + need > WIDE:
            yield line
            line, used = [], EDGE
        line.append((k, name))
        used += need
    yield line


def legend(figure: Figure, entries: Sequence[tuple[int, str]], up: float) -> None:
    """Draw a line of ``legend_rows`` at a height, as a share of the figure's; it must be ``WIDE``."""
    from matplotlib.lines import Line2D

    left = EDGE
    for k, name in entries:
        if k > -2:
            figure.add_artist(Line2D([(left + 5) / WIDE], [up], markersize=6.5, linestyle="none", **mark(k)))
        figure.text((left + 14) / WIDE, up, name, va="center_baseline", fontsize=SMALL, color=COLORS["ink"])
        left += 30 + breadth(name)


def mark(group: int) -> dict:
    """Return how matplotlib draws a point of a group; −1 is for none."""
    color = COLORS[hue(group)] if group >= 0 else PALE
    return {"color": color, "marker": shape(group) if group >= 0 else "o", "markeredgewidth": 0}


def _map(figure: Figure, word_map: WordMap, top: float) -> int:
    """Draw points and labels; return how many labels."""
    from matplotlib.patheffects import Normal, Stroke

    below = 32.0 if word_map.axes[0] else EDGE
    beside = 30.0 if word_map.axes[1] else EDGE
    box = (beside / WIDE, below / (HIGH + top), (WIDE - beside - EDGE) / WIDE, (HIGH - below) / (HIGH + top))
    axes = figure.add_axes(box)
    axes.set(xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set_color(COLORS["rule"])
    axes.set_xlabel(word_map.axes[0], fontsize=SMALL, color=COLORS["muted"], labelpad=8)
    axes.set_ylabel(word_map.axes[1], fontsize=SMALL, color=COLORS["muted"], labelpad=8)
    size = np.array((WIDE - beside - EDGE, HIGH - below))
    shown = fit(word_map.points, size, 26.0)
    axes.set(xlim=(0, size[0]), ylim=(0, size[1]))
    label, dot = next((sizes for most, *sizes in SIZES if len(shown) <= most), LEAST_SIZES)
    _points(axes, word_map, shown, dot)
    texts = [_label(word) for word in word_map.words]
    widths = np.array([breadth(t) * label / SMALL for t in texts])
    order = [word_map.focus, *range(len(texts))] if word_map.focus >= 0 else range(len(texts))
    halo = [Stroke(linewidth=2.2, foreground="white"), Normal()]
    placed = place(shown, widths, label + 2, size, order, word_map.focus)
    for number, x, y, side in placed:
        weight = "bold" if number == word_map.focus else "normal"
        axes.text(x, y, texts[number], fontsize=label, color=COLORS["ink"], va="center_baseline", ha=side, zorder=3,
                  fontweight=weight, path_effects=halo)  # fmt: skip
    return len(placed)


def _label(word: str) -> str:
    return shorten(word, LONGEST) or "(blank)"


def _points(axes: Axes, word_map: WordMap, shown: np.ndarray, dot: float) -> None:
    plain = not word_map.groups
    for group in np.unique(word_map.group_of):
        which = shown[word_map.group_of == group]
        style = {**mark(int(group)), **({"color": COLORS["val"]} if plain else {})}
        axes.plot(which[:, 0], which[:, 1], linestyle="none", markersize=dot, zorder=2, **style)
    if word_map.focus >= 0:
        axes.plot(
            *shown[word_map.focus], marker="o", markersize=dot + 6, color=COLORS["ink"], fillstyle="none", zorder=2.5
        )


def without_glyphs(words: Sequence[str]) -> str:
    """Return the signs of words, at most ten, that the font of the picture lacks and so draws as boxes."""
    from matplotlib import font_manager

    font = font_manager.get_font(font_manager.findfont("DejaVu Sans"))
    signs = dict.fromkeys(sign for word in words for sign in clean(word) if not sign.isspace())
    return "".join([sign for sign in signs if not font.get_char_index(ord(sign))][:10])
