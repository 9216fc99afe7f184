"""Documents as rows of numbers: one-hot, bag of words, TF-IDF; learnt from some and applied to others."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np
from scipy import sparse

from dlcli.backends import embed_corpus, embed_rows
from dlcli.backends.embed_rows import COMMAND, Made, Row
from dlcli.core import files, make, report
from dlcli.core.errors import DataError, ModelError, UsageError
from dlcli.core.output import Output
from dlcli.core.recipe import Resolved
from dlcli.core.schemas.embed_counts import VectorizeRecipe
from dlcli.data import count_tables, text
from dlcli.methods import documents
from dlcli.methods.documents import Counts, Terms
from dlcli.ops import tokens
from dlcli.ui import tables
from dlcli.ui.console import say

PORTION = 500  # documents of files that are answered at a time
Items = Iterator[tuple[str, list[str]]]


def vectorize(
    words: Sequence[str] | None,
    resolved: Resolved,
    output: Output,
    out: str | None,
    *,
    model: str | None,
    stamp: str | None,
    depfile: str | None,
) -> None:
    """Run ``dlcli embed vectorize``.

    Effects: prints what is not zero, or writes the matrix, its vocabulary, and what ``--stamp`` and ``--depfile`` ask.
    """
    started_s = time.monotonic()
    ending = count_tables.check_form(out)
    embed_corpus.refuse_items(output, out)
    make.check(stamp, depfile, out)
    make.check_writable(out if ending else None)
    words = text.asked(words)
    if model is None:
        recipe, terms, drop = resolved.recipe, None, embed_corpus.drop_list(resolved.recipe.drop)
    else:
        recipe, terms, drop = _learnt(model, resolved)
    read = [*map(str, resolved.files), *text.places(words), *([_beside(model)] if model else [])]
    resolved.refuse_stdin(*read)
    make.refuse_inputs([*read, *([model] if model else [])], out, stamp, depfile)
    if ending == ".npz":
        make.refuse_input(count_tables.words_file(str(out)), read)
    found = _documents(words, recipe, drop, resolved.recipe.unit)
    shared: Row = {"model": model, "data": " ".join(words), "kind": recipe.kind}
    if not ending and terms is not None and not output.json:
        make.write_depfile(depfile, str(stamp), read)
        _stream(found, recipe, terms, output, 1 if text.STDIN in words else PORTION)
        make.write_stamp(stamp, shared["data"])
        return
    made, terms = _learn(found, recipe, shared["data"]) if terms is None else (_apply(found, recipe, terms), terms)
    shared |= {"documents": len(made.lengths), "words": len(terms.words), "nonzeros": int(made.table.nnz)}
    about = f"{len(made.lengths):,} documents, {len(terms.words):,} terms, {made.table.nnz:,} numbers that are not 0"
    say(about, output.quiet)
    if not ending:
        make.write_depfile(depfile, str(stamp), read)
        if output.json:
            items = list(embed_rows.items(made, recipe, terms, 0))
            doc = report.document(COMMAND, **shared, seconds=time.monotonic() - started_s, items=items)
            tables.show(doc, [], output)
        else:
            embed_rows.show(made, recipe, terms, output, 0)
        make.write_stamp(stamp, shared["data"])
        return
    out = str(out)
    make.check_writable(count_tables.words_file(out) if ending == ".npz" else None)
    make.write_depfile(depfile, stamp or out, read)
    written = embed_rows.write(out, made, recipe, terms, drop)
    doc = report.document(COMMAND, **shared, files=written, seconds=time.monotonic() - started_s, items=[])
    if output.machine:
        tables.show(doc, [], output)
    say(f"written: {', '.join(written.values())}", output.quiet)
    make.write_stamp(stamp, shared["data"])


def _beside(model: str) -> str:
    return count_tables.words_file(model) if model.lower().endswith(".npz") else model


def _learnt(model: str, resolved: Resolved) -> tuple[Any, Terms, frozenset[str]]:
    """Return recipe, terms and dropped words of a vocabulary made before.

    Raises:
        ModelError: it is broken.
        UsageError: a key is given that the vocabulary decides.

    """
    held = count_tables.read_words(model, COMMAND)
    given = [key for key in resolved.origins if key not in ("unit", "schema")]
    if given:
        raise UsageError(
            f"{resolved.origins[given[0]]}: how {model} was learnt decides {given[0]}; with -m only unit can be chosen",
            "leave it out, or learn anew without -m",
            key=given[0],
        )
    total, drop, path = held.get("documents"), held.get("drop"), _beside(model)
    if type(total) is not int or total < 1 or not isinstance(drop, list) or not all(isinstance(w, str) for w in drop):
        raise ModelError(f"{files.shown(path)} is broken: no number of documents, or no list of words dropped")
    counts = count_tables.numbers_of(held, "counts", path)
    spread = count_tables.numbers_of(held, "documents_with", path)
    if spread.max() > total:
        raise ModelError(f"{files.shown(path)} is broken: a term is in more documents than there are")
    try:
        recipe = VectorizeRecipe.model_validate(held.get("recipe"))
    except ValueError as error:
        raise ModelError(f"{files.shown(path)} is broken: its recipe is none ({error})") from None
    return recipe, Terms(held["words"], counts, spread, total), frozenset(drop)


def _documents(words: Sequence[str], recipe: Any, drop: frozenset[str], unit: str) -> Items:
    """Yield the word for text and the terms of each document."""
    cut: Callable[[str], list[str]]
    if recipe.by == "sklearn":
        cut = documents.sklearn_cutter(recipe.lower)
    else:
        cut = tokens.tokenizer(recipe.by, recipe.lower)
    low, high = recipe.grams

    def terms(found: list[str]) -> list[str]:
        kept = [t for t in found if t.lower() not in drop] if drop else found
        return kept if high == 1 else documents.grams(kept, low, high)

    for word, place in zip(words, text.places(words), strict=True):
        if unit == "file":
            yield word, terms([t for line in text.lines(place) for t in cut(line)])
        else:
            for line in text.lines(place):
                yield word, terms(cut(line))


def _learn(found: Items, recipe: Any, data: str) -> tuple[Made, Terms]:
    held = Counts(ordered=recipe.kind == "onehot")
    inputs = []
    for word, terms in found:
        held.add(terms)
        inputs.append(word)
    counts = held.table()
    if not counts.nnz:
        place = "stdin" if data == text.STDIN else data
        raise DataError(f"no word in {place}", "give text that is not empty, or drop fewer words")
    chosen, terms_ = documents.choose(
        counts, list(held.index), min_count=recipe.min_count, min_df=recipe.min_df, max_df=recipe.max_df,
        most=recipe.most,
    )  # fmt: skip
    if not len(chosen):
        raise DataError(
            f"none of the {counts.shape[1]:,} terms of {counts.shape[0]:,} documents is left by min_count "
            f"{recipe.min_count}, min_df {recipe.min_df} and max_df {recipe.max_df:g}",
            "let more be kept",
        )
    new = documents.renumbered(len(held.index), chosen)
    return _made(held, new, documents.take(counts, chosen), recipe, terms_, inputs), terms_


def _apply(found: Items, recipe: Any, terms: Terms) -> Made:
    held = Counts(terms.words, ordered=recipe.kind == "onehot")
    inputs = []
    for word, own in found:
        held.add(own)
        inputs.append(word)
    return _made(held, None, held.table(), recipe, terms, inputs)


def _made(
    held: Counts, new: np.ndarray | None, counts: sparse.csr_array, recipe: Any, terms: Terms, inputs: list[str]
) -> Made:
    """Return the rows for counts whose columns are the terms."""
    lengths = np.array(held.lengths, np.int64)
    if recipe.kind == "onehot":
        ids = np.array([k for document in held.order or () for k in document], np.int64)
        ids = ids if new is None else new[ids]
        return Made(documents.one_hot(ids, len(terms.words)), inputs, lengths)
    norm = recipe.norm
    if recipe.kind == "tfidf":
        course = recipe.tfidf == "course"
        factors = documents.idf(terms, recipe.tfidf, recipe.smooth is not False)
        counts = documents.weigh(counts, lengths, factors, by_length=course, sublinear=recipe.sublinear)
        norm = ("none" if course else "l2") if norm == "auto" else norm
    elif recipe.kind == "binary":
        counts.data[:] = 1
    if norm in ("l1", "l2"):
        counts = documents.scale(counts, norm)
    return Made(counts, inputs, lengths)


def _stream(found: Items, recipe: Any, terms: Terms, output: Output, portion: int) -> None:
    """Answer documents as they come."""
    first, seen = 0, False
    while some := list(islice(found, portion)):
        embed_rows.show(_apply(iter(some), recipe, terms), recipe, terms, output, first)
        first, seen = first + len(some), True
    if not seen:
        raise DataError("no document came in", "give text that is not empty")
