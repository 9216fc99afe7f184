"""One linear layer on the pixels: softmax regression, and Rosenblatt's perceptron."""

from __future__ import annotations

from torch import Tensor, nn


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
