"""GloVe against a plain double loop, finite differences, L-BFGS, and inputs that broke other programs."""

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import minimize

from dlcli.core.errors import DataError, RunFailed
from dlcli.methods import glove
from dlcli.methods.glove_tiles import cut


def table(n, density=0.4, seed=0, symmetric=True, scale=30.0):
    """Made-up counts with a few large and many small ones."""
    draws = np.random.default_rng(seed)
    dense = np.where(draws.random((n, n)) < density, draws.lognormal(0, 1.5, (n, n)) * scale / 10, 0)
    return sparse.csr_array(dense + dense.T if symmetric else dense)


def near(lines, window=5):
    """Co-occurrence of lines of word numbers, weighted by 1/distance on both sides."""
    size = max(max(line) for line in lines) + 1
    dense = np.zeros((size, size))
    for line in lines:
        for i, a in enumerate(line):
            for j in range(max(0, i - window), i):
                dense[a, line[j]] += 1 / (i - j)
                dense[line[j], a] += 1 / (i - j)
    return sparse.csr_array(dense)


def plain_loss(counts, found, c_max, alpha):
    """Equation 8 over the number of counts, entry by entry."""
    total, dense = 0.0, counts.toarray()
    w, v = found.words.astype(np.float64), found.contexts.astype(np.float64)
    for i in range(len(dense)):
        for j in range(len(dense)):
            if c := dense[i, j]:
                f = (c / c_max) ** alpha if c < c_max else 1.0
                total += f * (w[i] @ v[j] + found.word_bias[i] + found.context_bias[j] - np.log(c)) ** 2
    return total / counts.nnz


def test_weights_by_hand():
    np.testing.assert_allclose(
        glove.weights(np.array([1.0, 50, 100, 101, 1e9]), 100, 0.75), [10**-1.5, 2**-0.75, 1, 1, 1]
    )


@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("start", glove.STARTS)
@pytest.mark.parametrize(("c_max", "alpha"), [(100, 0.75), (3, 0.5), (10, 0)])
def test_loss_is_that_of_a_double_loop(start, c_max, alpha, symmetric):
    counts = table(40, symmetric=symmetric)
    still = glove.fit(counts, 7, c_max=c_max, alpha=alpha, epochs=1, lr=1e-20, start=start)
    assert still.history[0]["loss"] == pytest.approx(plain_loss(counts, still, c_max, alpha), rel=1e-6)
    moved = glove.fit(counts, 7, c_max=c_max, alpha=alpha, epochs=4, start=start)
    exact = glove.loss(counts, moved, c_max=c_max, alpha=alpha)
    assert exact == pytest.approx(plain_loss(counts, moved, c_max, alpha), rel=1e-9)
    assert exact < moved.history[-1]["loss"] < moved.history[0]["loss"]


def test_gradients_are_finite_differences():
    counts, dim, draws = table(9, symmetric=False), 4, np.random.default_rng(1)
    grid = cut(counts, 1, 20, 0.75)
    tile = grid.tiles[0, 0]
    w, v = draws.normal(size=(2, 9, dim)).astype(np.float32)
    dense, stored = counts.toarray(), counts.toarray() > 0
    f = np.minimum(dense / 20, 1) ** 0.75

    def half(w, v):
        return 0.5 * np.sum((f * (w @ v.T - np.log(np.where(stored, dense, 1))) ** 2)[stored])

    slopes, twice = tile.slopes(w, v)
    down_w, down_v = tile.gradients(slopes, w, v)
    W, V, step = w.astype(np.float64), v.astype(np.float64), 1e-5
    assert twice == pytest.approx(2 * half(W, V), rel=1e-6)
    for at in np.ndindex(9, dim):
        nudge = np.zeros((9, dim))
        nudge[at] = step
        assert down_w[at] == pytest.approx((half(W + nudge, V) - half(W - nudge, V)) / (2 * step), rel=1e-4, abs=1e-3)
        assert down_v[at] == pytest.approx((half(W, V + nudge) - half(W, V - nudge)) / (2 * step), rel=1e-4, abs=1e-3)


