"""Text that is read twice: what is no file on a disk is put by while it is read the first time."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import BinaryIO

from dlcli.data import text


class Twice:
    """The lines of several files, which can be read again; a context manager.

    Args:
        places: paths, ``-`` for stdin; pipes too.

    """

    def __init__(self, places: Sequence[str]):
        self.places = list(places)
        self._kept: dict[int, BinaryIO] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Twice:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def first(self) -> Iterator[str]:
        """Yield all lines.

        Effects: those of stdin and pipes go to a temporary file, which ends with the context.
        """
        for number, place in enumerate(self.places):
            if os.path.isfile(place):
                yield from text.lines(place)
                continue
            kept = self._kept[number] = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the context
            self._stack.enter_context(kept)
            for line in text.lines(place):
                kept.write(line.encode() + b"\n")
                yield line

    def lines(self) -> Iterator[tuple[int, int, str]]:
        """Yield (which of the places, number of the line from 1, the line); ``first`` may have been read to its end."""
        for number, place in enumerate(self.places):
            for count, line in enumerate(self._again(number, place), 1):
                yield number, count, line

    def _again(self, number: int, place: str) -> Iterator[str]:
        kept = self._kept.get(number)
        if kept is None:
            yield from text.lines(place)
            return
        kept.seek(0)
        for raw in kept:
            yield raw.removesuffix(b"\n").decode()
