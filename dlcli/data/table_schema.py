"""What a model knows of its table: columns, kinds, levels, target, classes; and what a cell is under a kind."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from dlcli.core.errors import ModelError
from dlcli.data.table_columns import MISSING, Column, Numbers, Text, number, same_numbers

TRUE, FALSE = ("true", "yes", "t", "y"), ("false", "no", "f", "n")
KINDS = ("number", "boolean", "date", "category")
LARGEST = 1e30  # trees compare in single precision, and squares must stay finite
_WORDS = {**dict.fromkeys((*TRUE, "1", "1.0"), 1.0), **dict.fromkeys((*FALSE, "0", "0.0"), 0.0)}
_DATE = re.compile(
    r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?(Z|[+-]\d{2}(:?\d{2}(:\d{2})?)?)?)?", re.ASCII
)
_EPOCH, _DAY = datetime(1970, 1, 1, tzinfo=UTC), timedelta(days=1)


@dataclass(frozen=True)
class Learned:
    """What was learnt of a column.

    Args:
        name: as in the file.
        kind: one of ``KINDS``.
        levels: of a category: those with a column of their own, most frequent first.
        rest: of a category: levels that share ``<other>``.
        open: of a category: ``rest`` was too long to keep; whatever is unknown counts as ``<other>``.
        missing: of a category: cells were missing in training, so there is a column ``<missing>``.
        times: of a date: there were times of day, so there is a column ``.hour``.

    """

    name: str
    kind: str
    levels: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()
    open: bool = False
    missing: bool = False
    times: bool = False

    @property
    def other(self) -> bool:
        """Whether levels share a column."""
        return bool(self.rest) or self.open

    @property
    def features(self) -> list[str]:
        """Names of the encoded columns made of this one."""
        if self.kind == "date":
            return [f"{self.name}.{part}" for part in ("days", "month", "weekday", *(["hour"] if self.times else []))]
        if self.kind == "category":
            more = [f"{self.name}=<other>"] * self.other + [f"{self.name}=<missing>"] * self.missing
            return [f"{self.name}={level}" for level in self.levels] + more
        return [self.name]


@dataclass(frozen=True)
class Schema:
    """What was learnt from the training rows; stored in the model, and all that decides how rows are read later.

    Args:
        columns: in the order of the encoded columns.
        target: the column to be told; None where rows were only looked at.
        task: ``classify`` or ``regress``; empty without a target.
        classes: as typed, in the order of class numbers; empty for regression.
        ids: columns that name rows.
        missing: cells that mean there is no value; ``missing_given`` when the user listed them.
        missing_given: see above.
        facts: the format and what else was found in the file.
        rows: training rows with a target.

    """

    columns: tuple[Learned, ...]
    target: str | None = None
    task: str = ""
    classes: list[str] = field(default_factory=list)
    ids: tuple[str, ...] = ()
    missing: tuple[str, ...] = MISSING
    missing_given: bool = False
    facts: dict[str, Any] = field(default_factory=dict)
    rows: int = 0

    @property
    def features(self) -> list[str]:
        """Names of the encoded columns, each once: a second of one name ends with its number."""
        found: dict[str, None] = {}
        for name in (f for c in self.columns for f in c.features):
            unique, count = name, 1
            while unique in found:
                count += 1
                unique = f"{name} ({count})"
            found[unique] = None
        return list(found)

    def __getitem__(self, name: str) -> Learned:
        return next(c for c in self.columns if c.name == name)

    def plain(self) -> dict[str, Any]:
        """Return the schema as plain data for JSON."""
        return asdict(self)

    @classmethod
    def from_plain(cls, value: dict[str, Any]) -> Schema:
        """Return the schema that ``plain`` wrote.

        Raises:
            ModelError: the data is none.

        """
        try:
            columns = tuple(
                Learned(**{**c, "levels": tuple(c["levels"]), "rest": tuple(c["rest"])}) for c in value["columns"]
            )
            if any(c.kind not in KINDS for c in columns) or value["task"] not in ("classify", "regress", ""):
                raise ValueError("a kind or task is not known")
            lists = {key: tuple(map(str, value[key])) for key in ("ids", "missing")}
            return cls(**{**value, **lists, "columns": columns, "classes": list(map(str, value["classes"]))})
        except (TypeError, KeyError, ValueError, AttributeError) as error:
            raise ModelError(f"the model's schema is broken ({error})", "train it anew") from error


def boolean(cell: str) -> float | None:
    """Return 1 or 0 for a word that means true or false, else None."""
    return _WORDS.get(cell.lower())


def moment(cell: str) -> datetime | None:
    """Return an ISO 8601 date or time, in UTC where it names a zone and as it stands where it does not."""
    if not _DATE.fullmatch(cell):
        return None
    try:
        found = datetime.fromisoformat(cell)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):  # the 30th of February; year 1 moved by its zone
        return None


def has_time(cell: str) -> bool:
    """Return whether a date is another moment than midnight: midnight alone is how tables write a bare date."""
    at = moment(cell)
    return at is not None and (at.hour, at.minute, at.second, at.microsecond) != (0, 0, 0, 0)


def date_parts(cell: str) -> tuple[float, float, float, float]:
    """Return days since 1970, month 1–12, weekday 0–6 from Monday, and hour 0–23."""
    at = moment(cell)
    if at is None:
        return (np.nan,) * 4
    return (at - _EPOCH) / _DAY, float(at.month), float(at.weekday()), float(at.hour)


def kind_of(column: Column) -> str:
    """Return the kind of a column from the cells that occur in it; without any cell it is a number."""
    if isinstance(column, Numbers):
        return "number"
    present = column.present()
    if all(number(s) is not None for s in present):
        return "number"
    words = {s.lower() for s in present}
    if words <= {*TRUE, *FALSE} and ((words & set(TRUE) and words & set(FALSE)) or all(len(w) > 1 for w in words)):
        return "boolean"
    return "date" if all(moment(s) is not None for s in present) else "category"


def offending(column: Column, kind: str) -> tuple[int, str] | None:
    """Return row and text of the first cell that is not of a kind, or None."""
    reads = {"number": number, "boolean": boolean, "date": moment}.get(kind)
    if reads is None:
        return None
    if isinstance(column, Numbers):
        if kind == "number":
            return None
        if kind == "boolean":
            wrong = np.flatnonzero(~np.isnan(column.values) & ~np.isin(column.values, (0.0, 1.0)))
        else:
            wrong = np.flatnonzero(~np.isnan(column.values))
        return (int(wrong[0]), column.take(wrong[:1]).text().levels[0]) if len(wrong) else None
    bad = np.array([reads(s) is None for s in column.levels] + [False])
    rows = np.flatnonzero(bad[column.codes])
    return (int(rows[0]), column.levels[column.codes[rows[0]]]) if len(rows) else None


def as_numbers(column: Column) -> np.ndarray:
    """Return a column as numbers; a cell that is none becomes NaN, so look for ``offending`` ones first."""
    if isinstance(column, Numbers):
        return column.values
    return same_numbers(column.mapped(np.nan if (v := number(s)) is None else v for s in column.levels))


def encoded(column: Column, learned: Learned) -> Iterable[np.ndarray]:
    """Yield the encoded columns of one column, in the order of ``learned.features``.

    Shapes:
        each (N,) float64 or bool
    """
    match learned.kind:
        case "number":
            yield as_numbers(column)
        case "boolean":
            text = column.text()
            yield text.mapped(np.nan if (v := boolean(s)) is None else v for s in text.levels)
        case "date":
            text = column.text()
            parts = [date_parts(s) for s in text.levels]
            for k in range(3 + learned.times):
                yield text.mapped(p[k] for p in parts)
        case "category":
            codes = level_numbers(column.text(), learned)
            if learned.missing:  # a level never seen is read as missing
                codes[codes == -2] = len(learned.features) - 1
            for k in range(len(learned.features)):
                yield codes == k


def level_numbers(column: Text, learned: Learned) -> np.ndarray:
    """Return which encoded column of a category each row sets: −1 for none, −2 for a level never seen.

    Shapes:
        -> (N,) int64
    """
    known = {level: k for k, level in enumerate(learned.levels)}
    known |= dict.fromkeys(learned.rest, len(learned.levels))
    unknown = len(learned.levels) if learned.open else -2
    missing = len(learned.levels) + learned.other if learned.missing else -1
    return np.array([*(known.get(s, unknown) for s in column.levels), missing], dtype=np.int64)[column.codes]
