"""dlcli visualize: the verbs of ``names.VISUALIZE`` in this file."""

from __future__ import annotations

import typer

from dlcli.cli.options import HELP

app = typer.Typer(add_completion=False, context_settings=HELP, rich_markup_mode="rich")
