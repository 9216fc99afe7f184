"""dlcli embed."""

from __future__ import annotations

import typer

from dlcli.cli import embed_counts, embed_files, embed_fit, embed_project, embed_text, embed_use, embed_words
from dlcli.cli.options import HELP

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    context_settings=HELP,
    rich_markup_mode="rich",
    help="From raw text to word vectors: tokens, counts, training, queries, maps.\n\n\b\n"
    "dlcli embed tokenize < text | dlcli embed fit - --method skipgram -o vec.txt\n"
    "dlcli embed neighbors vec.txt frog",
)
for part in (embed_text, embed_words, embed_counts, embed_fit, embed_use, embed_files, embed_project):
    app.add_typer(part.app)
