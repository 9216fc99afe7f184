"""dlcli visualize all: every look that fits, on one page a picture."""

from __future__ import annotations

import json
import os
import shlex
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch

from dlcli.backends import (
    visualize as common,
)
from dlcli.backends import (
    visualize_attention,
    visualize_cams,
    visualize_dreams,
    visualize_images,
    visualize_layers,
    visualize_pixels,
)
from dlcli.backends.visualize import Seen, Subject
from dlcli.backends.visualize_pictures import given, places, read
from dlcli.backends.visualize_writer import Made, Place, Row, Writer
from dlcli.core.errors import DlcliError, UsageError
from dlcli.core.output import STDOUT, Output
from dlcli.core.recipe import Resolved
from dlcli.core.schemas.catalog import schema_of
from dlcli.engine.device import device_error
from dlcli.methods import feature_maps
from dlcli.ui import map_sheet, visualize_page
from dlcli.ui.console import say
from dlcli.ui.visualize_page import Look

CLASSES = 2  # asked about when none is named
SHARED = ("model", "seed", "device", "size_px", "fit", "classes", "top", "layer")
# What the page asks of each verb beyond its defaults.
EXTRA: dict[str, Row] = {
    "gradcam": {"methods": ["gradcam", "layercam"]},
    "saliency": {"methods": ["gradient", "smoothgrad"]},
}
AT_LAYER = ("gradcam", "guided-gradcam")
ALONE = ("filters", "maximize")  # asked of the network without a picture


def run(words: Sequence[str], resolved: Resolved, output: Output, place: Place) -> None:
    """Run ``dlcli visualize all``.

    Effects: writes a page a picture, ``index.html`` over several, the pictures and numbers of each, and a report.

    Raises:
        UsageError: ``--out`` is no folder.
        DataError: no picture could be read.

    """
    started_s = time.monotonic()
    if place.out is None or place.out == STDOUT or Path(place.out).suffix:
        raise UsageError(f"--out {place.out}: the page and its files need a folder", "-o page/", key="--out")
    names, held = given(words)
    writer = Writer("all", resolved, output, place, [*names, *places(words, names)], several=True)
    looked = common.subject(resolved.recipe, output, place)
    pages: list[tuple[str, str, str, float]] = []
    for name in names:
        try:
            seen = common.see(looked, read(name, held), name)
            item = _page(looked, seen, resolved, writer, alone=len(names) == 1)
        except UsageError:
            raise
        except DlcliError as error:
            writer.failed(name, error)
        else:
            writer.note(item)
            pages.append((os.path.relpath(item["files"]["page"], place.out), name, item["class"], item["probability"]))
    if len(names) > 1 and pages:
        page = visualize_page.index("What the network sees", _about(looked), pages)
        writer.files["page"] = writer.put("index.html", page.encode())
        say(f"written: {writer.files['page']}", output.quiet)
    writer.finish(started_s, looked.opened)


