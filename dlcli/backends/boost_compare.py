"""Methods side by side on the same rows, and one method on folds."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dlcli.core import events, files, report
from dlcli.core import recipe as recipes
from dlcli.core import run as runs
from dlcli.core.errors import DlcliError, MissingError
from dlcli.core.names import METHODS
from dlcli.core.output import Output
from dlcli.core.schemas.boost import section_of
from dlcli.methods import boosters, ensembles, parameters, stored
from dlcli.tasks import table
from dlcli.tasks.table import Prepared
from dlcli.ui import progress, table_page, tables
from dlcli.ui.console import say
from dlcli.ui.table_report import TableReport


def compare(
    resolved: recipes.Resolved,
    output: Output,
    *,
    out: str | None,
    force: bool,
    under: Sequence[str],
    over: Sequence[str],
) -> None:
    """Run ``dlcli boost compare``.

    Effects: prints the leaderboard in the course's order; with ``--out`` writes it with a page of figures.

    Raises:
        CheckFailed: the method that is best by validation misses a bound.

    """
    started_s = time.monotonic()
    recipe = resolved.recipe
    report.check_asked(under, over)
    runs.check_free(out, force=force, resumable=False)
    reporter = progress.reporter(output)
    with progress.until_end(reporter):
        prepared = table.prepare(recipe.data, recipe.seed)
        report.check_asked(under, over, [f"test/{n}" for n in table.metric_names(prepared.schema.task)])
        events.notes(reporter, [*resolved.notes, *prepared.notes, f"{prepared.counts()} rows"])
        methods, left_out = _methods(recipe.methods, prepared.schema.task)
        events.notes(reporter, left_out)
        board = [_entered(name, prepared, recipe, reporter) for name in methods]
    task, headline = prepared.schema.task, table.headline(prepared.schema.task)
    best = _best(board, headline, bool(len(prepared.parts["val"])))
    metrics = best["metrics"] if best else {}
    rows = [_row(r, headline, best) for r in board]
    doc = report.document(
        "boost compare", data=str(recipes.plain(recipe.data.train)), metrics=metrics,
        files={}, seconds=time.monotonic() - started_s, task=task, monitor=headline,
        best=best and best["method"], parts={p: len(r) for p, r in prepared.parts.items()}, items=board,
    )  # fmt: skip
    if out is not None:
        _write(out, force, resolved, prepared, board, doc, [n.text for n in reporter.notes])
        say(f"report: {doc['files']['page']}", output.quiet or output.json)
    arrow = "lower is better" if report.lower_is_better(headline) else "higher is better"
    chosen = f"; * best by {'validation' if len(prepared.parts['val']) else 'training'}" if best else ""
    tables.show(doc, [(f"{headline} ({arrow}){chosen}", rows)], output)
    report.check({k: v for k, v in metrics.items() if k.startswith("test/")}, under, over)


def _methods(asked: Sequence[str], task: str) -> tuple[list[str], list[str]]:
    """Return the methods to fit, in the course's order, and what is left out and why."""
    notes = []
    for name in asked:
        parameters.check_task(name, task)
    fitting = [n for n in asked or METHODS if parameters.fits(n, task)]
    if not asked:
        try:
            boosters.imported()
        except MissingError as error:
            fitting.remove("lightgbm")
            notes.append(f"lightgbm is left out: {error.message}; {error.hint} adds it")
    return [n for n in METHODS if n in fitting], notes


def _entered(name: str, prepared: Prepared, recipe: Any, reporter: Any) -> dict[str, Any]:
    """Fit and score one method; one that fails stands in the table with its reason."""
    schema, parts = prepared.schema, prepared.parts
    args = {k: v for k, v in recipes.plain(section_of(name)()).items() if k != "name"}
    val = parts["val"]
    begun_s = time.monotonic()
    try:
        model = ensembles.fit(
            name, args, parts["train"].x, parts["train"].y, task=schema.task, classes=len(schema.classes),
            seed=recipe.seed, threads=recipe.threads, valid=(val.x, val.y) if len(val) else None,
            early_stop=recipe.early_stop if name in parameters.ROUNDS else None,
        )  # fmt: skip
    except MissingError:
        raise
    except Exception as error:  # one that fails costs its line, not the leaderboard
        said = error.message if isinstance(error, DlcliError) else f"{type(error).__name__}: {error}".splitlines()[0]
        reporter.emit(events.Note(f"{name}: {said}", "warning"))
        return {
            "method": name,
            "metrics": {},
            "fit_s": None,
            "predict_s": None,
            "size_bytes": None,
            "best_round": None,
            "error": said,
        }
    fit_s = time.monotonic() - begun_s
    found, predict_s, rows = {}, 0.0, 0
    for part in table.PARTS:
        if not len(parts[part]):
            continue
        begun_s = time.monotonic()
        answers = model.predict(parts[part].x)
        if part != "train":
            predict_s, rows = predict_s + time.monotonic() - begun_s, rows + len(answers)
        found[part] = table.scores(answers, parts[part].y, schema.task)
    reporter.emit(events.Note(f"{name}: {fit_s:.2f} s"))
    return {
        "method": name,
        "metrics": table.by_part(found),
        "fit_s": round(fit_s, 4),
        "predict_s": round(predict_s, 4) if rows else None,
        "size_bytes": stored.size(model),
        "best_round": model.best_round,
        "error": None,
    }


def _best(board: list[dict[str, Any]], headline: str, by_val: bool) -> dict[str, Any] | None:
    """Return the entry with the best validation score; test rows have no say."""
    key = f"{'val' if by_val else 'train'}/{headline}"
    scored = [r for r in board if r["metrics"].get(key, float("nan")) == r["metrics"].get(key)]
    sign = -1 if report.lower_is_better(headline) else 1
    return max(scored, key=lambda r: sign * r["metrics"][key], default=None)


