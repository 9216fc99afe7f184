"""What make needs: a stamp written last, and what was read as a rule."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from dlcli.core import files
from dlcli.core.errors import DataError, UsageError


def check_writable(path: str | None) -> None:
    """Refuse a file that could not be written at the end, before the work begins.

    Raises:
        UsageError: it is no name of a file.
        DataError: it is a folder, or its folder is missing or cannot be written.

    """
    if path is None:
        return
    if path in ("", "-"):
        raise UsageError(f"{path!r} names no file; make looks at the time of one", "give --stamp and --depfile a file")
    if os.path.isdir(path):
        raise DataError(f"cannot write {path}: it is a folder")
    if os.path.exists(path) and not os.path.isfile(path):  # /dev/null, a pipe: written to, not replaced
        return
    folder = Path(path).parent
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise DataError(f"cannot write {path}: the folder {folder} is missing or cannot be written")


def check(stamp: str | None, depfile: str | None, out: str | None = None) -> None:
    """Refuse before the work what could not be written after it.

    Args:
        stamp: the file to write last.
        depfile: the file for the rule.
        out: what the rule is about when there is no stamp.

    Raises:
        UsageError: a rule about nothing, or two of them are one file.
        DataError: a file cannot be written.

    """
    for path in (stamp, depfile):
        check_writable(path)
    refuse_same({"--out": out, "--stamp": stamp, "--depfile": depfile})
    if depfile is not None and stamp is None and out in (None, "-"):
        raise UsageError("--depfile: a rule needs a target", "give --stamp FILE or --out too", key="--depfile")


def refuse_input(path: str | None, read: Iterable[str], option: str = "--out") -> None:
    """Refuse to write onto a file that is read.

    Args:
        path: what is to be written; None or ``-``: nothing.
        read: files, and words that may be files.
        option: where ``path`` was given.

    Raises:
        UsageError: naming it.

    """
    for place in read:
        if path not in (None, "-") and os.path.isfile(path) and os.path.isfile(place) and os.path.samefile(path, place):
            what = f"{option} {path} is a file that is read; it would be lost"
            raise UsageError(what, "choose another file", key=option)


def refuse_inputs(read: Iterable[str], out: str | None, stamp: str | None, depfile: str | None) -> None:
    """Refuse to write any of these onto a file that is read; see ``refuse_input``."""
    held = list(read)
    for option, path in (("--out", out), ("--stamp", stamp), ("--depfile", depfile)):
        refuse_input(path, held, option)


def refuse_same(written: Mapping[str, str | None]) -> None:
    """Refuse to write two things to one file, of which only the later would be left.

    Args:
        written: option → what was given there; None or ``-``: nothing. Devices and pipes take any number of things.

    Raises:
        UsageError: naming both options.

    """
    there: dict[str, str] = {}
    for option, path in written.items():
        if path in (None, "", "-") or (os.path.exists(str(path)) and not os.path.isfile(str(path))):
            continue
        other = there.setdefault(os.path.realpath(str(path)), option)
        if other != option:
            what = f"{other} and {option} are both {path}; only one of them would be left"
            raise UsageError(what, "give each a file of its own", key=option)


def write_stamp(stamp: str | None, text: str) -> None:
    """Write the stamp, if one is asked for; call it when all else is done."""
    if stamp:
        files.write_text(stamp, f"{text}\n")


def write_depfile(depfile: str | None, target: str, read: Iterable[str]) -> None:
    """Write ``target: read…`` as a rule that a makefile can include; call it before the target is written.

    Args:
        depfile: the file, or None for none.
        target: what was made.
        read: the files and folders it was made from; a folder stands for those below it too, whose times tell of new
            files. Left out are those that do not exist, the folder of the target itself, which is never older, and
            names that make cannot read.

    """
    if not depfile:
        return
    own = os.path.dirname(os.path.abspath(target))
    found = (p for word in read for p in _with_folders(word) if os.path.abspath(p) != own)
    there = list(dict.fromkeys(_prerequisite(p) for p in found if "\n" not in p and not p.endswith(")")))
    # An empty rule for each, as compilers write them, lets make go on when one has been deleted.
    rules = "".join(f"\n{p}:\n" for p in there)
    with files.replacing(depfile) as file:
        file.write(os.fsencode(f"{_target(target)}: {' '.join(there)}\n{rules}"))


def _with_folders(path: str) -> Iterator[str]:
    if os.path.isfile(path):
        yield path
    elif os.path.isdir(path):
        for folder, inner, _ in os.walk(path):
            inner[:] = sorted(name for name in inner if not name.startswith("."))
            yield f"{folder}/" if folder.endswith(")") else folder  # make takes a(b) for part of an archive


def _target(path: str) -> str:
    """Return a path as make reads it left of the colon."""
    return re.sub(r"(\\*)([#: %])", r"\1\1\\\2", path).replace("$", "$$")


def _prerequisite(path: str) -> str:
    """Return a path as make reads it right of the colon, and in a rule of its own.

    Make has no quoting for most of its signs; ``?``, which stands for any, finds the file as long as it is there.
    """
    safe = re.sub(r"[\\:;|%=&*?\[\]~\t()]| $", "?", path)
    return safe.replace("$", "$$").replace("#", "\\#").replace(" ", "\\ ")
