"""The learning-rate range test: train for a moment with a rate that grows each step, and see where the loss falls."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from torch import nn

from dlcli.core.errors import DataError, RunFailed
from dlcli.engine import optim
from dlcli.engine.device import Device
from dlcli.engine.group import ALONE
from dlcli.engine.state import Settings, Stopped
from dlcli.engine.step import Stepper
from dlcli.engine.stop import StopRequest
from dlcli.engine.task import Batch, Task, rows

STEPS = 100
LOWEST, HIGHEST = 1e-6, 10.0
DIVERGED = 4.0  # times the best smoothed loss
_MEMORY = 0.9  # of the running mean that tells when to stop
_SPREAD = 3.0  # points of the symmetric smoothing that the suggestion is read from; 14 points are a decade
_CERTAIN = 7.0  # standard errors a fall must exceed; the lowest of pure noise stays within 6.1 in 400 trials
FEWEST = 20  # points from which a suggestion is tried


@dataclass(frozen=True)
class Point:
    """A step of the sweep.

    Args:
        lr: learning rate of the step.
        loss: of the next mini-batch, after the step.

    """

    lr: float
    loss: float


@dataclass(frozen=True)
class Sweep:
    """What the range test saw.

    Args:
        start: loss before the first step.
        points: one a step, the rate rising.
        ended: why it ended: ``diverged``, ``not finite`` or ``done``.

    """

    start: float
    points: list[Point]
    ended: str


@dataclass(frozen=True)
class Suggestion:
    """A learning rate to start from.

    Args:
        lr: the more cautious of the two, to two digits.
        steepest: the rate at which the smoothed loss fell fastest.
        tenth: a tenth of the rate with the lowest smoothed loss.
        smoothed: the loss smoothed over neighboring points.
        still_falling: whether the lowest loss stands at the end, so that higher rates may do too.

    """

    lr: float
    steepest: float
    tenth: float
    smoothed: list[float]
    still_falling: bool


def sweep(
    take: Callable[[int, float], float],
    *,
    lowest: float = LOWEST,
    highest: float = HIGHEST,
    steps: int = STEPS,
) -> Sweep:
    """Take steps with a learning rate that grows by the same factor each time, until the loss is lost.

    Source: Smith 2017, section 3.3, with the exponential instead of the linear growth. It ends early when the running
    mean of the loss passes ``DIVERGED`` times its best, or is no number. A loss is noted with the rate of the step
    *before* it, which made it; noting it with the step after it would shift the curve to the right.

    Args:
        take: given the number of a step and its rate, takes it and returns the loss as it was before.
        lowest: first rate.
        highest: last rate.
        steps: how many.

    """
    factor = (highest / lowest) ** (1 / max(1, steps - 1))
    rates = [lowest * factor**k for k in range(steps)]
    start = take(0, rates[0])
    points: list[Point] = []
    if not math.isfinite(start):
        return Sweep(start, points, "not finite")
    mean, weight, best = (1 - _MEMORY) * start, 1 - _MEMORY, start
    for k, lr in enumerate(rates):
        # One step more than there are points: the last loss is seen by a step whose own rate no longer matters.
        loss = take(k + 1, rates[min(k + 1, steps - 1)])
        if not math.isfinite(loss):
            return Sweep(start, points, "not finite")
        points.append(Point(lr, loss))
        mean, weight = _MEMORY * mean + (1 - _MEMORY) * loss, _MEMORY * weight + (1 - _MEMORY)
        best = min(best, mean / weight)
        if mean / weight > DIVERGED * best > 0:
            return Sweep(start, points, "diverged")
    return Sweep(start, points, "done")


def suggest(found: Sweep) -> Suggestion:
    """Return a learning rate to start from: the lower of the steepest fall and a tenth of the minimum.

    The loss is smoothed over neighbors on both sides; a running mean would lag and suggest rates several times higher.

    Raises:
        RunFailed: the loss never fell by more than its noise, so there is nothing to read a rate from.

    """
    losses = np.array([p.loss for p in found.points], dtype=np.float64)
    rates = np.array([p.lr for p in found.points], dtype=np.float64)
    if len(losses) < FEWEST:
        raise RunFailed(
            f"no learning rate to suggest: the loss was lost after {len(losses)} steps ({found.ended})",
            "look at the data with dlcli data check, and at the network with --overfit 8 and --check-gradients",
        )
    # The last losses of a sweep that diverged may be any number; beyond this height they say no more.
    clipped = np.minimum(losses, max(found.start, float(losses[0]), DIVERGED * float(losses.min())))
    smoothed = smooth(clipped)
    lowest = int(smoothed.argmin())
    # The deviation of a smoothed point, from the median so that the steep parts of the curve do not count as noise.
    noise = 1.4826 * float(np.median(np.abs(clipped - smoothed))) / math.sqrt(2 * math.sqrt(math.pi) * _SPREAD)
    first = float(smoothed[: max(3, len(losses) // 10)].mean())
    fall = first - float(smoothed[lowest])
    if lowest < 2 or fall <= max(_CERTAIN * noise, 1e-9 * abs(first)):
        raise RunFailed(
            f"no learning rate to suggest: the loss never fell from {first:.4g} by more than its noise, at rates from "
            f"{rates[0]:.3g} to {rates[-1]:.3g}",
            "try --overfit 8 and --check-gradients: the network may learn nothing at all; or a larger --batch",
        )
    steepest = int(np.gradient(smoothed)[: lowest + 1].argmin())
    tenth = float(rates[lowest]) / 10
    still = found.ended == "done" and lowest >= len(losses) - 1 - 2 * _SPREAD
    lr = float(f"{min(float(rates[steepest]), tenth):.2g}")
    return Suggestion(lr, float(rates[steepest]), tenth, smoothed.tolist(), still)


def smooth(values: np.ndarray) -> np.ndarray:
    """Return each value's mean with its neighbors, weighted by a bell that is cut off at two spreads.

    Shapes:
        values (n,) float64 -> (n,) float64
    """
    reach = round(2 * _SPREAD)
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) / _SPREAD) ** 2)
    padded = np.pad(values, reach)
    present = np.pad(np.ones(len(values)), reach)
    return np.convolve(padded, bell, "valid") / np.convolve(present, bell, "valid")


def find_lr(
    task: Task,
    module: nn.Module,
    batches: Iterator[Batch],
    settings: Settings,
    device: Device,
    *,
    stop: StopRequest,
    note: Callable[[str], None],
    told: Callable[[int, float, float, int], None],
    steps: int = STEPS,
) -> Sweep:
    """Run the range test on a copy of a network, with the recipe's optimizer, clipping and accumulation.

    Args:
        task: what is trained.
        module: the network; neither its weights nor its buffers change.
        batches: training batches without end.
        settings: what the recipe asks; its learning rate, schedule and moving average have no part.
        device: where to compute.
        stop: the signal that asked to stop.
        note: called with what a person should know.
        told: called with the number of each step, its rate, the loss before it and the samples it saw.
        steps: how many.

    Raises:
        Stopped: a signal.

    """
    trial = device.ready(copy.deepcopy(module))
    optimizers = {n: optim.build(settings.optim, p) for n, p in task.parameters(trial).items()}
    settings = replace(settings, train=settings.train.model_copy(update={"ema": None}))
    stepper: Stepper | None = None
    losses = task.phases(settings.train.epochs)[0].losses
    task.train_mode(trial)

    def take(step: int, lr: float) -> float:
        nonlocal stepper
        if stop.signal:
            raise Stopped(stop.signal)
        batch = next(batches)
        if stepper is None:
            stepper = Stepper(task, trial, optimizers, settings, device, ALONE, None, note, largest=rows(batch))
        taken = stepper.take(batch, losses, step, lr)
        loss = sum(v for k, v in taken.means().items() if k.startswith("loss"))
        told(step, lr, loss, taken.count)
        return loss

    return sweep(take, steps=steps)


def endless(loader: Any, note: Callable[[str], None]) -> Iterator[Batch]:
    """Yield the batches of one epoch after the other; samples that cannot be read are told once and left out.

    Raises:
        DataError: a whole epoch had no sample that can be read.
    """
    seen: set[str] = set()
    sampler = loader.batch_sampler
    while True:
        some = False
        for batch in loader:
            for name, reason in batch.pop("bad", ()):
                if name not in seen:
                    seen.add(name)
                    note(f"left out: {reason}")
            if rows(batch):
                some = True
                yield batch
        if not some:
            raise DataError("no sample of the training part can be read", "dlcli data check names them all")
        sampler.epoch += 1
