"""DenseNet-BC for 32×32 pictures."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from dlcli.core.errors import ModelError
from dlcli.models.layers import start_he


class DenseLayer(nn.Module):
    """k new maps from all maps before them, which stay.

    Source: Huang et al. 2017, section 3 (bottleneck layers): BN-ReLU-conv 1×1 to 4k maps, BN-ReLU-conv 3×3 to k.

    Args:
        inputs: maps that come.
        growth: k.
        dropout: share of values dropped after each convolution.
    Shapes:
        (B, inputs, H, W) -> (B, inputs + growth, H, W)

    """

    def __init__(self, inputs: int, growth: int, dropout: float):
        super().__init__()
        self.new = nn.Sequential(
            nn.BatchNorm2d(inputs),
            nn.ReLU(),
            nn.Conv2d(inputs, 4 * growth, 1, bias=False),
            *([nn.Dropout(dropout)] if dropout else []),
            nn.BatchNorm2d(4 * growth),
            nn.ReLU(),
            nn.Conv2d(4 * growth, growth, 3, padding=1, bias=False),
            *([nn.Dropout(dropout)] if dropout else []),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Append the new maps."""
        return torch.cat([x, self.new(x)], 1)


class DenseNetBC(nn.Module):
    """Three blocks of n dense layers, transitions between them that compress, the mean of each map, K units.

    Source: Huang et al. 2017, section 3; 769,162 weights for depth 100, growth 12 and 10 classes.

    Args:
        channels: of the picture.
        size_px: (height, width), each at least 4.
        classes: K.
        depth: 6n + 4 layers with weights.
        growth: k; the first convolution has 2k maps.
        compression: θ, share of the maps a transition keeps.
        dropout: share dropped after each convolution but the first; the paper's 0.2 where pictures are not changed.
    Shapes:
        pictures (B, C, H, W) -> scores (B, K)
    Raises:
        ModelError: the pictures are too small for two halvings.

    """

    def __init__(
        self,
        channels: int,
        size_px: tuple[int, int],
        classes: int,
        *,
        depth: int,
        growth: int,
        compression: float,
        dropout: float,
    ):
        super().__init__()
        if min(size_px) < 4:
            raise ModelError(f"densenet_bc needs pictures of at least 4×4 pixels, not {size_px[0]}×{size_px[1]}")
        maps = 2 * growth
        layers: list[nn.Module] = [nn.Conv2d(channels, maps, 3, padding=1, bias=False)]
        for block in range(3):
            if block:
                kept = int(compression * maps)
                layers += [nn.BatchNorm2d(maps), nn.ReLU(), nn.Conv2d(maps, kept, 1, bias=False)]
                layers += [*([nn.Dropout(dropout)] if dropout else []), nn.AvgPool2d(2)]
                maps = kept
            for _ in range((depth - 4) // 6):
                layers.append(DenseLayer(maps, growth, dropout))
                maps += growth
        layers += [nn.BatchNorm2d(maps), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
        self.features = nn.Sequential(*layers)
        self.head = nn.Linear(maps, classes)
        start_he(self)

    def forward(self, pictures: Tensor) -> Tensor:
        """Return class scores."""
        return self.head(self.features(pictures))
