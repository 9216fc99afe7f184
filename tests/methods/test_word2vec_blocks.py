"""What word2vec draws from the text: thinning, windows, negatives, and how the text is cut into blocks."""

import numpy as np
import pytest
import torch
from scipy import stats

from dlcli.methods.word2vec_blocks import drawn, joined, keep_chances, noise
from dlcli.methods.word2vec_settings import Settings
from dlcli.methods.word2vec_tables import Tables, contexts

COUNTS = np.array([4000, 900, 300, 100, 50, 20, 5, 1])


def everything(size):
    return np.ones(size, np.float32)


def listed(block, width):
    """Return the pairs the engine lays out, (center, neighbor)."""
    places = torch.arange(len(block.tokens))
    left, right = torch.from_numpy(block.left), torch.from_numpy(block.right)
    context, inside = contexts(torch.from_numpy(block.tokens), left, right, places, width, 99)
    assert torch.equal(context != 99, inside > 0)
    return [(int(c), int(o)) for c, row in zip(block.tokens, context, strict=True) for o in row if o != 99]


def test_the_pairs_of_the_course():
    sentence = ["the", "quick", "brown", "fox", "jumps", "over", "the", "lazy", "dog"]
    words = sorted(set(sentence))
    ids = np.array([words.index(w) for w in sentence], np.int32)
    block = drawn(ids, np.array([9]), everything(8), 2, np.random.default_rng(0), dynamic=False)
    pairs = [(words[a], words[b]) for a, b in listed(block, 2)]
    assert pairs[:6] == [
        ("the", "quick"), ("the", "brown"), ("quick", "the"), ("quick", "brown"), ("quick", "fox"), ("brown", "the"),
    ]  # fmt: skip
    assert pairs == [
        (sentence[i], sentence[j]) for i in range(9) for j in range(max(0, i - 2), min(9, i + 3)) if i != j
    ]


def test_no_pair_crosses_a_sentence_and_windows_may_be_larger():
    block = drawn(np.arange(6), np.array([1, 2, 3]), everything(6), 50, np.random.default_rng(0), dynamic=False)
    assert listed(block, 2) == [(1, 2), (2, 1), (3, 4), (3, 5), (4, 3), (4, 5), (5, 3), (5, 4)]


def test_windows_are_drawn_evenly():
    many = 30_000
    block = drawn(np.zeros(many, int), np.array([many]), everything(1), 5, np.random.default_rng(3))
    times = np.bincount(block.left[10:-10], minlength=6)[1:]
    assert stats.chisquare(times).pvalue > 0.01
    np.testing.assert_array_equal(block.left[10:-10], block.right[10:-10])


def test_frequent_words_are_kept_with_the_chance_of_word2vec():
    share = COUNTS / COUNTS.sum()
    t = 1e-2
    chances = keep_chances(COUNTS, t)
    np.testing.assert_allclose(chances, np.minimum(1, np.sqrt(t / share) + t / share), rtol=1e-6)
    rng = np.random.default_rng(4)
    words = np.repeat(np.arange(8), 4000)
    block = drawn(words, np.array([len(words)]), chances, 5, rng)
    kept = np.bincount(block.tokens, minlength=8)
    for word, chance in enumerate(chances):
        assert stats.binomtest(int(kept[word]), 4000, float(chance)).pvalue > 0.01
    assert block.words == len(words)
    assert (keep_chances(COUNTS, 0) == 1).all()


@pytest.mark.parametrize("exponent", [0.75, 0, -0.5, 1, 5, -5])
def test_negatives_follow_the_counts_to_the_power(exponent):
    tables = Tables(COUNTS, Settings(ns_exponent=exponent, dim=2, negatives=5), torch.device("cpu"), 0)
    found = tables.candidates(torch.zeros(20_000, dtype=torch.int64), torch.Generator().manual_seed(5))
    assert found.shape == (20_000, 6)
    assert (found[:, 0] == 0).all()
    expected = COUNTS.astype(float) ** exponent
    expected *= 100_000 / expected.sum()
    times = np.bincount(found[:, 1:].flatten(), minlength=8)
    seen = expected > 5  # below, the test of Pearson does not hold
    times, expected = np.append(times[seen], times[~seen].sum()), np.append(expected[seen], expected[~seen].sum())
    assert stats.chisquare(times + 1e-9, expected + 1e-9).pvalue > 0.01


def test_words_without_a_place_in_the_text_are_not_drawn():
    rising = noise(np.array([0, 3, 0, 1, 0]), -0.5)
    found = np.searchsorted(rising, np.random.default_rng(0).random(1000), side="right")
    assert set(found) == {1, 3}
    assert rising[-1] == 1


def test_blocks_hold_whole_sentences_and_cut_long_ones():
    sentences = [np.arange(n) for n in (4, 5, 0, 3, 25, 1)]
    blocks = list(joined(sentences, 10))
    assert [list(lengths) for _, lengths in blocks] == [[4, 5], [3], [10], [10], [5, 1]]
    assert [w for words, _ in blocks for w in words] == [w for s in sentences for w in s]


def test_blocks_are_made_as_they_are_asked_for():
    read = []

    def sentences():
        for n in range(1000):
            read.append(n)
            yield np.zeros(10, np.int32)

    next(joined(sentences(), 100))
    assert len(read) == 11
