"""word2vec in torch: skip-gram and CBOW, by negative sampling or full softmax, on the CPU or a GPU.

The text streams by in blocks of some 100,000 words. In each, frequent words are thinned, every word that stays draws
its window, and these centers are learnt batch by batch, in an order that is drawn; the learning rate falls linearly
with the words read.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import torch

from dlcli.core.errors import DataError, DeviceError, RunFailed
from dlcli.engine.device import device_error, open_device
from dlcli.methods.word2vec_blocks import drawn, joined, keep_chances
from dlcli.methods.word2vec_settings import Settings, check
from dlcli.methods.word2vec_tables import Tables

TOLD_S = 0.5  # between two reports
RUN_OFF = 20  # times the loss before training: numbers that no longer learn


@dataclass(frozen=True)
class Progress:
    """How far the training has come.

    Args:
        epoch: the present one, or the one that ended, from 1.
        words: of the epoch so far.
        ended: whether the epoch is over.
        share: of the epoch, 0 to 1.
        lr: learning rate.
        seconds: of the epoch so far.
        words_per_s: over the epoch so far.
        loss: mean over the pairs looked at since the last report, of the whole epoch where it ended: −ln σ(v·u) −
            Σ ln σ(−v·u′), or −ln softmax.

    """

    epoch: int
    words: int
    ended: bool
    share: float
    lr: float
    seconds: float
    words_per_s: float
    loss: float


@dataclass(frozen=True)
class Fitted:
    """What was learnt.

    Args:
        vectors: a row for each word.
        history: a record an epoch: epoch, loss, lr, words, pairs, seconds, words_per_s.
    Shapes:
        vectors (V, dim) float32

    """

    vectors: np.ndarray
    history: list[dict[str, float]] = field(default_factory=list)


def fit(
    sentences: Callable[[int], Iterable[np.ndarray]], counts: np.ndarray, *, kind: str = "skipgram",
    loss: str = "negative", dim: int = 100, window: int = 5, negatives: int = 5, ns_exponent: float = 0.75,
    sample: float = 1e-3, mean: bool = True, epochs: int = 5, lr: float = 0.025, lr_end: float = 1e-4,
    batch: int | None = None, seed: int = 0, threads: int = 1, device: str = "cpu",
    on_progress: Callable[[Progress], None] | None = None,
) -> Fitted:  # fmt: skip
    """Learn vectors of words.

    On the CPU the same seed gives the same bits with one thread; more threads overwrite each other as they come.

    Source: T. Mikolov, K. Chen, G. Corrado, J. Dean, "Efficient Estimation of Word Representations in Vector Space",
        2013; T. Mikolov, I. Sutskever, K. Chen, G. Corrado, J. Dean, "Distributed Representations of Words and Phrases
        and their Compositionality", 2013.

    Args:
        sentences: given the epoch, from 0, yields the sentences as numbers of words, int32, each from 0 to V - 1.
        counts: how often each word occurs in an epoch.
        kind: ``skipgram`` or ``cbow``.
        loss: ``negative`` (sampling) or ``softmax`` over the whole vocabulary.
        dim: numbers of a vector, 1 or more.
        window: words to each side, 1 or more; that of each word is drawn from 1 to it.
        negatives: words drawn against each center, for all its pairs; 1 or more.
        ns_exponent: they are drawn by count to this power.
        sample: share of the text above which a word is left out at random; 0: none is.
        mean: CBOW takes the mean of the neighbors, else their sum.
        epochs: passes over the sentences, 1 or more.
        lr: learning rate at the start, above 0.
        lr_end: at the end.
        batch: pairs of a step; None: what suits the vocabulary, the size of the rows and the device.
        seed: of every draw, 0 or more.
        threads: of the processor, where that is the device; 0: all.
        device: ``auto``, ``cpu``, ``cuda``, ``cuda:N`` or ``mps``.
        on_progress: called twice a second, and at the end of each epoch.
    Shapes:
        counts (V,)

    Raises:
        DataError: fewer than two words, or none has a neighbor.
        DeviceError: no such device, or not enough memory.
        RunFailed: the numbers ran off, or sub-sampling left nothing to learn from.
        UsageError: softmax over more than 50,000 words, and ``batch`` not given.

    """
    counts = np.asarray(counts)
    settings = Settings(kind, loss, dim, window, negatives, ns_exponent, mean, batch)
    place = open_device(device)
    check(settings, len(counts), place)
    with _one_thread(), _memory():
        tables = Tables(counts, settings, place.torch, seed, threads or torch.get_num_threads())
        training = _Training(tables, counts, epochs, (lr, lr_end), on_progress or (lambda _: None))
        for epoch in range(epochs):
            training.epoch(epoch, sentences(epoch), sample, seed)
        vectors = tables.vectors()
    if not np.isfinite(vectors).all():
        raise training.run_off(float("nan"))
    return Fitted(vectors, training.history)


def _nothing(longest: int, sample: float) -> DataError | RunFailed:
    if longest < 2:
        return DataError(
            "no sentence holds two words of the vocabulary: none has a neighbor to learn from",
            "a smaller --min-count keeps more words; the words of a sentence belong on one line",
        )
    return RunFailed(
        f"sub-sampling with sample={sample:g} left no two words of a sentence side by side: there was nothing to learn",
        "a small text needs none: --sample 0",
    )


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """Let torch compute each product in one thread while the block runs: see ``Tables.learn``."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextlib.contextmanager
def _memory() -> Iterator[None]:
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        known = device_error(error) if isinstance(error, RuntimeError) else DeviceError("out of memory")
        if known is None:
            raise
        raise DeviceError(known.message, "a smaller model.batch, --dim or vocabulary needs less") from error


