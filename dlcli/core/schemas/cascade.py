"""The options of ``detect`` and of ``boost cascade fit`` as recipe keys."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from dlcli.core.schemas.base import Section
from dlcli.core.schemas.shared import Count, Share, Whole

_VERSION = Field(1, alias="schema", description="version of the recipe format")
Rate = Annotated[float, Field(gt=0, le=1)]
HaarType = Literal["edge-x", "edge-y", "line-x", "line-y", "checker"]


class DetectRecipe(Section):
    """How ``dlcli detect`` searches a picture."""

    schema_version: Literal[1] = _VERSION
    scale: Annotated[float, Field(ge=1.01, le=4)] = Field(1.25, description="size of a box over the next smaller one")
    step: Annotated[int, Field(ge=1, le=64)] = Field(
        2, description="pixels between windows; half of it where the picture is shrunk to half or less"
    )
    smallest: Count | None = Field(None, description="least height of a box in pixels; null: the window's own")
    largest: Count | None = Field(None, description="greatest height of a box in pixels; null: the picture's")
    min_neighbors: Whole = Field(3, description="windows that must agree on a box; 0: every window is one")


class CascadeRecipe(Section):
    """How ``dlcli boost cascade fit`` trains a cascade."""

    schema_version: Literal[1] = _VERSION
    seed: Whole = Field(0, description="seed of every draw")
    window: Annotated[int, Field(ge=8, le=64)] = Field(24, description="height and width of the window in pixels")
    stages: Annotated[int, Field(ge=1, le=100)] = Field(10, description="most stages")
    sizes: list[Count] = Field([2, 10], description="features of the first stages; later ones take what they need")
    most_features: Count = Field(200, description="most features of a later stage")
    detection: Rate = Field(0.99, description="share of validation faces that each stage lets pass")
    false_positive: Annotated[float, Field(gt=0, lt=1)] = Field(
        0.5, description="share of the negatives left at which a later stage is complete"
    )
    features: Count | None = Field(
        10_000, description="features each stage chooses from, drawn anew (3 bytes for each and window); null: all"
    )
    types: list[HaarType] = Field(
        ["edge-x", "edge-y", "line-x", "line-y", "checker"], min_length=1, description="feature types"
    )
    negatives: Count | None = Field(None, description="negatives of a stage; null: twice the faces, at least 1,000")
    fewest_negatives: Count = Field(10, description="negatives below which no stage is added")
    passes: Count = Field(3, description="times the negative pictures are searched for a stage")
    contrast: Annotated[float, Field(ge=0, le=1)] = Field(
        0.8, description="least contrast of a candidate, as a share of the flattest face's"
    )
    mirror: bool = Field(True, description="learn from mirrored faces too")
    val: Annotated[float, Field(gt=0, lt=1)] = Field(0.2, description="share of the faces that sets the thresholds")
    test: Share = Field(0.2, description="share of faces and negatives scored at the end")
