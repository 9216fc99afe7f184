"""What make needs: a stamp written last, and what was read as a rule."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from dlcli.core import files
from dlcli.core.errors import DataError


def check_writable(path: str | None) -> None:
    """Refuse a file that could not be written at the end, before the work begins.

    Raises:
        DataError: its folder is missing or cannot be written.
    """
    if path is None:
        return
    folder = Path(path).parent
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise DataError(f"cannot write {path}: the folder {folder} is missing or cannot be written")


def write_stamp(stamp: str | None, text: str) -> None:
    """Write the stamp, if one is asked for; call it when all else is done."""
    if stamp:
        files.write_text(stamp, f"{text}\n")


def write_depfile(depfile: str | None, target: str, read: Iterable[str]) -> None:
    """Write ``target: read…`` as a rule that a makefile can include.

    Args:
        depfile: the file, or None for none.
        target: what was made.
        read: the files and folders it was made from; those that do not exist, or that make cannot name, are left out.

    """
    if depfile:
        there = [escaped(p) for p in dict.fromkeys(read) if os.path.exists(p) and "\n" not in p]
        # An empty rule for each, as compilers write them, lets make go on when one has been deleted.
        rules = "".join(f"\n{p}:\n" for p in there)
        with files.replacing(depfile) as file:  # make reads names as bytes
            file.write(os.fsencode(f"{escaped(target)}: {' '.join(there)}\n{rules}"))


def escaped(path: str) -> str:
    """Return a path as make reads it in a rule."""
    return path.replace("$", "$$").replace("#", "\\#").replace(" ", "\\ ")
