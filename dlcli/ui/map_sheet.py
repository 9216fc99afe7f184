"""What `visualize` draws with: maps over pictures, and sheets of panels side by side, each with what it is."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from dlcli.ui.color_scale import colored, table
from dlcli.ui.lettering import face

PAPER, INK, FAINT = (255, 255, 255), (40, 40, 40), (95, 105, 115)
SIDE_PX = 336  # of a panel's longer side, at least
GAP_PX, LINE_PX, BAR_PX = 10, 18, 8


@dataclass(frozen=True)
class Panel:
    """One picture of a sheet.

    Args:
        picture: (H, W) or (H, W, 3) uint8.
        lines: what stands below it.
        scale: the ends of the color scale in words, such as ``("0", "1")``; None: no scale is drawn.

    """

    picture: np.ndarray
    lines: tuple[str, ...] = ()
    scale: tuple[str, str] | None = None


def over(picture: np.ndarray, values: np.ndarray, opacity: float) -> np.ndarray:
    """Return a map in colors over a gray copy of its picture, so that every hue seen is the map's.

    Shapes:
        picture (H, W, 3) uint8, values (H, W) of 0 to 1 -> (H, W, 3) uint8
    """
    gray = picture.astype(np.float64) @ np.array([0.299, 0.587, 0.114])
    mixed = (1 - opacity) * gray[..., None] + opacity * colored(values)
    return np.clip(mixed, 0, 255).round().astype(np.uint8)


def sheet(panels: Sequence[Panel], title: str = "", stamp: str = "", columns: int | None = None) -> Image.Image:
    """Return panels in a grid, all at one scale, enlarged without smoothing where they are small.

    Args:
        panels: what is shown, row by row.
        title: a line above; may be empty.
        stamp: what must be said of the picture, such as that the weights are random; drawn into its first line.
        columns: panels in a row; None: up to four.

    """
    across = max(1, min(len(panels), columns or (4 if len(panels) > 4 else len(panels))))
    down = math.ceil(len(panels) / across)
    high, wide = (max(p.picture.shape[axis] for p in panels) for axis in (0, 1))
    factor = max(1, math.ceil(SIDE_PX / max(high, wide)))
    cell_w = max(wide * factor, 120)
    text_h = LINE_PX * max(len(p.lines) for p in panels) + (BAR_PX + LINE_PX if any(p.scale for p in panels) else 0)
    head = " – ".join(filter(None, (f"[{stamp}]" if stamp else "", title)))
    top = GAP_PX + (LINE_PX + 4 if head else 0)
    step_x, step_y = cell_w + GAP_PX, high * factor + text_h + GAP_PX
    image = Image.new("RGB", (across * step_x + GAP_PX, top + down * step_y), PAPER)
    draw, font = ImageDraw.Draw(image), face(12)
    if head:
        draw.text((GAP_PX, GAP_PX - 3), cut(draw, head, font, image.width - 2 * GAP_PX), fill=INK, font=font)
    for k, panel in enumerate(panels):
        x, y = GAP_PX + k % across * step_x, top + k // across * step_y
        tile = Image.fromarray(panel.picture).convert("RGB")
        image.paste(tile.resize((tile.width * factor, tile.height * factor), Image.Resampling.NEAREST), (x, y))
        y += high * factor + 3
        if panel.scale:
            _bar(image, draw, font, (x, y), min(cell_w, wide * factor), panel.scale)
        y += BAR_PX + LINE_PX if any(p.scale for p in panels) else 0
        for line in panel.lines:
            draw.text((x, y), cut(draw, line, font, cell_w), fill=INK, font=font)
            y += LINE_PX
    return image


def _bar(
    image: Image.Image, draw: ImageDraw.ImageDraw, font: ImageFont.FreeTypeFont, at: tuple[int, int], wide: int,
    ends: tuple[str, str],
) -> None:  # fmt: skip
    x, y = at
    row = table()[np.linspace(0, 255, wide).round().astype(int)]
    image.paste(Image.fromarray(np.broadcast_to(row, (BAR_PX, wide, 3)).copy()), (x, y))
    draw.text((x, y + BAR_PX), ends[0], fill=FAINT, font=font)
    draw.text((x + wide - draw.textlength(ends[1], font=font), y + BAR_PX), ends[1], fill=FAINT, font=font)


def cut(draw: ImageDraw.ImageDraw, line: str, font: ImageFont.FreeTypeFont, wide_px: float) -> str:
    """Return a line that takes at most so many pixels, cut with an ellipsis."""
    line = " ".join(line.split())
    if draw.textlength(line, font=font) <= wide_px:
        return line
    while line and draw.textlength(f"{line}…", font=font) > wide_px:
        line = line[:-1]
    return f"{line}…"


def png(image: Image.Image) -> bytes:
    """Return a picture as the bytes of a PNG file."""
    held = io.BytesIO()
    image.save(held, "PNG", compress_level=4)
    return held.getvalue()
