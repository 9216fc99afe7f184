"""dlcli visualize cam, gradcam: class-activation maps over pictures."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from dlcli.backends import visualize as common
from dlcli.backends.visualize import Seen, Subject
from dlcli.backends.visualize_writer import Made, Place
from dlcli.core.errors import RunFailed
from dlcli.core.output import Output
from dlcli.core.recipe import Resolved
from dlcli.methods import average_head, cams, feature_maps
from dlcli.methods.cams import CLASSLESS, Explained
from dlcli.methods.feature_maps import Grid
from dlcli.ui import map_sheet
from dlcli.ui.console import say
from dlcli.ui.map_sheet import Panel

Grids = Mapping[str, Grid | None]
LINE = 44  # characters below a panel
OWN_MOST = "1: its own greatest"


def gradcam(words: Sequence[str], resolved: Resolved, output: Output, place: Place) -> None:
    """Run ``dlcli visualize gradcam``."""
    recipe: Any = resolved.recipe
    chosen: list[str] = []
    grids: dict[str, Grid | None] = {}

    def work(held: Subject, seen: Seen) -> Made:
        if not chosen:  # the first picture that can be read tells for all: a network has the same layers for each
            names = common.layers_asked(held, recipe, seen.x)
            grids.update(feature_maps.layouts(held.module, seen.x.shape))
            chosen.extend(maps_among(names, grids) if recipe.layer else names)
            if len(chosen) > 1:
                say(f"{recipe.layer}: the maps of {len(chosen)} layers are averaged: {', '.join(chosen)}", output.quiet)
        return gradcam_of(held, seen, recipe, chosen, grids)

    common.each_picture("gradcam", words, resolved, output, place, work)


def cam(words: Sequence[str], resolved: Resolved, output: Output, place: Place) -> None:
    """Run ``dlcli visualize cam``."""
    recipe: Any = resolved.recipe
    common.each_picture("cam", words, resolved, output, place, partial(cam_of, recipe=recipe))


def gradcam_of(
    held: Subject, seen: Seen, recipe: Any, layers: Sequence[str] | None = None, grids: Grids | None = None
) -> Made:
    """Return the maps of one picture by the gradients of its classes' scores.

    Args:
        held: the network.
        seen: the picture.
        recipe: a ``GradcamRecipe``.
        layers: what ``recipe.layer`` means for this network; None: it is found out.
        grids: how their outputs lie over the picture; None: it is found out.

    Raises:
        RunFailed: every map is blank, constant or no number.

    """
    layers = common.layers_asked(held, recipe, seen.x) if layers is None else layers
    grids = feature_maps.layouts(held.module, seen.x.shape) if grids is None else grids
    choose = partial(common.asked_classes, held, recipe)
    done = cams.explain(held.module, seen.x, list(layers), choose, recipe.methods, grids)
    return _made(held, seen, recipe, ", ".join(layers), done)


def cam_of(held: Subject, seen: Seen, recipe: Any) -> Made:
    """Return the maps of one picture by the weights of the network's head.

    Args:
        held: the network.
        seen: the picture.
        recipe: a ``CamRecipe``.

    Raises:
        UsageError: the head is not one linear layer on averages of maps.
        RunFailed: every map is blank, constant or no number.

    """
    classes: list[int] = []

    def choose(scores: Any) -> list[int]:
        cams.raise_unless_finite(held.module, scores, seen.x)
        classes.extend(common.asked_classes(held, recipe, scores))
        return classes

    head = average_head.head_of(held.module, seen.x, choose)
    done = Explained(head.scores, classes)
    for k, weights in zip(classes, head.rows, strict=True):
        found = average_head.cam(head.activation, weights)
        why = cams.why_blank(head.layer, found, head.activation, weights[None, :, None, None])
        why = why and RunFailed(why.message, "try another --class, or visualize gradcam with another --layer")
        try:
            done.maps[k, "cam"] = cams.finished([found], held.size_px, [why])[0]
        except RunFailed as error:
            done.failed[k, "cam"] = error
    return _made(held, seen, recipe, head.layer, done)


def maps_among(names: Sequence[str], grids: Grids) -> list[str]:
    """Return those of the layers a pattern means that put out maps; all where none does, so that the error tells."""
    return [n for n in names if grids.get(n)] or list(names)


def _made(held: Subject, seen: Seen, recipe: Any, layer: str, done: Explained) -> Made:
    if not done.maps:
        raise next(iter(done.failed.values()))
    likely = held.probabilities(done.scores)[0].tolist()
    panels: dict[Any, Panel] = {}
    explained, raw = [], {}
    for (k, method), found in sorted_maps(done, getattr(recipe, "methods", ["cam"])):
        item: dict[str, Any] = {"class": None, "number": None, "probability": None, "method": method}
        about, name = "asks for no class", method
        if k is not None:
            item |= {"class": held.classes[k], "number": k, "probability": round(likely[k], 6)}
            about, name = f"{held.classes[k]}  p={likely[k]:.3f}", f"{method}_{k}"
        if isinstance(found, RunFailed):
            item["error"] = {"code": int(found.code), "message": found.message, "hint": found.hint}
            faint = map_sheet.over(seen.image, np.zeros(seen.image.shape[:2]), 0) // 3 + 160
            panels[k, method] = Panel(faint, (method, about, *textwrap.wrap(f"no map: {found.message}", LINE)[:3]))
        else:
            raw[name] = found.cpu().numpy().astype(np.float32)
            over = map_sheet.over(seen.image, raw[name], recipe.opacity)
            panels[k, method] = Panel(over, (method, about, f"layer {layer}"), ("0", OWN_MOST))
        explained.append(item)
    first = next(item for item in explained if "error" not in item)
    named = {"class": first["class"], "probability": first["probability"]} if first["class"] is not None else {}
    facts = {**named, "layer": layer, "maps": explained, "top": common.likeliest(held, done.scores)}
    if len(raw) == 1:
        raw = {"map": next(iter(raw.values()))}
    rows = [{"input": seen.name, **{k: v for k, v in e.items() if k != "error"}, "layer": layer} for e in explained]
    return Made(seen.name, _sheet(held, seen, likely, panels), raw, facts, rows=rows)


def sorted_maps(done: Explained, methods: Sequence[str]) -> list[tuple[tuple[int | None, str], Any]]:
    """Return maps and what stands in the place of one, by class and then method; those of no class once, at the end."""
    all_of = {**done.maps, **done.failed}
    keys = [(k, m) for k in done.classes for m in methods if m not in CLASSLESS]
    free = [m for m in methods if m in CLASSLESS]
    return [(key, all_of[key]) for key in keys] + [((None, m), all_of[done.classes[0], m]) for m in free]


def _sheet(held: Subject, seen: Seen, likely: list[float], panels: dict[Any, Panel]) -> Any:
    """Return the picture and its maps; several methods of several classes stand in a row for each class."""
    best = max(range(len(likely)), key=likely.__getitem__)
    picture = Panel(seen.image, ("picture", f"answer: {held.classes[best]}  p={likely[best]:.3f}"))
    classes = list(dict.fromkeys(k for k, _ in panels))
    across = max(sum(k == c for k, _ in panels) for c in classes)
    columns = across + 1 if len(classes) > 1 and across > 1 else None
    shown: list[Panel] = [picture]
    for place, k in enumerate(classes):
        if columns and place:
            shown += [picture]
        shown += [panel for (c, _), panel in panels.items() if c == k]
    if columns is None and len(shown) == 5:
        columns = 5
    return map_sheet.sheet(shown, stamp=held.opened.stamp, columns=columns)
