"""YAML read by the rules of YAML 1.2, every scalar kept as the characters typed, with its place in the file.

PyYAML follows YAML 1.1, where ``no`` is False, ``12:30:00`` is 45000 and ``1e-3`` is text, and it silently keeps the
last of two equal keys. Here a scalar stays text until the field it is meant for decides (``core/recipe.py``), so the
tree below holds only ``Text``, ``Table`` and ``Sequence``, each knowing where it came from.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from dlcli.core.errors import Problem, RecipeError

LIMIT_BYTES = 1_000_000
LIMIT_NODES = 20_000
LIMIT_DEPTH = 50

_INT = re.compile(r"[-+]?[0-9]+\Z|0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_INFINITE = re.compile(r"([-+]?)\.(inf|Inf|INF)\Z")
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {w: w.lower() == "true" for w in ("true", "True", "TRUE", "false", "False", "FALSE")}
_PLAIN_TAGS = {f"tag:yaml.org,2002:{t}" for t in ("str", "int", "float", "bool", "null", "map", "seq", "timestamp")}


@dataclass(frozen=True)
class Where:
    """A place: a file with line and column, or the word typed.

    Args:
        source: file name, or the word as typed.
        line: line from 1; 0 for a typed word.
        column: column from 1.

    """

    source: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.source}:{self.line}:{self.column}" if self.line else self.source


class Text(str):
    """A scalar as typed; ``plain`` says that it stood without quotes."""

    where: Where
    plain: bool

    def __new__(cls, value: str, where: Where, plain: bool = True) -> Text:
        """Make text that knows its place."""
        self = super().__new__(cls, value)
        self.where, self.plain = where, plain
        return self


class Table(dict):
    """A mapping whose keys are ``Text``."""

    def __init__(self, where: Where):
        super().__init__()
        self.where = where


class Sequence(list):
    """A list of nodes."""

    def __init__(self, where: Where, items: Any = ()):
        super().__init__(items)
        self.where = where


Node = Text | Table | Sequence


def is_null(text: str) -> bool:
    """Say whether a plain scalar means nothing at all."""
    return text in _NULL


def as_bool(text: str) -> bool | None:
    """Return the truth value a scalar spells, or None."""
    return _BOOL.get(text)


def as_int(text: str) -> int | None:
    """Return the whole number a scalar spells, or None."""
    if len(text) > 40 or not _INT.match(text):
        return None
    return int(text, 0) if text[:2] in ("0o", "0x") else int(text)


def as_float(text: str) -> float | None:
    """Return the number a scalar spells (``1e-3`` and ``.inf`` too), or None."""
    if len(text) <= 80 and _FLOAT.match(text):
        return float(text)
    infinite = _INFINITE.match(text)
    if infinite:
        return float(f"{infinite[1]}inf")
    return float("nan") if text in (".nan", ".NaN", ".NAN") else None


def read(text: str | bytes, source: str, *, typed: bool = False) -> Node:
    """Parse one YAML document.

    Args:
        text: the document; bytes must be UTF-8.
        source: the name to show in messages.
        typed: it is a word of the command line, in which lines and columns say nothing.

    Returns:
        The tree; an empty document is an empty ``Table``.

    Raises:
        RecipeError: not YAML, not UTF-8, a duplicate key, a tag, a key that is no text, or too large.

    """
    import yaml

    if len(text) > LIMIT_BYTES:
        raise _refused(source, 1, 1, f"the file has {len(text):,} bytes, at most {LIMIT_BYTES:,} are read")
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = text.count(b"\n", 0, error.start) + 1
            column = error.start - text.rfind(b"\n", 0, error.start)
            raise _refused(source, line, column, "the file is not UTF-8 text", "save it as UTF-8") from error
    try:
        root = yaml.compose(text, Loader=yaml.BaseLoader)  # resolves nothing: `=` and `<<` are text too
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        hint = "YAML is indented with spaces, not with tabs" if "'\\t'" in (error.problem or "") else ""
        raise _refused(source, *place, " ".join(filter(None, (error.context, error.problem))), hint) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        column = error.position - text.rfind("\n", 0, error.position)
        raise _refused(source, line, column, f"the character {error.character!r} is not allowed in YAML") from error
    except yaml.YAMLError as error:
        raise _refused(source, 1, 1, str(error).splitlines()[0]) from error
    except RecursionError as error:
        raise _refused(source, 1, 1, f"nested deeper than {LIMIT_DEPTH} levels") from error
    if root is None:
        return Table(Where(source, 1, 1))
    problems: list[Problem] = []
    tree = _Builder(source, problems, typed).build(root, 0)
    if problems:
        raise RecipeError(problems)
    return tree


class _Builder:
    """Turns PyYAML's nodes into ours; counts them, so that aliases cannot blow a small file up."""

    def __init__(self, source: str, problems: list[Problem], typed: bool):
        self.source, self.problems, self.typed, self.count = source, problems, typed, 0

    def build(self, node: Any, depth: int) -> Node:
        where = self._where(node)
        self.count += 1
        if self.count > LIMIT_NODES:
            raise RecipeError([Problem(str(where), "", f"more than {LIMIT_NODES:,} values once aliases are expanded")])
        if depth > LIMIT_DEPTH:
            raise RecipeError([Problem(str(where), "", f"nested deeper than {LIMIT_DEPTH} levels")])
        self._check_tag(node, where)
        if node.id == "scalar":
            return Text(node.value, where, plain=node.style is None)
        if node.id == "sequence":
            return Sequence(where, [self.build(item, depth + 1) for item in node.value])
        return self._table(node, where, depth)

    def _table(self, node: Any, where: Where, depth: int) -> Table:
        table, seen = Table(where), {}
        for key_node, value_node in node.value:
            place = self._where(key_node)
            if key_node.id != "scalar":
                self.problems.append(Problem(str(place), "", "a key must be a word"))
                continue
            self._check_tag(key_node, place)
            key = Text(key_node.value, place, plain=key_node.style is None)
            if key in seen:
                self.problems.append(Problem(str(place), str(key), f"the key is set twice, first at {seen[key]}"))
            seen.setdefault(key, place)
            table[key] = self.build(value_node, depth + 1)
        return table

    def _check_tag(self, node: Any, where: Where) -> None:
        if node.tag not in _PLAIN_TAGS:
            self.problems.append(Problem(str(where), "", f"the tag {_tag(node.tag)!r} is not allowed in a recipe"))

    def _where(self, node: Any) -> Where:
        if self.typed:
            return Where(self.source)
        return Where(self.source, node.start_mark.line + 1, node.start_mark.column + 1)


def _tag(tag: str) -> str:
    return tag.replace("tag:yaml.org,2002:", "!!")


def _refused(source: str, line: int, column: int, text: str, hint: str = "") -> RecipeError:
    return RecipeError([Problem(str(Where(source, line, column)), "", text)], hint)


def dump(value: Any) -> str:
    """Return plain data as YAML: keys in their order, text that could be taken for something else quoted."""
    import yaml

    class Dumper(yaml.SafeDumper):
        """PyYAML quotes what YAML 1.1 takes for something else (``no``); this also what 1.2 does (``1e-3``)."""

    def text(dumper: Any, held: str) -> Any:
        other = any(parse(held) is not None for parse in (as_int, as_float, as_bool))
        return dumper.represent_scalar("tag:yaml.org,2002:str", held, style="'" if other else None)

    Dumper.add_representer(str, text)
    return yaml.dump(value, Dumper=Dumper, sort_keys=False, allow_unicode=True, default_flow_style=None, width=120)