def _row(entry: dict[str, Any], headline: str, best: dict[str, Any] | None) -> dict[str, Any]:
    extra = "auc" if headline == "accuracy" else "mae"
    found = entry["metrics"]
    return {
        "method": entry["method"] + (" *" if entry is best else ""),
        "validation": found.get(f"val/{headline}"),
        "test": found.get(f"test/{headline}"),
        f"test {extra}": found.get(f"test/{extra}"),
        "fit_s": entry["fit_s"],
        "predict_s": entry["predict_s"],
        "size_kB": None if entry["size_bytes"] is None else round(entry["size_bytes"] / 1000, 1),
        "note": entry["error"] or "",
    }


def _write(
    out: str, force: bool, resolved: recipes.Resolved, prepared: Prepared, board: list[dict[str, Any]],
    doc: dict[str, Any], notes: list[str],
) -> None:  # fmt: skip
    run = runs.create(out, "boost", "compare", force=force, resumable=False)
    recipe, schema = resolved.recipe, prepared.schema
    headline = table.headline(schema.task)
    files.write_text(run.recipe, resolved.text())
    files.write_json(run.env, runs.environment(sys.argv[1:], "cpu", "compare"))
    rows = [
        {
            "method": r["method"], "val": r["metrics"].get(f"val/{headline}"),
            "test": r["metrics"].get(f"test/{headline}"), "fit_s": r["fit_s"], "predict_s": r["predict_s"],
            "size_bytes": r["size_bytes"], "note": r["error"] or "",
        }
        for r in board
    ]  # fmt: skip
    content = TableReport(
        title="comparison",
        run=str(run.path),
        task=schema.task,
        summary=[("data", f"{recipes.plain(recipe.data.train)}: {prepared.counts()} rows")],
        metrics=doc["metrics"],
        headline=[f"test/{headline}"],
        classes=schema.classes,
        leaderboard=rows,
        metric=headline,
        environment=files.read_json(run.env),
        recipe=resolved.text(),
        notes=notes,
    )
    doc["files"] = {"run": str(run.path), **table_page.write(content, run.page, run.plots)}
    files.write_text(Path(run.path) / "leaderboard.csv", tables.exact_csv(rows, ","))
    doc["files"]["leaderboard"] = str(Path(run.path) / "leaderboard.csv")
    files.write_json(run.report, json.loads(tables.as_json(doc)))


def cv(resolved: recipes.Resolved, output: Output, *, under: Sequence[str], over: Sequence[str]) -> None:
    """Run ``dlcli boost cv``: columns are learnt, and the method fitted, anew from the training rows of each fold.

    Raises:
        CheckFailed: the mean over folds misses a bound.

    """
    started_s = time.monotonic()
    recipe = resolved.recipe
    report.check_asked(under, over)
    reporter = progress.reporter(output)
    with progress.until_end(reporter):
        events.notes(reporter, resolved.notes)
        folds = []
        watched = recipe.early_stop is not None
        cut = table.folds(recipe.data, recipe.folds, recipe.repeats, recipe.seed, watched)
        for number, prepared in enumerate(cut, 1):
            if number == 1:
                events.notes(reporter, prepared.notes)
                report.check_asked(under, over, table.metric_names(prepared.schema.task))
            folds.append(_fold(number, prepared, resolved, reporter))
    names = list(folds[0]["metrics"])
    values = {n: np.array([f["metrics"].get(n, np.nan) for f in folds]) for n in names}
    mean = {n: float(v.mean()) for n, v in values.items()}
    sd = {n: float(v.std(ddof=1)) for n, v in values.items()}
    doc = report.document(
        "boost cv", data=str(recipes.plain(recipe.data.train)), metrics=mean, seconds=time.monotonic() - started_s,
        method=recipe.model.name, task=prepared.schema.task, sd=sd, items=folds,
    )  # fmt: skip
    shown = [{"metric": n, "mean": mean[n], "sd": sd[n]} for n in names]
    headline = table.headline(prepared.schema.task)
    each = [
        {"fold": f["fold"], "rows": f["rows"], headline: f["metrics"][headline], "best_round": f["best_round"],
         "fit_s": f["fit_s"]}
        for f in folds
    ]  # fmt: skip
    tables.show(doc, [(f"{recipe.model.name}, {len(folds)} folds", shown), ("", each)], output)
    report.check(mean, under, over)


def _fold(number: int, prepared: Prepared, resolved: recipes.Resolved, reporter: Any) -> dict[str, Any]:
    recipe, parts, schema = resolved.recipe, prepared.parts, prepared.schema
    args = {k: v for k, v in recipes.plain(recipe.model).items() if k != "name"}
    val, test = parts["val"], parts["test"]
    begun_s = time.monotonic()
    model = ensembles.fit(
        recipe.model.name, args, parts["train"].x, parts["train"].y, task=schema.task, classes=len(schema.classes),
        seed=recipe.seed, threads=recipe.threads, valid=(val.x, val.y) if len(val) else None,
        early_stop=recipe.early_stop, device=recipe.device.name,
    )  # fmt: skip
    fit_s = time.monotonic() - begun_s
    metrics = table.scores(model.predict(test.x), test.y, schema.task)
    headline = table.headline(schema.task)
    reporter.emit(events.Note(f"fold {number}: {headline} {metrics[headline]:.4f}, {fit_s:.2f} s"))
    return {
        "fold": number, "rows": len(test), "metrics": metrics, "best_round": model.best_round, "fit_s": round(fit_s, 4),
    }  # fmt: skip
