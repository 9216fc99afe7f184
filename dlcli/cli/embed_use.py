"""dlcli embed: neighbors, analogy, odd, similarity, evaluate, encode."""

from __future__ import annotations

from typing import Annotated

import typer

from dlcli.cli import embed_options as own
from dlcli.cli import options
from dlcli.cli.options import HELP

app = typer.Typer(add_completion=False)
Words = Annotated[list[str] | None, typer.Argument(metavar="WORD", help="Words, or - for a word a line on stdin.")]
Top = Annotated[str | None, typer.Option("--top", metavar="N", help="How many answers (top).")]
Method = Annotated[
    str | None, typer.Option("--method", metavar="3cosadd|3cosmul", help="Cosines added, or multiplied (method).")
]
By = Annotated[str | None, typer.Option("--by", metavar="whitespace|word|char", help="What a token is (by).")]


@app.command("neighbors", context_settings=HELP, epilog="All keys: dlcli recipes keys embed-neighbors")
def neighbors(
    vectors: own.Vectors,
    words: Words = None,
    top: Top = None,
    recipe: options.Recipe = None,
    set_: options.Set = None,
    json: options.Json = False,
    jsonl: options.Jsonl = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """List the words nearest to a word, by cosine.

    \b
    dlcli embed neighbors vec.txt frog
    cut -f1 words.tsv | dlcli embed neighbors vec.txt - --top 3 --jsonl
    """
    resolved = own.resolve("embed-neighbors", recipe, set_, {"top": ("--top", top)})
    resolved.refuse_stdin(vectors, *(words or ["-"]))
    from dlcli.backends import embed_use as backend

    backend.neighbors(vectors, words or [], resolved.recipe, options.output(json=json, jsonl=jsonl, quiet=quiet))


@app.command("analogy", context_settings=HELP, epilog="All keys: dlcli recipes keys embed-analogy")
def analogy(
    vectors: own.Vectors,
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="A B C", help="A is to B as C is to ?; or - for three words a line on stdin."),
    ] = None,
    top: Top = None,
    method: Method = None,
    keep_inputs: Annotated[
        bool | None,
        typer.Option("--keep-inputs/--drop-inputs", help="Let A, B and C be answers; often they win (keep_inputs)."),
    ] = None,
    recipe: options.Recipe = None,
    set_: options.Set = None,
    json: options.Json = False,
    jsonl: options.Jsonl = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Answer: man is to king as woman is to what? The words nearest to king − man + woman.

    \b
    dlcli embed analogy vec.txt man king woman
    dlcli embed analogy vec.txt man king woman --method 3cosmul --top 3
    printf 'man king woman\\n' | dlcli embed analogy vec.txt - --jsonl
    """
    named = {
        "top": ("--top", top),
        "method": ("--method", method),
        "keep_inputs": ("--keep-inputs", keep_inputs),
    }
    resolved = own.resolve("embed-analogy", recipe, set_, named)
    resolved.refuse_stdin(vectors, *(words or ["-"]))
    from dlcli.backends import embed_use as backend

    backend.analogy(vectors, words or [], resolved.recipe, options.output(json=json, jsonl=jsonl, quiet=quiet))


@app.command("odd", context_settings=HELP)
def odd(
    vectors: own.Vectors,
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="WORD", help="Three words or more, or - for a line of words each on stdin."),
    ] = None,
    json: options.Json = False,
    jsonl: options.Jsonl = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Find the word that does not go with the others: the least like the mean of all, each made one long.

    \b
    dlcli embed odd vec.txt breakfast cereal dinner lunch
    """
    from dlcli.backends import embed_use as backend

    backend.odd(vectors, words or [], options.output(json=json, jsonl=jsonl, quiet=quiet))


