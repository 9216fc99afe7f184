"""dlcli boost cascade, dlcli boost haar."""

from __future__ import annotations

from typing import Annotated

import typer

from dlcli.cli import options
from dlcli.cli.options import HELP

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    context_settings=HELP,
    rich_markup_mode="rich",
    help="Train and read Viola-Jones cascades.\n\n\b\n"
    "dlcli boost cascade fit faces/ --negatives rooms/ -o face\ndlcli boost cascade report face",
)


def haar(
    window: Annotated[int, typer.Option("--window", metavar="PX", help="Height and width of the window.")] = 24,
    count: Annotated[bool, typer.Option("--count", help="Only say how many there are of each type.")] = False,
    json: options.Json = False,
    jsonl: options.Jsonl = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """List the Haar features of a window, or count them by type.

    \b
    dlcli boost haar --window 24 --count
    dlcli boost haar --window 4
    """
    from dlcli.backends import boost_cascade as backend

    (backend.count if count else backend.listed)(window, options.output(json=json, jsonl=jsonl, quiet=quiet))


@app.command("fit", context_settings=HELP, epilog="All keys: dlcli recipes keys cascade")
def fit(
    faces: Annotated[list[str], typer.Argument(metavar="FACES...", help="Folders or .npy of the object.")],
    negatives: Annotated[
        list[str] | None,
        typer.Option("--negatives", metavar="DIR", help="Folder or .npy without it; repeatable."),
    ] = None,
    out: Annotated[str, typer.Option("-o", "--out", metavar="DIR", help="Where the model goes.")] = "cascade",
    force: Annotated[bool, typer.Option("--force", help="Replace a model that is there.")] = False,
    window: Annotated[str | None, typer.Option(metavar="PX", help="Height and width of the window.")] = None,
    stages: Annotated[str | None, typer.Option(metavar="N", help="Most stages.")] = None,
    stage_sizes: Annotated[
        str | None, typer.Option("--stage-sizes", metavar="N,N", help="Features of the first stages (sizes).")
    ] = None,
    detection: Annotated[str | None, typer.Option(metavar="SHARE", help="Faces each stage lets pass.")] = None,
    false_positive: Annotated[
        str | None, typer.Option("--false-positive", metavar="SHARE", help="Others it may let pass.")
    ] = None,
    features: Annotated[str | None, typer.Option(metavar="N", help="Features to choose from; null: all.")] = None,
    seed: Annotated[str | None, typer.Option(metavar="N", help="Seed of every draw.")] = None,
    recipe: options.Recipe = None,
    set_: options.Set = None,
    stamp: options.Stamp = None,
    depfile: options.Depfile = None,
    json: options.Json = False,
    jsonl: options.Jsonl = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Train a cascade: stages of boosted Haar features.

    \b
    dlcli boost cascade fit faces/ --negatives rooms/ -o face
    dlcli boost cascade fit faces.npy --negatives rooms/ --window 25
    """
    from dlcli.core import make
    from dlcli.core import recipe as recipes

    make.check(stamp, depfile, out)
    named = options.given(
        {
            "window": ("--window", window),
            "stages": ("--stages", stages),
            "sizes": ("--stage-sizes", None if stage_sizes is None else f"[{stage_sizes}]"),
            "detection": ("--detection", detection),
            "false_positive": ("--false-positive", false_positive),
            "features": ("--features", features),
            "seed": ("--seed", seed),
        }
    )
    resolved = recipes.resolve(recipe, set_ or [], named, command="cascade")
    from dlcli.backends import boost_cascade as backend

    backend.fit(
        faces,
        negatives or [],
        resolved.recipe,
        options.output(json=json, jsonl=jsonl, quiet=quiet),
        out,
        force=force,
        stamp=stamp,
        depfile=depfile,
        recipes_read=resolved.files,
    )


@app.command("report", context_settings=HELP)
def report(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="Bundle, or OpenCV's haarcascade_*.xml.")],
    json: options.Json = False,
    jsonl: options.Jsonl = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Show the stages of a cascade and its features.

    \b
    dlcli boost cascade report face
    dlcli boost cascade report haarcascade_frontalface_default.xml
    """
    from dlcli.backends import boost_cascade as backend

    backend.look(model, options.output(json=json, jsonl=jsonl, quiet=quiet))
