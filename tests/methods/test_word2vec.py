"""word2vec in torch as a whole: it learns, repeats itself, reports, streams, and says clearly why it cannot."""

import math
import subprocess
import sys
import threading

import numpy as np
import pytest
import torch

from dlcli.core.errors import DataError, DeviceError, RunFailed
from dlcli.methods import word2vec, word2vec_tables
from dlcli.methods.word2vec_blocks import BLOCK
from dlcli.methods.word2vec_settings import Settings

BOTH = [(kind, loss) for kind in ("skipgram", "cbow") for loss in ("negative", "softmax")]
WORDS = 6  # of a topic


def topics(sentences=200):
    """Return sentences of two topics that share no word."""
    rng = np.random.default_rng(0)
    return [(rng.integers(0, WORDS, 8) + WORDS * (n % 2)).astype(np.int32) for n in range(sentences)]


def counted(sentences, size=None):
    return np.bincount(np.concatenate(sentences), minlength=size or 0)


def fitted(sentences, size=None, **more):
    more = {"dim": 16, "window": 3, "sample": 0, "lr": 0.05, "seed": 1} | more
    return word2vec.fit(lambda _: sentences, counted(sentences, size), **more)


@pytest.mark.parametrize(("kind", "loss"), BOTH)
@pytest.mark.parametrize("mean", [True, False])
def test_words_of_a_topic_come_near_each_other(kind, loss, mean):
    found = fitted(topics(), kind=kind, loss=loss, mean=mean)
    apart = found.vectors - found.vectors.mean(0) * (not mean)  # summed ones share a direction, in gensim too
    unit = apart / np.linalg.norm(apart, axis=1, keepdims=True)
    cosine = unit @ unit.T
    within = np.minimum(cosine[:WORDS, :WORDS], cosine[WORDS:, WORDS:])
    assert within.min() > cosine[:WORDS, WORDS:].max() + 0.2
    losses = [record["loss"] for record in found.history]
    assert losses[-1] < losses[0]
    assert losses[0] < Settings(kind, loss).untrained(2 * WORDS)
    if loss == "softmax":  # of six words nobody knows more than that it is one of them
        assert losses[-1] == pytest.approx(math.log(WORDS), abs=0.1)


@pytest.mark.parametrize(("kind", "loss"), BOTH)
def test_a_seed_repeats_the_bytes_and_another_does_not(kind, loss):
    how = {"kind": kind, "loss": loss, "epochs": 2, "sample": 0.05}
    first = fitted(topics(), **how).vectors
    assert first.dtype == np.float32
    assert first.shape == (12, 16)
    assert first.tobytes() == fitted(topics(), **how).vectors.tobytes()
    assert first.tobytes() != fitted(topics(), **how, seed=2).vectors.tobytes()


SCRIPT = """
import hashlib, sys, numpy as np
from dlcli.methods import word2vec
rng = np.random.default_rng(3)
text = [rng.zipf(1.5, 20).clip(max=300).astype(np.int32) - 1 for _ in range(300)]
counts = np.bincount(np.concatenate(text), minlength=300)
for kind in ("skipgram", "cbow"):
    found = word2vec.fit(lambda _: text, counts, kind=kind, epochs=2, threads=1, seed=1)
    print(hashlib.sha256(found.vectors.tobytes()).hexdigest())
"""


def test_processes_agree_whatever_the_hash_seed(child_env):
    said = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT], env=child_env(PYTHONHASHSEED=seed), capture_output=True, check=True
        ).stdout
        for seed in ("0", "77")
    ]
    assert said[0] == said[1]
    assert len(set(said[0].split())) == 2


def test_reports_and_history(monkeypatch):
    monkeypatch.setattr(word2vec, "TOLD_S", 0.0)
    seen = []
    text = topics(100)
    found = fitted(text, epochs=3, lr=0.03, lr_end=0.003, on_progress=seen.append)
    ends = [at for at in seen if at.ended]
    assert [at.epoch for at in ends] == [1, 2, 3]
    assert all(at.share == 1 and at.words == 800 for at in ends)
    assert [r["words"] for r in found.history] == [800] * 3
    assert [r["loss"] for r in found.history] == [at.loss for at in ends]
    rates = [at.lr for at in seen]
    assert rates == sorted(rates, reverse=True)
    assert rates[0] == 0.03
    assert 0.003 <= rates[-1] < 0.0035
    linear = [0.03 - 0.027 * ((at.epoch - 1) * 800 + at.words) / 2400 for at in seen if not at.ended]
    assert [at.lr for at in seen if not at.ended] == pytest.approx(linear, abs=2e-5)
    middle = [at for at in seen if not at.ended and at.epoch == 2]
    assert len(middle) > 10
    assert all(0 <= at.share < 1 and at.words_per_s >= 0 and at.seconds >= 0 for at in middle)


def test_reports_come_twice_a_second_at_most():
    seen = []
    fitted(topics(50), epochs=1, on_progress=seen.append)
    assert [at.ended for at in seen][-1:] == [True]
    assert len(seen) <= 3


