"""``model.init``: what the weights of linear and convolutional layers are before the first step."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from dlcli.core.schemas.base import Conflict, Section
from dlcli.core.schemas.shared import NotNegative, Positive

Number = Annotated[float, Field(allow_inf_nan=False)]
Gain = Literal["linear", "relu", "leaky_relu", "tanh", "sigmoid"]


class OwnStart(Section):
    """The network's own start."""

    name: Literal["default"] = "default"


class _Drawn(Section):
    bias: Literal["zero", "default"] = Field("zero", description="biases of the same layers; default: their own start")


class Zero(_Drawn):
    """All 0: hidden units stay each other's copies, so nothing is learnt; to be seen once."""

    name: Literal["zero"] = "zero"


class Constant(_Drawn):
    """All the same: hidden units stay each other's copies."""

    name: Literal["constant"] = "constant"
    value: Number = Field(0.1, description="of every weight")


class Normal(_Drawn):
    """Gaussian of one width, whatever the layer."""

    name: Literal["normal"] = "normal"
    mean: Number = Field(0.0, description="of the weights")
    std: NotNegative = Field(0.01, description="standard deviation")


class Uniform(_Drawn):
    """Evenly spread between two bounds, whatever the layer."""

    name: Literal["uniform"] = "uniform"
    low: Number = Field(-0.05, description="smallest weight")
    high: Number = Field(0.05, description="largest weight")

    @model_validator(mode="after")
    def _ordered(self) -> Uniform:
        if self.low > self.high:
            raise Conflict(f"low {self.low:g} is above high {self.high:g}", "low", "high")
        return self


class XavierNormal(_Drawn):
    """Glorot: variance 2/(n_in + n_out), made for tanh and sigmoid."""

    name: Literal["xavier_normal"] = "xavier_normal"
    gain: Positive = Field(1.0, description="factor of the standard deviation")


class XavierUniform(_Drawn):
    """Glorot: between ±√(6/(n_in + n_out)), made for tanh and sigmoid."""

    name: Literal["xavier_uniform"] = "xavier_uniform"
    gain: Positive = Field(1.0, description="factor of the bound")


class _He(_Drawn):
    mode: Literal["fan_in", "fan_out"] = Field("fan_in", description="keep the variance forwards, or backwards")
    activation: Gain = Field("relu", description="whose gain; relu: √2")


class HeNormal(_He):
    """He: variance 2/n_in, made for ReLU."""

    name: Literal["he_normal"] = "he_normal"


class HeUniform(_He):
    """He: between ±√(6/n_in), made for ReLU."""

    name: Literal["he_uniform"] = "he_uniform"


class Orthogonal(_Drawn):
    """Rows, or columns, at right angles: WᵀW = gain²·I."""

    name: Literal["orthogonal"] = "orthogonal"
    gain: Positive = Field(1.0, description="length of each row or column")


Initialization = (
    OwnStart | Zero | Constant | Normal | Uniform | XavierNormal | XavierUniform | HeNormal | HeUniform | Orthogonal
)
