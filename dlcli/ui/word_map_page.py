"""A map of words as a page: one HTML file that needs nothing else and asks nothing of the network."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator

from dlcli.ui.page_style import CSS, counted, facts, number, row, table, text
from dlcli.ui.table_boundary import hue
from dlcli.ui.word_map import WordMap
from dlcli.ui.word_map_script import SCRIPT

MOST_LISTED = 2000  # words in the table below the map
STYLE = """
main { max-width: 84rem; padding-top: 1.6rem; padding-bottom: 3rem; }
h1 { font-size: 1.6rem; }
.tools { display: flex; flex-wrap: wrap; gap: 0.6rem; align-items: center; margin: 0.9rem 0 0.7rem; }
.tools label { color: var(--muted); font-size: 0.92rem; }
.tools input, .tools button, .legend button { font: inherit; font-size: 0.95rem; color: var(--ink);
  background: var(--page); border: 1px solid var(--muted); border-radius: 6px; padding: 0.3rem 0.7rem; }
.tools input { width: min(16rem, 60vw); }
.tools button { min-width: 2.4rem; cursor: pointer; }
.tools output { color: var(--muted); font-size: 0.92rem; }
.legend { display: flex; flex-wrap: wrap; gap: 0.4rem; margin: 0 0 0.7rem; padding: 0; list-style: none; }
.legend button { display: flex; align-items: center; gap: 0.45rem; font-size: 0.88rem; padding: 0.15rem 0.6rem;
  border-color: var(--rule); cursor: pointer; overflow-wrap: anywhere; text-align: left; }
.legend button[aria-pressed="true"] { border-color: var(--ink); background: var(--soft); }
.legend svg { width: 0.85rem; height: 0.85rem; flex: none; }
.lead { margin: 0.5rem 0 0; max-width: 60rem; }
.map { position: relative; border: 1px solid var(--rule); border-radius: 6px; height: max(22rem, 70vh); }
.map canvas { display: block; width: 100%; height: 100%; touch-action: none; cursor: grab; border-radius: 6px; }
.map canvas.held { cursor: grabbing; }
.axes { display: flex; justify-content: space-between; gap: 1rem; color: var(--muted); font-size: 0.85rem;
  margin-top: 0.35rem; }
.told { min-height: 3.2rem; margin-top: 0.8rem; overflow-wrap: anywhere; }
.told b { font-weight: 650; }
.told button { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer;
  text-decoration: underline; text-decoration-color: var(--muted); text-underline-offset: 0.2em; }
.keys { color: var(--muted); font-size: 0.88rem; }
details { margin-top: 1.6rem; }
details td, details th { text-align: left; white-space: normal; }
@media print { .tools, .keys { display: none; } .map { break-inside: avoid; } }
"""
# Corners in units of a circle's radius, y downward, in the order of table_boundary.SHAPES; none: a circle.
SHAPES: tuple[tuple[tuple[float, float], ...], ...] = (
    (),
    ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    ((0, -1.2), (1.1, 0.9), (-1.1, 0.9)),
    ((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)),
    ((0, 1.2), (1.1, -0.9), (-1.1, -0.9)),
    ((-0.4, -1.2), (0.4, -1.2), (0.4, -0.4), (1.2, -0.4), (1.2, 0.4), (0.4, 0.4), (0.4, 1.2), (-0.4, 1.2), (-0.4, 0.4),
     (-1.2, 0.4), (-1.2, -0.4), (-0.4, -0.4)),
    ((0, -0.55), (0.6, -1.15), (1.15, -0.6), (0.55, 0), (1.15, 0.6), (0.6, 1.15), (0, 0.55), (-0.6, 1.15), (-1.15, 0.6),
     (-0.55, 0), (-1.15, -0.6), (-0.6, -1.15)),
)  # fmt: skip


def html(word_map: WordMap) -> str:
    """Return the page.

    Its policy lets the browser run the one script whose hash it names and forbids it any request.
    """
    held = json.dumps(_data(word_map), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    held = held.replace("<", "\\u003c")  # no word may end the element it stands in
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    policy = f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{text(word_map.title)}</title>
<link rel="icon" href="data:,">
<style>{CSS}{STYLE}</style>
</head>
<body>
<main>
{_body(word_map)}
</main>
<script type="application/json" id="data">{held}</script>
<script>{SCRIPT}</script>
</body>
</html>
"""


