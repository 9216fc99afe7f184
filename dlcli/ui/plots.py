"""The figures of a training report: curves, learning rate, confusion matrix, reliability, worst pictures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dlcli.ui.canvas import COLORS, SMALL, Drawn, axes_in, captions, drawn
from dlcli.ui.page_style import label, number, shorten, width

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from dlcli.ui.report import Mistake

NUMBERED = 40  # classes up to which the confusion matrix has names and numbers
FEW = 10  # pictures below which a reliability bar is too uncertain to be drawn full
LINES = {"train": ("training", "train", (0, (5, 2.2))), "val": ("validation", "val", "solid")}


def curve_names(history: Sequence[dict], headline: Sequence[str] = ()) -> list[str]:
    """Return the metrics worth a curve: the loss, those of both parts, then the headline's; at most three."""
    seen: dict[str, set[str]] = {}
    for row in history:
        for key in row:
            part, slash, name = key.partition("/")
            if slash and part in LINES:
                seen.setdefault(name, set()).add(part)
    wanted = [n for n in seen if n == "loss"]
    wanted += [n for n in seen if n not in wanted and len(seen[n]) == 2]
    wanted += [n for n in dict.fromkeys(k.partition("/")[2] for k in headline) if n in seen and n != "log_loss"]
    return [n for n in dict.fromkeys(wanted) if any(np.isfinite(series(history, f"{p}/{n}")).any() for p in seen[n])][
        :3
    ]


def series(history: Sequence[dict], key: str) -> np.ndarray:
    """Return one value an epoch; NaN where it is missing or no finite number.

    Shapes:
        -> (len(history),) float64
    """
    values = [row.get(key) for row in history]
    found = np.array([float(v) if isinstance(v, int | float) else math.nan for v in values], dtype=np.float64)
    found[~np.isfinite(found)] = math.nan
    return found


def curve(history: Sequence[dict], name: str, best: int, unit: str = "epoch") -> Drawn | None:
    """Draw a metric of the training and the validation part by epoch; None when there is nothing to draw.

    Args:
        history: one record an epoch.
        name: of the metric, without its part.
        best: the epoch kept; 0 when there is none.
        unit: what is counted, and its key in the records.

    """
    epochs = _epochs(history, unit)
    lines = {part: values for part in LINES if np.isfinite(values := series(history, f"{part}/{name}")).any()}
    if not lines:
        return None
    told = [f"{LINES[part][0]} {_span(values)}" for part, values in lines.items()]
    kept = f"; best {unit} {best}" if best in epochs else ""

    def paint(figure: Figure) -> None:
        axes = axes_in(figure, left=56, bottom=36, right=12, top=26)
        for part, values in lines.items():
            text, color, dash = LINES[part]
            _line(axes, epochs, values, label=text, color=COLORS[color], linestyle=dash)
        if kept:
            axes.axvline(best, color=COLORS["muted"], linewidth=1, linestyle=(0, (1, 2)), label=f"best: {unit} {best}")
            at = lines.get("val", next(iter(lines.values())))[epochs.index(best)]
            color = COLORS["val" if "val" in lines else "train"]
            axes.plot([best], [at], "o", markersize=6, color=COLORS["card"], markeredgecolor=color, markeredgewidth=1.6)
        _range(axes, np.concatenate(list(lines.values())), name)
        _by_epoch(axes, epochs, label(name), unit)
        axes.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncol=3, frameon=False, fontsize=SMALL,
                    labelcolor=COLORS["ink"], handlelength=2.2, columnspacing=1.4, borderpad=0.2)  # fmt: skip

    return drawn(name, (380, 226), f"{label(name)} by {unit}: {', '.join(told)}{kept}", paint)


def learning_rate(history: Sequence[dict]) -> Drawn | None:
    """Draw the learning rate by epoch; None when it was not recorded."""
    epochs, rates = _epochs(history), series(history, "lr")
    if not np.isfinite(rates).any():
        return None

    def paint(figure: Figure) -> None:
        axes = axes_in(figure, left=56, bottom=36, right=12, top=26)
        _line(axes, epochs, rates, color=COLORS["ink"], linewidth=1.5)
        top = float(np.nanmax(rates)) or 1.0
        axes.set_ylim(0, top * 1.06)
        axes.yaxis.set_major_formatter(lambda value, _: _rate(value, top))
        _by_epoch(axes, epochs, "learning rate")

    return drawn("learning_rate", (380, 226), f"learning rate by epoch: {_span(rates)}", paint)


