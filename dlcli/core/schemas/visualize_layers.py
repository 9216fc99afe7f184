"""The recipes of ``dlcli visualize filters``, ``weights``, ``activations`` and ``embedding``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from dlcli.core.schemas.base import Conflict, refuse_unused
from dlcli.core.schemas.shared import Count, Positive
from dlcli.core.schemas.visualize import Look, LookAtPictures

Zoom = Annotated[int, Field(ge=1, le=64)]
CHANNELS = ("auto", "color", "each", "mean")


class FiltersRecipe(Look):
    """How ``dlcli visualize filters`` draws the weights of a layer."""

    layer: str | None = Field(None, description="name or pattern, see --list-layers; null: the first convolution")
    channels: str = Field(
        "auto",
        description="auto: a first layer's three channels as colors, else each a tile; color, each, mean, or the "
        "number of one input channel",
    )
    scale: Literal["shared", "filter"] = Field("shared", description="one scale for all tiles, or one for each filter")
    ends: Literal["signed", "minmax"] = Field(
        "signed", description="signed: 0 is middle gray; minmax: from the least weight, black, to the greatest, white"
    )
    max: Count = Field(256, description="tiles drawn at most")
    zoom: Zoom | None = Field(None, description="whole factor of enlargement; null: tiles of about 56 pixels")

    @field_validator("channels")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in CHANNELS and not (value.isascii() and value.isdecimal() and len(value) < 7):
            raise ValueError(f"allowed: {', '.join(CHANNELS)}, or the number of an input channel, from 0")
        return value


class WeightsRecipe(Look):
    """How ``dlcli visualize weights`` draws the weights of a linear classifier."""

    classes: list[str] = Field([], description="names or numbers of classes; empty: all, up to max")
    scale: Literal["shared", "class"] = Field("shared", description="one scale for all classes, or one for each")
    max: Count = Field(64, description="classes drawn at most where none are named")
    zoom: Zoom | None = Field(None, description="whole factor of enlargement; null: tiles of about 168 pixels")


class ActivationsRecipe(LookAtPictures):
    """How ``dlcli visualize activations`` draws what a layer puts out."""

    layer: str | None = Field(
        None, description="name or pattern, see --list-layers; null: the first convolution, behind its activation"
    )
    order: Literal["mean", "channel"] = Field("mean", description="strongest on average first, or as they are numbered")
    scale: Literal["map", "shared"] = Field("map", description="one scale for each map, or one for all of a layer")
    max: Count | None = Field(None, description="maps drawn at most; null: 64 maps, 1,024 numbers of a vector")


class EmbeddingRecipe(LookAtPictures):
    """How ``dlcli visualize embedding`` lays features or filters out in a plane."""

    of: Literal["features", "filters"] = Field("features", description="features of pictures, or filters of a layer")
    layer: str | None = Field(
        None,
        description="name or pattern, see --list-layers; null: what the last linear layer is given; of filters the "
        "first convolution",
    )
    method: Literal["pca", "tsne"] = Field(
        "pca", description="pca: the two directions of greatest spread; tsne: who is near stays near, far means little"
    )
    perplexity: Positive = Field(30.0, description="about how many neighbors count (tsne)")
    draw: Literal["dots", "thumbnails"] | None = Field(
        None, description="what stands for a point; null: thumbnails for up to 150, otherwise dots"
    )
    max_pictures: Count = Field(1000, description="pictures taken at most, in even steps through the data")
    batch: Count = Field(32, description="pictures computed at a time")

    @model_validator(mode="after")
    def _used(self) -> Any:
        if self.method != "tsne":
            refuse_unused(self, "changes method tsne only, not pca", "perplexity")
        if self.of == "filters":
            why = "is of pictures; of: filters looks at the weights alone"
            refuse_unused(self, why, "size_px", "fit", "max_pictures", "batch")
        if self.max_pictures < 2:
            raise Conflict("a map needs two points or more", "max_pictures")
        return self