def _data(word_map: WordMap) -> dict:
    near = word_map.near
    return {
        "words": [str(w).encode("utf-8", "replace").decode() for w in word_map.words],
        "x": [round(float(x), 6) for x in _scaled(word_map)[:, 0]],
        "y": [round(float(y), 6) for y in _scaled(word_map)[:, 1]],
        "group": [int(g) for g in word_map.group_of],
        "groups": [str(g) for g in word_map.groups],
        "near": None if near is None else near[0].tolist(),
        "cosines": None if near is None else [[round(c, 3) for c in cosines] for cosines in near[1].tolist()],
        "focus": word_map.focus,
        "shapes": SHAPES,
    }


def _scaled(word_map: WordMap):
    """Return the points within a box of 1,000, so that a few decimals tell them apart."""
    low, high = word_map.points.min(axis=0), word_map.points.max(axis=0)
    span = float((high - low).max())
    return (word_map.points - low) * (1000 / span if span > 0 else 0.0)


def _body(word_map: WordMap) -> str:
    below, beside = word_map.axes
    captions = f'<p class="axes"><span>→ {text(below)}</span><span>↑ {text(beside)}</span></p>' if below else ""
    return f"""<h1>{text(word_map.title)}</h1>
<p class="lead">{text(word_map.about)}</p>
<div class="tools" role="group" aria-label="Look at the map">
<label for="find">Find a word</label>
<input id="find" type="search" autocomplete="off" spellcheck="false">
<button id="closer" type="button" aria-label="Closer">+</button>
<button id="wider" type="button" aria-label="Wider">−</button>
<button id="whole" type="button">Whole map</button>
<output id="count" for="find"></output>
</div>
{_legend(word_map)}
<div class="map"><canvas id="map" tabindex="0" role="application"
 aria-label="Map of {text(counted(len(word_map.words), "word"))}"></canvas></div>
{captions}
<p class="told" id="told" aria-live="polite"></p>
<p class="keys">Wheel or pinch to zoom, drag to move, click a point to keep it. On the map: arrows move, + and − zoom,
0 shows all, n and p go to the next and the previous word, / searches, Esc lets go. In the search: Enter goes on.</p>
<noscript><p>The map is drawn by a script; without it the words stand in the table below.</p></noscript>
{_table(word_map)}
{facts(word_map.facts)}"""


def _legend(word_map: WordMap) -> str:
    if not word_map.groups:
        return ""
    entries = "".join(f"<li>{_key(k, name)}</li>" for k, name in enumerate(word_map.groups))
    if (word_map.group_of < 0).any():
        entries += f"<li>{_key(-1, 'no group')}</li>"
    return f'<ul class="legend" aria-label="Groups; choose one to see it alone">{entries}</ul>'


def _key(group: int, name: str) -> str:
    color = f"var(--{hue(group)})" if group >= 0 else "var(--muted)"
    corners = " ".join(f"{x},{y}" for x, y in SHAPES[group % len(SHAPES)]) if group >= 0 else ""
    mark = f'<polygon points="{corners}"/>' if corners else '<circle r="1"/>'
    svg = f'<svg viewBox="-1.4 -1.4 2.8 2.8" aria-hidden="true" fill="{color}">{mark}</svg>'
    return f'<button type="button" data-group="{group}" aria-pressed="false">{svg}{text(name)}</button>'


def _table(word_map: WordMap) -> str:
    head = ["word", *(["group"] if word_map.groups else []), *(["nearest of the words shown"] if word_map.near else [])]
    if len(head) == 1 and len(word_map.words) > MOST_LISTED:
        return ""
    shown = f"the first {MOST_LISTED:,} words" if len(word_map.words) > MOST_LISTED else "all words"
    body = table(head, _rows(word_map), f"{shown} of the map")
    return f'<details><summary>{shown.capitalize()} as a table</summary><div class="long">{body}</div></details>'


def _rows(word_map: WordMap) -> Iterator[str]:
    for k, word in enumerate(word_map.words[:MOST_LISTED]):
        cells = []
        if word_map.groups:
            group = int(word_map.group_of[k])
            cells.append(text(word_map.groups[group]) if group >= 0 else "")
        if word_map.near is not None:
            pairs = zip(word_map.near[0][k].tolist(), word_map.near[1][k].tolist(), strict=True)
            cells.append(", ".join(f"{text(word_map.words[other])} {number(cosine, 2)}" for other, cosine in pairs))
        yield row(text(word), cells)
