"""Where words go: results to stdout, everything else to stderr."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterator, Sequence
from typing import Any, TextIO


def is_live(stream: TextIO) -> bool:
    """Say whether a stream is a terminal that can redraw lines."""
    able = "0" not in (os.environ.get("TTY_COMPATIBLE"), os.environ.get("TTY_INTERACTIVE"))
    return able and stream.isatty() and os.environ.get("TERM") not in ("dumb", "unknown")


def console(stream: TextIO) -> Any:
    """Return a Rich console on a stream; without color for NO_COLOR, without control codes off a terminal."""
    from rich.console import Console

    live = is_live(stream)
    return Console(file=stream, force_terminal=live, force_interactive=live, highlight=False, soft_wrap=False)


@contextlib.contextmanager
def where_seen() -> Iterator[None]:
    """Say something for people; that their terminal has gone is no failure of the work."""
    try:
        yield
    except OSError as error:
        if error.errno != errno.EIO:  # what a write to a closed terminal is answered with
            raise


def say(text: str, quiet: bool = False) -> None:
    """Print a line for people on stderr."""
    if not quiet:
        with where_seen():
            print(text, file=sys.stderr, flush=True)  # noqa: T201


def say_each(texts: Sequence[str], quiet: bool = False, limit: int = 10) -> None:
    """Print the first of many lines for people on stderr, and how many more there are."""
    for text in texts[:limit]:
        say(text, quiet)
    if len(texts) > limit:
        say(f"… and {len(texts) - limit} more", quiet)


def result(text: str) -> None:
    """Print a result on stdout.

    Raises:
        BrokenPipeError: nobody reads it; a terminal that has gone is no different from a closed pipe.

    """
    try:
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
        sys.stdout.flush()
    except OSError as error:
        if error.errno == errno.EIO:
            raise BrokenPipeError from error
        raise


def stream(text: str) -> None:
    """Print a part of a long result on stdout, exactly as it is and in UTF-8 whatever the locale says, at once.

    Raises:
        BrokenPipeError: nobody reads it.

    """
    try:
        sys.stdout.buffer.write(text.encode(errors="backslashreplace"))
        sys.stdout.buffer.flush()
    except OSError as error:
        if error.errno == errno.EIO:
            raise BrokenPipeError from error
        raise
