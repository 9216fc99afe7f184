"""dlcli visualize: attention."""

from __future__ import annotations

from typing import Annotated

import typer

from dlcli.cli import options
from dlcli.cli import visualize_options as own
from dlcli.cli.options import HELP

app = typer.Typer(add_completion=False, context_settings=HELP, rich_markup_mode="rich")


@app.command("attention", context_settings=HELP, epilog="All keys: dlcli recipes keys visualize-attention")
def attention(
    inputs: own.Pictures = None,
    head: Annotated[
        str | None, typer.Option("--head", metavar="mean|max|N", help="Heads as one, or one of them (head).")
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="ROW,COL", help="The place that looks, in pixels of the input (at).")
    ] = None,
    rollout: Annotated[bool, typer.Option("--rollout", help="Follow it through all layers (rollout).")] = False,
    opacity: Annotated[str | None, typer.Option("--opacity", metavar="X", help="Of the map, 0 to 1 (opacity).")] = None,
    model: own.Model = None,
    layer: Annotated[
        str | None,
        typer.Option("--layer", metavar="NAME|N", help="Name, pattern or number (layer).", rich_help_panel=own.NETWORK),
    ] = None,
    list_layers: Annotated[
        bool,
        typer.Option("--list-layers", help="List the attentions and stop.", rich_help_panel=own.NETWORK),
    ] = False,
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
    """Show what each head of a vision transformer looks at: attention weights.

    \b
    dlcli visualize attention cat.png -m timm:vit_tiny_patch16_224@random
    dlcli visualize attention cat.png -m runs/classify/vit-1 --rollout
    dlcli visualize attention cat.png -m torchvision:swin_t --at 90,120 -o w.png
    """
    named = own.network(model, seed, device) | own.shape(size_px, fit)
    named |= {"layer": ("--layer", layer), "head": ("--head", head), "at": ("--at", at)}
    named |= {"rollout": ("--rollout", "true" if rollout else None), "opacity": ("--opacity", opacity)}
    resolved = own.resolve("attention", recipe, set_, named)
    from dlcli.backends import visualize_attention as backend
    from dlcli.backends.visualize_writer import Place

    output = options.output(json=json, jsonl=jsonl, quiet=quiet)
    place = Place(out, raw, stamp, depfile, download)
    if list_layers:
        backend.list_layers(resolved, output, place)
    else:
        backend.attention(inputs or [], resolved, output, place)
