"""``train --watch gradients``: what is looked at, kept and told."""

from __future__ import annotations

import json
from typing import Any

from dlcli.core import events, files
from dlcli.core.errors import UsageError
from dlcli.core.nearest import nearest
from dlcli.core.run import Run
from dlcli.engine import watch as watching
from dlcli.engine.watch import Watch
from dlcli.tasks.setup import Setup
from dlcli.ui import tables

KINDS = ("gradients",)


def check(kind: str | None) -> None:
    """Refuse something that cannot be watched.

    Raises:
        UsageError: not in ``KINDS``.

    """
    if kind is not None and kind not in KINDS:
        raise UsageError(
            f"--watch {kind!r} is not allowed; allowed: {', '.join(KINDS)}{nearest(kind, KINDS)}", key="--watch"
        )


def watch(setup: Setup, run: Run) -> Watch:
    """Return what looks at the network of a run and writes a line a look into ``gradients.jsonl``."""
    steps = setup.recipe.train.epochs * len(setup.order(setup.parts.train))

    def write(line: dict[str, Any]) -> None:
        with run.watched.open("a", encoding="utf-8") as file:
            file.write(json.dumps(tables.finite(line)) + "\n")

    return Watch(setup.module, steps, write)


def records(run: Run) -> list[dict[str, Any]]:
    """Return the looks of a run, those after a broken line left out."""
    found: list[dict[str, Any]] = []
    if run.watched.exists():
        for line in run.watched.read_text(encoding="utf-8").splitlines():
            try:
                found.append(json.loads(line))
            except ValueError:  # cut off when the run was killed
                break
    return found


def cut(run: Run, step: int) -> None:
    """Forget the looks at steps that will be taken again."""
    if run.watched.exists():
        kept = [r for r in records(run) if r["step"] <= step]
        files.write_text(run.watched, "".join(json.dumps(r) + "\n" for r in kept))


def say(watched: dict[str, Any] | None, reporter: events.Reporter) -> None:
    """Say the verdicts."""
    for verdict in watched["verdicts"] if watched else ():
        level = "info" if verdict["name"] == "fine" else "warning"
        reporter.emit(events.Note(f"gradients: {verdict['text']}", level))


def failed(run: Run, reporter: events.Reporter) -> None:
    """Say and draw what was seen of a run that failed: when gradients explode, there is no report.

    Effects: writes the figures into ``plots``.
    """
    from dlcli.ui import watch_plots

    watched = told(run)
    say(watched, reporter)
    for name, figure in watch_plots.figures(watched["looks"] if watched else []).items():
        if figure is not None:
            run.plots.mkdir(exist_ok=True)
            files.write_with(run.plots / f"{name}.png", lambda file, png=figure.png: file.write(png))


def told(run: Run) -> dict[str, Any] | None:
    """Return the verdict on a run that was watched, with the looks it rests on; None when it was not."""
    looks = records(run)
    return {**watching.verdict(looks), "looks": looks} if looks else None
