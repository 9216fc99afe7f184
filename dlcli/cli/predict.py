"""dlcli predict."""

from __future__ import annotations

from typing import Annotated

import typer

from dlcli.cli import options
from dlcli.cli.options import HELP

app = typer.Typer(add_completion=False, rich_markup_mode="rich")


@app.command(context_settings=HELP, epilog="All keys: dlcli recipes keys predict")
def predict(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="Run, bundle, imagenet, torchvision:NAME, timm:NAME.")],
    inputs: Annotated[
        list[str] | None,
        typer.Argument(metavar="[INPUT]...", help="Files, folders, globs; - reads a list or a picture."),
    ] = None,
    top: Annotated[str | None, typer.Option(metavar="N", help="Classes listed for each picture.")] = None,
    batch: Annotated[str | None, typer.Option(metavar="N", help="Pictures at a time.")] = None,
    device: options.Device = None,
    precision: options.Precision = None,
    download: options.Download = False,
    recipe: options.Recipe = None,
    set_: options.Set = None,
    out: Annotated[
        str | None, typer.Option("-o", "--out", metavar="FILE", help="Write .csv, .tsv, .jsonl or .json instead.")
    ] = None,
    stamp: options.Stamp = None,
    depfile: options.Depfile = None,
    json: options.Json = False,
    jsonl: options.Jsonl = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Run a trained model on pictures.

    \b
    dlcli predict runs/classify/lenet-digits-1 digit.png
    find photos -name '*.jpg' | dlcli predict imagenet - --jsonl
    """
    from dlcli.core import make
    from dlcli.core import recipe as recipes

    make.check(stamp, depfile, out)
    named = options.given(
        {
            "top": ("--top", top),
            "batch": ("--batch", batch),
            "device.name": ("--device", device),
            "device.precision": ("--precision", precision),
        }
    )
    resolved = recipes.resolve(recipe, set_ or [], named, command="predict")
    from dlcli.backends import predict as backend

    backend.predict(
        model,
        inputs or [],
        resolved.recipe,
        options.output(json=json, jsonl=jsonl, quiet=quiet),
        out,
        stamp=stamp,
        depfile=depfile,
        recipes_read=resolved.files,
        download=download,
    )