@pytest.mark.parametrize("start", glove.STARTS)
def test_reaches_the_minimum_of_lbfgs(start):
    n, dim, draws = 16, 2, np.random.default_rng(0)
    a, b = draws.normal(size=(2, n, dim))
    log = a @ b.T + draws.normal(0, 0.5, (n, n)) + 3
    f = np.minimum(np.exp(log) / 50, 1) ** 0.75

    def value(x):
        w, v, b, c = np.split(x, [n * dim, 2 * n * dim, 2 * n * dim + n])
        w, v = w.reshape(n, dim), v.reshape(n, dim)
        off = w @ v.T + b[:, None] + c - log
        g = 2 * f * off
        return np.sum(f * off**2), np.concatenate([(g @ v).ravel(), (g.T @ w).ravel(), g.sum(1), g.sum(0)])

    starts = draws.normal(0, 0.3, (8, 2 * n * (dim + 1)))
    best = min(minimize(value, x, jac=True, method="L-BFGS-B").fun for x in starts) / n**2
    counts = sparse.csr_array(np.exp(log))
    found = glove.fit(counts, dim, c_max=50, epochs=200, lr=0.2, start=start)
    assert best - 1e-6 < glove.loss(counts, found, c_max=50, alpha=0.75) < 1.02 * best


def test_a_step_is_never_longer_than_the_rate():
    counts = sparse.csr_array(np.full((30, 30), 1e9))
    still = glove.fit(counts, 5, epochs=1, lr=1e-20, batch=10**9)
    moved = glove.fit(counts, 5, epochs=1, lr=0.05, batch=10**9)
    for name in ("words", "contexts", "word_bias", "context_bias"):
        assert np.abs(getattr(moved, name) - getattr(still, name)).max() <= 0.05 + 1e-6


@pytest.mark.parametrize("batch", [None, 40, 10**9])
def test_same_seed_same_bytes_on_any_number_of_threads(batch):
    counts = table(90, density=0.2)
    first = glove.fit(counts, 6, epochs=3, seed=4, threads=1, batch=batch)
    for threads in (0, 2, 5):
        other = glove.fit(counts, 6, epochs=3, seed=4, threads=threads, batch=batch)
        assert first.vectors.tobytes() == other.vectors.tobytes()
        assert [r["loss"] for r in first.history] == [r["loss"] for r in other.history]
    assert first.vectors.tobytes() != glove.fit(counts, 6, epochs=3, seed=5, batch=batch).vectors.tobytes()
    np.testing.assert_array_equal(first.vectors, first.words + first.contexts)
    assert first.vectors.dtype == np.float32
    assert first.vectors.shape == (90, 6)


def test_each_count_is_in_one_tile_and_groups_share_no_block():
    counts = table(53, symmetric=False)
    grid = cut(counts, 7, 10, 0.75)
    back = np.zeros((53, 53))
    for (i, j), tile in grid.tiles.items():
        tile.forward.data = tile.logs
        at = tile.forward.tocoo()
        back[at.row * 7 + i, at.col * 7 + j] = np.exp(at.data)
        np.testing.assert_array_equal(tile.rows, at.row)
    np.testing.assert_allclose(back, counts.toarray(), rtol=1e-5)
    groups = list(glove._groups(grid, 0, 1))
    assert sorted(place for group in groups for place in group) == sorted(grid.tiles)
    for group in groups:
        assert len({i for i, _ in group}) == len({j for _, j in group}) == len(group)
    assert groups != list(glove._groups(grid, 0, 2))
    rows = np.arange(53 * 2.0).reshape(53, 2)
    np.testing.assert_array_equal(grid.gather(grid.spread(rows), 53), rows)


def test_history_and_progress(monkeypatch):
    monkeypatch.setattr(glove, "EVERY_S", 0)
    epochs, steps = [], []
    found = glove.fit(table(60), 4, epochs=2, on_epoch=epochs.append, on_step=steps.append)
    assert epochs == found.history
    assert [r["epoch"] for r in epochs] == [1, 2]
    assert set(epochs[0]) == {"epoch", "loss", "seconds", "entries_per_s"}
    assert epochs[0]["entries_per_s"] > 0
    assert len(steps) == 2 * (glove.FEWEST - 1)
    assert all(0 < r["share"] < 1 for r in steps)
    assert set(steps[0]) == {"epoch", "share", "loss", "entries_per_s"}


