"""Counting neighbors: how often each word stands near each other."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np
from scipy import sparse

from dlcli.backends import embed_corpus
from dlcli.backends.embed_corpus import Corpus
from dlcli.core import files, make, report
from dlcli.core.errors import DataError, UsageError
from dlcli.core.output import Output
from dlcli.core.recipe import Resolved
from dlcli.data import count_tables, text
from dlcli.methods import counts, pairs
from dlcli.ops import tokens
from dlcli.ui import tables
from dlcli.ui.console import say

EXAMPLE = ["I like deep learning .", "I like NLP .", "I enjoy flying ."]
SHOWN = 20
Row = dict[str, Any]


def cooccurrence(
    words: Sequence[str] | None,
    resolved: Resolved,
    output: Output,
    out: str | None,
    *,
    stamp: str | None,
    depfile: str | None,
) -> None:
    """Run ``dlcli embed cooccurrence``.

    Effects: prints the strongest pairs, or writes the table and what ``--stamp`` and ``--depfile`` ask.
    """
    started_s = time.monotonic()
    recipe = resolved.recipe
    ending = count_tables.check_form(out)
    embed_corpus.refuse_items(output, out)
    if ending in (".npz", ".csv") and recipe.top is not None:
        problem = f"--out {out} holds the whole table; top chooses among pairs"
        raise UsageError(problem, "write pairs with --out FILE.tsv, or leave top out", key="top")
    make.check(stamp, depfile, out)
    make.check_writable(out if ending else None)
    cut = tokens.tokenizer(recipe.by, recipe.lower)
    drop = embed_corpus.drop_list(recipe.drop)
    if example := text.nothing_comes(words):
        if "window" not in resolved.origins:
            recipe = recipe.model_copy(update={"window": 1})
        say(f"no text given; the course's example with window {recipe.window}: {' / '.join(EXAMPLE)}", output.quiet)
        words = ["example"]
    corpus = embed_corpus.Told(EXAMPLE, cut, drop) if example else Corpus(text.asked(words), cut, drop)
    words = words or [text.STDIN]
    read = [*map(str, resolved.files), *corpus.places]
    resolved.refuse_stdin(*read)
    make.refuse_inputs(read, out, stamp, depfile)
    if ending == ".npz":
        make.refuse_input(count_tables.words_file(str(out)), read)
    kept = embed_corpus.vocabulary(corpus.count(), recipe.min_count, recipe.most)
    names = list(kept)
    if ending == ".csv":
        count_tables.check_dense(len(names), len(names), str(out))
    index = {word: k for k, word in enumerate(names)}
    right = counts.cooccurrence(
        corpus.ids(index, gaps=True), len(names), window=recipe.window, weights=recipe.weights, direction="right"
    )
    if not right.nnz:
        raise DataError(
            "no word has a neighbor: no line has two of the words kept", "give lines of several words, or keep more"
        )
    counted = {"right": lambda: right, "left": lambda: right.T.tocsr(), "both": lambda: (right + right.T).tocsr()}[
        recipe.direction
    ]()
    table = counts.weighted(counted, recipe.weighting, cap=recipe.cap, smooth=recipe.smooth, shift=recipe.shift)
    say(_about(corpus, names, table), output.quiet)
    shared = {"data": " ".join(words), "words": len(names), "tokens": corpus.tokens, "sentences": corpus.sentences}
    shared |= {"window": recipe.window, "weighting": recipe.weighting, "nonzeros": int(table.nnz)}
    told = (recipe.weighting, recipe.cap) != ("raw", None)
    reading = right if recipe.direction == "both" and recipe.smooth == 1 else None

    def ranked(most: int | None) -> Iterator[Row]:
        return _pairs(
            table, counted if told else None, names, recipe.top or (None if recipe.top == 0 else most), reading
        )

    if not ending:
        items = list(ranked(SHOWN))
        doc = report.document("embed cooccurrence", **shared, seconds=time.monotonic() - started_s)
        doc["items"] = [{"input": shared["data"], **row} for row in items] if output.machine else []
        make.write_depfile(depfile, str(stamp), read)
        tables.show(doc, [(f"{len(items):,} strongest pairs", items)], output)
        make.write_stamp(stamp, shared["data"])
        return
    out = str(out)
    written = {"matrix" if ending != ".tsv" else "pairs": out}
    if ending == ".npz":
        written["vocabulary"] = count_tables.words_file(out)
        make.check_writable(written["vocabulary"])
    make.write_depfile(depfile, stamp or out, read)
    if ending == ".npz":
        numbers = np.array(list(kept.values()))
        count_tables.write_words(written["vocabulary"], "embed cooccurrence", names, counts=numbers)
        count_tables.write_matrix(out, table)
    elif ending == ".csv":
        count_tables.write_dense(out, ["", *names], ([w] for w in names), table)
    else:
        _write_rows(out, ranked(None))
    doc = report.document("embed cooccurrence", **shared, files=written, seconds=time.monotonic() - started_s, items=[])
    if output.machine:
        tables.show(doc, [], output)
    say(f"written: {', '.join(written.values())}", output.quiet)
    make.write_stamp(stamp, shared["data"])


def _about(corpus: Corpus, names: Sequence[str], table: sparse.csr_array) -> str:
    cells = len(names) ** 2
    return (
        f"{corpus.tokens:,} tokens in {corpus.sentences:,} lines, {len(names):,} words, "
        f"{table.nnz:,} of {cells:,} cells filled"
    )


def _pairs(
    table: sparse.csr_array,
    counted: sparse.csr_array | None,
    names: Sequence[str],
    top: int | None,
    reading: sparse.csr_array | None,
) -> Iterator[Row]:
    """Yield the strongest pairs; where they were weighted, with the count too."""
    rows, columns, values = pairs.strongest(table, top, reading)
    beside = None if counted is None or not len(rows) else np.asarray(counted[rows, columns]).ravel().tolist()
    for n, (i, j, value) in enumerate(zip(rows.tolist(), columns.tolist(), values.tolist(), strict=True)):
        pair = {"word": names[i], "neighbor": names[j]}
        if beside is None:
            yield {**pair, "count": _whole(value)}
        else:
            yield {**pair, "count": _whole(beside[n]), "value": value}


def _whole(value: float) -> float | int:
    return int(value) if value == int(value) else value


def _write_rows(path: str, rows: Iterator[Row]) -> None:
    first = next(rows, None)
    header = "\t".join(first or ("word", "neighbor", "count"))
    lines = ("\t".join(_cell(v) for v in row.values()) for row in chain([first] if first else [], rows))
    count_tables.write_lines(path, header, lines)


def _cell(value: Any) -> str:
    return files.shown(value) if isinstance(value, str) else count_tables.number(value)
