"""Fooling images: the least change of a picture after which a network sees what is not there."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from dlcli.core.errors import ModelError, RunFailed

Likelihood = Callable[[Tensor], Tensor]
Measure = Callable[[np.ndarray], float]
Told = Callable[[int, int, float], None]


@dataclass(frozen=True)
class Fooled:
    """What was reached.

    Args:
        picture: (c, H, W) uint8.
        probability: of the target, measured on these bytes.
        bound: the largest change that was allowed at last, in steps of 255.
        steps: how many were taken.
        reached: whether the probability is as high as was asked for.

    """

    picture: np.ndarray
    probability: float
    bound: int
    steps: int
    reached: bool


def fool(
    likelihood: Likelihood, measure: Measure, picture: np.ndarray, *, goal: float, bound: int, steps: int,
    length: float, momentum: float, random_start: bool, generator: torch.Generator, device: torch.device,
    told: Told | None = None,
) -> Fooled:  # fmt: skip
    """Change a picture until the network is surer of another class than ``goal``, each value by as little as possible.

    Bounds of 1, 2, 3, … steps of 255 are tried in turn, each from where the last one ended; the first that suffices is
    the answer. The network sees the rounded picture at each step and the gradient goes past the rounding, so what is
    found holds for a file of bytes.

    Source: Madry et al. 2018, section 2.1 (projected steps in the sign's direction, random start); Dong et al. 2018,
    equations 6 and 7 (momentum over gradients brought to unit L1 norm). Differs: rounding in the loop, and the search
    for the least bound.

    Args:
        likelihood: pictures of values 0–255, (1, c, H, W) → log-probability of the target, (1,).
        measure: bytes (c, H, W) → probability of the target as the network sees a file of them.
        picture: (c, H, W) uint8.
        goal: the probability to pass, above 0, below 1.
        bound: the largest change of a value that may be tried, in steps of 255.
        steps: of each bound.
        length: of a step, as a share of the bound.
        momentum: share of the former direction that is kept, 0 to below 1.
        random_start: begin anywhere within the first bound instead of at the picture.
        generator: of the random start.
        device: where to compute.
        told: is called with bound, step, probability.

    Raises:
        RunFailed: the likelihood or its gradient is no number.
        ModelError: the network tells no gradient.

    """
    start = torch.from_numpy(picture)[None].to(device, torch.float32)
    best, highest = picture, measure(picture)
    if not math.isfinite(highest):
        raise RunFailed(
            "the probability of the class is no number (NaN): the network cannot be fooled, it answers nothing",
            "its weights hold NaN or infinite numbers",
        )
    if highest > goal:
        return Fooled(picture, highest, 0, 0, True)
    change = torch.zeros_like(start)
    if random_start:
        change = (torch.rand(start.shape, generator=generator) * 2 - 1).to(device)
    direction = torch.zeros_like(start)
    done, most = 0, 0
    for most in range(1, bound + 1):
        for step in range(steps + 1):  # the last time only looks
            probability, gradient = _ask(likelihood, start, change, done)
            if told is not None:
                told(most, step, probability)
            if probability > goal or step == steps:
                found = _bytes(start + change)
                measured = measure(found)
                if measured > highest:
                    best, highest = found, measured
                if measured > goal:
                    return Fooled(found, measured, most, done, True)
            if step == steps:
                break
            if done == 0:
                change = change * (gradient != 0)  # no random start where the network does not look
            direction = momentum * direction + gradient / gradient.abs().sum().clamp(min=1e-30)
            # Where the network does not look the gradient is 0, and so is its sign.
            change = (change + max(length * most, 1e-3) * direction.sign()).clamp(-most, most)
            change = (start + change).clamp(0, 255) - start
            done += 1
    return Fooled(best, highest, most, done, False)


def _ask(likelihood: Likelihood, start: Tensor, change: Tensor, done: int) -> tuple[float, Tensor]:
    """Return the probability of the rounded picture and the gradient of its logarithm."""
    with torch.enable_grad():
        asked = (start + change).requires_grad_()
        rounded = asked + (asked.detach().round() - asked.detach())
        value = likelihood(rounded).sum()
        if not value.requires_grad:
            raise ModelError("the network tells no gradient, as an exported file does not", "give its run or bundle")
        (gradient,) = torch.autograd.grad(value, asked)
    if not torch.isfinite(value) or not torch.isfinite(gradient).all():
        raise RunFailed(f"step {done + 1}: the probability or its gradient is no number (NaN or infinite)")
    return float(value.detach().exp()), gradient


def _bytes(picture: Tensor) -> np.ndarray:
    return picture[0].round().clamp(0, 255).to(torch.uint8).cpu().numpy()
