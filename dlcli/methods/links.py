"""From what a method adds up to the answer it gives, row by row.

Every function here treats a row alone: its bits do not depend on how many rows stand beside it. Matrix products and
sums over an axis do not promise that, since libraries choose another order of adding for other sizes.
"""

from __future__ import annotations

import numpy as np

LINKS = ("identity", "logistic", "softmax")


def sigmoid(z: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + exp(−z)) without overflow."""
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, small) / (1.0 + small)


def softmax(z: np.ndarray) -> np.ndarray:
    """Return exp(z) over its sum in each row.

    Shapes:
        z (N, K) -> (N, K)
    """
    top = z[:, :1].copy()
    for k in range(1, z.shape[1]):
        np.maximum(top, z[:, k : k + 1], out=top)
    return normalized(np.exp(np.ascontiguousarray(z - top)))


def normalized(parts: np.ndarray) -> np.ndarray:
    """Return rows that sum to 1; a row of zeros becomes equal shares.

    Shapes:
        parts (N, K), not negative -> (N, K)
    """
    whole = parts[:, :1].copy()
    for k in range(1, parts.shape[1]):  # column by column: the order of adding is always the same
        whole += parts[:, k : k + 1]
    return np.where(whole > 0, parts / np.where(whole > 0, whole, 1.0), 1 / parts.shape[1])


def pair(second: np.ndarray) -> np.ndarray:
    """Return the probabilities of two classes from that of the second.

    Shapes:
        second (N,) -> (N, 2)
    """
    return np.stack([1 - second, second], axis=1)


def answer(margin: np.ndarray, link: str) -> np.ndarray:
    """Return the answer that a sum stands for.

    Args:
        margin: what was added up.
        link: ``logistic`` (one column: log-odds of the second class), ``softmax`` (a column a class) or ``identity``
            (one column: the number; more: probabilities already).
    Shapes:
        margin (N, K or 1) -> (N, K) probabilities or (N,) numbers

    """
    if link == "logistic":
        return pair(sigmoid(margin[:, 0]))
    if link == "softmax":
        return softmax(margin)
    return margin[:, 0] if margin.shape[1] == 1 else margin
