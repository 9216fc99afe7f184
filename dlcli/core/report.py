"""The documents commands print with ``--json``, and the checks on their metrics."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from dlcli.core.errors import CheckFailed, UsageError
from dlcli.core.nearest import nearest

SCHEMA = 1
# A metric with one of these words in its name is better when it is smaller.
LOWER_IS_BETTER = ("loss", "error", "perplexity", "wer", "cer", "ter", "fid", "brier")
LOWER_IS_BETTER += ("mae", "mse", "rmse", "mape", "smape", "mase")


def lower_is_better(key: str) -> bool:
    """Say whether a smaller value of this metric is the better one."""
    return any(word in LOWER_IS_BETTER for word in re.split(r"[/_]+", key))


def document(
    command: str,
    *,
    model: str | None = None,
    data: str | None = None,
    metrics: Mapping[str, float] | None = None,
    files: Mapping[str, str] | None = None,
    seconds: float | None = None,
    **more: Any,
) -> dict[str, Any]:
    """Return a result document.

    Args:
        command: the words of the command, such as ``recipes ls``.
        model: the model argument, where there is one.
        data: the data argument, where there is one.
        metrics: name → value; fractions, never percent.
        files: role → path of what was written.
        seconds: how long the command took.
        more: what this command adds.

    """
    doc: dict[str, Any] = {
        "schema": SCHEMA,
        "command": command,
        "model": model,
        "data": data,
        "metrics": dict(metrics or {}),
        "files": dict(files or {}),
        "seconds": None if seconds is None else round(seconds, 3),
    }
    return {**doc, **more}


def check(metrics: Mapping[str, float], under: Sequence[str], over: Sequence[str]) -> None:
    """Raise when a metric misses a bound the user set.

    Args:
        metrics: name → value.
        under: words ``name=value``: fail when the metric is below.
        over: words ``name=value``: fail when the metric is above.

    Raises:
        UsageError: not ``name=value``, or no such metric.
        CheckFailed: a bound was missed.

    """
    failed = []
    for words, option, wrong in (
        (under, "--fail-under", lambda v, b: not v >= b),
        (over, "--fail-over", lambda v, b: not v <= b),
    ):
        for word in words:
            name, bound = parse_check(word, option)
            value = _metric(metrics, name, option)
            if wrong(value, bound):
                side = "below" if option == "--fail-under" else "above"
                failed.append(f"{name} is {value:.4f}, {side} the bound {bound:g} of {option}")
    if failed:
        raise CheckFailed("; ".join(failed))


def parse_check(word: str, option: str) -> tuple[str, float]:
    """Return name and bound of ``name=value``.

    Raises:
        UsageError: something else.

    """
    name, equals, bound = word.partition("=")
    try:
        if not equals or not name:
            raise ValueError
        number = float(bound)
        if number != number:
            raise ValueError
        return name, number
    except ValueError:
        raise UsageError(f"{option} {word!r}: must be METRIC=NUMBER, such as accuracy=0.9", key=option) from None


def check_asked(under: Sequence[str], over: Sequence[str], known: Sequence[str] | None = None) -> None:
    """Refuse bounds that cannot be checked, before any work.

    Args:
        under: words of ``--fail-under``.
        over: words of ``--fail-over``.
        known: the metrics there will be; None: only the form of the words is looked at.

    Raises:
        UsageError: not ``name=value``, or no such metric.

    """
    for words, option in ((under, "--fail-under"), (over, "--fail-over")):
        for word in words:
            parse_check(word, option)
        if known is not None:
            check_names(words, option, known)


def by_part(metrics: dict[str, float]) -> list[dict[str, Any]]:
    """Return metrics as rows with a column for each part that has any."""
    parts = [p for p in ("train", "val", "test") if any(k.startswith(f"{p}/") for k in metrics)]
    names = dict.fromkeys(k.partition("/")[2] for k in metrics)
    return [{"metric": n, **{p: metrics.get(f"{p}/{n}") for p in parts}} for n in names]


def check_names(words: Sequence[str], option: str, known: Sequence[str]) -> None:
    """Refuse a bound on a metric that there will not be, before any work.

    Raises:
        UsageError: not ``name=value``, or no such metric.
    """
    for word in words:
        _metric(dict.fromkeys(known, 0.0), parse_check(word, option)[0], option)


def _metric(metrics: Mapping[str, float], name: str, option: str) -> float:
    for key in (name, f"test/{name}"):  # what training says of its test part has a short name too
        if key in metrics:
            return metrics[key]
    raise UsageError(
        f"{option}: no metric is called {name!r}; there are {', '.join(metrics)}{nearest(name, metrics)}", key=option
    )
