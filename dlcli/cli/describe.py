"""dlcli describe."""

from __future__ import annotations

from typing import Annotated

import typer

from dlcli.cli import options
from dlcli.cli.options import HELP

app = typer.Typer(add_completion=False, rich_markup_mode="rich")


@app.command(context_settings=HELP)
def describe(
    model: Annotated[
        str | None,
        typer.Argument(metavar="MODEL", help="Run, bundle, own network, torchvision or timm:NAME; no weights needed."),
    ] = None,
    size_px: Annotated[
        str | None, typer.Option("--size-px", metavar="N|HxW", help="Size of the input picture.")
    ] = None,
    list_: Annotated[
        str | None, typer.Option("--list", metavar="FAMILY", help="List network names: own, torchvision, timm or all.")
    ] = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Show layers, output sizes, parameters and multiply-adds of a network.

    \b
    dlcli describe lenet5
    dlcli describe torchvision:resnet18 --json
    """
    from dlcli.core.errors import UsageError

    if (model is None) == (list_ is None):
        raise UsageError("which model? dlcli describe MODEL, or dlcli describe --list all", "dlcli describe --help")
    output = options.output(json=json, quiet=quiet)
    from dlcli.backends import describe as backend

    if list_ is not None:
        backend.list_names(list_, output)
    else:
        backend.describe(str(model), size_px, output)
