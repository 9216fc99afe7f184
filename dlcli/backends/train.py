"""Training: recipe → data, task, loop → run directory and report."""

from __future__ import annotations

import json
import signal
import sys
import time
from dataclasses import dataclass, field
from typing import Any

from dlcli.backends import train_page, train_plan, train_watch
from dlcli.core import bundle, diagnosis, events, files, launch, make, report, resume, sources, yaml12
from dlcli.core import recipe as recipes
from dlcli.core import run as runs
from dlcli.core.errors import Exit, RunFailed, Stopped, Told, UsageError
from dlcli.core.launch import Place
from dlcli.core.output import Output
from dlcli.core.run import Run
from dlcli.data import build
from dlcli.data.pictures import Parts
from dlcli.engine import group as groups
from dlcli.engine import loop as engine
from dlcli.engine.checkpoint import Checkpoints
from dlcli.engine.device import open_device
from dlcli.engine.evaluate import Scored, evaluate
from dlcli.engine.group import PeerLost
from dlcli.engine.stop import StopRequest
from dlcli.tasks import catalog
from dlcli.tasks.open import write_bundle
from dlcli.tasks.setup import Setup, make_loop, prepare
from dlcli.ui import progress, tables
from dlcli.ui.console import say


@dataclass(frozen=True)
class Options:
    """What ``dlcli train`` was asked beside the recipe."""

    out: str | None = None
    run: Run | None = None
    force: bool = False
    dry_run: bool = False
    download: bool = False
    fail_under: list[str] = field(default_factory=list)
    fail_over: list[str] = field(default_factory=list)
    stamp: str | None = None
    depfile: str | None = None
    watch: str | None = None


def train(resolved: recipes.Resolved, output: Output, place: Place, options: Options) -> None:
    """Run ``dlcli train`` in the process that leads.

    Effects: makes or continues a run directory; prints the report; ends with the checks asked for.
    """
    started_s = time.monotonic()
    recipe = resolved.recipe
    train_watch.check(options.watch)
    _check_options(recipe, options, max(place.world, recipe.device.count))
    state, changed = _checkpoint(options.run, resolved) if options.run else (None, [])
    with groups.opened(place) as group:
        if state is not None and _nothing_to_do(options, resolved, state, output):
            group.shared(None)
            return
        reporter = events.Reporters() if options.dry_run else progress.reporter(output)
        if options.dry_run:
            open_device(recipe.device, Place(local_world=recipe.device.count))
        else:
            group.shared(_Told(resolved.text(), resolved.name, state, options.download))
        events.notes(reporter, changed)
        setup = prepare(resolved, reporter, state and state["extra"], download=options.download, group=group)
        if options.dry_run:
            train_plan.show(setup, resolved, options, output)
            return
        run = options.run or runs.create(options.out, recipe.task, resolved.name, force=options.force)
        with progress.until_end(reporter), runs.locked(run), StopRequest(place) as stop:
            progress.log_to(reporter, run.log)
            watch = train_watch.watch(setup, run) if options.watch else None
            loop = make_loop(setup, run, reporter, stop, lambda line: _record(run, line), watch)
            _begin(run, setup, resolved, loop, state, output)
            _fit(loop, run, reporter)
            doc, table = _finish(run, setup, resolved, loop, reporter, started_s)
    tables.show(doc, table, output)
    say(f"report: {run.page}", output.quiet or output.json)
    report.check(doc["metrics"], options.fail_under, options.fail_over)
    _for_make(options, resolved, setup.parts, run)


@dataclass(frozen=True)
class _Told:
    """What the process that leads tells the others to do."""

    recipe: str
    name: str
    state: dict[str, Any] | None
    download: bool


def follow(place: Place) -> None:
    """Run ``dlcli train`` in another process than the one that leads: train with it, write and say nothing."""
    silent = events.Reporters()
    with groups.opened(place) as group:
        told = group.shared(None)
        if told is None:
            return
        resolved = recipes.resolve(None, base=yaml12.read(told.recipe, "recipe"), name=told.name)
        extra = told.state and told.state["extra"]
        setup = prepare(resolved, silent, extra, download=told.download, group=group)
        with StopRequest(place) as stop:
            loop = make_loop(setup, None, silent, stop)
            if told.state is not None:
                loop.load(told.state)
            loop.save()
            try:
                loop.fit()
            except engine.Stopped as stopped:
                raise Told(_code(stopped)) from None
            loop.load_best()
            _score(setup)


