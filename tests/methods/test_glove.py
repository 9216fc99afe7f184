"""GloVe against its own equation, a plain minimizer, and tables that are no friends of it."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.sparse import csr_array

from dlcli.core.errors import DataError, RunFailed
from dlcli.methods import glove

SETTINGS = {"c_max": 10.0, "alpha": 0.75}


def table(words=33, lines=48, seed=0, scale=1.0):
    """Return symmetric counts of a small text: words by Zipf's law, neighbors within 2 by 1/distance."""
    rng = np.random.default_rng(seed)
    shares = 1 / np.arange(1, words + 1)
    dense = np.zeros((words, words))
    for _ in range(lines):
        line = rng.choice(words, 8, p=shares / shares.sum())
        for at, word in enumerate(line):
            for distance in (1, 2):
                if at + distance < len(line):
                    dense[word, line[at + distance]] += scale / distance
                    dense[line[at + distance], word] += scale / distance
    return csr_array(dense)


def reference(counts, w, c, b, d):
    """The double loop of equation 8."""
    total = 0.0
    dense = counts.toarray()
    for i in range(len(dense)):
        for j in range(len(dense)):
            x = dense[i, j]
            if x > 0:
                f = (x / SETTINGS["c_max"]) ** SETTINGS["alpha"] if x < SETTINGS["c_max"] else 1.0
                total += f * (sum(w[i] * c[j]) + b[i] + d[j] - np.log(x)) ** 2
    return total


def tables_of(n, dim, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, dim)), rng.normal(size=(n, dim)), rng.normal(size=n), rng.normal(size=n)


def test_weights_rise_to_one():
    weights = glove.weights(np.array([1.0, 50, 100, 1e9]), 100, 0.75)
    np.testing.assert_allclose(weights, [0.0316228, 0.5946036, 1, 1], 1e-6)


def test_the_loss_is_equation_8():
    counts = table()
    parts = tables_of(33, 5)
    assert glove.loss(counts, *parts, **SETTINGS) == pytest.approx(reference(counts, *parts), rel=1e-6)


def test_a_step_follows_the_gradient_by_finite_differences():
    """One tile, one epoch: AdaGrad's step has the sign and size of the gradient of J / 2."""
    counts, dim = table(6, 12), 3
    tiles = glove._Tiles(counts, **SETTINGS, batch=10**6)
    tables = glove._Tables(counts, tiles, dim, 0.05, np.random.default_rng(0))
    w, c = tables.w[0].astype(float).copy(), tables.c[0].astype(float).copy()
    before = tables.w[0].copy()
    found = tables.step(tiles, 0, 0)

    def at(row, column, by):
        moved = w.copy()
        moved[row, column] += by
        return glove.loss(counts, moved[:, :dim], c[:, :dim], moved[:, dim], c[:, dim + 1], **SETTINGS)

    assert found == pytest.approx(at(0, 0, 0.0), rel=1e-5)
    for row in range(6):
        for column in range(dim + 1):
            slope = (at(row, column, 1e-4) - at(row, column, -1e-4)) / 2e-4 / 2
            step = 0.05 * slope / np.sqrt(glove.START + slope**2)
            assert before[row, column] - tables.w[0][row, column] == pytest.approx(step, rel=2e-2, abs=1e-5)


def test_it_comes_near_the_least_loss():
    counts, dim, n = table(12, 40), 4, 12

    def whole(flat):
        w, c, b, d = np.split(flat, [n * dim, 2 * n * dim, 2 * n * dim + n])
        return glove.loss(counts, w.reshape(n, dim), c.reshape(n, dim), b, d, **SETTINGS)

    start = np.concatenate([t.ravel() for t in tables_of(n, dim)]) / 5
    least = minimize(whole, start, method="L-BFGS-B", options={"maxiter": 200, "maxfun": 10**6}).fun / counts.nnz
    history = glove.fit(counts, dim, epochs=1500, **SETTINGS).history
    assert history[-1]["loss"] < max(1.5 * least, 2e-3)
    assert history[-1]["loss"] < history[0]["loss"] / 5


def test_words_of_one_topic_come_near():
    dense = np.ones((8, 8))
    dense[:4, :4] = dense[4:, 4:] = 30
    vectors = glove.fit(csr_array(dense), 4, epochs=200, **SETTINGS).vectors
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosine = unit @ unit.T
    assert cosine[:4, :4].min() > cosine[:4, 4:].max()


def test_the_same_seed_gives_the_same_bytes_on_any_number_of_threads():
    counts = table(200, 300)
    one = glove.fit(counts, 8, epochs=3, seed=1, threads=1, batch=200, **SETTINGS)
    two = glove.fit(counts, 8, epochs=3, seed=1, threads=2, batch=200, **SETTINGS)
    assert one.vectors.tobytes() == two.vectors.tobytes()
    assert [r["loss"] for r in one.history] == [r["loss"] for r in two.history]
    assert one.vectors.tobytes() != glove.fit(counts, 8, epochs=3, seed=2, batch=200, **SETTINGS).vectors.tobytes()


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
@pytest.mark.parametrize("c_max", [1e-3, 10.0, 1e6])
@pytest.mark.parametrize("lr", [0.05, 1.0])
def test_no_number_runs_off(scale, c_max, lr):
    fitted = glove.fit(table(scale=scale), 10, c_max=c_max, lr=lr, epochs=20)
    assert np.isfinite(fitted.vectors).all()
    assert fitted.vectors.shape == (33, 10)
    assert fitted.vectors.dtype == np.float32


def test_a_wild_rate_is_told():
    with pytest.raises(RunFailed, match="give a smaller --lr|the loss is|ran off"):
        glove.fit(table(), 10, lr=1e30, epochs=20)


def test_one_entry_and_none():
    single = csr_array(([2.0, 2.0], ([0, 1], [1, 0])), shape=(3, 3))
    assert np.isfinite(glove.fit(single, 2, epochs=3).vectors).all()
    with pytest.raises(DataError, match="no two words stand together"):
        glove.fit(csr_array((3, 3)), 2)


def test_every_entry_is_met_once_an_epoch():
    counts = table(100, 200)
    tiles = glove._Tiles(counts, **SETTINGS, batch=100)
    met = [at for stage in tiles.stages(np.random.default_rng(0)) for at in stage]
    assert len(met) == len(set(met))
    assert sum(tiles.size(*at) for at in met) == counts.nnz
    for stage in tiles.stages(np.random.default_rng(1)):
        assert len({row for row, _ in stage}) == len({column for _, column in stage}) == len(stage)


def test_what_is_told():
    epochs, steps = [], []
    glove.PATIENCE_S, held = 0.0, glove.PATIENCE_S
    try:
        glove.fit(table(), 4, epochs=2, on_epoch=epochs.append, on_step=steps.append, **SETTINGS)
    finally:
        glove.PATIENCE_S = held
    assert [e["epoch"] for e in epochs] == [1, 2]
    assert {"loss", "seconds", "entries_per_s"} <= epochs[0].keys()
    assert steps[-1]["share"] == 1
