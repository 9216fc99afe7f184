"""dlcli embed: neighbors, analogy, odd, similarity, evaluate, encode."""

from __future__ import annotations

import typer

app = typer.Typer(add_completion=False)
