"""What a method answers over two columns: areas of its classes, or a map of its values, and the points it learned."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dlcli.ui.canvas import COLORS, HUES, SMALL, Drawn, axes_in, breadth, captions, drawn, fitted, numbers
from dlcli.ui.page_style import counted, number, shorten

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

POINTS = 1_000
LISTED = 8  # classes in the legend
# Hue and shape have different periods, so that 42 classes differ in one or the other.
SHAPES = ("o", "s", "^", "D", "v", "P", "X")
WIDE, PLOT_HIGH = 380.0, 286.0
SCALE = "cividis"  # of values: made to look alike to all eyes, from dark blue to yellow


def decision_boundary(
    grid_x: np.ndarray,
    grid_y: np.ndarray,
    answers: np.ndarray,
    points: np.ndarray,
    labels: np.ndarray,
    names: Sequence[str],
    classes: Sequence[str] = (),
    name: str = "boundary",
) -> Drawn | None:
    """Draw the answers over two columns and the training points on them; None when the grid is empty.

    For two classes the areas are deeper where the method is surer, and a line runs where both are equally probable.
    A thousand points are drawn at most, by lot; those with a missing coordinate are left out.

    Args:
        grid_x: where answers were asked, left to right, in equal steps.
        grid_y: the same, upward.
        answers: probabilities, class numbers, or without classes values; what is not a number stays empty.
        points: the training rows' two columns.
        labels: their class numbers, or without classes their values.
        names: of the two columns.
        classes: names of the classes; empty for values.
        name: of the figure; another for each figure of a page.
    Shapes:
        grid_x (W,), grid_y (H,), answers (H, W, K) or (H, W), points (N, 2), labels (N,)

    """
    grid_x, grid_y, answers = (np.asarray(a, np.float64) for a in (grid_x, grid_y, answers))
    if not answers.size or not np.isfinite(grid_x).all() or not np.isfinite(grid_y).all():
        return None
    points, labels = np.asarray(points, np.float64).reshape(-1, 2), np.asarray(labels)
    there = np.isfinite(points).all(axis=1)
    total, points, labels = int(there.sum()), points[there], labels[there]
    if total > POINTS:
        kept = np.sort(np.random.default_rng(0).choice(total, POINTS, replace=False))
        points, labels = points[kept], labels[kept]
    shown = [fitted(names[0], 290), fitted(names[1], 250)]
    alt = f"answers over {shown[0]} and {shown[1]}"
    alt += (
        f" with {len(points):,} of {counted(total, 'point')}"
        if len(points) < total
        else f" with {counted(total, 'point')}"
    )
    if not classes:
        return _values(grid_x, grid_y, answers.reshape(len(grid_y), len(grid_x)), points, labels, shown, alt, name)
    rows = _packed([fitted(c, 130) for c in classes[:LISTED]], len(classes) - LISTED)
    top = 8 + 15 * len(rows)

    def paint(figure: Figure) -> None:
        axes = _plane(figure, grid_x, grid_y, shown, top=top, right=14)
        _areas(axes, grid_x, grid_y, answers, len(classes))
        for k in np.unique(labels):
            style = {"color": COLORS[hue(int(k))], "marker": shape(int(k)), "markeredgecolor": COLORS["card"]}
            which = points[labels == k]
            axes.plot(which[:, 0], which[:, 1], linestyle="none", markersize=5.2, markeredgewidth=0.7, **style)
        _legend(figure, rows)

    told = ", ".join(shorten(c, 30) for c in classes[:LISTED])
    more = f" and {len(classes) - LISTED:,} more classes" if len(classes) > LISTED else ""
    return drawn(name, (WIDE, PLOT_HIGH + 40 + top), f"{alt}: {told}{more}", paint)


def hue(k: int) -> str:
    """Return the name of the color of class number ``k``."""
    return HUES[k % len(HUES)]


def shape(k: int) -> str:
    """Return the marker of class number ``k``."""
    return SHAPES[k % len(SHAPES)]


def _plane(figure: Figure, x: np.ndarray, y: np.ndarray, names: Sequence[str], *, top: float, right: float) -> Axes:
    axes = axes_in(figure, left=62, bottom=40, right=right, top=top)
    axes.grid(False)
    left, right_end, low, high = _extent(x, y)
    axes.set(xlim=(left, right_end), ylim=(low, high))
    axes.locator_params(axis="both", nbins=6)
    captions(axes, *names)
    numbers(axes.xaxis, axes.yaxis)
    return axes


def _extent(x: np.ndarray, y: np.ndarray) -> tuple[float, float, float, float]:
    """Return the borders of the picture: each answer stands in the middle of its dot."""
    half = [(float(np.ptp(g)) / (len(g) - 1) if len(g) > 1 and np.ptp(g) > 0 else 1.0) / 2 for g in (x, y)]
    return float(x.min()) - half[0], float(x.max()) + half[0], float(y.min()) - half[1], float(y.max()) + half[1]


def _areas(axes: Axes, x: np.ndarray, y: np.ndarray, answers: np.ndarray, count: int) -> None:
    """Paint the most probable class, and for two classes how sure it is; a line where the answer changes."""
    sure = answers.ndim == 3 and count == 2
    fine = np.isfinite(answers).all(axis=-1) if answers.ndim == 3 else np.isfinite(answers)
    known = np.nan_to_num(answers)
    winner = known.argmax(axis=-1) if answers.ndim == 3 else known.astype(int)
    rgb = np.array([[int(COLORS[hue(k)][i : i + 2], 16) / 255 for i in (1, 3, 5)] for k in range(max(count, 1))])
    picture = np.zeros((*winner.shape, 4))
    picture[..., :3] = rgb[winner % len(rgb)]
    depth = 0.08 + 0.84 * np.abs(known[..., 1] - 0.5) if sure else np.full(winner.shape, 0.3)
    picture[..., 3] = np.where(fine, depth, 0)
    axes.imshow(picture, interpolation="none", aspect="auto", origin="lower", extent=_extent(x, y), zorder=0)
    line = {"colors": [COLORS["ink"]], "linewidths": 1.1, "zorder": 1.5}
    if min(winner.shape) < 2:
        return
    if sure:
        if known[..., 1].min() < 0.5 < known[..., 1].max():
            axes.contour(x, y, known[..., 1], levels=[0.5], **line)
    else:
        _borders(axes, winner, _extent(x, y))


def _borders(axes: Axes, winner: np.ndarray, extent: tuple[float, float, float, float]) -> None:
    """Draw the sides of the dots on which the class changes; runs of them are one line."""
    from matplotlib.collections import LineCollection

    left, right, low, high = extent
    xs, ys = np.linspace(left, right, winner.shape[1] + 1), np.linspace(low, high, winner.shape[0] + 1)
    lines = []
    for j in range(1, winner.shape[1]):
        lines += [((xs[j], ys[a]), (xs[j], ys[b])) for a, b in _runs(winner[:, j] != winner[:, j - 1])]
    for i in range(1, winner.shape[0]):
        lines += [((xs[a], ys[i]), (xs[b], ys[i])) for a, b in _runs(winner[i] != winner[i - 1])]
    axes.add_collection(LineCollection(lines, colors=[COLORS["ink"]], linewidths=0.8, alpha=0.7, zorder=1.5))


def _runs(marked: np.ndarray) -> list[tuple[int, int]]:
    """Return start and end of each run of marked places."""
    edges = np.nonzero(np.diff(np.concatenate(([0], marked.astype(np.int8), [0]))))[0]
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _packed(names: Sequence[str], more: int) -> list[list[tuple[int, str]]]:
    """Return the legend's entries in lines that fit the figure; number −1 is an entry without a mark."""
    entries = list(enumerate(names)) + ([(-1, f"and {more:,} more")] if more > 0 else [])
    lines: list[list[tuple[int, str]]] = [[]]
    used = 62.0
    for k, name in entries:
        need = 26 + breadth(name)
        if lines[-1] and used + need > WIDE:
            lines.append([])
            used = 62.0
        lines[-1].append((k, name))
        used += need
    return lines


