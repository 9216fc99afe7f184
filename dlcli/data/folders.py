"""Picture folders: one folder a class, with or without ``train``, ``val`` and ``test`` above them."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from dlcli.core.errors import DataError
from dlcli.data.images import is_picture
from dlcli.data.pictures import Names, Pictures

PART_NAMES = {"train": "train", "training": "train", "val": "val", "valid": "val", "validation": "val", "test": "test"}


def walk(folder: Path) -> list[str]:
    """Return every picture file below a folder, sorted; hidden files are left out, links are followed once.

    Raises:
        DataError: a folder cannot be read.

    """
    found: list[str] = []
    seen: set[tuple[int, int]] = set()

    def failed(error: OSError) -> None:
        raise DataError(f"cannot read the folder {error.filename}: {error.strerror or error}") from error

    for parent, folders, names in os.walk(folder, onerror=failed, followlinks=True):
        status = os.stat(parent)
        if (status.st_dev, status.st_ino) in seen:  # a link back to a folder we are in already
            folders.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        found.extend(os.path.join(parent, n) for n in sorted(names) if is_picture(n) and not n.startswith("."))
    return found


def part_folders(folder: Path) -> dict[str, Path]:
    """Return the folders that are parts: ``train`` must be there, ``val`` and ``test`` may be."""
    found = {PART_NAMES[p.name.lower()]: p for p in subfolders(folder) if p.name.lower() in PART_NAMES}
    return {name: found[name] for name in ("train", "val", "test") if name in found} if "train" in found else {}


def subfolders(folder: Path) -> list[Path]:
    """Return the folders in a folder that are not hidden, sorted.

    Raises:
        DataError: missing or not readable.

    """
    try:
        return sorted(p for p in folder.iterdir() if p.is_dir() and not p.name.startswith("."))
    except FileNotFoundError as error:
        raise DataError(f"{folder} does not exist") from error
    except OSError as error:
        raise DataError(f"cannot read the folder {folder}: {error.strerror or error}") from error


def load(folder: Path, classes: list[str] | None = None) -> Pictures:
    """Read a folder with one folder a class.

    Args:
        folder: the folder of class folders.
        classes: class names to use (those of the whole data set); by default the folders' names.

    Raises:
        DataError: no class folders, or no pictures.

    """
    own = [p.name for p in subfolders(folder)]
    classes = own if classes is None else classes
    number = {name: k for k, name in enumerate(classes)}
    files: list[str] = []
    labels: list[int] = []
    for name in own:
        inside = walk(folder / name)
        files += inside
        labels += [number[name]] * len(inside)
    if not files:
        loose = [p for p in folder.iterdir() if p.is_file() and is_picture(p)]
        if loose:
            raise DataError(
                f"{folder} holds {len(loose)} pictures but no class folders",
                "put the pictures of each class in a folder of its own, or give a table: csv:labels.csv",
            )
        what = f"folders ({', '.join(own[:5])}…) without pictures" if own else "no class folders"
        raise DataError(f"{folder} holds {what}", "a picture folder is FOLDER/CLASS/picture.png")
    return Pictures(Names(files), np.asarray(labels, dtype=np.int64), classes)
