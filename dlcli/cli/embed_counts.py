"""dlcli embed: vectorize, cooccurrence, pairs."""

from __future__ import annotations

from typing import Annotated

import typer

from dlcli.cli import embed_options as own
from dlcli.cli import options
from dlcli.cli.options import HELP

app = typer.Typer(add_completion=False, context_settings=HELP, rich_markup_mode="rich")
WORDS, SPEAK = "Words", "Counting"
Out = Annotated[
    str | None, typer.Option("-o", "--out", metavar="FILE", help="Write .npz and its vocabulary, .csv or .tsv instead.")
]
By = Annotated[
    str | None, typer.Option(metavar="whitespace|word|char", help="What a token is (by).", rich_help_panel=WORDS)
]
Lower = Annotated[
    bool | None, typer.Option("--lower/--no-lower", help="All lower case (lower).", rich_help_panel=WORDS)
]
Drop = Annotated[
    list[str] | None,
    typer.Option(metavar="english|FILE|WORD", help="Words left out (drop); repeatable.", rich_help_panel=WORDS),
]
MinCount = Annotated[
    str | None, typer.Option(metavar="N", help="Leave rarer ones out (min_count).", rich_help_panel=WORDS)
]
Most = Annotated[str | None, typer.Option(metavar="N", help="Keep the N most frequent (most).", rich_help_panel=WORDS)]
Window = Annotated[str | None, typer.Option(metavar="N", help="Words to each side (window).", rich_help_panel=SPEAK)]


def _with_drop(sets: list[str] | None, drop: list[str] | None) -> list[str]:
    return [*(sets or []), *(f"drop+={word}" for word in drop or [])]


@app.command("vectorize", context_settings=HELP, epilog="All keys: dlcli recipes keys embed-vectorize")
def vectorize(
    texts: own.Texts = None,
    kind: Annotated[
        str | None,
        typer.Option(
            metavar="onehot|binary|bow|tfidf",
            help="Tokens as 0 and 1, documents as 0 and 1, counts, weights (kind).",
            rich_help_panel=SPEAK,
        ),
    ] = None,
    unit: Annotated[
        str | None, typer.Option(metavar="line|file", help="What a document is (unit).", rich_help_panel=SPEAK)
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(metavar="whitespace|word|char|sklearn", help="What a token is (by).", rich_help_panel=WORDS),
    ] = None,
    lower: Lower = None,
    drop: Drop = None,
    ngrams: Annotated[
        str | None,
        typer.Option(metavar="N-M", help="Tokens in a row that are one term (ngrams).", rich_help_panel=WORDS),
    ] = None,
    min_count: MinCount = None,
    min_df: Annotated[
        str | None,
        typer.Option(metavar="N", help="Leave terms of fewer documents out (min_df).", rich_help_panel=WORDS),
    ] = None,
    max_df: Annotated[
        str | None,
        typer.Option(metavar="SHARE", help="Leave terms of more documents out (max_df).", rich_help_panel=WORDS),
    ] = None,
    most: Most = None,
    tfidf: Annotated[
        str | None, typer.Option(metavar="course|sklearn", help="Which formula (tfidf).", rich_help_panel=SPEAK)
    ] = None,
    smooth: Annotated[
        bool | None,
        typer.Option(
            "--smooth/--no-smooth", help="Ones inside scikit-learn's logarithm (smooth).", rich_help_panel=SPEAK
        ),
    ] = None,
    sublinear: Annotated[
        bool | None,
        typer.Option(
            "--sublinear/--no-sublinear", help="1 + ln(count) for the count (sublinear).", rich_help_panel=SPEAK
        ),
    ] = None,
    norm: Annotated[
        str | None, typer.Option(metavar="auto|none|l1|l2", help="Scale each row to 1 (norm).", rich_help_panel=SPEAK)
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            "-m", "--model", metavar="FILE", help="Terms and weights learnt before: the .npz, or its .vocabulary.json."
        ),
    ] = None,
    recipe: options.Recipe = None,
    set_: options.Set = None,
    out: Out = None,
    stamp: options.Stamp = None,
    depfile: options.Depfile = None,
    json: options.Json = False,
    jsonl: options.Jsonl = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Make rows of numbers of documents: one-hot, bag of words or TF-IDF.

    TF-IDF as taught is count/length · ln(N/df): "get", 30 of the 2000 words of a document and in 6000 of 10000
    documents, gets 30/2000 · ln(10000/6000) = 0.0077; "cosine", 6 of 2000 and in 10, gets 0.0207.

    \b
    dlcli embed vectorize lee --lower --by word --drop english -o lee.npz
    head -3 new.txt | dlcli embed vectorize - -m lee.npz
    dlcli embed vectorize a.txt b.txt --unit file --kind bow -o counts.csv
    """
    named = {
        "kind": ("--kind", kind),
        "unit": ("--unit", unit),
        "by": ("--by", by),
        "lower": ("--lower", lower),
        "ngrams": ("--ngrams", ngrams),
        "min_count": ("--min-count", min_count),
        "min_df": ("--min-df", min_df),
        "max_df": ("--max-df", max_df),
        "most": ("--most", most),
        "tfidf": ("--tfidf", tfidf),
        "smooth": ("--smooth", smooth),
        "sublinear": ("--sublinear", sublinear),
        "norm": ("--norm", norm),
    }
    resolved = own.resolve("embed-vectorize", recipe, _with_drop(set_, drop), named)
    output = options.output(json=json, jsonl=jsonl, quiet=quiet)
    from dlcli.backends import embed_vectorize as backend

    backend.vectorize(texts, resolved, output, out, model=model, stamp=stamp, depfile=depfile)


@app.command("cooccurrence", context_settings=HELP, epilog="All keys: dlcli recipes keys embed-cooccurrence")
def cooccurrence(
    texts: own.Texts = None,
    window: Window = None,
    weights: Annotated[
        str | None,
        typer.Option(
            metavar="flat|ramp|inverse", help="By distance d: 1, window + 1 - d, 1/d (weights).", rich_help_panel=SPEAK
        ),
    ] = None,
    ramp: Annotated[bool, typer.Option("--ramp", help="Same as --weights ramp.", rich_help_panel=SPEAK)] = False,
    direction: Annotated[
        str | None,
        typer.Option(metavar="both|left|right", help="Which side is looked at (direction).", rich_help_panel=SPEAK),
    ] = None,
    cap: Annotated[
        str | None, typer.Option(metavar="X", help="Cut greater counts to X (cap).", rich_help_panel=SPEAK)
    ] = None,
    weighting: Annotated[
        str | None,
        typer.Option(metavar="raw|log|ppmi|pearson", help="What becomes of counts (weighting).", rich_help_panel=SPEAK),
    ] = None,
    by: By = None,
    lower: Lower = None,
    drop: Drop = None,
    min_count: MinCount = None,
    most: Most = None,
    top: Annotated[
        str | None, typer.Option(metavar="N", help="Pairs given, 0: all (top).", rich_help_panel="Output")
    ] = None,
    recipe: options.Recipe = None,
    set_: options.Set = None,
    out: Out = None,
    stamp: options.Stamp = None,
    depfile: options.Depfile = None,
    json: options.Json = False,
    jsonl: options.Jsonl = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Count how often words stand near each other, within a line; the strongest pairs come first.

    Without text the course's example is counted. What fit --method svd reduces to vectors is this table.

    \b
    dlcli embed cooccurrence
    dlcli embed cooccurrence lee --lower --drop english --ramp --weighting ppmi
    dlcli embed cooccurrence corpus.txt --cap 100 --most 30000 -o counts.npz
    """
    from dlcli.core.errors import UsageError

    if ramp and weights not in (None, "ramp"):
        raise UsageError(f"--ramp and --weights {weights} contradict each other", "give one of them", key="--ramp")
    named = {
        "window": ("--window", window),
        "weights": ("--ramp", "ramp") if ramp else ("--weights", weights),
        "direction": ("--direction", direction),
        "cap": ("--cap", cap),
        "weighting": ("--weighting", weighting),
        "by": ("--by", by),
        "lower": ("--lower", lower),
        "min_count": ("--min-count", min_count),
        "most": ("--most", most),
        "top": ("--top", top),
    }
    resolved = own.resolve("embed-cooccurrence", recipe, _with_drop(set_, drop), named)
    output = options.output(json=json, jsonl=jsonl, quiet=quiet)
    from dlcli.backends import embed_counts as backend

    backend.cooccurrence(texts, resolved, output, out, stamp=stamp, depfile=depfile)


