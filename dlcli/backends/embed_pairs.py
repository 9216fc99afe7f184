"""Training pairs of word2vec, as a stream."""

from __future__ import annotations

import contextlib
import io
import json
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np

from dlcli.backends import embed_corpus
from dlcli.backends.embed_corpus import Corpus
from dlcli.core import files, make, report
from dlcli.core.errors import DataError
from dlcli.core.output import Output
from dlcli.core.recipe import Resolved
from dlcli.data import text
from dlcli.methods.pairs import Draw, windows
from dlcli.ops import tokens
from dlcli.ui import tables
from dlcli.ui.console import result, say

EXAMPLE = ["the quick brown fox jumps over the lazy dog"]
SHOWN = 20  # words whose chances are listed
PORTION = 5_000  # pairs made and drawn for at a time: a line may be a whole book
Row = dict[str, Any]


def pairs(
    words: Sequence[str] | None,
    resolved: Resolved,
    output: Output,
    out: str | None,
    *,
    stamp: str | None,
    depfile: str | None,
) -> None:
    """Run ``dlcli embed pairs``.

    Effects: prints or writes a line a pair while the text is read, and what ``--stamp`` and ``--depfile`` ask.
    """
    started_s = time.monotonic()
    recipe = resolved.recipe
    out = None if out == "-" else out
    make.check(stamp, depfile, out)
    make.check_writable(out)
    cut = tokens.tokenizer(recipe.by, recipe.lower)
    drop = embed_corpus.drop_list(recipe.drop)
    if text.nothing_comes(words):
        say(f"no text given; the course's sentence: {EXAMPLE[0]}", output.quiet)
        corpus: Corpus = embed_corpus.Told(EXAMPLE, cut, drop)
        data = "example"
    else:
        corpus = Corpus(text.asked(words), cut, drop)
        data = " ".join(words or [text.STDIN])
    read = [*map(str, resolved.files), *corpus.places]
    resolved.refuse_stdin(*read)
    make.refuse_inputs(read, out, stamp, depfile)
    draw = Draw.of(embed_corpus.vocabulary(corpus.count(), 1, None), recipe.ns_exponent) if recipe.negatives else None
    chances = [] if draw is None else _chances(draw)
    portions = _portions(corpus, recipe, draw)
    made = 0
    if output.json and out is None:
        items = [{"input": data, **row} for rows in portions for row in rows]
        made = len(items)
        _refuse_none(made, data)
    else:
        items = []
        with contextlib.ExitStack() as held:
            write = _writer(out, held)
            head = not (output.jsonl or (out or "").endswith(".jsonl"))
            if chances and head and out is None:
                tables.show({}, [(f"how words are drawn, {len(chances)} of {len(draw.words)}", chances)], Output())
                write("\n")
            for rows in portions:
                lines = _tsv(rows, header=not made) if head else _jsonl(rows, data)
                made += len(rows)
                write(lines)
            _refuse_none(made, data)
            if out is not None:
                make.write_depfile(depfile, stamp or out, read)
    doc = report.document(
        "embed pairs", data=data, files={} if out is None else {"pairs": out}, seconds=time.monotonic() - started_s,
        method=recipe.method, window=recipe.window, pairs=made, words=chances, items=items,
    )  # fmt: skip
    if output.json:
        tables.show(doc, [], output)
    if out is not None:
        say(f"written: {out}, {made:,} pairs", output.quiet)
    else:
        make.write_depfile(depfile, str(stamp), read)
    make.write_stamp(stamp, data)


def _refuse_none(made: int, data: str) -> None:
    if not made:
        raise DataError(
            f"{'stdin' if data == text.STDIN else data} has no two words in one line, so there are no pairs",
            "give lines of several words",
        )


def _chances(draw: Draw) -> list[Row]:
    rows = zip(draw.words, draw.shares.tolist(), draw.powers.tolist(), draw.chances.tolist(), strict=True)
    return [{"word": w, "share": s, "power": p, "probability": c} for w, s, p, c in list(rows)[:SHOWN]]


def _portions(corpus: Corpus, recipe: Any, draw: Draw | None) -> Iterator[list[Row]]:
    """Yield the pairs of each line, of a long one in portions."""
    rng = np.random.default_rng(recipe.seed)
    index = {} if draw is None else {word: k for k, word in enumerate(draw.words)}
    for line in corpus.kept_lines():
        rest = _rows(line, recipe)
        while rows := list(islice(rest, PORTION)):
            if draw is not None:
                target = "context" if recipe.method == "skipgram" else "center"
                avoid = np.array([index[row[target]] for row in rows])
                drawn = draw.negatives(avoid, recipe.negatives, rng).tolist()
                yield [{**row, "negatives": [draw.words[k] for k in d]} for row, d in zip(rows, drawn, strict=True)]
            else:
                yield rows


def _rows(line: list[str], recipe: Any) -> Iterator[Row]:
    for center, around in windows(line, recipe.window):
        if recipe.method == "cbow":
            yield {"center": center, "context": list(around)}
        else:
            for word in around:
                yield {"center": center, "context": word}


def _writer(out: str | None, held: contextlib.ExitStack) -> Callable[[str], Any]:
    if out is None:
        return result
    file = io.TextIOWrapper(held.enter_context(files.replacing(out)), encoding="utf-8", newline="")
    held.callback(file.detach)
    return file.write


def _tsv(rows: Sequence[Row], *, header: bool) -> str:
    lines = ["\t".join(rows[0])] if header else []
    lines += ["\t".join(_cell(v) for v in row.values()) for row in rows]
    return "".join(f"{line}\n" for line in lines)


def _cell(value: str | list[str]) -> str:
    return files.shown(value) if isinstance(value, str) else " ".join(map(files.shown, value))


def _jsonl(rows: Sequence[Row], data: str) -> str:
    return "".join(json.dumps({"input": data, **row}, ensure_ascii=False) + "\n" for row in rows)
