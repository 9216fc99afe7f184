"""What the verbs of ``dlcli visualize`` share: the network, the pictures, the classes asked about, what is written."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from dlcli.backends.visualize_pictures import given, places, read
from dlcli.backends.visualize_writer import Made, Place, Writer
from dlcli.core import make, report
from dlcli.core.errors import DlcliError, ModelError, UsageError
from dlcli.core.nearest import nearest
from dlcli.core.output import Output
from dlcli.core.recipe import Resolved
from dlcli.core.schemas.describe import sides
from dlcli.core.schemas.visualize import LookAtPictures
from dlcli.data import images
from dlcli.engine.device import Device, device_error, open_device
from dlcli.engine.layers import layers as survey
from dlcli.methods import feature_maps
from dlcli.tasks.classify import probabilities
from dlcli.tasks.open import Opened, open_model
from dlcli.ui import tables
from dlcli.ui.console import say

Row = dict[str, Any]
LIKELIEST = 5


@dataclass(frozen=True)
class Subject:
    """A network that is looked at.

    Args:
        opened: the model.
        module: on its device, in evaluation mode.
        device: where it computes.
        preprocessing: the steps from a picture to its input, at the size asked for.
        size_px: (height, width) of the input.

    """

    opened: Opened
    module: nn.Module
    device: Device
    preprocessing: list[dict[str, Any]]
    size_px: tuple[int, int]

    @property
    def classes(self) -> list[str]:
        """Class names by number."""
        return self.opened.classes

    def probabilities(self, scores: Tensor) -> Tensor:
        """Return class probabilities, (B, K)."""
        return probabilities(scores.detach(), self.opened.facts.get("answer", "softmax"))


@dataclass(frozen=True)
class Seen:
    """A picture as the network sees it.

    Args:
        name: as typed.
        image: of the size of the input, RGB.
        x: the network's numbers, (1, C, H, W), on the device.
        source: as it was read, before it was brought to that size.

    """

    name: str
    image: np.ndarray
    x: Tensor
    source: Image.Image


def subject(recipe: Any, output: Output, place: Place) -> Subject:
    """Open the network of a recipe and say which it is.

    Raises:
        ModelError: missing or broken.
        UsageError: a size that the network cannot take.

    """
    device = open_device(_device(recipe))
    if not recipe.model.strip():
        raise UsageError(
            "-m '' names no model", "a run, a bundle, imagenet, torchvision:NAME or timm:NAME", key="model"
        )
    try:
        opened = open_model(recipe.model, seed=recipe.seed, download=say if place.download else None)
    except ModelError as error:
        if recipe.model.startswith(("torchvision:", "timm:")) and "@" not in recipe.model:
            hint = f"--download fetches them; or -m {recipe.model}@random, {recipe.model}@FILE.safetensors, -m imagenet"
            raise ModelError(error.message, hint) from None
        raise
    if opened.stamp:
        say(f"{recipe.model}: {opened.stamp}", output.quiet)
    elif recipe.model == "imagenet":
        say("imagenet: EfficientNet-Lite0 with ImageNet weights (Apache-2.0)", output.quiet)
    steps, size = opened.preprocessing, tuple(opened.facts["size_px"])
    asked, fit = (recipe.size_px, recipe.fit) if isinstance(recipe, LookAtPictures) else (None, None)
    if asked or fit:
        size = sides(asked) if asked else size
        own = next(s for s in steps if s["step"] == "resize")
        changed = {**own, "size_px": list(size), "fit": fit or own["fit"]}
        steps = [changed if s["step"] == "resize" else s for s in steps]
    module = device.ready(opened.module)
    if asked and size != tuple(opened.facts["size_px"]):
        _try_out(module, torch.zeros(1, opened.facts["channels"], *size, device=device.torch))
    return Subject(opened, module, device, steps, size)


def _try_out(module: nn.Module, blank: Tensor) -> None:
    """Refuse a size that the network cannot take, before pictures are read."""
    try:
        with torch.no_grad():
            module(blank)
    except (RuntimeError, ValueError, AssertionError) as error:
        if isinstance(error, RuntimeError) and device_error(error):
            raise device_error(error) from None
        height, width = blank.shape[2:]
        why = (str(error).strip().splitlines() or [type(error).__name__])[0]
        text = f"the network cannot take pictures of {height}×{width}: {why}"
        raise UsageError(text, "leave --size-px out, or try another", key="size_px") from None


def _device(recipe: Any) -> Any:
    from dlcli.core.schemas.shared import Device as Section

    return Section(name=recipe.device.name)


def see(held: Subject, image: Image.Image, name: str = "") -> Seen:
    """Return a picture as the network sees it."""
    fitted = images.fitted(image, held.preprocessing)
    x = images.as_input(images.as_array(fitted), held.preprocessing)
    placed = held.device.place({"pictures": torch.from_numpy(x)[None]})["pictures"]
    return Seen(name, np.asarray(fitted.convert("RGB")), placed, image)


def as_picture(held: Subject, x: Tensor) -> np.ndarray:
    """Return a network's numbers as a picture: ``see`` backwards, cut to what bytes can hold.

    Shapes:
        x (1, C, H, W) -> (H, W, 3) uint8
    """
    mean, std = (torch.tensor(v, device=x.device).view(1, -1, 1, 1) for v in normalization(held))
    pixels = ((x.detach() * std + mean) * 255).round().clamp(0, 255).to(torch.uint8)
    return pixels[0].expand(3, -1, -1).permute(1, 2, 0).cpu().numpy()


def normalization(held: Subject) -> tuple[list[float], list[float]]:
    """Return mean and standard deviation that the network's pictures are normalized by, on the scale 0–1."""
    step = next((s for s in held.preprocessing if s["step"] == "normalize"), None)
    channels = held.opened.facts["channels"]
    return (step["mean"], step["std"]) if step else ([0.0] * channels, [1.0] * channels)


