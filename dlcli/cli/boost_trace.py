"""dlcli boost trace."""

from __future__ import annotations

from typing import Annotated

import typer

from dlcli.cli import options


def trace(
    method: Annotated[
        str, typer.Argument(metavar="adaboost|gradient|xgboost|logistic", help="What is worked through.")
    ],
    example: Annotated[
        str | None,
        typer.Option(metavar="ten|line|students", help="Worked example: two of two classes, one of marks."),
    ] = None,
    data: Annotated[str | None, typer.Option("--data", metavar="TABLE", help="Work through a table instead.")] = None,
    target: Annotated[str | None, typer.Option(metavar="COLUMN", help="Column of the table to be told.")] = None,
    rounds: Annotated[int | None, typer.Option(metavar="N", min=1, max=1000, help="Rounds to show.")] = None,
    lr: Annotated[
        float | None, typer.Option(metavar="X", help="Share of each learner; 1 for adaboost, .1 gradient, .3 xgboost.")
    ] = None,
    learner: Annotated[str | None, typer.Option(metavar="NAME", help="adaboost: stump or tree:DEPTH.")] = None,
    depth: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, max=20, help="gradient, xgboost: most questions in a row; 2 when not given."),
    ] = None,
    loss: Annotated[
        str | None,
        typer.Option(metavar="auto|squared|absolute|log", help="absolute: gradient only; auto: by the target."),
    ] = None,
    min_leaf: Annotated[
        float | None,
        typer.Option(metavar="X", min=0, help="gradient: fewest rows in a leaf; xgboost: least sum of h."),
    ] = None,
    l2: Annotated[float | None, typer.Option(metavar="X", min=0, help="xgboost: lambda.")] = None,
    min_gain: Annotated[float | None, typer.Option(metavar="X", min=0, help="xgboost: gamma.")] = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Show every number of every round of boosting: weights, errors, votes, residuals, gains, leaf values.

    Without a table a worked example is gone through. A slide of the course prints 0.7378 for the third vote of the
    first example; that does not follow from its own error 0.1365, the vote is 0.9229 (the output says why).

    \b
    dlcli boost trace adaboost
    dlcli boost trace adaboost --example line --json
    dlcli boost trace gradient --loss absolute
    dlcli boost trace xgboost --data iris.csv --target width --rounds 3 --l2 0.5
    dlcli boost trace logistic
    """
    from dlcli.backends import boost_trace as backend

    given = {
        "--example": example, "--data": data, "--target": target, "--rounds": rounds, "--lr": lr, "--learner": learner,
        "--depth": depth, "--loss": loss, "--min-leaf": min_leaf, "--l2": l2, "--min-gain": min_gain,
    }  # fmt: skip
    typed = {option: value for option, value in given.items() if value is not None}
    backend.trace(method, typed, options.output(json=json, quiet=quiet))
