"""dlcli device."""

from __future__ import annotations

import typer

from dlcli.cli import options
from dlcli.cli.options import HELP

app = typer.Typer(add_completion=False, rich_markup_mode="rich")


@app.command(context_settings=HELP)
def device(json: options.Json = False, quiet: options.Quiet = False, debug: options.Debug = False) -> None:
    """Show devices, memory, threads and versions.

    \b
    dlcli device
    dlcli device --json
    """
    from dlcli.backends import device as backend

    backend.show(options.output(json=json, quiet=quiet))
