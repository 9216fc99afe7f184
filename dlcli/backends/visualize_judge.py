"""dlcli visualize score: how faithful maps are to the network; and what it shares with sanity and pointing."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

from dlcli.backends import visualize as common
from dlcli.backends.visualize import Seen, Subject
from dlcli.backends.visualize_writer import Made, Place, Writer
from dlcli.core import report
from dlcli.core.errors import DlcliError, RunFailed, UsageError
from dlcli.core.output import Output
from dlcli.core.recipe import Resolved
from dlcli.data import map_files
from dlcli.engine.device import device_error
from dlcli.methods import faithfulness, feature_maps, map_methods
from dlcli.ui import judge_plots, map_sheet
from dlcli.ui.console import say
from dlcli.ui.map_sheet import Panel

Row = dict[str, Any]
# What each metric of the recipe is called in documents, and whether more of it is better.
FIGURES = {
    "insertion": {"insertion": True},
    "deletion": {"deletion": False},
    "average-drop": {"average_drop": False, "increase": True},
    "road": {"road": True, "road_morf": False, "road_lerf": True},
}
COMPARED = ("insertion", "deletion", "average_drop", "road")  # a figure a metric is enough to beat a baseline by
BETTER = {name: more for each in FIGURES.values() for name, more in each.items()}


@dataclass(frozen=True)
class Checks:
    """Bounds that end the command with exit code 7: words of ``--fail-under`` and ``--fail-over``."""

    under: Sequence[str] = field(default_factory=list)
    over: Sequence[str] = field(default_factory=list)

    def known(self, metrics: Sequence[str]) -> None:
        """Refuse bounds on what will not be measured, before any work."""
        report.check_asked(self.under, self.over, metrics)

    def __call__(self, metrics: dict[str, float]) -> None:
        """Raise when a bound is missed."""
        report.check(metrics, self.under, self.over)


class Layers:
    """The layers a recipe looks at, chosen at the first picture; none where no method looks at one."""

    def __init__(self, recipe: Any):
        self.recipe = recipe
        self.chosen: list[str] = []

    def at(self, held: Subject, seen: Seen) -> list[str]:
        """Return their names."""
        if not self.chosen and map_methods.need_layer(self.recipe.methods):
            self.chosen = common.layers_asked(held, self.recipe, seen.x)
        return self.chosen


def judge(
    names: Sequence[str], held: dict[str, bytes], looked: Subject, writer: Writer,
    work: Callable[[Seen, tuple[int, int], int], Made],
) -> None:  # fmt: skip
    """Run a judge on pictures: each is read, seen and worked on; a broken one costs an error record.

    Args:
        names: of the pictures.
        held: bytes of those that are no files.
        looked: the network.
        writer: takes what is made.
        work: what is made of a picture, its size (width, height) and its number.

    """
    for number, name in enumerate(names):
        try:
            image = common.read(name, held)
            made = work(common.see(looked, image, name), image.size, number)
        except UsageError:
            raise
        except DlcliError as error:
            writer.failed(name, error)
        except RuntimeError as error:
            raise device_error(error) or error from None
        else:
            writer.add(made)


def likely_classes(held: Subject, seen: Seen, recipe: Any) -> tuple[list[int], list[float]]:
    """Return the classes asked about, and the probability of every class.

    Raises:
        RunFailed: the network answers no numbers.

    """
    with torch.no_grad():
        scores = feature_maps.scores_of(held.module(seen.x))
    if not torch.isfinite(scores).all():
        raise RunFailed("the network's answer is NaN or infinite; nothing can be told of it")
    return common.asked_classes(held, recipe, scores), held.probabilities(scores)[0].tolist()


def score(words: Sequence[str], resolved: Resolved, output: Output, place: Place, checks: Checks) -> None:
    """Run ``dlcli visualize score``."""
    recipe: Any = resolved.recipe
    started_s = time.monotonic()
    rows = [*recipe.methods, *_names(recipe.maps), *map_methods.BASELINES]
    figures = [name for metric in FIGURES if metric in recipe.metrics for name in FIGURES[metric]]
    wins = [f"{name}_wins" for name in figures if name in COMPARED]
    judged = [m for m in rows if m not in map_methods.BASELINES]
    checks.known([f"{m}/{f}" for m in rows for f in figures] + [f"{m}/{w}" for m in judged for w in wins])
    names, held = common.given(words)
    files = [f for word in recipe.maps for f in (map_files.of_picture(word, n) for n in names)]
    if len(names) > 1 and any(Path(word).is_file() for word in recipe.maps):
        text = "a map in a file is of one picture; of several give the folder that holds them, named as the pictures"
        raise UsageError(text, "dlcli visualize gradcam photos/ -o maps/ writes such a folder", key="--map")
    read = [*names, *common.places(words, names), *files]
    writer = Writer("score", resolved, output, place, read, several=len(names) > 1, figures=True)
    looked = common.subject(recipe, output, place)
    layers = Layers(recipe)
    step = next(s for s in looked.preprocessing if s["step"] == "resize")

    def work(seen: Seen, size: tuple[int, int], number: int) -> Made:
        paths = zip(_names(recipe.maps), recipe.maps, strict=True)
        own = {name: map_files.read(map_files.of_picture(word, seen.name), size, step) for name, word in paths}
        return score_of(looked, seen, recipe, layers.at(looked, seen), own, number, draw=writer.draws)

    judge(names, held, looked, writer, work)
    cases = [c["methods"] for item in writer.items for c in item.get("cases", [])]
    metrics, table = _summary(cases, rows, figures)
    if cases and not output.machine:
        many = "one map" if len(cases) == 1 else f"{len(cases)} maps"
        say(f"means over {many} a method; _wins: share on which it beats both baselines", output.quiet)
    writer.finish(started_s, looked.opened, metrics, table, lambda: checks(metrics))


def _names(words: Sequence[str]) -> list[str]:
    """Return short names for maps of the user's own: the last part of the path, or all of it where that is not one."""
    last = [Path(w).name or w for w in words]
    return [short if last.count(short) == 1 else word for short, word in zip(last, words, strict=True)]


