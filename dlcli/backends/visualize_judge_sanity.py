"""dlcli visualize sanity: whether a map changes when the network forgets what it learnt."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcli.backends import visualize as common
from dlcli.backends.visualize import Seen, Subject
from dlcli.backends.visualize_judge import Checks, Layers, judge, likely_classes
from dlcli.backends.visualize_writer import Made, Place, Writer
from dlcli.core import files
from dlcli.core.errors import ModelError, RunFailed
from dlcli.core.output import Output
from dlcli.core.recipe import Resolved
from dlcli.methods import map_methods, randomization
from dlcli.ui import judge_plots, map_sheet
from dlcli.ui.console import say
from dlcli.ui.map_sheet import Panel

Row = dict[str, Any]
SIDE_PX = 168  # of a map on the sheet: there are many
MEAN = "sanity-mean.png"


def sanity(words: Sequence[str], resolved: Resolved, output: Output, place: Place, checks: Checks) -> None:
    """Run ``dlcli visualize sanity``."""
    recipe: Any = resolved.recipe
    started_s = time.monotonic()
    checks.known([f"{m}/{f}" for m in recipe.methods for f in ("spearman", "top_fifth_overlap")])
    names, held = common.given(words)
    read = [*names, *common.places(words, names)]
    writer = Writer("sanity", resolved, output, place, read, several=len(names) > 1, figures=True)
    looked = common.subject(recipe, output, place)
    layers = Layers(recipe)

    def work(seen: Seen, _: tuple[int, int], number: int) -> Made:
        return sanity_of(looked, seen, recipe, layers.at(looked, seen), number, draw=writer.draws)

    judge(names, held, looked, writer, work)
    found = [item for item in writer.items if "stages" in item]
    metrics, table = _summary(found, recipe)
    if found and writer.folder is not None:
        lines = {m: _means(found, m, "spearman") for m in recipe.methods}
        chart = judge_plots.randomized([s["stage"] for s in found[0]["stages"]], lines, recipe.bound, recipe.order)
        writer.files["mean"] = str(writer.folder / MEAN)
        files.write_with(writer.files["mean"], lambda file: file.write(map_sheet.png(chart)) and None)
        say(f"written: {writer.files['mean']}", output.quiet)
    writer.finish(started_s, looked.opened, metrics, table, lambda: checks(metrics))


def sanity_of(held: Subject, seen: Seen, recipe: Any, layers: list[str], number: int, *, draw: bool = True) -> Made:
    """Return how much of a picture's maps is left when weights are made random.

    The classes stay those of the trained network, and so does the layer.

    Args:
        held: the network; its weights stand again as they were when this returns.
        seen: the picture.
        recipe: a ``SanityRecipe``.
        layers: of the class-activation maps.
        number: of the picture; each has random networks of its own.
        draw: make the picture too.

    """
    classes, likely = likely_classes(held, seen, recipe)
    holders = randomization.weighted_layers(held.module, seen.x)
    if not holders:
        raise ModelError("the network holds no weights that could be made random")
    groups = randomization.stages(holders, recipe.stages)
    trained = {k: map_methods.maps_of(held.module, seen.x, k, recipe.methods, layers) for k in classes}
    measured: dict[str, list[list[tuple[float, float]]]] = {m: [[] for _ in groups] for m in recipe.methods}
    shown: dict[str, list[np.ndarray | None]] = {m: [] for m in recipe.methods}
    blank = dict.fromkeys(recipe.methods, 0)
    for turn in range(recipe.draws):
        with randomization.put_back(held.module):
            for stage, group in enumerate(groups):
                if recipe.order == "independent":
                    with randomization.put_back(held.module):
                        after = _random_maps(held, seen, recipe, layers, classes, group, (number, turn, stage))
                else:
                    after = _random_maps(held, seen, recipe, layers, classes, group, (number, turn, stage))
                for (k, m), values in after.items():
                    measured[m][stage].append(randomization.alike(trained[k][m], values))
                    blank[m] += values is None
                    if turn == 0 and k == classes[0]:
                        shown[m].append(values)
    means = {m: np.array([np.mean(pairs, axis=0) for pairs in each]) for m, each in measured.items()}
    labels = [_label(group) for group in groups]
    stages = [
        {
            "stage": label, "layers": group,
            **{m: {"spearman": float(means[m][s, 0]), "top_fifth_overlap": float(means[m][s, 1])} for m in means},
        }
        for s, (label, group) in enumerate(zip(labels, groups, strict=True))
    ]  # fmt: skip
    facts = {
        "class": held.classes[classes[0]], "probability": round(likely[classes[0]], 6),
        "layer": ", ".join(layers) or None, "stages": stages, "blank_maps": blank,
    }  # fmt: skip
    raw = {f"{m}_spearman": values[:, 0] for m, values in means.items()}
    picture = _drawn(held, seen, recipe, trained[classes[0]], shown, labels, means) if draw else None
    return Made(seen.name, picture, raw, facts)


def _random_maps(
    held: Subject, seen: Seen, recipe: Any, layers: list[str], classes: list[int], group: list[str],
    at: tuple[int, int, int],
) -> dict[tuple[int, str], np.ndarray | None]:  # fmt: skip
    """Make a group of layers random and return the maps; None for one that is blank, constant or no number."""
    seed = int(np.random.SeedSequence([recipe.seed, *at]).generate_state(1)[0])
    randomization.randomize(held.module, group, recipe.weights, seed)
    found: dict[tuple[int, str], np.ndarray | None] = {}
    for k in classes:
        for method in recipe.methods:
            try:
                found[k, method] = map_methods.maps_of(held.module, seen.x, k, [method], layers)[method]
            except RunFailed:
                found[k, method] = None
    return found


def _label(group: list[str]) -> str:
    return group[-1] or "network"


def _means(items: Sequence[Row], method: str, figure: str) -> list[float]:
    return [
        float(np.mean(each)) for each in zip(*([s[method][figure] for s in i["stages"]] for i in items), strict=True)
    ]


def _summary(items: Sequence[Row], recipe: Any) -> tuple[dict[str, float], list[Row]]:
    """Return what is left at the end of the cascade, or in the mean of the groups, and whether it is little enough."""
    metrics, rows = {}, []
    for method in recipe.methods if items else ():
        found = {f: _means(items, method, f) for f in ("spearman", "top_fifth_overlap")}
        last = {f: v[-1] if recipe.order == "cascading" else float(np.mean(v)) for f, v in found.items()}
        metrics |= {f"{method}/{f}": v for f, v in last.items()}
        verdict = "passes" if last["spearman"] < recipe.bound else "fails"
        if method in map_methods.KNOWN_WEAK:
            verdict += ", known to be weak"
        blank = sum(i["blank_maps"][method] for i in items)
        stages = {s["stage"]: v for s, v in zip(items[0]["stages"], found["spearman"], strict=True)}
        rows.append({"method": method, "verdict": verdict, **last, "blank_maps": blank, **stages})
    return metrics, rows


def _drawn(
    held: Subject, seen: Seen, recipe: Any, trained: dict[str, np.ndarray], shown: dict[str, list[np.ndarray | None]],
    labels: list[str], means: dict[str, np.ndarray],
) -> Any:  # fmt: skip
    """Return the maps of each method in a row, from the trained network to the last stage, and the curve below."""
    keep = np.unique(np.linspace(0, len(labels) - 1, min(len(labels), 7)).round().astype(int))
    small = judge_plots.smaller(seen.image, SIDE_PX)
    panels = []
    for method in recipe.methods:
        first = judge_plots.smaller(map_sheet.over(seen.image, trained[method], 0.5), SIDE_PX)
        panels.append(Panel(first, (method, "trained"), ("0", "1")))
        for s in keep:
            values = shown[method][s]
            over = (
                small // 3 if values is None else judge_plots.smaller(map_sheet.over(seen.image, values, 0.5), SIDE_PX)
            )
            down = "random down to" if recipe.order == "cascading" else "random:"
            left = "blank map" if values is None else f"rank correlation {means[method][s, 0]:.2f}"
            panels.append(Panel(over, (f"{down} {labels[s]}", left), ("0", "1")))
    sheet = map_sheet.sheet(panels, stamp=held.opened.stamp, columns=len(keep) + 1)
    lines = {m: values[:, 0].tolist() for m, values in means.items()}
    return judge_plots.stacked(sheet, judge_plots.randomized(labels, lines, recipe.bound, recipe.order))
