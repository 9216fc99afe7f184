"""Parquet tables, through an optional dependency; cells become what the same table's CSV would hold."""

from __future__ import annotations

import contextlib
import datetime
import io
import warnings
from typing import Any

import numpy as np

from dlcli.core.errors import DataError, DlcliError, MissingError
from dlcli.core.files import shown
from dlcli.data.table_columns import Column, Numbers, Table, Text, same_numbers
from dlcli.data.table_csv import Wanted
from dlcli.data.table_text import Content


def load(file: Content, wanted: Wanted) -> Table:
    """Read a Parquet table.

    Raises:
        MissingError: the extra is not installed.
        DataError: broken, without rows, or a column of lists or other things that are no cells.

    """
    try:
        import fastparquet
    except ImportError as error:
        raise MissingError(
            "reading Parquet needs fastparquet, which is not installed", "pip install 'dlcli-toolkit[parquet]'"
        ) from error
    # The reader leaves files that it opens itself to the garbage collector, which warns.
    # What it prints of a broken file is no result of ours.
    with file.opened() as stream, warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        try:
            found = fastparquet.ParquetFile(io.BytesIO(stream.read()))
            names = [str(c) for c in found.columns if c not in (found.pandas_metadata or {}).get("index_columns", [])]
            nested = [n for n in names if "." in n and n not in found.dtypes]
            chosen = wanted.chosen(names, file.name)
            frame = found.to_pandas(columns=chosen, index=False)
            del found  # and with it the bytes of the file
        except DlcliError:
            raise
        except Exception as error:
            said = f"{type(error).__name__}: {error}".splitlines()[0][:200]
            raise DataError(f"{file.name} cannot be read as Parquet ({said})", "write it anew, or as CSV") from error
    if not len(frame) or nested:
        raise DataError(f"{file.name} has no rows" if not nested else f"{file.name}: column {nested[0]!r} is nested")
    if len(set(names)) < len(names):
        raise DataError(f"{file.name}: two columns have the same name")
    exact = {*wanted.ids, *([wanted.target] if wanted.target else [])}
    columns: dict[str, Column] = {}
    for name in chosen:
        column = _column(frame.pop(name), name in exact or name in wanted.text, name, file.name)
        columns[name] = column.cleaned(wanted.missing) if isinstance(column, Text) and name not in exact else column
    facts = {"format": "parquet", "rows": len(next(iter(columns.values()), [])), "columns": len(names)}
    ignored = tuple(n for n in names if n not in columns and n not in wanted.drop)
    return Table(
        columns, facts["rows"], file.name, facts, [], wanted.missing, wanted.missing_given, None, wanted.target, ignored
    )


def _column(series: Any, exact: bool, name: str, table: str) -> Column:
    import pandas

    kind = series.dtype
    if isinstance(kind, pandas.CategoricalDtype):
        levels = _column(pandas.Series(kind.categories), True, name, table)
        codes = series.cat.codes.to_numpy().astype(np.int32)
        text = levels.text()
        full = np.append(text.codes, np.int32(-1))[codes]
        column = Text(full, text.levels)
        if not exact and pandas.api.types.is_numeric_dtype(kind.categories.dtype):
            return Numbers(same_numbers(column.mapped(map(float, column.levels))))
        return column
    if pandas.api.types.is_bool_dtype(kind):
        codes = np.where(series.isna(), -1, series.fillna(False).astype(bool)).astype(np.int32)
        return Text(codes, ["False", "True"])
    if pandas.api.types.is_numeric_dtype(kind):
        whole = pandas.api.types.is_integer_dtype(kind)
        if exact and whole:  # whole numbers beyond 2^53 keep all their digits
            return _text(series, str)
        return Numbers(same_numbers(series.to_numpy(dtype=np.float64, na_value=np.nan)), whole)
    if pandas.api.types.is_datetime64_any_dtype(kind):
        return _text(series, lambda t: t.isoformat(sep=" "))
    return _text(series, lambda v: _cell(v, name, table))


def _text(series: Any, shown_as: Any) -> Text:
    import pandas

    try:
        codes, found = pandas.factorize(series)
    except TypeError:  # lists and the like have no hash; their name is told below
        found, codes = list(series.dropna()), np.empty(0, np.int64)
    known: dict[str, int] = {}
    number_of = [known.setdefault(shown_as(v), len(known)) for v in found]
    return Text(np.array([*number_of, -1], dtype=np.int32)[codes], list(known))


def _cell(value: Any, name: str, table: str) -> str:
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError as error:
            raise DataError(
                f"{table}: column {shown(name)!r} holds bytes that are no text", f"--drop {name}"
            ) from error
    if isinstance(value, list | dict | tuple | set | np.ndarray):
        raise DataError(
            f"{table}: column {shown(name)!r} holds {type(value).__name__}s, not single values", f"--drop {name}"
        )
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else str(value)
