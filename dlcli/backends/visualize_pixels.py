"""dlcli visualize saliency, deconvnet, guided-backprop, guided-gradcam: which pixels an answer comes from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from dlcli.backends import visualize as common
from dlcli.backends.visualize import Seen, Subject
from dlcli.backends.visualize_writer import Made, Place
from dlcli.core.errors import RunFailed, UsageError
from dlcli.core.output import Output
from dlcli.core.recipe import Resolved
from dlcli.methods import cams, feature_maps, rectified, saliency
from dlcli.methods.rectified import Passed
from dlcli.ui import gradient_pictures, map_sheet
from dlcli.ui.console import say
from dlcli.ui.map_sheet import Panel

Row = dict[str, Any]
OCCLUSION_OPACITY = 0.6


def run(verb: str, words: Sequence[str], resolved: Resolved, output: Output, place: Place) -> None:
    """Run ``dlcli visualize saliency``, ``deconvnet``, ``guided-backprop`` or ``guided-gradcam``."""
    makes: dict[str, Callable[[Subject, Seen, Any], Made]] = {
        "saliency": saliency_of, "deconvnet": deconvnet_of, "guided-backprop": guided_backprop_of,
        "guided-gradcam": guided_gradcam_of,
    }  # fmt: skip
    told: list[str] = []

    def work(held: Subject, seen: Seen) -> Made:
        made = makes[verb](held, seen, resolved.recipe)
        for note in made.facts.get("notes", ()):
            if note not in told:
                told.append(note)
                say(note, output.quiet)
        return made

    common.each_picture(verb, words, resolved, output, place, work)


def saliency_of(held: Subject, seen: Seen, recipe: Any) -> Made:
    """Return how the scores of classes depend on the pixels of a picture, by each method of the recipe.

    Raises:
        RunFailed: a map says nothing; says why.

    """
    with torch.no_grad():
        scores = feature_maps.scores_of(held.module(seen.x))
    classes = common.asked_classes(held, recipe, scores)
    likely = held.probabilities(scores)[0].tolist()
    by_method = {m: _saliency(m, held, seen, recipe, scores, classes) for m in recipe.methods}
    panels, explained, raw = [_picture(held, seen, likely)], [], {}
    for number, k in enumerate(classes):
        for method, (found, told) in by_method.items():
            saliency.raise_unless_told(found[number], f"{_what(method)} of {held.classes[k]}")
            values = found[number].cpu().numpy()
            shown = np.maximum(values, 0) if method == "occlusion" else gradient_pictures.strongest(values)
            if not shown.any():
                raise RunFailed(
                    f"covering lowers the score of {held.classes[k]} nowhere: it rises or stays",
                    "try another class, or another occlusion.baseline",
                )
            top = gradient_pictures.limit(shown, recipe.clip_percent)
            default = OCCLUSION_OPACITY if method == "occlusion" else 1.0
            mixed = map_sheet.over(
                seen.image, gradient_pictures.bright(shown, recipe.clip_percent),
                default if recipe.opacity is None else recipe.opacity,
            )  # fmt: skip
            lines = (_title(method, recipe), _named(held, k, likely), told[number].pop("line", ""))
            panels.append(Panel(mixed, tuple(filter(None, lines)), ("0", _end(top, recipe.clip_percent))))
            explained.append({**_class(held, k, likely), "method": method, "shown_max": top, **told[number]})
            raw[f"{method}_{k}"] = values
    facts = {**_first(explained), "maps": explained}
    return _made(held, seen, panels, raw, facts, scores)


def _saliency(
    method: str, held: Subject, seen: Seen, recipe: Any, scores: Tensor, classes: list[int]
) -> tuple[list[Tensor], list[Row]]:
    """Return the numbers of a method for each class, and what is to be said of them."""
    x, module, many = seen.x, held.module, {"batch": recipe.batch}
    if method == "gradient":
        return [g[0] for g in saliency.gradients(module, x, classes)[1]], [{} for _ in classes]
    if method == "smoothgrad":
        own = recipe.smoothgrad
        found, deviation = saliency.smoothgrad(
            module, x, classes, samples=own.samples, noise=own.noise, seed=recipe.seed, **many
        )
        return found, [{"samples": own.samples, "noise_std": deviation} for _ in classes]
    mean, std = common.normalization(held)
    own = getattr(recipe, method)
    baseline = saliency.baseline_of(x, own.baseline, [-m / s for m, s in zip(mean, std, strict=True)])
    if torch.allclose(x, baseline, atol=1e-5):
        text = f"the picture is its own {own.baseline} baseline, so nothing can be told by comparing the two"
        raise RunFailed(text, f"choose another {method}.baseline")
    if method == "integrated":
        with torch.no_grad():
            before = feature_maps.scores_of(module(baseline))
        found = saliency.integrated(module, x, baseline, classes, steps=own.steps, **many)
        sums = [
            saliency.completeness(g, float(scores[0, k]), float(before[0, k]))
            for g, k in zip(found, classes, strict=True)
        ]
        lines = [f"from {own.baseline}; completeness gap {s['gap']:+.2g} of {s['sum'] - s['gap']:.3g}" for s in sums]
        return found, [
            {"baseline": own.baseline, "steps": own.steps, "completeness": s, "line": line}
            for s, line in zip(sums, lines, strict=True)
        ]
    window = own.window_px or max(1, min(x.shape[2:]) // 8)
    stride = own.stride_px or max(1, window // 2)
    found = saliency.occlusion(module, x, baseline, classes, window_px=window, stride_px=stride, **many)
    told = {"baseline": own.baseline, "window_px": window, "stride_px": stride}
    return found, [
        {**told, "max_fall": float(f.max()), "max_rise": float(-f.min()), "line": f"score falls by up to {f.max():.3g}"}
        for f in found
    ]


def deconvnet_of(held: Subject, seen: Seen, recipe: Any) -> Made:
    """Return what a deconvnet brings back to the picture; see ``guided_backprop_of``."""
    return _rectified("deconvnet", held, seen, recipe)


def guided_backprop_of(held: Subject, seen: Seen, recipe: Any) -> Made:
    """Return what guided backpropagation brings back to the picture, of classes or of units of a layer.

    Raises:
        UsageError: the network has no ReLU, no such layer or channel.
        RunFailed: nothing arrives, or no numbers; says why.

    """
    return _rectified("guided-backprop", held, seen, recipe)


def _rectified(rule: str, held: Subject, seen: Seen, recipe: Any) -> Made:
    if recipe.layer is not None:
        return _of_units(rule, held, seen, recipe)
    scores, classes, signals, passed = _of_classes(rule, held, seen, recipe)
    likely = held.probabilities(scores)[0].tolist()
    panels, explained, raw = [_picture(held, seen, likely)], [], {}
    for k, signal in zip(classes, signals, strict=True):
        saliency.raise_unless_told(signal, f"the signal of {held.classes[k]}")
        values = signal.cpu().numpy()
        lines = (rule, _named(held, k, likely), *(["no max pooling: any picture gives this"] * _untied(rule, passed)))
        panel, top = _panel(values, recipe, lines, f"the signal of {held.classes[k]}")
        panels.append(panel)
        explained.append({**_class(held, k, likely), "shown_max": top})
        raw[f"class_{k}"] = values
    facts = {**_first(explained), **_passed(rule, passed), "maps": explained}
    return _made(held, seen, panels, raw, facts, scores)


def _of_classes(rule: str, held: Subject, seen: Seen, recipe: Any) -> tuple[Tensor, list[int], list[Tensor], Passed]:
    with torch.no_grad():
        scores = feature_maps.scores_of(held.module(seen.x))
    classes = common.asked_classes(held, recipe, scores)
    scores, signals, passed = rectified.of_classes(held.module, seen.x, classes, rule)
    return scores, classes, [s[0] for s in signals], passed


def _of_units(rule: str, held: Subject, seen: Seen, recipe: Any) -> Made:
    layers = feature_maps.named(held.module, recipe.layer)
    if len(layers) > 1:
        text = f"{recipe.layer} means {len(layers)} layers ({layers[0]}, {layers[1]}, …); {rule} asks units of one"
        raise UsageError(text, "--list-layers shows their names", key="layer")
    layer = layers[0]
    scores, units, passed = rectified.of_units(held.module, seen.x, layer, recipe.channels, rule)
    panels, explained, raw = [_picture(held, seen, held.probabilities(scores)[0].tolist())], [], {}
    for unit in units:
        what = f"the signal of channel {unit.channel} of {layer}"
        saliency.raise_unless_told(unit.signal, what)
        values = unit.signal.cpu().numpy()
        where = f" at row {unit.place[0]}, column {unit.place[1]}" if unit.place else ""
        lines = (rule, f"{layer}, channel {unit.channel}", f"{unit.value:.3g}{where}")
        panel, top = _panel(values, recipe, lines, what)
        panels.append(panel)
        explained.append(
            {"layer": layer, "channel": unit.channel, "value": unit.value, "place": unit.place, "shown_max": top}
        )
        raw[f"channel_{unit.channel}"] = values
    first = {k: explained[0][k] for k in ("layer", "channel", "value")}
    facts = {**first, **_passed(rule, passed, layer), "maps": explained}
    return _made(held, seen, panels, raw, facts, scores)


def guided_gradcam_of(held: Subject, seen: Seen, recipe: Any) -> Made:
    """Return guided backpropagation times Grad-CAM: what it shows, at the places that speak for the class.

    Source: Selvaraju et al. 2017, section 3.2. Grad-CAM is brought to 0…1 first, as ``dlcli visualize gradcam`` does.

    Raises:
        UsageError: the network has no ReLU, or no such layer.
        RunFailed: one of the two says nothing; says why.

    """
    layers = common.layers_asked(held, recipe, seen.x)
    scores, classes, signals, passed = _of_classes("guided-backprop", held, seen, recipe)
    _, maps = cams.maps(held.module, seen.x, layers, classes, ["gradcam"])
    likely = held.probabilities(scores)[0].tolist()
    panels, explained, raw = [_picture(held, seen, likely)], [], {}
    for k, signal in zip(classes, signals, strict=True):
        product = signal * maps[k, "gradcam"]
        what = f"guided Grad-CAM of {held.classes[k]}"
        saliency.raise_unless_told(product, what)
        values = product.cpu().numpy()
        lines = ("guided-gradcam", _named(held, k, likely), f"layer {', '.join(layers)}")
        panel, top = _panel(values, recipe, lines, what)
        panels.append(panel)
        explained.append({**_class(held, k, likely), "shown_max": top})
        raw[f"class_{k}"] = values
    facts = {
        **_first(explained), "layer": ", ".join(layers), **_passed("guided backpropagation", passed),
        "maps": explained,
    }  # fmt: skip
    return _made(held, seen, panels, raw, facts, scores)


def _panel(values: np.ndarray, recipe: Any, lines: tuple[str, ...], what: str) -> tuple[Panel, float]:
    """Return a signal as a picture, and the magnitude that is shown brightest."""
    if recipe.show == "color":
        top = gradient_pictures.limit(np.abs(values), recipe.clip_percent)
        return Panel(gradient_pictures.around_gray(values, recipe.clip_percent), (*lines, f"gray: 0; ±{top:.2g}")), top
    rising = gradient_pictures.raising(values)
    if not rising.any():
        raise RunFailed(f"{what} is positive at no pixel", "--show color shows the negative part too")
    top = gradient_pictures.limit(rising, recipe.clip_percent)
    picture = map_sheet.colored(gradient_pictures.bright(rising, recipe.clip_percent))
    return Panel(picture, lines, ("0", _end(top, recipe.clip_percent))), top


def _made(
    held: Subject, seen: Seen, panels: list[Panel], raw: dict[str, np.ndarray], facts: Row, scores: Tensor
) -> Made:
    facts |= {"top": common.likeliest(held, scores)}
    arrays = {"map": next(iter(raw.values()))} if len(raw) == 1 else raw
    columns = 3 if len(panels) in (5, 6) else None
    shared = {k: facts[k] for k in ("layer", "relus") if k in facts}
    rows = [{"input": seen.name, **{k: v for k, v in e.items() if not isinstance(v, dict | list | tuple)}, **shared}
            for e in facts["maps"]]  # fmt: skip
    return Made(seen.name, map_sheet.sheet(panels, stamp=held.opened.stamp, columns=columns), arrays, facts, rows=rows)


def _picture(held: Subject, seen: Seen, likely: list[float]) -> Panel:
    best = max(range(len(likely)), key=likely.__getitem__)
    return Panel(seen.image, ("picture", _named(held, best, likely)))


def _named(held: Subject, k: int, likely: list[float]) -> str:
    return f"{held.classes[k]}  p={likely[k]:.3f}"


def _class(held: Subject, k: int, likely: list[float]) -> Row:
    return {"class": held.classes[k], "number": k, "probability": round(likely[k], 6)}


def _first(explained: list[Row]) -> Row:
    return {"class": explained[0]["class"], "probability": explained[0]["probability"]}


def _passed(rule: str, passed: Passed, layer: str = "") -> Row:
    """Return which activations the signals came through, and what a user should know of it."""
    notes = []
    if passed.others:
        others = ", ".join(f"{count} {name}" for name, count in passed.others.items())
        notes.append(f"{rule}: {passed.relus} ReLU rectified; the gradient of {others} stays as it is")
    elif not passed.relus:
        notes.append(f"{rule}: no ReLU before {layer}, so this is the plain gradient")
    if _untied(rule, passed) and not layer:
        notes.append(
            "deconvnet: this network has no max pooling, whose switches tie a deconvnet to its picture, so any picture "
            "gives this pattern; guided-backprop depends on the picture"
        )
    return {"relus": passed.relus, "other_activations": dict(passed.others), "notes": notes}


def _untied(rule: str, passed: Passed) -> bool:
    """Say whether what comes back is the same for any picture (Springenberg et al. 2015, section 3.4)."""
    return rule == "deconvnet" and not passed.switches and not passed.others


def _end(top: float, percent: float) -> str:
    return f"{top:.2g}" + (f" ({percent:g} % are below)" if percent < 100 else "")


def _what(method: str) -> str:
    return {"gradient": "the gradient", "smoothgrad": "SmoothGrad", "integrated": "the integrated gradient"}.get(
        method, "the effect of covering"
    )


def _title(method: str, recipe: Any) -> str:
    more = {"smoothgrad": f", mean of {recipe.smoothgrad.samples}", "integrated": f", {recipe.integrated.steps} steps"}
    return method + more.get(method, "")
