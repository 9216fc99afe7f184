"""Residual networks for 32×32 pictures: plain, pre-activation, with stochastic depth, with squeeze-and-excitation."""

from __future__ import annotations

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dlcli.models.layers import start_he
from dlcli.models.vision.squeeze_excite import SqueezeExcite


class WidenedByZeros(nn.Module):
    """Maps of zeros behind those that came, so that an identity fits a wider sum without a weight."""

    def __init__(self, more: int):
        super().__init__()
        self.more = more

    def forward(self, x: Tensor) -> Tensor:
        """Append ``more`` maps of zeros."""
        return F.pad(x, (0, 0, 0, 0, 0, self.more))


class Unit(nn.Module):
    """x + f(x), where f is two 3×3 convolutions; ReLU after the sum, or everything before it.

    In training f is left out with probability ``drop``, for the whole batch; in use f(x) is multiplied with how often
    it was there. What is left out is not computed, so its weights have no gradient and stay as they are in that step,
    where the paper's went on with momentum and decay.

    Source: He et al. 2016a, figure 2 and section 4.2; 2016b, figure 4 (e); Huang et al. 2016, equations 2 and 5.

    Args:
        inputs: maps that come.
        outputs: maps that go.
        stride: of the first convolution.
        shortcut: what carries x when the shape changes: ``pad`` (option A: every second pixel, maps of zeros) or
            ``projection`` (option B: 1×1 convolution).
        preactivation: normalize and rectify before each convolution, leave the sum alone.
        first: the network's first unit, whose pre-activation also feeds its shortcut.
        drop: probability of being left out in training.
        se_reduction: of squeeze-and-excitation on f(x); 0: none.
    Shapes:
        (B, inputs, H, W) -> (B, outputs, ⌈H/stride⌉, ⌈W/stride⌉)

    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        stride: int,
        *,
        shortcut: str,
        preactivation: bool,
        first: bool,
        drop: float,
        se_reduction: int,
    ):
        super().__init__()
        changes = stride != 1 or inputs != outputs
        projects = changes and shortcut == "projection"
        self.preactivation, self.drop = preactivation, drop
        # A shortcut with weights gets the activated input (He 2016b, appendix); a plain identity the sum itself.
        self.shares_activation = preactivation and (first or projects)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(inputs if preactivation else outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.excite = SqueezeExcite(outputs, se_reduction) if se_reduction else nn.Identity()
        self.relu = nn.ReLU()
        if projects:
            norm = [] if preactivation else [nn.BatchNorm2d(outputs)]
            self.shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), *norm)
        elif changes:
            # Pooling one pixel takes every second one, and is a layer whose stride can be read.
            self.shortcut = nn.Sequential(nn.AvgPool2d(1, stride), WidenedByZeros(outputs - inputs))
        else:
            self.shortcut = nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """Return the sum."""
        if self.preactivation:
            active = self.relu(self.norm1(x)) if self.shares_activation else x
            return self._sum(self.shortcut(active), active)
        return self.relu(self._sum(self.shortcut(x), x))

    def _sum(self, carried: Tensor, x: Tensor) -> Tensor:
        if not self.drop:
            return carried + self._residual(x)
        if not self.training:
            return carried + (1 - self.drop) * self._residual(x)
        # Drawn on the CPU whatever the device: the answer is needed here, to save the work.
        return carried if torch.rand(()) < self.drop else carried + self._residual(x)

    def _residual(self, x: Tensor) -> Tensor:
        if self.preactivation:
            x = x if self.shares_activation else self.relu(self.norm1(x))
            return self.excite(self.conv2(self.relu(self.norm2(self.conv1(x)))))
        return self.excite(self.norm2(self.conv2(self.relu(self.norm1(self.conv1(x))))))


class CifarResNet(nn.Module):
    """A 3×3 convolution, three stages of n residual units with 16, 32 and 64 maps, the mean of each map, K units.

    Source: He et al. 2016a, section 4.2; ``preactivation``: He et al. 2016b; ``stochastic_depth``: Huang et al. 2016,
    section 3 with linear decay; ``se_reduction``: Hu et al. 2018. 269,722 weights for depth 20 and 10 classes. Differs:
    maps of zeros are appended, of which the papers do not say where.

    Args:
        channels: of the picture.
        size_px: any.
        classes: K.
        depth: 6n + 2 layers with weights.
        width: maps of the first stage; the published 16.
        shortcut: ``pad`` or ``projection``, where the shape changes.
        preactivation: normalization and ReLU before the convolutions instead of after them.
        stochastic_depth: probability with which the last unit is left out in training; unit l of L: l/L of it.
        se_reduction: squeeze-and-excitation in each unit; 0: none.
    Shapes:
        pictures (B, C, H, W) -> scores (B, K)
    Effects: with stochastic depth, training draws from torch's default generator.

    """

    def __init__(
        self,
        channels: int,
        size_px: tuple[int, int],  # noqa: ARG002 (every network is told)
        classes: int,
        *,
        depth: int,
        width: int,
        shortcut: str,
        preactivation: bool,
        stochastic_depth: float,
        se_reduction: int,
    ):
        super().__init__()
        n = (depth - 2) // 6
        maps = [width, *(width << stage for stage in range(3) for _ in range(n))]
        units = [
            Unit(
                inputs,
                outputs,
                1 if inputs == outputs else 2,
                shortcut=shortcut,
                preactivation=preactivation,
                first=number == 1,
                drop=stochastic_depth * number / (3 * n),
                se_reduction=se_reduction,
            )
            for number, (inputs, outputs) in enumerate(pairwise(maps), 1)
        ]
        self.stem = nn.Sequential(
            nn.Conv2d(channels, width, 3, padding=1, bias=False),
            *([] if preactivation else [nn.BatchNorm2d(width), nn.ReLU()]),
        )
        self.units = nn.Sequential(*units)
        self.pool = nn.Sequential(
            *([nn.BatchNorm2d(maps[-1]), nn.ReLU()] if preactivation else []),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
        )
        self.head = nn.Linear(maps[-1], classes)
        start_he(self)

    def forward(self, pictures: Tensor) -> Tensor:
        """Return class scores."""
        return self.head(self.pool(self.units(self.stem(pictures))))
