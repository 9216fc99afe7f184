"""Data arguments: ``digits``, ``photos/``, ``csv:labels.csv,target=species``.

A word without ``/ . :`` is a builtin; anything else is a path whose format is found by looking (``data/build.py``);
``KIND:WHERE[,key=value…]`` says the format. The mapping ``{kind, path, key…}`` of a recipe means the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dlcli.core.names import BUILTINS, DATA_KINDS
from dlcli.core.nearest import nearest

OPTIONS: dict[str, tuple[str, ...]] = {
    "builtin": (),
    "folder": (),
    "csv": ("picture", "target", "root"),
}


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


def parse(word: str) -> Source:
    """Return what a data word means.

    Raises:
        ValueError: not a data word; the caller says where it stood.

    """
    if not word:
        raise ValueError("an empty word names no data; give a builtin such as digits, or a path")
    head, colon, rest = word.partition(":")
    if colon and not _is_path_with_colon(word):
        if head not in DATA_KINDS:
            raise ValueError(
                f"{head!r} is not a data format; allowed: {', '.join(DATA_KINDS)}{nearest(head, DATA_KINDS)}"
                f"; a file with a colon in its name: ./{word}"
            )
        path, *pairs = rest.split(",")
        if not path:
            raise ValueError(f"{word!r} names no file; write {head}:WHERE")
        options = {}
        for pair in pairs:
            key, equals, value = pair.partition("=")
            if not equals or key not in OPTIONS[head]:
                allowed = ", ".join(OPTIONS[head]) or "none"
                raise ValueError(f"{pair!r} is not an option of {head}; allowed: {allowed}, written key=value")
            options[key] = value
        if head == "builtin":
            return _builtin(path)
        return Source(head, path, options)
    if "/" not in word and "." not in word and "\\" not in word:
        found = _builtin(word)
        if Path(word).exists():
            raise ValueError(
                f"{word!r} is a builtin data set and a file or folder here; write builtin:{word} or ./{word}"
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
    return _builtin(path) if kind == "builtin" else Source(kind, path, given)


def _builtin(name: str) -> Source:
    if name not in BUILTINS:
        raise ValueError(
            f"no builtin data set is called {name!r}; allowed: {', '.join(BUILTINS)}{nearest(name, BUILTINS)}"
            f"; for a file or folder write ./{name}"
        )
    return Source("builtin", name)


def _is_path_with_colon(word: str) -> bool:
    head = word.partition(":")[0]
    return "/" in head or "." in head or "\\" in head or (len(head) == 1 and word[2:3] in ("/", "\\"))


def places(words: Iterable[Any]) -> list[str]:
    """Return the files and folders that data words, or a recipe's mappings, name; numbers and nothing name none."""
    return [w["path"] if isinstance(w, dict) else parse(w).path for w in words if isinstance(w, str | dict)]
