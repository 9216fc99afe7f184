"""Commands whose backend comes later: they say so and exit 4."""

from __future__ import annotations

import typer

from dlcli.cli.options import HELP
from dlcli.core.errors import MissingError
from dlcli.core.names import COMMANDS, Command


def app_for(row: Command) -> typer.Typer:
    """Return an app that takes any words and says that the command is not built yet."""
    app = typer.Typer(add_completion=False, rich_markup_mode="rich")
    settings = {**HELP, "allow_extra_args": True, "ignore_unknown_options": True}

    @app.command(row.name, help=f"{row.help}\n\nExits 4.", context_settings=settings)
    def command() -> None:
        built = ", ".join(c.name for c in COMMANDS if c.built)
        raise MissingError(f"dlcli {row.name} is not built yet; built so far: {built}")

    return app
