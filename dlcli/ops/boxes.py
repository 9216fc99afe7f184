"""Arithmetic on boxes (x, y, width, height)."""

from __future__ import annotations

import numpy as np


def grouped(boxes: np.ndarray, least: int, similarity: float = 0.2) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """Return groups of similar boxes as their means.

    Two boxes are similar when no edge is further apart than ``similarity`` times the mean of the smaller width and the
    smaller height. Groups are what chains of similar boxes hold together; those of fewer than ``least`` are dropped,
    and so is a small group inside a box of a larger one.

    Source: the grouping that cascades are used with since Viola and Jones 2001, section 5.6, in OpenCV's terms.

    Args:
        boxes: x, y, width, height.
        least: fewest boxes of a group; 0 keeps every box by itself.
        similarity: how far edges may be apart.

    Returns:
        means, sizes of the groups, and the members of each, largest group first.

    Shapes:
        boxes (N, 4) float -> (G, 4) float, (G,) int64, G arrays of row numbers

    """
    boxes = np.asarray(boxes, dtype=np.float64).reshape(-1, 4)
    if least == 0:
        return boxes, np.ones(len(boxes), dtype=np.int64), [np.array([k]) for k in range(len(boxes))]
    root = _joined(boxes, similarity)
    members = [np.nonzero(root == r)[0] for r in np.unique(root)]
    members = sorted((m for m in members if len(m) >= least), key=lambda m: (-len(m), m[0]))
    means = np.array([boxes[m].mean(axis=0) for m in members]).reshape(-1, 4)
    sizes = np.array([len(m) for m in members], dtype=np.int64)
    kept = [k for k in range(len(members)) if not _inside_a_larger(k, means, sizes, similarity)]
    return means[kept], sizes[kept], [members[k] for k in kept]


def _joined(boxes: np.ndarray, similarity: float) -> np.ndarray:
    """Return the number of the group of each box: union-find over similar pairs, left to right."""
    order = np.argsort(boxes[:, 0], kind="stable")
    left, top, wide, high = boxes[order].T
    right, bottom = left + wide, top + high
    parent = np.arange(len(order))

    def find(k: int) -> int:
        while parent[k] != k:
            parent[k] = parent[parent[k]]
            k = parent[k]
        return k

    # Nothing further to the right than this can be similar, so each box is compared with few.
    reach = np.searchsorted(left, left + similarity * 0.5 * (wide + high), side="right")
    for k in range(len(order)):
        others = slice(k + 1, reach[k])
        allowed = similarity * 0.5 * (np.minimum(wide[k], wide[others]) + np.minimum(high[k], high[others]))
        near = np.abs(left[others] - left[k]) <= allowed
        for edge in (top, right, bottom):
            near &= np.abs(edge[others] - edge[k]) <= allowed
        joined = np.nonzero(near)[0] + k + 1
        root = find(k)
        for other in joined[parent[joined] != root]:  # most belong to it already
            a, b = root, find(int(other))
            root = min(a, b)
            parent[max(a, b)] = root
        parent[joined] = parent[k] = root
    found = np.empty(len(order), dtype=np.int64)
    found[order] = [find(k) for k in range(len(order))]
    return found


def _inside_a_larger(number: int, means: np.ndarray, sizes: np.ndarray, similarity: float) -> bool:
    """Say whether a group lies in the box of another that is at least as well supported."""
    x, y, wide, high = means[number]
    slack_x, slack_y = means[:, 2] * similarity, means[:, 3] * similarity
    holds = (x >= means[:, 0] - slack_x) & (y >= means[:, 1] - slack_y)
    holds &= (x + wide <= means[:, 0] + means[:, 2] + slack_x) & (y + high <= means[:, 1] + means[:, 3] + slack_y)
    stronger = (sizes > max(3, sizes[number])) | ((sizes[number] < 3) & (sizes > sizes[number]))
    return bool((holds & stronger).any())


def overlap(one: np.ndarray, other: np.ndarray) -> float:
    """Return intersection over union of two boxes."""
    (x, y, w, h), (u, v, p, q) = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
    wide, high = min(x + w, u + p) - max(x, u), min(y + h, v + q) - max(y, v)
    shared = max(0.0, wide) * max(0.0, high)
    return float(shared / (w * h + p * q - shared)) if shared else 0.0
