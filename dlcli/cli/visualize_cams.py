"""dlcli visualize: cam, gradcam."""

from __future__ import annotations

from typing import Annotated

import typer

from dlcli.cli import options
from dlcli.cli import visualize_options as own
from dlcli.cli.options import HELP

app = typer.Typer(add_completion=False, context_settings=HELP, rich_markup_mode="rich")
Opacity = Annotated[str | None, typer.Option("--opacity", metavar="X", help="Of the map, 0 to 1 (opacity).")]


@app.command("cam", context_settings=HELP, epilog="All keys: dlcli recipes keys visualize-cam")
def cam(
    inputs: own.Pictures = None,
    classes: own.Class = None,
    top: own.Top = None,
    opacity: Opacity = None,
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
    """Show which parts of a picture speak for a class, by the weights of the network's last layer.

    For networks whose head is one linear layer on global averages; others: gradcam.

    \b
    dlcli visualize cam cat.png -o cam.png
    dlcli visualize cam cat.png --top 3 -o three.png
    dlcli visualize cam photos/ -m torchvision:resnet18@random -o maps/
    """
    named = own.network(model, seed, device) | own.shape(size_px, fit) | own.asked(classes, top)
    named |= {"opacity": ("--opacity", opacity)}
    resolved = own.resolve("cam", recipe, set_, named)
    from dlcli.backends import visualize as common
    from dlcli.backends import visualize_cams as backend

    output = options.output(json=json, jsonl=jsonl, quiet=quiet)
    backend.cam(inputs or [], resolved, output, common.Place(out, raw, stamp, depfile, download))


@app.command("gradcam", context_settings=HELP, epilog="All keys: dlcli recipes keys visualize-gradcam")
def gradcam(
    inputs: own.Pictures = None,
    classes: own.Class = None,
    top: own.Top = None,
    method: Annotated[
        list[str] | None,
        typer.Option("--method", metavar="gradcam|gradcam++|layercam|hirescam|eigencam", help="Repeatable (methods)."),
    ] = None,
    opacity: Opacity = None,
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
    """Show which parts of a picture speak for a class: Grad-CAM and its kin.

    \b
    dlcli visualize gradcam cat.png -o cam.png
    dlcli visualize gradcam cat.png --class "tiger cat" --class 285 -o both.png
    dlcli visualize gradcam photos/ --method gradcam --method layercam -o maps/
    """
    named = own.network(model, seed, device) | own.shape(size_px, fit) | own.asked(classes, top)
    named |= {"layer": ("--layer", layer), "methods": ("--method", method), "opacity": ("--opacity", opacity)}
    resolved = own.resolve("gradcam", recipe, set_, named)
    from dlcli.backends import visualize as common
    from dlcli.backends import visualize_cams as backend

    output = options.output(json=json, jsonl=jsonl, quiet=quiet)
    place = common.Place(out, raw, stamp, depfile, download)
    if list_layers:
        common.list_layers("gradcam", resolved, output, place)
    else:
        backend.gradcam(inputs or [], resolved, output, place)
