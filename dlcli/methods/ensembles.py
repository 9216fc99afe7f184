"""Every method of ``dlcli boost`` behind one function and one model."""

from __future__ import annotations

import contextlib
import os
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dlcli.core.errors import DataError, DeviceError, UsageError
from dlcli.methods import parameters
from dlcli.methods.baselines import Bayes, Knn, Linear, fit_bayes, fit_knn, fit_linear, fit_logistic, fit_perceptron
from dlcli.methods.boosters import Lightgbm, Xgboost, fit_lightgbm, fit_xgboost
from dlcli.methods.forests import Forest, fit_bagging, fit_forest, fit_hist, fit_r2, fit_tree
from dlcli.methods.machines import Svm, fit_svm
from dlcli.methods.rounds import Record
from dlcli.methods.tree_tables import check
from dlcli.methods.voting import Stacking, Vote, fit_stacking, fit_vote

Valid = tuple[np.ndarray, np.ndarray] | None
CELLS = 50_000  # cells of the table a thread is worth
GROWTH = ("max_features", "max_leaf_nodes", "min_impurity_decrease", "min_samples_split", "min_weight_fraction_leaf")
PROBES, SAMPLE = 8, 2_000  # rows predicted again when a model is read; rows their values are taken from


@dataclass
class Model:
    """A fitted method.

    The class answered is the one with the largest probability, for every method: also where a method's own decision
    (a support vector machine's, a perceptron's) would differ from its calibrated probabilities.

    Args:
        name: of the method.
        task: ``classify`` or ``regress``.
        classes: number of classes K; 0 for numbers.
        columns: number of columns D.
        inner: what the method learnt.
        present: classes there were rows of; None: all.
        history: a record a round, such as ``{"round": 1, "train/log_loss": …, "val/log_loss": …}``.
        best_round: the round early stopping chose; what is kept ends with it.
        facts: what the method has to say of itself; plain data.
        probe: made-up rows that are predicted again when the model is read.
    Shapes:
        probe (P, D)

    """

    name: str
    task: str
    classes: int
    columns: int
    inner: Any
    present: list[int] | None = None
    history: list[Record] = field(default_factory=list)
    best_round: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    probe: np.ndarray = field(default_factory=lambda: np.empty((0, 0)))

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return probabilities, or values; a row gets the same bits alone or among others.

        Shapes:
            X (N, D), NaN where missing -> (N, K) or (N,)
        Raises:
            DataError: another number of columns.
        """
        rows = self.rows(X)
        found = self.inner.predict(rows)
        if self.present is None:
            return found
        wide = np.zeros((len(rows), self.classes))
        wide[:, self.present] = found
        return wide

    def rows(self, X: np.ndarray) -> np.ndarray:
        """Return the rows as float64 in C order.

        Raises:
            DataError: another number of columns.

        """
        X = np.ascontiguousarray(X, dtype=np.float64)
        if X.ndim != 2 or X.shape[1] != self.columns:
            raise DataError(f"the table has shape {X.shape}; the model was fitted on {self.columns} columns")
        return X

    def state(self) -> dict[str, Any]:
        """Return plain data, arrays and, of XGBoost and LightGBM, bytes."""
        return {**vars(self), "inner": self.inner.state()}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Model:
        """Return the model that ``state`` was taken from.

        Raises:
            ValueError: its trees are no trees.

        """
        name, classes, inner = state["name"], state["classes"], state["inner"]
        if name in ("vote", "stacking") and state["inner"].keys() != {"constant"}:
            kind = Vote if name == "vote" else Stacking
            return cls(**{**state, "inner": kind.from_state(inner, cls.from_state)})
        model = cls(**{**state, "inner": kind_of(name, classes, inner).from_state(inner)})
        if hasattr(model.inner, "trees"):
            check(model.inner.trees, model.columns)
        return model


@dataclass(frozen=True)
class Constant:
    """One class for every row: there were rows of no other."""

    constant: int

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return a probability of 1.

        Shapes:
            X (N, D) -> (N, 1)
        """
        return np.ones((len(X), 1))

    def state(self) -> dict[str, Any]:
        """Return plain data."""
        return dict(vars(self))

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Constant:
        """Return the model that ``state`` was taken from."""
        return cls(**state)


