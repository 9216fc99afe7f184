"""The column to be told: which task it makes, its classes, its values."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dlcli.core.errors import DataError
from dlcli.core.files import shown
from dlcli.core.nearest import nearest
from dlcli.data.table_columns import Numbers, Table, Text, number, same_numbers, some
from dlcli.data.table_schema import LARGEST, Schema, as_numbers

FEW = 20  # whole numbers of at most so many distinct values are classes
CLASSES = 1000


def _cells(table: Table, name: str) -> Text:
    """Return the target as typed, −1 where it is missing.

    ``None`` is a class in many tables (``None, Apnea, Insomnia``): beside text it is one unless the user listed what is
    missing, beside numbers it is not.
    """
    text = table[name].text().cleaned(())
    marks = set(table.missing)
    if not table.missing_given and any(s not in marks and number(s) is None for s in text.levels):
        marks -= {"None"}
    return text.cleaned(marks)


def labeled(table: Table, target: str) -> tuple[Table, list[str]]:
    """Return the rows that have a target, and a note that counts the others.

    Raises:
        DataError: no row has one.

    """
    column = table[target]
    absent = column.missing() if isinstance(column, Numbers) else _cells(table, target).missing()
    count = int(absent.sum())
    if not count:
        return table, []
    if count == len(table):
        raise DataError(f"{table.name}: no row has a target ({shown(target)!r})")
    rows = "1 row has" if count == 1 else f"{count:,} rows have"
    first = table.where(int(np.flatnonzero(absent)[0]))
    return table.take(~absent), [f"{rows} no target and {'is' if count == 1 else 'are'} left out; the first: {first}"]


def learn(table: Table, name: str, task: str) -> tuple[str, list[str], list[str]]:
    """Return task, classes and notes.

    Args:
        table: training rows, all of them with a target.
        name: the target.
        task: ``auto``, ``classify`` or ``regress``.

    Raises:
        DataError: it cannot be learnt.

    """
    column, title = table[name], f"target {shown(name)!r}"
    if isinstance(column, Numbers) and (task == "regress" or (task == "auto" and _many(column.values))):
        return _regress(table, column.values, title)
    text = _cells(table, name)
    counts = text.counts()
    present = [(s, int(n)) for s, n in zip(text.levels, counts, strict=True) if n]
    values = [number(s) for s, _ in present]
    numeric = all(v is not None for v in values)
    if task == "auto":
        task = "regress" if numeric and _many(np.array(values, dtype=float)) else "classify"
        auto = True
    else:
        auto = False
    if task == "regress":
        if not numeric:
            row = int(np.flatnonzero(np.array([number(s) is None for s in text.levels])[text.codes])[0])
            raise DataError(
                f"{title} holds {text.levels[text.codes[row]]!r} in {table.where(row)}, which is no number",
                "regression needs numbers; --task classify tells classes",
            )
        return _regress(table, as_numbers(text), title)
    if numeric:  # 1 and 1.0 are one class, written as most rows have it
        spelled: dict[float, list[tuple[str, int]]] = {}
        for (s, n), v in zip(present, values, strict=True):
            spelled.setdefault(v, []).append((s, n))
        classes = [max(spelled[v], key=lambda sn: (sn[1], -len(sn[0])))[0] for v in sorted(spelled)]
    else:
        classes = sorted(s for s, _ in present)
    rows = len(table)
    if len(classes) < 2:
        raise DataError(
            f"{title} is {shown(classes[0])!r} in every row; a classifier needs two classes", "choose another target"
        )
    if len(classes) > CLASSES or (len(classes) > 2 and len(classes) * 1.25 > rows):
        many = "more than 1,000" if len(classes) > CLASSES else "nearly one a row"
        hint = "choose another target, or --task regress" if numeric else "choose another target"
        raise DataError(f"{title} has {len(classes):,} classes in {rows:,} rows, {many}: is it an id?", hint)
    notes = []
    if numeric and auto:
        notes.append(f"{title} has {len(classes)} whole numbers, read as classes; --task regress tells numbers")
    if "None" in classes:
        notes.append(f"'None' in {title} is a class; list it as missing if it means that there is no value")
    small = [c for c, n in present if n < 2]
    if small:
        notes.append(f"{title}: a single row is {some(map(repr, small), 3)}")
    return "classify", classes, notes


def _many(values: np.ndarray) -> bool:
    """Return whether numbers are quantities, not classes."""
    values = values[~np.isnan(values)]
    return bool((values != np.rint(values)).any()) or len(np.unique(values)) > FEW


def _regress(table: Table, values: np.ndarray, title: str) -> tuple[str, list[str], list[str]]:
    endless = np.flatnonzero(np.abs(values) > LARGEST)
    if len(endless):
        what = "infinite" if np.isinf(values[endless[0]]) else f"{values[endless[0]]:g}, beyond ±{LARGEST:g},"
        raise DataError(
            f"{table.name}: {title} is {what} in {table.where(endless[0])}", "clear the cell, or take a larger unit"
        )
    if values.min() == values.max():
        raise DataError(f"{title} is {values[0]:g} in every row; there is nothing to learn", "choose another target")
    return "regress", [], []


def target(table: Table, schema: Schema) -> np.ndarray:
    """Return the target of each row; ``labeled`` leaves out rows without one.

    Shapes:
        -> (N,) int64 class numbers, or float64

    Raises:
        DataError: no such column, a row without a target, a class that training never saw, or no number.

    """
    name = schema.target
    if name is None or name not in table:
        raise DataError(
            f"{table.name} has no target column {shown(name or '')!r}{nearest(name or '', table.names)}",
            "scoring needs it; predicting does not",
        )
    title = f"target {shown(name)!r}"
    column = table[name]
    if schema.task == "regress" and isinstance(column, Numbers):
        _refuse(np.isnan(column.values), table, lambda _: f"{title} is missing")
        return column.values
    text = _cells(table, name)
    _refuse(text.codes < 0, table, lambda _: f"{title} is missing")
    if schema.task == "regress":
        values = as_numbers(text)
        _refuse(~np.isfinite(values), table, lambda k: f"{title} is {text.levels[text.codes[k]]!r}, no finite number")
        return same_numbers(values)
    place = {c: k for k, c in enumerate(schema.classes)}
    if all(number(c) is not None for c in schema.classes):
        by_value = {number(c): k for c, k in place.items()}
        found = [by_value.get(number(s), -1) for s in text.levels]
    else:
        found = [place.get(s, -1) for s in text.levels]
    classes = np.array([*found, -1], dtype=np.int64)[text.codes]
    known = f"never seen in training; the model knows {some(schema.classes)};"
    _refuse(
        classes < 0,
        table,
        lambda k: f"{title} is {text.levels[text.codes[k]]!r}, a class {known}",
    )
    return classes


def _refuse(wrong: np.ndarray, table: Table, sentence: Callable[[int], str]) -> None:
    rows = np.flatnonzero(wrong)
    if len(rows):
        raise DataError(f"{table.name}: {sentence(int(rows[0]))} in {table.where(rows[0])}")


def labels_for_split(y: np.ndarray, task: str) -> np.ndarray:
    """Return class numbers to stratify a split by; numbers are put in up to ten classes of equal size.

    Shapes:
        y (N,) -> (N,) int64
    """
    if task == "classify":
        return np.asarray(y, dtype=np.int64)
    bins = max(1, min(10, len(y) // 10))
    edges = np.quantile(y, np.arange(1, bins) / bins) if bins > 1 else np.empty(0)
    return np.searchsorted(edges, y, side="right").astype(np.int64)
