"""Arguments of our own networks; a library's networks take the keyword arguments of their builders."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from dlcli.core.schemas.base import Section

Activation = Literal["relu", "tanh", "sigmoid", "gelu", "leaky_relu", "elu", "silu"]
Rate = Annotated[float, Field(ge=0, lt=1)]


class NoArgs(Section):
    """Takes no arguments."""


class MlpArgs(Section):
    """Multi-layer perceptron."""

    hidden: list[Annotated[int, Field(ge=1)]] = Field([256, 128], description="units of each hidden layer")
    activation: Activation = Field("relu", description="after each hidden layer")
    dropout: Rate = Field(0.0, description="share of hidden units dropped in training")


class Lenet5Args(Section):
    """LeNet-5."""

    activation: Activation = Field("tanh", description="after each layer; 1998: tanh")
    pool: Literal["average", "max"] = Field("average", description="subsampling; 1998: average")
    dropout: Rate = Field(0.0, description="share of units dropped before the last two layers")


ARGS: dict[str, type[Section]] = {
    "perceptron": NoArgs,
    "linear": NoArgs,
    "mlp": MlpArgs,
    "lenet5": Lenet5Args,
}