def _check_options(recipe: Any, options: Options, processes: int) -> None:
    """Refuse before any work what would be refused after it."""
    if isinstance(recipe.train.batch, int) and recipe.train.batch < processes:
        raise UsageError(
            f"train.batch={recipe.train.batch} cannot be shared by {processes} processes; each needs a sample",
            "use a larger --batch or fewer --devices",
            key="train.batch",
        )
    task = catalog.make(recipe)
    parts = [p for p in ("train", "val", "test") if p == "train" or getattr(recipe.data, p) != 0]
    known = [f"{p}/{m}" for p in reversed(parts) for m in task.metrics]
    report.check_names(options.fail_under, "--fail-under", known)
    report.check_names(options.fail_over, "--fail-over", known)
    make.check(options.stamp, options.depfile, "run")
    if options.run is None:
        runs.check_free(options.out, force=options.force)


def _record(run: Run, line: dict[str, Any]) -> None:
    with run.metrics.open("a", encoding="utf-8") as file:
        file.write(json.dumps(tables.finite(line)) + "\n")


def _begin(
    run: Run, setup: Setup, resolved: recipes.Resolved, loop: engine.Loop, state: dict[str, Any] | None, output: Output
) -> None:
    """Write what a run holds from its first moment on; the directory is named only once a checkpoint is in it."""
    if state is not None:
        loop.load(state)
        history = run.history()[: loop.position.epoch]
        files.write_text(run.metrics, "".join(json.dumps(r) + "\n" for r in history))
        train_watch.cut(run, loop.position.step)
        at = loop.position
        loop.reporter.emit(events.Note(f"going on with {run.path} at epoch {at.epoch + 1}, batch {at.batch + 1}"))
    run.checkpoints.mkdir(exist_ok=True)
    loop.save()
    files.write_text(run.recipe, resolved.text())
    files.write_json(
        run.env, runs.environment(sys.argv[1:], setup.device.described(), resolved.name, setup.group.world)
    )
    say(f"run: {run.path}", output.quiet)
    launch.tell(f"run {run.path}")


def _fit(loop: engine.Loop, run: Run, reporter: Any) -> None:
    try:
        loop.fit()
    except RunFailed:
        train_watch.failed(run, reporter)
        raise
    except PeerLost as lost:
        raise PeerLost(lost.message, f"dlcli train --resume {run.path} goes on from the last checkpoint") from lost
    except engine.Stopped as stopped:
        progress.close(reporter)
        at = loop.position
        raise Stopped(
            _code(stopped),
            f"stopped at epoch {at.epoch + 1}, step {at.step}; everything is saved",
            f"dlcli train --resume {run.path}",
        ) from None


def _code(stopped: engine.Stopped) -> Exit:
    return Exit.INTERRUPTED if stopped.signal == signal.SIGINT else Exit.TERMINATED


def _score(setup: Setup) -> Scored | None:
    """Score the test part, once."""
    if not len(setup.parts.test):
        return None
    return evaluate(setup.task, setup.module, setup.scoring(setup.parts.test), setup.device, group=setup.group)


def _checkpoint(run: Run, resolved: recipes.Resolved) -> tuple[dict[str, Any], list[str]]:
    """Return the state to go on from, and in words what is skipped and what has changed."""
    state = Checkpoints(run.checkpoints).latest()
    # The checkpoint's own recipe, not the file beside it, says what the run was: the file may have been edited.
    before = recipes.resolve(None, base=yaml12.read(state["extra"]["recipe"], f"{run.path}, checkpoint")).recipe
    skipped = [f"warning: {s}; going on from the checkpoint before it" for s in state["skipped"]]
    return state, [*skipped, *map(str, resume.changes(before, resolved.recipe))]


def _nothing_to_do(options: Options, resolved: recipes.Resolved, state: dict[str, Any], output: Output) -> bool:
    recipe, run, done = resolved.recipe, options.run, state["position"]["epoch"]
    if recipe.train.epochs < done:
        raise UsageError(
            f"train.epochs={recipe.train.epochs}: the run has {done} epochs already; more make it longer",
            key="train.epochs",
        )
    if run is None or not run.report.exists() or state["position"]["epoch"] < recipe.train.epochs:
        return False
    say(f"nothing to do: {run.path} has its {recipe.train.epochs} epochs; train.epochs=N makes it longer", output.quiet)
    doc = files.read_json(run.report)
    tables.show(doc, [("", report.by_part(doc["metrics"]))], output)
    report.check(doc["metrics"], options.fail_under, options.fail_over)
    _for_make(options, resolved, build.from_recipe(recipe.data, recipe.seed), run)
    return True


