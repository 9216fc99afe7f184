"""Training pairs, drawn negatives, strongest pairs."""

import numpy as np
import pytest
from scipy import sparse, stats

from dlcli.core.errors import DataError
from dlcli.methods import pairs
from dlcli.methods.pairs import Draw

QUICK = ["the", "quick", "brown", "fox", "jumps", "over", "the", "lazy", "dog"]


def test_the_courses_pairs():
    found = [(center, word) for center, around in pairs.windows(QUICK, 2) for word in around]
    told = "the,quick the,brown quick,the quick,brown quick,fox brown,the brown,quick brown,fox brown,jumps"
    assert [",".join(p) for p in found[:9]] == told.split()
    assert len(found) == 2 * (8 + 7)


def test_a_word_alone():
    assert list(pairs.windows(["a"], 3)) == list(pairs.windows([], 3)) == []


def test_the_courses_powers():
    draw = Draw.of({"a": 90, "b": 9, "c": 1}, 0.75)
    assert [f"{p:.2g}" for p in draw.powers] == ["0.92", "0.16", "0.032"]
    np.testing.assert_allclose(draw.chances, draw.powers / draw.powers.sum())


@pytest.mark.parametrize("exponent", [0.75, 0.0, 1.0, -0.5])
def test_words_are_drawn_by_their_chance_and_never_the_neighbor(exponent):
    draw = Draw.of({"a": 90, "b": 9, "c": 5, "d": 5}, exponent)
    found = draw.negatives(np.full(4000, 1), 3, np.random.default_rng(0))
    assert found.shape == (4000, 3)
    seen = np.bincount(found.ravel(), minlength=4)
    assert seen[1] == 0
    told = np.delete(draw.chances, 1)
    assert stats.chisquare(np.delete(seen, 1), told / told.sum() * 12000).pvalue > 0.01


def test_one_word_leaves_none_to_draw():
    with pytest.raises(DataError, match="one word only"):
        Draw.of({"a": 3}, 0.75)


def test_the_strongest_entries():
    table = sparse.csr_array(np.array([[0, 3, 3.0], [2, 0, 0], [5, 0, 1]]))
    rows, columns, values = pairs.strongest(table, 3)
    assert list(zip(rows, columns, values, strict=True)) == [(2, 0, 5), (0, 1, 3), (0, 2, 3)]
    assert len(pairs.strongest(table, None)[0]) == len(pairs.strongest(table, 99)[0]) == 5
    assert len(pairs.strongest(table, 2)[0]) == 2


def test_a_pair_of_a_symmetric_table_comes_once_in_the_order_of_the_text():
    right = sparse.csr_array(np.array([[4, 0, 1.0], [2, 0, 0], [1, 0, 0]]))
    rows, columns, values = pairs.strongest((right + right.T).tocsr(), None, right)
    assert list(zip(rows, columns, values, strict=True)) == [(0, 0, 8), (1, 0, 2), (0, 2, 2)]
    nothing = pairs.strongest(sparse.csr_array((2, 2)), 5, sparse.csr_array((2, 2)))
    assert [len(v) for v in nothing] == [0, 0, 0]
