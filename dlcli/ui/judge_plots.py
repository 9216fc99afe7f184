"""What `visualize score`, `sanity` and `pointing` draw: curves, and boxes and points over maps."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from dlcli.ui.canvas import COLORS, HUES, SMALL, axes_in, captions, drawn, fitted
from dlcli.ui.map_sheet import PAPER

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DASHES = ("solid", (0, (5, 2.2)), (0, (1, 1.6)), (0, (6, 2, 1, 2)))
MARKS = ("o", "s", "^", "D", "v", "P")


def faithfulness(curves: Mapping[str, Mapping[str, np.ndarray]]) -> Image.Image:
    """Draw the confidence against the share of pixels that were replaced.

    Args:
        curves: ``insertion`` or ``deletion`` → method → confidence after each step.

    """
    title = {
        "insertion": "insertion: pixels come back (higher is better)",
        "deletion": "deletion: pixels go (lower is better)",
    }

    def paint(figure: Figure) -> None:
        wide = figure.get_size_inches()[0] * 72 / len(curves)
        for number, (name, each) in enumerate(curves.items()):
            axes = axes_in(
                figure, left=48 + number * wide, bottom=66, right=14 + (len(curves) - 1 - number) * wide, top=26
            )
            for k, (method, curve) in enumerate(each.items()):
                line = {"color": COLORS[HUES[k % len(HUES)]], "linestyle": DASHES[k % len(DASHES)], "linewidth": 1.8}
                axes.plot(np.linspace(0, 1, len(curve)), curve, label=fitted(method, 150), **line)
            axes.set(xlim=(0, 1), ylim=(0, 1.02))
            axes.set_title(title[name], fontsize=SMALL + 1, loc="left", color=COLORS["ink"])
            captions(axes, "share of pixels, the most relevant first", "confidence")
            if number == 0:
                _legend(axes, len(each))

    size = (340.0 * len(curves), 270.0)
    return _image(drawn("faithfulness", size, "", paint).png)


def randomized(stages: Sequence[str], lines: Mapping[str, Sequence[float]], bound: float, order: str) -> Image.Image:
    """Draw the rank correlation with the trained network's map against what was made random.

    Args:
        stages: the groups of layers.
        lines: method → correlation after each stage.
        bound: a sane method ends below it.
        order: ``cascading`` or ``independent``.

    """
    names = ["trained", *stages]
    below = {"cascading": "random from the top down to", "independent": "random alone"}[order]

    def paint(figure: Figure) -> None:
        axes = axes_in(figure, left=56, bottom=92, right=16, top=20)
        for k, (method, values) in enumerate(lines.items()):
            line = {"color": COLORS[HUES[k % len(HUES)]], "linestyle": DASHES[k % len(DASHES)], "linewidth": 1.8}
            axes.plot([1.0, *values], label=fitted(method, 150), marker=MARKS[k % len(MARKS)], markersize=5, **line)
        axes.axhline(bound, color=COLORS["muted"], linewidth=1, linestyle=(0, (1, 2)), label=f"bound {bound:g}")
        axes.axhline(0, color=COLORS["rule"], linewidth=1)
        lowest = min(0.0, *(v for values in lines.values() for v in values))
        axes.set(xlim=(-0.2, len(names) - 0.8), ylim=(max(-1.0, lowest - 0.15), 1.08), xticks=range(len(names)))
        axes.set_xticklabels([fitted(n, 750 / len(names)) for n in names])
        captions(axes, below, "rank correlation with the trained map")
        _legend(axes, len(lines) + 1)

    return _image(drawn("randomized", (840, 330), "", paint).png)


def _legend(axes, entries: int) -> None:
    axes.legend(
        loc="upper left", bbox_to_anchor=(-0.02, -0.17), ncol=min(entries, 4), frameon=False, fontsize=SMALL,
        labelcolor=COLORS["ink"], handlelength=2.4, columnspacing=1.4, borderpad=0.2,
    )  # fmt: skip


def _image(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


def stacked(above: Image.Image, below: Image.Image | None) -> Image.Image:
    """Return two pictures, one below the other, on white; the lower is made smaller where it is wider."""
    if below is None:
        return above
    if below.width > above.width:
        size = above.width, round(below.height * above.width / below.width)
        below = below.resize(size, Image.Resampling.LANCZOS)
    whole = Image.new("RGB", (above.width, above.height + below.height), PAPER)
    whole.paste(above, (0, 0))
    whole.paste(below, (0, above.height))
    return whole


def smaller(picture: np.ndarray, side_px: int) -> np.ndarray:
    """Return a picture whose longer side is at most so long.

    Shapes:
        (H, W, 3) uint8 -> (h, w, 3) uint8
    """
    factor = side_px / max(picture.shape[:2])
    if factor >= 1:
        return picture
    size = max(1, round(picture.shape[1] * factor)), max(1, round(picture.shape[0] * factor))
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BILINEAR))


def pointed(
    picture: np.ndarray, boxes: Sequence[tuple[float, float, float, float]], point: tuple[float, float] | None
) -> np.ndarray:
    """Return a picture with boxes and a cross on it, each in two tones that show on every ground.

    Shapes:
        picture (H, W, 3) uint8 -> the same
    """
    image = Image.fromarray(picture)
    draw = ImageDraw.Draw(image)
    thin = max(1, max(picture.shape[:2]) // 160)
    for x0, y0, x1, y1 in boxes:
        edge = [max(0.0, x0), max(0.0, y0), max(x0, x1 - 1), max(y0, y1 - 1)]
        draw.rectangle(edge, outline=(0, 0, 0), width=2 * thin)
        draw.rectangle(edge, outline=(120, 220, 255), width=thin)
    if point is not None:
        (x, y), arm = point, max(3, max(picture.shape[:2]) // 28)
        for color, wide in (((0, 0, 0), 5 * thin), ((120, 220, 255), 2 * thin)):
            draw.line([x - arm, y, x + arm, y], fill=color, width=wide)
            draw.line([x, y - arm, x, y + arm], fill=color, width=wide)
    return np.asarray(image)
