"""``dlcli train --check-gradients``: every trained tensor of the recipe's network against finite differences."""

from __future__ import annotations

import time
from collections.abc import Callable

from dlcli.backends.train_look_setup import Asked, Seen, Tables, changed, samples, spread
from dlcli.core import events
from dlcli.core.errors import CheckFailed, RunFailed
from dlcli.core.recipe import Resolved
from dlcli.engine import gradient_check
from dlcli.engine.gradient_check import CORRECT, WRONG, Checked
from dlcli.engine.stop import StopRequest
from dlcli.engine.task import rows
from dlcli.tasks.setup import prepare
from dlcli.ui import progress

SAMPLES = 4
ENTRIES = 240  # of all tensors together; each has at least FEWEST and at most MOST of them
FEWEST, MOST = 3, 10


def see(resolved: Resolved, reporter: events.Reporters, stop: StopRequest, asked: Asked) -> Seen:
    """Compare the gradients of the recipe's loss on a few training samples."""
    setup = prepare(changed(resolved, {"train": {"batch": SAMPLES}}), reporter, download=asked.download)
    train, seed = setup.parts.train, setup.recipe.seed
    batch = samples(setup, spread(train, min(SAMPLES, len(train)), seed))
    trained = [p for p in setup.module.parameters() if p.requires_grad]
    entries = min(MOST, max(FEWEST, ENTRIES // len(trained)))
    reporter.emit(
        events.Note(
            f"comparing {len(trained)} tensors, at most {entries} entries of each, on {rows(batch)} "
            "training samples in float64 on the CPU"
        )
    )
    found = gradient_check.check_network(
        setup.task, setup.module, batch, entries=entries, seed=seed, stop=stop, told=_counter(reporter, len(trained))
    )
    of = {v: [c.name for c in found if c.verdict == v] for v in ("correct", "suspicious", "wrong", "kinks")}
    errors = [c.error for c in found if c.compared]
    if not errors:
        raise RunFailed(
            "no gradient could be compared: the loss has a kink at every weight looked at",
            "weights that all begin at zero sit on one; start from others",
        )
    wrong = ", ".join(of["wrong"][:5]) + (" …" if len(of["wrong"]) > 5 else "")
    failed = CheckFailed(
        f"the gradient of {wrong} is wrong: it differs from the finite differences by more than {WRONG:g} of itself",
        "look at the backward pass of these layers, and of those between them and the loss",
    )
    return Seen(
        {"error": max(errors), **{v: float(len(names)) for v, names in of.items()}},
        {"samples": rows(batch), "items": [vars(c) for c in found]},
        _tables(found),
        _notes(of),
        failed=failed if of["wrong"] else None,
    )


def _tables(found: list[Checked]) -> Tables:
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


def _notes(of: dict[str, list[str]]) -> list[str]:
    """Return the verdict on the whole network, and the caveats."""
    counts = ", ".join(f"{len(names)} {verdict}" for verdict, names in of.items() if names)
    notes = [f"{counts}; some entries of each tensor, on a few samples, dropout drawn alike each time"]
    if of["kinks"]:
        notes.append("kinks: ReLU, max-pooling or a tie has no one slope there, so nothing was compared")
    if of["suspicious"]:
        notes.append("suspicious: a steep bend, float32 inside the network, or a small mistake; look at them")
    return notes


def _counter(reporter: events.Reporters, total: int) -> Callable[[int], None]:
    """Return what tells every ten seconds how many tensors are done."""
    told_s = time.monotonic()

    def count(done: int) -> None:
        nonlocal told_s
        if (now := time.monotonic()) - told_s >= progress.PLAIN_SECONDS:
            reporter.emit(events.Note(f"{done} of {total} tensors"))
            told_s = now

    return count
