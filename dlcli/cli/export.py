"""dlcli export."""

from __future__ import annotations

from typing import Annotated

import typer

from dlcli.cli import options
from dlcli.cli.options import HELP

app = typer.Typer(add_completion=False, rich_markup_mode="rich")


@app.command(context_settings=HELP)
def export(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="Run, bundle, imagenet, torchvision:NAME, timm:NAME.")],
    out: Annotated[
        str, typer.Option("-o", "--out", metavar="FILE", help="The file; its ending .onnx or .pt2 tells the format.")
    ],
    format_: Annotated[
        str | None, typer.Option("--format", metavar="onnx|pt2", help="The format, when it is to be said.")
    ] = None,
    data: Annotated[
        str | None, typer.Option("--data", metavar="DATA", help="Pictures for the check besides the made-up ones.")
    ] = None,
    dynamic_size: Annotated[
        bool, typer.Option("--dynamic-size", help="Leave height and width free too (convolutional networks).")
    ] = False,
    download: options.Download = False,
    stamp: options.Stamp = None,
    depfile: options.Depfile = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Write a model as one ONNX or PT2 file that predict and evaluate take too.

    The batch is free. Classes and preprocessing are in the file. It is kept
    only if it answers like the network on pictures of many shapes.

    \b
    dlcli export runs/classify/lenet-digits-1 -o digits.onnx
    dlcli export imagenet -o lite0.pt2
    dlcli export torchvision:resnet18@random -o resnet18.onnx --dynamic-size
    """
    from dlcli.core import exported, make
    from dlcli.core.errors import UsageError

    format_ = exported.format_for(format_, out)
    if data == "":
        raise UsageError("--data names no data; it is empty", "leave it out for made-up pictures alone", key="--data")
    make.check_writable(out)
    make.check(stamp, depfile, out)
    from dlcli.backends import export as backend

    backend.export(
        model,
        format_,
        out,
        options.output(json=json, quiet=quiet),
        data=data,
        dynamic_size=dynamic_size,
        download=download,
        stamp=stamp,
        depfile=depfile,
    )
