"""The report of a fit of word vectors: one HTML file a person reads, its figures as PNG files."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlcli.ui import page as training_page
from dlcli.ui import page_parts as parts
from dlcli.ui import page_style as style
from dlcli.ui import plots
from dlcli.ui import table_parts as tables
from dlcli.ui.page_style import counted, number

if TYPE_CHECKING:
    from dlcli.ui.canvas import Drawn

HEADLINE = ("loss", "vocabulary", "coverage", "words_per_s")
NEAREST = (
    "Some frequent words and the words whose vectors point most nearly the same way, by the cosine of the angle "
    "between them. Of words in one row much should be alike in the text."
)


@dataclass(frozen=True)
class VectorReport:
    """What the page tells. What is left empty has no section.

    Args:
        title: the recipe's name.
        run: the run directory as typed.
        summary: facts in words: text, method, time.
        metrics: name → value, fractions.
        headline: the keys of ``metrics`` to print large.
        history: one record an epoch, ``{"epoch": 1, "train/loss": …, "words_per_s": …}``.
        neighbors: ``{word, count, nearest}``, of some frequent words.
        frequent: ``{word, count, share}``, most frequent first.
        settings: names and values of the method's parameters.
        environment: what ``env.json`` holds.
        recipe: the resolved recipe as YAML.
        notes: what was said while it ran.

    """

    title: str
    run: str
    summary: list[tuple[str, str]] = field(default_factory=list)
    metrics: dict[str, float] = field(default_factory=dict)
    headline: list[str] = field(default_factory=lambda: list(HEADLINE))
    history: list[dict] = field(default_factory=list)
    neighbors: list[dict[str, Any]] = field(default_factory=list)
    frequent: list[dict[str, Any]] = field(default_factory=list)
    settings: list[tuple[str, str]] = field(default_factory=list)
    environment: dict = field(default_factory=dict)
    recipe: str = ""
    notes: list[str] = field(default_factory=list)


def write(report: VectorReport, page: Path, plots_folder: Path) -> dict[str, str]:
    """Write the self-contained HTML page and the PNG files beside it.

    Args:
        report: what to tell.
        page: the HTML file.
        plots_folder: the folder of the PNG files; made when missing.

    Returns:
        role → path: ``page``, and ``plots/<figure>`` for each figure there was data for.

    Raises:
        DataError: a file or the folder cannot be written.
        RunFailed: disk full.

    """
    drawn = _draw(report)
    return training_page.store(f"{report.title} – word vectors", _body(report, drawn), drawn, page, plots_folder)


def _draw(report: VectorReport) -> dict[str, Drawn]:
    if len(report.history) < 2:  # a point is no curve
        return {}
    speeds = [{"epoch": r["epoch"], "train/words_per_s": r.get("words_per_s")} for r in report.history]
    figures = {
        "loss": plots.curve(report.history, "loss", 0),
        "words_per_s": plots.curve(speeds, "words_per_s", 0),
    }
    return {name: figure for name, figure in figures.items() if figure is not None}


def _body(report: VectorReport, drawn: dict[str, Drawn]) -> str:
    return "".join(
        (
            parts.opening(report, verdict(report), ""),  # type: ignore[arg-type]
            parts.curves(report, drawn),  # type: ignore[arg-type]
            _section("neighbors", "Nearest neighbors", NEAREST, report.neighbors),
            _section("frequent", "Most frequent words", "", report.frequent),
            style.section("settings", "Settings", "", style.facts(report.settings)) if report.settings else "",
            parts.metrics(report),  # type: ignore[arg-type]
            parts.origin(report),  # type: ignore[arg-type]
        )
    )


def _section(name: str, title: str, lead: str, rows: list[dict[str, Any]]) -> str:
    return style.section(name, title, lead, tables.rows_table(rows, title.lower())) if rows else ""


def verdict(report: VectorReport) -> str:
    """Return the fit in one sentence."""
    words, share = int(report.metrics["vocabulary"]), report.metrics["coverage"]
    said = f"Vectors of {counted(words, 'word')}, which are {number(100 * share, 1)} % of the text"
    if "loss" in report.metrics:
        return f"{said}; the loss is {number(report.metrics['loss'])} in the end."
    return f"{said}."
