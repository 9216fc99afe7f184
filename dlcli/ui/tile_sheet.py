"""Many small pictures in a grid, enlarged by a whole factor without smoothing, so that values can be read back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from dlcli.ui.color_scale import table
from dlcli.ui.lettering import face
from dlcli.ui.map_sheet import FAINT, GAP_PX, INK, PAPER, cut

LINE_PX, SMALL_PX, BAR_PX, BAR_WIDE_PX = 18, 14, 8, 160
TILE_GAP_PX = 4
LEAST_WIDE_PX, WANTED_PX = 420, 640
BACK_PX = 6  # between a tile and what belongs to another


@dataclass(frozen=True)
class Bar:
    """What colors mean.

    Args:
        low: in words, at the left end.
        high: at the right end.
        gray: the scale runs from black to white; otherwise in the colors of maps.

    """

    low: str
    high: str
    gray: bool = True


@dataclass(frozen=True)
class Tiling:
    """What is drawn.

    Args:
        tiles: of one size, row by row.
        lines: what stands above.
        captions: a line below each tile; empty: none.
        rows: names of the rows, at the left; empty: none.
        columns: tiles in a row; None: so many that the grid is about square.
        factor: of enlargement; None: tiles of about ``side_px``, larger where there are few.
        side_px: see ``factor``.
        bar: the scale, or None.

    """

    tiles: Sequence[np.ndarray]
    lines: Sequence[str] = ()
    captions: Sequence[str] = ()
    rows: Sequence[str] = ()
    columns: int | None = None
    factor: int | None = None
    side_px: int = 56
    bar: Bar | None = None


@dataclass(frozen=True)
class Drawn:
    """A sheet and where its tiles lie.

    Args:
        image: the sheet.
        layout: origin_px [x, y] of the first tile, tile_px [width, height] as enlarged, step_px [x, y] from one tile to
            the next, gap_px [x, y] between two, factor, columns, rows, count: tile k lies at origin + (k mod columns,
            k div columns) · step, and each of its values is a block of factor × factor pixels.

    """

    image: Image.Image
    layout: dict[str, Any] = field(default_factory=dict)


def sheet(tiling: Tiling, stamp: str = "") -> Drawn:
    """Return tiles in a grid.

    Args:
        tiling: what is drawn.
        stamp: what must be said of the picture, such as that the weights are random; in front of the first line.

    """
    font, small = face(12), face(10)
    pen = ImageDraw.Draw(Image.new("RGB", (1, 1)))
    count = len(tiling.tiles)
    across = min(count, tiling.columns or math.ceil(math.sqrt(count)))
    down = math.ceil(count / across)
    high, wide = tiling.tiles[0].shape[:2]
    factor = tiling.factor or _factor(max(high, wide), max(across * wide, down * high), tiling.side_px)
    tile_w, tile_h = wide * factor, high * factor
    words_w = max((pen.textlength(c, font=small) for c in tiling.captions), default=0)
    step_x = max(tile_w, math.ceil(min(words_w, 96)) if tiling.captions else 0) + TILE_GAP_PX
    step_y = tile_h + TILE_GAP_PX + (SMALL_PX if tiling.captions else 0)
    rows_w = math.ceil(max((pen.textlength(r, font=small) for r in tiling.rows), default=-BACK_PX)) + BACK_PX
    lines = [*tiling.lines] or [""]
    lines[0] = " – ".join(filter(None, (f"[{stamp}]" if stamp else "", lines[0])))
    lines = [line for line in lines if line]
    left = GAP_PX + rows_w
    top = GAP_PX + LINE_PX * len(lines) + (BAR_PX + LINE_PX if tiling.bar else 0)
    size = (max(left + across * step_x + GAP_PX, LEAST_WIDE_PX), top + down * step_y + GAP_PX - TILE_GAP_PX)
    image = Image.new("RGB", size, PAPER)
    draw = ImageDraw.Draw(image)
    for k, line in enumerate(lines):
        at = (GAP_PX, GAP_PX - 3 + LINE_PX * k)
        draw.text(at, cut(draw, line, font, image.width - 2 * GAP_PX), fill=FAINT if k else INK, font=font)
    if tiling.bar:
        _bar(image, draw, small, (GAP_PX, GAP_PX + LINE_PX * len(lines)), tiling.bar)
    for k, row in enumerate(tiling.rows):
        draw.text((GAP_PX, top + k * step_y + (tile_h - SMALL_PX) // 2), row, fill=FAINT, font=small)
    for k, tile in enumerate(tiling.tiles):
        x, y = left + k % across * step_x, top + k // across * step_y
        enlarged = np.repeat(np.repeat(tile, factor, axis=0), factor, axis=1)
        image.paste(Image.fromarray(enlarged).convert("RGB"), (x, y))
        if tiling.captions:
            words = cut(draw, tiling.captions[k], small, step_x - 2)
            draw.text((x, y + tile_h + 1), words, fill=INK, font=small)
    layout = {
        "origin_px": [left, top], "tile_px": [tile_w, tile_h], "step_px": [step_x, step_y],
        "gap_px": [step_x - tile_w, step_y - tile_h], "factor": factor, "columns": across, "rows": down, "count": count,
    }  # fmt: skip
    return Drawn(image, layout)


def _factor(side: int, extent: int, wanted_px: int) -> int:
    """Return a factor that gives tiles their size, or more where the whole sheet would be small."""
    alone = max(1, math.ceil(wanted_px / side)) if side > 1 else 24
    whole = min(WANTED_PX // extent, 4 * wanted_px // side)
    return max(min(alone, 24), min(whole, 48), 1)


def _bar(image: Image.Image, draw: ImageDraw.ImageDraw, font: Any, at: tuple[int, int], bar: Bar) -> None:
    x, y = at
    steps = np.linspace(0, 255, BAR_WIDE_PX).round().astype(np.uint8)
    row = np.repeat(steps[:, None], 3, axis=1) if bar.gray else table()[steps]
    image.paste(Image.fromarray(np.broadcast_to(row, (BAR_PX, BAR_WIDE_PX, 3)).copy()), (x, y))
    draw.text((x, y + BAR_PX), bar.low, fill=FAINT, font=font)
    draw.text((x + BAR_WIDE_PX - draw.textlength(bar.high, font=font), y + BAR_PX), bar.high, fill=FAINT, font=font)


def stacked(images: Sequence[Image.Image]) -> Image.Image:
    """Return pictures one below the other."""
    if len(images) == 1:
        return images[0]
    whole = Image.new("RGB", (max(i.width for i in images), sum(i.height for i in images)), PAPER)
    y = 0
    for image in images:
        whole.paste(image, (0, y))
        y += image.height
    return whole


def strip(values: np.ndarray, names: Sequence[str], lines: Sequence[str], stamp: str = "") -> Image.Image:
    """Return the numbers of a vector as bars on a common zero, in rows; a number stands below where there is room.

    Args:
        values: (C,), finite.
        names: of the bars; empty: none are named.
        lines: what stands above.
        stamp: see ``sheet``.

    """
    font, small = face(12), face(10)
    per_row = min(len(values), 256)
    pen = ImageDraw.Draw(Image.new("RGB", (1, 1)))
    words_w = math.ceil(max((pen.textlength(n, font=small) for n in names), default=0))
    bar = 3 if per_row > 128 else 6 if per_row > 64 else 12
    bar = max(bar, words_w + 4) if per_row * (words_w + 4) <= 900 else bar
    named = bool(names) and bar >= words_w + 4
    rows = math.ceil(len(values) / per_row)
    plot, step = 110, 110 + 10 + (SMALL_PX if named else 0)
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    span = (high - low) or 1.0
    head = [*lines]
    head[0] = " – ".join(filter(None, (f"[{stamp}]" if stamp else "", head[0])))
    left = GAP_PX + 44
    top = 2 * GAP_PX + LINE_PX * len(head)
    wide = max(left + per_row * bar + GAP_PX, LEAST_WIDE_PX)
    image = Image.new("RGB", (wide, top + rows * step + GAP_PX), PAPER)
    draw = ImageDraw.Draw(image)
    for k, line in enumerate(head):
        words = cut(draw, line, font, image.width - 2 * GAP_PX)
        draw.text((GAP_PX, GAP_PX - 3 + LINE_PX * k), words, fill=FAINT if k else INK, font=font)
    for r in range(rows):
        y = top + r * step
        zero = y + round(plot * high / span)
        draw.line((left - 4, zero, left + per_row * bar, zero), fill=FAINT)
        for value, at in dict.fromkeys([(high, y), (0.0, zero), (low, y + plot)]):
            if abs(at - zero) > SMALL_PX or value == 0:
                draw.text((GAP_PX, at - 7), f"{value:.3g}", fill=FAINT, font=small)
        for k, value in enumerate(values[r * per_row : (r + 1) * per_row]):
            x, end = left + k * bar, y + round(plot * (high - float(value)) / span)
            if value:
                color = (0, 114, 178) if value > 0 else (213, 94, 0)
                draw.rectangle((x, min(zero, end), x + max(0, bar - 2), max(zero, end)), fill=color)
            if named:
                draw.text((x, y + plot + 3), names[r * per_row + k], fill=INK, font=small)
    return image
