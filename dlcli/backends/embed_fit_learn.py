"""The methods of ``embed fit``: a counted corpus → vectors, with what is told on the way."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from dlcli.backends import embed_corpus
from dlcli.core import events, memory
from dlcli.core.errors import DataError, RunFailed
from dlcli.data.corpus import Corpus

if TYPE_CHECKING:
    from dlcli.backends.embed_fit_place import Place

LOSS_S = 2.0  # between two looks at the loss while threads learn
RATE_S = 2.0  # over which the speed is told
TOLD_S = 10.0  # between two words about counting


@dataclass(frozen=True)
class Learned:
    """What a method has learnt.

    Args:
        vectors: a row for each word.
        engine: ``gensim``, ``torch`` or ``numpy``.
        seconds: of learning, without the reading of the text before.
        words_per_s: words of the text a second: of the epochs, or of learning in all where there are none.
        loss: of the last epoch, or None where there is none.

    """

    vectors: np.ndarray
    engine: str
    seconds: float
    words_per_s: float
    loss: float | None


def learn(recipe: Any, text: Corpus, kept: dict[bytes, int], without: Collection[bytes], place: Place) -> Learned:
    """Learn vectors of the words that are kept.

    Raises:
        DataError: no word ever stands beside another.
        RunFailed: numbers ran off.
        UsageError: settings that do not fit the text.

    """
    index = {word: row for row, word in enumerate(kept)}
    index |= dict.fromkeys(without, -1)  # their places stay, so that the others come no nearer
    if text.words == text.sentences:
        raise DataError(
            f"every line of {text.name} holds one word: none has a neighbor", "put the words of a sentence on one line"
        )
    threads = recipe.threads or cores()
    begun_s = time.monotonic()
    learner = {"gensim": _by_gensim, "torch": _by_torch}.get(recipe.engine_used)
    if learner is None:
        learner = _by_glove if recipe.model.name == "glove" else _by_svd
    vectors = learner(recipe, text, kept, index, threads, place)
    if not all(np.isfinite(vectors[at : at + 8192]).all() for at in range(0, len(vectors), 8192)):
        raise RunFailed("the vectors ran off to infinity: there is nothing to write", "give a smaller --lr")
    seconds = time.monotonic() - begun_s
    loss = place.history[-1].get("train/loss") if place.history else None
    speed = text.words / seconds
    if recipe.engine_used != "numpy":
        speed = len(place.history) * text.words / max(1e-9, sum(record["seconds"] for record in place.history))
    return Learned(vectors, recipe.engine_used, seconds, speed, loss)


def cores() -> int:
    """Return how many processor threads this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def as_counts(counts: Sequence[int]) -> np.ndarray:
    """Return counts as an array, int64."""
    return np.array(counts, np.int64)


def dropped(model: Any, counts: Collection[bytes]) -> set[bytes]:
    """Return the words of a text that count no neighbors, though they take their place."""
    drop = embed_corpus.drop_list(getattr(model, "drop", ()))
    return {word for word in counts if word.decode().lower() in drop} if drop else set()


def _varies(threads: int) -> str:
    return f", {threads} threads: the order they learn in varies, and so do the vectors; --threads 1 repeats them"


def _by_gensim(
    recipe: Any, text: Corpus, kept: dict[bytes, int], index: dict[bytes, int], threads: int, place: Place
) -> np.ndarray:
    from dlcli.methods import word2vec_gensim
    from dlcli.methods.word2vec_loss import Probe

    model = recipe.model
    told = f"{model.name} by gensim" + (" (engine: auto)" if recipe.engine == "auto" else "")
    events.notes(place.reporter, [told + (_varies(threads) if threads > 1 else "")])
    shared = {
        "skipgram": model.name == "skipgram", "window": model.window, "negatives": model.negatives,
        "ns_exponent": model.ns_exponent, "sample": model.sample, "mean": getattr(model, "mean", True),
        "seed": recipe.seed,
    }  # fmt: skip
    probe = Probe(text.some(index), as_counts(list(kept.values())), **shared)
    if not len(probe):
        _check_pairs(text, index)
    place.begin(model.epochs, text.words)
    watch, looked_s, loss = _Watch(place, text.words, model.epochs), 0.0, float("nan")

    def told(at: word2vec_gensim.Progress) -> None:
        nonlocal looked_s, loss
        if at.ended or time.monotonic() - looked_s >= LOSS_S:
            loss, looked_s = probe.loss(*at.tables), time.monotonic()
        if at.ended:
            watch.end(at.epoch, loss, at.lr, at.seconds)
        else:
            watch.step(at.epoch, at.words, loss, at.lr, at.seconds)

    return word2vec_gensim.fit(
        text.path, {word.decode(): count for word, count in kept.items()}, text.words, text.sentences,
        dim=model.dim, epochs=model.epochs, lr=model.lr, lr_end=model.lr_end, threads=threads, on_progress=told,
        **shared,
    )  # fmt: skip


class _Watch:
    """Passes on how far word2vec has come, in words of the text."""

    def __init__(self, place: Place, words: int, epochs: int):
        self.place, self.words, self.epochs = place, words, epochs
        self.last: tuple[int, float] | None = None  # words in all, and when
        self.rate = 0.0

    def step(self, epoch: int, words: int, loss: float, lr: float, seconds: float) -> None:
        """Tell where it stands, with the speed of the last seconds: a thread may read ten thousand words at once."""
        now, done = time.monotonic(), (epoch - 1) * self.words + words
        before, then = self.last or (0, now - seconds)
        if now - then >= RATE_S or not self.rate:
            self.rate = (done - before) / max(1e-9, now - then)
        if now - then >= RATE_S or self.last is None:
            self.last = (done, now)
        taken = memory.peak_bytes()
        self.place.reporter.emit(events.Stepped(epoch, done, words, loss, lr, self.rate, taken, counted="word"))

    def end(self, epoch: int, loss: float, lr: float, seconds: float) -> None:
        """Tell of an epoch that is over."""
        done, rate = epoch * self.words, self.words / max(1e-9, seconds)
        self.last = (done, time.monotonic())
        record = {"epoch": epoch, "train/loss": loss, "lr": lr, "words_per_s": round(rate, 1)}
        self.place.epoch({**record, "seconds": round(seconds, 4)})
        told = {"train/loss": loss}
        self.place.reporter.emit(events.EpochDone(epoch, self.epochs, done, told, lr, seconds, rate, counted="word"))


