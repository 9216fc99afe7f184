"""CSV and TSV tables: numbers through pandas' C parser, everything else as the characters typed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlcli.core.errors import DataError
from dlcli.core.files import shown
from dlcli.core.sources import DELIMITERS
from dlcli.data import table_rows, table_text
from dlcli.data.table_columns import MISSING, Column, Numbers, Table, Text, known_column, number, same_numbers, some
from dlcli.data.table_text import Content

CELLS = 200_000  # parsed at a time: the parser holds a block as text beside the table
_COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?", re.ASCII)
_POINT = re.compile(r"[+-]?\d*\.\d+(?:[eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True)
class Wanted:
    """What is to be read of a table, and how.

    Args:
        target: the column to be told, or None.
        ids: columns that name rows; kept exactly as typed.
        drop: columns to leave out.
        text: columns that a model reads as text, whatever they look like here.
        only: the columns a model has use for; None: all.
        missing: cells that mean there is no value.
        missing_given: the user listed them.
        base: of a libsvm model, where the file does not tell.
        width: columns of a libsvm model.

    """

    target: str | None = None
    ids: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    text: frozenset[str] = frozenset()
    only: frozenset[str] | None = None
    missing: tuple[str, ...] = MISSING
    missing_given: bool = False
    base: int | None = None
    width: int | None = None

    def chosen(self, names: Iterable[str], table: str) -> list[str]:
        """Return the columns to read.

        Raises:
            UsageError: a name that was typed and is not there.

        """
        names = list(names)
        if self.only is None:  # a model's columns may be absent: the check of the schema says so
            for option, typed in (("--target", [self.target] if self.target else []), ("--id", self.ids)):
                for name in typed:
                    known_column(name, names, table, option)
        for name in self.drop:
            known_column(name, names, table, "--drop")
        kept = {*self.ids, *([self.target] if self.target else [])}
        use = set(names) if self.only is None else self.only | kept
        return [n for n in names if n in use and n not in self.drop]


def load(file: Content, wanted: Wanted, options: dict[str, str], start: str | None = None) -> Table:
    """Read a delimited table.

    Args:
        file: its bytes.
        wanted: what is to be read.
        options: ``delimiter`` and ``header``, where they are said.
        start: the beginning of the file, where it is already known.

    Raises:
        DataError: empty, ragged, not text, names that cannot be told apart, no rows.
        UsageError: a column that was asked for and is not there.

    """
    start = table_text.head(file) if start is None else start
    if start.lstrip()[:2] in ("[{", '{"'):
        raise DataError(f"{file.name} is JSON, not a table", "write it as CSV: a row of names, then the rows")
    said = options.get("delimiter")
    delimiter = DELIMITERS.get(said, said) if said else table_rows.sniff(start)
    header = options.get("header", "true") == "true"
    names, skip, notes = _names(start, delimiter, header, file.name)
    sample = table_rows.records(start, delimiter, 1000)[1 if header else 0 :]
    decimal = _decimal(sample, delimiter)
    chosen = wanted.chosen(names, file.name)
    exact = {n for n in chosen if n in wanted.ids or n == wanted.target}
    looks = {n for j, n in enumerate(names) if n in chosen and _looks_text(sample, j, wanted.missing, decimal)}
    as_text = exact | (wanted.text & set(chosen)) | looks
    reader = _Reader(file, delimiter, names, skip, wanted.missing, exact, decimal)
    columns, lines = reader.read(chosen, as_text)
    late = [n for n in chosen if n not in columns]  # numbers at first, then something else: read again, as typed
    if late:
        columns |= reader.read(late, set(late))[0]
    columns = {n: columns[n] for n in chosen}
    if not len(lines):
        raise DataError(f"{file.name} has no rows below its header" if header else f"{file.name} has no rows")
    for name, column in columns.items():
        if isinstance(column, Text) and name not in exact:
            columns[name] = column.cleaned(wanted.missing)
        if isinstance(column, Text) and decimal == "," and name not in wanted.ids:
            columns[name] = _pointed(columns[name])
        if name not in exact and name not in wanted.text:
            columns[name] = _plain(columns[name])
    facts = {"format": "tsv" if delimiter == "\t" else "csv", "delimiter": delimiter, "header": header}
    facts |= {"encoding": file.encoding, "rows": len(lines), "columns": len(names), "decimal": decimal}
    facts |= {"packed": "gzip"} if file.packed else {}
    if decimal == ",":
        notes.append("numbers are written with a decimal comma")
    ignored = tuple(n for n in names if n not in columns and n not in wanted.drop)
    return Table(
        columns,
        len(lines),
        file.name,
        facts,
        notes,
        wanted.missing,
        wanted.missing_given,
        lines,
        wanted.target,
        ignored,
    )


def _names(start: str, delimiter: str, header: bool, name: str) -> tuple[list[str], int, list[str]]:
    """Return the columns' names, the lines of the header, and notes."""
    limit = csv.field_size_limit(max(len(start), 1) + 1)
    try:
        reader = csv.reader(io.StringIO(start, newline=""), delimiter=delimiter, skipinitialspace=True)
        first = next(row for row in reader if len(row) > 1 or (row and row[0].strip()))
    except csv.Error as error:
        raise DataError(f"{name}: line 1: not a table ({error})") from error
    finally:
        csv.field_size_limit(limit)
    if not header:
        return [str(j + 1) for j in range(len(first))], 0, []
    names, notes = [c.strip() for c in first], []
    if names[0] == "" and len(names) > 1:
        names[0] = "Unnamed: 0"  # as pandas names the index it wrote
        notes.append("the first column has no name; it is called 'Unnamed: 0'")
    for j, column in enumerate(names):
        if not column:
            raise DataError(
                f"{name}: column {j + 1} has no name", "name every column in the first row; a row must not end with "
                f"{delimiter!r}",
            )  # fmt: skip
        if names.index(column) < j:
            raise DataError(
                f"{name}: columns {names.index(column) + 1} and {j + 1} are both called {shown(column)!r}",
                "rename one of them",
            )
    if all(number(c) is not None for c in names):
        notes.append(
            f"the names of the columns are all numbers ({some(names, 3)}): is there no header? Then say header=false: "
            f"csv:{name},header=false"
        )
    return names, reader.line_num, notes


