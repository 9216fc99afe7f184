"""Figures of predicted numbers, by hand and against scikit-learn."""

import math

import numpy as np
import pytest
from sklearn import metrics

from dlcli.metrics import classification, regression


def test_by_hand():
    found = regression.scores(np.array([1.0, 2.0, 5.0]), np.array([1.0, 4.0, 4.0]))
    assert found == pytest.approx({"rmse": math.sqrt(5 / 3), "mae": 1.0, "r2": 1 - 5 / 6})


def test_equal_to_scikit_learn():
    rng = np.random.default_rng(1)
    truth, predicted = rng.normal(size=200), rng.normal(size=200)
    found = regression.scores(predicted, truth)
    assert found["rmse"] == pytest.approx(metrics.root_mean_squared_error(truth, predicted))
    assert found["mae"] == pytest.approx(metrics.mean_absolute_error(truth, predicted))
    assert found["r2"] == pytest.approx(metrics.r2_score(truth, predicted))


def test_a_truth_that_does_not_vary_has_no_r2():
    assert math.isnan(regression.scores(np.array([1.0, 2.0]), np.array([3.0, 3.0]))["r2"])


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_auc_equals_scikit_learns(classes):
    rng = np.random.default_rng(classes)
    labels = np.r_[np.arange(classes), rng.integers(0, classes, 300)]
    scores = np.round(rng.random((len(labels), classes)), 1)  # many ties
    scores[np.arange(len(labels)), labels] += 0.3
    p = scores / scores.sum(1, keepdims=True)
    expected = metrics.roc_auc_score(labels, p[:, 1] if classes == 2 else p, multi_class="ovr", average="macro")
    assert classification.auc(p, labels) == pytest.approx(expected, abs=1e-12)


def test_auc_of_one_class_is_no_number():
    assert math.isnan(classification.auc(np.array([[0.2, 0.8], [0.3, 0.7]]), np.array([1, 1])))
