"""dlcli visualize: saliency, deconvnet, guided-backprop, guided-gradcam."""

from __future__ import annotations

import re
from typing import Annotated, Any

import typer

from dlcli.cli import options
from dlcli.cli import visualize_options as own
from dlcli.cli.options import HELP

app = typer.Typer(add_completion=False, context_settings=HELP, rich_markup_mode="rich")
Method = Annotated[
    list[str] | None,
    typer.Option("--method", metavar="gradient|smoothgrad|integrated|occlusion", help="Repeatable (methods)."),
]
Channel = Annotated[
    list[str] | None,
    typer.Option("--channel", metavar="N", help="Of --layer; repeatable (channels).", rich_help_panel=own.NETWORK),
]
Show = Annotated[
    str | None, typer.Option("--show", metavar="color|positive", help="Around gray, or what is above 0 (show).")
]


@app.command("saliency", context_settings=HELP, epilog="All keys: dlcli recipes keys visualize-saliency")
def saliency(
    inputs: own.Pictures = None,
    classes: own.Class = None,
    top: own.Top = None,
    method: Method = None,
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
    """Show which pixels the score of a class depends on.

    \b
    dlcli visualize saliency cat.png -o saliency.png
    dlcli visualize saliency cat.png -r visualize/saliency-compared -o all.png
    dlcli visualize saliency cat.png --method occlusion -o covered.png
    """
    named = own.network(model, seed, device) | own.shape(size_px, fit) | own.asked(classes, top)
    named |= {"methods": ("--method", method)}
    resolved = own.resolve("saliency", recipe, set_, named)
    _run("saliency", inputs, resolved, (json, jsonl, quiet), (out, raw, stamp, depfile, download))


@app.command("deconvnet", context_settings=HELP, epilog="All keys: dlcli recipes keys visualize-deconvnet")
def deconvnet(
    inputs: own.Pictures = None,
    classes: own.Class = None,
    top: own.Top = None,
    show: Show = None,
    model: own.Model = None,
    layer: own.Layer = None,
    channel: Channel = None,
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
    """Show what excites a class or a unit, by a network run backwards: deconvnet.

    \b
    dlcli visualize deconvnet cat.png -o deconvnet.png
    dlcli visualize deconvnet cat.png --layer blocks.3 --channel 5 -o unit.png
    """
    named = own.network(model, seed, device) | own.shape(size_px, fit) | own.asked(classes, top)
    named |= {"layer": ("--layer", layer), "channels": ("--channel", _numbers(channel)), "show": ("--show", show)}
    resolved = own.resolve("deconvnet", recipe, set_, named)
    _run("deconvnet", inputs, resolved, (json, jsonl, quiet), (out, raw, stamp, depfile, download), list_layers)


@app.command("guided-backprop", context_settings=HELP, epilog="All keys: dlcli recipes keys visualize-guided-backprop")
def guided_backprop(
    inputs: own.Pictures = None,
    classes: own.Class = None,
    top: own.Top = None,
    show: Show = None,
    model: own.Model = None,
    layer: own.Layer = None,
    channel: Channel = None,
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
    """Show what excites a class or a unit, by gradients that only positive signals pass.

    \b
    dlcli visualize guided-backprop cat.png -o guided.png
    dlcli visualize guided-backprop cat.png --layer blocks.3 --channel 5
    """
    named = own.network(model, seed, device) | own.shape(size_px, fit) | own.asked(classes, top)
    named |= {"layer": ("--layer", layer), "channels": ("--channel", _numbers(channel)), "show": ("--show", show)}
    resolved = own.resolve("guided-backprop", recipe, set_, named)
    _run("guided-backprop", inputs, resolved, (json, jsonl, quiet), (out, raw, stamp, depfile, download), list_layers)


@app.command("guided-gradcam", context_settings=HELP, epilog="All keys: dlcli recipes keys visualize-guided-gradcam")
def guided_gradcam(
    inputs: own.Pictures = None,
    classes: own.Class = None,
    top: own.Top = None,
    show: Show = None,
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
    """Show what excites a class at the places that speak for it: guided backpropagation times Grad-CAM.

    \b
    dlcli visualize guided-gradcam cat.png -o guided.png
    dlcli visualize guided-gradcam cat.png --class "tiger cat" --class 285
    """
    named = own.network(model, seed, device) | own.shape(size_px, fit) | own.asked(classes, top)
    named |= {"layer": ("--layer", layer), "show": ("--show", show)}
    resolved = own.resolve("guided-gradcam", recipe, set_, named)
    _run("guided-gradcam", inputs, resolved, (json, jsonl, quiet), (out, raw, stamp, depfile, download), list_layers)


def _numbers(words: list[str] | None) -> str | None:
    """Return words as a list in YAML, numbers as numbers; anything else is left for the recipe to refuse."""
    if not words:
        return None
    return f"[{', '.join(w if re.fullmatch(r'-?[0-9]+', w) else own.listed([w])[1:-1] for w in words)}]"


def _run(
    verb: str, inputs: list[str] | None, resolved: Any, manner: tuple[bool, ...], place: tuple[Any, ...],
    list_layers: bool = False,
) -> None:  # fmt: skip
    """Run a verb, or list the layers it can be asked about."""
    from dlcli.backends import visualize as common
    from dlcli.backends import visualize_pixels as backend

    output = options.output(**dict(zip(("json", "jsonl", "quiet"), manner, strict=True)))
    if list_layers:
        more: dict[str, Any] = {} if verb == "guided-gradcam" else {"choose": None}
        common.list_layers(verb, resolved, output, common.Place(*place), **more)
    else:
        backend.run(verb, inputs or [], resolved, output, common.Place(*place))