def _decimal(sample: list[list[str]], delimiter: str) -> str:
    """Return the decimal mark: a comma only where cells need it, no cell has a point, and it parts no cells."""
    if delimiter == ",":
        return "."
    cells = [c.strip() for row in sample for c in row]
    return "," if any(map(_COMMA.fullmatch, cells)) and not any(map(_POINT.fullmatch, cells)) else "."


def _looks_text(sample: list[list[str]], column: int, missing: Iterable[str], decimal: str) -> bool:
    for row in sample:
        cell = row[column].strip() if column < len(row) else ""
        if cell in missing:
            continue
        if number(cell.replace(",", ".") if decimal == "," and _COMMA.fullmatch(cell) else cell) is None:
            return True
    return False


def _pointed(column: Text) -> Text:
    """Return text whose numbers have a decimal point."""
    return Text(column.codes, [s.replace(",", ".") if _COMMA.fullmatch(s) else s for s in column.levels])


def _plain(column: Column) -> Column:
    """Return numbers for text that is all numbers once spaces and marks are off."""
    if isinstance(column, Numbers) or not column.levels or any(number(s) is None for s in column.levels):
        return column
    return Numbers(same_numbers(column.mapped(map(float, column.levels))), all(s.isdigit() for s in column.levels))


class _Growing:
    """A column of numbers that grows in place: joining many small parts would leave their holes behind as memory."""

    def __init__(self):
        self.values, self.count, self.whole = np.empty(0), 0, True

    def add(self, values: np.ndarray) -> None:
        end = self.count + len(values)
        if end > len(self.values):
            self.values.resize(max(end, 2 * len(self.values)), refcheck=False)
        self.values[self.count : end] = same_numbers(values)
        self.count, self.whole = end, self.whole and values.dtype.kind in "iu"

    def column(self) -> Numbers:
        self.values.resize(self.count, refcheck=False)
        return Numbers(self.values, self.whole)


