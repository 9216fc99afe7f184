"""Fitting: a table and a method → a run directory with a model, its scores and a report."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from dlcli.core import bundle, events, files, make, report, sources
from dlcli.core import recipe as recipes
from dlcli.core import run as runs
from dlcli.core.output import Output
from dlcli.core.run import Run
from dlcli.data import table_describe
from dlcli.data.tables import Schema, Table
from dlcli.methods import contributions, ensembles
from dlcli.tasks import table, table_bundle
from dlcli.tasks.table import Prepared
from dlcli.ui import progress, table_page, tables
from dlcli.ui.console import say
from dlcli.ui.table_report import TableReport

WORST = 12  # test rows shown as the worst
HEADLINE = {"classify": ("test/accuracy", "test/auc", "test/log_loss"), "regress": ("test/rmse", "test/mae", "test/r2")}


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
    for words, option in ((options.fail_under, "--fail-under"), (options.fail_over, "--fail-over")):
        for word in words:
            report.parse_check(word, option)
    runs.check_free(options.out, force=options.force)
    reporter = events.Reporters() if options.dry_run else progress.reporter(output)
    prepared = table.prepare(recipe.data, recipe.seed)
    for words, option in ((options.fail_under, "--fail-under"), (options.fail_over, "--fail-over")):
        report.check_names(words, option, _metric_names(prepared))
    name = resolved.name if resolved.name not in ("boost", "stdin") else recipe.model.name
    events.notes(reporter, [*resolved.notes, *prepared.notes])
    reporter.emit(events.Note(f"{_described(prepared)}: {prepared.counts()} rows"))
    if options.dry_run:
        _show_plan(prepared, resolved, name, options, output)
        return
    run = runs.create(options.out, "boost", name, force=options.force)
    with progress.until_end(reporter), runs.locked(run):
        files.write_text(run.recipe, resolved.text())
        files.write_json(run.env, runs.environment(sys.argv[1:], recipe.device.name, name))
        progress.log_to(reporter, run.log)
        say(f"run: {run.path}", output.quiet)
        doc, rows = _fit(run, prepared, resolved, name, reporter, started_s)
    tables.show(doc, rows, output)
    say(f"report: {run.page}", output.quiet or output.json)
    report.check(doc["metrics"], options.fail_under, options.fail_over)
    if options.depfile:
        data = recipe.data
        places = sources.places(recipes.plain(v) for v in (data.train, data.val, data.test))
        make.write_depfile(options.depfile, options.stamp or str(run.report), [*map(str, resolved.files), *places])
    make.write_stamp(options.stamp, str(run.path))


def _metric_names(prepared: Prepared) -> list[str]:
    names = table.metric_names(prepared.schema.task)
    return [f"{part}/{n}" for part in table.PARTS if len(prepared.parts[part]) for n in names]


def _described(prepared: Prepared) -> str:
    schema = prepared.schema
    if schema.task == "regress":
        return f"regression of {schema.target} on {len(schema.features)} columns"
    return f"{len(schema.classes)} classes of {schema.target} from {len(schema.features)} columns"


def _fit(
    run: Run, prepared: Prepared, resolved: recipes.Resolved, name: str, reporter: Any, started_s: float
) -> tuple[dict[str, Any], list]:
    recipe, schema = resolved.recipe, prepared.schema
    train, val = prepared.parts["train"], prepared.parts["val"]
    args = {k: v for k, v in recipes.plain(recipe.model).items() if k != "name"}
    rounds = Rounds(run, reporter, args.get("trees") or 0)
    fit_s = time.monotonic()
    model = ensembles.fit(
        recipe.model.name, args, train.x, train.y, task=schema.task, classes=len(schema.classes), seed=recipe.seed,
        threads=recipe.threads, valid=(val.x, val.y) if len(val) else None, early_stop=recipe.early_stop,
        device=recipe.device.name, on_round=rounds,
    )  # fmt: skip
    fit_s = time.monotonic() - fit_s
    answers = {p: model.predict(prepared.parts[p].x) for p in table.PARTS if len(prepared.parts[p])}
    found = {p: table.scores(a, prepared.parts[p].y, schema.task) for p, a in answers.items()}
    metrics = table.by_part(found)
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
    weights = gain_rows(model, table.groups(schema)) if contributions.has_gain(model) else []
    details = {}
    if "test" in answers and schema.task == "classify":
        details = table.class_details(answers["test"], prepared.parts["test"].y, schema.classes)
    seconds = time.monotonic() - started_s
    notes = [note.text for note in reporter.notes]
    content = _page(run, prepared, resolved, name, model, answers, metrics, details, weights, notes, fit_s)
    written = table_page.write(content, run.page, run.plots)
    doc = report.document(
        "boost fit", model=str(run.model), data=str(recipes.plain(recipe.data.train)), metrics=metrics,
        files={"run": str(run.path), "model": str(run.model), **written}, seconds=seconds, recipe=name,
        task=schema.task, method=recipe.model.name, classes=schema.classes, features=len(schema.features),
        rounds=len(model.history), best_round=model.best_round, fit_s=round(fit_s, 4),
        parts={p: len(r) for p, r in prepared.parts.items()}, notes=notes, facts=model.facts,
        importance=weights, **details,
    )  # fmt: skip
    files.write_json(run.report, json.loads(tables.as_json(doc)))
    title = f"{recipe.model.name}: {fit_s:.2f} s"
    if model.best_round:
        title += f", best round {model.best_round} of {len(model.history)}"
    return doc, [(title, report.by_part(metrics)), ("what split on", weights[:10]), *_facts(model)]


def gain_rows(model: Any, groups: dict[str, list[int]]) -> list[dict[str, Any]]:
    """Return what splits on each column of the table won, most first.

    Raises:
        UsageError: the method has no trees.

    """
    won = contributions.gain(model)
    rows = [{"column": n, "kind": "gain", "mean": float(won[at].sum()), "sd": None} for n, at in groups.items()]
    return sorted(rows, key=lambda r: -r["mean"])


def _facts(model: Any) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return what the method found out, as titled tables: votes that agree, weights of a second level."""
    return [
        (k.replace("_", " "), v) for k, v in model.facts.items() if isinstance(v, list) and v and isinstance(v[0], dict)
    ]


