"""dlcli completion."""

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
    help="Print or install tab completion for bash, zsh and fish.\n\n\b\n"
    "dlcli completion install\ndlcli completion bash > dlcli.bash",
)


@app.command("install", context_settings=HELP)
def install(
    shell: Annotated[
        str | None, typer.Argument(metavar="[bash|zsh|fish]", help="By default the shell of $SHELL.")
    ] = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Write the script where your shell looks for completions; no rc file is edited.

    \b
    dlcli completion install
    dlcli completion install zsh
    """
    from dlcli.backends import completion as backend

    backend.install(shell, options.output(json=json, quiet=quiet))


@app.command("bash", context_settings=HELP)
def bash(json: options.Json = False, quiet: options.Quiet = False, debug: options.Debug = False) -> None:
    """Print the script for bash 4 or newer.

    \b
    dlcli completion bash > dlcli.bash
    """
    from dlcli.backends import completion as backend

    backend.show("bash", options.output(json=json, quiet=quiet))


@app.command("zsh", context_settings=HELP)
def zsh(json: options.Json = False, quiet: options.Quiet = False, debug: options.Debug = False) -> None:
    """Print the script for zsh.

    \b
    dlcli completion zsh > _dlcli
    """
    from dlcli.backends import completion as backend

    backend.show("zsh", options.output(json=json, quiet=quiet))


@app.command("fish", context_settings=HELP)
def fish(json: options.Json = False, quiet: options.Quiet = False, debug: options.Debug = False) -> None:
    """Print the script for fish.

    \b
    dlcli completion fish | source
    """
    from dlcli.backends import completion as backend

    backend.show("fish", options.output(json=json, quiet=quiet))


@app.command("generate", context_settings=HELP, hidden=True)
def generate(
    write: Annotated[str | None, typer.Option(metavar="DIR", help="Write the three scripts there.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Exit 7 when a shipped script has drifted from the commands.")
    ] = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Bring the tables in the scripts up to date with the commands (for maintainers).

    \b
    dlcli completion generate --check
    dlcli completion generate --write completions
    """
    from dlcli.core.errors import UsageError

    if check == (write is not None):
        raise UsageError("say either --check or --write DIR", "dlcli completion generate --help")
    from dlcli.backends import completion as backend
    from dlcli.backends import completion_table
    from dlcli.cli.app import load

    backend.generate(write, completion_table.read(load), options.output(json=json, quiet=quiet))
