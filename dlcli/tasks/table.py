"""What is learnt from a table: rows to train on, to choose by and to score on, encoded by what training rows taught."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dlcli.core import sources
from dlcli.core.errors import DataError
from dlcli.data import build, table_files, tables
from dlcli.data.tables import Schema, Table
from dlcli.metrics import classification, regression

PARTS = ("train", "val", "test")


@dataclass(frozen=True)
class Rows:
    """One part.

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

    """

    schema: Schema
    parts: dict[str, Rows]
    notes: list[str] = field(default_factory=list)

    def counts(self) -> str:
        """Return the sizes in words."""
        return ", ".join(f"{len(self.parts[p]):,} {p}" for p in PARTS)


def source_of(value: Any) -> sources.Source:
    """Return what a word or mapping of a recipe means."""
    return sources.parse_table(value) if isinstance(value, str) else value.parsed()


def read(data: Any, value: Any) -> Table:
    """Read a table as a recipe's ``data`` section says."""
    return table_files.read(source_of(value), missing=data.missing)


def prepare(data: Any, seed: int) -> Prepared:
    """Read, split and encode.

    Args:
        data: the recipe's ``data`` section.
        seed: of the split.

    Raises:
        DataError: no rows are left to learn from, or the answers cannot be learnt.

    """
    table = read(data, data.train)
    target = data.target or table.default_target
    labels, kept, notes = tables.answers(table, target, task=data.task, missing=data.missing)
    table = table.take(kept)
    shares = {n: s for n in ("val", "test") if isinstance(s := getattr(data, n), float)}
    taken = build.split(labels, list(shares.values()), seed)
    parts = {"train": table.take(taken[0])}
    parts |= {name: table.take(rows) for name, rows in zip(shares, taken[1:], strict=True)}
    schema, said = tables.infer(
        parts["train"], target=target, task=data.task, ids=data.ids, drop=data.drop, levels=data.levels,
        missing=data.missing,
    )  # fmt: skip
    notes += said
    for name in ("val", "test"):
        if name not in parts:
            parts[name] = table_files.read(source_of(getattr(data, name)), missing=data.missing, schema=schema)
    encoded = {name: rows_of(parts[name], schema, notes, name) for name in PARTS}
    if not len(encoded["train"]):
        raise DataError("no rows are left to train on")
    return Prepared(schema, encoded, notes)


def rows_of(table: Table, schema: Schema, notes: list[str], name: str, unseen: str = "warn") -> Rows:
    """Encode a table with known answers; rows without an answer are left out and counted."""
    y, kept = tables.target(table, schema)
    if len(kept) < len(table):
        notes.append(f"{name}: {len(table) - len(kept)} rows without an answer were left out")
        table = table.take(kept)
    x, said = tables.encode(table, schema, unseen=unseen)
    notes += [f"{name}: {s}" for s in said]
    return Rows(table, x, y)


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
