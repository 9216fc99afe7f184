"""The recipes of ``dlcli visualize gradcam`` and ``cam``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from dlcli.core.schemas.base import Conflict, refuse_unused
from dlcli.core.schemas.visualize import Explain, ExplainLayer

CamMethod = Literal["gradcam", "gradcam++", "layercam", "hirescam", "eigencam"]
Opacity = Annotated[float, Field(ge=0, le=1)]


class CamRecipe(Explain):
    """How ``dlcli visualize cam`` draws class-activation maps."""

    opacity: Opacity = Field(0.5, description="of the map over the picture; 0: picture alone, 1: map alone")


class GradcamRecipe(ExplainLayer):
    """How ``dlcli visualize gradcam`` draws class-activation maps."""

    methods: Annotated[list[CamMethod], Field(min_length=1)] = Field(
        ["gradcam"], description="gradcam, gradcam++, layercam, hirescam, eigencam; several stand side by side"
    )
    opacity: Opacity = Field(0.5, description="of the map over the picture; 0: picture alone, 1: map alone")

    @model_validator(mode="after")
    def _once(self) -> Any:
        if len(set(self.methods)) < len(self.methods):
            raise Conflict("a method stands twice", "methods")
        if self.methods == ["eigencam"]:
            refuse_unused(self, "eigencam asks for no class", "classes", "top")
        return self