def _page(held: Subject, seen: Seen, resolved: Resolved, writer: Writer, *, alone: bool) -> Row:
    """Write the page of one picture and its files; return its record."""
    recipe = resolved.recipe
    for word in recipe.classes:  # wrong words end the command; what does not fit the network is left out
        common.class_number(held, word)
    if recipe.layer is not None:
        feature_maps.named(held.module, recipe.layer)
    with torch.no_grad():
        scores = feature_maps.scores_of(held.module(seen.x))
    answers = common.likeliest(held, scores)
    taken = {Path(i["files"]["page"]).parent.name for i in writer.items if "files" in i}
    stem, number = Path(seen.name).stem or "picture", 1
    while (folder := stem if number == 1 else f"{stem}-{number}") in taken:
        number += 1
    looks, written, left_out = [], {}, {}
    for verb in recipe.parts:
        own = _recipe_of(verb, recipe, answers)
        try:
            made = _maker(verb)(held, seen, own)
        except RuntimeError as error:
            raise device_error(error) or error from None
        except DlcliError as error:
            left_out[verb] = error.message
            looks.append(Look(verb, "", why_not=error.message))
            continue
        png = map_sheet.png(made.picture)
        written[verb] = writer.put(f"{folder}/{verb}.png", png)
        if made.raw:
            content, ending = writer.numbers(made.raw)
            written[f"{verb}-raw"] = writer.put(f"{folder}/{verb}{ending}", content)
        said = [(k, str(v)) for k, v in made.facts.items() if not isinstance(v, dict | list) and k != "probability"]
        looks.append(Look(verb, _command(verb, own, seen), png, f"{verb} of {seen.name}", facts=said))
    about = [("picture", f"{seen.name}, seen as {held.size_px[0]}×{held.size_px[1]} pixels"), *_about(held)]
    page = visualize_page.html(Path(seen.name).name, about, answers, looks)
    written["page"] = writer.put("index.html" if alone else f"{folder}/index.html", page.encode())
    say(f"written: {written['page']}", writer.output.quiet)
    return {
        "input": seen.name, "class": answers[0]["label"], "probability": answers[0]["probability"],
        "sections": len(looks) - len(left_out), "top": answers, "left_out": left_out, "files": written,
    }  # fmt: skip


def _about(held: Subject) -> list[tuple[str, str]]:
    stamp = [("weights", held.opened.stamp)] if held.opened.stamp else []
    return [("network", held.opened.argument), *stamp, ("classes", f"{len(held.classes):,}")]


def _maker(verb: str) -> Callable[[Subject, Seen, Any], Made]:
    """Return what makes the section of a verb."""
    match verb:
        case "gradcam" | "cam":
            return {"gradcam": visualize_cams.gradcam_of, "cam": visualize_cams.cam_of}[verb]
        case "saliency" | "deconvnet" | "guided-backprop" | "guided-gradcam":
            return getattr(visualize_pixels, f"{verb.replace('-', '_')}_of")
        case "attention":
            return visualize_attention.attention_of
        case "activations":
            return visualize_layers.activations_of
        case "filters":
            return lambda held, _, recipe: visualize_layers.filters_of(held, recipe)
        case "maximize":
            return lambda held, _, recipe: visualize_images.maximize_of(held, recipe)
        case "dream":
            return lambda held, seen, recipe: visualize_dreams.dream_of(
                held, visualize_dreams.whole(held, seen.source, recipe.size_px, seen.name), recipe
            )
    return visualize_dreams.invert_of


def _recipe_of(verb: str, recipe: Any, answers: list[Row]) -> Any:
    """Return the recipe of a verb with what it shares with ours."""
    schema = schema_of(f"visualize-{verb}")
    shared = {k: getattr(recipe, k) for k in SHARED if k in schema.model_fields}
    if verb not in AT_LAYER:  # the others have layers of their own: attentions, early maps, a first convolution
        shared.pop("layer", None)
    if verb == "gradcam" and not recipe.classes and recipe.top is None:
        shared["top"] = min(CLASSES, len(answers))
    if verb == "maximize" and not recipe.classes:  # it has no picture to tell the class by
        shared["classes"] = [a["label"] for a in answers[: recipe.top or 1]]
        shared.pop("top", None)
    return schema(**shared, **EXTRA.get(verb, {}))


def _command(verb: str, own: Any, seen: Seen) -> str:
    """Return words that make this section again."""
    settings = own.model_dump(mode="json", exclude_defaults=True)
    words = ["dlcli", "visualize", verb, *([] if verb in ALONE else [seen.name])]
    model = settings.pop("model", None)
    words += ["-m", model] if model else []
    for name in settings.pop("classes", []):
        words += ["--class", name]
    for key, value in settings.items():
        for inner, v in value.items() if isinstance(value, dict) else (("", value),):
            typed = json.dumps(v, ensure_ascii=False) if isinstance(v, list) else v
            words += ["--set", f"{key}{'.' if inner else ''}{inner}={typed}"]
    return shlex.join(words)
