"""Gradient boosting: each round a small tree is fitted to what is still wrong, and a share of it is added."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dlcli.methods.trees import Trees, from_sklearn

BLOCK = 16_384  # rows predicted at a time
SMALL = 1e-150  # a second derivative below this moves nothing
EPS = float(np.finfo(np.float64).eps)
METRICS = {"squared": "rmse", "absolute": "mae", "log": "log_loss"}
Record = dict[str, float]


def start_value(y: np.ndarray, loss: str, classes: int) -> np.ndarray:
    """Return F₀: mean, median, log-odds of the second class, or centered log shares of the classes.

    Shapes:
        y (N,) -> (1,), for more than two classes (K,)
    """
    if loss == "squared":
        return np.average(y[:, None], axis=0, weights=np.ones(len(y)))  # to the bit what scikit-learn begins with
    if loss == "absolute":
        return np.array([np.median(y)])
    share = np.clip(np.bincount(y, minlength=classes) / len(y), EPS, 1 - EPS)
    if classes == 2:
        return np.array([np.log(share[1] / (1 - share[1]))])
    return np.log(share) - np.log(share).mean()


def residuals(y: np.ndarray, score: np.ndarray, loss: str) -> np.ndarray:
    """Return the negative gradient of the loss in the scores: y − F, its sign, or y − p.

    Shapes:
        y (N,); score (N, S) -> (N, S)
    """
    if loss == "squared":
        return y[:, None] - score
    if loss == "absolute":
        return np.sign(y[:, None] - score)
    if score.shape[1] == 1:
        return y[:, None] - sigmoid(score)
    return (y[:, None] == np.arange(score.shape[1])) - softmax(score)


def leaf_values(leaf: np.ndarray, nodes: int, gradient: np.ndarray, left: np.ndarray, loss: str, k: int) -> np.ndarray:
    """Return what each leaf adds, before the learning rate.

    Squared: the mean residual. Absolute: the median of y − F, of an even number the lower middle one, as scikit-learn
    has it. Log: one Newton step Σr / Σp(1−p), times (K−1)/K for K > 2 classes.

    Args:
        leaf: node each row is in.
        nodes: nodes of the tree; those no row is in get 0.
        gradient: negative gradient r of this tree's class.
        left: y − F for numbers, the true share (0 or 1) of this tree's class for classes.
        loss: squared, absolute or log.
        k: scores a row has; 1 for two classes.
    Shapes:
        leaf, gradient, left (N,) -> (nodes,)

    """
    count = np.bincount(leaf, minlength=nodes)
    if loss == "absolute":
        order = np.lexsort((left, leaf))
        value = np.zeros(nodes)
        there = np.flatnonzero(count)
        first = (np.cumsum(count) - count)[there]
        value[there] = left[order[first + (count[there] - 1) // 2]]
        return value
    numerator = np.bincount(leaf, weights=gradient, minlength=nodes)
    if loss == "squared":
        return np.divide(numerator, count, out=np.zeros(nodes), where=count > 0)
    share = left - gradient
    bend = np.bincount(leaf, weights=share * (1 - share), minlength=nodes)
    if k > 1:
        numerator *= (k - 1) / k
    flat = np.abs(bend) < SMALL * np.maximum(count, 1)
    return np.divide(numerator, bend, out=np.zeros(nodes), where=~flat)


def metric(y: np.ndarray, score: np.ndarray, loss: str) -> float:
    """Return root mean squared error, mean absolute error or log loss of scores."""
    if loss == "squared":
        return float(np.sqrt(np.mean((y - score[:, 0]) ** 2)))
    if loss == "absolute":
        return float(np.mean(np.abs(y - score[:, 0])))
    if score.shape[1] == 1:
        return float(np.mean(np.logaddexp(0, np.where(y == 1, -score[:, 0], score[:, 0]))))
    top = score.max(axis=1)
    return float(np.mean(np.log(np.exp(score - top[:, None]).sum(axis=1)) + top - score[np.arange(len(y)), y]))


def sigmoid(score: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + e^−score), without overflow."""
    small = np.exp(-np.abs(score))
    return np.where(score >= 0, 1.0, small) / (1 + small)


