"""dlcli embed: vectorize, cooccurrence, pairs."""

from __future__ import annotations

import typer

app = typer.Typer(add_completion=False)