@pytest.mark.parametrize("start", glove.STARTS)
@pytest.mark.parametrize("dim", [1, 8, 100])
@pytest.mark.parametrize(
    "counts",
    [
        near(np.random.default_rng(0).integers(0, 33, (48, 9))),  # 33 words, 48 lines: NaN in the C program
        sparse.csr_array(([1.0], ([0], [0])), shape=(1, 1)),
        sparse.csr_array(([0.2], ([3], [1])), shape=(5, 5)),
        table(20) * 1e9,
        table(20) * 1e-9,
        sparse.csr_array(np.ones((6, 6), np.int64)),
        sparse.csr_matrix(table(15).astype(np.float32)),
    ],
    ids=["33 words", "one word", "one count", "huge", "tiny", "ones", "csr_matrix"],
)
@pytest.mark.parametrize("c_max", [1e-9, 100])
def test_odd_tables_give_numbers(counts, dim, c_max, start):
    found = glove.fit(counts, dim, c_max=c_max, epochs=10, start=start)
    assert np.isfinite(found.vectors).all()
    assert np.isfinite(found.history[-1]["loss"])
    assert found.history[-1]["loss"] <= found.history[0]["loss"] + 1e-3


def test_zeros_and_doubles_are_cleaned_and_the_table_is_left_alone():
    plain = table(20, density=0.3)
    coo = plain.tocoo()
    row, column = np.tile(coo.row, 2), np.tile(coo.col, 2)
    order = np.argsort(row, kind="stable")
    starts = np.searchsorted(row[order], np.arange(21))
    doubled = sparse.csr_array((np.tile(coo.data / 2, 2)[order], column[order], starts), shape=(20, 20))
    kept = doubled.data.copy()
    np.testing.assert_allclose(
        glove.fit(doubled, 3, epochs=2).vectors, glove.fit(plain, 3, epochs=2).vectors, atol=1e-6
    )
    np.testing.assert_array_equal(doubled.data, kept)
    stored = plain.copy()
    stored.data[0] = 0
    assert np.isfinite(glove.fit(stored, 3, epochs=1).vectors).all()


@pytest.mark.parametrize("lr", [100.0, 1e10, 1e30, 1e300])
def test_steps_too_long_are_told(lr):
    with pytest.raises(RunFailed, match=r"lr 1.* (no longer numbers|the loss ended at)") as failed:
        glove.fit(table(33), 10, lr=lr, epochs=5)
    assert "lower the learning rate" in failed.value.hint


def test_what_cannot_be_fitted():
    with pytest.raises(DataError, match="nothing was counted"):
        glove.fit(sparse.csr_array((7, 7)), 3)
    for bad in (-1.0, np.nan, np.inf):
        with pytest.raises(DataError, match="1 counts are not above zero"):
            glove.fit(sparse.csr_array(([1.0, bad], ([0, 1], [1, 0])), shape=(2, 2)), 3)
    with pytest.raises(ValueError, match="allowed: spectral, random"):
        glove.fit(table(5), 3, start="zero")


@pytest.mark.parametrize("start", glove.STARTS)
def test_words_of_a_topic_come_together(start):
    draws = np.random.default_rng(3)
    lines = [draws.integers(0, 15, 12) + 15 * (k % 3) for k in range(300)]
    found = glove.fit(near(lines), 20, c_max=10, epochs=25, start=start)
    unit = found.vectors / np.linalg.norm(found.vectors, axis=1, keepdims=True)
    likeness = unit @ unit.T
    np.fill_diagonal(likeness, -2)
    assert np.mean(likeness.argmax(1) // 15 == np.arange(45) // 15) > 0.9


def test_differences_answer_ratios_as_in_the_paper():
    """Table 1: P(k | ice) and P(k | steam) for solid, gas, water, fashion."""
    chances = np.array([[1.9e-4, 6.6e-5, 3.0e-3, 1.7e-5], [2.2e-5, 7.8e-4, 2.2e-3, 1.8e-5]])
    counts = np.zeros((6, 6))
    counts[:2, 2:] = chances * 1e7
    found = glove.fit(sparse.csr_array(counts), 4, epochs=300)
    w, v, b = found.words.astype(np.float64), found.contexts.astype(np.float64), found.word_bias
    ratios = np.exp((w[0] - w[1]) @ v[2:].T + b[0] - b[1])
    np.testing.assert_allclose(ratios, [8.9, 8.5e-2, 1.36, 0.96], rtol=0.05)
