"""mixup and CutMix: training pictures made of two, with labels that count by share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcli.core.schemas.augment import MIXING


class Mixer:
    """Mixes a picture with another of its batch.

    Where both are asked for, each sample draws one of them. The pictures have been augmented and normalized before.

    Source: mixup, Zhang et al. 2018, equation 1; CutMix, Yun et al. 2019, equations 1 and 2. There one weight is drawn
    for a batch; here each sample draws its own, as a function of (seed, epoch, sample).

    Args:
        operations: sections ``mixup`` and ``cutmix`` of ``core/schemas/augment.py``.

    """

    def __init__(self, operations: Sequence[Any]):
        self.operations = list(operations)

    @classmethod
    def of(cls, operations: Sequence[Any]) -> Mixer | None:
        """Return the mixer a recipe's augmentations ask for, or None."""
        mixing = [o for o in operations if o.name in MIXING]
        return cls(mixing) if mixing else None

    def __call__(self, own: np.ndarray, other: np.ndarray, out: np.ndarray, seed: int) -> float:
        """Write the mixed picture to ``out`` and return the weight of the own label.

        Args:
            own: the picture.
            other: its partner.
            out: takes the mixed one.
            seed: of this sample's draws.
        Shapes:
            own, other, out (C, H, W)

        """
        random = np.random.default_rng(seed)
        operation = self.operations[random.integers(len(self.operations))]
        out[:] = own
        if random.random() >= operation.p:
            return 1.0
        share = random.beta(operation.alpha, operation.alpha)
        if operation.name == "mixup":
            share = np.float32(share)
            np.add(share * own, (1 - share) * other, out=out)
            return float(share)
        top, bottom, left, right = box(share, own.shape[-2:], random)
        out[:, top:bottom, left:right] = other[:, top:bottom, left:right]
        return 1 - (bottom - top) * (right - left) / (own.shape[-2] * own.shape[-1])


def box(share: float, size_px: Sequence[int], random: np.random.Generator) -> tuple[int, int, int, int]:
    """Draw CutMix's rectangle: of the picture's shape, its center anywhere, cut off at the border.

    Args:
        share: of the area that would be kept without the cut at the border, in 0-1.
        size_px: (height, width).
        random: draws the center.

    Returns:
        first row, row behind the last, first column, column behind the last.

    """
    height, width = size_px
    side = math.sqrt(1 - share)
    y, x = random.integers(height), random.integers(width)
    half_y, half_x = int(height * side) // 2, int(width * side) // 2
    return max(0, y - half_y), min(height, y + half_y), max(0, x - half_x), min(width, x + half_x)
