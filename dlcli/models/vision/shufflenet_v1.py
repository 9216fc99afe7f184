"""ShuffleNet, the first version."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dlcli.core.errors import ModelError
from dlcli.models.vision.convolution import convolution

# Table 1: outputs of stage 2 by the number of groups; each further stage doubles them.
STAGE_2 = {1: 144, 2: 200, 3: 240, 4: 272, 8: 384}
REPEATS = (4, 8, 4)
STEM = 24
BOTTLENECK = 4
SMALLEST_PX = 32


class Shuffle(nn.Module):
    """Deal the channels anew, so that each group of the next convolution gets some of every group.

    Source: Zhang, Zhou, Lin & Sun 2018, section 3.1: reshape to (groups, channels per group), transpose, flatten.

    Args:
        groups: of the convolution before.
    Shapes:
        (B, C, H, W) -> (B, C, H, W)

    """

    def __init__(self, groups: int):
        super().__init__()
        self.groups = groups

    def forward(self, maps: Tensor) -> Tensor:
        """Return the channels in their new order."""
        return maps.unflatten(1, (self.groups, -1)).transpose(1, 2).flatten(1, 2)


class Unit(nn.Module):
    """A residual bottleneck of grouped 1×1 convolutions around a depthwise 3×3.

    Source: Zhang et al. 2018, figure 2b and 2c. With stride 2 the averaged input is put beside the result, not added.

    Args:
        inputs: channels that come in.
        outputs: channels that go out.
        groups: of the 1×1 convolutions.
        first_groups: of the first of them; the network's first unit has so few inputs that they are not grouped.
        stride: 1 or 2.

    """

    def __init__(self, inputs: int, outputs: int, groups: int, *, first_groups: int, stride: int):
        super().__init__()
        self.stride = stride
        made = outputs - inputs if stride == 2 else outputs
        hidden = outputs // BOTTLENECK
        self.branch = nn.Sequential(
            convolution(inputs, hidden, 1, groups=first_groups),
            Shuffle(groups),
            convolution(hidden, hidden, 3, stride=stride, groups=hidden, relu=False),
            convolution(hidden, made, 1, groups=groups, relu=False),
        )
        self.pool = nn.AvgPool2d(3, 2, 1)

    def forward(self, maps: Tensor) -> Tensor:
        """Return the activated sum, or with stride 2 the activated maps side by side."""
        if self.stride == 2:
            return F.relu(torch.cat([self.pool(maps), self.branch(maps)], 1))
        return F.relu(maps + self.branch(maps))


class ShuffleNetV1(nn.Module):
    """Grouped 1×1 convolutions with shuffled channels between them, for little arithmetic.

    Source: Zhang, Zhou, Lin & Sun 2018, table 1: 143, 140, 137, 133 and 137 million multiply-adds for 1, 2, 3, 4 and 8
    groups at 224 px, in convolutions alone.

    Args:
        channels: of the picture.
        size_px: (height, width), each at least 32.
        classes: K.
        groups: 1, 2, 3, 4 or 8.
        width: multiplies all channels (the paper's s×); rounded to what the groups divide.
    Shapes:
        pictures (B, C, H, W) -> scores (B, K)

    """

    def __init__(self, channels: int, size_px: tuple[int, int], classes: int, *, groups: int = 3, width: float = 1.0):
        super().__init__()
        if min(size_px) < SMALLEST_PX:
            raise ModelError(f"shufflenet_v1 needs pictures of at least 32×32 pixels, not {size_px[0]}×{size_px[1]}")
        step = BOTTLENECK * groups
        stage = max(step, round(STAGE_2[groups] * width / step) * step)
        stem = max(groups, round(STEM * width / groups) * groups)  # the groups share what is made beside the input
        self.stem = nn.Sequential(convolution(channels, stem, 3, stride=2), nn.MaxPool2d(3, 2, 1))
        units: list[nn.Module] = []
        inputs = stem
        for number, repeats in enumerate(REPEATS):
            outputs = stage * 2**number
            for place in range(repeats):
                first = number == 0 and place == 0
                stride = 2 if place == 0 else 1
                units.append(Unit(inputs, outputs, groups, first_groups=1 if first else groups, stride=stride))
                inputs = outputs
        self.units = nn.Sequential(*units)
        self.pool = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.head = nn.Linear(inputs, classes)

    def forward(self, pictures: Tensor) -> Tensor:
        """Return class scores."""
        return self.head(self.pool(self.units(self.stem(pictures))))
