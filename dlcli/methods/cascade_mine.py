"""Windows without the object: patches as they are, and windows mined from larger pictures.

What the cascade so far still takes for the object is what the next stage learns from.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from dlcli.core.errors import DataError
from dlcli.methods.cascade import Cascade
from dlcli.methods.cascade_run import passing
from dlcli.methods.cascade_scan import Scanner, Search, batches, tiles

MANY_PICTURES = 5  # from here on pictures are dealt out whole; fewer are cut in two bands


@dataclass(frozen=True)
class Cut:
    """Some rows of pictures, each read when it is asked for.

    Args:
        pictures: gray pictures (mode L).
        index: which of them.
        rows: share of the height at which the band begins and ends.

    """

    pictures: Sequence[Image.Image]
    index: np.ndarray
    rows: tuple[float, float] = (0.0, 1.0)

    def __len__(self) -> int:
        return len(self.index)

    def __getitem__(self, number: int) -> Image.Image:
        picture = self.pictures[int(self.index[number])]
        top, bottom = (round(picture.height * r) for r in self.rows)
        return picture if self.rows == (0.0, 1.0) else picture.crop((0, top, picture.width, bottom))


@dataclass
class Supply:
    """Where negatives come from.

    Args:
        window: (height, width) in pixels.
        patches: pictures of that size.
        pictures: larger ones.
        bad: pictures that could not be read, by position; they are passed over.
    Shapes:
        patches (P, H, W) uint8

    """

    window: tuple[int, int]
    patches: np.ndarray
    pictures: Sequence[Image.Image]
    bad: dict[int, str] = field(default_factory=dict)

    def split(self, share: float, rng: np.random.Generator) -> tuple[Supply, Supply]:
        """Return the larger and the smaller part: by patch and by picture, or by bands where pictures are few."""
        order = rng.permutation(len(self.patches))
        out = round(share * len(order))
        here, there = np.sort(order[out:]), np.sort(order[:out])
        every = np.arange(len(self.pictures))
        if len(every) >= MANY_PICTURES:
            order = rng.permutation(every)
            out = max(1, round(share * len(order))) if share else 0
            first, second = Cut(self.pictures, np.sort(order[out:])), Cut(self.pictures, np.sort(order[:out]))
        elif share:
            first = Cut(self.pictures, every, (0.0, 1.0 - share))
            second = Cut(self.pictures, every, (1.0 - share, 1.0))
        else:
            first, second = Cut(self.pictures, every), Cut(self.pictures, every[:0])
        return (
            Supply(self.window, self.patches[here], first, self.bad),
            Supply(self.window, self.patches[there], second, self.bad),
        )

    def draw(
        self, cascade: Cascade | None, count: int, rng: np.random.Generator, passes: int = 3
    ) -> tuple[np.ndarray, int]:
        """Return windows that the cascade so far takes for the object, and how many were looked at.

        Args:
            cascade: the stages so far; None takes any window.
            count: most windows returned.
            rng: what is drawn with.
            passes: how often the pictures are gone through: mirrored, shifted, at other scales.
        Shapes:
            -> (n, H, W) uint8

        """
        kept = self.patches
        if cascade is not None:
            kept = kept[passing(cascade, kept).index]
        if len(kept) > count:
            kept = kept[np.sort(rng.permutation(len(kept))[:count])]
        found, seen = [kept], len(self.patches)
        need = count - len(kept)
        scanner = Scanner(cascade) if cascade is not None else None
        for number in range(passes):
            # A picture gives few windows that pass: ask each for more than its share, and again for what is missing.
            each = math.ceil((1 if cascade is None else 4 * 4**number) * max(0, need) / max(1, len(self.pictures)))
            for picture in self._varied(number, rng):
                if need <= 0:
                    break
                if scanner is None:
                    windows = self._anywhere(picture, each, rng)
                    seen += len(windows)
                else:
                    windows, looked = _survivors(scanner, picture, each, rng)
                    seen += looked
                found.append(windows[:need])
                need -= len(windows)
        return np.concatenate(found), seen

    def _varied(self, number: int, rng: np.random.Generator) -> Iterator[Image.Image]:
        """Yield the pictures in a new order; after the first pass mirrored and shifted as well."""
        for k in rng.permutation(len(self.pictures)):
            try:
                picture = self.pictures[int(k)]
            except DataError as error:
                self.bad[int(k)] = error.message
                continue
            if number:
                left, top = (int(v) for v in rng.integers(0, 4, 2))
                picture = picture.crop((left, top, picture.width, picture.height))
                if number % 2:
                    picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
            if picture.height >= self.window[0] and picture.width >= self.window[1]:
                yield picture

    def _anywhere(self, picture: Image.Image, count: int, rng: np.random.Generator) -> np.ndarray:
        """Return random windows of a picture, of random sizes."""
        high, wide = self.window
        most = min(picture.height / high, picture.width / wide)
        windows = np.empty((count, high, wide), dtype=np.uint8)
        for k in range(count):
            factor = most ** rng.random()
            w, h = min(picture.width, wide * factor), min(picture.height, high * factor)
            x, y = rng.random() * (picture.width - w), rng.random() * (picture.height - h)
            part = picture.resize((wide, high), Image.Resampling.BILINEAR, box=(x, y, x + w, y + h))
            windows[k] = np.asarray(part)
        return windows


def _survivors(scanner: Scanner, picture: Image.Image, count: int, rng: np.random.Generator) -> tuple[np.ndarray, int]:
    """Return some of the windows of a picture that pass, and how many there were to look at."""
    cascade, looked = scanner.cascade, 0
    high, wide = cascade.window
    search = Search(scale=1.1 + 0.3 * float(rng.random()), step_px=2)
    found = []
    for batch in batches(tiles(cascade, picture, search)):
        hits, left = scanner.scan(batch)
        looked += left[0]
        some = rng.permutation(len(hits.tile))[:count]
        found += [
            batch[t].pixels[y : y + high, x : x + wide]
            for t, y, x in zip(hits.tile[some], hits.row[some], hits.column[some], strict=True)
        ]
    some = rng.permutation(len(found))[:count]
    windows = np.array([found[k] for k in some], dtype=np.uint8).reshape(-1, high, wide)
    return windows, looked
