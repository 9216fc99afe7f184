"""The command tree: names and one-line helps from ``core/names.py``, modules imported when their command is used."""

from __future__ import annotations

import gc
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from dlcli import __version__
from dlcli.core.names import COMMANDS, Command


class LazyCommand(TyperCommand):
    """Stands for a command until it is used; ``make_context`` is where Typer first needs the real one."""

    def __init__(self, row: Command):
        super().__init__(name=row.name, help=row.help, rich_help_panel=row.panel, callback=lambda: None)
        self.row = row

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Import the command's module and let its own command go on."""
        command = typer.main.get_command(load(self.row))
        command.name = self.row.name
        context = command.make_context(info_name, args, parent=parent, **extra)
        gc.enable()  # __main__ turned it off for the start; what follows may be long
        return context


class LazyGroup(TyperGroup):
    """The root: all commands by name, none imported."""

    def __init__(self, **settings: Any):
        super().__init__(**settings)
        for row in COMMANDS:
            self.add_command(LazyCommand(row))


def load(row: Command) -> typer.Typer:
    """Return the Typer app of a command."""
    if not row.built:
        from dlcli.cli import unbuilt

        return unbuilt.app_for(row)
    return import_module(f"dlcli.cli.{row.name}").app


app = typer.Typer(
    cls=LazyGroup,
    add_completion=False,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(
    invoke_without_command=True,
    epilog="Commands take --json, -q and --debug, before or after their name. dlcli COMMAND --help says more.",
)
def root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """The deep-learning course as a command-line toolkit.

    `train X/...` makes it, `dlcli X` applies it, the tools look at it.
    """
    if version:
        typer.echo(f"dlcli {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(0)
