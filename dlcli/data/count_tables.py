"""Tables of counts as files: a sparse matrix that SciPy reads, its words beside it, and dense or long text forms."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from scipy import sparse

from dlcli.core import files
from dlcli.core.errors import DataError, ModelError, UsageError

FORMATS = (".npz", ".csv", ".tsv")
MOST_CELLS = 20_000_000  # of a dense table: some 40 MB of text


def check_form(out: str | None) -> str:
    """Return the ending of an output file, or nothing when results are printed.

    Raises:
        UsageError: an ending that says nothing.

    """
    if out in (None, "-"):
        return ""
    ending = os.path.splitext(str(out))[1].lower()
    if ending not in FORMATS:
        raise UsageError(f"--out {out}: the format is told by the ending; allowed: {', '.join(FORMATS)}", key="--out")
    return ending


def check_dense(rows: int, columns: int, out: str) -> None:
    """Refuse a dense text table that nobody could read.

    Raises:
        UsageError: too many cells.

    """
    if rows * columns > MOST_CELLS:
        raise UsageError(
            f"--out {out}: {rows:,} rows of {columns:,} numbers are {rows * columns:,} cells, nearly all of them 0; "
            f"a dense table may have {MOST_CELLS:,}",
            "write .npz or .tsv, which leave the zeros out, or fewer words with --most",
            key="--out",
        )


def words_file(path: str) -> str:
    """Return the name of the file of words beside a matrix: ``x.npz`` → ``x.vocabulary.json``."""
    return f"{os.path.splitext(path)[0]}.vocabulary.json"


def write_matrix(path: str, table: sparse.csr_array) -> None:
    """Write a sparse matrix as ``scipy.sparse.load_npz`` reads it; not packed, so that large ones take no minutes."""
    files.write_with(path, lambda file: sparse.save_npz(file, table, compressed=False))


def write_words(path: str, made_by: str, words: Sequence[str], **more: Any) -> None:
    """Write the words of a matrix's columns, one after the other, with what else is known of them.

    Args:
        path: the file of words.
        made_by: the words of the command.
        words: the word of each column, and of each row where rows are words.
        more: by name; arrays have a number a word.

    """
    plain = {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in more.items()}
    files.write_json(path, {"schema": 1, "kind": "vocabulary", "made_by": made_by, **plain, "words": list(words)})


def read_words(path: str, made_by: str) -> dict[str, Any]:
    """Read a file of words; the name of its matrix will do.

    Raises:
        ModelError: missing, broken, or made by another command.

    """
    path = words_file(path) if path.lower().endswith(".npz") else path
    try:
        held = files.read_json(path)
    except DataError as error:
        raise ModelError(error.message, f"name the .npz that {made_by} -o wrote, or its .vocabulary.json") from None
    if not isinstance(held, dict) or held.get("kind") != "vocabulary" or held.get("schema") != 1:
        raise ModelError(f"{files.shown(path)} is no vocabulary of dlcli {made_by}")
    if held.get("made_by") != made_by:
        raise ModelError(f"{files.shown(path)} was made by dlcli {held.get('made_by')}, not by {made_by}")
    words = held.get("words")
    if not isinstance(words, list) or not words or not all(isinstance(w, str) for w in words):
        raise ModelError(f"{files.shown(path)} is broken: its words are no list of words")
    if len(set(words)) < len(words):
        raise ModelError(f"{files.shown(path)} is broken: a word has two columns")
    return held


def numbers_of(held: dict[str, Any], name: str, path: str) -> np.ndarray:
    """Return the numbers that a file of words has for each of them.

    Raises:
        ModelError: there are none, or not one a word.

    """
    found = held.get(name)
    whole = isinstance(found, list) and all(type(n) is int and n >= 1 for n in found)
    if not whole or len(found) != len(held["words"]):
        raise ModelError(f"{files.shown(path)} is broken: {name} is not a whole number for each word")
    return np.array(found, np.int64)


def number(value: float) -> str:
    """Return a number that reads back as it is, whole ones without a point."""
    return str(int(value)) if value == int(value) else repr(float(value))


def write_dense(path: str, header: Sequence[str], names: Iterable[Sequence[Any]], table: sparse.csr_array) -> None:
    """Write every cell as CSV.

    Args:
        path: the file.
        header: names of the columns that say what a row is, then of those of the table.
        names: what a row is.
        table: the numbers.

    """
    with files.replacing(path) as raw:
        file = io.TextIOWrapper(raw, encoding="utf-8", newline="")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for row, name in enumerate(names):
            cells = table[row : row + 1].toarray().ravel()
            writer.writerow([*name, *map(number, cells.tolist())])
        file.detach()


def write_lines(path: str, header: str, lines: Iterable[str]) -> None:
    """Write a header and lines as UTF-8 text, as they come."""
    with files.replacing(path) as raw:
        file = io.TextIOWrapper(raw, encoding="utf-8", newline="")
        file.write(header + "\n")
        for line in lines:
            file.write(line + "\n")
        file.detach()
