"""The methods of ``dlcli boost`` and their parameters: one name for one idea, whatever the library calls it.

``params`` hands the rest to the library as it is.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from dlcli.core.schemas.base import Section
from dlcli.core.schemas.shared import Count, NotNegative, Positive, Whole

Part = Annotated[float, Field(gt=0, le=1)]
Rounds = Annotated[int, Field(ge=1, le=1_000_000)]
Loss = Literal["auto", "squared", "absolute", "log"]
_LOSS = "what is made small; auto: log for classes, squared for numbers"
_PARAMS = "further parameters, by the library's own names"
_MEMBERS = "parameters of each member, such as {knn: {neighbors: 3}}"


class _Method(Section):
    params: dict[str, Any] = Field({}, description=_PARAMS)


class Linear(_Method):
    """Least squares."""

    name: Literal["linear"] = "linear"
    l2: NotNegative = Field(0.0, description="penalty on squared weights (ridge)")


class Logistic(_Method):
    """Logistic regression; softmax for many classes."""

    name: Literal["logistic"] = "logistic"
    c: Positive = Field(1.0, description="inverse of the penalty on squared weights: larger fits closer")


class Perceptron(_Method):
    """Rosenblatt's perceptron, one against the rest for many classes."""

    name: Literal["perceptron"] = "perceptron"
    epochs: Count = Field(100, description="most passes over the rows")
    lr: Positive = Field(1.0, description="learning rate")


class Bayes(_Method):
    """Gaussian naive Bayes."""

    name: Literal["bayes"] = "bayes"
    smoothing: NotNegative = Field(1e-9, description="share of the largest variance added to all")


class Knn(_Method):
    """k nearest neighbors."""

    name: Literal["knn"] = "knn"
    neighbors: Count = Field(5, description="rows asked")
    weights: Literal["uniform", "distance"] = Field("uniform", description="whether near rows count more")


class Svm(_Method):
    """Support vector machine."""

    name: Literal["svm"] = "svm"
    c: Positive = Field(1.0, description="price of a row on the wrong side")
    kernel: Literal["rbf", "linear", "poly", "sigmoid"] = Field("rbf", description="similarity of two rows")
    gamma: Positive | Literal["scale", "auto"] = Field("scale", description="width of the kernel")


class Tree(_Method):
    """One decision tree (CART)."""

    name: Literal["tree"] = "tree"
    depth: Count | None = Field(None, description="most questions in a row; null: no bound")
    min_leaf: Count = Field(1, description="fewest rows in a leaf")
    leaves: Annotated[int, Field(ge=2)] | None = Field(None, description="most leaves; null: no bound")


class Vote(_Method):
    """Several methods vote."""

    name: Literal["vote"] = "vote"
    params: dict[str, Any] = Field({}, description=_MEMBERS)
    members: list[str] | None = Field(
        None, min_length=1, description="methods that vote; null: logistic (for numbers linear), tree, svm"
    )
    voting: Literal["soft", "hard"] = Field("soft", description="soft: mean of probabilities; hard: one vote each")
    weights: list[NotNegative] | None = Field(None, description="weight of each vote; null: equal")


class Bagging(_Method):
    """Trees on bootstrap samples."""

    name: Literal["bagging"] = "bagging"
    trees: Rounds = Field(50, description="bootstrap samples")
    rows: Part = Field(1.0, description="size of a sample, as a share of the rows")
    columns: Part = Field(1.0, description="share of the columns a tree sees")
    depth: Count | None = Field(None, description="most questions in a row; null: no bound")
    min_leaf: Count = Field(1, description="fewest rows in a leaf")


class Forest(_Method):
    """Random forest."""

    name: Literal["forest"] = "forest"
    trees: Rounds = Field(100, description="trees")
    columns: Part | Literal["sqrt", "log2"] | None = Field(
        None, description="columns tried at a split; null: sqrt of them for classes, all for numbers"
    )
    depth: Count | None = Field(None, description="most questions in a row; null: no bound")
    min_leaf: Count = Field(1, description="fewest rows in a leaf")


