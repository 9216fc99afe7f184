"""Detecting: a cascade and pictures → boxes; no torch is imported."""

from __future__ import annotations

import glob
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dlcli.core import files, make, report
from dlcli.core.errors import DataError, Exit, UsageError
from dlcli.core.files import shown
from dlcli.core.output import Output
from dlcli.data import images, inputs
from dlcli.methods import cascade_store
from dlcli.methods.cascade_scan import Found, Scanner, Search
from dlcli.ui import boxes, tables
from dlcli.ui.console import result, say

FORMATS = (".csv", ".tsv", ".jsonl", ".json")
COLUMNS = ("input", "x", "y", "width", "height", "score")
Record = dict[str, Any]


def detect(
    argument: str,
    words: Sequence[str],
    recipe: Any,
    output: Output,
    out: str | None,
    *,
    stages: bool = False,
    stamp: str | None = None,
    depfile: str | None = None,
    recipes_read: Sequence[Path] = (),
) -> None:
    """Run ``dlcli detect``.

    Effects: prints or writes boxes, draws them when ``out`` is a folder; a broken picture costs one error record.

    Raises:
        UsageError: no pictures named, or an output that cannot be meant.
        DataError: no picture could be read at all.

    """
    started_s = time.monotonic()
    folder, file = _places(out)
    if not words and sys.stdin is not None and not sys.stdin.isatty():
        words = [inputs.STDIN]
    if not words:
        raise UsageError("which pictures? give files, folders, a pattern, or - for a list on stdin")
    model = cascade_store.find(argument)
    if model != argument:
        say(f"{shown(argument)} is read from {model}", output.quiet)
    cascade, _ = cascade_store.load(model)
    search = Search(recipe.scale, recipe.step, recipe.smallest, recipe.largest, recipe.min_neighbors)
    names, held = inputs.expand(words)
    drawn = _drawn_names(names)
    targets = [folder / new for new in drawn] if folder is not None else [file] if file is not None else []
    _refuse_overwriting(targets, [n for n in names if n not in held], cascade_store.files_of(model))
    if folder is not None:
        _make(folder)
    stream = output.jsonl and file is None
    records: list[Record] = []
    totals = np.zeros(len(cascade.stages) + 2, dtype=np.int64)
    failed, busy_s = 0, 0.0
    for number, (record, counts, seconds) in enumerate(_answers(Scanner(cascade), names, held, search)):
        failed += "error" in record
        busy_s += seconds
        if counts is not None:
            totals += counts
            if folder is not None:
                record["drawn"] = _draw(folder / drawn[number], names[number], held, record)
        if "error" in record and not stream:
            say(f"{shown(record['input'])}: {record['error']['message']}", output.quiet and not output.machine)
        if stream:
            result(json.dumps(record, ensure_ascii=False))
        else:
            records.append(record)
    read = [*map(str, recipes_read), *cascade_store.files_of(model), *_watched(words, names), *names]
    make.write_depfile(depfile, stamp or str(out), read)  # before the output: it may be the target
    if not stream:
        speed = round(int(totals[0]) / busy_s) if busy_s else None
        metrics = {} if speed is None else {"windows_per_s": speed}
        doc = report.document(
            "detect", model=argument, seconds=time.monotonic() - started_s, items=records, metrics=metrics,
            files={} if out in (None, "-") else {"boxes" if folder is None else "pictures": str(out)},
            windows=int(totals[0]), windows_per_s=speed, stages=_stage_rows(totals),
        )  # fmt: skip
        _write(doc, output, file)
    _tell(totals, busy_s, len(names) - failed, stages, output.quiet)
    if failed == len(names):
        raise DataError(f"none of {failed} pictures could be read" if failed > 1 else "the picture could not be read")
    if failed:
        say(f"{failed} of {len(names)} pictures could not be read", output.quiet)
    if out not in (None, "-"):
        say(f"written: {shown(out)}", output.quiet)
    make.write_stamp(stamp, argument)


def _places(out: str | None) -> tuple[Path | None, Path | None]:
    """Return the folder for drawn pictures, or the file for boxes; neither for stdout."""
    if out in (None, "-"):
        return None, None
    path = Path(out)
    if path.suffix.lower() in FORMATS and not path.is_dir():
        return None, path
    if images.is_picture(out) or path.is_file():
        allowed = f"a folder for pictures with boxes, or a file ending in {', '.join(FORMATS)}"
        raise UsageError(f"--out {shown(out)}: must be {allowed}", key="--out")
    return path, None


def _refuse_overwriting(targets: Sequence[Path], names: Sequence[str], model: Sequence[str]) -> None:
    """Refuse outputs that are inputs: a picture drawn over would be lost, and read again as if it were one."""
    read = {key: name for name in (*names, *model) if (key := _same(name)) is not None}
    for target in targets:
        if (key := _same(target)) in read and key is not None:
            what = f"--out: {shown(target)} would be written over {shown(read[key])}, which is read"
            raise UsageError(what, "choose another folder or file for --out", key="--out")


