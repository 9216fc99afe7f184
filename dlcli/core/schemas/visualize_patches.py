"""The recipe of ``dlcli visualize patches``."""

from __future__ import annotations

import re

from pydantic import Field, field_validator

from dlcli.core.schemas.shared import Count, Whole
from dlcli.core.schemas.visualize import LookAtPictures

ALL = "all"
FIRST = 16  # channels that are shown when none are named


class PatchesRecipe(LookAtPictures):
    """Which pictures ``dlcli visualize patches`` looks for."""

    layer: str | None = Field(
        None, description="name, see --list-layers; null: the one that sees most, up to half the picture"
    )
    channels: str | None = Field(None, description=f"numbers and ranges such as 0,3-5, or all; null: the first {FIRST}")
    top: Count = Field(9, description="places kept for each channel, strongest first")
    per_picture: Count = Field(1, description="places of one picture that may be among them")
    batch: Count = Field(32, description="pictures at a time")
    workers: Whole = Field(0, description="processes that read pictures; 0: the main one")

    @field_validator("channels", mode="before")
    @classmethod
    def _word(cls, value: object) -> object:
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else value

    @field_validator("channels")
    @classmethod
    def _numbers(cls, value: str | None) -> str | None:
        if value is not None:
            numbers(value, None)
        return value


def numbers(word: str | None, count: int | None) -> list[int]:
    """Return the channels a word means, in its order, each once.

    Args:
        word: ``0,3-5``, ``all``, or None for the first few.
        count: how many there are; None: not known yet, nothing is returned for ``all`` and None.

    Raises:
        ValueError: not such a word, or a channel that is not there.

    """
    if word in (None, ALL):
        return list(range((count or 0) if word == ALL else min(count or 0, FIRST)))
    found: dict[int, None] = {}
    for part in word.split(","):
        ends = re.fullmatch(r"\s*([0-9]{1,6})\s*(?:-\s*([0-9]{1,6})\s*)?", part)
        if ends is None:
            raise ValueError(f"{part!r} is no channel; write numbers and ranges such as 0,3-5, or all")
        first = int(ends[1])
        last = int(ends[2] or first)
        if last < first:
            raise ValueError(f"the range {part.strip()} runs backwards; write {last}-{first}")
        if count is not None and last >= count:
            raise ValueError(f"there is no channel {last}; the layer has {count}, numbered from 0 to {count - 1}")
        if count is not None:
            found.update(dict.fromkeys(range(first, last + 1)))
    return list(found)
