"""dlcli embed: tokenize and bpe."""

from __future__ import annotations

from typing import Annotated

import typer

from dlcli.cli import embed_options as own
from dlcli.cli import options
from dlcli.cli.options import HELP

app = typer.Typer(add_completion=False, context_settings=HELP, rich_markup_mode="rich")
bpe = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    context_settings=HELP,
    rich_markup_mode="rich",
    help="Byte-pair encoding: learn merges, cut words by them, put them together again.\n\n\b\n"
    "dlcli embed bpe fit corpus.txt -o codes\ndlcli embed bpe encode corpus.txt -m codes > pieces.txt\n"
    "dlcli embed bpe trace",
)
By = Annotated[
    str | None,
    typer.Option(metavar="word|whitespace|char|sentence|bpe|sentencepiece", help="What a token is (by)."),
]
Codes = Annotated[
    str, typer.Option("-m", "--model", metavar="CODES", help="File of bpe fit or of subword-nmt.", show_default=False)
]
MinCount = Annotated[str | None, typer.Option(metavar="N", help="Leave rarer ones out (min_count).")]
Merges = Annotated[str | None, typer.Option(metavar="N", help="How many merges (merges).")]
EndOfWord = Annotated[
    str | None, typer.Option(metavar="TEXT", help="Mark glued to the end of words; may be empty (end_of_word).")
]
Counts = Annotated[
    bool | None, typer.Option("--counts/--no-counts", help="Lines are a word and its count, not text (counts).")
]
Escape = Annotated[
    bool | None,
    typer.Option("--escape/--no-escape", help="All comes back, or exactly as subword-nmt (escape)."),
]


@app.command("tokenize", context_settings=HELP, epilog="All keys: dlcli recipes keys embed-tokenize")
def tokenize(
    texts: own.Texts = None,
    by: Annotated[
        str | None,
        typer.Option(metavar="word|whitespace|char|sentence|bpe|sentencepiece", help="What a token is (by)."),
    ] = None,
    model: Annotated[
        str | None, typer.Option("-m", "--model", metavar="FILE", help="Codes (bpe) or .model (sentencepiece).")
    ] = None,
    lower: own.Lower = None,
    min_count: Annotated[
        str | None, typer.Option(metavar="N", help="Replace tokens that occur less often (min_count).")
    ] = None,
    unk: Annotated[str | None, typer.Option(metavar="TOKEN", help="What rare and unknown tokens become (unk).")] = None,
    vocab_in: Annotated[
        str | None, typer.Option(metavar="FILE", help="Known tokens; all others are replaced (vocab_in).")
    ] = None,
    vocab_out: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write the kept tokens with counts (vocab_out).")
    ] = None,
    sentences: Annotated[
        str | None, typer.Option(metavar="auto|rules|punkt", help="How sentences are found (sentences).")
    ] = None,
    wrapped: Annotated[
        bool | None, typer.Option("--wrapped/--no-wrapped", help="Sentences run on over line ends (wrapped).")
    ] = None,
    recipe: options.Recipe = None,
    set_: options.Set = None,
    out: own.OutFile = None,
    stamp: options.Stamp = None,
    depfile: options.Depfile = None,
    json: options.Json = False,
    jsonl: options.Jsonl = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Cut text into tokens apart by single spaces, a line for a line, as it comes.

    \b
    dlcli embed tokenize corpus.txt --lower --min-count 5 -o tokens.txt
    dlcli embed tokenize --by sentence < book.txt | dlcli embed tokenize
    dlcli embed tokenize lee --by char | head -1
    """
    named = {
        "by": ("--by", by),
        "lower": ("--lower", lower),
        "min_count": ("--min-count", min_count),
        "unk": ("--unk", unk),
        "vocab_in": ("--vocab-in", vocab_in),
        "vocab_out": ("--vocab-out", vocab_out),
        "sentences": ("--sentences", sentences),
        "wrapped": ("--wrapped", wrapped),
    }
    resolved = own.resolve("embed-tokenize", recipe, set_, named)
    from dlcli.backends import embed_text as backend

    output = options.output(json=json, jsonl=jsonl, quiet=quiet)
    backend.tokenize(texts, model, resolved, output, out, stamp=stamp, depfile=depfile)


@bpe.command("fit", context_settings=HELP, epilog="All keys: dlcli recipes keys embed-bpe")
def fit(
    texts: own.Texts = None,
    merges: Merges = None,
    min_count: MinCount = None,
    end_of_word: EndOfWord = None,
    counts: Counts = None,
    recipe: options.Recipe = None,
    set_: options.Set = None,
    out: Annotated[str | None, typer.Option("-o", "--out", metavar="CODES", help="Write there, not to stdout.")] = None,
    stamp: options.Stamp = None,
    depfile: options.Depfile = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Learn merges from text, the same ones as subword-nmt and in its file format.

    \b
    dlcli embed bpe fit corpus.txt --merges 8000 -o codes
    dlcli embed tokenize < corpus.txt | dlcli embed bpe fit - -o codes
    """
    named = {
        "merges": ("--merges", merges),
        "min_count": ("--min-count", min_count),
        "end_of_word": ("--end-of-word", end_of_word),
        "counts": ("--counts", counts),
    }
    resolved = own.resolve("embed-bpe", recipe, set_, named)
    resolved.recipe.refuse_unused("fit")
    from dlcli.backends import embed_bpe as backend

    backend.fit(texts, resolved, options.output(json=json, quiet=quiet), out, stamp=stamp, depfile=depfile)


