"""The report of a method on a table, or of several compared: one HTML file a person reads, its figures as PNG files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dlcli.core.report import lower_is_better
from dlcli.ui import page as training_page
from dlcli.ui import page_parts as parts
from dlcli.ui import table_parts as tables
from dlcli.ui.page_style import counted, label, number, shorten
from dlcli.ui.table_bars import finite
from dlcli.ui.table_report import TableReport

if TYPE_CHECKING:
    from dlcli.ui.canvas import Drawn

__all__ = ["TableReport", "verdict", "write"]

ABSENT = {
    "classify": "There was no test part, so there is no confusion matrix, no reliability and no list of worst rows.",
    "regress": "There was no test part, so there are no residuals and no list of worst rows.",
}
OTHERS = ("leaderboard", "confusion", "calibration", "roc", "residuals")
PARTS_SAID = {"train": "training", "val": "validation", "test": "test"}


def write(report: TableReport, page: Path, plots: Path) -> dict[str, str]:
    """Write the self-contained HTML page and the PNG files beside it.

    The same report gives the same bytes.

    Args:
        report: what to tell.
        page: the HTML file.
        plots: the folder of the PNG files; made when missing.

    Returns:
        role → path: ``page``, and ``plots/<figure>`` for each figure there was data for.

    Raises:
        DataError: a file or the folder cannot be written.
        RunFailed: disk full.

    """
    drawn = _draw(report)
    kind = "comparison" if report.leaderboard else "report"
    return training_page.store(f"{report.title} – {kind}", _body(report, drawn), drawn, page, plots)


def _draw(report: TableReport) -> dict[str, Drawn]:
    from dlcli.ui import plots, table_plots

    figures = {
        name: table_plots.learning_curve(report.history, name, report.best_round)
        for name in table_plots.curve_names(report.history)
    }
    figures["leaderboard"] = table_plots.leaderboard(report.leaderboard, report.metric)
    figures["confusion"] = plots.confusion(report.confusion, report.classes)
    figures["calibration"] = plots.calibration(report.calibration)
    figures["roc"] = table_plots.roc(*report.roc) if report.roc is not None else None
    figures["residuals"] = table_plots.residuals(*report.residuals) if report.residuals is not None else None
    for name, rows in tables.by_kind(report.importance).items():
        figures[name] = table_plots.importance(rows, name)
    figures |= {name: figure for name, _, figure in report.figures}
    return {name: figure for name, figure in figures.items() if figure is not None}


def _body(report: TableReport, drawn: dict[str, Drawn]) -> str:
    tested = any(key.startswith("test/") for key in report.metrics) or report.confusion or report.leaderboard
    return "".join(
        (
            parts.opening(report, verdict(report), "" if tested else ABSENT.get(report.task, "")),
            parts.metrics(report),
            parts.curves(report, drawn, "round", _others(report)),
            tables.leaderboard(report, drawn),
            parts.confusion(report, drawn, "row"),
            parts.classes(report, "row"),
            parts.reliability(report, drawn, "row"),
            tables.roc(report, drawn),
            tables.residuals(report, drawn),
            tables.importance(report, drawn),
            tables.figures(report),
            tables.mistakes(report),
            tables.columns(report),
            tables.facts(report),
            parts.origin(report),
        )
    )


def _others(report: TableReport) -> set[str]:
    """Return the names of the figures that are no curves."""
    return {*OTHERS, *tables.by_kind(report.importance), *(name for name, *_ in report.figures)}


def verdict(report: TableReport) -> str:
    """Return the run in one sentence."""
    rounds = max((int(row.get("round", i)) for i, row in enumerate(report.history, 1)), default=0)
    kept = f"best round {report.best_round:,} of {rounds:,}" if 0 < report.best_round <= rounds else ""
    said = "; ".join(s for s in (_best_method(report), _scored(report), kept) if s)
    return said[:1].upper() + said[1:] + "." if said else "Nothing was measured."


def _scored(report: TableReport) -> str:
    keys = parts.headline(report)
    if not keys:
        return ""
    part, _, name = keys[0].partition("/")
    rows = int(np.sum(report.confusion)) if report.confusion else 0
    rows = len(report.residuals[0]) if report.residuals is not None else rows
    said = f"{label(name or keys[0])} {_shown(name or keys[0], report.metrics[keys[0]])}"
    if part == "test" and rows:
        return f"{said} on {counted(rows, 'test row')}"
    return f"{said} on the {PARTS_SAID[part]} part" if part in PARTS_SAID else said


def _shown(name: str, value: float) -> str:
    share = name.endswith("accuracy") and isinstance(value, int | float) and np.isfinite(value)
    return f"{number(100 * value, 1)} %" if share else number(value)


def _best_method(report: TableReport) -> str:
    """Return which method won, by the validation part where it was scored: the test part must not choose."""
    part, other = ("val", "test") if tables.best(report, "val") else ("test", "val")
    best = tables.best(report, part)
    if best is None:
        return "no method could be scored" if report.leaderboard else ""
    name = report.metric
    name = report.metric
    said = (
        f"{'lowest' if lower_is_better(name) else 'highest'} {label(name) or 'score'} on the {PARTS_SAID[part]} part: "
    )
    said += f"{shorten(best['method'], 60)}, {_shown(name, best[part])}"
    return f"{said}; on the {PARTS_SAID[other]} part {_shown(name, best[other])}" if finite(best.get(other)) else said
