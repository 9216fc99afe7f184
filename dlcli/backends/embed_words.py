"""Text word by word: stems, lemmas, stop words; and the stream that these and ``embed tag`` share."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from dlcli.core import files, make, report
from dlcli.core.errors import DataError, UsageError
from dlcli.core.nearest import nearest
from dlcli.core.output import Output
from dlcli.core.recipe import Resolved
from dlcli.data import text
from dlcli.methods import lemmas, stems, stopwords, tagger
from dlcli.ops import sentences, tokens
from dlcli.ui import tables
from dlcli.ui.console import result, say

Record = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What is said of a line of text.

    Args:
        text: the line to print.
        record: the same for JSON.

    """

    text: str
    record: Record


@dataclass(frozen=True)
class Work:
    """What a verb does.

    Args:
        verb: its name.
        engine: what does it, named.
        answer: a line of text → what is said of it.
        better: what better data would give; empty when there is nothing to say.
        read: files it needs, for make.

    """

    verb: str
    engine: str
    answer: Callable[[str], Answer]
    better: str = ""
    read: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """Where the answers go.

    Args:
        out: the file; None or ``-``: stdout. One that ends in .jsonl gets JSON.
        stamp: what make wants written last.
        depfile: what make wants written of what was read.

    """

    out: str | None = None
    stamp: str | None = None
    depfile: str | None = None


def stem(words: Sequence[str], resolved: Resolved, output: Output, place: Place) -> None:
    """Run ``dlcli embed stem``; prints or writes a line of stems for each line."""
    recipe = resolved.recipe
    of, name = stems.stemmer(recipe.algorithm, recipe.language)
    cut = cutter(recipe.by)

    def answer(line: str) -> Answer:
        found = [word for sentence in cut(line) for word in sentence]
        stemmed = [of(word) for word in found]
        return Answer(" ".join(stemmed), {"words": found, "stems": stemmed})

    stream(Work("stem", name, answer), words, resolved, output, place)


def lemmatize(words: Sequence[str], resolved: Resolved, output: Output, place: Place) -> None:
    """Run ``dlcli embed lemmatize``; prints or writes a line of lemmas for each line."""
    recipe = resolved.recipe
    held = lemmas.open_(recipe.engine)
    cut = cutter(recipe.by)
    tags = tagger.open_(recipe.tagger) if recipe.pos == "auto" else None

    def answer(line: str) -> Answer:
        found, parts, given = [], [], []
        for sentence in cut(line):
            found += sentence
            if tags is None:
                parts += [recipe.pos] * len(sentence)
                given += [held.of(word.lower(), recipe.pos) for word in sentence]
            else:
                told = tags.tag(sentence)
                parts += told
                given += [held.tagged(word, tag) for word, tag in zip(sentence, told, strict=True)]
        return Answer(" ".join(given), {"words": found, "pos": parts, "lemmas": given})

    name = f"{held.name}; parts of speech: {tags.name if tags else f'all {recipe.pos}'}"
    stream(Work("lemmatize", name, answer, tags.better if tags else ""), words, resolved, output, place)


def stop(words: Sequence[str], resolved: Resolved, output: Output, place: Place) -> None:
    """Run ``dlcli embed stopwords``; prints or writes each line without its stop words."""
    recipe = resolved.recipe
    listed, name, read = _list(recipe.source)
    listed = listed if read else listed | stopwords.CLITICS
    cut = cutter(recipe.by)

    def answer(line: str) -> Answer:
        found = [word for sentence in cut(line) for word in sentence]
        stopped = [word.lower() in listed for word in found]
        kept = [word for word, is_stop in zip(found, stopped, strict=True) if is_stop == recipe.invert]
        return Answer(" ".join(kept), {"words": kept, "left_out": len(found) - len(kept)})

    stream(Work("stopwords", name, answer, read=read), words, resolved, output, place)


def stop_list(words: Sequence[str], resolved: Resolved, output: Output, place: Place) -> None:
    """Run ``dlcli embed stopwords --list``; prints or writes the list, a word a line."""
    if words:
        raise UsageError(f"{words[0]}: --list prints the list; no text is read", f"leave {words[0]} out", key="TEXT")
    make.check(place.stamp, place.depfile, place.out)
    listed, name, read = _list(resolved.recipe.source)
    say(f"list: {name}", output.quiet)
    written = {} if place.out in (None, text.STDIN) else {"list": str(place.out)}
    make.write_depfile(place.depfile, place.stamp or str(place.out), [*map(str, resolved.files), *read])
    if written:
        files.write_text(str(place.out), "".join(f"{word}\n" for word in sorted(listed)))
        say(f"written: {place.out}", output.quiet)
    items = [{"input": word} for word in sorted(listed)]
    if output.machine:
        tables.show(report.document("embed stopwords", engine=name, files=written, items=items), [], output)
    elif not written:
        result("".join(f"{word}\n" for word in sorted(listed)))
    make.write_stamp(place.stamp, name)


