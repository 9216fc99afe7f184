"""Learning-rate schedules as closed forms of the step, so that resuming and extending need no state.

Only ``plateau`` remembers anything, and what it remembers is one small table in the checkpoint.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from dlcli.engine.task import Monitor


@dataclass(frozen=True)
class Clock:
    """The length of a run.

    Args:
        steps: optimizer steps in all.
        steps_per_epoch: optimizer steps in one epoch.

    """

    steps: int
    steps_per_epoch: int


def factor(section: Any, step: int, clock: Clock) -> float:
    """Return what the learning rate is multiplied with at a step.

    During ``warmup_steps`` it rises in a straight line from ``warmup_start`` to 1 (torch's LinearLR). After it,
    schedules that last the whole run (cosine, linear, poly, one_cycle) count from the end of the warm-up; those that
    act at epochs (step, multistep, exponential, time, restarts, cyclic) count epochs from the start of the run.

    Source: torch.optim.lr_scheduler's closed forms; ``time`` is lr/(1+kt), ``exponential`` lr·e^(−kt).

    Args:
        section: a schedule of ``core/schemas/shared.py``.
        step: the optimizer step about to be taken, from 0.
        clock: length of the run.

    """
    warmup = section.warmup_steps
    if step < warmup:
        return section.warmup_start + (1 - section.warmup_start) * step / warmup
    epoch = step // clock.steps_per_epoch
    done, whole = step - warmup, max(1, clock.steps - warmup)
    match section.name:
        case "constant" | "plateau":
            return 1.0
        case "step":
            return section.gamma ** (epoch // section.every_epochs)
        case "multistep":
            return section.gamma ** sum(epoch >= e for e in section.at_epochs)
        case "exponential":
            return math.exp(-section.k * epoch)
        case "time":
            return 1 / (1 + section.k * epoch)
        case "linear":
            return 1 + (section.end - 1) * min(done, whole) / whole
        case "poly":
            return (1 - min(done, whole) / whole) ** section.power
        case "cosine":
            return cosine(min(done, whole) / whole, section.end)
        case "restarts":
            return _restarts(section, step / clock.steps_per_epoch)
        case "one_cycle":
            return _one_cycle(section, done, whole)
        case "cyclic":
            half = section.half_epochs * clock.steps_per_epoch
            phase = (step % (2 * half)) / half
            return section.low + (1 - section.low) * (phase if phase <= 1 else 2 - phase)
    raise ValueError(f"schedule {section.name!r} is not known")


def cosine(share: float, end: float) -> float:
    """Return half a cosine from 1 at ``share`` 0 to ``end`` at ``share`` 1."""
    return end + (1 - end) * (1 + math.cos(math.pi * share)) / 2


def _restarts(section: Any, epoch: float) -> float:
    """SGDR: cosines of first, first·times, first·times² … epochs. Source: Loshchilov & Hutter 2017, eq. 5."""
    length = float(section.first_epochs)
    while epoch >= length:
        epoch -= length
        length *= section.times
    return cosine(epoch / length, section.end)


def _one_cycle(section: Any, done: int, whole: int) -> float:
    """Smith & Topin 2018 as torch anneals it: cosine up to 1 at ``up``, cosine down to ``end`` at the last step."""
    top = section.up * whole - 1
    last = whole - 1
    if done <= top:
        return cosine(1 - done / top, section.start) if top > 0 else 1.0
    return cosine(min(1.0, (done - top) / (last - top)), section.end) if last > top else section.end


@dataclass
class PlateauState:
    """What ``plateau`` remembers.

    Args:
        factor: what the learning rate is multiplied with now.
        best: best value seen.
        waited: epochs without progress.

    """

    factor: float = 1.0
    best: float | None = None
    waited: int = 0

    def observe(self, section: Any, monitor: Monitor, value: float) -> bool:
        """Take the validation metric of an epoch; say whether the rate was cut.

        Source: torch's ReduceLROnPlateau with ``threshold_mode='abs'``.
        """
        if self.best is None or monitor.better(value, self.best, section.min_delta):
            self.best, self.waited = value, 0
            return False
        self.waited += 1
        if self.waited <= section.patience:
            return False
        lower = max(self.factor * section.gamma, section.lowest)
        cut, self.factor, self.waited = lower < self.factor, lower, 0
        return cut
