"""Arguments of our own networks; a library's networks take the keyword arguments of their builders."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from dlcli.core.schemas.base import Section

Activation = Literal["relu", "tanh", "sigmoid", "gelu", "leaky_relu", "elu", "silu"]
Rate = Annotated[float, Field(ge=0, lt=1)]
Width = Annotated[float, Field(gt=0, le=16)]
Units = Annotated[int, Field(ge=1)]


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


class VggArgs(Section):
    """VGG A-LRN and C."""

    width: Width = Field(1.0, description="multiplies the channels of every stage")
    head_width: Units = Field(4096, description="units of the two dense layers")
    dropout: Rate = Field(0.5, description="share of the dense layers' units dropped in training")


class NinArgs(Section):
    """Network in Network."""

    variant: Literal["cifar", "imagenet"] = Field("cifar", description="of the paper, for small or for large pictures")
    width: Width = Field(1.0, description="multiplies all channels but the class maps'")
    dropout: Rate = Field(0.5, description="share of values dropped after poolings")


class InceptionV1Args(Section):
    """GoogLeNet."""

    batch_norm: bool = Field(
        True, description="after each convolution; false: two local response normalizations as in 2015"
    )
    auxiliary: bool = Field(True, description="two more heads on middle layers, in training only")
    width: Width = Field(1.0, description="multiplies all channels")
    dropout: Rate = Field(0.4, description="share of features dropped before the head")


class InceptionV2Args(Section):
    """BN-Inception."""

    width: Width = Field(1.0, description="multiplies all channels")
    dropout: Rate = Field(0.0, description="share of features dropped before the head")


class ShufflenetV1Args(Section):
    """ShuffleNet."""

    groups: Literal[1, 2, 3, 4, 8] = Field(3, description="of the 1×1 convolutions")
    width: Width = Field(1.0, description="multiplies all channels; rounded to what the groups divide")


ARGS: dict[str, type[Section]] = {
    "perceptron": NoArgs,
    "linear": NoArgs,
    "mlp": MlpArgs,
    "lenet5": Lenet5Args,
    "vgg_a_lrn": VggArgs,
    "vgg_c": VggArgs,
    "nin": NinArgs,
    "inception_v1": InceptionV1Args,
    "inception_v2": InceptionV2Args,
    "shufflenet_v1": ShufflenetV1Args,
}
