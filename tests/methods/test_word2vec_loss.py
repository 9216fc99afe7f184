"""The loss of word2vec on drawn pairs."""

import math

import numpy as np
import pytest

from dlcli.methods.word2vec_loss import Probe

HOW = {"window": 2, "negatives": 3, "ns_exponent": 0.75, "sample": 0.0}


def sentences(count=200, size=10):
    rng = np.random.default_rng(0)
    return [rng.integers(0, size, 9).astype(np.int32) for _ in range(count)]


@pytest.mark.parametrize("skipgram", [True, False])
def test_untrained_it_is_that_of_a_coin_for_each_word(skipgram):
    probe = Probe(sentences(), np.full(10, 100), skipgram=skipgram, **HOW)
    assert len(probe) > 100
    counted = 1 + (probe.drawn != probe.targets[:, None]).sum(1).mean()
    assert probe.loss(np.zeros((10, 4), np.float32), np.zeros((10, 4), np.float32)) == pytest.approx(
        counted * math.log(2)
    )


@pytest.mark.parametrize(("skipgram", "mean"), [(True, True), (False, True), (False, False)])
def test_it_is_the_sum_written_out(skipgram, mean):
    rng = np.random.default_rng(2)
    inputs, outputs = rng.normal(size=(2, 10, 4)).astype(np.float32)
    probe = Probe(sentences(20), np.arange(1, 11), skipgram=skipgram, mean=mean, **HOW)
    total = 0.0
    for target, context, drawn in zip(probe.targets, probe.contexts, probe.drawn, strict=True):
        near = [inputs[c] for c in context if c >= 0]
        v = np.sum(near, axis=0) / (len(near) if mean else 1)
        total -= math.log(1 / (1 + math.exp(-(v @ outputs[target]))))
        total -= sum(math.log(1 / (1 + math.exp(v @ outputs[n]))) for n in drawn if n != target)
    assert probe.loss(inputs, outputs) == pytest.approx(total / len(probe), rel=1e-5)


def test_contexts_stand_in_the_window():
    probe = Probe([np.arange(8, dtype=np.int32)], np.ones(8), skipgram=True, **HOW)
    assert set(np.abs(probe.targets - probe.contexts[:, 0]).tolist()) == {1, 2}
    bag = Probe([np.arange(8, dtype=np.int32)], np.ones(8), skipgram=False, **HOW)
    assert bag.contexts.shape[1] == 4
    assert len(bag) == 8


def test_frequent_words_are_thinned_out():
    counts = np.array([900, 100])
    long = np.array(([0] * 9 + [1]) * 400, np.int32)
    all_words = Probe([long], counts, skipgram=True, **HOW)
    few = Probe([long], counts, skipgram=True, **(HOW | {"sample": 1e-2}))
    assert (few.targets == 0).mean() < (all_words.targets == 0).mean()


def test_the_same_seed_draws_the_same_and_no_pairs_have_no_loss():
    first, again = (Probe(sentences(), np.ones(10), skipgram=True, seed=4, **HOW) for _ in range(2))
    np.testing.assert_array_equal(first.drawn, again.drawn)
    none = Probe([np.array([1], np.int32)], np.ones(10), skipgram=True, **HOW)
    assert len(none) == 0
    assert math.isnan(none.loss(np.ones((10, 2)), np.ones((10, 2))))
