"""``dlcli train --overfit N``: a few training samples learnt by heart."""

from __future__ import annotations

from typing import Any

from dlcli.backends.train_look_setup import Asked, Seen, Tables, Teller, again, changed, samples, some, spread, warner
from dlcli.core import events
from dlcli.core.errors import CheckFailed, UsageError
from dlcli.core.recipe import Resolved
from dlcli.data.pictures import Part
from dlcli.engine import overfit
from dlcli.engine.overfit import Learnt
from dlcli.engine.state import Settings
from dlcli.engine.stop import StopRequest
from dlcli.engine.task import Batch, rows
from dlcli.tasks.setup import prepare
from dlcli.ui.canvas import Drawn


def see(resolved: Resolved, reporter: events.Reporters, stop: StopRequest, asked: Asked) -> Seen:
    """Train on a few samples of the training part alone, without augmentation and label smoothing."""
    recipe, count = resolved.recipe, asked.samples
    # All samples make one step, in micro-batches no larger than those of training.
    micro = -(-recipe.train.batch // recipe.train.accumulate) if isinstance(recipe.train.batch, int) else count
    train_section = {"batch": count, "accumulate": -(-count // micro)}
    changes: dict[str, dict[str, Any]] = {"data": {"augment": []}, "train": train_section}
    if getattr(recipe.loss, "label_smoothing", 0.0):
        changes["loss"] = {"label_smoothing": 0.0}
    setup = prepare(changed(resolved, changes), reporter, download=asked.download)
    recipe, train = setup.recipe, setup.parts.train
    if count > len(train):
        text = f"--overfit {count}: the training part has {len(train)} samples"
        raise UsageError(text, f"allowed: 1 to {len(train)}; 8 is a good start", key="--overfit")
    chosen = spread(train, count, recipe.seed)
    batch = samples(setup, chosen)
    settings = Settings(recipe.seed, recipe.train, recipe.optim, recipe.schedule, rows(batch))
    reporter.emit(events.Started("", 1, overfit.STEPS))
    tell = Teller(reporter, setup)
    found = overfit.overfit(
        setup.task,
        setup.module,
        batch,
        settings,
        setup.device,
        stop=stop,
        note=warner(reporter),
        told=lambda step, loss, items: tell.step(step, recipe.optim.lr, loss, items),
    )
    reasons = found.reasons if found.reached is not None else [*_contradiction(batch, train), *found.reasons]
    last = found.history[-1]
    failed = None
    if found.reached is None:
        all_right = f"{last['accuracy']:.0%}" if "accuracy" in last else f"a loss of {last['loss']:.4g}"
        failed = CheckFailed(
            f"{rows(batch)} training samples were not learnt by heart in {last['step']} steps: {all_right}; "
            + "; ".join(reasons),
            f"{again(resolved.name)} --find-lr suggests a rate, --check-gradients checks the layers",
        )
    more = {
        "samples": rows(batch),
        "lr": recipe.optim.lr,
        "reached": found.reached,
        "reasons": reasons,
        "items": found.history,
    }
    metrics = {f"train/{k}": v for k, v in last.items() if k != "step"}
    return Seen(metrics, more, _tables(found, rows(batch)), _notes(found, rows(batch)), _curve(asked, found), failed)


def _curve(asked: Asked, found: Learnt) -> Drawn | None:
    if asked.out is None:
        return None
    from dlcli.ui import plots

    history = [{"step": h["step"], "train/loss": h["loss"]} for h in found.history]
    return plots.curve(history, "loss", -1, "step")


def _contradiction(batch: Batch, part: Part) -> list[str]:
    """Return the reason that two samples are one picture with two labels, where there are such."""
    seen: dict[bytes, int] = {}
    pictures, labels = batch["pictures"].numpy(), batch["labels"].tolist()
    for row in range(len(labels)):
        other = seen.setdefault(pictures[row].tobytes(), row)
        if labels[other] != labels[row]:
            first, second = (part.name(int(batch["index"][r])) for r in (other, row))
            return [f"{first} and {second} are the same picture with different labels"]
    return []


def _tables(found: Learnt, samples: int) -> Tables:
    """Return some steps of learning by heart, and the verdict."""
    verdict = "not reached" if found.reached is None else f"all right after {found.reached} steps"
    return [("course", some(found.history)), ("", [{"what": f"training samples: {samples}", "value": verdict}])]


def _notes(found: Learnt, samples: int) -> list[str]:
    """Return what the verdict means."""
    if found.reached is None:
        return []
    plural = "s" if samples > 1 else ""
    return [
        f"{samples} training sample{plural} learnt by heart: network, loss and optimizer can learn; "
        "this says nothing about other pictures"
    ]
