"""libsvm tables: ``label index:value index:value``, cells that are not written are zero."""

from __future__ import annotations

import re

import numpy as np

from dlcli.core.errors import DataError
from dlcli.data import table_text
from dlcli.data.table_columns import Numbers, Table, check_room, number, same_numbers
from dlcli.data.table_csv import Wanted
from dlcli.data.table_text import Content

TARGET = "label"
_VALUE = rb"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_LINE = re.compile(rb"\s*" + _VALUE + rb"(?:\s+\d+:" + _VALUE + rb")*\s*")


def is_libsvm(start: str) -> bool:
    """Return whether the first lines are all ``label index:value …``; a colon alone makes no libsvm file."""
    lines = [s for line in start.splitlines()[:50] if (s := line.partition("#")[0].strip())]
    if len(lines) > 1 and not start.endswith("\n"):
        lines.pop()  # may be cut off
    pairs = [re.fullmatch(r"[^\s:,;|]+(?:,[^\s:,;|]+)*((?:\s+[^\s:,;]+:[^\s:,;]+)*)", line) for line in lines]
    numbers = all(p and number(p[0].split()[0].split(",")[0]) is not None for p in pairs)
    return bool(lines) and numbers and any(p[1] for p in pairs)


def load(file: Content, wanted: Wanted, options: dict[str, str]) -> Table:
    """Read a libsvm file as a dense table with columns ``1`` … ``D`` and ``label``.

    The smallest index says whether counting begins at 0 or 1; where it does not (no index is 0, yet a model counts from
    0), the model's way is taken.

    Args:
        file: its bytes.
        wanted: what is to be read; ``base`` and ``width`` of a model.
        options: ``base`` and ``features``, where they are said.

    Raises:
        DataError: a line that is none, ``qid:``, several labels, an index that does not fit.
        DeviceError: the dense table does not fit into memory.

    """
    labels, rows, index, values, lines = _pairs(file)
    if not len(labels):
        raise DataError(f"{file.name} has no rows")
    base, note = _base(index, options.get("base"), wanted, file.name)
    width = int(options["features"]) if "features" in options else wanted.width
    seen = int(index.max()) - base + 1 if len(index) else 0
    notes = [note]
    if width is None:
        width = seen
    elif seen > width:
        if "features" in options:
            raise DataError(f"{file.name} has index {int(index.max())}; features={width} allows {width - 1 + base}")
        notes.append(f"{seen - width} columns beyond the model's {width} are left out")
        rows, index, values = (a[index - base < width] for a in (rows, index, values))
    check_room(len(labels), width, file.name)
    dense = np.zeros((width, len(labels)))  # a row of it is a column of the table
    dense[index - base, rows] = same_numbers(values)
    names = [str(j + 1) for j in range(width)]
    chosen = wanted.chosen([*names, TARGET], file.name)
    columns = {n: Numbers(dense[int(n) - 1]) for n in chosen if n != TARGET}
    if TARGET in chosen or wanted.only is None:
        columns[TARGET] = Numbers(same_numbers(labels), bool((labels == np.rint(labels)).all()))
    facts = {"format": "libsvm", "base": base, "encoding": file.encoding, "rows": len(labels), "columns": width}
    facts |= {"packed": "gzip"} if file.packed else {}
    marks = (wanted.missing, wanted.missing_given)
    return Table(columns, len(labels), file.name, facts, notes, *marks, lines, wanted.target or TARGET)


def _pairs(file: Content) -> tuple[np.ndarray, ...]:
    """Return label of each row; row, index and value of each pair; line of each row."""
    source = table_text.Lines(file, file.opened())
    labels, rows, index, values, lines = ([np.empty(0, t)] for t in (float, np.int64, np.int64, float, np.int64))
    at, count = 0, 0
    try:
        while data := source.block():
            kept, where = [], []
            for line in data.split(b"\n")[:-1]:
                at += 1
                if b"#" in line:
                    line = line.partition(b"#")[0]
                if not line or line.isspace():
                    continue
                if not _LINE.fullmatch(line):
                    raise _wrong(line.decode(), file.name, at)
                kept.append(line)
                where.append(at)
            if not kept:
                continue
            numbers = np.fromstring(b" ".join(kept).replace(b":", b" ").decode(), sep=" ")
            sizes = 1 + 2 * np.array([line.count(b":") for line in kept])
            starts = np.cumsum(sizes) - sizes
            rest = np.ones(len(numbers), dtype=bool)
            rest[starts] = False
            pairs = numbers[rest].reshape(-1, 2)
            row = np.repeat(np.arange(len(kept)), (sizes - 1) // 2)
            wide = pairs[:, 0] >= 2**31
            found = pairs[:, 0].astype(np.int64)
            order = np.lexsort((found, row))
            again = np.flatnonzero((np.diff(found[order]) == 0) & (np.diff(row[order]) == 0))
            if wide.any() or len(again):
                k = int(np.argmax(wide)) if wide.any() else int(order[again[0]])
                what = "is too large" if wide.any() else "stands there twice"
                raise DataError(f"{file.name}: line {where[row[k]]}: index {int(pairs[k, 0])} {what}")
            labels.append(numbers[starts])
            rows.append(row + count)
            index.append(found)
            values.append(pairs[:, 1])
            lines.append(np.array(where))
            count += len(kept)
    finally:
        source.close()
    return tuple(np.concatenate(part) for part in (labels, rows, index, values, lines))


def _wrong(line: str, name: str, at: int) -> DataError:
    words = line.split()
    if any(w.startswith("qid:") for w in words):
        return DataError(
            f"{name}: line {at} has qid:, the mark of a ranking task; dlcli learns classes and numbers",
            "remove qid: from every line",
        )
    if "," in words[0]:
        return DataError(f"{name}: line {at} has several labels ({words[0]!r}); a row has one", "keep one label a row")
    pairs = (w for w in words[1:] if not _LINE.fullmatch(f"0 {w}".encode()))
    bad = words[0] if number(words[0]) is None else next(pairs, line)
    return DataError(f"{name}: line {at}: {bad!r} is not allowed; a line is LABEL INDEX:VALUE …, all numbers")


def _base(index: np.ndarray, said: str | None, wanted: Wanted, name: str) -> tuple[int, str]:
    low, high = (int(index.min()), int(index.max())) if len(index) else (1, 0)
    if said is not None:
        if low < int(said):
            raise DataError(f"{name} has index {low}, but base={said} was said")
        return int(said), f"libsvm, counted from {said} as said"
    if low == 0:
        return 0, "libsvm, counted from 0: an index is 0"
    if wanted.base is None:
        why = "the smallest index is 1" if low == 1 else f"no index is 0 (the smallest is {low}); base=0 says otherwise"
        return 1, f"libsvm, counted from 1: {why}"
    if wanted.base == 0 and wanted.width is not None and high == wanted.width:
        return 1, f"libsvm, counted from 1: index {high} is the last of the model's {wanted.width} columns"
    return wanted.base, f"libsvm, counted from {wanted.base} as in the model: no index of the file says otherwise"
