"""dlcli visualize: all."""

from __future__ import annotations

from typing import Annotated

import typer

from dlcli.cli import options
from dlcli.cli import visualize_options as own
from dlcli.cli.options import HELP

app = typer.Typer(add_completion=False, context_settings=HELP, rich_markup_mode="rich")


@app.command("all", context_settings=HELP, epilog="All keys: dlcli recipes keys visualize-all")
def all_(
    inputs: own.Pictures = None,
    part: Annotated[
        list[str] | None, typer.Option("--part", metavar="VERB", help="A section; repeatable, in order (parts).")
    ] = None,
    classes: own.Class = None,
    top: own.Top = None,
    model: own.Model = None,
    layer: own.Layer = None,
    size_px: own.SizePx = None,
    fit: own.Fit = None,
    seed: own.Seed = None,
    device: own.Device = None,
    download: own.Download = False,
    recipe: options.Recipe = None,
    set_: options.Set = None,
    out: Annotated[
        str | None,
        typer.Option("-o", "--out", metavar="DIR", help="Folder of the page (visualize).", rich_help_panel=own.FILES),
    ] = None,
    stamp: options.Stamp = None,
    depfile: options.Depfile = None,
    json: options.Json = False,
    jsonl: options.Jsonl = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Look at a network and its answer in every way that fits, on one page that needs no network to be read.

    \b
    dlcli visualize all cat.png -o page/
    dlcli visualize all photos/ -m runs/classify/transfer-1 -o pages/
    dlcli visualize all cat.png -r visualize/all-slow -o page/
    """
    named = own.network(model, seed, device) | own.shape(size_px, fit) | own.asked(classes, top)
    named |= {"layer": ("--layer", layer), "parts": ("--part", part)}
    resolved = own.resolve("all", recipe, set_, named)
    from dlcli.backends import visualize_all as backend
    from dlcli.backends.visualize_writer import Place

    output = options.output(json=json, jsonl=jsonl, quiet=quiet)
    backend.run(inputs or [], resolved, output, Place(out or "visualize", None, stamp, depfile, download))
