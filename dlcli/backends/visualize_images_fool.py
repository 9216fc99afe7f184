"""dlcli visualize fool: pictures changed so little that only the network is fooled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from dlcli.backends import visualize as common
from dlcli.backends import visualize_images as shared
from dlcli.backends.visualize import Seen, Subject
from dlcli.backends.visualize_writer import Made, Place
from dlcli.core.errors import RunFailed, UsageError
from dlcli.core.output import Output
from dlcli.core.recipe import Resolved
from dlcli.data import images, picture_axes
from dlcli.methods import feature_maps, fooling
from dlcli.ui import map_sheet
from dlcli.ui.map_sheet import Panel

SHOWN_PX = 672  # longest side of a panel
Row = dict[str, Any]


def fool(words: Sequence[str], resolved: Resolved, output: Output, place: Place) -> None:
    """Run ``dlcli visualize fool``."""
    recipe: Any = resolved.recipe
    if recipe.to is None:
        raise UsageError("which class shall the network see? give --to", "--to daisy", key="to")
    heard = shared.paced(output)
    common.each_picture("fool", words, resolved, output, place, lambda held, seen: fool_of(held, seen, recipe, heard))


def fool_of(held: Subject, seen: Seen, recipe: Any, heard: shared.Heard = lambda _: None) -> Made:
    """Return a picture changed so that the network sees another class, as the file of it will be seen.

    Args:
        held: the network.
        seen: the picture.
        recipe: a ``FoolRecipe``.
        heard: is told how far it is, as often as there is a step.

    """
    target = common.class_number(held, recipe.to)
    source = seen.source.convert("RGB") if held.opened.facts["channels"] == 3 else seen.source
    picture = images.as_array(source)
    found = _fooled(held, recipe, picture, target, heard)
    before, after = (_top(held, p) for p in (picture, found.picture))
    change = found.picture.astype(np.int64) - picture
    moved_pixels = (change != 0).any(0)
    linf = int(np.abs(change).max())
    facts = {
        "class": held.classes[target], "number": target, "probability": round(found.probability, 6),
        "reached": found.reached, "linf_255": linf, "linf": round(linf / 255, 6),
        "l2": round(float(np.linalg.norm(change / 255)), 6),
        "changed_pixels": int(moved_pixels.sum()), "changed_share": round(float(moved_pixels.mean()), 6),
        "steps": found.steps, "top_before": before, "top_after": after,
    }  # fmt: skip
    factor = recipe.amplify or max(1, 127 // max(linf, 1))
    image = _picture(found.picture)
    panels = [
        Panel(_small(source), ("picture", _first(before))),
        Panel(_small(_picture(np.clip(128 + factor * change, 0, 255).astype(np.uint8))),
              (f"difference, times {factor}", f"up to {linf} of 255, {moved_pixels.mean():.0%} of the pixels")),
        Panel(_small(image), ("fooled" if found.reached else "not fooled", _first(after))),
    ]  # fmt: skip
    if found.reached and not linf:
        panels[-1] = Panel(_small(image), ("unchanged: seen so already", _first(after)))
    error = None
    if not found.reached:
        text = f"{held.classes[target]} has probability {found.probability:.4f} within {recipe.epsilon}/255"
        error = RunFailed(f"{text}, not more than {recipe.goal:g}", "raise --epsilon or --steps, or lower --goal")
    sheet = map_sheet.sheet(panels, stamp=held.opened.stamp)
    return Made(seen.name, sheet, {"change": change.astype(np.int16)}, facts, {"fooled": image}, error)


def _fooled(held: Subject, recipe: Any, picture: np.ndarray, target: int, heard: shared.Heard) -> fooling.Fooled:
    device = held.device.torch
    axes = picture_axes.axes(picture.shape[2], picture.shape[1], picture.shape[0], held.preprocessing)
    rows, columns, colors = (torch.from_numpy(m.copy()).to(device) for m in (axes.rows, axes.columns, axes.colors))

    def likelihood(pictures: Tensor) -> Tensor:
        small = torch.einsum("dc,bchw->bdhw", colors, rows @ pictures @ columns.T)
        scores = feature_maps.scores_of(held.module(shared.as_input(held, small.clamp(0, 255) / 255)))
        return shared.log_probabilities(held, scores)[:, target]

    def told(bound: int, step: int, probability: float) -> None:
        heard(f"{held.classes[target]}: within {bound} of 255, step {step} of {recipe.steps}, p {probability:.4f}")

    with feature_maps.weights_fixed(held.module):
        return fooling.fool(
            likelihood, lambda p: float(_answer(held, p)[0, target]), picture, goal=recipe.goal, bound=recipe.epsilon,
            steps=recipe.steps, length=recipe.step_size, momentum=recipe.momentum, random_start=recipe.random_start,
            generator=torch.Generator().manual_seed(recipe.seed), device=device, told=told,
        )  # fmt: skip


def _picture(values: np.ndarray) -> Image.Image:
    return Image.fromarray(values[0] if len(values) == 1 else np.ascontiguousarray(values.transpose(1, 2, 0)))


@torch.no_grad()
def _answer(held: Subject, picture: np.ndarray) -> Tensor:
    """Return the probabilities of a picture, by the road on which ``dlcli predict`` sees a file of it."""
    seen = common.see(held, _picture(picture))
    return held.probabilities(feature_maps.scores_of(held.module(seen.x)))


def _top(held: Subject, picture: np.ndarray) -> list[Row]:
    with torch.no_grad():
        return common.likeliest(held, feature_maps.scores_of(held.module(common.see(held, _picture(picture)).x)))


def _first(top: list[Row]) -> str:
    return f"{top[0]['label']}  p={top[0]['probability']:.3f}"


def _small(image: Image.Image) -> np.ndarray:
    """Return a picture as a panel, made smaller where it is large."""
    image = image.convert("RGB")
    image.thumbnail((SHOWN_PX, SHOWN_PX))
    return np.asarray(image)
