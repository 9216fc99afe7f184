"""Patches of pictures as blocks of tiles: what a unit saw, what lay outside, where in a whole picture it stands."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from dlcli.ui.map_sheet import PAPER, SIDE_PX

OUTSIDE = (208, 212, 216)  # padding, and what a unit does not see of a whole picture
FRAME, FRAME_EDGE = (255, 255, 255), (200, 30, 30)
GAP_PX, LEAST_PX = 3, 48
Box = tuple[int, int, int, int]


def side_of(count: int) -> int:
    """Return the side in pixels of each tile of a block of so many: the block is as wide as a panel of a sheet."""
    across = math.ceil(math.sqrt(count))
    return max(LEAST_PX, math.ceil((SIDE_PX - (across - 1) * GAP_PX) / across))


def tile(picture: np.ndarray, window: Box, box: Box, cell: Box | None, side: int) -> np.ndarray:
    """Return what a unit saw of a picture, as a square.

    A window smaller than the picture is shown alone, its padding gray. Otherwise the whole picture is, gray where the
    unit does not see it, with a frame around the cell the unit stands for.

    Args:
        picture: as the network saw it.
        window: what the unit sees, padding included: (x0, y0, x1, y1).
        box: the part of it inside the picture.
        cell: of the map's grid, in pixels of the picture; None: no place.
        side: of the square.
    Shapes:
        picture (H, W, 3) uint8 -> (side, side, 3) uint8

    """
    height, width = picture.shape[:2]
    x0, y0, x1, y1 = box
    alone = window[2] - window[0] < width and window[3] - window[1] < height
    origin = (window[0], window[1]) if alone else (0, 0)
    wide, high = (window[2] - window[0], window[3] - window[1]) if alone else (width, height)
    seen = Image.new("RGB", (wide, high), OUTSIDE)
    seen.paste(Image.fromarray(np.ascontiguousarray(picture[y0:y1, x0:x1])), (x0 - origin[0], y0 - origin[1]))
    scale = side / max(wide, high)
    size = max(1, round(wide * scale)), max(1, round(high * scale))
    seen = seen.resize(size, Image.Resampling.NEAREST if scale >= 1 else Image.Resampling.BOX)
    if cell is not None and not alone:
        draw = ImageDraw.Draw(seen)
        x, y, right, below = (round(v * scale) for v in cell)
        draw.rectangle((x - 1, y - 1, right, below), outline=FRAME_EDGE)
        draw.rectangle((x, y, right - 1, below - 1), outline=FRAME)
    square = Image.new("RGB", (side, side), PAPER)
    square.paste(seen, ((side - size[0]) // 2, (side - size[1]) // 2))
    return np.asarray(square)


def block(tiles: Sequence[np.ndarray], count: int) -> np.ndarray:
    """Return tiles row by row in a square of ``count`` places; places without a tile stay white.

    Shapes:
        tiles of (side, side, 3) uint8 -> (H, W, 3) uint8
    """
    side, across = side_of(count), math.ceil(math.sqrt(count))
    down = math.ceil(count / across)
    step = side + GAP_PX
    whole = np.full((down * step - GAP_PX, across * step - GAP_PX, 3), PAPER, np.uint8)
    for k, one in enumerate(tiles):
        y, x = k // across * step, k % across * step
        whole[y : y + side, x : x + side] = one
    return whole
