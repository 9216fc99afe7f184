"""What the looks before training print: tables and lines for people."""

from __future__ import annotations

from collections import Counter
from typing import Any

from dlcli.core.errors import DataError
from dlcli.engine.find_lr import DIVERGED, Suggestion, Sweep
from dlcli.engine.gradient_check import CORRECT, WRONG, Checked
from dlcli.engine.overfit import Learnt

SHOWN = 14  # rows of a sweep or a course
Tables = list[tuple[str, list[dict[str, Any]]]]


def sweep(points: list[dict[str, Any]], suggestion: Suggestion | None, found: Sweep, now: float) -> Tables:
    """Return some points of a sweep, and what is read from it."""
    rows = [{k: f"{v:.3g}" if k == "lr" else v for k, v in p.items()} for p in _some(points)]
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


def sweep_notes(suggestion: Suggestion | None, recipe: str, batch: int, values: Any) -> list[str]:
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
        f"try: dlcli train {recipe} --lr {suggestion.lr:g}{bolder}",
        f"{', '.join(parts)}; transformers, tiny data and long schedules often want less",
    ]
    if suggestion.still_falling:
        notes.append("the loss was still falling at the highest rate tried; more may do as well")
    return notes


def gradients(found: list[Checked]) -> Tables:
    """Return a row for each tensor."""
    rows = [
        {
            "tensor": c.name,
            "shape": "×".join(map(str, c.shape)) or "1",
            "compared": c.compared,
            "kinks": c.kinks,
            "error": f"{c.error:.1e}" if c.compared else "",
            "verdict": c.verdict,
        }
        for c in found
    ]
    return [(f"relative error; below {CORRECT:g} correct, above {WRONG:g} wrong", rows)]


def gradient_notes(of: dict[str, list[str]]) -> list[str]:
    """Return the verdict on the whole network, and the caveats."""
    counts = ", ".join(f"{len(names)} {verdict}" for verdict, names in of.items() if names)
    notes = [f"{counts}; some entries of each tensor, on a few samples, dropout drawn alike each time"]
    if of["kinks"]:
        notes.append("kinks: ReLU, max-pooling or a tie has no one slope there, so nothing was compared")
    if of["suspicious"]:
        notes.append("suspicious: a steep bend, float32 inside the network, or a small mistake; look at them")
    return notes


def learnt(found: Learnt, samples: int) -> Tables:
    """Return some steps of learning by heart, and the verdict."""
    verdict = "not reached" if found.reached is None else f"all right after {found.reached} steps"
    return [("course", _some(found.history)), ("", [{"what": f"{samples} training samples", "value": verdict}])]


def learnt_notes(found: Learnt, samples: int) -> list[str]:
    """Return what the verdict means."""
    if found.reached is None:
        return []
    plural = "s" if samples > 1 else ""
    return [
        f"{samples} training sample{plural} learnt by heart: network, loss and optimizer can learn; "
        "this says nothing about other pictures"
    ]


def contradiction(first: str, second: str) -> str:
    """Return the reason that two samples are one picture with two labels, or nothing."""
    return f"{first} and {second} are the same picture with different labels" if first else ""


def unreadable(reason: str) -> DataError:
    """Return the error that a sample of a look cannot be read."""
    return DataError(f"a training sample cannot be read: {reason}", "dlcli data check names them all")


def _some(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows evenly spread, the first and the last among them."""
    last = len(rows) - 1
    kept = Counter(round(k * last / (SHOWN - 1)) for k in range(SHOWN)) if last >= SHOWN else range(len(rows))
    return [rows[k] for k in sorted(kept)]
