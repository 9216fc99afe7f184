"""dlcli describe."""

from __future__ import annotations

from typing import Annotated

import typer

from dlcli.cli import options
from dlcli.cli.options import HELP

app = typer.Typer(add_completion=False, rich_markup_mode="rich")


@app.command(context_settings=HELP, epilog="All keys: dlcli recipes keys describe")
def describe(
    model: Annotated[
        str | None,
        typer.Argument(metavar="MODEL", help="Run, bundle, recipe, own network, torchvision or timm:NAME."),
    ] = None,
    size_px: Annotated[
        str | None, typer.Option("--size-px", metavar="N|HxW", help="Size of the input picture.")
    ] = None,
    channels: Annotated[str | None, typer.Option(metavar="N", help="Of the input picture.")] = None,
    classes: Annotated[str | None, typer.Option(metavar="N", help="Of the head.")] = None,
    stride: Annotated[
        str | None, typer.Option(metavar="v1", help="ResNet bottlenecks stride at the 1×1, as published.")
    ] = None,
    set_: options.Set = None,
    convolutional: Annotated[
        bool, typer.Option("--convolutional", help="Turn the dense head into convolutions; prove equal scores.")
    ] = False,
    out: Annotated[
        str | None, typer.Option("-o", "--out", metavar="FILE", help="Write .csv, .tsv or .json instead.")
    ] = None,
    list_: Annotated[
        str | None, typer.Option("--list", metavar="FAMILY", help="List network names: own, torchvision, timm or all.")
    ] = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Show what a network's layers put out, hold, compute and see.

    \b
    dlcli describe torchvision:vgg16
    dlcli describe lenet5 --size-px 48x64 --channels 3 --set args.pool=max
    dlcli describe torchvision:alexnet --convolutional -o layers.csv
    """
    from dlcli.core.errors import UsageError

    if (model is None) == (list_ is None):
        raise UsageError("which model? dlcli describe MODEL, or dlcli describe --list all", "dlcli describe --help")
    output = options.output(json=json, quiet=quiet)
    if list_ is not None:
        from dlcli.backends import describe as backend

        backend.list_names(list_, output)
        return
    from dlcli.core import described

    named = options.given(
        {
            "size_px": ("--size-px", size_px),
            "channels": ("--channels", channels),
            "classes": ("--classes", classes),
            "stride": ("--stride", stride),
        }
    )
    resolved = described.asked(str(model), set_ or [], named)
    from dlcli.backends import describe as backend

    backend.describe(str(model), resolved.recipe, output, out, convolutional=convolutional)
