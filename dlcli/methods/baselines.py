"""Linear models, naive Bayes and nearest neighbors: fitted by scikit-learn, kept and followed as arrays.

What is stored is what the method learnt, in the field's terms; nothing of the library is needed to answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dlcli.core.errors import UsageError
from dlcli.methods import parameters
from dlcli.methods.links import answer, normalized, pair, sigmoid, softmax
from dlcli.methods.scaling import BLOCK, Scaling, weighed


@dataclass(frozen=True)
class Linear:
    """Weighted sums of scaled columns.

    Args:
        scaling: fills and scales the columns.
        weights: a row for the margin, or one a class.
        bias: what each sum starts from.
        link: ``identity`` (numbers), ``logistic``, ``softmax``, or ``platt`` (sigmoids fitted afterwards).
        platt: slope and offset of each sigmoid; empty but for ``platt``.
    Shapes:
        weights (K or 1, D), bias (K or 1,), platt (K or 1, 2)

    """

    scaling: Scaling
    weights: np.ndarray
    bias: np.ndarray
    link: str
    platt: np.ndarray

    def margin(self, X: np.ndarray) -> np.ndarray:
        """Return the sums.

        Shapes:
            X (N, D) -> (N, K or 1)
        """
        return weighed(self.scaling(X), self.weights, self.bias)

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return probabilities, or values.

        Shapes:
            X (N, D) -> (N, K) or (N,)
        """
        margin = self.margin(X)
        return calibrated(margin, self.platt) if self.link == "platt" else answer(margin, self.link)

    def state(self) -> dict[str, Any]:
        """Return plain data and arrays."""
        return {**vars(self), "scaling": self.scaling.state()}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Linear:
        """Return the model that ``state`` was taken from."""
        return cls(**{**state, "scaling": Scaling(**state["scaling"])})


def calibrated(decision: np.ndarray, platt: np.ndarray) -> np.ndarray:
    """Return probabilities from decisions by one sigmoid a class, brought to a sum of 1.

    Source: Platt (1999), "Probabilistic Outputs for Support Vector Machines".

    Shapes:
        decision (N, K or 1), platt (K or 1, 2) slope and offset -> (N, K or 2)
    """
    each = sigmoid(-(decision * platt[:, 0] + platt[:, 1]))
    return pair(each[:, 0]) if each.shape[1] == 1 else normalized(each)


def calibrate(estimator: Any, X: np.ndarray, y: np.ndarray, scale: bool = True) -> tuple[Any, Scaling, np.ndarray]:
    """Fit a classifier without probabilities, and sigmoids on its out-of-fold decisions (five folds, unshuffled).

    A class with fewer than five rows leaves fewer folds; with a single row there are none, and the decisions on the
    training rows themselves must do.

    Args:
        estimator: of scikit-learn, with ``decision_function``.
        X: rows, perhaps with missing values.
        y: class numbers.
        scale: whether columns are scaled; they are filled in any case, by each fold's own training rows.
    Shapes:
        X (N, D), y (N,)
    Returns:
        The fitted estimator, the scaling it was fitted behind, slopes and offsets (K or 1, 2).

    """
    from sklearn.base import clone
    from sklearn.calibration import _SigmoidCalibration
    from sklearn.model_selection import StratifiedKFold

    scaling = Scaling.learn(X, scale=scale)
    filled = scaling(X)
    fitted = clone(estimator).fit(filled, y)
    folds = min(5, int(np.bincount(y).min()))
    wide = 1 if y.max() == 1 else int(y.max()) + 1
    decision = np.empty((len(y), wide))
    if folds < 2:
        decision[:] = fitted.decision_function(filled).reshape(len(y), wide)
    else:
        for train, test in StratifiedKFold(folds).split(X, y):
            inner = Scaling.learn(X[train], scale=scale)
            part = clone(estimator).fit(inner(X[train]), y[train])
            decision[test] = part.decision_function(inner(X[test])).reshape(len(test), wide)
    classes = [1] if wide == 1 else range(wide)
    lines = []
    for column, k in enumerate(classes):
        line = _SigmoidCalibration().fit(decision[:, column], (y == k).astype(np.int64))
        lines.append((line.a_, line.b_))
    return fitted, scaling, np.array(lines)