def _finish(
    run: Run, setup: Setup, resolved: recipes.Resolved, loop: engine.Loop, reporter: Any, started_s: float
) -> tuple[dict[str, Any], list]:
    """Score the best weights on the test part, once, and write bundle and report."""
    best_epoch = loop.load_best()
    history = run.history()
    metrics = _last_metrics(history, best_epoch)
    scored = _score(setup)
    if scored and scored.outputs:
        metrics.update({f"test/{k}": v for k, v in scored.metrics.items()})
    bad = {**loop.bad, **dict(scored.bad if scored else [])}
    seconds = time.monotonic() - started_s
    recipe = setup.recipe
    write_bundle(
        run.model,
        setup.module,
        bundle.Bundle(
            kind="network",
            task=recipe.task,
            model={"name": recipe.model.name, "args": setup.task.args},
            facts=setup.facts,
            preprocessing=setup.steps,
            recipe=resolved.name,
            recipe_digest=recipes.digest(recipe),
            versions=files.read_json(run.env)["versions"],
            metrics=metrics,
            license_note=setup.task.license_note,
        ),
    )
    details = setup.task.details(scored.outputs) if scored and scored.outputs else {}
    watched = train_watch.told(run)
    found = diagnosis.diagnose(
        history,
        setup.guess(),
        len(setup.parts.val),
        changed=bool(recipe.data.augment),
        stops_early=recipe.train.early_stop is not None,
    )
    ill = [v["text"] for v in watched["verdicts"] if v["name"] != "fine"] if watched else []
    if ill and found["verdict"] == "underfit":
        found["advice"] = f"first what the gradients say: {'; '.join(ill)}"
    reporter.emit(events.Note(f"diagnosis: {found['verdict']}: {found['why']}"))
    train_watch.say(watched, reporter)
    reporter.emit(events.Finished(metrics, seconds))
    notes = [note.text for note in reporter.notes]
    shown = train_page.Shown(metrics, history, best_epoch, scored, details, notes, seconds, found, watched)
    written = train_page.write(run, setup, resolved, shown)
    doc = report.document(
        "train",
        model=str(run.model),
        data=str(recipes.plain(recipe.data.train)),
        metrics=metrics,
        files={"run": str(run.path), "model": str(run.model), **written},
        seconds=seconds,
        recipe=resolved.name,
        task=recipe.task,
        epochs=loop.position.epoch,
        best_epoch=best_epoch,
        batch=setup.batch,
        device=setup.device.described(),
        processes=setup.group.world,
        parts={k: len(p) for k, p in setup.parts.by_name().items()},
        unreadable=[{"input": k, "error": v} for k, v in bad.items()],
        diagnosis=found,
        **({"gradients": {k: v for k, v in watched.items() if k != "looks"}} if watched else {}),
        **details,
    )
    files.write_json(run.report, json.loads(tables.as_json(doc)))
    return doc, [(f"{resolved.name}: best epoch {best_epoch} of {loop.position.epoch}", report.by_part(metrics))]


def _last_metrics(history: list[dict[str, Any]], epoch: int) -> dict[str, float]:
    """Return the train and val metrics of the epoch whose weights are kept."""
    rows = [r for r in history if r["epoch"] == epoch] or history[-1:]
    return {k: v for r in rows for k, v in r.items() if k.startswith(("train/", "val/"))}


def _for_make(options: Options, resolved: recipes.Resolved, parts: Parts, run: Run) -> None:
    """Write depfile and stamp, the stamp last of all."""
    if options.depfile:
        data = resolved.recipe.data
        places = sources.places(recipes.plain(v) for v in (data.train, data.val, data.test))
        pictures = (p.name(i) for p in parts.by_name().values() for i in range(len(p)))
        read = [*map(str, resolved.files), *places, *sorted(pictures)]
        make.write_depfile(options.depfile, options.stamp or str(run.report), read)
    make.write_stamp(options.stamp, str(run.path))
