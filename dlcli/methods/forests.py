"""Decision trees alone, averaged, or added up: fitted by scikit-learn, kept and followed as arrays."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dlcli.methods import parameters
from dlcli.methods.links import answer
from dlcli.methods.rounds import Best, Record, scores, told, watched
from dlcli.methods.scaling import Scaling
from dlcli.methods.tree_tables import cut, from_hist
from dlcli.methods.trees import BLOCK, Trees, from_sklearn

SHOWN = 10_000  # training rows scored each round of `hist`: scoring more would cost more than fitting


@dataclass(frozen=True)
class Forest:
    """Trees and how their answers become one.

    Args:
        trees: the trees; a node says a share of each class, a value, or a step of the margin.
        combine: ``mean`` (tree, bagging, forest), ``sum`` (boosting) or ``median`` (AdaBoost.R2's weighted median).
        base: what a sum starts from.
        link: ``identity``, ``logistic`` or ``softmax``.
        weights: of each tree in the median; empty otherwise.
        scaling: fills missing values where the method cannot take them; None: trees take them as they are.
    Shapes:
        base (K or 1,), weights (T,) or (0,)

    """

    trees: Trees
    combine: str
    base: np.ndarray
    link: str
    weights: np.ndarray
    scaling: Scaling | None = None

    def filled(self, X: np.ndarray) -> np.ndarray:
        """Return the rows as the trees ask about them."""
        return X if self.scaling is None else self.scaling(X)

    def margin(self, X: np.ndarray) -> np.ndarray:
        """Return the mean or sum of what the trees say, before the link.

        Shapes:
            X (N, D) -> (N, K or 1)
        """
        X = self.filled(X)
        out = np.empty((len(X), self.trees.value.shape[1]))
        for start in range(0, len(X), BLOCK):
            block = X[start : start + BLOCK]
            total = np.repeat(self.base[None, :], len(block), axis=0)
            for leaf in self.trees.leaves(block).T:
                total += self.trees.value[leaf]
            out[start : start + BLOCK] = total / len(self.trees) if self.combine == "mean" else total
        return out

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return probabilities, or values.

        Shapes:
            X (N, D) -> (N, K) or (N,)
        """
        if self.combine == "median":
            return self._median(self.filled(X))
        return answer(self.margin(X), self.link)

    def _median(self, X: np.ndarray) -> np.ndarray:
        return _weighted_median(self.trees.value[:, 0][self.trees.leaves(X)], self.weights)

    def state(self) -> dict[str, Any]:
        """Return plain data and arrays."""
        scaling = None if self.scaling is None else self.scaling.state()
        return {**vars(self), "trees": self.trees.state(), "scaling": scaling}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Forest:
        """Return the model that ``state`` was taken from."""
        scaling = None if state["scaling"] is None else Scaling(**state["scaling"])
        return cls(**{**state, "trees": Trees.from_state(state["trees"]), "scaling": scaling})


def _weighted_median(said: np.ndarray, weights: np.ndarray) -> np.ndarray:
    order = np.argsort(said, axis=1, kind="stable")
    heaped = np.cumsum(weights[order], axis=1)
    middle = np.argmax(heaped >= 0.5 * heaped[:, -1:], axis=1)
    rows = np.arange(len(said))
    return said[rows, order[rows, middle]]


def _averaged(trees: Trees) -> Forest:
    return Forest(trees, "mean", np.zeros(trees.value.shape[1]), "identity", np.empty(0))


def fit_tree(
    args: dict[str, Any], X: np.ndarray, y: np.ndarray, classes: int, seed: int
) -> tuple[Forest, dict[str, Any]]:
    """Fit one CART tree."""
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    kind = DecisionTreeClassifier if classes else DecisionTreeRegressor
    more = parameters.extra("tree", args["params"], kind().get_params())
    with parameters.told_plainly("tree", more):
        fitted = kind(
            max_depth=args["depth"], min_samples_leaf=args["min_leaf"], max_leaf_nodes=args["leaves"],
            random_state=seed, **more,
        ).fit(X, y)  # fmt: skip
    return _averaged(from_sklearn([fitted.tree_])), {
        "depth": int(fitted.get_depth()),
        "leaves": int(fitted.get_n_leaves()),
    }


def fit_forest(
    args: dict[str, Any], X: np.ndarray, y: np.ndarray, classes: int, seed: int, jobs: int
) -> tuple[Forest, dict[str, Any]]:
    """Fit a random forest and score it on the rows that each tree did not see."""
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    kind = RandomForestClassifier if classes else RandomForestRegressor
    more = parameters.extra("forest", args["params"], kind().get_params())
    columns = args["columns"] or ("sqrt" if classes else 1.0)
    bootstrap = more.pop("bootstrap", True)
    with parameters.told_plainly("forest", args["params"]):
        fitted = kind(
            n_estimators=args["trees"], max_features=columns, max_depth=args["depth"],
            min_samples_leaf=args["min_leaf"], random_state=seed, n_jobs=jobs, bootstrap=bootstrap,
            oob_score=bool(bootstrap), **more,
        ).fit(X, y)  # fmt: skip
    trees = from_sklearn([t.tree_ for t in fitted.estimators_])
    return _averaged(trees), _out_of_bag(fitted, y, classes) if bootstrap else {}


def fit_bagging(
    args: dict[str, Any], X: np.ndarray, y: np.ndarray, classes: int, seed: int, jobs: int
) -> tuple[Forest, dict[str, Any]]:
    """Fit trees on bootstrap samples and score them on the rows that each did not see."""
    from joblib import parallel_config
    from sklearn.ensemble import BaggingClassifier, BaggingRegressor
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    kind, base = (BaggingClassifier, DecisionTreeClassifier) if classes else (BaggingRegressor, DecisionTreeRegressor)
    more = parameters.extra("bagging", args["params"], kind().get_params())
    bootstrap = more.pop("bootstrap", True)
    tree = base(max_depth=args["depth"], min_samples_leaf=args["min_leaf"])
    with parameters.told_plainly("bagging", args["params"]), parallel_config(backend="threading", n_jobs=jobs):
        fitted = kind(
            tree, n_estimators=args["trees"], max_samples=float(args["rows"]), max_features=float(args["columns"]),
            random_state=seed, bootstrap=bootstrap, oob_score=bool(bootstrap), **more,
        ).fit(X, y)  # fmt: skip
    trees = from_sklearn([t.tree_ for t in fitted.estimators_], [_all_classes(t, classes) for t in fitted.estimators_])
    ends = np.append(trees.roots[1:], len(trees.feature))
    for root, end, seen in zip(trees.roots, ends, fitted.estimators_features_, strict=True):
        asked = trees.feature[root:end]  # a column's number in the tree's own sample of columns
        trees.feature[root:end] = np.where(asked >= 0, np.asarray(seen, dtype=np.int32)[asked], -1)
    return _averaged(trees), _out_of_bag(fitted, y, classes) if bootstrap else {}


def _all_classes(tree: Any, classes: int) -> np.ndarray:
    """Return what a tree's nodes say of all classes, though its sample may have missed some."""
    value = tree.tree_.value[:, 0, :]
    if not classes or value.shape[1] == classes:
        return value
    wide = np.zeros((len(value), classes))
    wide[:, np.asarray(tree.classes_, dtype=np.int64)] = value
    return wide


def _out_of_bag(fitted: Any, y: np.ndarray, classes: int) -> dict[str, Any]:
    always = np.ones(len(y), dtype=bool)  # seen by every tree
    for seen in fitted.estimators_samples_:
        inside = np.zeros(len(y), dtype=bool)
        inside[seen] = True
        always &= inside
    rows = ~always
    facts: dict[str, Any] = {"rows": int(rows.sum()), "never_left_out": int(always.sum())}
    if rows.any():
        if classes:
            facts["accuracy"] = float(np.mean(np.argmax(fitted.oob_decision_function_[rows], axis=1) == y[rows]))
        else:
            off = fitted.oob_prediction_[rows] - y[rows]
            spread = np.sum((y[rows] - y[rows].mean()) ** 2)
            facts |= {"rmse": float(np.sqrt(np.mean(off**2)))}
            facts |= {"r2": float(1 - np.sum(off**2) / spread)} if spread > 0 else {}
    return {"out_of_bag": facts}


def fit_hist(
    args: dict[str, Any],
    X: np.ndarray,
    y: np.ndarray,
    classes: int,
    seed: int,
    *,
    valid: tuple[np.ndarray, np.ndarray] | None = None,
    early_stop: int | None = None,
    on_round: Callable[[Record], Any] | None = None,
) -> tuple[Forest, dict[str, Any], list[Record], int | None]:
    """Fit scikit-learn's gradient boosting on binned columns.

    Early stopping looks at the given validation rows; what is kept ends with the best round.

    Returns:
        The model, facts, a record a round, the best round.

    """
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    kind = HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor
    task = "classify" if classes else "regress"
    loss = parameters.loss_of("hist", args["loss"], task)
    more = parameters.extra("hist", args["params"], set(kind().get_params()) - {"quantile", "tol"})
    empty = np.isnan(X).all(axis=0)
    if empty.any():  # scikit-learn cannot bin a column without a value; one that does not vary is never asked about
        X = np.where(empty, 0.0, X)
    given: dict[str, Any] = {}
    stopping: dict[str, Any] = {"early_stopping": False}
    if early_stop is not None and valid is not None and "X_val" in inspect.signature(kind.fit).parameters:
        given = {"X_val": valid[0], "y_val": valid[1]}
        stopping = {"early_stopping": True, "n_iter_no_change": early_stop, "tol": 0.0, "scoring": "loss"}
    with parameters.told_plainly("hist", more):
        fitted = kind(
            loss={"log": "log_loss", "squared": "squared_error", "absolute": "absolute_error"}[loss],
            max_iter=args["trees"], learning_rate=args["lr"], max_depth=args["depth"], max_leaf_nodes=args["leaves"],
            min_samples_leaf=args["min_leaf"], l2_regularization=args["l2"], random_state=seed, **stopping, **more,
        ).fit(X, y, **given)  # fmt: skip
    link = "identity" if not classes else "logistic" if classes == 2 else "softmax"
    base = np.asarray(fitted._baseline_prediction, dtype=np.float64).reshape(-1)
    model = Forest(from_hist(fitted._predictors), "sum", base, link, np.empty(0))
    step = max(1, -(-len(X) // SHOWN))
    parts = {"train": (X[::step], y[::step]), **({} if valid is None else {"val": valid})}
    best, history = Best(watched(task, loss), early_stop), []
    for record in staged(model, parts, len(base)):
        told(history, on_round, record)
        if best.over(record):
            break
    kept = best.round or len(history)
    model = replace(model, trees=cut(model.trees, kept * len(base)))
    return model, {"rows_of_history": len(parts["train"][1])}, history, best.round


def staged(model: Forest, parts: dict[str, tuple[np.ndarray, np.ndarray]], width: int) -> Any:
    """Yield the record of each round of a sum of trees, ``width`` trees a round."""
    leaves = {part: model.trees.leaves(model.filled(X)) for part, (X, _) in parts.items()}
    sums = {part: np.repeat(model.base[None, :], len(y), axis=0) for part, (_, y) in parts.items()}
    for number in range(len(model.trees) // width):
        record: Record = {"round": number + 1}
        for part, (_, y) in parts.items():
            for t in range(number * width, (number + 1) * width):
                sums[part] += model.trees.value[leaves[part][:, t]]
            record |= scores(part, y, answer(sums[part], model.link))
        yield record


def fit_r2(
    args: dict[str, Any],
    X: np.ndarray,
    y: np.ndarray,
    seed: int,
    *,
    valid: tuple[np.ndarray, np.ndarray] | None = None,
    early_stop: int | None = None,
    on_round: Callable[[Record], Any] | None = None,
) -> tuple[Forest, dict[str, Any], list[Record], int | None]:
    """Fit AdaBoost.R2: trees on resampled rows, badly met rows more often; the weighted median answers.

    Source: Drucker (1997), "Improving Regressors using Boosting Techniques".
    """
    from sklearn.ensemble import AdaBoostRegressor
    from sklearn.tree import DecisionTreeRegressor

    more = parameters.extra("adaboost", args["params"], AdaBoostRegressor().get_params())
    depth = 1 if args["learner"] == "stump" else int(args["learner"].partition(":")[2])
    scaling = Scaling.learn(X, scale=False)  # AdaBoostRegressor takes no missing values
    with parameters.told_plainly("adaboost", more):
        fitted = AdaBoostRegressor(
            DecisionTreeRegressor(max_depth=depth), n_estimators=args["trees"], learning_rate=args["lr"],
            random_state=seed, **more,
        ).fit(scaling(X), y)  # fmt: skip
    trees = from_sklearn([t.tree_ for t in fitted.estimators_])
    weights = np.asarray(fitted.estimator_weights_[: len(trees)], dtype=np.float64)
    model = Forest(trees, "median", np.zeros(1), "identity", weights, scaling)
    parts = {"train": (X, y), **({} if valid is None else {"val": valid})}
    said = {part: trees.value[:, 0][trees.leaves(scaling(rows))] for part, (rows, _) in parts.items()}
    best, history = Best("val/rmse", early_stop), []
    for number in range(1, len(trees) + 1):
        record: Record = {"round": number}
        for part, (_, target) in parts.items():
            record |= scores(part, target, _weighted_median(said[part][:, :number], weights[:number]))
        told(history, on_round, record)
        if best.over(record):
            break
    kept = best.round or len(trees)
    facts = {"note": "AdaBoost.R2 (Drucker 1997) by scikit-learn: the weighted median of the trees answers"}
    return replace(model, trees=cut(trees, kept), weights=weights[:kept]), facts, history, best.round