@app.command("similarity", context_settings=HELP, epilog="All keys: dlcli recipes keys embed-similarity")
def similarity(
    vectors: own.Vectors,
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="WORD|FILE", help="Two words or more (every pair is told); with --files, texts."),
    ] = None,
    pairs: Annotated[
        str | None, typer.Option("--pairs", metavar="FILE", help="Two words a line, or - for stdin.")
    ] = None,
    files: Annotated[
        bool | None, typer.Option("--files/--words", help="Compare text files by the means of their words (files).")
    ] = None,
    by: By = None,
    lower: own.Lower = None,
    recipe: options.Recipe = None,
    set_: options.Set = None,
    json: options.Json = False,
    jsonl: options.Jsonl = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Tell the cosine of two words, of pairs in a file, or of whole texts.

    \b
    dlcli embed similarity vec.txt cat dog
    dlcli embed similarity vec.txt --pairs pairs.tsv --jsonl
    dlcli embed similarity vec.txt --files a.txt b.txt --lower
    """
    named = {"files": ("--files", files), "by": ("--by", by), "lower": ("--lower", lower)}
    resolved = own.resolve("embed-similarity", recipe, set_, named)
    resolved.refuse_stdin(vectors, *(words or [pairs or "-"]))
    from dlcli.backends import embed_similarity as backend

    output = options.output(json=json, jsonl=jsonl, quiet=quiet)
    backend.similarity(vectors, words or [], pairs, resolved.recipe, output)


@app.command("evaluate", context_settings=HELP, epilog="All keys: dlcli recipes keys embed-evaluate")
def evaluate(
    vectors: own.Vectors,
    analogies: Annotated[
        str | None,
        typer.Option("--analogies", metavar="FILE", help="Questions as in questions-words.txt (analogies)."),
    ] = None,
    pairs: Annotated[
        list[str] | None,
        typer.Option("--pairs", metavar="FILE", help="Two words and a number a line; repeatable (pairs)."),
    ] = None,
    method: Method = None,
    restrict: Annotated[
        str | None, typer.Option("--restrict", metavar="N|null", help="Only the first N words count (restrict).")
    ] = None,
    case_sensitive: Annotated[
        bool | None,
        typer.Option("--case-sensitive/--ignore-case", help="Tell King from king (case_sensitive)."),
    ] = None,
    unknown: Annotated[
        str | None,
        typer.Option(
            "--unknown",
            metavar="skip|wrong",
            help="Leave questions with unknown words out, or count them wrong (unknown).",
        ),
    ] = None,
    recipe: options.Recipe = None,
    set_: options.Set = None,
    fail_under: options.FailUnder = None,
    fail_over: options.FailOver = None,
    out: Annotated[
        str | None, typer.Option("-o", "--out", metavar="FILE.json", help="Write the document of --json there too.")
    ] = None,
    stamp: options.Stamp = None,
    depfile: options.Depfile = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Score word vectors: analogy questions, and pairs of words that people judged.

    Without files: questions-words, WordSim-353 and SimLex-999, as gensim brings them; counts equal gensim's.

    \b
    dlcli embed evaluate vec.txt
    dlcli embed evaluate vec.txt --fail-under analogies/accuracy=0.3
    """
    named = {
        "analogies": ("--analogies", analogies),
        "method": ("--method", method),
        "restrict": ("--restrict", restrict),
        "case_sensitive": ("--case-sensitive", case_sensitive),
        "unknown": ("--unknown", unknown),
    }
    words = [*(set_ or []), *(f"pairs+={name}" for name in pairs or [])]
    resolved = own.resolve("embed-evaluate", recipe, words, named)
    resolved.refuse_stdin(vectors, resolved.recipe.analogies, *resolved.recipe.pairs)
    from dlcli.backends import embed_evaluate as backend

    wanted = backend.Options(
        out=out, under=fail_under or [], over=fail_over or [], stamp=stamp, depfile=depfile, recipes=resolved.files
    )
    backend.evaluate(vectors, resolved.recipe, options.output(json=json, quiet=quiet), wanted)


@app.command("encode", context_settings=HELP, epilog="All keys: dlcli recipes keys embed-encode")
def encode(
    vectors: own.Vectors,
    texts: own.Texts = None,
    weighting: Annotated[
        str | None, typer.Option("--weighting", metavar="mean|tfidf", help="Plain mean, or by TF-IDF (weighting).")
    ] = None,
    idf: Annotated[
        str | None, typer.Option("--idf", metavar="FILE", help="Text whose lines tell how rare words are (idf).")
    ] = None,
    normalize: Annotated[
        bool | None, typer.Option("--normalize/--no-normalize", help="Make vectors one long (normalize).")
    ] = None,
    by: By = None,
    lower: own.Lower = None,
    recipe: options.Recipe = None,
    set_: options.Set = None,
    out: Annotated[
        str | None,
        typer.Option("-o", "--out", metavar="FILE", help="Write .jsonl, .npz or .npy (a row a line of text) instead."),
    ] = None,
    stamp: options.Stamp = None,
    depfile: options.Depfile = None,
    json: options.Json = False,
    jsonl: options.Jsonl = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Make a vector of every line of text: the mean of its words' vectors, plain or weighted by TF-IDF.

    \b
    dlcli embed encode vec.txt sentences.txt > vectors.jsonl
    dlcli embed encode vec.txt --normalize < sentences.txt
    dlcli embed encode vec.txt train.txt --weighting tfidf --lower -o train.npz
    """
    named = {
        "weighting": ("--weighting", weighting),
        "idf": ("--idf", idf),
        "normalize": ("--normalize", normalize),
        "by": ("--by", by),
        "lower": ("--lower", lower),
    }
    resolved = own.resolve("embed-encode", recipe, set_, named)
    resolved.refuse_stdin(vectors, *(texts or ["-"]), resolved.recipe.idf)
    from dlcli.backends import embed_encode as backend

    output = options.output(json=json, jsonl=jsonl, quiet=quiet)
    wanted = backend.Options(out=out, stamp=stamp, depfile=depfile, recipes=resolved.files)
    backend.encode(vectors, texts or [], resolved.recipe, output, wanted)
