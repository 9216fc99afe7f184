"""Options that the verbs of dlcli boost share, and how they become a recipe."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dlcli.cli import options

if TYPE_CHECKING:
    from dlcli.core.recipe import Resolved

ROWS, METHOD, RUNS, LOOK = "Table", "Method", "Run", "Look before fitting"

Table = Annotated[str | None, typer.Argument(metavar="[TABLE]", help="CSV, TSV, libsvm, Parquet, a builtin, or -.")]
Tables = Annotated[list[str], typer.Argument(metavar="TABLE...", help="Tables with the columns of the model, or -.")]
Model = Annotated[str, typer.Option("-m", "--model", metavar="MODEL", help="Run or bundle of boost fit.")]
Target = Annotated[
    str | None, typer.Option(metavar="COLUMN", help="Column of the answers (data.target).", rich_help_panel=ROWS)
]
Task = Annotated[str | None, typer.Option(metavar="auto|classify|regress", help="data.task", rich_help_panel=ROWS)]
Ids = Annotated[
    list[str] | None,
    typer.Option("--id", metavar="COLUMN", help="Names a row, not learnt from; repeatable.", rich_help_panel=ROWS),
]
Drop = Annotated[list[str] | None, typer.Option(metavar="COLUMN", help="Left out; repeatable.", rich_help_panel=ROWS)]
Val = Annotated[str | None, typer.Option(metavar="SHARE|TABLE", help="data.val", rich_help_panel=ROWS)]
Test = Annotated[str | None, typer.Option(metavar="SHARE|TABLE", help="data.test", rich_help_panel=ROWS)]
Method = Annotated[
    str | None, typer.Option("--method", metavar="METHOD", help="Which method (model.name).", rich_help_panel=METHOD)
]
Trees = Annotated[str | None, typer.Option(metavar="N", help="Trees or rounds (model.trees).", rich_help_panel=METHOD)]
Depth = Annotated[str | None, typer.Option(metavar="N", help="model.depth", rich_help_panel=METHOD)]
Lr = Annotated[str | None, typer.Option(metavar="X", help="model.lr", rich_help_panel=METHOD)]
Learner = Annotated[
    str | None,
    typer.Option(metavar="stump|tree:DEPTH", help="Weak learner of adaboost (model.learner).", rich_help_panel=METHOD),
]
Param = Annotated[
    list[str] | None,
    typer.Option(metavar="K=V", help="Any parameter, by the library's name; repeatable.", rich_help_panel=METHOD),
]
EarlyStop = Annotated[str | None, typer.Option(metavar="N", help="early_stop", rich_help_panel=METHOD)]
Seed = Annotated[str | None, typer.Option(metavar="N", help="seed", rich_help_panel=METHOD)]
Threads = Annotated[str | None, typer.Option(metavar="N", help="threads")]
Unseen = Annotated[str | None, typer.Option(metavar="warn|missing|error", help="unseen")]
RunOut = Annotated[
    str | None, typer.Option("-o", "--out", metavar="DIR", help="Run directory, exact.", rich_help_panel=RUNS)
]
Force = Annotated[bool, typer.Option("--force", help="Move what is at --out aside.", rich_help_panel=RUNS)]
PrintConfig = Annotated[bool, typer.Option("--print-config", help="Print the resolved recipe.", rich_help_panel=LOOK)]


def resolve(
    command: str,
    recipe: str | None,
    sets: Sequence[str] | None,
    named: dict[str, tuple[str, Any]],
    *,
    ids: Sequence[str] | None = None,
    drop: Sequence[str] | None = None,
    params: Sequence[str] | None = None,
) -> Resolved:
    """Turn the words of a boost command into a checked recipe.

    Raises:
        UsageError: ``--param`` without ``=``.
        RecipeError: everything wrong with the recipe.

    """
    from dlcli.core import recipe as recipes
    from dlcli.core import shipped
    from dlcli.core.errors import UsageError

    shipped.check_command(recipe, "boost")
    asked = command in ("boost", "boost-cv", "boost-compare")
    if asked and recipe is None and named["data.train"][1] is None and not any("data.train" in w for w in sets or []):
        raise UsageError("which table? give a CSV, TSV, libsvm or Parquet file, or a builtin such as iris", key="TABLE")
    words = list(sets or [])
    words += [f"data.ids+={name}" for name in ids or []]
    words += [f"data.drop+={name}" for name in drop or []]
    for word in params or []:
        if "=" not in word or word.startswith("="):
            raise UsageError(f"--param {word!r} is not NAME=VALUE", key="--param")
        words.append(f"model.params.{word}")
    return recipes.resolve(recipe, words, options.given(named), command=command)
