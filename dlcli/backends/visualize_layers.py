"""dlcli visualize filters, weights, activations: what a layer holds, and what it makes of a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from dlcli.backends import visualize as common
from dlcli.backends.visualize import Seen, Subject
from dlcli.backends.visualize_writer import Made, Place
from dlcli.core.errors import RunFailed
from dlcli.core.output import Output
from dlcli.core.recipe import Resolved
from dlcli.methods import feature_maps, layer_filters, layer_outputs, linear_scores
from dlcli.methods.layer_filters import Filters, Tiles
from dlcli.methods.layer_outputs import Channels
from dlcli.ops import tile_values
from dlcli.ui import color_scale, tile_sheet
from dlcli.ui.page_style import counted
from dlcli.ui.tile_sheet import Bar, Tiling

MAPS, NUMBERS, STRONGEST = 64, 1024, 8


def filters(resolved: Resolved, output: Output, place: Place) -> None:
    """Run ``dlcli visualize filters``."""
    common.one_thing("filters", resolved, output, place, lambda held: filters_of(held, resolved.recipe))


def first_filters(module: torch.nn.Module, x: torch.Tensor) -> str:  # noqa: ARG001
    """Return the layer whose filters are drawn when none is named; ``x`` is not needed."""
    return layer_filters.first(module)


def filters_of(held: Subject, recipe: Any) -> Made:
    """Return the filters of a layer as tiles; the facts tell how to read the weights back from the picture."""
    name = layer_filters.chosen(held.module, recipe.layer)
    found = layer_filters.filters(held.module, name, blank(held))
    tiles = layer_filters.tiles(found, recipe.channels, recipe.max)
    signed, own = recipe.ends == "signed", recipe.scale == "filter"
    low, high = _ends(tiles, signed=signed, own=own)
    pictures = tile_values.as_bytes(tiles.values, low, high)
    drawn = tile_sheet.sheet(_filter_sheet(found, tiles, pictures, recipe, low, high), held.opened.stamp)
    facts = {
        "layer": name, "type": found.kind, "weights": "×".join(map(str, found.weight.shape)),
        "filters": len(found.kernels), "drawn": len(dict.fromkeys(tiles.filters)), "tiles": len(pictures),
        "zero_filters": int((found.kernels == 0).all(axis=(1, 2, 3)).sum()),
        "layout": drawn.layout,
        "values": {"formula": "low + byte / 255 * (high - low)", "ends": recipe.ends, "scale": recipe.scale},
        "each": [
            {"filter": f, "channel": c, "low": float(a), "high": float(b)}
            for f, c, a, b in zip(tiles.filters, tiles.channels, low, high, strict=True)
        ],
    }  # fmt: skip
    if not own:
        facts["values"] |= {"low": float(low[0]), "high": float(high[0])}
    return Made(name, drawn.image, {"weights": found.weight}, facts)


def _ends(tiles: Tiles, *, signed: bool, own: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of each tile's scale; the tiles of one filter share theirs."""
    low, high = tile_values.ends_of(tiles.values, signed=signed, each=own)
    if own:
        number = np.array(tiles.filters)
        for k in np.unique(number):
            low[number == k], high[number == k] = low[number == k].min(), high[number == k].max()
    return low, high


def _filter_sheet(
    found: Filters, tiles: Tiles, pictures: np.ndarray, recipe: Any, low: np.ndarray, high: np.ndarray
) -> Tiling:
    count, shown = len(found.kernels), len(dict.fromkeys(tiles.filters))
    inner = found.kernels.shape[1]
    shape = "×".join(map(str, found.weight.shape))
    kind = "units" if found.kind == "Linear" else "filters"
    drawn = f"all {count} {kind}" if shown == count else f"{shown} of {count} {kind}"
    number = tiles.channels[0]
    if pictures.ndim == 4:
        what = f"{drawn}, channels as red, green, blue"
    elif tiles.columns:
        what = f"{drawn} in rows, input channels 0 to {tiles.columns - 1} of {inner} in columns"
    elif number is None:
        what = f"{drawn}, mean of {inner} input channels"
    else:
        what = drawn if inner == 1 else f"{drawn}, input channel {number} of {inner}"
    if recipe.scale == "filter":
        how = "each filter on a scale of its own: " + ("gray is 0" if recipe.ends == "signed" else "least to greatest")
        bar = Bar("− largest", "+ largest") if recipe.ends == "signed" else Bar("least", "greatest")
    else:
        how = "one scale for all" + (": gray is 0" if recipe.ends == "signed" else "")
        bar = Bar(_short(low[0]), _short(high[0]))
    rows = [f"{f}" for f in dict.fromkeys(tiles.filters)] if tiles.columns else []
    captions = [] if tiles.columns else [str(f) for f in tiles.filters]
    lines = (f"{found.name} ({found.kind}, {shape})", what, how)
    return Tiling(pictures, lines, captions, rows, tiles.columns, recipe.zoom, bar=bar)