def softmax(score: np.ndarray) -> np.ndarray:
    """Return class shares; a row's are the same bits alone and among others.

    Shapes:
        score (N, K) -> (N, K)
    """
    odds = np.exp(score - score.max(axis=1, keepdims=True))
    whole = odds[:, :1].copy()
    for k in range(1, odds.shape[1]):  # column by column, whatever the number of rows
        whole += odds[:, k : k + 1]
    return odds / whole


@dataclass
class Gradient:
    """A fitted sum of regression trees.

    Source: Friedman (2001), "Greedy Function Approximation: A Gradient Boosting Machine"; for ``rows`` below 1
    Friedman (2002), "Stochastic Gradient Boosting".

    Args:
        classes: number of classes; 0 for numbers.
        loss: squared, absolute or log.
        start: F₀ of every score.
        trees: one a round, or one a round and class, class by class; values include the learning rate.
        best_round: rounds that predict, chosen by early stopping; None: all.
        history: a record a round: ``rmse``, ``mae`` or ``log_loss`` of ``train/`` and ``val/``.
        facts: the start value and why boosting stopped.
    Shapes:
        start (S,); the trees' values (M, S); S = 1 for numbers and two classes, else K

    """

    classes: int
    loss: str
    start: np.ndarray
    trees: Trees
    best_round: int | None = None
    history: list[Record] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def fit(
        cls,
        X: np.ndarray,
        y: np.ndarray,
        *,
        classes: int,
        rounds: int = 100,
        lr: float = 0.1,
        depth: int | None = 3,
        min_leaf: int = 1,
        rows: float = 1.0,
        loss: str = "auto",
        seed: int = 0,
        valid: tuple[np.ndarray, np.ndarray] | None = None,
        early_stop: int | None = None,
        on_round: Callable[[Record], Any] | None = None,
        **params: Any,
    ) -> Gradient:
        """Boost.

        Args:
            X: columns, compared as float32; NaN is missing and goes where it fits better.
            y: class numbers, or values.
            classes: K; 0 for numbers.
            rounds: trees, or trees of each class.
            lr: share of each tree that is added.
            depth: most questions in a row; None: no bound.
            min_leaf: fewest rows in a leaf.
            rows: share of the rows a round's trees are grown on, drawn anew without repeats; the metric sees all.
            loss: squared, absolute, log; auto: log for classes, squared for numbers.
            seed: draws rows and breaks ties between columns.
            valid: rows and targets scored each round.
            early_stop: rounds without a lower validation metric that are borne.
            on_round: called with each record of the history.
            params: further arguments of scikit-learn's ``DecisionTreeRegressor``.
        Shapes:
            X (N, D) float, y (N,) int or float

        """
        from sklearn.tree import DecisionTreeRegressor

        loss = ("log" if classes else "squared") if loss == "auto" else loss
        single = np.ascontiguousarray(X, dtype=np.float32)
        y = np.asarray(y, dtype=np.int64 if classes else np.float64)
        whole = not np.isnan(single).any()  # then the tree need not look for itself, K times a round
        draws = np.random.RandomState(seed)
        start = start_value(y, loss, classes)
        wide, score = len(start), np.tile(start, (len(y), 1))
        scored = None
        if valid is not None:
            scored = (np.asarray(valid[0], dtype=np.float32), np.asarray(valid[1], dtype=y.dtype))
            valid_score = np.tile(start, (len(scored[1]), 1))
        settings = {"max_depth": depth, "min_samples_leaf": min_leaf, "random_state": draws, **params}
        name, fitted, values, history = METRICS[loss], [], [], []
        best, best_round, stopped = np.inf, 0, None
        for number in range(1, rounds + 1):
            seen = slice(None)
            if rows < 1:
                seen = np.sort(draws.permutation(len(y))[: max(1, int(rows * len(y)))])
            wanted, ahead = residuals(y, score, loss), score.copy()
            for k in range(wide):
                tree = DecisionTreeRegressor(**settings)
                tree.fit(single[seen], wanted[seen, k], check_input=not whole)
                leaf = tree.tree_.apply(single)
                left = (y == (k if score.shape[1] > 1 else 1)) if loss == "log" else y - ahead[:, k]
                if loss == "squared":  # the tree's own means, to the bit: a last bit would break ties of splits anew
                    value = lr * tree.tree_.value[:, 0, 0]
                else:
                    nodes = tree.tree_.node_count
                    grown = leaf_values(leaf[seen], nodes, wanted[seen, k], left[seen], loss, score.shape[1])
                    value = lr * _with_means(tree.tree_, grown)
                score[:, k] += value[leaf]
                if scored is not None:
                    valid_score[:, k] += value[tree.tree_.apply(scored[0])]
                fitted.append(tree.tree_)
                values.append(_column(value, k, wide))
            record = {"round": number, f"train/{name}": metric(y, score, loss)}
            if scored is not None:
                record[f"val/{name}"] = now = metric(scored[1], valid_score, loss)
                if now < best:
                    best, best_round = now, number
            history.append(record)
            if on_round is not None:
                on_round(record)
            if scored is not None and early_stop and number - best_round >= early_stop:
                stopped = f"round {number}: {early_stop} rounds without a lower validation {name}"
                break
        facts = {"loss": loss, "start": start.tolist(), "stopped": stopped}
        chosen = best_round if scored is not None and early_stop else None
        return cls(classes, loss, start, from_sklearn(fitted, values), chosen or None, history, facts)

    @property
    def rounds(self) -> int:
        """How many rounds predict."""
        return len(self.trees) // len(self.start) if self.best_round is None else self.best_round

    def scores(self, X: np.ndarray) -> np.ndarray:
        """Return F₀ plus what the trees add, in the order of the rounds.

        Shapes:
            X (N, D) -> (N, S)
        """
        trees = self.trees.first(self.rounds * len(self.start))
        score = np.tile(self.start, (len(X), 1))
        for begin in range(0, len(X), BLOCK):
            part = slice(begin, begin + BLOCK)
            for leaf in trees.leaves(X[part]).T:
                score[part] += trees.value[leaf]
        return score

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return class probabilities, or values; a row's do not depend on the others.

        Shapes:
            X (N, D) -> (N, K), or (N,) for numbers
        """
        return self._link(self.scores(X))

    def staged(self, X: np.ndarray) -> Iterator[np.ndarray]:
        """Yield predictions after each round, without fitting anew.

        Shapes:
            X (N, D) -> (N, K), or (N,) for numbers, a round
        """
        leaves, score = self.trees.leaves(X), np.tile(self.start, (len(X), 1))
        for t in range(leaves.shape[1]):
            score += self.trees.value[leaves[:, t]]
            if (t + 1) % len(self.start) == 0:
                yield self._link(score)

    def _link(self, score: np.ndarray) -> np.ndarray:
        if not self.classes:
            return score[:, 0].copy()
        if self.classes == 2:
            return np.concatenate([sigmoid(-score), sigmoid(score)], axis=1)
        return softmax(score)

    def state(self) -> dict[str, Any]:
        """Return plain data and arrays; ``from_state`` reads them."""
        return {**vars(self), "trees": self.trees.state()}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Gradient:
        """Return the model that ``state`` was taken from."""
        return cls(**{**state, "trees": Trees.from_state(state["trees"])})


def _with_means(tree: Any, value: np.ndarray) -> np.ndarray:
    """Return leaf values with each inner node's mean of its leaves, by cover."""
    value, cover = value.copy(), tree.weighted_n_node_samples
    for node in np.flatnonzero(tree.children_left >= 0)[::-1]:  # children stand behind their parent
        left, right = tree.children_left[node], tree.children_right[node]
        value[node] = (cover[left] * value[left] + cover[right] * value[right]) / cover[node]
    return value


def _column(value: np.ndarray, k: int, wide: int) -> np.ndarray:
    spread = np.zeros((len(value), wide))
    spread[:, k] = value
    return spread
