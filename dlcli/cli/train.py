"""dlcli train."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from dlcli.cli import options, train_look
from dlcli.cli.options import HELP

app = typer.Typer(add_completion=False, rich_markup_mode="rich")

KEYS = "Recipe keys"
RUNS = "Run"
LOOK = train_look.PANEL


@app.command(
    context_settings=HELP,
    epilog="Key groups: data, model, loss, optim, schedule, train, device. All keys: dlcli recipes keys classify",
)
def train(
    recipe: Annotated[str | None, typer.Argument(metavar="RECIPE", help="Shipped name, file, or - for stdin.")] = None,
    overrides: Annotated[
        list[str] | None, typer.Argument(metavar="[KEY=VALUE]...", help="Recipe keys; KEY+=V appends, ~KEY resets.")
    ] = None,
    data: Annotated[str | None, typer.Option(help="Training data (data.train).", rich_help_panel=KEYS)] = None,
    epochs: Annotated[str | None, typer.Option(metavar="N", help="train.epochs", rich_help_panel=KEYS)] = None,
    batch: Annotated[str | None, typer.Option(metavar="N", help="train.batch", rich_help_panel=KEYS)] = None,
    lr: Annotated[str | None, typer.Option(metavar="X", help="optim.lr", rich_help_panel=KEYS)] = None,
    seed: Annotated[str | None, typer.Option(metavar="N", help="seed", rich_help_panel=KEYS)] = None,
    device: Annotated[str | None, typer.Option(metavar="NAME", help="device.name", rich_help_panel=KEYS)] = None,
    devices: Annotated[str | None, typer.Option(metavar="N", help="device.count", rich_help_panel=KEYS)] = None,
    precision: Annotated[str | None, typer.Option(metavar="P", help="device.precision", rich_help_panel=KEYS)] = None,
    out: Annotated[
        str | None, typer.Option("-o", "--out", metavar="DIR", help="Run directory, exact.", rich_help_panel=RUNS)
    ] = None,
    resume: Annotated[
        str | None, typer.Option(metavar="RUN", help="Go on with a run; takes KEY=VALUE too.", rich_help_panel=RUNS)
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Move what is at --out aside.", rich_help_panel=RUNS)] = False,
    fail_under: options.FailUnder = None,
    fail_over: options.FailOver = None,
    print_config: Annotated[
        bool, typer.Option("--print-config", help="Print the resolved recipe.", rich_help_panel=LOOK)
    ] = False,
    show_origin: Annotated[
        bool, typer.Option("--show-origin", help="Print keys, values and origins.", rich_help_panel=LOOK)
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check data, device; write nothing.", rich_help_panel=LOOK)
    ] = False,
    watch: Annotated[
        str | None,
        typer.Option(metavar="gradients", help="Norms of gradients, activations by layer.", rich_help_panel=RUNS),
    ] = None,
    find_lr: train_look.FindLr = False,
    check_gradients: train_look.CheckGradients = False,
    overfit: train_look.Overfit = None,
    download: options.Download = False,
    stamp: options.Stamp = None,
    depfile: options.Depfile = None,
    json: options.Json = False,
    events: options.Events = None,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Train a network from a recipe.

    \b
    dlcli train classify/lenet-digits
    dlcli train classify/transfer --data photos/ train.epochs=5
    """
    from dlcli.core import launch, shipped
    from dlcli.core import recipe as recipes
    from dlcli.core import run as runs
    from dlcli.core.errors import UsageError

    place = launch.place()
    launch.watch(place)
    if not place.leads:
        from dlcli.backends import train as backend

        backend.follow(place)
        return
    output = options.output(json=json, quiet=quiet, events=events)
    words = list(overrides or [])
    named = options.given(
        {
            "data.train": ("--data", data),
            "train.epochs": ("--epochs", epochs),
            "train.batch": ("--batch", batch),
            "optim.lr": ("--lr", lr),
            "seed": ("--seed", seed),
            "device.name": ("--device", device),
            "device.count": ("--devices", devices),
            "device.precision": ("--precision", precision),
        }
    )
    look = train_look.asked(
        {"--find-lr": find_lr, "--check-gradients": check_gradients, "--overfit": overfit},
        {
            "--resume": resume,
            "--epochs": epochs,
            "--fail-under": fail_under,
            "--fail-over": fail_over,
            "--print-config": print_config,
            "--show-origin": show_origin,
            "--dry-run": dry_run,
            "--watch": watch,
            "--stamp": stamp,
            "--depfile": depfile,
        },
    )
    if resume is not None:
        if recipe is not None and "=" not in recipe and not recipe.startswith("~"):
            raise UsageError(f"--resume goes on with the run's own recipe; {recipe!r} cannot be given beside it")
        if recipe is not None:
            words.insert(0, recipe)
        if out is not None or force:
            raise UsageError("--resume goes on in the run's own directory; --out and --force do not go with it")
        run = runs.find(resume)
        if str(runs.recipe_tree(run).get("task")) == "boost":
            raise UsageError(f"{resume} is a run of dlcli boost fit, which cannot be continued", "fit it again")
        resolved = recipes.resolve(None, words, named, base=runs.recipe_tree(run), name=runs.recipe_name(run))
    elif recipe is None:
        raise UsageError("which recipe? dlcli train RECIPE", "dlcli recipes ls lists the shipped recipes")
    else:
        run = None
        shipped.check_command(recipe, "train")
        resolved = recipes.resolve(recipe, words, named)
    if print_config or show_origin:
        from dlcli.ui import tables

        tables.show_recipe(resolved, output, origins=show_origin)
        return
    if look is not None:
        from dlcli.backends import train_look as looks

        looks.look(resolved, output, place, looks.Asked(look, overfit or 0, out, force, download))
        return
    count = resolved.recipe.device.count
    if place.world > 1 and count not in (1, place.world):
        raise UsageError(
            f"device.count={count}, but {place.world} processes were started (WORLD_SIZE)",
            "leave --devices out; the launcher decides",
            key="device.count",
        )
    if place.world == 1 and count > 1 and not dry_run:
        raise typer.Exit(launch.launch(count, sys.argv[1:], resolved.stdin))
    from dlcli.backends import train as backend

    backend.train(
        resolved,
        output,
        place,
        backend.Options(
            out=out,
            run=run,
            force=force,
            dry_run=dry_run,
            download=download,
            fail_under=fail_under or [],
            fail_over=fail_over or [],
            stamp=stamp,
            depfile=depfile,
            watch=watch,
        ),
    )
