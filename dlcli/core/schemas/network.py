"""The ``model`` section of a recipe for pictures: which network, with which weights, and what of it is trained."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from dlcli.core import names
from dlcli.core.nearest import nearest
from dlcli.core.schemas.base import Conflict, Section
from dlcli.core.schemas.initialization import Initialization, OwnStart
from dlcli.core.schemas.models import ARGS


class Model(Section):
    """The network."""

    name: str = Field(description="own network, torchvision name, timm:NAME or imagenet")
    weights: str = Field("none", description="none, published, or a .safetensors file")
    freeze: Literal["none", "features"] = Field("none", description="features: only the head is trained")
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

    @model_validator(mode="after")
    def _has_weights(self) -> Model:
        if self.weights == "published" and self.name in names.OWN_MODELS:
            text = f"there are no published weights of {self.name}; allowed: none, or a .safetensors file"
            raise Conflict(text, "name", "weights")
        if self.freeze == "features" and self.weights == "none":
            text = "freeze: features keeps random features; set weights: published or a .safetensors file"
            raise Conflict(text, "weights", "freeze")
        if self.weights != "none" and self.init.name != "default":
            text = f"init: {self.init.name} would be overwritten: weights: {self.weights} brings the start of training"
            raise Conflict(text, "weights", "init")
        return self
