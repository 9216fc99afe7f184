"""Augmentation of training pictures by torchvision's transforms, drawn from torch's generator."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from PIL import Image

from dlcli.data import images
from dlcli.data.images import Step
from dlcli.data.mix import Mixer

Change = Callable[[Any], Any]


class Augmenter:
    """Turns a picture into the bytes of its changed version.

    ``resized_crop`` takes the place of the resize step, ``erasing`` comes last and ``mixup`` and ``cutmix`` after it
    (``mixer``, which needs whole batches), wherever they stand in the recipe; everything else follows its order there.

    Source: torchvision's transforms v2; RandAugment and the like with bilinear instead of nearest neighbors.

    Args:
        operations: sections of ``core/schemas/augment.py``.
        preprocessing: the steps of the bundle.

    """

    def __init__(self, operations: Sequence[Any], preprocessing: list[Step]):
        self.preprocessing = preprocessing
        by_step = {s["step"]: s for s in preprocessing}
        self.channels = by_step["color"]["channels"]
        self.size_px = tuple(by_step["resize"]["size_px"])
        interpolation = images.FILTERS[by_step["resize"]["filter"]]
        crops = [o for o in operations if o.name == "resized_crop"]
        self.crop = _resized_crop(crops[0], self.size_px, interpolation) if crops else None
        self.changes = [c for o in operations if (c := _change(o, self.size_px)) is not None]
        fill = [round(255 * m) for m in by_step["normalize"]["mean"]]
        self.erasings = [_erasing(o, fill) for o in operations if o.name == "erasing"]
        self.mixer = Mixer.of(operations)

    def __call__(self, image: Image.Image) -> np.ndarray:
        """Draw and apply the changes.

        Shapes:
            -> (C, H, W) uint8
        Effects: draws from torch's default generator.
        """
        if self.crop:
            image = self.crop(image.convert("L" if self.channels == 1 else "RGB"))
        else:
            image = images.fitted(image, self.preprocessing)
        for change in self.changes:
            image = change(image)
        array = images.as_array(image)
        if self.erasings:
            tensor = torch.from_numpy(array.copy())
            for erasing in self.erasings:
                tensor = erasing(tensor)
            array = tensor.numpy()
        return array


def _resized_crop(o: Any, size_px: tuple[int, ...], interpolation: Any) -> Change:
    from torchvision.transforms import v2

    mode = v2.InterpolationMode.BICUBIC if interpolation == Image.Resampling.BICUBIC else v2.InterpolationMode.BILINEAR
    return v2.RandomResizedCrop(size_px, scale=tuple(o.area), ratio=tuple(o.ratio), interpolation=mode)


def _erasing(o: Any, fill: list[int]) -> Change:
    from torchvision.transforms import v2

    return v2.RandomErasing(p=o.p, scale=tuple(o.area), value=fill)


def _change(o: Any, size_px: tuple[int, ...]) -> Change | None:
    from torchvision.transforms import v2

    bilinear = v2.InterpolationMode.BILINEAR
    match o.name:
        case "flip":
            return v2.RandomVerticalFlip(o.p) if o.vertical else v2.RandomHorizontalFlip(o.p)
        case "affine":
            return v2.RandomAffine(
                degrees=o.degrees,
                translate=(o.shift, o.shift),
                scale=(1 - o.zoom, 1 + o.zoom),
                shear=o.shear or None,
                interpolation=bilinear,
            )
        case "crop":
            padding = [max(1, round(o.pad * size_px[1])), max(1, round(o.pad * size_px[0]))]
            return v2.RandomCrop(size_px, padding=padding)
        case "color":
            return v2.ColorJitter(o.brightness, o.contrast, o.saturation, o.hue)
        case "gray":
            return v2.RandomGrayscale(o.p)
        case "blur":
            side = 2 * math.ceil(2 * o.sigma_px) + 1  # two standard deviations either way hold 95 % of the weight
            longest = min(side, *(2 * s - 1 for s in size_px))  # the border is mirrored, which needs that many pixels
            return v2.RandomApply([v2.GaussianBlur(longest, (0.1 * o.sigma_px, o.sigma_px))], o.p)
        case "randaugment":
            return v2.RandAugment(o.operations, o.magnitude, interpolation=bilinear)
        case "autoaugment":
            return v2.AutoAugment(v2.AutoAugmentPolicy(o.policy), interpolation=bilinear)
        case "trivial":
            return v2.TrivialAugmentWide(interpolation=bilinear)
        case "augmix":
            return v2.AugMix(o.severity, interpolation=bilinear)
    return None
