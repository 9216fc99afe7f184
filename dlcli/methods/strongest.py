"""Maximally activating patches: of many pictures, the places that activate each channel of a layer most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from dlcli.core.errors import UsageError
from dlcli.engine.layers import layers
from dlcli.methods import feature_maps
from dlcli.methods.feature_maps import Grid, grid_of

LEAST, MOST = 1 / 8, 1 / 2  # of the picture that the window of the layer chosen by itself takes of either side


@dataclass(frozen=True)
class Units:
    """How the units of a layer lie over a picture, and what each sees of it.

    Args:
        layer: its name.
        uses: how often it runs in one pass; its last output is meant.
        grid: of its output; None: one number a channel, as linear layers put out.
        channels: how many.
        picture_px: (height, width) of the network's input.
        sees: ``window``, ``all`` of the picture, ``unknown``: it could not be followed, so all is assumed.
        window: (size, stride, padding), each (height, width) in pixels; None where no window is known.
        gated: something that depends on the whole picture scales the map besides (squeeze-and-excitation).

    """

    layer: str
    uses: int
    grid: Grid | None
    channels: int
    picture_px: tuple[int, int]
    sees: str
    window: tuple[tuple[int, int], tuple[int, int], tuple[int, int]] | None
    gated: bool

    def window_of(self, row: int, column: int) -> tuple[int, int, int, int]:
        """Return what a unit sees, padding included: (x0, y0, x1, y1) in pixels of the input, ends excluded."""
        if self.window is None:
            return 0, 0, self.picture_px[1], self.picture_px[0]
        (high, wide), (down, right), (above, left) = self.window
        x, y = column * right - left, row * down - above
        return x, y, x + wide, y + high

    def box_of(self, row: int, column: int) -> tuple[int, int, int, int]:
        """Return the part of the picture a unit sees; never empty, though a unit may see padding alone.

        Nothing outside it has any effect on the unit (but through gates). At the right and lower rim it may hold a few
        pixels without effect, where a stride leaves a rest that no window reaches.
        """
        height, width = self.picture_px
        x0, y0, x1, y1 = self.window_of(row, column)
        x0, y0 = min(max(x0, 0), width - 1), min(max(y0, 0), height - 1)
        return x0, y0, max(min(x1, width), x0 + 1), max(min(y1, height), y0 + 1)


def units_of(module: nn.Module, shape: tuple[int, int, int], layer: str) -> Units:
    """Return the units of a layer, told by one pass without arithmetic.

    Args:
        module: in evaluation mode.
        shape: (C, H, W) of the network's input.
        layer: its name.

    Raises:
        UsageError: it does not run, or puts out no map and no row of numbers.
        ModelError: the network cannot take the shape.

    """
    rows = [r for r in layers(module, shape, also=(layer,)).rows if r["name"] == layer and r["type"] != "Parameter"]
    if not rows:
        raise UsageError(
            f"the layer {layer!r} does not run when the network answers",
            "--list-layers shows those that do",
            key="layer",
        )
    row = rows[-1]
    grid = grid_of((1, *row["output"]), *shape[1:])
    if grid is None and len(row["output"]) != 1:
        text = f"the layer {layer!r} puts out {'×'.join(map(str, row['output'])) or 'no tensor'}, which is no map"
        raise UsageError(text, "--list-layers shows what layers put out", key="layer")
    channels = row["output"][0 if grid is None or grid.kind == "first" else -1]
    placed = grid is not None and row["stride_px"] is not None
    window = tuple(tuple(row[k]) for k in ("receptive_field_px", "stride_px", "padding_px")) if placed else None
    sees = row["sees"] if placed or row["sees"] != "window" else "unknown"
    return Units(layer, len(rows), grid, channels, shape[1:], sees, window, row["gated"])


def telling_layer(module: nn.Module, x: Tensor) -> str:
    """Return the layer to look at when none is named: the one with the largest windows up to half the picture.

    Patches of it show a part and leave out the rest. Of layers with the same window the outermost is taken, so a block
    and not a layer within, and of those the last. Where no window is at least an eighth of the picture (a transformer,
    a network for large pictures), it is the last map; the whole picture is shown then.

    Args:
        module: in evaluation mode.
        x: a batch of one picture.

    Raises:
        ModelError: no layer puts out a map.

    """
    names = [n for n, _ in module.named_modules() if n]
    height, width = x.shape[2:]
    found: dict[str, tuple[int, int, int]] = {}
    for place, row in enumerate(layers(module, tuple(x.shape[1:]), also=names).rows):
        found.pop(row["name"], None)  # it runs again: its last output is what is kept
        size = row["receptive_field_px"] if row["stride_px"] else None
        shares = (size[0] / height, size[1] / width) if size else (0.0, 0.0)
        if min(shares) >= LEAST and max(shares) <= MOST and grid_of((1, *row["output"]), height, width):
            found[row["name"]] = size[0] * size[1], -row["name"].count("."), place
    return max(found, key=found.__getitem__) if found else feature_maps.last_map(module, x)


@torch.inference_mode()
def activations(module: nn.Module, x: Tensor, units: Units) -> Tensor:
    """Return what a layer puts out for a batch; the network is left as soon as it has, so later layers cost nothing.

    Shapes:
        x (B, C, H, W) -> (B, channels, rows, columns)
    """
    held: list[Tensor] = []

    def hook(_: nn.Module, __: Any, output: Any) -> None:
        held.append(output[0] if isinstance(output, tuple | list) else output)
        if len(held) == units.uses:
            raise _Enough

    handle = module.get_submodule(units.layer).register_forward_hook(hook)
    try:
        module(x)
    except _Enough:
        pass
    finally:
        handle.remove()
    output = held[-1]
    return output[..., None, None] if units.grid is None else feature_maps.as_map(output, units.grid)


class _Enough(Exception):
    """The layer has put out its map; leaves the forward pass."""


class Strongest:
    """Keeps the places where each channel was activated most, as the pictures pass.

    Order: the higher activation, then the earlier picture, then the earlier place row by row; so the same as a stable
    sort of everything would give, with memory for ``count`` records a channel only.

    Source: the top nine activations of Zeiler and Fergus 2014, section 4; there too a picture counts once. They keep
    random channels of a layer; we show those asked for.

    Args:
        count: records kept for each channel.
        per_picture: places of one picture that may be among them.

    """

    def __init__(self, count: int, per_picture: int = 1):
        self.count, self.per_picture = count, per_picture
        self._kept: tuple[Tensor, Tensor, Tensor] | None = None  # activation, picture, place; each (channels, k)

    def add(self, maps: Tensor, pictures: Tensor) -> Tensor:
        """Take in the maps of some pictures; call it in the order of the pictures.

        Args:
            maps: of the channels watched.
            pictures: their numbers, rising.
        Shapes:
            maps (B, channels, rows, columns), pictures (B,) int64 -> (B,) bool: which were taken; those with an
            activation that is no finite number are not

        """
        flat = maps.flatten(2)
        if self.per_picture == 1:
            values, places = (v[..., None] for v in flat.max(2))  # the first of equals
        else:
            most = min(self.per_picture, flat.shape[2])
            values, places = (v[..., :most] for v in flat.sort(stable=True, dim=2, descending=True))
        sound = values.isfinite().flatten(1).all(1)
        if not bool(sound.all()):
            values, places, pictures = values[sound], places[sound], pictures[sound.to(pictures.device)]
        if len(values):
            numbers = pictures.to(values.device)[:, None, None].expand_as(places)
            self._merge(*(v.permute(1, 0, 2).flatten(1) for v in (values, numbers, places)))
        return sound

    def _merge(self, *new: Tensor) -> None:
        """Sort what is new in behind what is kept, which came earlier and so goes first where activations are equal."""
        both = [torch.cat(pair, 1) for pair in zip(self._kept, new, strict=True)] if self._kept else list(new)
        order = both[0].argsort(dim=1, descending=True, stable=True)[:, : self.count]
        self._kept = tuple(v.gather(1, order) for v in both)

    def found(self) -> tuple[Tensor, Tensor, Tensor]:
        """Return activations, picture numbers and places (row · columns + column), strongest first.

        Shapes:
            -> three times (channels, k) on the CPU, k at most ``count``
        """
        if self._kept is None:
            return torch.empty(0, 0), *(torch.empty(0, 0, dtype=torch.int64) for _ in range(2))
        return tuple(v.cpu() for v in self._kept)
