"""Fitting: a table and a method → a run directory with a model, its scores and a report."""

from __future__ import annotations

import contextlib
import json
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dlcli.backends import boost_page
from dlcli.core import bundle, events, files, make, report, sources
from dlcli.core import recipe as recipes
from dlcli.core import run as runs
from dlcli.core.errors import Exit, Stopped, UsageError
from dlcli.core.output import Output
from dlcli.core.run import Run
from dlcli.data.table_columns import give_back
from dlcli.methods import contributions, ensembles
from dlcli.tasks import table, table_bundle
from dlcli.tasks.table import Prepared
from dlcli.ui import progress, tables
from dlcli.ui.console import say
from dlcli.ui.table_facts import facts_of


@dataclass(frozen=True)
class Options:
    """What was asked for beside the recipe."""

    out: str | None = None
    force: bool = False
    dry_run: bool = False
    fail_under: Sequence[str] = field(default_factory=list)
    fail_over: Sequence[str] = field(default_factory=list)
    stamp: str | None = None
    depfile: str | None = None


def fit(resolved: recipes.Resolved, output: Output, options: Options) -> None:
    """Run ``dlcli boost fit``.

    Effects: makes a run directory; prints scores; ends with the checks asked for.
    """
    started_s = time.monotonic()
    recipe = resolved.recipe
    make.check(options.stamp, options.depfile, options.out or "run")
    report.check_asked(options.fail_under, options.fail_over)
    runs.check_free(options.out, force=options.force, resumable=False)
    reporter = events.Reporters() if options.dry_run else progress.reporter(output)
    prepared = table.prepare(recipe.data, recipe.seed, described=not options.dry_run)
    give_back()
    report.check_asked(options.fail_under, options.fail_over, _metric_names(prepared))
    name = resolved.name if resolved.name not in ("boost", "stdin") else recipe.model.name
    events.notes(reporter, [*resolved.notes, *prepared.notes])
    reporter.emit(events.Note(f"{boost_page.described(prepared.schema)}: {prepared.counts()} rows"))
    if options.dry_run:
        _show_plan(prepared, resolved, name, options, output)
        return
    with contextlib.ExitStack() as stack:
        stack.enter_context(progress.until_end(reporter))

        def begin() -> Run:
            run = runs.create(options.out, "boost", name, force=options.force, resumable=False)
            stack.enter_context(runs.locked(run))
            if run.recipe.exists():  # another fit has begun and ended there meanwhile
                raise UsageError(f"--out {run.path} holds another run", "choose another folder", key="--out")
            files.write_text(run.recipe, resolved.text())
            files.write_json(run.env, runs.environment(sys.argv[1:], recipe.device.name, name))
            progress.log_to(reporter, run.log)
            say(f"run: {run.path}", output.quiet)
            return run

        rounds = Rounds(begin, reporter, getattr(recipe.model, "trees", 0) or 0)
        with stoppable(rounds):
            run, doc, rows = _fit(rounds, prepared, resolved, name, reporter, started_s)
    tables.show(doc, rows, output)
    say(f"report: {run.page}", output.quiet or output.json)
    report.check(doc["metrics"], options.fail_under, options.fail_over)
    if options.depfile:
        data = recipe.data
        places = sources.places((recipes.plain(v) for v in (data.train, data.val, data.test)), sources.TABULAR)
        make.write_depfile(options.depfile, options.stamp or str(run.report), [*map(str, resolved.files), *places])
    make.write_stamp(options.stamp, str(run.path))


def _metric_names(prepared: Prepared) -> list[str]:
    names = table.metric_names(prepared.schema.task)
    return [f"{part}/{n}" for part in table.PARTS if len(prepared.parts[part]) for n in names]


def _fit(
    rounds: Rounds, prepared: Prepared, resolved: recipes.Resolved, name: str, reporter: Any, started_s: float
) -> tuple[Run, dict[str, Any], list]:
    recipe, schema = resolved.recipe, prepared.schema
    train, val = prepared.parts["train"], prepared.parts["val"]
    args = {k: v for k, v in recipes.plain(recipe.model).items() if k != "name"}
    fit_s = time.monotonic()
    model = ensembles.fit(
        recipe.model.name, args, train.x, train.y, task=schema.task, classes=len(schema.classes), seed=recipe.seed,
        threads=recipe.threads, valid=(val.x, val.y) if len(val) else None, early_stop=recipe.early_stop,
        device=recipe.device.name, on_round=rounds,
    )  # fmt: skip
    fit_s = time.monotonic() - fit_s
    run = rounds.begun()
    answers = {p: model.predict(prepared.parts[p].x) for p in table.PARTS if len(prepared.parts[p])}
    metrics = table.by_part({p: table.scores(a, prepared.parts[p].y, schema.task) for p, a in answers.items()})
    rounds.close(metrics, fit_s)
    about = {
        "model": {"name": recipe.model.name, "args": args},
        "facts": {"target": schema.target, "classes": schema.classes, "best_round": model.best_round},
        "recipe": name,
        "recipe_digest": recipes.digest(recipe),
        "versions": files.read_json(run.env)["versions"],
        "metrics": metrics,
    }
    table_bundle.write(run.model, model, schema, about)
    weights = boost_page.gain_rows(model, table.groups(schema)) if contributions.has_gain(model) else []
    details = {}
    if "test" in answers and schema.task == "classify":
        details = table.class_details(answers["test"], prepared.parts["test"].y, schema.classes)
    notes = [note.text for note in reporter.notes]
    written = boost_page.write(
        run, prepared, resolved, name, model, answers, metrics, details, weights, notes, fit_s
    )  # fmt: skip
    doc = report.document(
        "boost fit", model=str(run.model), data=str(recipes.plain(recipe.data.train)), metrics=metrics,
        files={"run": str(run.path), "model": str(run.model), **written}, seconds=time.monotonic() - started_s,
        recipe=name, task=schema.task, method=recipe.model.name, classes=schema.classes, features=len(schema.features),
        rounds=len(model.history), best_round=model.best_round, fit_s=round(fit_s, 4),
        parts={p: len(r) for p, r in prepared.parts.items()}, notes=notes, facts=model.facts, importance=weights,
        **details,
    )  # fmt: skip
    files.write_json(run.report, json.loads(tables.as_json(doc)))
    title = f"{recipe.model.name}: {fit_s:.2f} s"
    if model.best_round:
        title += f", best round {model.best_round} of {len(model.history)}"
    told = facts_of(model.facts)
    plain = [{"fact": k, "value": v} for k, v in told if not isinstance(v, list)]
    more = [(k, v) for k, v in told if isinstance(v, list) and len(v) <= 20]
    return run, doc, [(title, report.by_part(metrics)), ("", plain), ("what splits won", weights[:10]), *more]


