"""Recipes: found, extended, overridden, checked and frozen.

Precedence: schema default < recipe (``extends`` first) < ``KEY=VALUE`` < named option. Every value knows where it came
from; naming another choice of a section (``optim.name=sgd``) drops what a lower layer said that the new choice lacks.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dlcli.core import shipped, yaml12
from dlcli.core.errors import DataError, Problem, RecipeError, UsageError
from dlcli.core.names import TASKS
from dlcli.core.nearest import nearest
from dlcli.core.yaml12 import Table, Text, Where

VERSION = 1
_SHORT = ("model", "loss", "optim", "schedule")  # sections that one bare word, their name, can stand for


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


@dataclass
class _Layers:
    tree: Table
    name: str
    files: list[Path] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    stdin: bytes | None = None
    command: str = "train"


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
        overrides: words ``KEY=VALUE``, ``KEY+=VALUE`` (append to a list) or ``~KEY`` (back to the default).
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

    layers = _load(source, command) if base is None else _Layers(base, name or base.where.source)
    layers.command = command
    problems: list[Problem] = []
    for word in overrides:
        _override(layers, word, problems, command)
    for key, (option, value) in (options or {}).items():
        _set(layers, key.split("."), _typed(value, Where(option)), problems)
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


def _load(source: str | None, command: str) -> _Layers:
    if source is None:
        return _Layers(Table(Where(f"{command} defaults")), command, command=command)
    if source == "-":
        data = sys.stdin.buffer.read(yaml12.LIMIT_BYTES + 1)
        layers = _extended(_Layers(_as_table(yaml12.read(data, "stdin")), "stdin", command=command), ())
        layers.stdin = data
        return layers
    name, path = find(source)
    return _extended(_Layers(read_file(path), name, [path], command=command), (path.resolve(),))


def _extended(layers: _Layers, chain: tuple[Path, ...]) -> _Layers:
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
    base = _extended(_Layers(read_file(path), layers.name, [path], command=command), (*chain, path.resolve()))
    _merge(base.tree, layers.tree, "", base)
    base.tree.where = layers.tree.where
    return _Layers(base.tree, layers.name, [*base.files, *layers.files], base.notes + layers.notes, command=command)


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


def _merge(low: Table, high: Table, prefix: str, layers: _Layers) -> None:
    """Lay ``high`` over ``low``: mappings merge, everything else replaces."""
    if "name" in high and str(high["name"]) != str(low.get("name", "")):
        _forget_other_choice(low, str(high["name"]), prefix.rstrip("."), layers)
    for key, value in high.items():
        held = low.get(key)
        if f"{prefix}{key}" in _SHORT and held is not None:
            held, value = _opened(held), _opened(value)
            low[key] = held
        if isinstance(value, Table) and isinstance(held, Table):
            _merge(held, value, f"{prefix}{key}.", layers)
        else:
            low.pop(key, None)  # so that the key carries the place where it was set last
            low[key] = value


def _opened(node: Any) -> Any:
    """Return a bare choice (``optim: sgd``) as the mapping that it is short for."""
    if not isinstance(node, Text) or node.startswith("{") or (node.plain and yaml12.is_null(node)):
        return node
    table = Table(node.where)
    table[Text("name", node.where)] = node
    return table


def _forget_other_choice(section: Table, name: str, key: str, layers: _Layers) -> None:
    """Drop what a lower layer said for another choice; keys the new choice has too are kept."""
    keep = _keys_of_choice(key, name, layers.command)
    if keep is None:
        return
    for k in [k for k in section if k not in keep]:
        value = section.pop(k)
        layers.notes.append(f"{key}.{k}={value} ({value.where}) does not apply to {name} and was dropped")


def _keys_of_choice(key: str, name: str, command: str) -> set[str] | None:
    if key == "model" and command == "train":
        return {"name", "weights", "freeze", "trunk_lr", "layer_decay", "batch_norm"}
    if key not in _SHORT:
        return None
    from dlcli.core.schemas.base import choices_of, key_of
    from dlcli.core.schemas.catalog import schema_of

    schema = schema_of("classify" if command == "train" else command)
    choices = choices_of(schema.model_fields[key].annotation) if key in schema.model_fields else {}
    return {key_of(choices[name], f) for f in choices[name].model_fields} if name in choices else None


def _typed(value: str, where: Where) -> Text:
    """Return a value from the command line; there nothing typed is an empty text, and ``null`` is null."""
    return Text(value, where, plain=value != "")


def _override(layers: _Layers, word: str, problems: list[Problem], command: str) -> None:
    where = Where(word)
    if word.startswith("~") and "=" not in word:
        _unset(layers.tree, word[1:].split("."), word, problems, command)
        return
    key, equals, value = word.partition("=")
    append = key.endswith("+")
    key = key.removesuffix("+")
    if not equals or not key:
        text = f"{word!r} is not KEY=VALUE"
        problems.append(Problem(str(where), "", text))
        return
    node: Any = _typed(value, where)
    if append:
        held = _get(layers.tree, key.split("."))
        before = _default_list(layers.tree, key.split("."), command) if held is None else _listed(held)
        node = yaml12.Sequence(where, [*before, node])
    _set(layers, [Text(part, where) for part in key.split(".")], node, problems)


def _get(tree: Any, path: list[str]) -> Any:
    for part in path:
        tree = tree.get(part) if isinstance(tree, Table) else None
    return tree


def _default_list(tree: Table, path: list[str], command: str) -> list[Text]:
    """Return what a list holds that no layer has set, so that ``KEY+=V`` appends to it."""
    from dlcli.core.schemas.base import choices_of, is_section, key_of, members

    section: Any = _schema(tree, command)
    if section is None:
        return []
    for depth, part in enumerate(path):
        field = next((f for f in section.model_fields if key_of(section, f) == part), None)
        if field is None:
            return []
        if depth == len(path) - 1:
            default = section.model_fields[field].default
            return [Text(str(v), Where("default")) for v in default] if isinstance(default, list) else []
        annotation = section.field_type(field, _get(tree, path[:depth]) or {})
        choice = choices_of(annotation).get(str(_get(tree, [*path[: depth + 1], "name"])))
        sections = [choice] if choice else [m for m in members(annotation) if is_section(m)]
        if not sections:
            return []
        section = sections[0]
    return []


def _schema(tree: Table, command: str) -> Any:
    """Return the schema of the recipe as far as it has come, or None where its task is unknown or not built."""
    from dlcli.core.schemas.catalog import schema_of

    task = str(tree.get("task")) if command == "train" else command
    return schema_of(task, training=command == "train") if command != "train" or TASKS.get(task) else None


def _listed(node: Any) -> list[Any]:
    if isinstance(node, yaml12.Sequence):
        return list(node)
    opened = yaml12.read(str(node), str(node.where), typed=True) if str(node).startswith("[") else node
    return list(opened) if isinstance(opened, yaml12.Sequence) else [node]


def _set(layers: _Layers, path: list[str], node: Any, problems: list[Problem]) -> None:
    where = node.where
    if any(not part for part in path):
        problems.append(Problem(str(where), ".".join(path), "a key has no empty part"))
        return
    top = Table(where)
    inner = top
    for part in path[:-1]:
        inner[Text(part, where)] = inner = Table(where)
    inner[Text(path[-1], where)] = node
    _merge(layers.tree, top, "", layers)


def _unset(tree: Any, path: list[str], word: str, problems: list[Problem], command: str) -> None:
    parent = _get(tree, path[:-1])
    if isinstance(parent, Table) and path[-1] in parent:
        del parent[path[-1]]
        return
    from dlcli.core.typed import is_key, unknown_key

    key, schema = ".".join(path), _schema(tree, command)
    if schema is None or is_key(schema, key):
        text = "is not set by the recipe, so it has its default already"
    else:
        text = "a key has no empty part" if not all(path) else unknown_key(schema, key)
    problems.append(Problem(word, key, text))


def _origins(tree: Table, prefix: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in tree.items():
        dotted = f"{prefix}{key}"
        if isinstance(value, Table):
            found.update(_origins(value, f"{dotted}."))
        else:
            found[dotted] = str(value.where)
    return found


def plain(section: Any) -> Any:
    """Return sections as plain data for YAML and JSON, in the order of the schema."""
    from dlcli.core.schemas.base import Section, key_of

    if isinstance(section, Section):
        fields = sorted(type(section).model_fields, key=lambda f: f != "name")  # the choice first, then its keys
        return {key_of(type(section), f): plain(getattr(section, f)) for f in fields}
    if isinstance(section, (list, tuple)):
        return [plain(v) for v in section]
    if isinstance(section, dict):  # free keys: text stays text, whatever it spells
        return dict(section)
    if isinstance(section, str) and str(yaml12.as_int(section)) == section:
        return int(section)  # `precision: 32` reads better bare, and a text field takes it as typed
    return section


def flat(value: Any, prefix: str = "") -> dict[str, Any]:
    """Return nested plain data as dotted key → value; lists stay whole."""
    if isinstance(value, dict) and value:
        found: dict[str, Any] = {}
        for k, v in value.items():
            found.update(flat(v, f"{prefix}.{k}" if prefix else str(k)))
        return found
    return {prefix: value}


def digest(recipe: Any) -> str:
    """Return a short fingerprint of a resolved recipe."""
    import hashlib
    import json

    return hashlib.sha256(json.dumps(plain(recipe), sort_keys=True).encode()).hexdigest()[:16]
