"""The recipe of ``dlcli visualize curves``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from dlcli.core.schemas.base import Conflict, Section
from dlcli.core.schemas.visualize import VERSION


class CurvesRecipe(Section):
    """How ``dlcli visualize curves`` draws curves."""

    schema_version: Literal[1] = VERSION
    metrics: list[str] = Field(
        [], description="names, such as loss (of every part) or val/loss; empty: loss and headline that all share"
    )
    x: str | None = Field(
        None, description="what lies below: a name, time (seconds) or row; null: epoch, step, round, whichever rises"
    )
    smooth: Annotated[float, Field(ge=0, lt=1)] = Field(
        0.0, description="weight of what came before in an exponential moving average; 0: none"
    )
    log: Literal["none", "x", "y", "both"] = Field("none", description="which axes are logarithmic")

    @model_validator(mode="after")
    def _once(self) -> Any:
        if len(set(self.metrics)) < len(self.metrics):
            raise Conflict("a metric stands twice", "metrics")
        return self
