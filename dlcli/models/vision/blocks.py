"""Networks by hand: the blocks of a recipe as layers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from torch import Tensor, nn

from dlcli.core import layer_sizes
from dlcli.core.errors import UsageError
from dlcli.core.layer_sizes import Shape
from dlcli.core.schemas import blocks
from dlcli.models.layers import activation as make_activation


class Cnn(nn.Module):
    """The layers a recipe lists, then a linear layer to the class scores.

    Layer k of the list is ``features.k``. The maps are flattened before the first linear layer, and before the head.

    Args:
        channels: of the picture.
        size_px: (height, width).
        classes: K.
        layers: blocks of ``schemas/blocks.py``, as sections or mappings.
    Shapes:
        pictures (B, C, H, W) -> scores (B, K)
    Raises:
        UsageError: a block that what arrives does not fit; its key names the block.

    """

    def __init__(self, channels: int, size_px: tuple[int, int], classes: int, *, layers: Sequence[Any]):
        super().__init__()
        self.features, shape, self.notes = by_hand(layers, (channels, *size_px))
        self.head = nn.Linear(math.prod(shape), classes)

    def forward(self, pictures: Tensor) -> Tensor:
        """Return class scores."""
        return self.head(self.features(pictures).flatten(1))


def by_hand(layers: Sequence[Any], before: Shape) -> tuple[nn.Sequential, Shape, list[str]]:
    """Return the layers of blocks, the shape they end in, and what is worth saying of them.

    Raises:
        UsageError: a block that what arrives does not fit; its key names the block.
    """
    try:
        steps = layer_sizes.steps(blocks.read(layers), before)
    except layer_sizes.Misfit as misfit:
        raise UsageError(misfit.text, key=f"model.args.layers.{misfit.index}") from None
    note = layer_sizes.unseen_note(steps)
    after = steps[-1].after if steps else before
    return nn.Sequential(*map(_layer, steps)), after, [note] if note else []


def _layer(step: layer_sizes.Step) -> nn.Module:
    """Return the layer of a block; several in a row when the block says what follows it."""
    block, before, after = step.block, step.before, step.after
    match block:
        case blocks.Conv():
            return _finished(_convolution(block, before[0]), block, after)
        case blocks.Linear():
            flatten = [nn.Flatten()] if len(before) > 1 else []
            return _finished([*flatten, nn.Linear(math.prod(before), block.units, block.bias)], block, after)
        case blocks.Norm():
            return _norm(block.kind, before, block.groups)
        case blocks.ActivationBlock():
            return make_activation(block.kind)
        case blocks.Pool():
            make = nn.MaxPool2d if block.kind == "max" else nn.AvgPool2d
            size, stride, padding = (
                v if v is None else blocks.pair(v) for v in (block.size, block.stride, block.padding)
            )
            return make(size, stride, padding, ceil_mode=block.ceil)
        case blocks.GlobalPool():
            return nn.AdaptiveAvgPool2d(1) if block.kind == "average" else nn.AdaptiveMaxPool2d(1)
        case blocks.DropoutBlock():
            return nn.Dropout(block.p)
        case blocks.Flatten():
            return nn.Flatten()
    raise TypeError(f"no layer for {block!r}")


def _convolution(block: blocks.Conv, channels: int) -> list[nn.Module]:
    """Return the convolution, after a padding of its own where it pads one side more than the other."""
    kernel, stride, dilation = map(blocks.pair, (block.kernel, block.stride, block.dilation))
    pads: list[nn.Module] = []
    if block.padding == "same":
        rows, columns = (layer_sizes.same_padding(f, d) for f, d in zip(kernel, dilation, strict=True))
        padding = (rows[0], columns[0])
        if rows[0] != rows[1] or columns[0] != columns[1]:
            pads, padding = [nn.ZeroPad2d((*columns, *rows))], (0, 0)
    else:
        padding = blocks.pair(block.padding)
    return [*pads, nn.Conv2d(channels, block.filters, kernel, stride, padding, dilation, block.groups, block.bias)]


def _finished(parts: list[nn.Module], block: Any, shape: Shape) -> nn.Module:
    """Return layers with the normalization and activation of their block, in the order that it says."""
    norm = [] if block.norm == "none" else [_norm(block.norm, shape)]
    activation = [] if block.activation == "none" else [make_activation(block.activation)]
    parts += norm + activation if block.norm_at == "before" else activation + norm
    return parts[0] if len(parts) == 1 else nn.Sequential(*parts)


def _norm(kind: str, shape: Shape, groups: int = 1) -> nn.Module:
    """Return a normalization of maps or units.

    Layer normalization of maps is over all maps and pixels of a picture with a scale and a shift a map: group
    normalization with one group (Wu & He 2018, section 3.1), so that its weights do not depend on the picture's size.
    Local response normalization has AlexNet's numbers; torch divides alpha by the 5 neighbors, the paper does not.
    """
    count, flat = shape[0], len(shape) == 1
    match kind:
        case "batch":
            return nn.BatchNorm1d(count) if flat else nn.BatchNorm2d(count)
        case "layer":
            return nn.LayerNorm(count) if flat else nn.GroupNorm(1, count)
        case "group":
            return nn.GroupNorm(groups, count)
        case "instance":
            return nn.InstanceNorm2d(count, affine=True)
        case "local_response":
            return nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2.0)
    raise TypeError(f"no normalization {kind!r}")
