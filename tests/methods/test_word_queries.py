"""Questions to word vectors: by hand, as gensim answers them, and what has no direction."""

import numpy as np
import pytest
from word_toys import keyed, lee, made

from dlcli.methods import word_queries as queries
from dlcli.ops.word_vectors import WordVectors

# Four words on a circle, at 0°, 30°, 60° and 180°, of lengths that must not matter.
CIRCLE = WordVectors(
    ["east", "near", "up", "west"],
    np.array([[2, 0], [np.sqrt(3) / 2, 0.5], [3 * 0.5, 3 * np.sqrt(3) / 2], [-5, 0]], np.float32),
)


def test_neighbors_by_hand():
    (found,) = queries.neighbors(CIRCLE, [0], 10)
    assert [w for w, _ in found] == ["near", "up", "west"]
    assert [c for _, c in found] == pytest.approx([np.cos(np.pi / 6), 0.5, -1], abs=1e-6)
    assert queries.neighbors(CIRCLE, [3, 0], 1) == [[("up", pytest.approx(-0.5))], [found[0]]]


def test_neighbors_are_gensims():
    vectors = lee()
    theirs = keyed(vectors)
    rows = [0, 3, 17, 500, len(vectors) - 1]
    for row, found in zip(rows, queries.neighbors(vectors, rows, 10), strict=True):
        expected = theirs.most_similar(vectors.words[row], topn=10)
        assert [w for w, _ in found] == [w for w, _ in expected]
        assert [c for _, c in found] == pytest.approx([c for _, c in expected], abs=1e-5)


def test_one_question_and_many_give_the_same_answers(monkeypatch):
    vectors = made()
    many = queries.neighbors(vectors, range(20), 5)
    alone = [queries.neighbors(vectors, [row], 5)[0] for row in range(20)]
    monkeypatch.setattr(queries, "BLOCK", 7)
    monkeypatch.setattr(queries, "ALONE", 13)
    monkeypatch.setattr(queries, "_cores", lambda: 3)
    cut = queries.neighbors(vectors, range(20), 5) + [queries.neighbors(vectors, [row], 5)[0] for row in range(20)]
    for a, b in zip([*many, *alone], cut, strict=True):
        assert [w for w, _ in a] == [w for w, _ in b]
        assert [c for _, c in a] == pytest.approx([c for _, c in b], abs=1e-6)


@pytest.mark.parametrize("method", ["3cosadd", "3cosmul"])
def test_analogies_are_gensims(method):
    vectors = lee()
    theirs = keyed(vectors)
    asked = theirs.most_similar if method == "3cosadd" else theirs.most_similar_cosmul
    rows = [(1, 2, 3), (10, 20, 30), (7, 7, 9), (400, 5, 1200)]
    for (a, b, c), found in zip(rows, queries.analogies(vectors, rows, 5, method), strict=True):
        words = vectors.words
        expected = asked(positive=[words[b], words[c]], negative=[words[a]], topn=5)
        assert [w for w, _ in found] == [w for w, _ in expected]
        assert [s for _, s in found] == pytest.approx([s for _, s in expected], rel=1e-3)


def test_an_analogy_by_hand():
    words = ["man", "king", "woman", "queen", "child"]
    table = WordVectors(words, np.array([[1, 0, 0], [1, 1, 0], [0, 0, 1], [0, 1, 1], [0.5, 0, 0.5]], np.float32))
    (found,) = queries.analogies(table, [(0, 1, 2)], 1, "3cosadd")
    # king − man + woman of unit vectors: (1,1,0)/√2 − (1,0,0) + (0,0,1)
    target = np.array([1 / np.sqrt(2) - 1, 1 / np.sqrt(2), 1])
    queen = np.array([0, 1, 1]) / np.sqrt(2)
    assert found == [("queen", pytest.approx(target @ queen / np.linalg.norm(target), abs=1e-6))]
    (found,) = queries.analogies(table, [(0, 1, 2)], 1, "3cosmul")
    assert found == [("queen", pytest.approx(0.75 * (1 + 1 / np.sqrt(2)) / 2 / 0.5, rel=1e-5))]


def test_with_the_inputs_kept_they_may_answer():
    vectors = lee()
    rows = [(1, 2, 3)]
    dropped, kept = (queries.analogies(vectors, rows, 3, "3cosadd", keep=k)[0] for k in (False, True))
    inputs = {vectors.words[row] for row in rows[0]}
    assert not inputs & {w for w, _ in dropped}
    assert inputs & {w for w, _ in kept}


