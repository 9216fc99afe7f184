import math

import pytest

from dlcli.core import report
from dlcli.core.errors import CheckFailed, UsageError

METRICS = {"test/accuracy": 0.9, "test/loss": 0.25, "test/f1": math.nan}


def test_a_document_has_every_field_and_then_what_the_command_adds():
    doc = report.document("x ls", metrics={"a": 1.0}, seconds=1.23456, items=[])
    assert list(doc) == ["schema", "command", "model", "data", "metrics", "files", "seconds", "items"]
    assert (doc["schema"], doc["seconds"], doc["files"], doc["model"]) == (1, 1.235, {}, None)


@pytest.mark.parametrize(
    ("under", "over"),
    [
        (["test/accuracy=0.9"], []),
        ([], ["test/loss=0.25"]),
        (["test/accuracy=0.5", "test/loss=0.1"], ["test/loss=1e0"]),
        ([], []),
    ],
)
def test_a_bound_that_is_met_is_silent(under, over):
    report.check(METRICS, under, over)


@pytest.mark.parametrize(
    ("under", "over", "message"),
    [
        (["test/accuracy=0.91"], [], "test/accuracy is 0.9000, below the bound 0.91 of --fail-under"),
        ([], ["test/loss=0.2"], "test/loss is 0.2500, above the bound 0.2 of --fail-over"),
        (["test/accuracy=1", "test/loss=1"], ["test/loss=0"], "accuracy.*; test/loss .*below.*; test/loss .*above"),
        (["test/f1=0"], [], "test/f1 is nan"),
        ([], ["test/f1=9"], "test/f1 is nan"),
    ],
)
def test_a_bound_that_is_missed_is_named(under, over, message):
    with pytest.raises(CheckFailed, match=message) as caught:
        report.check(METRICS, under, over)
    assert caught.value.code == 7


@pytest.mark.parametrize("word", ["accuracy", "accuracy=", "=0.9", "accuracy=high", "accuracy>0.9", ""])
def test_a_check_is_a_metric_and_a_number(word):
    with pytest.raises(UsageError, match="must be METRIC=NUMBER, such as accuracy=0.9"):
        report.parse_check(word, "--fail-under")


def test_a_metric_that_is_not_there_is_a_usage_error_with_the_nearest():
    with pytest.raises(UsageError, match="no metric is called 'test/acuracy'; there are .*; nearest: test/accuracy"):
        report.check(METRICS, [], ["test/acuracy=1"])