@app.command("pairs", context_settings=HELP, epilog="All keys: dlcli recipes keys embed-pairs")
def pairs(
    texts: own.Texts = None,
    method: Annotated[
        str | None,
        typer.Option(metavar="skipgram|cbow", help="One neighbor a line, or all (method).", rich_help_panel=SPEAK),
    ] = None,
    window: Window = None,
    negatives: Annotated[
        str | None, typer.Option(metavar="N", help="Words drawn for each pair (negatives).", rich_help_panel=SPEAK)
    ] = None,
    ns_exponent: Annotated[
        str | None, typer.Option(metavar="X", help="Drawn by count to this power (ns_exponent).", rich_help_panel=SPEAK)
    ] = None,
    seed: Annotated[
        str | None, typer.Option(metavar="N", help="Of what is drawn (seed).", rich_help_panel=SPEAK)
    ] = None,
    by: By = None,
    lower: Lower = None,
    drop: Drop = None,
    recipe: options.Recipe = None,
    set_: options.Set = None,
    out: Annotated[str | None, typer.Option("-o", "--out", metavar="FILE", help="Write TSV there, or .jsonl.")] = None,
    stamp: options.Stamp = None,
    depfile: options.Depfile = None,
    json: options.Json = False,
    jsonl: options.Jsonl = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Print what word2vec trains on: each word with each neighbor (skip-gram) or with all of them (CBOW).

    Without text the course's sentence is used. With --negatives words are drawn too, by their share of the text to
    the power 3/4: 0.9, 0.09 and 0.01 become 0.92, 0.16 and 0.032 before they are divided by their sum.

    \b
    dlcli embed pairs
    dlcli embed pairs --method cbow --window 1
    dlcli embed pairs lee --negatives 5 --seed 1 | head -40
    """
    named = {
        "method": ("--method", method),
        "window": ("--window", window),
        "negatives": ("--negatives", negatives),
        "ns_exponent": ("--ns-exponent", ns_exponent),
        "seed": ("--seed", seed),
        "by": ("--by", by),
        "lower": ("--lower", lower),
    }
    resolved = own.resolve("embed-pairs", recipe, _with_drop(set_, drop), named)
    output = options.output(json=json, jsonl=jsonl, quiet=quiet)
    from dlcli.backends import embed_pairs as backend

    backend.pairs(texts, resolved, output, out, stamp=stamp, depfile=depfile)
