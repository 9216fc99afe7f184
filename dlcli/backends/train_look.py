"""Looks before training: ``--find-lr``, ``--check-gradients``, ``--overfit N``; no run is made or touched."""

from __future__ import annotations

import signal
import time
from typing import Any

from dlcli.backends import train_look_gradients, train_look_lr, train_look_overfit
from dlcli.backends.train_look_setup import Asked, Seen
from dlcli.core import files, report
from dlcli.core import recipe as recipes
from dlcli.core import run as runs
from dlcli.core.errors import Exit, Stopped, UsageError
from dlcli.core.launch import Place
from dlcli.core.output import Output
from dlcli.core.recipe import Resolved
from dlcli.engine.device import device_error
from dlcli.engine.state import Stopped as EngineStopped
from dlcli.engine.stop import StopRequest
from dlcli.ui import progress, tables
from dlcli.ui.console import say_each


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
    looks = {"find-lr": train_look_lr, "check-gradients": train_look_gradients, "overfit": train_look_overfit}
    reporter = progress.reporter(output)
    with progress.until_end(reporter), StopRequest(place) as stop:
        try:
            seen = looks[asked.name].see(resolved, reporter, stop, asked)
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
