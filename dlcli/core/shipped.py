"""Where the recipes and completion scripts that come with dlcli are found.

An installed package carries them under ``dlcli/shipped``; an editable install or a checkout has them at the top of
the repository.
"""

from __future__ import annotations

from pathlib import Path

from dlcli.core.errors import MissingError, UsageError
from dlcli.core.names import TASKS, VISUALIZE


def folder(name: str) -> Path:
    """Return the shipped folder ``recipes`` or ``completions``.

    Raises:
        MissingError: the installation lacks it.

    """
    package = Path(__file__).resolve().parent.parent
    for candidate in (package / "shipped" / name, package.parent / name):
        if candidate.is_dir():
            return candidate
    raise MissingError(f"the shipped folder {name!r} was not found in this installation", "reinstall dlcli-toolkit")


def recipe_files() -> dict[str, Path]:
    """Return every shipped recipe: name such as ``classify/lenet`` → file, sorted by name."""
    root = folder("recipes")
    found = {p.relative_to(root).with_suffix("").as_posix(): p for p in root.rglob("*.yaml")}
    return dict(sorted(found.items()))


def check_command(recipe: str | None, command: str) -> None:
    """Refuse a shipped recipe of another command, naming the one it is for.

    Raises:
        UsageError: ``train`` was given a recipe of ``boost``, or the other way round.

    """
    owner, slash, _ = (recipe or "").partition("/")
    if not slash or owner not in (*TASKS, "boost", "cascade", "embed", "visualize") or recipe not in recipe_files():
        return
    owner = "train" if owner in TASKS else owner
    if owner != command:
        right = {
            "train": f"dlcli train {recipe}",
            "boost": f"dlcli boost fit -r {recipe}",
            "cascade": f"dlcli boost cascade fit -r {recipe}",
            "embed": f"dlcli embed fit -r {recipe}",
        }.get(owner, f"dlcli {owner}")
        raise UsageError(f"{recipe} is a recipe of dlcli {owner}, not of dlcli {command}", right)


def visualize_verb(recipe: str) -> str:
    """Return the verb of ``dlcli visualize`` that a shipped recipe is for: its name begins with it."""
    stem = recipe.partition("/")[2]
    return max((v for v in VISUALIZE if stem == v or stem.startswith(f"{v}-")), key=len, default="")