@contextlib.contextmanager
def stoppable(rounds: Rounds) -> Iterator[None]:
    """End a fit that a signal stops with a word on what is left of it: nothing, for a fit cannot be continued."""
    caught: list[int] = []

    def stop(number: int, _: Any) -> None:
        caught.append(number)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop) if threading.current_thread() is threading.main_thread() else None
    try:
        yield
    except KeyboardInterrupt:
        code = Exit.TERMINATED if caught else Exit.INTERRUPTED
        where = f" after round {len(rounds.lines)}" if rounds.lines else ""
        what = f"stopped{where}; a fit cannot be continued, no model was written"
        if rounds.run is not None and (rounds.run.model / bundle.FILE).exists():
            what = f"stopped after the fit; the model is in {rounds.run.path}, its report is not finished"
        raise Stopped(code, what, "fit it again") from None
    finally:
        if before is not None:
            signal.signal(signal.SIGTERM, before)


class Rounds:
    """Takes the rounds of a fit: on to the reporter, and in the end a line each into ``metrics.jsonl``."""

    def __init__(self, begin: Callable[[], Run], reporter: Any, rounds: int):
        self.begin, self.reporter, self.rounds = begin, reporter, rounds
        self.run: Run | None = None
        self.begun_s = time.monotonic()
        self.best: float | None = None
        self.lines: list[str] = []

    def begun(self) -> Run:
        """Return the run; it is made at the first round, or at the end: a fit refused leaves nothing behind."""
        if self.run is None:
            self.run = self.begin()
        return self.run

    def __call__(self, record: dict[str, Any]) -> None:
        """Take one round."""
        number = int(record["round"])
        if not self.lines:
            self.reporter.emit(events.Started(str(self.begun().path), self.rounds, 1))
        metrics = {k: v for k, v in record.items() if "/" in k}
        seconds = time.monotonic() - self.begun_s
        watched = next((v for k, v in metrics.items() if k.startswith("val/")), None)
        best = watched is not None and (self.best is None or watched < self.best)
        self.best = watched if best else self.best
        self.lines.append(json.dumps(tables.finite({"epoch": number, **record, "seconds": round(seconds, 4)})))
        self.reporter.emit(
            events.EpochDone(number, self.rounds, number, metrics, 0.0, seconds, 0.0, best=best, unit="round")
        )

    def close(self, metrics: dict[str, float], seconds: float) -> None:
        """Write the rounds and say that all is done."""
        files.write_text(self.begun().metrics, "".join(f"{line}\n" for line in self.lines))
        self.reporter.emit(events.Finished(metrics, seconds))


def _show_plan(prepared: Prepared, resolved: recipes.Resolved, name: str, options: Options, output: Output) -> None:
    """Say what would happen; nothing is written."""
    recipe = resolved.recipe
    run = Run(runs.planned(options.out, "boost", name))
    writes = [run.recipe, run.env, run.metrics, run.log, run.model / bundle.FILE, run.report, run.page, run.plots]
    named = (options.stamp, options.depfile, output.events)
    writes += [Path(p) for p in named if p and p != "-"]
    size = sum(p.x.nbytes for p in prepared.parts.values())
    rows = [
        {"what": "recipe", "value": name},
        {"what": "data", "value": f"{boost_page.described(prepared.schema)}: {prepared.counts()} rows"},
        *({"what": "note", "value": note} for note in prepared.notes),
        {"what": "method", "value": f"{recipe.model.name}: {boost_page.said(recipe.model)}"},
        {"what": "memory", "value": f"{size / 2**20:.1f} MiB for the encoded rows"},
        *({"what": "would write", "value": str(p)} for p in writes),
    ]
    doc = report.document(
        "boost fit --dry-run", data=str(recipes.plain(recipe.data.train)), plan=rows,
        files={p.name: str(p) for p in writes},
    )  # fmt: skip
    tables.show(doc, [("", rows)], output)
