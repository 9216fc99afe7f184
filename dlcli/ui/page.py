"""The training report: one HTML file a person reads, and its figures as PNG files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dlcli.core import files
from dlcli.core.errors import DataError
from dlcli.ui import page_parts as parts
from dlcli.ui import page_style as style
from dlcli.ui.page_style import label, number
from dlcli.ui.report import Mistake, TrainingReport

if TYPE_CHECKING:
    from dlcli.ui.canvas import Drawn

__all__ = ["Mistake", "TrainingReport", "write"]

ABSENT = "There was no test part, so there is no confusion matrix, no reliability and no list of worst pictures."


def write(report: TrainingReport, page: Path, plots: Path) -> dict[str, str]:
    """Write the self-contained HTML page and the PNG files beside it.

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
    return store(f"{report.title} – training report", _body(report, drawn), drawn, page, plots)


def store(title: str, body: str, drawn: dict[str, Drawn], page: Path, plots: Path) -> dict[str, str]:
    """Write a page of this body and its figures; see ``write``."""
    try:
        plots.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(
            f"cannot make {plots}: {error.strerror or error}", "choose a folder you can write to"
        ) from error
    written = {"page": str(page)}
    for name, figure in drawn.items():
        path = plots / f"{name}.png"
        files.write_with(path, lambda file, png=figure.png: file.write(png))
        written[f"plots/{name}"] = str(path)
    files.write_text(page, style.frame(title, body))
    return written


def _draw(report: TrainingReport) -> dict[str, Drawn]:
    from dlcli.ui import plots, watch_plots

    figures = {
        n: plots.curve(report.history, n, report.best_epoch) for n in plots.curve_names(report.history, report.headline)
    }
    figures["learning_rate"] = plots.learning_rate(report.history)
    if report.watched:
        figures |= watch_plots.figures(report.watched["looks"])
    figures["confusion"] = plots.confusion(report.confusion, report.classes)
    figures["calibration"] = plots.calibration(report.calibration)
    figures["mistakes"] = plots.mistakes(report.mistakes)
    return {name: figure for name, figure in figures.items() if figure is not None}


def _body(report: TrainingReport, drawn: dict[str, Drawn]) -> str:
    from dlcli.ui import watch_plots

    return "".join(
        (
            _opening(report),
            parts.curves(report, drawn, others=(*parts.NO_CURVES, *watch_plots.NAMES)),
            parts.diagnosis(report.diagnosis),
            parts.watched(report.watched, drawn, watch_plots.NAMES),
            parts.confusion(report, drawn),
            parts.worst(report),
            parts.classes(report),
            parts.reliability(report, drawn),
            parts.metrics(report),
            parts.origin(report),
        )
    )


def _opening(report: TrainingReport) -> str:
    tested = report.confusion or any(key.startswith("test/") for key in report.metrics)
    return parts.opening(report, verdict(report), "" if tested else ABSENT)


def verdict(report: TrainingReport) -> str:
    """Return the run in one sentence."""
    epochs = max((int(row.get("epoch", i)) for i, row in enumerate(report.history, 1)), default=0)
    kept = f"best weights from epoch {report.best_epoch} of {epochs}." if 0 < report.best_epoch <= epochs else ""
    keys = parts.headline(report)
    if not keys:
        return kept[:1].upper() + kept[1:] or "Nothing was measured."
    key, value = keys[0], report.metrics[keys[0]]
    shown = f"{number(100 * value, 1)} %" if key.endswith("accuracy") and np.isfinite(value) else number(value)
    count = int(np.sum(report.confusion)) if key.startswith("test/") and report.confusion else 0
    said = f"{label(key)} {shown}" + (f" on {count:,} pictures" if count else "")
    return said[:1].upper() + said[1:] + (f"; {kept}" if kept else ".")
