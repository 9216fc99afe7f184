"""dlcli embed: fit."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dlcli.cli import embed_options as own
from dlcli.cli import options
from dlcli.cli.options import HELP

if TYPE_CHECKING:
    from dlcli.core.recipe import Resolved

app = typer.Typer(add_completion=False)
TEXT, METHOD, WORD2VEC, GLOVE, SVD = "Text", "Method", "skipgram and cbow", "glove", "svd"
RUNS, LOOK = "Run", "Look before fitting"


def _option(panel: str, metavar: str, text: str, *names: str) -> typer.models.OptionInfo:
    return typer.Option(*names, metavar=metavar, help=text, rich_help_panel=panel)


@app.command("fit", context_settings=HELP, epilog="All keys: dlcli recipes keys embed")
def fit(
    texts: own.Texts = None,
    by: Annotated[str | None, _option(TEXT, "whitespace|word|char", "What a word is (data.by).")] = None,
    lower: Annotated[
        bool | None, typer.Option("--lower/--no-lower", help="Make all lower case (data.lower).", rich_help_panel=TEXT)
    ] = None,
    min_count: Annotated[str | None, _option(TEXT, "N", "Leave rarer words out (data.min_count).")] = None,
    most: Annotated[str | None, _option(TEXT, "N", "Keep the N most frequent words (data.most).")] = None,
    method: Annotated[str | None, _option(METHOD, "skipgram|cbow|glove|svd", "How it learns (model.name).")] = None,
    dim: Annotated[str | None, _option(METHOD, "N", "Numbers in a vector (model.dim).")] = None,
    window: Annotated[str | None, _option(METHOD, "N", "Neighbors to each side (model.window).")] = None,
    epochs: Annotated[str | None, _option(METHOD, "N", "Passes; not of svd (model.epochs).")] = None,
    lr: Annotated[str | None, _option(METHOD, "X", "Learning rate; not of svd (model.lr).")] = None,
    seed: Annotated[str | None, _option(METHOD, "N", "Of what is drawn (seed).")] = None,
    loss: Annotated[
        str | None, _option(WORD2VEC, "negative|softmax", "Against drawn words or all (model.loss).")
    ] = None,
    negatives: Annotated[str | None, _option(WORD2VEC, "N", "Words drawn for a pair (model.negatives).")] = None,
    ns_exponent: Annotated[str | None, _option(WORD2VEC, "X", "Power of their counts (model.ns_exponent).")] = None,
    sample: Annotated[str | None, _option(WORD2VEC, "X", "Thin out frequent words (model.sample).")] = None,
    engine: Annotated[
        str | None, _option(WORD2VEC, "auto|gensim|torch", "Who trains: gensim or ours (engine).")
    ] = None,
    device: Annotated[str | None, _option(WORD2VEC, "NAME", "auto, cpu, cuda, cuda:N or mps (device.name).")] = None,
    c_max: Annotated[str | None, _option(GLOVE, "X", "Counts from here on weigh 1 (model.c_max).")] = None,
    alpha: Annotated[str | None, _option(GLOVE, "X", "Power for rarer counts (model.alpha).")] = None,
    weighting: Annotated[
        str | None, _option(SVD, "raw|log|ppmi|pearson", "What becomes of counts (model.weighting).")
    ] = None,
    power: Annotated[str | None, _option(SVD, "X", "Power of the singular values (model.power).")] = None,
    ramp: Annotated[
        bool | None,
        typer.Option("--ramp/--no-ramp", help="Near neighbors count more (model.ramp).", rich_help_panel=SVD),
    ] = None,
    direction: Annotated[str | None, _option(SVD, "both|left|right", "Sides looked at (model.direction).")] = None,
    cap: Annotated[str | None, _option(SVD, "X", "Cut greater counts to this (model.cap).")] = None,
    drop: Annotated[list[str] | None, _option(SVD, "WORD|english", "Words left out; repeatable (model.drop).")] = None,
    threads: Annotated[str | None, typer.Option(metavar="N", help="Processor threads, 0: all (threads).")] = None,
    recipe: options.Recipe = None,
    set_: options.Set = None,
    out: Annotated[
        str | None,
        _option(RUNS, "FILE|DIR", "Vectors (.txt .vec .bin .npz .safetensors, .gz), or a run.", "-o", "--out"),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Move the run at --out aside.", rich_help_panel=RUNS)] = False,
    fail_under: options.FailUnder = None,
    fail_over: options.FailOver = None,
    print_config: Annotated[
        bool, typer.Option("--print-config", help="Print the resolved recipe.", rich_help_panel=LOOK)
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read and count the text; write nothing.", rich_help_panel=LOOK)
    ] = False,
    stamp: options.Stamp = None,
    depfile: options.Depfile = None,
    json: options.Json = False,
    events: options.Events = None,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Learn word vectors from text: word2vec, GloVe, or counts and SVD.

    \b
    dlcli embed fit lee --method svd --by word --lower
    dlcli embed tokenize < text | dlcli embed fit - --method skipgram -o vec.txt
    dlcli embed fit a.txt b.txt.gz --method cbow --dim 200 -o vec.bin
    """
    resolved = _resolve(
        texts,
        recipe,
        [*(set_ or []), *(f"model.drop+={word}" for word in drop or [])],
        {
            "data.by": ("--by", by),
            "data.lower": ("--lower", lower),
            "data.min_count": ("--min-count", min_count),
            "data.most": ("--most", most),
            "model.name": ("--method", method),
            "model.dim": ("--dim", dim),
            "model.window": ("--window", window),
            "model.epochs": ("--epochs", epochs),
            "model.lr": ("--lr", lr),
            "seed": ("--seed", seed),
            "model.loss": ("--loss", loss),
            "model.negatives": ("--negatives", negatives),
            "model.ns_exponent": ("--ns-exponent", ns_exponent),
            "model.sample": ("--sample", sample),
            "engine": ("--engine", engine),
            "device.name": ("--device", device),
            "model.c_max": ("--c-max", c_max),
            "model.alpha": ("--alpha", alpha),
            "model.weighting": ("--weighting", weighting),
            "model.power": ("--power", power),
            "model.ramp": ("--ramp", ramp),
            "model.direction": ("--direction", direction),
            "model.cap": ("--cap", cap),
            "threads": ("--threads", threads),
        },
    )
    output = options.output(json=json, quiet=quiet, events=events)
    if print_config:
        from dlcli.ui import tables

        tables.show_recipe(resolved, output, origins=False)
        return
    from dlcli.backends import embed as backend

    wanted = backend.Options(
        out=out,
        force=force,
        dry_run=dry_run,
        fail_under=fail_under or [],
        fail_over=fail_over or [],
        stamp=stamp,
        depfile=depfile,
    )
    backend.fit(resolved, output, wanted)


