"""Rows of documents as text, JSON or files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from scipy import sparse

from dlcli.core import files
from dlcli.core.output import Output
from dlcli.data import count_tables
from dlcli.methods import documents
from dlcli.methods.documents import Terms
from dlcli.ui import tables
from dlcli.ui.console import result

COMMAND = "embed vectorize"
Row = dict[str, Any]


@dataclass(frozen=True)
class Made:
    """Rows of some documents.

    Args:
        table: the rows.
        inputs: the word for text that each document came from.
        lengths: terms of each document: its rows, where a row is a token.

    """

    table: sparse.csr_array
    inputs: list[str]
    lengths: np.ndarray


def show(made: Made, recipe: Any, terms: Terms, output: Output, first: int) -> None:
    """Print what is not zero, of documents numbered from ``first`` + 1 on."""
    if output.jsonl:
        for item in items(made, recipe, terms, first):
            result(json.dumps(tables.finite(item), ensure_ascii=False))
        return
    lines = [] if first else ["\t".join(_header(recipe))]
    for number, line in enumerate(_lines(made, recipe, terms, first), 1):
        lines.append(line)
        if number % 5000 == 0:
            result("\n".join(lines))
            lines = []
    if lines:
        result("\n".join(lines))


def _header(recipe: Any) -> tuple[str, ...]:
    return ("document", "token", "word", "column") if recipe.kind == "onehot" else ("document", "word", "value")


def _lines(made: Made, recipe: Any, terms: Terms, first: int) -> Iterator[str]:
    shown = [files.shown(word) for word in terms.words]
    if recipe.kind == "onehot":
        for (document, token), (_, columns, _) in zip(_tokens(made, first), documents.entries(made.table), strict=True):
            for k in columns:
                yield f"{document}\t{token}\t{shown[k]}\t{k}"
        return
    for row, columns, values in documents.entries(made.table):
        for k, value in zip(columns, values, strict=True):
            yield f"{first + row + 1}\t{shown[k]}\t{count_tables.number(value)}"


def _tokens(made: Made, first: int) -> Iterator[tuple[int, int]]:
    """Yield document and place in it, from 1, of each row that is a token."""
    for document, length in enumerate(made.lengths.tolist(), first + 1):
        for token in range(1, length + 1):
            yield document, token


def items(made: Made, recipe: Any, terms: Terms, first: int) -> Iterator[Row]:
    """Yield documents as items of JSON, numbered from ``first`` + 1 on."""
    if recipe.kind != "onehot":
        for row, columns, values in documents.entries(made.table):
            told = {terms.words[k]: value for k, value in zip(columns, values, strict=True)}
            yield {"input": made.inputs[row], "document": first + row + 1, "values": told}
        return
    rows = documents.entries(made.table)
    for row, (word, length) in enumerate(zip(made.inputs, made.lengths.tolist(), strict=True)):
        columns = [found[0] if found else None for _, found, _ in islice(rows, length)]
        words = [None if k is None else terms.words[k] for k in columns]
        yield {"input": word, "document": first + row + 1, "words": words, "columns": columns}


def write(out: str, made: Made, recipe: Any, terms: Terms, drop: frozenset[str]) -> dict[str, str]:
    """Write rows as the ending of the file says; returns role → file of what was written."""
    ending = count_tables.check_form(out)
    if ending == ".npz":
        kept = recipe.model_dump(exclude={"schema_version", "unit", "drop"})  # not as YAML, where "1" is a number
        beside = count_tables.words_file(out)
        count_tables.write_words(
            beside, COMMAND, terms.words, recipe=kept, drop=sorted(drop), documents=terms.documents,
            counts=terms.counts, documents_with=terms.documents_with,
        )  # fmt: skip
        count_tables.write_matrix(out, made.table)
        return {"matrix": out, "vocabulary": beside}
    if ending == ".csv":
        count_tables.check_dense(*made.table.shape, out)
        named = list(_header(recipe)[:2]) if recipe.kind == "onehot" else ["document"]
        rows: Any = _tokens(made, 0) if recipe.kind == "onehot" else ((n + 1,) for n in range(made.table.shape[0]))
        count_tables.write_dense(out, [*named, *terms.words], rows, made.table)
        return {"matrix": out}
    count_tables.write_lines(out, "\t".join(_header(recipe)), _lines(made, recipe, terms, 0))
    return {"values": out}
