"""Vectors of texts: by hand, and with scikit-learn's weights."""

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from dlcli.methods import sentence_vectors as sentences
from dlcli.ops.word_vectors import WordVectors

TABLE = WordVectors(["a", "b", "c", "zero"], np.array([[1, 0], [0, 2], [-1, 0], [0, 0]], np.float32))
GOOD = np.ones(4, bool)


def test_the_mean_by_hand():
    vector, known = sentences.encode(TABLE, ["a", "b", "b", "x"], GOOD)
    assert vector.dtype == np.float32
    assert (vector.tolist(), known) == ([pytest.approx(1 / 3), pytest.approx(4 / 3)], 3)
    vector, _ = sentences.encode(TABLE, ["a", "b", "b", "x"], GOOD, normalize=True)
    assert np.linalg.norm(vector) == pytest.approx(1)


def test_what_has_no_vector():
    assert sentences.encode(TABLE, ["x"], GOOD) == (None, 0)
    assert sentences.encode(TABLE, [], GOOD) == (None, 0)
    assert sentences.encode(TABLE, ["a", "c"], GOOD, normalize=True) == (None, 2)
    assert sentences.encode(TABLE, ["a", "c"], GOOD)[0].tolist() == [0, 0]
    assert sentences.encode(TABLE, ["a"], np.zeros(4, bool)) == (None, 0)


def test_a_vector_that_is_not_finite_spoils_no_mean():
    table = WordVectors(["a", "b"], np.array([[1, 0], [np.nan, 2]], np.float32))
    vector, known = sentences.encode(table, ["a", "b"], sentences.finite(table))
    assert (vector.tolist(), known) == ([1, 0], 1)


def test_the_weights_are_scikit_learns():
    lines = ["a b b", "a c", "a x", "a b c"]
    fitted = TfidfVectorizer(token_pattern=r"\S+", norm=None).fit(lines)
    idf = sentences.count_documents(line.split() for line in lines)
    for word, column in fitted.vocabulary_.items():
        assert idf(word) == pytest.approx(fitted.idf_[column], rel=1e-12)
    assert idf("never") == pytest.approx(np.log(5) + 1)
    weights = fitted.transform(lines).toarray()
    held = {"a": [1, 0], "b": [0, 2], "c": [-1, 0]}
    order = [w for w in fitted.get_feature_names_out() if w in held]
    columns = [fitted.vocabulary_[w] for w in order]
    for line, row in zip(lines, weights[:, columns], strict=True):
        vector, _ = sentences.encode(TABLE, line.split(), GOOD, idf)
        assert vector == pytest.approx(row @ np.array([held[w] for w in order]) / row.sum(), rel=1e-6)


def test_a_mean_of_many_rows_is_taken_in_portions(monkeypatch):
    rng = np.random.default_rng(0)
    table = WordVectors([str(n) for n in range(50)], rng.normal(size=(50, 3)).astype(np.float32))
    rows, weights = rng.integers(0, 50, 200).tolist(), rng.uniform(1, 2, 200).tolist()
    whole = sentences.mean(table, rows), sentences.mean(table, rows, weights)
    monkeypatch.setattr(sentences, "AT_ONCE", 7)
    assert sentences.mean(table, rows) == pytest.approx(whole[0])
    assert sentences.mean(table, rows, weights) == pytest.approx(whole[1])


def test_no_line_has_no_idf():
    with pytest.raises(ValueError, match="no line"):
        sentences.count_documents([])
