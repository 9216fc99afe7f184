"""Text: files, packed files, stdin and builtins as lines of Unicode, read as a stream."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from dlcli.core import files, sources
from dlcli.core.errors import DataError, UsageError

STDIN = "-"
PACKED = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\x00": lzma.open}


def places(words: Iterable[str]) -> list[str]:
    """Return the file of each word for text: a path, ``-`` or a builtin such as ``lee``.

    Raises:
        UsageError: a word that is neither.
        DataError: a builtin whose package is not complete.

    """
    found = []
    for word in words:
        try:
            source = sources.parse_corpus(word)
        except ValueError as error:
            raise UsageError(str(error), key="TEXT") from None
        found.append(_builtin(source.path) if source.kind == "builtin" else source.path)
    if found.count(STDIN) > 1:
        raise UsageError("- (stdin) is named twice; it can be read once", key="TEXT")
    return found


def _builtin(name: str) -> str:
    from importlib.util import find_spec

    spec = find_spec("gensim")
    path = os.path.join(os.path.dirname((spec and spec.origin) or ""), "test", "test_data", "lee_background.cor")
    if name != "lee" or not os.path.isfile(path):
        raise DataError(
            f"the builtin corpus {name!r} comes with gensim, whose test data is not installed", "name a file"
        )
    return path


def is_packed(place: str) -> bool:
    """Say whether a file is packed with gzip, bzip2 or xz; found by its first bytes, not by its name."""
    try:
        with open(place, "rb") as file:
            return _opener(file.read(6)) is not None
    except OSError as error:
        raise _unreadable(place, error) from error


def _opener(head: bytes):
    return next((opener for magic, opener in PACKED.items() if head.startswith(magic)), None)


@contextmanager
def opened(place: str) -> Iterator[BinaryIO]:
    """Open one file of text, unpacked, as bytes.

    Args:
        place: a path, or ``-`` for stdin.

    Raises:
        DataError: it cannot be read, or breaks off.

    """
    try:
        if place == STDIN:
            if sys.stdin is None:  # closed by the caller: `<&-`
                raise DataError("stdin is closed", "give a text file, or text on stdin")
            raw: BinaryIO = sys.stdin.buffer if hasattr(sys.stdin, "buffer") else io.BytesIO(sys.stdin.read().encode())
            held = raw if hasattr(raw, "peek") else io.BufferedReader(raw)  # type: ignore[arg-type]
        else:
            held = open(place, "rb", buffering=1 << 20)  # noqa: SIM115 - closed below
        try:
            opener = _opener(held.peek(6)[:6])  # type: ignore[attr-defined]
            yield held if opener is None else opener(held)  # type: ignore[misc]
        finally:
            if place != STDIN:
                held.close()
    except (EOFError, gzip.BadGzipFile, lzma.LZMAError) as error:
        raise DataError(f"{files.shown(place)} is packed and breaks off or is broken: {error}") from error
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _unreadable(place, error) from error


def _unreadable(place: str, error: OSError) -> DataError:
    return DataError(f"cannot read {files.shown(place)}: {error.strerror or error}", "give a text file, or - for stdin")


def lines(place: str) -> Iterator[str]:
    r"""Yield the lines of one file without their ``\n``; a byte-order mark at the start is dropped.

    Only ``\n`` ends a line: other signs that Unicode calls line ends stay where they are, so nothing is lost.

    Raises:
        DataError: not UTF-8 (names file, line and byte), or it cannot be read.

    """
    with opened(place) as file:
        for number, raw in enumerate(file, 1):
            if number == 1 and raw.startswith(b"\xef\xbb\xbf"):
                raw = raw[3:]
            try:
                yield raw.removesuffix(b"\n").decode()
            except UnicodeDecodeError as error:
                raise not_utf8(place, number, raw, error.start) from None


def not_utf8(place: str, number: int, raw: bytes, start: int, before: int = 0) -> DataError:
    """Return the error for a line that is no UTF-8; ``before`` bytes of it stand before ``raw``."""
    name = "stdin" if place == STDIN else files.shown(place)
    if not before and raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return DataError(f"{name} is UTF-16, not UTF-8", f"iconv -f utf-16 -t utf-8 {name} makes it UTF-8")
    return DataError(
        f"{name}:{number}: byte {before + start + 1} of the line is {raw[start]:#04x}, which is not UTF-8",
        f"iconv -f latin1 -t utf-8 {name} makes it UTF-8, if it is Latin-1",
    )


def all_lines(words: Iterable[str]) -> Iterator[str]:
    """Yield the lines of several words for text, one after the other; see ``places`` and ``lines``."""
    for place in places(words):
        yield from lines(place)