def _same(path: str | Path) -> tuple[int, int] | None:
    """Return what two names of one file have in common; None where there is no file."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(f"cannot make the folder {shown(folder)}: {error.strerror or error}") from error


def _watched(words: Sequence[str], names: Sequence[str]) -> list[str]:
    """Return the folders in which a new picture would have been found too."""
    folders = [word for word in words if os.path.isdir(word)]
    patterns = any(glob.has_magic(word) and not os.path.exists(word) for word in words)
    return [*folders, *dict.fromkeys(os.path.dirname(n) or "." for n in names if patterns)]


def _answers(
    scanner: Scanner, names: Sequence[str], held: dict[str, bytes], search: Search
) -> Iterator[tuple[Record, list[int] | None, float]]:
    """Yield a record for each picture, its windows left by stage, and the seconds of the search."""
    for name in names:
        try:
            picture = images.read(held.get(name, name), name).convert("L")
        except DataError as error:
            message = error.message.removeprefix(f"{shown(name)}: ")
            yield {"input": name, "error": {"code": int(Exit.DATA), "message": message, "hint": error.hint}}, None, 0.0
            continue
        began_s = time.monotonic()
        found = scanner.detect(picture, search)
        yield _record(name, picture.size, found), found.counts, time.monotonic() - began_s


def _record(name: str, size: tuple[int, int], found: Found) -> Record:
    return {
        "input": name,
        "width": size[0],
        "height": size[1],
        "boxes": [dict(vars(box)) for box in found.boxes],
        "stages": _stage_rows(found.counts),
    }


def _stage_rows(counts: Sequence[int] | np.ndarray) -> list[Record]:
    """Return windows in and out of the contrast test (stage 0) and of each stage."""
    return [
        {
            "stage": k,
            "windows_in": int(counts[k]),
            "windows_out": int(counts[k + 1]),
            "share": round(int(counts[k + 1]) / int(counts[k]), 6) if counts[k] else None,
        }
        for k in range(len(counts) - 1)
    ]


def _drawn_names(names: Sequence[str]) -> list[str]:
    """Return a file name for each drawn picture: its own, numbered where several share it."""
    taken: set[str] = set()
    found = []
    for name in names:
        stem, number = Path(name).stem, 1
        new = f"{stem}.png"
        while new.lower() in taken:
            number += 1
            new = f"{stem}-{number}.png"
        taken.add(new.lower())
        found.append(new)
    return found


def _draw(path: Path, name: str, held: dict[str, bytes], record: Record) -> str:
    picture = images.read(held.get(name, name), name)
    places = [(b["x"], b["y"], b["width"], b["height"]) for b in record["boxes"]]
    drawn = boxes.with_boxes(picture, places, [str(b["score"]) for b in record["boxes"]])
    files.write_with(path, lambda file: drawn.save(file, format="PNG"))
    return str(path)


def _write(doc: Record, output: Output, file: Path | None) -> None:
    rows = [_row(r["input"], b) for r in doc["items"] for b in r.get("boxes", [])]
    if file is None:
        tables.show(doc, [("", rows)], output)
        return
    suffix = file.suffix.lower()
    if suffix == ".json":
        files.write_text(file, tables.as_json(doc) + "\n")
    elif suffix == ".jsonl":
        files.write_text(file, "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in doc["items"]))
    else:
        header = "," if suffix == ".csv" else "\t"
        files.write_text(file, tables.as_csv(rows, header) if rows else header.join(COLUMNS) + "\n")
    if output.json:
        result(tables.as_json({**doc, "items": []}))


def _row(name: str, box: Record) -> Record:
    return {"input": name, **{k: box[k] for k in COLUMNS[1:]}}


def _tell(totals: np.ndarray, busy_s: float, pictures: int, stages: bool, quiet: bool) -> None:
    """Say how much was looked at, how fast, and with ``--stages`` what was left after each stage."""
    if not pictures:
        return
    if stages:
        say("stage  windows in  windows out   share", quiet)
        for row in _stage_rows(totals):
            share = "" if row["share"] is None else f"{row['share']:.4f}"
            name = "contrast" if row["stage"] == 0 else str(row["stage"])
            say(f"{name:>8}  {row['windows_in']:>9,}  {row['windows_out']:>9,}  {share:>7}", quiet)
    speed = f", {int(totals[0]) / busy_s:,.0f} a second" if busy_s else ""
    say(f"{pictures} picture{'s' * (pictures > 1)}, {int(totals[0]):,} windows{speed}", quiet)
