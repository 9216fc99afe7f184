"""Picture folders: one folder a class, with or without ``train``, ``val`` and ``test`` above them."""

from __future__ import annotations

import contextlib
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from dlcli.core.errors import DataError
from dlcli.core.files import shown
from dlcli.data.images import is_picture
from dlcli.data.pictures import Names, Pictures

UNREADABLE = "make it readable, or take it away"
PART_NAMES = {"train": "train", "training": "train", "val": "val", "valid": "val", "validation": "val", "test": "test"}


@dataclass
class Links:
    """What became of the links to folders.

    Args:
        followed: those whose pictures were taken, wherever they lie.
        left_out: those that lead to a folder they lie in, to one seen already, or to nothing.

    """

    followed: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def notes(self) -> list[str]:
        """Return what a user should know, in words."""
        said = (
            (self.followed, "followed"),
            (self.left_out, "left out, for they lead back or to nothing"),
        )
        return [f"links to folders {what}: {some([shown(p) for p in paths])}" for paths, what in said if paths]


def some(names: list[str], limit: int = 5) -> str:
    """Return the first of many names, and how many more there are."""
    return ", ".join(names[:limit]) + (f" and {len(names) - limit} more" if len(names) > limit else "")


def is_folder(path: Path) -> bool:
    """Say whether data is a folder rather than a file.

    Raises:
        DataError: it is missing, out of reach, or neither.

    """
    try:
        mode = os.stat(path).st_mode
    except (FileNotFoundError, NotADirectoryError) as error:
        raise DataError(f"{shown(path)} {'is a link to nothing' if path.is_symlink() else 'does not exist'}") from error
    except OSError as error:
        raise DataError(f"cannot read {shown(path)}: {error.strerror or error}") from error
    if not stat.S_ISDIR(mode) and not stat.S_ISREG(mode):
        raise DataError(f"{shown(path)} is a pipe or device; data is a file or folder, for it is read more than once")
    return stat.S_ISDIR(mode)


def walk(folder: Path, links: Links | None = None) -> list[str]:
    """Return every picture file below a folder, sorted.

    Hidden files are left out. Links are followed, but not into a folder seen before, nor into one that holds this one:
    a loop ends, and the pictures of other classes are not taken for this one's.

    Args:
        folder: where to look.
        links: takes what became of links.

    Raises:
        DataError: a folder cannot be read.

    """
    found: list[str] = []
    links = Links() if links is None else links

    def failed(error: OSError) -> None:
        raise DataError(
            f"cannot read the folder {shown(error.filename)}: {error.strerror or error}", UNREADABLE
        ) from error

    def identity(path: str | Path) -> tuple[int, int]:
        status = os.stat(path)
        return status.st_dev, status.st_ino

    seen: set[tuple[int, int]] = set()
    for holder in Path(os.path.realpath(folder)).parents:
        with contextlib.suppress(OSError):  # out of reach from the top, yet we stand in it
            seen.add(identity(holder))
    for parent, folders, names in os.walk(folder, onerror=failed, followlinks=True):
        here, is_link = identity(parent), os.path.islink(parent)
        if is_link:
            (links.left_out if here in seen else links.followed).append(parent)
        if here in seen:
            folders.clear()
            continue
        seen.add(here)
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        found.extend(os.path.join(parent, n) for n in sorted(names) if is_picture(n) and not n.startswith("."))
    return found


def part_folders(folder: Path) -> dict[str, Path]:
    """Return the folders that are parts: ``train`` must be there, ``val`` and ``test`` may be."""
    found: dict[str, Path] = {}
    for path in subfolders(folder):
        part = PART_NAMES.get(path.name.lower())
        if part in found:
            raise DataError(f"{shown(folder)}: {found[part].name} and {path.name} are both the {part} part; keep one")
        if part:
            found[part] = path
    return {name: found[name] for name in ("train", "val", "test") if name in found} if "train" in found else {}


def subfolders(folder: Path, links: Links | None = None) -> list[Path]:
    """Return the folders in a folder that are not hidden, sorted.

    Args:
        folder: where to look.
        links: takes the links that lead to nothing.

    Raises:
        DataError: missing or not readable.

    """
    try:
        with os.scandir(folder) as found:
            entries = [e for e in found if not e.name.startswith(".")]
    except FileNotFoundError as error:
        raise DataError(f"{shown(folder)} does not exist") from error
    except OSError as error:
        raise DataError(f"cannot read the folder {shown(folder)}: {error.strerror or error}", UNREADABLE) from error
    if links is not None:
        links.left_out += sorted(e.path for e in entries if e.is_symlink() and not os.path.exists(e.path))
    return sorted(folder / e.name for e in entries if (os.path.isdir(e.path) if e.is_symlink() else e.is_dir()))


def load(folder: Path, classes: list[str] | None = None, links: Links | None = None) -> Pictures:
    """Read a folder with one folder a class.

    Args:
        folder: the folder of class folders.
        classes: class names to use (those of the whole data set); by default the folders' names.
        links: takes what became of links to folders.

    Raises:
        DataError: no class folders, or no pictures.

    """
    own = [p.name for p in subfolders(folder, links)]
    classes = own if classes is None else classes
    number = {name: k for k, name in enumerate(classes)}
    files: list[str] = []
    labels: list[int] = []
    for name in own:
        inside = walk(folder / name, links)
        files += inside
        labels += [number[name]] * len(inside)
    if not files:
        loose = [p for p in folder.iterdir() if p.is_file() and is_picture(p)]
        if loose:
            what = f"{len(loose)} picture{'s' * (len(loose) > 1)} but no class folders with pictures"
            raise DataError(
                f"{shown(folder)} holds {what}",
                "put the pictures of each class in a folder of its own, or give a table: csv:labels.csv",
            )
        what = f"folders without pictures ({some([shown(n) for n in own])})" if own else "no class folders"
        raise DataError(f"{shown(folder)} holds {what}", "a picture folder is FOLDER/CLASS/picture.png")
    return Pictures(Names(files), np.asarray(labels, dtype=np.int64), classes)
