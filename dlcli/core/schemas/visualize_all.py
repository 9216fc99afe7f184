"""The recipe of ``dlcli visualize all``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from dlcli.core.schemas.base import Conflict
from dlcli.core.schemas.visualize import ExplainLayer

Part = Literal[
    "filters", "activations", "saliency", "deconvnet", "guided-backprop", "guided-gradcam", "cam", "gradcam",
    "attention", "invert", "maximize", "dream",
]  # fmt: skip
QUICK: tuple[Part, ...] = (
    "gradcam", "cam", "guided-gradcam", "guided-backprop", "deconvnet", "saliency", "attention", "activations",
    "filters",
)  # fmt: skip


class AllRecipe(ExplainLayer):
    """Which looks ``dlcli visualize all`` puts on its page."""

    parts: Annotated[list[Part], Field(min_length=1)] = Field(
        list(QUICK),
        description="sections in their order; the default leaves out invert, maximize and dream, which take long",
    )

    @model_validator(mode="after")
    def _once(self) -> Any:
        if len(set(self.parts)) < len(self.parts):
            raise Conflict("a part stands twice", "parts")
        return self
