"""Using a fitted table model: predict and evaluate."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dlcli.core import bundle, files, make, report
from dlcli.core import recipe as recipes
from dlcli.core import run as runs
from dlcli.core.errors import DataError, UsageError
from dlcli.core.output import Output
from dlcli.data import table_files
from dlcli.data import tables as columns
from dlcli.data.tables import Table
from dlcli.methods import ensembles
from dlcli.tasks import table, table_bundle
from dlcli.tasks.table import Rows
from dlcli.tasks.table_bundle import Opened
from dlcli.ui import tables
from dlcli.ui.console import result, say, say_each

FORMATS = (".csv", ".tsv", ".jsonl", ".json")
Record = dict[str, Any]


def predict(
    words: Sequence[str],
    argument: str,
    resolved: recipes.Resolved,
    output: Output,
    out: str | None,
    *,
    stamp: str | None = None,
    depfile: str | None = None,
) -> None:
    """Run ``dlcli boost predict``.

    Effects: prints or writes a record a row, in the order of the rows, and what ``--stamp`` and ``--depfile`` ask.
    """
    started_s = time.monotonic()
    make.check(stamp, depfile, out)
    if out is not None and Path(out).suffix.lower() not in FORMATS and out != "-":
        raise UsageError(f"--out {out}: the format is told by the ending; allowed: {', '.join(FORMATS)}", key="--out")
    opened = table_bundle.open_(argument)
    recipe = resolved.recipe
    refuse_input(out, words)
    records: list[Record] = []
    sources_read = []
    for word in words:
        source = table.source_of(word)
        sources_read.append(source.path)
        read = table_files.read(source, schema=opened.schema)
        notes = list(read.notes)
        x = columns.encode(read, opened.schema, recipe.unseen, notes)
        say_each([f"{word}: {n}" for n in notes], output.quiet)
        with ensembles.single_blas(recipe.threads):
            answers = opened.model.predict(x)
        several = {"input": word} if len(words) > 1 else {}
        records += [{**several, **r} for r in _records(opened, read, answers)]
    make.write_depfile(
        depfile, stamp or str(out), [*map(str, resolved.files), *bundle.files_of(argument), *sources_read]
    )
    _write(opened, words, records, output, out, time.monotonic() - started_s)
    make.write_stamp(stamp, argument)


def refuse_input(out: str | None, words: Sequence[str]) -> None:
    """Refuse to write onto a table that is read."""
    make.refuse_input(out, (table.source_of(word).path for word in words))


def _records(opened: Opened, read: Table, answers: np.ndarray) -> Iterator[Record]:
    """Yield ids, prediction and probabilities of each row."""
    schema = opened.schema
    ours = ("input", "row", "truth", "prediction", "probabilities", *(f"prob_{c}" for c in schema.classes))
    ids = {beside(name, ours): cells for name, cells in columns.ids(read, schema).items()}
    kept = list(zip(*ids.values(), strict=True)) if ids else [()] * len(answers)
    if schema.task == "regress":
        for held, value in zip(kept, answers.tolist(), strict=True):
            yield {**dict(zip(ids, held, strict=True)), "prediction": value}
        return
    names = [f"prob_{c}" for c in schema.classes]
    for held, best, row in zip(kept, answers.argmax(axis=1).tolist(), answers.tolist(), strict=True):
        told = {"prediction": schema.classes[best], **dict(zip(names, row, strict=True))}
        yield {**dict(zip(ids, held, strict=True)), **told}


def beside(name: str, ours: Iterable[str]) -> str:
    """Return a column's name as it stands beside names of ours: ``row (column)`` where the table has a ``row`` too."""
    return f"{name} (column)" if name in ours else name


def _item(record: Record, words: Sequence[str], row: int) -> Record:
    """Return a record as an item of JSON: the probabilities of a row stand together."""
    item: Record = {"input": record.get("input", words[0]), "row": row}
    item |= {k: v for k, v in record.items() if k != "input" and not k.startswith("prob_")}
    probabilities = {k.removeprefix("prob_"): v for k, v in record.items() if k.startswith("prob_")}
    return {**item, **({"probabilities": probabilities} if probabilities else {})}


def _items(records: list[Record], words: Sequence[str]) -> Iterator[Record]:
    counts: dict[str, int] = {}
    for record in records:
        name = record.get("input", words[0])
        counts[name] = counts.get(name, 0) + 1
        yield _item(record, words, counts[name])


