"""Text word by word: stems, lemmas, stop words; and the stream that these and ``embed tag`` share."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from dlcli.backends.embed_stream import Item, Job
from dlcli.core import files, make, report
from dlcli.core.errors import DataError, UsageError
from dlcli.core.nearest import nearest
from dlcli.core.output import STDOUT, Output
from dlcli.core.recipe import Resolved
from dlcli.data import nltk_data, text
from dlcli.methods import lemmas, stems, stopwords, tagger
from dlcli.ops import sentences, tokens
from dlcli.ui import tables
from dlcli.ui.console import result, say


@dataclass(frozen=True)
class Answer:
    """What is said of a line of text.

    Args:
        text: what to print, with its line end.
        item: the same for JSON.

    """

    text: str
    item: Item


@dataclass(frozen=True)
class Work:
    """What a verb does.

    Args:
        verb: its name.
        engine: what does it, named.
        answer: a line of text → what is said of it.
        better: what better data would give; empty when there is nothing to say.
        read: files it needs beside the text.
        model: the model argument, if there is one.

    """

    verb: str
    engine: str
    answer: Callable[[str], Answer]
    better: str = ""
    read: tuple[str, ...] = ()
    model: str | None = None


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
        return Answer(f"{' '.join(stemmed)}\n", {"words": found, "stems": stemmed})

    stream(Work("stem", name, answer), words, resolved, output, place)


def lemmatize(words: Sequence[str], resolved: Resolved, output: Output, place: Place) -> None:
    """Run ``dlcli embed lemmatize``; prints or writes a line of lemmas for each line."""
    recipe = resolved.recipe
    held = lemmas.open_(recipe.engine, nltk_data.find("corpora/wordnet") is not None)
    cut = cutter(recipe.by)
    tags = open_tagger(recipe.tagger) if recipe.pos == "auto" else None

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
        return Answer(f"{' '.join(given)}\n", {"words": found, "pos": parts, "lemmas": given})

    name = f"{held.name}; parts of speech: {tags.name if tags else f'all {recipe.pos}'}"
    stream(Work("lemmatize", name, answer, tags.better if tags else ""), words, resolved, output, place)


def open_tagger(engine: str) -> tagger.Tagger:
    """Return a tagger; see ``tagger.open_``."""
    return tagger.open_(engine, nltk_data.find(f"taggers/{tagger.NLTK_DATA}") is not None)


def stop(words: Sequence[str], resolved: Resolved, output: Output, place: Place) -> None:
    """Run ``dlcli embed stopwords``; prints or writes each line without its stop words."""
    recipe = resolved.recipe
    listed, name, read = _list(recipe.source)
    listed = listed if read else listed | stopwords.CLITICS
    cut = cutter(recipe.by)

    def answer(line: str) -> Answer:
        found = [word for sentence in cut(line) for word in sentence]
        kept = [word for word in found if (word.lower() in listed) == recipe.invert]
        return Answer(f"{' '.join(kept)}\n", {"words": kept, "left_out": len(found) - len(kept)})

    stream(Work("stopwords", name, answer, read=read), words, resolved, output, place)


def stop_list(words: Sequence[str], resolved: Resolved, output: Output, place: Place) -> None:
    """Run ``dlcli embed stopwords --list``; prints or writes the list, a word a line."""
    if words:
        raise UsageError(f"{words[0]}: --list prints the list; no text is read", f"leave {words[0]} out", key="TEXT")
    if unused := [key for key in ("by", "invert") if key in resolved.origins]:
        text_ = f"{resolved.origins[unused[0]]}: --list prints the list as it is; {unused[0]} is of text"
        raise UsageError(text_, "leave it out", key=unused[0])
    make.check(place.stamp, place.depfile, place.out)
    resolved.refuse_stdin(resolved.recipe.source)
    make.refuse_inputs([*map(str, resolved.files), resolved.recipe.source], place.out, place.stamp, place.depfile)
    listed, name, read = _list(resolved.recipe.source)
    say(f"list: {name}", output.quiet)
    written = {} if place.out in (None, STDOUT) else {"out": str(place.out)}
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
        raise DataError(f"{text.shown(source)} has no words", "give a file with one or more words a line")
    return listed, f"{text.shown(source)}, {len(listed)} words", (source,)


def cutter(by: str) -> Callable[[str], Iterable[list[str]]]:
    """Return the function that cuts a line to sentences of words."""
    if by == "whitespace":
        return lambda line: tagger.sentences_of(line.split())
    return lambda line: (tokens.words(sentence) for sentence in sentences.split(line))


def stream(work: Work, words: Sequence[str], resolved: Resolved, output: Output, place: Place) -> None:
    """Answer text line by line, and write what make wants.

    Effects: prints or writes what is said of each line of text, as text or as an item of JSON.

    Raises:
        DataError: the text cannot be read; with ``--jsonl`` that costs one item a file, unless none can be.

    """
    make_files = {"stamp": place.stamp, "depfile": place.depfile}
    job = Job(f"embed {work.verb}", words, resolved, output, place.out, read=work.read, model=work.model, **make_files)
    if list(job.read).count(text.STDIN) > 1:
        raise UsageError("stdin can be read once", "give the other as a file", key="TEXT")
    say(f"engine: {work.engine}", output.quiet)
    if work.better:
        say(work.better, output.quiet)
    counts: dict[str, Any] = {"engine": work.engine, "better": work.better or None, "lines": 0}
    job.run(_parts(job, work, counts), lambda: counts)
    job.note_empty(counts["lines"])


def _parts(job: Job, work: Work, counts: dict[str, Any]) -> Iterator[tuple[str, list[Item]]]:
    failed = 0
    for place in job.places:
        number = 1
        try:
            for batch in text.batches(place):
                answers = [work.answer(line) for line in batch]
                about = ({"input": place, "line": n, "engine": work.engine} for n in range(number, number + len(batch)))
                number += len(batch)
                counts["lines"] += len(batch)
                items = [{**a, **answer.item} for a, answer in zip(about, answers, strict=True)]
                yield "".join(answer.text for answer in answers), items
        except DataError as error:
            failed += 1
            if not job.output.jsonl or failed == len(job.places):
                raise
            told = {"code": int(error.code), "message": error.message, "hint": error.hint}
            yield "", [{"input": place, "error": told}]
