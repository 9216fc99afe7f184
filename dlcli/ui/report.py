"""What a training report is made from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Mistake:
    """One of the worst test pictures.

    Args:
        picture: as the network's user knows it, before normalization.
        name: its file name or id.
        truth: the class it is labeled with.
        prediction: the most probable class.
        confidence: the probability of the prediction.
        loss: of this picture, in nats.
    Shapes:
        picture (H, W) or (H, W, 3) uint8

    """

    picture: np.ndarray
    name: str
    truth: str
    prediction: str
    confidence: float
    loss: float


@dataclass(frozen=True)
class TrainingReport:
    """What the page tells.

    Args:
        title: the recipe's name.
        run: the run directory as typed.
        summary: facts in words: data, model, device, time.
        metrics: ``part/name`` → value, fractions.
        headline: the keys of ``metrics`` to print large.
        history: one record an epoch, as in ``metrics.jsonl``.
        best_epoch: whose weights were kept.
        classes: their names.
        confusion: counts with the truth in rows; empty when there is no test part.
        per_class: ``{class, precision, recall, f1, support}`` of the test part.
        calibration: ``{low, high, count, confidence, accuracy}`` a bin.
        mistakes: the test pictures of the highest loss, worst first.
        environment: what ``env.json`` holds.
        recipe: the resolved recipe as YAML.
        notes: what was said while it ran.
        diagnosis: ``verdict``, ``why`` and ``advice`` on the curves.
        watched: ``verdicts``, ``layers`` and ``looks`` of gradients and activations, or None.

    """

    title: str
    run: str
    summary: list[tuple[str, str]]
    metrics: dict[str, float]
    headline: list[str]
    history: list[dict]
    best_epoch: int
    classes: list[str]
    confusion: list[list[int]]
    per_class: list[dict]
    calibration: list[dict]
    mistakes: list[Mistake]
    environment: dict
    recipe: str
    notes: list[str]
    diagnosis: dict[str, str] = field(default_factory=dict)
    watched: dict[str, Any] | None = None
