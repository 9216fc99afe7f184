"""The filters of a layer: what its weights look like, as small pictures."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from dlcli.core.errors import ModelError, RunFailed, UsageError
from dlcli.methods import feature_maps

CONVOLUTIONS = (nn.Conv2d, nn.ConvTranspose2d)


@dataclass(frozen=True)
class Filters:
    """The weights of a layer.

    Args:
        name: of the layer.
        kind: its type.
        weight: as the layer stores them.
        kernels: as pictures, float32: of a convolution one for each output channel and each input channel it sees; of
            a transposed one what each input channel paints into each output channel; of a linear layer on the pixels
            one for each unit.
        colors: the channels of a kernel are those of the picture: red, green, blue.
    Shapes:
        kernels (F, C, h, w)

    """

    name: str
    kind: str
    weight: np.ndarray
    kernels: np.ndarray
    colors: bool


@dataclass(frozen=True)
class Tiles:
    """What of the kernels is drawn.

    Args:
        values: the tiles, in rows.
        filters: number of each tile's filter.
        channels: number of the input channel a tile shows; None: the colors, or the mean.
        columns: tiles in a row where the rows mean something (a filter each); None: any number will do.
    Shapes:
        values (N, h, w) or (N, h, w, 3)

    """

    values: np.ndarray
    filters: list[int]
    channels: list[int | None]
    columns: int | None = None


def first(module: nn.Module) -> str:
    """Return the first convolution, or the first linear layer of a network without any.

    Raises:
        ModelError: there is neither.

    """
    for kinds in (CONVOLUTIONS, (nn.Linear,)):
        for name, layer in module.named_modules():
            if isinstance(layer, kinds):
                return name
    raise ModelError(
        "the network shows no convolution and no linear layer; an exported file keeps none",
        "give the run it was exported from",
    )


def chosen(module: nn.Module, word: str | None) -> str:
    """Return the one layer with filters that a word means: itself, or the only or first one inside it.

    Args:
        module: the network.
        word: a name or pattern; None: ``first``.

    Raises:
        UsageError: no such layer, one without filters, or a pattern that means several.
        ModelError: see ``first``.

    """
    if word is None:
        return first(module)
    known = dict(module.named_modules())
    names = feature_maps.named(module, word)
    having = [n for n in names if isinstance(known[n], (*CONVOLUTIONS, nn.Linear))]
    if len(names) == 1 and not having:
        inner = [n for n, m in known.items() if n.startswith(f"{names[0]}.") and isinstance(m, CONVOLUTIONS)]
        having = inner[:1]
    if not having:
        kind = type(known[names[0]]).__name__
        text = f"layer {names[0]} is a {kind}: it has no filters; convolutions have, and a linear layer on the pixels"
        raise UsageError(text, f"such as --layer {first(module)}", key="layer")
    if len(having) > 1:
        some = ", ".join(having[:4]) + (" …" if len(having) > 4 else "")
        raise UsageError(f"{word} means {len(having)} layers with filters ({some}); one is drawn", key="layer")
    return having[0]


def filters(module: nn.Module, name: str, picture: Tensor) -> Filters:
    """Return the filters of a layer.

    A linear layer's weights are pictures only where it is given the flattened picture; that is tried, not guessed from
    the number of its inputs, which a hidden layer may share.

    Args:
        module: in evaluation mode.
        name: of a convolution or a linear layer.
        picture: any input of the network, (1, C, H, W); its size is what counts.

    Raises:
        UsageError: a linear layer that is not given the pixels.
        RunFailed: weights that are no numbers.

    """
    layer = module.get_submodule(name)
    weight = layer.weight.detach().float().cpu()
    wrong = int((~torch.isfinite(weight)).sum())
    if wrong:
        text = f"{wrong:,} of {weight.numel():,} weights of layer {name} are no finite numbers; the network is broken"
        raise RunFailed(text, "train it anew with a smaller optim.lr or with train.clip_norm")
    kernels = weight
    if isinstance(layer, nn.Linear):
        if not _sees_pixels(module, layer, picture):
            inputs = f"{layer.in_features} numbers"
            text = f"layer {name} is given {inputs} that are not the pixels, so its weights are no pictures"
            raise UsageError(text, f"such as --layer {first(module)}", key="layer")
        kernels = weight.reshape(len(weight), *picture.shape[1:])
    channels = picture.shape[1]
    colors = channels == 3 == kernels.shape[1] and (name == first(module) or isinstance(layer, nn.ConvTranspose2d))
    return Filters(name, type(layer).__name__, weight.numpy(), kernels.numpy(), colors)


@torch.no_grad()
def _sees_pixels(module: nn.Module, layer: nn.Linear, picture: Tensor) -> bool:
    if layer.in_features != math.prod(picture.shape[1:]):
        return False
    drawn = torch.randn(picture.shape, generator=torch.Generator().manual_seed(0)).to(picture.device)
    seen: list[bool] = []

    def look(_: nn.Module, given: tuple[Tensor, ...]) -> None:
        seen.append(given[0].shape == (1, layer.in_features) and torch.equal(given[0], drawn.flatten(1)))

    hook = layer.register_forward_pre_hook(look)
    try:
        module(drawn)
    finally:
        hook.remove()
    return seen == [True]


def tiles(held: Filters, channels: str, most: int) -> Tiles:
    """Return the kernels as tiles.

    Where each input channel is a tile of its own, a row is a filter and a column an input channel; of too many for
    ``most`` tiles the first filters and the first channels are taken, as many of one as of the other.

    Args:
        held: the filters.
        channels: ``color``, ``each``, ``mean``, the number of an input channel, or ``auto``.
        most: tiles at most.

    Raises:
        UsageError: colors of kernels that have not three channels, or an input channel that there is not.

    """
    kernels = held.kernels
    count, inner = kernels.shape[:2]
    if channels == "auto":
        channels = "color" if held.colors else "each"
    shown = list(range(min(count, most)))
    if channels == "color":
        if inner != 3:
            text = f"a filter of layer {held.name} has {inner} input channel{'s' * (inner > 1)}; color needs three"
            raise UsageError(text, "channels=each", key="channels")
        return Tiles(kernels[shown].transpose(0, 2, 3, 1), shown, [None] * len(shown))
    if channels == "mean":
        return Tiles(kernels[shown].mean(axis=1), shown, [None] * len(shown))
    if channels != "each":
        number = int(channels)
        if number >= inner:
            text = f"a filter of layer {held.name} has no input channel {number}; there are 0 to {inner - 1}"
            raise UsageError(text, "channels=each", key="channels")
        return Tiles(kernels[shown, number], shown, [number] * len(shown))
    across = min(inner, max(math.isqrt(most), most // count))
    down = min(count, max(1, most // across))
    block = kernels[:down, :across]
    values = block.reshape(-1, *block.shape[2:])
    return Tiles(
        values, [f for f in range(down) for _ in range(across)], list(range(across)) * down,
        across if across > 1 else None,
    )  # fmt: skip
