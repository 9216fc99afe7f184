"""Counts of analogies and correlations of pairs, as gensim finds them."""

import warnings

import numpy as np
import pytest
from word_toys import INSTALLED, Multiplying, keyed, lee, made, made_questions, shipped

from dlcli.data import word_questions
from dlcli.methods import word_evaluation as evaluation
from dlcli.methods import word_pairs
from dlcli.ops.word_vectors import WordVectors

PANG = "pang_lee_polarity_fasttext.vec"
EN = "EN.1-10.cbow1_wind5_hs0_neg10_size300_smpl1e-05.txt"


def sections_of(place):
    return [(s.name, s.questions) for s in word_questions.questions(str(place))[0]]


def ours(vectors, place, **how):
    return [
        (t.section, t.correct, t.total - t.correct) for t in evaluation.analogies(vectors, sections_of(place), **how)
    ]


def theirs(vectors, place, method, how):
    if method == "3cosmul" and how.get("restrict"):  # which gensim's 3CosMul does not heed
        vectors = WordVectors(vectors.words[: how["restrict"]], vectors.vectors[: how["restrict"]])
    held = keyed(vectors, Multiplying) if method == "3cosmul" else keyed(vectors)
    names = {"restrict": "restrict_vocab", "unknown": "dummy4unknown", "case_sensitive": "case_insensitive"}
    given = {names[k]: {"wrong": True, "skip": False, True: False, False: True}.get(v, v) for k, v in how.items()}
    _, found = held.evaluate_word_analogies(str(place), **given)
    return [(s["section"], len(s["correct"]), len(s["incorrect"])) for s in found[:-1]]


HOWS = [
    {},
    {"case_sensitive": True},
    {"unknown": "wrong"},
    {"case_sensitive": True, "unknown": "wrong"},
    {"restrict": 150},
]


@pytest.mark.parametrize("how", HOWS, ids=str)
@pytest.mark.parametrize("method", ["3cosadd", "3cosmul"])
def test_counts_of_made_questions_are_gensims(method, how, tmp_path):
    vectors = made()
    place = tmp_path / "q.txt"
    place.write_text(made_questions(vectors))
    found = ours(vectors, place, method=method, **how)
    assert found == theirs(vectors, place, method, how)
    assert sum(correct for _, correct, _ in found) > 10
    assert sum(wrong for _, _, wrong in found) > 10


@pytest.mark.parametrize("how", [{}, {"case_sensitive": True, "unknown": "wrong"}], ids=str)
@pytest.mark.parametrize("method", ["3cosadd", "3cosmul"])
def test_counts_on_learnt_vectors_are_gensims(method, how, tmp_path):
    vectors = lee()
    place = tmp_path / "q.txt"
    place.write_text(made_questions(vectors, 300, seed=5))
    found = ours(vectors, place, method=method, **how)
    assert found == theirs(vectors, place, method, how)
    assert sum(correct for _, correct, _ in found) > 5


@pytest.mark.parametrize("name", [PANG, EN])
@pytest.mark.parametrize("method", ["3cosadd", "3cosmul"])
def test_counts_of_the_installed_questions_on_shipped_vectors_are_gensims(method, name):
    place = word_questions.installed("analogies")
    vectors = shipped(name)
    for how in ({}, {"unknown": "wrong", "case_sensitive": True}):
        if name == EN and "unknown" not in how:  # no question is known: gensim divides by zero
            continue
        assert ours(vectors, place, method=method, **how) == theirs(vectors, place, method, how)


@pytest.mark.parametrize(("at_once", "columns", "scores"), [(50, 64, 1 << 24), (1 << 15, 64, 100), (7, 1 << 14, 1)])
def test_the_counts_do_not_depend_on_the_portions(at_once, columns, scores, monkeypatch, tmp_path):
    vectors = made()
    place = tmp_path / "q.txt"
    place.write_text(made_questions(vectors, 200))
    whole = ours(vectors, place)
    monkeypatch.setattr(evaluation, "AT_ONCE", at_once)
    monkeypatch.setattr(evaluation, "COLUMNS", columns)
    monkeypatch.setattr(evaluation, "MOST_SCORES", scores)
    assert ours(vectors, place) == whole


def crowd():
    """Return a table in which seven cases of one word lie around the answer, five of them nearer."""
    words = ["man", "king", "woman", "wOman", "woMan", "womAn", "womaN", "WOman", "queen"]
    base = {"man": [1, 0, 0], "king": [1, 1, 0], "woman": [0, 0, 1], "queen": [0, 1, 1]}
    rows = [base[w] if w in base else [0, 0.9, 1 + n / 100] for n, w in enumerate(words)]
    return WordVectors(words, np.array(rows, np.float32))


@pytest.mark.parametrize("method", ["3cosadd", "3cosmul"])
def test_an_answer_behind_five_other_cases_is_not_seen(method, tmp_path):
    place = tmp_path / "q.txt"
    place.write_text(": s\nman king woman queen\nman king woman woman\nking man queen woman\n")
    for count in (6, 7, 8, 9):
        vectors = crowd()
        keep = [*range(count - 1), 8]
        vectors = WordVectors([vectors.words[n] for n in keep], vectors.vectors[keep])
        for how in ({}, {"case_sensitive": True}):
            assert ours(vectors, place, method=method, **how) == theirs(vectors, place, method, how), (count, how)


