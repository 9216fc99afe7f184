"""Arguments of our own networks; a library's networks take the keyword arguments of their builders."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from dlcli.core.schemas.base import Conflict, Section
from dlcli.core.schemas.blocks import Activation, ActivationBlock, Block, Conv, Pool
from dlcli.core.schemas.shared import Count, Whole

Rate = Annotated[float, Field(ge=0, lt=1)]
Width = Annotated[float, Field(gt=0, le=16)]
Units = Annotated[int, Field(ge=1)]


DEEPEST = 2000  # layers; the deepest published network of this kind has 1202


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


def _of_form(depth: int, per_n: int, more: int, least: int) -> int:
    if depth < least or (depth - more) % per_n:
        first = ", ".join(str(least + k * per_n) for k in range(3))
        raise ValueError(f"must be {per_n}n + {more} ({first} …), not {depth}")
    if depth > DEEPEST:
        raise ValueError(f"must be at most {DEEPEST}, not {depth}")
    return depth


class Resnet20Args(Section):
    """CIFAR ResNet."""

    depth: int = Field(20, description="layers with weights, 6n + 2")
    width: Count = Field(16, description="maps of the first stage; then twice and four times as many")
    shortcut: Literal["pad", "projection"] = Field(
        "pad", description="where the shape changes: zeros for new maps (option A), or a 1×1 convolution (B)"
    )
    preactivation: bool = Field(False, description="normalization and ReLU before the convolutions")
    stochastic_depth: Rate = Field(
        0.0,
        description="probability with which the last unit is left out in training; earlier ones less, in proportion",
    )
    se_reduction: Whole = Field(0, description="squeeze-and-excitation with this reduction; 0: none")

    @field_validator("depth")
    @classmethod
    def _depth(cls, value: int) -> int:
        return _of_form(value, 6, 2, 8)


class Resnet32Args(Resnet20Args):
    """CIFAR ResNet-32."""

    depth: int = Field(32, description="layers with weights, 6n + 2")


class Resnet44Args(Resnet20Args):
    """CIFAR ResNet-44."""

    depth: int = Field(44, description="layers with weights, 6n + 2")


class Resnet56Args(Resnet20Args):
    """CIFAR ResNet-56."""

    depth: int = Field(56, description="layers with weights, 6n + 2")


class Resnet110Args(Resnet20Args):
    """CIFAR ResNet-110."""

    depth: int = Field(110, description="layers with weights, 6n + 2")


class Preresnet20Args(Resnet20Args):
    """CIFAR ResNet-20, pre-activation."""

    preactivation: bool = Field(True, description="normalization and ReLU before the convolutions")


class Preresnet110Args(Resnet110Args):
    """CIFAR ResNet-110, pre-activation."""

    preactivation: bool = Field(True, description="normalization and ReLU before the convolutions")


class StochasticResnet110Args(Resnet110Args):
    """CIFAR ResNet-110 with stochastic depth."""

    stochastic_depth: Rate = Field(
        0.5,
        description="probability with which the last unit is left out in training; earlier ones less, in proportion",
    )


class SeResnet20Args(Resnet20Args):
    """CIFAR ResNet-20 with squeeze-and-excitation."""

    se_reduction: Whole = Field(16, description="squeeze-and-excitation with this reduction; 0: none")


class WideResnetArgs(Section):
    """Wide ResNet."""

    depth: int = Field(28, description="layers with weights, 6n + 4")
    width: Count = Field(10, description="k: the stages have 16k, 32k and 64k maps")
    dropout: Rate = Field(0.0, description="share dropped between the convolutions of a unit")

    @field_validator("depth")
    @classmethod
    def _depth(cls, value: int) -> int:
        return _of_form(value, 6, 4, 10)


class Resnext29Args(Section):
    """CIFAR ResNeXt."""

    depth: int = Field(29, description="layers with weights, 9n + 2")
    cardinality: Count = Field(8, description="groups of the 3×3 convolutions")
    base_width: Count = Field(64, description="maps of a group in the first stage; doubled in each next one")
    width: Count = Field(64, description="maps of the first convolution; the stages give 4, 8 and 16 times as many")

    @field_validator("depth")
    @classmethod
    def _depth(cls, value: int) -> int:
        return _of_form(value, 9, 2, 11)


class DensenetBcArgs(Section):
    """DenseNet-BC."""

    depth: int = Field(100, description="layers with weights, 6n + 4")
    growth: Count = Field(12, description="k: maps that each dense layer adds")
    compression: Annotated[float, Field(ge=0.1, le=1)] = Field(0.5, description="share of maps a transition keeps")
    dropout: Rate = Field(0.0, description="share dropped after each convolution but the first")

    @field_validator("depth")
    @classmethod
    def _depth(cls, value: int) -> int:
        return _of_form(value, 6, 4, 10)


class FractalnetArgs(Section):
    """FractalNet."""

    columns: Annotated[int, Field(ge=1, le=6)] = Field(3, description="columns; the deepest has 2^(columns − 1) layers")
    filters: list[Count] = Field([64, 128, 256, 512, 512], min_length=1, description="maps of each block")
    local_drop: Rate = Field(0.15, description="probability with which a join drops an input, in local batches")
    global_share: Annotated[float, Field(ge=0, le=1)] = Field(
        0.5, description="share of training batches that go through a single column"
    )
    dropout: Rate = Field(0.0, description="share dropped in the last block, rising to it from 0; 2017: 0.4")


class VitArgs(Section):
    """Vision transformer."""

    patch_px: Count = Field(4, description="side of a patch")
    width: Count = Field(192, description="numbers of a token")
    depth: Count = Field(6, description="encoders")
    heads: Count = Field(3, description="of each attention; a divisor of width")
    mlp_ratio: Annotated[float, Field(gt=0)] = Field(4.0, description="hidden units of the MLPs, times width")
    dropout: Rate = Field(0.0, description="share dropped after positions and linear layers")
    pool: Literal["token", "mean"] = Field(
        "token", description="what answers: a class token or the mean of the patches"
    )

    @model_validator(mode="after")
    def _divides(self) -> VitArgs:
        if self.width % self.heads:
            raise Conflict(f"heads must divide width, and {self.heads} does not divide {self.width}", "heads", "width")
        return self


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
    "resnet20": Resnet20Args,
    "resnet32": Resnet32Args,
    "resnet44": Resnet44Args,
    "resnet56": Resnet56Args,
    "resnet110": Resnet110Args,
    "preresnet20": Preresnet20Args,
    "preresnet110": Preresnet110Args,
    "stochastic_resnet110": StochasticResnet110Args,
    "se_resnet20": SeResnet20Args,
    "wide_resnet": WideResnetArgs,
    "resnext29": Resnext29Args,
    "densenet_bc": DensenetBcArgs,
    "fractalnet": FractalnetArgs,
    "vit": VitArgs,
    "cnn": CnnArgs,
}
