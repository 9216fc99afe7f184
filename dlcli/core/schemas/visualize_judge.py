"""The recipes of ``dlcli visualize score``, ``sanity`` and ``pointing``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from dlcli.core.schemas.base import Conflict, refuse_unused
from dlcli.core.schemas.shared import Count, NotNegative, Positive
from dlcli.core.schemas.visualize import ExplainLayer, LookAtPictures

Judged = Literal["gradcam", "gradcam++", "layercam", "hirescam", "eigencam", "saliency", "guided-backprop"]
Metric = Literal["insertion", "deletion", "average-drop", "road"]
Percentile = Annotated[float, Field(gt=0, lt=100)]
Correlation = Annotated[float, Field(ge=-1, le=1)]

METHODS = Field(["gradcam"], description="gradcam, gradcam++, layercam, hirescam, eigencam, saliency, guided-backprop")
LAYER = Field(None, description="of the class-activation maps: name or pattern; null: the last map of the network")


class ScoreRecipe(ExplainLayer):
    """How ``dlcli visualize score`` measures how faithful maps are to the network."""

    methods: list[Judged] = METHODS
    maps: list[str] = Field([], description="maps of your own: a .npy, or a folder with a .npy named as each picture")
    metrics: Annotated[list[Metric], Field(min_length=1)] = Field(
        ["insertion", "deletion", "average-drop", "road"], description="insertion, deletion, average-drop, road"
    )
    steps: Count = Field(32, description="of insertion and deletion: equal shares of the pixels, one after another")
    blur_px: Positive = Field(5.0, description="standard deviation of the blur that insertion starts from")
    percentiles: Annotated[list[Percentile], Field(min_length=1)] = Field(
        [10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0],
        description="of road: shares of pixels kept",
    )
    noise: NotNegative = Field(0.01, description="of road: standard deviation added to imputed pixels")

    @model_validator(mode="after")
    def _used(self) -> Any:
        _once(self.methods, "methods")
        _once(self.metrics, "metrics")
        _once(self.maps, "maps")
        if not self.methods and not self.maps:
            raise Conflict("there is nothing to score: methods and maps are both empty", "methods")
        if not {"insertion", "deletion"} & set(self.metrics):
            refuse_unused(self, "only insertion and deletion go in steps", "steps")
        if "insertion" not in self.metrics:
            refuse_unused(self, "only insertion starts from a blurred picture", "blur_px")
        if "road" not in self.metrics:
            refuse_unused(self, "only road has it", "percentiles", "noise")
        if set(self.methods) <= {"saliency"}:
            refuse_unused(self, "no method asked for looks at a layer", "layer")
        return self


class SanityRecipe(ExplainLayer):
    """How ``dlcli visualize sanity`` tells maps of the network from maps of the picture."""

    methods: Annotated[list[Judged], Field(min_length=1)] = Field(
        ["gradcam", "saliency"],
        description="gradcam, gradcam++, layercam, hirescam, eigencam, saliency, guided-backprop",
    )
    order: Literal["cascading", "independent"] = Field(
        "cascading", description="cascading: from the top down, all above stay random; independent: one group at a time"
    )
    stages: Annotated[int, Field(ge=1, le=100)] = Field(
        6, description="groups of layers: the head, then the others in equal shares"
    )
    weights: Literal["fresh", "shuffled"] = Field(
        "fresh", description="fresh: as a layer begins; shuffled: those of each tensor in random order"
    )
    draws: Count = Field(1, description="random networks that are averaged; more, and chance weighs less")
    bound: Correlation = Field(0.5, description="rank correlation with the trained map that a sane method ends below")

    @model_validator(mode="after")
    def _used(self) -> Any:
        _once(self.methods, "methods")
        if set(self.methods) <= {"saliency"}:
            refuse_unused(self, "no method asked for looks at a layer", "layer")
        return self


class PointingRecipe(LookAtPictures):
    """How ``dlcli visualize pointing`` compares maps with boxes around things."""

    boxes: str | None = Field(None, description="COCO .json, or .csv with input,x0,y0,x1,y1,class")
    ask: Literal["boxes", "answer"] = Field(
        "boxes", description="boxes: the class that the file gives a box; answer: the class the network answers"
    )
    methods: Annotated[list[Judged], Field(min_length=1)] = METHODS
    layer: str | None = LAYER
    tolerance_px: NotNegative = Field(15.0, description="how far from a box a hit may be, in pixels of the file")

    @model_validator(mode="after")
    def _used(self) -> Any:
        _once(self.methods, "methods")
        if set(self.methods) <= {"saliency"}:
            refuse_unused(self, "no method asked for looks at a layer", "layer")
        return self


def _once(words: list[Any], key: str) -> None:
    if len(set(words)) < len(words):
        raise Conflict(f"one of the {key} stands twice", key)
