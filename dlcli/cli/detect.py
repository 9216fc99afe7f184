"""dlcli detect."""

from __future__ import annotations

from typing import Annotated

import typer

from dlcli.cli import options
from dlcli.cli.options import HELP
from dlcli.core.errors import UsageError

app = typer.Typer(add_completion=False, rich_markup_mode="rich")


@app.command(context_settings=HELP, epilog="All keys: dlcli recipes keys detect")
def detect(
    inputs: Annotated[
        list[str] | None,
        typer.Argument(metavar="[INPUT]...", help="Files, folders, globs; - reads a list or a picture."),
    ] = None,
    model: Annotated[
        str | None, typer.Option("-m", "--model", metavar="MODEL", help="Cascade: bundle or OpenCV's .xml.")
    ] = None,
    scale: Annotated[str | None, typer.Option(metavar="X", help="Size of a box over the next smaller.")] = None,
    step: Annotated[str | None, typer.Option(metavar="PX", help="Pixels between windows.")] = None,
    smallest: Annotated[str | None, typer.Option(metavar="PX", help="Least height of a box.")] = None,
    largest: Annotated[str | None, typer.Option(metavar="PX", help="Greatest height of a box.")] = None,
    min_neighbors: Annotated[
        str | None, typer.Option("--min-neighbors", metavar="N", help="Windows that must agree.")
    ] = None,
    stages: Annotated[bool, typer.Option("--stages", help="Tell the windows left after each stage.")] = False,
    recipe: options.Recipe = None,
    set_: options.Set = None,
    out: Annotated[
        str | None,
        typer.Option("-o", "--out", metavar="PATH", help="DIR of drawn pictures, or .csv .tsv .jsonl .json."),
    ] = None,
    stamp: options.Stamp = None,
    depfile: options.Depfile = None,
    json: options.Json = False,
    jsonl: options.Jsonl = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Find objects in pictures with a cascade; networks are not built yet (exit 4).

    \b
    dlcli detect group.png -m haarcascade_frontalface_default.xml
    dlcli detect photos/ -m face -o found --stages
    """
    from dlcli.core import make
    from dlcli.core import recipe as recipes

    if model is None:
        raise UsageError(
            "which model? give -m MODEL: what boost cascade fit wrote, or an OpenCV haarcascade_*.xml", key="--model"
        )
    make.check(stamp, depfile, out)
    named = options.given(
        {
            "scale": ("--scale", scale),
            "step": ("--step", step),
            "smallest": ("--smallest", smallest),
            "largest": ("--largest", largest),
            "min_neighbors": ("--min-neighbors", min_neighbors),
        }
    )
    resolved = recipes.resolve(recipe, set_ or [], named, command="detect")
    from dlcli.backends import detect as backend

    backend.detect(
        model,
        inputs or [],
        resolved.recipe,
        options.output(json=json, jsonl=jsonl, quiet=quiet),
        out,
        stages=stages,
        stamp=stamp,
        depfile=depfile,
        recipes_read=resolved.files,
    )