def _write(
    opened: Opened, words: Sequence[str], records: list[Record], output: Output, out: str | None, seconds: float
) -> None:
    about = {
        "model": opened.argument, "data": " ".join(words), "seconds": seconds, "rows": len(records),
        "classes": opened.schema.classes, "target": opened.schema.target,
    }  # fmt: skip
    suffix = Path(out).suffix.lower() if out else ""
    if out in (None, "-"):
        if output.machine or output.streams:
            doc = report.document("boost predict", **about, items=list(_items(records, words)))
            tables.show(doc, [], output)
        else:
            tables.show(report.document("boost predict", **about), [("", records)], output)
        return
    if suffix == ".json":
        doc = report.document("boost predict", **about, files={"predictions": out}, items=list(_items(records, words)))
        files.write_text(out, tables.as_json(doc) + "\n")
    elif suffix == ".jsonl":
        lines = (json.dumps(tables.finite(item), ensure_ascii=False) for item in _items(records, words))
        files.write_text(out, "".join(f"{line}\n" for line in lines))
    else:
        files.write_text(out, tables.exact_csv(records, "," if suffix == ".csv" else "\t"))
    if output.json:
        result(tables.as_json(report.document("boost predict", **about, files={"predictions": out}, items=[])))
    say(f"written: {out}", output.quiet)


def evaluate(
    word: str | None,
    argument: str,
    resolved: recipes.Resolved,
    output: Output,
    *,
    under: Sequence[str],
    over: Sequence[str],
    out: str | None,
    stamp: str | None,
    depfile: str | None,
) -> None:
    """Run ``dlcli boost evaluate``.

    Effects: prints metrics; writes what ``--out``, ``--stamp`` and ``--depfile`` ask; raises when a check fails.
    """
    started_s = time.monotonic()
    report.check_asked(under, over)
    make.check(stamp, depfile, out)
    opened = table_bundle.open_(argument)
    schema = opened.schema
    report.check_asked(under, over, table.metric_names(schema.task))
    rows, said, read = scored_rows(opened, word, resolved.recipe.unseen)
    say_each(said, output.quiet)
    with ensembles.single_blas(resolved.recipe.threads):
        answers = opened.model.predict(rows.x)
    metrics = table.scores(answers, rows.y, schema.task)
    details = table.class_details(answers, rows.y, schema.classes) if schema.task == "classify" else {}
    doc = report.document(
        "boost evaluate", model=argument, data=word or "the run's own test rows", metrics=metrics,
        files={} if out is None else {"report": f"{out}/report.json", "predictions": f"{out}/predictions.csv"},
        seconds=time.monotonic() - started_s, rows=len(rows), target=schema.target, classes=schema.classes, **details,
    )  # fmt: skip
    sources_read = [*map(str, resolved.files), *bundle.files_of(argument), *read]
    make.write_depfile(depfile, stamp or f"{out}/report.json", sources_read)
    if out is not None:
        _write_scored(Path(out), doc, opened, rows, answers)
    shown = [{"metric": k, "value": v} for k, v in metrics.items()]
    classes = [r for r in details.get("per_class", []) if r["support"]]
    grid = _grid(schema.classes, details["confusion"]) if details and len(schema.classes) <= 20 else []
    parts = [(f"{len(rows):,} rows", shown), ("classes", classes), ("truth in rows, answers in columns", grid)]
    tables.show(doc, parts, output)
    report.check(metrics, under, over)
    make.write_stamp(stamp, argument)


def scored_rows(opened: Opened, word: str | None, unseen: str) -> tuple[Rows, list[str], list[str]]:
    """Return rows with answers, notes, and the files read: of the table given, or the run's own test rows.

    Raises:
        UsageError: no table, and the model lies in no run or its run has no test rows.

    """
    if word is not None:
        source = table.source_of(word)
        read = table_files.read(source, schema=opened.schema)
        notes: list[str] = []
        rows = table.rows_of(read, opened.schema, notes, word, unseen)
        if not len(rows):
            raise DataError(f"{word} has no row with an answer in the column {opened.schema.target!r}")
        return rows, notes, [source.path]
    run = runs.Run(opened.directory.parent)
    if not run.is_run():
        raise UsageError(f"{opened.argument} lies in no run of its own; give a table with answers")
    resolved = recipes.resolve(None, base=runs.recipe_tree(run), command="boost")
    prepared = table.prepare(resolved.recipe.data, resolved.recipe.seed)
    if not len(prepared.parts["test"]):
        raise UsageError(f"the run {opened.argument} kept no test rows; give a table with answers")
    if prepared.schema.plain() != opened.schema.plain():
        raise DataError(
            f"the table of the run {opened.argument} has changed since the fit: its own test rows cannot be told",
            "give a table with answers",
        )
    return prepared.parts["test"], ["data: the run's own test rows"], []


def _grid(classes: list[str], matrix: list[list[int]]) -> list[dict[str, Any]]:
    return [{"": name, **dict(zip(classes, row, strict=True))} for name, row in zip(classes, matrix, strict=True)]


def _write_scored(out: Path, doc: dict[str, Any], opened: Opened, rows: Rows, answers: np.ndarray) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise files.writing_failed(out, error) from error
    schema = opened.schema
    truth = [schema.classes[int(k)] for k in rows.y] if schema.task == "classify" else rows.y.tolist()
    told = _records(opened, rows.table, answers)
    records = [{"truth": t, **r} for t, r in zip(truth, told, strict=True)]
    files.write_text(out / "predictions.csv", tables.exact_csv(records, ","))
    files.write_json(out / "report.json", json.loads(tables.as_json(doc)))
