"""How good a classifier is, from its probabilities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

METRICS = (
    "accuracy",
    "top5_accuracy",
    "macro_precision",
    "macro_recall",
    "macro_f1",
    "log_loss",
    "calibration_error",
)


@dataclass(frozen=True)
class PerClass:
    """Figures of each class.

    Shapes:
        precision, recall, f1 (K,) float64; support, predicted (K,) int64
    """

    precision: np.ndarray
    recall: np.ndarray
    f1: np.ndarray
    support: np.ndarray
    predicted: np.ndarray


def confusion(labels: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """Return counts with the truth in rows and the prediction in columns.

    Shapes:
        labels (N,), predicted (N,) -> (K, K) int64
    """
    flat = np.bincount(labels.astype(np.int64) * classes + predicted, minlength=classes * classes)
    return flat.reshape(classes, classes)


def per_class(matrix: np.ndarray) -> PerClass:
    """Return precision, recall and F1 of each class; 0 where nothing was predicted or nothing is there.

    Shapes:
        matrix (K, K), truth in rows
    """
    hits = np.diag(matrix).astype(np.float64)
    support, predicted = matrix.sum(axis=1), matrix.sum(axis=0)
    precision = np.divide(hits, predicted, out=np.zeros_like(hits), where=predicted > 0)
    recall = np.divide(hits, support, out=np.zeros_like(hits), where=support > 0)
    total = precision + recall
    f1 = np.divide(2 * precision * recall, total, out=np.zeros_like(hits), where=total > 0)
    return PerClass(precision, recall, f1, support, predicted)


def class_rows(classes: list[str], matrix: np.ndarray) -> list[dict[str, float | int | str]]:
    """Return name, precision, recall, F1 and support of each class as rows of a table.

    Shapes:
        matrix (K, K), truth in rows
    """
    each = per_class(matrix)
    figures = {"precision": each.precision, "recall": each.recall, "f1": each.f1}
    return [
        {"class": name, **{k: float(v[n]) for k, v in figures.items()}, "support": int(each.support[n])}
        for n, name in enumerate(classes)
    ]


def top_k(probabilities: np.ndarray, labels: np.ndarray, k: int) -> float:
    """Return the share of samples whose label is among the k most probable; ties go to the lower class number.

    Shapes:
        probabilities (N, K), labels (N,)
    """
    order = np.argsort(-probabilities, axis=1, kind="stable")[:, :k]
    return float((order == labels[:, None]).any(axis=1).mean())


def log_loss(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Return the mean of −ln p(label) in nats; p is kept above float32's smallest step.

    Shapes:
        probabilities (N, K), labels (N,)
    """
    p = probabilities[np.arange(len(labels)), labels].astype(np.float64)
    return float(-np.log(np.clip(p, np.finfo(np.float32).eps, 1.0)).mean()) + 0.0  # −0.0 becomes 0.0


def calibration(probabilities: np.ndarray, labels: np.ndarray, bins: int = 15) -> list[dict[str, float]]:
    """Return the reliability table: for each confidence bin its share, mean confidence and accuracy.

    Shapes:
        probabilities (N, K), labels (N,)
    """
    confidence = probabilities.max(axis=1).astype(np.float64)
    hit = probabilities.argmax(axis=1) == labels
    # A network that answers nan is sure of nothing.
    place = np.clip(np.ceil(np.nan_to_num(confidence) * bins).astype(int) - 1, 0, bins - 1)
    rows = []
    for b in range(bins):
        inside = place == b
        if inside.any():
            rows.append(
                {
                    "low": b / bins,
                    "high": (b + 1) / bins,
                    "count": int(inside.sum()),
                    "confidence": float(confidence[inside].mean()),
                    "accuracy": float(hit[inside].mean()),
                }
            )
    return rows


def calibration_error(probabilities: np.ndarray, labels: np.ndarray, bins: int = 15) -> float:
    """Return the expected calibration error: the mean gap between confidence and accuracy over bins.

    Source: Guo et al. 2017, eq. 3, with equally wide bins that are open below.

    Shapes:
        probabilities (N, K), labels (N,)
    """
    rows = calibration(probabilities, labels, bins)
    return float(sum(r["count"] * abs(r["confidence"] - r["accuracy"]) for r in rows) / len(labels))


def scores(probabilities: np.ndarray, labels: np.ndarray, *, bins: int = 15) -> dict[str, float]:
    """Return all figures of a classifier, as fractions.

    The macro averages are over the classes that occur in ``labels``.

    Shapes:
        probabilities (N, K), labels (N,)
    """
    classes = probabilities.shape[1]
    matrix = confusion(labels, probabilities.argmax(axis=1), classes)
    each = per_class(matrix)
    there = each.support > 0
    found = {"accuracy": float(np.diag(matrix).sum() / len(labels))}
    if classes > 5:
        found["top5_accuracy"] = top_k(probabilities, labels, 5)
    found["macro_precision"] = float(each.precision[there].mean())
    found["macro_recall"] = float(each.recall[there].mean())
    found["macro_f1"] = float(each.f1[there].mean())
    found["log_loss"] = log_loss(probabilities, labels)
    found["calibration_error"] = calibration_error(probabilities, labels, bins)
    return found


def auc(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Return the area under the ROC curve; of many classes the mean of each against the rest.

    It is the share of pairs, one row of the class and one of the others, in which the first is given the higher
    probability; ties count half. Classes of which no row, or every row, is there are left out.

    Source: Hanley and McNeil 1982; the ranks of Mann and Whitney's U.

    Shapes:
        probabilities (N, K), labels (N,)
    Returns:
        a fraction; NaN when no class can be told from the others.
    """
    classes = [1] if probabilities.shape[1] == 2 else range(probabilities.shape[1])
    areas = []
    for k in classes:
        inside = labels == k
        hits = int(inside.sum())
        if not 0 < hits < len(labels):
            continue
        _, place, count = np.unique(probabilities[:, k], return_inverse=True, return_counts=True)
        rank = (np.cumsum(count) - (count - 1) / 2)[place]  # of equal values the mean rank
        areas.append((rank[inside].sum() - hits * (hits + 1) / 2) / (hits * (len(labels) - hits)))
    return float(np.mean(areas)) if areas else float("nan")
