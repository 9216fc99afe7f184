"""Looks before training: ``--find-lr``, ``--check-gradients``, ``--overfit N``; no run is made or touched."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch

from dlcli.backends import train_look_tables as words
from dlcli.core import events, files, report
from dlcli.core import recipe as recipes
from dlcli.core import run as runs
from dlcli.core.draws import mix
from dlcli.core.errors import CheckFailed, DlcliError, Exit, RunFailed, Stopped, UsageError
from dlcli.core.launch import Place
from dlcli.core.output import Output
from dlcli.core.recipe import Resolved
from dlcli.data.loader import PictureBatches
from dlcli.data.pictures import Part
from dlcli.engine import find_lr, gradient_check, overfit
from dlcli.engine.device import device_error
from dlcli.engine.state import Settings
from dlcli.engine.state import Stopped as EngineStopped
from dlcli.engine.stop import StopRequest
from dlcli.engine.task import Batch, rows
from dlcli.tasks.setup import Setup, prepare
from dlcli.ui import progress, tables
from dlcli.ui.canvas import Drawn
from dlcli.ui.console import say_each

CHECKED_SAMPLES = 4


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
    shown: list[tuple[str, list[dict[str, Any]]]]
    notes: list[str] = field(default_factory=list)
    figure: Drawn | None = None
    failed: DlcliError | None = None


def look(resolved: Resolved, output: Output, place: Place, asked: Asked) -> None:
    """Run a look of ``dlcli train``.

    Raises:
        UsageError: several processes, more samples than there are, or ``--out`` holds something.
        RunFailed: there is no learning rate to suggest, or nothing that could be checked.
        CheckFailed: a gradient is wrong, or the samples were not learnt.
        Stopped: a signal.
    Effects: prints; writes into ``asked.out`` alone.

    """
    started_s = time.monotonic()
    count = max(place.world, resolved.recipe.device.count)
    if count > 1:
        text = f"--{asked.name} runs in one process; {count} were asked for"
        raise UsageError(text, "use --devices 1", key="device.count")
    runs.check_free(asked.out, force=asked.force, resumable=False)
    looks = {"find-lr": _find_lr, "check-gradients": _check_gradients, "overfit": _overfit}
    reporter = progress.reporter(output)
    with progress.until_end(reporter), StopRequest(place) as stop:
        try:
            seen = looks[asked.name](resolved, reporter, stop, asked)
        except EngineStopped as stopped:
            progress.close(reporter)
            code = Exit.INTERRUPTED if stopped.signal == signal.SIGINT else Exit.TERMINATED
            raise Stopped(code, f"--{asked.name} was stopped; nothing was written") from None
        except RuntimeError as error:
            told = device_error(error)
            if told is None:
                raise
            raise told from error
    doc = report.document(
        f"train --{asked.name}",
        data=str(recipes.plain(resolved.recipe.data.train)),
        metrics=seen.metrics,
        files=_planned(asked, seen),
        seconds=time.monotonic() - started_s,
        recipe=resolved.name,
        **seen.more,
    )
    _write(resolved, asked, seen, doc)
    tables.show(doc, seen.shown, output)
    say_each(seen.notes, output.quiet or output.machine)
    if seen.failed:
        raise seen.failed


def _planned(asked: Asked, seen: Seen) -> dict[str, str]:
    if asked.out is None:
        return {}
    stem = f"{asked.out.rstrip('/') or '/'}/{asked.name.replace('-', '_')}"
    return {"document": f"{stem}.json", **({"figure": f"{stem}.png"} if seen.figure else {})}


def _write(resolved: Resolved, asked: Asked, seen: Seen, doc: dict[str, Any]) -> None:
    if asked.out is None:
        return
    runs.create(asked.out, resolved.recipe.task, resolved.name, force=asked.force, resumable=False)
    if seen.figure:
        png = seen.figure.png
        files.write_with(doc["files"]["figure"], lambda file: file.write(png))
    files.write_text(doc["files"]["document"], tables.as_json(doc) + "\n")


def _find_lr(resolved: Resolved, reporter: events.Reporters, stop: StopRequest, asked: Asked) -> Seen:
    setup = prepare(resolved, reporter, download=asked.download)
    recipe, train = setup.recipe, setup.parts.train
    settings = Settings(recipe.seed, recipe.train, recipe.optim, recipe.schedule, len(train))
    warn = _warner(reporter)
    batches = find_lr.endless(setup.batches(train, setup.order(train), augment=True), warn)
    reporter.emit(events.Started("", 1, find_lr.STEPS + 1))
    tell = _Teller(reporter, setup)
    found = find_lr.find_lr(
        setup.task, setup.module, batches, settings, setup.device, stop=stop, note=warn, told=tell.step
    )
    suggestion: find_lr.Suggestion | None = None
    failed: RunFailed | None = None
    try:
        suggestion = find_lr.suggest(found)
    except RunFailed as error:
        failed = error
    smoothed = suggestion.smoothed if suggestion else []
    points = [
        {"lr": p.lr, "loss": p.loss, **({"smoothed": smoothed[k]} if smoothed else {})}
        for k, p in enumerate(found.points)
    ]
    metrics = {"loss": found.start, **({"lr": suggestion.lr} if suggestion else {})}
    more = {
        "batch": setup.batch,
        "optimizer": recipe.optim.name,
        "ended": found.ended,
        "suggestion": None
        if suggestion is None
        else {
            "lr": suggestion.lr,
            "steepest": suggestion.steepest,
            "tenth_of_minimum": suggestion.tenth,
            "still_falling": suggestion.still_falling,
        },
        "items": points,
    }
    shown = words.sweep(points, suggestion, found, recipe.optim.lr)
    notes = words.sweep_notes(suggestion, resolved.name, setup.batch, recipe)
    return Seen(metrics, more, shown, notes, _sweep_figure(asked, found, suggestion), failed)


def _sweep_figure(asked: Asked, found: find_lr.Sweep, suggestion: find_lr.Suggestion | None) -> Drawn | None:
    if asked.out is None or not found.points:
        return None
    from dlcli.ui import look_plots

    rates, losses = [p.lr for p in found.points], [p.loss for p in found.points]
    if suggestion is None:
        return look_plots.learning_rate_test(rates, losses, [], None)
    marks = [("steepest", suggestion.steepest), ("minimum / 10", suggestion.tenth)]
    return look_plots.learning_rate_test(rates, losses, suggestion.smoothed, suggestion.lr, marks)


def _check_gradients(resolved: Resolved, reporter: events.Reporters, stop: StopRequest, asked: Asked) -> Seen:
    count = CHECKED_SAMPLES
    setup = prepare(_changed(resolved, {"train": {"batch": count}}), reporter, download=asked.download)
    train, seed = setup.parts.train, setup.recipe.seed
    batch = _samples(setup, _spread(train, min(count, len(train)), seed))
    trained = [p for p in setup.module.parameters() if p.requires_grad]
    reporter.emit(
        events.Note(
            f"comparing {len(trained)} tensors, at most {gradient_check.ENTRIES} entries of each, on {rows(batch)} "
            "training samples in float64 on the CPU"
        )
    )
    found = gradient_check.check_network(setup.task, setup.module, batch, seed=seed, stop=stop)
    of = {v: [c.name for c in found if c.verdict == v] for v in ("correct", "suspicious", "wrong", "kinks")}
    errors = [c.error for c in found if c.compared]
    if not errors:
        raise RunFailed(
            "no gradient could be compared: the loss has a kink at every weight looked at",
            "weights that all begin at zero sit on one; start from others",
        )
    rounded = {f"{v}": float(len(names)) for v, names in of.items()}
    shown = words.gradients(found)
    wrong = ", ".join(of["wrong"][:5]) + (" …" if len(of["wrong"]) > 5 else "")
    failed = CheckFailed(
        f"the gradient of {wrong} is wrong: it differs from the finite differences by more than "
        f"{gradient_check.WRONG:g} of itself",
        "look at the backward pass of these layers, and of those between them and the loss",
    )
    return Seen(
        {"error": max(errors), **rounded},
        {"samples": rows(batch), "items": [vars(c) for c in found]},
        shown,
        words.gradient_notes(of),
        failed=failed if of["wrong"] else None,
    )


def _overfit(resolved: Resolved, reporter: events.Reporters, stop: StopRequest, asked: Asked) -> Seen:
    recipe, count = resolved.recipe, asked.samples
    micro = min(recipe.train.batch, count) if isinstance(recipe.train.batch, int) else count
    accumulate = max(recipe.train.accumulate, -(-count // micro))
    changes: dict[str, dict[str, Any]] = {"data": {"augment": []}, "train": {"batch": count, "accumulate": accumulate}}
    if getattr(recipe.loss, "label_smoothing", 0.0):
        changes["loss"] = {"label_smoothing": 0.0}
    setup = prepare(_changed(resolved, changes), reporter, download=asked.download)
    recipe, train = setup.recipe, setup.parts.train
    if count > len(train):
        text = f"--overfit {count}: the training part has {len(train)} samples"
        raise UsageError(text, f"allowed: 1 to {len(train)}; 8 is a good start", key="--overfit")
    chosen = _spread(train, count, recipe.seed)
    batch = _samples(setup, chosen)
    settings = Settings(recipe.seed, recipe.train, recipe.optim, recipe.schedule, rows(batch))
    reporter.emit(events.Started("", 1, overfit.STEPS))
    tell = _Teller(reporter, setup, recipe.optim.lr)
    found = overfit.overfit(
        setup.task,
        setup.module,
        batch,
        settings,
        setup.device,
        stop=stop,
        note=_warner(reporter),
        told=lambda step, loss, items: tell.step(step, recipe.optim.lr, loss, items),
    )
    clash = words.contradiction(*_contradiction(batch, train))
    reasons = ([clash] if clash and found.reached is None else []) + found.reasons
    last = found.history[-1]
    failed = None
    if found.reached is None:
        all_right = f"{last['accuracy']:.0%}" if "accuracy" in last else f"a loss of {last['loss']:.4g}"
        failed = CheckFailed(
            f"{rows(batch)} training samples were not learnt by heart in {last['step']} steps: {all_right}; "
            + "; ".join(reasons),
            f"dlcli train {resolved.name} --find-lr suggests a rate, --check-gradients checks the layers",
        )
    more = {
        "samples": rows(batch),
        "batch": micro,
        "lr": recipe.optim.lr,
        "reached": found.reached,
        "reasons": reasons,
        "items": found.history,
    }
    metrics = {f"train/{k}": v for k, v in last.items() if k != "step"}
    shown, notes = words.learnt(found, rows(batch)), words.learnt_notes(found, rows(batch))
    return Seen(metrics, more, shown, notes, _curve(asked, found), failed)


def _curve(asked: Asked, found: overfit.Learnt) -> Drawn | None:
    if asked.out is None:
        return None
    from dlcli.ui import plots

    history = [{"step": h["step"], "train/loss": h["loss"]} for h in found.history]
    return plots.curve(history, "loss", -1, "step")


def _changed(resolved: Resolved, changes: dict[str, dict[str, Any]]) -> Resolved:
    """Return the recipe with some values of its sections replaced."""
    recipe = resolved.recipe
    sections = {name: getattr(recipe, name).model_copy(update=values) for name, values in changes.items()}
    return replace(resolved, recipe=recipe.model_copy(update=sections))


def _spread(part: Part, count: int, seed: int) -> list[int]:
    """Return samples drawn by the seed, the classes in turn: a part may be sorted by class."""
    order = torch.randperm(len(part), generator=torch.Generator().manual_seed(mix(seed, "look"))).numpy()
    labels = part.labels[order]
    turn = np.empty(len(order), dtype=np.int64)
    for label in np.unique(labels):
        of = labels == label
        turn[of] = np.arange(of.sum())
    return order[np.argsort(turn, kind="stable")][:count].tolist()


def _samples(setup: Setup, chosen: list[int]) -> Batch:
    """Return a batch of training samples as the network sees them in use, without augmentation.

    Raises:
        DataError: one of them cannot be read.
    """
    batch = PictureBatches(setup.parts.train, setup.steps, None, setup.recipe.seed).__getitems__(
        [(0, i) for i in chosen]
    )
    for _, reason in batch.pop("bad"):
        raise words.unreadable(reason)
    return batch


def _contradiction(batch: Batch, part: Part) -> tuple[str, str]:
    """Return the names of two samples that are the same picture with different labels; empty when there are none."""
    seen: dict[bytes, int] = {}
    pictures, labels = batch["pictures"].numpy(), batch["labels"].tolist()
    for row in range(len(labels)):
        other = seen.setdefault(pictures[row].tobytes(), row)
        if labels[other] != labels[row]:
            return part.name(int(batch["index"][other])), part.name(int(batch["index"][row]))
    return "", ""


def _warner(reporter: events.Reporters) -> Callable[[str], None]:
    return lambda text: reporter.emit(events.Note(text, "warning"))


class _Teller:
    """Tells the reporter of steps, a few times a second."""

    def __init__(self, reporter: events.Reporters, setup: Setup, lr: float = 0.0):
        self.reporter, self.setup, self.lr = reporter, setup, lr
        self.told_s, self.items = time.perf_counter(), 0

    def step(self, step: int, lr: float, loss: float, items: int) -> None:
        now = time.perf_counter()
        self.items += items
        if now - self.told_s >= 0.25:
            rate = self.items / (now - self.told_s)
            self.reporter.emit(events.Stepped(1, step, step, loss, lr, rate, self.setup.device.memory_bytes()))
            self.told_s, self.items = now, 0
