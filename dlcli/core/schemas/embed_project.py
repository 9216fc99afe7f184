"""The options of ``dlcli embed project`` as recipe keys."""

from __future__ import annotations

from typing import Literal

from dlcli.core.schemas.base import Section
from dlcli.core.schemas.embed import VERSION


class ProjectRecipe(Section):
    """How ``dlcli embed project`` draws its map."""

    schema_version: Literal[1] = VERSION
