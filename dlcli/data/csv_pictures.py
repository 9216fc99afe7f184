"""A CSV or TSV table with one picture file and one label a row."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np

from dlcli.core.errors import DataError
from dlcli.core.nearest import nearest
from dlcli.data.folders import PART_NAMES
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
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            text = file.read()
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8 text (byte {error.start})") from error
    first = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        raise DataError(f"{path}:{reader.line_num}: not a table ({error})") from error
    if len(rows) < 2:
        raise DataError(f"{path} has no rows below its header", "the first row names the columns: picture,label")
    header = [c.strip() for c in rows[0]]
    picture = _column(header, options.get("picture"), PICTURE_COLUMNS, "picture", path)
    label = _column(header, options.get("target"), LABEL_COLUMNS, "target", path)
    part = next((header.index(c) for c in header if c.lower() in PART_COLUMNS), None)
    root = Path(options["root"]) if "root" in options else path.parent
    files, names, parts = [], [], []
    for number, row in enumerate(rows[1:], 2):
        if not row:
            continue
        if len(row) != len(header):
            raise DataError(f"{path}:{number}: {len(row)} fields, but the header has {len(header)}")
        if not row[picture].strip() or not row[label].strip():
            raise DataError(f"{path}:{number}: {header[picture if not row[picture].strip() else label]} is empty")
        files.append(str(root / row[picture].strip()))
        names.append(row[label].strip())
        parts.append(_part(row[part], path, number) if part is not None else "")
    classes = sorted(set(names))
    number_of = {name: k for k, name in enumerate(classes)}
    pictures = Pictures(Names(files), np.asarray([number_of[n] for n in names], dtype=np.int64), classes)
    notes = [f"{path}: pictures in column {header[picture]!r}, labels in column {header[label]!r}"]
    by_part = {p: np.flatnonzero(np.asarray(parts) == p) for p in ("train", "val", "test") if p in parts}
    return pictures, by_part, notes


def _column(header: list[str], asked: str | None, usual: tuple[str, ...], option: str, path: Path) -> int:
    if asked is not None:
        if asked not in header:
            raise DataError(f"{path} has no column {asked!r}; there are {', '.join(header)}{nearest(asked, header)}")
        return header.index(asked)
    for name in usual:
        for k, column in enumerate(header):
            if column.lower() == name:
                return k
    raise DataError(
        f"{path}: which column holds the {option}? There are {', '.join(header)}",
        f"say it: csv:{path},{option}=COLUMN",
    )


def _part(word: str, path: Path, number: int) -> str:
    part = PART_NAMES.get(word.strip().lower())
    if part is None:
        raise DataError(f"{path}:{number}: part {word!r} is not allowed; allowed: train, val, test")
    return part
