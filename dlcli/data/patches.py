"""Gray pictures for cascades: folders or ``.npy`` files of objects, of patches, of larger pictures to search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from dlcli.core.errors import DataError
from dlcli.core.files import shown
from dlcli.data import folders, images

LARGEST_VALUES = 2_000_000_000


@dataclass(frozen=True)
class Gray:
    """Gray pictures that are read when they are asked for; only names are kept.

    Args:
        names: files.

    """

    names: list[str]

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, number: int) -> Image.Image:
        return images.read(self.names[number]).convert("L")


@dataclass(frozen=True)
class Negatives:
    """Pictures without the object.

    Args:
        patches: those of the window's size.
        pictures: larger ones, read when asked for.
        bad: what could not be read, or is smaller than the window: file and reason.
    Shapes:
        patches (P, H, W) uint8

    """

    patches: np.ndarray
    pictures: Sequence[Image.Image]
    bad: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Arrays:
    """Pictures of one array as a sequence."""

    pictures: np.ndarray

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, number: int) -> Image.Image:
        return Image.fromarray(self.pictures[number])


@dataclass(frozen=True)
class _Joined:
    """Several sequences of pictures one after the other."""

    parts: list[Sequence[Image.Image]]

    def __len__(self) -> int:
        return sum(map(len, self.parts))

    def __getitem__(self, number: int) -> Image.Image:
        for part in self.parts:
            if number < len(part):
                return part[number]
            number -= len(part)
        raise IndexError(number)


def objects(words: Sequence[str], window: int) -> tuple[np.ndarray, list[str]]:
    """Return pictures of the object, brought to the window's size.

    Args:
        words: folders of pictures, or ``.npy`` files.
        window: height and width in pixels.

    Returns:
        the pictures, and what could not be read: file and reason.

    Raises:
        DataError: nothing could be read.

    Shapes:
        -> (N, H, W) uint8

    """
    found: list[np.ndarray] = []
    bad: list[str] = []
    for word in words:
        if word.endswith(".npy"):
            pictures = array(word)
            if pictures.shape[1:] == (window, window):
                found.append(pictures)
                continue
            source: Sequence[Image.Image] = _Arrays(pictures)
        else:
            source = Gray(_files(word))
        for k in range(len(source)):
            try:
                found.append(_sized(source[k], window)[None])
            except DataError as error:
                bad.append(error.message)
    if not found:
        raise DataError(f"no picture could be read from {', '.join(map(shown, words))}: {'; '.join(bad[:3])}")
    return np.concatenate(found), bad


def negatives(words: Sequence[str], window: int) -> Negatives:
    """Return pictures without the object: those of the window's size are patches, larger ones are searched.

    Raises:
        DataError: none of them can be used.

    """
    patches: list[np.ndarray] = [np.empty((0, window, window), dtype=np.uint8)]
    larger: list[Sequence[Image.Image]] = []
    bad: list[str] = []
    for word in words:
        if word.endswith(".npy"):
            pictures = array(word)
            if pictures.shape[1:] == (window, window):
                patches.append(pictures)
            elif min(pictures.shape[1:]) >= window:
                larger.append(_Arrays(pictures))
            else:
                bad.append(f"{shown(word)}: pictures of {_size(pictures[0])}, smaller than the window")
            continue
        names = []
        for name in _files(word):
            try:
                picture = images.read(name)
            except DataError as error:
                bad.append(error.message)
                continue
            if picture.size == (window, window):
                patches.append(np.asarray(picture.convert("L"))[None])
            elif min(picture.size) >= window:
                names.append(name)
            else:
                bad.append(f"{shown(name)}: {picture.height}×{picture.width} pixels, smaller than the window")
        larger.append(Gray(names))
    held = Negatives(np.concatenate(patches), _Joined(larger), bad)
    if not len(held.patches) and not len(held.pictures):
        raise DataError(
            f"no negative of {window}×{window} pixels or more in {', '.join(map(shown, words))}: {'; '.join(bad[:3])}",
            "give pictures without the object, larger than the window, or patches of its size",
        )
    return held


def array(path: str) -> np.ndarray:
    """Read pictures from a ``.npy`` file: whole numbers 0–255, or fractions 0–1.

    Raises:
        DataError: missing, broken, holds objects, of another shape or range.

    Shapes:
        -> (N, H, W) uint8

    """
    name = shown(path)
    folders.is_folder(Path(path))  # missing, a pipe or a device is told in its words
    try:
        # Mapped first: a header that promises more than the file holds is refused before memory is taken.
        held = np.load(path, mmap_mode="r", allow_pickle=False)
    except Exception as error:  # the header is Python source: its parser fails in many ways
        raise DataError(f"{name}: no array that can be read ({error})") from error
    if not isinstance(held, np.ndarray) or held.ndim != 3 or 0 in held.shape or held.dtype.kind not in "uif":
        what = f"{held.dtype} of shape {held.shape}" if isinstance(held, np.ndarray) else "no array"
        raise DataError(f"{name}: holds {what}; must be numbers (pictures, height, width)")
    if held.size > LARGEST_VALUES:
        raise DataError(f"{name}: {held.size:,} pixels; at most {LARGEST_VALUES:,}")
    if held.dtype == np.uint8:
        return np.array(held)
    low, high = float(held.min()), float(held.max())
    top = 1.0 if held.dtype.kind == "f" and high <= 1.0 else 255.0
    if not 0.0 <= low <= high <= top:  # NaN is refused too
        raise DataError(f"{name}: values run from {low:g} to {high:g}; allowed: 0–255 or 0–1")
    return np.round(np.asarray(held, dtype=np.float64) * (255.0 / top)).astype(np.uint8)


def _files(word: str) -> list[str]:
    if not folders.is_folder(Path(word)):
        raise DataError(f"{shown(word)} is a file; give a folder of pictures, or an .npy file")
    found = folders.walk(Path(word))
    if not found:
        raise DataError(f"no pictures below {shown(word)}")
    return found


def _sized(picture: Image.Image, window: int) -> np.ndarray:
    gray = picture.convert("L")
    if gray.size != (window, window):
        gray = images.resized(gray, (window, window), "crop", "bilinear")
    return np.asarray(gray)


def _size(picture: np.ndarray) -> str:
    return f"{picture.shape[0]}×{picture.shape[1]} pixels"
