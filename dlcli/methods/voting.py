"""Methods that ask other methods: voting, and stacking, where a second level learns whom to trust."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlcli.core import names
from dlcli.core.errors import DataError, UsageError
from dlcli.core.nearest import nearest
from dlcli.methods import parameters
from dlcli.methods.baselines import Linear, fit_linear, fit_logistic
from dlcli.methods.links import normalized

FitMember = Callable[[str, Mapping[str, Any], np.ndarray, np.ndarray], Any]
Asked = list[tuple[str, dict[str, Any]]]
SHOWN = 10_000  # rows on which the members are compared


def members_of(name: str, args: dict[str, Any], task: str) -> Asked:
    """Return the members and their complete parameters.

    Raises:
        UsageError: no such method, one twice, one that cannot do the task, or parameters for one that is not there.

    """
    first = "logistic" if task == "classify" else "linear"
    usual = {"vote": [first, "tree", "svm"], "stacking": [first, "knn", "forest", "hist"]}
    members = args["members"] or usual[name]
    for member in members:
        if member not in names.METHODS:
            raise UsageError(
                f"{name}: no method is called {member!r}; allowed: {', '.join(names.METHODS)}"
                f"{nearest(member, names.METHODS)}",
                key="members",
            )
        if members.count(member) > 1:
            raise UsageError(f"{name}: {member} is named twice in members; each may stand once", key="members")
        parameters.check_task(member, task)
    for key, value in args["params"].items():
        if key not in members:
            raise UsageError(
                f"{name}: params.{key} is no member; members: {', '.join(members)}{nearest(key, members)}",
                "params of this method are a mapping a member, such as {knn: {neighbors: 3}}",
                key="params",
            )
        if not isinstance(value, Mapping):
            raise UsageError(
                f"{name}: params.{key} is {value!r}; must be a mapping, such as {{neighbors: 3}}", key="params"
            )
    return [(m, parameters.complete(m, args["params"].get(m, {}))) for m in members]


@dataclass(frozen=True)
class Vote:
    """Members and the weight of each vote.

    Args:
        members: fitted models.
        weights: of the votes; they sum to 1.
        hard: a member votes for its first class, instead of handing in its probabilities.
    Shapes:
        weights (members,)

    """

    members: tuple[Any, ...]
    weights: np.ndarray
    hard: bool

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the weighted mean of what the members say; hard: the weighted shares of their votes.

        Shapes:
            X (N, D) -> (N, K) or (N,)
        """
        total: Any = 0.0
        for member, weight in zip(self.members, self.weights, strict=True):
            said = member.predict(X)
            if self.hard:
                said = np.eye(said.shape[1])[np.argmax(said, axis=1)]
            total = total + weight * said
        return normalized(total) if total.ndim == 2 else total

    def state(self) -> dict[str, Any]:
        """Return plain data and arrays."""
        return {**vars(self), "members": [m.state() for m in self.members]}

    @classmethod
    def from_state(cls, state: dict[str, Any], read: Callable[[dict[str, Any]], Any]) -> Vote:
        """Return the model that ``state`` was taken from; ``read`` makes members of theirs."""
        return cls(**{**state, "members": tuple(read(m) for m in state["members"])})


