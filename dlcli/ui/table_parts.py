"""The sections of a table's report page that a training report has not; empty where there is nothing to tell."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dlcli.core.report import lower_is_better
from dlcli.ui import page_style as style
from dlcli.ui.page_parts import plot
from dlcli.ui.page_style import label, number, text
from dlcli.ui.table_bars import finite

if TYPE_CHECKING:
    from dlcli.ui.canvas import Drawn
    from dlcli.ui.table_report import Row, TableReport

THRESHOLDS = (0.1, 0.25, 0.5, 0.75, 0.9)
MOST, LONG, CUT = 500, 20, 120  # rows told; rows from which a table scrolls in itself; columns of a terminal in a cell
HEADS = {
    "val": "Validation",
    "test": "Test",
    "train": "Training",
    "fit_s": "Fit, s",
    "predict_s": "Predict, s",
    "size_bytes": "Size, bytes",
    "sd": "Standard deviation",
    **{word: word.capitalize() for word in ("method", "note", "row", "truth", "prediction", "confidence", "residual")},
    **{word: word.capitalize() for word in ("loss", "column", "kind", "role", "missing", "distinct", "mean")},
    **{word: word.capitalize() for word in ("min", "max", "frequent", "member", "number", "accuracy", "weights")},
}
RANKED = {
    "permutation": "How much worse the score gets when a column is shuffled; the line is one standard deviation "
    "to either side. Columns that say the same share their importance or hide each other's.",
    "gain": "Each column's share of what the splits gained in training. It says what the method used, not what helps "
    "on new rows, and favors columns of many values.",
}
ROC = (
    "The share of the second class that is found against the share of the first that is taken for it, over all "
    "thresholds. The dashed line is guessing."
)
RESIDUALS = (
    "Each test row's prediction against its truth. On the dashed line they are equal; above it the prediction is "
    "too high."
)
COMPARED = "In the order the methods are taught. Bars begin at zero."


def rows_table(rows: Sequence[Row], caption: str, best: Row | None = None, *, alike: bool = True) -> str:
    """Return rows as a table that scrolls where it is long or wide; numbers stand right, words left.

    Args:
        rows: name → plain value; the first row's names are the columns, those without any value are left out.
        caption: what it holds, for those who hear the page.
        best: the row to mark.
        alike: whether what stands in a column has one scale, and so the same decimals.

    """
    shown = rows[:MOST]
    held = {name: [_plain(r.get(name)) for r in shown] for name in rows[0]}
    names = [n for i, (n, values) in enumerate(held.items()) if i == 0 or any(v not in (None, "") for v in values)]
    written = [_column(held[n]) if alike else [_value(v) for v in held[n]] for n in names]
    kinds = [_kind(held[n], cells) for n, cells in zip(names, written, strict=True)]  # the first stands left anyway
    heads = "".join(f'<th scope="col"{kind}>{text(style.shorten(HEADS.get(str(n), n), 40))}</th>'
                    for n, kind in zip(names, kinds, strict=True))  # fmt: skip
    body = []
    for i, r in enumerate(shown):
        cells = "".join(
            f"<td{kind}>{text(values[i])}</td>" for values, kind in zip(written[1:], kinds[1:], strict=True)
        )
        marked, tag = (' class="best"', '<span class="tag">best</span>') if r is best else ("", "")
        body.append(f'<tr{marked}><th scope="row"{kinds[0]}>{text(written[0][i])}{tag}</th>{cells}</tr>')
    table = f'<table aria-label="{text(caption)}"><thead><tr>{heads}</tr></thead><tbody>{"".join(body)}</tbody></table>'
    more = f'<p class="lead">and {len(rows) - MOST:,} more</p>' if len(rows) > MOST else ""
    return f'<div class="{"long" if len(rows) > LONG else "scroll"}" tabindex="0">{table}</div>{more}'


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _kind(values: Sequence[Any], cells: Sequence[str]) -> str:
    """Return the class of a column: none for numbers; words stay on one line, unless they are long."""
    if all(v is None or (isinstance(v, int | float) and not isinstance(v, bool)) for v in values):
        return ""
    return ' class="word wide"' if max(style.width(c) for c in cells) > 14 else ' class="word"'


def _column(values: Sequence[Any]) -> list[str]:
    """Return the cells of a column: its numbers with the decimals that its largest needs for three or four figures."""
    numbers = [abs(v) for v in values if isinstance(v, float) and math.isfinite(v)]
    if all(v == int(v) for v in numbers):
        return [_value(int(v) if isinstance(v, float) and math.isfinite(v) else v) for v in values]
    power = math.floor(math.log10(max(numbers)))
    digits = min(max(1, 3 - power if power >= 0 else 2 - power), 7)
    return [_value(v, digits) for v in values]


def _value(value: Any, digits: int | None = None) -> str:
    """Return a plain value for people: nothing for None, lists with commas, long words cut; three figures at least."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        if digits is None and 0 < abs(value) < 0.1:
            return f"{value:.3g}".replace("-", "−")
        return number(value, 3 if digits is None else digits)
    if isinstance(value, list | tuple):
        return style.shorten(", ".join(_value(v) for v in value), CUT)
    return style.shorten(value, CUT)


def best(report: TableReport, part: str) -> Row | None:
    """Return the method of the best score on a part, the first of equals; None when none was scored."""
    scored = [r for r in report.leaderboard if finite(r.get(part))]
    sign = 1 if lower_is_better(report.metric) else -1
    return min(scored, key=lambda r: sign * r[part]) if scored else None


