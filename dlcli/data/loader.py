"""Batches of pictures whose every draw is a function of (seed, epoch, sample).

So the number of worker processes, and a stop and resume in the middle of an epoch, cannot change a run.
"""

from __future__ import annotations

import signal
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from dlcli.core.draws import mix
from dlcli.core.errors import DataError
from dlcli.data import images
from dlcli.data.augment import Augmenter
from dlcli.data.images import Step
from dlcli.data.pictures import Part


class Order:
    """Gives the batches of an epoch as lists of (epoch, sample), from a start on.

    A last batch of one sample is left out when there are others: batch normalization has no statistics of one. The
    order is another each epoch, so no sample is always the one left out.

    Args:
        count: samples in the training part.
        batch: samples per optimizer step.
        seed: of the run.
        shuffle: False keeps the order of the part.
        rank: number of this process among those that share the work. In training they share each batch, and no process
            takes a single sample of one that has more; in scoring they share out whole batches, so that the answers
            do not depend on how many they are.
        world: how many processes there are.

    """

    def __init__(self, count: int, batch: int, seed: int, *, shuffle: bool = True, rank: int = 0, world: int = 1):
        self.count, self.batch, self.seed, self.shuffle = count, batch, seed, shuffle
        self.rank, self.world = rank, world
        self.epoch, self.start = 0, 0

    def __len__(self) -> int:
        full, rest = divmod(self.count, self.batch)
        return full + (rest > 1 or (rest == 1 and (full == 0 or not self.shuffle)))

    def __iter__(self) -> Iterator[list[tuple[int, int]]]:
        if self.shuffle:
            generator = torch.Generator().manual_seed(mix(self.seed, "order", self.epoch))
            order = torch.randperm(self.count, generator=generator)
        else:
            order = torch.arange(self.count)
        for b in range(self.start, len(self)):
            rows = order[b * self.batch : (b + 1) * self.batch]
            if self.shuffle:
                rows = self._share(rows)
            elif b % self.world != self.rank:
                continue
            yield [(self.epoch, i) for i in rows.tolist()]

    def _share(self, rows: torch.Tensor) -> torch.Tensor:
        """Return this process's samples of a batch; none when the batch has fewer than two for each."""
        working = min(self.world, max(1, len(rows) // 2))
        return rows[self.rank :: working] if self.rank < working else rows[:0]


class PictureBatches(Dataset):
    """Reads whole batches of pictures.

    A picture that cannot be read is left out of its batch and named in ``bad``.

    Args:
        part: the pictures.
        preprocessing: the steps of the bundle.
        augmenter: changes training pictures; None for the others.
        seed: of the run.

    """

    def __init__(self, part: Part, preprocessing: list[Step], augmenter: Augmenter | None = None, seed: int = 0):
        self.part, self.preprocessing, self.augmenter, self.seed = part, preprocessing, augmenter, seed

    def __len__(self) -> int:
        return len(self.part)

    def __getitem__(self, key: tuple[int, int]) -> dict[str, Any]:
        """Return a batch of one."""
        return self.__getitems__([key])

    def __getitems__(self, keys: Sequence[tuple[int, int]]) -> dict[str, Any]:
        """Return a batch.

        Shapes:
            pictures (B, C, H, W) float32, labels (B,) int64, index (B,) int64
        Effects: seeds torch's default generator when pictures are augmented.
        """
        arrays, kept, bad = [], [], []
        for epoch, i in keys:
            try:
                image = self.part.read(i)
            except DataError as error:
                bad.append((self.part.name(i), error.message))
                continue
            if self.augmenter is None:
                arrays.append(images.as_array(images.fitted(image, self.preprocessing)))
            else:
                torch.default_generator.manual_seed(mix(self.seed, epoch, i))
                arrays.append(self.augmenter(image))
            kept.append(i)
        index = np.asarray(kept, dtype=np.int64)
        batch: dict[str, Any] = {"bad": bad, "index": torch.from_numpy(index)}
        if kept:
            pictures = images.as_input(np.stack(arrays), self.preprocessing)
            batch["pictures"] = torch.from_numpy(pictures)
            batch["labels"] = torch.from_numpy(self.part.labels_of(index))
        return batch


def loader(data: PictureBatches, order: Order, *, workers: int = 0, pin_memory: bool = False) -> DataLoader:
    """Return a loader that yields the batches of ``order``.

    Args:
        data: reads the pictures.
        order: which, epoch by epoch; set its ``epoch`` and ``start`` before iterating.
        workers: processes that read; 0 reads in this one.
        pin_memory: keep batches in page-locked memory, for copies to a CUDA device.

    """
    warnings.filterwarnings("ignore", "This DataLoader will create")  # more workers than cores: as the user asked
    return DataLoader(
        data,
        batch_sampler=order,
        collate_fn=_as_it_is,
        num_workers=workers,
        pin_memory=pin_memory,
        persistent_workers=workers > 0,
        worker_init_fn=_start_worker,
    )


def _as_it_is(batch: dict[str, Any]) -> dict[str, Any]:
    return batch


def _start_worker(_: int) -> None:
    # Ctrl-C reaches the whole process group; the main process decides when the workers end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)
