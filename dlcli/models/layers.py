"""Small layers by the names recipes use."""

from __future__ import annotations

from torch import nn

ACTIVATIONS: dict[str, type[nn.Module]] = {
    "relu": nn.ReLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "gelu": nn.GELU,
    "leaky_relu": nn.LeakyReLU,
    "elu": nn.ELU,
    "silu": nn.SiLU,
}


def activation(name: str) -> nn.Module:
    """Return a new activation layer."""
    return ACTIVATIONS[name]()


def start_he(module: nn.Module) -> None:
    """Draw the weights of every convolution from N(0, 2/(k²·out)).

    Source: He et al. 2015, section 2.2, backward form, as the CIFAR residual networks of 2016 start.

    Effects: draws from torch's default generator.
    """
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
