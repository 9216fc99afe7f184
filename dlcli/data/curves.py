"""Which curves are drawn of many files: metrics they share, what they are drawn against, names that tell them apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

import numpy as np

from dlcli.core.errors import UsageError
from dlcli.core.nearest import nearest
from dlcli.data.curve_files import Column, Records, shared

COUNTED = ("epoch", "step", "round", "global_step", "iteration", "iter", "it", "batch", "epochs", "steps", "trees")
CLOCKS = ("time", "wall time", "wall_time", "timestamp", "_timestamp", "elapsed", "_runtime", "runtime")
KEPT = {"seconds", "items_per_s", "best", "schema", "seed", "_step"}  # written beside, seldom what one wants to see
HEADLINES = ("accuracy", "acc", "macro_f1", "f1", "map", "auc", "rmse", "r2", "perplexity", "bleu", "value")
PARTS = {"train": "train", "training": "train", "val": "val", "valid": "val", "validation": "val", "dev": "val"}
PARTS |= {"eval": "val", "test": "test"}
ROW, TIME, AT_MOST = "row", "time", 3
_PART = re.compile(rf"({'|'.join(PARTS)})[/_. -]+(.+)", re.IGNORECASE)


@dataclass(frozen=True)
class Log:
    """A file of records and what it is called.

    Args:
        word: as typed.
        name: what tells it from the others.
        records: its numbers.

    """

    word: str
    name: str
    records: Records


@dataclass(frozen=True)
class Curve:
    """A curve to be drawn.

    Args:
        log: where it is from.
        key: its name there.
        metric: which picture it belongs to.
        part: train, val, test or empty.
        x: rising.
        y: NaN or infinite in gaps.

    """

    log: Log
    key: str
    metric: str
    part: str
    x: np.ndarray
    y: np.ndarray


def part_of(key: str) -> tuple[str, str]:
    """Return part and rest of a name: ``val/loss``, ``val_loss`` and ``Validation loss`` are ("val", "loss")."""
    found = _PART.fullmatch(key.strip())
    return (PARTS[found[1].lower()], found[2]) if found else ("", key)


def names_apart(words: Sequence[str]) -> list[str]:
    """Return short names for files and folders: their last parts, as many as tell them apart."""
    parts = [PurePath(w).parts or (w,) for w in words]
    # Of a run its folder says more than the name of the file in it.
    parts = [p[:-1] if len(p) > 1 and p[-1] in ("metrics.jsonl", "metrics.csv") else p for p in parts]
    for count in range(1, max(map(len, parts), default=1) + 1):
        names = ["/".join(p[-count:]).replace("//", "/") for p in parts]
        if len(set(names)) == len(names):
            return names
    return [f"{n} ({names[: i + 1].count(n)})" if names.count(n) > 1 else n for i, n in enumerate(names)]


def metrics_of(log: Log, x: str | None = None) -> list[str]:
    """Return the names that can be drawn."""
    counters = {n.lower() for n in (*COUNTED, *CLOCKS)} | ({x.lower()} if x else set())
    return [n for n in log.records.columns if n.lower() not in counters and n.lower() not in KEPT]


def chosen(logs: Sequence[Log], asked: Sequence[str], x: str | None) -> dict[str, list[tuple[Log, str]]]:
    """Return metric → curves of it.

    Args:
        logs: at least one.
        asked: ``val/loss`` means that name, ``loss`` that of every part. Empty: the loss and the headline of what all
            logs share, of what any has where they share nothing.
        x: what lies below, which is no metric.

    Raises:
        UsageError: no log has one that was asked for.

    """
    known = {log.word: metrics_of(log, x) for log in logs}
    found: dict[str, list[tuple[Log, str]]] = {}
    for word in asked or _shared(list(known.values())):
        found[word] = [(log, key) for log in logs for key in _meant(word, [*known[log.word], *log.records.columns])]
        if not found[word]:
            there = list(dict.fromkeys(k for keys in known.values() for k in keys))
            stems = [s for k in there if (s := part_of(k)[1]) not in there]
            near = nearest(word, [*there, *stems], 3, 0.5)
            listed = ", ".join(there[:30]) + (f" and {len(there) - 30} more" if len(there) > 30 else "")
            raise UsageError(f"no metric is called {word!r}; there are {listed}{near}", key="metrics")
    if not found:
        raise UsageError("there is no metric to draw, only counters", "name a column with --metric", key="metrics")
    return found


def _meant(word: str, keys: Sequence[str]) -> list[str]:
    keys = list(dict.fromkeys(keys))
    if word in keys and not (part_of(word)[0] == "" and any(part_of(k)[1] == word and k != word for k in keys)):
        return [word]
    exact = [k for k in keys if part_of(k)[1] == word]
    return exact or [k for k in keys if k.lower() == word.lower() or part_of(k)[1].lower() == word.lower()]


def _shared(lists: Sequence[Sequence[str]]) -> list[str]:
    stems = [list(dict.fromkeys(part_of(k)[1] for k in keys)) for keys in lists]
    common = shared(stems) or list(dict.fromkeys(s for one in stems for s in one))
    losses = [s for s in common if s.lower() == "loss"] or [s for s in common if "loss" in s.lower()]
    heads = sorted((s for s in common if s.lower() in HEADLINES), key=lambda s: HEADLINES.index(s.lower()))
    return [*losses[:1], *heads[:1]] or common[:AT_MOST]


def below(logs: Sequence[Log], asked: str | None) -> str:
    """Return what the curves are drawn against: what was asked for, or the first counter that rises in all logs.

    Raises:
        UsageError: a log does not have it.

    """
    if asked is not None and asked not in (ROW, TIME):
        for log in logs:
            if _column(log, asked) is None:
                there = [n for n in (*COUNTED, *CLOCKS) if _column(log, n)] + metrics_of(log)
                listed = ", ".join(dict.fromkeys([ROW, TIME, *there[:30]]))
                text = f"{log.name} has no {asked!r} to draw against; there are {listed}{nearest(asked, there)}"
                raise UsageError(text, key="x")
        return asked
    if asked is not None:
        for log in logs:
            at(log, asked)
        return asked
    for rises in (lambda d: (d > 0).all(), lambda d: (d >= 0).all()):
        for name in COUNTED:
            columns = [_column(log, name) for log in logs]
            if all(c is not None and np.isfinite(c.values).all() and rises(np.diff(c.values)) for c in columns):
                return name
    return ROW


def _column(log: Log, name: str) -> Column | None:
    columns = log.records.columns
    if name in columns:
        return columns[name]
    return next((c for n, c in columns.items() if n.lower() == name.lower()), None)


def at(log: Log, x: str) -> Column:
    """Return where each record lies; see ``below``.

    Raises:
        UsageError: a log without times.

    """
    if x == ROW:
        return Column(np.arange(log.records.count), np.arange(1.0, log.records.count + 1))
    if x == TIME:
        for name in CLOCKS:
            if (clock := _column(log, name)) is not None:
                return Column(clock.rows, clock.values - clock.values[0])
        if (spent := _column(log, "seconds")) is not None:  # of each epoch
            return Column(spent.rows, np.cumsum(np.nan_to_num(spent.values)))
        text = f"{log.name} has no times: no column {', '.join(CLOCKS[:4])} or seconds"
        raise UsageError(text, "draw against epoch, step or row", key="x")
    found = _column(log, x)
    if found is None:
        raise UsageError(f"{log.name} has no {x!r} to draw against", key="x")
    return found


def curve(log: Log, key: str, metric: str, x: str) -> Curve:
    """Return a curve; records without an x are left out, and the rest put in its order."""
    column, place = log.records.columns[key], at(log, x)
    _, of_column, of_place = np.intersect1d(column.rows, place.rows, assume_unique=True, return_indices=True)
    xs, ys = place.values[of_place], column.values[of_column]
    known = np.isfinite(xs)
    xs, ys = xs[known], ys[known]
    if len(xs) and (np.diff(xs) < 0).any():
        order = np.argsort(xs, kind="stable")
        xs, ys = xs[order], ys[order]
    return Curve(log, key, metric, part_of(key)[0], xs, ys)
