"""The recipe of ``dlcli visualize attention``."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import Field, field_validator, model_validator

from dlcli.core.schemas.base import refuse_unused
from dlcli.core.schemas.visualize import LookAtPictures

AT = re.compile(r"\d+,\d+", re.ASCII)
HEAD = re.compile(r"mean|max|\d+", re.ASCII)


def place(word: str) -> tuple[int, int]:
    """Return row and column of a word ``ROW,COL``.

    Raises:
        ValueError: something else.

    """
    if not AT.fullmatch(word):
        raise ValueError(f"{word!r} is no place; allowed: ROW,COL in pixels, such as 112,80")
    row, column = word.split(",")
    return int(row), int(column)


class AttentionRecipe(LookAtPictures):
    """How ``dlcli visualize attention`` draws attention weights."""

    layer: str | None = Field(
        None, description="attention or block by name, pattern or number (0 first, -1 last); null: the last"
    )
    head: str | None = Field(
        None,
        description="mean, max or a number; null: all and their mean; of several layers, and in rollout, the mean",
    )
    at: str | None = Field(
        None, description="ROW,COL in pixels of the input: which place looks; null: the class token, else the center"
    )
    rollout: bool = Field(False, description="follow the attention through all layers (Abnar & Zuidema 2020)")
    opacity: Annotated[float, Field(ge=0, le=1)] = Field(
        0.6, description="of the map over the picture; 0: picture alone, 1: map alone"
    )

    @field_validator("at")
    @classmethod
    def _place(cls, value: str | None) -> str | None:
        if value is not None:
            place(value)
        return value

    @field_validator("head")
    @classmethod
    def _head(cls, value: str | None) -> str | None:
        if value is not None and not HEAD.fullmatch(value):
            raise ValueError(f"{value!r} is no head; allowed: mean, max, or a number from 0")
        return value

    @model_validator(mode="after")
    def _used(self) -> Any:
        if self.rollout:
            refuse_unused(self, "rollout goes through all layers; it has none to choose", "layer")
        return self