def _short(value: float) -> str:
    return f"{value:+.3g}".replace("-", "−") if value else "0"


def weights(resolved: Resolved, output: Output, place: Place) -> None:
    """Run ``dlcli visualize weights``."""
    common.one_thing("weights", resolved, output, place, lambda held: weights_of(held, resolved.recipe))


def weights_of(held: Subject, recipe: Any) -> Made:
    """Return the weights of a linear classifier as one picture a class, in units of pixels.

    Raises:
        UsageError: the class scores are no linear function of the pixels.
        RunFailed: all weights are 0 or some are no numbers.

    """
    shape = tuple(blank(held).shape[1:])
    linear_scores.refuse_bent(held.module, shape, held.device.torch)
    classes = [common.class_number(held, word) for word in recipe.classes]
    classes = list(dict.fromkeys(classes)) or list(range(min(len(held.classes), recipe.max)))
    mean, std = common.normalization(held)
    found, offsets = linear_scores.pixel_weights(held.module, shape, classes, mean, std, held.device.torch)
    values = found.numpy()
    if not np.isfinite(values).all():
        raise RunFailed("the weights are no finite numbers; the network is broken")
    if not values.any():
        raise RunFailed("all weights are 0: the network has learnt nothing, and its picture would be gray")
    pictures = values.transpose(0, 2, 3, 1) if shape[0] == 3 else values[:, 0]
    own = recipe.scale == "class"
    low, high = tile_values.ends_of(pictures, signed=True, each=own)
    names = [held.classes[k] for k in classes]
    many = f"{len(classes)} of {len(held.classes)}" if len(classes) < len(held.classes) else f"all {len(classes)}"
    lines = (
        f"weights of pixels, {many} classes",
        "bright: a bright pixel speaks for the class",
        "dark: a bright pixel speaks against it",
        "score change from a black to a white pixel" + (", each class on a scale of its own" if own else ""),
    )
    ends = ("− largest", "+ largest") if own else (_short(low[0]), _short(high[0]))
    tiling = Tiling(
        tile_values.as_bytes(pictures, low, high), lines, names, columns=min(5, len(classes)), factor=recipe.zoom,
        side_px=168, bar=Bar(*ends),
    )  # fmt: skip
    drawn = tile_sheet.sheet(tiling, held.opened.stamp)
    facts = {
        "classes": len(classes), "size_px": "×".join(map(str, shape[1:])), "channels": shape[0],
        "unit": "score of the class per pixel value 0 (black) to 1 (white)", "layout": drawn.layout,
        "values": {"formula": "low + byte / 255 * (high - low)", "scale": recipe.scale},
        "each": [
            {"class": n, "number": k, "offset": float(b), "low": float(a), "high": float(c)}
            for n, k, b, a, c in zip(names, classes, offsets, low, high, strict=True)
        ],
    }  # fmt: skip
    return Made(_stem(recipe.model), drawn.image, {"weights": values}, facts)


def _stem(argument: str) -> str:
    """Return the name of a network as a name of files."""
    return argument.rstrip("/").rpartition("/")[2].replace(":", "-")


def blank(held: Subject) -> torch.Tensor:
    """Return an input of the network's shape, (1, C, H, W)."""
    return torch.zeros(1, held.opened.facts["channels"], *held.size_px, device=held.device.torch)


def early(module: torch.nn.Module, x: torch.Tensor) -> str:
    """Return the layer whose maps are drawn when none is named."""
    return layer_outputs.early(module, x)


def activations(words: Sequence[str], resolved: Resolved, output: Output, place: Place) -> None:
    """Run ``dlcli visualize activations``."""
    chosen: list[str] = []
    common.each_picture(
        "activations", words, resolved, output, place,
        lambda held, seen: activations_of(held, seen, resolved.recipe, chosen),
    )  # fmt: skip