def confusion(matrix: Sequence[Sequence[int]], classes: Sequence[str]) -> Drawn | None:
    """Draw counts of truth (rows) by prediction (columns); None when there are none.

    Color is the share of the row, its root so that one mistake in a hundred is still seen; right and wrong have two
    hues. Past ``NUMBERED`` classes it is a picture without names and numbers.
    """
    counts = np.asarray(matrix, dtype=np.float64)
    if counts.size == 0:
        return None
    size = len(counts)
    depth = np.sqrt(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1))
    alt = f"confusion matrix of {size:,} classes: {int(np.trace(counts)):,} of {int(counts.sum()):,} right"
    if size > NUMBERED:
        return drawn("confusion", (420, 420), alt, lambda figure: _heat_map(figure, depth))
    names = [shorten(classes[i] if i < len(classes) else i, 16) for i in range(size)]
    cell, longest = min(60.0, max(17.0, 300 / size)), max(map(width, names)) * 5.9 + 8
    flat = longest <= cell + 4
    left, bottom = 20 + longest, 20 + (14 if flat else longest)

    def paint(figure: Figure) -> None:
        axes = axes_in(figure, left=left, bottom=bottom, right=6, top=6)
        axes.set(xlim=(-0.5, size - 0.5), ylim=(size - 0.5, -0.5))
        _cells(axes, counts, depth, cell)
        axes.set_xticks(range(size), names, rotation=0 if flat else 90)
        axes.set_yticks(range(size), names)
        axes.tick_params(labelcolor=COLORS["ink"])
        axes.grid(False)
        captions(axes, "prediction", "truth")

    return drawn("confusion", (left + 6 + cell * size, bottom + 6 + cell * size), alt, paint)


def calibration(rows: Sequence[dict]) -> Drawn | None:
    """Draw accuracy by confidence and, below, how many pictures each bin holds; None when there are no bins."""
    rows = [r for r in rows if r["count"] and math.isfinite(r["accuracy"])]
    if not rows:
        return None
    low, wide = [r["low"] for r in rows], [r["high"] - r["low"] for r in rows]
    total = sum(r["count"] for r in rows)
    alt = "reliability: " + ", ".join(f"confidence {r['confidence']:.2f} accuracy {r['accuracy']:.2f}" for r in rows)

    def paint(figure: Figure) -> None:
        axes = axes_in(figure, left=56, bottom=122, right=12, top=10)
        bars = axes.bar(
            low, [r["accuracy"] for r in rows], wide, align="edge", color=COLORS["val"], edgecolor=COLORS["card"]
        )
        for bar, row in zip(bars, rows, strict=True):
            bar.set(alpha=0.75 if row["count"] >= FEW else 0.28)
        axes.plot([0, 1], [0, 1], color=COLORS["train"], linewidth=1.5, linestyle=LINES["train"][2])
        axes.set(xlim=(0, 1), ylim=(0, 1))
        axes.tick_params(labelbottom=False)
        captions(axes, "", "accuracy")
        below = axes_in(figure, left=56, bottom=36, right=12, top=218)
        below.bar(
            low, [r["count"] / total for r in rows], wide, align="edge", color=COLORS["muted"], alpha=0.6, linewidth=0
        )
        below.set(xlim=(0, 1))
        below.locator_params(axis="y", nbins=3)
        captions(below, "confidence", "share")

    return drawn("calibration", (380, 300), alt, paint)


