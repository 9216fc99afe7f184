"""The report page of a fit, and what it shows of rows and columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcli.core import files
from dlcli.core import recipe as recipes
from dlcli.core.errors import DataError
from dlcli.core.run import Run
from dlcli.data.tables import Schema, Table
from dlcli.methods import contributions
from dlcli.tasks.table import Prepared, Rows
from dlcli.ui import table_page, table_plots
from dlcli.ui.table_facts import facts_of
from dlcli.ui.table_report import TableReport

WORST = 12  # test rows shown as the worst
HEADLINE = {"classify": ("test/accuracy", "test/auc", "test/log_loss"), "regress": ("test/rmse", "test/mae", "test/r2")}
GRID = 200  # points along each side of a drawn boundary


def write(
    run: Run, prepared: Prepared, resolved: recipes.Resolved, name: str, model: Any, answers: dict[str, np.ndarray],
    metrics: dict[str, float], details: dict[str, Any], weights: list[dict[str, Any]], notes: list[str], fit_s: float,
) -> dict[str, str]:  # fmt: skip
    """Write the page and its figures; returns role → path."""
    recipe, schema, test = resolved.recipe, prepared.schema, prepared.parts["test"]
    found = answers.get("test")
    wanted = HEADLINE[schema.task]
    content = TableReport(
        title=name,
        run=str(run.path),
        task=schema.task,
        summary=[
            ("data", f"{recipes.plain(recipe.data.train)}: {prepared.counts()} rows; {described(schema)}"),
            ("method", f"{recipe.model.name}: {', '.join(f'{k} {v}' for k, v in said(recipe.model).items())}"),
            ("time", f"{fit_s:.2f} s of fitting"),
        ],
        metrics=metrics,
        headline=[k for k in wanted if k in metrics] or [k.replace("test/", "val/") for k in wanted],
        history=model.history,
        best_round=model.best_round or 0,
        classes=schema.classes,
        confusion=details.get("confusion", []),
        per_class=details.get("per_class", []),
        calibration=details.get("calibration", []),
        roc=(test.y, found[:, 1]) if found is not None and len(schema.classes) == 2 else None,
        residuals=(test.y, found) if found is not None and schema.task == "regress" else None,
        importance=weights,
        mistakes=[] if found is None else mistakes(prepared, found),
        columns=prepared.columns,
        facts=facts_of(model.facts),
        figures=_boundary(model, schema, prepared.parts["train"]),
        environment=files.read_json(run.env),
        recipe=resolved.text(),
        notes=notes,
    )
    return table_page.write(content, run.page, run.plots)


def described(schema: Schema) -> str:
    """Return in words what is told from what."""
    if schema.task == "regress":
        return f"regression of {schema.target} on {len(schema.features)} columns"
    return f"{len(schema.classes)} classes of {schema.target} from {len(schema.features)} columns"


def said(model: Any) -> dict[str, Any]:
    """Return the parameters of a method's section that say something."""
    return {k: v for k, v in recipes.plain(model).items() if k not in ("name", "params") and v is not None}


def gain_rows(model: Any, groups: dict[str, list[int]]) -> list[dict[str, Any]]:
    """Return what splits on each column of the table won, most first.

    Raises:
        UsageError: the method has no trees.

    """
    won = contributions.gain(model)
    rows = [{"column": n, "kind": "gain", "mean": float(won[at].sum()), "sd": None} for n, at in groups.items()]
    return sorted(rows, key=lambda r: -r["mean"])


def mistakes(prepared: Prepared, answers: np.ndarray) -> list[dict[str, Any]]:
    """Return the test rows that were answered worst, worst first."""
    rows, schema = prepared.parts["test"], prepared.schema
    if schema.task == "classify":
        p = answers[np.arange(len(rows)), rows.y]
        wrong = np.flatnonzero(answers.argmax(axis=1) != rows.y)
        order = wrong[np.argsort(p[wrong], kind="stable")][:WORST]
    else:
        order = np.argsort(-np.abs(answers - rows.y), kind="stable")[:WORST]
    shown = columns_of(rows.table, schema, order, 4)
    found = []
    for place, i in enumerate(order):
        if schema.task == "classify":
            guess = int(answers[i].argmax())
            told = {
                "truth": schema.classes[int(rows.y[i])],
                "prediction": schema.classes[guess],
                "confidence": float(answers[i, guess]),
            }
        else:
            told = {
                "truth": float(rows.y[i]),
                "prediction": float(answers[i]),
                "residual": float(rows.y[i] - answers[i]),
            }
        held = dict(shown[place])
        found.append({"row": held.pop("row"), **told, **held})
    return found


def columns_of(read: Table, schema: Schema, rows: Sequence[int], most: int) -> list[dict[str, Any]]:
    """Return some rows of a table with their ids and first columns, as typed."""
    taken = read.take(np.asarray(rows, dtype=np.int64))
    names = [*schema.ids, *(c.name for c in schema.columns[:most])]
    cells = {n: taken[n].text().cells() for n in names if n in taken}
    return [{"row": read.where(int(r)), **{n: c[k] for n, c in cells.items()}} for k, r in enumerate(rows)]


def _boundary(model: Any, schema: Schema, rows: Rows) -> list[tuple[str, str, Any]]:
    """Return the picture of a model of two numbers."""
    two = len(schema.features) == 2 and all(c.kind == "number" for c in schema.columns)
    if not two or not np.isfinite(rows.x).any(axis=0).all():
        return []
    return [("boundary", "Answers over both columns", boundary(model, schema, rows, 0, 1))]


def boundary(model: Any, schema: Schema, rows: Rows, first: int, second: int) -> Any:
    """Draw a model's answers over two encoded columns; the others are held at their median.

    Raises:
        DataError: a column holds no number.

    """
    sides = []
    for column in (first, second):
        known = rows.x[np.isfinite(rows.x[:, column]), column]
        if not len(known):
            raise DataError(f"the column {schema.features[column]!r} holds no number here")
        room = 0.05 * ((known.max() - known.min()) or 1.0)
        sides.append(np.linspace(known.min() - room, known.max() + room, GRID))
    middle = np.array([np.median(c[np.isfinite(c)]) if np.isfinite(c).any() else np.nan for c in rows.x.T])
    grid = np.tile(middle, (GRID * GRID, 1))
    x, y = np.meshgrid(*sides)
    grid[:, first], grid[:, second] = x.ravel(), y.ravel()
    answers = model.predict(grid)
    shaped = answers.reshape(GRID, GRID, *answers.shape[1:])
    points = rows.x[:, [first, second]]
    axes = (schema.features[first], schema.features[second])
    return table_plots.decision_boundary(sides[0], sides[1], shaped, points, rows.y, axes, schema.classes)
