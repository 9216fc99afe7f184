"""What the report of a method on a table is made from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from dlcli.ui.canvas import Drawn

Row = dict[str, Any]


@dataclass(frozen=True)
class TableReport:
    """What the page tells. What is left empty has no section.

    The rows of ``importance``, ``mistakes``, ``columns``, ``leaderboard`` and ``facts`` are name → plain value; a
    table's columns are the names of its first row.

    Args:
        title: the recipe's name, or what is compared.
        run: the run directory as typed.
        task: ``classify`` or ``regress``.
        summary: facts in words: data, method, device, time.
        metrics: ``part/name`` → value, fractions.
        headline: the keys of ``metrics`` to print large; the first is told in the verdict.
        history: one record a round, ``{"round": 1, "train/log_loss": …, "val/log_loss": …}``.
        best_round: the round kept; 0 when there are no rounds.
        classes: their names.
        confusion: counts with the truth in rows, of the test part.
        per_class: ``{class, precision, recall, f1, support}`` of the test part.
        calibration: ``{low, high, count, confidence, accuracy}`` a bin.
        roc: of two classes, the test part's truth (1: the second class) and probability of the second class.
        residuals: of numbers, the test part's truth and prediction.
        importance: ``{column, kind, mean, sd}``, best first; ``kind`` is ``permutation`` or ``gain``; sd may be None.
        mistakes: the worst predicted test rows: ``row``, ``truth``, ``prediction``, ``confidence`` or ``residual``,
            then some columns of the table.
        columns: ``column``, ``kind``, ``missing``, ``distinct`` …, one row a column.
        leaderboard: ``{method, val, test, fit_s, predict_s, size_bytes, note}`` in the order of the course; a score is
            None where the method could not run, and ``note`` says why.
        metric: of the leaderboard's scores, as ``accuracy`` or ``rmse``.
        facts: of the method, each a name and a table of rows, or a name and one value; ``table_facts.facts_of``
            makes them of what a model holds.
        figures: further ones, each a file name, a title and the figure: a decision boundary, contributions. The name
            is that given to the figure when it was drawn, another for each.
        environment: what ``env.json`` holds.
        recipe: the resolved recipe as YAML.
        notes: what was said while it ran.
    Shapes:
        roc, residuals: two of (N,)

    """

    title: str
    run: str
    task: str
    summary: list[tuple[str, str]] = field(default_factory=list)
    metrics: dict[str, float] = field(default_factory=dict)
    headline: list[str] = field(default_factory=list)
    history: list[dict] = field(default_factory=list)
    best_round: int = 0
    classes: list[str] = field(default_factory=list)
    confusion: list[list[int]] = field(default_factory=list)
    per_class: list[dict] = field(default_factory=list)
    calibration: list[dict] = field(default_factory=list)
    roc: tuple[np.ndarray, np.ndarray] | None = None
    residuals: tuple[np.ndarray, np.ndarray] | None = None
    importance: list[Row] = field(default_factory=list)
    mistakes: list[Row] = field(default_factory=list)
    columns: list[Row] = field(default_factory=list)
    leaderboard: list[Row] = field(default_factory=list)
    metric: str = ""
    facts: list[tuple[str, Any]] = field(default_factory=list)
    figures: list[tuple[str, str, Drawn]] = field(default_factory=list)
    environment: dict = field(default_factory=dict)
    recipe: str = ""
    notes: list[str] = field(default_factory=list)
