"""What the recipes of ``dlcli visualize`` share: which network looks at pictures of which size, and where."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from dlcli.core.names import IMAGENET
from dlcli.core.schemas.base import Conflict, Section
from dlcli.core.schemas.describe import sides
from dlcli.core.schemas.shared import Count

VERSION = Field(1, alias="schema", description="version of the recipe format")
Seed = Annotated[int, Field(ge=0, le=2**31 - 1)]


class LookDevice(Section):
    """Where the network runs."""

    name: Annotated[str, Field(pattern=r"^(auto|cpu|mps|cuda(:\d+)?)$")] = Field(
        "auto", description="auto, cpu, cuda, cuda:N or mps"
    )


class Look(Section):
    """A network that is looked at."""

    schema_version: Literal[1] = VERSION
    model: str = Field(IMAGENET, description="run, bundle, imagenet, torchvision:NAME or timm:NAME")
    seed: Seed = Field(0, description="of random weights (NAME@random) and of every draw")
    device: LookDevice = LookDevice()


class LookAtPictures(Look):
    """A network that looks at pictures."""

    size_px: str | None = Field(None, description="N or HxW pictures are brought to; null: as the network was trained")
    fit: Literal["crop", "pad", "stretch"] | None = Field(
        None, description="how pictures get that shape; null: as the network was trained"
    )

    @field_validator("size_px")
    @classmethod
    def _sides(cls, value: str | None) -> str | None:
        if value is not None:
            sides(value)
        return value


class Explain(LookAtPictures):
    """A network that is asked why it answers."""

    classes: list[str] = Field([], description="names or numbers of classes; empty: the one the network answers")
    top: Count | None = Field(None, description="ask for so many classes, the likeliest first; null: for one")

    @model_validator(mode="after")
    def _named_or_ranked(self) -> Any:
        if self.classes and self.top is not None:
            raise Conflict(
                "top takes the likeliest classes; where classes are named it has no effect", "top", "classes"
            )
        return self


class ExplainLayer(Explain):
    """The same, at one layer."""

    layer: str | None = Field(None, description="name or pattern, see --list-layers; null: the last map of the network")
