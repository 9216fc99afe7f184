"""dlcli visualize pointing: whether a map points at the thing whose box is known."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcli.backends import visualize as common
from dlcli.backends.visualize import Seen, Subject
from dlcli.backends.visualize_judge import Checks, Layers, judge, likely_classes
from dlcli.backends.visualize_writer import Made, Place, Writer
from dlcli.core.errors import DataError, RunFailed, UsageError
from dlcli.core.files import shown
from dlcli.core.output import Output
from dlcli.core.recipe import Resolved
from dlcli.data import box_files
from dlcli.data.box_files import Box
from dlcli.methods import map_methods, pointing
from dlcli.ops.fitting import Fitting, covered, fitting
from dlcli.ui import judge_plots, map_sheet
from dlcli.ui.console import say
from dlcli.ui.map_sheet import Panel

Row = dict[str, Any]
CENTER = "center"
FIGURES = ("accuracy", "class_accuracy", "top_fifth_inside", "energy_inside")


def points(words: Sequence[str], resolved: Resolved, output: Output, place: Place, checks: Checks) -> None:
    """Run ``dlcli visualize pointing``."""
    recipe: Any = resolved.recipe
    started_s = time.monotonic()
    if recipe.boxes is None:
        text = "which boxes? --boxes FILE: COCO's .json, or a .csv with input,x0,y0,x1,y1,class"
        raise UsageError(text, key="boxes")
    rows = [*recipe.methods, CENTER]
    checks.known([f"{m}/{f}" for m in rows for f in FIGURES])
    boxes = box_files.read(recipe.boxes)
    names, held = common.given(words) if words else (boxes.names(), {})
    known = [n for n in names if boxes.of(n)]
    if not known:
        raise DataError(f"{shown(recipe.boxes)} has no box in any of the {len(names)} pictures")
    if len(known) < len(names):
        say(f"{len(names) - len(known)} of {len(names)} pictures have no box and are left out", output.quiet)
    read = [recipe.boxes, *known, *common.places(words, known)]
    writer = Writer("pointing", resolved, output, place, read, several=len(known) > 1, figures=True)
    looked = common.subject(recipe, output, place)
    layers = Layers(recipe)
    step = next(s for s in looked.preprocessing if s["step"] == "resize")

    def work(seen: Seen, size: tuple[int, int], _: int) -> Made:
        by_class, fit = boxes.of(seen.name), fitting(size, step)
        return pointing_of(looked, seen, recipe, layers.at(looked, seen), by_class, fit, draw=writer.draws)

    judge(known, held, looked, writer, work)
    cases = [case for item in writer.items for case in item.get("cases", [])]
    metrics, table = _summary(cases, rows)
    if cases and not output.machine:
        many = "one pair" if len(cases) == 1 else f"{len(cases)} pairs"
        say(f"{many} of picture and class; a hit is at most {recipe.tolerance_px:g} px off", output.quiet)
    writer.finish(started_s, looked.opened, metrics, table, lambda: checks(metrics))


def pointing_of(
    held: Subject, seen: Seen, recipe: Any, layers: list[str], by_class: dict[str, list[Box]], fit: Fitting, *,
    draw: bool = True,
) -> Made:  # fmt: skip
    """Return where the maps of a picture point, class by class.

    Args:
        held: the network.
        seen: the picture.
        recipe: a ``PointingRecipe``.
        layers: of the class-activation maps.
        by_class: class → boxes in pixels of the picture.
        fit: from the picture to what the network sees.
        draw: make the picture too.

    Raises:
        RunFailed: no box lies in what the network sees.

    """
    asked = _Asked()
    _, likely = likely_classes(held, seen, asked)
    groups: dict[int, list[Box]] = {}
    for word, boxes in by_class.items():
        if recipe.ask == "boxes" and not word:
            raise UsageError("a box has no class", "give it one, or ask for what the network answers: --ask answer")
        k = common.class_number(held, word) if recipe.ask == "boxes" else int(np.argmax(likely))
        groups.setdefault(k, []).extend(boxes)
    cases, raw, panels = [], {}, []
    for k, boxes in groups.items():
        inside = [b for b in map(fit.inside, boxes) if b is not None]
        if not inside:
            continue  # cut away: no map of what is seen could point there
        mask = covered(inside, seen.x.shape[2:])
        found: dict[str, Row] = {}
        maps = map_methods.maps_of(held.module, seen.x, k, recipe.methods, layers)
        maps[CENTER] = map_methods.baseline(seen.x, CENTER, 0, 0)
        for method, values in maps.items():
            x, y = pointing.peak(values)
            at = fit.back(x, y)
            hit = pointing.hit(*at, boxes, recipe.tolerance_px)
            found[method] = {
                "hit": hit, "point_px": [round(v, 1) for v in at],
                "top_fifth_inside": round(pointing.top_fifth_inside(values, mask), 6),
                "energy_inside": round(pointing.energy_inside(values, mask), 6),
            }  # fmt: skip
            if method == CENTER:
                continue
            lines = (
                method, f"{held.classes[k]}  p={likely[k]:.3f}",
                f"{'hit' if hit else 'miss'}, top fifth inside {found[method]['top_fifth_inside']:.0%}",
            )  # fmt: skip
            panels.append(
                Panel(judge_plots.pointed(map_sheet.over(seen.image, values, 0.5), inside, (x, y)), lines, ("0", "1"))
            )
            raw[method if len(groups) == 1 else f"{method}_{k}"] = values
        cases.append(
            {
                "class": held.classes[k], "number": k, "probability": round(likely[k], 6),
                "boxes_px": [list(b) for b in boxes], "seen_share": round(float(mask.mean()), 6), "methods": found,
            }
        )  # fmt: skip
    if not cases:
        raise RunFailed("all boxes lie outside what the network sees of the picture", "--fit pad shows it all")
    first = Panel(judge_plots.pointed(seen.image, [b for c in groups.values() for b in map(fit.inside, c) if b], None),
                  ("picture and boxes",))  # fmt: skip
    picture = map_sheet.sheet([first, *panels], stamp=held.opened.stamp) if draw else None
    return Made(seen.name, picture, raw, {"layer": ", ".join(layers) or None, "cases": cases})


class _Asked:
    """Asks for the answer of the network."""

    classes: tuple[str, ...] = ()
    top = None


def _summary(cases: Sequence[Row], methods: Sequence[str]) -> tuple[dict[str, float], list[Row]]:
    """Return means over cases as metrics and rows; ``class_accuracy`` weighs every class alike."""
    metrics: dict[str, float] = {}
    rows: list[Row] = []
    for method in methods if cases else ():
        by_class: dict[int, list[bool]] = {}
        for case in cases:
            by_class.setdefault(case["number"], []).append(case["methods"][method]["hit"])
        found = {
            "accuracy": float(np.mean([h for hits in by_class.values() for h in hits])),
            "class_accuracy": float(np.mean([np.mean(hits) for hits in by_class.values()])),
        }
        for name in ("top_fifth_inside", "energy_inside"):
            found[name] = float(np.mean([case["methods"][method][name] for case in cases]))
        metrics |= {f"{method}/{name}": v for name, v in found.items()}
        rows.append({"method": method, **found, "cases": len(cases)})
    return metrics, rows
