"""dlcli embed: convert and matrix."""

from __future__ import annotations

from typing import Annotated

import typer

from dlcli.cli import embed_options as own
from dlcli.cli import options
from dlcli.cli.options import HELP

app = typer.Typer(add_completion=False, context_settings=HELP, rich_markup_mode="rich")


@app.command("convert", context_settings=HELP, epilog="All keys: dlcli recipes keys embed-convert")
def convert(
    vectors: Annotated[
        str, typer.Argument(metavar="VECTORS", help="Word vectors of any format, a run of embed fit, or -.")
    ],
    out: Annotated[
        str,
        typer.Argument(
            metavar="FILE", help=".txt, .vec, .glove, .bin, .npz, .safetensors, each also .gz; - is stdout."
        ),
    ],
    to: Annotated[
        str | None, typer.Option(metavar="FORMAT", help="word2vec, word2vec-binary, glove, npz or safetensors (to).")
    ] = None,
    most: Annotated[str | None, typer.Option(metavar="N", help="Only the first N words (most).")] = None,
    normalize: Annotated[
        bool | None, typer.Option("--normalize/--no-normalize", help="Make vectors one long (normalize).")
    ] = None,
    recipe: options.Recipe = None,
    set_: options.Set = None,
    stamp: options.Stamp = None,
    depfile: options.Depfile = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Write word vectors in another format. What is read is told by its bytes, what is written by the ending.

    \b
    dlcli embed convert glove.6B.100d.txt glove.safetensors
    dlcli embed convert GoogleNews.bin.gz small.txt --most 50000
    dlcli embed convert vec.bin - | head
    """
    named = {"to": ("--to", to), "most": ("--most", most), "normalize": ("--normalize", normalize)}
    resolved = own.resolve("embed-convert", recipe, set_, named)
    from dlcli.backends import embed_files as backend

    backend.convert(vectors, out, resolved, options.output(json=json, quiet=quiet), stamp=stamp, depfile=depfile)


@app.command("matrix", context_settings=HELP, epilog="All keys: dlcli recipes keys embed-matrix")
def matrix(
    vectors: Annotated[
        str, typer.Argument(metavar="VECTORS", help="Word vectors of any format, a run of embed fit, or -.")
    ],
    words: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="The vocabulary: a word, or a word and its count, a line; or - (words)."),
    ] = None,
    text: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Instead: a text of tokens, whose words are counted; or - (text)."),
    ] = None,
    special: Annotated[
        str | None,
        typer.Option(
            metavar="A,B", help="Words of the first rows, such as '<PAD>,<UNK>': zeros and the mean (special)."
        ),
    ] = None,
    missing: Annotated[
        str | None, typer.Option(metavar="normal|zeros|mean", help="What a word without a vector gets (missing).")
    ] = None,
    lower: Annotated[
        bool | None,
        typer.Option("--lower/--no-lower", help="A word without a vector takes that of its lower case (lower)."),
    ] = None,
    min_count: Annotated[str | None, typer.Option(metavar="N", help="Rarer words get no row (min_count).")] = None,
    most: Annotated[str | None, typer.Option(metavar="N", help="Only the first N words (most).")] = None,
    seed: Annotated[str | None, typer.Option(metavar="N", help="Of what is drawn (seed).")] = None,
    out: Annotated[
        str | None, typer.Option("-o", "--out", metavar="FILE", help="The matrix, .npz; without it only the coverage.")
    ] = None,
    fail_under: options.FailUnder = None,
    recipe: options.Recipe = None,
    set_: options.Set = None,
    stamp: options.Stamp = None,
    depfile: options.Depfile = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Make the embedding matrix of a vocabulary for train, and say how much of it has vectors.

    \b
    dlcli embed matrix glove.txt --words vocab.txt -o matrix.npz
    dlcli embed tokenize a.txt | dlcli embed matrix vec.txt --text - -o m.npz
    dlcli embed matrix vec.txt --words vocab.txt --fail-under coverage=0.9
    """
    listed = None if special is None else f"[{', '.join(map(_quoted, special.split(',')))}]" if special else "[]"
    named = {
        "words": ("--words", words),
        "text": ("--text", text),
        "special": ("--special", listed),
        "missing": ("--missing", missing),
        "lower": ("--lower", lower),
        "min_count": ("--min-count", min_count),
        "most": ("--most", most),
        "seed": ("--seed", seed),
    }
    resolved = own.resolve("embed-matrix", recipe, set_, named)
    from dlcli.backends import embed_files as backend

    output = options.output(json=json, quiet=quiet)
    backend.matrix(vectors, resolved, output, out, fail_under or [], stamp=stamp, depfile=depfile)


def _quoted(word: str) -> str:
    """Return a word as YAML reads it back."""
    return "'" + word.strip().replace("'", "''") + "'"
