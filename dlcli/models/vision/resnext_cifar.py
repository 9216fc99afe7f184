"""ResNeXt for 32×32 pictures."""

from __future__ import annotations

from torch import Tensor, nn

from dlcli.models.layers import start_he


class AggregatedUnit(nn.Module):
    """Bottleneck whose 3×3 convolution is cut into C groups: the sum of C paths of d maps each.

    Source: Xie et al. 2017, figure 3 (c).

    Args:
        inputs: maps that come.
        inside: C·d maps of the grouped convolution.
        outputs: maps that go.
        cardinality: C.
        stride: of the grouped convolution.
    Shapes:
        (B, inputs, H, W) -> (B, outputs, ⌈H/stride⌉, ⌈W/stride⌉)

    """

    def __init__(self, inputs: int, inside: int, outputs: int, cardinality: int, stride: int):
        super().__init__()
        self.residual = nn.Sequential(
            nn.Conv2d(inputs, inside, 1, bias=False),
            nn.BatchNorm2d(inside),
            nn.ReLU(),
            nn.Conv2d(inside, inside, 3, stride, padding=1, groups=cardinality, bias=False),
            nn.BatchNorm2d(inside),
            nn.ReLU(),
            nn.Conv2d(inside, outputs, 1, bias=False),
            nn.BatchNorm2d(outputs),
        )
        self.shortcut = nn.Identity()
        if inputs != outputs:
            projection = nn.Conv2d(inputs, outputs, 1, stride, bias=False)
            self.shortcut = nn.Sequential(projection, nn.BatchNorm2d(outputs))
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """Return the rectified sum."""
        return self.relu(self.shortcut(x) + self.residual(x))


class CifarResNeXt(nn.Module):
    """ResNeXt-29, 8×64d: a 3×3 convolution, three stages of n aggregated bottlenecks, the mean of each map, K units.

    Source: Xie et al. 2017, section 5.2; 34.4 million weights for 8×64d and 10 classes.

    Args:
        channels: of the picture.
        size_px: any.
        classes: K.
        depth: 9n + 2 layers with weights.
        cardinality: C, groups of the 3×3 convolutions.
        base_width: d, maps of a group in the first stage; doubled in each next one.
        width: maps of the first convolution; the stages give 4, 8 and 16 times as many. The published 64.
    Shapes:
        pictures (B, C, H, W) -> scores (B, K)

    """

    def __init__(
        self,
        channels: int,
        size_px: tuple[int, int],  # noqa: ARG002 (every network is told)
        classes: int,
        *,
        depth: int,
        cardinality: int,
        base_width: int,
        width: int,
    ):
        super().__init__()
        units, inputs = [], width
        for stage in range(3):
            outputs, inside = 4 * width << stage, cardinality * base_width << stage
            for unit in range((depth - 2) // 9):
                units.append(AggregatedUnit(inputs, inside, outputs, cardinality, 2 if stage and not unit else 1))
                inputs = outputs
        self.features = nn.Sequential(
            nn.Conv2d(channels, width, 3, padding=1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            *units,
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
        )
        self.head = nn.Linear(inputs, classes)
        start_he(self)

    def forward(self, pictures: Tensor) -> Tensor:
        """Return class scores."""
        return self.head(self.features(pictures))
