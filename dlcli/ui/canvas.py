"""What every figure is drawn on: its colors, its axes, and its two forms, PNG and SVG for HTML."""

from __future__ import annotations

import contextlib
import io
import logging
import math
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dlcli.ui.page_style import clean, shorten, width

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

# The PNG files use these colors; in SVG each becomes the CSS variable of that name, which the page sets for light
# and dark. The hues are Okabe and Ito's, told apart by every eye; lines differ in dash and points in shape as well.
COLORS = {
    "ink": "#1d2328",
    "muted": "#5f6973",
    "rule": "#dde1e5",
    "card": "#fefefe",
    "train": "#d55e00",
    "val": "#0072b2",
    "third": "#009e73",
    "fourth": "#cc79a7",
    "fifth": "#56b4e9",
    "sixth": "#e69f00",
}
HUES = ("val", "train", "third", "fourth", "fifth", "sixth")  # of classes, in their order; then again from the first
SMALL = 9.5  # points


@dataclass(frozen=True)
class Drawn:
    """One figure.

    Args:
        png: the file's content, on white.
        svg: the same as an ``<svg>`` element for HTML: no background, colors as CSS variables.
        alt: what is to be seen, in words.
        width: in points, as drawn.

    """

    png: bytes
    svg: str
    alt: str
    width: float


def axes_in(figure: Figure, *, left: float, bottom: float, right: float, top: float) -> Axes:
    """Add axes with margins in points: no layout engine has to run."""
    wide, high = figure.get_size_inches() * 72
    axes = figure.add_axes((left / wide, bottom / high, (wide - left - right) / wide, (high - bottom - top) / high))
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(COLORS["rule"])
    axes.tick_params(length=0, labelsize=SMALL, labelcolor=COLORS["muted"])
    axes.grid(axis="y", color=COLORS["rule"], linewidth=0.8)
    axes.set_axisbelow(True)
    return axes


def captions(axes: Axes, below: str, beside: str) -> None:
    """Name both axes."""
    axes.set_xlabel(below, fontsize=SMALL, color=COLORS["muted"])
    axes.set_ylabel(beside, fontsize=SMALL, color=COLORS["muted"])


def numbers(*axes: Axis) -> None:
    """Write the numbers at an axis out, with as many figures as tell them apart, not as parts of a common power.

    Where that would take more than five, they are counted from a value that the caption names. Call it when limits and
    captions are set.
    """
    from matplotlib.ticker import FuncFormatter, ScalarFormatter

    for axis in axes:
        low, high = sorted(map(float, axis.get_view_interval()))
        largest, span = max(abs(low), abs(high)), high - low
        if not (0 < span < math.inf and largest / span < math.inf):
            continue
        figures = max(3, math.ceil(math.log10(largest / span)) + 2)
        if figures > 5:
            step = 10.0 ** math.floor(math.log10(span))
            start = round(low / step) * step
            axis.set_label_text(f"{axis.get_label_text()} (from {_power(f'{start:.15g}')})")
            axis.set_major_formatter(FuncFormatter(lambda value, _, start=start: _power(f"{value - start:+.3g}")))
        elif 1e-3 <= largest < 1e6:
            axis.set_major_formatter(ScalarFormatter(useOffset=False))
        else:
            axis.set_major_formatter(FuncFormatter(lambda value, _, figures=figures: _power(f"{value:.{figures}g}")))


def _power(written: str) -> str:
    digits, sign, power = written.partition("e")
    return (digits + (f"e{int(power)}" if sign else "")).replace("-", "−")


def breadth(words: str) -> float:
    """Return about how many points the words take in the small size."""
    wide = {**dict.fromkeys("WMmw@%", 9.3), **dict.fromkeys("ijlI.,:;|!'()[] ", 3.8)}
    return sum(wide.get(c, 6.0 if width(c) == 1 and not c.isupper() else 7.0 if width(c) == 1 else 11.9) for c in words)


def fitted(words: object, points: float) -> str:
    """Return clean words that take at most so many points, cut with an ellipsis; something where there are none."""
    whole = shorten(words, 120) or "(no name)"
    if breadth(whole) <= points:
        return whole
    while breadth(whole) > points - 8 and len(whole) > 1:
        whole = whole[:-1]
    return whole.rstrip("… ") + "…"


@contextlib.contextmanager
def _settings(name: str) -> Iterator[None]:
    """Draw with our settings, not those of a matplotlibrc, and without matplotlib's remarks.

    It remarks on a home it cannot write (it then uses a temporary folder), a slow first font search and characters its
    font lacks; none of these is for the reader of a report.
    """
    log = logging.getLogger("matplotlib")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        import matplotlib

        ours = {"text.parse_math": False, "svg.fonttype": "none", "svg.hashsalt": name, "axes.unicode_minus": True}
        with warnings.catch_warnings(), matplotlib.rc_context():
            warnings.filterwarnings("ignore", "Glyph .* missing|Matplotlib currently does not support")
            matplotlib.rcdefaults()
            matplotlib.rcParams.update(ours)
            yield
    finally:
        log.setLevel(level)


def drawn(name: str, size: tuple[float, float], alt: str, paint: Callable[[Figure], None]) -> Drawn:
    """Return a figure in both forms.

    Args:
        name: what its inner ids are made from; another for each figure of a page.
        size: width and height in points.
        alt: what is to be seen, in words; empty when no page shows it and so no SVG is needed.
        paint: fills the figure; runs once.

    """
    with _settings(name):
        from matplotlib.figure import Figure

        figure = Figure(figsize=(size[0] / 72, size[1] / 72))
        paint(figure)
        png, svg = io.BytesIO(), io.StringIO()
        figure.savefig(
            png, format="png", dpi=150, facecolor="white", metadata={"Software": None}, pil_kwargs={"compress_level": 3}
        )
        if alt:
            nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
            figure.savefig(svg, format="svg", transparent=True, metadata=nothing)
    return Drawn(png.getvalue(), _for_html(svg.getvalue()), clean(alt), size[0])


def _for_html(svg: str) -> str:
    """Return the bare ``<svg>`` element: no prolog, no global style, no repeated ids, colors as CSS variables."""
    svg = svg[max(0, svg.find("<svg")) :]
    svg = re.sub(r"<!--.*?-->|<style.*?</style>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<svg[^>]*(viewBox=\"[^\"]*\")[^>]*>", r"<svg \1>", svg, count=1)
    variables = {color: f"var(--{name})" for name, color in COLORS.items()}

    def tag(found: re.Match) -> str:
        text = re.sub(
            r"font-family: [^;\"]*;? ?", "", re.sub(r"\s*\n\s*", " ", found[0]).replace("base64, ", "base64,")
        )
        text = re.sub(r"<g id=\"[^\"]*\"", "<g", text)
        return re.sub(r"#[0-9a-f]{6}\b", lambda color: variables.get(color[0], color[0]), text)

    return re.sub(r">\s*\n\s*<", "><", re.sub(r"<[^>]*>", tag, svg)).strip()
