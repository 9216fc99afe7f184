"""The figure of the learning-rate range test."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from dlcli.ui.canvas import COLORS, SMALL, Drawn, axes_in, captions, drawn, numbers

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def learning_rate_test(
    rates: Sequence[float],
    losses: Sequence[float],
    smoothed: Sequence[float],
    suggested: float | None,
    marks: Sequence[tuple[str, float]] = (),
) -> Drawn:
    """Draw the loss against the learning rate, which has a logarithmic axis.

    Args:
        rates: of the steps.
        losses: after each step.
        smoothed: the losses smoothed; empty when there is no suggestion.
        suggested: the suggestion, or None.
        marks: name and rate of what it was made from.

    """
    held = np.array(smoothed if len(smoothed) else losses, dtype=np.float64)
    start, low = float(np.median(held[: max(1, len(held) // 10)])), float(np.nanmin([*held, *losses]))
    # The last losses of a sweep may be any number; what the eye needs is the way down and the turn.
    room = (start - low) or abs(start) or 1.0
    top = min(float(np.nanmax([*held, *losses])) + 0.05 * room, start + 0.6 * room)
    told = "no suggestion" if suggested is None else f"suggested {suggested:g}"

    def paint(figure: Figure) -> None:
        axes = axes_in(figure, left=56, bottom=36, right=14, top=42)
        axes.set_xscale("log")
        axes.plot(rates, losses, ".", markersize=4, color=COLORS["muted"], alpha=0.6, label="a mini-batch")
        if len(smoothed):
            axes.plot(rates, smoothed, color=COLORS["val"], linewidth=1.8, label="smoothed")
        for (name, rate), dash in zip(marks, ((0, (1, 2)), (0, (5, 2.2))), strict=False):
            axes.axvline(rate, color=COLORS["muted"], linewidth=1.2, linestyle=dash, label=f"{name}: {rate:.2g}")
        if suggested is not None:
            axes.axvline(suggested, color=COLORS["train"], linewidth=1.8, label=f"suggested: {suggested:g}")
        axes.set(xlim=(rates[0] / 1.3, rates[-1] * 1.3), ylim=(low - 0.06 * room, top))
        captions(axes, "learning rate", "loss")
        numbers(axes.yaxis)
        axes.xaxis.set_major_formatter(lambda value, _: _power_of_ten(value))
        axes.xaxis.set_minor_formatter(lambda *_: "")
        axes.tick_params(which="minor", length=0)
        axes.legend(loc="lower left", bbox_to_anchor=(-0.03, 1.0), ncol=3, frameon=False, fontsize=SMALL,
                    labelcolor=COLORS["ink"], handlelength=1.8, columnspacing=1.2, borderpad=0.2)  # fmt: skip

    return drawn("find_lr", (460, 280), f"loss by learning rate from {rates[0]:.2g} to {rates[-1]:.2g}; {told}", paint)


def _power_of_ten(value: float) -> str:
    power = round(math.log10(value)) if value > 0 else 0
    return f"{value:g}" if -3 <= power <= 3 else f"1e{power}".replace("-", "−")
