"""Augmentations of pictures, drawn anew for each picture and epoch, for the training part only."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from dlcli.core.schemas.base import Section

Chance = Annotated[float, Field(ge=0, le=1)]
Strength = Annotated[float, Field(ge=0, le=1)]


class Flip(Section):
    """Left and right change places."""

    name: Literal["flip"] = "flip"
    p: Chance = Field(0.5, description="probability")
    vertical: bool = Field(False, description="top and bottom instead")


class Affine(Section):
    """Rotation, shift, zoom and shear in one."""

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


Augmentation = Affine | Flip | Crop | ResizedCrop | Color | Erasing
