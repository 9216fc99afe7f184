"""dlcli embed: tokenize and bpe."""

from __future__ import annotations

import typer

app = typer.Typer(add_completion=False)
