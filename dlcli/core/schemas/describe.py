"""The options of ``describe`` as recipe keys."""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import Field, field_validator

from dlcli.core.schemas.base import Section
from dlcli.core.schemas.models import ARGS
from dlcli.core.schemas.shared import Count


class DescribeRecipe(Section):
    """Which network ``dlcli describe`` shows."""

    schema_version: Literal[1] = Field(1, alias="schema", description="version of the recipe format")
    model: str = Field(description="run, bundle, own network, torchvision name, timm:NAME or imagenet")
    args: dict[str, Any] = Field({}, description="arguments of the network")
    size_px: str | None = Field(None, description="N or HxW, of the picture; null: what the network is built for")
    built_px: str | None = Field(None, description="N or HxW the network is built for; null: as published, or size_px")
    channels: Count | None = Field(None, description="1 gray, 3 color; null: what the network was made for")
    classes: Count | None = Field(None, description="of the head; null: what the network was made for")
    stride: Literal["v1"] | None = Field(
        None, description="v1: bottlenecks of a ResNet stride at their 1×1 convolution, as in 2015; null: as built"
    )

    @classmethod
    def field_type(cls, field: str, siblings: dict[str, Any]) -> Any:
        """Let ``args`` be typed by the network's own table."""
        if field == "args":
            return ARGS.get(str(siblings.get("model")), dict[str, Any])
        return super().field_type(field, siblings)

    @field_validator("args", mode="before")
    @classmethod
    def _plain(cls, value: Any) -> Any:
        return value.model_dump() if isinstance(value, Section) else value

    @field_validator("size_px", "built_px")
    @classmethod
    def _sides(cls, value: str | None) -> str | None:
        if value is not None:
            sides(value)
        return value


def sides(word: str) -> tuple[int, int]:
    """Return height and width of ``N`` or ``HxW``.

    Raises:
        ValueError: something else.

    """
    match = re.fullmatch(r"(\d+)(?:[x×](\d+))?", word)
    if not match or not 1 <= int(match[1]) <= 4096 or not 1 <= int(match[2] or match[1]) <= 4096:
        raise ValueError(f"must be N or HxW with sides of 1 to 4096 pixels, not {word!r}")
    return int(match[1]), int(match[2] or match[1])