def _list(source: str) -> tuple[frozenset[str], str, tuple[str, ...]]:
    """Return a list of stop words, its name, and the file it stands in."""
    if source in stopwords.SOURCES:
        listed = stopwords.english(source)
        return listed, f"{source}, {len(listed)} words", ()
    if source != text.STDIN and not os.path.exists(source):
        known = ", ".join(stopwords.SOURCES)
        raise UsageError(
            f"--source {source}: no such list and no such file; lists: {known}{nearest(source, stopwords.SOURCES)}",
            "give one of these, or a file of words",
            key="source",
        )
    listed = frozenset(word.lower() for line in text.lines(source) for word in line.split())
    if not listed:
        raise DataError(f"{files.shown(source)} has no words", "give a file with one or more words a line")
    return listed, f"{files.shown(source)}, {len(listed)} words", (source,)


def cutter(by: str) -> Callable[[str], Iterable[list[str]]]:
    """Return the function that cuts a line to sentences of words."""
    if by == "whitespace":
        return lambda line: sentences.cut(line.split())
    return lambda line: (tokens.words(sentence) for sentence in sentences.split(line))


def places(words: Sequence[str], resolved: Resolved) -> list[str]:
    """Return the places of the text that is meant, stdin when none is named.

    Raises:
        UsageError: none is named and stdin is a terminal, or the recipe was read there.

    """
    if not words:
        if sys.stdin.isatty():
            raise UsageError("which text? give text files, the builtin lee, or - for stdin", key="TEXT")
        words = [text.STDIN]
    found = text.places(words)
    if resolved.stdin is not None and text.STDIN in found:
        raise UsageError("the recipe was read from stdin, so the text cannot be", "give the text as a file", key="TEXT")
    return found


def stream(work: Work, words: Sequence[str], resolved: Resolved, output: Output, place: Place) -> None:
    """Answer text line by line, and write what make wants.

    Effects: prints or writes a line, or a JSON record, for each line of text; a document in the end with ``--json``.

    Raises:
        DataError: the text cannot be read; with ``--jsonl`` that costs one record a file, unless none can be.

    """
    started_s = time.monotonic()
    make.check(place.stamp, place.depfile, place.out)
    found = places(words, resolved)
    say(f"engine: {work.engine}", output.quiet)
    if work.better:
        say(work.better, output.quiet)
    records: list[Record] | None = [] if output.json and place.out in (None, "-") else None
    as_json = output.jsonl or (place.out or "").lower().endswith(".jsonl")
    told = _told(work, found, as_json or records is not None, output.jsonl)
    lines = 0

    def printable() -> Iterator[str]:
        nonlocal lines
        for line, record in told:
            lines += 1
            if records is not None:
                records.append(record)
            else:
                yield json.dumps(record, ensure_ascii=False) if as_json else line

    _print(printable(), place)
    seconds = time.monotonic() - started_s
    if output.json:
        written = {} if place.out in (None, "-") else {"text": str(place.out)}
        doc = report.document(
            f"embed {work.verb}", data=" ".join(words) or text.STDIN, files=written, seconds=seconds,
            engine=work.engine, better=work.better or None, lines=lines, items=records or [],
        )  # fmt: skip
        result(tables.as_json(doc))
    if place.out not in (None, "-"):
        say(f"written: {place.out}, {lines:,} line{'s' * (lines != 1)}", output.quiet)
    read = [*map(str, resolved.files), *work.read, *(p for p in found if p != text.STDIN)]
    make.write_depfile(place.depfile, place.stamp or str(place.out), read)
    make.write_stamp(place.stamp, work.engine)


def _told(work: Work, found: Sequence[str], with_record: bool, go_on: bool) -> Iterator[tuple[str, Record]]:
    """Yield what is said of each line, and its record if one is wanted."""
    failed: list[DataError] = []
    for where in found:
        try:
            for number, line in enumerate(text.lines(where), 1):
                answer = work.answer(line)
                about = {"input": where, "line": number, "engine": work.engine} if with_record else {}
                yield answer.text, {**about, **answer.record} if with_record else {}
        except DataError as error:
            failed.append(error)
            if not go_on or len(failed) == len(found):
                raise
            yield "", {"input": where, "error": {"code": int(error.code), "message": error.message, "hint": error.hint}}


def _print(lines: Iterable[str], place: Place) -> None:
    if place.out in (None, "-"):
        for line in lines:
            result(f"{line}\n")
        return
    with files.replacing(str(place.out)) as file:
        for line in lines:
            file.write(f"{line}\n".encode(errors="backslashreplace"))
