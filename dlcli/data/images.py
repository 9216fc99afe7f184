"""Pictures from files to arrays: the only place where preprocessing steps are run.

A bundle stores its steps as a list, such as ``[{step: color, channels: 1}, {step: resize, size_px: [28, 28], fit: crop,
filter: bilinear, keep: 1.0}, {step: normalize, mean: [0.13], std: [0.3]}]``; training, evaluation and prediction all
come through here, so a model always sees the pictures it was trained on.
"""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from dlcli.core.errors import DataError
from dlcli.ops.pictures import normalized

SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".jpe", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm", ".pbm"}
)
FILTERS = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}
Step = dict[str, Any]


def is_picture(path: str | Path) -> bool:
    """Say whether a file name ends like a picture's."""
    return Path(path).suffix.lower() in SUFFIXES


def read(source: str | Path | bytes, name: str = "") -> Image.Image:
    """Read one picture, upright, as 8-bit gray (L) or RGB.

    16-bit pictures are scaled to 8 bits by their format's range, palettes and CMYK become RGB, transparency is laid on
    white, and the EXIF orientation is applied.

    Args:
        source: a file, or the bytes of one.
        name: what to call it in messages; the path by default.

    Raises:
        DataError: missing, empty, no picture, broken or larger than Pillow's bomb limit.

    """
    name = name or (str(source) if not isinstance(source, bytes) else "stdin")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            warnings.filterwarnings("ignore", category=UserWarning)
            with Image.open(io.BytesIO(source) if isinstance(source, bytes) else source) as image:
                image.load()
                return _eight_bits(ImageOps.exif_transpose(image))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise DataError(f"{name}: larger than the limit of {Image.MAX_IMAGE_PIXELS:,} pixels") from error
    except UnidentifiedImageError as error:
        raise DataError(f"{name}: not a picture{_emptiness(source)}") from error
    except FileNotFoundError as error:
        raise DataError(f"{name}: no such file") from error
    except IsADirectoryError as error:
        raise DataError(f"{name}: is a folder") from error
    except PermissionError as error:
        raise DataError(f"{name}: no permission to read it") from error
    except Exception as error:  # Pillow's decoders raise whatever a broken file makes them stumble over
        raise DataError(f"{name}: broken picture ({str(error) or type(error).__name__})") from error


def _emptiness(source: str | Path | bytes) -> str:
    size = len(source) if isinstance(source, bytes) else Path(source).stat().st_size
    return " (the file is empty)" if size == 0 else ""


def _eight_bits(image: Image.Image) -> Image.Image:
    mode = image.mode
    if mode in ("L", "RGB"):
        return image
    if mode == "1":
        return image.convert("L")
    if mode.startswith("I;16") or mode in ("I", "F"):
        values = np.asarray(image, dtype=np.float64)
        top = 65535.0 if mode != "F" else max(1.0, float(values.max(initial=1.0)))
        return Image.fromarray((np.clip(values / top, 0.0, 1.0) * 255.0).round().astype(np.uint8))
    if "A" in mode or "transparency" in image.info:
        image = image.convert("RGBA")
        background = Image.new("RGBA", image.size, (255, 255, 255, 255))
        flat = Image.alpha_composite(background, image)
        return flat.convert("L" if mode == "LA" else "RGB")
    return image.convert("RGB")


def is_gray(image: Image.Image) -> bool:
    """Say whether a picture has no color: gray mode, or three equal channels."""
    if image.mode == "L":
        return True
    x = np.asarray(image)
    return bool((x[..., 0] == x[..., 1]).all() and (x[..., 1] == x[..., 2]).all())


def steps(
    *,
    channels: int,
    size_px: tuple[int, int],
    fit: str,
    mean: list[float],
    std: list[float],
    filter: str = "bilinear",
    keep: float = 1.0,
) -> list[Step]:
    """Return the preprocessing of a classifier as a bundle stores it.

    Args:
        channels: 1 gray or 3 color.
        size_px: (height, width).
        fit: ``crop`` (shorter side to size, middle cut out), ``pad`` (longer side to size) or ``stretch``.
        mean: one number a channel on the scale 0–1.
        std: one number a channel on the scale 0–1.
        filter: ``bilinear`` or ``bicubic``.
        keep: share of the shorter side that ``crop`` keeps; ImageNet's weights are scored at 0.875.

    """
    return [
        {"step": "color", "channels": channels},
        {"step": "resize", "size_px": list(size_px), "fit": fit, "filter": filter, "keep": keep},
        {"step": "normalize", "mean": list(mean), "std": list(std)},
    ]


def fitted(image: Image.Image, preprocessing: list[Step]) -> Image.Image:
    """Run the steps that make a picture of the right color and size."""
    for step in preprocessing:
        match step["step"]:
            case "color":
                image = image.convert("L" if step["channels"] == 1 else "RGB")
            case "resize":
                image = resized(image, tuple(step["size_px"]), step["fit"], step["filter"], step.get("keep", 1.0))
            case "normalize":
                pass
            case other:
                raise DataError(f"preprocessing step {other!r} is not known; the bundle needs a newer dlcli")
    return image


def resized(image: Image.Image, size_px: tuple[int, int], fit: str, filter: str, keep: float = 1.0) -> Image.Image:
    """Bring a picture to (height, width) by cropping, padding or stretching."""
    height, width = size_px
    if image.size == (width, height) and keep == 1:
        return image
    resampling = FILTERS[filter]
    if fit == "crop":
        scale = max(width / image.width, height / image.height) / keep
        # The part of the source that is kept; rounding must not make it larger than the source.
        w, h = min(width / scale, image.width), min(height / scale, image.height)
        left, top = (image.width - w) / 2, (image.height - h) / 2
        return image.resize((width, height), resampling, box=(left, top, left + w, top + h))
    if fit == "pad":
        scale = min(width / image.width, height / image.height)
        inner = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        canvas = Image.new(image.mode, (width, height))
        canvas.paste(image.resize(inner, resampling), ((width - inner[0]) // 2, (height - inner[1]) // 2))
        return canvas
    return image.resize((width, height), resampling)


def as_array(image: Image.Image) -> np.ndarray:
    """Return a picture as bytes.

    Shapes:
        -> (C, H, W) uint8
    """
    x = np.asarray(image)
    return x[None] if x.ndim == 2 else np.ascontiguousarray(x.transpose(2, 0, 1))


def as_input(pictures: np.ndarray, preprocessing: list[Step]) -> np.ndarray:
    """Run the steps that turn bytes into the network's numbers.

    Shapes:
        pictures (..., C, H, W) uint8 -> (..., C, H, W) float32
    """
    for step in preprocessing:
        if step["step"] == "normalize":
            return normalized(pictures, step["mean"], step["std"])
    return pictures.astype(np.float32) / np.float32(255.0)


def apply(image: Image.Image, preprocessing: list[Step]) -> np.ndarray:
    """Run all steps on one picture.

    Shapes:
        -> (C, H, W) float32
    """
    return as_input(as_array(fitted(image, preprocessing)), preprocessing)
