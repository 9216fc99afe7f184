"""The multi-layer perceptron on pixels."""

from __future__ import annotations

import math

from torch import Tensor, nn

from dlcli.models.layers import activation as make_activation


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
    ):
        super().__init__()
        inputs = channels * math.prod(size_px)
        layers: list[nn.Module] = []
        for width in hidden:
            layers += [nn.Linear(inputs, width), make_activation(activation)]
            if dropout:
                layers.append(nn.Dropout(dropout))
            inputs = width
        self.features = nn.Sequential(*layers)
        self.head = nn.Linear(inputs, classes)

    def forward(self, pictures: Tensor) -> Tensor:
        """Return class scores."""
        return self.head(self.features(pictures.flatten(1)))
