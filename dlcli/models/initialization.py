"""Initialization: the weights of linear and convolutional layers before the first step."""

from __future__ import annotations

import torch
from torch import Generator, Tensor, nn

from dlcli.core.draws import mix
from dlcli.core.schemas import initialization as init
from dlcli.core.schemas.base import Section


def initialize(module: nn.Module, how: Section, seed: int) -> None:
    """Draw the weights of every linear and convolutional layer anew, its bias as the recipe says.

    Normalization layers keep theirs, and so does what is no such layer: class tokens, position embeddings, the fused
    projections of attention. The draws come from a generator of their own, so they depend on the seed and on the
    layers alone, not on what the network drew for its own start.

    Source: Glorot & Bengio 2010, equations 12 and 16; He et al. 2015, equations 10 and 14 (n_l = k²c is fan_in);
    Saxe et al. 2014 for orthogonal. Fans are torch's: of a grouped convolution n_out counts all filters.

    Args:
        module: the network.
        how: a section of ``schemas/initialization.py``; ``default`` leaves all as it is.
        seed: of the run.

    Effects: changes the module's weights.

    """
    if isinstance(how, init.OwnStart):
        return
    generator = torch.Generator().manual_seed(mix(seed, "init", how.name))
    for layer in module.modules():
        if isinstance(layer, nn.Linear | nn.modules.conv._ConvNd):
            draw(layer.weight, how, generator)
            if layer.bias is not None and how.bias == "zero":
                nn.init.zeros_(layer.bias)


def draw(weight: Tensor, how: Section, generator: Generator) -> Tensor:
    """Fill one weight.

    Args:
        weight: of a layer.
        how: a section of ``schemas/initialization.py``.
        generator: of the draws.
    Shapes:
        weight (out, in, …)
    """
    match how:
        case init.Zero():
            return nn.init.zeros_(weight)
        case init.Constant():
            return nn.init.constant_(weight, how.value)
        case init.Normal():
            return nn.init.normal_(weight, how.mean, how.std, generator=generator)
        case init.Uniform():
            return nn.init.uniform_(weight, how.low, how.high, generator=generator)
        case init.XavierNormal():
            return nn.init.xavier_normal_(weight, how.gain, generator=generator)
        case init.XavierUniform():
            return nn.init.xavier_uniform_(weight, how.gain, generator=generator)
        case init.HeNormal():
            return nn.init.kaiming_normal_(weight, mode=how.mode, nonlinearity=how.activation, generator=generator)
        case init.HeUniform():
            return nn.init.kaiming_uniform_(weight, mode=how.mode, nonlinearity=how.activation, generator=generator)
        case init.Orthogonal():
            return nn.init.orthogonal_(weight, how.gain, generator=generator)
    raise TypeError(f"no way to start weights: {how!r}")
