"""The recipe of ``task: classify``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from dlcli.core import layer_sizes, names, sources
from dlcli.core.schemas import blocks
from dlcli.core.schemas.augment import Augmentation, conflict
from dlcli.core.schemas.base import Conflict, Section
from dlcli.core.schemas.losses import CrossEntropy, Loss
from dlcli.core.schemas.network import Model
from dlcli.core.schemas.shared import Device, Optimizer, Schedule, Share, Train, Whole

Size = Annotated[int, Field(ge=1, le=4096)]


class Source(Section):
    """A data argument written out."""

    kind: Literal[names.DATA_KINDS] = Field(description="format of the data")  # type: ignore[valid-type]
    path: str = Field(description="file, folder, or name of a builtin or library data set")
    picture: str | None = Field(None, description="csv: column of the picture files")
    target: str | None = Field(None, description="csv: column of the labels")
    root: str | None = Field(
        None,
        description="csv: folder the picture files are relative to; null: the csv's own. "
        f"torchvision: folder the set lies in; null: {names.LIBRARY_ROOT}",
    )

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

    @model_validator(mode="after")
    def _augments_in_one_way(self) -> Data:
        if wrong := conflict(self.augment):
            raise Conflict(wrong, "augment")
        return self


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

    @model_validator(mode="after")
    def _layers_fit(self) -> ClassifyRecipe:
        """Check the sizes of layers by hand; without ``size_px`` the network does, once the data are known."""
        image, layers = self.data.image, self.model.args.get("layers")
        if self.model.name in ("cnn", "mlp") and layers and image.size_px is not None:
            channels = None if image.channels == "auto" else int(image.channels)
            picture = (channels, *blocks.pair(image.size_px))
            try:
                layer_sizes.steps(blocks.read(layers), layer_sizes.start(self.model.name, picture))
            except layer_sizes.Misfit as misfit:
                raise Conflict(misfit.text, f"model.args.layers.{misfit.index}") from None
        return self

    def val_is_empty(self) -> bool:
        """Say whether nothing is left to choose by."""
        return isinstance(self.data.val, float) and self.data.val == 0


def _first(union: Any) -> Section:
    from dlcli.core.schemas.base import members

    return members(union)[0]()
