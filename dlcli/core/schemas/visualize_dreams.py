"""The recipes of ``dlcli visualize invert`` and ``dream``."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, field_validator, model_validator

from dlcli.core.schemas.base import Conflict, refuse_unused
from dlcli.core.schemas.describe import sides
from dlcli.core.schemas.shared import Count, NotNegative, Whole
from dlcli.core.schemas.visualize import Look, LookAtPictures

Power = Annotated[float, Field(ge=1, le=20)]


class InvertRecipe(LookAtPictures):
    """How ``dlcli visualize invert`` makes pictures from what layers put out."""

    layers: list[str] = Field([], description="names or patterns; empty: a few from early to deep")
    steps: Count = Field(70, description="of L-BFGS for each layer")
    alpha: Power = Field(6.0, description="power of the prior that keeps colors in range")
    weight_alpha: NotNegative = Field(1e-3, description="of that prior")
    beta: Power = Field(2.0, description="of the total variation that keeps the picture smooth; 1: edges stay sharp")
    weight_variation: NotNegative = Field(1e-2, description="of the total variation")

    @model_validator(mode="after")
    def _used(self) -> Any:
        if self.weight_alpha == 0:
            refuse_unused(self, "its prior has no weight", "alpha")
        if self.weight_variation == 0:
            refuse_unused(self, "the total variation has no weight", "beta")
        return self


class DreamRecipe(Look):
    """How ``dlcli visualize dream`` changes pictures."""

    size_px: str | None = Field(None, description="HxW, or N for the longer side; null: the picture's own size")
    layers: list[str] = Field([], description="names or patterns; empty: the end of the last stage but one")
    channel: Whole | None = Field(None, description="only this channel of each layer, from 0; null: all")
    guide: str | None = Field(None, description="picture whose features are sought; null: what is there is enhanced")
    octaves: Count = Field(4, description="sizes worked at, up to the picture's own; none below 32 px")
    octave_scale: Annotated[float, Field(ge=1.05, le=4)] = Field(1.4, description="from one size to the next")
    steps: Count = Field(20, description="at each size")
    step_size: Annotated[float, Field(gt=0, le=1)] = Field(0.01, description="mean change of a pixel a step, of 0 to 1")
    smoothing: Annotated[float, Field(ge=0, le=2)] = Field(
        1.0, description="power of the wave length that the gradient is weighted by; 0: as it is, with fine noise"
    )
    jitter_px: Annotated[int, Field(ge=0, le=512)] = Field(32, description="the picture is rolled by before each step")
    tile_px: Annotated[int, Field(ge=64)] | None = Field(
        1024, description="sides of the squares larger pictures are worked on in; null: whole, whatever the memory"
    )

    @field_validator("size_px")
    @classmethod
    def _sides(cls, value: str | None) -> str | None:
        if value is not None:
            sides(value)
        return value

    @model_validator(mode="after")
    def _together(self) -> Any:
        if self.channel is not None and self.guide is not None:
            raise Conflict("a guide is followed by all channels; leave one of the two out", "channel")
        if self.octaves == 1:
            refuse_unused(self, "there is only one size", "octave_scale")
        return self
