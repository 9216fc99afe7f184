"""From a tree of typed characters to a frozen recipe: every scalar is read by the field it stands in.

A text field takes the characters as typed (``no``, ``2024`` stay text), a number field takes numbers. All problems are
collected in one pass; pydantic then checks ranges and what must hold between fields.
"""

from __future__ import annotations

import difflib
import types
import typing
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import ValidationError

from dlcli.core import yaml12
from dlcli.core.errors import Problem, RecipeError
from dlcli.core.layering import element
from dlcli.core.nearest import nearest
from dlcli.core.schemas.base import Section, choices_of, is_section, key_of, members, takes_null
from dlcli.core.yaml12 import Node, Sequence, Table, Text, Where

_BAD = object()
ASKS = "--data photos/ or --data digits"  # what to type when a recipe has no data


@dataclass
class Reader:
    """Reads a tree as a section.

    Args:
        schema: the section of the whole recipe.
        problems: where what is wrong is collected.

    """

    schema: type[Section]
    problems: list[Problem] = field(default_factory=list)

    def read(self, tree: Table) -> Section | None:
        """Return the recipe, or None when ``problems`` grew."""
        value = self._section(self.schema, tree, "")
        return None if self.problems else value

    def _wrong(self, where: Where, key: str, text: str) -> Any:
        self.problems.append(Problem(str(where), key, text))
        return _BAD

    def _any(self, annotation: Any, node: Node, key: str) -> Any:
        if isinstance(node, Text) and node.plain and takes_null(annotation) and yaml12.is_null(node):
            return None
        kinds = members(annotation)
        choices = choices_of(annotation)
        if choices:
            return self._choice(choices, node, key)
        sections = [k for k in kinds if is_section(k)]
        rest = [k for k in kinds if not is_section(k)]
        node = self._opened(node, rest, key)
        if node is _BAD:
            return _BAD
        if isinstance(node, Table):
            if sections:
                return self._section(sections[0], node, key)
            if any(typing.get_origin(k) is dict or k is Any for k in rest):
                return {str(k): self._free(v) for k, v in node.items()}
            return self._wrong(node.where, key, f"is a mapping; must be {words(annotation)}")
        if isinstance(node, Sequence):
            lists = [k for k in rest if typing.get_origin(k) is list]
            if not lists:
                return self._wrong(node.where, key, f"is a list; must be {words(annotation)}")
            inner = typing.get_args(lists[0])[0]
            return [self._any(inner, item, f"{key}.{n}") for n, item in enumerate(node)]
        return self._scalar(annotation, rest, node, key)

    def _opened(self, node: Node, rest: list[Any], key: str) -> Any:
        """Let a word typed on the command line open as a list or mapping where only those fit."""
        if not isinstance(node, Text) or not (node.startswith(("[", "{")) and node.plain):
            return node
        if str in rest and not any(typing.get_origin(k) is list for k in rest):
            return node
        try:
            return yaml12.read(str(node), str(node.where), typed=not node.where.line)
        except RecipeError as error:
            return self._wrong(node.where, key, f"{str(node)!r}: {error.problems[0].text}")

    def _scalar(self, annotation: Any, kinds: list[Any], node: Text, key: str) -> Any:
        text = str(node)
        for kind in kinds:
            if kind is Any:
                return self._free(node)
            if typing.get_origin(kind) is Literal:
                spelled = {str(v): v for v in typing.get_args(kind)}
                if text in spelled:
                    return spelled[text]
        for kind, parse in ((bool, yaml12.as_bool), (int, yaml12.as_int), (float, yaml12.as_float)):
            if kind in kinds and (value := parse(text)) is not None:
                return value
        if str in kinds:
            return text
        near = nearest(text, literals(annotation))
        return self._wrong(node.where, key, f"{text!r} is not allowed; must be {words(annotation)}{near}")

    def _free(self, node: Node) -> Any:
        """Read a value without a field by the YAML 1.2 core schema."""
        if isinstance(node, Table):
            return {str(k): self._free(v) for k, v in node.items()}
        if isinstance(node, Sequence):
            return [self._free(v) for v in node]
        if not node.plain:
            return str(node)
        if node.startswith(("[", "{")) and not node.where.line:  # a word typed on the command line
            return self._free(self._opened(node, [], ""))
        if yaml12.is_null(node):
            return None
        for parse in (yaml12.as_bool, yaml12.as_int, yaml12.as_float):
            if (value := parse(str(node))) is not None:
                return value
        return str(node)

    def _choice(self, choices: dict[str, type[Section]], node: Node, key: str) -> Any:
        first = next(iter(choices))
        if isinstance(node, Text):
            if node.startswith("{") and node.plain:
                node = self._opened(node, [], key)
                if node is _BAD:
                    return _BAD
            else:  # a bare word is short for {name: word}
                node, name = Table(node.where), node
                node[Text("name", name.where)] = name
        if not isinstance(node, Table):
            return self._wrong(node.where, key, f"must be a mapping with a name: {', '.join(choices)}")
        name = node.get("name", first)
        if not isinstance(name, str) or str(name) not in choices:
            place = name.where if hasattr(name, "where") else node.where
            text = f"{describe(name)} is not allowed; must be one of {', '.join(choices)}"
            return self._wrong(place, f"{key}.name", text + nearest(str(name), choices))
        return self._section(choices[str(name)], node, key, choices)

    def _section(
        self, cls: type[Section], node: Node, key: str, choices: dict[str, type[Section]] | None = None
    ) -> Any:
        if not isinstance(node, Table):
            keys = ", ".join(key_of(cls, f) for f in cls.model_fields)
            return self._wrong(node.where, key, f"{describe(node)} is not allowed; must be a mapping of {keys}")
        by_key = {key_of(cls, f): f for f in cls.model_fields}
        before = len(self.problems)
        values: dict[str, Any] = {}
        siblings = {str(k): v for k, v in node.items()}
        for name, child in node.items():
            dotted = f"{key}.{name}" if key else str(name)
            if str(name) not in by_key:
                self._unknown(name, dotted, by_key, key, choices)
                continue
            value = self._any(cls.field_type(by_key[name], siblings), child, dotted)
            if value is not _BAD and not (isinstance(value, list) and _BAD in value):
                values[str(name)] = value
        for name, f in by_key.items():
            if name not in node and cls.model_fields[f].is_required():
                about, kind = cls.model_fields[f].description, cls.model_fields[f].annotation
                dotted = f"{key}.{name}" if key else name
                # Of an element of a list the line says which one; a section may be made up, and has no line of its own.
                where = node.where if key.rpartition(".")[2].isdecimal() else Where(node.where.source)
                if is_section(kind):  # what is required in it is told by its own name
                    self._section(kind, Table(where), dotted)
                    continue
                told = {"data.train": f"this recipe asks for data: {getattr(self.schema, 'asks', ASKS)}"}
                self._wrong(where, dotted, told.get(dotted, f"is required: {about or 'a value'}"))
        broken = len(self.problems) > before
        try:
            section = cls.model_validate(values)
        except ValidationError as error:
            for e in _of_one_branch(error.errors(include_url=False), node):
                # What must hold between fields is only asked of a section whose fields are all there.
                if not broken or (e["loc"] and e["type"] != "missing"):
                    self._from_pydantic(e, node, key)
            return _BAD
        return _BAD if broken else section

    def _unknown(self, name: Text, dotted: str, by_key: dict, key: str, choices: dict | None) -> None:
        owners = [n for n, c in (choices or {}).items() if str(name) in {key_of(c, f) for f in c.model_fields}]
        prefix = f"{key}." if key else ""
        near = difflib.get_close_matches(str(name), by_key, 1)
        # Keys of an element and arguments of a network are no keys of the schema.
        listed = key == "model.args" or key.rpartition(".")[2].isdecimal()
        nearest = prefix + near[0] if near else "" if listed else nearest_key(self.schema, dotted)
        if owners:
            text = f"is no key of this choice; it belongs to {', '.join(owners)}"
        else:
            text = "unknown key" + (f"; nearest: {nearest}" if nearest else f"; allowed: {', '.join(by_key)}")
        self._wrong(name.where, dotted, text)

    def _from_pydantic(self, error: Any, node: Table, key: str) -> None:
        where: Any = node
        dotted = key
        for part in error["loc"]:
            if _is_branch(part, where):
                continue
            if (isinstance(where, Table) and part in where) or (
                isinstance(where, Sequence) and isinstance(part, int) and part < len(where)
            ):
                where = where[part]
            dotted = f"{dotted}.{part}" if dotted else str(part)
        text = error["msg"].removeprefix("Value error, ").replace("Input should", "must").replace("should", "must")
        if error["type"] != "value_error":
            text = f"{error['input']!r} is not allowed; {text}"
        involved = getattr(error.get("ctx", {}).get("error"), "keys", ())
        if involved:
            where, dotted = _said_last(node, key, involved)
        place = where.where if hasattr(where, "where") else node.where
        self._wrong(place, dotted, text)