def fit_linear(
    args: dict[str, Any], X: np.ndarray, y: np.ndarray, *, scale: bool = True
) -> tuple[Linear, dict[str, Any]]:
    """Fit least squares; with ``l2`` ridge regression, the penalty on weights of scaled columns."""
    from sklearn.linear_model import LinearRegression, Ridge

    kind = Ridge if args["l2"] > 0 else LinearRegression
    more = parameters.extra("linear", args["params"], kind().get_params())
    with parameters.told_plainly("linear", more):
        scaling = Scaling.learn(X, scale=scale)
        fitted = kind(**({"alpha": args["l2"]} if args["l2"] > 0 else {}), **more).fit(scaling(X), y)
    bias = np.atleast_1d(np.asarray(fitted.intercept_, dtype=np.float64))
    return Linear(scaling, fitted.coef_.reshape(1, -1), bias, "identity", np.empty((0, 2))), {}


def fit_logistic(
    args: dict[str, Any], X: np.ndarray, y: np.ndarray, seed: int, *, scale: bool = True
) -> tuple[Linear, dict[str, Any]]:
    """Fit logistic regression by scikit-learn's L-BFGS, at most 1,000 steps.

    Args:
        scale: whether columns are scaled; the second level of stacking leaves probabilities as they are.

    """
    from sklearn.linear_model import LogisticRegression

    more = parameters.extra("logistic", args["params"], LogisticRegression().get_params())
    most = {"max_iter": 1000, **more}
    with parameters.told_plainly("logistic", more):
        scaling = Scaling.learn(X, scale=scale)
        fitted = LogisticRegression(C=args["c"], random_state=seed, **most).fit(scaling(X), y)
    steps = int(np.max(fitted.n_iter_))
    link = "logistic" if len(fitted.coef_) == 1 else "softmax"
    bias = np.broadcast_to(fitted.intercept_, len(fitted.coef_)).astype(np.float64)
    facts = {"steps": steps, "converged": steps < most["max_iter"]}
    return Linear(scaling, np.asarray(fitted.coef_, dtype=np.float64), bias, link, np.empty((0, 2))), facts


def fit_perceptron(args: dict[str, Any], X: np.ndarray, y: np.ndarray, seed: int) -> tuple[Linear, dict[str, Any]]:
    """Fit Rosenblatt's perceptron; its decisions become probabilities by ``calibrate``."""
    from sklearn.linear_model import Perceptron

    more = parameters.extra("perceptron", args["params"], Perceptron().get_params())
    with parameters.told_plainly("perceptron", more):
        machine = Perceptron(max_iter=args["epochs"], eta0=args["lr"], random_state=seed, **more)
        fitted, scaling, platt = calibrate(machine, X, y)
    facts = {"epochs": int(fitted.n_iter_), "probabilities": "Platt's sigmoid on out-of-fold decisions"}
    return Linear(scaling, fitted.coef_, fitted.intercept_, "platt", platt), facts


