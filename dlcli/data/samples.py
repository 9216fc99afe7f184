"""Made-up pictures of the shapes people really have, for checks that need some and no data."""

from __future__ import annotations

import numpy as np
from PIL import Image

# (height, width, channels): square, wide, tall, extreme, smaller and larger than networks want, gray and color.
SHAPES = (
    *((96, 96, 3), (120, 200, 3), (200, 120, 3), (64, 256, 3)),
    *((31, 17, 3), (150, 100, 1), (300, 400, 3), (28, 28, 1)),
)


def pictures(seed: int = 0) -> list[Image.Image]:
    """Return eight seeded pictures of blurred noise, each of another shape, two of them gray.

    Blurred, since a resize of white noise leaves next to nothing of it, and every picture would look the same.
    """
    rng = np.random.default_rng(seed)
    return [_picture(rng, *shape) for shape in SHAPES]


def _picture(rng: np.random.Generator, height: int, width: int, channels: int) -> Image.Image:
    coarse = rng.integers(0, 256, (5, 7, channels), dtype=np.uint8)
    image = Image.fromarray(coarse[..., 0] if channels == 1 else coarse)
    return image.resize((width, height), Image.Resampling.BICUBIC)
