"""dlcli visualize: patches."""

from __future__ import annotations

from typing import Annotated

import typer

from dlcli.cli import options
from dlcli.cli import visualize_options as own
from dlcli.cli.options import HELP

app = typer.Typer(add_completion=False, context_settings=HELP, rich_markup_mode="rich")
Words = Annotated[
    list[str] | None,
    typer.Argument(metavar="[INPUT]...", help="Files, folders, globs; - reads a list; or a data set: digits."),
]


@app.command("patches", context_settings=HELP, epilog="All keys: dlcli recipes keys visualize-patches")
def patches(
    inputs: Words = None,
    channels: Annotated[
        str | None, typer.Option("--channels", metavar="0,3-5|all", help="Which channels (channels).")
    ] = None,
    top: Annotated[str | None, typer.Option("--top", metavar="N", help="Places a channel (top).")] = None,
    per_picture: Annotated[
        str | None, typer.Option("--per-picture", metavar="N", help="Of these from one picture (per_picture).")
    ] = None,
    model: own.Model = None,
    layer: own.Layer = None,
    list_layers: own.ListLayers = False,
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
    """Show the parts of many pictures that activate each channel of a layer most.

    \b
    dlcli visualize patches photos/ -o patches.png
    dlcli visualize patches photos/ --layer blocks.2.1 --channels 0,3-5 --top 16
    dlcli visualize patches digits -m RUN --channels 0-3 --raw patches.npz
    """
    named = own.network(model, seed, device) | own.shape(size_px, fit)
    named |= {"layer": ("--layer", layer), "channels": ("--channels", channels), "top": ("--top", top)}
    named |= {"per_picture": ("--per-picture", per_picture)}
    resolved = own.resolve("patches", recipe, set_, named)
    from dlcli.backends import visualize as common
    from dlcli.backends import visualize_patches as backend

    output = options.output(json=json, jsonl=jsonl, quiet=quiet)
    place = common.Place(out, raw, stamp, depfile, download)
    if list_layers:
        backend.list_layers(resolved, output, place)
    else:
        backend.patches(inputs or [], resolved, output, place)
