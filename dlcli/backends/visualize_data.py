"""Many pictures for ``dlcli visualize``: files, folders, lists, or a labeled data set."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from dlcli.core import sources
from dlcli.core.errors import DataError, ModelError, UsageError
from dlcli.core.names import BUILTINS
from dlcli.data import build, folders, images, inputs, picture_words
from dlcli.data.library import Announce
from dlcli.data.pictures import Names, Part, Pictures, whole


@dataclass(frozen=True)
class Many:
    """Pictures that words name.

    Args:
        name: what they are, short: the word, or how many.
        part: all of them; without labels where files were named.
        labeled: the same with labels, where the words are a data set or a folder of class folders; else None.
        named: the words name a data set, so its labels are meant and must be the network's.
        read: files and folders they were looked for in.

    """

    name: str
    part: Part
    labeled: Part | None
    named: bool
    read: list[str]

    def labels_for(self, classes: Sequence[str]) -> np.ndarray | None:
        """Return the network's class number of each picture of ``labeled``, or None where it has no labels for them.

        Raises:
            ModelError: of a data set, some classes are not the network's; a folder's may be anything.

        """
        if self.labeled is None:
            return None
        number = {name: k for k, name in enumerate(classes)}
        strangers = [c for c, n in self.labeled.counts().items() if n and c not in number]
        if not strangers:
            return np.asarray([number.get(c, 0) for c in self.labeled.pictures.classes], np.int64)[self.labeled.labels]
        if not self.named:
            return None
        raise ModelError(
            f"the network does not know the classes {folders.some(strangers)} of {self.name}",
            "-m a run that was trained on them, or --class for a class of its own",
        )


class _Given(Pictures):
    """Unlabeled pictures, some of which came as bytes."""

    held: dict[str, bytes]

    def read(self, index: int) -> Image.Image:
        name = self.names[index]
        return images.read(self.held.get(name, name), name)


def many(words: Sequence[str], download: Announce | None = None) -> Many:
    """Return the pictures that words name; without words they come from stdin where it is no terminal.

    Args:
        words: files, folders, patterns, ``-``; or a data word (``digits``, ``labels.csv``), see ``data/picture_words``.
        download: see ``data/library.load``.

    Raises:
        UsageError: none were named, or a data set among other words.
        DataError: missing, or nothing in it.

    """
    if not words and sys.stdin is not None and not sys.stdin.isatty():
        words = [inputs.STDIN]
    if not words:
        text = "which pictures? give files, folders, a pattern, a data set such as digits, or - for a list on stdin"
        raise UsageError(text)
    sets = [w for w in words if _is_set(w)]
    if sets and len(words) > 1:
        raise UsageError(f"{sets[0]} is a data set; it stands alone, or a folder of pictures in its place")
    if sets:
        return _set(sets[0], download)
    names, held = inputs.expand(words)
    pictures = _Given(Names(names), np.full(len(names), -1, np.int64), [])
    object.__setattr__(pictures, "held", held)
    found = [w for w in words if os.path.isdir(w)]
    one = len(words) == 1 and (os.path.exists(words[0]) or len(names) == 1)
    called = "stdin" if list(words) == [inputs.STDIN] else words[0] if one else f"{len(names)} pictures"
    return Many(called, whole(pictures), _class_folders(words), False, [*found, *names])


def _is_set(word: str) -> bool:
    return word in BUILTINS or (picture_words.is_data(word) and not os.path.isdir(word))


def _set(word: str, download: Announce | None) -> Many:
    try:
        source = sources.parse(word)
    except ValueError as error:
        raise UsageError(str(error)) from None
    part = whole(build.find(source, download).pictures)
    return Many(source.path, part, part, True, source.places())


def _class_folders(words: Sequence[str]) -> Part | None:
    """Return the labeled pictures of one folder of class folders, or None where the words are something else."""
    if len(words) != 1 or not os.path.isdir(words[0]):
        return None
    try:
        return whole(build.find(sources.Source("folder", str(Path(words[0])))).pictures)
    except DataError:
        return None
