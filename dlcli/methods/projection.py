"""Word vectors as points of a plane: principal components or t-SNE; and groups of words by k-means."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

LEAST = {"pca": 2, "tsne": 4}  # words a method can draw


@dataclass(frozen=True)
class Plane:
    """Points and what is told of them.

    Args:
        points: (n, 2) float64.
        shares: of the variance on each axis (PCA); empty for t-SNE.
        divergence: the loss that was reached (t-SNE), or None.
        perplexity: as used (t-SNE), or None.

    """

    points: np.ndarray
    shares: tuple[float, ...] = ()
    divergence: float | None = None
    perplexity: float | None = None


def unit_rows(vectors: np.ndarray) -> np.ndarray:
    """Return rows of length 1, float64; none may be zero.

    Args:
        vectors: (n, dim).

    """
    held = np.asarray(vectors, np.float64)
    return held / np.linalg.norm(held, axis=1, keepdims=True)


def pca(vectors: np.ndarray) -> Plane:
    """Return the first two principal components, by singular value decomposition of the centered rows.

    Trap: a component and its opposite are equally good, and which comes out differs between machines. The sign is
    chosen so that of each component's weights the greatest in size is positive; of equal ones the first decides.

    Args:
        vectors: (n, dim), finite, n ≥ 2.

    """
    held = np.asarray(vectors, np.float64)
    centered = held - held.mean(axis=0)
    largest = np.abs(centered).max(initial=0.0)
    if largest > 0:
        centered = centered / largest  # squares of huge or tiny numbers would be lost
    with threadpool_limits(1):  # sums in another order have other last bits
        left, sizes, right = np.linalg.svd(centered, full_matrices=False)
    points = np.zeros((len(held), 2))
    shares = [0.0, 0.0]
    total = float((sizes**2).sum())
    for axis in range(min(2, len(sizes))):
        if sizes[axis] <= 1e-12 * sizes[0] or not total:
            break
        weights = np.abs(right[axis])
        sign = np.sign(right[axis][np.argmax(weights > weights.max() * (1 - 1e-9))])
        points[:, axis] = left[:, axis] * sizes[axis] * sign * largest
        shares[axis] = float(sizes[axis] ** 2 / total)
    return Plane(points, tuple(shares))


def tsne(vectors: np.ndarray, perplexity: float, seed: int) -> Plane:
    """Return a plane on which words that are near stay near; what is far apart on it says little.

    It begins at the principal components, so that the large order is theirs, and the same seed gives the same points.
    The perplexity, about how many neighbors a word looks at, is cut to a third of the words.
    Source: van der Maaten and Hinton 2008; scikit-learn does it.

    Args:
        vectors: (n, dim), finite, n ≥ 4.
        perplexity: above 0.
        seed: of scikit-learn's draws.

    """
    from sklearn.manifold import TSNE

    held = np.asarray(vectors, np.float64)
    start = pca(held).points
    spread = start[:, 0].std()
    used = min(perplexity, (len(held) - 1) / 3)
    model = TSNE(
        perplexity=used,
        init=(start / spread * 1e-4).astype(np.float32) if spread > 0 else "random",
        learning_rate="auto",
        random_state=seed,
        n_jobs=1,
    )
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore")  # about its own defaults
        points = model.fit_transform(held.astype(np.float32))
    return Plane(points.astype(np.float64), (), float(model.kl_divergence_), used)


def clusters(vectors: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Return a number for each row: its cluster by k-means, the clusters by falling size.

    Args:
        vectors: (n, dim), finite.
        count: clusters, at most n.
        seed: of the starts.

    Shapes: (n,) int.

    """
    from sklearn.cluster import KMeans

    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore")  # that fewer rows differ than clusters were asked for
        found = KMeans(count, n_init=10, random_state=seed).fit_predict(np.asarray(vectors, np.float64))
    kinds, first, sizes = np.unique(found, return_index=True, return_counts=True)
    order = np.lexsort((first, -sizes))
    renamed = np.empty(int(kinds.max()) + 1, np.int64)
    renamed[kinds[order]] = np.arange(len(kinds))
    return renamed[found]


def central(vectors: np.ndarray, groups: np.ndarray, group: int, count: int) -> np.ndarray:
    """Return the rows of a group nearest to its mean, nearest first; of equal ones the earlier row.

    Args:
        vectors: (n, dim).
        groups: (n,) the number of each row's group.
        group: which.
        count: rows at most.

    """
    rows = np.flatnonzero(groups == group)
    held = np.asarray(vectors, np.float64)[rows]
    far = np.linalg.norm(held - held.mean(axis=0), axis=1)
    return rows[np.argsort(far, kind="stable")[:count]]


def nearest(vectors: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return for each row the others with the greatest cosines, greatest first, and these.

    Args:
        vectors: (n, dim) rows of length 1.
        count: others at most.

    Shapes: (n, k) int and (n, k) float64 with k = min(count, n − 1).

    """
    with threadpool_limits(1):
        scores = vectors @ vectors.T
    np.fill_diagonal(scores, -np.inf)
    kept = min(count, len(vectors) - 1)
    rows = np.argsort(-scores, axis=1, kind="stable")[:, :kept]
    return rows, np.clip(np.take_along_axis(scores, rows, axis=1), -1, 1)
