"""What is learnt from a table: rows to train on, to choose by and to score on, encoded by what training rows taught."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dlcli.core import sources
from dlcli.core.errors import DataError, UsageError
from dlcli.data import build, table_describe, table_files, table_target, tables
from dlcli.data.table_columns import some
from dlcli.data.tables import Schema, Table
from dlcli.metrics import classification, regression

PARTS = ("train", "val", "test")


@dataclass(frozen=True)
class Rows:
    """One part.

    Args:
        table: the rows as read; those to train on keep none of them, for they are most of the memory.

    Shapes:
        x (N, D) float64, NaN where nothing is known; y (N,) class numbers or values
    """

    table: Table
    x: np.ndarray
    y: np.ndarray

    def __len__(self) -> int:
        return len(self.y)


@dataclass(frozen=True)
class Prepared:
    """A table ready to learn from.

    Args:
        schema: learnt from the training rows alone.
        parts: ``train``, ``val`` and ``test``; the latter two may be empty.
        notes: what the user should know.
        columns: what the training rows hold, a row a column, where it was asked for.

    """

    schema: Schema
    parts: dict[str, Rows]
    notes: list[str] = field(default_factory=list)
    columns: list[dict[str, Any]] = field(default_factory=list)

    def counts(self) -> str:
        """Return the sizes in words."""
        return ", ".join(f"{len(self.parts[p]):,} {p}" for p in PARTS)


def source_of(value: Any) -> sources.Source:
    """Return what a word, or a mapping of a recipe, means.

    Raises:
        UsageError: no word for a table.

    """
    if not isinstance(value, str):
        return value.parsed()
    try:
        return sources.parse_table(value)
    except ValueError as error:
        raise UsageError(f"{value}: {error}") from None


def read(data: Any, value: Any) -> Table:
    """Read a table as a recipe's ``data`` section says."""
    return table_files.read(source_of(value), target=data.target, ids=data.ids, drop=data.drop, missing=data.missing)


def prepare(data: Any, seed: int, *, described: bool = False) -> Prepared:
    """Read, split and encode.

    Args:
        data: the recipe's ``data`` section.
        seed: of the split.
        described: whether ``columns`` is wanted.

    Raises:
        UsageError: no target, or columns that are not there.
        DataError: no rows are left to learn from, or the answers cannot be learnt.

    """
    table, labels, task, notes = _answered(data)
    shares = {n: s for n in ("val", "test") if isinstance(s := getattr(data, n), float)}
    taken = build.split(labels, list(shares.values()), seed)
    parts = dict(zip(("train", *shares), taken, strict=True))
    prepared = _encoded(data, table, task, parts, notes)
    if described:
        prepared.columns.extend(table_describe.describe(table.take(parts["train"]), prepared.schema))
    return prepared


def folds(data: Any, count: int, repeats: int, seed: int, watched: bool) -> Iterator[Prepared]:
    """Yield the table cut into folds, stratified: each is once the test part of a model of the others.

    What columns mean is learnt anew from the training rows of each fold.

    Args:
        data: the recipe's ``data`` section.
        count: folds.
        repeats: times the whole is done.
        seed: of the folds.
        watched: whether a share ``data.val`` of each fold's training rows is kept to watch.

    Raises:
        DataError: fewer rows than folds.

    """
    table, labels, task, notes = _answered(data)
    rest, *held_out = build.split(labels, [data.test] if data.test else [], seed)
    if len(rest) < count:
        raise DataError(f"{len(rest)} rows cannot be cut into {count} folds", "ask for fewer with --folds")
    if held_out:
        notes.append(f"{len(held_out[0]):,} test rows are left out of all folds")
    for repeat in range(repeats):
        place = np.empty(len(rest), dtype=np.int64)
        draws = np.random.default_rng([seed, repeat, 0xF01D])
        # Rows of a class are dealt one by one to the folds, beginning where the class before it ended.
        order = np.concatenate([draws.permutation(np.flatnonzero(labels[rest] == k)) for k in np.unique(labels[rest])])
        place[order] = np.arange(len(order)) % count
        for fold in range(count):
            inside, outside = rest[place == fold], rest[place != fold]
            parts = {"train": outside, "test": inside}
            if watched:
                kept, val = build.split(labels[outside], [data.val], seed + fold)
                parts |= {"train": outside[kept], "val": outside[val]}
            try:
                yield _encoded(data, table, task, parts, list(notes))
            except DataError as error:
                number = repeat * count + fold + 1
                raise DataError(f"fold {number}, training rows: {error.message}", "ask for other --folds") from error


