"""Co-occurrence: counted by hand, against a slow dense reference, weighted, and reduced to vectors."""

import numpy as np
import pytest
from scipy import sparse

from dlcli.core.errors import DataError, RunFailed, UsageError
from dlcli.methods import counts, counts_svd

W14 = ["I like deep learning .", "I like NLP .", "I enjoy flying ."]


def numbered(lines):
    index = {}
    return [np.array([index.setdefault(w, len(index)) for w in line.split()], np.int32) for line in lines], index


def dense(sentences, size, window, weights, direction):
    found = np.zeros((size, size))
    for sentence in sentences:
        for i, a in enumerate(sentence):
            for j, b in enumerate(sentence):
                distance = abs(i - j)
                side = "left" if j < i else "right"
                if 0 < distance <= window and a >= 0 and b >= 0 and direction in ("both", side):
                    found[a, b] += {"flat": 1, "ramp": window + 1 - distance, "inverse": 1 / distance}[weights]
    return found


def random_sentences(seed, size=12, many=30):
    rng = np.random.default_rng(seed)
    return [rng.integers(-1, size, rng.integers(0, 40)).astype(np.int32) for _ in range(many)]


def test_the_courses_example():
    sentences, index = numbered(W14)
    found = counts.cooccurrence(sentences, len(index), window=1).toarray()
    told = {
        ("I", "like"): 2, ("I", "enjoy"): 1, ("like", "deep"): 1, ("like", "NLP"): 1, ("enjoy", "flying"): 1,
        ("deep", "learning"): 1, ("learning", "."): 1, ("NLP", "."): 1, ("flying", "."): 1,
    }  # fmt: skip
    for (a, b), count in told.items():
        assert found[index[a], index[b]] == found[index[b], index[a]] == count
    assert found.sum() == 2 * sum(told.values())


@pytest.mark.parametrize("direction", counts.DIRECTIONS)
@pytest.mark.parametrize("weights", counts.WEIGHTS)
@pytest.mark.parametrize("block", [7, 100, 6_000_000])
def test_any_size_of_block_gives_what_a_double_loop_gives(monkeypatch, weights, direction, block):
    monkeypatch.setattr(counts, "BLOCK_PAIRS", block)
    for window in (1, 2, 5):
        sentences = random_sentences(window)
        found = counts.cooccurrence(iter(sentences), 12, window=window, weights=weights, direction=direction)
        assert found.dtype == np.float64
        assert found.has_canonical_format
        np.testing.assert_allclose(found.toarray(), dense(sentences, 12, window, weights, direction), atol=1e-12)


def test_words_of_two_lines_are_no_neighbors_and_a_gap_keeps_its_place():
    assert counts.cooccurrence([np.array([0, 1]), np.array([2, 0])], 3, window=5).toarray()[1, 2] == 0
    gap = [np.array([0, -1, 1], np.int32)]
    assert counts.cooccurrence(gap, 2, window=1).nnz == 0
    assert counts.cooccurrence(gap, 2, window=2, weights="inverse").toarray()[0, 1] == 0.5
    assert counts.cooccurrence([np.array([0, 1])], 2, window=1).toarray()[0, 1] == 1


def test_a_word_beside_itself_is_seen_from_both_sides():
    assert counts.cooccurrence([np.array([0, 0])], 1, window=3).toarray() == [[2]]


def test_nothing_gives_nothing():
    for nothing in ([], [np.empty(0, np.int32)], [np.array([3])], [np.array([-1, -1])]):
        assert counts.cooccurrence(nothing, 5, window=2).nnz == 0


def test_a_large_vocabulary_needs_wider_numbers():
    size = 400_000
    found = counts.cooccurrence([np.array([size - 1, size - 2, 0])], size, window=9, weights="ramp")
    assert (found[size - 1, size - 2], found[0, size - 1], found.nnz) == (9, 8, 6)


