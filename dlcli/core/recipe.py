"""Recipes: found, extended, overridden, checked and frozen.

Precedence: schema default < recipe (``extends`` first) < ``KEY=VALUE`` < named option. Every value knows where it came
from; naming another choice of a section (``optim.name=sgd``) drops what a lower layer said that the new choice lacks.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dlcli.core import shipped, yaml12
from dlcli.core.errors import DataError, Problem, RecipeError, UsageError
from dlcli.core.layering import Layers, assign, merge, override, plain, typed
from dlcli.core.names import TASKS
from dlcli.core.nearest import nearest
from dlcli.core.yaml12 import Table, Text, Where

VERSION = 1


@dataclass(frozen=True)
class Resolved:
    """A recipe ready to run.

    Args:
        recipe: the frozen sections.
        name: ``classify/lenet-digits``, the stem of a file, or ``stdin``.
        origins: dotted key → where its value came from; keys not in it have their default.
        files: every recipe file read, the base first.
        notes: what the user should know, such as keys that were dropped.
        stdin: what was read there, for a process that is to read it again; None when nothing was.

    """

    recipe: Any
    name: str
    origins: dict[str, str]
    files: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()
    stdin: bytes | None = None

    def text(self) -> str:
        """Return the resolved recipe as YAML that can be fed back."""
        return yaml12.dump(plain(self.recipe))

    def refuse_stdin(self, *places: str | None) -> None:
        """Refuse to read stdin for something else when the recipe came from there.

        Args:
            places: files that are to be read; ``-`` is stdin.

        Raises:
            UsageError: it would be read twice.

        """
        if self.stdin is not None and "-" in places:
            raise UsageError("the recipe is read from stdin, so nothing else can be", "name a file", key="--recipe")

    def located(self, error: UsageError) -> UsageError:
        """Return an error about a key with the place where that key, or what it stands in, was set."""
        key = error.key
        while key and key not in self.origins:
            key = key.rpartition(".")[0]
        if not key or isinstance(error, RecipeError):
            return error
        return RecipeError([Problem(self.origins[key], error.key, error.message)], error.hint)


def resolve(
    source: str | None,
    overrides: Sequence[str] = (),
    options: Mapping[str, tuple[str, str]] | None = None,
    *,
    command: str = "train",
    base: Table | None = None,
    name: str = "",
) -> Resolved:
    """Turn the words typed into a checked recipe.

    Args:
        source: recipe name, file, ``-`` for stdin, or None for the defaults alone.
        overrides: words ``KEY=VALUE``, ``KEY+=VALUE`` (append to a list) or ``~KEY`` (back to the default); a number
            in KEY names an element of a list, from 0.
        options: recipe key → (option as typed, value) for the named options that were given.
        command: ``train``, or the command whose schema it is.
        base: a tree to start from instead of a file (a run that is resumed).
        name: what to call the recipe of such a tree.

    Raises:
        RecipeError: everything wrong, in one pass.
        MissingError: a task that is not built yet.

    """
    from dlcli.core.schemas.catalog import schema_of
    from dlcli.core.typed import Reader

    layers = _load(source, command) if base is None else Layers(base, name or base.where.source)
    layers.command = command
    problems: list[Problem] = []
    for word in overrides:
        override(layers, word, problems, command)
    for key, (option, value) in (options or {}).items():
        assign(layers, key.split("."), typed(value, Where(option)), problems)
    task = layers.tree.get("task") if command == "train" else command
    if command == "train" and not isinstance(task, Text):
        where = task.where if task is not None else Where(layers.tree.where.source)
        problems.append(Problem(str(where), "task", f"is required; one of {', '.join(TASKS)}"))
        raise RecipeError(problems)
    if command == "train" and str(task) not in TASKS:
        text = f"{str(task)!r} is not allowed; must be one of {', '.join(TASKS)}{nearest(str(task), TASKS)}"
        raise RecipeError([*problems, Problem(str(task.where), "task", text)])
    schema = schema_of(str(task), training=command == "train")
    reader = Reader(schema, problems)
    recipe = reader.read(layers.tree)
    if recipe is None:
        raise RecipeError(problems, keys_hint(problems, str(task)))
    origins = _origins(layers.tree)
    return Resolved(recipe, layers.name, origins, tuple(layers.files), tuple(layers.notes), layers.stdin)


def keys_hint(problems: Sequence[Problem], task: str) -> str:
    """Return where keys are listed, if any problem is about a key: of broken YAML that would say nothing."""
    return f"dlcli recipes keys {task} lists every key" if any(p.key for p in problems) else ""


def find(source: str) -> tuple[str, Path]:
    """Return name and file of a recipe.

    Raises:
        UsageError: no such recipe; names the nearest.

    """
    known = shipped.recipe_files()
    path = Path(source)
    looks_like_file = source.endswith((".yaml", ".yml")) or source.startswith((".", "/", "~"))
    if source in known and not (looks_like_file and os.path.exists(path)):  # pathlib's own raise for a long word
        return source, known[source]
    if looks_like_file or os.path.isfile(path):
        if os.path.isdir(path):
            raise UsageError(f"{source} is a folder, not a recipe file")
        if not os.path.exists(path):
            near = nearest(path.stem, known, cutoff=0.4)
            raise UsageError(f"recipe file {source} does not exist{near}", "dlcli recipes ls lists the shipped recipes")
        return path.stem, path
    raise UsageError(
        f"no recipe is called {source!r}{nearest(source, known, 3, 0.5)}",
        "dlcli recipes ls lists the shipped recipes; a file of your own ends in .yaml",
    )


def read_file(path: Path) -> Table:
    """Read one recipe file as a tree.

    Raises:
        RecipeError: not a mapping, or not readable as YAML.
        DataError: the file cannot be read.

    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror or error}") from error
    return _as_table(yaml12.read(data, os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)))


