"""Rows of a delimited table: what parts the cells, and whether every row has as many."""

from __future__ import annotations

import csv
import io
import sys

import numpy as np

from dlcli.core.errors import DataError
from dlcli.data.table_text import Content, Lines


def records(text: str, delimiter: str, most: int) -> list[list[str]]:
    """Return the first rows of a text as lists of cells; a last row that may be cut off is left out if others are."""
    found: list[list[str]] = []
    limit = csv.field_size_limit(max(len(text), 1) + 1)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True):
            if len(row) > 1 or (row and row[0].strip()):
                found.append(row)
            if len(found) == most:
                break
    except csv.Error:
        pass  # what is wrong is said where the rows are read
    finally:
        csv.field_size_limit(limit)
    return found


def sniff(text: str) -> str:
    """Return the delimiter among ``, ; tab |``: the one that cuts the first rows into equally many cells, the most."""
    text = text[: 1 << 16].rpartition("\n")[0] or text
    best, score = ",", (False, 1)
    for delimiter in ",;\t|":
        counts = [len(row) for row in records(text, delimiter, 20)]
        if counts and counts[0] > 1 and (found := (len(set(counts)) == 1, counts[0])) > score:
            best, score = delimiter, found
    return best


class Rows:
    """A table's rows below its header as a parser reads them, each counted.

    A row of another width than the first is refused with its line: parsers fill short rows with missing cells.

    Args:
        file: what is read.
        delimiter: between cells.
        cells: how many each row must have.
        skip: physical lines of the header.

    Raises:
        DataError: from ``read``.

    """

    def __init__(self, file: Content, delimiter: str, cells: int, skip: int):
        self.file, self.delimiter, self.cells = file, delimiter, cells
        self._text = Lines(file, file.opened())
        self._skip, self._line = skip, 1 + skip  # line that the next block begins with
        self._inside = False  # in a quoted cell
        self._carried, self._begun = 0, 0  # delimiters of a row that began in an earlier block, and its line
        self._lines: list[np.ndarray] = []
        self.doubt = False  # quotes were not where they belong: only an exact reader can tell

    def __iter__(self):
        return self

    def __next__(self):
        raise StopIteration

    def __enter__(self) -> Rows:
        return self

    def __exit__(self, *_: object) -> None:
        self._text.close()

    def read(self, _size: int = -1) -> bytes:
        """Return the next block of rows."""
        while data := self._text.block():
            while self._skip and data:
                cut = data.index(b"\n") + 1
                data, self._skip = data[cut:], self._skip - 1
            if data:
                if not self.doubt:
                    self._count(data)
                return data
        return b""

    def lines(self) -> np.ndarray:
        """Return the line each row begins in.

        Shapes:
            -> (N,) int64
        """
        return np.concatenate([np.empty(0, np.int64), *self._lines])

    @property
    def open_quote(self) -> int:
        """The line of the row whose quote was never closed, or 0."""
        return self._begun if self._inside and not self.doubt else 0

    def _count(self, data: bytes) -> None:
        a = np.frombuffer(data, np.uint8)
        marks = np.flatnonzero((a == ord(self.delimiter)) | (a == 10))
        quoted = self._inside or b'"' in data
        if quoted:
            inside = np.bitwise_xor.accumulate((a == 34).astype(np.uint8)) ^ np.uint8(self._inside)
            marks = marks[inside[marks] == 0]
            self._inside = bool(inside[-1])
        ends = np.flatnonzero(a[marks] == 10)
        if len(ends):
            stops = marks[ends]
            starts = np.concatenate([[0], stops[:-1] + 1])
            cells = np.diff(ends, prepend=-1)
            cells[0] += self._carried
            if quoted:
                line = self._line + np.searchsorted(np.flatnonzero(a == 10), starts)
            else:
                line = self._line + np.arange(len(ends))
            if self._begun:
                line[0] = self._begun
            keep = np.ones(len(ends), dtype=bool)
            single = np.flatnonzero((cells == 1) & ((stops == starts) | (a[starts] == 32) | (a[starts] == 9)))
            for k in single:  # a parser skips lines of nothing but spaces
                keep[k] = bool(data[starts[k] : stops[k]].strip()) or (k == 0 and self._begun > 0)
            wrong = np.flatnonzero(keep & (cells != self.cells))
            if len(wrong):
                if b'"' in data or quoted:
                    self.doubt = True
                    return
                raise ragged(self.file.name, int(line[wrong[0]]), int(cells[wrong[0]]), self.cells)
            self._lines.append(line[keep].astype(np.int64))
            self._carried, self._begun = 0, 0
        rest = len(marks) - 1 - int(ends[-1]) if len(ends) else len(marks)
        self._carried += rest
        if self._inside and not self._begun:
            begin = int(marks[ends[-1]]) + 1 if len(ends) else 0
            self._begun = self._line + data.count(b"\n", 0, begin)
        self._line += data.count(b"\n") if quoted else len(ends)


def ragged(name: str, line: int, found: int, wanted: int) -> DataError:
    """Return the error for a row of another width."""
    cells = "1 cell" if found == 1 else f"{found:,} cells"
    return DataError(
        f"{name}: line {line} has {cells}; the first row has {wanted:,}",
        "a cell that holds the delimiter stands in double quotes; every row has a cell a column",
    )


def exact_lines(file: Content, delimiter: str, cells: int, skip: int) -> np.ndarray:
    """Return the line each row begins in, read cell by cell: slow, for files whose quotes are not where they belong.

    Raises:
        DataError: a row of another width.

    """
    source = Lines(file, file.opened())

    def each():
        while data := source.block():
            yield from (line + "\n" for line in data.decode().split("\n")[:-1])  # splitlines would cut at \v too

    limit = csv.field_size_limit(sys.maxsize)
    found, before = [], 0
    try:
        reader = csv.reader(each(), delimiter=delimiter, skipinitialspace=True)
        for row in reader:
            begun, before = before + 1, reader.line_num
            if begun <= skip or not row or (len(row) == 1 and not row[0].strip()):
                continue
            if len(row) != cells:
                raise ragged(file.name, begun, len(row), cells)
            found.append(begun)
    except csv.Error as error:
        raise DataError(f"{file.name}: line {before + 1}: not a table ({error})") from error
    finally:
        csv.field_size_limit(limit)
        source.close()
    return np.asarray(found, dtype=np.int64)
