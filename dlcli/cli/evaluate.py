"""dlcli evaluate."""

from __future__ import annotations

from typing import Annotated

import typer

from dlcli.cli import options
from dlcli.cli.options import HELP

app = typer.Typer(add_completion=False, rich_markup_mode="rich")


@app.command(context_settings=HELP, epilog="All keys: dlcli recipes keys evaluate")
def evaluate(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="Run, bundle, imagenet, torchvision:NAME, timm:NAME.")],
    data: Annotated[
        str | None, typer.Option("--data", metavar="DATA", help="Labeled data; by default the run's own test part.")
    ] = None,
    part: Annotated[str | None, typer.Option(metavar="PART", help="auto, all, train, val or test.")] = None,
    batch: Annotated[str | None, typer.Option(metavar="N", help="Pictures at a time.")] = None,
    device: options.Device = None,
    precision: options.Precision = None,
    download: options.Download = False,
    recipe: options.Recipe = None,
    set_: options.Set = None,
    fail_under: options.FailUnder = None,
    fail_over: options.FailOver = None,
    out: Annotated[
        str | None,
        typer.Option("-o", "--out", metavar="DIR", help="Write report.json and per-picture predictions.csv."),
    ] = None,
    stamp: options.Stamp = None,
    depfile: options.Depfile = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Score a trained model on labeled pictures.

    \b
    dlcli evaluate runs/classify/lenet-digits-1
    dlcli evaluate runs/classify/mlp-1 --data photos/ --fail-under accuracy=0.9
    """
    from dlcli.core import make, report
    from dlcli.core import recipe as recipes
    from dlcli.core.errors import UsageError

    for words, option in ((fail_under, "--fail-under"), (fail_over, "--fail-over")):
        for word in words or []:
            report.parse_check(word, option)
    make.check(stamp, depfile, out)
    named = options.given(
        {
            "data": ("--data", data),
            "part": ("--part", part),
            "batch": ("--batch", batch),
            "device.name": ("--device", device),
            "device.precision": ("--precision", precision),
        }
    )
    resolved = recipes.resolve(recipe, set_ or [], named, command="evaluate")
    if resolved.recipe.data == "":
        raise UsageError("--data names no data; it is empty", "leave it out for the test part of the run", key="--data")
    from dlcli.backends import evaluate as backend

    backend.evaluate(
        model,
        resolved.recipe,
        options.output(json=json, quiet=quiet),
        under=fail_under or [],
        over=fail_over or [],
        out=out,
        stamp=stamp,
        depfile=depfile,
        recipes_read=resolved.files,
        download=download,
    )