def _resolve(
    texts: list[str] | None, recipe: str | None, words: list[str], named: dict[str, tuple[str, Any]]
) -> Resolved:
    """Turn the words of ``embed fit`` into a checked recipe; without text, stdin is read where it is no terminal.

    Raises:
        UsageError: no text, and a terminal on stdin.
        RecipeError: everything wrong with the recipe.

    """
    from dlcli.core.errors import RecipeError, UsageError

    if texts:
        named["data.train"] = ("TEXT", texts[0] if len(texts) == 1 and texts[0][:1] not in "[{" else _listed(texts))
        return own.resolve("embed", recipe, words, named)
    try:
        return own.resolve("embed", recipe, words, named)
    except RecipeError as error:
        if recipe == "-" or not any(p.key == "data.train" and "asks for data" in p.text for p in error.problems):
            raise
        if sys.stdin is None or sys.stdin.isatty():
            if recipe is not None:
                raise
            hint = "dlcli embed fit corpus.txt, dlcli embed fit lee, or text on stdin"
            raise UsageError("which text? give files, a builtin, or - for stdin", hint, key="TEXT") from None
    return own.resolve("embed", recipe, words, {**named, "data.train": ("TEXT", "-")})


def _listed(texts: list[str]) -> str:
    """Return words as the list a recipe would hold."""
    from json import dumps

    return dumps(texts, ensure_ascii=False)
