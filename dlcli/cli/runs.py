"""dlcli runs."""

from __future__ import annotations

from typing import Annotated

import typer

from dlcli.cli import options
from dlcli.cli.options import HELP

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    context_settings=HELP,
    rich_markup_mode="rich",
    help="List, show and compare training runs.\n\n\b\ndlcli runs ls --sort test/accuracy\ndlcli runs diff RUN RUN",
)
RunName = Annotated[str, typer.Argument(metavar="RUN", help="A run directory.")]


@app.command("ls", context_settings=HELP)
def ls(
    task: Annotated[str | None, typer.Argument(metavar="[TASK]", help="Only runs of this task.")] = None,
    sort: Annotated[str | None, typer.Option(metavar="METRIC", help="Best first by this metric.")] = None,
    root: Annotated[str, typer.Option(metavar="DIR", help="Where to look.")] = "runs",
    json: options.Json = False,
    jsonl: options.Jsonl = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """List the runs below runs/.

    \b
    dlcli runs ls
    dlcli runs ls classify --sort test/accuracy
    """
    from dlcli.backends import runs as backend

    backend.ls(task, sort, root, options.output(json=json, jsonl=jsonl, quiet=quiet))


@app.command("show", context_settings=HELP)
def show(run: RunName, json: options.Json = False, quiet: options.Quiet = False, debug: options.Debug = False) -> None:
    """Show a run: its epochs, metrics and files.

    \b
    dlcli runs show runs/classify/lenet-digits-1
    """
    from dlcli.backends import runs as backend

    backend.show(run, options.output(json=json, quiet=quiet))


@app.command("diff", context_settings=HELP)
def diff(
    first: RunName,
    second: RunName,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Show where recipes and metrics of two runs differ.

    \b
    dlcli runs diff runs/classify/mlp-1 runs/classify/mlp-2
    """
    from dlcli.backends import runs as backend

    backend.diff(first, second, options.output(json=json, quiet=quiet))
