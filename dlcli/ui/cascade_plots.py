"""The first features of a cascade, drawn over the mean of what it looks for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from dlcli.ui.canvas import COLORS, SMALL, Drawn, drawn

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TILE, CAPTION, GAP = 120.0, 32.0, 14.0  # points
COLUMNS = 6
Rectangle = tuple[int, int, int, int, int]


def features(
    mean: np.ndarray, chosen: Sequence[tuple[Sequence[Rectangle], str]], title: str = "Features, in order of choice"
) -> Drawn:
    """Return a figure of features over a mean picture; cells that are added are white, those taken away black.

    Args:
        mean: the mean of the positives.
        chosen: rectangles (x, y, width, height, weight) and a caption of each, of two lines at most.
        title: what stands above.
    Shapes:
        mean (H, W) float

    """
    count = max(1, len(chosen))
    columns = min(COLUMNS, count)
    rows = math.ceil(count / columns)
    size = (max(300.0, columns * (TILE + GAP) + GAP), rows * (TILE + CAPTION + GAP) + GAP + 22)
    alt = f"{title}: " + "; ".join(caption.replace("\n", " ") for _, caption in chosen)

    def paint(figure: Figure) -> None:
        wide, high = size
        figure.text(GAP / wide, 1 - 16 / high, title, fontsize=11, color=COLORS["ink"], va="center")
        for k, (rectangles, caption) in enumerate(chosen):
            left = GAP + (k % columns) * (TILE + GAP)
            top = 26 + (k // columns) * (TILE + CAPTION + GAP)
            axes = figure.add_axes((left / wide, (high - top - TILE) / high, TILE / wide, TILE / high))
            axes.imshow(mean, cmap="gray", interpolation="nearest", extent=(0, mean.shape[1], mean.shape[0], 0))
            for x, y, w, h, weight in rectangles:
                _cell(axes, (x, y), w, h, weight > 0)
            axes.set_xlim(0, mean.shape[1])
            axes.set_ylim(mean.shape[0], 0)
            axes.axis("off")
            at = (left / wide, (high - top - TILE - 4) / high)
            figure.text(*at, caption, fontsize=SMALL, color=COLORS["muted"], va="top", linespacing=1.3)

    return drawn("cascade-features", size, alt, paint)


def _cell(axes: object, corner: tuple[int, int], wide: int, high: int, added: bool) -> None:
    from matplotlib.patches import Rectangle as Patch

    color = "white" if added else "black"
    axes.add_patch(Patch(corner, wide, high, facecolor=color, edgecolor=COLORS["train"], linewidth=0.9, alpha=0.72))
