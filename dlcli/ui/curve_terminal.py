"""Curves on a terminal: dots of Braille signs, and a line of blocks for each."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dlcli.ui.console import console
from dlcli.ui.page_style import number, shorten

if TYPE_CHECKING:
    from dlcli.ui.curve_plots import Line

Panel = tuple[str, "Sequence[Line]", Sequence[dict[str, Any]]]
BLOCKS = "▁▂▃▄▅▆▇█"
INKS = ("bright_blue", "bright_red", "green", "magenta", "cyan", "yellow")  # in the order of canvas.HUES
HIGH, LABEL = 12, 10  # rows of a plot, columns of its numbers
_DOTS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])


def spark(x: np.ndarray, y: np.ndarray, wide: int = 24) -> str:
    """Return a curve as a line of blocks: the mean of each stretch of x, a blank where it has no number."""
    finite = np.isfinite(y)
    if not finite.any():
        return ""
    columns = _columns(x, wide)[finite]
    total, count = (np.bincount(columns, weights, wide) for weights in (y[finite], None))
    means = np.divide(total, count, out=np.full(wide, np.nan), where=count > 0)
    if len(np.unique(x)) < wide:  # a step between points that are far apart is no gap
        means = means[count > 0]
    low, high = np.nanmin(means), np.nanmax(means)
    level = np.zeros(len(means)) if high <= low else (means - low) / (high - low) * 7.999
    return "".join(" " if np.isnan(v) else BLOCKS[int(v)] for v in level)


def _columns(x: np.ndarray, wide: int) -> np.ndarray:
    span = float(x[-1] - x[0]) if len(x) else 0.0
    return (
        np.zeros(len(x), np.int64) if span <= 0 else np.minimum(((x - x[0]) / span * wide).astype(np.int64), wide - 1)
    )


def plot(lines: Sequence[Line], wide: int, high: int = HIGH) -> tuple[list[str], np.ndarray, tuple[float, float]]:
    """Return curves as rows of Braille signs.

    Args:
        lines: curves; where two meet, the later is seen.
        wide: columns.
        high: rows.

    Returns:
        the rows, which line each sign is of (−1: none), and the numbers at the bottom and at the top.

    """
    finite = [line.y[np.isfinite(line.y)] for line in lines]
    low, top = min(float(f.min()) for f in finite if len(f)), max(float(f.max()) for f in finite if len(f))
    start, end = min(float(li.x[0]) for li in lines if len(li.x)), max(float(li.x[-1]) for li in lines if len(li.x))
    dots, owner = np.zeros((high, wide), np.int64), np.full((high, wide), -1)
    for k, line in enumerate(lines):
        across = _scaled(line.x, start, end, wide * 2)
        up = _scaled(line.y, low, top, high * 4)
        for column, first, last in _strokes(across, up):
            for dot in range(first, last + 1):
                row = high * 4 - 1 - dot
                dots[row // 4, column // 2] |= _DOTS[row % 4, column % 2]
                owner[row // 4, column // 2] = k
    return ["".join(chr(0x2800 + int(d)) if d else " " for d in row) for row in dots], owner, (low, top)


def _scaled(values: np.ndarray, low: float, high: float, count: int) -> np.ndarray:
    if high <= low:
        return np.where(np.isfinite(values), count / 2, np.nan)
    return (values - low) / (high - low) * (count - 1)


def _strokes(across: np.ndarray, up: np.ndarray) -> list[tuple[int, int, int]]:
    """Return the dots of a line as (column, lowest, highest): each piece walked column by column."""
    strokes = []
    finite = np.isfinite(up)
    for i in np.flatnonzero(finite):
        strokes.append((round(across[i]), round(up[i]), round(up[i])))
        if i + 1 < len(up) and finite[i + 1]:
            first, last = round(across[i]), round(across[i + 1])
            cuts = np.linspace(up[i], up[i + 1], max(2, last - first + 2)).round().astype(int)
            strokes += [(first + c, *sorted((int(cuts[c]), int(cuts[c + 1])))) for c in range(len(cuts) - 1)]
    return [(min(c, round(float(across[-1]))), a, b) for c, a, b in strokes]


def show(panels: Sequence[Panel], below: str, log: tuple[bool, bool]) -> None:
    """Print each metric as a plot with its legend.

    Args:
        panels: metric, its lines, and of each its run, metric, min, max, last, best, best_at.
        below: name of the horizontal axis.
        log: whether the numbers of x and of y are logarithms to base 10.

    """
    from rich.text import Text

    screen = console(sys.stdout)
    wide = max(20, min(screen.width, 120) - LABEL - 2)
    for metric, lines, rows_of in panels:
        rows, owner, (low, top) = plot(lines, wide)
        screen.print(Text(metric, style="bold"))
        for k, row in enumerate(rows):
            edge = top if k == 0 else low if k == len(rows) - 1 else None
            text = Text(f"{_figure(edge, log[1]):>{LABEL}} │" if edge is not None else f"{'':>{LABEL}} │")
            for sign, one in zip(row, owner[k], strict=True):
                text.append(sign, style=INKS[one % len(INKS)] if one >= 0 else "")
            screen.print(text, no_wrap=True, crop=True)
        start, end = min(li.x[0] for li in lines), max(li.x[-1] for li in lines)
        left, right = _figure(float(start), log[0]), f"{below} {_figure(float(end), log[0])}"
        screen.print(Text(f"{'':>{LABEL}}  {left}{right:>{max(1, wide - len(left))}}"), no_wrap=True, crop=True)
        for k, (line, row) in enumerate(zip(lines, rows_of, strict=True)):
            screen.print(_told(line, row, k, rows_of, screen.width), no_wrap=True, crop=True)


def _told(line: Line, row: dict[str, Any], k: int, rows: Sequence[dict[str, Any]], wide: int) -> Any:
    """Return the legend of a curve: its color, its name, itself in blocks, and its numbers."""
    from rich.text import Text

    cells = []
    for name in ("min", "max", "last", "best", "smoothed"):
        values = [_short(r[name]) for r in rows if name in r]
        if name in row:
            cells.append(f"{name} {_short(row[name]):>{max(map(len, values))}}")
    figures = "  ".join(cells) + f" at {_short(row['best_at'])}" * ("smoothed" not in row)
    names = [shorten(f"{r['run']}: {r['metric']}", 32) for r in rows]
    room = max(0, min(24, wide - max(map(len, names)) - len(figures) - 7))
    blocks = f"{spark(line.x, line.y, room):<{room}}" if room >= 6 else ""
    return Text("━━ ", style=INKS[k % len(INKS)]).append(
        f"{names[k]:<{max(map(len, names))}}  {blocks}  {figures}", style="default"
    )


def _short(value: float) -> str:
    return f"{value:.4g}".replace("-", "−")


def _figure(value: float, logarithm: bool) -> str:
    value = 10**value if logarithm else value
    return number(int(value)) if float(value).is_integer() and abs(value) < 1e15 else f"{value:.4g}".replace("-", "−")
