"""The options of the verbs of ``dlcli embed`` that use word vectors, as recipe keys."""

from __future__ import annotations

from typing import Literal

from dlcli.core.schemas.base import Section
from dlcli.core.schemas.embed import VERSION


class ApplyRecipe(Section):
    """How ``neighbors``, ``analogy``, ``odd``, ``similarity``, ``evaluate`` and ``matrix`` read and answer."""

    schema_version: Literal[1] = VERSION


class EncodeRecipe(Section):
    """How ``dlcli embed encode`` makes a vector of a sentence."""

    schema_version: Literal[1] = VERSION
