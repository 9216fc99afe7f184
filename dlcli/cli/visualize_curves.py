"""dlcli visualize: curves."""

from __future__ import annotations

from typing import Annotated

import typer

from dlcli.cli import options
from dlcli.cli import visualize_options as own
from dlcli.cli.options import HELP

app = typer.Typer(add_completion=False, context_settings=HELP, rich_markup_mode="rich")


@app.command("curves", context_settings=HELP, epilog="All keys: dlcli recipes keys visualize-curves")
def curves(
    inputs: Annotated[
        list[str] | None,
        typer.Argument(metavar="[RUN|FILE]...", help="Runs, folders of runs, CSV, TSV, JSONL; - is stdin."),
    ] = None,
    metric: Annotated[
        list[str] | None,
        typer.Option("--metric", metavar="NAME", help="loss of all parts, or val/loss; repeatable (metrics)."),
    ] = None,
    x: Annotated[
        str | None, typer.Option("--x", metavar="NAME", help="epoch, step, time, row or any column (x).")
    ] = None,
    smooth: Annotated[
        str | None, typer.Option("--smooth", metavar="W", help="Weight of the past, 0 to below 1 (smooth).")
    ] = None,
    log: Annotated[
        str | None, typer.Option("--log", metavar="none|x|y|both", help="Logarithmic axes (log).")
    ] = None,
    recipe: options.Recipe = None,
    set_: options.Set = None,
    out: Annotated[
        str | None,
        typer.Option(
            "-o", "--out", metavar="PATH", help="A .png, .svg or .csv, a folder for all, or - (PNG).",
            rich_help_panel=own.FILES,
        ),
    ] = None,
    stamp: options.Stamp = None,
    depfile: options.Depfile = None,
    json: options.Json = False,
    jsonl: options.Jsonl = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:  # fmt: skip
    """Draw training curves of runs and tables over each other: on the terminal, or as files.

    \b
    dlcli visualize curves runs/classify/mlp-1 runs/classify/lenet-1
    dlcli visualize curves runs/classify --metric val/accuracy -o curves.png
    dlcli visualize curves log.csv --x step --smooth 0.9 --log y -o curves.svg
    """
    named = {"metrics": ("--metric", metric), "x": ("--x", x), "smooth": ("--smooth", smooth), "log": ("--log", log)}
    resolved = own.resolve("curves", recipe, set_, named)
    from dlcli.backends import visualize_curves as backend

    output = options.output(json=json, jsonl=jsonl, quiet=quiet)
    backend.draw(inputs or [], resolved, output, backend.Target(out, stamp, depfile))
