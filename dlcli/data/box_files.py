"""Boxes around things in pictures, from COCO's JSON or a table."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from dlcli.core.errors import DataError
from dlcli.core.files import shown

Box = tuple[float, float, float, float]  # x0, y0, x1, y1 in pixels of the picture
COLUMNS = ("input", "x0", "y0", "x1", "y1")


@dataclass(frozen=True)
class Boxes:
    """The boxes of a file: name of a picture → class → boxes; the class is empty where the file names none."""

    path: str
    pictures: dict[str, dict[str, list[Box]]]

    def of(self, picture: str) -> dict[str, list[Box]]:
        """Return the boxes of a picture: the file's name is the end of its path, or its last part where that is one."""
        parts = PurePath(picture).parts
        for name, held in self.pictures.items():
            own = PurePath(name).parts
            if own and parts[-len(own) :] == own:
                return held
        alike = [held for name, held in self.pictures.items() if PurePath(name).name == PurePath(picture).name]
        return alike[0] if len(alike) == 1 else {}

    def names(self) -> list[str]:
        """Return the pictures as files; a relative name is looked for in the folder of the boxes' file."""
        return [str(Path(self.path).parent / name) for name in self.pictures]


def read(path: str) -> Boxes:
    """Read boxes; the format is told by the ending.

    Raises:
        DataError: missing, broken, no box in it.

    """
    name = shown(path)
    if Path(path).suffix.lower() not in (".json", ".csv"):
        raise DataError(f"{name}: boxes are read from COCO's .json, or a .csv with {','.join(COLUMNS)},class")
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DataError(f"{name}: {(error.strerror or str(error)).lower()}") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{name}: not UTF-8 text ({error.reason} at byte {error.start})") from error
    found = _coco(text, name) if Path(path).suffix.lower() == ".json" else _table(text, name)
    if not found:
        raise DataError(f"{name}: holds no box")
    return Boxes(path, found)


def _coco(text: str, name: str) -> dict[str, dict[str, list[Box]]]:
    try:
        held = json.loads(text)
        pictures = {i["id"]: str(i["file_name"]) for i in held["images"]}
        classes = {c["id"]: str(c["name"]) for c in held.get("categories", [])}
        annotations = held["annotations"]
    except ValueError as error:
        raise DataError(f"{name}: not JSON: {error}") from error
    except (KeyError, TypeError, AttributeError) as error:
        text = f"{name}: not COCO's JSON: it has images (id, file_name), annotations and categories (id, name)"
        raise DataError(text) from error
    found: dict[str, dict[str, list[Box]]] = {}
    for number, a in enumerate(annotations):
        where = f"{name}: annotation {number}"
        if not isinstance(a, Mapping):
            raise DataError(f"{where} is no mapping")
        if a.get("iscrowd"):
            continue  # many things under one box: pointing into it says nothing
        if a.get("image_id") not in pictures:
            raise DataError(f"{where} is of image_id {a.get('image_id')!r}, which is not among the images")
        if classes and a.get("category_id") not in classes:
            raise DataError(f"{where} is of category_id {a.get('category_id')!r}, which is not among the categories")
        box = a.get("bbox")
        if not isinstance(box, list) or len(box) != 4:
            raise DataError(f"{where}: bbox {box!r} must be [x, y, width, height]")
        x, y, wide, high = (_number(v, where) for v in box)
        kind = classes.get(a.get("category_id"), "")
        _add(found, pictures[a["image_id"]], kind, (x, y, x + wide, y + high), where)
    return found


def _table(text: str, name: str) -> dict[str, dict[str, list[Box]]]:
    rows = csv.DictReader(text.splitlines(), restkey="", strict=True)
    found: dict[str, dict[str, list[Box]]] = {}
    try:
        missing = [c for c in COLUMNS if c not in (rows.fieldnames or [])]
        if missing:
            raise DataError(f"{name}: no column {', '.join(missing)}; the first line must be {','.join(COLUMNS)},class")
        for row in rows:
            where = f"{name}: line {rows.line_num}"
            box: Any = tuple(_number(row[c], where) for c in COLUMNS[1:])
            _add(found, row["input"], row.get("class") or "", box, where)
    except csv.Error as error:
        raise DataError(f"{name}: line {rows.line_num}: {error}") from error
    return found


def _number(value: Any, where: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if isinstance(value, bool) or not math.isfinite(number):
        raise DataError(f"{where}: {value!r} is no number of pixels")
    return number


def _add(found: dict[str, dict[str, list[Box]]], picture: str, kind: str, box: Box, where: str) -> None:
    if not box[2] > box[0] or not box[3] > box[1]:
        raise DataError(f"{where}: the box {' '.join(f'{v:g}' for v in box)} (x0 y0 x1 y1) has no area")
    if not picture:
        raise DataError(f"{where}: no picture is named")
    found.setdefault(picture, {}).setdefault(kind.strip(), []).append(box)
