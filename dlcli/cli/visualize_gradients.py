"""dlcli visualize: gradients."""

from __future__ import annotations

from typing import Annotated

import typer

from dlcli.cli import options
from dlcli.cli import visualize_options as own
from dlcli.cli.options import HELP

app = typer.Typer(add_completion=False, context_settings=HELP, rich_markup_mode="rich")
Words = Annotated[
    list[str] | None,
    typer.Argument(metavar="[INPUT]...", help="Pictures, a folder of class folders, or a data set: digits."),
]


@app.command("gradients", context_settings=HELP, epilog="All keys: dlcli recipes keys visualize-gradients")
def gradients(
    inputs: Words = None,
    label: Annotated[
        str | None, typer.Option("--class", metavar="CLASS", help="Name or number all are to be (label).")
    ] = None,
    batch: Annotated[str | None, typer.Option("--batch", metavar="N", help="Pictures in the batch (batch).")] = None,
    mode: Annotated[
        str | None, typer.Option("--mode", metavar="use|training", help="Of dropout, batch norm (mode).")
    ] = None,
    model: own.Model = None,
    size_px: own.SizePx = None,
    fit: own.Fit = None,
    seed: own.Seed = None,
    device: own.Device = None,
    download: own.Download = False,
    recipe: options.Recipe = None,
    set_: options.Set = None,
    out: own.Out = None,
    raw: own.Raw = None,
    stamp: options.Stamp = None,
    depfile: options.Depfile = None,
    json: options.Json = False,
    jsonl: options.Jsonl = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Show how large the gradient of a loss is in each layer: whether it vanishes or explodes.

    \b
    dlcli visualize gradients photos/ -m runs/classify/transfer-1 -o gradients.png
    dlcli visualize gradients digits -m RUN --mode training -o gradients.png
    dlcli visualize gradients cat.png -m torchvision:vgg11@random --class 285
    """
    named = own.network(model, seed, device) | own.shape(size_px, fit)
    named |= {"label": ("--class", label), "batch": ("--batch", batch), "mode": ("--mode", mode)}
    resolved = own.resolve("gradients", recipe, set_, named)
    from dlcli.backends import visualize as common
    from dlcli.backends import visualize_gradients as backend

    output = options.output(json=json, jsonl=jsonl, quiet=quiet)
    backend.gradients(inputs or [], resolved, output, common.Place(out, raw, stamp, depfile, download))
