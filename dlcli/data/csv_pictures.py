"""A CSV or TSV table with one picture file and one label a row."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

import numpy as np

from dlcli.core.errors import DataError
from dlcli.core.files import shown
from dlcli.core.nearest import nearest
from dlcli.data.folders import PART_NAMES, is_folder
from dlcli.data.pictures import Names, Pictures

PICTURE_COLUMNS = ("picture", "image", "file", "filename", "path", "img", "image_path")
LABEL_COLUMNS = ("label", "class", "target", "category", "y", "species")
PART_COLUMNS = ("part", "split", "subset")


def load(path: Path, options: dict[str, str]) -> tuple[Pictures, dict[str, np.ndarray], list[str]]:
    """Read the table.

    Args:
        path: the table; the first row names the columns.
        options: ``picture`` and ``target`` columns, ``root`` folder of the files.

    Returns:
        the pictures, row numbers by part where a column ``part`` says so (else empty), and notes.

    Raises:
        DataError: missing, not a table, columns not found, or no rows.

    """
    text = _text(path)
    first = text.lstrip().split("\n", 1)[0]
    delimiter = max(",\t;", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        lines = [(reader.line_num, row) for row in reader if row]
    except csv.Error as error:
        raise DataError(f"{shown(path)}:{reader.line_num}: not a table ({error})") from error
    rows = [row for _, row in lines]
    if len(rows) < 2:
        raise DataError(f"{shown(path)} has no rows below its header", "the first row names the columns: picture,label")
    header = [c.strip() for c in rows[0]]
    picture = _column(header, options.get("picture"), PICTURE_COLUMNS, "picture", path)
    label = _column(header, options.get("target"), LABEL_COLUMNS, "target", path)
    part = next((header.index(c) for c in header if c.lower() in PART_COLUMNS), None)
    root = str(Path(options["root"]) if "root" in options else path.parent)
    root = "" if root == "." else root
    files, names, parts = [], [], []
    for number, row in lines[1:]:
        if len(row) != len(header):
            raise DataError(f"{shown(path)}:{number}: {len(row)} fields, but the header has {len(header)}")
        if not row[picture].strip() or not row[label].strip():
            raise DataError(
                f"{shown(path)}:{number}: {header[picture if not row[picture].strip() else label]} is empty"
            )
        files.append(os.path.join(root, row[picture].strip()))
        names.append(row[label].strip())
        parts.append(_part(row[part], path, number) if part is not None else "")
    classes = sorted(set(names))
    number_of = {name: k for k, name in enumerate(classes)}
    pictures = Pictures(Names(files), np.asarray([number_of[n] for n in names], dtype=np.int64), classes)
    notes = [f"{shown(path)}: pictures in column {header[picture]!r}, labels in column {header[label]!r}"]
    by_part = {p: np.flatnonzero(np.asarray(parts) == p) for p in ("train", "val", "test") if p in parts}
    return pictures, by_part, notes


def _text(path: Path) -> str:
    if is_folder(path):
        raise DataError(f"{shown(path)} is a folder, not a table")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise DataError(f"cannot read {shown(path)}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise DataError(f"{shown(path)}:{line}: not UTF-8 text", "save the table as UTF-8") from error
    if "\0" in text:
        raise DataError(f"{shown(path)}:{text.count(chr(10), 0, text.index(chr(0))) + 1}: not a table (a NUL byte)")
    return text


def _column(header: list[str], asked: str | None, usual: tuple[str, ...], option: str, path: Path) -> int:
    if asked is not None:
        if asked not in header:
            raise DataError(
                f"{shown(path)} has no column {asked!r}; there are {', '.join(header)}{nearest(asked, header)}"
            )
        return _only(asked, header, path)
    for name in usual:
        for column in header:
            if column.lower() == name:
                return _only(column, header, path)
    raise DataError(
        f"{shown(path)}: which column holds the {option}? There are {', '.join(header)}",
        f"say it: csv:{path},{option}=COLUMN",
    )


def _only(column: str, header: list[str], path: Path) -> int:
    if header.count(column) > 1:
        raise DataError(f"{shown(path)}: {header.count(column)} columns are called {column!r}; rename all but one")
    return header.index(column)


def _part(word: str, path: Path, number: int) -> str:
    part = PART_NAMES.get(word.strip().lower())
    if part is None:
        raise DataError(f"{shown(path)}:{number}: part {word!r} is not allowed; allowed: train, val, test")
    return part
