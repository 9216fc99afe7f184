"""The multi-layer perceptron on pixels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from torch import Tensor, nn

from dlcli.models.layers import activation as make_activation
from dlcli.models.vision.blocks import by_hand


class Mlp(nn.Module):
    """Fully connected layers with an activation after each but the last.

    Source: Rumelhart, Hinton & Williams 1986.

    Args:
        channels: of the picture.
        size_px: (height, width).
        classes: K.
        hidden: units of each hidden layer.
        activation: its name.
        dropout: share of hidden units dropped in training.
        layers: blocks of ``schemas/blocks.py`` instead of hidden layers; the picture is flattened before the first.
    Shapes:
        pictures (B, C, H, W) -> scores (B, K)

    """

    def __init__(
        self,
        channels: int,
        size_px: tuple[int, int],
        classes: int,
        *,
        hidden: list[int],
        activation: str = "relu",
        dropout: float = 0.0,
        layers: Sequence[Any] = (),
    ):
        super().__init__()
        inputs = channels * math.prod(size_px)
        if layers:
            self.features, (inputs,), _ = by_hand(layers, (inputs,))
        else:
            self.features = nn.Sequential()
            for width in hidden:
                self.features.extend([nn.Linear(inputs, width), make_activation(activation)])
                if dropout:
                    self.features.append(nn.Dropout(dropout))
                inputs = width
        self.head = nn.Linear(inputs, classes)

    def forward(self, pictures: Tensor) -> Tensor:
        """Return class scores."""
        return self.head(self.features(pictures.flatten(1)))
