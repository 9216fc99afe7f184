"""What training wrote down as it went: JSON lines, JSON or a table, each number a point of a curve."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dlcli.core.errors import DataError
from dlcli.data import table_rows, table_text

EMPTY = {"", "na", "n/a", "null", "none", "-"}  # cells without a value: no point, and no gap either
HISTORY = ("log_history", "history", "metrics", "records", "logs")  # under which one JSON document keeps its records
WORDS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf, "infinity": math.inf, "-infinity": -math.inf}


@dataclass(frozen=True)
class Column:
    """The numbers under one name.

    Args:
        rows: the record of each, rising.
        values: NaN where something stood that is no number.

    """

    rows: np.ndarray
    values: np.ndarray


@dataclass(frozen=True)
class Records:
    """The columns of one file.

    Args:
        count: records read.
        columns: name → numbers; ``a/b`` is what stands under ``b`` in ``a``.
        notes: what was left out, a sentence each.

    """

    count: int
    columns: dict[str, Column]
    notes: list[str] = field(default_factory=list)


def read(path: str) -> Records:
    """Read a file of records; ``-`` is stdin.

    The kind is told by the content: JSON lines, one JSON document (a list of records, lists by name, or a list under
    one of ``HISTORY``), or a table with a row of names. A last line that is being written is left out.

    Raises:
        DataError: unreadable, empty, no text, or without numbers.

    """
    content = table_text.content(path)
    with content.opened() as file:
        text = _text(file.read(), content)
    read_as = _json if text.lstrip()[:1] in ("{", "[") else _table
    records = read_as(text, content.name)
    if not records.columns:
        raise DataError(f"{content.name} has no numbers to draw", "a record needs names and numbers")
    return records


def _text(raw: bytes, content: table_text.Content) -> str:
    if content.encoding == "utf-16":
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if b"\n" not in raw[error.start :] and error.reason == "unexpected end of data":
            return raw[: error.start].decode("utf-8-sig")  # a character half written
        text = f"{content.name}: not UTF-8 text: byte 0x{raw[error.start]:02x} at position {error.start:,}"
        raise DataError(text, "it must be JSON lines, JSON or a table in UTF-8") from error


def _json(text: str, name: str) -> Records:
    lines = [line for line in text.split("\n") if line.strip()]
    try:
        found = json.loads(f"[{','.join(lines)}]")  # all at once is several times faster than one by one
    except ValueError:
        pass
    else:
        if len(found) > 1 or len(lines) == 1:
            return _document(found[0]) if len(found) == 1 else _columns(found)
    try:
        return _document(json.loads(text))
    except ValueError as error:
        found, broken = [], []
        for number, line in enumerate(lines, 1):
            try:
                found.append(json.loads(line))
            except ValueError:
                broken.append(number)
        if not found:
            raise DataError(f"{name} is neither JSON lines nor JSON: {error}") from error
        whole = [n for n in broken if n < len(lines) or text.endswith("\n")]
        notes = [f"{name}: {len(whole)} of {len(lines)} lines are no JSON and left out"] if whole else []
        records = _columns(found)
        return Records(records.count, records.columns, notes)


def _document(found: Any) -> Records:
    """Return the records of one JSON document."""
    if isinstance(found, dict):
        for key in HISTORY:
            if isinstance(found.get(key), list | dict):
                return _document(found[key])
        lists = {k: v for k, v in found.items() if isinstance(v, list) and v and not isinstance(v[0], dict)}
        if lists:
            most = max(map(len, lists.values()))
            return _columns([{k: v[i] for k, v in lists.items() if i < len(v)} for i in range(most)])
    return _columns(found if isinstance(found, list) else [found])


def _alike(records: Sequence[Any]) -> Records | None:
    """Return the columns where all records have the same names and flat numbers: several times faster than one by one.

    None: they do not.
    """
    first = records[0] if records else None
    if not isinstance(first, dict) or not all(type(r) is dict and len(r) == len(first) for r in records):
        return None
    columns, rows = {}, np.arange(len(records))
    for name in first:
        try:
            values = [r[name] for r in records]
        except KeyError:
            return None
        kinds = set(map(type, values))
        if not kinds <= {int, float, bool}:
            return None
        if bool not in kinds:
            columns[name] = Column(rows, _numbers(values))
    return Records(len(records), {n: c for n, c in columns.items() if not np.isnan(c.values).all()})


def _columns(records: Sequence[Any]) -> Records:
    if (found := _alike(records)) is not None:
        return found
    rows: dict[str, list[int]] = {}
    values: dict[str, list[float]] = {}

    def add(prefix: str, record: dict[str, Any], row: int) -> None:
        for key, value in record.items():
            kind = type(value)
            name = prefix + key
            if kind is float or kind is int:
                if name not in rows:
                    rows[name], values[name] = [], []
                rows[name].append(row)
                values[name].append(value)
            elif kind is dict:
                add(f"{name}/", value, row)
            elif value is None or (kind is str and value.strip().lower() in WORDS):
                rows.setdefault(name, []).append(row)
                values.setdefault(name, []).append(math.nan if value is None else WORDS[value.strip().lower()])

    count = 0
    for count, record in enumerate(records, 1):
        if isinstance(record, dict):
            add("", record, count - 1)
    columns = {name: Column(np.array(rows[name]), _numbers(values[name])) for name in rows}
    return Records(count, {n: c for n, c in columns.items() if not np.isnan(c.values).all()})


def _numbers(values: list[float]) -> np.ndarray:
    try:
        return np.array(values, dtype=np.float64)
    except OverflowError:  # a whole number past 1.8e308
        return np.array([float(v) if abs(v) < 10**308 else math.inf for v in values])


def _table(text: str, name: str) -> Records:
    delimiter = table_rows.sniff(text)
    limit = csv.field_size_limit(max(len(text), 1) + 1)
    try:
        rows = [r for r in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True) if r]
    except csv.Error as error:
        raise DataError(f"{name} is no table: {error}") from error
    finally:
        csv.field_size_limit(limit)
    if not rows:
        raise DataError(f"{name} is empty", "a table has a row of column names and rows below it")
    names = _names(rows[0])
    if not any(_number(n) is None for n in rows[0] if n.strip()):
        raise DataError(f"{name} has no row of names: its first row is numbers", "write names above them")
    rows = rows[1:]
    if rows and not text.endswith(("\n", "\r")) and _half(rows[-1], len(names)):
        rows.pop()
    widths = list(map(len, rows))
    ragged = len(rows) - widths.count(len(names))
    notes = [f"{name}: {ragged} of {len(rows)} rows have another number of cells; what is there is read"]
    columns = {}
    whole = list(zip(*rows, strict=True)) if not ragged else None
    for at, column in enumerate(names):
        cells = whole[at] if whole else [r[at] if at < len(r) else "" for r in rows]
        if found := _cells(cells, pointed=delimiter == ";"):
            columns[column] = found
    return Records(len(rows), columns, notes if ragged else [])


def _half(row: Sequence[str], wanted: int) -> bool:
    """Say whether a last line without an end was cut off in the writing; a whole number cannot be told from half."""
    return len(row) < wanted or re.search(r"\d[.eE+-]+$", row[-1]) is not None


def _names(row: Sequence[str]) -> list[str]:
    names: list[str] = []
    for number, cell in enumerate(row, 1):
        name, again = cell.strip() or f"column {number}", 1
        while name in names:
            again += 1
            name = f"{cell.strip()} ({again})"
        names.append(name)
    return names


def _cells(cells: Sequence[str], *, pointed: bool) -> Column | None:
    """Return a column of numbers; None where most cells are something else."""
    try:
        values = np.array(list(map(float, cells))) if cells else None
    except ValueError:
        values = None
    if values is not None:
        return None if np.isnan(values).all() else Column(np.arange(len(cells)), values)
    there = [(row, cell) for row, cell in enumerate(cells) if cell.strip().lower() not in EMPTY]
    numbers = [_number(cell.replace(",", ".") if pointed else cell) for _, cell in there]
    right = sum(n is not None and n == n for n in numbers)
    if right == 0 or right < sum(n is None for n in numbers):
        return None
    rows = np.array([row for row, _ in there])
    return Column(rows, np.array([math.nan if n is None else n for n in numbers], dtype=np.float64))


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None


def shared(names: Iterable[Iterable[str]]) -> list[str]:
    """Return what stands in every list, in the order of the first."""
    lists = [list(n) for n in names]
    return [n for n in dict.fromkeys(lists[0]) if all(n in other for other in lists[1:])] if lists else []
