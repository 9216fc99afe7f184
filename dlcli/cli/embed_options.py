"""Options that the verbs of dlcli embed share, and how they become a recipe."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dlcli.cli import options

if TYPE_CHECKING:
    from dlcli.core.recipe import Resolved

Texts = Annotated[
    list[str] | None, typer.Argument(metavar="TEXT", help="Text files, packed or not, a builtin, or - (stdin).")
]
Vectors = Annotated[
    str, typer.Argument(metavar="VECTORS", help="File of word vectors, or a run or bundle of embed fit.")
]
OutFile = Annotated[str | None, typer.Option("-o", "--out", metavar="FILE", help="Write there instead of printing.")]
Lower = Annotated[bool | None, typer.Option("--lower/--no-lower", help="Make everything lower case (lower).")]


def resolve(
    command: str, recipe: str | None, sets: Sequence[str] | None, named: dict[str, tuple[str, Any]]
) -> Resolved:
    """Turn the words of an embed command into a checked recipe.

    Raises:
        RecipeError: everything wrong with the recipe.

    """
    from dlcli.core import recipe as recipes
    from dlcli.core import shipped

    shipped.check_command(recipe, "embed")
    return recipes.resolve(recipe, list(sets or []), options.given(named), command=command)
