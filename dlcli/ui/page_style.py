"""How the report page looks: its style sheet, its frame, and the small elements and wordings it is made of."""

from __future__ import annotations

import html
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

CSS = """
:root { --page: #ffffff; --card: #fefefe; --ink: #1d2328; --muted: #5f6973; --rule: #dde1e5; --soft: #f5f6f7;
  --train: #d55e00; --val: #0072b2; --third: #009e73; --fourth: #cc79a7; --fifth: #56b4e9; --sixth: #e69f00; }
@media screen and (prefers-color-scheme: dark) {
  :root { --page: #14171a; --card: #14171a; --ink: #e4e7ea; --muted: #98a2ac; --rule: #31373d; --soft: #1c2024;
    --train: #f08c4a; --val: #58b0e6; --third: #3cc79b; --fourth: #e39cc6; --fifth: #a5dcfa; --sixth: #f5bd4f; }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink); line-height: 1.55;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif; }
main { max-width: 66rem; margin: 0 auto; padding: 3.5rem 1.5rem 5rem; }
h1, h2, h3, p, figure, dl, dd, ul, pre { margin: 0; }
h1 { font-size: 1.9rem; line-height: 1.2; font-weight: 650; letter-spacing: -0.015em; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; font-weight: 650; margin-bottom: 0.35rem; }
h3 { font-size: 0.95rem; font-weight: 600; margin-bottom: 0.4rem; }
section { margin-top: 3.75rem; }
.run { color: var(--muted); margin-top: 0.35rem; overflow-wrap: anywhere; }
.verdict { font-size: 1.2rem; margin-top: 1.4rem; max-width: 44rem; }
.lead, .absent { color: var(--muted); max-width: 48rem; text-wrap: pretty; margin-bottom: 1.3rem; }
.absent { margin: 0.5rem 0 0; }
code, pre, .run { font-family: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "Liberation Mono", monospace;
  font-size: 0.86rem; }
pre { background: var(--soft); border-radius: 6px; padding: 0.9rem 1.1rem; overflow-x: auto; line-height: 1.5; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 1.6rem 1rem;
  margin-top: 2.4rem; border-top: 1px solid var(--rule); padding-top: 1.5rem; }
.figures div { display: flex; flex-direction: column; }
.figures dd { order: -1; font-size: 2.7rem; line-height: 1.1; font-weight: 400; letter-spacing: -0.02em;
  font-variant-numeric: tabular-nums; }
.figures dt { margin-top: 0.3rem; font-size: 0.95rem; }
.figures small { display: block; color: var(--muted); font-size: 0.82rem; }
.facts { display: grid; grid-template-columns: minmax(6rem, max-content) 1fr; gap: 0.4rem 2rem; margin-top: 2.2rem;
  font-size: 0.95rem; }
.facts dt { color: var(--muted); }
.facts dd { min-width: 0; overflow-wrap: anywhere; unicode-bidi: isolate; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 23rem), 1fr)); gap: 2.2rem 2.6rem;
  align-items: start; }
.pair > * { min-width: 0; }
.stack > * + * { margin-top: 2.2rem; }
figcaption { font-size: 0.85rem; color: var(--muted); margin-top: 0.3rem; }
.scroll { overflow-x: auto; }
.plot svg { display: block; width: 100%; height: auto; font-family: inherit; font-variant-numeric: tabular-nums; }
.plot svg * { stroke-linejoin: round; }
table { border-collapse: collapse; font-size: 0.92rem; font-variant-numeric: tabular-nums; width: 100%; }
th, td { text-align: right; padding: 0.36rem 0 0.36rem 1.4rem; border-bottom: 1px solid var(--rule); font-weight: 400;
  white-space: nowrap; vertical-align: baseline; unicode-bidi: isolate; }
thead th { color: var(--muted); font-size: 0.85rem; }
th:first-child { padding-left: 0; min-width: 5rem; }
th:first-child, .named :is(th, td):nth-child(2) { text-align: left; white-space: normal; overflow-wrap: anywhere; }
.long { max-height: 34rem; overflow: auto; border-bottom: 1px solid var(--rule); }
.long thead th { position: sticky; top: 0; background: var(--page); }
.bar { display: inline-block; vertical-align: 0.08em; width: 6rem; height: 0.5rem; margin-right: 0.8rem;
  background: var(--soft); text-align: left; }
.bar i { display: block; height: 100%; background: var(--val); print-color-adjust: exact; }
.weak .bar i { background: var(--train); }
.weak th { font-weight: 650; }
.best th { font-weight: 650; }
.best .tag { color: var(--val); }
:is(th, td).word { text-align: left; white-space: nowrap; }
:is(th, td).wide { white-space: normal; overflow-wrap: anywhere; min-width: 9rem; }
.tag { font-size: 0.78rem; font-weight: 400; color: var(--train); margin-left: 0.7rem; white-space: nowrap; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(8.6rem, 1fr)); gap: 1.8rem 1.4rem; }
.grid figure { min-width: 0; }
.grid img { display: block; width: 100%; height: auto; aspect-ratio: 1; object-fit: contain; background: var(--soft);
  border-radius: 3px; }
.grid img.tiny { image-rendering: pixelated; }
.grid figcaption { margin-top: 0.5rem; line-height: 1.4; overflow-wrap: anywhere; unicode-bidi: isolate; }
.grid b { display: block; color: var(--ink); font-size: 0.98rem; font-weight: 600; }
.grid small { display: block; font-size: 0.78rem; }
.notes { padding-left: 1.1rem; font-size: 0.95rem; overflow-wrap: anywhere; }
summary { cursor: pointer; font-weight: 600; }
summary + * { margin-top: 0.8rem; }
:focus-visible { outline: 2px solid var(--val); outline-offset: 3px; }
@media (max-width: 34rem) {
  main { padding: 2rem 1.1rem 3.5rem; }
  section { margin-top: 3rem; }
  .facts { grid-template-columns: 1fr; gap: 0; }
  .facts dd { margin-bottom: 0.7rem; }
  .figures { grid-template-columns: 1fr 1fr; }
  .figures dd { font-size: 2.2rem; }
  th, td { padding-left: 0.6rem; }
  .bar { width: 2.2rem; margin-right: 0.5rem; }
  .grid { grid-template-columns: repeat(auto-fill, minmax(6.6rem, 1fr)); gap: 1.4rem 1rem; }
}
@media print {
  main { max-width: none; padding: 0; }
  section { margin-top: 2rem; }
  figure, tr, .figures div { break-inside: avoid; }
  h2, h3, .lead { break-after: avoid; }
  .long { max-height: none; overflow: visible; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
}
"""