class _Levels:
    """Distinct cells of a column, and a code a row, collected block by block."""

    def __init__(self):
        self.known: dict[str, int] = {}
        self.codes: list[np.ndarray] = []

    def add(self, cells: Any) -> None:
        import pandas

        codes, found = pandas.factorize(cells)
        number_of = [self.known.setdefault(str(s), len(self.known)) for s in found]
        self.codes.append(np.array([*number_of, -1], dtype=np.int32)[codes])

    def column(self) -> Text:
        return Text(np.concatenate([np.empty(0, np.int32), *self.codes]), list(self.known))


@dataclass(frozen=True)
class _Reader:
    file: Content
    delimiter: str
    names: list[str]
    skip: int
    missing: tuple[str, ...]
    exact: set[str]
    decimal: str

    def read(self, chosen: list[str], as_text: set[str]) -> tuple[dict[str, Column], np.ndarray]:
        """Return columns and the line of each row; a column that turned out not to be numbers is left out."""
        import pandas

        place = {n: j for j, n in enumerate(self.names)}
        # Line numbers and widths come from the bytes, so at least one column is parsed even if none is wanted.
        use = [place[n] for n in chosen] or [0]
        texts = {place[n]: _Levels() for n in chosen if n in as_text}
        numbers = {place[n]: _Growing() for n in chosen if n not in as_text}
        how: dict[str, Any] = {} if _exact_by_default(pandas.__version__) else {"float_precision": "round_trip"}
        count = 0
        with table_rows.Rows(self.file, self.delimiter, len(self.names), self.skip) as rows:
            try:
                with pandas.read_csv(
                    rows,
                    sep=self.delimiter,
                    decimal=self.decimal,
                    header=None,
                    names=range(len(self.names)),
                    usecols=use,
                    index_col=False,
                    dtype=dict.fromkeys(texts, str),
                    na_values={j: [] if self.names[j] in self.exact else list(self.missing) for j in use},
                    keep_default_na=False,
                    skipinitialspace=True,
                    low_memory=False,
                    chunksize=max(1000, CELLS // len(self.names)),
                    **how,
                ) as blocks:
                    for block in blocks:
                        count += len(block)
                        for j, levels in texts.items():
                            levels.add(block[j])
                        for j in [j for j in numbers if block[j].dtype.kind not in "iuf"]:
                            del numbers[j]
                        for j, growing in numbers.items():
                            growing.add(block[j].to_numpy())
            except pandas.errors.EmptyDataError:
                return {n: Numbers(np.empty(0)) for n in chosen}, np.empty(0, np.int64)
            except pandas.errors.ParserError as error:
                raise self._broken(rows, error) from error
            lines = rows.lines()
            if rows.doubt or rows.open_quote or count != len(lines):
                lines = table_rows.exact_lines(self.file, self.delimiter, len(self.names), self.skip)
        found: dict[str, Column] = {}
        for name in chosen:
            j = place[name]
            if j in texts:
                found[name] = texts.pop(j).column()
            elif j in numbers:
                found[name] = numbers.pop(j).column()
        for name, column in found.items():
            if len(column) != len(lines):
                raise DataError(
                    f"{self.file.name}: column {shown(name)!r} has {len(column):,} cells in {len(lines):,} rows",
                    "look for a double quote that is not closed",
                )
        return found, lines

    def _broken(self, rows: table_rows.Rows, error: Exception) -> DataError:
        if rows.open_quote:
            return DataError(
                f"{self.file.name}: line {rows.open_quote}: a double quote is opened here and never closed",
                'write "" for a double quote inside a quoted cell',
            )
        table_rows.exact_lines(self.file, self.delimiter, len(self.names), self.skip)  # says where, if it can
        return DataError(
            f"{self.file.name}: not a table ({str(error).strip().removeprefix('Error tokenizing data. ')})"
        )


def _exact_by_default(version: str) -> bool:
    """Whether this pandas rounds every number correctly without being asked; older ones must be told."""
    major, minor, *_ = (int(part) for part in re.findall(r"\d+", version)[:2])
    return (major, minor) >= (3, 1)
