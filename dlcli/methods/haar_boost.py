"""AdaBoost that selects Haar features: every round the stump, over all features, of least weighted error.

Columns are sorted once; a round is a running sum of signed weights along each order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dlcli.methods import haar
from dlcli.methods.haar import Features

BLOCK_VALUES = 262_144  # values of a round looked at together: stays in the second-level cache
SURE = 1e-6  # least error a stump is given: a faultless one would get an endless vote


@dataclass(frozen=True)
class Windows:
    """Windows as the features see them.

    Args:
        sums: flat integral images.
        spread: area × standard deviation of each.
    Shapes:
        sums ((H+1)(W+1), N) int32, spread (N,) float64

    """

    sums: np.ndarray
    spread: np.ndarray

    @classmethod
    def of(cls, pictures: np.ndarray) -> Windows:
        """Return windows of pictures, (N, H, W) uint8; none of one gray."""
        return cls(haar.flat_sums(pictures), haar.spread(pictures))

    def __len__(self) -> int:
        return len(self.spread)

    def normalized(self, features: Features) -> np.ndarray:
        """Return feature values over the windows' contrast, (F, N) float64."""
        return haar.values(features, self.sums) / self.spread


@dataclass(frozen=True)
class Stump:
    """A question to one feature.

    Args:
        feature: its row in the pool.
        threshold: of the value over the window's contrast.
        below: vote when the value is below it; above, the opposite.
        error: its weighted error when it was chosen.

    """

    feature: int
    threshold: float
    below: float
    error: float

    def votes(self, features: Features, windows: Windows) -> np.ndarray:
        """Return the stump's vote for each window, (N,)."""
        values = windows.normalized(features.take(slice(self.feature, self.feature + 1)))[0]
        return np.where(values < self.threshold, self.below, -self.below)


class Boosting:
    """AdaBoost over a pool of features.

    Half of the first weights lies on the positives, as in the paper, however many there are; with more, stumps rather
    let a negative pass than miss a positive.

    Source: Viola and Jones 2001, table 1; the vote is ½ ln((1−e)/e).

    Args:
        features: the pool.
        windows: positives and negatives.
        positive: which are positive.
        share: of the first weights that lies on them.
    Shapes:
        positive (N,) bool

    """

    def __init__(self, features: Features, windows: Windows, positive: np.ndarray, share: float = 0.5):
        self.features, self.windows = features, windows
        self.sign = np.where(positive, 1.0, -1.0)
        self.weights = np.where(positive, share / positive.sum(), (1.0 - share) / (~positive).sum())
        count = len(windows)
        self._order = np.empty((len(features), count), dtype=np.int16 if count < 32_768 else np.int32)
        self._tied = np.zeros((len(features), count), dtype=bool)
        rows = max(1, haar.BLOCK_VALUES // count)
        for start in range(0, len(features), rows):
            block = slice(start, start + rows)
            values = windows.normalized(features.take(block)).astype(np.float32)
            order = np.argsort(values, axis=1, kind="stable")
            sorted_ = np.take_along_axis(values, order, axis=1)
            self._order[block] = order
            self._tied[block, :-1] = sorted_[:, 1:] == sorted_[:, :-1]  # no threshold lies between equal values

    def round(self) -> Stump:
        """Choose the next stump and give more weight to the windows it gets wrong."""
        signed = (self.weights * self.sign).astype(np.float32)
        negative = float(self.weights[self.sign < 0].sum())
        best = (np.inf, 0, 0, 1.0)
        rows = max(1, BLOCK_VALUES // len(self.windows))
        for start in range(0, len(self.features), rows):
            block = slice(start, start + rows)
            sums = np.cumsum(signed.take(self._order[block]), axis=1)
            sums[self._tied[block]] = 0.0
            sums[:, -1] = 0.0
            # Positive above the cut: errors are the positives below and the negatives above it.
            low, high = int(sums.argmin()), int(sums.argmax())
            for place, error, vote in (
                (low, negative + float(sums.flat[low]), -1.0),
                (high, 1.0 - negative - float(sums.flat[high]), 1.0),
            ):
                if error < best[0] - 1e-9:
                    feature, cut = divmod(place, sums.shape[1])
                    best = (error, start + feature, cut, vote)
        return self._take(best[1], best[2], best[3])

    def _take(self, feature: int, cut: int, side: float) -> Stump:
        values = self.windows.normalized(self.features.take(slice(feature, feature + 1)))[0]
        order = self._order[feature]
        low, high = (values[order[k]] for k in (cut, min(cut + 1, len(order) - 1)))
        threshold = float(low + (high - low) / 2)
        answer = np.where(values < threshold, side, -side)
        error = float(self.weights[answer != self.sign].sum())
        vote = 0.5 * float(np.log((1.0 - error) / error)) if error > SURE else 0.5 * float(np.log(1 / SURE))
        self.weights = self.weights * np.exp(-vote * answer * self.sign)
        self.weights /= self.weights.sum()
        return Stump(feature, threshold, side * vote, error)
