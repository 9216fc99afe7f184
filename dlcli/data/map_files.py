"""Maps that a user made elsewhere, as numbers in ``.npy``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from dlcli.core.errors import DataError
from dlcli.core.files import shown
from dlcli.data import images


def of_picture(word: str, picture: str) -> str:
    """Return the file of a picture's map: the one named, or in a folder the one named as the picture."""
    return str(Path(word) / f"{Path(picture).stem}.npy") if os.path.isdir(word) else word


def read(path: str, picture_px: tuple[int, int], step: dict[str, Any]) -> np.ndarray:
    """Read a map and bring it to 0…1 and to what the network sees of the picture.

    A map of the size of the picture's file is cut or padded as the picture is; one in the proportion of the network's
    input is taken to lie over that, and enlarged bilinearly where it is coarser.

    Args:
        path: a ``.npy``.
        picture_px: (width, height) of the picture's file.
        step: the network's preprocessing step of the kind ``resize``.
    Shapes:
        -> (H, W) float32

    Raises:
        DataError: missing, no map, of another shape, constant or no number.

    """
    name = shown(path)
    try:
        values = np.load(path, allow_pickle=False)
    except OSError as error:
        raise DataError(f"{name}: {(error.strerror or str(error)).lower()}") from error
    except (ValueError, EOFError) as error:
        raise DataError(f"{name}: no numbers as numpy.save writes them ({error})") from error
    if not isinstance(values, np.ndarray) or values.dtype.kind not in "fiub":
        raise DataError(f"{name}: must be one array of numbers")
    values = values.astype(np.float64)
    if values.ndim == 3 and values.shape[0] == 1:
        values = values[0]
    if values.ndim != 2 or not values.size:
        raise DataError(f"{name}: has the shape {'×'.join(map(str, values.shape))}; a map has rows and columns")
    if not np.isfinite(values).all():
        raise DataError(f"{name}: holds NaN or infinite numbers")
    low, high = float(values.min()), float(values.max())
    if low == high:
        raise DataError(f"{name}: is constant, all values are {low:g}; it tells no place from another")
    image = Image.fromarray(((values - low) / (high - low)).astype(np.float32))
    height, width = step["size_px"]
    if image.size == picture_px:
        image = images.resized(image, (height, width), step["fit"], "bilinear", step.get("keep", 1.0))
    elif image.size != (width, height):
        rows, columns = values.shape
        if abs(rows - columns * height / width) > max(1.0, height / width):
            text = (
                f"{name}: is {rows}×{columns} (rows×columns), not in the proportion of the network's {height}×{width}"
            )
            raise DataError(text, f"or of the picture's own size, {picture_px[1]}×{picture_px[0]}")
        image = image.resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(image, dtype=np.float32)