def score_of(
    held: Subject, seen: Seen, recipe: Any, layers: list[str], own: dict[str, np.ndarray], number: int, *,
    draw: bool = True,
) -> Made:  # fmt: skip
    """Return how faithful the maps of a picture are.

    Args:
        held: the network.
        seen: the picture.
        recipe: a ``ScoreRecipe``.
        layers: of the class-activation maps.
        own: maps of the user's, by name.
        number: of the picture; seeds the random map.
        draw: make the picture too.

    """
    classes, likely = likely_classes(held, seen, recipe)
    cases, raw, panels = [], {}, [Panel(seen.image, ("picture",))]
    curves: dict[str, dict[str, np.ndarray]] = {}
    for k in classes:
        maps = map_methods.maps_of(held.module, seen.x, k, recipe.methods, layers) | own
        maps |= {b: map_methods.baseline(seen.x, b, recipe.seed, number) for b in map_methods.BASELINES}
        found = {}
        for method, values in maps.items():
            found[method], lines = _measured(held, seen, recipe, k, values)
            for name, curve in lines.items():
                curves.setdefault(name, {})[method if len(classes) == 1 else f"{method} {held.classes[k]}"] = curve
            told = [f"{n.replace('_', ' ')} {v:.3f}" for n, v in found[method].items() if n in COMPARED]
            said = (method, f"{held.classes[k]}  p={likely[k]:.3f}", ", ".join(told[:2]), ", ".join(told[2:]))
            panels.append(Panel(map_sheet.over(seen.image, values, 0.5), said, ("0", "1")))
            raw[method if len(classes) == 1 else f"{method}_{k}"] = values
        cases.append({"class": held.classes[k], "number": k, "probability": round(likely[k], 6), "methods": found})
    facts = {"class": cases[0]["class"], "probability": cases[0]["probability"]}
    facts |= {"layer": ", ".join(layers) or None, "cases": cases}
    picture = None
    if draw:
        sheet = map_sheet.sheet(panels, stamp=held.opened.stamp, columns=min(len(panels), 5))
        chart = judge_plots.faithfulness(curves) if curves and len(classes) == 1 else None
        picture = judge_plots.stacked(sheet, chart)
    return Made(seen.name, picture, raw, facts)


def _measured(
    held: Subject, seen: Seen, recipe: Any, k: int, values: np.ndarray
) -> tuple[dict[str, float], dict[str, np.ndarray]]:
    """Return the figures of one map, and the curves of insertion and deletion."""

    def confidence(batch: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            return held.probabilities(feature_maps.scores_of(held.module(batch)))[:, k]

    figures: dict[str, float] = {}
    curves = {}
    if "insertion" in recipe.metrics:
        curves["insertion"] = faithfulness.insertion(confidence, seen.x, values, recipe.steps, recipe.blur_px)
    if "deletion" in recipe.metrics:
        curves["deletion"] = faithfulness.deletion(confidence, seen.x, values, recipe.steps)
    figures |= {name: faithfulness.area(curve) for name, curve in curves.items()}
    if "average-drop" in recipe.metrics:
        figures["average_drop"], figures["increase"] = faithfulness.average_drop(confidence, seen.x, values)
    if "road" in recipe.metrics:
        found = faithfulness.road(confidence, seen.x, values, recipe.percentiles, recipe.noise, recipe.seed)
        figures |= dict(zip(FIGURES["road"], found, strict=True))
    return {name: round(v, 6) for name, v in figures.items()}, curves


def _summary(
    cases: Sequence[dict[str, dict[str, float]]], methods: Sequence[str], figures: Sequence[str]
) -> tuple[dict[str, float], list[Row]]:
    """Return means over pictures as metrics and as rows, with how often a method beats every baseline."""
    metrics, rows = {}, []
    for method in methods if cases else ():
        row: Row = {"method": method}
        for name in figures:
            row[name] = metrics[f"{method}/{name}"] = float(np.mean([c[method][name] for c in cases]))
            if name not in COMPARED:
                continue
            row[f"{name}_wins"] = None
            if method not in map_methods.BASELINES:
                sign = 1 if BETTER[name] else -1
                best = [max(sign * c[b][name] for b in map_methods.BASELINES) for c in cases]
                won = float(np.mean([sign * c[method][name] > b for c, b in zip(cases, best, strict=True)]))
                row[f"{name}_wins"] = metrics[f"{method}/{name}_wins"] = won
        halves = ("road_morf", "road_lerf")  # in the document, not in the table
        rows.append({k: v for k, v in row.items() if k not in halves})
    return metrics, rows
