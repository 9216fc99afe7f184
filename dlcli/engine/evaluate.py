"""Scoring a part: every sample once, in its order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import nn

from dlcli.engine.device import Device
from dlcli.engine.task import Task, move


@dataclass
class Scored:
    """What came out of a part.

    Args:
        metrics: name → value.
        outputs: the task's rows, sorted by ``index``.
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
) -> Scored | None:
    """Score a network on the batches of a loader.

    Args:
        task: knows what to compute and how to score it.
        module: the network; its mode is put back afterwards.
        loader: batches, each sample once.
        device: where to compute.
        interrupted: asked between batches; once true, None is returned.

    """
    modes = {m: m.training for m in module.modules()}
    module.eval()
    rows: list[dict[str, np.ndarray]] = []
    bad: list[tuple[str, str]] = []
    try:
        for batch in loader:
            if interrupted():
                return None
            bad += batch.pop("bad", [])
            if not len(batch["index"]):
                continue
            with device.autocast():
                found = task.outputs(module, move(batch, device.torch))
            rows.append({k: (v.float() if v.is_floating_point() else v).cpu().numpy() for k, v in found.items()})
    finally:
        for m, training in modes.items():
            m.training = training
    if not rows:
        return Scored({}, {}, bad)
    outputs = {k: np.concatenate([r[k] for r in rows]) for k in rows[0]}
    order = np.argsort(outputs["index"], kind="stable")
    outputs = {k: v[order] for k, v in outputs.items()}
    return Scored(task.scores(outputs), outputs, bad)