def mistakes(worst: Sequence[Mistake]) -> Drawn | None:
    """Draw a sheet of pictures, each with truth → prediction and the confidence; None when there are none."""
    if not worst:
        return None
    across = min(4, len(worst))
    down = math.ceil(len(worst) / across)
    wide, high, side = 132.0, 158.0, 108.0
    whole = (wide * across + 12, high * down + 8)

    def paint(figure: Figure) -> None:
        for i, one in enumerate(worst):
            left, top = 6 + wide * (i % across) + (wide - side) / 2, 6 + high * (i // across)
            low = whole[1] - top - side
            axes = axes_in(figure, left=left, bottom=low, right=whole[0] - left - side, top=top)
            axes.set_axis_off()
            coarse = max(one.picture.shape[:2]) < side
            how = "nearest" if coarse else "antialiased"
            axes.imshow(one.picture, cmap="gray", vmin=0, vmax=255, interpolation=how)
            style = {"ha": "center", "va": "top", "fontsize": SMALL, "color": COLORS["ink"], "linespacing": 1.25}
            figure.text((left + side / 2) / whole[0], (low - 5) / whole[1], _told(one), **style)

    return drawn("mistakes", whole, "", paint)


def _told(one: Mistake) -> str:
    truth, guess = shorten(one.truth, 20), shorten(one.prediction, 20)
    gap = "\n" if width(truth + guess) > 18 else " "
    return (
        f"{truth}, right" if one.truth == one.prediction else f"{truth} →{gap}{guess}"
    ) + f"\n{number(one.confidence, 2)}"


def _rate(value: float, top: float) -> str:
    """Return a learning rate for an axis that ends at ``top``: 0.05, or 2.5e-4 where all are small."""
    if value == 0 or top >= 0.01:
        return f"{value:g}"
    digits, _, power = f"{value:.2e}".partition("e")
    return f"{digits.rstrip('0').rstrip('.')}e{int(power)}"


def _epochs(history: Sequence[dict], unit: str = "epoch") -> list[int]:
    return [int(row.get(unit, i)) for i, row in enumerate(history, 1)]


def _span(values: np.ndarray) -> str:
    finite = values[np.isfinite(values)]
    return f"from {number(float(finite[0]))} to {number(float(finite[-1]))}"


def _line(axes: Axes, epochs: Sequence[int], values: np.ndarray, **style: Any) -> None:
    dots = "o" if np.isfinite(values).sum() <= 12 else None  # a single epoch has no line to see
    axes.plot(epochs, values, **{"linewidth": 1.8, "marker": dots, "markersize": 4, **style})


def _range(axes: Axes, values: np.ndarray, name: str) -> None:
    """Fit the vertical axis: losses start at 0, fractions end at 1, an outburst gets a logarithm."""
    finite = values[np.isfinite(values)]
    low, high = float(finite.min()), float(finite.max())
    if low > 0 and high > 30 * float(np.median(finite)) and high > 1:
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.yaxis.set_minor_formatter(lambda *_: "")
        return
    room = (high - low) * 0.06 or abs(high) * 0.06 or 0.06
    bottom = 0.0 if "loss" in name and low >= 0 else low - room
    top = high + max(room, 0.04 * (high - bottom))
    if low >= 0 and high <= 1 and "loss" not in name:
        bottom, top = max(0.0, bottom), min(1.0 + room / 3, top)
    axes.set_ylim(bottom, top)


def _by_epoch(axes: Axes, epochs: Sequence[int], caption: str, unit: str = "epoch") -> None:
    from matplotlib.ticker import MaxNLocator

    pad = max(0.5 if len(epochs) < 13 else 0.0, (epochs[-1] - epochs[0]) * 0.015)
    axes.set_xlim(epochs[0] - pad, epochs[-1] + pad)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=7, steps=[1, 2, 5, 10], integer=True, min_n_ticks=1))
    captions(axes, unit, caption)


def _cells(axes: Axes, counts: np.ndarray, depth: np.ndarray, cell: float) -> None:
    from matplotlib.patches import Rectangle

    digits = len(f"{int(counts.max())}")
    size = min(11.0, cell * 0.5, cell * 1.4 / digits)
    for row, column in zip(*np.nonzero(counts), strict=True):
        strength = float(depth[row, column])
        color = COLORS["val" if row == column else "train"]
        axes.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=color, alpha=strength, linewidth=0))
        ink = COLORS["card" if strength > 0.6 else "ink"]
        axes.text(column, row, f"{int(counts[row, column])}", ha="center", va="center", fontsize=size, color=ink)


def _heat_map(figure: Figure, depth: np.ndarray) -> None:
    """Paint shares; several classes a dot keep the strongest, so that no mistake is averaged away."""
    size = len(depth)
    fold = math.ceil(size / 200)
    dots = math.ceil(size / fold)
    picture = np.zeros((dots, dots, 4))
    for color, part in (("train", depth * (1 - np.eye(size))), ("val", depth * np.eye(size))):
        padded = np.pad(part, (0, dots * fold - size)).reshape(dots, fold, dots, fold).max(axis=(1, 3))
        rgb = [int(COLORS[color][i : i + 2], 16) / 255 for i in (1, 3, 5)]
        picture[padded > 0, :3] = rgb
        picture[..., 3] = np.where(padded > 0, 0.25 + 0.75 * padded, picture[..., 3])
    axes = axes_in(figure, left=48, bottom=38, right=16, top=8)
    axes.imshow(picture, interpolation="none", aspect="auto", extent=(0.5, dots * fold + 0.5, dots * fold + 0.5, 0.5))
    axes.grid(False)
    for side in ("top", "bottom", "left", "right"):
        axes.spines[side].set(visible=True, color=COLORS["rule"])
    axes.set(xlim=(0.5, size + 0.5), ylim=(size + 0.5, 0.5))
    captions(axes, "number of the predicted class", "number of the true class")
