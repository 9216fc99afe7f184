"""From a data argument to the three parts of a picture set."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dlcli.core.errors import DataError
from dlcli.core.files import shown
from dlcli.core.sources import Source, parse
from dlcli.data import csv_pictures, folders, library
from dlcli.data.library import Announce
from dlcli.data.pictures import Names, Part, Parts, Pictures, none_of, whole


@dataclass(frozen=True)
class Found:
    """What a data argument turned out to be.

    Args:
        source: the argument with its format found.
        pictures: all of them.
        parts: row numbers of the parts the data brings itself; empty when it brings none.
        notes: what was found, in words.

    """

    source: Source
    pictures: Pictures
    parts: dict[str, np.ndarray]
    notes: list[str]

    def part(self, name: str) -> Part:
        """Return a part the data brings itself."""
        return Part(self.pictures, self.parts[name])


def find(source: Source, download: Announce | None = None) -> Found:
    """Open a data argument as labeled pictures.

    Args:
        source: the argument.
        download: see ``data/library.load``; fetches a library's data set that is not on disk.

    Raises:
        DataError: missing, of an unknown format, or without pictures.

    """
    if source.kind == "auto":
        source = Source(_format(Path(source.path)), source.path)
    match source.kind:
        case "builtin":
            return _builtin(source)
        case "csv":
            pictures, parts, notes = csv_pictures.load(Path(source.path), source.options)
            return Found(source, pictures, parts, [*notes, *_said(parts, "the column part")])
        case "torchvision":
            return Found(source, *library.load(source, download))
        case _:
            return _folder(source)


def _format(path: Path) -> str:
    if folders.is_folder(path):
        return "folder"
    if path.suffix.lower() in (".csv", ".tsv", ".txt"):
        return "csv"
    raise DataError(f"{shown(path)}: the format is not known; pictures come as a folder or a csv table")


def _builtin(source: Source) -> Found:
    match source.path:
        case "digits":
            from dlcli.data.builtin import digits

            arrays, labels = digits.load()
            names = Names(f"digits/{k:04d}" for k in range(len(labels)))
            return Found(source, Pictures(names, labels, digits.CLASSES, arrays), {}, ["builtin digits"])
    raise DataError(f"the builtin {source.path!r} holds no labeled pictures")


def _folder(source: Source) -> Found:
    root = Path(source.path)
    inside = folders.part_folders(root)
    links = folders.Links()
    if not inside:
        pictures = folders.load(root, links=links)
        many = "1 class folder" if len(pictures.classes) == 1 else f"{len(pictures.classes)} class folders"
        return Found(source, pictures, {}, [f"{shown(root)}: a folder of {many}", *links.notes()])
    classes = sorted({p.name for folder in inside.values() for p in folders.subfolders(folder)})
    sets = {name: folders.load(folder, classes, links) for name, folder in inside.items()}
    names, labels, parts, start = [], [], {}, 0
    for name, pictures in sets.items():
        names += [pictures.names[k] for k in range(len(pictures))]
        labels.append(pictures.labels)
        parts[name] = np.arange(start, start + len(pictures), dtype=np.int64)
        start += len(pictures)
    joined = Pictures(Names(names), np.concatenate(labels), classes)
    return Found(source, joined, parts, _said(parts, f"the folders in {shown(root)}") + links.notes())


def _said(parts: dict[str, np.ndarray], by: str) -> list[str]:
    return [f"parts given by {by}: " + ", ".join(f"{p} {len(i)}" for p, i in parts.items())] if parts else []


def parts(
    train: Source, val: Source | float, test: Source | float, seed: int, download: Announce | None = None
) -> Parts:
    """Return training, validation and test part.

    What the training data brings as parts of its own wins over the fractions; data named for ``val`` or ``test`` wins
    over both. The rest is split by picture, stratified by class, as a function of the seed alone.

    Args:
        train: the training data.
        val: data of its own, or the share of the training data in 0–1.
        test: likewise.
        seed: of the split.
        download: see ``find``.

    Raises:
        DataError: missing data, one class only, or an empty training part.

    """
    found = find(train, download)
    notes = list(found.notes)
    given: dict[str, Part] = {p: found.part(p) for p in found.parts}
    others: dict[str, Found] = {}
    for name, asked in (("val", val), ("test", test)):
        if isinstance(asked, Source):
            others[name] = find(asked, download)
            notes += [f"{name}: {n}" for n in others[name].notes]
    classes = sorted({*found.pictures.classes}.union(*(f.pictures.classes for f in others.values())))
    if classes != found.pictures.classes and not others:
        classes = found.pictures.classes
    pictures = _renumbered(found.pictures, classes)
    if "train" in given:
        rest = given["train"].index
    else:
        held_back = [p.index for p in given.values()]
        rest = np.setdiff1d(np.arange(len(pictures), dtype=np.int64), np.concatenate([[], *held_back]).astype(np.int64))
    shares = {
        n: s for n, s in (("val", val), ("test", test)) if n not in others and n not in given and isinstance(s, float)
    }
    taken = split(pictures.labels[rest], list(shares.values()), seed)
    result = {"train": Part(pictures, rest[taken[0]])}
    for name, picked in zip(shares, taken[1:], strict=True):
        result[name] = Part(pictures, rest[picked])
    for name, other in others.items():
        held = other.parts.get(name)  # data/ with its own test folder, given as data.test, means that folder
        named = _renumbered(other.pictures, classes)
        result[name] = whole(named) if held is None else Part(named, held)
    for name in ("val", "test"):
        if name in given and name not in others:
            result[name] = Part(pictures, given[name].index)
        result.setdefault(name, none_of(pictures))
    _check(result, classes, notes)
    return Parts(result["train"], result["val"], result["test"], classes, notes)


def split(labels: np.ndarray, shares: list[float], seed: int) -> list[np.ndarray]:
    """Split row numbers into training rows and one group a share, stratified by class.

    A class keeps at least one picture in training; of a class too small to reach every part the rest go where the
    rounding of the running shares puts them.

    Args:
        labels: class number of each row.
        shares: parts of the whole, each in [0, 1), together below 1.
        seed: of the shuffle.
    Shapes:
        labels (N,) int64 -> 1 + len(shares) sorted int64 arrays that together are 0…N−1

    """
    generator = np.random.default_rng([seed, 0x5EED])
    groups: list[list[np.ndarray]] = [[] for _ in range(1 + len(shares))]
    for label in np.unique(labels):
        rows = generator.permutation(np.flatnonzero(labels == label))
        start = 0
        for k, share in enumerate(shares):
            count = min(round(share * len(rows)), len(rows) - 1 - start)
            groups[k + 1].append(rows[start : start + count])
            start += count
        groups[0].append(rows[start:])
    return [np.sort(np.concatenate(g)).astype(np.int64) if g else np.empty(0, np.int64) for g in groups]


def _renumbered(pictures: Pictures, classes: list[str]) -> Pictures:
    if pictures.classes == classes:
        return pictures
    number = np.asarray([classes.index(c) for c in pictures.classes], dtype=np.int64)
    return Pictures(pictures.names, number[pictures.labels], classes, pictures.arrays)


def _check(result: dict[str, Part], classes: list[str], notes: list[str]) -> None:
    train = result["train"]
    counts = train.counts()
    present = [c for c, n in counts.items() if n]
    if len(present) < 2:
        raise DataError(
            f"the training part holds {len(present)} class{'' if len(present) == 1 else 'es'} "
            f"({', '.join(map(shown, present)) or 'no pictures'}); a classifier needs two",
            "a picture folder is FOLDER/CLASS/picture.png with a folder for each class",
        )
    empty = [c for c, n in counts.items() if not n]
    if empty:
        notes.append(f"no training picture of {_some(empty)}")
    for name in ("val", "test"):
        part = result[name]
        if len(part):
            missing = [c for c, n in part.counts().items() if not n]
            if missing:
                notes.append(f"no {name} picture of {_some(missing)}")
    sizes = f"training {len(train)}, validation {len(result['val'])}, test {len(result['test'])} pictures"
    notes.append(f"{len(classes)} classes; {sizes}")


def _some(names: list[str]) -> str:
    return folders.some([shown(n) for n in names])


def from_recipe(section: Any, seed: int, download: Announce | None = None) -> Parts:
    """Return the parts a recipe's ``data`` section asks for."""

    def source(value: Any) -> Any:
        if isinstance(value, str):
            return parse(value)
        return value.parsed() if hasattr(value, "parsed") else value

    return parts(source(section.train), source(section.val), source(section.test), seed, download)


def fingerprint(parts: Parts) -> str:
    """Return a checksum of names and labels of the training and validation parts; pictures' bytes are not read."""
    digest = hashlib.blake2b(digest_size=12)
    for part in (parts.train, parts.val):
        digest.update(part.labels.tobytes())
        for i in range(len(part)):
            digest.update(os.fsencode(os.path.basename(part.name(i))))
    return digest.hexdigest()
