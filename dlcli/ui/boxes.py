"""Pictures with boxes drawn."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageDraw

from dlcli.ui.lettering import face

EDGE, SHADE, INK = (0, 158, 115), (0, 0, 0), (255, 255, 255)


def with_boxes(picture: Image.Image, boxes: Sequence[tuple[int, int, int, int]], labels: Sequence[str]) -> Image.Image:
    """Return a picture with a frame around each box and its label above, on a dark ground that any picture shows.

    Args:
        picture: any mode.
        boxes: x, y, width, height in pixels.
        labels: one a box; empty for none.

    """
    drawn = picture.convert("RGB")
    draw = ImageDraw.Draw(drawn)
    thick = max(2, round(max(drawn.size) / 300))
    font = face(max(10, round(max(drawn.size) / 40)))
    for (x, y, wide, high), label in zip(boxes, labels, strict=True):
        frame = (x, y, x + wide - 1, y + high - 1)
        draw.rectangle((frame[0] - 1, frame[1] - 1, frame[2] + 1, frame[3] + 1), outline=SHADE, width=thick + 2)
        draw.rectangle(frame, outline=EDGE, width=thick)
        if label:
            left, top, right, bottom = draw.textbbox((0, 0), label, font=font)
            tall = bottom - top + 6
            above = y - tall if y >= tall else y
            draw.rectangle((x, above, x + right - left + 6, above + tall), fill=EDGE)
            draw.text((x + 3 - left, above + 3 - top), label, fill=INK, font=font)
    return drawn