class Stacking(_Method):
    """A method that learns from out-of-fold answers of others."""

    name: Literal["stacking"] = "stacking"
    params: dict[str, Any] = Field({}, description=_MEMBERS)
    members: list[str] | None = Field(
        None,
        min_length=1,
        description="methods of the first level; null: logistic (for numbers linear), knn, forest, hist",
    )
    final: Literal["auto", "logistic", "linear"] = Field("auto", description="method of the second level")
    folds: Annotated[int, Field(ge=2)] = Field(5, description="folds of the out-of-fold answers")


class Adaboost(_Method):
    """AdaBoost; SAMME for many classes."""

    name: Literal["adaboost"] = "adaboost"
    trees: Rounds = Field(50, description="rounds")
    lr: Positive = Field(1.0, description="share of each vote; 1 as taught")
    learner: Annotated[str, Field(pattern=r"^(stump|tree:[1-9]\d*)$")] = Field(
        "stump", description="stump: least weighted error; tree:DEPTH: a CART tree, least Gini"
    )


class Gradient(_Method):
    """Gradient boosting, tree by tree on the residuals."""

    name: Literal["gradient"] = "gradient"
    trees: Rounds = Field(100, description="rounds")
    lr: Positive = Field(0.1, description="share of each tree that is taken")
    depth: Count = Field(3, description="most questions in a row")
    min_leaf: Count = Field(1, description="fewest rows in a leaf")
    rows: Part = Field(1.0, description="share of the rows a round sees")
    loss: Loss = Field("auto", description=_LOSS)


class Hist(_Method):
    """Gradient boosting on binned columns."""

    name: Literal["hist"] = "hist"
    trees: Rounds = Field(100, description="rounds")
    lr: Positive = Field(0.1, description="share of each tree that is taken")
    depth: Count | None = Field(None, description="most questions in a row; null: no bound")
    leaves: Annotated[int, Field(ge=2)] = Field(31, description="most leaves of a tree")
    min_leaf: Count = Field(20, description="fewest rows in a leaf")
    l2: NotNegative = Field(0.0, description="penalty on squared leaf values")
    loss: Loss = Field("auto", description=_LOSS)


class Xgboost(_Method):
    """XGBoost."""

    name: Literal["xgboost"] = "xgboost"
    trees: Rounds = Field(100, description="rounds")
    lr: Positive = Field(0.3, description="share of each tree that is taken (eta)")
    depth: Whole = Field(6, description="most questions in a row; 0: no bound")
    min_leaf: NotNegative = Field(1.0, description="least sum of second derivatives in a leaf (min_child_weight)")
    l2: NotNegative = Field(1.0, description="penalty on squared leaf values (lambda)")
    l1: NotNegative = Field(0.0, description="penalty on absolute leaf values (alpha)")
    min_gain: NotNegative = Field(0.0, description="least gain of a split (gamma)")
    rows: Part = Field(1.0, description="share of the rows a round sees")
    columns: Part = Field(1.0, description="share of the columns a tree sees")
    loss: Loss = Field("auto", description=_LOSS)


class Lightgbm(_Method):
    """LightGBM."""

    name: Literal["lightgbm"] = "lightgbm"
    trees: Rounds = Field(100, description="rounds")
    lr: Positive = Field(0.1, description="share of each tree that is taken")
    depth: Count | None = Field(None, description="most questions in a row; null: no bound")
    leaves: Annotated[int, Field(ge=2)] = Field(31, description="most leaves of a tree")
    min_leaf: Count = Field(20, description="fewest rows in a leaf")
    l2: NotNegative = Field(0.0, description="penalty on squared leaf values")
    l1: NotNegative = Field(0.0, description="penalty on absolute leaf values")
    rows: Part = Field(1.0, description="share of the rows a round sees")
    columns: Part = Field(1.0, description="share of the columns a tree sees")
    loss: Loss = Field("auto", description=_LOSS)


Ensemble = (
    Xgboost | Linear | Logistic | Perceptron | Bayes | Knn | Svm | Tree | Vote | Bagging | Forest | Stacking
    | Adaboost | Gradient | Hist | Lightgbm
)  # fmt: skip
