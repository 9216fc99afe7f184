"""Text through a verb of ``dlcli embed``: read and written as it comes, told as lines, items or a document."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from dlcli.core import files, make, report
from dlcli.core.errors import ModelError, UsageError
from dlcli.core.output import STDOUT, Output
from dlcli.core.recipe import Resolved
from dlcli.data import text
from dlcli.methods import bpe_apply
from dlcli.ui import tables
from dlcli.ui.console import result, say, stream

Write = Callable[[str], None]
Item = dict[str, Any]


class Job:
    """What a verb that turns text into text reads, writes and says.

    Args:
        command: its words, such as ``embed tokenize``.
        words: the words typed for text; none: stdin.
        resolved: the recipe.
        output: how to speak.
        out: the file to write instead of stdout, or None.
        read: other files that are read, for make.
        model: the model argument, if there is one.
        stamp: file written last, for make.
        depfile: file for the rule of what was read.

    Raises:
        UsageError: no text, or a file that is read would be overwritten.
        DataError: a file that is to be written cannot be.

    """

    def __init__(
        self,
        command: str,
        words: Sequence[str] | None,
        resolved: Resolved,
        output: Output,
        out: str | None,
        *,
        read: Iterable[str | None] = (),
        model: str | None = None,
        stamp: str | None = None,
        depfile: str | None = None,
    ):
        self.started_s = time.monotonic()
        self.command, self.output, self.model = command, output, model
        self.out = None if out == STDOUT else out
        self.words = text.asked(words)
        self.places = text.places(self.words)
        self.read = [*self.places, *(r for r in (*read, model) if r)]
        self._recipes = [str(p) for p in resolved.files]
        self._stamp, self._depfile = stamp, depfile
        make.check(stamp, depfile, self.out)
        make.refuse_inputs([*self.read, *self._recipes], self.out, stamp, depfile)
        self.writes(self.out, "--out")
        resolved.refuse_stdin(*self.read)

    def writes(self, path: str | None, option: str) -> None:
        """Refuse to write a file that is read, or that cannot be written."""
        if path == "":
            raise UsageError(f"{option} '' names no file", key=option)
        make.refuse_input(path, self.read, option)
        make.check_writable(path)

    @property
    def jsonl(self) -> bool:
        """Whether a line is an item of JSON: when asked, or by the ending of the file."""
        return self.output.jsonl or (self.out or "").endswith(".jsonl")

    @property
    def collects(self) -> bool:
        """Whether the items go into the one document on stdout."""
        return self.output.json and self.out is None

    @contextmanager
    def sink(self) -> Iterator[Write]:
        """Give the function that writes: to stdout at once, or to the file, which is there when all is done."""
        if self.out is None:
            yield stream
            return
        with files.replacing(self.out) as file:
            yield lambda part: file.write(part.encode(errors="backslashreplace"))

    def run(self, parts: Iterable[tuple[str, list[Item]]], counts: Callable[[], Item]) -> None:
        """Write all parts and say what there is to say.

        Args:
            parts: text to write, and the items it is of where JSON is asked for.
            counts: called at the end; what the document says beside the items.

        """
        items: list[Item] = []
        with self.sink() as write:
            for written, of in parts:
                if self.collects:
                    items += of
                elif self.jsonl:
                    write("".join(f"{json.dumps(item, ensure_ascii=False)}\n" for item in of))
                else:
                    write(written)
            self._rule()
        self.done(counts(), items)

    def _rule(self) -> None:
        make.write_depfile(self._depfile, self._stamp or str(self.out), [*self._recipes, *self.read])

    def done(self, counts: Item, items: list[Item]) -> None:
        """Print the document, if one is asked for, and write the stamp."""
        held = {} if self.out is None else {"out": self.out}
        about = {"model": self.model, "data": " ".join(self.words), "seconds": time.monotonic() - self.started_s}
        doc = report.document(self.command, **about, files={**held, **counts.pop("files", {})}, **counts, items=items)
        if self.output.json:
            result(tables.as_json(doc))
        if self.out is not None:
            say(f"written: {self.out}", self.output.quiet)
        make.write_stamp(self._stamp, " ".join(self.words))

    def note_empty(self, lines: int) -> None:
        """Say that there was nothing to read; an empty text is no error, as for other filters."""
        if not lines:
            say(f"nothing to read: {' '.join(map(text.shown, self.places))} is empty", self.output.quiet)


def read_model(path: str) -> bytes:
    """Return what is in a file of a model.

    Raises:
        ModelError: it cannot be read.

    """
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise ModelError(f"cannot read {files.shown(path)}: {error.strerror or error}") from error


def read_codes(path: str) -> bpe_apply.Codes:
    """Return the merges of a file.

    Raises:
        ModelError: it cannot be read, or is no file of merges.

    """
    data = read_model(path)
    try:
        held = data.decode()
    except UnicodeDecodeError as error:
        raise ModelError(f"{files.shown(path)} is no file of merges: it is not UTF-8") from error
    return bpe_apply.parse(held.removeprefix(text.MARK), files.shown(path))
