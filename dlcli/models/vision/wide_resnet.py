"""Wide residual network for 32×32 pictures."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn

from dlcli.models.layers import start_he


class WideUnit(nn.Module):
    """Pre-activation unit of two 3×3 convolutions with dropout between them.

    Source: Zagoruyko & Komodakis 2016, figure 1 (d), B(3, 3).

    Args:
        inputs: maps that come.
        outputs: maps that go.
        stride: of the first convolution.
        dropout: share of values dropped between the convolutions.
    Shapes:
        (B, inputs, H, W) -> (B, outputs, ⌈H/stride⌉, ⌈W/stride⌉)

    """

    def __init__(self, inputs: int, outputs: int, stride: int, dropout: float):
        super().__init__()
        self.activate = nn.Sequential(nn.BatchNorm2d(inputs), nn.ReLU())
        self.residual = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(),
            *([nn.Dropout(dropout)] if dropout else []),
            nn.Conv2d(outputs, outputs, 3, padding=1, bias=False),
        )
        changes = stride != 1 or inputs != outputs
        self.projection = nn.Conv2d(inputs, outputs, 1, stride, bias=False) if changes else None

    def forward(self, x: Tensor) -> Tensor:
        """Return the sum; a projection sees the activated input, an identity the input."""
        active = self.activate(x)
        carried = x if self.projection is None else self.projection(active)
        return carried + self.residual(active)


class WideResNet(nn.Module):
    """WRN-depth-width: a residual network with fewer, ``width`` times wider units.

    Source: Zagoruyko & Komodakis 2016, table 1; 36,479,194 weights for WRN-28-10 and 10 classes.

    Args:
        channels: of the picture.
        size_px: any.
        classes: K.
        depth: 6n + 4 layers with weights, the two projections among them.
        width: k; the stages have 16k, 32k and 64k maps.
        dropout: share dropped between the convolutions of a unit; the paper's, where it has any, is 0.3.
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
        width: int,
        dropout: float,
    ):
        super().__init__()
        n = (depth - 4) // 6
        maps = [16, *(16 * width << stage for stage in range(3) for _ in range(n))]
        strides = [2 if unit % n == 0 and unit else 1 for unit in range(3 * n)]
        units = [WideUnit(a, b, stride, dropout) for (a, b), stride in zip(pairwise(maps), strides, strict=True)]
        self.features = nn.Sequential(
            nn.Conv2d(channels, 16, 3, padding=1, bias=False),
            *units,
            nn.BatchNorm2d(maps[-1]),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
        )
        self.head = nn.Linear(maps[-1], classes)
        start_he(self)

    def forward(self, pictures: Tensor) -> Tensor:
        """Return class scores."""
        return self.head(self.features(pictures))
