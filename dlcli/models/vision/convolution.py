"""What convolutional networks share: convolution, normalization and activation in one, and how their weights begin."""

from __future__ import annotations

from torch import nn

KRIZHEVSKY_SIZE, KRIZHEVSKY_ALPHA, KRIZHEVSKY_BETA, KRIZHEVSKY_K = 5, 1e-4, 0.75, 2.0


def scaled(channels: int, width: float) -> int:
    """Return a number of channels times a width multiplier, at least one."""
    return max(1, round(channels * width))


def convolution(
    inputs: int,
    outputs: int,
    kernel: int,
    *,
    stride: int = 1,
    padding: int | None = None,
    groups: int = 1,
    batch_norm: bool = True,
    relu: bool = True,
) -> nn.Sequential:
    """Return a convolution with batch normalization and ReLU after it.

    A convolution that is normalized has no bias: the normalization would take it away again.

    Args:
        inputs: channels that come in.
        outputs: channels that go out.
        kernel: side of the kernel; odd.
        stride: step between positions.
        padding: on each side; None: as much as keeps the size at stride 1.
        groups: channels are dealt into this many groups that do not see each other.
        batch_norm: normalize.
        relu: activate.
    Shapes:
        (B, inputs, H, W) -> (B, outputs, ⌈H / stride⌉, ⌈W / stride⌉) with the default padding

    """
    around = kernel // 2 if padding is None else padding
    layers: list[nn.Module] = [
        nn.Conv2d(inputs, outputs, kernel, stride, around, groups=groups, bias=not batch_norm),
    ]
    if batch_norm:
        layers.append(nn.BatchNorm2d(outputs))
    if relu:
        layers.append(nn.ReLU(inplace=True))
    return nn.Sequential(*layers)


def response_norm() -> nn.LocalResponseNorm:
    """Return local response normalization over five neighboring channels.

    Source: Krizhevsky, Sutskever & Hinton 2012, section 3.3: b_i = a_i / (k + α Σ_j a_j²)^β with n = 5, α = 1e-4,
    β = 0.75, k = 2. torch divides α by n, so n·α is what it gets.
    """
    return nn.LocalResponseNorm(KRIZHEVSKY_SIZE, KRIZHEVSKY_SIZE * KRIZHEVSKY_ALPHA, KRIZHEVSKY_BETA, KRIZHEVSKY_K)


def begin(module: nn.Module) -> None:
    """Draw the weights of convolutions and linear layers anew by He's rule, and set their biases to zero.

    Deep networks without normalization do not learn from torch's own start, whose signal shrinks at every layer.

    Source: He, Zhang, Ren & Sun 2015, section 2.2: standard deviation √(2 / fan-in).

    Effects: draws from torch's default generator.
    """
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
