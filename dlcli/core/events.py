"""What a run reports while it works: the loop emits events, a reporter shows or stores them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True)
class Event:
    """Something that happened."""

    def record(self) -> dict[str, Any]:
        """Return the event as one JSON object."""
        return {"event": type(self).__name__, **asdict(self)}


@dataclass(frozen=True)
class Note(Event):
    """A line for people: ``level`` is ``info`` or ``warning``."""

    text: str
    level: str = "info"


@dataclass(frozen=True)
class Started(Event):
    """Training begins or goes on.

    Args:
        run: the run directory.
        epochs: epochs in all.
        steps_per_epoch: optimizer steps in one epoch.
        epoch: epochs already done.
        batch: batches of the present epoch already done.
        counted: what is counted instead of steps, such as ``word``.

    """

    run: str
    epochs: int
    steps_per_epoch: int
    epoch: int = 0
    batch: int = 0
    counted: str = "step"


@dataclass(frozen=True)
class Stepped(Event):
    """An optimizer step was taken; sent a few times a second, not every step.

    Args:
        epoch: the present epoch, from 1.
        step: optimizer steps done in all.
        batch: batches of this epoch done.
        loss: mean loss of the epoch so far.
        lr: learning rate of the first parameter group.
        items_per_s: samples per second since the last such event.
        memory_bytes: device memory in use (resident memory on the CPU).
        counted: what ``step`` and ``batch`` count.

    """

    epoch: int
    step: int
    batch: int
    loss: float
    lr: float
    items_per_s: float
    memory_bytes: int
    counted: str = "step"


@dataclass(frozen=True)
class EpochDone(Event):
    """An epoch, or a round of boosting, ended; ``metrics`` are named ``train/loss``, ``val/accuracy`` and so on."""

    epoch: int
    epochs: int
    step: int
    metrics: dict[str, float]
    lr: float
    seconds: float
    items_per_s: float
    best: bool = False
    unit: str = "epoch"
    counted: str = "step"

    @property
    def worth_a_line(self) -> bool:
        """Whether it is told where lines stay: each epoch, but of many rounds 1, 2, 5, 10, 20, 50 … and the last."""
        leading = str(self.epoch).rstrip("0")
        return self.unit == "epoch" or leading in ("1", "2", "5") or self.epoch == self.epochs


@dataclass(frozen=True)
class Finished(Event):
    """The run is over; ``metrics`` are the final ones."""

    metrics: dict[str, float]
    seconds: float


class Reporter(Protocol):
    """Takes events."""

    def emit(self, event: Event) -> None:
        """Show or store one event."""


@dataclass
class Reporters:
    """Passes each event to several reporters; keeps the notes, for members that come later."""

    members: list[Reporter] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def emit(self, event: Event) -> None:
        """Pass one event on."""
        if isinstance(event, Note):
            self.notes.append(event)
        for member in self.members:
            member.emit(event)


def notes(reporter: Reporter, texts: Iterable[str], level: str = "info") -> None:
    """Emit several lines."""
    for text in texts:
        reporter.emit(Note(text, level))
