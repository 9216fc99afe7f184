"""The options of ``dlcli embed tokenize`` and ``bpe`` as recipe keys."""

from __future__ import annotations

from typing import Literal

from dlcli.core.schemas.base import Section
from dlcli.core.schemas.embed import VERSION


class TokenizeRecipe(Section):
    """How ``dlcli embed tokenize`` cuts text."""

    schema_version: Literal[1] = VERSION


class BpeRecipe(Section):
    """How ``dlcli embed bpe`` learns and applies merges."""

    schema_version: Literal[1] = VERSION
