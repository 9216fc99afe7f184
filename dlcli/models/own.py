"""Our own networks: name → what builds it, and the pictures it was published for."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from torch import nn


class Typical(NamedTuple):
    """The pictures and classes a network was published for: what ``describe`` shows when nothing else is said.

    Args:
        size_px: side of the picture.
        channels: of the picture.
        classes: K.

    """

    size_px: int = 28
    channels: int = 1
    classes: int = 10


IMAGENET = Typical(224, 3, 1000)
CIFAR = Typical(32, 3, 10)

_TYPICAL: dict[str, Typical] = {}


def typical(name: str) -> Typical:
    """Return the pictures and classes one of our networks was published for."""
    return _TYPICAL.get(name, Typical())


def maker(name: str) -> Callable[..., nn.Module]:
    """Return what builds one of our networks from ``channels``, ``size_px``, ``classes`` and its own arguments."""
    match name:
        case "perceptron":
            from dlcli.models.vision.linear import perceptron

            return perceptron
        case "linear":
            from dlcli.models.vision.linear import linear

            return linear
        case "mlp":
            from dlcli.models.vision.mlp import Mlp

            return Mlp
        case "lenet5":
            from dlcli.models.vision.lenet5 import LeNet5

            return LeNet5
        case "cnn":
            from dlcli.models.vision.blocks import Cnn

            return Cnn
    raise KeyError(name)
