"""Learning a few samples by heart: what a sound network, loss and optimizer must be able to do."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from dlcli.engine import optim
from dlcli.engine.device import Device
from dlcli.engine.group import ALONE
from dlcli.engine.state import Settings, Stopped
from dlcli.engine.step import Stepper
from dlcli.engine.stop import StopRequest
from dlcli.engine.task import Batch, Task, cut, rows

STEPS = 200
HALVED = 0.5  # of the first loss: a network that is right by luck has learnt nothing
_ALL = 1 - 1e-9  # means over micro-batches round
_NORMS = (nn.modules.batchnorm._BatchNorm,)


@dataclass(frozen=True)
class Learnt:
    """How learning by heart went.

    Args:
        history: of each step ``step``, ``loss`` and the task's figures, as they were before the step.
        reached: the number of steps after which all samples were right, or None.
        reasons: where they were not: what is likely wrong, the likeliest first.

    """

    history: list[dict[str, Any]]
    reached: int | None
    reasons: list[str]


def overfit(
    task: Task,
    module: nn.Module,
    batch: Batch,
    settings: Settings,
    device: Device,
    *,
    stop: StopRequest,
    note: Callable[[str], None],
    told: Callable[[int, float, int], None],
    steps: int = STEPS,
) -> Learnt:
    """Train a copy of a network on one batch until all of it is right.

    Nothing that stands against it has a part: dropout, stochastic depth and drop-path are off (all but batch
    normalization is in evaluation mode), and so are weight decay, schedule and moving average. Augmentation and label
    smoothing are the caller's to leave out. All is right when the accuracy is 1 and the loss at most half of what it
    was; a task without an accuracy has to bring the loss to a hundredth.

    Source: Goodfellow, Bengio & Courville 2016, section 11.5, «fit a tiny dataset».

    Args:
        task: what is trained.
        module: the network; it is not changed.
        batch: the samples; each step sees all of them, in ``accumulate`` micro-batches.
        settings: optimizer with its learning rate, clipping, accumulation.
        device: where to compute.
        stop: the signal that asked to stop.
        note: called with what a person should know.
        told: called with the number of steps taken, the loss and the samples.
        steps: how many at most.

    Raises:
        Stopped: a signal.

    """
    trial = device.ready(copy.deepcopy(module))
    section = settings.optim.model_copy(update={"weight_decay": 0.0, "l1": 0.0})
    settings = replace(settings, optim=section, train=settings.train.model_copy(update={"ema": None}))
    optimizers = {n: optim.build(section, p) for n, p in task.parameters(trial).items()}
    if rows(batch) == 1 and any(isinstance(m, _NORMS) for m in trial.modules()):
        batch = {k: torch.cat([v, v]) if isinstance(v, Tensor) else v for k, v in batch.items()}
    stepper = Stepper(task, trial, optimizers, settings, device, ALONE, None, note, largest=rows(batch))
    losses = task.phases(settings.train.epochs)[0].losses
    calm(task, trial)
    history: list[dict[str, Any]] = []
    still = _share_without_gradient(task, trial, device.place(cut(batch, settings.train.accumulate)[0]))
    for step in range(steps + 1):
        if stop.signal:
            raise Stopped(stop.signal)
        means = stepper.take(batch, losses, step, section.lr).means()
        loss = sum(v for k, v in means.items() if k.startswith("loss"))
        figures = {k: v for k, v in means.items() if not k.startswith("loss")}
        history.append({"step": step, "loss": loss, **figures})
        told(step, loss, rows(batch))
        if not math.isfinite(loss) or _done(history):
            break
    reached = history[-1]["step"] if _done(history) else None
    return Learnt(history, reached, [] if reached is not None else _reasons(history, still, section.lr))


def calm(task: Task, module: nn.Module) -> None:
    """Put a network in training mode without its randomness: only batch normalization behaves as in training."""
    task.train_mode(module)
    for child in module.modules():
        if not isinstance(child, _NORMS):
            child.training = False


def _done(history: list[dict[str, Any]]) -> bool:
    first, now = history[0], history[-1]
    if "accuracy" in now:
        return now["accuracy"] >= _ALL and now["loss"] <= HALVED * first["loss"]
    return now["loss"] <= 0.01 * first["loss"]


def _share_without_gradient(task: Task, module: nn.Module, batch: Batch) -> float:
    """Return the share of the trained weights whose gradient is exactly zero."""
    trained = [p for p in module.parameters() if p.requires_grad]
    total = torch.stack([loss for _, loss in task.losses(module, batch)]).sum()
    found = torch.autograd.grad(total, trained, allow_unused=True)
    alive = sum(int(g.count_nonzero()) for g in found if g is not None)
    return 1 - alive / max(1, sum(p.numel() for p in trained))


def _reasons(history: list[dict[str, Any]], still: float, lr: float) -> list[str]:
    """Return what is likely wrong, from the course of the loss and the first gradient."""
    found = [h["loss"] for h in history]
    first, last = found[0], found[-1]
    lowest = min(filter(math.isfinite, found), default=last)
    reasons = []
    if not math.isfinite(last):
        reasons.append(f"the loss is {last} after {history[-1]['step']} steps: the learning rate {lr:g} is too high")
    elif still > 0.99:
        reasons.append(
            f"a dead start: {still:.0%} of the weights get no gradient at all; look at the initialization and "
            "the activations"
        )
    elif last > first or last > 2 * lowest + 1e-3:
        reasons.append(f"the loss rose again, from {lowest:.4g} to {last:.4g}: the learning rate {lr:g} is too high")
    elif last > 0.98 * first:
        reasons.append(
            f"the loss hardly moved from {first:.4g}: the learning rate {lr:g} is far too low, or the labels "
            "contradict the pictures"
        )
    elif last < 0.98 * found[-1 - len(found) // 5]:
        reasons.append(f"the loss is still falling: the learning rate {lr:g} is low for so few steps")
    else:
        reasons.append(
            f"the loss came to rest at {last:.4g}: the network is too small, or the labels contradict the pictures"
        )
    return reasons
