"""Layers of a recipe laid over each other: base, recipe, ``KEY=VALUE``, option; each value keeps its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dlcli.core import yaml12
from dlcli.core.errors import Problem, RecipeError
from dlcli.core.names import TASKS
from dlcli.core.yaml12 import Table, Text, Where

# Sections that one bare word, their name, can stand for.
_SHORT = ("model", "model.init", "loss", "optim", "schedule")


@dataclass
class Layers:
    """A recipe as far as it has come.

    Args:
        tree: all that was said so far.
        name: of the recipe.
        files: that were read, the base first.
        notes: what the user should know, such as keys that were dropped.
        stdin: what was read there, or None.
        command: whose schema it has.

    """

    tree: Table
    name: str
    files: list[Path] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    stdin: bytes | None = None
    command: str = "train"


def merge(low: Table, high: Table, prefix: str, layers: Layers) -> None:
    """Lay ``high`` over ``low``: mappings merge, everything else replaces."""
    if "name" in high and str(high["name"]) != str(low.get("name", "")):
        _forget_other_choice(low, str(high["name"]), prefix.rstrip("."), layers)
    for key, value in high.items():
        held = low.get(key)
        if held is not None and _is_short(f"{prefix}{key}", layers.command):
            held, value = _opened(held), _opened(value)
            low[key] = held
        if isinstance(value, Table) and isinstance(held, Table):
            merge(held, value, f"{prefix}{key}.", layers)
        else:
            low.pop(key, None)  # so that the key carries the place where it was set last
            low[key] = value


def _is_short(key: str, command: str) -> bool:
    """Say whether a bare word stands for a section; the ``model`` of a command that uses one is but its name."""
    if key not in _SHORT or command == "train":
        return key in _SHORT
    from dlcli.core.schemas.base import is_section, members
    from dlcli.core.schemas.catalog import schema_of

    field = schema_of(command).model_fields.get(key)
    return field is None or any(is_section(m) for m in members(field.annotation))


def _opened(node: Any) -> Any:
    """Return a bare choice (``optim: sgd``) as the mapping that it is short for, and a mapping typed in one word."""
    if not isinstance(node, Text) or (node.plain and yaml12.is_null(node)):
        return node
    if node.startswith("{") and node.plain:
        try:
            return yaml12.read(str(node), str(node.where), typed=not node.where.line)
        except RecipeError:  # told by the reader, which knows the key
            return node
    table = Table(node.where)
    table[Text("name", node.where)] = node
    return table


def _forget_other_choice(section: Table, name: str, key: str, layers: Layers) -> None:
    """Drop what a lower layer said for another choice; keys the new choice has too are kept."""
    keep = _keys_of_choice(key, name, layers.command)
    if keep is None:
        return
    for k in [k for k in section if k not in keep]:
        value = section.pop(k)
        layers.notes.append(f"{key}.{k}={value} ({value.where}) does not apply to {name} and was dropped")


def _keys_of_choice(key: str, name: str, command: str) -> set[str] | None:
    if key not in _SHORT:
        return None
    from dlcli.core.schemas.base import choices_of, key_of
    from dlcli.core.schemas.catalog import schema_of

    schema = schema_of("classify" if command == "train" else command)
    if key == "model" and command == "train":
        return set(schema.model_fields["model"].annotation.model_fields) - {"args"}
    *above, last = key.split(".")
    for part in above:
        schema = schema.model_fields[part].annotation
    choices = choices_of(schema.model_fields[last].annotation) if last in schema.model_fields else {}
    return {key_of(choices[name], f) for f in choices[name].model_fields} if name in choices else None


def typed(value: str, where: Where) -> Text:
    """Return a value from the command line; there nothing typed is an empty text, and ``null`` is null."""
    return Text(value, where, plain=value != "")


def override(layers: Layers, word: str, problems: list[Problem], command: str) -> None:
    """Lay a word ``KEY=VALUE``, ``KEY+=VALUE`` or ``~KEY`` over all that was said before it."""
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
    node: Any = typed(value, where)
    if append:
        held = _get(layers.tree, key.split("."))
        before = _default_list(layers.tree, key.split("."), command) if held is None else _listed(held)
        node = yaml12.Sequence(where, [*before, node])
    assign(layers, [Text(part, where) for part in key.split(".")], node, problems)


def _get(tree: Any, path: list[str]) -> Any:
    for part in path:
        tree = element(tree, part)
    return tree


def element(node: Any, part: str) -> Any:
    """Return what a part of a dotted key names in a mapping or, by its number from 0, in a list; else None."""
    if isinstance(node, Table):
        return node.get(part)
    if isinstance(node, yaml12.Sequence) and part.isdecimal() and int(part) < len(node):
        return node[int(part)]
    return None


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
            return list(yaml12.read(yaml12.dump(plain(default)), "default", typed=True)) if default else []
        beside = _opened(_get(tree, path[:depth]) if depth else tree)
        annotation = section.field_type(field, beside if isinstance(beside, Table) else {})
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


def assign(layers: Layers, path: list[str], node: Any, problems: list[Problem]) -> None:
    """Lay one value over all that was said before it; a number in the key names an element of a list, from 0."""
    where = node.where
    if any(not part for part in path):
        problems.append(Problem(str(where), ".".join(path), "a key has no empty part"))
        return
    for depth, part in enumerate(path[1:], start=1):
        if part.isdecimal() and not isinstance(_get(layers.tree, path[:depth]), Table):
            node = _with_element(layers, path, depth, node, problems)
            if node is None:
                return
            path = path[:depth]
            break
    top = Table(where)
    inner = top
    for part in path[:-1]:
        inner[Text(part, where)] = inner = Table(where)
    inner[Text(path[-1], where)] = node
    merge(layers.tree, top, "", layers)


def _with_element(layers: Layers, path: list[str], depth: int, node: Any, problems: list[Problem]) -> Any:
    """Return a list with one element, or a key of it, set anew; None when the list has no such element."""
    key, number, rest = ".".join(path[:depth]), int(path[depth]), path[depth + 1 :]
    held = _get(layers.tree, path[:depth])
    items = _default_list(layers.tree, path[:depth], layers.command) if held is None else _listed(held)
    if number >= len(items):
        told = f"{key} has {len(items)} elements" + (f", 0 to {len(items) - 1}" if items else "")
        problems.append(Problem(str(node.where), ".".join(path), f"there is no element {number}; {told}"))
        return None
    if rest:
        inner = _opened(items[number])
        if not isinstance(inner, Table):
            problems.append(Problem(str(node.where), ".".join(path), f"element {number} of {key} is no mapping"))
            return None
        assign(Layers(inner, layers.name, command=layers.command), rest, node, problems)
        node = inner
    where = held.where if held is not None else node.where
    return yaml12.Sequence(where, [*items[:number], node, *items[number + 1 :]])


def _unset(tree: Any, path: list[str], word: str, problems: list[Problem], command: str) -> None:
    parent = _get(tree, path[:-1])
    if isinstance(parent, Table) and path[-1] in parent:
        del parent[path[-1]]
        return
    if isinstance(parent, yaml12.Sequence) and element(parent, path[-1]) is not None:
        del parent[int(path[-1])]
        return
    from dlcli.core.typed import is_key, unknown_key

    key, schema = ".".join(path), _schema(tree, command)
    if schema is None or is_key(schema, key):
        text = "is not set by the recipe, so it has its default already"
    else:
        text = "a key has no empty part" if not all(path) else unknown_key(schema, key)
    problems.append(Problem(word, key, text))


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
