"""The attentional cascade as plain data: features, stages of boosted trees, thresholds; and its readable form.

A window passes a stage when the votes of the stage's trees reach its threshold; most windows fail an early one. Our own
cascades and OpenCV's are the same data; they differ in how a window's contrast is measured (``border``, ``min_std``).
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from dlcli.core.errors import ModelError

FORMAT = "dlcli-cascade"
LARGEST_WINDOW_PX = 128  # sums of squares of a larger window would not fit the 32 bits they are held in
MOST = {"features": 100_000, "stages": 1_000, "trees": 100_000, "nodes": 64}
Rectangle = tuple[int, int, int, int, int]
Corner = tuple[int, int, int]


class Wrong(ValueError):
    """Something in a cascade does not fit, said in words for people."""


@dataclass(frozen=True)
class Tree:
    """A weak classifier: one question (a stump) or a few.

    Args:
        nodes: (left, right, feature, threshold): a value below the threshold goes left. A child above 0 is a node, a
            child of 0 or below is the leaf of that number, sign turned.
        leaves: votes.

    """

    nodes: tuple[tuple[int, int, int, float], ...]
    leaves: tuple[float, ...]


@dataclass(frozen=True)
class Stage:
    """A stage.

    Args:
        threshold: least sum of votes that passes.
        trees: the voters.

    """

    threshold: float
    trees: tuple[Tree, ...]

    @property
    def size(self) -> int:
        """Feature values a window costs here."""
        return sum(len(t.nodes) for t in self.trees)


@dataclass(frozen=True)
class Cascade:
    """A cascade.

    Args:
        window: (height, width) in pixels.
        features: each a list of rectangles (x, y, width, height, whole weight), at most 4.
        stages: in order.
        border: pixels left out at each side when the contrast of a window is measured: 0 as Viola and Jones, 1 as
            OpenCV.
        min_std: windows whose gray values deviate less are no candidates; on the scale 0–255.
        about: where it comes from, free words.

    """

    window: tuple[int, int]
    features: tuple[tuple[Rectangle, ...], ...]
    stages: tuple[Stage, ...]
    border: int = 0
    min_std: float = 1.0
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def sizes(self) -> list[int]:
        """Feature values a window costs, by stage."""
        return [s.size for s in self.stages]

    @property
    def area(self) -> int:
        """Pixels over which the contrast of a window is measured."""
        return (self.window[0] - 2 * self.border) * (self.window[1] - 2 * self.border)

    def plain(self) -> dict[str, Any]:
        """Return plain data; ``from_plain`` reads it."""
        return {
            "format": FORMAT,
            "schema": 1,
            "window": list(self.window),
            "border": self.border,
            "min_std": self.min_std,
            "about": self.about,
            "features": [[list(r) for r in f] for f in self.features],
            "stages": [
                {
                    "threshold": s.threshold,
                    "trees": [{"nodes": [list(n) for n in t.nodes], "leaves": list(t.leaves)} for t in s.trees],
                }
                for s in self.stages
            ],
        }

    def text(self) -> str:
        """Return the readable form: a line a feature, a line a tree."""
        plain = self.plain()
        features, stages = plain.pop("features"), plain.pop("stages")
        lines = [f"  {json.dumps(k)}: {json.dumps(v)}," for k, v in plain.items()]
        lines += ['  "features": [', ",\n".join(f"    {json.dumps(f)}" for f in features), "  ],", '  "stages": [']
        blocks = []
        for stage in stages:
            trees = ",\n".join(f"      {json.dumps(t)}" for t in stage["trees"])
            blocks.append(f'    {{"threshold": {json.dumps(stage["threshold"])}, "trees": [\n{trees}\n    ]}}')
        return "\n".join(["{", *lines, ",\n".join(blocks), "  ]", "}"]) + "\n"


def corners_of(rectangles: Sequence[Rectangle]) -> list[Corner]:
    """Return a feature as corners (down, across, weight) of the integral image, equal ones joined."""
    found: dict[tuple[int, int], int] = {}
    for x, y, wide, high, weight in rectangles:
        for place, sign in (((y, x), 1), ((y, x + wide), -1), ((y + high, x), -1), ((y + high, x + wide), 1)):
            found[place] = found.get(place, 0) + sign * weight
    return [(*place, weight) for place, weight in sorted(found.items()) if weight]


def from_plain(raw: Any, name: str) -> Cascade:
    """Return the cascade that plain data describes, every number checked: the file may come from anywhere.

    Args:
        raw: what a JSON file holds.
        name: what to call it in messages.

    Raises:
        ModelError: not a cascade, or one that no window can go through.

    """
    try:
        if raw["format"] != FORMAT or raw["schema"] != 1:
            raise Wrong(f"format {raw['format']!r} {raw['schema']!r}; this dlcli reads {FORMAT!r} 1")
        return build(
            window=[_whole(v) for v in raw["window"]],
            features=[[[_whole(v) for v in r] for r in f] for f in raw["features"]],
            stages=[
                (s["threshold"], [([tuple(n) for n in t["nodes"]], t["leaves"]) for t in s["trees"]])
                for s in raw["stages"]
            ],
            border=_whole(raw["border"]),
            min_std=_number(raw["min_std"]),
            about=dict(raw.get("about", {})),
        )
    except KeyError as error:
        raise ModelError(f"{name} is broken: {error} is missing") from error
    except Wrong as error:
        raise ModelError(f"{name} is broken: {error}") from error
    except (ValueError, TypeError, AttributeError, IndexError, OverflowError, RecursionError) as error:
        # What Python says of it (unpacking, indices) means nothing to a reader of the file.
        raise ModelError(
            f"{name} is broken: it is not built as a cascade is", "train it anew, or copy it again"
        ) from error


def build(
    *,
    window: Sequence[int],
    features: Sequence[Sequence[Sequence[int]]],
    stages: Sequence[tuple[float, Sequence[tuple[Sequence[tuple[int, int, int, float]], Sequence[float]]]]],
    border: int,
    min_std: float,
    about: dict[str, Any],
) -> Cascade:
    """Return a cascade made of plain lists.

    Raises:
        Wrong: something in it does not fit; says what.

    """
    high, wide = window
    low = 2 * border + 1
    if not (low <= high <= LARGEST_WINDOW_PX and low <= wide <= LARGEST_WINDOW_PX and 0 <= border <= 8):
        raise Wrong(f"a window of {high}×{wide} px; allowed: up to {LARGEST_WINDOW_PX}×{LARGEST_WINDOW_PX}")
    if min_std < 0:
        raise Wrong(f"min_std {min_std}; must be at least 0")
    if not 1 <= len(stages) <= MOST["stages"] or not 1 <= len(features) <= MOST["features"]:
        raise Wrong(f"{len(stages)} stages with {len(features)} features; both must be at least 1")
    checked = tuple(tuple(_rectangle(r, high, wide) for r in f) for f in features)
    if not all(1 <= len(f) <= 4 for f in checked):
        raise Wrong("a feature has 1 to 4 rectangles")
    if not all(map(corners_of, checked)):
        raise Wrong("a feature whose rectangles cancel")
    return Cascade(
        (high, wide),
        checked,
        tuple(Stage(_number(bound), tuple(_tree(t, len(checked)) for t in trees)) for bound, trees in stages),
        border,
        min_std,
        about,
    )


def _rectangle(values: Sequence[int], high: int, wide: int) -> Rectangle:
    x, y, w, h, weight = values
    if x < 0 or y < 0 or w < 1 or h < 1 or x + w > wide or y + h > high or abs(weight) > 100:
        raise Wrong(f"the rectangle x {x}, y {y}, {w}×{h}, weight {weight} is not in the window {wide}×{high}")
    return x, y, w, h, weight


def _tree(raw: tuple[Sequence[tuple[int, int, int, float]], Sequence[float]], features: int) -> Tree:
    nodes, leaves = raw
    if not 1 <= len(nodes) <= MOST["nodes"] or len(leaves) != len(nodes) + 1:
        raise Wrong(f"a tree of {len(nodes)} nodes and {len(leaves)} leaves; one leaf more than nodes is needed")
    checked = []
    for number, (left, right, feature, threshold) in enumerate(nodes):
        for child in (_whole(left), _whole(right)):
            # A child comes after its parent, so that no walk goes round for ever.
            if not (number < child < len(nodes) or -len(leaves) < child <= 0):
                raise Wrong(f"a tree of {len(nodes)} nodes with the child {child}")
        if not 0 <= _whole(feature) < features:
            raise Wrong(f"feature {feature} of {features}")
        checked.append((left, right, feature, _number(threshold)))
    children = [c for left, right, *_ in checked for c in (left, right)]
    if len(set(children)) != len(children):
        raise Wrong("a tree in which two branches lead to the same place")
    return Tree(tuple(checked), tuple(_number(v) for v in leaves))


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Wrong(f"{value!r} is not a whole number")
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Wrong(f"{value!r} is not a number")
    return float(value)
