"""Augmentations of pictures, drawn anew for each picture and epoch, for the training part only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field, model_validator

from dlcli.core.schemas.base import Section

Chance = Annotated[float, Field(ge=0, le=1)]
Alpha = Annotated[float, Field(ge=0.01, le=100)]
Strength = Annotated[float, Field(ge=0, le=1)]


class Flip(Section):
    """Left and right change places."""

    name: Literal["flip"] = "flip"
    p: Chance = Field(0.5, description="probability")
    vertical: bool = Field(False, description="top and bottom instead")


class Affine(Section):
    """Rotation, shift, zoom and shear in one; each of them alone with the others at 0."""

    name: Literal["affine"] = "affine"
    degrees: Annotated[float, Field(ge=0, le=180)] = Field(10.0, description="largest rotation either way")
    shift: Strength = Field(0.1, description="largest shift as a share of the size")
    zoom: Annotated[float, Field(ge=0, lt=1)] = Field(0.1, description="largest change of scale either way")
    shear: Annotated[float, Field(ge=0, le=45)] = Field(0.0, description="largest shear in degrees")


class Crop(Section):
    """Pad, then cut the original size out at a random place."""

    name: Literal["crop"] = "crop"
    pad: Annotated[float, Field(gt=0, le=0.5)] = Field(0.125, description="padding as a share of the size")


class ResizedCrop(Section):
    """Cut a random part of the picture as it was read and bring it to the size."""

    name: Literal["resized_crop"] = "resized_crop"
    area: list[Annotated[float, Field(gt=0, le=1)]] = Field(
        [0.35, 1.0], min_length=2, max_length=2, description="smallest and largest share of the area"
    )
    ratio: list[Annotated[float, Field(gt=0)]] = Field(
        [0.75, 1.3333], min_length=2, max_length=2, description="narrowest and widest width / height"
    )

    @model_validator(mode="after")
    def _ordered(self) -> ResizedCrop:
        for name in ("area", "ratio"):
            low, high = getattr(self, name)
            if low > high:
                raise ValueError(f"{name} must be [smallest, largest], not [{low}, {high}]")
        return self


class Color(Section):
    """Brightness, contrast, saturation and hue."""

    name: Literal["color"] = "color"
    brightness: Strength = Field(0.2, description="largest relative change")
    contrast: Strength = Field(0.2, description="largest relative change")
    saturation: Strength = Field(0.2, description="largest relative change")
    hue: Annotated[float, Field(ge=0, le=0.5)] = Field(0.0, description="largest turn of the color wheel")


class Erasing(Section):
    """A random rectangle is blanked out."""

    name: Literal["erasing"] = "erasing"
    p: Chance = Field(0.25, description="probability")
    area: list[Annotated[float, Field(gt=0, lt=1)]] = Field(
        [0.02, 0.2], min_length=2, max_length=2, description="smallest and largest share of the area"
    )


class Gray(Section):
    """Color is taken away; the picture keeps its channels."""

    name: Literal["gray"] = "gray"
    p: Chance = Field(0.1, description="probability")


class Blur(Section):
    """Blurred by a Gaussian."""

    name: Literal["blur"] = "blur"
    p: Chance = Field(0.5, description="probability")
    sigma_px: Annotated[float, Field(gt=0, le=10)] = Field(1.0, description="largest standard deviation")


class RandAugment(Section):
    """RandAugment (Cubuk et al. 2020): operations drawn from fourteen, all at one strength."""

    name: Literal["randaugment"] = "randaugment"
    operations: Annotated[int, Field(ge=1, le=10)] = Field(2, description="how many, one after the other")
    magnitude: Annotated[int, Field(ge=0, le=30)] = Field(9, description="strength of each")


class AutoAugment(Section):
    """AutoAugment (Cubuk et al. 2019): one of 25 pairs of operations that a search found."""

    name: Literal["autoaugment"] = "autoaugment"
    policy: Literal["imagenet", "cifar10", "svhn"] = Field("imagenet", description="data the search was made on")


class Trivial(Section):
    """TrivialAugment, wide (Müller & Hutter 2021): one operation at a drawn strength; nothing to choose.

    Its shifts go up to 32 pixels whatever the size, so a tiny picture may be shifted out of sight, as in the paper.
    """

    name: Literal["trivial"] = "trivial"


class AugMix(Section):
    """AugMix (Hendrycks et al. 2020): several chains of operations laid over each other; slow."""

    name: Literal["augmix"] = "augmix"
    severity: Annotated[int, Field(ge=1, le=10)] = Field(3, description="strength of each operation")


class Mixup(Section):
    """mixup (Zhang et al. 2018): pictures of a batch are laid over each other, and so are their labels."""

    name: Literal["mixup"] = "mixup"
    alpha: Alpha = Field(
        0.2, description="of Beta(alpha, alpha), which draws the weights; 1: all alike, 0.1: rarely half"
    )
    p: Chance = Field(1.0, description="probability")


class CutMix(Section):
    """CutMix (Yun et al. 2019): a rectangle of a picture comes from another; the labels count by area."""

    name: Literal["cutmix"] = "cutmix"
    alpha: Alpha = Field(1.0, description="of Beta(alpha, alpha), which draws the share of the area that is kept")
    p: Chance = Field(1.0, description="probability")


POLICIES = ("randaugment", "autoaugment", "trivial", "augmix")
MIXING = ("mixup", "cutmix")
ONCE = ("resized_crop", *MIXING)

Augmentation = (
    Affine
    | Flip
    | Crop
    | ResizedCrop
    | Color
    | Gray
    | Blur
    | Erasing
    | RandAugment
    | AutoAugment
    | Trivial
    | AugMix
    | Mixup
    | CutMix
)


def conflict(operations: Sequence[Section]) -> str:
    """Return what is wrong with a list of augmentations, or nothing."""
    count = Counter(o.name for o in operations)  # type: ignore[attr-defined]
    twice = [name for name in ONCE if count[name] > 1]
    if twice:
        return f"augment holds {twice[0]} {count[twice[0]]} times; once is allowed"
    policies = [name for name in POLICIES for _ in range(count[name])]
    if len(policies) > 1:
        return f"augment holds {' and '.join(policies)}; one of {', '.join(POLICIES)} is allowed"
    return ""
