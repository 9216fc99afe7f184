"""The options of ``dlcli train`` that look before training; they write nothing but what --out asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from dlcli.core.errors import UsageError

PANEL = "Look before training"

FindLr = Annotated[
    bool, typer.Option("--find-lr", help="Sweep the learning rate and suggest one.", rich_help_panel=PANEL)
]
CheckGradients = Annotated[
    bool,
    typer.Option("--check-gradients", help="Check gradients by finite differences.", rich_help_panel=PANEL),
]
Overfit = Annotated[
    int | None,
    typer.Option("--overfit", metavar="N", min=1, help="Learn N training samples by heart.", rich_help_panel=PANEL),
]


def asked(looks: Mapping[str, Any], beside: Mapping[str, Any]) -> str | None:
    """Return the look that was asked for, without its dashes, or None.

    Args:
        looks: option → value of the looks.
        beside: option → value of what has no effect on them.

    Raises:
        UsageError: two looks, or an option beside one that would have no effect.

    """
    given = [option for option, value in looks.items() if value not in (None, False)]
    if not given:
        return None
    if len(given) > 1:
        raise UsageError(f"{' and '.join(given)} are looks of their own; give one of them", key=given[1])
    for option, value in beside.items():
        if value not in (None, False, []):
            raise UsageError(
                f"{option} has no effect on {given[0]}, which needs the recipe alone and makes no run",
                f"leave {option} out",
                key=option,
            )
    return given[0].removeprefix("--")