@dataclass(frozen=True)
class Bayes:
    """Gaussian naive Bayes: a normal distribution a class and column, multiplied.

    Shapes:
        prior (K,); mean, variance (K, D)
    """

    scaling: Scaling
    prior: np.ndarray
    mean: np.ndarray
    variance: np.ndarray

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return class probabilities.

        Shapes:
            X (N, D) -> (N, K)
        """
        filled = self.scaling(X)
        start = np.log(self.prior) - 0.5 * np.log(2 * np.pi * self.variance).sum(axis=1)
        out = np.empty((len(X), len(self.prior)))
        for first in range(0, len(X), BLOCK):
            columns = np.ascontiguousarray(filled[first : first + BLOCK].T)
            total = np.zeros((len(self.prior), columns.shape[1]))
            for d, column in enumerate(columns):
                total += (column - self.mean[:, d, None]) ** 2 / self.variance[:, d, None]
            out[first : first + BLOCK] = (start[:, None] - 0.5 * total).T
        return softmax(out)

    def state(self) -> dict[str, Any]:
        """Return plain data and arrays."""
        return {**vars(self), "scaling": self.scaling.state()}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Bayes:
        """Return the model that ``state`` was taken from."""
        return cls(**{**state, "scaling": Scaling(**state["scaling"])})


def fit_bayes(args: dict[str, Any], X: np.ndarray, y: np.ndarray) -> tuple[Bayes, dict[str, Any]]:
    """Fit Gaussian naive Bayes; missing values are the column's median."""
    from sklearn.naive_bayes import GaussianNB

    more = parameters.extra("bayes", args["params"], GaussianNB().get_params())
    with parameters.told_plainly("bayes", more):
        scaling = Scaling.learn(X, scale=False)
        fitted = GaussianNB(var_smoothing=args["smoothing"], **more).fit(scaling(X), y)
    tiny = np.finfo(np.float64).tiny  # smoothing 0 and a column that does not vary
    return Bayes(scaling, fitted.class_prior_, fitted.theta_, np.maximum(fitted.var_, tiny)), {}


@dataclass(frozen=True)
class Knn:
    """The training rows themselves; the k nearest decide.

    Args:
        rows: scaled training rows.
        target: their class numbers or values.
        neighbors: k.
        weights: ``uniform``, or ``distance``: by the inverse of the distance; a row met exactly decides alone.
        p: of the Minkowski distance; 2 is Euclid's.
        classes: number of classes; 0 for numbers.
    Shapes:
        rows (N, D), target (N,)

    """

    scaling: Scaling
    rows: np.ndarray
    target: np.ndarray
    neighbors: int
    weights: str
    p: float
    classes: int
    search: Any = None

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return probabilities, or values.

        Shapes:
            X (N, D) -> (N, K) or (N,)
        """
        from scipy.spatial import cKDTree

        search = cKDTree(self.rows) if self.search is None else self.search
        columns = range(1, self.neighbors + 1)
        far, which = search.query(self.scaling(X), k=list(columns), p=self.p)
        weight = np.ones_like(far)
        if self.weights == "distance":
            met = far == 0
            weight = np.where(met.any(axis=1, keepdims=True), met, 1 / np.where(met, 1.0, far))
        said = self.target[which]
        if self.classes:
            out = np.zeros((len(X), self.classes))
            for j in range(self.neighbors):
                out[np.arange(len(X)), said[:, j]] += weight[:, j]
            return normalized(out)
        total, whole = np.zeros(len(X)), np.zeros(len(X))
        for j in range(self.neighbors):
            total += weight[:, j] * said[:, j]
            whole += weight[:, j]
        return total / whole

    def state(self) -> dict[str, Any]:
        """Return plain data and arrays; the search tree is built again from the rows."""
        kept = {k: v for k, v in vars(self).items() if k != "search"}
        return {**kept, "scaling": self.scaling.state()}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Knn:
        """Return the model that ``state`` was taken from."""
        return cls(**{**state, "scaling": Scaling(**state["scaling"])}).ready()

    def ready(self) -> Knn:
        """Return the model with its search tree built."""
        from scipy.spatial import cKDTree

        return replace(self, search=cKDTree(self.rows))


def fit_knn(args: dict[str, Any], X: np.ndarray, y: np.ndarray, classes: int) -> tuple[Knn, dict[str, Any]]:
    """Keep the rows.

    Raises:
        UsageError: fewer rows than neighbors.

    """
    more = parameters.extra("knn", args["params"], ("n_neighbors", "weights", "p"))
    if args["neighbors"] > len(X):
        raise UsageError(f"knn: neighbors is {args['neighbors']}, and there are {len(X)} rows", key="neighbors")
    p = more.get("p", 2)
    if isinstance(p, bool) or not isinstance(p, int | float) or not p >= 1:
        raise UsageError(f"knn: params.p is {p!r}; must be a number of at least 1", key="p")
    scaling = Scaling.learn(X)
    return Knn(scaling, scaling(X), np.array(y), args["neighbors"], args["weights"], float(p), classes).ready(), {}
