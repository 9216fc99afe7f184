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
from dlcli.data.mix import Mixer
from dlcli.data.pictures import Part

Key = tuple[int, ...]  # (epoch, sample) or (epoch, sample, its partner in the batch)


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
        pairs: name a partner of each sample in its batch, for mixup and CutMix: the one half a batch (rounded down to a
            power of two) further on. It depends on the whole batch alone, so the number of processes changes nothing,
            and where that is a power of two the partner is mostly one of the same process, which need not read it anew.

    """

    def __init__(
        self,
        count: int,
        batch: int,
        seed: int,
        *,
        shuffle: bool = True,
        rank: int = 0,
        world: int = 1,
        pairs: bool = False,
    ):
        self.count, self.batch, self.seed, self.shuffle = count, batch, seed, shuffle
        self.rank, self.world, self.pairs = rank, world, pairs
        self.epoch, self.start = 0, 0

    def __len__(self) -> int:
        full, rest = divmod(self.count, self.batch)
        return full + (rest > 1 or (rest == 1 and (full == 0 or not self.shuffle)))

    def __iter__(self) -> Iterator[list[Key]]:
        if self.shuffle:
            generator = torch.Generator().manual_seed(mix(self.seed, "order", self.epoch))
            order = torch.randperm(self.count, generator=generator)
        else:
            order = torch.arange(self.count)
        for b in range(self.start, len(self)):
            rows = order[b * self.batch : (b + 1) * self.batch]
            columns = [rows, rows.roll(-_further(len(rows)))] if self.pairs else [rows]
            if self.shuffle:
                columns = [self._share(c) for c in columns]
            elif b % self.world != self.rank:
                continue
            yield [(self.epoch, *key) for key in zip(*(c.tolist() for c in columns), strict=True)]

    def _share(self, rows: torch.Tensor) -> torch.Tensor:
        """Return this process's samples of a batch; none when the batch has fewer than two for each."""
        working = min(self.world, max(1, len(rows) // 2))
        return rows[self.rank :: working] if self.rank < working else rows[:0]


def _further(rows: int) -> int:
    """Return how far on in a batch the partner of a sample is; 0, the sample itself, in a batch of one."""
    return 1 << (rows.bit_length() - 2) if rows > 1 else 0


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

    def __getitem__(self, key: Key) -> dict[str, Any]:
        """Return a batch of one."""
        return self.__getitems__([key])

    def __getitems__(self, keys: Sequence[Key]) -> dict[str, Any]:
        """Return a batch; with ``labels2`` and ``share`` where pictures are mixed and the keys name partners.

        Shapes:
            pictures (B, C, H, W) float32, labels (B,) int64, index (B,) int64, labels2 (B,) int64, share (B,) float32:
            the weight of ``labels``
        Effects: seeds torch's default generator when pictures are augmented.
        """
        arrays: dict[int, np.ndarray] = {}
        kept, bad = [], []
        for key in keys:
            epoch, i = key[:2]
            try:
                arrays[i] = self._picture(epoch, i)
            except DataError as error:
                bad.append((self.part.name(i), error.message))
                continue
            kept.append(key)
        index = np.asarray([key[1] for key in kept], dtype=np.int64)
        batch: dict[str, Any] = {"bad": bad, "index": torch.from_numpy(index)}
        if kept:
            pictures = images.as_input(np.stack([arrays[i] for i in index]), self.preprocessing)
            labels = self.part.labels_of(index)
            if self.augmenter and self.augmenter.mixer and len(kept[0]) > 2:
                pictures, partners, share = self._mixed(self.augmenter.mixer, pictures, kept)
                batch["labels2"] = torch.from_numpy(self.part.labels_of(partners))
                batch["share"] = torch.from_numpy(share)
            batch["pictures"] = torch.from_numpy(pictures)
            batch["labels"] = torch.from_numpy(labels)
        return batch

    def _picture(self, epoch: int, i: int) -> np.ndarray:
        image = self.part.read(i)
        if self.augmenter is None:
            return images.as_array(images.fitted(image, self.preprocessing))
        torch.default_generator.manual_seed(mix(self.seed, epoch, i))
        return self.augmenter(image)

    def _mixed(self, mixer: Mixer, pictures: np.ndarray, keys: list[Key]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the pictures mixed with their partners, who those are, and how much of the own label is left.

        A partner looks as it does in its own place in the batch. One that cannot be read leaves a picture unmixed.
        """
        place = {key[1]: k for k, key in enumerate(keys)}
        mixed, partners = np.empty_like(pictures), np.empty(len(keys), np.int64)
        share = np.ones(len(keys), np.float32)
        for k, (epoch, i, partner) in enumerate(keys):
            partners[k] = partner
            try:
                if partner in place:
                    other = pictures[place[partner]]
                else:  # another process has it
                    other = images.as_input(self._picture(epoch, partner), self.preprocessing)
            except DataError:
                mixed[k], partners[k] = pictures[k], i
                continue
            share[k] = mixer(pictures[k], other, mixed[k], mix(self.seed, "mix", epoch, i))
        return mixed, partners, share


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
    # A signal may reach the whole process group; the main process decides when the workers end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    torch.set_num_threads(1)
