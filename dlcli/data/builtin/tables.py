"""The tables that come with scikit-learn."""

from __future__ import annotations

import numpy as np

from dlcli.core.errors import DataError
from dlcli.data.table_columns import Column, Numbers, Table, Text, same_numbers
from dlcli.data.table_csv import Wanted

TARGETS = {
    "breast-cancer": "diagnosis",
    "diabetes": "progression",
    "digits": "digit",
    "iris": "species",
    "wine": "class",
}


def load(name: str, wanted: Wanted) -> Table:
    """Return a builtin table.

    Source: scikit-learn's toy data sets, from the UCI repository (diabetes: Efron et al. 2004).

    Args:
        name: one of ``names.TABLES``.
        wanted: what is to be read.

    Raises:
        DataError: no such table.
        UsageError: a column that is not there.

    """
    from sklearn import datasets

    match name:
        case "breast-cancer":
            raw = datasets.load_breast_cancer()
        case "diabetes":
            raw = datasets.load_diabetes(scaled=False)
        case "digits":
            raw = datasets.load_digits()
        case "iris":
            raw = datasets.load_iris()
        case "wine":
            raw = datasets.load_wine()
        case _:
            raise DataError(f"there is no builtin table {name!r}")
    target = TARGETS[name]
    columns: dict[str, Column] = {
        str(c): Numbers(same_numbers(values), bool((values == np.rint(values)).all()))
        for c, values in zip(raw.feature_names, np.ascontiguousarray(raw.data.T), strict=True)
    }
    if name == "diabetes":
        columns[target] = Numbers(same_numbers(raw.target), True)
    else:
        columns[target] = Text(raw.target.astype(np.int32), [str(c) for c in raw.target_names])
    chosen = wanted.chosen(columns, f"builtin {name}")
    rows = len(raw.target)
    return Table(
        {c: v for c, v in columns.items() if c in chosen or (c == target and target not in wanted.drop)},
        rows,
        f"builtin {name}",
        {"format": "builtin", "rows": rows, "columns": len(columns)},
        missing=wanted.missing,
        missing_given=wanted.missing_given,
        target=wanted.target or target,
        ignored=tuple(c for c in columns if c not in chosen and c not in wanted.drop and c != target),
    )
