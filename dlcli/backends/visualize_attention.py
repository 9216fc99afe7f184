"""dlcli visualize attention: what the heads of a vision transformer look at."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from dlcli.backends import visualize as common
from dlcli.backends.visualize import Seen, Subject
from dlcli.backends.visualize_writer import Made, Place
from dlcli.core import report
from dlcli.core.errors import RunFailed, UsageError
from dlcli.core.output import Output
from dlcli.core.recipe import Resolved
from dlcli.core.schemas.visualize_attention import place as place_of
from dlcli.methods import attention as method
from dlcli.methods import attention_layers
from dlcli.methods.attention_layers import Plan
from dlcli.methods.attention_places import Places
from dlcli.ui import map_sheet, tables
from dlcli.ui.console import say
from dlcli.ui.map_sheet import Panel

Cell = tuple[int, int, int, int]  # top, left, bottom, right in pixels
RAW_BYTES = 256 << 20
GLOBAL, WINDOWED = "layers × heads × queries × keys", "windows × heads × queries × keys; positions: windows × tokens"


@dataclass(frozen=True)
class Query:
    """Who looks: a window, a query in it, its words, and where it stands in the picture."""

    window: int
    number: int
    words: str
    cell: Cell | None


def attention(words: Sequence[str], resolved: Resolved, output: Output, place: Place) -> None:
    """Run ``dlcli visualize attention``."""
    recipe: Any = resolved.recipe
    plans: list[Plan] = []

    def work(held: Subject, seen: Seen) -> Made:
        if not plans:
            plans.append(plan_of(held, seen, recipe))
        return attention_of(held, seen, recipe, plans[0])

    common.each_picture("attention", words, resolved, output, place, work)


def plan_of(held: Subject, seen: Seen, recipe: Any) -> Plan:
    """Return which attentions are looked at in pictures of this size; see ``methods/attention_layers``."""
    if recipe.rollout:
        return attention_layers.planned_rollout(held.module, seen.x)
    return attention_layers.planned(held.module, seen.x, recipe.layer)


def attention_of(held: Subject, seen: Seen, recipe: Any, plan: Plan | None = None) -> Made:
    """Return the attention maps of one picture.

    Args:
        held: the network.
        seen: the picture.
        recipe: an ``AttentionRecipe``.
        plan: of ``plan_of``; None: it is made, which costs a few forward passes.

    Raises:
        UsageError: no attention, no such layer, head or place; rollout where it means nothing.
        RunFailed: a map is blank, constant or no number.

    """
    plan = plan or plan_of(held, seen, recipe)
    if recipe.rollout:
        return _rollout(held, seen, recipe, plan)
    scores, weights = attention_layers.weights_of(held.module, seen.x, plan)
    queries = {name: _query(plan.places[name], seen, recipe.at, plan.token) for name in plan.layers}
    panels, facts = [], []
    for name, four in weights.items():
        places, query = plan.places[name], queries[name]
        wide = math.log(four.shape[-1])
        entropies = method.entropy(four).mean((0, 2)).tolist()
        maps = places.map_of(four, query.window, query.number)  # (heads, rows, columns)
        many = len(plan.layers) > 1
        one = attention_layers.heads_as_one(maps, recipe.head or "mean", name)
        _raise_unless_map(one, name, query)
        lines = (f"{recipe.head or 'mean'} of {len(maps)} heads" if not (recipe.head or "").isdecimal() else
                 f"head {recipe.head}",)  # fmt: skip
        if recipe.head is None and not many:
            panels += [
                _panel(seen, m, query, recipe, (f"head {k}", f"entropy {e:.2f} of {wide:.2f}"))
                for k, (m, e) in enumerate(zip(maps, entropies, strict=True))
            ]
        panels.append(_panel(seen, one, query, recipe, (*lines, name) if many else lines))
        facts.append(
            {
                "layer": name, "heads": len(maps), "tokens": four.shape[-1], "windows": places.windows,
                "grid": list(places.key_grid), "query": query.words,
                "entropy": [round(e, 4) for e in entropies], "entropy_most": round(wide, 4),
                "on_picture": [round(float(m.sum()), 4) for m in maps], "greatest": round(float(one.max()), 6),
            }
        )  # fmt: skip
    raw, shape = _raw(weights, plan)
    first = facts[-1]
    told = {
        "layer": first["layer"] if len(facts) == 1 else f"{len(facts)} layers", "heads": first["heads"],
        "tokens": first["tokens"], "query": first["query"], "head": recipe.head or "all",
        "layers": facts, "raw": shape, "top": common.likeliest(held, scores),
    }  # fmt: skip
    words = {q.words for q in queries.values()}
    inside = " inside its window" if any(p.windows > 1 for p in plan.places.values()) else ""
    title = f"{told['layer']}: what {' / '.join(sorted(words))} looks at{inside}"
    panels.insert(0, _picture(seen, next(iter(queries.values())), told["top"]))
    return Made(seen.name, map_sheet.sheet(panels, title, held.opened.stamp, _columns(len(panels))), raw, told)


def _rollout(held: Subject, seen: Seen, recipe: Any, plan: Plan) -> Made:
    head, places = recipe.head or "mean", next(iter(plan.places.values()))
    for found in attention_layers.survey(held.module, seen.x) if head.isdecimal() else ():
        attention_layers.check_head(head, found.heads, found.name)
    scores, layers = attention_layers.weights_of(held.module, seen.x, plan, head)
    matrix = attention_layers.rolled(list(layers.values()))
    query = _query(places, seen, recipe.at, plan.token)
    shown = places.map_of(matrix[None], 0, query.number)
    _raise_unless_map(shown, "rollout", query)
    likely = common.likeliest(held, scores)
    lines = (f"rollout of {len(layers)} layers", f"heads: {head}")
    # Every place keeps a floor, which grows with the layers: the scale begins there.
    panel = _panel(seen, shown, query, recipe, lines, float(shown.min()))
    title = f"rollout: what has reached {query.words} through {len(layers)} layers"
    sheet = map_sheet.sheet([_picture(seen, query, likely), panel], title, held.opened.stamp)
    wide = math.log(len(matrix))
    facts = {
        "layer": "rollout", "layers_rolled": len(layers), "tokens": len(matrix), "query": query.words, "head": head,
        "grid": list(places.key_grid), "entropy": round(float(method.entropy(matrix[query.number])), 4),
        "entropy_most": round(wide, 4), "on_picture": round(float(shown.sum()), 4),
        "raw": "queries × keys", "top": likely,
    }  # fmt: skip
    return Made(seen.name, sheet, {"rollout": matrix.cpu().numpy()}, facts)


def _columns(count: int) -> int:
    """Return how many panels stand side by side: four to six, so that the last row lacks the fewest."""
    return count if count <= 5 else min((4, 5, 6), key=lambda across: -count % across)


def _query(places: Places, seen: Seen, at: str | None, token: int | None) -> Query:
    """Return who looks: the place asked for, the one query there is, the class token, or the center."""
    height, width = seen.image.shape[:2]
    if places.queries.shape[1] == 1:
        if at is not None:
            raise UsageError("this layer has one query for the whole picture; no place of it looks", key="at")
        return Query(0, 0, "the one query of this layer", None)
    if at is None and token is not None:
        return Query(0, token, "the class token", None)
    row, column = place_of(at) if at is not None else (height // 2, width // 2)
    if row >= height or column >= width:
        allowed = f"0,0 to {height - 1},{width - 1}"
        raise UsageError(f"--at {at}: the network sees {height}×{width} pixels; allowed: {allowed}", key="at")
    rows, columns = places.query_grid
    r, c = row * rows // height, column * columns // width
    window, number = (int(v[0]) for v in (places.queries == r * columns + c).nonzero(as_tuple=True))
    top, bottom = (-(-edge * height // rows) for edge in (r, r + 1))
    left, right = (-(-edge * width // columns) for edge in (c, c + 1))
    cell = (top, left, bottom, right)
    return Query(window, number, f"the place at {row},{column}", cell)


def _raise_unless_map(values: Tensor, name: str, query: Query) -> None:
    most, least = float(values.max()), float(values.min())
    if most <= 0:
        text = f"{name}: {query.words} looks at nothing of the picture; all its weight is on other tokens"
        raise RunFailed(f"the map is blank: {text}")
    if values.numel() > 1 and most - least <= 1e-6 * most:
        raise RunFailed(f"the map is constant: in {name}, {query.words} looks at all places alike", "try another layer")


def _panel(seen: Seen, values: Tensor, query: Query, recipe: Any, lines: tuple[str, ...], least: float = 0.0) -> Panel:
    """Return a map over the picture, its places as the blocks they are, from ``least`` to its greatest weight."""
    small = values.cpu().numpy().astype(np.float64)
    most = float(small.max())
    height, width = seen.image.shape[:2]
    rows, columns = np.arange(height) * small.shape[0] // height, np.arange(width) * small.shape[1] // width
    large = ((small - least) / (most - least) if most > least else small * 0)[rows[:, None], columns]
    return Panel(
        _marked(map_sheet.over(seen.image, large, recipe.opacity), query.cell), lines, (f"{least:.3g}", f"{most:.3g}")
    )


def _picture(seen: Seen, query: Query, likely: Sequence[dict[str, Any]]) -> Panel:
    best = likely[0]
    lines = ("picture", f"{best['label']}  p={best['probability']:.3f}")
    return Panel(_marked(seen.image, query.cell), lines)


def _marked(picture: np.ndarray, cell: Cell | None) -> np.ndarray:
    """Return a picture with a frame around a cell: white in black, so that it is seen on any ground."""
    if cell is None:
        return picture
    marked = picture.copy()
    top, left, bottom, right = cell
    for grow, color in ((1, 0), (0, 255)):
        t, b = max(0, top - grow), min(len(picture), bottom + grow)
        at, end = max(0, left - grow), min(picture.shape[1], right + grow)
        marked[[t, b - 1], at:end] = color
        marked[t:b, [at, end - 1]] = color
    return marked


def _raw(weights: dict[str, Tensor], plan: Plan) -> tuple[dict[str, np.ndarray], str]:
    """Return the numbers as arrays, and the axes they have."""
    arrays = {name: w.cpu().numpy() for name, w in weights.items()}
    if sum(a.nbytes for a in arrays.values()) > RAW_BYTES:
        say(f"the weights take more than {RAW_BYTES >> 20} MB and are left out; name one --layer to get its numbers")
        return {}, ""
    whole = all(p.windows == 1 and not bool((p.keys[0, p.prefix :] < 0).any()) for p in plan.places.values())
    if whole and len({a.shape for a in arrays.values()}) == 1:
        return {"attention": np.concatenate(list(arrays.values()))}, GLOBAL
    single = len(arrays) == 1
    held = {"attention" if single else f"attention/{name}": a for name, a in arrays.items()}
    for name, places in plan.places.items():
        held["positions" if single else f"positions/{name}"] = places.keys.numpy()
    return held, WINDOWED


def list_layers(resolved: Resolved, output: Output, place: Place) -> None:
    """Print the attentions of a network: how they are computed, heads, tokens, windows."""
    started_s = time.monotonic()
    held = common.subject(resolved.recipe, output, place)
    x = torch.zeros(1, held.opened.facts["channels"], *held.size_px, device=held.device.torch)
    rows = [
        {
            "number": k, "name": f.name, "computed": f.kind, "heads": f.heads, "queries": f.shape[-2],
            "keys": f.shape[-1], "windows": f.windows,
        }
        for k, f in enumerate(attention_layers.survey(held.module, x))
    ]  # fmt: skip
    doc = report.document(
        "visualize attention", model=held.opened.argument, seconds=time.monotonic() - started_s,
        items=[{"input": r["name"], **r} for r in rows],
    )  # fmt: skip
    tables.show(doc, [("", rows)], output)
