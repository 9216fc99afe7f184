"""dlcli embed: stem, lemmatize, stopwords, tag."""

from __future__ import annotations

from typing import Annotated

import typer

from dlcli.cli import embed_options as own
from dlcli.cli import options
from dlcli.cli.options import HELP

app = typer.Typer(add_completion=False, context_settings=HELP, rich_markup_mode="rich")
By = Annotated[str | None, typer.Option("--by", metavar="word|whitespace", help="How lines are cut (by).")]
OutFile = Annotated[
    str | None,
    typer.Option("-o", "--out", metavar="FILE", help="Write there instead; .jsonl: JSON lines."),
]


@app.command("stem", context_settings=HELP, epilog="All keys: dlcli recipes keys embed-stem")
def stem(
    texts: own.Texts = None,
    algorithm: Annotated[
        str | None, typer.Option(metavar="porter|snowball|lancaster", help="Which stemmer (algorithm).")
    ] = None,
    language: Annotated[str | None, typer.Option(metavar="NAME", help="Of snowball (language).")] = None,
    by: By = None,
    recipe: options.Recipe = None,
    set_: options.Set = None,
    out: OutFile = None,
    stamp: options.Stamp = None,
    depfile: options.Depfile = None,
    json: options.Json = False,
    jsonl: options.Jsonl = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Cut words to their stems, line by line.

    Porter's is NLTK's version: the paper's rules with a few exceptions, so that dies becomes die and not di.

    \b
    echo caresses flies dies mules denied | dlcli embed stem
    dlcli embed stem brief.txt --algorithm snowball --language german
    """
    named = {"algorithm": ("--algorithm", algorithm), "language": ("--language", language), "by": ("--by", by)}
    resolved = own.resolve("embed-stem", recipe, set_, named)
    from dlcli.backends import embed_words as backend

    output = options.output(json=json, jsonl=jsonl, quiet=quiet)
    backend.stem(texts or [], resolved, output, backend.Place(out, stamp, depfile))


@app.command("lemmatize", context_settings=HELP, epilog="All keys: dlcli recipes keys embed-lemmatize")
def lemmatize(
    texts: own.Texts = None,
    engine: Annotated[
        str | None, typer.Option(metavar="auto|lemminflect|wordnet", help="Who knows the lemmas (engine).")
    ] = None,
    pos: Annotated[
        str | None, typer.Option(metavar="auto|noun|verb|adj|adv", help="Part of speech of all words (pos).")
    ] = None,
    tagger: Annotated[
        str | None, typer.Option(metavar="auto|nltk|rules", help="Who says parts of speech (tagger).")
    ] = None,
    by: By = None,
    recipe: options.Recipe = None,
    set_: options.Set = None,
    out: OutFile = None,
    stamp: options.Stamp = None,
    depfile: options.Depfile = None,
    json: options.Json = False,
    jsonl: options.Jsonl = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Put the dictionary form of each word, line by line; English.

    \b
    dlcli embed lemmatize lee | head -3
    echo better worse | dlcli embed lemmatize --pos adj
    """
    named = {
        "engine": ("--engine", engine),
        "pos": ("--pos", pos),
        "tagger": ("--tagger", tagger),
        "by": ("--by", by),
    }
    resolved = own.resolve("embed-lemmatize", recipe, set_, named)
    from dlcli.backends import embed_words as backend

    output = options.output(json=json, jsonl=jsonl, quiet=quiet)
    backend.lemmatize(texts or [], resolved, output, backend.Place(out, stamp, depfile))


@app.command("stopwords", context_settings=HELP, epilog="All keys: dlcli recipes keys embed-stopwords")
def stopwords(
    texts: own.Texts = None,
    source: Annotated[str | None, typer.Option(metavar="sklearn|gensim|nltk|FILE", help="Which list (source).")] = None,
    invert: Annotated[
        bool | None, typer.Option("--invert/--no-invert", help="Print the stop words instead (invert).")
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="Print the list itself, a word a line.")] = False,
    by: By = None,
    recipe: options.Recipe = None,
    set_: options.Set = None,
    out: OutFile = None,
    stamp: options.Stamp = None,
    depfile: options.Depfile = None,
    json: options.Json = False,
    jsonl: options.Jsonl = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Leave the stop words of English out of text, line by line.

    \b
    dlcli embed stopwords lee | head -3
    dlcli embed stopwords --list --source gensim
    """
    named = {"source": ("--source", source), "invert": ("--invert", invert), "by": ("--by", by)}
    resolved = own.resolve("embed-stopwords", recipe, set_, named)
    from dlcli.backends import embed_words as backend

    output = options.output(json=json, jsonl=jsonl, quiet=quiet)
    if list_:
        backend.stop_list(texts or [], resolved, output, backend.Place(out, stamp, depfile))
    else:
        backend.stop(texts or [], resolved, output, backend.Place(out, stamp, depfile))


@app.command("tag", context_settings=HELP, epilog="All keys: dlcli recipes keys embed-tag")
def tag(
    texts: own.Texts = None,
    engine: Annotated[str | None, typer.Option(metavar="auto|nltk|rules", help="Who tags (engine).")] = None,
    model: Annotated[
        str | None, typer.Option("-m", "--model", metavar="FILE", help="Tagger of your own (model).")
    ] = None,
    format_: Annotated[
        str | None, typer.Option("--format", metavar="slash|tab", help="How it is written (format).")
    ] = None,
    by: By = None,
    train: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Learn a tagger from word/TAG lines (train).", rich_help_panel="Your own"),
    ] = None,
    test: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Score the tagger on word/TAG lines (test).", rich_help_panel="Your own"),
    ] = None,
    epochs: Annotated[
        str | None, typer.Option(metavar="N", help="Passes over them (epochs).", rich_help_panel="Your own")
    ] = None,
    seed: Annotated[
        str | None, typer.Option(metavar="N", help="Of their order (seed).", rich_help_panel="Your own")
    ] = None,
    fail_under: options.FailUnder = None,
    fail_over: options.FailOver = None,
    recipe: options.Recipe = None,
    set_: options.Set = None,
    out: OutFile = None,
    stamp: options.Stamp = None,
    depfile: options.Depfile = None,
    json: options.Json = False,
    jsonl: options.Jsonl = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Tag words with parts of speech of the Penn Treebank, line by line; or train or test a tagger of your own.

    \b
    echo The cat sat. | dlcli embed tag
    dlcli embed tag --train tagged.txt --test held.txt -o model.json
    dlcli embed tag news.txt -m model.json
    """
    named = {
        "engine": ("--engine", engine),
        "model": ("--model", model),
        "format": ("--format", format_),
        "by": ("--by", by),
        "train": ("--train", train),
        "test": ("--test", test),
        "epochs": ("--epochs", epochs),
        "seed": ("--seed", seed),
    }
    resolved = own.resolve("embed-tag", recipe, set_, named)
    from dlcli.backends import embed_tag as backend
    from dlcli.backends.embed_words import Place

    output = options.output(json=json, jsonl=jsonl, quiet=quiet)
    checks = backend.Checks(fail_under or [], fail_over or [])
    backend.tag(texts or [], resolved, output, Place(out, stamp, depfile), checks)
