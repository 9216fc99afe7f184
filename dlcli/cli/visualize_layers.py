"""dlcli visualize: filters, weights, activations, embedding."""

from __future__ import annotations

from typing import Annotated

import typer

from dlcli.cli import options
from dlcli.cli import visualize_options as own
from dlcli.cli.options import HELP

app = typer.Typer(add_completion=False, context_settings=HELP, rich_markup_mode="rich")
Zoom = Annotated[str | None, typer.Option("--zoom", metavar="N", help="Whole factor of enlargement (zoom).")]


@app.command("filters", context_settings=HELP, epilog="All keys: dlcli recipes keys visualize-filters")
def filters(
    scale: Annotated[
        str | None, typer.Option("--scale", metavar="shared|filter", help="One for all, or for each (scale).")
    ] = None,
    channels: Annotated[
        str | None, typer.Option("--channels", metavar="color|each|mean|N", help="Of the input (channels).")
    ] = None,
    most: Annotated[str | None, typer.Option("--max", metavar="N", help="Tiles at most (max).")] = None,
    zoom: Zoom = None,
    model: own.Model = None,
    layer: own.Layer = None,
    list_layers: own.ListLayers = False,
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
    """Show the weights of a layer as pictures: the patterns its filters look for.

    \b
    dlcli visualize filters -m runs/classify/lenet-digits-1 -o filters.png
    dlcli visualize filters --scale filter -o filters.png --raw weights.npy
    dlcli visualize filters -m RUN --layer features.3 --set scale=filter -o f.png
    """
    named = own.network(model, seed, device)
    named |= {"layer": ("--layer", layer), "scale": ("--scale", scale), "channels": ("--channels", channels)}
    named |= {"max": ("--max", most), "zoom": ("--zoom", zoom)}
    resolved = own.resolve("filters", recipe, set_, named)
    from dlcli.backends import visualize as common
    from dlcli.backends import visualize_layers as backend

    output = options.output(json=json, jsonl=jsonl, quiet=quiet)
    place = common.Place(out, raw, stamp, depfile, download)
    if list_layers:
        common.list_layers("filters", resolved, output, place, backend.first_filters)
    else:
        backend.filters(resolved, output, place)


@app.command("weights", context_settings=HELP, epilog="All keys: dlcli recipes keys visualize-weights")
def weights(
    classes: own.Class = None,
    scale: Annotated[
        str | None, typer.Option("--scale", metavar="shared|class", help="One for all, or for each (scale).")
    ] = None,
    zoom: Zoom = None,
    model: own.Model = None,
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
    """Show a linear classifier as one picture a class: which pixels speak for it, which against.

    \b
    dlcli train classify/linear-digits
    dlcli visualize weights -m runs/classify/linear-digits-1 -o weights.png
    dlcli visualize weights -m runs/classify/linear-digits-1 --class 3 -o w.png
    """
    named = own.network(model, seed, device) | own.asked(classes, None)
    named |= {"scale": ("--scale", scale), "zoom": ("--zoom", zoom)}
    del named["top"]
    resolved = own.resolve("weights", recipe, set_, named)
    from dlcli.backends import visualize as common
    from dlcli.backends import visualize_layers as backend

    output = options.output(json=json, jsonl=jsonl, quiet=quiet)
    backend.weights(resolved, output, common.Place(out, raw, stamp, depfile, download))


@app.command("activations", context_settings=HELP, epilog="All keys: dlcli recipes keys visualize-activations")
def activations(
    inputs: own.Pictures = None,
    order: Annotated[
        str | None, typer.Option("--order", metavar="mean|channel", help="Strongest first, or by number (order).")
    ] = None,
    scale: Annotated[
        str | None, typer.Option("--scale", metavar="map|shared", help="One for each map, or for all (scale).")
    ] = None,
    most: Annotated[str | None, typer.Option("--max", metavar="N", help="Maps at most (max).")] = None,
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
    """Show what a layer makes of a picture: one map a channel, the strongest first.

    \b
    dlcli visualize activations cat.png -o maps.png
    dlcli visualize activations cat.png --layer blocks.3 --max 16 -o maps.png
    dlcli visualize activations cat.png -m RUN --layer 'layer*' -o all.png
    """
    named = own.network(model, seed, device) | own.shape(size_px, fit)
    named |= {"layer": ("--layer", layer), "order": ("--order", order), "scale": ("--scale", scale)}
    named |= {"max": ("--max", most)}
    resolved = own.resolve("activations", recipe, set_, named)
    from dlcli.backends import visualize as common
    from dlcli.backends import visualize_layers as backend

    output = options.output(json=json, jsonl=jsonl, quiet=quiet)
    place = common.Place(out, raw, stamp, depfile, download)
    if list_layers:
        common.list_layers("activations", resolved, output, place, backend.early)
    else:
        backend.activations(inputs or [], resolved, output, place)


@app.command("embedding", context_settings=HELP, epilog="All keys: dlcli recipes keys visualize-embedding")
def embedding(
    inputs: Annotated[
        list[str] | None,
        typer.Argument(metavar="[INPUT]...", help="Pictures, a folder (of class folders), or a data word: digits."),
    ] = None,
    of: Annotated[
        str | None, typer.Option("--of", metavar="features|filters", help="Of pictures, or of a layer (of).")
    ] = None,
    method: Annotated[
        str | None, typer.Option("--method", metavar="pca|tsne", help="Which two directions (method).")
    ] = None,
    draw: Annotated[
        str | None, typer.Option("--draw", metavar="dots|thumbnails", help="What stands for a point (draw).")
    ] = None,
    max_pictures: Annotated[
        str | None, typer.Option("--max-pictures", metavar="N", help="Taken at most (max_pictures).")
    ] = None,
    table: Annotated[
        str | None,
        typer.Option("--table", metavar="FILE", help="Coordinates as .csv or .tsv.", rich_help_panel=own.FILES),
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
    """Lay pictures out by what a network sees in them, or a layer's filters by their weights.

    \b
    dlcli visualize embedding photos/ -o map.png --table map.csv
    dlcli visualize embedding digits -m RUN --method tsne -o map.png
    dlcli visualize embedding --of filters -m torchvision:resnet18 -o filters.png
    """
    named = own.network(model, seed, device) | own.shape(size_px, fit)
    named |= {"of": ("--of", of), "layer": ("--layer", layer), "method": ("--method", method)}
    named |= {"draw": ("--draw", draw), "max_pictures": ("--max-pictures", max_pictures)}
    resolved = own.resolve("embedding", recipe, set_, named)
    from dlcli.backends import visualize as common
    from dlcli.backends import visualize_embedding as backend

    output = options.output(json=json, jsonl=jsonl, quiet=quiet)
    place = common.Place(out, raw, stamp, depfile, download)
    if list_layers:
        common.list_layers("embedding", resolved, output, place, backend.before_head)
    else:
        backend.embedding(inputs or [], resolved, output, place, table)