@bpe.command("encode", context_settings=HELP, epilog="All keys: dlcli recipes keys embed-bpe")
def encode(
    texts: own.Texts = None,
    *,
    model: Codes,
    merges: Merges = None,
    escape: Escape = None,
    recipe: options.Recipe = None,
    set_: options.Set = None,
    out: own.OutFile = None,
    stamp: options.Stamp = None,
    depfile: options.Depfile = None,
    json: options.Json = False,
    jsonl: options.Jsonl = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Cut words into pieces, low@@ er; any text comes back by decode.

    \b
    dlcli embed bpe encode corpus.txt -m codes -o pieces.txt
    dlcli embed bpe encode -m codes < corpus.txt | dlcli embed bpe decode
    """
    named = {"merges": ("--merges", merges), "escape": ("--escape", escape)}
    resolved = own.resolve("embed-bpe", recipe, set_, named)
    resolved.recipe.refuse_unused("encode")
    from dlcli.backends import embed_bpe as backend

    output = options.output(json=json, jsonl=jsonl, quiet=quiet)
    backend.encode(texts, model, resolved, output, out, stamp=stamp, depfile=depfile)


@bpe.command("decode", context_settings=HELP, epilog="All keys: dlcli recipes keys embed-bpe")
def decode(
    texts: own.Texts = None,
    escape: Escape = None,
    recipe: options.Recipe = None,
    set_: options.Set = None,
    out: own.OutFile = None,
    stamp: options.Stamp = None,
    depfile: options.Depfile = None,
    json: options.Json = False,
    jsonl: options.Jsonl = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Put the pieces of bpe encode together again.

    \b
    dlcli embed bpe decode pieces.txt
    """
    resolved = own.resolve("embed-bpe", recipe, set_, {"escape": ("--escape", escape)})
    resolved.recipe.refuse_unused("decode")
    from dlcli.backends import embed_bpe as backend

    output = options.output(json=json, jsonl=jsonl, quiet=quiet)
    backend.decode(texts, resolved, output, out, stamp=stamp, depfile=depfile)


@bpe.command("trace", context_settings=HELP, epilog="All keys: dlcli recipes keys embed-bpe")
def trace(
    texts: own.Texts = None,
    merges: Merges = None,
    min_count: MinCount = None,
    end_of_word: EndOfWord = None,
    counts: Counts = None,
    recipe: options.Recipe = None,
    set_: options.Set = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Show merge after merge: the pair, its count, the words it changes; without text hug, pug, pun, bun, hugs.

    \b
    dlcli embed bpe trace
    dlcli embed bpe trace lee --merges 20
    """
    named = {
        "merges": ("--merges", merges),
        "min_count": ("--min-count", min_count),
        "end_of_word": ("--end-of-word", end_of_word),
        "counts": ("--counts", counts),
    }
    resolved = own.resolve("embed-bpe", recipe, set_, named)
    resolved.recipe.refuse_unused("trace")
    from dlcli.backends import embed_bpe as backend

    backend.trace(texts, resolved, options.output(json=json, quiet=quiet))


app.add_typer(bpe, name="bpe")
