"""Gradient checking: backpropagation against finite differences, in float64."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from dlcli.core.draws import mix
from dlcli.core.errors import RunFailed
from dlcli.engine.state import Stopped
from dlcli.engine.stop import StopRequest
from dlcli.engine.task import Batch, Task

CORRECT, WRONG = 1e-7, 1e-3  # relative errors below and above which there is no doubt
ENTRIES = 8
_STEPS = (1e-4, 1e-5, 1e-6, 1e-3)  # times max(1, |w|): smaller ones for bends and kinks nearby, the last for rounding
_EPSILON = torch.finfo(torch.float64).eps
_ROUNDING = 32  # rounding errors of a loss, in units of its last place: those of a whole network add up
_KINK = 1e-6  # of the slope: where two step sizes differ by more, there is no one slope


@dataclass(frozen=True)
class Checked:
    """The comparison of one tensor.

    Args:
        name: of the tensor.
        shape: of the tensor.
        compared: entries whose slope was measured.
        kinks: entries left out because the loss has a kink there (ReLU, max-pooling).
        error: ‖dw − dw̃‖ / (‖dw‖ + ‖dw̃‖) over the entries compared; 0 when both are nothing but rounding.
        verdict: ``correct``, ``suspicious``, ``wrong``, or ``kinks`` when no entry could be compared.

    """

    name: str
    shape: tuple[int, ...]
    compared: int
    kinks: int
    error: float
    verdict: str


def check(
    loss: Callable[[], Tensor],
    tensors: Mapping[str, Tensor],
    *,
    entries: int = ENTRIES,
    seed: int = 0,
    stop: StopRequest | None = None,
    told: Callable[[int], None] = lambda _: None,
) -> list[Checked]:
    """Compare the gradient of a loss with central differences, tensor by tensor.

    Of a large tensor some entries are compared: half of them those with the largest gradients, half drawn by the seed.
    Central differences at h and h/2 are extrapolated (Richardson), which leaves an error of order h⁴. Where the slopes
    at h and h/2, or the second differences, do not agree at any step size, the loss has a kink within reach and the
    entry is left out and counted. That judgment never looks at the gradient under test.

    Source: central differences and the bounds of the relative error as in the course's exercise (W6); Richardson 1911.

    Args:
        loss: computes the scalar anew from the tensors as they are; it must draw and compute the same each time.
        tensors: name → float64 leaf tensor on the CPU that requires a gradient.
        entries: compared at most in each tensor.
        seed: of the entries drawn.
        stop: the signal that asked to stop.
        told: called with the number of tensors done.

    Raises:
        RunFailed: the loss is not float64, no number, or differs between two evaluations.
        Stopped: a signal.
    Effects: the tensors are changed meanwhile, and restored.

    """
    value = loss()
    if value.dtype != torch.float64:
        raise RunFailed(f"the loss comes out as {value.dtype}; gradients can only be checked in float64")
    here = float(value.detach())
    if not math.isfinite(here):
        raise RunFailed(f"the loss is {here}; there is no gradient to check")
    found = torch.autograd.grad(value, list(tensors.values()), allow_unused=True)

    def evaluate() -> float:
        if stop and stop.signal:
            raise Stopped(stop.signal)
        with torch.no_grad():
            return float(loss().detach())

    if evaluate() != here:
        raise RunFailed("the loss differs between two evaluations of the same weights; its slopes cannot be measured")
    rows = []
    for (name, tensor), given in zip(tensors.items(), found, strict=True):
        gradient = torch.zeros_like(tensor) if given is None else given.detach()
        rows.append(_checked(name, tensor, gradient, evaluate, here, _chosen(gradient, entries, mix(seed, name))))
        told(len(rows))
    return rows


def _chosen(gradient: Tensor, entries: int, seed: int) -> list[int]:
    """Return the entries to compare: the steepest ones, then drawn ones."""
    size = gradient.numel()
    if size <= entries:
        return list(range(size))
    steepest = gradient.flatten().abs().topk(entries // 2).indices.tolist()
    drawn = torch.randint(size, (4 * entries,), generator=torch.Generator().manual_seed(seed)).tolist()
    return list(dict.fromkeys([*steepest, *drawn]))[:entries]


def _checked(
    name: str, tensor: Tensor, gradient: Tensor, evaluate: Callable[[], float], here: float, chosen: list[int]
) -> Checked:
    given, measured, doubts = [], [], []
    for i in chosen:
        slope = _slope(tensor, i, evaluate, here)
        if slope is not None:
            given.append(float(gradient.flatten()[i]))
            measured.append(slope[0])
            doubts.append(slope[1])
    apart = math.dist(given, measured)
    error = apart / (math.hypot(*given) + math.hypot(*measured) or 1.0)
    # A weight before batch normalization has the gradient 0; its rounding errors alone would make a relative error 1.
    if apart <= math.hypot(*doubts) and error > CORRECT:
        error = 0.0
    verdict = "correct" if error < CORRECT else "wrong" if error > WRONG else "suspicious"
    kinks = len(chosen) - len(given)
    return Checked(name, tuple(tensor.shape), len(given), kinks, error, verdict if given else "kinks")


def _slope(tensor: Tensor, i: int, evaluate: Callable[[], float], here: float) -> tuple[float, float] | None:
    """Return the slope along one entry and the rounding error it may have; None at a kink."""
    flat = tensor.detach().view(-1)  # shares memory; of a tensor that is no block in memory, view raises
    at = float(flat[i])

    def moved(by: float) -> float:
        flat[i] = at + by
        value = evaluate()
        flat[i] = at
        return value

    best: tuple[float, float, float, float] | None = None
    try:
        for step in _STEPS:
            h = step * max(1.0, abs(at))
            high, low, half_high, half_low = moved(h), moved(-h), moved(h / 2), moved(-h / 2)
            whole, half = (high - low) / (2 * h), (half_high - half_low) / h
            bend, half_bend = (high - 2 * here + low) / h, (half_high - 2 * here + half_low) / (h / 2)
            rounding = _ROUNDING * _EPSILON * max(abs(here), 1e-3) / h
            if not math.isfinite(half):
                continue
            # Of a smooth loss both differ by terms of order h² and more; a kink shows in one of them at least.
            doubt = max(abs(whole - half), abs(bend - 2 * half_bend))
            if best is None or doubt + rounding < best[0] + best[2]:
                best = (doubt, (4 * half - whole) / 3, rounding, abs(half))
            if doubt <= 0.1 * _KINK * abs(half) + rounding:
                break
    finally:
        flat[i] = at
    if best is None:
        return None
    doubt, slope, rounding, size = best
    return None if doubt > _KINK * size + 4 * rounding else (slope, rounding)


def check_network(
    task: Task,
    module: nn.Module,
    batch: Batch,
    *,
    entries: int = ENTRIES,
    seed: int = 0,
    stop: StopRequest | None = None,
    told: Callable[[int], None] = lambda _: None,
) -> list[Checked]:
    """Compare the gradients of a task's loss for every tensor of a network that is trained.

    Args:
        task: its ``losses`` of one batch are added up; none may be computed from detached parts of another.
        module: the network; it is not changed.
        batch: a few samples without augmentation.
        entries: compared at most in each tensor.
        seed: of the draws.
        stop: the signal that asked to stop.
        told: called with the number of tensors done.

    Raises:
        RunFailed, Stopped: as ``check``.

    """
    loss, tensors = repeatable(task, module, batch, seed)
    return check(loss, tensors, entries=entries, seed=seed, stop=stop, told=told)


def repeatable(
    task: Task, module: nn.Module, batch: Batch, seed: int = 0
) -> tuple[Callable[[], Tensor], dict[str, Tensor]]:
    """Return a task's loss as a function of nothing but the weights, and the weights by name.

    The network is copied to the CPU in float64 and stays in training mode: dropout and drop-path draw the same at each
    evaluation, batch normalization uses the statistics of the one batch, and buffers are put back.
    """
    trial = copy.deepcopy(module).to("cpu", torch.float64, memory_format=torch.contiguous_format)
    batch = {k: v.double() if isinstance(v, Tensor) and v.is_floating_point() else v for k, v in batch.items()}
    task.train_mode(trial)
    buffers = {k: v.clone() for k, v in trial.named_buffers()}

    def loss() -> Tensor:
        with torch.no_grad():
            for name, buffer in trial.named_buffers():
                buffer.copy_(buffers[name])
        torch.default_generator.manual_seed(mix(seed, "gradients"))
        return torch.stack([value for _, value in task.losses(trial, batch)]).sum()

    return loss, {n: p for n, p in trial.named_parameters() if p.requires_grad}
