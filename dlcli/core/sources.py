"""Data arguments: ``digits``, ``photos/``, ``csv:labels.csv,target=species``.

A word without ``/ . :`` is a builtin; anything else is a path whose format is found by looking (``data/build.py``);
``KIND:WHERE[,key=value…]`` says the format, and ``torchvision:NAME`` is a data set of that library. The mapping
``{kind, path, key…}`` of a recipe means the same. Tables are spoken of in the same grammar with kinds and builtins of
their own (``parse_table``), and so is text (``parse_corpus``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dlcli.core.names import BUILTINS, CORPORA, LIBRARY_ROOT, LIBRARY_SETS, TABLES
from dlcli.core.nearest import nearest

OPTIONS: dict[str, tuple[str, ...]] = {
    "builtin": (),
    "folder": (),
    "csv": ("picture", "target", "root"),
    "torchvision": ("root",),
}
TABLE_OPTIONS: dict[str, tuple[str, ...]] = {
    "builtin": (),
    "csv": ("target", "delimiter", "header"),
    "tsv": ("target", "delimiter", "header"),
    "libsvm": ("base", "features"),
    "parquet": ("target",),
}
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|", "space": " "}


@dataclass(frozen=True)
class Source:
    """Where data is and in which format.

    Args:
        kind: one of ``DATA_KINDS``, or ``auto`` when the format is to be found.
        path: file, folder or builtin name.
        options: what else was said, by key.

    """

    kind: str
    path: str
    options: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        extra = "".join(f",{k}={v}" for k, v in self.options.items())
        return self.path if self.kind in ("auto", "builtin") else f"{self.kind}:{self.path}{extra}"

    def places(self) -> list[str]:
        """Return the files and folders it names."""
        if self.kind != "torchvision":
            return [self.path]
        return [str(Path(self.root, place)) for place in LIBRARY_SETS[self.path].places]

    @property
    def root(self) -> str:
        """The folder a library's data set lies in."""
        return self.options.get("root") or LIBRARY_ROOT


@dataclass(frozen=True)
class Grammar:
    """What data words may say.

    Args:
        options: the options of each kind.
        builtins: the names of what needs no file.
        what: what a builtin is called in messages.

    """

    options: Mapping[str, tuple[str, ...]]
    builtins: Mapping[str, str]
    what: str


PICTURES = Grammar(OPTIONS, BUILTINS, "data set")
TABULAR = Grammar(TABLE_OPTIONS, TABLES, "table")
TEXTUAL = Grammar({"builtin": (), "text": ()}, CORPORA, "corpus")


def parse_table(word: str) -> Source:
    """Return what a table's data word means; ``-`` is CSV on stdin.

    Raises:
        ValueError: not such a word, or an option with a value that is not allowed; the caller says where it stood.

    """
    if word == "-":
        return Source("auto", "-")
    source = parse(word, TABULAR)
    for key, value in source.options.items():
        allowed = _wrong_value(key, value)
        if allowed:
            raise ValueError(f"{key}={value} in {word!r} is not allowed; allowed: {allowed}")
    return source


def parse_corpus(word: str) -> Source:
    """Return what a word for text means; ``-`` is stdin.

    Raises:
        ValueError: not such a word; the caller says where it stood.

    """
    return Source("text", "-") if word == "-" else parse(word, TEXTUAL)


def _wrong_value(key: str, value: str) -> str:
    """Return what is allowed where a table's option has another value, else nothing."""
    match key:
        case "delimiter" if value not in DELIMITERS and (len(value) != 1 or value in '"\r\n' or not value.isascii()):
            return f"{', '.join(DELIMITERS)}, or one character"
        case "header" if value not in ("true", "false"):
            return "true, false"
        case "base" if value not in ("0", "1"):
            return "0, 1"
        case "features" if not (value.isascii() and value.isdigit() and 0 < int(value) < 2**31):
            return "the number of columns, 1 or more"
        case "target" if not value:
            return "the name of a column"
    return ""


def parse(word: str, grammar: Grammar = PICTURES) -> Source:
    """Return what a data word means.

    Args:
        word: as typed.
        grammar: the kinds, options and builtins there are.

    Raises:
        ValueError: not a data word; the caller says where it stood.

    """
    if not word:
        raise ValueError("an empty word names no data; give a builtin such as digits, or a path")
    kinds = tuple(grammar.options)
    head, colon, rest = word.partition(":")
    if colon and not _is_path_with_colon(word):
        if head not in kinds:
            raise ValueError(
                f"{head!r} is not a data format; allowed: {', '.join(kinds)}{nearest(head, kinds)}"
                f"; a file with a colon in its name: ./{word}"
            )
        path, *pairs = rest.split(",")
        if not path:
            raise ValueError(f"{word!r} names no file; write {head}:WHERE")
        options = {}
        for pair in pairs:
            key, equals, value = pair.partition("=")
            if not equals or key not in grammar.options[head]:
                allowed = ", ".join(grammar.options[head]) or "none"
                raise ValueError(f"{pair!r} is not an option of {head}; allowed: {allowed}, written key=value")
            options[key] = value
        return _named(head, path, options, grammar)
    if "/" not in word and "." not in word and "\\" not in word:
        found = _builtin(word, grammar)
        if Path(word).exists():
            raise ValueError(
                f"{word!r} is a builtin {grammar.what} and a file or folder here; write builtin:{word} or ./{word}"
            )
        return found
    return Source("auto", word)


def from_mapping(kind: str, path: str, options: dict[str, str | None]) -> Source:
    """Return the source a recipe's mapping means.

    Raises:
        ValueError: an option that the kind does not take, or an unknown builtin.

    """
    given = {k: v for k, v in options.items() if v is not None}
    wrong = [k for k in given if k not in OPTIONS[kind]]
    if wrong:
        raise ValueError(f"{kind} takes no {', '.join(wrong)}; allowed: {', '.join(OPTIONS[kind]) or 'none'}")
    return _named(kind, path, given, PICTURES)


def _named(kind: str, path: str, options: dict[str, str], grammar: Grammar) -> Source:
    if kind == "builtin":
        return _builtin(path, grammar)
    if kind == "torchvision" and path not in LIBRARY_SETS:
        allowed = f"allowed: {', '.join(LIBRARY_SETS)}{nearest(path, LIBRARY_SETS)}"
        raise ValueError(f"no data set of torchvision is called {path!r} here; {allowed}")
    return Source(kind, path, options)


def _builtin(name: str, grammar: Grammar) -> Source:
    known = grammar.builtins
    if name not in known:
        raise ValueError(
            f"no builtin {grammar.what} is called {name!r}; allowed: {', '.join(known)}{nearest(name, known)}"
            f"; for a file or folder write ./{name}"
        )
    return Source("builtin", name)


def _is_path_with_colon(word: str) -> bool:
    head = word.partition(":")[0]
    return "/" in head or "." in head or "\\" in head or (len(head) == 1 and word[2:3] in ("/", "\\"))


def places(words: Iterable[Any], grammar: Grammar = PICTURES) -> list[str]:
    """Return the files and folders that data words, or a recipe's mappings, name; numbers and nothing name none."""
    found = []
    for word in words:
        if isinstance(word, dict):
            options = {k: v for k, v in word.items() if k in OPTIONS.get(word["kind"], ()) and v is not None}
            found += Source(word["kind"], word["path"], options).places()
        elif isinstance(word, str):
            found += parse(word, grammar).places()
    return found
