"""How a block of text moves the tables: against the same steps in NumPy; the loss that is told."""

import math

import numpy as np
import pytest
import torch

from dlcli.methods.word2vec_blocks import drawn
from dlcli.methods.word2vec_settings import Settings
from dlcli.methods.word2vec_tables import LOOKED, Tables

SIZE = 9
COUNTS = np.arange(SIZE, 0, -1) * 10


class Told(Tables):
    """Tables that keep what each batch was."""

    def __init__(self, *args):
        super().__init__(*args)
        self.batches = []

    def _step(self, at, lr, look):
        self.batches.append((at, lr, look))
        super()._step(at, lr, look)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def negative(at, inputs, outputs, lr, settings):
    """Take the steps of a batch as word2vec's code does, all at the old place."""
    old_in, old_out = inputs.copy(), outputs.copy()
    for context, candidates in zip(at.context.tolist(), at.candidates.tolist(), strict=True):
        near = [word for word in context if word != SIZE]
        skip = settings.kind == "skipgram"
        for given in [[word] for word in near] if skip else [near]:
            hidden = old_in[given].mean(0) if settings.mean else old_in[given].sum(0)
            error = np.zeros_like(hidden)
            for k, word in enumerate(candidates):
                if k and word == candidates[0]:
                    continue
                g = lr * ((k == 0) - sigmoid(hidden @ old_out[word]))
                error += g * old_out[word]
                outputs[word] += g * hidden
            for word in given:
                inputs[word] += error if settings.mean else error / len(given)


def softmax(at, inputs, outputs, lr, settings):
    old_in, old_out = inputs.copy(), outputs.copy()
    for center, context in zip(at.centers.tolist(), at.context.tolist(), strict=True):
        near = [word for word in context if word != SIZE]
        skip = settings.kind == "skipgram"
        for given, target in [([center], word) for word in near] if skip else [(near, center)]:
            hidden = old_in[given].mean(0) if settings.mean else old_in[given].sum(0)
            p = np.exp(old_out @ hidden)
            g = lr * (np.eye(SIZE)[target] - p / p.sum())
            outputs += np.outer(g, hidden)
            for word in given:
                inputs[word] += g @ old_out * (1 if settings.mean else 1 / len(given))


@pytest.mark.parametrize("kind", ["skipgram", "cbow"])
@pytest.mark.parametrize("loss", ["negative", "softmax"])
@pytest.mark.parametrize("mean", [True, False])
def test_a_block_moves_the_tables_as_the_sums_over_its_pairs_do(kind, loss, mean):
    settings = Settings(kind, loss, dim=5, window=3, negatives=4, mean=mean, batch=8)
    tables = Told(COUNTS, settings, torch.device("cpu"), 1)
    tables.outputs.normal_(generator=torch.Generator().manual_seed(1))
    inputs, outputs = tables.inputs.double().numpy(), tables.outputs.double().numpy()
    rng = np.random.default_rng(2)
    lengths = np.array([1, 2, 12, 30])
    block = drawn(rng.integers(0, SIZE, 45), lengths, np.ones(SIZE, np.float32), 3, rng)
    pairs = tables.learn(block, rng, lambda share: 0.1 - 0.05 * share)
    assert pairs == sum(int(at.inside.sum()) for at, _, _ in tables.batches)
    assert sum(len(at.centers) for at, _, _ in tables.batches) == 44  # the sentence of one word has no pair
    assert len(tables.batches[0][0].centers) == (2 if kind == "skipgram" else 8)
    for at, lr, _ in tables.batches:
        (negative if loss == "negative" else softmax)(at, inputs, outputs, lr, settings)
    np.testing.assert_allclose(tables.inputs.numpy(), inputs, atol=1e-5)
    np.testing.assert_allclose(tables.outputs.numpy(), outputs, atol=1e-5)
    assert (tables.inputs[SIZE] == 0).all()
    assert [look for _, _, look in tables.batches] == [n % LOOKED == 0 for n in range(len(tables.batches))]


@pytest.mark.parametrize("kind", ["skipgram", "cbow"])
@pytest.mark.parametrize("loss", ["negative", "softmax"])
def test_the_loss_before_training(kind, loss):
    settings = Settings(kind, loss, dim=5, window=3, negatives=4, ns_exponent=-3.0)
    tables = Tables(COUNTS, settings, torch.device("cpu"), 1)
    words = np.tile([0, 1], 40)  # drawn words are others
    rng = np.random.default_rng(2)
    tables.learn(drawn(words, np.array([80]), np.ones(SIZE, np.float32), 3, rng), rng, lambda _: 1e-12)
    total, pairs = tables.looked()
    expected = math.log(SIZE) if loss == "softmax" else 5 * math.log(2)
    assert settings.untrained(SIZE) == pytest.approx(expected)
    assert total / pairs == pytest.approx(expected, rel=0.03 if loss == "negative" else 1e-5)
    assert tables.looked() == (0, 0)


def test_a_wide_window_takes_no_more_than_the_longest_sentence():
    settings = Settings(window=10_000, dim=4)
    tables = Told(COUNTS, settings, torch.device("cpu"), 1)
    rng = np.random.default_rng(2)
    block = drawn(rng.integers(0, SIZE, 30), np.array([30]), np.ones(SIZE, np.float32), 10_000, rng)
    tables.learn(block, rng, lambda _: 0.025)
    assert all(at.context.shape[1] <= 58 for at, _, _ in tables.batches)
