"""Labeled pictures: where each lies and what it shows, in arrays that worker processes can share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from dlcli.data import images


class Names:
    """A list of strings in one buffer.

    A plain list would be copied page by page into every worker as its reference counts change; this is not.
    """

    def __init__(self, names: Iterable[str]):
        encoded = [n.encode("utf-8", "surrogateescape") for n in names]
        self._ends = np.cumsum([len(e) for e in encoded], dtype=np.int64)
        self._buffer = np.frombuffer(b"".join(encoded), dtype=np.uint8)

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, index: int) -> str:
        start = int(self._ends[index - 1]) if index else 0
        return self._buffer[start : int(self._ends[index])].tobytes().decode("utf-8", "surrogateescape")


@dataclass(frozen=True)
class Pictures:
    """Pictures with labels.

    Args:
        names: file of each, or the name shown for one that lies in memory.
        labels: class number of each; −1 where none is known.
        classes: class names by number.
        arrays: the pictures themselves when they lie in memory.
    Shapes:
        labels (N,) int64, arrays (N, H, W) or (N, H, W, 3) uint8

    """

    names: Names
    labels: np.ndarray
    classes: list[str]
    arrays: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.labels)

    def read(self, index: int) -> Image.Image:
        """Return one picture.

        Raises:
            DataError: it cannot be read.

        """
        if self.arrays is not None:
            return Image.fromarray(self.arrays[index])
        return images.read(self.names[index])


@dataclass(frozen=True)
class Part:
    """Some of the pictures: training, validation or test part.

    Args:
        pictures: the set it is taken from.
        index: which, as numbers into the set.
    Shapes:
        index (n,) int64

    """

    pictures: Pictures
    index: np.ndarray

    def __len__(self) -> int:
        return len(self.index)

    @property
    def labels(self) -> np.ndarray:
        """Class numbers of this part, (n,)."""
        return self.pictures.labels[self.index]

    def labels_of(self, rows: np.ndarray) -> np.ndarray:
        """Return the class numbers of some rows of the part; ``labels`` would copy those of all."""
        return self.pictures.labels[self.index[rows]]

    def name(self, i: int) -> str:
        """Return the name of the i-th picture of the part."""
        return self.pictures.names[int(self.index[i])]

    def read(self, i: int) -> Image.Image:
        """Return the i-th picture of the part."""
        return self.pictures.read(int(self.index[i]))

    def counts(self) -> dict[str, int]:
        """Return the number of pictures by class."""
        numbers = np.bincount(self.labels, minlength=len(self.pictures.classes))
        return dict(zip(self.pictures.classes, map(int, numbers), strict=True))


@dataclass(frozen=True)
class Parts:
    """The three parts and how they came about."""

    train: Part
    val: Part
    test: Part
    classes: list[str]
    notes: list[str] = field(default_factory=list)

    def by_name(self) -> dict[str, Part]:
        """Return the parts by name."""
        return {"train": self.train, "val": self.val, "test": self.test}


def too_many(bad: int, total: int) -> bool:
    """Say whether more pictures cannot be read than a result may leave out: one, or one in a hundred."""
    return bad > max(1, total // 100)


def whole(pictures: Pictures) -> Part:
    """Return all pictures as one part."""
    return Part(pictures, np.arange(len(pictures), dtype=np.int64))


def none_of(pictures: Pictures) -> Part:
    """Return an empty part."""
    return Part(pictures, np.empty(0, dtype=np.int64))
