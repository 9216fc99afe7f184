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
        exact = value.detach() if value.device.type == "mps" else value.detach().double()  # Metal has no doubles
        self.sums[name] = self.sums.get(name, 0.0) + exact * count

    def include(self, other: Running) -> None:
        """Add the sums of another."""
        self.count += other.count
        for name, value in other.sums.items():
            self.sums[name] = self.sums.get(name, 0.0) + value

    def plain(self) -> dict[str, Any]:
        """Return it as plain data, which a checkpoint holds one of for each process."""
        return {"count": self.count, "sums": {k: float(v) for k, v in self.sums.items()}}

    @classmethod
    def of(cls, held: list[dict[str, Any]], rank: int, world: int) -> Running:
        """Return what a checkpoint holds for a process; with another number of processes the first one takes all."""
        if len(held) == world:
            return cls(held[rank]["count"], dict(held[rank]["sums"]))
        return cls() if rank else merged(held)

    def means(self) -> dict[str, float]:
        """Return name → mean over the epoch so far."""
        return {k: float(v) / max(1, self.count) for k, v in self.sums.items()}


def merged(held: list[dict[str, Any]]) -> Running:
    """Return the sums of several processes together."""
    together = Running()
    for part in held:
        together.include(Running(part["count"], part["sums"]))
    return together


class Stopped(Exception):
    """The loop stopped at a signal; not an error, the state has been saved."""

    def __init__(self, signal: int):
        super().__init__(signal)
        self.signal = signal
