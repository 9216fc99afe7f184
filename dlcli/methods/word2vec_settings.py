"""What word2vec in torch learns and how; how large its steps are, what memory it takes, and what is refused."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from dlcli.core.errors import DataError, DeviceError, UsageError
from dlcli.engine.device import Device

ROWS_BYTES = {"cpu": 2 << 20, "cuda": 256 << 20}  # rows of a batch: on the CPU they stay in its cache
LOGITS_BYTES = 32 << 20
FEWEST = 16
SOFTMAX_WORDS = 50_000


@dataclass(frozen=True)
class Settings:
    """What is learnt, and how.

    Args:
        kind: skipgram or cbow.
        loss: negative or softmax.
        dim: numbers of a vector.
        window: most neighbors to a side.
        negatives: words drawn for a center.
        ns_exponent: they are drawn by count to this power.
        mean: CBOW takes the mean of the neighbors, else their sum.
        batch: pairs of a step, or None for what suits the vocabulary and the device.

    """

    kind: Literal["skipgram", "cbow"] = "skipgram"
    loss: Literal["negative", "softmax"] = "negative"
    dim: int = 100
    window: int = 5
    negatives: int = 5
    ns_exponent: float = 0.75
    mean: bool = True
    batch: int | None = None

    def centers(self, size: int, device: str = "cpu", width: int | None = None) -> int:
        """Return how many centers a step has.

        Rows that stand in a batch several times are moved by the sum of their gradients at the same old place, which
        overshoots where a batch is large against the vocabulary: on 9,000 words skip-gram with 512 centers is as good
        as with 128, and with 2,048 worse.

        Args:
            size: words of the vocabulary.
            device: its kind.
            width: neighbors to a side there are, if fewer than the window.

        """
        if self.batch is not None:
            pairs = self.window + 1 if self.kind == "skipgram" else 1  # of a center, on average
            return max(1, round(self.batch / pairs))
        width = self.window if width is None else width
        rows = (2 * width + 1 + self.negatives) * self.dim * 4
        most = ROWS_BYTES.get(device, ROWS_BYTES["cuda"]) // rows
        if self.loss == "softmax":
            most = min(most, LOGITS_BYTES // (4 * size))
        return max(1, min(most, max(FEWEST, size // 16)))

    def untrained(self, size: int) -> float:
        """Return the loss of a pair before training: all scores are 0."""
        return math.log(size) if self.loss == "softmax" else (1 + self.negatives) * math.log(2)

    def bytes_needed(self, size: int, device: str = "cpu") -> int:
        """Return the memory of the tables, and for softmax that of a step; the rest is small."""
        tables, centers = 2 * size * self.dim, self.centers(size, device)
        step = size * (self.dim + 3 * centers) if self.loss == "softmax" else 0
        return 4 * (tables + step)


def check(settings: Settings, size: int, place: Device) -> None:
    """Refuse a vocabulary that is too small, or too large for the device or for softmax.

    Raises:
        DataError: fewer than two words.
        DeviceError: not enough memory.
        UsageError: softmax over more than 50,000 words, and ``batch`` not given.

    """
    if size < 2:
        raise DataError(
            f"the vocabulary has {('no word', 'one word')[size]}; at least two are needed",
            "a smaller --min-count keeps more words; or give more text",
        )
    need = settings.bytes_needed(size, place.torch.type)
    shown = f"{need / 2**20:,.0f} MiB"
    if settings.loss == "softmax" and size > SOFTMAX_WORDS and settings.batch is None:
        raise UsageError(
            f"softmax over {size:,} words computes a number for each at every step; up to {SOFTMAX_WORDS:,} are taken",
            f"use --loss negative, or --most {SOFTMAX_WORDS}; with model.batch set it is done all the same, in {shown}",
            key="model.loss",
        )
    free = place.free_bytes()
    if need > free:
        raise DeviceError(
            f"not enough memory: {size:,} words of {settings.dim} numbers take {shown} on {place}; "
            f"{free / 2**20:,.0f} MiB are free",
            "a higher --min-count, --most N or a smaller --dim needs less"
            + (", for softmax a smaller model.batch too" if settings.loss == "softmax" else ""),
        )