@pytest.mark.parametrize("wrong", [[0, 5], [-2, 0]])
def test_a_number_beyond_the_vocabulary_is_a_mistake(wrong):
    with pytest.raises(ValueError, match="allowed: -1 to 4"):
        counts.cooccurrence([np.array(wrong)], 5, window=1)


@pytest.mark.parametrize("wrong", [{"window": 0}, {"window": 1, "weights": "x"}, {"window": 1, "direction": "x"}])
def test_what_it_cannot_do(wrong):
    with pytest.raises(ValueError, match="window"):
        counts.cooccurrence([], 5, **wrong)


def reference(table, weighting, cap=None, smooth=1.0, shift=1.0):
    c = table if cap is None else np.minimum(table, cap)
    if weighting == "raw":
        return c
    if weighting == "log":
        return np.log(1 + c)
    t, r, k = c.sum(), c.sum(1, keepdims=True), c.sum(0, keepdims=True)
    with np.errstate(all="ignore"):
        if weighting == "ppmi":
            chance = k**smooth / (k**smooth).sum()
            found = np.log((c / t) / ((r / t) * chance)) - np.log(shift)
        else:
            found = (t * c - r * k) / (np.sqrt(r * (t - r)) * np.sqrt(k * (t - k)))
    return np.where(np.isfinite(found) & (found > 0), found, 0)


@pytest.mark.parametrize("direction", ["both", "right"])
@pytest.mark.parametrize("cap", [None, 10])
@pytest.mark.parametrize("weighting", counts.WEIGHTINGS)
def test_weightings_equal_their_formulas(weighting, cap, direction):
    table = counts.cooccurrence(random_sentences(3), 14, window=3, weights="ramp", direction=direction)  # two unused
    before = table.toarray()
    found = counts.weighted(table, weighting, cap=cap)
    np.testing.assert_allclose(found.toarray(), reference(before, weighting, cap), atol=1e-12)
    np.testing.assert_array_equal(table.toarray(), before)
    assert (found.data > 0).all()


def test_smoothing_and_shift_of_mutual_information():
    table = counts.cooccurrence(random_sentences(4), 12, window=2)
    found = counts.weighted(table, "ppmi", smooth=0.75, shift=1.05)
    np.testing.assert_allclose(found.toarray(), reference(table.toarray(), "ppmi", smooth=0.75, shift=1.05), atol=1e-12)
    assert 0 < found.nnz < counts.weighted(table, "ppmi").nnz


def test_pearson_is_the_correlation_of_two_events():
    table = np.array([[4, 1, 0], [1, 0, 3], [2, 2, 2.0]])
    rows, columns = np.divmod(np.repeat(np.arange(9), table.astype(int).ravel()), 3)
    found = counts.weighted(sparse.csr_array(table), "pearson").toarray()
    for i in range(3):
        for j in range(3):
            told = np.corrcoef(rows == i, columns == j)[0, 1]
            assert found[i, j] == pytest.approx(max(told, 0), abs=1e-12)


def test_mutual_information_by_hand():
    # Of 8 pairs, word 0 is in 4, neighbor 1 in 4, both in 3: ln(3·8 / (4·4)) = 0.4055.
    found = counts.weighted(sparse.csr_array(np.array([[1, 3.0], [3, 1]])), "ppmi").toarray()
    np.testing.assert_allclose(found, [[0, np.log(1.5)], [np.log(1.5), 0]])


def test_an_unknown_weighting():
    with pytest.raises(ValueError, match="tf"):
        counts.weighted(sparse.csr_array(np.ones((2, 2))), "tf")


@pytest.fixture(scope="module")
def tables():
    """Return a symmetric table of counts and one of right neighbors, of 300 words."""
    rng = np.random.default_rng(0)
    chances = 1 / np.arange(1, 301)
    sentences = [rng.choice(300, 30, p=chances / chances.sum()).astype(np.int32) for _ in range(800)]
    return [counts.cooccurrence(sentences, 300, window=4, direction=d) for d in ("both", "right")]


