"""The recipes of ``dlcli visualize saliency``, ``deconvnet``, ``guided-backprop`` and ``guided-gradcam``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from dlcli.core.schemas.base import Conflict, Section, refuse_unused
from dlcli.core.schemas.shared import Count, Whole
from dlcli.core.schemas.visualize import Explain, ExplainLayer

SaliencyMethod = Literal["gradient", "smoothgrad", "integrated", "occlusion"]
Baseline = Literal["black", "mean", "blur"]
Percent = Annotated[float, Field(gt=0, le=100)]
Opacity = Annotated[float, Field(ge=0, le=1)]
CLIP_PERCENT = "of the values that are not 0 lie below the brightest one shown; 100: nothing is cut"


class SmoothGrad(Section):
    """How SmoothGrad averages."""

    samples: Annotated[int, Field(ge=1, le=10_000)] = Field(25, description="noisy copies of the picture")
    noise: Annotated[float, Field(gt=0, le=10)] = Field(
        0.1, description="standard deviation as a share of the picture's range, as the network sees it"
    )


class Integrated(Section):
    """How the gradient is integrated."""

    steps: Annotated[int, Field(ge=1, le=2000)] = Field(50, description="points of the Gauss-Legendre rule")
    baseline: Baseline = Field(
        "black", description="where the path starts: black, the mean color of the picture, the picture blurred"
    )


class Occlusion(Section):
    """How the picture is covered."""

    window_px: Count | None = Field(None, description="side of the cover; null: an eighth of the shorter side")
    stride_px: Count | None = Field(None, description="step of the cover; null: half of window_px")
    baseline: Baseline = Field(
        "mean", description="what it shows: black, the picture's mean color, the picture blurred"
    )

    @model_validator(mode="after")
    def _no_gaps(self) -> Any:
        if self.window_px and self.stride_px and self.stride_px > self.window_px:
            raise Conflict(
                f"a stride of {self.stride_px} leaves gaps between windows of {self.window_px}",
                "stride_px",
                "window_px",
            )
        return self


class SaliencyRecipe(Explain):
    """How ``dlcli visualize saliency`` tells which pixels matter."""

    methods: Annotated[list[SaliencyMethod], Field(min_length=1)] = Field(
        ["gradient"], description="gradient, smoothgrad, integrated, occlusion; several stand side by side"
    )
    smoothgrad: SmoothGrad = SmoothGrad()
    integrated: Integrated = Integrated()
    occlusion: Occlusion = Occlusion()
    batch: Count = Field(16, description="pictures the network sees at once")
    clip_percent: Percent = Field(99.0, description=CLIP_PERCENT)
    opacity: Opacity | None = Field(
        None, description="of the map over the picture; null: 1, the map alone, for gradients, 0.6 for occlusion"
    )

    @model_validator(mode="after")
    def _used(self) -> Any:
        if len(set(self.methods)) < len(self.methods):
            raise Conflict("a method stands twice", "methods")
        for name in ("smoothgrad", "integrated", "occlusion"):
            if name not in self.methods:
                refuse_unused(self, f"settings of {name}, which is not among methods", name)
        if self.methods == ["gradient"]:
            refuse_unused(self, "a plain gradient sees one picture", "batch")
        return self


class _Guided(Explain):
    layer: str | None = Field(None, description="name of a layer whose unit is asked; null: a class is asked")
    channels: list[Whole] = Field(
        [], description="units of the layer, each at its strongest place; empty: the channel that answers most"
    )
    show: Literal["color", "positive"] = Field(
        "color", description="color: zero is middle gray; positive: what raises the answer, from black"
    )
    clip_percent: Percent = Field(99.0, description=CLIP_PERCENT)

    @model_validator(mode="after")
    def _class_or_unit(self) -> Any:
        if self.layer is None:
            refuse_unused(self, "channels are those of a layer, and none is named", "channels")
        else:
            refuse_unused(self, "a unit of layer is asked, so no class is", "classes", "top")
        if len(set(self.channels)) < len(self.channels):
            raise Conflict("a channel stands twice", "channels")
        return self


class DeconvnetRecipe(_Guided):
    """How ``dlcli visualize deconvnet`` runs a network backwards."""


class GuidedBackpropRecipe(_Guided):
    """How ``dlcli visualize guided-backprop`` runs a network backwards."""


class GuidedGradcamRecipe(ExplainLayer):
    """How ``dlcli visualize guided-gradcam`` joins guided backpropagation and Grad-CAM."""

    show: Literal["color", "positive"] = Field(
        "color", description="color: zero is middle gray; positive: what raises the answer, from black"
    )
    clip_percent: Percent = Field(99.0, description=CLIP_PERCENT)
