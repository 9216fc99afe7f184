"""What the verbs that ask word vectors share: opening them, questions from stdin, answers as tables or JSON."""

from __future__ import annotations

import json
import select
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from dlcli.core import report
from dlcli.core.errors import DataError, Exit, UsageError
from dlcli.core.output import Output
from dlcli.data import text, vectors
from dlcli.methods import word_queries
from dlcli.ops.word_vectors import WordVectors
from dlcli.ui import tables
from dlcli.ui.console import is_live, result, say, say_each

Item = dict[str, Any]
T = TypeVar("T")
SPELLED = 20  # unknown words that near spellings are looked for; each takes up to a fifth of a second


def open_(argument: str, output: Output) -> WordVectors:
    """Open word vectors and say what should be known of them.

    Raises:
        ModelError: missing, broken or no word vectors.

    """
    found = vectors.read(argument)
    say_each(list(found.notes), output.quiet)
    lost = len(found) - int(word_queries.usable(found).sum())
    if lost:
        say(f"{argument}: {lost} vectors are zero and so have no direction; they are near to no word", output.quiet)
    return found


def words_or_stdin(words: Sequence[str], argument: str, what: str) -> list[str] | None:
    """Return the words typed, or None where a question a line comes on stdin.

    Raises:
        UsageError: neither; or stdin would be read twice.

    """
    piped = list(words) == [text.STDIN] or (not words and sys.stdin is not None and not sys.stdin.isatty())
    if not piped and not words:
        raise UsageError(f"which words? give {what}, or - for stdin", key="WORD")
    if text.STDIN in words and len(words) > 1:
        raise UsageError("- stands for words on stdin and goes with no other word", key="WORD")
    if piped and argument == text.STDIN:
        raise UsageError("vectors and words cannot both come on stdin", "give the vectors as a file", key="VECTORS")
    return None if piped else list(words)


def asked_lines() -> Iterator[str]:
    """Yield the lines of stdin that hold something.

    Raises:
        DataError: there is none, or it is no UTF-8.

    """
    empty = True
    for line in text.lines(text.STDIN):
        if line.strip():
            empty = False
            yield line.strip()
    if empty:
        raise DataError("stdin holds no word", "give a question a line")


def chunks(questions: Iterable[T], size: int, piped: bool) -> Iterator[list[T]]:
    """Yield questions in portions, which are quicker to answer together.

    A portion ends early where stdin has nothing more at the moment, so a program that waits for an answer before it
    asks again gets one.

    Args:
        questions: typed or read.
        size: of a portion at most.
        piped: they come on stdin.

    """
    portion: list[T] = []
    for question in questions:
        portion.append(question)
        if len(portion) == size or (piped and not _more_waits()):
            yield portion
            portion = []
    if portion:
        yield portion


def _more_waits() -> bool:
    """Say whether stdin can be read without waiting, which its end can too."""
    try:
        return bool(select.select([sys.stdin.fileno()], [], [], 0)[0])
    except (OSError, ValueError, AttributeError):  # no real stdin, or a system that asks so of sockets alone
        return True


@dataclass
class Lookup:
    """From words to rows, with a helpful error for those that cannot be found.

    Args:
        vectors: the table.

    """

    vectors: WordVectors
    spelled: int = 0

    def __post_init__(self) -> None:
        self.usable = word_queries.usable(self.vectors)

    def rows(self, words: Sequence[str]) -> list[int] | Item:
        """Return the rows of words, or the error of the first that has none."""
        found = []
        for word in words:
            row = self.vectors.index.get(word)
            if row is None:
                return self._unknown(word)
            if not self.usable[row]:
                return _error(f"the vector of {word!r} is zero, so nothing is near to it")
            found.append(row)
        return found

    def _unknown(self, word: str) -> Item:
        self.spelled += 1
        near = word_queries.near_spellings(word, self.vectors) if self.spelled <= SPELLED else []
        hint = f"spelled alike: {', '.join(map(repr, near))}" if near else ""
        return _error(f"{word!r} is not among the {len(self.vectors):,} words", hint)


def _error(message: str, hint: str = "") -> Item:
    return {"code": int(Exit.DATA), "message": message, "hint": hint}


def error(input_: str, message: str, hint: str = "") -> Item:
    """Return the item of a question that cannot be answered."""
    return {"input": input_, "error": _error(message, hint)}


def failed(input_: str, why: Item) -> Item:
    """Return the item of a question whose words have no rows."""
    return {"input": input_, "error": why}


@dataclass
class Answers:
    """Takes the answers one by one and prints them: at once with ``--jsonl``, otherwise at the end.

    Args:
        command: the words of the command.
        model: the argument the vectors came from.
        output: how to speak.

    """

    command: str
    model: str
    output: Output
    items: list[Item] = field(default_factory=list)
    errors: list[Item] = field(default_factory=list)
    count: int = 0

    def __post_init__(self) -> None:
        self.started_s = time.monotonic()

    def add(self, item: Item) -> None:
        """Take an answer or an error."""
        self.count += 1
        if "error" in item:
            self.errors.append(item)
        if self.output.jsonl:
            result(json.dumps(tables.finite(item), ensure_ascii=False))
        elif self.output.json or "error" not in item:
            self.items.append(item)

    def finish(self, rows_of: Callable[[Item], list[Item]], **more: Any) -> None:
        """Print what is left to print.

        Args:
            rows_of: an answer as rows of a table, the first column telling the question.
            more: what the document holds besides.

        Raises:
            DataError: no question could be answered.

        """
        if self.output.json:
            seconds = time.monotonic() - self.started_s
            doc = report.document(self.command, model=self.model, seconds=seconds, **more, items=self.items)
            tables.show(doc, [], self.output)
        elif not self.output.jsonl:
            tables.show({}, self._tables(rows_of), self.output)
        told = [e["error"] for e in self.errors]
        if self.errors and len(self.errors) == self.count:
            message, hint = told[0]["message"], told[0]["hint"]
            if self.count > 1:
                message, hint = f"none of {self.count} questions could be answered; the first: {message}", hint
            raise DataError(message, hint)
        if not self.output.machine:
            say_each([e["message"] + (f"; {e['hint']}" if e["hint"] else "") for e in told], limit=20)

    def _tables(self, rows_of: Callable[[Item], list[Item]]) -> list[tuple[str, list[Item]]]:
        """Return a table a question for people, one with all for pipes."""
        held = [rows_of(item) for item in self.items]
        if not is_live(sys.stdout) or all(len(rows) == 1 for rows in held):
            return [("", [row for rows in held for row in rows])]
        titled = []
        for rows in held:
            if rows:
                first = next(iter(rows[0]))
                titled.append((str(rows[0][first]), [{k: v for k, v in row.items() if k != first} for row in rows]))
        return titled
