"""Arguments of our own networks; a library's networks take the keyword arguments of their builders."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from dlcli.core.schemas.base import Conflict, Section
from dlcli.core.schemas.blocks import Activation, ActivationBlock, Block, Conv, Pool

Rate = Annotated[float, Field(ge=0, lt=1)]


class NoArgs(Section):
    """Takes no arguments."""


class MlpArgs(Section):
    """Multi-layer perceptron."""

    hidden: list[Annotated[int, Field(ge=1)]] = Field([256, 128], description="units of each hidden layer")
    activation: Activation = Field("relu", description="after each hidden layer")
    dropout: Rate = Field(0.0, description="share of hidden units dropped in training")
    layers: list[Block] = Field([], description="all layers but the class scores by hand, instead of hidden")

    @model_validator(mode="before")
    @classmethod
    def _instead(cls, values: Any) -> Any:
        return {"hidden": [], **values} if isinstance(values, dict) and values.get("layers") else values

    @model_validator(mode="after")
    def _one_way(self) -> MlpArgs:
        plain = {"hidden": [], "activation": "relu", "dropout": 0.0}
        said = [k for k, v in plain.items() if getattr(self, k) != v] if self.layers else []
        if said:
            text = f"{said[0]} and layers exclude each other; say it as a block of layers"
            raise Conflict(text, said[0])
        return self


class CnnArgs(Section):
    """Convolutional network by hand: its layers in order, as blocks; the class scores come after the last."""

    layers: list[Block] = Field(
        [
            Conv(filters=16, padding="same"), ActivationBlock(), Pool(),
            Conv(filters=32, padding="same"), ActivationBlock(), Pool(),
        ],
        description="all layers but the class scores",
    )  # fmt: skip


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
    "cnn": CnnArgs,
}
