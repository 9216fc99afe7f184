"""A table's columns in rows for people: what ``boost inspect`` shows."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcli.data.table_columns import Column, Table
from dlcli.data.table_schema import Schema, as_numbers, kind_of

LONG = 60  # characters of a cell that are shown


def describe(table: Table, schema: Schema | None = None, levels: int = 3) -> list[dict[str, Any]]:
    """Return a row a column: kind, missing and distinct cells, least and greatest number or the most frequent cells.

    Args:
        table: what was read.
        schema: what was learnt of it; without one each column speaks for itself.
        levels: how many frequent cells are named.

    """
    kinds = {c.name: c.kind for c in schema.columns} if schema else {}
    rows = []
    for name in table.names:
        column = table[name]
        role = _role(name, table, schema)
        kind = kinds.get(name) or ("text" if role == "id" else kind_of(column))
        if role == "target" and schema and schema.task:
            kind = "class" if schema.task == "classify" else "number"
        elif role == "left out":
            kind = kind_of(column)
        rows.append({"column": name, "kind": kind, "role": role, **_figures(column, kind, levels)})
    return rows


def _role(name: str, table: Table, schema: Schema | None) -> str:
    if name == (schema.target if schema else table.target):
        return "target"
    if schema is None:
        return "feature"
    if name in schema.ids:
        return "id"
    return "feature" if any(c.name == name for c in schema.columns) else "left out"


def _figures(column: Column, kind: str, levels: int) -> dict[str, Any]:
    missing = int(column.missing().sum())
    if kind == "number":
        values = as_numbers(column)
        present = values[~np.isnan(values)]
        from pandas import unique  # hashes, where numpy sorts

        least, greatest = (float(present.min()), float(present.max())) if len(present) else (None, None)
        return {"missing": missing, "distinct": len(unique(present)), "min": least, "max": greatest, "frequent": ""}
    text = column.text()
    counts = text.counts()
    order = sorted(np.flatnonzero(counts).tolist(), key=lambda k: (-counts[k], text.levels[k]))
    least = greatest = None
    if kind == "date" and order:
        present = sorted(text.levels[k] for k in order)
        least, greatest = present[0], present[-1]
    frequent = ", ".join(f"{cut(text.levels[k])} ({counts[k]:,})" for k in order[:levels])
    return {"missing": missing, "distinct": len(order), "min": least, "max": greatest, "frequent": frequent}


def cut(cell: str) -> str:
    """Return a cell as a table for people has room for."""
    return cell if len(cell) <= LONG else f"{cell[:LONG]}…"


def facts(table: Table) -> dict[str, Any]:
    """Return what was found of the file: format, delimiter, header, encoding, rows, base …."""
    return {**table.facts, "rows": len(table)}
