"""The sections of the report page, one function each; an empty string where there is nothing to tell."""

from __future__ import annotations

import base64
import io
import shlex
from collections.abc import Container, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dlcli.core.report import lower_is_better
from dlcli.ui import page_style as style
from dlcli.ui.page_style import label, number, text

if TYPE_CHECKING:
    from dlcli.ui.canvas import Drawn
    from dlcli.ui.report import TrainingReport
    from dlcli.ui.table_report import TableReport

    Report = TrainingReport | TableReport

PARTS = ("train", "val", "test")
PARTS_SAID = "Training is dashed, validation is solid."
BEST_SAID = {
    "epoch": "The dotted line marks the epoch whose weights were kept.",
    "round": "The dotted line marks the best round.",
}
NO_CURVES = ("confusion", "calibration", "mistakes")
MATRIX = (
    "Rows are the truth, columns the prediction; blue is right, orange is wrong, "
    "and a deeper color is a larger share of the row."
)
RELIABLE = (
    "How often the model is right when it is this sure. On the dashed line its confidence can be taken at its word; "
    "below it the model is too sure. Pale bars hold fewer than ten {item}s."
)


def opening(report: Report, verdict: str, absent: str) -> str:
    """Return the head of the page: title, run, the verdict, what is absent, the figures to print large, the facts."""
    big = "".join(
        f"<div><dt>{text(label(key))}{_hint(key)}</dt><dd>{text(number(report.metrics[key]))}</dd></div>"
        for key in headline(report)
    )
    return (
        f'<header><h1>{text(report.title)}</h1><p class="run">{text(report.run)}</p>'
        f'<p class="verdict">{text(verdict)}</p>'
        + (f'<p class="absent">{absent}</p>' if absent else "")
        + (f'<dl class="figures">{big}</dl>' if big else "")
        + style.facts(report.summary)
        + "</header>\n"
    )


def headline(report: Report) -> list[str]:
    """Return the keys to print large: those asked for, or the validation part's where none was measured."""
    asked = [key for key in report.headline if key in report.metrics]
    return asked or [key for key in report.metrics if key.startswith("val/")][:4]


def _hint(key: str) -> str:
    unit = "nats, " if key.endswith("log_loss") else ""
    return f"<small>{unit}lower is better</small>" if lower_is_better(key) else ""


def plot(figure: Drawn, caption: str = "") -> str:
    """Return a figure; one too wide for a phone scrolls instead of shrinking past reading."""
    least = f"min-width:{figure.width:.0f}px;" if figure.width > 520 else ""
    said = f"<figcaption>{text(caption)}</figcaption>" if caption else ""
    limits = f"{least}max-width:{1.45 * figure.width:.0f}px"
    picture = figure.svg.replace("<svg ", f'<svg role="img" aria-label="{text(figure.alt)}" style="{limits}" ', 1)
    return f'<figure class="plot"><div class="scroll"{_reachable(bool(least))}>{picture}</div>{said}</figure>'


def _reachable(scrolls: bool) -> str:
    return ' tabindex="0"' if scrolls else ""  # so that the keyboard can scroll it


def curves(report: Report, drawn: dict[str, Drawn], unit: str = "epoch", others: Container[str] = NO_CURVES) -> str:
    """Return the curves of both parts and, of a network, the learning rate.

    Args:
        report: with the history.
        drawn: the figures by name.
        unit: ``epoch`` or ``round``.
        others: the figures that are no curves.

    """
    from dlcli.ui import plots

    shown = [name for name in drawn if name not in others]
    if not shown:
        return ""
    blocks = []
    for name in shown:
        keys = [key for key in (f"{part}/{name}" for part in PARTS) if any(key in row for row in report.history)]
        gaps = {key: int(np.isnan(plots.series([r for r in report.history if key in r], key)).sum()) for key in keys}
        lost = "; ".join(
            f"{label(key)} was not a number in {n:,} {unit}{'s' * (n > 1)}" for key, n in gaps.items() if n
        )
        title = label(name)
        blocks.append(f"<div><h3>{text(title[:1].upper() + title[1:])}</h3>{plot(drawn[name], lost)}</div>")
    lead = (
        PARTS_SAID if any(key.startswith("val/") for row in report.history for key in row) else "",
        BEST_SAID[unit] if any(f"; best {unit}" in drawn[name].alt for name in shown) else "",
    )
    return style.section(
        "curves", "How it learned", " ".join(lead).strip(), f'<div class="pair">{"".join(blocks)}</div>'
    )


