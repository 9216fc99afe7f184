"""Pictures from files to arrays: the only place where preprocessing steps are run.

A bundle stores its steps as a list, such as ``[{step: color, channels: 1}, {step: resize, size_px: [28, 28], fit: crop,
filter: bilinear, keep: 1.0}, {step: normalize, mean: [0.13], std: [0.3]}]``; training, evaluation and prediction all
come through here, so a model always sees the pictures it was trained on.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import stat
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from dlcli.core.errors import DataError
from dlcli.core.files import shown
from dlcli.ops.pictures import normalized

SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".jpe", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm", ".pbm"}
)
# Pillow knows 40 more, some of which start other programs (EPS starts Ghostscript).
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "PPM", "WEBP", "TIFF")
FILTERS = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}
Step = dict[str, Any]

logging.getLogger("PIL").addHandler(logging.NullHandler())  # without one its remarks on broken files go to stderr


def is_picture(path: str | Path) -> bool:
    """Say whether a file name ends like a picture's."""
    return os.path.splitext(path)[1].lower() in SUFFIXES


def open_file(path: str | Path) -> BinaryIO:
    """Open a picture's file for reading.

    Raises:
        DataError: missing, not allowed, a folder, or a pipe or device, at which one would wait for ever.

    """
    name = shown(path)
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISREG(mode):
            return open(path, "rb")
    except FileNotFoundError as error:
        raise DataError(f"{name}: {'a link to nothing' if os.path.islink(path) else 'no such file'}") from error
    except PermissionError as error:
        raise DataError(f"{name}: no permission to read it") from error
    except OSError as error:
        raise DataError(f"{name}: {error.strerror or error}") from error
    except ValueError as error:  # a NUL in it
        raise DataError(f"{name}: no file can have this name") from error
    raise DataError(f"{name}: is a {'folder' if stat.S_ISDIR(mode) else 'pipe or device, not a file'}")


def read(source: str | Path | bytes, name: str = "") -> Image.Image:
    """Read one picture, upright, as 8-bit gray (L) or RGB.

    16-bit pictures are scaled to 8 bits by their format's range, palettes and CMYK become RGB, transparency is laid on
    white, the EXIF orientation is applied, and of several pictures in a file the first is taken.

    Args:
        source: a file, or the bytes of one.
        name: what to call it in messages; the path by default.

    Raises:
        DataError: missing, empty, no picture, broken, out of range or larger than Pillow's bomb limit.

    """
    in_memory = isinstance(source, bytes)
    name = shown(name or ("stdin" if in_memory else source))
    with io.BytesIO(source) if in_memory else open_file(source) as file:
        return _decoded(file, name)


def _decoded(file: BinaryIO, name: str) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of profiles, tags and the like: nothing a user could do about them
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=FORMATS) as image:
                with _silent_stderr() if image.format == "TIFF" else contextlib.nullcontext():
                    image.load()
                ImageOps.exif_transpose(image, in_place=True)
                return _eight_bits(image)
    except DataError as error:
        raise DataError(f"{name}: {error.message}") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise DataError(f"{name}: larger than the limit of {Image.MAX_IMAGE_PIXELS:,} pixels") from error
    except UnidentifiedImageError as error:
        empty = file.seek(0, io.SEEK_END) == 0
        raise DataError(f"{name}: not a picture{' (the file is empty)' if empty else ''}") from error
    except Exception as error:  # Pillow's decoders raise whatever a broken file makes them stumble over
        raise DataError(f"{name}: broken picture ({str(error) or type(error).__name__})") from error


@contextlib.contextmanager
def _silent_stderr() -> Iterator[None]:
    """Keep libtiff, which is C and cannot be told, from printing what it thinks of a broken file."""
    try:
        held = os.dup(2)
    except OSError:  # closed: nothing can be printed
        yield
        return
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(held, 2)
        os.close(held)


def _eight_bits(image: Image.Image) -> Image.Image:
    mode = image.mode
    if mode in ("L", "RGB"):
        return image
    if mode == "1":
        return image.convert("L")
    if mode.startswith("I;16") or mode in ("I", "F"):
        return _from_numbers(np.asarray(image, dtype=np.float64), whole=mode != "F")
    if "A" in mode or "transparency" in image.info:
        image = image.convert("RGBA")
        background = Image.new("RGBA", image.size, (255, 255, 255, 255))
        flat = Image.alpha_composite(background, image)
        return flat.convert("L" if mode == "LA" else "RGB")
    return image.convert("RGB")


def _from_numbers(values: np.ndarray, *, whole: bool) -> Image.Image:
    """Return whole numbers of 0–65535, or fractions of 0–1 or 0–255, as 8-bit gray."""
    low, high = float(values.min()), float(values.max())
    top = 65535.0 if whole else 1.0 if high <= 1.0 else 255.0
    if not 0.0 <= low <= high <= top:  # NaN is refused too
        allowed = "0–65535" if whole else "0–1 or 0–255"
        raise DataError(f"its values run from {low:g} to {high:g}; allowed: {allowed}; save it as 8 or 16 bits")
    return Image.fromarray((values / top * 255.0).round().astype(np.uint8))


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
