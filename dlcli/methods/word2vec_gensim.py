"""word2vec by gensim's threads in C, from a file of words: skip-gram and CBOW with negative sampling.

gensim reads the file in each thread by itself and without Python's lock (``corpus_file``), so nothing here may stand in
its way: how far it has come is read from the system now and then, the loss from a few drawn pairs.
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlcli.core.errors import DeviceError, RunFailed

POLL_S = 0.5


@dataclass(frozen=True)
class Progress:
    """How far the training has come.

    Args:
        epoch: the present one, or the one that ended, from 1.
        words: of the text, read in this epoch; an estimate while threads are at work.
        ended: whether the epoch is over.
        lr: learning rate.
        seconds: of the epoch so far.
        tables: the vectors of the words, and those of what they foretell, as they stand; read them, do not change them.

    """

    epoch: int
    words: int
    ended: bool
    lr: float
    seconds: float
    tables: tuple[np.ndarray, np.ndarray]


def fit(
    path: str, counts: Mapping[str, int], words: int, sentences: int, *, skipgram: bool, dim: int, window: int,
    negatives: int, ns_exponent: float, sample: float, epochs: int, lr: float, lr_end: float, mean: bool = True,
    seed: int = 0, threads: int = 1, on_progress: Callable[[Progress], None] | None = None,
) -> np.ndarray:  # fmt: skip
    """Return the vectors of the words (Mikolov et al. 2013).

    With one thread the same seed gives the same bits; with more, threads overwrite each other as they come.

    Args:
        path: file of UTF-8 words between ASCII blanks, a sentence a line, at most 10,000 words long.
        counts: the words that are learnt → how often they occur, in the order of the rows.
        words: words of the file in all, those that are not learnt too.
        sentences: lines with a word.
        skipgram: a word foretells each of its neighbors; else its neighbors foretell the word.
        dim: numbers in a vector.
        window: words to each side; that of each word is drawn from 1 to ``window``, so near words count more.
        negatives: words drawn for each pair, 1 or more.
        ns_exponent: they are drawn by count to this power.
        sample: share of the text above which a word is left out at random; 0: none is.
        epochs: passes over the file.
        lr: learning rate at the start, up to 100; falls linearly with the sentences read. Numbers that run off to
            infinity end the process: gensim takes them for places in a table.
        lr_end: at the end.
        mean: CBOW takes the mean of the neighbors, else their sum.
        seed: 0 to 2³¹ - 1.
        threads: at work at the same time.
        on_progress: called twice a second, and at the end of each epoch, from the calling thread.
    Shapes:
        (len(counts), dim) float32

    Raises:
        DeviceError: not enough memory.
        RunFailed: a thread of gensim failed.

    """
    from gensim.models import Word2Vec

    try:
        model = Word2Vec(
            vector_size=dim, window=window, sg=int(skipgram), negative=negatives, ns_exponent=ns_exponent,
            sample=sample, alpha=lr, min_alpha=lr_end, min_count=1, cbow_mean=int(mean), seed=seed,
            workers=threads, epochs=epochs, sorted_vocab=0, compute_loss=False,
        )  # fmt: skip
        # gensim would read the file in Python to count it, which takes longer than an epoch of CBOW.
        model.build_vocab_from_freq(dict(counts), corpus_count=sentences)
    except MemoryError as error:
        raise _no_memory(len(counts), dim) from error
    _Training(model, path, words, lr, lr_end, on_progress or (lambda _: None)).run()
    return np.ascontiguousarray(model.wv.vectors, dtype=np.float32)


def _no_memory(count: int, dim: int) -> DeviceError:
    need = 2 * count * dim * 4 / 2**20
    return DeviceError(
        f"not enough memory: {count:,} words of {dim} numbers take {need:,.0f} MiB in two tables",
        "a higher --min-count, --most N or a smaller --dim needs less",
    )


class _Training:
    """One training: gensim in a thread of its own, so that this one stays free for signals and progress."""

    def __init__(
        self, model: Any, path: str, words: int, lr: float, lr_end: float, on_progress: Callable[[Progress], None]
    ):
        self.model, self.path, self.words, self.on_progress = model, path, words, on_progress
        self.lr, self.lr_end = lr, lr_end
        self.told: queue.SimpleQueue[tuple[str, int, float, BaseException | None]] = queue.SimpleQueue()
        self.epoch, self.begun_s = 1, time.monotonic()

    def run(self) -> None:
        """Train, and return when all is done; an exception here leaves the threads to end with the process."""
        with self._failures():
            position = _Position(self.path, self.model.workers)
            threading.Thread(target=self._train, name="gensim", daemon=True).start()
            while True:
                what, epoch, at_s, error = "", 0, 0.0, None
                with contextlib.suppress(queue.Empty):
                    what, epoch, at_s, error = self.told.get(timeout=POLL_S)
                if what == "end":
                    return
                if isinstance(error, MemoryError):
                    raise _no_memory(len(self.model.wv), self.model.vector_size) from error
                if error is not None:
                    raise RunFailed(f"gensim failed: {type(error).__name__}: {error}") from error
                if what == "epoch":
                    self._emit(epoch, self.words, at_s, ended=True)
                    self.epoch, self.begun_s = epoch + 1, at_s
                    position.epoch()
                elif (share := position.share()) is not None:
                    self._emit(self.epoch, int(share * self.words), time.monotonic(), ended=False)

    def _emit(self, epoch: int, words: int, at_s: float, *, ended: bool) -> None:
        model = self.model
        done = (epoch - 1 + words / max(1, self.words)) / model.epochs
        lr = max(self.lr_end, self.lr - (self.lr - self.lr_end) * done)
        seconds = at_s - self.begun_s
        self.on_progress(Progress(epoch, words, ended, lr, seconds, (model.wv.vectors, model.syn1neg)))

    def _train(self) -> None:
        from gensim.models.callbacks import CallbackAny2Vec

        told, model = self.told, self.model

        class Epochs(CallbackAny2Vec):
            """Tells when an epoch ends."""

            done = 0

            def on_epoch_end(self, _: Any) -> None:
                self.done += 1
                told.put(("epoch", self.done, time.monotonic(), None))

        try:
            model.train(
                corpus_file=self.path, total_examples=model.corpus_count, total_words=self.words,
                epochs=model.epochs, callbacks=[Epochs()],
            )  # fmt: skip
            told.put(("end", 0, time.monotonic(), None))
        except BaseException as error:
            told.put(("failed", 0, time.monotonic(), error))

    @contextlib.contextmanager
    def _failures(self) -> Iterator[None]:
        """Hear of a worker thread that fails: gensim would wait for it for ever."""

        def failed(args: threading.ExceptHookArgs) -> None:
            self.told.put(("failed", 0, time.monotonic(), args.exc_value or RuntimeError(args.exc_type.__name__)))

        before, threading.excepthook = threading.excepthook, failed
        try:
            yield
        finally:
            threading.excepthook = before


class _Position:
    """How much of an epoch is read, by where the threads stand in the file: Linux says that of open files."""

    def __init__(self, path: str, threads: int):
        self.size, self.threads = os.path.getsize(path), threads
        self.file = os.stat(path)
        self.parts: dict[str, int] = {}
        self.others: set[str] = set()
        self.known = os.path.isdir("/proc/self/fdinfo") and self.size > 0
        if self.known:  # the text may be open here too
            self.others = set(self._positions())

    def epoch(self) -> None:
        """Begin anew: each thread opens the file again."""
        self.parts = {}

    def share(self) -> float | None:
        """Return the share of the epoch that is read, or None where the system does not say, or not yet."""
        if not self.known:
            return None
        at = self._positions()
        if not self.parts and len(at) == self.threads:  # each reads on from its own part of the file
            self.parts = {name: part for part, name in enumerate(sorted(at, key=at.__getitem__))}
        if not self.parts:
            return None
        part = self.size / self.threads
        read = sum(at[n] - part * i if n in at else part for n, i in self.parts.items())  # who has closed it is done
        return min(1.0, max(0.0, read / self.size))

    def _positions(self) -> dict[str, int]:
        """Return where the threads' files stand: number of the open file → bytes from the start."""
        found = {}
        for name in os.listdir("/proc/self/fd"):
            with contextlib.suppress(OSError, ValueError):
                there = os.stat(f"/proc/self/fd/{name}")
                if name in self.others or not os.path.samestat(there, self.file):
                    continue
                with open(f"/proc/self/fdinfo/{name}") as file:
                    found[name] = int(file.readline().split()[1])
        return found
