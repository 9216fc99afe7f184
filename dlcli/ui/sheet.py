"""Contact sheets: small pictures in a grid, a caption under each."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from dlcli.ui.lettering import face

PAPER, INK, FAINT = (255, 255, 255), (40, 40, 40), (225, 225, 225)
CELL_PX, CAPTION_PX, GAP_PX = 128, 20, 10


def contact_sheet(pictures: Sequence[np.ndarray | None], captions: Sequence[str]) -> Image.Image:
    """Return one picture of many.

    Tiny pictures are enlarged without smoothing, so that their pixels can be seen; None draws an empty frame.

    Args:
        pictures: (H, W) or (H, W, 3) uint8.
        captions: a line for each; cut to fit.

    """
    columns = max(1, math.ceil(math.sqrt(len(pictures))))
    rows = math.ceil(len(pictures) / columns)
    step_x, step_y = CELL_PX + GAP_PX, CELL_PX + CAPTION_PX + GAP_PX
    sheet = Image.new("RGB", (columns * step_x + GAP_PX, rows * step_y + GAP_PX), PAPER)
    draw = ImageDraw.Draw(sheet)
    font = face(12)
    for k, (picture, caption) in enumerate(zip(pictures, captions, strict=True)):
        x, y = GAP_PX + k % columns * step_x, GAP_PX + k // columns * step_y
        if picture is None:
            draw.rectangle((x, y, x + CELL_PX - 1, y + CELL_PX - 1), outline=FAINT)
            caption = f"{caption} (unreadable)"
        else:
            tile = _fitted(Image.fromarray(picture).convert("RGB"))
            sheet.paste(tile, (x + (CELL_PX - tile.width) // 2, y + (CELL_PX - tile.height) // 2))
        draw.text((x, y + CELL_PX + 3), _cut(draw, caption, font), fill=INK, font=font)
    return sheet


def _fitted(tile: Image.Image) -> Image.Image:
    scale = CELL_PX / max(tile.size)
    size = (max(1, round(tile.width * scale)), max(1, round(tile.height * scale)))
    return tile.resize(size, Image.Resampling.NEAREST if scale > 2 else Image.Resampling.LANCZOS)


def _cut(draw: ImageDraw.ImageDraw, caption: str, font: ImageFont.FreeTypeFont) -> str:
    caption = " ".join(caption.split())
    if draw.textlength(caption, font=font) <= CELL_PX:
        return caption
    while caption and draw.textlength(f"{caption}…", font=font) > CELL_PX:
        caption = caption[:-1]
    return f"{caption}…"
