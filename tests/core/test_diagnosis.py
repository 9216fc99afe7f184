"""Underfit, overfit or fine, told from curves whose verdict is known."""

import math

import pytest

from dlcli.core.diagnosis import diagnose


def curves(train_loss, val_loss, train_accuracy, val_accuracy):
    rows = zip(train_loss, val_loss, train_accuracy, val_accuracy, strict=True)
    keys = ("train/loss", "val/loss", "train/accuracy", "val/accuracy")
    return [{"epoch": e, **dict(zip(keys, row, strict=True))} for e, row in enumerate(rows, 1)]


RISES = curves(
    [1, 0.5, 0.2, 0.1, 0.05], [0.9, 0.6, 0.5, 0.7, 0.9], [0.6, 0.8, 0.9, 0.96, 0.99], [0.6, 0.75, 0.8, 0.8, 0.79]
)
GAP = curves([1, 0.5, 0.2, 0.1], [1, 0.7, 0.6, 0.6], [0.6, 0.8, 0.9, 0.97], [0.6, 0.7, 0.8, 0.82])
GUESSES = curves([2.3] * 5, [2.3] * 5, [0.1] * 5, [0.1] * 5)
FALLS = curves(
    [2.3, 1.8, 1.5, 1.2, 1.0], [2.3, 1.9, 1.6, 1.3, 1.1], [0.1, 0.3, 0.45, 0.55, 0.6], [0.1, 0.3, 0.4, 0.5, 0.58]
)
NEARLY = curves([1, 0.7, 0.5, 0.4], [1, 0.7, 0.5, 0.35], [0.6, 0.7, 0.8, 0.88], [0.6, 0.75, 0.85, 0.9])
WILD = curves([254_627, 3_295, 3.7], [500, 9, 2.4], [0.1, 0.1, 0.1], [0.1, 0.1, 0.1])
AGAIN = curves([1.9, 0.3, 2.31], [1.9, 0.3, 2.31], [0.3, 0.9, 0.1], [0.3, 0.9, 0.1])
TINY = curves([0.5, 0.02, 0.01], [0.4, 0.0085, 0.0095], [0.9, 1.0, 1.0], [0.9, 1.0, 1.0])
SLIGHT = curves([0.5, 0.02, 0.01], [0.4, 0.15, 0.16], [0.9, 0.99, 0.999], [0.9, 0.95, 0.951])
BOTH = curves([2, 1.5, 1.0], [2, 1.8, 1.8], [0.2, 0.5, 0.7], [0.2, 0.38, 0.41])
FINE = curves([1, 0.3, 0.1, 0.05], [0.9, 0.25, 0.12, 0.12], [0.7, 0.9, 0.96, 0.98], [0.7, 0.92, 0.96, 0.965])


@pytest.mark.parametrize(
    ("history", "verdict", "why", "advice"),
    [
        (RISES, "overfit", r"80% above its lowest \(epoch 3\)", "augmentation"),
        (GAP, "overfit", "accuracy 0.970 in training, 0.820 in validation: more than twice the errors", "early_stop"),
        (GUESSES, "underfit", "always naming the most frequent class gives 0.100", "larger network"),
        (FALLS, "underfit", "still falling, by 15% lately", "more epochs"),
        (NEARLY, "underfit", "still falling, by 30% lately", "more epochs"),
        (WILD, "underfit", "training loss went up to 2.55e", "lower --lr"),
        (AGAIN, "underfit", "ended at 2.31", "lower --lr"),
        (TINY, "fine", "1.000 in training, 1.000 in validation", "^$"),
        (SLIGHT, "overfit", "0.999 in training, 0.951 in validation: more than twice", "augmentation"),
        (BOTH, "overfit", "a wide gap", "smaller network"),
        (FINE, "fine", "0.980 in training, 0.965 in validation: no gap worth speaking of", "^$"),
        (FINE[:1], "unknown", "1 epoch with a validation part: too few", "more epochs"),
        ([], "unknown", "0 epochs", "data.val"),
    ],
)
def test_verdicts(history, verdict, why, advice):
    import re

    found = diagnose(history, 0.1)
    assert found["verdict"] == verdict
    assert re.search(why, found["why"])
    assert re.search(advice, found["advice"])


def test_a_gap_that_few_samples_cannot_tell_is_none():
    assert diagnose(SLIGHT, 0.1, 1000)["verdict"] == "overfit"
    assert diagnose(SLIGHT, 0.1, 30)["verdict"] == "fine"


def test_early_stopping_is_not_advised_where_it_is_on():
    assert "early_stop" in diagnose(RISES, 0.1)["advice"]
    assert "early_stop" not in diagnose(RISES, 0.1, stops_early=True)["advice"]


def test_better_in_validation_than_in_training_is_no_overfit():
    harder = curves([1, 0.6, 0.5], [0.9, 0.295, 0.29], [0.5, 0.75, 0.8], [0.7, 0.9, 0.93])
    found = diagnose(harder, 0.1, changed=True)
    assert found["verdict"] == "fine"
    assert "augmented" in found["why"]


def test_epochs_without_a_number_are_left_out():
    broken = [*FINE, {"epoch": 5, "train/loss": math.nan, "val/loss": 1.0, "train/accuracy": 0.9, "val/accuracy": 0.9}]
    assert diagnose(broken, 0.1) == diagnose(FINE, 0.1)
    assert diagnose([{"epoch": 1, "train/loss": 1.0}] * 9, 0.1)["verdict"] == "unknown"


def test_one_class_alone_is_no_division_by_zero():
    assert diagnose(FINE, 1.0)["verdict"] == "fine"
