"""dlcli visualize: maximize, fool."""

from __future__ import annotations

from typing import Annotated

import typer

from dlcli.cli import options
from dlcli.cli import visualize_options as own
from dlcli.cli.options import HELP

app = typer.Typer(add_completion=False, context_settings=HELP, rich_markup_mode="rich")


def _prior(option: str, key: str, text: str) -> object:
    return typer.Option(option, metavar="X", help=f"{text} (priors.{key}).")


Picture = Annotated[
    str | None,
    typer.Option("--picture", metavar="FILE", help="A .png for the picture alone.", rich_help_panel=own.FILES),
]


@app.command("maximize", context_settings=HELP, epilog="All keys: dlcli recipes keys visualize-maximize")
def maximize(
    inputs: Annotated[
        list[str] | None, typer.Argument(metavar="[INPUT]...", help="Pictures to start from; none: noise.")
    ] = None,
    classes: own.Class = None,
    channel: Annotated[
        list[str] | None, typer.Option("--channel", metavar="N", help="Of --layer; repeatable (channels).")
    ] = None,
    image: Annotated[
        str | None, typer.Option("--image", metavar="fourier|pixel", help="The numbers that are changed (image).")
    ] = None,
    steps: Annotated[str | None, typer.Option("--steps", metavar="N", help="How many (steps).")] = None,
    l2: Annotated[str | None, _prior("--l2", "l2", "Decay a step")] = None,
    blur: Annotated[str | None, _prior("--blur", "blur_px", "Gaussian, pixels")] = None,
    clip_pixels: Annotated[str | None, _prior("--clip-pixels", "clip_pixels", "Share made gray")] = None,
    clip_gradients: Annotated[str | None, _prior("--clip-gradients", "clip_gradients", "Share left alone")] = None,
    tv: Annotated[str | None, _prior("--tv", "tv", "Total variation")] = None,
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
    picture: Picture = None,
    stamp: options.Stamp = None,
    depfile: options.Depfile = None,
    json: options.Json = False,
    jsonl: options.Jsonl = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Make the picture that a class or a channel answers to most.

    \b
    dlcli visualize maximize --class flamingo --class daisy -o sheet.png
    dlcli visualize maximize --layer blocks.4 --channel 7 -o channel.png
    """
    named = own.network(model, seed, device) | own.shape(size_px, fit)
    named |= {"classes": ("--class", classes or None), "layer": ("--layer", layer), "channels": ("--channel", channel)}
    named |= {"image": ("--image", image), "steps": ("--steps", steps), "priors.l2": ("--l2", l2)}
    named |= {"priors.blur_px": ("--blur", blur), "priors.clip_pixels": ("--clip-pixels", clip_pixels)}
    named |= {"priors.clip_gradients": ("--clip-gradients", clip_gradients), "priors.tv": ("--tv", tv)}
    resolved = own.resolve("maximize", recipe, set_, {k: v for k, v in named.items() if v[1] != []})
    from dlcli.backends import visualize as common
    from dlcli.backends import visualize_images as backend

    output = options.output(json=json, jsonl=jsonl, quiet=quiet)
    place = common.Place(out, raw, stamp, depfile, download, picture)
    if list_layers:
        common.list_layers("maximize", resolved, output, place)
    else:
        backend.maximize(inputs or [], resolved, output, place)


@app.command("fool", context_settings=HELP, epilog="All keys: dlcli recipes keys visualize-fool")
def fool(
    inputs: own.Pictures = None,
    to: Annotated[str | None, typer.Option("--to", metavar="CLASS", help="The class to be seen (to).")] = None,
    epsilon: Annotated[
        str | None, typer.Option("--epsilon", metavar="N", help="Largest change of a value, of 255 (epsilon).")
    ] = None,
    goal: Annotated[str | None, typer.Option("--goal", metavar="P", help="Probability to pass (goal).")] = None,
    steps: Annotated[
        str | None, typer.Option("--steps", metavar="N", help="For each change that is tried (steps).")
    ] = None,
    model: own.Model = None,
    seed: own.Seed = None,
    device: own.Device = None,
    download: own.Download = False,
    recipe: options.Recipe = None,
    set_: options.Set = None,
    out: own.Out = None,
    raw: own.Raw = None,
    picture: Picture = None,
    stamp: options.Stamp = None,
    depfile: options.Depfile = None,
    json: options.Json = False,
    jsonl: options.Jsonl = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Change a picture, by as little as it takes, so that the network sees another class.

    The picture keeps its size; dlcli predict is fooled by the file of --picture, or by NAME-fooled.png of a folder.

    \b
    dlcli visualize fool cat.png --to daisy -o sheet.png --picture fooled.png
    dlcli visualize fool photos/ --to 985 --epsilon 4 -o fooled/
    """
    named = own.network(model, seed, device) | {"to": ("--to", to), "epsilon": ("--epsilon", epsilon)}
    named |= {"goal": ("--goal", goal), "steps": ("--steps", steps)}
    resolved = own.resolve("fool", recipe, set_, named)
    from dlcli.backends import visualize as common
    from dlcli.backends import visualize_images_fool as backend

    output = options.output(json=json, jsonl=jsonl, quiet=quiet)
    backend.fool(inputs or [], resolved, output, common.Place(out, raw, stamp, depfile, download, picture))