def diagnosis(found: Mapping[str, str]) -> str:
    """Return what the curves say: underfit, overfit or fine, why, and what to try."""
    if not found:
        return ""
    verdict = {"unknown": "Too early to tell"}.get(found["verdict"], found["verdict"].capitalize())
    advice = f"<p>To try: {text(found['advice'])}.</p>" if found["advice"] else ""
    body = f"<p><strong>{text(verdict)}</strong>: {text(found['why'])}.</p>{advice}"
    return style.section("diagnosis", "What the curves say", "", body)


def watched(found: Mapping[str, Any] | None, drawn: dict[str, Drawn], names: Sequence[str]) -> str:
    """Return the norms of gradients and activations by layer with their verdicts."""
    if not found:
        return ""
    said = "".join(f"<p>{text(v['text'][:1].upper() + v['text'][1:])}.</p>" for v in found["verdicts"])
    figures = "".join(f"<div>{plot(drawn[name])}</div>" for name in names if name in drawn)
    rows = [
        style.row(text(r["layer"]), [number(r[k]) for k in ("gradient", "weight", "activation")])
        for r in found["layers"]
    ]
    table = style.table(("Layer", "Gradient", "Weight", "Activation"), rows, "medians over the looks")
    lead = "Root mean squares by layer, from the first layer (top) to the last; medians over the steps looked at."
    return style.section("gradients", "How gradients flowed", lead, f'{said}<div class="pair">{figures}</div>{table}')


