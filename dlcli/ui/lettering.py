"""The letters drawn into pictures."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path

from PIL import ImageFont


@cache
def face(size_px: int) -> ImageFont.FreeTypeFont:
    """Return a font of this size: matplotlib's DejaVu Sans, since Pillow's own has no é, × or –.

    The file is found without importing matplotlib, which takes a third of a second.
    """
    spec = importlib.util.find_spec("matplotlib")
    for folder in spec.submodule_search_locations or () if spec is not None else ():
        path = Path(folder) / "mpl-data/fonts/ttf/DejaVuSans.ttf"
        if path.is_file():
            return ImageFont.truetype(str(path), size_px)
    return ImageFont.load_default(size_px)
