"""Missing pixels from their neighbors."""

from __future__ import annotations

import numpy as np

# Of the eight around a pixel: weights of those beside it and of those at its corners.
BESIDE, CORNER = 1 / 6, 1 / 12
AROUND = tuple(
    (dy, dx, BESIDE if dy == 0 or dx == 0 else CORNER) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if (dy, dx) != (0, 0)
)


def linear(picture: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Return a picture whose missing pixels are the weighted means of the eight around them, all solved at once.

    At the border the weights of the neighbors that are there are scaled up to sum 1. Where no pixel is known nothing
    determines the solution; the mean of the whole picture is taken, channel by channel.

    Source: Rong et al. 2022, section 4.2 (noisy linear imputation). Differs: no noise here; the caller adds it.

    Args:
        picture: numbers of any scale.
        known: False where a pixel is missing.
    Shapes:
        picture (C, H, W) float, known (H, W) bool -> (C, H, W) float32

    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.linalg import splu

    known = np.asarray(known, dtype=bool)
    filled = np.array(picture, dtype=np.float32)
    if known.all():
        return filled
    if not known.any():
        filled[:] = filled.mean((1, 2), dtype=np.float64, keepdims=True)
        return filled
    rows, columns = np.nonzero(~known)
    number = np.full(known.shape, -1)
    number[rows, columns] = np.arange(len(rows))
    total = np.zeros(len(rows))
    right = np.zeros((len(rows), len(filled)))
    entries: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    for dy, dx, weight in AROUND:
        y, x = rows + dy, columns + dx
        equations = np.nonzero((y >= 0) & (y < known.shape[0]) & (x >= 0) & (x < known.shape[1]))[0]
        y, x = y[equations], x[equations]
        total[equations] += weight
        given = known[y, x]
        right[equations[given]] += weight * filled[:, y[given], x[given]].T.astype(np.float64)
        open_ = equations[~given]
        entries.append((open_, number[y[~given], x[~given]], np.full(len(open_), -weight)))
    entries.append((np.arange(len(rows)), np.arange(len(rows)), total))
    i, j, values = map(np.concatenate, zip(*entries, strict=True))
    # The matrix is symmetric and its diagonal rules its rows: an ordering made for that keeps the factors sparse.
    factors = splu(
        coo_matrix((values, (i, j))).tocsc(), "MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True}
    )
    filled[:, rows, columns] = factors.solve(right).T
    return filled