def _said_last(node: Table, key: str, involved: tuple[str, ...]) -> tuple[Any, str]:
    """Return, of keys that do not go together, the one to name: typed before written, the last one first."""
    found: list[tuple[Any, str]] = []
    for dotted in involved:
        inner: Any = node
        for part in dotted.split("."):
            if isinstance(inner, Text) and (inner.startswith(("[", "{")) or part == "name"):  # all of it in one word
                break
            inner = element(inner, part)
        if inner is not None:
            found.append((inner, f"{key}.{dotted}" if key else dotted))
    typed = [f for f in found if not f[0].where.line]
    return (typed or found or [(node, f"{key}.{involved[-1]}" if key else involved[-1])])[-1]


def _is_branch(part: str | int, node: Any) -> bool:
    """Say whether a part of pydantic's place names an alternative of a union, not a key."""
    return isinstance(part, str) and not isinstance(node, Table)


def _of_one_branch(errors: list[Any], node: Table) -> list[Any]:
    """Keep, of what all alternatives of a union say about one value, what the fitting one says."""
    groups: dict[str, list[Any]] = {}
    for error in errors:
        first = error["loc"][0] if error["loc"] else ""
        several = len(error["loc"]) > 1 and _is_branch(error["loc"][1], node.get(first))
        groups.setdefault(str(first) if several else str(error["loc"]), []).append(error)
    kept = []
    for group in groups.values():
        fitting = [e for e in group if not e["type"].endswith("_type") and e["type"] != "literal_error"]
        kept += fitting or group[:1]
    return kept


