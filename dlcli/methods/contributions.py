"""Which column moved which answer by how much: exact contributions, and importance of columns."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlcli.core.errors import UsageError
from dlcli.methods.baselines import Linear
from dlcli.methods.boosters import Lightgbm, Xgboost
from dlcli.methods.ensembles import Model
from dlcli.methods.forests import Forest
from dlcli.methods.rounds import scores
from dlcli.methods.tree_tables import cut, from_lightgbm, from_xgboost
from dlcli.methods.trees import Trees

ROWS = 16_384  # rows explained at a time
METRICS = {"log_loss": -1, "error": -1, "accuracy": 1, "rmse": -1, "mae": -1}  # 1: more is better


@dataclass(frozen=True)
class Additive:
    """A model as a sum over trees.

    Args:
        trees: their nodes' values are not used.
        value: what each node adds.
        base: what the sum starts from.
        filled: the rows as the trees ask about them.
    Shapes:
        value (M, K or 1), base (K or 1,)

    """

    trees: Trees
    value: np.ndarray
    base: np.ndarray
    filled: Callable[[np.ndarray], np.ndarray]


def additive(model: Model) -> Additive | None:
    """Return a model as a sum over trees; None where it is none.

    Two classes have one column: the log-odds (boosting), the votes (AdaBoost) or the probability (forests) of the
    second class.
    """
    inner = model.inner
    if isinstance(inner, Forest) and inner.combine != "median":
        value, base = inner.trees.value, inner.base
        if inner.combine == "mean":
            value = value / len(inner.trees)
        if inner.link == "identity" and value.shape[1] == 2:
            value, base = value[:, 1:], base[1:]
        return Additive(inner.trees, value, base, inner.filled)
    if isinstance(inner, Xgboost):
        trees, _ = from_xgboost(bytes(inner.booster.save_raw("json")))
        return Additive(trees, trees.value, _rest(model, trees), lambda X: X)
    if isinstance(inner, Lightgbm):
        trees = from_lightgbm(inner.booster.dump_model())
        return Additive(trees, trees.value, _rest(model, trees), lambda X: X)
    if model.name == "adaboost" and hasattr(inner, "votes"):
        trees = cut(inner.trees, inner.rounds)
        return Additive(
            trees,
            inner.votes()[: len(trees.feature)],
            np.zeros(1 if inner.classes == 2 else inner.classes),
            lambda X: X,
        )
    if model.name == "gradient" and hasattr(inner, "start"):
        trees = cut(inner.trees, inner.rounds * len(inner.start))
        return Additive(trees, trees.value, np.asarray(inner.start, dtype=np.float64), lambda X: X)
    return None


def _rest(model: Model, trees: Trees) -> np.ndarray:
    """Return what a margin holds beside its trees: what the library starts from."""
    row = np.zeros((1, model.columns))
    found = model.inner.margin(row)[0]
    for leaf in trees.leaves(row)[0]:
        found = found - trees.value[leaf]
    return found


def margin(model: Model, X: np.ndarray) -> np.ndarray:
    """Return what the contributions of a row and the base add up to.

    Log-odds for logistic and the boosting methods (softmax scores for more than two classes), the decision for the
    perceptron, weighted votes for AdaBoost, probabilities for tree, bagging and forest, values for numbers.

    Shapes:
        X (N, D) -> (N, K or 1)
    Raises:
        UsageError: the method adds nothing up.
    """
    rows = model.rows(X)
    if isinstance(model.inner, Linear | Xgboost | Lightgbm):
        return model.inner.margin(rows)
    found = additive(model)
    if found is None:
        raise not_additive(model)
    if isinstance(model.inner, Forest):
        whole = model.inner.margin(rows)
        return whole[:, -found.value.shape[1] :]
    return model.inner.scores(rows)


def not_additive(model: Model) -> UsageError:
    """Return the error of a method whose answers are no sum over columns or trees."""
    if hasattr(model.inner, "constant"):
        return UsageError("the model knows one class only and says it of every row; there is nothing to explain")
    return UsageError(
        f"{model.name} has no exact contributions: its answer is no sum over trees or columns; those that have: "
        "linear, logistic, perceptron, tree, bagging, forest, adaboost (of classes), gradient, hist, xgboost, lightgbm",
        "importance --kind permutation works for every method",
    )


def explain(model: Model, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the contribution of each column to each answer, and the base they start from.

    Trees: Shapley values of the margin, a column out of the coalition being averaged over by the training rows in each
    branch (path-dependent). Linear models: weight times distance from the training mean.

    Source: Lundberg et al. (2020), "From local explanations to global understanding with explainable AI for trees".

    Shapes:
        X (N, D) -> (N, K or 1, D), (K or 1,); K counts the classes there were rows of (``model.present``)
    Raises:
        UsageError: the method adds nothing up.
    """
    rows = model.rows(X)
    inner = model.inner
    if isinstance(inner, Linear):
        return inner.scaling(rows)[:, None, :] * inner.weights[None], inner.bias.copy()
    if isinstance(inner, Xgboost | Lightgbm):
        found = inner.contributions(rows)
        if not len(found):
            return found[:, :, :-1], np.zeros(found.shape[1])
        parts, base = found[:, :, :-1], found[0, :, -1]
        # XGBoost adds in float32. What rounding left over is spread by size, a change below the precision it had.
        size = np.abs(parts)
        whole = size.sum(axis=2)
        left_over = inner.margin(rows) - base - parts.sum(axis=2)
        share = np.divide(left_over, whole, out=np.zeros_like(whole), where=whole > 0)
        return parts + size * share[:, :, None], base
    found = additive(model)
    if found is None:
        raise not_additive(model)
    return tree_contributions(found.trees, found.value, found.filled(rows), found.base)


