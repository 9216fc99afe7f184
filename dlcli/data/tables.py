"""From a table to arrays: what training rows teach (``infer``), and how any row is encoded by it (``encode``).

A schema is learnt from the rows it is given and from no others, so that what is held back cannot leak into levels or
classes. After that it alone decides: a row has the same bits by itself and in any file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from dlcli.core.errors import DataError, UsageError
from dlcli.core.files import shown
from dlcli.data import table_target
from dlcli.data.table_columns import Column, Numbers, Table, Text, check_room, known_column, some
from dlcli.data.table_schema import (
    LARGEST,
    Learned,
    Schema,
    as_numbers,
    encoded,
    has_time,
    kind_of,
    level_numbers,
    moment,
    number,
    offending,
)
from dlcli.data.table_target import labeled, labels_for_split, target

__all__ = ["Difference", "Schema", "Table", "check", "encode", "ids", "infer", "labeled", "labels_for_split", "target"]

MOST = 50  # differences listed
REST = 10_000  # rare levels of a column that a schema keeps by name
_ID = re.compile(r"^(?i:id|uid|index|row|rowid|unnamed: 0)$|[_ -](?i:id)$|(?<=[a-z])I[dD]$")
UNSEEN = ("missing", "error", "warn")


def infer(
    table: Table,
    target: str | None = None,
    task: str = "auto",
    ids: Iterable[str] = (),
    drop: Iterable[str] = (),
    levels: int = 100,
    kinds: Table | None = None,
) -> tuple[Schema, list[str]]:
    """Learn a schema from training rows.

    Args:
        table: the training rows, and no others; rows without a target are left out and counted.
        target: the column to be told; the table's own when not given; a table without one is only looked at.
        task: ``auto``, ``classify`` or ``regress``.
        ids: columns that name rows and are no features.
        drop: columns that are no features.
        levels: most columns that a text column becomes, besides ``<other>`` and ``<missing>``.
        kinds: the whole table, where the rows are a part of it: kinds of columns are taken from all its rows, so that a
            stray word in a row held back does not make that row unreadable. Levels, counts and classes are not.

    Returns:
        the schema and notes for the user.

    Raises:
        DataError: the target cannot be learnt, no column is left, no row is left, or a cell is infinite.
        UsageError: a column that is not there, or named twice.

    """
    ids, drop = tuple(dict.fromkeys(ids)), set(drop)
    target = target if target is not None else table.target
    for option, typed in (("--id", ids), ("--drop", drop), ("--target", [target] if target is not None else [])):
        for name in typed:
            known_column(name, table.names, table.name, option)
    if target in ids or target in drop:
        other = "an id" if target in ids else "dropped"
        raise UsageError(f"{target!r} is the target and {other}; it can be one of them", key="--target")
    notes: list[str] = []
    if target is not None:
        table, said = labeled(table, target)
        notes += said
    if not len(table):
        raise DataError(f"{table.name} has no rows to learn from")
    found = []
    for name in table.names:
        if name == target or name in ids or name in drop:
            continue
        learned, said = _learn(name, table, kinds if kinds is not None else table, levels)
        found.append(learned)
        notes += said
    if not found:
        raise DataError(f"{table.name} has no column to learn from", "besides target and ids there must be a column")
    chosen, classes, said = table_target.learn(table, target, task) if target is not None else ("", [], [])
    facts = {k: v for k, v in table.facts.items() if k in ("format", "base")}
    marks = (table.missing, table.missing_given)
    return Schema(tuple(found), target, chosen, classes, ids, *marks, facts, len(table)), notes + said


def _learn(name: str, table: Table, whole: Table, most: int) -> tuple[Learned, list[str]]:
    """Return what one column teaches, and notes."""
    column, title, notes = table[name], f"column {shown(name)!r}", []
    kind = kind_of(whole[name])
    if kind == "number":
        _refuse_infinite(column, name, table)
    if kind != "category":
        times = kind == "date" and any(map(has_time, column.text().present()))
        if _constant(column):
            notes.append(f"{title} is constant")
        if kind == "number" and _counts_rows(name, column):
            notes.append(f"{title} looks like an id (a whole number of its own in each row): --id {name}")
        return Learned(name, kind, times=times), notes
    text = column.text()
    counts = text.counts()
    order = sorted(np.flatnonzero(counts).tolist(), key=lambda k: (-counts[k], text.levels[k]))
    rest = [text.levels[k] for k in order[most:]]
    missing = bool((text.codes < 0).any())
    if len(order) == len(text) > 10:
        notes.append(f"{title} looks like an id (a text of its own in each row): --id {name}")
    elif rest:
        notes.append(f"{title} has {len(order):,} levels: a column each for the {most} most frequent, one for the rest")
    if len(order) <= 1 and not (missing and order):
        notes.append(f"{title} is constant")
    notes += _stray(text, counts, title, table)
    kept = tuple(rest) if len(rest) <= REST else ()
    learned = Learned(name, kind, tuple(text.levels[k] for k in order[:most]), kept, len(rest) > REST, missing)
    return learned, notes


def _stray(text: Text, counts: np.ndarray, title: str, table: Table) -> list[str]:
    """Return a note on a column that would be numbers or dates but for a few cells."""
    total = max(1, int(counts.sum()))
    for what, reads in (("number", number), ("date", moment)):
        fits = np.array([reads(s) is not None for s in text.levels], dtype=bool)
        if 0.8 <= counts[fits].sum() / total < 1:
            row = int(np.flatnonzero(~np.append(fits, True)[text.codes])[0])
            cell = text.levels[text.codes[row]]
            return [
                f"{title} is read as text, for {cell!r} in {table.where(row)} is no {what}; "
                f"clear such cells to have {what}s"
            ]
    return []


def _constant(column: Column) -> bool:
    if isinstance(column, Numbers):
        present = column.values[~np.isnan(column.values)]
        return not len(present) or (present.min() == present.max() and len(present) == len(column))
    return len(column.present()) <= 1 and not (column.codes < 0).any()


def _counts_rows(name: str, column: Column) -> bool:
    """Return whether a column of numbers looks like names of rows: by its own name, whole, each once."""
    if not _ID.search(name) or not isinstance(column, Numbers):
        return False
    values = column.values
    whole = not np.isnan(values).any() and bool((values == np.rint(values)).all())
    return whole and len(values) > 1 and len(np.unique(values)) == len(values)


def _refuse_infinite(column: Column, name: str, table: Table) -> None:
    values = as_numbers(column)
    rows = np.flatnonzero(np.abs(values) > LARGEST)
    if len(rows):
        what = "an infinite number" if np.isinf(values[rows[0]]) else f"{values[rows[0]]:g}, beyond ±{LARGEST:g},"
        raise DataError(
            f"{table.name}: column {shown(name)!r} holds {what} in {table.where(rows[0])}",
            "clear the cell to have it read as missing, or measure the column in a larger unit",
        )


@dataclass(frozen=True)
class Difference:
    """One way in which a table is not what the model was trained on.

    Args:
        column: its name.
        kind: ``missing``, ``kind``, or ``extra`` and ``id``, which do no harm.
        text: the difference in words.

    """

    column: str
    kind: str
    text: str

    @property
    def fatal(self) -> bool:
        """Whether rows cannot be encoded."""
        return self.kind in ("missing", "kind")

    def __str__(self) -> str:
        return f"{shown(self.column)}: {self.text}"


def check(table: Table, schema: Schema) -> list[Difference]:
    """Return how a table differs from the one a schema was learnt from; the order of columns does not matter."""
    found = []
    for learned in schema.columns:
        if learned.name not in table:
            found.append(Difference(learned.name, "missing", f"{learned.kind} in the model; no such column here"))
        elif wrong := offending(table[learned.name], learned.kind):
            said = f"{learned.kind} in the model; {wrong[1]!r} in {table.where(wrong[0])}"
            found.append(Difference(learned.name, "kind", said))
    used = {c.name for c in schema.columns} | {schema.target} | set(schema.ids)
    extra = [*(n for n in table.names if n not in used), *table.ignored]
    found += [Difference(n, "id", "an id in training; no such column here") for n in schema.ids if n not in table]
    return found + [Difference(n, "extra", "not in the model; left out") for n in extra]


def encode(table: Table, schema: Schema, unseen: str = "warn", notes: list[str] | None = None) -> np.ndarray:
    """Return rows as numbers, by a schema alone.

    Args:
        table: rows, read with ``schema`` (``table_files.read``).
        schema: what was learnt.
        unseen: what to do with a level that training never saw: ``missing`` and ``warn`` read it as missing (``warn``
            says so in ``notes``), ``error`` refuses it.
        notes: what is said of unseen levels is appended here.
    Shapes:
        -> (N, D) float64, C order, D = len(schema.features); NaN for missing numbers, booleans and dates

    Raises:
        DataError: columns missing or of another kind, all of them listed; unseen levels under ``error``.
        DeviceError: the matrix does not fit into memory.

    """
    wrong = [d for d in check(table, schema) if d.fatal]
    if wrong:
        lines = "".join(f"\n  {d}" for d in wrong[:MOST])
        lines += f"\n  and {len(wrong) - MOST:,} more" if len(wrong) > MOST else ""
        raise DataError(
            f"{table.name} does not fit the model:{lines}",
            "columns may stand in any order, and more of them do no harm; rename or mend the ones listed",
        )
    features = sum(len(c.features) for c in schema.columns)
    check_room(len(table), features, table.name)
    told = _unseen(table, schema)
    if told and unseen == "error":
        raise DataError(f"{table.name}: " + "; ".join(told), "--unseen missing or warn reads them as missing")
    if notes is not None and unseen == "warn":
        notes += [f"{t}: read as missing" for t in told]
    matrix = np.empty((len(table), features))
    at = 0
    for learned in schema.columns:
        column = table[learned.name]
        if learned.kind == "number":
            _refuse_infinite(column, learned.name, table)
        for values in encoded(column, learned):
            matrix[:, at] = values
            at += 1
    return matrix


def _unseen(table: Table, schema: Schema) -> list[str]:
    """Return a sentence a column on levels that training never saw."""
    found = []
    for learned in schema.columns:
        if learned.kind == "category":
            text = table[learned.name].text()
            rows = np.flatnonzero(level_numbers(text, learned) == -2)
            if len(rows):
                names = [repr(text.levels[c]) for c in np.unique(text.codes[rows]).tolist()]
                cells = "1 cell" if len(rows) == 1 else f"{len(rows):,} cells"
                found.append(
                    f"column {shown(learned.name)!r}: {cells} with levels never seen in training "
                    f"({some(names, 3)}), first in {table.where(rows[0])}"
                )
    return found


def ids(table: Table, schema: Schema, more: Iterable[str] = ()) -> dict[str, list[str]]:
    """Return the id columns that the table has, as typed."""
    names = dict.fromkeys((*schema.ids, *more))
    return {n: table[n].text().cells() for n in names if n in table}
