"""dlcli visualize kernel: basic image processing, without a network."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from dlcli.backends.visualize_pictures import given, places, read
from dlcli.backends.visualize_writer import Made, Place, Writer
from dlcli.core import picture_ops
from dlcli.core.errors import DataError, DlcliError, UsageError
from dlcli.core.output import Output
from dlcli.core.picture_ops import Operation
from dlcli.core.recipe import Resolved
from dlcli.data import matrices
from dlcli.ops import filtering
from dlcli.ops.filtering import Filtered
from dlcli.ui import map_sheet, tables
from dlcli.ui.console import is_live
from dlcli.ui.map_sheet import Panel

# What is shown side by side when no operation is named; those that take one channel are shown on gray.
GALLERY = ("negative", "gray:mean", "gray:luma", "blur:3", "box:9", "shift:40,20", "sharpen", "emboss")
GALLERY_GRAY = ("sobel", "sobel:x", "sobel:y", "laplacian")
PANEL_PX = 400  # longest side of a picture in a sheet
Row = dict[str, Any]


def kernel(words: Sequence[str], resolved: Resolved, output: Output, place: Place) -> None:
    """Run ``dlcli visualize kernel``."""
    recipe: Any = resolved.recipe
    started_s = time.monotonic()
    if recipe.matrix is not None or recipe.example is not None:
        if words:
            text = f"pictures ({words[0]}) and a matrix do not go together"
            raise UsageError(text, "leave out the pictures, or --matrix and --example", key="matrix")
        _matrix(resolved, output, place, started_s)
        return
    names, held = given(words)
    writer = Writer("kernel", resolved, output, place, [*names, *places(words, names)], several=len(names) > 1)
    for name in names:
        try:
            made = kernel_of(name, read(name, held), recipe)
        except UsageError:
            raise
        except DlcliError as error:
            writer.failed(name, error)
        except MemoryError:
            writer.failed(name, DataError("too large for the memory of this machine"))
        else:
            writer.add(made)
    writer.finish(started_s, None)


def kernel_of(name: str, image: Image.Image, recipe: Any) -> Made:
    """Return a picture after the operations of a recipe; without any, a sheet of what each makes of it."""
    values = np.asarray(image).astype(np.float32)
    padding = recipe.padding or "edge"
    if not recipe.operations():
        return _gallery(name, values, padding)
    stages = _stages(Filtered(values), recipe, padding)
    last = stages[-1][1]
    picture, how = filtering.as_bytes(last, recipe.display)
    drawn = map_sheet.sheet([_panel(*stage, recipe.display) for stage in stages]) if recipe.steps else None
    facts = {"size_px": _size(last.values), "ops": _words(recipe), "display": how, **_range(last.values)}
    return Made(name, drawn or Image.fromarray(picture), {"values": last.values}, facts)


def _panel(word: str, found: Filtered, display: str) -> Panel:
    picture, how = filtering.as_bytes(found, display)
    return Panel(_small(picture), (word, f"{found.values.shape[1]} x {found.values.shape[0]}, {_said(how)}"))


def _stages(first: Filtered, recipe: Any, padding: Any) -> list[tuple[str, Filtered]]:
    """Return what is there before and after each operation, by name."""
    weights, found = recipe.weights(), first
    stages = [("picture" if recipe.example is None and recipe.matrix is None else "matrix", first)]
    for word, op in zip(_words(recipe), recipe.operations(), strict=True):
        with np.errstate(all="ignore"):  # told below
            found = filtering.run(found, op, padding, weights, recipe.stride)
        stages.append((word, found))
    if not np.isfinite(found.values).all():
        raise DataError("the numbers have grown beyond what floats can hold", "take smaller weights or a divisor")
    return stages


def _gallery(name: str, values: np.ndarray, padding: Any) -> Made:
    panels = [Panel(_small(values.astype(np.uint8)), ("picture", f"{values.shape[1]} x {values.shape[0]}"))]
    first = Filtered(values)
    faint = Filtered(filtering.gray(values, "luma"))
    for start, words in ((first, GALLERY), (faint, GALLERY_GRAY)):
        for word in words:
            op = picture_ops.operation(word)
            picture, how = filtering.as_bytes(filtering.run(start, _within(op, values), padding))
            panels.append(Panel(_small(picture), (word, _said(how))))
    facts = {"size_px": _size(values), "ops": [*GALLERY, *GALLERY_GRAY], **_range(values)}
    return Made(name, map_sheet.sheet(panels), {}, facts)


def _within(op: Operation, values: np.ndarray) -> Operation:
    """Return a shift of the gallery small enough for a small picture."""
    if op.name != "shift":
        return op
    return replace(op, numbers=(min(40, values.shape[1] // 8), min(20, values.shape[0] // 8)))


def _small(picture: np.ndarray) -> np.ndarray:
    """Return a picture small enough for a sheet."""
    longest = max(picture.shape[:2])
    if longest <= PANEL_PX:
        return picture
    high, wide = (max(1, round(n * PANEL_PX / longest)) for n in picture.shape[:2])
    return np.asarray(Image.fromarray(picture).resize((wide, high), Image.Resampling.BOX))


def _words(recipe: Any) -> list[str]:
    operations = recipe.operations()
    example = picture_ops.EXAMPLES[recipe.example].ops if recipe.example else ()
    return [w.strip() for w in recipe.ops or example] or [op.name for op in operations]


def _size(values: np.ndarray) -> str:
    return f"{values.shape[1]}×{values.shape[0]}"


def _said(how: str) -> str:
    return {"clip": "0 to 255", "signed": "0 is middle gray", "stretch": "greatest is white"}[how]


def _range(values: np.ndarray) -> Row:
    ends = {"min": values.min(), "max": values.max(), "mean": values.mean(dtype=np.float64)}
    return {key: round(float(value), 4) for key, value in ends.items()}


# Matrices.


def _matrix(resolved: Resolved, output: Output, place: Place, started_s: float) -> None:
    """Print a matrix after each operation; write a picture of it where one is asked for."""
    recipe: Any = resolved.recipe
    drawn = place.out is not None or place.raw is not None
    read_too = [recipe.matrix] if recipe.from_file else []
    writer = Writer("kernel", resolved, output, place, read_too, several=False, figures=not drawn)
    stages = _stages(Filtered(_numbers(recipe), "signed"), recipe, recipe.padding or "valid")
    shown = [{"after": word, "size_px": _size(f.values), "values": f.values.tolist()} for word, f in stages]
    name = recipe.example or (Path(recipe.matrix).stem if recipe.from_file else "matrix")
    panels = [_panel(*stage, recipe.display) for stage in (stages if recipe.steps else stages[-1:])] if drawn else []
    picture = map_sheet.sheet(panels) if drawn else None
    writer.add(Made(name, picture, {"values": stages[-1][1].values}, {"ops": _words(recipe), "steps": shown}))
    if place.out != "-" and not output.machine:
        tables.show({}, [(word, _rows(word, f.values)) for word, f in stages], output)
    writer.finish(started_s, None, rows=[])


def _numbers(recipe: Any) -> np.ndarray:
    if recipe.from_file:
        return matrices.read(recipe.matrix)
    text = picture_ops.EXAMPLES[recipe.example].matrix if recipe.example else recipe.matrix
    return np.array(picture_ops.rows(text))


def _rows(word: str, values: np.ndarray) -> list[Row]:
    """Return a matrix as a table: whole numbers as they are, others with two decimals, as in the course."""
    whole = bool((values == values.round()).all())
    cells = [[f"{v:.0f}" if whole else f"{v:.2f}" for v in row] for row in values.round(2) + 0.0]
    wide = max(len(cell) for row in cells for cell in row) if is_live(sys.stdout) else 0
    return [{word: r, **{str(c): cell.rjust(wide) for c, cell in enumerate(row, 1)}} for r, row in enumerate(cells, 1)]
