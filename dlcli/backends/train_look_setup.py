"""What the looks before training share: the question, the answer, and a few training samples."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch

from dlcli.core import events
from dlcli.core.draws import mix
from dlcli.core.errors import DataError, DlcliError
from dlcli.core.recipe import Resolved
from dlcli.data.loader import PictureBatches
from dlcli.data.pictures import Part
from dlcli.engine.task import Batch
from dlcli.tasks.setup import Setup
from dlcli.ui.canvas import Drawn

SHOWN = 14  # rows of a course
Tables = list[tuple[str, list[dict[str, Any]]]]


@dataclass(frozen=True)
class Asked:
    """What was asked beside the recipe.

    Args:
        name: ``find-lr``, ``check-gradients`` or ``overfit``.
        samples: of ``overfit``.
        out: folder to write document and figure to, or None to write nothing.
        force: move what is at ``out`` aside.
        download: fetch published weights that are not on disk.

    """

    name: str
    samples: int = 0
    out: str | None = None
    force: bool = False
    download: bool = False


def again(recipe: str, *, leave: tuple[str, ...] = ()) -> str:
    """Return the command as it was typed, without what belongs to the look, for a suggestion that runs when pasted.

    Args:
        recipe: its name, where nothing was typed (a call from a program).
        leave: further options, or keys as ``KEY=``, to leave out.

    """
    flags = {"--find-lr", "--check-gradients", "--json", "-q", "--quiet", "--force", "--debug"}
    valued = {"--overfit", "-o", "--out", "--events", *leave}
    words = sys.argv[1:]
    if "train" not in words:
        return f"dlcli train {recipe}"
    kept: list[str] = []
    rest = iter(words)
    for word in rest:
        name = word.partition("=")[0]
        if word in flags or (name in valued and "=" in word and name.startswith("--")):
            continue
        if word in valued:
            next(rest, None)
        elif not any(word.startswith(key) for key in leave if key.endswith("=")):
            kept.append(word)
    return shlex.join(["dlcli", *kept])


@dataclass
class Seen:
    """What a look found.

    Args:
        metrics: name → value.
        more: the rest of the document.
        shown: tables for people.
        notes: lines for people.
        figure: for ``--out``.
        failed: raised once all is said and written.

    """

    metrics: dict[str, float]
    more: dict[str, Any]
    shown: Tables
    notes: list[str] = field(default_factory=list)
    figure: Drawn | None = None
    failed: DlcliError | None = None


def changed(resolved: Resolved, changes: dict[str, dict[str, Any]]) -> Resolved:
    """Return the recipe with some values of its sections replaced."""
    recipe = resolved.recipe
    sections = {name: getattr(recipe, name).model_copy(update=values) for name, values in changes.items()}
    return replace(resolved, recipe=recipe.model_copy(update=sections))


def spread(part: Part, count: int, seed: int) -> list[int]:
    """Return samples drawn by the seed, the classes in turn: a part may be sorted by class."""
    order = torch.randperm(len(part), generator=torch.Generator().manual_seed(mix(seed, "look"))).numpy()
    labels = part.labels[order]
    turn = np.empty(len(order), dtype=np.int64)
    for label in np.unique(labels):
        of = labels == label
        turn[of] = np.arange(of.sum())
    return order[np.argsort(turn, kind="stable")][:count].tolist()


def samples(setup: Setup, chosen: list[int]) -> Batch:
    """Return a batch of training samples as the network sees them in use, without augmentation.

    Raises:
        DataError: one of them cannot be read.
    """
    batch = PictureBatches(setup.parts.train, setup.steps, None, setup.recipe.seed).__getitems__(
        [(0, i) for i in chosen]
    )
    for _, reason in batch.pop("bad"):
        raise DataError(f"a training sample cannot be read: {reason}", "dlcli data check names them all")
    return batch


def some(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows evenly spread, the first and the last among them."""
    last = len(rows) - 1
    if last < SHOWN:
        return list(rows)
    return [rows[round(k * last / (SHOWN - 1))] for k in range(SHOWN)]


def warner(reporter: events.Reporters) -> Callable[[str], None]:
    """Return what passes a text on as a warning."""
    return lambda text: reporter.emit(events.Note(text, "warning"))


class Teller:
    """Tells the reporter of steps, a few times a second."""

    def __init__(self, reporter: events.Reporters, setup: Setup):
        self.reporter, self.setup = reporter, setup
        self.told_s, self.items = time.perf_counter(), 0

    def step(self, step: int, lr: float, loss: float, items: int) -> None:
        """Count the samples of a step, and tell when it is time."""
        now = time.perf_counter()
        self.items += items
        if now - self.told_s >= 0.25:
            rate = self.items / (now - self.told_s)
            self.reporter.emit(events.Stepped(1, step, step, loss, lr, rate, self.setup.device.memory_bytes()))
            self.told_s, self.items = now, 0
