"""Where a bottleneck strides."""

from __future__ import annotations

from torch import nn

from dlcli.core.errors import ModelError


def as_v1(module: nn.Module) -> int:
    """Move the stride of every bottleneck from its 3×3 to its first 1×1 convolution; return how many there were.

    Libraries build ResNets with the stride at the 3×3 convolution ("v1.5", half a point better); papers and tables of
    receptive fields mean the 1×1, which skips three of four positions.

    Source: He, Zhang, Ren & Sun 2015, table 1 and section 4.1 (v1); Gross & Wilber 2016 (the other).

    Args:
        module: a ResNet whose blocks have layers ``conv1`` (1×1) and ``conv2`` (3×3).

    Raises:
        ModelError: there is no such block that strides.
    Effects: changes the strides in place.

    """
    moved = 0
    for block in module.modules():
        first, second = getattr(block, "conv1", None), getattr(block, "conv2", None)
        if not (isinstance(first, nn.Conv2d) and isinstance(second, nn.Conv2d)):
            continue
        if first.kernel_size == (1, 1) and first.stride == (1, 1) and second.stride != (1, 1):
            first.stride, second.stride = second.stride, first.stride
            moved += 1
    if not moved:
        raise ModelError(
            "stride v1: the network has no bottleneck that strides at its 3×3 convolution",
            "it is for resnet50, resnet101, resnet152 and their like",
        )
    return moved
