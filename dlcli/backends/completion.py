"""Tab completion: the scripts printed, installed, and brought up to date with the commands.

``completions/`` holds one script a shell. What a shell does at a Tab is written there by hand; between two marks stands
what it looks up (``completion_table.py`` says how to read it), written by ``generate``.
"""

from __future__ import annotations

import os
import shlex
import textwrap
from pathlib import Path
from typing import Any

from dlcli.core import files, report, shipped
from dlcli.core.errors import CheckFailed, DataError, MissingError, UsageError
from dlcli.core.nearest import nearest
from dlcli.core.output import Output
from dlcli.ui import tables
from dlcli.ui.console import result, say

FILES = {"bash": "dlcli.bash", "zsh": "_dlcli", "fish": "dlcli.fish"}
PLACES = {
    "bash": "bash-completion/completions/dlcli.bash",
    "zsh": "zsh/site-functions/_dlcli",
    "fish": "fish/vendor_completions.d/dlcli.fish",
}
# Lists, name → words with descriptions; kinds, place → what may stand there.
Table = tuple[dict[str, tuple[tuple[str, str], ...]], dict[str, str]]
BEGIN, END = "# >>> written by dlcli completion generate", "# <<< written by dlcli completion generate"


def show(shell: str, output: Output) -> None:
    """Run ``dlcli completion bash|zsh|fish``."""
    path, text = _packaged(shell)
    doc = report.document(f"completion {shell}", files={"script": str(path)}, text=text)
    result(tables.as_json(doc) if output.json else text)


def install(shell: str | None, output: Output) -> None:
    """Run ``dlcli completion install``."""
    shell = shell or _login_shell()
    if shell not in FILES:
        text = f"no completion for the shell {shell!r}; allowed: {', '.join(FILES)}{nearest(shell, FILES)}"
        raise UsageError(text, "dlcli completion install bash")
    data = os.environ.get("XDG_DATA_HOME", "")
    path = (Path(data) if data.startswith("/") else Path.home() / ".local" / "share") / PLACES[shell]
    _, text = _packaged(shell)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise files.writing_failed(path, error) from error
    files.write_text(path, text)
    then = {
        "bash": "new shells find it where the bash-completion package is installed; elsewhere put this line in "
        f"~/.bashrc: source {shlex.quote(str(path))}",
        "zsh": "put this line in ~/.zshrc before compinit, then open a new shell: "
        f"fpath=({shlex.quote(str(path.parent))} $fpath)",
        "fish": "new shells find it; nothing more to do",
    }[shell]
    doc = report.document("completion install", shell=shell, files={"script": str(path)}, next=then)
    tables.show(doc, [("", [{"shell": shell, "written": str(path)}])], output)
    say(then, output.quiet or output.json)


def generate(folder: str | None, table: Table, output: Output) -> None:
    """Run ``dlcli completion generate``.

    Args:
        folder: where to write the scripts, or None to compare the shipped ones.
        table: the lists and kinds of ``completion_table.read``.
        output: how to speak.

    Raises:
        CheckFailed: shipped scripts differ from what would be written.

    """
    drifted, written = [], {}
    for shell, file in FILES.items():
        own = Path(folder) / file if folder is not None else None
        path, text = (own, own.read_text(encoding="utf-8")) if own and own.is_file() else _packaged(shell)
        new = fill(shell, table, text, path)
        if own is not None:
            files.write_text(own, new)
            written[shell] = str(own)
        elif new != text:
            drifted.append(file)
    if drifted:
        raise CheckFailed(
            f"the commands have changed since these scripts were written: {', '.join(drifted)}",
            "dlcli completion generate --write completions",
        )
    state = "written" if written else "ok"
    rows = [{"shell": s, "script": written.get(s, f), "state": state} for s, f in FILES.items()]
    tables.show(report.document("completion generate", files=written, items=rows), [("", rows)], output)


def _packaged(shell: str) -> tuple[Path, str]:
    path = shipped.folder("completions") / FILES[shell]
    if not path.is_file():
        raise MissingError(f"the completion script {path} is missing", "reinstall dlcli-toolkit")
    return path, path.read_text(encoding="utf-8")


def _login_shell() -> str:
    shell = os.environ.get("SHELL", "")
    if not shell:
        raise UsageError("which shell? $SHELL is not set", f"dlcli completion install {'|'.join(FILES)}")
    return Path(shell).name


def fill(shell: str, table: Table, text: str, path: Path) -> str:
    """Return a script with its table written anew.

    Raises:
        DataError: the marks around the table are gone.

    """
    head, begin, rest = text.partition(f"{BEGIN}\n")
    _, end, tail = rest.partition(f"{END}\n")
    if not begin or not end:
        raise DataError(f"{path} lacks the lines {BEGIN!r} and {END!r} around its table")
    lists, kinds = table
    return f"{head}{begin}{_cases(shell, 'list', lists)}\n{_cases(shell, 'kind', kinds)}{end}{tail}"


def _cases(shell: str, what: str, rows: dict[str, Any]) -> str:
    """Return the function that looks up a list or kind by name; names with the same answer stand together."""
    same: dict[Any, list[str]] = {}
    for name, value in rows.items():
        same.setdefault(value, []).append(name)
    lines = []
    for value, found in same.items():
        if shell == "fish":
            lines += [f"        case {' '.join(map(_fish, found))}", f"            {_answer(shell, value)}"]
        else:
            lines += ["    " + "|".join(map(_sh, found)) + ")", f"      {_answer(shell, value)} ;;"]
    body = "\n".join(lines)
    if shell == "fish":
        return f"function __dlcli_{what}\n    switch $argv[1]\n{body}\n    end\nend\n"
    empty = "list=()" if shell == "zsh" and what == "list" else f"{what}="
    return f"__dlcli_{what}() {{\n  {empty}\n  case $1 in\n{body}\n  esac\n}}\n"


def _answer(shell: str, value: Any) -> str:
    if isinstance(value, str):
        return f"echo {_fish(value)}" if shell == "fish" else f"kind={_sh(value)}"
    if shell == "bash":
        words = textwrap.wrap(" ".join(w for w, _ in value), 110, break_on_hyphens=False, break_long_words=False)
        return "list='" + "\n        ".join(words) + "'"
    if shell == "zsh":
        return "list=(\n" + "".join(f"        {_sh(w)} {_sh(a)}\n" for w, a in value) + "      )"
    return "printf '%s\\t%s\\n'" + "".join(f" \\\n                {_fish(w)} {_fish(a)}" for w, a in value)


def _sh(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _fish(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