def describe(node: Node) -> str:
    """Return a node in the words of a message."""
    return repr(str(node)) if isinstance(node, Text) else "a list" if isinstance(node, Sequence) else "a mapping"


def literals(annotation: Any) -> list[str]:
    """Return the spelled-out choices of a type."""
    return [str(v) for k in members(annotation) if typing.get_origin(k) is Literal for v in typing.get_args(k)]


def words(annotation: Any) -> str:
    """Return a type in the words of a message, such as ``a whole number or null``."""
    names = {int: "a whole number", float: "a number", bool: "true or false", str: "text", Any: "a value"}
    parts: list[str] = []
    for kind in members(annotation):
        if typing.get_origin(kind) is Literal:
            values = [str(v) for v in typing.get_args(kind)]
            parts.append(values[0] if len(values) == 1 else "one of " + ", ".join(values))
        elif typing.get_origin(kind) is list:
            parts.append(f"a list of {words(typing.get_args(kind)[0]).removeprefix('a ')}")
        elif isinstance(kind, types.GenericAlias):
            parts.append("a mapping")
        elif is_section(kind):
            choice = kind.model_fields.get("name")
            parts.append(choice.default if choice and isinstance(choice.default, str) else "a mapping")
        else:
            parts.append(names.get(kind, str(kind)))
    if takes_null(annotation):
        parts.append("null")
    return " or ".join(dict.fromkeys(parts))


def all_keys(schema: type[Section], prefix: str = "") -> dict[str, tuple[Any, Any, str]]:
    """Return every dotted key of a schema: key → (type, default, description).

    A choice between sections lists the keys of all of them, each default taken from the first that has it.
    """
    from pydantic_core import PydanticUndefined

    found: dict[str, tuple[Any, Any, str]] = {}
    for name, info in schema.model_fields.items():
        key = prefix + key_of(schema, name)
        choices = choices_of(info.annotation)
        inner = [m for m in members(info.annotation) if is_section(m)]
        if choices:
            found[f"{key}.name"] = (Literal[tuple(choices)], next(iter(choices)), "which one")
            for section in choices.values():
                for k, v in all_keys(section, f"{key}.").items():
                    found.setdefault(k, v)
            continue
        if inner and len(members(info.annotation)) == 1:
            if takes_null(info.annotation):
                found[key] = (info.annotation, None, info.description or _first_line(inner[0]))
            found.update(all_keys(inner[0], f"{key}."))
            continue
        default = None if info.default is PydanticUndefined else info.default
        found[key] = (info.annotation, "required" if info.is_required() else default, info.description or "")
    return found


def _first_line(cls: type) -> str:
    return (cls.__doc__ or "").strip().splitlines()[0]


def is_key(schema: type[Section], dotted: str) -> bool:
    """Say whether a schema has a key, a section of that name, or a mapping of free keys around it."""
    return any(
        k == dotted
        or k.startswith(f"{dotted}.")
        or (dotted.startswith(f"{k}.") and any(typing.get_origin(m) is dict for m in members(kind)))
        for k, (kind, _, _) in all_keys(schema).items()
    )


def unknown_key(schema: type[Section], dotted: str) -> str:
    """Return what is said of a key that a schema does not have."""
    nearest = nearest_key(schema, dotted)
    return "unknown key" + (f"; nearest: {nearest}" if nearest else "")


def nearest_key(schema: type[Section], dotted: str) -> str:
    """Return the known key most like a mistyped one, or an empty string."""
    keys = list(all_keys(schema))
    near = difflib.get_close_matches(dotted, keys, 1, cutoff=0.6)
    if near:
        return near[0]
    last = dotted.rpartition(".")[2]
    by_last = {k.rpartition(".")[2]: k for k in reversed(keys)}
    near = difflib.get_close_matches(last, by_last, 1, cutoff=0.75)
    return by_last[near[0]] if near else ""
