"""Layers by hand: the blocks a recipe lists under ``model.args.layers`` of ``cnn`` and ``mlp``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, model_validator

from dlcli.core.schemas.base import Conflict, Section
from dlcli.core.schemas.shared import Count, Share, Whole

Activation = Literal["relu", "tanh", "sigmoid", "gelu", "leaky_relu", "elu", "silu"]
Side = Count | Annotated[list[Count], Field(min_length=2, max_length=2)]
Border = Whole | Annotated[list[Whole], Field(min_length=2, max_length=2)]
GROUPS = 8  # of group normalization: divides every usual number of maps


class _Finished(Section):
    """A layer with weights, and what may follow it at once."""

    name: str  # before the others, as it is read
    norm: Literal["none", "batch", "layer"] = Field("none", description="normalization right after it")
    norm_at: Literal["before", "after"] = Field("before", description="the normalization, from the activation")
    activation: Literal["none"] | Activation = Field("none", description="right after it")

    @model_validator(mode="after")
    def _both(self) -> Any:
        if self.norm_at == "after" and "none" in (self.norm, self.activation):
            raise Conflict("norm_at: after needs both a norm and an activation in this block", "norm_at")
        return self


class Conv(_Finished):
    """Convolution: filters slide over the maps that arrive."""

    name: Literal["conv"] = "conv"
    filters: Count = Field(description="maps it makes")
    kernel: Side = Field(3, description="side of the filters, or [height, width]")
    stride: Side = Field(1, description="pixels from one place to the next, or [down, right]")
    padding: Literal["same"] | Border = Field(0, description="zeros at each border, or [rows, columns]; same: ⌈W/S⌉")
    dilation: Side = Field(1, description="pixels from one weight of a filter to the next")
    groups: Count = Field(1, description="parts of the maps that are filtered apart")
    bias: bool = Field(True, description="a number added to each map")

    @model_validator(mode="after")
    def _possible(self) -> Conv:
        if self.filters % self.groups:
            raise Conflict(f"{self.groups} groups do not divide {self.filters} filters", "filters", "groups")
        return self


class Norm(Section):
    """Normalization, of maps or of units."""

    name: Literal["norm"] = "norm"
    kind: Literal["batch", "layer", "group", "instance", "local_response"] = Field(
        "batch", description="over what: the batch, a sample, groups of maps, each map, neighboring maps"
    )
    groups: Count = Field(GROUPS, description="kind group: parts of the maps")

    @model_validator(mode="after")
    def _grouped(self) -> Norm:
        if self.groups != GROUPS and self.kind != "group":
            raise Conflict(f"groups belongs to kind: group, not to {self.kind}", "kind", "groups")
        return self


class ActivationBlock(Section):
    """A nonlinear function of each value."""

    name: Literal["activation"] = "activation"
    kind: Activation = Field("relu", description="which")


class Pool(Section):
    """Pooling: one value a window, of each map by itself."""

    name: Literal["pool"] = "pool"
    kind: Literal["max", "average"] = Field("max", description="of the window")
    size: Side = Field(2, description="side of the window, or [height, width]")
    stride: Side | None = Field(None, description="pixels from one window to the next; null: the size")
    padding: Border = Field(0, description="at each border, at most half the size")
    ceil: bool = Field(False, description="take windows that hang over the border too")

    @model_validator(mode="after")
    def _inside(self) -> Pool:
        if any(2 * p > f for p, f in zip(pair(self.padding), pair(self.size), strict=True)):
            raise Conflict("padding is at most half the size of the window", "size", "padding")
        return self


class GlobalPool(Section):
    """One value a map."""

    name: Literal["global_pool"] = "global_pool"
    kind: Literal["average", "max"] = Field("average", description="of the map")


class DropoutBlock(Section):
    """Drops values in training."""

    name: Literal["dropout"] = "dropout"
    p: Share = Field(0.5, description="share dropped")


class Flatten(Section):
    """Maps become one row of units; done unasked before the first linear layer."""

    name: Literal["flatten"] = "flatten"


class Linear(_Finished):
    """Fully connected layer."""

    name: Literal["linear"] = "linear"
    units: Count = Field(description="units it has")
    bias: bool = Field(True, description="a number added to each unit")


Block = Conv | Norm | ActivationBlock | Pool | GlobalPool | DropoutBlock | Flatten | Linear


def pair(value: int | list[int]) -> tuple[int, int]:
    """Return one number for both directions, or two, as (vertical, horizontal)."""
    return (value[0], value[1]) if isinstance(value, list) else (value, value)


def read(layers: Iterable[Any]) -> list[Section]:
    """Return blocks as sections: mappings, as a recipe or bundle holds them, get the defaults they do not say.

    Raises:
        ValueError: not blocks.
    """
    return TypeAdapter(list[Block]).validate_python(list(layers))
