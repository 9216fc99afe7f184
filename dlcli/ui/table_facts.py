"""What a method tells of itself, nested plain data, as the names, values and tables of a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Row = dict[str, Any]


def facts_of(facts: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return single values first, then tables, for ``TableReport.facts``.

    Mappings are named by their path; records are a table; lists of one length are one table, counted from 1; a square
    of numbers is a table with the members' names, where there are as many.

    Args:
        facts: plain data: what a model's ``facts`` holds.

    """
    plain, tables, lists = [], [], {}
    for name, value in _flat(facts):
        if not isinstance(value, list | tuple):
            plain.append((name, value))
        elif value and all(isinstance(v, Mapping) for v in value):
            tables.append((name, [dict(v) for v in value]))
        elif value and all(isinstance(v, list | tuple) for v in value):
            tables.append((name, _matrix(value, _members(facts))))
        elif value:
            lists.setdefault(len(value), {})[name] = value
    for length, columns in lists.items():
        if length == 1:
            plain += [(name, value[0]) for name, value in columns.items()]
            continue
        rows = [{"number": i + 1, **{name: value[i] for name, value in columns.items()}} for i in range(length)]
        tables.append((", ".join(columns), rows))
    return [(n, v) for n, v in plain if v is not None] + tables


def _flat(facts: Mapping[str, Any], path: str = "") -> list[tuple[str, Any]]:
    found = []
    for key, value in facts.items():
        name = f"{path}{str(key).replace('_', ' ')}"
        found += _flat(value, f"{name}: ") if isinstance(value, Mapping) else [(name, value)]
    return found


def _members(facts: Mapping[str, Any]) -> list[str]:
    rows = facts.get("members")
    if not isinstance(rows, list | tuple):
        return []
    return [str(r.get("member", "")) if isinstance(r, Mapping) else str(r) for r in rows]


def _matrix(rows: Sequence[Sequence[Any]], members: Sequence[str]) -> list[Row]:
    wide = max(len(r) for r in rows)
    named = len(members) == len(rows) == wide and len(set(members)) == wide
    names = list(members) if named else [str(j + 1) for j in range(wide)]
    first = "member" if named else "number"
    return [{first: names[i] if named else i + 1, **dict(zip(names, row, strict=False))} for i, row in enumerate(rows)]
