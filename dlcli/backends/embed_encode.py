"""Vectors of lines of text."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from dlcli.backends import embed_answers as asking
from dlcli.backends.embed_answers import Item
from dlcli.core import bundle, files, make, report
from dlcli.core.errors import DataError, UsageError
from dlcli.core.output import Output
from dlcli.data import text
from dlcli.data.row_files import Rows
from dlcli.methods import sentence_vectors
from dlcli.methods.sentence_vectors import Idf
from dlcli.ops import tokens
from dlcli.ops.word_vectors import WordVectors
from dlcli.ui import tables
from dlcli.ui.console import result, say, say_each

FORMATS = (".jsonl", ".npz", ".npy")
SHOWN = 60  # signs of a line in a message


@dataclass(frozen=True)
class Options:
    """What is asked for beside the recipe.

    Args:
        out: file for the vectors, or None.
        stamp: file to write last.
        depfile: file for the rule.
        recipes: recipe files read.

    """

    out: str | None
    stamp: str | None
    depfile: str | None
    recipes: Sequence[Path]


@dataclass
class _Line:
    """One line and its vector, or None where it has none."""

    input: str
    number: int
    text: str
    words: int
    known: int
    vector: np.ndarray | None

    @property
    def why(self) -> str:
        """Why there is no vector."""
        shown = self.text if len(self.text) <= SHOWN else f"{self.text[:SHOWN]}…"
        if not self.words:
            return "the line has no word"
        return f"none of {self.words} words is known: {shown!r}" if not self.known else "the mean of the words is zero"

    def json(self) -> str:
        """Return the line as JSON; nine digits tell every float32."""
        head: Item = {"input": self.input, "line": self.number, "text": self.text}
        if self.vector is None:
            return json.dumps({**head, **asking.error("", self.why), "input": self.input}, ensure_ascii=False)
        head |= {"words": self.words, "known": self.known}
        numbers = ", ".join(["%.9g"] * len(self.vector)) % tuple(self.vector.tolist())
        return f'{json.dumps(head, ensure_ascii=False)[:-1]}, "vector": [{numbers}]}}'


def encode(argument: str, words: Sequence[str], recipe: Any, output: Output, wanted: Options) -> None:
    """Run ``dlcli embed encode``.

    Effects: prints or writes a vector a line, and what ``--stamp`` and ``--depfile`` ask; a line without a known word
    costs one error record, and is NaN in ``.npz`` and ``.npy``, whose rows are the lines.

    Raises:
        DataError: no line has a known word.

    """
    started_s = time.monotonic()
    out = None if wanted.out == "-" else wanted.out
    make.check(wanted.stamp, wanted.depfile, wanted.out)
    _check_out(out)
    given = list(words) or asking.words_or_stdin([], argument, "text files") or [text.STDIN]
    places = text.places([*given, *([recipe.idf] if recipe.idf is not None else [])])
    if [argument, *places].count(text.STDIN) > 1:
        raise UsageError("vectors and text cannot both come on stdin", "give the vectors as a file", key="VECTORS")
    read = [*bundle.files_of(argument), *places] if argument != text.STDIN else places
    make.refuse_inputs([*map(str, wanted.recipes), *read], out, wanted.stamp, wanted.depfile)
    cut = tokens.tokenizer(recipe.by, recipe.lower)
    vectors = asking.open_(argument, output)
    with ExitStack() as stack:
        texts, idf = {place: place for place in places[: len(given)]}, None
        if recipe.weighting == "tfidf" and recipe.idf is None:
            texts = stack.enter_context(text.readable_twice(texts))
        if recipe.weighting == "tfidf":
            idf = _idf(texts if recipe.idf is None else {places[-1]: places[-1]}, cut)
        sources = [(word, place, texts[place]) for word, place in zip(given, places, strict=False)]
        lines = _lines(vectors, sources, cut, idf, recipe.normalize)
        make.write_depfile(wanted.depfile, wanted.stamp or str(out), [*map(str, wanted.recipes), *read])
        told = _Told(lines)
        _write(told, vectors.dim, output, out, argument, given, started_s)
    if told.known < told.words:
        say(f"{told.known:,} of {told.words:,} words are known", output.quiet)
    if told.failed:
        say(f"{told.failed} of {told.count} lines have no vector", output.quiet)
    make.write_stamp(wanted.stamp, argument)


def _check_out(out: str | None) -> None:
    if out is not None and Path(out).suffix.lower() not in FORMATS and not _is_device(out):
        raise UsageError(f"--out {out}: the format is told by the ending; allowed: {', '.join(FORMATS)}", key="--out")
    if out is not None:
        make.check_writable(out)


def _is_device(out: str) -> bool:
    return os.path.exists(out) and not os.path.isfile(out) and not os.path.isdir(out)


def _idf(texts: Mapping[str, str], cut: Any) -> Idf:
    lines = (line for place, path in texts.items() for line in text.lines(place, path))
    try:
        return sentence_vectors.count_documents(map(cut, lines))
    except ValueError:
        raise DataError("there is no line of text to take the IDF from", "give a file with a text a line") from None


def _lines(
    vectors: WordVectors, given: Iterable[tuple[str, str, str]], cut: Any, idf: Idf | None, normalize: bool
) -> Iterator[_Line]:
    """Yield the lines of each text, given as the word typed, its place and where to read it."""
    good = sentence_vectors.finite(vectors)
    for word, place, path in given:
        for number, line in enumerate(text.lines(place, path), 1):
            words = cut(line)
            vector, known = sentence_vectors.encode(vectors, words, good, idf, normalize=normalize)
            yield _Line(word, number, line, len(words), known, vector)


def _write(
    told: _Told, dim: int, output: Output, out: str | None, argument: str, given: list[str], started_s: float
) -> None:
    items: list[str] = []
    if out is None and not output.json:
        for line in told:
            result(line.json())
    elif out is None:
        items = [line.json() for line in told]
    elif Path(out).suffix.lower() in (".npz", ".npy"):
        with Rows(dim) as rows:
            cover = []
            for line in told:
                rows.add(line.vector)
                cover.append((line.words, line.known))
            told.check()
            table = np.array(cover, np.int32)
            rows.save(out, {"total": table[:, 0], "known": table[:, 1]})
    else:
        _write_lines(told, out)
    told.check()
    if out is not None:
        say_each(told.why, output.quiet)
        say(f"written: {out}", output.quiet)
    if output.json:
        doc = report.document(
            "embed encode", model=argument, data=" ".join(given), files={} if out is None else {"vectors": out},
            seconds=time.monotonic() - started_s, lines=told.count, failed=told.failed, dim=dim,
            items=list(map(json.loads, items)),
        )  # fmt: skip
        result(tables.as_json(doc))


def _write_lines(told: _Told, out: str) -> None:
    file: BinaryIO
    with files.replacing(out) as file:
        for line in told:
            file.write(line.json().encode(errors="backslashreplace") + b"\n")
        told.check()  # inside, so that a file of errors alone replaces nothing


class _Told:
    """Counts lines as they pass."""

    def __init__(self, lines: Iterator[_Line]):
        self.lines = lines
        self.count = self.failed = self.words = self.known = 0
        self.why: list[str] = []

    def __iter__(self) -> Iterator[_Line]:
        for line in self.lines:
            self.count += 1
            self.words += line.words
            self.known += line.known
            if line.vector is None:
                self.failed += 1
                if len(self.why) < 10:
                    self.why.append(f"{files.shown(line.input)}:{line.number}: {line.why}")
            yield line

    def check(self) -> None:
        """Refuse what has no answer at all.

        Raises:
            DataError: no line, or no line with a vector.

        """
        if not self.count:
            raise DataError("there is no line of text", "give a file with a text a line")
        if self.failed == self.count:
            raise DataError(
                f"none of {self.count} lines has a vector; the first: {self.why[0]}",
                "--lower and --by word cut text as many vectors were learnt from",
            )
