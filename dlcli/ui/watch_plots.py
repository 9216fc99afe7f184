"""The figures of ``train --watch gradients``: gradients and activations of each layer over the steps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dlcli.ui.canvas import COLORS, SMALL, Drawn, axes_in, captions, drawn, fitted

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAMES = ("gradients", "activations")
NAMED = 40  # layers up to which each has its name
NAME_POINTS = 110


def figures(looks: Sequence[dict[str, Any]]) -> dict[str, Drawn | None]:
    """Return the two figures; None where nothing was seen.

    Args:
        looks: records of ``gradients.jsonl``.

    """
    return {name: _map(looks, name, key) for name, key in zip(NAMES, ("gradient", "activation"), strict=True)}


def _map(looks: Sequence[dict[str, Any]], name: str, key: str) -> Drawn | None:
    """Draw powers of ten, a row a layer from the first (top) to the last, a column a look."""
    layers = list(dict.fromkeys(n for look in looks for n in look["layers"]))
    values = np.array([[_power(look["layers"].get(n, {}).get(key)) for look in looks] for n in layers])
    if values.size == 0 or not np.isfinite(values).any():
        return None
    steps = [look["step"] for look in looks]
    high = min(340.0, max(120.0, 15.0 * len(layers))) + 62
    left = 22 + (NAME_POINTS if len(layers) <= NAMED else 20)
    low, top = math.floor(np.nanmin(values)), math.ceil(np.nanmax(values))

    def paint(figure: Figure) -> None:
        axes = axes_in(figure, left=left, bottom=36, right=66, top=26)
        image = axes.imshow(
            values, aspect="auto", cmap="viridis", vmin=low, vmax=max(top, low + 1), interpolation="nearest",
            extent=(steps[0] - 0.5, max(steps[-1], steps[0] + 1) + 0.5, len(layers) - 0.5, -0.5),
        )  # fmt: skip
        axes.grid(False)
        if len(layers) <= NAMED:
            size = min(SMALL, 1.05 * (high - 62) / len(layers))
            axes.set_yticks(range(len(layers)), [fitted(n, NAME_POINTS) for n in layers], fontsize=size)
        else:
            axes.set_yticks([0, len(layers) - 1], ["first", "last"])
        captions(axes, "step", "")
        axes.set_title(f"root mean square of {name}", fontsize=SMALL, color=COLORS["ink"], loc="left")
        wide = figure.get_size_inches()[0] * 72
        beside = axes_in(figure, left=wide - 58, bottom=36, right=44, top=26)
        bar = figure.colorbar(image, cax=beside)
        powers = list(range(low, max(top, low + 1) + 1, max(1, math.ceil((top - low) / 7))))
        bar.set_ticks(powers, labels=[f"1e{p}" for p in powers])
        bar.outline.set_visible(False)
        beside.tick_params(length=0, labelsize=SMALL, labelcolor=COLORS["muted"])

    told = f"{name} by layer over {len(looks)} looks: powers of ten from {low} to {top}"
    return drawn(name, (420, high), told, paint)


def _power(value: float | None) -> float:
    """Return the power of ten of a root mean square; nothing to draw where it is absent or no number."""
    return math.log10(max(value, 1e-12)) if value is not None and math.isfinite(value) else math.nan
