"""Squeeze-and-excitation: channels weighed by what the whole picture holds."""

from __future__ import annotations

from torch import Tensor, nn


class SqueezeExcite(nn.Module):
    """Average each channel over the picture, and scale it by a gate that two small layers compute from all averages.

    Source: Hu, Shen & Sun 2018, section 3: s = sigmoid(W₂ relu(W₁ z)). The two layers are 1×1 convolutions with biases,
    which on a 1×1 map are the paper's fully connected ones.

    Args:
        channels: C.
        reduction: the hidden layer has C / reduction units, at least one; the paper's is 16.
    Shapes:
        maps (B, C, H, W) -> maps (B, C, H, W)

    """

    def __init__(self, channels: int, reduction: int = 16):
        super().__init__()
        hidden = max(1, channels // reduction)
        self.squeeze = nn.AdaptiveAvgPool2d(1)
        self.reduce = nn.Conv2d(channels, hidden, 1)
        self.activation = nn.ReLU()
        self.expand = nn.Conv2d(hidden, channels, 1)
        self.gate = nn.Sigmoid()

    def forward(self, maps: Tensor) -> Tensor:
        """Return the maps, each channel times its gate."""
        gates = self.gate(self.expand(self.activation(self.reduce(self.squeeze(maps)))))  # (B, C, 1, 1)
        return maps * gates