def _legend(figure: Figure, lines: Sequence[Sequence[tuple[int, str]]]) -> None:
    from matplotlib.lines import Line2D

    wide, high = figure.get_size_inches() * 72
    for row, entries in enumerate(lines):
        left, up = 62.0, 1 - (11 + 15 * row) / high
        for k, name in entries:
            if k >= 0:
                style = {"color": COLORS[hue(k)], "marker": shape(k), "markersize": 6, "linestyle": "none"}
                figure.add_artist(Line2D([(left + 6) / wide], [up], markeredgewidth=0, **style))
            start = left + (14 if k >= 0 else 4)
            figure.text(start / wide, up, name, va="center_baseline", fontsize=SMALL, color=COLORS["ink"])
            left += 26 + breadth(name)


def _values(x: np.ndarray, y: np.ndarray, answers: np.ndarray, points: np.ndarray, labels: np.ndarray,
            names: Sequence[str], alt: str, name: str) -> Drawn | None:  # fmt: skip
    """Draw a map of values with its scale; the points are filled by the same scale."""
    labels = np.asarray(labels, np.float64)
    everything = np.concatenate([a[np.isfinite(a)] for a in (answers.ravel(), labels)])
    if not len(everything):
        return None
    low, high = float(everything.min()), float(everything.max())
    if high <= low:
        low, high = low - (abs(low) * 0.05 or 0.5), high + (abs(high) * 0.05 or 0.5)

    def paint(figure: Figure) -> None:
        import matplotlib
        from matplotlib.colors import Normalize

        style: dict[str, Any] = {"cmap": matplotlib.colormaps[SCALE], "norm": Normalize(low, high)}
        axes = _plane(figure, x, y, names, top=12, right=78)
        axes.imshow(answers, interpolation="none", aspect="auto", origin="lower", extent=_extent(x, y), **style)
        fine = np.isfinite(labels)
        axes.scatter(points[fine, 0], points[fine, 1], c=labels[fine], s=24, edgecolors=COLORS["card"],
                     linewidths=0.9, **style)  # fmt: skip
        bar = axes_in(figure, left=WIDE - 64, bottom=40, right=52, top=12)
        steps = np.linspace(low, high, 128)[:, None]
        bar.imshow(steps, aspect="auto", origin="lower", extent=(0, 1, low, high), interpolation="none", **style)
        bar.set_xticks([])
        bar.grid(False)
        bar.yaxis.tick_right()
        bar.locator_params(axis="y", nbins=6)
        numbers(bar.yaxis)
        bar.tick_params(length=0, labelsize=SMALL, labelcolor=COLORS["muted"])

    told = f"{alt}: values from {number(low)} to {number(high)}"
    return drawn(name, (WIDE, PLOT_HIGH + 52), told if not math.isnan(low) else alt, paint)
