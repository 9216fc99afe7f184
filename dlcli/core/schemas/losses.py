"""The ``loss`` section of a classifier's recipe."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from dlcli.core.schemas.base import Section
from dlcli.core.schemas.shared import Share


class CrossEntropy(Section):
    """Softmax cross-entropy."""

    name: Literal["cross_entropy"] = "cross_entropy"
    label_smoothing: Share = Field(0.0, description="share of the truth spread over all classes")
    class_weights: Literal["none", "balanced"] = Field("none", description="balanced: rare classes count more")


class BinaryCrossEntropy(Section):
    """One sigmoid a class, each against the rest."""

    name: Literal["binary_cross_entropy"] = "binary_cross_entropy"


class Mse(Section):
    """Mean squared error of the softmax against the one-hot truth."""

    name: Literal["mse"] = "mse"


class Mae(Section):
    """Mean absolute error of the softmax against the one-hot truth."""

    name: Literal["mae"] = "mae"


class Huber(Section):
    """Huber's error of the softmax against the one-hot truth."""

    name: Literal["huber"] = "huber"
    delta: Annotated[float, Field(gt=0)] = Field(1.0, description="where the square turns into a line")


class PerceptronLoss(Section):
    """Rosenblatt's criterion: how far the best wrong class is above the right one, else 0."""

    name: Literal["perceptron"] = "perceptron"


Loss = CrossEntropy | BinaryCrossEntropy | Mse | Mae | Huber | PerceptronLoss
