"""dlcli visualize: score, sanity, pointing."""

from __future__ import annotations

from typing import Annotated

import typer

from dlcli.cli import options
from dlcli.cli import visualize_options as own
from dlcli.cli.options import HELP

app = typer.Typer(add_completion=False, context_settings=HELP, rich_markup_mode="rich")
KNOWN = "gradcam|gradcam++|layercam|hirescam|eigencam|saliency|guided-backprop"
Method = Annotated[list[str] | None, typer.Option("--method", metavar=KNOWN, help="Repeatable (methods).")]
Out = Annotated[
    str | None,
    typer.Option(
        "-o", "--out", metavar="PATH", help="Draw too: a .png, a folder, or - (PNG).", rich_help_panel=own.FILES
    ),
]


@app.command("score", context_settings=HELP, epilog="All keys: dlcli recipes keys visualize-score")
def score(
    inputs: own.Pictures = None,
    metric: Annotated[
        list[str] | None,
        typer.Option("--metric", metavar="insertion|deletion|average-drop|road", help="Default: all (metrics)."),
    ] = None,
    method: Method = None,
    map_: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="PATH", help="Own map, .npy, or a folder of PICTURE.npy (maps)."),
    ] = None,
    classes: own.Class = None,
    top: own.Top = None,
    fail_under: options.FailUnder = None,
    fail_over: options.FailOver = None,
    model: own.Model = None,
    layer: own.Layer = None,
    size_px: own.SizePx = None,
    fit: own.Fit = None,
    seed: own.Seed = None,
    device: own.Device = None,
    download: own.Download = False,
    recipe: options.Recipe = None,
    set_: options.Set = None,
    out: Out = None,
    stamp: options.Stamp = None,
    depfile: options.Depfile = None,
    json: options.Json = False,
    jsonl: options.Jsonl = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Measure how faithful maps are to the network, beside a random map and the picture's edges.

    \b
    dlcli visualize score photos/ --method gradcam --method saliency
    dlcli visualize score cat.png --map mine.npy --metric road --metric deletion
    """
    named = own.network(model, seed, device) | own.shape(size_px, fit) | own.asked(classes, top)
    named |= {"layer": ("--layer", layer), "methods": ("--method", method or None)}
    named |= {"metrics": ("--metric", metric or None), "maps": ("--map", map_ or None)}
    resolved = own.resolve("score", recipe, set_, named)
    from dlcli.backends import visualize_judge as backend
    from dlcli.backends.visualize_writer import Place

    output = options.output(json=json, jsonl=jsonl, quiet=quiet)
    checks = backend.Checks(fail_under or [], fail_over or [])
    backend.score(inputs or [], resolved, output, Place(out, None, stamp, depfile, download), checks)


@app.command("sanity", context_settings=HELP, epilog="All keys: dlcli recipes keys visualize-sanity")
def sanity(
    inputs: own.Pictures = None,
    method: Method = None,
    stages: Annotated[str | None, typer.Option("--stages", metavar="N", help="Groups of layers (stages).")] = None,
    order: Annotated[
        str | None, typer.Option("--order", metavar="cascading|independent", help="All above too, or alone (order).")
    ] = None,
    classes: own.Class = None,
    top: own.Top = None,
    fail_under: options.FailUnder = None,
    fail_over: options.FailOver = None,
    model: own.Model = None,
    layer: own.Layer = None,
    size_px: own.SizePx = None,
    fit: own.Fit = None,
    seed: own.Seed = None,
    device: own.Device = None,
    download: own.Download = False,
    recipe: options.Recipe = None,
    set_: options.Set = None,
    out: Out = None,
    stamp: options.Stamp = None,
    depfile: options.Depfile = None,
    json: options.Json = False,
    jsonl: options.Jsonl = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Make weights random from the top: a map that stays the same shows the picture, not the network.

    \b
    dlcli visualize sanity cat.png -o sanity.png
    dlcli visualize sanity photos/ -m RUN --fail-over gradcam/spearman=0.5
    """
    named = own.network(model, seed, device) | own.shape(size_px, fit) | own.asked(classes, top)
    named |= {"layer": ("--layer", layer), "methods": ("--method", method or None)}
    named |= {"stages": ("--stages", stages), "order": ("--order", order)}
    resolved = own.resolve("sanity", recipe, set_, named)
    from dlcli.backends import visualize_judge_sanity as backend
    from dlcli.backends.visualize_judge import Checks
    from dlcli.backends.visualize_writer import Place

    output = options.output(json=json, jsonl=jsonl, quiet=quiet)
    place = Place(out, None, stamp, depfile, download)
    backend.sanity(inputs or [], resolved, output, place, Checks(fail_under or [], fail_over or []))


@app.command("pointing", context_settings=HELP, epilog="All keys: dlcli recipes keys visualize-pointing")
def pointing(
    inputs: Annotated[
        list[str] | None,
        typer.Argument(metavar="[INPUT]...", help="Files, folders; default: those in the boxes' file."),
    ] = None,
    boxes: Annotated[
        str | None,
        typer.Option("--boxes", metavar="FILE", help="COCO .json, or .csv: input,x0,y0,x1,y1,class (boxes)."),
    ] = None,
    ask: Annotated[
        str | None, typer.Option("--ask", metavar="boxes|answer", help="For the class of the boxes, or answered (ask).")
    ] = None,
    method: Method = None,
    fail_under: options.FailUnder = None,
    fail_over: options.FailOver = None,
    model: own.Model = None,
    layer: own.Layer = None,
    size_px: own.SizePx = None,
    fit: own.Fit = None,
    seed: own.Seed = None,
    device: own.Device = None,
    download: own.Download = False,
    recipe: options.Recipe = None,
    set_: options.Set = None,
    out: Out = None,
    stamp: options.Stamp = None,
    depfile: options.Depfile = None,
    json: options.Json = False,
    jsonl: options.Jsonl = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Play the pointing game: how often the highest place of a map lies in the box of what it explains.

    \b
    dlcli visualize pointing --boxes coco.json
    dlcli visualize pointing photos/ --boxes boxes.csv --ask answer -o pointed/
    """
    named = own.network(model, seed, device) | own.shape(size_px, fit)
    named |= {"layer": ("--layer", layer), "methods": ("--method", method or None)}
    named |= {"boxes": ("--boxes", boxes), "ask": ("--ask", ask)}
    resolved = own.resolve("pointing", recipe, set_, named)
    from dlcli.backends import visualize_judge_pointing as backend
    from dlcli.backends.visualize_judge import Checks
    from dlcli.backends.visualize_writer import Place

    output = options.output(json=json, jsonl=jsonl, quiet=quiet)
    place = Place(out, None, stamp, depfile, download)
    backend.points(inputs or [], resolved, output, place, Checks(fail_under or [], fail_over or []))
