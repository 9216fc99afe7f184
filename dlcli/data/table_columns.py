"""Tables in memory: a column is numbers or text, and the schema, not the file, says what is made of it."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from dlcli.core.errors import DeviceError, UsageError
from dlcli.core.nearest import nearest

MISSING = ("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?")
_NUMBER = re.compile(r"[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|inf|infinity)", re.ASCII | re.IGNORECASE)


def number(text: str) -> float | None:
    """Return the number a cell is, correctly rounded, or None: the one rule for what a number looks like."""
    return float(text) if _NUMBER.fullmatch(text) else None


def same_numbers(values: np.ndarray) -> np.ndarray:
    """Return float64 in which equal numbers have equal bits: no −0, one NaN.

    ``-0`` is read as the whole number 0 in a column of whole numbers and as −0.0 beside a fraction; a row must not
    change with the rows around it.
    """
    return np.asarray(values, dtype=np.float64) + 0.0


@dataclass(frozen=True)
class Numbers:
    """A column of numbers.

    Args:
        values: NaN where a cell is missing.
        whole: they were written as whole numbers, and are named so as text.
    Shapes:
        values (N,) float64

    """

    values: np.ndarray
    whole: bool = False

    def __len__(self) -> int:
        return len(self.values)

    def take(self, rows: np.ndarray) -> Numbers:
        """Return some rows."""
        return Numbers(self.values[rows], self.whole)

    def text(self) -> Text:
        """Return the numbers as text; how they were typed is lost."""
        present = ~np.isnan(self.values)
        found, codes = np.unique(self.values[present], return_inverse=True)
        full = np.full(len(self.values), -1, dtype=np.int32)
        full[present] = codes
        return Text(full, [str(int(v)) if self.whole and v == int(v) else repr(float(v)) for v in found])

    def missing(self) -> np.ndarray:
        """Return which cells are missing, as a bool a row."""
        return np.isnan(self.values)


@dataclass(frozen=True)
class Text:
    """A column of text: a number into the list of distinct cells, a row.

    Args:
        codes: −1 where a cell is missing.
        levels: distinct cells of the whole file; rows taken out of it need not hold all of them.
    Shapes:
        codes (N,) int32

    """

    codes: np.ndarray
    levels: list[str]

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, rows: np.ndarray) -> Text:
        """Return some rows; levels stay as they are, ``present`` says which occur."""
        return Text(self.codes[rows], self.levels)

    def text(self) -> Text:
        """Return itself."""
        return self

    def missing(self) -> np.ndarray:
        """Return which cells are missing, as a bool a row."""
        return self.codes < 0

    def counts(self) -> np.ndarray:
        """Return how often each level occurs in these rows."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.levels))

    def present(self) -> list[str]:
        """Return the levels that occur in these rows."""
        return [level for level, n in zip(self.levels, self.counts(), strict=True) if n]

    def mapped(self, values: Iterable[float]) -> np.ndarray:
        """Return a float a row from a float a level, NaN where missing."""
        return np.append(np.fromiter(values, np.float64, len(self.levels)), np.nan)[self.codes]

    def cells(self) -> list[str]:
        """Return the cells as a list of text, empty where missing."""
        levels = [*self.levels, ""]
        return [levels[c] for c in self.codes]

    def cleaned(self, markers: Iterable[str]) -> Text:
        """Return the column with spaces around its cells cut off and what ``markers`` lists missing."""
        known, marks = {}, frozenset(markers)
        stripped = [level.strip() for level in self.levels]
        number_of = np.array(
            [-1 if s in marks else known.setdefault(s, len(known)) for s in stripped] + [-1], dtype=np.int32
        )
        return Text(number_of[self.codes], list(known))


Column = Numbers | Text


