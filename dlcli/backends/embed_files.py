"""Word vectors in files: written in another format, and as the embedding matrix of a vocabulary."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from typing import Any

import numpy as np

from dlcli.core import bundle, files, make, report
from dlcli.core.errors import DataError, UsageError
from dlcli.core.output import Output
from dlcli.core.recipe import Resolved
from dlcli.data import text, vectors, word_lists
from dlcli.ops import tokens, word_matrix
from dlcli.ops.word_vectors import WordVectors
from dlcli.ui import tables
from dlcli.ui.console import say, say_each

METRICS = ("coverage", "token_coverage")
STDIN_TWICE = "stdin is named twice; it can be read once"


def convert(
    argument: str, out: str, resolved: Resolved, output: Output, *, stamp: str | None = None, depfile: str | None = None
) -> None:
    """Run ``dlcli embed convert``.

    Effects: writes the file, or text on stdout, and what ``--stamp`` and ``--depfile`` ask; says what it was and is.
    """
    started_s = time.monotonic()
    make.check(stamp, depfile, out)
    recipe = resolved.recipe
    form, packed = vectors.form_for(out, recipe.to)
    _check_out(out, output, form)
    _check_stdin(resolved, argument)
    make.refuse_input(out, [argument], "OUT")
    make.refuse_inputs([*map(str, resolved.files), argument], out, stamp, depfile)
    found = vectors.open_(argument, most=recipe.most)
    held = _normalized(found.vectors) if recipe.normalize else found.vectors
    say_each([*resolved.notes, *held.notes], output.quiet)
    make.write_depfile(depfile, stamp or out, [*map(str, resolved.files), *_files_of(argument)])
    say_each(vectors.write(out, held, form), output.quiet)
    about: dict[str, Any] = {
        "words": len(held), "dim": held.dim, "from": found.form, "to": form, "packed": packed,
    }  # fmt: skip
    if out != "-":
        about["bytes"] = os.path.getsize(out)
        doc = report.document(
            "embed convert", data=argument, files={"vectors": out}, seconds=time.monotonic() - started_s, **about
        )
        if output.json:
            tables.show(doc, [], output)
    what = f"{len(held)} words of {held.dim} numbers"
    say(f"{what}: {_spelled(found.form, found.packed)} → {_spelled(form, packed)}", output.quiet)
    if out != "-":
        say(f"written: {files.shown(out)} ({about['bytes']:,} bytes)", output.quiet)
    make.write_stamp(stamp, out)


def _spelled(form: str, packed: bool) -> str:
    return f"{form}, packed" if packed else form


def _check_out(out: str, output: Output, form: str) -> None:
    if out != "-":
        make.check_writable(out)
        return
    if output.json:
        text_ = "the vectors and --json would both be written on stdout"
        raise UsageError(text_, "leave --json out, or give a file", key="--json")
    if form not in vectors.TEXTS and sys.stdout.isatty():
        raise UsageError(f"{form} is no text, and stdout is a terminal", "give a file, or | another program")


def _check_stdin(resolved: Resolved, *places: str | None) -> None:
    if places.count(text.STDIN) + (resolved.stdin is not None) > 1:
        raise UsageError(STDIN_TWICE, "give the other as a file")


def _files_of(argument: str) -> list[str]:
    if argument == text.STDIN:
        return []
    return bundle.files_of(argument)


def _normalized(held: WordVectors) -> WordVectors:
    """Return the rows one long; a row of zeros stays what it is."""
    table = held.vectors / np.maximum(held.norms, np.finfo(np.float32).tiny)[:, None]
    return replace(held, vectors=table.astype(np.float32, copy=False), lengths=None)


def matrix(
    argument: str,
    resolved: Resolved,
    output: Output,
    out: str | None,
    fail_under: list[str],
    *,
    stamp: str | None = None,
    depfile: str | None = None,
) -> None:
    """Run ``dlcli embed matrix``.

    Effects: writes the matrix, if a file is named, and what ``--stamp`` and ``--depfile`` ask; prints the coverage.

    Raises:
        UsageError: no vocabulary, or two things from stdin.
        CheckFailed: the coverage is below what was asked; the matrix is written all the same.

    """
    started_s = time.monotonic()
    make.check(stamp, depfile, out)
    report.check_asked(fail_under, [], METRICS)
    recipe = resolved.recipe
    form = None
    if out is not None:
        if out == "-":
            raise UsageError("--out -: a matrix is no text", "give a file such as matrix.npz", key="--out")
        form = vectors.form_for(out)[0]
        make.check_writable(out)
    words, corpus = recipe.words, recipe.text
    if words is None and corpus is None:
        if sys.stdin is None or sys.stdin.isatty() or argument == text.STDIN or resolved.stdin is not None:
            text_ = "which vocabulary? --words FILE has a word a line, --text FILE a text whose words are counted"
            raise UsageError(text_, "either may be - for stdin", key="--words")
        words = text.STDIN
    _check_stdin(resolved, argument, words, corpus)
    make.refuse_inputs([*map(str, resolved.files), *(w for w in (argument, words, corpus) if w)], out, stamp, depfile)
    vocabulary, notes = _vocabulary(words, corpus, recipe)
    held = vectors.read(argument)
    say_each([*resolved.notes, *held.notes, *notes], output.quiet)
    made = word_matrix.build(
        held, vocabulary, special=recipe.special, missing=recipe.missing, lower=recipe.lower, seed=recipe.seed
    )
    metrics = made.coverage(vocabulary, recipe.special)
    read = [*_files_of(argument), *(place for place in (words, corpus) if place not in (None, text.STDIN))]
    make.write_depfile(depfile, stamp or str(out), [*map(str, resolved.files), *read])
    if out is not None:
        say_each(vectors.write(out, made.vectors, form), output.quiet)
    sources = {kind: made.sources.count(kind) for kind in ("vector", "lower", "normal", "zeros", "mean")}
    without = [
        word
        for word, source in zip(made.vectors.words, made.sources, strict=True)
        if source not in ("vector", "lower") and word not in recipe.special
    ]
    without.sort(key=lambda word: -(vocabulary[word] or 0))
    written = {} if out is None else {"matrix": out}
    doc = report.document(
        "embed matrix", model=argument, data=words or corpus, metrics=metrics, files=written,
        seconds=time.monotonic() - started_s, rows=len(made.vectors), dim=made.vectors.dim, special=recipe.special,
        sources=sources, without_vector=without[:100],
    )  # fmt: skip
    rows = [{"what": "rows", "value": len(made.vectors)}, {"what": "dim", "value": made.vectors.dim}]
    rows += [{"what": kind, "value": count} for kind, count in sources.items() if count]
    rows += [{"what": name, "value": value} for name, value in metrics.items()]
    tables.show(doc, [("", rows)], output)
    if without:
        shown = ", ".join(without[:10])
        say(f"without a vector: {shown}{f' … {len(without)} in all' if len(without) > 10 else ''}", output.quiet)
    say("nothing is written; -o matrix.npz writes it" if out is None else f"written: {files.shown(out)}", output.quiet)
    make.write_stamp(stamp, out or argument)
    report.check(metrics, fail_under, [])


def _vocabulary(words: str | None, corpus: str | None, recipe: Any) -> tuple[word_lists.Vocabulary, list[str]]:
    """Return word → count in the order of the rows, and notes."""
    if words is not None:
        found, notes = word_lists.read(words)
        if recipe.min_count > 1:
            if None in found.values():
                text_ = f"min_count is {recipe.min_count}, but {words} has no counts"
                raise DataError(text_, "give a word and its count a line, or --text")
            found = {word: count for word, count in found.items() if (count or 0) >= recipe.min_count}
        found = dict(list(found.items())[: recipe.most])
    else:
        notes = []
        counts = tokens.count(map(tokens.tokenizer("whitespace"), text.all_lines([str(corpus)])))
        found = dict(tokens.vocabulary(counts, recipe.min_count, recipe.most))
    if not found:
        raise DataError(f"{words or corpus} leaves no word", f"none occurs {recipe.min_count} times; lower --min-count")
    return found, notes