class _Training:
    """The epochs of one training: what is read, the learning rate, and what is told."""

    def __init__(
        self, tables: Tables, counts: np.ndarray, epochs: int, rates: tuple[float, float],
        on_progress: Callable[[Progress], None],
    ):  # fmt: skip
        self.tables, self.rates, self.on_progress = tables, rates, on_progress
        self.counts, self.words, self.epochs = counts, max(1, int(counts.sum())), epochs
        self.history: list[dict[str, float]] = []
        self.longest = 0  # words of the longest sentence
        self.done = self.done_before = 0  # words in all, and before this epoch
        self.sum = self.pairs = 0.0
        self.begun_s = self.told_s = 0.0
        self.lr = rates[0]

    def epoch(self, number: int, sentences: Iterable[np.ndarray], sample: float, seed: int) -> None:
        """Learn from all sentences once.

        Raises:
            DataError, RunFailed: there was nothing to learn from.

        """
        self.begun_s = self.told_s = time.monotonic()
        self.sum, self.pairs, self.done_before = 0.0, 0.0, self.done
        pairs, keep = 0, keep_chances(self.counts, sample)
        for index, (words, lengths) in enumerate(joined(sentences)):
            rng = np.random.default_rng((seed, number, index))  # a draw hangs on where it is made, on nothing before
            self.longest = max(self.longest, int(lengths.max()))
            block = drawn(words, lengths, keep, self.tables.settings.window, rng)
            pairs += self.tables.learn(block, rng, partial(self._rate, len(words)), partial(self._told, len(words)))
            self.done += len(words)
        if not number and not pairs:
            raise _nothing(self.longest, sample)
        self._look()
        at = self._report(ended=True)
        record = {"epoch": at.epoch, "loss": at.loss, "lr": at.lr, "words": at.words, "pairs": pairs}
        self.history.append({**record, "seconds": at.seconds, "words_per_s": at.words_per_s})
        self.on_progress(at)

    def _rate(self, words: int, share: float) -> float:
        """Return the learning rate when a share of a block of so many words is done."""
        first, last = self.rates
        return first + (last - first) * min(1.0, (self.done + words * share) / (self.words * self.epochs))

    def _told(self, words: int, share: float) -> None:
        """Report now and then."""
        self.lr = self._rate(words, share)
        now = time.monotonic()
        if now - self.told_s >= TOLD_S:
            self.told_s = now
            self.on_progress(self._report(words * share, self._look()))

    def _look(self) -> float:
        """Return the mean loss since the last look.

        Raises:
            RunFailed: it is no number, or far above that of untrained vectors.

        """
        total, pairs = self.tables.looked()
        self.sum, self.pairs = self.sum + total, self.pairs + pairs
        loss = total / pairs if pairs else math.nan
        if pairs and not loss <= RUN_OFF * self.tables.settings.untrained(self.tables.size):
            raise self.run_off(loss)
        return loss

    def run_off(self, loss: float) -> RunFailed:
        """Return the error for numbers that run off."""
        settings = self.tables.settings
        asked = f" or model.batch (it is {settings.batch:,})" if settings.batch is not None else ""
        return RunFailed(
            f"after {self.done:,} words the loss is {loss:g}: the numbers ran off to infinity",
            f"give a smaller --lr (it is {self.rates[0]:g}){asked}",
        )

    def _report(self, read: float = 0.0, loss: float | None = None, *, ended: bool = False) -> Progress:
        words = int(self.done - self.done_before + read)
        seconds = time.monotonic() - self.begun_s
        return Progress(
            epoch=len(self.history) + 1, words=words, ended=ended, share=1.0 if ended else min(1.0, words / self.words),
            lr=self.lr, seconds=seconds, words_per_s=words / max(1e-9, seconds),
            loss=loss if loss is not None else self.sum / self.pairs if self.pairs else math.nan,
        )  # fmt: skip