def test_the_text_is_never_held(monkeypatch):
    read, learnt = [0], [0]
    learning = word2vec_tables.Tables.learn

    def sentences(epoch):
        for n in range(300):
            read[0] += 1000
            yield np.full(1000, n % 2, np.int32)

    def learn(self, block, *rest):
        assert read[0] - learnt[0] <= BLOCK + 1000
        assert block.words <= BLOCK
        learnt[0] += block.words
        return learning(self, block, *rest)

    monkeypatch.setattr(word2vec_tables.Tables, "learn", learn)
    how = {"dim": 4, "window": 1, "negatives": 1, "epochs": 1, "sample": 0, "batch": 8192}
    word2vec.fit(sentences, np.array([150_000, 150_000]), **how)
    assert learnt == [300_000]


def test_each_epoch_asks_for_its_sentences():
    asked = []

    def sentences(epoch):
        asked.append(epoch)
        return topics(20)

    word2vec.fit(sentences, counted(topics(20)), dim=4, sample=0, epochs=3)
    assert asked == [0, 1, 2]


@pytest.mark.parametrize(("kind", "loss"), BOTH)
def test_threads_learn_together(kind, loss):
    before = torch.get_num_threads()
    alone, together = (fitted(topics(2000), kind=kind, loss=loss, epochs=1, threads=n) for n in (1, 3))
    assert together.history[0]["pairs"] == alone.history[0]["pairs"]
    assert together.history[0]["loss"] == pytest.approx(alone.history[0]["loss"], rel=0.1)
    assert together.vectors.tobytes() != alone.vectors.tobytes()
    assert torch.get_num_threads() == before


def test_a_failing_thread_is_told(monkeypatch):
    def failing(self, at, lr, look):
        if threading.current_thread() is not threading.main_thread():
            raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(word2vec_tables.Tables, "_step", failing)
    with pytest.raises(DeviceError, match="out of memory"):
        fitted(topics(2000), threads=2)


@pytest.mark.parametrize(("size", "what"), [(0, "no word"), (1, "one word")])
def test_a_vocabulary_too_small(size, what):
    with pytest.raises(DataError, match=f"the vocabulary has {what}; at least two are needed"):
        word2vec.fit(lambda _: [np.zeros(size * 9, np.int32)], np.full(size, 9))


@pytest.mark.parametrize(("kind", "loss"), BOTH)
def test_two_words_and_windows_larger_than_sentences(kind, loss):
    text = [np.array([0, 1], np.int32), np.array([1], np.int32), np.array([], np.int32)] * 20
    found = fitted(text, kind=kind, loss=loss, window=50)
    assert np.isfinite(found.vectors).all()
    assert found.history[0]["pairs"] == 40


def test_sentences_of_one_word_teach_nothing():
    with pytest.raises(DataError, match="no sentence holds two words of the vocabulary"):
        fitted([np.array([n % 3], np.int32) for n in range(9)])
    with pytest.raises(DataError, match="no sentence holds two words"):
        word2vec.fit(lambda _: [], np.array([3, 3]))


def test_sub_sampling_that_leaves_nothing_is_told():
    seen = []
    with pytest.raises(RunFailed, match=r"sample=1e-12 left no two words of a sentence side by side") as caught:
        fitted(topics(20), sample=1e-12, on_progress=seen.append)
    assert not seen  # so that a command has begun nothing
    assert "--sample 0" in caught.value.hint


@pytest.mark.parametrize(("kind", "loss"), BOTH)
def test_numbers_that_run_off_are_told(kind, loss):
    with pytest.raises(RunFailed, match="the numbers ran off to infinity") as caught:
        fitted(topics(), kind=kind, loss=loss, lr=1e4, lr_end=1e4, mean=False, batch=4096)
    assert "smaller --lr (it is 10000) or model.batch (it is 4,096)" in caught.value.hint


def test_memory_that_ends_on_the_way_is_told(monkeypatch):
    def failing(*args, **kwargs):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")

    monkeypatch.setattr(word2vec_tables.Tables, "_step", failing)
    with pytest.raises(DeviceError, match="out of memory: CUDA out of memory") as caught:
        fitted(topics(5))
    assert "--dim" in caught.value.hint


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is one")
def test_no_cuda_device():
    with pytest.raises(DeviceError, match="no CUDA device was found"):
        fitted(topics(5), device="cuda")


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.parametrize(("kind", "loss"), BOTH)
def test_a_gpu_learns_the_same(kind, loss):
    on_cpu = fitted(topics(), kind=kind, loss=loss, batch=64)
    on_gpu = fitted(topics(), kind=kind, loss=loss, batch=64, device="cuda")
    assert on_gpu.history[-1]["loss"] == pytest.approx(on_cpu.history[-1]["loss"], rel=0.05)
    unit = on_gpu.vectors / np.linalg.norm(on_gpu.vectors, axis=1, keepdims=True)
    cosine = unit @ unit.T
    assert np.minimum(cosine[:WORDS, :WORDS], cosine[WORDS:, WORDS:]).min() > cosine[:WORDS, WORDS:].max()
