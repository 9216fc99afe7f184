"""``dlcli train --find-lr``: the range test on the recipe's own batches."""

from __future__ import annotations

from typing import Any

from dlcli.backends.train_look_setup import Asked, Seen, Tables, Teller, again, some, warner
from dlcli.core import events
from dlcli.core.errors import RunFailed
from dlcli.core.recipe import Resolved
from dlcli.engine import find_lr
from dlcli.engine.find_lr import DIVERGED, Suggestion, Sweep
from dlcli.engine.state import Settings
from dlcli.engine.stop import StopRequest
from dlcli.tasks.setup import prepare
from dlcli.ui.canvas import Drawn


def see(resolved: Resolved, reporter: events.Reporters, stop: StopRequest, asked: Asked) -> Seen:
    """Sweep the learning rate over training batches as training makes them, augmentation included."""
    setup = prepare(resolved, reporter, download=asked.download)
    recipe, train = setup.recipe, setup.parts.train
    settings = Settings(recipe.seed, recipe.train, recipe.optim, recipe.schedule, len(train))
    warn = warner(reporter)
    batches = find_lr.endless(setup.batches(train, setup.order(train), augment=True), warn)
    reporter.emit(events.Started("", 1, find_lr.STEPS + 1))
    tell = Teller(reporter, setup)
    found = find_lr.find_lr(
        setup.task, setup.module, batches, settings, setup.device, stop=stop, note=warn, told=tell.step
    )
    suggestion: Suggestion | None = None
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
    shown = _tables(points, suggestion, found, recipe.optim.lr)
    notes = _notes(suggestion, resolved.name, setup.batch, recipe)
    return Seen(metrics, more, shown, notes, _figure(asked, found, suggestion), failed)


def _figure(asked: Asked, found: Sweep, suggestion: Suggestion | None) -> Drawn | None:
    if asked.out is None or not found.points:
        return None
    from dlcli.ui import look_plots

    rates, losses = [p.lr for p in found.points], [p.loss for p in found.points]
    if suggestion is None:
        return look_plots.learning_rate_test(rates, losses, [], None)
    marks = [("steepest", suggestion.steepest), ("minimum / 10", suggestion.tenth)]
    return look_plots.learning_rate_test(rates, losses, suggestion.smoothed, suggestion.lr, marks)


def _tables(points: list[dict[str, Any]], suggestion: Suggestion | None, found: Sweep, now: float) -> Tables:
    """Return some points of a sweep, and what is read from it."""
    rows = [{k: f"{v:.3g}" if k == "lr" else v for k, v in p.items()} for p in some(points)]
    if suggestion is None:
        return [("loss by learning rate", rows)]
    end = {"diverged": f"loss above {DIVERGED:g} × its best", "not finite": "loss no number", "done": "highest rate"}
    figures = [
        {"what": "suggested lr", "value": f"{suggestion.lr:g}"},
        {"what": "steepest fall at", "value": f"{suggestion.steepest:.3g}"},
        {"what": "minimum / 10", "value": f"{suggestion.tenth:.3g}"},
        {"what": "ended at", "value": f"{found.points[-1].lr:.3g}, {end[found.ended]}"},
        {"what": "optim.lr of the recipe", "value": f"{now:g}"},
    ]
    return [("loss by learning rate", rows), ("suggestion", figures)]


def _notes(suggestion: Suggestion | None, recipe: str, batch: int, values: Any) -> list[str]:
    """Return how to use a suggestion, and its caveat."""
    if suggestion is None:
        return []
    warmup = values.schedule.warmup_steps
    parts = [f"a start, no answer: it holds for {values.optim.name}, batches of {batch} and the first steps"]
    parts.append("which warm-up makes gentler" if warmup else "with warm-up more may do")
    bolder = (
        f"; bolder: {suggestion.steepest:.2g}, where it fell fastest" if suggestion.steepest > suggestion.lr else ""
    )
    notes = [
        f"try: {again(recipe, leave=('--lr', 'optim.lr='))} --lr {suggestion.lr:g}{bolder}",
        f"{', '.join(parts)}; transformers, tiny data and long schedules often want less",
    ]
    if suggestion.still_falling:
        notes.append("the loss was still falling at the highest rate tried; more may do as well")
    return notes
