"""The options of ``predict`` and ``evaluate`` as recipe keys."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from dlcli.core.schemas.base import Section
from dlcli.core.schemas.shared import Count, Device, Whole

_VERSION = Field(1, alias="schema", description="version of the recipe format")


class PredictRecipe(Section):
    """How ``dlcli predict`` runs a model."""

    schema_version: Literal[1] = _VERSION
    top: Count = Field(5, description="classes listed for each picture, best first")
    batch: Count = Field(32, description="pictures at a time")
    workers: Whole = Field(0, description="processes that read pictures; 0: the main one")
    device: Device = Device()


class EvaluateRecipe(Section):
    """How ``dlcli evaluate`` scores a model."""

    schema_version: Literal[1] = _VERSION
    data: str | None = Field(None, description="labeled data; null: the test part of the run's own data")
    part: Literal["auto", "all", "train", "val", "test"] = Field(
        "auto", description="part of the data; auto: test where the data has one, else all"
    )
    bins: Annotated[int, Field(ge=2, le=100)] = Field(15, description="confidence bins of the calibration error")
    batch: Count = Field(64, description="pictures at a time")
    workers: Whole = Field(0, description="processes that read pictures; 0: the main one")
    device: Device = Device()