def asked_classes(held: Subject, recipe: Any, scores: Tensor) -> list[int]:
    """Return the numbers of the classes a recipe asks about: those named, the likeliest ``top``, or the answer.

    Args:
        held: the network.
        recipe: with ``classes`` and ``top``.
        scores: (1, K) of the picture.

    """
    if recipe.classes:
        return list(dict.fromkeys(class_number(held, word) for word in recipe.classes))
    return scores[0].topk(min(recipe.top or 1, scores.shape[1])).indices.tolist()


def class_number(held: Subject, word: str) -> int:
    """Return the number of a class from its name or number; a name that is a number wins.

    Raises:
        UsageError: no such class; names the nearest.

    """
    classes = held.classes
    if word in classes:
        return classes.index(word)
    lower = [c.lower() for c in classes]
    if word.lower() in lower:
        return lower.index(word.lower())
    if word.isdecimal() and int(word) < len(classes):
        return int(word)
    text = f"the network has no class {word!r}{nearest(word, classes, 3)}"
    raise UsageError(text, f"a name, or a number from 0 to {len(classes) - 1}", key="classes")


def layers_asked(held: Subject, recipe: Any, x: Tensor) -> list[str]:
    """Return the layers a recipe names, or the one chosen for it."""
    if recipe.layer is not None:
        return feature_maps.named(held.module, recipe.layer)
    return [feature_maps.last_map(held.module, x)]


def likeliest(held: Subject, scores: Tensor, count: int = LIKELIEST) -> list[Row]:
    """Return the likeliest classes of a picture, as ``predict`` lists them."""
    row = held.probabilities(scores)[0].cpu()
    best = row.topk(min(count, len(row)))
    return [
        {"label": held.classes[k], "probability": round(p, 6)} for p, k in zip(*map(Tensor.tolist, best), strict=True)
    ]


def each_picture(
    verb: str,
    words: Sequence[str],
    resolved: Resolved,
    output: Output,
    place: Place,
    work: Callable[[Subject, Seen], Made],
    *,
    look: Callable[[Subject, Image.Image, str], Seen] = see,
    also: Sequence[str] = (),
) -> None:
    """Run a verb that makes one thing of each picture.

    Args:
        verb: its name.
        words: pictures, as typed.
        resolved: the recipe.
        output: how to speak.
        place: where results go.
        work: makes one; a ``DlcliError`` but UsageError costs this picture an error record.
        look: how the network sees a picture.
        also: files that are read besides.

    Raises:
        DataError: no picture could be read.
        RunFailed: nothing could be made of any.

    """
    started_s = time.monotonic()
    names, held = given(words)
    writer = Writer(verb, resolved, output, place, [*names, *places(words, names), *also], several=len(names) > 1)
    looked = subject(resolved.recipe, output, place)
    for name in names:
        try:
            made = work(looked, look(looked, read(name, held), name))
        except UsageError:
            raise
        except DlcliError as error:
            writer.failed(name, error)
        except RuntimeError as error:
            raise device_error(error) or error from None
        else:
            writer.add(made)
    writer.finish(started_s, looked.opened)