@pytest.mark.parametrize("iterated", [False, True])
@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("weighting", counts.WEIGHTINGS)
def test_vectors_are_those_of_a_dense_decomposition(monkeypatch, tables, weighting, which, iterated):
    monkeypatch.setattr(counts_svd, "DENSE_ROWS", 0 if iterated else 1000)
    found = counts.fit_svd(tables[which], 20, weighting=weighting, power=0.5, cap=50, seed=3)
    u, s, _ = np.linalg.svd(reference(tables[which].toarray(), weighting, 50))
    told = u[:, :20] * np.sqrt(s[:20])
    assert found.dtype == np.float32
    np.testing.assert_allclose(np.abs((found * told).sum(0)), s[:20], rtol=1e-5)  # the same but for the sign
    largest = np.abs(found).argmax(0)
    assert (found[largest, np.arange(20)] > 0).all()


def test_iterations_are_exact(tables):
    table = counts.weighted(tables[0], "ppmi")
    _, told, _ = np.linalg.svd(table.toarray())
    for seed in (0, 1):
        u, values, nothing = counts_svd._iterate(table, 20, np.random.default_rng(seed), 1)
        assert nothing < 1e-6
        np.testing.assert_allclose(np.sort(values)[::-1], told[:20], rtol=1e-8)
        np.testing.assert_allclose(u.T @ u, np.eye(20), atol=1e-10)


@pytest.mark.parametrize("which", [0, 1])
def test_threads_change_nothing_and_seeds_hardly_anything(monkeypatch, tables, which):
    monkeypatch.setattr(counts_svd, "DENSE_ROWS", 0)
    one = counts.fit_svd(tables[which], 20, seed=1)
    np.testing.assert_array_equal(counts.fit_svd(tables[which], 20, seed=1, threads=3), one)
    np.testing.assert_allclose(counts.fit_svd(tables[which], 20, seed=2), one, atol=2e-5)


def test_power(tables):
    found = [counts.fit_svd(tables[0], 5, power=p) for p in (0, 0.5, 1)]
    np.testing.assert_allclose(np.linalg.norm(found[0], axis=0), 1, rtol=1e-5)
    np.testing.assert_allclose(found[1] ** 2, np.abs(found[0] * found[2]), atol=1e-5)


def test_more_numbers_than_words():
    with pytest.raises(UsageError, match="of 3 numbers cannot be made: the vocabulary has 2 words"):
        counts.fit_svd(sparse.csr_array(np.ones((2, 2))), 3)


@pytest.mark.parametrize("iterated", [False, True])
def test_more_numbers_than_independent_directions(monkeypatch, iterated):
    monkeypatch.setattr(counts_svd, "DENSE_ROWS", 0 if iterated else 1000)
    rng = np.random.default_rng(0)
    half = rng.random((90, 4))
    with pytest.raises(UsageError, match="only 4 independent directions") as told:
        counts.fit_svd(sparse.csr_array(half @ half.T), 9, weighting="raw")
    assert told.value.hint == "give --dim 4 or less"
    assert counts.fit_svd(sparse.csr_array(half @ half.T), 4, weighting="raw").shape == (90, 4)


def test_nothing_but_chance():
    with pytest.raises(DataError, match="more often than chance"):
        counts.fit_svd(sparse.csr_array(np.ones((3, 3))), 2)
    with pytest.raises(DataError, match="more often than chance"):
        counts.fit_svd(sparse.csr_array((3, 3)), 2, weighting="log")


def test_iterations_that_do_not_end(monkeypatch, tables):
    from scipy.sparse.linalg import ArpackNoConvergence

    def never(*_, **__):
        raise ArpackNoConvergence("no", np.empty(0), np.empty(0))

    monkeypatch.setattr(counts_svd, "DENSE_ROWS", 0)
    monkeypatch.setattr(counts_svd, "eigsh", never)
    with pytest.raises(RunFailed, match="did not settle"):
        counts.fit_svd(tables[0], 20)
