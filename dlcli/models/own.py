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

_CIFAR_RESNETS = (
    *("resnet20", "resnet32", "resnet44", "resnet56", "resnet110"),
    *("preresnet20", "preresnet110", "stochastic_resnet110", "se_resnet20"),
)

_TYPICAL: dict[str, Typical] = {
    **dict.fromkeys(("vgg_a_lrn", "vgg_c", "inception_v1", "inception_v2", "shufflenet_v1"), IMAGENET),
    "nin": CIFAR,
    **dict.fromkeys(_CIFAR_RESNETS, CIFAR),
    **dict.fromkeys(("wide_resnet", "resnext29", "densenet_bc", "fractalnet", "vit"), CIFAR),
}


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
        case "vgg_a_lrn":
            from dlcli.models.vision.vgg import vgg_a_lrn

            return vgg_a_lrn
        case "vgg_c":
            from dlcli.models.vision.vgg import vgg_c

            return vgg_c
        case "nin":
            from dlcli.models.vision.nin import Nin

            return Nin
        case "inception_v1":
            from dlcli.models.vision.inception_v1 import InceptionV1

            return InceptionV1
        case "inception_v2":
            from dlcli.models.vision.inception_v2 import InceptionV2

            return InceptionV2
        case "shufflenet_v1":
            from dlcli.models.vision.shufflenet_v1 import ShuffleNetV1

            return ShuffleNetV1
        case _ if name in _CIFAR_RESNETS:
            from dlcli.models.vision.resnet_cifar import CifarResNet

            return CifarResNet
        case "wide_resnet":
            from dlcli.models.vision.wide_resnet import WideResNet

            return WideResNet
        case "resnext29":
            from dlcli.models.vision.resnext_cifar import CifarResNeXt

            return CifarResNeXt
        case "densenet_bc":
            from dlcli.models.vision.densenet_cifar import DenseNetBC

            return DenseNetBC
        case "fractalnet":
            from dlcli.models.vision.fractalnet import FractalNet

            return FractalNet
        case "vit":
            from dlcli.models.vision.vit import Vit

            return Vit
        case "cnn":
            from dlcli.models.vision.blocks import Cnn

            return Cnn
    raise KeyError(name)
