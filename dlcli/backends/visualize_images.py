"""dlcli visualize maximize: the picture that a class or a channel answers to most."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from dlcli.backends import visualize as common
from dlcli.backends.visualize import Seen, Subject
from dlcli.backends.visualize_writer import Made, Place
from dlcli.core.errors import ModelError, UsageError
from dlcli.core.output import Output
from dlcli.core.recipe import Resolved
from dlcli.methods import feature_maps
from dlcli.methods.image_spaces import SPACES
from dlcli.methods.maximization import Climb, Moves, Priors, moved
from dlcli.tasks.classify import probabilities
from dlcli.ui import map_sheet
from dlcli.ui.console import say
from dlcli.ui.map_sheet import Panel

SHIFT_PX, TURN_DEG = 4, 5  # what the robust probability must bear
LR = {"fourier": 0.05, "pixel": 0.02}
EVERY_S = 10.0
ENTRIES = 16  # of the history
Row = dict[str, Any]
Heard = Callable[[str], None]


@dataclass(frozen=True)
class Aim:
    """What is to rise.

    Args:
        word: what it is, for people.
        score: pictures as the network takes them, (B, C, H, W) → (B,).
        number: of the class, or None where it is a channel.
        stem: for names.

    """

    word: str
    score: Callable[[Tensor], Tensor]
    number: int | None
    stem: str


def maximize(words: Sequence[str], resolved: Resolved, output: Output, place: Place) -> None:
    """Run ``dlcli visualize maximize``."""
    recipe: Any = resolved.recipe
    if not recipe.classes and recipe.layer is None:
        raise UsageError("what shall rise? give --class, or --layer with --channel", "--class flamingo", key="classes")
    if not words and recipe.fit is not None:
        raise UsageError("--fit is of a start picture, and none was given", "leave --fit out", key="fit")
    heard = paced(output)
    if words:
        common.each_picture(
            "maximize", words, resolved, output, place, lambda held, seen: maximize_of(held, recipe, seen, heard)
        )
    else:
        common.one_thing("maximize", resolved, output, place, lambda held: maximize_of(held, recipe, None, heard))


def maximize_of(held: Subject, recipe: Any, seen: Seen | None = None, heard: Heard = lambda _: None) -> Made:
    """Return the pictures that classes or channels answer to most.

    Args:
        held: the network.
        recipe: a ``MaximizeRecipe``.
        seen: where to start; None: at noise.
        heard: is told how far it is, as often as there is a step.

    """
    rows, panels, raw, plain = [], [], {}, {}
    with feature_maps.weights_fixed(held.module):
        for aim in _aims(held, recipe):
            picture, row = _climbed(held, recipe, aim, seen, heard)
            image = _bytes(picture)
            rows.append(row)
            panels.append(Panel(np.asarray(Image.fromarray(image).convert("RGB")), _lines(aim, row)))
            raw[aim.stem] = as_input(held, picture)[0].cpu().numpy()
            plain[aim.stem] = Image.fromarray(image)
    first = rows[0]
    shown = {k: v for k, v in first.items() if k not in ("history", "steps")}
    title = f"maximize, {recipe.image}, {recipe.steps} steps"
    sheet = map_sheet.sheet(panels, title, stamp=held.opened.stamp)
    name = seen.name if seen is not None else "maximize"
    return Made(name, sheet, raw, {**shown, "made": rows}, plain)


def _aims(held: Subject, recipe: Any) -> list[Aim]:
    if recipe.layer is None:
        numbers = dict.fromkeys(common.class_number(held, word) for word in recipe.classes)
        return [Aim(held.classes[k], _class_score(held, k, recipe.objective), k, f"class-{k}") for k in numbers]
    layers = feature_maps.named(held.module, recipe.layer)
    if len(layers) > 1:
        text = f"layer {recipe.layer!r} means {len(layers)} layers ({layers[0]} … {layers[-1]}); name one"
        raise UsageError(text, "--list-layers shows their names", key="layer")
    count = _channels(held, layers[0])
    for channel in recipe.channels:
        if channel >= count:
            text = f"layer {layers[0]} has no channel {channel}; it has {count}, from 0 to {count - 1}"
            raise UsageError(text, key="channels")
    return [
        Aim(f"channel {c} of {layers[0]}", _channel_score(held, layers[0], c), None, f"{layers[0]}-{c}")
        for c in recipe.channels
    ]


def _class_score(held: Subject, number: int, objective: str) -> Callable[[Tensor], Tensor]:
    def score(x: Tensor) -> Tensor:
        scores = feature_maps.scores_of(held.module(x))
        return scores[:, number] if objective == "logit" else log_probabilities(held, scores)[:, number]

    return score


def log_probabilities(held: Subject, scores: Tensor) -> Tensor:
    """Return the logarithms of class probabilities, (B, K), through which gradients pass."""
    if held.opened.facts.get("answer", "softmax") == "softmax":
        return scores.float().log_softmax(1)
    return probabilities(scores, "sigmoid").clamp(min=1e-30).log()


def _channel_score(held: Subject, layer: str, channel: int) -> Callable[[Tensor], Tensor]:
    def score(x: Tensor) -> Tensor:
        output = _output(held, layer, x)
        return _channel_first(output, held.size_px)[:, channel].flatten(1).mean(1)

    return score


def _output(held: Subject, layer: str, x: Tensor) -> Tensor:
    with feature_maps.outputs_of(held.module, [layer]) as found:
        held.module(x)
    if layer not in found:
        raise ModelError(f"layer {layer} did not run, or puts out no tensor", "--list-layers shows those that do")
    return found[layer]


def _channel_first(output: Tensor, size_px: tuple[int, int]) -> Tensor:
    """Return a layer's output as (B, C, …): of what is no map, the last axis holds the channels."""
    grid = feature_maps.grid_of(output.shape, *size_px)
    if grid is not None:
        return feature_maps.as_map(output, grid)
    if output.ndim == 4:  # a map of one place
        return output
    return output.flatten(1, -2).transpose(1, -1) if output.ndim > 2 else output[:, :, None]