def activations_of(held: Subject, seen: Seen, recipe: Any, chosen: list[str] | None = None) -> Made:
    """Return what a layer, or each of several, makes of a picture.

    Args:
        held: the network.
        seen: the picture.
        recipe: of ``activations``.
        chosen: names of the layers, kept from picture to picture; found and put in where it is empty.

    """
    layers = [] if chosen is None else chosen
    if not layers:
        asked = recipe.layer
        layers += (
            [layer_outputs.early(held.module, seen.x)] if asked is None else feature_maps.named(held.module, asked)
        )
    found = layer_outputs.channels(held.module, seen.x, layers)
    images, told = [], []
    for name, one in found.items():
        order = _order(one, recipe.order)
        images.append(_drawn(held, name, one, order, recipe))
        told.append(_told(name, one))
    whole = {k: one.whole for k, one in found.items()}
    first = told[0]
    facts = {
        "layer": ", ".join(layers), "output": first["output"], "dead_share": first["dead_share"],
        "strongest": first["strongest"][0]["channel"], "layers": told,
    }  # fmt: skip
    raw = {"activations": whole[layers[0]]} if len(layers) == 1 else whole
    return Made(seen.name, tile_sheet.stacked(images), raw, facts)


def _means(one: Channels) -> np.ndarray:
    return one.values.mean(axis=(1, 2), dtype=np.float64) if one.is_map else one.values.astype(np.float64)


def _order(one: Channels, order: str) -> np.ndarray:
    return np.argsort(-_means(one), kind="stable") if order == "mean" else np.arange(len(one.values))


def _dead(one: Channels) -> np.ndarray:
    """Say which channels are 0 everywhere."""
    return ~one.values.reshape(len(one.values), -1).any(axis=1)


def _told(name: str, one: Channels) -> dict[str, Any]:
    means, dead = _means(one), _dead(one)
    strongest = np.argsort(-means, kind="stable")[:STRONGEST]
    return {
        "layer": name, "output": "×".join(map(str, one.whole.shape[1:])), "channels": len(one.values),
        "map": "×".join(map(str, one.values.shape[1:])) if one.is_map else None, "tokens_left_out": one.prefix,
        "dead": int(dead.sum()), "dead_share": float(dead.mean()), "zero_share": float((one.values == 0).mean()),
        "low": float(one.values.min()), "high": float(one.values.max()),
        "strongest": [
            {"channel": int(k), "mean": float(means[k]), "greatest": float(one.values[k].max())} for k in strongest
        ],
    }  # fmt: skip


def _drawn(held: Subject, name: str, one: Channels, order: np.ndarray, recipe: Any) -> Any:
    count, dead = len(one.values), int(_dead(one).sum())
    shown = order[: recipe.max or (MAPS if one.is_map else NUMBERS)]
    kind = "maps" if one.is_map else "numbers"
    size = " of " + "×".join(map(str, one.values.shape[1:])) if one.is_map else ""
    how = "strongest first" if recipe.order == "mean" else "in their order"
    many = f"{len(shown)} of {count} {kind}{size}" if len(shown) < count else f"all {count} {kind}{size}"
    lines = [f"{name} ({type(held.module.get_submodule(name)).__name__}): {many}, {how}"]
    if one.is_map:
        front = f"; {counted(one.prefix, 'token')} in front left out" if one.prefix else ""
        lines.append(f"{dead} of {count} are dead: 0 everywhere; below each its number and mean{front}")
    else:
        lines.append(f"{dead} of {count} are 0")
        return tile_sheet.strip(one.values[shown], [str(k) for k in shown], lines, held.opened.stamp)
    values, means = one.values[shown], _means(one)
    signed, own = bool((one.values < 0).any()), recipe.scale == "map"
    low, high = tile_values.ends_of(values, signed=signed, each=own)
    low = low if signed else np.zeros_like(low)
    pictures = tile_values.as_bytes(values, low, high)
    flat = high <= low
    pictures[flat] = 0 if not signed else pictures[flat]
    if not signed:
        pictures = color_scale.table()[pictures]
    lines.append(
        ("each map on a scale of its own" if own else "one scale for all")
        + (": gray is 0, darker is negative" if signed else ": black is 0")
    )
    ends = ("− largest" if signed else "0", "largest") if own else (_short(low[0]), _short(high[0]))
    captions = [f"{k}: {means[k]:.2g}" for k in shown]
    columns = min(len(shown), max(4, min(8, 1024 // max(1, values.shape[2]))))
    tiling = Tiling(pictures, lines, captions, columns=columns, side_px=84, bar=Bar(*ends, gray=signed))
    return tile_sheet.sheet(tiling, held.opened.stamp).image