def fit_vote(
    args: dict[str, Any],
    X: np.ndarray,
    y: np.ndarray,
    classes: int,
    fit: FitMember,
    valid: tuple[np.ndarray, np.ndarray] | None,
) -> tuple[Vote, dict[str, Any]]:
    """Fit the members; the facts say how often they agree and how good each is by itself.

    Raises:
        UsageError: weights that do not match the members, or hard votes on numbers.

    """
    task = "classify" if classes else "regress"
    asked = members_of("vote", args, task)
    if args["voting"] == "hard" and not classes:
        raise UsageError("vote: numbers cannot be voted on; voting must be soft (their mean)", key="voting")
    weights = np.array(args["weights"] or [1.0] * len(asked), dtype=np.float64)
    if len(weights) != len(asked) or not weights.sum() > 0:
        raise UsageError(
            f"vote: weights {args['weights']} do not match the members {', '.join(m for m, _ in asked)}; "
            "one a member, not all 0",
            key="weights",
        )
    members = tuple(fit(name, more, X, y) for name, more in asked)
    rows, target = (X, y) if valid is None else valid
    step = max(1, -(-len(target) // SHOWN))
    rows, target = rows[::step], target[::step]
    said = [m.predict(rows) for m in members]
    facts = {
        "scored_on": {"part": "train" if valid is None else "val", "rows": len(target)},
        "members": [{"member": name, **score(p, target)} for (name, _), p in zip(asked, said, strict=True)],
        "agreement": agreement(said),
    }
    return Vote(members, weights / weights.sum(), args["voting"] == "hard"), facts


def score(predicted: np.ndarray, y: np.ndarray) -> dict[str, float]:
    """Return ``accuracy`` of probabilities, ``rmse`` of values."""
    if predicted.ndim == 2:
        return {"accuracy": float(np.mean(np.argmax(predicted, axis=1) == y))}
    return {"rmse": float(np.sqrt(np.mean((predicted - y) ** 2)))}


def agreement(said: list[np.ndarray]) -> list[list[float | None]]:
    """Return the share of rows on which two members name the same class; for numbers their correlation.

    A correlation with a member that always says the same is None.
    """
    if said[0].ndim == 2:
        first = [np.argmax(p, axis=1) for p in said]
        return [[float(np.mean(a == b)) for b in first] for a in first]
    found = []
    for a in said:
        spread = [float(a.std() * b.std()) for b in said]
        both = [float(np.mean((a - a.mean()) * (b - b.mean()))) for b in said]
        found.append([c / s if s > 0 else None for c, s in zip(both, spread, strict=True)])
    return found


@dataclass(frozen=True)
class Stacking:
    """Members, and the method that weighs their answers.

    Args:
        members: the first level, fitted on all rows.
        final: the second level, on the members' probabilities (of two classes the second's) or values.

    """

    members: tuple[Any, ...]
    final: Linear

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return what the second level makes of the members' answers.

        Shapes:
            X (N, D) -> (N, K) or (N,)
        """
        return self.final.predict(np.concatenate([_columns(m.predict(X)) for m in self.members], axis=1))

    def state(self) -> dict[str, Any]:
        """Return plain data and arrays."""
        return {"members": [m.state() for m in self.members], "final": self.final.state()}

    @classmethod
    def from_state(cls, state: dict[str, Any], read: Callable[[dict[str, Any]], Any]) -> Stacking:
        """Return the model that ``state`` was taken from; ``read`` makes members of theirs."""
        return cls(tuple(read(m) for m in state["members"]), Linear.from_state(state["final"]))


def _columns(said: np.ndarray) -> np.ndarray:
    """Return a member's answer as columns; of two classes one is enough, since the other is 1 minus it."""
    if said.ndim == 1:
        return said[:, None]
    return said[:, 1:] if said.shape[1] == 2 else said


def fit_stacking(
    args: dict[str, Any],
    X: np.ndarray,
    y: np.ndarray,
    classes: int,
    seed: int,
    fit: FitMember,
) -> tuple[Stacking, dict[str, Any]]:
    """Fit the members on folds, the second level on their out-of-fold answers, and the members again on all rows.

    Answers on rows a member was fitted on would look better than they are, and the second level would trust whoever
    learns by heart. Folds are those of scikit-learn's: stratified for classes, not shuffled.

    Source: Wolpert (1992), "Stacked Generalization".

    Raises:
        UsageError: a second level that does not fit the task.
        DataError: too few rows for two folds.

    """
    from sklearn.model_selection import KFold, StratifiedKFold

    task = "classify" if classes else "regress"
    asked = members_of("stacking", args, task)
    final = ("logistic" if classes else "linear") if args["final"] == "auto" else args["final"]
    parameters.check_task(final, task)
    folds = min(args["folds"], int(np.bincount(y).max()) if classes else len(y))
    if folds < 2:
        raise DataError("stacking: two rows of a class are the least for two folds", "use another method")
    splits = list((StratifiedKFold(folds) if classes else KFold(folds)).split(X, y))
    columns, facts = [], []
    for name, more in asked:
        said: np.ndarray | None = None
        for train, test in splits:
            part = fit(name, more, X[train], y[train]).predict(X[test])
            said = np.empty((len(y), *part.shape[1:])) if said is None else said
            said[test] = part
        columns.append(_columns(said))
        facts.append({"member": name, **score(said, y)})
    answers = np.concatenate(columns, axis=1)
    if classes:
        second, more = fit_logistic(parameters.complete("logistic", {}), answers, y, seed, scale=False)
    else:
        second, more = fit_linear(parameters.complete("linear", {}), answers, y, scale=False)
    start = 0
    for fact, part in zip(facts, columns, strict=True):
        wide = part.shape[1]
        fact["weights"] = second.weights[:, start : start + wide].tolist()
        start += wide
    whole = {
        "folds": folds, "final": final, "out_of_fold": facts, "bias": second.bias.tolist(), **more,
        "weights_read": "a row a class (two classes or numbers: one row), a column an answer of the member",
    }  # fmt: skip
    return Stacking(tuple(fit(name, args_, X, y) for name, args_ in asked), second), whole
