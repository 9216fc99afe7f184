"""The recipe of ``task: classify``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from dlcli.core import names, sources
from dlcli.core.nearest import nearest
from dlcli.core.schemas.augment import Augmentation
from dlcli.core.schemas.base import Conflict, Section
from dlcli.core.schemas.models import ARGS
from dlcli.core.schemas.shared import Device, Optimizer, Schedule, Share, Train, Whole

Size = Annotated[int, Field(ge=1, le=4096)]


class Source(Section):
    """A data argument written out."""

    kind: Literal[names.DATA_KINDS] = Field(description="format of the data")  # type: ignore[valid-type]
    path: str = Field(description="file, folder or builtin name")
    picture: str | None = Field(None, description="csv: column of the picture files")
    target: str | None = Field(None, description="csv: column of the labels")
    root: str | None = Field(None, description="csv: folder the picture files are relative to; null: the csv's own")

    @model_validator(mode="after")
    def _known(self) -> Source:
        self.parsed()
        return self

    def parsed(self) -> sources.Source:
        """Return it as the word would be parsed."""
        return sources.from_mapping(self.kind, self.path, self.model_dump(exclude={"kind", "path"}))


class Image(Section):
    """How a picture becomes numbers, in training and in use alike."""

    size_px: Size | list[Size] | None = Field(None, description="side, or [height, width]; null: the model's own")
    channels: Literal["auto", "1", "3"] = Field(
        "auto", description="1 gray, 3 color; auto: what the data and model ask"
    )
    fit: Literal["crop", "stretch", "pad"] = Field("crop", description="how another shape is brought to the size")
    normalize: Literal["auto", "train", "none"] = Field(
        "auto",
        description="train: mean and deviation of the training part; auto: those of published weights, else train",
    )

    @field_validator("size_px")
    @classmethod
    def _two(cls, value: Any) -> Any:
        if isinstance(value, list) and len(value) != 2:
            raise ValueError(f"must be one number or [height, width], not {value}")
        return value


class Data(Section):
    """What is learnt from, chosen by and scored on."""

    train: str | Source = Field(description="a builtin, a path or KIND:WHERE[,key=value…]")
    val: Share | str | Source = Field(0.15, description="share of the training data that chooses, or data of its own")
    test: Share | str | Source = Field(0.15, description="share scored once at the end, or data of its own")
    image: Image = Image()
    augment: list[Augmentation] = Field([], description="random changes of training pictures, in this order")
    workers: Whole = Field(2, description="processes that read pictures; 0: the main one")

    @field_validator("train", "val", "test")
    @classmethod
    def _known(cls, value: Any) -> Any:
        if isinstance(value, str):
            sources.parse(value)
        return value

    @model_validator(mode="after")
    def _leaves_some(self) -> Data:
        shares = [v for v in (self.val, self.test) if isinstance(v, float)]
        if sum(shares) >= 1:
            text = f"val and test take {sum(shares):g} of the data and leave nothing to train on"
            raise Conflict(text, "val", "test")
        return self


class Model(Section):
    """The network."""

    name: str = Field(description="own network, torchvision name, timm:NAME or imagenet")
    weights: str = Field("none", description="none, published, or a .safetensors file")
    freeze: Literal["none", "features"] = Field("none", description="features: only the head is trained")
    args: dict[str, Any] = Field({}, description="arguments of the network")

    @classmethod
    def field_type(cls, field: str, siblings: dict[str, Any]) -> Any:
        """Let ``args`` be typed by the network's own table."""
        if field == "args":
            return ARGS.get(str(siblings.get("name")), dict[str, Any])
        return super().field_type(field, siblings)

    @model_validator(mode="before")
    @classmethod
    def _whole(cls, values: Any) -> Any:
        """Fill in the defaults of a network of ours, so that a recipe that names no argument says all of them too."""
        name = values.get("name") if isinstance(values, dict) else None
        if name in ARGS and not values.get("args"):
            return {**values, "args": ARGS[name]()}
        return values

    @field_validator("args", mode="before")
    @classmethod
    def _plain(cls, value: Any) -> Any:
        return value.model_dump() if isinstance(value, Section) else value

    @field_validator("name")
    @classmethod
    def _known(cls, value: str) -> str:
        known = (*names.OWN_MODELS, names.IMAGENET, *names.TORCHVISION_CLASSIFIERS)
        if value.removeprefix("torchvision:") not in known and not value.startswith("timm:"):
            raise ValueError(
                f"no network is called {value!r}{nearest(value, known, 3)}; dlcli describe --list all shows them"
            )
        return value

    @field_validator("weights")
    @classmethod
    def _weights(cls, value: str) -> str:
        if value not in ("none", "published") and not value.endswith(".safetensors"):
            raise ValueError(f"allowed: none, published, or a file ending in .safetensors; not {value!r}")
        return value

    @model_validator(mode="after")
    def _has_weights(self) -> Model:
        if self.weights == "published" and self.name in names.OWN_MODELS:
            text = f"there are no published weights of {self.name}; allowed: none, or a .safetensors file"
            raise Conflict(text, "name", "weights")
        if self.freeze == "features" and self.weights == "none":
            text = "freeze: features keeps random features; set weights: published or a .safetensors file"
            raise Conflict(text, "weights", "freeze")
        return self


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


class ClassifyRecipe(Section):
    """Train a picture classifier."""

    schema_version: Literal[1] = Field(1, alias="schema", description="version of the recipe format")
    task: Literal["classify"] = "classify"
    seed: Annotated[int, Field(ge=0, le=2**53)] = Field(0, description="of the split, the weights and every draw")
    data: Data
    model: Model
    loss: Loss = CrossEntropy()
    optim: Optimizer = Field(default_factory=lambda: _first(Optimizer))
    schedule: Schedule = Field(default_factory=lambda: _first(Schedule))
    train: Train = Train()
    device: Device = Device()

    @model_validator(mode="after")
    def _fits(self) -> ClassifyRecipe:
        if self.val_is_empty():
            if self.train.early_stop:
                raise Conflict("early stopping needs a validation part; data.val is 0", "data.val", "train.early_stop")
            if self.schedule.name == "plateau":
                text = "the schedule plateau needs a validation part; data.val is 0"
                raise Conflict(text, "data.val", "schedule.name")
        return self

    def val_is_empty(self) -> bool:
        """Say whether nothing is left to choose by."""
        return isinstance(self.data.val, float) and self.data.val == 0


def _first(union: Any) -> Section:
    from dlcli.core.schemas.base import members

    return members(union)[0]()
