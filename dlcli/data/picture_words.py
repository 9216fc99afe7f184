"""Words that name pictures, with or without classes: a data word, class folders, or plain pictures."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dlcli.core import sources
from dlcli.core.errors import UsageError
from dlcli.core.names import BUILTINS
from dlcli.data import build, folders, images, inputs
from dlcli.data.library import Announce
from dlcli.data.pictures import Names, Part, Pictures, whole


def is_data(word: str) -> bool:
    """Say whether a word names labeled data: a builtin, ``KIND:WHERE``, a table, or a folder of class folders."""
    if word in BUILTINS or word.lower().endswith((".csv", ".tsv")):
        return True  # where a folder has a builtin's name, sources.parse says what to write
    if os.path.isdir(word):
        return _of_classes(Path(word))
    return not os.path.exists(word) and word.partition(":")[0] in sources.OPTIONS and ":" in word


def _of_classes(root: Path) -> bool:
    inner = folders.subfolders(root)
    loose = any(p.is_file() and images.is_picture(p) for p in root.iterdir())
    return bool(inner) and not loose


def labeled(words: Sequence[str], download: Announce | None = None) -> tuple[Part, str]:
    """Return the pictures that words name, and where they come from, in words.

    One word may name labeled data; otherwise all words are read as ``data/inputs.expand`` reads them, and the pictures
    have no classes.

    Args:
        words: as typed.
        download: see ``data/library.load``.

    Raises:
        UsageError: a data word among others, or one that means nothing; a single picture on stdin.
        DataError: nothing there.

    """
    data = [word for word in words if is_data(word)]
    if data and len(words) > 1 and any(not os.path.isdir(word) for word in data):
        raise UsageError(f"{data[0]} is a data set, which stands alone", "one data set, or pictures and folders")
    if len(words) == 1 and data:
        found = build.find(_source(words[0]), download)
        return whole(found.pictures), "; ".join(found.notes)
    names, held = inputs.expand(words)
    if held:
        raise UsageError("one picture on stdin is no set of pictures", "- takes a list of files, one a line")
    pictures = Pictures(Names(names), np.full(len(names), -1, dtype=np.int64), [])
    return whole(pictures), f"{len(names)} pictures without classes"


def _source(word: str) -> sources.Source:
    if os.path.isdir(word) and word not in BUILTINS:
        return sources.Source("auto", word)
    try:
        return sources.parse(word)
    except ValueError as error:
        raise UsageError(str(error)) from None


def places(word: str) -> list[str]:
    """Return the files and folders that a word names."""
    return _source(word).places() if is_data(word) else [word]


def some(part: Part, most: int) -> Part:
    """Return at most so many pictures, in even steps, so that a set in the order of its classes keeps them all."""
    if len(part) <= most:
        return part
    return Part(part.pictures, part.index[np.arange(most) * len(part) // most])
