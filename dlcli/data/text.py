"""Text: files, packed files, stdin and builtins as lines of Unicode, read as a stream."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import stat
import sys
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from dlcli.core import files, sources
from dlcli.core.errors import DataError, UsageError

STDIN = "-"
MARK = "\ufeff"  # the byte-order mark, which some editors put in front of a file
_CHUNK, _PIPED = 1 << 20, 1 << 16
PACKED = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\x00": lzma.open}


def asked(words: Sequence[str] | None) -> list[str]:
    """Return the words typed for text; without any it is stdin, unless somebody would have to type it.

    Raises:
        UsageError: no words, and stdin is a terminal.

    """
    if words:
        return list(words)
    if sys.stdin is not None and sys.stdin.isatty():
        raise UsageError(
            "which text? give a file, a builtin such as lee, or - for stdin", "or pipe text into it", key="TEXT"
        )
    return [STDIN]


def nothing_comes(words: Sequence[str] | None) -> bool:
    """Say whether no text was named and none waits on stdin, so that a worked example may be shown instead.

    A terminal waits for keys and ``/dev/null`` has nothing; a pipe or a file has text.
    """
    if words:
        return False
    try:
        mode = os.fstat(sys.stdin.fileno()).st_mode
    except (OSError, ValueError, AttributeError):  # closed, or replaced by something without a file
        return True
    return stat.S_ISCHR(mode)


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
        held = _stdin() if place == STDIN else open(place, "rb", buffering=_CHUNK)  # noqa: SIM115 - closed below
        try:
            opener = _opener(held.peek(6)[:6])  # type: ignore[attr-defined]
            yield held if opener is None else opener(held)  # type: ignore[misc]
        finally:
            if place != STDIN:
                held.close()
    except (EOFError, gzip.BadGzipFile, zlib.error, lzma.LZMAError) as error:
        raise DataError(f"{shown(place)} is packed and breaks off or is broken: {error}") from error
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _unreadable(place, error) from error


def _stdin() -> BinaryIO:
    if sys.stdin is None:
        raise DataError("stdin is closed", "pipe text into the command, or name a file")
    raw: BinaryIO = sys.stdin.buffer if hasattr(sys.stdin, "buffer") else io.BytesIO(sys.stdin.read().encode())
    return raw if hasattr(raw, "peek") else io.BufferedReader(raw)  # type: ignore[arg-type,return-value]


def shown(place: str) -> str:
    """Return what a file of text is called in a message."""
    return "stdin" if place == STDIN else files.shown(place)


def _unreadable(place: str, error: OSError) -> DataError:
    return DataError(f"cannot read {shown(place)}: {error.strerror or error}", "give a text file, or - for stdin")


def blocks(place: str, path: str | None = None) -> Iterator[str]:
    r"""Yield one file in portions of whole lines, each with its ``\n``, as soon as there is one to read.

    Nothing is dropped: put together they are the file, a byte-order mark and a missing last ``\n`` included. Only
    ``\n`` ends a line: other signs that Unicode calls line ends stay where they are.

    Args:
        place: a path, or ``-`` for stdin.
        path: where to read it, if that is a copy; messages name ``place``.

    Raises:
        DataError: not UTF-8 (names file, line and byte; the lines before are yielded), or it cannot be read.

    """
    number = 1
    held: list[bytes] = []  # the beginning of a line; joined once, so a huge line costs no more than many short ones
    for chunk in _chunks(place if path is None else path):
        end = chunk.rfind(b"\n") + 1
        if end:
            raw = b"".join([*held, chunk[:end]])
            held = []
            yield from _decoded(place, number, raw)
            number += raw.count(b"\n")
        if end < len(chunk):
            held.append(chunk[end:])
    if held:
        yield from _decoded(place, number, b"".join(held))


def _chunks(place: str) -> Iterator[bytes]:
    with opened(place) as file:
        # read1 waits for the first byte only, so a pipe that is slow to fill is answered line by line.
        while chunk := file.read1(_PIPED if place == STDIN else _CHUNK):  # type: ignore[attr-defined]
            yield chunk


def _decoded(place: str, number: int, raw: bytes) -> Iterator[str]:
    try:
        yield raw.decode()
    except UnicodeDecodeError as error:
        begin = raw.rfind(b"\n", 0, error.start) + 1
        if begin:
            yield raw[:begin].decode()
        end = raw.find(b"\n", begin)
        line = raw[begin:] if end < 0 else raw[begin:end]
        raise not_utf8(place, number + raw.count(b"\n", 0, begin), line, error.start - begin) from None


def batches(place: str, path: str | None = None) -> Iterator[list[str]]:
    r"""Yield the lines of one file as lists, without their ``\n`` and without a byte-order mark; see ``blocks``."""
    for number, block in enumerate(blocks(place, path)):
        yield (block if number else block.removeprefix(MARK)).removesuffix("\n").split("\n")


def lines(place: str, path: str | None = None) -> Iterator[str]:
    r"""Yield the lines of one file without their ``\n``; a byte-order mark at the start is dropped.

    Args:
        place: a path, or ``-`` for stdin.
        path: where to read it, if that is a copy; messages name ``place``.

    Raises:
        DataError: not UTF-8 (names file, line and byte), or it cannot be read.

    """
    for batch in batches(place, path):
        yield from batch


@contextmanager
def readable_twice(found: Iterable[str]) -> Iterator[dict[str, str]]:
    """Give a path for each place that can be read more than once: stdin and pipes are copied, unpacked, until the end.

    Raises:
        RunFailed: no space for the copy.
    Effects: a folder in the place for temporary files, removed at the end.

    """
    with tempfile.TemporaryDirectory(prefix="dlcli-") as folder:
        paths = {}
        for number, place in enumerate(dict.fromkeys(found)):
            if place != STDIN and (os.path.isfile(place) or not os.path.exists(place)):
                paths[place] = place
                continue
            paths[place] = os.path.join(folder, str(number))
            copy = open(paths[place], "wb")  # noqa: SIM115 - closed below, where its errors are told
            try:
                for chunk in _chunks(place):
                    copy.write(chunk)
                copy.close()
            except OSError as error:
                raise files.writing_failed(Path(paths[place]), error) from error
            finally:
                with suppress(OSError):
                    copy.close()
        yield paths


def not_utf8(place: str, number: int, raw: bytes, start: int, before: int = 0) -> DataError:
    """Return the error for a line that is no UTF-8; ``before`` bytes of it stand before ``raw``."""
    name = shown(place)
    if number == 1 and not before and raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return DataError(f"{name} is UTF-16, not UTF-8", _recoded(place, "utf-16"))
    return DataError(
        f"{name}:{number}: byte {before + start + 1} of the line is {raw[start]:#04x}, which is not UTF-8",
        f"{_recoded(place, 'latin1')}, if it is Latin-1",
    )


def _recoded(place: str, encoding: str) -> str:
    if place == STDIN:
        return f"pipe it through iconv -f {encoding} -t utf-8 first"
    return f"iconv -f {encoding} -t utf-8 {shown(place)} makes it UTF-8"


def all_lines(words: Iterable[str]) -> Iterator[str]:
    """Yield the lines of several words for text, one after the other; see ``places`` and ``lines``."""
    for place in places(words):
        yield from lines(place)
