"""BN-Inception, the second Inception network."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from dlcli.core.errors import ModelError
from dlcli.models.vision.convolution import convolution, scaled


class Sizes(NamedTuple):
    """A row of figure 5: outputs of each convolution of a block; a pool of 0 passes the pooled input through."""

    one: int
    three_reduce: int
    three: int
    double_reduce: int
    double: int
    kind: str
    pool: int

    @property
    def stride(self) -> int:
        """2 for the blocks that halve the picture: those that pass their input through."""
        return 1 if self.pool else 2


BLOCKS = {
    "3a": Sizes(64, 64, 64, 64, 96, "average", 32),
    "3b": Sizes(64, 64, 96, 64, 96, "average", 64),
    "3c": Sizes(0, 128, 160, 64, 96, "max", 0),
    "4a": Sizes(224, 64, 96, 96, 128, "average", 128),
    "4b": Sizes(192, 96, 128, 96, 128, "average", 128),
    "4c": Sizes(160, 128, 160, 128, 160, "average", 96),
    "4d": Sizes(96, 128, 192, 160, 192, "average", 96),
    "4e": Sizes(0, 128, 192, 192, 256, "max", 0),
    "5a": Sizes(352, 192, 320, 160, 224, "average", 128),
    "5b": Sizes(352, 192, 320, 192, 224, "max", 128),
}
SMALLEST_PX = 32


class Inception(nn.Module):
    """Branches side by side: 1×1; 3×3; two 3×3 in the place of a 5×5; and 1×1 after pooling.

    Source: Ioffe & Szegedy 2015, appendix and figure 5. A block that halves has stride 2 in its last convolutions and
    in its pooling, and no 1×1 branch.

    Args:
        inputs: channels that come in.
        sizes: outputs of the convolutions.
    Shapes:
        (B, inputs, H, W) -> (B, one + three + double + (pool or inputs), ⌈H / stride⌉, ⌈W / stride⌉)

    """

    def __init__(self, inputs: int, sizes: Sizes):
        super().__init__()
        stride = sizes.stride
        branches: list[nn.Module] = []
        if sizes.one:
            branches.append(convolution(inputs, sizes.one, 1))
        branches.append(
            nn.Sequential(
                convolution(inputs, sizes.three_reduce, 1),
                convolution(sizes.three_reduce, sizes.three, 3, stride=stride),
            )
        )
        branches.append(
            nn.Sequential(
                convolution(inputs, sizes.double_reduce, 1),
                convolution(sizes.double_reduce, sizes.double, 3),
                convolution(sizes.double, sizes.double, 3, stride=stride),
            )
        )
        pooling = (nn.AvgPool2d if sizes.kind == "average" else nn.MaxPool2d)(3, stride, 1)
        branches.append(nn.Sequential(pooling, *([convolution(inputs, sizes.pool, 1)] if sizes.pool else [])))
        self.branches = nn.ModuleList(branches)
        self.outputs = sizes.one + sizes.three + sizes.double + (sizes.pool or inputs)

    def forward(self, maps: Tensor) -> Tensor:
        """Return the branches' maps one after the other."""
        return torch.cat([branch(maps) for branch in self.branches], 1)


class InceptionV2(nn.Module):
    """Inception with batch normalization and with two 3×3 convolutions for each 5×5.

    Source: Ioffe & Szegedy 2015, figure 5: 11,194,984 weights at 1000 classes. The port known as BN-Inception has
    11,295,240: it pools into 128 channels instead of 96 in 4c and 4d, and gives every convolution a bias beside its
    normalization. Differs: the first convolution is a plain one, not depthwise separable; poolings pad by one.

    Args:
        channels: of the picture.
        size_px: (height, width), each at least 32.
        classes: K.
        width: multiplies all channels.
        dropout: share of features dropped before the head; the paper found none best.
    Shapes:
        pictures (B, C, H, W) -> scores (B, K)

    """

    def __init__(
        self, channels: int, size_px: tuple[int, int], classes: int, *, width: float = 1.0, dropout: float = 0.0
    ):
        super().__init__()
        if min(size_px) < SMALLEST_PX:
            raise ModelError(f"inception_v2 needs pictures of at least 32×32 pixels, not {size_px[0]}×{size_px[1]}")
        first, second = scaled(64, width), scaled(192, width)
        self.stem = nn.Sequential(
            convolution(channels, first, 7, stride=2),
            nn.MaxPool2d(3, 2, 1),
            convolution(first, first, 1),
            convolution(first, second, 3),
            nn.MaxPool2d(3, 2, 1),  # (B, 192, H/8, W/8)
        )
        blocks: dict[str, nn.Module] = {}
        inputs = second
        for name, full in BLOCKS.items():
            blocks[name] = block = Inception(inputs, _scaled(full, width))
            inputs = block.outputs
        self.blocks = nn.ModuleDict(blocks)
        self.pool = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(dropout))
        self.head = nn.Linear(inputs, classes)

    def forward(self, pictures: Tensor) -> Tensor:
        """Return class scores."""
        maps = self.stem(pictures)
        for block in self.blocks.values():
            maps = block(maps)
        return self.head(self.pool(maps))


def _scaled(sizes: Sizes, width: float) -> Sizes:
    """Return a row with its channels multiplied; branches that are not there stay away."""
    return Sizes(*(scaled(v, width) if isinstance(v, int) and v else v for v in sizes))
