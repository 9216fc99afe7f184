"""The digits that come with scikit-learn."""

from __future__ import annotations

import numpy as np

CLASSES = [str(d) for d in range(10)]


def load() -> tuple[np.ndarray, np.ndarray]:
    """Return the 1,797 digits.

    Source: Alpaydin & Kaynak 1998, the test part of UCI's "Optical Recognition of Handwritten Digits", as shipped with
    scikit-learn; its values 0–16 are spread over 0–255.

    Shapes:
        -> pictures (1797, 8, 8) uint8, labels (1797,) int64
    """
    from sklearn.datasets import load_digits

    raw = load_digits()
    pictures = np.clip(np.rint(raw.images * (255.0 / 16.0)), 0, 255).astype(np.uint8)
    return pictures, raw.target.astype(np.int64)
