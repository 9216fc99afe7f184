"""What is counted in each round of a method that has rounds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Record = dict[str, float]
TINY = 1e-15  # a probability of 0 would cost infinitely much


def scores(part: str, y: np.ndarray, predicted: np.ndarray) -> Record:
    """Return the scores of one round on one part.

    Args:
        part: ``train`` or ``val``.
        y: class numbers, or values.
        predicted: probabilities, or values.
    Shapes:
        y (N,), predicted (N, K) or (N,)
    Returns:
        ``log_loss`` and ``error``, or ``rmse`` and ``mae``, each behind ``part/``.

    """
    if predicted.ndim == 2:
        mine = np.clip(predicted[np.arange(len(y)), y], TINY, 1.0)
        return {
            f"{part}/log_loss": float(-np.mean(np.log(mine))),
            f"{part}/error": float(np.mean(np.argmax(predicted, axis=1) != y)),
        }
    off = np.abs(np.asarray(predicted) - y)
    return {f"{part}/rmse": float(np.sqrt(np.mean(off**2))), f"{part}/mae": float(np.mean(off))}


def watched(task: str, loss: str) -> str:
    """Return the score early stopping looks at: the one the method makes small."""
    if task == "classify":
        return "val/log_loss"
    return "val/mae" if loss == "absolute" else "val/rmse"


class Best:
    """The best round so far, and whether to go on.

    Args:
        key: the score looked at; smaller is better.
        patience: rounds without progress that are borne; None: never stop, and no round is chosen.

    """

    def __init__(self, key: str, patience: int | None):
        self.key, self.patience = key, patience
        self.value, self.number = np.inf, 0

    def over(self, record: Record) -> bool:
        """Take in a round and say whether it was the last."""
        if self.patience is None or self.key not in record:
            return False
        number = int(record["round"])
        if record[self.key] < self.value or self.number == 0:
            self.value, self.number = record[self.key], number
        return number - self.number >= self.patience

    @property
    def round(self) -> int | None:
        """The best round; None where none was chosen."""
        return self.number or None


def steady(value: float) -> float:
    """Return a library's score to ten digits: the last ones depend on how many threads added it up."""
    return float(f"{value:.10g}")


def told(history: list[Record], on_round: Callable[[Record], Any] | None, record: Record) -> None:
    """Append a record and hand it on."""
    history.append(record)
    if on_round is not None:
        on_round(record)