def test_where_nothing_but_the_inputs_is_there(tmp_path):
    place = tmp_path / "q.txt"
    place.write_text(": s\na b c a\na b c b\na b c c\na b c A\n")
    for words in (["a", "b", "c"], ["a", "b", "c", "A"], ["a", "b", "c", "B", "C"]):
        vectors = WordVectors(words, np.random.default_rng(0).normal(size=(len(words), 4)).astype(np.float32))
        for how in ({}, {"case_sensitive": True}):
            assert ours(vectors, place, **how) == theirs(vectors, place, "3cosadd", how), words


def test_a_count_by_hand():
    vectors = WordVectors(
        ["man", "king", "woman", "queen", "girl"],
        np.array([[1, 0, 0], [1, 1, 0], [0, 0, 1], [0, 1, 1], [0.1, 0, 1]], np.float32),
    )
    asked = [
        ("royal", [("MAN", "King", "woman", "queen"), ("man", "king", "woman", "girl"), ("man", "king", "x", "y")])
    ]
    (tally,) = evaluation.analogies(vectors, asked)
    assert (tally.correct, tally.total, tally.unknown, tally.accuracy) == (1, 2, 1, 0.5)
    (tally,) = evaluation.analogies(vectors, asked, unknown="wrong")
    assert (tally.correct, tally.total, tally.unknown) == (1, 3, 1)
    (tally,) = evaluation.analogies(vectors, asked, case_sensitive=True)
    assert (tally.correct, tally.total, tally.unknown) == (0, 1, 2)
    assert np.isnan(evaluation.analogies(vectors, [("none", [])])[0].accuracy)


def test_words_without_a_direction_are_unknown_and_no_answers():
    vectors = WordVectors(
        ["man", "king", "woman", "zero", "queen", "nan"],
        np.array([[1, 0, 0], [1, 1, 0], [0, 0, 1], [0, 0, 0], [0, 1, 1], [np.nan, 1, 1]], np.float32),
    )
    asked = [
        ("s", [("man", "king", "woman", "queen"), ("man", "king", "zero", "queen"), ("nan", "king", "woman", "queen")])
    ]
    for method in ("3cosadd", "3cosmul"):
        (tally,) = evaluation.analogies(vectors, asked, method=method)
        assert (tally.correct, tally.total, tally.unknown) == (1, 1, 2)
    found = word_pairs.pairs(vectors, [("man", "zero", 1.0), ("man", "king", 2.0), ("man", "nan", 2.0)])
    assert found.unknown == 2


HOW_PAIRS = [{}, {"case_sensitive": True}, {"unknown": "wrong"}, {"restrict": 150}]


@pytest.mark.parametrize("how", HOW_PAIRS, ids=str)
@pytest.mark.parametrize("name", ["lee", PANG, "made"])
def test_pairs_are_gensims(name, how, tmp_path):
    vectors = {"lee": lee, "made": made}[name]() if name in ("lee", "made") else shipped(name)
    if name == "made":
        place = tmp_path / "p.tsv"
        rng = np.random.default_rng(3)
        words = [*vectors.words, "nosuch"]
        rows = [(*rng.choice(words, 2), round(float(rng.uniform(0, 10)), 1)) for _ in range(300)]
        place.write_text("# remark\n" + "".join(f"{a}\t{b}\t{s}\n" for a, b, s in rows) + "no pair\n")
    else:
        place = word_questions.installed("wordsim353")
    judged, _ = word_questions.pairs(str(place))
    found = word_pairs.pairs(vectors, judged, **how)
    given = {
        "case_insensitive": not how.get("case_sensitive", False),
        "dummy4unknown": how.get("unknown") == "wrong",
        "restrict_vocab": how.get("restrict", 300_000),
    }
    if name != "made" and "restrict" in how:
        return  # too few pairs are left
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pearson, spearman, oov = keyed(vectors).evaluate_word_pairs(str(place), **given)
    assert (found.pearson, found.pearson_p) == pytest.approx(tuple(pearson), rel=1e-4)
    assert (found.spearman, found.spearman_p) == pytest.approx(tuple(spearman), rel=1e-6)
    assert found.oov == pytest.approx(oov / 100)


def test_too_few_pairs_have_no_correlation():
    vectors = made()
    a, b, c, *_ = vectors.words
    for judged in ([(a, b, 1.0)], [(a, b, 1.0), (b, c, 1.0)], [("x", "y", 1.0)]):
        found = word_pairs.pairs(vectors, judged)
        assert np.isnan([found.pearson, found.spearman, found.pearson_p, found.spearman_p]).all(), judged


def test_the_installed_sets_are_there():
    for name, file in word_questions.INSTALLED.items():
        assert word_questions.installed(name) == f"{INSTALLED}/{file}"
