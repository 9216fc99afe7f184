"""dlcli boost: the verbs that look at a table or at a fitted model."""

from __future__ import annotations

from typing import Annotated

import typer

from dlcli.cli import boost_options as own
from dlcli.cli import options
from dlcli.cli.options import HELP

app = typer.Typer(add_completion=False, context_settings=HELP, rich_markup_mode="rich")
File = Annotated[
    str | None, typer.Option("-o", "--out", metavar="FILE", help="Write .csv, .tsv, .jsonl or .json instead.")
]


@app.command("inspect", context_settings=HELP)
def inspect(
    table: Annotated[str, typer.Argument(metavar="TABLE", help="CSV, TSV, libsvm, Parquet, a builtin, or -.")],
    target: own.Target = None,
    task: own.Task = None,
    id_: own.Ids = None,
    drop: own.Drop = None,
    set_: options.Set = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Say what a table holds and how it would be read: format, kind of each column, what is missing.

    \b
    dlcli boost inspect data.csv --target y
    """
    named = {
        "data.train": ("TABLE", table),
        "data.target": ("--target", target),
        "data.task": ("--task", task),
    }
    resolved = own.resolve("boost", None, set_, named, ids=id_, drop=drop)
    from dlcli.backends import boost_explain as backend

    backend.inspect(resolved, options.output(json=json, quiet=quiet))


@app.command("methods", context_settings=HELP)
def methods(json: options.Json = False, quiet: options.Quiet = False, debug: options.Debug = False) -> None:
    """List the methods, in the course's order, with their parameters and defaults.

    \b
    dlcli boost methods
    """
    from dlcli.backends import boost_explain as backend

    backend.methods(options.output(json=json, quiet=quiet))


@app.command("importance", context_settings=HELP, epilog="All keys: dlcli recipes keys boost-importance")
def importance(
    table: Annotated[
        str | None,
        typer.Argument(metavar="[TABLE]", help="Rows to permute, with answers; by default the run's test rows."),
    ] = None,
    *,
    model: own.Model,
    kind: Annotated[str | None, typer.Option(metavar="gain|permutation", help="kind")] = None,
    repeats: Annotated[str | None, typer.Option(metavar="N", help="repeats")] = None,
    seed: Annotated[str | None, typer.Option(metavar="N", help="seed")] = None,
    unseen: own.Unseen = None,
    threads: own.Threads = None,
    recipe: options.Recipe = None,
    set_: options.Set = None,
    out: Annotated[
        str | None, typer.Option("-o", "--out", metavar="FILE", help="Write .csv, .tsv, .json or a .png instead.")
    ] = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Rank the columns: by what splits on them won, or by what the score loses when they are shuffled.

    \b
    dlcli boost importance -m model/
    dlcli boost importance test.csv -m model/ --kind permutation -o importance.png
    """
    named = {
        "kind": ("--kind", kind),
        "repeats": ("--repeats", repeats),
        "seed": ("--seed", seed),
        "unseen": ("--unseen", unseen),
        "threads": ("--threads", threads),
    }
    resolved = own.resolve("boost-importance", recipe, set_, named)
    from dlcli.backends import boost_explain as backend

    backend.importance(table, model, resolved.recipe, options.output(json=json, quiet=quiet), out)


@app.command("explain", context_settings=HELP, epilog="All keys: dlcli recipes keys boost-apply")
def explain(
    table: Annotated[str, typer.Argument(metavar="TABLE", help="Rows to explain, or -.")],
    model: own.Model,
    unseen: own.Unseen = None,
    threads: own.Threads = None,
    recipe: options.Recipe = None,
    set_: options.Set = None,
    out: Annotated[
        str | None, typer.Option("-o", "--out", metavar="FILE", help="Write .csv, .tsv, .json, .jsonl or a .png.")
    ] = None,
    json: options.Json = False,
    jsonl: options.Jsonl = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Say what each column adds to each answer: exact tree contributions, which with the base sum to the margin.

    \b
    dlcli boost explain new.csv -m model/ -o shap.csv
    head -2 new.csv | dlcli boost explain - -m model/ -o why.png
    """
    named = {"unseen": ("--unseen", unseen), "threads": ("--threads", threads)}
    resolved = own.resolve("boost-apply", recipe, set_, named)
    from dlcli.backends import boost_explain as backend

    output = options.output(json=json, jsonl=jsonl, quiet=quiet)
    backend.explain(table, model, resolved.recipe, output, out)


@app.command("dump", context_settings=HELP)
def dump(
    model: own.Model,
    format_: Annotated[str, typer.Option("--format", metavar="text|json|dot", help="How to write it.")] = "text",
    trees: Annotated[int | None, typer.Option(metavar="N", min=1, help="Only the first N trees.")] = None,
    out: Annotated[str | None, typer.Option("-o", "--out", metavar="FILE", help="Write there.")] = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Write a fitted model so that it can be read: rules as text, trees as JSON, or a drawing for Graphviz.

    \b
    dlcli boost dump -m model/ --trees 1
    dlcli boost dump -m model/ --format dot --trees 1 | dot -Tsvg > tree.svg
    """
    from dlcli.backends import boost_explain as backend

    backend.dump(model, format_, trees, out, options.output(json=json, quiet=quiet))


@app.command("boundary", context_settings=HELP)
def boundary(
    table: Annotated[str, typer.Argument(metavar="TABLE", help="Rows drawn as points, with answers.")],
    model: own.Model,
    columns: Annotated[
        str | None,
        typer.Option(metavar="A,B", help="Two number columns; the others are held at their median."),
    ] = None,
    out: Annotated[str, typer.Option("-o", "--out", metavar="FILE.png", help="The picture.")] = "boundary.png",
    unseen: own.Unseen = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Draw what a model answers over two columns, with the rows of a table as points.

    \b
    dlcli boost boundary data.csv -m model/ --columns age,income -o boundary.png
    """
    named = {"unseen": ("--unseen", unseen)}
    resolved = own.resolve("boost-apply", None, None, named)
    from dlcli.backends import boost_explain as backend

    backend.boundary(table, model, resolved.recipe, columns, out, options.output(json=json, quiet=quiet))
