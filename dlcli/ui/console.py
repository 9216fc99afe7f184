"""Where words go: results to stdout, everything else to stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any, TextIO


def is_live(stream: TextIO) -> bool:
    """Say whether a stream is a terminal that can redraw lines."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def console(stream: TextIO) -> Any:
    """Return a Rich console on a stream; without color for NO_COLOR, without control codes off a terminal."""
    from rich.console import Console

    live = is_live(stream)
    return Console(file=stream, force_terminal=live, force_interactive=live, highlight=False, soft_wrap=False)


def say(text: str, quiet: bool = False) -> None:
    """Print a line for people on stderr."""
    if not quiet:
        print(text, file=sys.stderr, flush=True)  # noqa: T201


def say_each(texts: Sequence[str], quiet: bool = False, limit: int = 10) -> None:
    """Print the first of many lines for people on stderr, and how many more there are."""
    for text in texts[:limit]:
        say(text, quiet)
    if len(texts) > limit:
        say(f"… and {len(texts) - limit} more", quiet)


def result(text: str) -> None:
    """Print a result on stdout."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")
    sys.stdout.flush()