def test_what_cancels_is_near_to_nothing():
    table = WordVectors(["a", "b", "c", "d"], np.array([[1, 0], [1, 0], [0, 0], [1, 1]], np.float32))
    assert queries.analogies(table, [(0, 1, 2)], 3, "3cosadd") == [[]]


def test_the_odd_one_is_gensims():
    vectors = lee()
    theirs = keyed(vectors)
    for rows in ([1, 2, 3, 900], [40, 50, 60], [5, 5, 800, 6]):
        words = [vectors.words[row] for row in rows]
        ranked = {w: s for s, w in theirs.rank_by_centrality(words)}
        found = queries.centrality(vectors, rows)
        assert found == pytest.approx([ranked[w] for w in words], abs=1e-5)
        assert words[int(found.argmin())] == theirs.doesnt_match(words)


def test_the_odd_one_of_opposites_is_none():
    table = WordVectors(["a", "b"], np.array([[1, 0], [-2, 0]], np.float32))
    assert np.isnan(queries.centrality(table, [0, 1])).all()


def test_similarities_are_gensims():
    vectors = lee()
    theirs = keyed(vectors)
    pairs = [(1, 2), (3, 3), (10, 999)]
    found = queries.similarities(vectors, *zip(*pairs, strict=True))
    expected = [theirs.similarity(vectors.words[a], vectors.words[b]) for a, b in pairs]
    assert found == pytest.approx(expected, abs=1e-6)
    assert found[1] <= 1


@pytest.mark.parametrize("bad", [[0, 0], [np.nan, 1], [np.inf, 1]])
@pytest.mark.parametrize("method", ["neighbors", "3cosadd", "3cosmul"])
def test_a_word_without_a_direction_is_never_an_answer(bad, method):
    table = WordVectors(list("abcde"), np.array([[1, 0], [1, 1], [0, 1], bad, [1, -1]], np.float32))
    if method == "neighbors":
        (found,) = queries.neighbors(table, [0], 10)
    else:
        (found,) = queries.analogies(table, [(0, 1, 2)], 10, method)
    assert "d" not in dict(found)
    assert np.isfinite([s for _, s in found]).all()


def test_equal_scores_are_answered_in_the_order_of_the_table():
    table = WordVectors(["q", *"abcdef"], np.ones((7, 3), np.float32))
    assert [w for w, _ in queries.neighbors(table, [0], 3)[0]] == ["a", "b", "c"]


def test_best_takes_what_there_is():
    assert queries.best(np.array([1.0, -np.inf, 3.0]), 5).tolist() == [2, 0]
    assert queries.best(np.array([1.0, 2.0]), 5, [0, 1]).tolist() == []
    assert queries.best(np.empty(0), 5).tolist() == []


def test_near_spellings():
    words = ["the", "Paris", "frog", "frogs", "international", "internationally", "fro", "über", "IBM"]
    table = WordVectors(words, np.zeros((len(words), 1), np.float32))

    def near(word):
        return queries.near_spellings(word, table)

    assert near("paris") == ["Paris"]
    assert near("ibm") == ["IBM"]
    assert near("fog")[0] == "frog"
    assert near("frgo")[0] == "frog"
    assert near("frogx") == ["frog", "frogs"]
    assert near("teh") == ["the"]
    assert near("frog,") == ["frog", "frogs"]
    assert near("internatoinaly")[:2] == ["internationally", "international"]
    assert near("zzzz") == []
    assert near("") == []
    assert near("x" * 1000) == []


def test_near_spellings_of_many_words_take_a_moment():
    import random

    draw = random.Random(0)
    words = list({"".join(draw.choices("etaoinshrdlu", k=draw.randint(3, 9))) for _ in range(60_000)})
    table = WordVectors(words, np.zeros((len(words), 1), np.float32))
    compared = []
    kept = queries.difflib.get_close_matches
    queries.difflib.get_close_matches = lambda w, known, *more: compared.append(len(known)) or kept(w, known, *more)
    try:
        queries.near_spellings("etaoinshrd", table)
    finally:
        queries.difflib.get_close_matches = kept
    assert compared
    assert max(compared) <= 5000
