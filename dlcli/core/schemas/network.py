"""The ``model`` section of a recipe for pictures: which network, with which weights, and what of it is trained."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from dlcli.core import names
from dlcli.core.nearest import nearest
from dlcli.core.schemas.base import Conflict, Section
from dlcli.core.schemas.initialization import Initialization, OwnStart
from dlcli.core.schemas.models import ARGS
from dlcli.core.schemas.shared import Positive


class Model(Section):
    """The network."""

    name: str = Field(description="own network, torchvision name, timm:NAME or imagenet")
    weights: str = Field("none", description="none, published, or a .safetensors file")
    freeze: Literal["none", "features", "all-but-last"] | str = Field(
        "none",
        description="features: only the head is trained, its inputs computed once; all-but-last: likewise, but the "
        "trunk runs in every step; conv1,layer1*: these layers stay as they are; all-but-layer4*: all but these and "
        "the head do",
    )
    trunk_lr: Positive = Field(1.0, description="factor of optim.lr for everything but the head")
    layer_decay: Annotated[float, Field(gt=0, le=1)] | None = Field(
        None, description="factor of the learning rate from each layer to the one below it, head first; e.g. 0.75"
    )
    batch_norm: Literal["auto", "train", "frozen"] = Field(
        "auto", description="batch normalization: auto: frozen where its layer is; train or frozen: everywhere"
    )
    args: dict[str, Any] = Field({}, description="arguments of the network")
    init: Initialization = OwnStart()

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

    @field_validator("freeze")
    @classmethod
    def _freeze(cls, value: str) -> str:
        if not all(p and p == p.strip() for p in value.removeprefix("all-but-").split(",")):
            raise ValueError(
                "allowed: none, features, all-but-last, layers between commas (conv1,layer1*), or all-but- and layers; "
                f"not {value!r}"
            )
        return value

    @model_validator(mode="after")
    def _has_what_is_changed(self) -> Model:
        """Refuse here, where the line is known, what only some of a library's networks have."""
        if self.name in names.OWN_MODELS:
            return self
        known = self.name.removeprefix("torchvision:")
        for key, nets, least in (("head_width", names.DENSE_HEADS, 1), ("se_reduction", names.RESIDUAL, 0)):
            if key not in self.args:
                continue
            value = self.args[key]
            if known not in nets:
                text = f"{self.name} has no {key}; networks that have one: {', '.join(nets)}"
                raise Conflict(text, f"args.{key}")
            if type(value) is not int or value < least:
                raise Conflict(f"must be a whole number from {least} on, not {value!r}", f"args.{key}")
        return self

    @model_validator(mode="after")
    def _has_weights(self) -> Model:
        if self.weights == "published" and self.name in names.OWN_MODELS:
            text = f"there are no published weights of {self.name}; allowed: none, or a .safetensors file"
            raise Conflict(text, "name", "weights")
        if self.weights == "none":
            for key, word in (("freeze", self.freeze), ("batch_norm", self.batch_norm)):
                if word == "frozen" or (key == "freeze" and word != "none"):
                    text = f"{key}: {word} keeps random weights; set weights: published or a .safetensors file"
                    raise Conflict(text, "weights", key)
        if self.weights != "none" and self.init.name != "default":
            text = f"init: {self.init.name} would be overwritten: weights: {self.weights} brings the start of training"
            raise Conflict(text, "weights", "init")
        return self

    @model_validator(mode="after")
    def _trains_a_trunk(self) -> Model:
        if self.freeze in ("features", "all-but-last"):
            for key in ("trunk_lr", "layer_decay"):
                if getattr(self, key) not in (1.0, None):
                    raise Conflict(
                        f"{key} has nothing to act on: freeze: {self.freeze} trains the head only", "freeze", key
                    )
        if self.freeze == "features" and self.batch_norm == "train":
            text = "batch_norm: train would change the features that freeze: features keeps; use freeze: all-but-last"
            raise Conflict(text, "freeze", "batch_norm")
        return self
