"""Documents as rows of numbers: the course's figures by hand, scikit-learn's by scikit-learn."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from dlcli.methods import documents
from dlcli.methods.documents import Counts, Terms

TEXT = ["The cat sat on the mat .", "the dog sat on the cat", "", "a cat and a dog", "Straße 東京 naïve the the"]
TEXT += ["mat mat mat"]
CHOICES = [{"min_df": 2}, {"max_df": 0.4}, {"most": 3}, {"min_df": 2, "max_df": 0.5, "most": 1}]


def counted(lines, cut=str.split, low=1, high=1, **chosen):
    held = Counts()
    for line in lines:
        held.add(documents.grams(cut(line), low, high))
    table = held.table()
    order, terms = documents.choose(table, list(held.index), **chosen)
    return documents.take(table, order), terms, np.array(held.lengths)


def same(ours, theirs):
    assert ours.shape == theirs.shape
    np.testing.assert_allclose(ours.toarray(), theirs.toarray(), rtol=0, atol=1e-12)


@pytest.mark.parametrize(("low", "high"), [(1, 1), (1, 2), (2, 3)])
def test_counts_and_order_of_words_are_scikit_learns(low, high):
    ours, terms, _ = counted(TEXT, low=low, high=high)
    theirs = CountVectorizer(tokenizer=str.split, token_pattern=None, lowercase=False, ngram_range=(low, high))
    same(ours, theirs.fit_transform(TEXT))
    assert terms.words == theirs.get_feature_names_out().tolist()
    assert terms.documents == 6


def test_its_own_way_of_cutting():
    theirs = CountVectorizer()
    ours, terms, _ = counted(TEXT, documents.sklearn_cutter(lower=True))
    same(ours, theirs.fit_transform(TEXT))
    assert terms.words == theirs.get_feature_names_out().tolist()


@pytest.mark.parametrize(
    "chosen", [{"min_df": 2}, {"max_df": 0.4}, {"most": 3}, {"min_df": 2, "max_df": 0.5, "most": 1}]
)
def test_choice_of_terms(chosen):
    ours, terms, _ = counted(TEXT, **chosen)
    names = {"most": "max_features"}
    theirs = CountVectorizer(
        tokenizer=str.split, token_pattern=None, lowercase=False, **{names.get(k, k): v for k, v in chosen.items()}
    )
    same(ours, theirs.fit_transform(TEXT))
    assert terms.words == theirs.get_feature_names_out().tolist()


def test_rare_terms_and_ties():
    _, terms, _ = counted(["b a", "a b c", "c d"], min_count=2)
    assert (terms.words, terms.counts.tolist(), terms.documents_with.tolist()) == (
        ["a", "b", "c"],
        [2, 2, 2],
        [2, 2, 2],
    )
    assert counted(["b a", "a b c", "c d"], most=2)[1].words == ["a", "b"]


@pytest.mark.parametrize("smooth", [True, False])
@pytest.mark.parametrize("sublinear", [True, False])
@pytest.mark.parametrize("norm", ["l1", "l2", None])
def test_scikit_learns_tfidf(smooth, sublinear, norm):
    ours, terms, lengths = counted(TEXT)
    factors = documents.idf(terms, "sklearn", smooth)
    ours = documents.weigh(ours, lengths, factors, by_length=False, sublinear=sublinear)
    ours = documents.scale(ours, norm) if norm else ours
    theirs = TfidfVectorizer(
        tokenizer=str.split, token_pattern=None, lowercase=False, norm=norm, smooth_idf=smooth, sublinear_tf=sublinear
    )
    same(ours, theirs.fit_transform(TEXT))


def test_the_courses_tfidf():
    terms = Terms(["cosine", "get"], np.array([6, 30]), np.array([10, 6000]), 10000)
    row = sparse.csr_array(np.array([[6, 30]]))
    found = documents.weigh(row, np.array([2000]), documents.idf(terms, "course")).toarray()[0]
    assert [round(v, 4) for v in found] == [0.0207, 0.0077]


def test_a_word_of_every_document_tells_nothing():
    ours, terms, lengths = counted(["a b", "a c"])
    found = documents.weigh(ours, lengths, documents.idf(terms, "course"))
    np.testing.assert_allclose(found.toarray(), [[0, np.log(2) / 2, 0], [0, 0, np.log(2) / 2]])
    assert found.nnz == 2


def test_words_outside_count_for_the_length_only():
    held = Counts(["a", "b"], ordered=True)
    held.add(["b", "x", "a", "b"])
    held.add([])
    np.testing.assert_array_equal(held.table().toarray(), [[1, 2], [0, 0]])
    assert list(held.lengths) == [4, 0]
    assert [list(d) for d in held.order] == [[1, -1, 0, 1], []]


def test_one_hot_rows():
    found = documents.one_hot(np.array([1, -1, 0]), 3)
    np.testing.assert_array_equal(found.toarray(), [[0, 1, 0], [0, 0, 0], [1, 0, 0]])
    assert documents.one_hot(np.empty(0, np.int64), 3).shape == (0, 3)


def test_nothing_counted():
    assert Counts().table().shape == (0, 0)
    assert list(documents.entries(sparse.csr_array(np.array([[0, 2.0], [0, 0]])))) == [(0, [1], [2.0]), (1, [], [])]