class Rounds:
    """Takes the rounds of a fit: a line each in ``metrics.jsonl``, and on to the reporter."""

    def __init__(self, run: Run, reporter: Any, rounds: int):
        self.run, self.reporter, self.rounds = run, reporter, rounds
        self.begun_s = time.monotonic()
        self.best: float | None = None
        self.lines: list[str] = []
        self.file = None

    def __call__(self, record: dict[str, Any]) -> None:
        """Take one round."""
        number = int(record["round"])
        if not self.lines and number == 1:
            self.reporter.emit(events.Started(str(self.run.path), self.rounds, 1))
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
        files.write_text(self.run.metrics, "".join(f"{line}\n" for line in self.lines))
        self.reporter.emit(events.Finished(metrics, seconds))


def _page(
    run: Run, prepared: Prepared, resolved: recipes.Resolved, name: str, model: Any, answers: dict[str, np.ndarray],
    metrics: dict[str, float], details: dict[str, Any], weights: list[dict[str, Any]], notes: list[str], fit_s: float,
) -> TableReport:  # fmt: skip
    recipe, schema, test = resolved.recipe, prepared.schema, prepared.parts["test"]
    found = answers.get("test")
    wanted = HEADLINE[schema.task]
    return TableReport(
        title=name,
        run=str(run.path),
        task=schema.task,
        summary=[
            ("data", f"{recipes.plain(recipe.data.train)}: {prepared.counts()} rows; {_described(prepared)}"),
            ("method", f"{recipe.model.name}: {', '.join(f'{k} {v}' for k, v in _said(recipe.model).items())}"),
            ("time", f"{fit_s:.2f} s of fitting"),
        ],
        metrics=metrics,
        headline=[k for k in wanted if k in metrics] or [k.replace("test/", "val/") for k in wanted],
        history=model.history,
        best_round=model.best_round or 0,
        classes=schema.classes,
        confusion=details.get("confusion", []),
        per_class=details.get("per_class", []),
        calibration=details.get("calibration", []),
        roc=(test.y, found[:, 1]) if found is not None and len(schema.classes) == 2 else None,
        residuals=(test.y, found) if found is not None and schema.task == "regress" else None,
        importance=weights,
        mistakes=[] if found is None else table_mistakes(prepared, found),
        columns=table_describe.describe(prepared.parts["train"].table, schema),
        facts=_facts(model),
        environment=files.read_json(run.env),
        recipe=resolved.text(),
        notes=notes,
    )


def _said(model: Any) -> dict[str, Any]:
    return {k: v for k, v in recipes.plain(model).items() if k not in ("name", "params") and v is not None}


def table_mistakes(prepared: Prepared, answers: np.ndarray) -> list[dict[str, Any]]:
    """Return the test rows that were answered worst, worst first."""
    rows, schema = prepared.parts["test"], prepared.schema
    if schema.task == "classify":
        p = answers[np.arange(len(rows)), rows.y]
        wrong = np.flatnonzero(answers.argmax(axis=1) != rows.y)
        order = wrong[np.argsort(p[wrong], kind="stable")][:WORST]
    else:
        order = np.argsort(-np.abs(answers - rows.y), kind="stable")[:WORST]
    shown = columns_of(rows.table, schema, order, 4)
    found = []
    for place, i in enumerate(order):
        if schema.task == "classify":
            guess = int(answers[i].argmax())
            told = {
                "truth": schema.classes[int(rows.y[i])],
                "prediction": schema.classes[guess],
                "confidence": float(answers[i, guess]),
            }
        else:
            told = {
                "truth": float(rows.y[i]),
                "prediction": float(answers[i]),
                "residual": float(rows.y[i] - answers[i]),
            }
        held = dict(shown[place])
        found.append({"row": held.pop("row"), **told, **held})
    return found


def columns_of(read: Table, schema: Schema, rows: Sequence[int], most: int) -> list[dict[str, Any]]:
    """Return some rows of a table with their ids and first columns, as typed."""
    taken = read.take(np.asarray(rows, dtype=np.int64))
    names = [*schema.ids, *(c.name for c in schema.columns[:most])]
    cells = {n: taken[n].text().cells() for n in names if n in taken}
    return [{"row": read.where(int(r)), **{n: c[k] for n, c in cells.items()}} for k, r in enumerate(rows)]


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
        {"what": "data", "value": f"{_described(prepared)}: {prepared.counts()} rows"},
        *({"what": "note", "value": note} for note in prepared.notes),
        {"what": "method", "value": f"{recipe.model.name}: {_said(recipe.model)}"},
        {"what": "memory", "value": f"{size / 2**20:.1f} MiB for the encoded rows"},
        *({"what": "would write", "value": str(p)} for p in writes),
    ]
    doc = report.document(
        "boost fit --dry-run", data=str(recipes.plain(recipe.data.train)), plan=rows,
        files={p.name: str(p) for p in writes},
    )  # fmt: skip
    tables.show(doc, [("", rows)], output)