def tree_contributions(
    trees: Trees, value: np.ndarray, X: np.ndarray, base: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return exact path-dependent Shapley values of a sum over trees, leaf by leaf.

    A leaf with value v adds v Π_j w_j, where for each column j asked on its path w_j is, inside a coalition, 1 if the
    row passes all questions about j and else 0 (o_j), and outside it the share z_j of training rows that pass. The
    Shapley value of j in such a product is v (o_j − z_j) ∫₀¹ Π_{k≠j} (t o_k + (1−t) z_k) dt: with t drawn evenly, a
    coalition of s of the other m−1 columns has the chance s!(m−1−s)!/m! that Shapley's formula gives it. The integrand
    is a polynomial, so a Gauss–Legendre sum of m/2 points is exact, and nothing is ever divided by.

    Rows enter a leaf's sum by their pattern of o alone, so only the patterns that occur are computed.

    Args:
        trees: the trees.
        value: what each node adds; only leaves count.
        X: rows.
        base: what the sum starts from.
    Shapes:
        value (M, K), X (N, D), base (K,) -> (N, K, D), (K,)

    """
    X = np.ascontiguousarray(X, dtype=np.float32 if trees.single else np.float64)
    wide = value.shape[1]
    out = np.zeros((len(X), wide, X.shape[1]))
    start = np.array(base, dtype=np.float64) + _mean(trees, value)
    for first in range(0, len(X), ROWS):
        columns = np.ascontiguousarray(X[first : first + ROWS].T)
        total = np.zeros((wide, X.shape[1], columns.shape[1]))
        for root in trees.roots:
            for leaf, (asked, patterns), zeros in _paths(trees, int(root), columns):
                _add_leaf(total, value[leaf], asked, patterns, zeros)
        out[first : first + ROWS] = total.transpose(2, 0, 1)
    return out, start


def _mean(trees: Trees, value: np.ndarray) -> np.ndarray:
    """Return what the trees say on average of the training rows, level by level."""
    nodes, share = trees.roots.astype(np.int64), np.ones(len(trees))
    total = np.zeros(value.shape[1])
    while len(nodes):
        leaf = trees.feature[nodes] < 0
        total += (value[nodes[leaf]] * share[leaf, None]).sum(axis=0)
        nodes, share = nodes[~leaf], share[~leaf]
        left, right = trees.left[nodes], trees.right[nodes]
        both = trees.cover[left] + trees.cover[right]
        part = np.divide(trees.cover[left], both, out=np.full(len(both), 0.5), where=both > 0)
        nodes, share = np.concatenate([left, right]), np.concatenate([share * part, share * (1 - part)])
    return total


@functools.cache
def _points(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the points and weights of Gauss and Legendre on [0, 1]."""
    points, weights = np.polynomial.legendre.leggauss(count)
    return (points + 1) / 2, weights / 2


Path = tuple[int, tuple[list[int], np.ndarray], np.ndarray]


def _paths(trees: Trees, root: int, columns: np.ndarray) -> Iterator[Path]:
    """Yield each leaf with the columns asked on its way, each row's pattern of passed columns, and their shares."""
    none = np.zeros(columns.shape[1], dtype=np.int64)
    todo: list[tuple[int, list[int], np.ndarray, list[float]]] = [(root, [], none, [])]
    while todo:
        node, asked, patterns, zeros = todo.pop()
        feature = int(trees.feature[node])
        if feature < 0:
            yield node, (asked, patterns), np.array(zeros)
            continue
        goes_left = _left(trees, node, columns[feature])
        left, right = int(trees.left[node]), int(trees.right[node])
        cover = trees.cover[left] + trees.cover[right]
        share = float(trees.cover[left] / cover) if cover > 0 else 0.5
        for child, passes, part in ((left, goes_left, share), (right, ~goes_left, 1 - share)):
            if feature in asked:
                place = asked.index(feature)
                met = patterns & np.where(passes, -1, ~(1 << place))
                todo.append((child, asked, met, [z * part if i == place else z for i, z in enumerate(zeros)]))
            else:
                met = patterns | (passes.astype(np.int64) << len(asked))
                todo.append((child, [*asked, feature], met, [*zeros, part]))


def _left(trees: Trees, node: int, x: np.ndarray) -> np.ndarray:
    bound = trees.threshold[node]
    left = x < bound if trees.strict else x <= bound
    return left | np.isnan(x) if trees.missing_left[node] else left


def _add_leaf(total: np.ndarray, value: np.ndarray, asked: list[int], patterns: np.ndarray, zeros: np.ndarray) -> None:
    m = len(asked)
    if not m or not np.any(value):
        return
    if m <= 8:
        found, which = np.arange(1 << m), patterns
    else:
        found, which = np.unique(patterns, return_inverse=True)
    ones = (found[:, None] >> np.arange(m)) & 1
    t, weights = _points((m + 1) // 2)
    factors = ones[:, :, None] * t + zeros[:, None] * (1 - t)
    others = np.ones_like(factors)  # the product of all factors but one's own: from the left, then from the right
    np.cumprod(factors[:, :-1], axis=1, out=others[:, 1:])
    right = np.ones_like(factors[:, 0])
    for j in range(m - 1, -1, -1):
        others[:, j] *= right
        right = right * factors[:, j]
    table = (ones - zeros) * ((others * weights).sum(axis=2))
    answers = np.flatnonzero(value).tolist()
    for j, feature in enumerate(asked):
        moved = table[:, j][which]
        for k in answers:
            total[k, feature] += value[k] * moved


def has_gain(model: Model) -> bool:
    """Say whether a method splits on columns."""
    if isinstance(model.inner, Forest):
        return True
    return not isinstance(model.inner, Linear) and additive(model) is not None


def gain(model: Model) -> np.ndarray:
    """Return what splits on each column won, as shares that sum to 1.

    tree, bagging, forest: mean decrease of impurity, each tree's shares counting alike (as scikit-learn has it); for
    adaboost each tree's by its vote; for boosting the total gain.

    Shapes:
        -> (D,)
    Raises:
        UsageError: the method has no trees.
    """
    inner = model.inner
    if isinstance(inner, Forest):
        trees, weights = inner.trees, inner.weights if inner.combine == "median" else None
        each = inner.combine in ("mean", "median")
    else:
        found = additive(model)
        if found is None or isinstance(inner, Linear):
            raise UsageError(
                f"{model.name} has no trees and so no gain; those that have: tree, bagging, forest, adaboost, "
                "gradient, hist, xgboost, lightgbm",
                "importance --kind permutation works for every method",
            )
        trees, each = found.trees, model.name == "adaboost"
        weights = inner.alphas if each else None
    split = np.flatnonzero(trees.feature >= 0)
    tree = np.searchsorted(trees.roots, split, side="right") - 1
    sums = np.zeros((len(trees), model.columns))
    np.add.at(sums, (tree, trees.feature[split]), trees.gain[split])
    if each:
        whole = sums.sum(axis=1, keepdims=True)
        sums = np.divide(sums, whole, out=np.zeros_like(sums), where=whole > 0)
        sums *= 1.0 if weights is None else np.asarray(weights)[: len(sums), None]
    found_sums = sums.sum(axis=0)
    return found_sums / found_sums.sum() if found_sums.sum() > 0 else found_sums


def permutation(
    model: Model,
    X: np.ndarray,
    y: np.ndarray,
    metric: str | Callable[[np.ndarray, np.ndarray], float],
    repeats: int = 5,
    seed: int = 0,
    groups: Mapping[str, Sequence[int]] | None = None,
) -> dict[str, dict[str, float]]:
    """Return how much worse the score gets when a column's values are shuffled among the rows.

    Correlated columns stand in for each other, so each may look unimportant.

    Source: Breiman (2001), "Random Forests".

    Args:
        model: a fitted model.
        X: rows, better not those it was fitted on.
        y: their class numbers or values.
        metric: ``log_loss``, ``error``, ``accuracy``, ``rmse``, ``mae``; or a function of y and the prediction whose
            larger value is better.
        repeats: shuffles of each column.
        seed: of the shuffles.
        groups: name → columns shuffled together, such as the levels of one category; None: each column by its number.
    Shapes:
        X (N, D), y (N,)
    Returns:
        Name → ``mean`` and ``sd`` (of the sample) of the loss of score; positive: the column is needed.

    Raises:
        UsageError: no such metric, or fewer than one repeat.

    """
    if isinstance(metric, str) and metric not in METRICS:
        raise UsageError(f"no metric is called {metric!r}; allowed: {', '.join(METRICS)}", key="metric")
    if repeats < 1:
        raise UsageError(f"repeats is {repeats}; must be at least 1", key="repeats")
    rows = model.rows(X)
    groups = {str(d): [d] for d in range(model.columns)} if groups is None else groups
    start = _goodness(model.predict(rows), y, metric)
    found, shuffled = {}, rows.copy()
    for name, columns in groups.items():
        draws = np.random.default_rng([seed, len(found)])
        where = list(columns)
        drops = []
        for _ in range(repeats):
            shuffled[:, where] = rows[draws.permutation(len(rows))][:, where]
            drops.append(start - _goodness(model.predict(shuffled), y, metric))
        shuffled[:, where] = rows[:, where]
        spread = float(np.std(drops, ddof=1)) if repeats > 1 else 0.0
        found[name] = {"mean": float(np.mean(drops)), "sd": spread}
    return found


def _goodness(predicted: np.ndarray, y: np.ndarray, metric: Any) -> float:
    if callable(metric):
        return float(metric(y, predicted))
    if metric == "accuracy":
        return 1.0 - scores("x", y, predicted)["x/error"]
    return METRICS[metric] * scores("x", y, predicted)[f"x/{metric}"]
