"""The recipe of ``dlcli visualize gradients``."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from dlcli.core.schemas.shared import Count
from dlcli.core.schemas.visualize import LookAtPictures


class GradientsRecipe(LookAtPictures):
    """Of which loss ``dlcli visualize gradients`` shows the gradient."""

    label: str | None = Field(
        None, description="name or number of the class every picture is to be; null: its label, else the answer"
    )
    batch: Count = Field(64, description="pictures in the batch, drawn where there are more")
    mode: Literal["use", "training"] = Field(
        "use", description="dropout and batch normalization as in use or in training"
    )
