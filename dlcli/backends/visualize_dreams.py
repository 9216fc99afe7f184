"""dlcli visualize invert, dream: pictures made from what layers put out."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from PIL import Image

from dlcli.backends import visualize as common
from dlcli.backends.visualize import Seen, Subject
from dlcli.backends.visualize_writer import Made, Place
from dlcli.core.errors import DlcliError, RunFailed, UsageError
from dlcli.core.output import STDOUT, Output
from dlcli.core.recipe import Resolved
from dlcli.core.schemas.describe import sides
from dlcli.data import images
from dlcli.engine.device import device_error
from dlcli.methods import dreaming, feature_maps, inversion
from dlcli.methods.stages import stages
from dlcli.ui import map_sheet
from dlcli.ui.console import say
from dlcli.ui.map_sheet import Panel
from dlcli.ui.stamped import stamped

SHOWN = 4  # layers that are inverted when none is named
WIDE = 6  # panels in a row, so that early and deep layers stand side by side
EVERY_S = 10.0  # between two lines of progress


class Progress:
    """Says how far long work is, at most every ten seconds.

    Args:
        output: how to speak.
        name: of the picture.

    """

    def __init__(self, output: Output, name: str):
        self.output, self.name, self.last_s = output, name, time.monotonic()

    def __call__(self, text: str) -> None:
        """Say it, if it is time."""
        if time.monotonic() - self.last_s >= EVERY_S:
            self.last_s = time.monotonic()
            say(f"{self.name}: {text}", self.output.quiet)


def invert(words: Sequence[str], resolved: Resolved, output: Output, place: Place) -> None:
    """Run ``dlcli visualize invert``."""
    recipe: Any = resolved.recipe

    def work(held: Subject, seen: Seen) -> Made:
        return invert_of(held, seen, recipe, Progress(output, seen.name))

    common.each_picture("invert", words, resolved, output, place, work)


def invert_of(held: Subject, seen: Seen, recipe: Any, progress: Progress | None = None) -> Made:
    """Return a sheet of a picture and of what layers keep of it, with the error of each."""
    layers = _layers(held, recipe) or stages(held.module, seen.x, SHOWN)
    mean, std = common.normalization(held)
    original = common.as_picture(held, seen.x)  # gray where the network sees gray
    panels, rows, raw, failed = [Panel(original, ("picture",))], [], {}, []
    for layer in layers:

        def on_step(step: int, error: float, layer: str = layer) -> None:
            if progress is not None:
                progress(f"{layer}: step {step} of {recipe.steps}, relative error {error:.3f}")

        try:
            found = inversion.invert(
                held.module, seen.x, layer, mean=mean, std=std, steps=recipe.steps, alpha=recipe.alpha,
                weight_alpha=recipe.weight_alpha, beta=recipe.beta, weight_variation=recipe.weight_variation,
                seed=recipe.seed, on_step=on_step,
            )  # fmt: skip
        except RunFailed as error:
            failed.append(error)
            rows.append({"layer": layer, "error": error.message})
            continue
        picture = common.as_picture(held, found.x)
        psnr_db = psnr(picture, original)
        lines = (layer, f"relative error {found.relative_error:.3f}", f"PSNR {psnr_db:.1f} dB")
        panels.append(Panel(picture, lines))
        rows.append({
            "layer": layer, "relative_error": round(found.relative_error, 6), "psnr_db": round(psnr_db, 3),
            "start_error": round(found.start_error, 6),
        })  # fmt: skip
        raw[layer] = picture
    if not raw:
        raise failed[0]
    good = [row for row in rows if "error" not in row]
    facts = {
        "layer": ", ".join(raw), "relative_error": ", ".join(f"{row['relative_error']:.3f}" for row in good),
        "psnr_db": ", ".join(f"{row['psnr_db']:.1f}" for row in good), "layers": rows,
    }  # fmt: skip
    return Made(seen.name, map_sheet.sheet(panels, stamp=held.opened.stamp, columns=min(len(panels), WIDE)), raw, facts)


def psnr(picture: np.ndarray, original: np.ndarray) -> float:
    """Return the peak signal-to-noise ratio of bytes in dB; infinite for the same picture."""
    error = float(np.square(picture.astype(np.float64) - original.astype(np.float64)).mean())
    return math.inf if error == 0 else 10 * math.log10(255**2 / error)


def _layers(held: Subject, recipe: Any) -> list[str]:
    """Return the layers that a recipe names, each once."""
    return list(dict.fromkeys(n for word in recipe.layers for n in feature_maps.named(held.module, word)))


def dream(words: Sequence[str], resolved: Resolved, output: Output, place: Place) -> None:
    """Run ``dlcli visualize dream``."""
    recipe: Any = resolved.recipe
    if recipe.guide == STDOUT:
        raise UsageError("--guide -: the guide is read from a file; stdin is for pictures", key="guide")
    guide = None if recipe.guide is None else images.read(recipe.guide)

    def work(held: Subject, seen: Seen) -> Made:
        return dream_of(held, seen, recipe, guide, Progress(output, seen.name))

    def look(held: Subject, image: Image.Image, name: str) -> Seen:
        return whole(held, image, recipe.size_px, name)

    also = [recipe.guide] if recipe.guide is not None else []
    common.each_picture("dream", words, resolved, output, place, work, look=look, also=also)


def whole(held: Subject, image: Image.Image, size_px: str | None, name: str = "") -> Seen:
    """Return a picture as the network sees it, uncut and of its own size or one asked for.

    Args:
        held: the network.
        image: the picture.
        size_px: ``HxW``; ``N`` for the longer side; None: its own.
        name: as typed.

    """
    color = [step for step in held.preprocessing if step["step"] == "color"]
    source, image = image, images.fitted(image, color)
    if size_px is not None:
        height, width = sides(size_px)
        if "x" not in size_px.lower():
            factor = height / max(image.size)
            height, width = (max(1, round(n * factor)) for n in (image.height, image.width))
        image = image.resize((width, height), Image.Resampling.BICUBIC)
    x = images.as_input(images.as_array(image), held.preprocessing)
    placed = held.device.place({"pictures": torch.from_numpy(x)[None]})["pictures"]
    return Seen(name, np.asarray(image.convert("RGB")), placed, source)


def dream_of(
    held: Subject, seen: Seen, recipe: Any, guide: Image.Image | None = None, progress: Progress | None = None
) -> Made:
    """Return a picture changed towards what layers see in it; ``seen`` is of the size it shall have (``whole``)."""
    channels = held.opened.facts["channels"]
    typical = torch.zeros(1, channels, *held.size_px, device=held.device.torch)
    layers = _layers(held, recipe) or [_middle(held, typical)]
    mean, std = common.normalization(held)

    def on_step(octave: int, step: int) -> None:
        if progress is not None:
            progress(f"size {octave + 1} of up to {recipe.octaves}, step {step + 1} of {recipe.steps}")

    seen_guide = None if guide is None else common.see(held, guide).x
    wished = dreaming.wish(
        held.module, layers, typical, mean=mean, std=std, channel=recipe.channel, guide=seen_guide
    )  # fmt: skip
    pixels = (seen.x * wished.std + wished.mean).clamp(0, 1)
    try:
        found = dreaming.dream(
            wished, pixels, octaves=recipe.octaves, octave_scale=recipe.octave_scale, steps=recipe.steps,
            step_size=recipe.step_size, smoothing=recipe.smoothing, jitter_px=recipe.jitter_px,
            tile_px=recipe.tile_px, seed=recipe.seed, on_step=on_step,
        )  # fmt: skip
    except DlcliError:
        raise
    except (RuntimeError, AssertionError, ValueError) as error:
        _refuse_size(held, pixels, error)
        raise
    picture = common.as_picture(held, (found.pixels - wished.mean) / wished.std)
    picture = picture if channels > 1 else picture[..., 0]
    rise = found.norm_after / found.norm_before if found.norm_before else math.inf
    facts = {
        "size_px": f"{picture.shape[1]}×{picture.shape[0]}", "layer": ", ".join(layers),
        "norm_before": round(found.norm_before, 4), "norm_after": round(found.norm_after, 4), "rise": round(rise, 4),
        "octaves": [f"{w}×{h}" for h, w in found.octaves],
    }  # fmt: skip
    values = found.pixels[0].cpu().numpy().transpose(1, 2, 0)
    raw = {"pixels": values if channels > 1 else values[..., 0]}
    return Made(seen.name, stamped(picture, held.opened.stamp), raw, facts)


def _middle(held: Subject, typical: torch.Tensor) -> str:
    """Return the layer to dream of when none is named."""
    found = stages(held.module, typical, 5)
    return found[max(0, len(found) - 2)]


def _refuse_size(held: Subject, pixels: torch.Tensor, error: Exception) -> None:
    """Say that the network takes one size only, where that is why it failed.

    Raises:
        UsageError: it is.

    """
    height, width = held.size_px
    if isinstance(error, RuntimeError) and device_error(error):
        return
    try:
        with torch.no_grad():
            held.module(torch.zeros(1, pixels.shape[1], height, width, device=pixels.device))
    except Exception:
        return
    seen = f"{pixels.shape[3]}×{pixels.shape[2]}"
    text = f"the network cannot look at a picture of {seen} px, or at an octave of it; it takes {width}×{height}"
    raise UsageError(text, f"--size-px {height}x{width} --octaves 1", key="size_px") from error
