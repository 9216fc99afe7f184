"""dlcli boost."""

from __future__ import annotations

from typing import Annotated

import typer

from dlcli.cli import boost_cascade, boost_explain, boost_trace, options
from dlcli.cli import boost_options as own
from dlcli.cli.options import HELP

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    context_settings=HELP,
    rich_markup_mode="rich",
    help="Ensembles and their baselines on tables: fit, compare, explain, with every round visible.\n\n\b\n"
    "dlcli boost compare breast-cancer\ndlcli boost fit data.csv --target y --method xgboost -o model/",
)


@app.command("fit", context_settings=HELP, epilog="Methods: dlcli boost methods. All keys: dlcli recipes keys boost")
def fit(
    table: own.Table = None,
    target: own.Target = None,
    task: own.Task = None,
    id_: own.Ids = None,
    drop: own.Drop = None,
    val: own.Val = None,
    test: own.Test = None,
    method: own.Method = None,
    trees: own.Trees = None,
    depth: own.Depth = None,
    lr: own.Lr = None,
    learner: own.Learner = None,
    param: own.Param = None,
    early_stop: own.EarlyStop = None,
    seed: own.Seed = None,
    threads: own.Threads = None,
    device: options.Device = None,
    recipe: options.Recipe = None,
    set_: options.Set = None,
    out: own.RunOut = None,
    force: own.Force = False,
    fail_under: options.FailUnder = None,
    fail_over: options.FailOver = None,
    print_config: own.PrintConfig = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read and check the table; write nothing.", rich_help_panel=own.LOOK)
    ] = False,
    stamp: options.Stamp = None,
    depfile: options.Depfile = None,
    json: options.Json = False,
    events: options.Events = None,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Fit a method to a table; scores it on rows it has not seen and writes a run directory.

    \b
    dlcli boost fit data.csv --target y --method xgboost -o model/
    dlcli boost fit breast-cancer --method adaboost --trees 200 --early-stop 20
    """
    resolved = own.resolve(
        "boost",
        recipe,
        set_,
        {
            "data.train": ("TABLE", table),
            "data.target": ("--target", target),
            "data.task": ("--task", task),
            "data.val": ("--val", val),
            "data.test": ("--test", test),
            "model.name": ("--method", method),
            "model.trees": ("--trees", trees),
            "model.depth": ("--depth", depth),
            "model.lr": ("--lr", lr),
            "model.learner": ("--learner", learner),
            "early_stop": ("--early-stop", early_stop),
            "seed": ("--seed", seed),
            "threads": ("--threads", threads),
            "device.name": ("--device", device),
        },
        ids=id_,
        drop=drop,
        params=param,
    )
    output = options.output(json=json, quiet=quiet, events=events)
    if print_config:
        from dlcli.ui import tables

        tables.show_recipe(resolved, output, origins=False)
        return
    from dlcli.backends import boost as backend

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


@app.command("predict", context_settings=HELP, epilog="All keys: dlcli recipes keys boost-apply")
def predict(
    tables: own.Tables,
    model: own.Model,
    unseen: own.Unseen = None,
    threads: own.Threads = None,
    recipe: options.Recipe = None,
    set_: options.Set = None,
    out: Annotated[
        str | None, typer.Option("-o", "--out", metavar="FILE", help="Write .csv, .tsv, .jsonl or .json instead.")
    ] = None,
    stamp: options.Stamp = None,
    depfile: options.Depfile = None,
    json: options.Json = False,
    jsonl: options.Jsonl = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Answer every row of a table, in its order, ids kept, with a probability for each class.

    \b
    dlcli boost predict new.csv -m model/ -o pred.csv
    head -5 new.csv | dlcli boost predict - -m model/ --jsonl
    """
    named = {"unseen": ("--unseen", unseen), "threads": ("--threads", threads)}
    resolved = own.resolve("boost-apply", recipe, set_, named)
    from dlcli.backends import boost_use as backend

    output = options.output(json=json, jsonl=jsonl, quiet=quiet)
    backend.predict(tables, model, resolved, output, out, stamp=stamp, depfile=depfile)


