"""dlcli visualize: invert, dream."""

from __future__ import annotations

from typing import Annotated

import typer

from dlcli.cli import options
from dlcli.cli import visualize_options as own
from dlcli.cli.options import HELP

app = typer.Typer(add_completion=False, context_settings=HELP, rich_markup_mode="rich")
Layers = Annotated[
    list[str] | None,
    typer.Option("--layer", metavar="NAME", help="Name or pattern; repeatable (layers).", rich_help_panel=own.NETWORK),
]


@app.command("invert", context_settings=HELP, epilog="All keys: dlcli recipes keys visualize-invert")
def invert(
    inputs: own.Pictures = None,
    steps: Annotated[str | None, typer.Option("--steps", metavar="N", help="For each layer (steps).")] = None,
    weight_variation: Annotated[
        str | None,
        typer.Option("--weight-variation", metavar="X", help="Of smoothness; 0: none (weight_variation)."),
    ] = None,
    model: own.Model = None,
    layer: Layers = None,
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
    """Show what layers keep of a picture: noise made into what they answer alike.

    Early layers give the picture back, deep ones its parts. Random weights do it too.

    \b
    dlcli visualize invert cat.png -o kept.png
    dlcli visualize invert cat.png --layer bn1 --layer blocks.2 -o two.png
    """
    named = own.network(model, seed, device) | own.shape(size_px, fit)
    named |= {
        "layers": ("--layer", layer or None), "steps": ("--steps", steps),
        "weight_variation": ("--weight-variation", weight_variation),
    }  # fmt: skip
    resolved = own.resolve("invert", recipe, set_, named)
    from dlcli.backends import visualize as common
    from dlcli.backends import visualize_dreams as backend

    output = options.output(json=json, jsonl=jsonl, quiet=quiet)
    place = common.Place(out, raw, stamp, depfile, download)
    if list_layers:
        common.list_layers("invert", resolved, output, place)
    else:
        backend.invert(inputs or [], resolved, output, place)


@app.command("dream", context_settings=HELP, epilog="All keys: dlcli recipes keys visualize-dream")
def dream(
    inputs: own.Pictures = None,
    channel: Annotated[
        str | None, typer.Option("--channel", metavar="N", help="One channel of the layer (channel).")
    ] = None,
    guide: Annotated[
        str | None, typer.Option("--guide", metavar="FILE", help="Picture whose features are sought (guide).")
    ] = None,
    octaves: Annotated[str | None, typer.Option("--octaves", metavar="N", help="Sizes worked at (octaves).")] = None,
    steps: Annotated[str | None, typer.Option("--steps", metavar="N", help="At each size (steps).")] = None,
    tile_px: Annotated[
        str | None, typer.Option("--tile-px", metavar="N", help="Work in squares of N pixels (tile_px).")
    ] = None,
    model: own.Model = None,
    layer: Layers = None,
    list_layers: own.ListLayers = False,
    size_px: Annotated[
        str | None,
        typer.Option("--size-px", metavar="N|HxW", help="Longer side, or both (size_px).", rich_help_panel=own.NETWORK),
    ] = None,
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
    """DeepDream: change a picture towards what a layer sees in it, at its own size.

    \b
    dlcli visualize dream cat.png -o dream.png
    dlcli visualize dream sky.jpg --guide flowers.jpg -o guided.png
    """
    named = own.network(model, seed, device) | {
        "size_px": ("--size-px", size_px), "layers": ("--layer", layer or None), "channel": ("--channel", channel),
        "guide": ("--guide", guide), "octaves": ("--octaves", octaves), "steps": ("--steps", steps),
        "tile_px": ("--tile-px", tile_px),
    }  # fmt: skip
    resolved = own.resolve("dream", recipe, set_, named)
    from dlcli.backends import visualize as common
    from dlcli.backends import visualize_dreams as backend

    output = options.output(json=json, jsonl=jsonl, quiet=quiet)
    place = common.Place(out, raw, stamp, depfile, download)
    if list_layers:
        common.list_layers("dream", resolved, output, place)
    else:
        backend.dream(inputs or [], resolved, output, place)