def leaderboard(report: TableReport, drawn: dict[str, Drawn]) -> str:
    """Return the scores, times and sizes of the methods compared."""
    if not report.leaderboard:
        return ""
    first = best(report, "val") or best(report, "test")
    told = rows_table(report.leaderboard, "methods compared", first)
    figure = plot(drawn["leaderboard"]) if "leaderboard" in drawn else ""
    way = "lower" if lower_is_better(report.metric) else "higher"
    lead = f"{COMPARED} {style.clean(label(report.metric)).capitalize() or 'The score'}: {way} is better."
    return style.section(
        "leaderboard", "The methods compared", lead, f'<div class="stack">{figure}<div>{told}</div></div>'
    )


def roc(report: TableReport, drawn: dict[str, Drawn]) -> str:
    """Return the ROC curve of two classes and what some thresholds would find."""
    if "roc" not in drawn or report.roc is None:
        return ""
    second = f" The second class is {style.shorten(report.classes[1], 60)}." if len(report.classes) > 1 else ""
    truth, probability = np.asarray(report.roc[0]).astype(bool), np.asarray(report.roc[1], np.float64)
    rows = []
    for threshold in THRESHOLDS:
        taken = probability >= threshold
        rows.append({"Threshold": f"{threshold:.2f}", "Found": float(taken[truth].mean()),
                     "Falsely taken": float(taken[~truth].mean()), "Taken": int(taken.sum())})  # fmt: skip
    beside = rows_table(rows, "what thresholds find")
    return style.section("roc", "ROC curve", ROC + second, f'<div class="pair">{plot(drawn["roc"])}{beside}</div>')


def residuals(report: TableReport, drawn: dict[str, Drawn]) -> str:
    """Return predictions against the truth and how large the errors are."""
    if "residuals" not in drawn or report.residuals is None:
        return ""
    truth, prediction = (np.asarray(a, np.float64).ravel() for a in report.residuals)
    with np.errstate(over="ignore"):
        error = (prediction - truth)[np.isfinite(truth) & np.isfinite(prediction)]
    size = np.sort(np.abs(error))
    sizes = {f"{share} % of the rows below": size[share * (len(size) - 1) // 100] for share in (50, 75, 90, 95)}
    sizes |= {"largest": size[-1], "mean error, with its sign": error.mean()}
    rows = [{"Absolute error": name, "Size": float(value)} for name, value in sizes.items()]
    beside = rows_table(rows, "how large the errors are")
    body = f'<div class="pair">{plot(drawn["residuals"])}{beside}</div>'
    return style.section("residuals", "Prediction and truth", RESIDUALS, body)


def by_kind(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Return the rows of each kind of importance under the name of its figure."""
    kinds: dict[str, list[Row]] = {}
    for r in rows:
        kinds.setdefault(str(r.get("kind", "")), []).append(r)
    return {"importance" if i == 0 else f"importance_{i + 1}": rows for i, rows in enumerate(kinds.values())}


def importance(report: TableReport, drawn: dict[str, Drawn]) -> str:
    """Return which columns the method uses."""
    blocks = []
    for name, rows in by_kind(report.importance).items():
        if name not in drawn:
            continue
        kind = str(rows[0].get("kind", ""))
        said = f'<p class="lead">{text(RANKED[kind])}</p>' if kind in RANKED else ""
        shown = [{"column": r.get("column"), "mean": r.get("mean"), "sd": r.get("sd")} for r in rows]
        if not any(finite(r["sd"]) for r in shown):
            shown = [{k: r[k] for k in ("column", "mean")} for r in shown]
        blocks.append(
            f'<div>{said}<div class="pair">{plot(drawn[name])}{rows_table(shown, f"importance {kind}")}</div></div>'
        )
    if not blocks:
        return ""
    return style.section("importance", "Which columns matter", "", f'<div class="stack">{"".join(blocks)}</div>')


def figures(report: TableReport) -> str:
    """Return the further figures, each under its title."""
    blocks = [f"<div><h3>{text(title)}</h3>{plot(figure)}</div>" for _, title, figure in report.figures]
    body = f'<div class="pair">{"".join(blocks)}</div>'
    return style.section("figures", "What it answers", "", body) if blocks else ""


def mistakes(report: TableReport) -> str:
    """Return the worst predicted test rows."""
    rows = report.mistakes
    if not rows:
        return ""
    lead = "What the method was most wrong about, worst first. Look here first for wrong labels and broken values."
    title = f"The {len(rows[:MOST])} worst test rows" if len(rows) > 1 else "The worst test row"
    return style.section("worst", title, lead, rows_table(rows, "worst test rows"))


def columns(report: TableReport) -> str:
    """Return what the table's columns hold."""
    if not report.columns:
        return ""
    lead = f"{len(report.columns):,} columns, as they were in the training part." if len(report.columns) > 1 else ""
    return style.section("columns", "Columns", lead, rows_table(report.columns, "columns of the table", alike=False))


def facts(report: TableReport) -> str:
    """Return what the method tells of itself: single values together, then its tables."""
    plain = [(name, _value(v)) for name, v in report.facts if not isinstance(v, list | tuple) and v is not None]
    tables = [(name, rows) for name, rows in report.facts if isinstance(rows, list | tuple) and rows]
    body = style.facts(plain) if plain else ""
    for name, rows in tables:
        records = [r if isinstance(r, dict) else {"value": r} for r in rows]
        body += f"<div><h3>{text(name[:1].upper() + name[1:])}</h3>{rows_table(records, name, alike=False)}</div>"
    return style.section("facts", "What the method tells", "", f'<div class="stack">{body}</div>') if body else ""
