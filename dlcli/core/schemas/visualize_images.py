"""The recipes of ``dlcli visualize maximize`` and ``fool``: pictures made by climbing."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from dlcli.core.schemas.base import Conflict, Section, refuse_unused
from dlcli.core.schemas.shared import Count, NotNegative, Positive, Share, Whole
from dlcli.core.schemas.visualize import Look, LookAtPictures

Levels = Annotated[int, Field(ge=1, le=255)]
Probability = Annotated[float, Field(gt=0, lt=1)]
Factor = Annotated[float, Field(ge=0, le=1)]


class ImagePriors(Section):
    """What holds a picture to looking like one; 0 is off."""

    l2: Share = Field(0.005, description="share of the picture's contrast taken away after each step")
    blur_px: NotNegative = Field(0.0, description="spread of a Gaussian the picture is blurred by")
    blur_every: Count = Field(4, description="steps between two blurs")
    clip_pixels: Share = Field(0.0, description="share of the pixels made gray after each step: the faintest")
    clip_gradients: Share = Field(0.0, description="share of the pixels left alone at each step: of least gradient")
    tv: NotNegative = Field(0.06, description="pull towards less total variation, as a share of the score's pull")

    @model_validator(mode="after")
    def _used(self) -> Any:
        if not self.blur_px:
            refuse_unused(self, "has no effect while blur_px is 0", "blur_every")
        return self


class ImageMoves(Section):
    """How far the network's view of the picture is moved at random at each step; 0 is off."""

    jitter: Share = Field(0.1, description="up, down, left, right, as a share of the shorter side")
    scale: Factor = Field(0.4, description="largest change of size: 0.4 means 1/1.4 to 1.4")
    turn_deg: Annotated[float, Field(ge=0, le=180)] = Field(20.0, description="largest turn, degrees")


class MaximizeRecipe(LookAtPictures):
    """How ``dlcli visualize maximize`` makes pictures."""

    classes: list[str] = Field([], description="names or numbers of classes; a picture is made for each")
    layer: str | None = Field(None, description="name of a layer, see --list-layers, whose channels are maximized")
    channels: list[Whole] = Field([], description="of the layer; a picture is made for each")
    objective: Literal["logit", "probability"] = Field(
        "logit", description="what rises: the class's score, or the logarithm of its probability"
    )
    image: Literal["fourier", "pixel"] = Field(
        "fourier", description="the numbers that are changed: spectrum with colors taken apart, or pixels"
    )
    optimizer: Literal["adam", "ascent"] = Field("adam", description="adam, or ascent: steps of equal length")
    lr: Positive | None = Field(None, description="size of a step; null: 0.05 (fourier), 0.02 (pixel)")
    steps: Count = Field(128, description="how many")
    views: Annotated[int, Field(ge=1, le=64)] = Field(1, description="moved views of the picture a step")
    spread: Positive = Field(0.05, description="of the noise it starts from; unused with a start picture")
    priors: ImagePriors = ImagePriors()
    moves: ImageMoves = ImageMoves()

    @model_validator(mode="after")
    def _one_kind(self) -> Any:
        if self.classes and self.layer is not None:
            raise Conflict("classes, or a layer and its channels: not both", "classes", "layer")
        if self.channels and self.layer is None:
            raise Conflict("channels are a layer's; name it", "channels")
        if self.layer is not None:
            if not self.channels:
                raise Conflict("which of its channels? give channels", "layer")
            refuse_unused(self, "is of classes; a channel has no probability", "objective")
        if len(set(self.channels)) < len(self.channels):
            raise Conflict("a channel stands twice", "channels")
        if self.views > 1 and not (self.moves.jitter or self.moves.scale or self.moves.turn_deg):
            raise Conflict("all views are the same while every key of moves is 0", "views")
        return self


class FoolRecipe(Look):
    """How ``dlcli visualize fool`` changes a picture."""

    to: str | None = Field(None, description="name or number of the class that the network shall see")
    goal: Probability = Field(0.99, description="probability to pass")
    epsilon: Levels = Field(8, description="largest change of a value of a pixel that may be tried, of 255")
    steps: Count = Field(20, description="for each change that is tried: 1, 2, 3, … up to epsilon")
    step_size: Annotated[float, Field(gt=0, le=1)] = Field(0.25, description="of a step, as a share of that change")
    momentum: Share = Field(0.5, description="share of the former direction that is kept")
    random_start: bool = Field(False, description="begin anywhere within the first change, not at the picture")
    amplify: Count | None = Field(None, description="factor on the difference shown; null: to full black and white")