SPELLED = {
    "f1": "F1",
    "iou": "IoU",
    "map": "mAP",
    "val": "validation",
    "train": "training",
    "top5": "top-5",
    "lr": "learning rate",
    "auc": "AUC",
    "mae": "MAE",
    "mse": "MSE",
    "r2": "R²",
    "rmse": "RMSE",
}


def clean(words: Any) -> str:
    """Return text that any file and any screen can hold: one line, no control characters, no half characters."""
    text = " ".join(str(words).encode("utf-8", "replace").decode().split())
    return "".join("\ufffd" if unicodedata.category(c) == "Cc" or ord(c) & 0xFFFE == 0xFFFE else c for c in text)


def text(words: Any) -> str:
    """Return words as they must be written in HTML."""
    return html.escape(clean(words))


def block(words: str) -> str:
    """Return lines as they must be written in HTML; the line breaks stay."""
    return "\n".join(html.escape("".join(c for c in line if c == "\t" or unicodedata.category(c) != "Cc"))
                     for line in words.encode("utf-8", "replace").decode().splitlines())  # fmt: skip


def width(words: str) -> int:
    """Return how many columns of a terminal the words take: East Asian characters and emoji take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in words)


def shorten(words: Any, most: int) -> str:
    """Return clean words of at most ``most`` columns, cut with an ellipsis."""
    words = clean(str(words)[: 4 * most + 40])  # a cell may be megabytes long
    if width(words) <= most:
        return words
    while width(words) > most - 1:
        words = words[:-1]
    return words.rstrip() + "…"


def number(value: Any, digits: int = 3) -> str:
    """Return a figure for people: three decimals, and more where they would say 0 or 1 of what is neither."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return clean(value)
    if not math.isfinite(value):
        return "not a number" if math.isnan(value) else ("∞" if value > 0 else "−∞")
    if isinstance(value, int) or abs(value) >= 1000:
        return f"{value:,.0f}".replace("-", "−")
    shown = f"{value:.{digits}f}"
    if float(shown) in (0.0, 1.0, 100.0) and float(shown) != value:
        longer = (f"{value:.{d}f}" for d in range(digits + 1, 7))
        shown = next((s for s in longer if float(s) != float(shown)), f"{value:.2g}" if abs(value) < 0.5 else shown)
    return shown.replace("-", "−")


def counted(count: int, word: str) -> str:
    """Return how many of something: 1 row, 2,000 rows."""
    return f"{count:,} {word}{'s' * (count != 1)}"


def label(key: str) -> str:
    """Return a metric's name in words: ``val/macro_f1`` → validation macro F1."""
    return " ".join(SPELLED.get(word, word) for word in re.split(r"[/_]+", key) if word)


def table(head: Sequence[str], rows: Iterable[str], caption: str, kind: str = "") -> str:
    """Return a table; the rows are made with ``row``."""
    attribute = f' class="{kind}"' if kind else ""
    cells = "".join(f'<th scope="col">{text(h)}</th>' for h in head)
    body = f"<thead><tr>{cells}</tr></thead><tbody>{''.join(rows)}</tbody>"
    return f'<table{attribute} aria-label="{text(caption)}">{body}</table>'


def row(name: str, cells: Iterable[str], kind: str = "") -> str:
    """Return a table row of HTML cells with its name in front."""
    attribute = f' class="{kind}"' if kind else ""
    return f'<tr{attribute}><th scope="row">{name}</th>{"".join(f"<td>{c}</td>" for c in cells)}</tr>'


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """Return terms and what is said of them."""
    return '<dl class="facts">' + "".join(f"<dt>{text(k)}</dt><dd>{text(v)}</dd>" for k, v in pairs) + "</dl>"


def section(name: str, title: str, lead: str, body: str) -> str:
    """Return one section of the page; the lead is a sentence in plain text."""
    said = f'<p class="lead">{text(lead)}</p>' if lead else ""
    return f'<section aria-labelledby="{name}"><h2 id="{name}">{text(title)}</h2>{said}{body}</section>\n'


def frame(title: str, body: str) -> str:
    """Return the whole document. Its policy forbids the browser any request, whatever a name in it tries."""
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{text(title)}</title>
<link rel="icon" href="data:,">
<style>{CSS}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""
