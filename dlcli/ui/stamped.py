"""What must be said of a picture, drawn into it where there is no room beside it."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from dlcli.ui.lettering import face
from dlcli.ui.map_sheet import INK, PAPER, cut

FONT_PX = range(12, 6, -1)  # the greatest that fits


def stamped(picture: np.ndarray, stamp: str) -> Image.Image:
    """Return a picture of the same size with a stamp in its lower left corner, or as it is without one.

    Args:
        picture: of any size; on a small one the stamp is small and cut.
        stamp: such as that the weights are random.
    Shapes:
        picture (H, W) or (H, W, 3) uint8

    """
    image = Image.fromarray(picture)
    if not stamp:
        return image
    image = image.convert("RGB")
    draw = ImageDraw.Draw(image)
    text, room = f"[{stamp}]", image.width - 4
    fonts = [face(size) for size in FONT_PX]
    font = next((f for f in fonts if draw.textlength(text, font=f) <= room), fonts[-1])
    line = cut(draw, text, font, room)
    _, _, right, bottom = draw.textbbox((2, 0), line, font=font)
    y = image.height - (bottom + 3)
    draw.rectangle((0, y, right + 2, image.height), fill=PAPER)
    draw.text((2, y + 1), line, fill=INK, font=font)
    return image
