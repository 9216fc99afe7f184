"""Figures against scikit-learn and by hand."""

import numpy as np
import pytest
from sklearn import metrics as sk

from dlcli.metrics import classification as ours


@pytest.fixture(params=range(5))
def answers(request):
    rng = np.random.default_rng(request.param)
    labels = rng.integers(0, 7, 200)
    scores = rng.normal(size=(200, 7))
    scores[np.arange(200), labels] += 1.0
    p = np.exp(scores)
    return (p / p.sum(1, keepdims=True)).astype(np.float32), labels


def test_equal_scikit_learn(answers):
    p, y = answers
    got, guess, exact = ours.scores(p, y), p.argmax(1), p.astype(np.float64)
    assert got["accuracy"] == sk.accuracy_score(y, guess)
    assert got["top5_accuracy"] == pytest.approx(sk.top_k_accuracy_score(y, p, k=5))
    for name, f in (("precision", sk.precision_score), ("recall", sk.recall_score), ("f1", sk.f1_score)):
        assert got[f"macro_{name}"] == pytest.approx(f(y, guess, average="macro", zero_division=0), abs=1e-12)
    assert got["log_loss"] == pytest.approx(sk.log_loss(y, exact / exact.sum(1, keepdims=True)), abs=1e-6)
    assert np.array_equal(ours.confusion(y, guess, 7), sk.confusion_matrix(y, guess))


def test_per_class_equal_scikit_learn(answers):
    p, y = answers
    rows = ours.class_rows(list("abcdefg"), ours.confusion(y, p.argmax(1), 7))
    precision, recall, f1, support = sk.precision_recall_fscore_support(y, p.argmax(1), zero_division=0)
    assert [r["precision"] for r in rows] == pytest.approx(precision)
    assert [r["recall"] for r in rows] == pytest.approx(recall)
    assert [r["f1"] for r in rows] == pytest.approx(f1)
    assert [r["support"] for r in rows] == support.tolist()


def test_calibration_by_hand():
    p = np.array([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.45, 0.55]])
    y = np.array([0, 1, 1, 0])
    # Two bins: (0.5, 1] holds all; mean confidence 0.7375, accuracy 0.5.
    assert ours.calibration_error(p, y, bins=2) == pytest.approx(0.2375)
    # Ten bins: .9 right, .8 wrong, .7 right, .55 wrong.
    assert ours.calibration_error(p, y, bins=10) == pytest.approx((0.1 + 0.8 + 0.3 + 0.55) / 4)


def test_confidence_on_a_bin_edge_belongs_below():
    rows = ours.calibration(np.array([[0.5, 0.5], [1.0, 0.0]]), np.array([0, 0]), bins=2)
    assert [(r["low"], r["count"]) for r in rows] == [(0.0, 1), (0.5, 1)]


def test_absent_and_never_predicted_classes():
    p = np.eye(3, dtype=np.float32)[[0, 0, 1]]
    got = ours.scores(p, np.array([0, 1, 1]))
    assert got["macro_recall"] == pytest.approx((1 + 0.5) / 2)
    assert "top5_accuracy" not in got
    assert np.isfinite(got["log_loss"])


def test_top_k_ties_go_to_the_lower_number():
    p = np.full((1, 4), 0.25)
    assert ours.top_k(p, np.array([1]), 2) == 1.0
    assert ours.top_k(p, np.array([2]), 2) == 0.0