@dataclass(frozen=True)
class Table:
    """A table as read, or some of its rows.

    Rows are taken when a column is asked for, so that parts of a large table cost nothing until they are encoded.

    Args:
        columns: all rows of each column, in the order of the file.
        rows: how many rows the file has.
        name: what messages call it.
        facts: ``format``, and what else was found: ``delimiter``, ``header``, ``encoding``, ``base`` ….
        notes: what was found, in words.
        missing: what is read as missing; ``missing_given`` when the user listed it.
        missing_given: see above.
        lines: line of the file each row begins in, where the format has lines.
        target: the column that the data word named, or that the format knows.
        ignored: columns that were not read because a model has no use for them.
        index: the rows taken, or None for all.
    Shapes:
        lines (N,) int64; index (M,) int64

    """

    columns: dict[str, Column]
    rows: int
    name: str
    facts: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    missing: tuple[str, ...] = MISSING
    missing_given: bool = False
    lines: np.ndarray | None = None
    target: str | None = None
    ignored: tuple[str, ...] = ()
    index: np.ndarray | None = None

    def __len__(self) -> int:
        return self.rows if self.index is None else len(self.index)

    def __contains__(self, name: str) -> bool:
        return name in self.columns

    def __getitem__(self, name: str) -> Column:
        column = self.columns[name]
        return column if self.index is None else column.take(self.index)

    @property
    def names(self) -> list[str]:
        """The columns' names in the order of the file."""
        return list(self.columns)

    def take(self, rows: np.ndarray) -> Table:
        """Return some rows, by their numbers here."""
        rows = np.asarray(rows)
        if rows.dtype == bool:
            rows = np.flatnonzero(rows)
        return replace(self, index=rows if self.index is None else self.index[rows])

    def compact(self) -> Table:
        """Return the rows taken as a table of their own, so that the whole one can be given back."""
        if self.index is None:
            return self
        columns = {name: column.take(self.index) for name, column in self.columns.items()}
        lines = None if self.lines is None else self.lines[self.index]
        return replace(self, columns=columns, rows=len(self.index), lines=lines, index=None)

    def where(self, row: int) -> str:
        """Return where a row stands, for messages: ``line 17``, or ``row 16`` where the format has no lines."""
        row = int(row if self.index is None else self.index[row])
        return f"row {row + 1}" if self.lines is None else f"line {self.lines[row]}"


def known_column(name: str, names: Iterable[str], table: str, option: str) -> None:
    """Refuse a column name that the user typed and the table does not have.

    Raises:
        UsageError: naming the columns nearest to it.

    """
    names = list(names)
    if name not in names:
        close = nearest(name, names, 3) or f"; there are {some(names)}"
        hint = f"{option} takes the name of a column"
        if sum(number(n) is not None for n in names) * 2 > len(names):
            hint += "; a file whose first line holds no names is csv:FILE,header=false, its columns 1, 2, …"
        raise UsageError(f"{table} has no column {name!r}{close}", hint, key=option)


def some(words: Iterable[str], most: int = 8) -> str:
    """Return words as a list that ends after a few of them."""
    words = list(words)
    return ", ".join(words[:most]) + (f" and {len(words) - most:,} more" if len(words) > most else "")


def free_bytes() -> int | None:
    """Return the memory this process may still take within its machine and control group; None where unknown."""
    found = []
    with contextlib.suppress(OSError, ValueError, StopIteration), open("/proc/meminfo", encoding="ascii") as file:
        found.append(next(int(line.split()[1]) * 1024 for line in file if line.startswith("MemAvailable")))
    for limit, used in (
        ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
        ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ):
        with contextlib.suppress(OSError, ValueError), open(limit) as most, open(used) as now:
            found.append(int(most.read()) - int(now.read()))
    if not found:
        with contextlib.suppress(OSError, ValueError, AttributeError):
            found.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    return max(0, min(found)) if found else None


def give_back() -> None:
    """Return freed memory to the system; the C library of Linux keeps it for later, beside what is needed next."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def check_room(rows: int, columns: int, name: str) -> None:
    """Refuse a matrix that the memory cannot hold, before it is asked for.

    Raises:
        DeviceError: naming what is needed and what is free.

    """
    needed, free = rows * columns * 8, free_bytes()
    if free is not None and needed > free:
        raise DeviceError(
            f"{name}: {rows:,} rows × {columns:,} columns of 8 bytes need {_size(needed)}; {_size(free)} are free",
            "leave columns out, lower the number of levels a text column may have, or take fewer rows",
        )


def _size(count: int) -> str:
    return f"{count / 2**30:,.1f} GiB" if count >= 2**30 else f"{count / 2**20:,.1f} MiB"
