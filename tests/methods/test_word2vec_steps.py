"""Losses and gradients of word2vec against sums written pair by pair in NumPy, and against finite differences."""

import numpy as np
import pytest
import torch

from dlcli.methods import word2vec_steps as steps

N, W, K, V, D = 5, 4, 3, 7, 6


@pytest.fixture
def rng():
    return np.random.default_rng(11)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def laid(rng):
    """Return rows of neighbors and candidates; places that are empty, and a drawn word that is the center."""
    inside = (rng.random((N, W)) < 0.7).astype(float)
    inside[:, 0] = 1
    counted = np.ones((N, K))
    counted[1, 2] = counted[3, 1] = 0
    return rng.normal(size=(N, W, D)), rng.normal(size=(N, K, D)), inside, counted


def shares(inside, mean):
    return inside / inside.sum(1, keepdims=True) if mean else inside


def skipgram_negative(near, candidates, inside, counted):
    loss, d_near, d_candidates = 0.0, np.zeros_like(near), np.zeros_like(candidates)
    for n in range(N):
        for w in range(W):
            for k in range(K):
                if inside[n, w] and counted[n, k]:
                    p = sigmoid(near[n, w] @ candidates[n, k])
                    loss -= np.log(p if k == 0 else 1 - p)
                    d_near[n, w] += (p - (k == 0)) * candidates[n, k]
                    d_candidates[n, k] += (p - (k == 0)) * near[n, w]
    return loss, d_near, d_candidates


def cbow_negative(near, candidates, share, counted):
    loss, d_near, d_candidates = 0.0, np.zeros_like(near), np.zeros_like(candidates)
    for n in range(N):
        hidden = sum(share[n, w] * near[n, w] for w in range(W))
        for k in range(K):
            if counted[n, k]:
                p = sigmoid(hidden @ candidates[n, k])
                loss -= np.log(p if k == 0 else 1 - p)
                d_candidates[n, k] += (p - (k == 0)) * hidden
                for w in range(W):
                    d_near[n, w] += share[n, w] * (p - (k == 0)) * candidates[n, k]
    return loss, d_near, d_candidates


def softmax(x):
    e = np.exp(x - x.max())
    return e / e.sum()


def skipgram_softmax(centers, table, targets, inside):
    loss, d_centers, d_table = 0.0, np.zeros_like(centers), np.zeros_like(table)
    for n in range(N):
        for w in range(W):
            if inside[n, w]:
                p = softmax(table @ centers[n])
                loss -= np.log(p[targets[n, w]])
                error = p - np.eye(V)[targets[n, w]]
                d_centers[n] += error @ table
                d_table += np.outer(error, centers[n])
    return loss, d_centers, d_table


def cbow_softmax(near, table, share, targets):
    loss, d_near, d_table = 0.0, np.zeros_like(near), np.zeros_like(table)
    for n in range(N):
        hidden = share[n] @ near[n]
        p = softmax(table @ hidden)
        loss -= np.log(p[targets[n]])
        error = p - np.eye(V)[targets[n]]
        d_near[n] += np.outer(share[n], error @ table)
        d_table += np.outer(error, hidden)
    return loss, d_near, d_table


def tensors(*arrays):
    return [torch.from_numpy(np.array(a)) for a in arrays]


def check(function, reference, first, second, rest, **more):
    """Compare loss and both gradients with the reference, and the gradients with differences of the loss."""
    step = function(*tensors(first, second, *rest), **more)
    loss, given, foretold = reference
    assert float(step.loss) == pytest.approx(loss, rel=1e-12)
    np.testing.assert_allclose(step.given.numpy(), given, rtol=0, atol=1e-12)
    np.testing.assert_allclose(step.foretold.numpy(), foretold, rtol=0, atol=1e-12)

    def at(which, index, by):
        moved = [first.copy(), second.copy()]
        moved[which][index] += by
        return float(function(*tensors(*moved, *rest), **more).loss)

    for which, gradient in enumerate((given, foretold)):
        for index in np.ndindex(gradient.shape):
            slope = (at(which, index, 1e-5) - at(which, index, -1e-5)) / 2e-5
            assert slope == pytest.approx(gradient[index], abs=1e-6)


def test_skipgram_by_negative_sampling(rng):
    near, candidates, inside, counted = laid(rng)
    reference = skipgram_negative(near, candidates, inside, counted)
    check(steps.skipgram_negative, reference, near, candidates, (inside, counted))


@pytest.mark.parametrize("mean", [True, False])
def test_cbow_by_negative_sampling(rng, mean):
    near, candidates, inside, counted = laid(rng)
    share = shares(inside, mean)
    reference = cbow_negative(near, candidates, share, counted)
    check(steps.cbow_negative, reference, near, candidates, (share, share, counted))


def test_skipgram_by_softmax(rng):
    _, _, inside, _ = laid(rng)
    centers, table, targets = rng.normal(size=(N, D)), rng.normal(size=(V, D)), rng.integers(0, V, (N, W))
    targets[0] = 3  # the same neighbor several times
    reference = skipgram_softmax(centers, table, targets, inside)
    check(steps.skipgram_softmax, reference, centers, table, (targets, inside))


@pytest.mark.parametrize("mean", [True, False])
def test_cbow_by_softmax(rng, mean):
    near, _, inside, _ = laid(rng)
    table, targets, share = rng.normal(size=(V, D)), rng.integers(0, V, N), shares(inside, mean)
    check(steps.cbow_softmax, cbow_softmax(near, table, share, targets), near, table, (share, share, targets))


def test_a_mean_gives_each_neighbor_the_whole_error_and_the_rate_multiplies(rng):
    near, candidates, inside, counted = laid(rng)
    share = shares(inside, True)
    _, d_near, d_candidates = cbow_negative(near, candidates, share, counted)
    step = steps.cbow_negative(*tensors(near, candidates, share, inside, counted), rate=-0.5, loss=False)
    assert step.loss is None
    neighbors = inside.sum(1)[:, None, None]
    np.testing.assert_allclose(step.given.numpy(), -0.5 * d_near * neighbors, atol=1e-12)
    np.testing.assert_allclose(step.foretold.numpy(), -0.5 * d_candidates, atol=1e-12)


def test_scores_far_out_have_losses_and_no_gradient_but_numbers():
    near = torch.full((1, 1, 2), 1e4)
    candidates = torch.tensor([[[-1e4, 0.0], [1e4, 0.0]]])
    step = steps.skipgram_negative(near, candidates, torch.ones(1, 1), torch.ones(1, 2))
    assert float(step.loss) == pytest.approx(2e8)
    assert torch.isfinite(step.given).all()
