"""Predicting: model and pictures → one answer a picture."""

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
import torch
from PIL import Image

from dlcli.core import bundle, files, make, report
from dlcli.core.errors import DataError, Exit, UsageError
from dlcli.core.files import shown
from dlcli.core.output import Output
from dlcli.data import images, inputs
from dlcli.data.loader import Order, PictureBatches, loader
from dlcli.data.pictures import Names, Part, Pictures, whole
from dlcli.engine.device import Device, device_error
from dlcli.engine.onnx_file import device_for
from dlcli.tasks.classify import probabilities
from dlcli.tasks.open import Opened, open_model
from dlcli.ui import tables
from dlcli.ui.console import result, say

FORMATS = (".csv", ".tsv", ".jsonl", ".json")
Record = dict[str, Any]


class _Given(Pictures):
    """Unlabeled pictures, some of which came as bytes."""

    held: dict[str, bytes]

    def read(self, index: int) -> Image.Image:
        name = self.names[index]
        return images.read(self.held.get(name, name), name) if name in self.held else super().read(index)


def predict(
    argument: str,
    words: Sequence[str],
    recipe: Any,
    output: Output,
    out: str | None,
    *,
    stamp: str | None = None,
    depfile: str | None = None,
    recipes_read: Sequence[Path] = (),
    download: bool = False,
) -> None:
    """Run ``dlcli predict``.

    Effects: prints or writes a record a picture, and what ``--stamp`` and ``--depfile`` ask; a broken picture costs one
    error record.

    Raises:
        DataError: no picture could be read at all.

    """
    started_s = time.monotonic()
    if out is not None and Path(out).suffix.lower() not in FORMATS and out != "-":
        raise UsageError(f"--out {out}: the format is told by the ending; allowed: {', '.join(FORMATS)}", key="--out")
    device = device_for(argument, recipe.device)
    if not words and not sys.stdin.isatty():
        words = [inputs.STDIN]
    if not words:
        raise UsageError("which pictures? give files, folders, a pattern, or - for a list on stdin")
    names, held = inputs.expand(words)
    opened = open_model(argument, download=say if download else None)
    if opened.stamp:
        say(f"{argument}: {opened.stamp}", output.quiet)
    elif argument == "imagenet":
        say("imagenet: EfficientNet-Lite0 with ImageNet weights (Apache-2.0)", output.quiet)
    part = whole(_given(names, held, opened.classes))
    records: list[Record] = []
    failed = 0
    stream = output.jsonl and out in (None, "-")
    for record in answers(opened, part, recipe, device):
        failed += "error" in record
        if "error" in record and not stream:
            say(f"{shown(record['input'])}: {record['error']['message']}", output.quiet and not output.machine)
        if stream:
            result(json.dumps(record, ensure_ascii=False))
        else:
            records.append(record)
    read = [*map(str, recipes_read), *bundle.files_of(argument), *_places(words, names), *names]
    make.write_depfile(depfile, stamp or str(out), read)  # before the output: it may be the target
    if not stream:
        _write(opened, records, output, out, time.monotonic() - started_s)
    if failed == len(names):
        raise DataError(f"none of {failed} pictures could be read" if failed > 1 else "the picture could not be read")
    if failed:
        say(f"{failed} of {len(names)} pictures could not be read", output.quiet)
    make.write_stamp(stamp, argument)


def _places(words: Sequence[str], names: Sequence[str]) -> list[str]:
    """Return the folders in which a new picture would have been found too."""
    folders = [word for word in words if os.path.isdir(word)]
    patterns = any(glob.has_magic(word) and not os.path.exists(word) for word in words)
    return [*folders, *dict.fromkeys(os.path.dirname(n) or "." for n in names if patterns)]


def _given(names: list[str], held: dict[str, bytes], classes: list[str]) -> Pictures:
    given = _Given(Names(names), np.full(len(names), -1, dtype=np.int64), classes)
    object.__setattr__(given, "held", held)
    return given


def answers(opened: Opened, part: Part, recipe: Any, device: Device) -> Iterator[Record]:
    """Yield a record for each picture, in order.

    Args:
        opened: the model.
        part: the pictures.
        recipe: ``top``, ``batch`` and ``workers`` are used.
        device: where to compute.

    """
    module = device.ready(opened.module)
    order = Order(len(part), recipe.batch, 0, shuffle=False)
    batches = loader(PictureBatches(part, opened.preprocessing), order, workers=min(recipe.workers, len(order)))
    start = 0
    for batch in batches:
        size = min(recipe.batch, len(part) - start)
        wrong = dict(batch["bad"])
        rows = iter(_probabilities(module, batch, opened, device) if "pictures" in batch else ())
        good = set(batch["index"].tolist())
        for i in range(start, start + size):
            name = part.name(i)
            if i in good:
                yield _answer(name, next(rows), opened, recipe.top)
            else:
                error = {"code": int(Exit.DATA), "message": wrong[name].removeprefix(f"{shown(name)}: "), "hint": ""}
                yield {"input": name, "error": error}
        start += size


@torch.inference_mode()
def _probabilities(module: Any, batch: dict[str, Any], opened: Opened, device: Device) -> np.ndarray:
    try:
        with device.autocast():
            scores = module(device.place(batch)["pictures"])
    except RuntimeError as error:
        raise device_error(error) or error from None
    return probabilities(scores, opened.facts.get("answer", "softmax")).cpu().numpy()


def _answer(name: str, row: np.ndarray, opened: Opened, top: int) -> Record:
    best = np.argsort(-row, kind="stable")[:top]
    listed = [{"label": opened.classes[k], "probability": round(float(row[k]), 6)} for k in best]
    record: Record = {"input": name, **listed[0], "top": listed}
    if opened.stamp:
        record["stamp"] = opened.stamp
    return record


def _write(opened: Opened, records: list[Record], output: Output, out: str | None, seconds: float) -> None:
    doc = report.document(
        "predict", model=opened.argument, seconds=seconds, classes=opened.classes, items=records,
        files={} if out in (None, "-") else {"predictions": str(out)},
    )  # fmt: skip
    rows = [_row(r) for r in records]
    if out in (None, "-"):
        # Off a terminal a broken picture keeps its line, so that lines and inputs stay side by side.
        tables.show(doc, [("", rows if not sys.stdout.isatty() else [r for r in rows if r["label"]])], output)
        return
    suffix = Path(out).suffix.lower()
    if suffix == ".json":
        files.write_text(out, tables.as_json(doc) + "\n")
    elif suffix == ".jsonl":
        files.write_text(out, "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records))
    else:
        files.write_text(out, tables.as_csv(rows, "," if suffix == ".csv" else "\t"))
    if output.json:
        result(tables.as_json({**doc, "items": []}))
    say(f"written: {out}", output.quiet)


def _row(record: Record) -> Record:
    if "error" in record:
        return {
            "input": record["input"],
            "label": None,
            "probability": None,
            "top": "",
            "error": record["error"]["message"],
        }
    top = "; ".join(f"{t['label']} {t['probability']:.4f}" for t in record["top"][1:])
    return {**{k: record[k] for k in ("input", "label", "probability")}, "top": top, "error": ""}
