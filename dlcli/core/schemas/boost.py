"""The recipes of ``dlcli boost``: one of fitting, with two that add to it, and one of using a fitted model."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from dlcli.core import names, sources
from dlcli.core.nearest import nearest
from dlcli.core.schemas.base import Conflict, Section, members
from dlcli.core.schemas.ensembles import Ensemble, Xgboost
from dlcli.core.schemas.shared import Count, Share, Whole

_VERSION = Field(1, alias="schema", description="version of the recipe format")
Unseen = Literal["warn", "missing", "error"]
_UNSEEN = "categories that training never saw; warn: taken as missing and counted"
_THREADS = "processor threads; 0: all cores. Results do not depend on it"


class TableSource(Section):
    """A table argument written out."""

    kind: Literal[names.TABLE_KINDS] = Field(description="format of the table")  # type: ignore[valid-type]
    path: str = Field(description="file or builtin name")
    target: str | None = Field(None, description="csv, tsv, parquet: column of the answers")
    delimiter: str | None = Field(None, description="csv, tsv: what stands between two cells")
    header: str | None = Field(None, description="csv, tsv: whether the first line names the columns")
    base: str | None = Field(None, description="libsvm: number of the first column, 0 or 1")
    features: str | None = Field(None, description="libsvm: columns in all")

    @model_validator(mode="after")
    def _known(self) -> TableSource:
        self.parsed()
        return self

    def parsed(self) -> sources.Source:
        """Return it as the word would be parsed."""
        given = self.model_dump(exclude={"kind", "path"}, exclude_none=True)
        return sources.parse_table(f"{self.kind}:{self.path}{''.join(f',{k}={v}' for k, v in given.items())}")


class Data(Section):
    """What is learnt from, chosen by and scored on."""

    train: str | TableSource = Field(description="a builtin table, a path or KIND:WHERE[,key=value…]")
    target: str | None = Field(None, description="column of the answers; null: what a builtin or libsvm file has")
    task: Literal["auto", "classify", "regress"] = Field(
        "auto", description="auto: classify for text and up to 20 different whole numbers, else regress"
    )
    ids: list[str] = Field([], description="columns that name a row: kept beside its prediction, not learnt from")
    drop: list[str] = Field([], description="columns left out")
    val: Share | str | TableSource = Field(0.15, description="share that stops early and chooses, or another table")
    test: Share | str | TableSource = Field(0.15, description="share scored once at the end, or another table")
    missing: list[str] | None = Field(
        None, description="cells that mean nothing is known; null: empty, NA, N/A, NaN, nan, null, NULL, None, ?"
    )
    levels: Count = Field(100, description="categories of a text column that get a column each; the others share one")

    @field_validator("train", "val", "test")
    @classmethod
    def _known(cls, value: Any) -> Any:
        if isinstance(value, str):
            sources.parse_table(value)
        return value

    @model_validator(mode="after")
    def _leaves_some(self) -> Data:
        shares = [v for v in (self.val, self.test) if isinstance(v, float)]
        if sum(shares) >= 1:
            text = f"val and test take {sum(shares):g} of the rows and leave none to train on"
            raise Conflict(text, "val", "test")
        if self.target is not None and self.target in (*self.ids, *self.drop):
            raise Conflict(f"the target {self.target!r} cannot be an id or dropped too", "target")
        return self


class CvData(Data):
    """What is cut into folds."""

    val: Share = Field(0.15, description="share of each fold's training rows that is watched with early_stop")
    test: Share = Field(0.0, description="share left out of all folds")


class TableDevice(Section):
    """Where it runs; a GPU serves xgboost alone."""

    name: Annotated[str, Field(pattern=r"^(auto|cpu|cuda(:\d+)?)$")] = Field("auto", description="auto, cpu, cuda[:N]")


class _Fitting(Section):
    asks: ClassVar[str] = "a table such as data.csv, or a builtin such as iris"

    schema_version: Literal[1] = _VERSION
    task: Literal["boost"] = "boost"
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = Field(0, description="of the split and every draw")
    data: Data
    early_stop: Count | None = Field(
        None, description="rounds without progress on the validation rows that are borne; the best round is kept"
    )
    threads: Whole = Field(0, description=_THREADS)

    @model_validator(mode="after")
    def _can_stop(self) -> Any:
        if self.early_stop is not None and isinstance(self.data.val, float) and self.data.val == 0:
            raise Conflict("early stopping needs validation rows; data.val is 0", "data.val", "early_stop")
        return self


class BoostRecipe(_Fitting):
    """How ``dlcli boost fit`` learns from a table."""

    model: Ensemble = Xgboost()
    device: TableDevice = TableDevice()

    @model_validator(mode="after")
    def _members_known(self) -> BoostRecipe:
        check_members(self.model)
        return self


class CvRecipe(BoostRecipe):
    """How ``dlcli boost cv`` scores a method on folds."""

    data: CvData
    folds: Annotated[int, Field(ge=2)] = Field(5, description="folds; each is scored by a model of the others")
    repeats: Count = Field(1, description="times the whole is done with other folds")


class CompareRecipe(_Fitting):
    """How ``dlcli boost compare`` makes its leaderboard."""

    methods: list[str] = Field([], description="methods compared; empty: all that fit the task")

    @field_validator("methods")
    @classmethod
    def _methods_known(cls, value: list[str]) -> list[str]:
        for name in value:
            _known_method(name)
        return value


class ApplyRecipe(Section):
    """How a fitted model is used: ``predict``, ``evaluate``, ``explain``, ``importance``, ``boundary``."""

    schema_version: Literal[1] = _VERSION
    unseen: Unseen = Field("warn", description=_UNSEEN)
    threads: Whole = Field(0, description=_THREADS)


class ImportanceRecipe(ApplyRecipe):
    """How ``dlcli boost importance`` weighs columns."""

    kind: Literal["gain", "permutation"] = Field(
        "gain", description="gain: what splits on it won; permutation: what the score loses when it is shuffled"
    )
    repeats: Count = Field(10, description="shuffles of each column (permutation)")
    seed: Whole = Field(0, description="of the shuffles (permutation)")


def check_members(model: Section) -> None:
    """Refuse unknown or unfit members of a vote or stack.

    Raises:
        ValueError: no such method, or one that has members itself.

    """
    given = getattr(model, "members", None) or ()
    for name in given:
        _known_method(name)
        if name in ("vote", "stacking"):
            raise ValueError(f"{name} cannot be a member of {model.name}")  # type: ignore[attr-defined]
    weights = getattr(model, "weights", None)
    if isinstance(weights, list) and given and len(weights) != len(given):
        raise Conflict(f"{len(weights)} weights for {len(given)} members", "model.weights", "model.members")


def _known_method(name: str) -> None:
    if name not in names.METHODS:
        raise ValueError(
            f"no method is called {name!r}; allowed: {', '.join(names.METHODS)}{nearest(name, names.METHODS)}"
        )


def section_of(name: str) -> type[Section]:
    """Return the section of a method."""
    return next(m for m in members(Ensemble) if m.model_fields["name"].default == name)