def _as_table(tree: Any) -> Table:
    if not isinstance(tree, Table):
        raise RecipeError([Problem(str(tree.where), "", "a recipe is a mapping of sections")])
    return tree


def _load(source: str | None, command: str) -> Layers:
    if source is None:
        return Layers(Table(Where(f"{command} defaults")), command, command=command)
    if source == "-":
        data = sys.stdin.buffer.read(yaml12.LIMIT_BYTES + 1)
        layers = _extended(Layers(_as_table(yaml12.read(data, "stdin")), "stdin", command=command), ())
        layers.stdin = data
        return layers
    name, path = find(source)
    return _extended(Layers(read_file(path), name, [path], command=command), (path.resolve(),))


def _extended(layers: Layers, chain: tuple[Path, ...]) -> Layers:
    """Lay a recipe over the one it extends, and that over its own base."""
    _check_version(layers.tree)
    base_name = layers.tree.pop("extends", None)
    if base_name is None:
        return layers
    if not isinstance(base_name, Text):
        raise RecipeError([Problem(str(base_name.where), "extends", "must name one recipe")])
    beside = chain[-1].parent / base_name if chain else Path(base_name)
    try:
        path = beside if os.path.isfile(beside) else find(str(base_name))[1]
    except UsageError as error:
        raise RecipeError([Problem(str(base_name.where), "extends", error.message)], error.hint) from error
    if path.resolve() in chain:
        names = " → ".join(p.stem for p in (*chain[chain.index(path.resolve()) :], path))
        raise RecipeError([Problem(str(base_name.where), "extends", f"the recipes extend each other: {names}")])
    command = layers.command
    base = _extended(Layers(read_file(path), layers.name, [path], command=command), (*chain, path.resolve()))
    merge(base.tree, layers.tree, "", base)
    base.tree.where = layers.tree.where
    return Layers(base.tree, layers.name, [*base.files, *layers.files], base.notes + layers.notes, command=command)


def _check_version(tree: Table) -> None:
    version = tree.get("schema")
    if version is None:
        return
    number = yaml12.as_int(str(version)) if isinstance(version, Text) else None
    if number is None or number < 1:
        raise RecipeError([Problem(str(version.where), "schema", f"must be {VERSION}, the version of the format")])
    if number > VERSION:
        text = f"this recipe needs format {number}; this dlcli reads up to {VERSION}"
        raise RecipeError([Problem(str(version.where), "schema", text)], "install a newer dlcli-toolkit")


def _origins(tree: Table, prefix: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in tree.items():
        dotted = f"{prefix}{key}"
        if isinstance(value, Table):
            found.update(_origins(value, f"{dotted}."))
            continue
        found[dotted] = str(value.where)
        if isinstance(value, yaml12.Sequence):
            found.update({f"{dotted}.{n}": str(item.where) for n, item in enumerate(value)})
    return found


def flat(value: Any, prefix: str = "", *, elements: bool = False) -> dict[str, Any]:
    """Return nested plain data as dotted key → value; lists stay whole, but with ``elements`` those of mappings."""
    if elements and isinstance(value, list) and value and all(isinstance(v, dict) for v in value):
        value = dict(enumerate(value))
    if isinstance(value, dict) and value:
        found: dict[str, Any] = {}
        for k, v in value.items():
            found.update(flat(v, f"{prefix}.{k}" if prefix else str(k), elements=elements))
        return found
    return {prefix: value}


def digest(recipe: Any) -> str:
    """Return a short fingerprint of a resolved recipe."""
    import hashlib
    import json

    return hashlib.sha256(json.dumps(plain(recipe), sort_keys=True).encode()).hexdigest()[:16]
