"""dlcli embed: project."""

from __future__ import annotations

from typing import Annotated

import typer

from dlcli.cli import embed_options as own
from dlcli.cli import options
from dlcli.cli.options import HELP

app = typer.Typer(add_completion=False, context_settings=HELP, rich_markup_mode="rich")
WHICH, COLORS = "Which words", "Colors"


@app.command("project", context_settings=HELP, epilog="All keys: dlcli recipes keys embed-project")
def project(
    vectors: own.Vectors,
    method: Annotated[str | None, typer.Option(metavar="pca|tsne", help="Which two directions (method).")] = None,
    top: Annotated[
        str | None,
        typer.Option(metavar="N", help="Words drawn: the first, or the nearest (top).", rich_help_panel=WHICH),
    ] = None,
    words: Annotated[
        str | None, typer.Option(metavar="A,B,...|FILE", help="Draw these (words).", rich_help_panel=WHICH)
    ] = None,
    near: Annotated[
        str | None, typer.Option(metavar="WORD", help="Draw it and its nearest (near).", rich_help_panel=WHICH)
    ] = None,
    groups: Annotated[
        str | None, typer.Option(metavar="FILE", help="Lines WORD<TAB>GROUP (groups).", rich_help_panel=COLORS)
    ] = None,
    clusters: Annotated[
        str | None, typer.Option(metavar="K", help="Clusters of k-means (clusters).", rich_help_panel=COLORS)
    ] = None,
    normalize: Annotated[
        bool | None, typer.Option("--normalize/--no-normalize", help="Make lengths equal first (normalize).")
    ] = None,
    perplexity: Annotated[
        str | None, typer.Option(metavar="X", help="Neighbors of a word, for tsne (perplexity).")
    ] = None,
    seed: Annotated[str | None, typer.Option(metavar="N", help="Of tsne and k-means (seed).")] = None,
    recipe: options.Recipe = None,
    set_: options.Set = None,
    out: Annotated[
        str | None, typer.Option("-o", "--out", metavar="PATH", help="A .png, .html, .csv or .json, or a folder.")
    ] = None,
    stamp: options.Stamp = None,
    depfile: options.Depfile = None,
    json: options.Json = False,
    jsonl: options.Jsonl = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Draw words as a map of their vectors: a picture, a page to zoom in, or coordinates.

    \b
    dlcli embed project vec.txt -o map.html
    dlcli embed project vec.txt --near frog --method tsne -o frog.png
    dlcli embed project vec.txt --groups kinds.tsv -o map/
    """
    named = {
        "method": ("--method", method),
        "top": ("--top", top),
        "words": ("--words", words),
        "near": ("--near", near),
        "groups": ("--groups", groups),
        "clusters": ("--clusters", clusters),
        "normalize": ("--normalize", normalize),
        "perplexity": ("--perplexity", perplexity),
        "seed": ("--seed", seed),
    }
    resolved = own.resolve("embed-project", recipe, set_, named)
    from dlcli.backends import embed_project as backend

    output = options.output(json=json, jsonl=jsonl, quiet=quiet)
    backend.project(vectors, resolved, output, backend.Place(out, stamp, depfile))
