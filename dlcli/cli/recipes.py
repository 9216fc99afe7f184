"""dlcli recipes."""

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
    help="List, show, copy and check recipes; their keys and JSON Schema.\n\n\b\n"
    "dlcli recipes ls\ndlcli recipes check my.yaml",
)
Name = Annotated[str, typer.Argument(metavar="RECIPE", help="Shipped name or file.")]
TaskName = Annotated[str, typer.Argument(metavar="TASK", help="A task such as classify, predict, or a recipe.")]


@app.command("ls", context_settings=HELP)
def ls(json: options.Json = False, quiet: options.Quiet = False, debug: options.Debug = False) -> None:
    """List the shipped recipes.

    \b
    dlcli recipes ls
    """
    from dlcli.backends import recipes as backend

    backend.ls(options.output(json=json, quiet=quiet))


@app.command("show", context_settings=HELP)
def show(recipe: Name, json: options.Json = False, quiet: options.Quiet = False, debug: options.Debug = False) -> None:
    """Print a recipe file as it is.

    \b
    dlcli recipes show classify/lenet
    """
    from dlcli.backends import recipes as backend

    backend.show(recipe, options.output(json=json, quiet=quiet))


@app.command("cp", context_settings=HELP)
def cp(
    recipe: Name,
    target: Annotated[str, typer.Argument(metavar="FILE", help="The new file.")],
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Copy a recipe to a file of your own.

    \b
    dlcli recipes cp classify/lenet-digits my.yaml
    """
    from dlcli.backends import recipes as backend

    backend.cp(recipe, target, force, options.output(json=json, quiet=quiet))


@app.command("check", context_settings=HELP)
def check(
    recipes: Annotated[list[str], typer.Argument(metavar="RECIPE...", help="Shipped names, files, or - for stdin.")],
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Check recipes; exits 2 when one is wrong.

    \b
    dlcli recipes check my.yaml other.yaml
    """
    from dlcli.backends import recipes as backend

    backend.check(recipes, options.output(json=json, quiet=quiet))


@app.command("keys", context_settings=HELP)
def keys(
    task: TaskName, json: options.Json = False, quiet: options.Quiet = False, debug: options.Debug = False
) -> None:
    """List every key of a task's recipes with type, default and meaning.

    \b
    dlcli recipes keys classify
    """
    from dlcli.backends import recipes as backend

    backend.keys(task, options.output(json=json, quiet=quiet))


@app.command("schema", context_settings=HELP)
def schema(
    task: TaskName, json: options.Json = False, quiet: options.Quiet = False, debug: options.Debug = False
) -> None:
    """Print the JSON Schema of a task's recipes, for editors.

    \b
    dlcli recipes schema classify > classify.schema.json
    """
    from dlcli.backends import recipes as backend

    backend.schema(task, options.output(json=json, quiet=quiet))
