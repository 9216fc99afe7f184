"""What a user points at: files, folders, globs, a list or a picture on stdin."""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from dlcli.core.errors import DataError
from dlcli.data import folders, images

# First bytes of the picture formats that may arrive on stdin.
MAGIC = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"RIFF", b"II*\x00", b"MM\x00*", b"P5", b"P6", b"P4")
STDIN = "-"


def expand(words: Sequence[str]) -> tuple[list[str], dict[str, bytes]]:
    """Return the picture files that words name, in order.

    A folder means every picture below it; a pattern what it matches; ``-`` the names on stdin, one a line or separated
    by NUL, or one picture itself. A named file that does not exist stays in the list: it costs one error record.

    Args:
        words: as typed.

    Returns:
        file names, and the bytes of those that are no files (stdin).

    Raises:
        DataError: nothing named, a folder without pictures, a pattern without matches.

    """
    found: list[str] = []
    held: dict[str, bytes] = {}
    for word in words:
        if word == STDIN:
            names, picture = _stdin()
            found += names
            if picture is not None:
                held["stdin"] = picture
                found.append("stdin")
        elif os.path.isdir(word):
            inside = folders.walk(Path(word))
            if not inside:
                raise DataError(f"no pictures below {word}")
            found += inside
        elif not os.path.exists(word) and glob.has_magic(word):
            matches = sorted(p for p in glob.glob(word, recursive=True) if images.is_picture(p) and os.path.isfile(p))
            if not matches:
                raise DataError(f"no picture matches {word}")
            found += matches
        else:
            found.append(word)
    if not found:
        raise DataError("no pictures were named", "give files, folders, a pattern, or - for a list on stdin")
    return found, held


def _stdin() -> tuple[list[str], bytes | None]:
    if sys.stdin is None:  # closed by the caller: `<&-`
        raise DataError("stdin is closed; - reads a list or a picture from it", "give files, folders or a pattern")
    data = sys.stdin.buffer.read()
    if data.startswith(MAGIC):
        return [], data
    separator = b"\0" if b"\0" in data else b"\n"
    names = [n.rstrip(b"\r") for n in data.split(separator)]
    return [os.fsdecode(n) for n in names if n.strip()], None
