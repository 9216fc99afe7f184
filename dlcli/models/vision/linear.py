"""One linear layer on the pixels: softmax regression, and Rosenblatt's perceptron."""

from __future__ import annotations

import math

from torch import Tensor, nn


def linear(channels: int, size_px: tuple[int, int], classes: int) -> Linear:
    """Return softmax regression on the pixels of such pictures."""
    return Linear(channels * math.prod(size_px), classes)


def perceptron(channels: int, size_px: tuple[int, int], classes: int) -> Linear:
    """Return Rosenblatt's perceptron on the pixels of such pictures."""
    return Linear(channels * math.prod(size_px), classes, zero=True)


class Linear(nn.Module):
    """Class scores W·x + b of the flattened picture.

    As ``perceptron`` all weights begin at zero, as Rosenblatt's did; trained with the perceptron loss by plain SGD
    they change only when an answer is wrong.

    Source: Rosenblatt 1958 (perceptron); multinomial logistic regression (linear).

    Args:
        inputs: channels · height · width.
        classes: K.
        zero: begin at zero.
    Shapes:
        pictures (B, C, H, W) -> scores (B, K)

    """

    def __init__(self, inputs: int, classes: int, *, zero: bool = False):
        super().__init__()
        self.head = nn.Linear(inputs, classes)
        if zero:
            nn.init.zeros_(self.head.weight)
            nn.init.zeros_(self.head.bias)

    def forward(self, pictures: Tensor) -> Tensor:
        """Return class scores."""
        return self.head(pictures.flatten(1))
