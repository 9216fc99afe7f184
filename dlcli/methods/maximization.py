"""Activation maximization: the picture that a class or channel answers to most."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from dlcli.core.errors import ModelError, RunFailed
from dlcli.methods.image_priors import blurred, without_small
from dlcli.methods.image_spaces import Pixels
from dlcli.ops.variation import total_variation

Score = Callable[[Tensor], Tensor]
DEAD_STEPS = 5


@dataclass(frozen=True)
class Priors:
    """What holds the picture to looking like one; 0 and None are off.

    Args:
        l2: share of the canvas that is taken away after each step.
        blur_px: spread of the Gaussian that the canvas is blurred by.
        blur_every: steps between two blurs.
        clip_pixels: share of the pixels that are set to 0 after each step: those of the smallest norm.
        clip_gradients: share of the pixels whose gradient is set to 0 at each step: those of the smallest norm.
        tv: length of the pull towards less total variation, as a share of the score's own pull.

    """

    l2: float = 0.0
    blur_px: float = 0.0
    blur_every: int = 4
    clip_pixels: float = 0.0
    clip_gradients: float = 0.0
    tv: float = 0.0


@dataclass(frozen=True)
class Moves:
    """How far the network's view of the picture is moved at random at each step.

    Args:
        jitter_px: whole pixels up, down, left, right.
        scale: largest change of size, as a share: 0.1 means 0.9 to 1.1.
        turn_deg: largest turn, degrees.

    """

    jitter_px: int = 0
    scale: float = 0.0
    turn_deg: float = 0.0

    def drawn(self, count: int, generator: torch.Generator) -> list[tuple[float, float, float, float]]:
        """Return (right, down, size, turn) of so many views."""
        draws = torch.rand(count, 4, generator=generator) * 2 - 1
        jitter = (draws[:, :2] * (self.jitter_px + 0.499)).round()  # each whole shift as likely as the others
        size = (1 + self.scale) ** draws[:, 2]
        return [
            (*j, s, t * self.turn_deg)
            for j, s, t in zip(jitter.tolist(), size.tolist(), draws[:, 3].tolist(), strict=True)
        ]


def moved(picture: Tensor, moves: list[tuple[float, float, float, float]]) -> Tensor:
    """Return views of a picture, each shifted, enlarged and turned about its middle; it is mirrored at its borders.

    Args:
        picture: one.
        moves: (pixels to the right, pixels down, factor of size, degrees counter-clockwise) of each view.
    Shapes:
        (1, C, H, W) -> (len(moves), C, H, W)
    """
    height, width = picture.shape[2:]
    rows = []
    for right, down, size, turn in moves:
        c, s = math.cos(math.radians(turn)) / size, math.sin(math.radians(turn)) / size
        # From a place in the view back to one in the picture, both from −1 to 1; sides may differ in length.
        a = torch.tensor([[c, -s * height / width], [s * width / height, c]])
        shift = -a @ torch.tensor([2 * right / width, 2 * down / height])
        rows.append(torch.cat([a, shift[:, None]], dim=1))
    theta = torch.stack(rows).to(picture.device, picture.dtype)
    grid = F.affine_grid(theta, [len(moves), *picture.shape[1:]], align_corners=False)
    spread = picture.expand(len(moves), -1, -1, -1)
    return F.grid_sample(spread, grid, mode="bilinear", padding_mode="reflection", align_corners=False)


class Climb:
    """One picture on its way up.

    Source: Erhan et al. 2009 (the idea); Simonyan et al. 2014, section 2 (L2); Yosinski et al. 2015, section 4 (decay,
    blur, small pixels); Mahendran & Vedaldi 2015, section 3.3 (total variation); Olah et al. 2017 (moves, spectrum).
    Differs: small gradients are clipped where Yosinski et al. clip pixels of small contribution; with the optimizer
    ``ascent`` a step has the same length whatever the gradient's; total variation pulls with a set share of the score's
    strength, where the sources add it with a weight that fits one network.

    Args:
        score: pictures on the scale 0–1, (B, C, H, W) → what is to rise, (B,).
        space: the numbers behind the picture.
        numbers: where they start.
        priors: what holds it.
        moves: of the views.
        views: how many a step.
        optimizer: ``adam`` or ``ascent``.
        lr: how far the numbers move in a step, at first; it falls to a tenth as half a cosine.
        steps: how many there will be.
        generator: of the moves.

    """

    def __init__(
        self, score: Score, space: Pixels, numbers: Tensor, *, priors: Priors, moves: Moves, views: int, optimizer: str,
        lr: float, steps: int, generator: torch.Generator,
    ):  # fmt: skip
        self.score, self.space, self.priors, self.moves = score, space, priors, moves
        self.views, self.lr, self.steps, self.generator = views, lr, steps, generator
        self.held = numbers.detach().clone().requires_grad_()
        self.optimizer: Any = torch.optim.Adam([self.held], lr=lr) if optimizer == "adam" else None
        self.done = self.dead = 0

    @property
    def picture(self) -> Tensor:
        """The picture, (1, C, H, W) on the scale 0–1."""
        with torch.no_grad():
            return self.space.picture(self.space.bounded(self.space.canvas(self.held)))

    def step(self) -> float:
        """Go one step up and return the mean score of the views before it.

        Raises:
            RunFailed: the score or its gradient is no number, or there is nothing to climb.
            ModelError: the network tells no gradient.

        """
        with torch.enable_grad():
            canvas = self.space.canvas(self.held)
            flat = canvas.detach().requires_grad_()
            picture = self.space.picture(flat)
            score = self.score(moved(picture, self.moves.drawn(self.views, self.generator))).mean()
            if not score.requires_grad:
                raise ModelError(
                    "the network tells no gradient, as an exported file does not", "give its run or bundle"
                )
            (up,) = torch.autograd.grad(score, picture)
            self._check(float(score.detach()), up)
            down = -up
            if self.priors.tv and bool(up.any()):
                (rough,) = torch.autograd.grad(total_variation(picture), picture)
                # Both at one length, so that a weight means the same to every network, whatever its scores' scale.
                down = down + self.priors.tv * rough * (up.norm() / rough.norm().clamp(min=1e-12))
            (gradient,) = torch.autograd.grad(picture, flat, down)
        if self.priors.clip_gradients:
            gradient = without_small(gradient, self.priors.clip_gradients)
        (self.held.grad,) = torch.autograd.grad(canvas, self.held, gradient)
        self._move()
        self.done += 1
        return float(score.detach())

    def _check(self, score: float, gradient: Tensor) -> None:
        where = f"step {self.done + 1} of {self.steps}"
        if not math.isfinite(score) or not torch.isfinite(gradient).all():
            what = "the score" if not math.isfinite(score) else "the gradient"
            raise RunFailed(
                f"{where}: {what} is no number (NaN or infinite), so there is no way up",
                "the weights hold NaN, or steps are too long: dlcli describe, --set lr=",
            )
        self.dead = self.dead + 1 if not gradient.any() else 0
        if self.dead == DEAD_STEPS:
            raise RunFailed(
                f"{where}: nothing to climb: the gradient has been 0 for {DEAD_STEPS} steps",
                "start elsewhere: another --seed, a start picture, the layer before the ReLU; the fresh head of a "
                "vision transformer with random weights is all 0",
            )

    @torch.no_grad()
    def _move(self) -> None:
        lr = self.lr * (0.1 + 0.9 * (1 + math.cos(math.pi * self.done / self.steps)) / 2)
        if self.optimizer is not None:
            self.optimizer.param_groups[0]["lr"] = lr
            self.optimizer.step()
        else:
            length = self.held.grad.square().mean().sqrt()
            self.held -= lr * self.held.grad / (length + 1e-12)
        p, canvas = self.priors, None
        if p.l2:
            self.held *= 1 - p.l2
        if p.blur_px and (self.done + 1) % p.blur_every == 0:
            canvas = blurred(self.space.canvas(self.held), p.blur_px)
        if p.clip_pixels:
            canvas = without_small(self.space.canvas(self.held) if canvas is None else canvas, p.clip_pixels)
        canvas = self.space.bounded(self.space.canvas(self.held) if canvas is None else canvas)
        if canvas is not self.held:
            self.held.copy_(self.space.numbers(canvas))