def _answered(data: Any) -> tuple[Table, np.ndarray, str, list[str]]:
    """Return the rows with an answer, what to stratify them by, the task, and notes."""
    table = read(data, data.train)
    if table.target is None and data.target is None:
        raise UsageError(
            f"which column is the answer? {table.name} has {some(table.names)}", "--target COLUMN", key="data.target"
        )
    target = data.target or table.target
    notes = list(table.notes)
    table, said = tables.labeled(table, target)
    task, classes, _ = table_target.learn(table, target, data.task)
    y = tables.target(
        table, Schema((), target, task, classes, missing=table.missing, missing_given=table.missing_given)
    )
    return table, tables.labels_for_split(y, task), task, [*notes, *said]


def _encoded(data: Any, table: Table, task: str, parts: dict[str, np.ndarray], notes: list[str]) -> Prepared:
    """Learn the columns from the training rows and encode all parts."""
    schema, said = tables.infer(
        table.take(parts["train"]), table.target if data.target is None else data.target, task, data.ids, (),
        data.levels, kinds=table,
    )  # fmt: skip
    notes = [*notes, *said]
    found = {name: _rows(table.take(rows), schema, kept=name != "train") for name, rows in parts.items()}
    for name in ("val", "test"):
        given = getattr(data, name)
        if not isinstance(given, float):
            other = table_files.read(source_of(given), schema=schema)
            found[name] = rows_of(other, schema, notes, name)
        elif name not in found:
            found[name] = _rows(table.take(np.empty(0, dtype=np.int64)), schema)
    return Prepared(schema, found, notes)


def _rows(table: Table, schema: Schema, *, kept: bool = True) -> Rows:
    y = tables.target(table, schema)
    x = tables.encode(table, schema, unseen="missing")
    return Rows((table if kept else table.take(np.empty(0, dtype=np.int64))).compact(), x, y)


def rows_of(table: Table, schema: Schema, notes: list[str], name: str, unseen: str = "warn") -> Rows:
    """Encode another table with known answers; rows without one are left out and counted.

    Raises:
        DataError: no answers, or columns that do not fit the model.

    """
    if schema.target in table:
        table, said = tables.labeled(table, schema.target)
        notes += [f"{name}: {s}" for s in said]
    y = tables.target(table, schema)
    said = []
    x = tables.encode(table, schema, unseen, said)
    notes += [f"{name}: {s}" for s in said]
    return Rows(table, x, y)


def groups(schema: Schema) -> dict[str, list[int]]:
    """Return the places of the encoded columns of each column of the table."""
    found, start = {}, 0
    for column in schema.columns:
        found[column.name] = list(range(start, start + len(column.features)))
        start += len(column.features)
    return found


def scores(answers: np.ndarray, y: np.ndarray, task: str) -> dict[str, float]:
    """Return the metrics of answers: of classes those of ``metrics.classification`` and the AUC.

    Shapes:
        answers (N, K) probabilities or (N,) values; y (N,)
    """
    if task == "regress":
        return regression.scores(answers, y)
    found = classification.scores(answers, y)
    area = classification.auc(answers, y)
    return {**found, **({"auc": area} if area == area else {})}


def headline(task: str) -> str:
    """Return the metric a leaderboard is about."""
    return "accuracy" if task == "classify" else "rmse"


def metric_names(task: str) -> tuple[str, ...]:
    """Return every metric there may be."""
    return (*classification.METRICS, "auc") if task == "classify" else regression.METRICS


def class_details(answers: np.ndarray, y: np.ndarray, classes: list[str]) -> dict[str, Any]:
    """Return confusion matrix, figures by class and reliability of a classifier's answers."""
    matrix = classification.confusion(y, answers.argmax(axis=1), len(classes))
    return {
        "confusion": matrix.tolist(),
        "per_class": classification.class_rows(classes, matrix),
        "calibration": classification.calibration(answers, y),
    }


def by_part(metrics: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Return part → metric → value as one flat mapping ``part/metric``."""
    return {f"{part}/{name}": value for part, found in metrics.items() for name, value in found.items()}
