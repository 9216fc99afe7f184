"""Scoring a part: every sample once, in its order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import nn

from dlcli.engine.device import Device, device_error
from dlcli.engine.group import ALONE, Group
from dlcli.engine.task import Batch, Task, cut


@dataclass
class Scored:
    """What came out of a part.

    Args:
        metrics: name → value.
        outputs: the task's rows, sorted by ``index``; only in the process that leads.
        bad: name and reason of samples that could not be read.

    """

    metrics: dict[str, float]
    outputs: dict[str, np.ndarray]
    bad: list[tuple[str, str]] = field(default_factory=list)


@torch.inference_mode()
def evaluate(
    task: Task,
    module: nn.Module,
    loader: Iterable[Any],
    device: Device,
    interrupted: Callable[[], bool] = lambda: False,
    group: Group = ALONE,
) -> Scored | None:
    """Score a network on the batches of a loader.

    Several processes deal the batches between them, none twice, so the answers do not depend on their number. A batch
    that does not fit into memory is taken in smaller portions.

    Args:
        task: knows what to compute and how to score it.
        module: the network; its mode is put back afterwards.
        loader: this process's batches, each sample once.
        device: where to compute.
        interrupted: asked between batches; once true in any process, None is returned.
        group: the processes that share the work.

    Raises:
        DeviceError: one sample at a time does not fit.

    """
    modes = {m: m.training for m in module.modules()}
    module.eval()
    rows: list[dict[str, np.ndarray]] = []
    bad: list[tuple[str, str]] = []
    parts, stopped = 1, False
    try:
        for batch in loader:
            if stopped := interrupted():
                break
            bad += batch.pop("bad", [])
            if len(batch["index"]):
                found, parts = _answers(task, module, batch, device, parts)
                rows += found
    finally:
        for m, training in modes.items():
            m.training = training
    (any_stopped,) = group.most(int(stopped))
    if any_stopped:
        return None
    gathered = group.gathered((rows, bad))
    rows = [r for theirs, _ in gathered for r in theirs]
    bad = group.shared([b for _, theirs in gathered for b in theirs])
    outputs: dict[str, np.ndarray] = {}
    metrics: dict[str, float] = {}
    if rows:
        outputs = {k: np.concatenate([r[k] for r in rows]) for k in rows[0]}
        order = np.argsort(outputs["index"], kind="stable")
        outputs = {k: v[order] for k, v in outputs.items()}
        metrics = task.scores(outputs)
    return Scored(group.shared(metrics), outputs, bad)


def _answers(
    task: Task, module: nn.Module, batch: Batch, device: Device, parts: int
) -> tuple[list[dict[str, np.ndarray]], int]:
    """Return the rows of a batch, and into how many portions it had to be cut."""
    while True:
        try:
            return [_rows(task, module, micro, device) for micro in cut(batch, parts)], parts
        except torch.OutOfMemoryError as error:
            failed = error.with_traceback(None)
        except RuntimeError as error:
            told = device_error(error)
            if told is None:
                raise
            raise told from error
        if parts >= len(batch["index"]):
            raise device_error(failed) or failed
        parts *= 2
        device.release()


def _rows(task: Task, module: nn.Module, batch: Batch, device: Device) -> dict[str, np.ndarray]:
    with device.autocast():
        found = task.outputs(module, device.place(batch))
    return {k: (v.float() if v.is_floating_point() else v).cpu().numpy() for k, v in found.items()}