def confusion(report: Report, drawn: dict[str, Drawn], item: str = "picture") -> str:
    """Return the confusion matrix beside the pairs confused most often."""
    if "confusion" not in drawn:
        return ""
    counts = np.asarray(report.confusion, dtype=np.int64)
    wrong = counts * (1 - np.eye(len(counts), dtype=np.int64))
    order = np.argsort(-wrong, axis=None, kind="stable")[:10]
    pairs = [(int(i) // len(counts), int(i) % len(counts)) for i in order if wrong.flat[i] > 0]
    name = [*(style.shorten(c, 60) for c in report.classes), *map(str, range(len(report.classes), len(counts)))]
    rows = [
        style.row(
            text(name[t]), (text(name[p]), number(int(wrong[t, p])), number(wrong[t, p] / counts[t].sum())), "named"
        )
        for t, p in pairs
    ]
    often = style.table(("Truth", "Taken for", "Times", "Share"), rows, "most frequent confusions", "named")
    beside = (
        f'<h3>Most frequent confusions</h3><div class="scroll">{often}</div>'
        if rows
        else f"<p>No test {item} was misread.</p>"
    )
    pair = "pair" if drawn["confusion"].width < 520 else "stack"
    return style.section(
        "confusion",
        "What is taken for what",
        MATRIX,
        f'<div class="{pair}">{plot(drawn["confusion"])}<div>{beside}</div></div>',
    )


def worst(report: TrainingReport) -> str:
    """Return the pictures of the highest loss."""
    if not report.mistakes:
        return ""
    cards = []
    for one in report.mistakes:
        truth, guess = (text(style.shorten(name, 40)) for name in (one.truth, one.prediction))
        said = f"{truth}, but unsure" if one.truth == one.prediction else f"{truth} → {guess}"
        name = one.name if len(one.name) <= 40 else "…" + one.name[-39:]  # the end tells files apart
        cards.append(
            f"<figure>{_picture(one.picture, f'{one.name}: truth {one.truth}, prediction {one.prediction}')}"
            f"<figcaption><b>{said}</b>at {text(number(one.confidence, 2))}, loss {text(number(one.loss, 2))}"
            f"<small>{text(name)}</small></figcaption></figure>"
        )
    lead = "Truth → prediction, and how sure the model was of it. Look here first for wrong labels."
    title = f"The {len(cards)} worst test pictures" if len(cards) > 1 else "The worst test picture"
    return style.section("worst", title, lead, f'<div class="grid">{"".join(cards)}</div>')


def _picture(picture: np.ndarray, alt: str) -> str:
    """Return a picture inside the page: small ones exactly, large ones as a thumbnail."""
    from PIL import Image

    plain = picture[..., 0] if picture.shape[2:] == (1,) else picture
    image, buffer = Image.fromarray(np.ascontiguousarray(plain)), io.BytesIO()
    small = max(image.size) <= 64
    if not small:
        image.thumbnail((320, 320))
    image.save(buffer, "PNG") if small else image.save(buffer, "JPEG", quality=85)
    data = f"data:image/{'png' if small else 'jpeg'};base64,{base64.b64encode(buffer.getvalue()).decode()}"
    kind = ' class="tiny"' if small else ""
    return f'<img{kind} src="{data}" alt="{text(alt)}" width="{image.width}" height="{image.height}">'


def classes(report: Report, item: str = "picture") -> str:
    """Return the figures of each class in the order of the classes, the weakest marked."""
    rows = report.per_class
    if not rows:
        return ""
    there = [r for r in rows if r["support"] and np.isfinite(r["f1"])]
    mean = float(np.mean([r["f1"] for r in there])) if there else 0.0
    weak = [r for r in sorted(there, key=lambda r: r["f1"]) if r["f1"] < mean][:3]
    lines = []
    for r in rows:
        marked = any(r is w for w in weak)
        name = text(r["class"]) + (
            '<span class="tag">weakest</span>'
            if weak and r is weak[0]
            else '<span class="tag">weak</span>'
            if marked
            else ""
        )
        share = float(np.clip(np.nan_to_num(r["f1"]), 0, 1))
        bar = f'<span class="bar"><i style="width:{100 * share:.1f}%"></i></span>{text(number(r["f1"]))}'
        cells = (bar, text(number(r["precision"])), text(number(r["recall"])), number(int(r["support"])))
        lines.append(style.row(name, cells, "weak" if marked else ""))
    body = style.table(("Class", "F1", "Precision", "Recall", f"{item.capitalize()}s"), lines, "figures of each class")
    long = len(rows) > 20
    lead = f"The weakest by F1: {', '.join(style.shorten(r['class'], 30) for r in weak)}." if weak else ""
    return style.section(
        "classes", "Class by class", lead, f'<div class="{"long" if long else "scroll"}" tabindex="0">{body}</div>'
    )


def reliability(report: Report, drawn: dict[str, Drawn], item: str = "picture") -> str:
    """Return how far the model's confidence can be trusted."""
    if "calibration" not in drawn:
        return ""
    rows = [
        style.row(
            f"{r['low']:.2f} – {r['high']:.2f}",
            (text(number(r["confidence"])), text(number(r["accuracy"])), number(int(r["count"]))),
        )
        for r in report.calibration
        if r["count"]
    ]
    said = style.table(("Confidence", "Mean", "Accuracy", f"{item.capitalize()}s"), rows, "accuracy by confidence")
    body = f'<div class="pair">{plot(drawn["calibration"])}<div class="scroll">{said}</div></div>'
    return style.section("reliability", "Reliability", RELIABLE.format(item=item), body)


def metrics(report: Report) -> str:
    """Return every metric, one column a part."""
    parts = [part for part in PARTS if any(key.startswith(f"{part}/") for key in report.metrics)]
    names = dict.fromkeys(key.partition("/")[2] for key in report.metrics if key.partition("/")[0] in parts)
    odd = [key for key in report.metrics if key.partition("/")[0] not in parts]
    if not report.metrics:
        return ""

    def cell(key: str) -> str:
        return text(number(report.metrics[key])) if key in report.metrics else ""

    rows = [style.row(text(label(n)), (cell(f"{p}/{n}") for p in parts)) for n in names]
    rows += [style.row(text(label(key)), [cell(key)]) for key in odd]
    body = style.table(("Metric", *(label(p).capitalize() for p in parts or [""])), rows, "all metrics")
    return style.section("metrics", "All metrics", "", f'<div class="scroll">{body}</div>')


def origin(report: Report) -> str:
    """Return where it came from: environment, recipe, notes, command."""
    known: Mapping[str, Any] = report.environment
    versions = known.get("versions") or {}
    pairs = [
        (k.replace("_", " "), str(v))
        for k, v in known.items()
        if k not in ("schema", "started_s", "command", "versions")
    ]
    pairs.append(("versions", ", ".join(f"{k} {v}" for k, v in versions.items())))
    known_pairs = [(k, v) for k, v in pairs if v]
    parts = [style.section("environment", "Environment", "", style.facts(known_pairs))] if known_pairs else []
    if report.recipe:
        recipe = f'<pre tabindex="0">{style.block(report.recipe)}</pre>'
        recipe = f"<details><summary>The resolved recipe</summary>{recipe}</details>"
        parts.append(style.section("recipe", "Recipe", "", recipe))
    if report.notes:
        notes = "".join(f"<li>{text(note)}</li>" for note in report.notes)
        parts.append(style.section("notes", "Notes", "", f'<ul class="notes">{notes}</ul>'))
    if command := known.get("command"):
        parts.append(
            style.section("command", "Command", "", f'<pre tabindex="0">{style.block(shlex.join(command))}</pre>')
        )
    return "".join(parts)
