"""GoogLeNet, the first Inception network, as its paper has it."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from dlcli.core.errors import ModelError
from dlcli.models.vision.convolution import begin, convolution, response_norm, scaled


class Sizes(NamedTuple):
    """A row of table 1: outputs of each convolution of a block."""

    one: int
    three_reduce: int
    three: int
    five_reduce: int
    five: int
    pool: int


BLOCKS = {
    "3a": Sizes(64, 96, 128, 16, 32, 32),
    "3b": Sizes(128, 128, 192, 32, 96, 64),
    "4a": Sizes(192, 96, 208, 16, 48, 64),
    "4b": Sizes(160, 112, 224, 24, 64, 64),
    "4c": Sizes(128, 128, 256, 24, 64, 64),
    "4d": Sizes(112, 144, 288, 32, 64, 64),
    "4e": Sizes(256, 160, 320, 32, 128, 128),
    "5a": Sizes(256, 160, 320, 32, 128, 128),
    "5b": Sizes(384, 192, 384, 48, 128, 128),
}
POOLED = ("3b", "4e")  # blocks with a pooling after them
AUXILIARY = ("4a", "4d")  # blocks that an auxiliary head looks at
SMALLEST_PX = 32


class Inception(nn.Module):
    """Four branches side by side: 1×1; 3×3 and 5×5 after a 1×1 that reduces; and 1×1 after pooling.

    Source: Szegedy et al. 2015, section 4 and figure 2b.

    Args:
        inputs: channels that come in.
        sizes: outputs of the convolutions.
        batch_norm: normalize after each convolution.
    Shapes:
        (B, inputs, H, W) -> (B, one + three + five + pool, H, W)

    """

    def __init__(self, inputs: int, sizes: Sizes, *, batch_norm: bool):
        super().__init__()
        norm = {"batch_norm": batch_norm}
        self.one = convolution(inputs, sizes.one, 1, **norm)
        self.three = nn.Sequential(
            convolution(inputs, sizes.three_reduce, 1, **norm), convolution(sizes.three_reduce, sizes.three, 3, **norm)
        )
        self.five = nn.Sequential(
            convolution(inputs, sizes.five_reduce, 1, **norm), convolution(sizes.five_reduce, sizes.five, 5, **norm)
        )
        self.pool = nn.Sequential(nn.MaxPool2d(3, 1, 1), convolution(inputs, sizes.pool, 1, **norm))

    def forward(self, maps: Tensor) -> Tensor:
        """Return the branches' maps one after the other."""
        return torch.cat([self.one(maps), self.three(maps), self.five(maps), self.pool(maps)], 1)


class Auxiliary(nn.Sequential):
    """A small classifier on a middle layer, whose loss helps the layers below it in training.

    Source: Szegedy et al. 2015, section 5: 5×5 averages with stride 3, 128 1×1 convolutions, 1024 units, 70 % dropout.
    """

    def __init__(self, inputs: int, grid: tuple[int, int], classes: int, *, width: float, batch_norm: bool):
        window = tuple(min(5, side) for side in grid)
        positions = [(side - at) // 3 + 1 for side, at in zip(grid, window, strict=True)]
        maps, units = scaled(128, width), scaled(1024, width)
        super().__init__(
            nn.AvgPool2d(window, 3),
            convolution(inputs, maps, 1, batch_norm=batch_norm),
            nn.Flatten(),
            nn.Linear(maps * positions[0] * positions[1], units),
            nn.ReLU(inplace=True),
            nn.Dropout(0.7),
            nn.Linear(units, classes),
        )


class InceptionV1(nn.Module):
    """GoogLeNet with true 5×5 branches (torchvision's are 3×3) and auxiliary heads.

    Source: Szegedy et al. 2015, table 1. At 1000 classes it has 6,998,552 weights, 13,378,280 with its auxiliary heads;
    with batch normalization 7,005,832 and 13,385,816. Differs: batch normalization (Ioffe & Szegedy 2015) unless it is
    switched off, then local response normalization as in the paper; the weights begin by He's rule.

    Args:
        channels: of the picture.
        size_px: (height, width), each at least 32.
        classes: K.
        batch_norm: after each convolution; otherwise two local response normalizations.
        auxiliary: have auxiliary heads; they answer in training mode only.
        width: multiplies all channels.
        dropout: share of features dropped before the head.
    Shapes:
        pictures (B, C, H, W) -> scores (B, K); in training mode with auxiliary heads, three such tensors, the head's
        own first

    """

    def __init__(
        self,
        channels: int,
        size_px: tuple[int, int],
        classes: int,
        *,
        batch_norm: bool = True,
        auxiliary: bool = True,
        width: float = 1.0,
        dropout: float = 0.4,
    ):
        super().__init__()
        if min(size_px) < SMALLEST_PX:
            raise ModelError(f"inception_v1 needs pictures of at least 32×32 pixels, not {size_px[0]}×{size_px[1]}")
        norm = {"batch_norm": batch_norm}
        first, second = scaled(64, width), scaled(192, width)
        lrn = [] if batch_norm else [response_norm()]
        self.stem = nn.Sequential(
            convolution(channels, first, 7, stride=2, **norm),
            nn.MaxPool2d(3, 2, ceil_mode=True),
            *lrn,
            convolution(first, first, 1, **norm),
            convolution(first, second, 3, **norm),
            *lrn,  # without weights, so it can stand in two places
            nn.MaxPool2d(3, 2, ceil_mode=True),  # (B, 192, H/8, W/8)
        )
        grid = tuple(_pooled(_pooled(_pooled((side + 1) // 2))) for side in size_px)  # where the auxiliary heads look
        self.blocks, self.auxiliary = nn.ModuleDict(), nn.ModuleDict()
        inputs = second
        for name, full in BLOCKS.items():
            sizes = Sizes(*(scaled(c, width) for c in full))
            block = Inception(inputs, sizes, **norm)
            inputs = sizes.one + sizes.three + sizes.five + sizes.pool
            pool = [nn.MaxPool2d(3, 2, ceil_mode=True)] if name in POOLED else []
            self.blocks[name] = nn.Sequential(block, *pool)
            if auxiliary and name in AUXILIARY:
                self.auxiliary[name] = Auxiliary(inputs, grid, classes, width=width, **norm)
        self.pool = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(dropout))
        self.head = nn.Linear(inputs, classes)
        begin(self)

    def forward(self, pictures: Tensor) -> Tensor | tuple[Tensor, ...]:
        """Return class scores, and in training mode those of the auxiliary heads after them."""
        maps = self.stem(pictures)
        more = []
        for name, block in self.blocks.items():
            maps = block(maps)
            if self.training and name in self.auxiliary:
                more.append(self.auxiliary[name](maps))
        scores = self.head(self.pool(maps))
        return (scores, *more) if more else scores


def _pooled(side: int) -> int:
    """Return the side left by 3×3 pooling with stride 2 that rounds up."""
    return -(-(side - 3) // 2) + 1