def one_thing(verb: str, resolved: Resolved, output: Output, place: Place, work: Callable[[Subject], Made]) -> None:
    """Run a verb that asks the network alone; see ``each_picture``."""
    started_s = time.monotonic()
    writer = Writer(verb, resolved, output, place, [], several=False)
    looked = subject(resolved.recipe, output, place)
    try:
        writer.add(work(looked))
    except RuntimeError as error:
        raise device_error(error) or error from None
    writer.finish(started_s, looked.opened)


def list_layers(
    verb: str, resolved: Resolved, output: Output, place: Place,
    choose: Callable[[nn.Module, Tensor], str] | None = feature_maps.last_map,
) -> None:  # fmt: skip
    """Print name, type, output and receptive field of each layer, and which one is looked at when none is named.

    Args:
        verb: its name.
        resolved: the recipe.
        output: how to speak.
        place: what may be fetched.
        choose: finds the layer that the verb takes, from the network and a batch of one picture; None: it takes none.

    """
    started_s = time.monotonic()
    for option, given_ in (("--out", place.out), ("--raw", place.raw), ("--depfile", place.depfile)):
        if given_ is not None:
            raise UsageError(f"--list-layers prints the layers and writes nothing to {option}", "> FILE", key=option)
    looked = subject(resolved.recipe, output, place)
    shape = (looked.opened.facts["channels"], *looked.size_px)
    chosen = ""
    if choose is not None:
        with contextlib.suppress(DlcliError):
            chosen = choose(looked.module, torch.zeros(1, *shape, device=looked.device.torch))
    inner = survey(looked.module, shape).rows
    grids = feature_maps.layouts(looked.module, (1, *shape))
    inside = [i for i, r in enumerate(inner) if chosen and f"{r['name']}.".startswith(f"{chosen}.")]
    mark = max(inside, default=-1)
    rows = [
        {
            "name": r["name"], "type": r["type"], "output": "×".join(map(str, r["output"])),
            "map": _lying(grids, r, looked.size_px), "receptive_field_px": _extent(r),
            "stride_px": "×".join(map(str, r["stride_px"] or ())), "default": "yes" if i == mark else "",
        }
        for i, r in enumerate(inner)
    ]  # fmt: skip
    doc = report.document(
        f"visualize {verb}", model=looked.opened.argument, seconds=time.monotonic() - started_s,
        chosen=chosen, items=[
            {"input": r["name"] or "network", **r, "map": row["map"], "default": i == mark}
            for i, (r, row) in enumerate(zip(inner, rows, strict=True))
        ],
    )  # fmt: skip
    tables.show(doc, [("", rows)], output)
    last = f" (what {inner[mark]['name']} puts out)" if inside and inner[mark]["name"] != chosen else ""
    unnamed = chosen + last or ("none, there is no map" if choose else "none, a class is asked")
    say(f"layer looked at when none is named: {unnamed}", output.quiet)
    if again := len(inner) - len({r["name"] for r in inner}):
        say(f"rows that stand again: {again}; their layers run several times, --layer takes the last", output.quiet)
    make.write_stamp(place.stamp, looked.opened.argument)


def _lying(grids: dict[str, Any], row: Row, size_px: tuple[int, int]) -> str:
    """Return rows and columns of a layer's output where it is a map that --layer can take."""
    shape = (1, *row["output"])
    found = grids[row["name"]] if row["name"] in grids else feature_maps.grid_of(shape, *size_px)
    return str(found) if found and row["type"] != "Parameter" and feature_maps.fits(found, shape) else ""


def _extent(row: Row) -> str:
    size = row["receptive_field_px"]
    return "×".join(map(str, size)) if size else {"all": "whole picture"}.get(row["sees"], row["sees"])
