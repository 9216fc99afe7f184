"""A matrix of numbers from a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from dlcli.core import picture_ops
from dlcli.core.errors import DataError, UsageError
from dlcli.core.files import shown

SUFFIXES = (".csv", ".tsv", ".txt", ".npy")
MOST_BYTES = 64 << 20


def read(path: str) -> np.ndarray:
    """Read a matrix: rows of numbers without a header in a text file, or a ``.npy`` without objects.

    Args:
        path: its ending tells the format.
    Shapes:
        -> (H, W) float64

    Raises:
        UsageError: no ending that is known.
        DataError: missing, empty, too large, not two-dimensional, or not numbers.

    """
    name, suffix = shown(path), Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise UsageError(f"{name}: a matrix is read from {', '.join(SUFFIXES)}, or typed in rows", key="matrix")
    try:
        size = Path(path).stat().st_size
        if size > MOST_BYTES:
            raise DataError(f"{name}: {size:,} bytes are more than the {MOST_BYTES:,} a matrix may have")
        if suffix != ".npy":
            return np.array(picture_ops.rows(Path(path).read_text(encoding="utf-8-sig").replace("\t", " ")))
        found = np.load(path, allow_pickle=False)
    except OSError as error:
        raise DataError(f"{name}: {error.strerror or error}") from error
    except (ValueError, EOFError) as error:  # UnicodeDecodeError is one
        raise DataError(f"{name}: no matrix of numbers ({error})") from error
    if not isinstance(found, np.ndarray):
        raise DataError(f"{name}: is an archive of several arrays; a single matrix is needed")
    if found.ndim != 2 or not found.size or found.dtype.kind not in "buif":
        shape = "×".join(map(str, found.shape)) or "one number"
        raise DataError(f"{name}: holds {found.dtype} of shape {shape}; a matrix of numbers is needed")
    if not np.isfinite(found).all():
        raise DataError(f"{name}: holds numbers that are NaN or infinite")
    return found.astype(np.float64)
