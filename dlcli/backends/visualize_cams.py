"""dlcli visualize cam, gradcam: class-activation maps over pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from dlcli.backends import visualize as common
from dlcli.backends.visualize import Seen, Subject
from dlcli.backends.visualize_writer import Made, Place
from dlcli.core.output import Output
from dlcli.core.recipe import Resolved
from dlcli.methods import cams, feature_maps
from dlcli.ui import map_sheet
from dlcli.ui.map_sheet import Panel


def gradcam(words: Sequence[str], resolved: Resolved, output: Output, place: Place) -> None:
    """Run ``dlcli visualize gradcam``."""
    recipe: Any = resolved.recipe
    chosen: list[str] = []

    def work(held: Subject, seen: Seen) -> Made:
        if not chosen:
            chosen.extend(common.layers_asked(held, recipe, seen.x))
        with torch.no_grad():
            scores = feature_maps.scores_of(held.module(seen.x)) if not recipe.classes else None
        classes = common.asked_classes(held, recipe, scores)
        scores, maps = cams.maps(held.module, seen.x, chosen, classes, recipe.methods)
        return _made(held, seen, recipe, chosen, scores, {k: m.cpu().numpy() for k, m in maps.items()})

    common.each_picture("gradcam", words, resolved, output, place, work)


def _made(held: Subject, seen: Seen, recipe: Any, layers: list[str], scores: Any, maps: dict[Any, Any]) -> Made:
    likely = held.probabilities(scores)[0].tolist()
    panels = [Panel(seen.image, ("picture", _short(held, likely)))]
    explained = []
    for (k, method), values in maps.items():
        lines = (method, f"{held.classes[k]}  p={likely[k]:.3f}", f"layer {', '.join(layers)}")
        panels.append(Panel(map_sheet.over(seen.image, values, recipe.opacity), lines, ("0", "1")))
        explained.append({"class": held.classes[k], "number": k, "probability": round(likely[k], 6), "method": method})
    first = explained[0]
    facts = {
        "class": first["class"], "probability": first["probability"], "layer": ", ".join(layers),
        "maps": explained, "top": common.likeliest(held, scores),
    }  # fmt: skip
    raw = {"map": next(iter(maps.values()))} if len(maps) == 1 else {f"{m}_{k}": v for (k, m), v in maps.items()}
    return Made(seen.name, map_sheet.sheet(panels, stamp=held.opened.stamp), raw, facts)


def _short(held: Subject, likely: list[float]) -> str:
    best = max(range(len(likely)), key=likely.__getitem__)
    return f"{held.classes[best]}  p={likely[best]:.3f}"
