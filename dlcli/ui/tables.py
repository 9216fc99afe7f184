"""Results as tables: Rich on a terminal, tab-separated values elsewhere, JSON when asked."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Sequence
from typing import Any

from dlcli.core.output import Output
from dlcli.core.report import document
from dlcli.ui.console import console, is_live, result

Row = dict[str, Any]


def show(doc: dict[str, Any], tables: Sequence[tuple[str, Sequence[Row]]], output: Output) -> None:
    """Print a result.

    Args:
        doc: the document for ``--json``.
        tables: title and rows of each table for people; rows are name → value, columns as in the first row.
        output: how to speak.

    """
    if output.streams:
        result(json.dumps(finite({"event": "Result", **doc}), ensure_ascii=False))
        return
    if output.json:
        result(as_json(doc))
        return
    if output.jsonl:
        for item in doc.get("items", []):
            result(json.dumps(finite(item), ensure_ascii=False))
        return
    filled = [(title, rows) for title, rows in tables if rows]
    for number, (title, rows) in enumerate(filled):
        if is_live(sys.stdout):
            _rich(title, rows)
        else:
            if number:
                result("")
            _tsv(rows)


def as_json(doc: Any) -> str:
    """Return a document as indented JSON; what is no number in JSON becomes null."""
    return json.dumps(finite(doc), indent=2, ensure_ascii=False)


def finite(value: Any) -> Any:
    """Return plain data with null for what is no number in JSON."""
    if isinstance(value, dict):
        return {str(k): finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [finite(v) for v in value]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    return value


def text(value: Any) -> str:
    """Return a value as a cell: floats with up to four decimals, whole numbers with separators on a terminal only."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.4f}" if 1e-3 <= abs(value) < 1e5 or value == 0 else f"{value:.4g}"
    return str(value)


def as_csv(rows: Sequence[Row], delimiter: str) -> str:
    """Return rows as a table with a header, quoted where needed."""
    held = io.StringIO()
    writer = csv.writer(held, delimiter=delimiter, lineterminator="\n")
    writer.writerow(rows[0])
    writer.writerows([text(v) for v in r.values()] for r in rows)
    return held.getvalue()


def exact_csv(rows: Sequence[Row], delimiter: str) -> str:
    """Return rows as a table with a header whose numbers read back as they are; nothing for no rows."""
    held = io.StringIO()
    if rows:
        writer = csv.writer(held, delimiter=delimiter, lineterminator="\n")
        writer.writerow(rows[0])
        writer.writerows(r.values() for r in rows)
    return held.getvalue()


def _tsv(rows: Sequence[Row]) -> None:
    result("\t".join(rows[0]))
    for row in rows:
        result("\t".join(text(row.get(c)).replace("\t", " ").replace("\n", " ") for c in rows[0]))


def _rich(title: str, rows: Sequence[Row]) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    screen = console(sys.stdout)
    if title:
        screen.print(Text(title, style="bold"))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in rows[0]:
        numeric = all(isinstance(r.get(column), int | float | None) for r in rows)
        table.add_column(column, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        cells = [f"{v:,}" if type(v := row.get(c)) is int else text(v) for c in rows[0]]
        table.add_row(*(Text(cell) for cell in cells))
    screen.print(table)


def show_recipe(resolved: Any, output: Output, *, origins: bool) -> None:
    """Print a resolved recipe, or where each of its values comes from."""
    from dlcli.core.recipe import flat, plain

    values = plain(resolved.recipe)
    if origins:
        rows = []
        for key, value in flat(values).items():
            origin = resolved.origins.get(key) or _parent_origin(resolved.origins, key)
            rows.append({"key": key, "value": value if isinstance(value, str) else json.dumps(value), "origin": origin})
        show(document("train --show-origin", items=rows), [("", rows)], output)
    elif output.json:
        result(as_json(document("train --print-config", recipe=values)))
    else:
        result(resolved.text())


def _parent_origin(origins: dict[str, str], key: str) -> str:
    while key:
        key = key.rpartition(".")[0]
        if key in origins:
            return origins[key]
    return "default"