def _channels(held: Subject, layer: str) -> int:
    x = torch.zeros(1, held.opened.facts["channels"], *held.size_px, device=held.device.torch)
    with torch.no_grad():
        return _channel_first(_output(held, layer, x), held.size_px).shape[1]


def as_input(held: Subject, picture: Tensor) -> Tensor:
    """Return a picture on the scale 0–1 as the network takes it."""
    mean, std = (torch.tensor(v, device=picture.device).view(1, -1, 1, 1) for v in common.normalization(held))
    return (picture - mean) / std


def _bytes(picture: Tensor) -> np.ndarray:
    """Return a picture on the scale 0–1 as bytes, (H, W) or (H, W, 3)."""
    found = (picture[0] * 255).round().clamp(0, 255).to(torch.uint8).permute(1, 2, 0).cpu().numpy()
    return found[..., 0] if found.shape[2] == 1 else found


def _climbed(held: Subject, recipe: Any, aim: Aim, seen: Seen | None, heard: Heard) -> tuple[Tensor, Row]:
    generator = torch.Generator().manual_seed(recipe.seed)
    gray, _ = common.normalization(held)
    space = SPACES[recipe.image](gray, held.size_px, held.device.torch)
    if seen is None:
        numbers = space.start(recipe.spread, generator)
    else:
        mean, std = (torch.tensor(v, device=seen.x.device).view(1, -1, 1, 1) for v in common.normalization(held))
        numbers = space.numbers(space.undo((seen.x * std + mean).clamp(0, 1)))
    to = recipe.moves
    moves = Moves(round(to.jitter * min(held.size_px)), to.scale, to.turn_deg)
    climb = Climb(
        lambda pictures: aim.score(as_input(held, pictures)), space, numbers,
        priors=Priors(**recipe.priors.model_dump()), moves=moves, views=recipe.views,
        optimizer=recipe.optimizer, lr=recipe.lr or LR[recipe.image], steps=recipe.steps, generator=generator,
    )  # fmt: skip
    history = [_measured(held, aim, climb.picture, 0)]
    started_s = time.monotonic()
    for step in range(1, recipe.steps + 1):
        climb.step()
        if step * ENTRIES // recipe.steps > (step - 1) * ENTRIES // recipe.steps:
            history.append(_measured(held, aim, climb.picture, step))
        left_s = (time.monotonic() - started_s) / step * (recipe.steps - step)
        now = ", ".join(f"{k} {v:.4g}" for k, v in history[-1].items() if k != "step")
        heard(f"{aim.word}: step {step} of {recipe.steps}, {now}, {left_s:.0f} s left")
    picture = (climb.picture * 255).round() / 255  # what the file holds
    last = _measured(held, aim, picture, recipe.steps)
    return picture, {**_named(aim), **{k: v for k, v in last.items() if k != "step"}, **_shifted(held, aim, picture),
                     "score_before": history[0]["score"], "steps": recipe.steps, "history": history}  # fmt: skip


def _named(aim: Aim) -> Row:
    return {"class": aim.word, "number": aim.number} if aim.number is not None else {"channel": aim.word}


def _measured(held: Subject, aim: Aim, picture: Tensor, step: int) -> Row:
    """Return score and probability of a picture as it is, neither moved nor held back."""
    x = as_input(held, picture)
    with torch.no_grad():
        if aim.number is None:
            return {"step": step, "score": round(float(aim.score(x)[0]), 4)}
        scores = feature_maps.scores_of(held.module(x))
        likely = float(held.probabilities(scores)[0, aim.number])
        return {"step": step, "score": round(float(scores[0, aim.number]), 4), "probability": round(likely, 6)}


def _shifted(held: Subject, aim: Aim, picture: Tensor) -> Row:
    """Return the least that is left after a shift and a turn, over both ways of each."""
    ways = [(SHIFT_PX * a, SHIFT_PX * a, 1.0, TURN_DEG * b) for a in (1, -1) for b in (1, -1)]
    x = as_input(held, moved(picture, ways))
    with torch.no_grad():
        if aim.number is None:
            return {"score_shifted": round(float(aim.score(x).min()), 4)}
        likely = held.probabilities(feature_maps.scores_of(held.module(x)))[:, aim.number]
    return {"probability_shifted": round(float(likely.min()), 6)}


def _lines(aim: Aim, row: Row) -> tuple[str, ...]:
    if aim.number is None:
        return (aim.word, f"mean {row['score']:.3g}, at first {row['score_before']:.3g}")
    return (
        f"{aim.word} ({aim.number})",
        f"p={row['probability']:.3f}  moved {row['probability_shifted']:.3f}  logit {row['score']:.1f}",
    )


def paced(output: Output) -> Heard:
    """Return a voice that speaks at most every ten seconds."""
    last_s = time.monotonic()

    def heard(text: str) -> None:
        nonlocal last_s
        if time.monotonic() - last_s >= EVERY_S:
            last_s = time.monotonic()
            say(text, output.quiet)

    return heard
