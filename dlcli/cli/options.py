"""Options that mean the same everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from dlcli.core.errors import UsageError
from dlcli.core.output import STDOUT, Output

HELP = {"help_option_names": ["-h", "--help"]}

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.", rich_help_panel="Output")]
Jsonl = Annotated[bool, typer.Option("--jsonl", help="Print one JSON line an item.", rich_help_panel="Output")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Only errors on stderr.", rich_help_panel="Output")]
Debug = Annotated[bool, typer.Option("--debug", help="Show tracebacks.", rich_help_panel="Output")]
Events = Annotated[
    str | None,
    typer.Option(
        "--events", metavar="FILE", help="Write progress as JSON lines (- is stdout).", rich_help_panel="Output"
    ),
]
Out = Annotated[str | None, typer.Option("-o", "--out", metavar="PATH", help="Where to write.")]
Recipe = Annotated[
    str | None, typer.Option("-r", "--recipe", metavar="NAME|FILE", help="Recipe with this command's keys.")
]
Set = Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Set a recipe key; repeatable.")]
Device = Annotated[str | None, typer.Option("--device", metavar="NAME", help="auto, cpu, cuda, cuda:N or mps.")]
Precision = Annotated[str | None, typer.Option("--precision", metavar="P", help="32, bf16 or 16.")]
Download = Annotated[
    bool, typer.Option("--download", help="Fetch published weights and library data sets that are not on disk.")
]
DownloadData = Annotated[bool, typer.Option("--download", help="Fetch a library data set that is not on disk.")]
Stamp = Annotated[
    str | None, typer.Option("--stamp", metavar="FILE", help="Write FILE last, for make.", rich_help_panel="Make")
]
Depfile = Annotated[
    str | None,
    typer.Option("--depfile", metavar="FILE", help="Write what was read, in make syntax.", rich_help_panel="Make"),
]
FailUnder = Annotated[
    list[str] | None,
    typer.Option("--fail-under", metavar="METRIC=X", help="Exit 7 when a metric is below X; repeatable."),
]
FailOver = Annotated[
    list[str] | None,
    typer.Option("--fail-over", metavar="METRIC=X", help="Exit 7 when a metric is above X; repeatable."),
]


def output(json: bool = False, jsonl: bool = False, quiet: bool = False, events: str | None = None) -> Output:
    """Return the settings of a command's voice.

    Raises:
        UsageError: ``--events`` names no file, or two things would be written on stdout.

    """
    if events == "":
        raise UsageError("--events '' names no file", key="--events")
    if events == STDOUT and json:
        text = "--events - and --json would both write on stdout; with --events - the result is its last line"
        raise UsageError(text, "leave --json out, or give --events a file", key="--events")
    return Output(json=json, jsonl=jsonl, quiet=quiet, events=events)


def given(options: Mapping[str, tuple[str, Any]]) -> dict[str, tuple[str, str]]:
    """Return recipe key → (option as typed, value) for the options that were given.

    Args:
        options: recipe key → (option, value or None).

    """
    return {key: (f"{option} {value}", str(value)) for key, (option, value) in options.items() if value is not None}
