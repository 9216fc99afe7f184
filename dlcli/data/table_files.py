"""Opening a table: the format is found by looking, and said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from dlcli.core.errors import DataError, UsageError
from dlcli.core.sources import Source
from dlcli.data import table_csv, table_libsvm, table_parquet, table_text
from dlcli.data.builtin import tables as builtin
from dlcli.data.table_columns import MISSING, Table
from dlcli.data.table_csv import Wanted

if TYPE_CHECKING:
    from dlcli.data.table_schema import Schema


def read(
    source: Source,
    *,
    target: str | None = None,
    ids: Iterable[str] = (),
    drop: Iterable[str] = (),
    missing: Iterable[str] | None = None,
    schema: Schema | None = None,
) -> Table:
    """Read a table.

    The target and the ids must be named here, not later: they are kept as the characters typed (``007``), where
    other columns become numbers if all their cells are. With a model's schema, it says which columns are numbers, and
    columns the model has no use for are not even parsed.

    Args:
        source: where it is; kind ``auto`` when the format is to be found.
        target: the column to be told; the data word's ``target=`` when not given.
        ids: columns that name rows; with a schema, further ones.
        drop: columns to leave out.
        missing: cells that mean there is no value, instead of ``MISSING``; a schema's own when not given.
        schema: of the model that will be asked.

    Raises:
        DataError: no such file, or no table.
        UsageError: a column that is not there.
        MissingError: Parquet without its extra.
        DeviceError: larger than the memory.

    """
    target = target if target is not None else source.options.get("target")
    ids, drop = tuple(dict.fromkeys(ids)), tuple(dict.fromkeys(drop))
    given = missing is not None
    wanted = Wanted(target, ids, drop, missing=tuple(missing) if given else MISSING, missing_given=given)
    if target is not None and target in ids:
        raise UsageError(f"{target!r} is the target and an id; it can be one of them", key="--id")
    for name in drop:
        if name == target or name in ids:
            raise UsageError(
                f"{name!r} is dropped and also {'the target' if name == target else 'an id'}", key="--drop"
            )
    if schema is not None:
        wanted = _of_model(wanted, schema)
    return _read(source, wanted)


def _of_model(wanted: Wanted, schema: Schema) -> Wanted:
    columns = schema.columns
    return replace(
        wanted,
        target=wanted.target if wanted.target is not None else schema.target,
        ids=tuple(dict.fromkeys((*schema.ids, *wanted.ids))),
        text=frozenset(c.name for c in columns if c.kind != "number"),
        only=frozenset(c.name for c in columns),
        missing=wanted.missing if wanted.missing_given else schema.missing,
        missing_given=wanted.missing_given or schema.missing_given,
        base=schema.facts.get("base"),
        width=len(columns) if schema.facts.get("format") == "libsvm" else None,
    )


def _read(source: Source, wanted: Wanted) -> Table:
    if source.kind == "builtin":
        return builtin.load(source.path, wanted)
    file = table_text.content(source.path)
    options = dict(source.options)
    with file.opened() as stream:
        magic = stream.read(4)
    kind = "parquet" if magic == b"PAR1" else source.kind
    if source.kind not in ("auto", "parquet") and kind == "parquet":
        raise DataError(f"{file.name} is a Parquet file, not {source.kind}", f"write parquet:{source.path}")
    if source.kind == "parquet" and magic != b"PAR1":
        raise DataError(f"{file.name} is no Parquet file: it does not begin with PAR1")
    if kind == "parquet":
        return table_parquet.load(file, wanted)
    start = table_text.head(file) if kind == "auto" else None
    if kind == "libsvm" or (start is not None and table_libsvm.is_libsvm(start)):
        return table_libsvm.load(file, wanted, options)
    if kind == "tsv":
        options.setdefault("delimiter", "tab")
    return table_csv.load(file, wanted, options, start)
