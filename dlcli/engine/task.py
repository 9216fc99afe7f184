"""The contract between the loop and what is trained."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from torch import Tensor, nn

from dlcli.core.errors import UsageError
from dlcli.core.nearest import nearest
from dlcli.core.report import lower_is_better

Batch = dict[str, Any]
Losses = Generator[tuple[str, Tensor], None, dict[str, Tensor] | None]


@dataclass(frozen=True)
class Monitor:
    """The validation metric that picks the best weights.

    Args:
        metric: its name.
        higher: whether more is better.

    """

    metric: str
    higher: bool

    def better(self, value: float, best: float, min_delta: float = 0.0) -> bool:
        """Say whether ``value`` beats ``best`` by more than ``min_delta``."""
        return value > best + min_delta if self.higher else value < best - min_delta


@dataclass(frozen=True)
class Phase:
    """A stretch of training with its own losses over the one state.

    Args:
        name: shown in the log.
        epochs: how long.
        losses: the generator function of this phase.

    """

    name: str
    epochs: int
    losses: Callable[[nn.Module, Batch], Losses]


class Task:
    """What is trained: subclass it and give at least ``prepare``, ``build``, ``losses``, ``outputs`` and ``scores``.

    ``losses`` is a generator that yields ``(optimizer, loss)`` once for each optimizer step of a batch; between two
    yields it must compute anew what it needs, since the optimizer has stepped and no graph is kept. A loss is the mean
    over the ``count`` samples of the batch it got. What it returns at the end is shown beside the loss.
    """

    name = "task"
    monitor = Monitor("loss", higher=False)
    metrics: tuple[str, ...] = ("loss",)  # what ``scores`` may return
    cacheable = False  # whether what the trained layer sees of a sample is the same in every epoch

    def monitored(self, asked: str) -> Monitor:
        """Return the metric that picks the best weights.

        Args:
            asked: ``auto`` for the task's own, or the name of a metric.
        Raises:
            UsageError: the task has no such metric.
        """
        if asked == "auto":
            return self.monitor
        if asked not in self.metrics:
            raise UsageError(
                f"train.monitor {asked!r} is not allowed; allowed: auto, {', '.join(self.metrics)}"
                f"{nearest(asked, self.metrics)}",
                key="train.monitor",
            )
        return Monitor(asked, higher=not lower_is_better(asked))

    def prepare(self, part: Any) -> dict[str, Any]:
        """Learn facts (classes, vocabulary, statistics) from the training part; plain data, stored in the bundle."""
        raise NotImplementedError

    def build(self, facts: dict[str, Any]) -> nn.Module:
        """Return the network, initialized from torch's default generator."""
        raise NotImplementedError

    def losses(self, module: nn.Module, batch: Batch) -> Losses:
        """Yield ``(optimizer, loss)``."""
        raise NotImplementedError

    def outputs(self, module: nn.Module, batch: Batch) -> dict[str, Tensor]:
        """Return what scoring needs, one row a sample, ``index`` among it."""
        raise NotImplementedError

    def scores(self, outputs: dict[str, np.ndarray]) -> dict[str, float]:
        """Return the metrics of a whole part from the rows of all its batches in the order of the part."""
        raise NotImplementedError

    def details(self, outputs: dict[str, np.ndarray]) -> dict[str, Any]:  # noqa: ARG002
        """Return tables for the report that are no single figures; plain data."""
        return {}

    def examples(self, part: Any, outputs: dict[str, np.ndarray], count: int) -> list[dict[str, Any]]:  # noqa: ARG002
        """Return the samples the network did worst on, for the report."""
        return []

    def try_out(self, module: nn.Module, facts: dict[str, Any]) -> None:
        """Refuse, before any work, a network that cannot take the data's shape."""

    def phases(self, epochs: int) -> list[Phase]:
        """Return the phases; together they last ``epochs``."""
        return [Phase("train", epochs, self.losses)]

    def parameters(self, module: nn.Module) -> dict[str, Iterable[Any]]:
        """Return the parameters, or groups of them, that each named optimizer steps."""
        return {"main": [p for p in module.parameters() if p.requires_grad]}

    def count(self, batch: Batch) -> int:
        """Return how many samples a loss of this batch is the mean of."""
        return rows(batch)

    def train_mode(self, module: nn.Module) -> None:
        """Put the network in training mode; a task with frozen parts keeps those in evaluation mode."""
        module.train()


def rows(batch: Batch) -> int:
    """Return the samples of a batch."""
    return next(len(v) for v in batch.values() if isinstance(v, Tensor))


def cut(batch: Batch, parts: int) -> list[Batch]:
    """Return a batch in at most ``parts`` micro-batches of nearly equal size, none of them empty."""
    if parts == 1:
        return [batch]
    size = rows(batch)
    parts = max(1, min(parts, size))
    ends = [round(size * k / parts) for k in range(parts + 1)]
    return [{k: v[a:b] if isinstance(v, Tensor) else v for k, v in batch.items()} for a, b in pairwise(ends)]