def _check_pairs(text: Corpus, index: dict[bytes, int]) -> None:
    """Refuse a text in which no two words that are kept share a sentence.

    Raises:
        DataError: so it is.

    """
    if not any(len(sentence) > 1 for sentence in text.ids(index)):
        raise DataError(
            f"no sentence of {text.name} holds two words that are kept: none has a neighbor to learn from",
            "a smaller --min-count keeps more words; the words of a sentence belong on one line",
        )


def _by_torch(
    recipe: Any, text: Corpus, kept: dict[bytes, int], index: dict[bytes, int], threads: int, place: Place
) -> np.ndarray:
    from dlcli.methods import word2vec

    model = recipe.model
    why = f" (engine: auto, for {'softmax' if model.loss == 'softmax' else recipe.device.name})"
    told = f"{model.name} by torch" + (why if recipe.engine == "auto" else "")
    events.notes(place.reporter, [told + (_varies(threads) if threads > 1 else "")])
    watch, begun = _Watch(place, text.words, model.epochs), False

    def report(at: word2vec.Progress) -> None:
        nonlocal begun
        if not begun:  # what is refused before leaves nothing behind
            begun = True
            place.begin(model.epochs, text.words)
        if at.ended:
            watch.end(at.epoch, at.loss, at.lr, at.seconds)
        else:
            watch.step(at.epoch, int(at.share * text.words), at.loss, at.lr, at.seconds)

    return word2vec.fit(
        lambda _: text.ids(index), as_counts(list(kept.values())), kind=model.name, loss=model.loss, dim=model.dim,
        window=model.window, negatives=model.negatives, ns_exponent=model.ns_exponent, sample=model.sample,
        mean=getattr(model, "mean", True), epochs=model.epochs, lr=model.lr, lr_end=model.lr_end, batch=model.batch,
        seed=recipe.seed, threads=threads, device=recipe.device.name, on_progress=report,
    ).vectors  # fmt: skip


def _by_glove(
    recipe: Any, text: Corpus, kept: dict[bytes, int], index: dict[bytes, int], threads: int, place: Place
) -> np.ndarray:
    from dlcli.methods import glove

    model = recipe.model
    counts = _counted(text, kept, index, place, window=model.window, weights="inverse")
    place.begin(model.epochs, counts.nnz, "entry")

    def told(record: dict[str, float]) -> None:
        epoch, seconds = int(record["epoch"]), float(record["seconds"])
        place.epoch({"epoch": epoch, "train/loss": record["loss"], "lr": model.lr, "seconds": round(seconds, 4)})
        place.reporter.emit(
            events.EpochDone(
                epoch, model.epochs, epoch * counts.nnz, {"train/loss": record["loss"]}, model.lr, seconds,
                counts.nnz / max(1e-9, seconds), counted="entry",
            )
        )  # fmt: skip

    def within(record: dict[str, float]) -> None:
        epoch, done = int(record["epoch"]), int(record["share"] * counts.nnz)
        place.reporter.emit(
            events.Stepped(
                epoch, (epoch - 1) * counts.nnz + done, done, record["loss"], model.lr, record["entries_per_s"],
                memory.peak_bytes(), counted="entry",
            )
        )  # fmt: skip

    return glove.fit(
        counts, model.dim, c_max=model.c_max, alpha=model.alpha, epochs=model.epochs, lr=model.lr, batch=model.batch,
        start=model.start, seed=recipe.seed, threads=threads, on_epoch=told, on_step=within,
    ).vectors  # fmt: skip


def _by_svd(
    recipe: Any, text: Corpus, kept: dict[bytes, int], index: dict[bytes, int], threads: int, place: Place
) -> np.ndarray:
    from dlcli.methods import counts as counting

    model = recipe.model
    weights = "ramp" if model.ramp else "flat"
    counts = _counted(text, kept, index, place, window=model.window, weights=weights, direction=model.direction)
    vectors = counting.fit_svd(
        counts, model.dim, weighting=model.weighting, power=model.power, cap=model.cap, smooth=model.smooth,
        shift=model.shift, seed=recipe.seed, threads=threads,
    )  # fmt: skip
    place.begin()
    return vectors


def _counted(text: Corpus, kept: dict[bytes, int], index: dict[bytes, int], place: Place, **how: Any) -> Any:
    """Return the co-occurrence counts of a text."""
    from dlcli.methods import counts as counting

    begun_s = told_s = time.monotonic()

    def sentences() -> Iterator[np.ndarray]:
        nonlocal told_s
        words = 0
        for sentence in text.ids(index):
            words += len(sentence)
            yield sentence
            if time.monotonic() - told_s >= TOLD_S:
                told_s = time.monotonic()
                place.reporter.emit(events.Note(f"counted the neighbors of {words:,} words"))

    counts = counting.cooccurrence(sentences(), len(kept), **how)
    if not counts.nnz:
        _check_pairs(text, index)
    seconds = time.monotonic() - begun_s
    place.reporter.emit(events.Note(f"{counts.nnz:,} pairs of words are neighbors, counted in {seconds:.1f} s"))
    return counts
