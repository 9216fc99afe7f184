"""The options of ``dlcli embed vectorize``, ``cooccurrence`` and ``pairs`` as recipe keys."""

from __future__ import annotations

from typing import Literal

from dlcli.core.schemas.base import Section
from dlcli.core.schemas.embed import VERSION


class VectorizeRecipe(Section):
    """How ``dlcli embed vectorize`` counts words in documents."""

    schema_version: Literal[1] = VERSION


class CooccurrenceRecipe(Section):
    """How ``dlcli embed cooccurrence`` and ``pairs`` look at neighbors."""

    schema_version: Literal[1] = VERSION
