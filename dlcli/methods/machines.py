"""Support vector machines: fitted by scikit-learn (libsvm), kept as support vectors and followed row by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from dlcli.methods import parameters
from dlcli.methods.baselines import calibrate, calibrated
from dlcli.methods.scaling import Scaling, weighed

CELLS = 1 << 18  # row × support vector pairs at a time: their products stay in the cache


@dataclass(frozen=True)
class Svm:
    """Weighted similarities to the support vectors.

    Args:
        scaling: fills and scales the columns.
        vectors: the support vectors, scaled; for the linear kernel the weights of each sum.
        weights: weight of each vector in each sum: one for two classes or numbers, one a pair of classes for more.
        bias: what each sum starts from.
        kernel: ``rbf``, ``linear``, ``poly`` or ``sigmoid``.
        gamma: width of the kernel.
        degree: of ``poly``.
        coef0: constant of ``poly`` and ``sigmoid``.
        classes: number of classes K; 0 for numbers.
        platt: slope and offset of the sigmoid of each class.
    Shapes:
        vectors (S, D), weights (P, S), bias (P,), platt (K or 1, 2)

    """

    scaling: Scaling
    vectors: np.ndarray
    weights: np.ndarray
    bias: np.ndarray
    kernel: str
    gamma: float
    degree: float
    coef0: float
    classes: int
    platt: np.ndarray

    def _similar(self, rows: np.ndarray) -> np.ndarray:
        """Return the kernel's value of each row and support vector; column by column, so that a row stands alone."""
        total = np.zeros((len(rows), len(self.vectors)))
        for d in range(rows.shape[1]):
            if self.kernel == "rbf":
                total += (rows[:, d, None] - self.vectors[:, d]) ** 2
            else:
                total += rows[:, d, None] * self.vectors[:, d]
        if self.kernel == "rbf":
            return np.exp(-self.gamma * total)
        inner = self.gamma * total + self.coef0
        return np.tanh(inner) if self.kernel == "sigmoid" else inner**self.degree

    def _sums(self, X: np.ndarray) -> np.ndarray:
        rows = self.scaling(X)
        if self.kernel == "linear":
            return weighed(rows, self.vectors, self.bias)
        out = np.empty((len(rows), len(self.weights)))
        step = max(1, CELLS // max(1, len(self.vectors)))
        for start in range(0, len(rows), step):
            similar = self._similar(rows[start : start + step])
            for p, weights in enumerate(self.weights):
                out[start : start + step, p] = (similar * weights).sum(axis=1) + self.bias[p]
        return out

    def decision(self, X: np.ndarray) -> np.ndarray:
        """Return what decides: one sum, or for many classes the duels each won, ties broken by how clearly.

        Shapes:
            X (N, D) -> (N, K or 1)
        """
        sums = self._sums(X)
        if self.classes <= 2:
            return sums
        votes, clear, p = np.zeros((len(X), self.classes)), np.zeros((len(X), self.classes)), 0
        for i in range(self.classes):
            for j in range(i + 1, self.classes):
                won = sums[:, p]
                clear[:, i] += won
                clear[:, j] -= won
                votes[:, i] += won >= 0
                votes[:, j] += won < 0
                p += 1
        return votes + clear / (3 * (np.abs(clear) + 1))

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return probabilities, or values.

        Shapes:
            X (N, D) -> (N, K) or (N,)
        """
        decision = self.decision(X)
        return calibrated(decision, self.platt) if self.classes else decision[:, 0]

    def state(self) -> dict[str, Any]:
        """Return plain data and arrays."""
        return {**vars(self), "scaling": self.scaling.state()}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Svm:
        """Return the model that ``state`` was taken from."""
        return cls(**{**state, "scaling": Scaling(**state["scaling"])})


def fit_svm(args: dict[str, Any], X: np.ndarray, y: np.ndarray, classes: int) -> tuple[Svm, dict[str, Any]]:
    """Fit a support vector machine; probabilities are Platt's sigmoid on out-of-fold decisions."""
    from sklearn.svm import SVC, SVR

    kind = SVC if classes else SVR
    more = parameters.extra("svm", args["params"], kind().get_params())
    machine = kind(C=args["c"], kernel=args["kernel"], gamma=args["gamma"], **more)
    with parameters.told_plainly("svm", more):
        if classes:
            fitted, scaling, platt = calibrate(machine, X, y)
        else:
            scaling, platt = Scaling.learn(X), np.empty((0, 2))
            fitted = machine.fit(scaling(X), y)
    vectors = np.asarray(fitted.support_vectors_, dtype=np.float64)
    weights = _duels(fitted, classes) if classes > 2 else np.asarray(fitted.dual_coef_, dtype=np.float64)
    bias = np.asarray(fitted.intercept_, dtype=np.float64)
    facts: dict[str, Any] = {"support_vectors": len(vectors)}
    if classes:
        facts["probabilities"] = "Platt's sigmoid on out-of-fold decisions"
    if args["kernel"] == "linear":
        vectors, weights = weights @ vectors, np.ones((1, 1))
    width = args["gamma"] if isinstance(args["gamma"], float | int) else float(fitted._gamma)
    settings = (args["kernel"], float(width), float(fitted.degree), float(fitted.coef0))
    return Svm(scaling, vectors, weights, bias, *settings, classes, platt), facts


def _duels(fitted: Any, classes: int) -> np.ndarray:
    """Return the weight of each support vector in the duel of each pair of classes.

    libsvm keeps, for a vector of class i, its weights against the other classes in K − 1 rows.
    """
    ends = np.concatenate([[0], np.cumsum(fitted.n_support_)])
    dual, rows = fitted.dual_coef_, []
    for i in range(classes):
        for j in range(i + 1, classes):
            row = np.zeros(dual.shape[1])
            row[ends[i] : ends[i + 1]] = dual[j - 1, ends[i] : ends[i + 1]]
            row[ends[j] : ends[j + 1]] = dual[i, ends[j] : ends[j + 1]]
            rows.append(row)
    return np.array(rows)