@app.command("evaluate", context_settings=HELP, epilog="All keys: dlcli recipes keys boost-apply")
def evaluate(
    table: Annotated[
        str | None, typer.Argument(metavar="[TABLE]", help="Rows with answers; by default the run's own test rows.")
    ] = None,
    *,
    model: own.Model,
    unseen: own.Unseen = None,
    threads: own.Threads = None,
    recipe: options.Recipe = None,
    set_: options.Set = None,
    fail_under: options.FailUnder = None,
    fail_over: options.FailOver = None,
    out: Annotated[
        str | None, typer.Option("-o", "--out", metavar="DIR", help="Write report.json and predictions.csv.")
    ] = None,
    stamp: options.Stamp = None,
    depfile: options.Depfile = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Score a fitted model on rows with known answers.

    \b
    dlcli boost evaluate test.csv -m model/ --fail-under accuracy=0.9
    """
    named = {"unseen": ("--unseen", unseen), "threads": ("--threads", threads)}
    resolved = own.resolve("boost-apply", recipe, set_, named)
    from dlcli.backends import boost_use as backend

    checks = {"under": fail_under or [], "over": fail_over or []}
    output = options.output(json=json, quiet=quiet)
    backend.evaluate(table, model, resolved, output, out=out, stamp=stamp, depfile=depfile, **checks)


@app.command("compare", context_settings=HELP, epilog="All keys: dlcli recipes keys boost-compare")
def compare(
    table: own.Table = None,
    target: own.Target = None,
    task: own.Task = None,
    id_: own.Ids = None,
    drop: own.Drop = None,
    val: own.Val = None,
    test: own.Test = None,
    methods: Annotated[
        str | None,
        typer.Option(metavar="A,B,...", help="Methods, apart by commas (methods).", rich_help_panel=own.METHOD),
    ] = None,
    early_stop: own.EarlyStop = None,
    seed: own.Seed = None,
    threads: own.Threads = None,
    recipe: options.Recipe = None,
    set_: options.Set = None,
    out: own.RunOut = None,
    force: own.Force = False,
    fail_under: options.FailUnder = None,
    fail_over: options.FailOver = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Fit every method of the course on the same rows: scores, seconds and size side by side, in the course's order.

    \b
    dlcli boost compare breast-cancer
    dlcli boost compare data.csv --target y --methods logistic,forest,xgboost
    """
    named = {
        "data.train": ("TABLE", table),
        "data.target": ("--target", target),
        "data.task": ("--task", task),
        "data.val": ("--val", val),
        "data.test": ("--test", test),
        "methods": ("--methods", None if methods is None else f"[{methods}]"),
        "early_stop": ("--early-stop", early_stop),
        "seed": ("--seed", seed),
        "threads": ("--threads", threads),
    }
    resolved = own.resolve("boost-compare", recipe, set_, named, ids=id_, drop=drop)
    from dlcli.backends import boost_compare as backend

    checks = {"under": fail_under or [], "over": fail_over or []}
    backend.compare(resolved, options.output(json=json, quiet=quiet), out=out, force=force, **checks)


@app.command("cv", context_settings=HELP, epilog="All keys: dlcli recipes keys boost-cv")
def cv(
    table: own.Table = None,
    target: own.Target = None,
    task: own.Task = None,
    id_: own.Ids = None,
    drop: own.Drop = None,
    test: own.Test = None,
    method: own.Method = None,
    trees: own.Trees = None,
    depth: own.Depth = None,
    lr: own.Lr = None,
    learner: own.Learner = None,
    param: own.Param = None,
    early_stop: own.EarlyStop = None,
    folds: Annotated[str | None, typer.Option(metavar="N", help="folds", rich_help_panel=own.ROWS)] = None,
    repeats: Annotated[str | None, typer.Option(metavar="N", help="repeats", rich_help_panel=own.ROWS)] = None,
    seed: own.Seed = None,
    threads: own.Threads = None,
    recipe: options.Recipe = None,
    set_: options.Set = None,
    fail_under: options.FailUnder = None,
    fail_over: options.FailOver = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Cross-validate a method: each fold scored by a model of the others, with mean and standard deviation.

    \b
    dlcli boost cv data.csv --target y --method forest --folds 10
    """
    named = {
        "data.train": ("TABLE", table),
        "data.target": ("--target", target),
        "data.task": ("--task", task),
        "data.test": ("--test", test),
        "model.name": ("--method", method),
        "model.trees": ("--trees", trees),
        "model.depth": ("--depth", depth),
        "model.lr": ("--lr", lr),
        "model.learner": ("--learner", learner),
        "early_stop": ("--early-stop", early_stop),
        "folds": ("--folds", folds),
        "repeats": ("--repeats", repeats),
        "seed": ("--seed", seed),
        "threads": ("--threads", threads),
    }
    resolved = own.resolve("boost-cv", recipe, set_, named, ids=id_, drop=drop, params=param)
    from dlcli.backends import boost_compare as backend

    checks = {"under": fail_under or [], "over": fail_over or []}
    backend.cv(resolved, options.output(json=json, quiet=quiet), **checks)


app.add_typer(boost_explain.app)
app.command("trace", context_settings=HELP)(boost_trace.trace)
app.command("haar", context_settings=HELP)(boost_cascade.haar)
app.add_typer(boost_cascade.app, name="cascade")
