"""What the loop counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from torch import Tensor


@dataclass(frozen=True)
class Settings:
    """What the loop needs to know of a recipe.

    Args:
        seed: of every draw.
        train: the recipe's ``train`` section.
        optim: its ``optim`` section.
        schedule: its ``schedule`` section.
        samples: size of the training part.

    """

    seed: int
    train: Any
    optim: Any
    schedule: Any
    samples: int


@dataclass
class Position:
    """Where a run stands; ``batch`` counts the batches done of ``epoch``, which counts from 0."""

    epoch: int = 0
    batch: int = 0
    step: int = 0


@dataclass
class Running:
    """Sums over the epoch so far, kept as tensors so that no step waits for a device.

    Args:
        count: samples.
        sums: name → sum over samples.

    """

    count: int = 0
    sums: dict[str, Any] = field(default_factory=dict)

    def add(self, name: str, value: Tensor, count: int) -> None:
        """Add a mean over ``count`` samples."""
        self.sums[name] = self.sums.get(name, 0.0) + value.detach().double() * count

    def means(self) -> dict[str, float]:
        """Return name → mean over the epoch so far."""
        return {k: float(v) / max(1, self.count) for k, v in self.sums.items()}


class Stopped(Exception):
    """The loop stopped at a signal; not an error, the state has been saved."""

    def __init__(self, signal: int):
        super().__init__(signal)
        self.signal = signal
