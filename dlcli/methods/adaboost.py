"""AdaBoost: each round weighs the rows the last one got wrong more; learners vote by how rarely they were wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dlcli.methods.stumps import TIE, Stump, StumpSearch, as_trees
from dlcli.methods.trees import Trees, from_sklearn

__all__ = ["AdaBoost", "Stump", "StumpSearch", "significance"]

FLOOR = float(np.finfo(np.float64).eps)  # least weight of a row: one that was right a thousand times can come back
BLOCK = 16_384  # rows predicted at a time
Record = dict[str, float]


def significance(error: float, classes: int, lr: float = 1.0) -> float:
    """Return the weight α of a learner's vote.

    ½ ln((1−ε)/ε) for two classes, ln((1−ε)/ε) + ln(K−1) for more; scikit-learn uses the second for two classes as
    well, which is twice the first and votes alike. A learner that is never wrong would get infinity; it gets ½ (for
    more classes 1), which is what scikit-learn gives it by its own scale, and boosting ends.

    Args:
        error: weighted error ε in [0, 1).
        classes: K.
        lr: share of the vote that is taken.

    """
    half = 0.5 if classes == 2 else 1.0
    if error <= 0:
        return half
    return lr * half * float(np.log((1 - error) / error) + np.log(max(classes - 1, 1)))


def reweighted(weights: np.ndarray, wrong: np.ndarray, alpha: float, classes: int) -> tuple[np.ndarray, float]:
    """Return the weights of the next round and what they were divided by.

    Two classes: D exp(−α) where the learner was right, D exp(α) where it was wrong, over their sum Z. More: only wrong
    rows grow, by exp(α). Computed as scikit-learn does, since its trees break ties by the last bit of a weight.

    Shapes:
        weights, wrong (N,) -> (N,)
    """
    step = 2 * alpha if classes == 2 else alpha
    with np.errstate(over="ignore", invalid="ignore"):
        grown = np.exp(np.log(weights) + step * wrong)
        total = float(grown.sum())
        shares = grown / total
    return np.maximum(shares, FLOOR), total * float(np.exp(-alpha)) if classes == 2 else total


@dataclass
class AdaBoost:
    """A fitted ensemble of stumps or small trees that vote.

    Two classes are boosted as Freund and Schapire's discrete AdaBoost, labels 0 and 1 standing for −1 and +1; more by
    SAMME. Probabilities follow scikit-learn: the votes' mean, in [−1, 1], goes through a softmax. They rank rows well
    and are timid, since the mean forgets how many learners agreed: for two classes they lie between 0.12 and 0.88.

    Source: Freund & Schapire (1997), "A Decision-Theoretic Generalization of On-Line Learning and an Application to
    Boosting"; Zhu, Zou, Rosset, Hastie (2009), "Multi-class AdaBoost"; the link of votes to probabilities: Friedman,
    Hastie, Tibshirani (2000), "Additive Logistic Regression".

    Args:
        classes: number of classes K.
        trees: the learners of every round; the class of a leaf is the largest of its values.
        alphas: weight of each learner's vote.
        errors: weighted error of each learner in its round.
        learner: ``stump`` or ``tree:DEPTH``.
        best_round: rounds that predict, chosen by early stopping; None: all.
        history: a record a round: ``error`` of the ensemble and ``exponential_loss``, of ``train/`` and ``val/``.
        facts: why boosting stopped, alphas and errors.
    Shapes:
        alphas, errors (T,) float64

    """

    classes: int
    trees: Trees
    alphas: np.ndarray
    errors: np.ndarray
    learner: str = "stump"
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
        rounds: int = 50,
        lr: float = 1.0,
        learner: str = "stump",
        seed: int = 0,
        valid: tuple[np.ndarray, np.ndarray] | None = None,
        early_stop: int | None = None,
        on_round: Callable[[Record], Any] | None = None,
    ) -> AdaBoost:
        """Boost.

        Ends early when a learner is never wrong, when none is better than chance (error 1 − 1/K), or when the error on
        ``valid`` has not fallen for ``early_stop`` rounds; the facts say which.

        Args:
            X: columns; NaN is missing: stumps put it on the right, trees where it fits better.
            y: class numbers.
            classes: K, at least 2.
            rounds: most learners.
            lr: share of each vote that is taken; 1 as taught.
            learner: ``stump`` (least weighted error) or ``tree:DEPTH`` (scikit-learn's, least Gini impurity).
            seed: breaks ties of trees as scikit-learn does; stumps draw nothing.
            valid: rows and classes scored each round.
            early_stop: rounds without a lower validation error that are borne.
            on_round: called with each record of the history.
        Shapes:
            X (N, D) float, y (N,) int

        """
        y = np.asarray(y, dtype=np.int64)
        learn = _stumps(X, y, classes) if learner == "stump" else _trees(X, y, classes, int(learner[5:]), seed)
        weights = np.full(len(y), 1 / len(y))
        train, val = _Votes(classes, y), None if valid is None else _Votes(classes, np.asarray(valid[1]))
        learners, alphas, errors, history = [], [], [], []
        best, best_round, stopped = np.inf, 0, ""
        for number in range(1, rounds + 1):
            fitted, predicted, predict = learn(weights)
            wrong = predicted != y
            error = float((wrong * weights).sum() / weights.sum())
            if error >= 1 - 1 / classes - TIE:
                stopped = f"round {number}: no learner was better than chance (weighted error {error:.4f})"
                break
            alpha = significance(error, classes, lr)
            weights, total = reweighted(weights, wrong, alpha, classes)
            if not np.isfinite(total):
                stopped = f"round {number}: the weights overflow; a smaller lr keeps them finite"
                break
            learners.append(fitted)
            alphas.append(alpha)
            errors.append(error)
            record = {"round": number, **train.add(alpha, predicted).record("train")}
            if val is not None:
                record |= val.add(alpha, predict(valid[0])).record("val")
                if record["val/error"] < best:
                    best, best_round = record["val/error"], number
            history.append(record)
            if on_round is not None:
                on_round(record)
            if error <= 0:
                stopped = f"round {number}: the learner was never wrong"
                break
            if val is not None and early_stop and number - best_round >= early_stop:
                stopped = f"round {number}: {early_stop} rounds without a lower validation error"
                break
        trees = as_trees(learners, classes) if learner == "stump" else _joined(learners, classes)
        facts = {"learner": learner, "stopped": stopped or None, "alphas": alphas, "errors": errors}
        chosen = best_round if val is not None and early_stop and alphas else None
        return cls(classes, trees, np.array(alphas), np.array(errors), learner, chosen, history, facts)

    @property
    def rounds(self) -> int:
        """How many learners vote."""
        return len(self.alphas) if self.best_round is None else self.best_round

    def votes(self) -> np.ndarray:
        """Return what each node adds to the score: +α or −α for two classes, α or −α/(K−1) a class for more.

        Shapes:
            -> (M, 1) or (M, K)
        """
        said = np.argmax(self.trees.value, axis=1) if len(self.trees.value) else np.empty(0, dtype=np.int64)
        tree = np.searchsorted(self.trees.roots, np.arange(len(said)), side="right") - 1
        return _spread(self.alphas[tree], said, self.classes)

    def scores(self, X: np.ndarray) -> np.ndarray:
        """Return Σ α h(x), in the order of the rounds; its sign, or its largest column, is the class.

        Shapes:
            X (N, D) -> (N, 1) for two classes, (N, K) for more
        """
        votes, trees = self.votes(), self.trees.first(self.rounds)
        score = np.zeros((len(X), 1 if self.classes == 2 else self.classes))
        for start in range(0, len(X), BLOCK):
            part = slice(start, start + BLOCK)
            for leaf in trees.leaves(X[part]).T:
                score[part] += votes[leaf]
        return score

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return class probabilities; a row's do not depend on the others.

        Shapes:
            X (N, D) -> (N, K)
        """
        return _probabilities(self.scores(X), float(self.alphas[: self.rounds].sum()), self.classes)

    def staged(self, X: np.ndarray) -> Iterator[np.ndarray]:
        """Yield class probabilities after each round, without fitting anew.

        Shapes:
            X (N, D) -> (N, K) a round
        """
        votes, score, total = self.votes(), np.zeros((len(X), 1 if self.classes == 2 else self.classes)), 0.0
        leaves = self.trees.leaves(X)
        for t, alpha in enumerate(self.alphas):
            score += votes[leaves[:, t]]
            total += float(alpha)
            yield _probabilities(score, total, self.classes)

    def state(self) -> dict[str, Any]:
        """Return plain data and arrays; ``from_state`` reads them."""
        return {**vars(self), "trees": self.trees.state()}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> AdaBoost:
        """Return the model that ``state`` was taken from."""
        return cls(**{**state, "trees": Trees.from_state(state["trees"])})


Learned = tuple[Any, np.ndarray, Callable[[np.ndarray], np.ndarray]]  # kept; said of the rows; of others


def _stumps(X: np.ndarray, y: np.ndarray, classes: int) -> Callable[[np.ndarray], Learned]:
    search = StumpSearch(X, y, classes)

    def learn(weights: np.ndarray) -> Learned:
        stump, predicted = search.best(weights)
        return stump, predicted, stump.predict

    return learn


def _trees(X: np.ndarray, y: np.ndarray, classes: int, depth: int, seed: int) -> Callable[[np.ndarray], Learned]:
    from sklearn.tree import DecisionTreeClassifier

    single = np.ascontiguousarray(X, dtype=np.float32)  # what its trees compare
    draws = np.random.RandomState(seed)

    def learn(weights: np.ndarray) -> Learned:
        tree = DecisionTreeClassifier(max_depth=depth, random_state=draws.randint(np.iinfo(np.int32).max))
        tree.fit(single, y, sample_weight=weights)

        def predict(rows: np.ndarray) -> np.ndarray:
            return tree.predict(np.asarray(rows, dtype=np.float32))

        value = np.zeros((tree.tree_.node_count, classes))
        value[:, tree.classes_] = tree.tree_.value[:, 0, :]
        return (tree.tree_, value), predict(single), predict

    return learn


def _joined(learners: list[Any], classes: int) -> Trees:
    if not learners:
        return as_trees([], classes)
    return from_sklearn([tree for tree, _ in learners], [value for _, value in learners])


def _spread(alpha: np.ndarray | float, said: np.ndarray, classes: int) -> np.ndarray:
    if classes == 2:
        return (alpha * np.where(said == 1, 1.0, -1.0))[:, None]
    alpha = np.broadcast_to(alpha, said.shape)[:, None]
    return np.where(said[:, None] == np.arange(classes), alpha, -alpha / (classes - 1))


def _probabilities(score: np.ndarray, total: float, classes: int) -> np.ndarray:
    mean = score / total if total > 0 else score
    if classes == 2:
        second = 1 / (1 + np.exp(-2 * mean))
        return np.concatenate([1 - second, second], axis=1)
    odds = np.exp(mean / (classes - 1))
    whole = odds[:, :1].copy()
    for k in range(1, classes):  # column by column: a row's sum is the same alone and among others
        whole += odds[:, k : k + 1]
    return odds / whole


class _Votes:
    """The ensemble's score on rows whose classes are known, round by round."""

    def __init__(self, classes: int, y: np.ndarray):
        self.classes, self.y = classes, y
        self.score = np.zeros((len(y), 1 if classes == 2 else classes))
        self.margin = np.zeros(len(y))

    def add(self, alpha: float, predicted: np.ndarray) -> _Votes:
        self.score += _spread(alpha, predicted, self.classes)
        k = self.classes  # y·f/K of Zhu et al., for two classes y·F
        gain = (alpha, alpha) if k == 2 else (alpha * (k - 1) / k, alpha / k)
        self.margin += np.where(predicted == self.y, gain[0], -gain[1])
        return self

    def record(self, part: str) -> Record:
        said = (self.score[:, 0] > 0) if self.classes == 2 else np.argmax(self.score, axis=1)
        with np.errstate(over="ignore"):
            loss = float(np.mean(np.exp(-self.margin)))
        return {f"{part}/error": float(np.mean(said != self.y)), f"{part}/exponential_loss": loss}