def kind_of(name: str, classes: int, state: dict[str, Any]) -> Any:
    """Return the class that holds what a method learnt.

    Raises:
        KeyError: no such method.

    """
    if state.keys() == {"constant"}:
        return Constant
    if name == "adaboost" and classes:
        from dlcli.methods.adaboost import AdaBoost

        return AdaBoost
    if name == "gradient":
        from dlcli.methods.gradient import Gradient

        return Gradient
    kinds = {"bayes": Bayes, "knn": Knn, "svm": Svm, "xgboost": Xgboost, "lightgbm": Lightgbm}
    kinds |= dict.fromkeys(("linear", "logistic", "perceptron"), Linear)
    kinds |= dict.fromkeys(("tree", "bagging", "forest", "hist", "adaboost"), Forest)
    return kinds[name]


def fit(
    name: str,
    args: Mapping[str, Any],
    X: np.ndarray,
    y: np.ndarray,
    *,
    task: str,
    classes: int,
    seed: int,
    threads: int = 0,
    valid: Valid = None,
    early_stop: int | None = None,
    device: str = "cpu",
    on_round: Callable[[Record], Any] | None = None,
) -> Model:
    """Fit a method.

    Neither ``threads`` nor the number of processors changes a bit of what is learnt.

    Args:
        name: a method of ``names.METHODS``.
        args: its parameters, by the names of ``core/schemas/ensembles.py``; what is left out has its default.
        X: encoded columns, NaN where missing.
        y: class numbers, or values.
        task: ``classify`` or ``regress``.
        classes: number of classes; 0 for numbers.
        seed: of every draw, 0 to 2³²−1.
        threads: most threads; 0: all.
        valid: rows scored each round, and those on which voters are compared.
        early_stop: rounds without progress on ``valid`` that are borne; the best round is what is kept.
        device: a device word; only XGBoost has more than the CPU.
        on_round: called with each record of the history.
    Shapes:
        X (N, D) float64, y (N,)

    Raises:
        UsageError: a wrong parameter, or a method that cannot do the task.
        DataError: no rows.
        DeviceError: a device that is not there, or that the method does not run on.
        MissingError: LightGBM is not installed.

    """
    args = parameters.complete(name, args)
    parameters.check_task(name, task)
    _check(name, X, y, valid, early_stop, device)
    X = np.ascontiguousarray(X, dtype=np.float64)
    y = np.asarray(y, dtype=np.int64 if task == "classify" else np.float64)
    if valid is not None:
        valid = (np.ascontiguousarray(valid[0], dtype=np.float64), np.asarray(valid[1], dtype=y.dtype))
    model = Model(name, task, classes, X.shape[1], None, probe=_probe(X))
    if task == "classify":
        seen = np.unique(y)
        if len(seen) < classes:  # a fold or a small table may lack a class
            model.present, classes = seen.tolist(), len(seen)
            y = np.searchsorted(seen, y)
            if valid is not None:
                known = np.isin(valid[1], seen)
                valid = (valid[0][known], np.searchsorted(seen, valid[1][known])) if known.any() else None
                early_stop = early_stop if valid is not None else None
        if len(seen) == 1:
            model.inner = Constant(int(seen[0]))
            return model
    most = max(1, X.size // CELLS)  # threads that wait for each other on a small table cost more than they save
    threads = min(threads or os.cpu_count() or 1, most)
    with single_blas(threads):
        found = _fit(name, args, X, y, classes, seed, threads, valid, early_stop, device, on_round)
    model.inner, model.facts, *rest = found
    if rest:
        model.history, model.best_round = rest
    return model


def _fit(
    name: str, args: dict[str, Any], X: np.ndarray, y: np.ndarray, classes: int, seed: int, threads: int, valid: Valid,
    early_stop: int | None, device: str, on_round: Callable[[Record], Any] | None,
) -> tuple:  # fmt: skip
    rounds: dict[str, Any] = {"valid": valid, "early_stop": early_stop, "on_round": on_round}
    jobs = threads

    def member(which: str, more: Mapping[str, Any], rows: np.ndarray, target: np.ndarray) -> Model:
        task = "classify" if classes else "regress"
        return fit(which, more, rows, target, task=task, classes=classes, seed=seed, threads=threads)

    match name:
        case "linear":
            return fit_linear(args, X, y)
        case "logistic":
            return fit_logistic(args, X, y, seed)
        case "perceptron":
            return fit_perceptron(args, X, y, seed)
        case "bayes":
            return fit_bayes(args, X, y)
        case "knn":
            return fit_knn(args, X, y, classes)
        case "svm":
            return fit_svm(args, X, y, classes)
        case "tree":
            return fit_tree(args, X, y, classes, seed)
        case "vote":
            return fit_vote(args, X, y, classes, member, valid)
        case "bagging":
            return fit_bagging(args, X, y, classes, seed, jobs)
        case "forest":
            return fit_forest(args, X, y, classes, seed, jobs)
        case "stacking":
            return fit_stacking(args, X, y, classes, seed, member)
        case "adaboost":
            return _adaboost(args, X, y, classes, seed, rounds)
        case "gradient":
            return _gradient(args, X, y, classes, seed, rounds)
        case "hist":
            return fit_hist(args, X, y, classes, seed, **rounds)
        case "xgboost":
            return fit_xgboost(args, X, y, classes, seed, threads, device=device, **rounds)
    return fit_lightgbm(args, X, y, classes, seed, threads, **rounds)


def _adaboost(
    args: dict[str, Any], X: np.ndarray, y: np.ndarray, classes: int, seed: int, rounds: dict[str, Any]
) -> tuple:
    if not classes:
        return fit_r2(args, X, y, seed, **rounds)
    from dlcli.methods.adaboost import AdaBoost

    parameters.extra("adaboost", args["params"], ())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = AdaBoost.fit(
            X, y, classes=classes, rounds=args["trees"], lr=args["lr"], learner=args["learner"], seed=seed, **rounds
        )
    return found, found.facts, found.history, found.best_round


def _gradient(
    args: dict[str, Any], X: np.ndarray, y: np.ndarray, classes: int, seed: int, rounds: dict[str, Any]
) -> tuple:
    from dlcli.methods.gradient import Gradient

    loss = parameters.loss_of("gradient", args["loss"], "classify" if classes else "regress")
    more = parameters.extra("gradient", args["params"], GROWTH)
    settings = {k: args[k] for k in ("lr", "depth", "min_leaf", "rows")} | more
    with parameters.told_plainly("gradient", more):
        found = Gradient.fit(X, y, classes=classes, loss=loss, rounds=args["trees"], seed=seed, **settings, **rounds)
    return found, found.facts, found.history, found.best_round


def _check(name: str, X: np.ndarray, y: np.ndarray, valid: Valid, early_stop: int | None, device: str) -> None:
    if not len(X) or len(X) != len(y):
        raise DataError(f"{name}: {len(X)} rows and {len(y)} targets; there must be as many, and at least one")
    if name != "xgboost" and device not in ("cpu", "auto"):
        raise DeviceError(f"{name} runs on the CPU only, not on {device!r}", "use --device cpu, or --method xgboost")
    if early_stop is None:
        return
    if name not in parameters.ROUNDS:
        raise UsageError(
            f"{name} has no rounds to stop early; those that have: {', '.join(parameters.ROUNDS)}", key="early_stop"
        )
    if valid is None or not len(valid[1]):
        raise UsageError("early stopping needs validation rows", "add --val 0.2", key="early_stop")
    if early_stop < 1:
        raise UsageError(f"early stopping after {early_stop} rounds; must be at least 1", key="early_stop")


def _probe(X: np.ndarray) -> np.ndarray:
    """Return made-up rows within the range of the table: no row of the user's is kept for it."""
    sample = X[:: max(1, -(-len(X) // SAMPLE))]
    rows = np.zeros((PROBES, X.shape[1]))
    for d in range(X.shape[1]):
        column = sample[:, d][~np.isnan(sample[:, d])]
        if len(column):
            marks = np.quantile(column, np.linspace(0.05, 0.95, PROBES))
            rows[:, d] = marks[(np.arange(PROBES) * (1 + 2 * (d % 4)) + d // 4) % PROBES]  # odd steps meet every mark
    return rows


@contextlib.contextmanager
def single_blas(threads: int) -> Iterator[None]:
    """Keep matrix products to one thread, since their last bits depend on how many share them.

    Args:
        threads: most threads of OpenMP; 0: all.

    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, user_api="blas"), threadpool_limits(threads or None, user_api="openmp"):
        yield
