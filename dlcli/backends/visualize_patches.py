"""dlcli visualize patches: the parts of many pictures that activate each channel of a layer most."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from dlcli.backends import visualize as common
from dlcli.backends import visualize_data as data
from dlcli.backends.visualize import Subject
from dlcli.backends.visualize_writer import Made, Place, Writer
from dlcli.core.errors import DataError, DlcliError, ModelError, RunFailed, UsageError
from dlcli.core.files import shown
from dlcli.core.output import Output
from dlcli.core.recipe import Resolved
from dlcli.core.schemas.visualize_patches import numbers
from dlcli.data import images
from dlcli.data.loader import Order, PictureBatches, loader
from dlcli.data.pictures import Part
from dlcli.engine.device import device_error
from dlcli.methods import feature_maps, strongest
from dlcli.methods.strongest import Strongest, Units
from dlcli.ui import map_sheet, patch_sheet
from dlcli.ui.console import say
from dlcli.ui.map_sheet import Panel

TOLD_S = 10.0  # between two lines on how far it is
PICTURED = 64  # channels that fit on a sheet
Row = dict[str, Any]


@dataclass(frozen=True)
class _Found:
    """The strongest places of some channels: numbers of pictures, rows and columns, each (channels, k)."""

    channels: list[int]
    activation: np.ndarray
    picture: np.ndarray
    row: np.ndarray
    column: np.ndarray


def patches(words: Sequence[str], resolved: Resolved, output: Output, place: Place) -> None:
    """Run ``dlcli visualize patches``."""
    started_s = time.monotonic()
    recipe: Any = resolved.recipe
    found = data.many(words, say if place.download else None)
    writer = Writer("patches", resolved, output, place, found.read, several=False)
    held = common.subject(recipe, output, place)
    units = _units(held, recipe)
    channels = _channels(recipe, units)
    if units.gated:
        say(f"{units.layer}: scaled by what the whole picture holds too; the crops show the rest", output.quiet)
    kept, seen = Strongest(recipe.top, recipe.per_picture), 0
    try:
        for pictures, sound, bad in _stream(held, recipe, found.part, units, channels, kept, output):
            seen += int(sound.sum())
            for name, error in bad:
                writer.failed(name, error)
            for i in pictures[~sound]:
                text = f"its activations at layer {units.layer} are no finite numbers"
                writer.failed(found.part.name(int(i)), RunFailed(text))
    except RuntimeError as error:
        raise device_error(error) or error from None
    if seen:
        writer.add(_made(held, recipe, found, units, _placed(kept, units, channels), seen, output))
    writer.finish(started_s, held.opened)


def list_layers(resolved: Resolved, output: Output, place: Place) -> None:
    """Run ``dlcli visualize patches --list-layers``."""
    common.list_layers("patches", resolved, output, place, strongest.telling_layer)


def _units(held: Subject, recipe: Any) -> Units:
    if next(held.module.children(), None) is None:
        raise ModelError(
            f"{held.opened.argument} has no layers to look at", "give the run or bundle it was exported from"
        )
    shape = (held.opened.facts["channels"], *held.size_px)
    if recipe.layer is None:
        layer = strongest.telling_layer(held.module, torch.zeros(1, *shape, device=held.device.torch))
    else:
        layer, *more = feature_maps.named(held.module, recipe.layer)
        if more:
            text = f"{recipe.layer} means {len(more) + 1} layers ({layer}, {more[0]}, …); patches looks at one"
            raise UsageError(text, "--list-layers shows their names", key="layer")
    return strongest.units_of(held.module, shape, layer)


def _channels(recipe: Any, units: Units) -> list[int]:
    try:
        return numbers(recipe.channels, units.channels)
    except ValueError as error:
        raise UsageError(f"--channels {recipe.channels}: {error}", key="channels") from None


def _stream(
    held: Subject, recipe: Any, part: Part, units: Units, channels: list[int], kept: Strongest, output: Output
) -> Iterator[tuple[np.ndarray, np.ndarray, list[tuple[str, DlcliError]]]]:
    """Pass all pictures by; yield for each batch which they were, which counted, and which could not be read."""
    order = Order(len(part), recipe.batch, 0, shuffle=False)
    batches = loader(PictureBatches(part, held.preprocessing), order, workers=min(recipe.workers, len(order)))
    picked = None if channels == list(range(units.channels)) else torch.tensor(channels, device=held.device.torch)
    done, told_s = 0, time.monotonic()
    for batch in batches:
        bad = [(name, DataError(reason.removeprefix(f"{shown(name)}: "))) for name, reason in batch["bad"]]
        pictures, sound = batch["index"].numpy(), np.zeros(0, bool)
        if len(pictures):
            maps = strongest.activations(held.module, held.device.place(batch)["pictures"], units)
            maps = maps if picked is None else maps.index_select(1, picked)
            sound = kept.add(maps, batch["index"]).cpu().numpy()
        yield pictures, sound, bad
        done += len(pictures) + len(bad)
        if time.monotonic() - told_s >= TOLD_S and done < len(part):
            told_s = time.monotonic()
            say(f"{done:,} of {len(part):,} pictures", output.quiet)


def _placed(kept: Strongest, units: Units, channels: list[int]) -> _Found:
    activation, picture, place = (v.numpy() for v in kept.found())
    columns = units.grid.width if units.grid else 1
    return _Found(channels, activation.astype(np.float32), picture, place // columns, place % columns)


def _made(held: Subject, recipe: Any, many: data.Many, units: Units, found: _Found, seen: int, output: Output) -> Made:
    boxes = np.array([[units.box_of(*rc) for rc in zip(*rcs, strict=True)] for rcs in zip(
        found.row.tolist(), found.column.tolist(), strict=True
    )])  # fmt: skip
    listed = [_records(many.part, found, boxes, n) for n in range(len(found.channels))]
    channels = [{"channel": c, "patches": r} for c, r in zip(found.channels, listed, strict=True)]
    size = list(units.window[0]) if units.window else None
    facts = {
        "layer": units.layer, "pictures": seen, "channels_of_layer": units.channels, "sees": units.sees,
        "receptive_field_px": size, "gated": units.gated, "channels": channels,
    }  # fmt: skip
    rows = [{"channel": c["channel"], **{k: v for k, v in c["patches"][0].items() if k != "box"}} for c in channels]
    raw = {
        "channel": np.array(found.channels), "activation": found.activation, "picture": found.picture,
        "row": found.row, "column": found.column, "box": boxes,
    }  # fmt: skip
    if len(found.channels) > PICTURED:
        say(f"the sheet shows {PICTURED} of {len(found.channels)} channels; .npz and --json hold all", output.quiet)
    view = "the whole picture" if size is None else f"{size[1]} x {size[0]} px"
    title = (
        f"{units.layer} of {held.opened.argument}: what activates each channel most of {seen:,} pictures; sees {view}"
    )
    panels = _panels(held, recipe, many.part, units, found, boxes)
    return Made(many.name, map_sheet.sheet(panels, title, held.opened.stamp), raw, facts, rows=rows)


def _records(part: Part, found: _Found, boxes: np.ndarray, n: int) -> list[Row]:
    columns = zip(found.activation[n], found.picture[n], found.row[n], found.column[n], boxes[n], strict=True)
    return [
        {
            "input": part.name(int(i)), "activation": float(f"{a:.7g}"), "row": int(r), "column": int(c),
            "box": box.tolist(),
        }
        for a, i, r, c, box in columns
    ]  # fmt: skip


def _panels(held: Subject, recipe: Any, part: Part, units: Units, found: _Found, boxes: np.ndarray) -> list[Panel]:
    shown_channels = min(len(found.channels), PICTURED)
    side = patch_sheet.side_of(recipe.top)
    tiles: dict[tuple[int, int], np.ndarray] = {}
    places = found.picture[:shown_channels]
    for i in np.unique(places):  # each picture is read once more; only tiles are kept
        picture = np.asarray(images.fitted(part.read(int(i)), held.preprocessing).convert("RGB"))
        for n, k in np.argwhere(places == i).tolist():
            at = int(found.row[n, k]), int(found.column[n, k])
            box = tuple(boxes[n, k].tolist())
            tiles[n, k] = patch_sheet.tile(picture, units.window_of(*at), box, _cell(units, *at), side)
    panels = []
    for n in range(shown_channels):
        lines = (f"channel {found.channels[n]}", _range(found.activation[n]))
        block = patch_sheet.block([tiles[n, k] for k in range(places.shape[1])], recipe.top)
        panels.append(Panel(block, lines))
    return panels


def _range(activation: np.ndarray) -> str:
    """Return what stands below a block: equal activations come in the order of the pictures, which tells nothing."""
    best, last = float(activation[0]), float(activation[-1])
    if best <= 0:
        return f"never above {best:.4g}"
    return (
        f"all {best:.4g}: the first of equals" if best == last and len(activation) > 1 else f"{best:.4g} to {last:.4g}"
    )


def _cell(units: Units, row: int, column: int) -> tuple[int, int, int, int] | None:
    """Return the part of the picture that a place of the map stands for, each of the same size."""
    if units.grid is None:
        return None
    height, width = units.picture_px
    down, right = height / units.grid.height, width / units.grid.width
    x0, y0, x1, y1 = column * right, row * down, (column + 1) * right, (row + 1) * down
    return round(x0), round(y0), round(x1), round(y1)
