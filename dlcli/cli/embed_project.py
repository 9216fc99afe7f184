"""dlcli embed: project."""

from __future__ import annotations

import typer

app = typer.Typer(add_completion=False)
