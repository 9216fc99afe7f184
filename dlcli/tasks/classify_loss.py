"""The losses of a classifier."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from dlcli.core.errors import ModelError


def loss(section: Any, scores: Tensor, labels: Tensor, class_weights: Tensor | None = None) -> Tensor:
    """Return the loss of each sample.

    Args:
        section: one of ``core/schemas/losses.py``.
        scores: of the classes, before any softmax.
        labels: number of the true class.
        class_weights: of cross-entropy, or None.
    Shapes:
        scores (B, K), labels (B,), class_weights (K,) -> (B,)

    """
    scores = scores if scores.dtype == torch.float64 else scores.float()  # a gradient check computes in float64
    match section.name:
        case "cross_entropy":
            weight = None if class_weights is None else class_weights.to(scores)
            return F.cross_entropy(
                scores, labels, weight=weight, label_smoothing=section.label_smoothing, reduction="none"
            )
        case "perceptron":
            right = scores.gather(1, labels[:, None])
            wrong = scores.scatter(1, labels[:, None], float("-inf")).amax(1, keepdim=True)
            # At a tie (the zero start) the answer counts as wrong: relu's gradient at 0 is 0 and would learn nothing.
            gap = (wrong - right).squeeze(1)
            return torch.where(gap >= 0, gap, torch.zeros_like(gap))
    truth = F.one_hot(labels, scores.shape[1]).to(scores.dtype)
    if section.name == "binary_cross_entropy":
        return F.binary_cross_entropy_with_logits(scores, truth, reduction="none").mean(1)
    answer = scores.softmax(1)
    match section.name:
        case "mse":
            return F.mse_loss(answer, truth, reduction="none").mean(1)
        case "mae":
            return F.l1_loss(answer, truth, reduction="none").mean(1)
        case "huber":
            return F.huber_loss(answer, truth, reduction="none", delta=section.delta).mean(1)
    raise ModelError(f"loss {section.name!r} is not known")
