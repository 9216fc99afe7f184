"""``train.batch: auto``: how many samples fit into a step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from dlcli.core.errors import DeviceError
from dlcli.engine.device import Device
from dlcli.engine.group import Group
from dlcli.engine.task import Batch, Task

MOST, STEPS_AN_EPOCH = 512, 8
SHARE = {"cuda": 0.8, "cpu": 0.5}  # of the free memory; a CPU shares its memory with everything else that runs
# Gradients of activations and scratch space, in multiples of what is kept for the backward pass.
OVERHEAD = 2.0
PROBE = 8


def largest(
    task: Task,
    module: nn.Module,
    sample: Callable[[int], Batch],
    samples: int,
    device: Device,
    train: Any,
    group: Group,
) -> tuple[int, str]:
    """Return the largest batch that is worth while, and why it is no larger.

    A power of two, at most 512, that leaves 8 steps an epoch and fits. On a CUDA device larger and larger batches are
    tried; on the CPU, where trying too much gets a process killed, what the backward pass keeps of a few samples is
    counted.

    Args:
        task: what is trained.
        module: the network, on the device.
        sample: makes a batch of so many samples.
        samples: size of the training part.
        device: where to compute.
        train: the recipe's ``train`` section.
        group: the processes that share a batch.

    Raises:
        DeviceError: not even the smallest fits.
    Effects: none; buffers, gradients and modes are put back.

    """
    most = max(1, min(MOST, samples // STEPS_AN_EPOCH))
    limit = 1 << (most.bit_length() - 1)
    why = "more would gain little" if most == MOST else f"more would leave fewer than {STEPS_AN_EPOCH} steps an epoch"
    kept = {k: v.detach().clone() for k, v in module.named_buffers()}
    modes = {m: m.training for m in module.modules()}
    task.train_mode(module)
    try:
        fits = (_tried if device.torch.type == "cuda" else _counted)(task, module, sample, device, train, limit, group)
    finally:
        module.zero_grad(set_to_none=True)
        device.release()
        for m, training in modes.items():
            m.training = training
        with torch.no_grad():
            for name, buffer in module.named_buffers():
                buffer.copy_(kept[name])
    fits = -group.most(-fits)[0]  # the least that any process can take
    if not fits:
        raise DeviceError("train.batch=auto: not even one sample fits into memory", "use smaller inputs or a network")
    found = min(limit, 1 << ((fits * train.accumulate * group.world).bit_length() - 1))
    return found, why if found == limit else "more does not fit into memory"


def _counted(
    task: Task, module: nn.Module, sample: Callable[[int], Batch], device: Device, train: Any, limit: int, group: Group
) -> int:
    """Return the samples whose activations fit, from those of a few."""
    held: dict[int, int] = {}

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        held[storage.data_ptr()] = storage.nbytes()
        return tensor

    own = {p.untyped_storage().data_ptr() for p in module.parameters()}
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda t: t):
        _run(task, module, sample(PROBE), device, train)
    a_sample = OVERHEAD * sum(n for p, n in held.items() if p not in own) / PROBE
    budget = SHARE["cpu"] * device.free_bytes() / group.place.local_world - _fixed_bytes(module, train)
    return min(limit, max(0, int(budget / max(1.0, a_sample))))


def _tried(
    task: Task, module: nn.Module, sample: Callable[[int], Batch], device: Device, train: Any, limit: int, group: Group
) -> int:
    """Return the most samples that went through forward and backward within the share of the memory."""
    budget = SHARE["cuda"] * (device.free_bytes() + device.memory_bytes()) - _fixed_bytes(module, train)
    fits, count = 0, 1
    while count <= max(1, limit // group.world):
        torch.cuda.reset_peak_memory_stats(device.torch)
        try:
            _run(task, module, sample(count), device, train)
        except torch.OutOfMemoryError:
            break
        if device.peak_memory_bytes() > budget:
            break
        fits, count = count, 2 * count
    return fits


def _run(task: Task, module: nn.Module, batch: Batch, device: Device, train: Any) -> None:
    """Run every loss of every phase forward and backward; no optimizer steps."""
    placed = device.place(batch)
    for phase in task.phases(train.epochs):
        generator = phase.losses(module, placed)
        while True:
            try:
                with device.autocast():
                    _, loss = next(generator)
            except StopIteration:
                break
            loss.backward()
            module.zero_grad(set_to_none=True)


def _fixed_bytes(module: nn.Module, train: Any) -> int:
    """Return what gradients, two moments and the moving average will take, besides the weights that are there."""
    size = sum(p.numel() * p.element_size() for p in module.parameters())
    return size * (4 if train.ema else 3)
