"""Exporting: a model → one file that answers alike."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn

from dlcli.core import bundle, exported, files, make, report, sources
from dlcli.core import run as runs
from dlcli.core.errors import DataError, Exit, ModelError, Stopped, UsageError
from dlcli.core.files import shown
from dlcli.core.output import Output
from dlcli.data import build, images, samples
from dlcli.data.pictures import whole
from dlcli.engine import export as engine
from dlcli.engine import onnx_file, pt2_file
from dlcli.tasks.open import Opened, open_model
from dlcli.tasks.open_exported import open_exported
from dlcli.ui import tables
from dlcli.ui.console import say

MOST = 32  # pictures of --data that are shown: more prove no more
OTHER_SIZE = (1.25, 1.75)  # of height and width, to prove a free size


def export(
    argument: str,
    format: str,
    out: str,
    output: Output,
    *,
    data: str | None = None,
    dynamic_size: bool = False,
    download: bool = False,
    stamp: str | None = None,
    depfile: str | None = None,
) -> None:
    """Run ``dlcli export``.

    The file is written beside its place, opened as ``predict`` will open it, compared, and only then put there.

    Effects: writes the file, and what ``--stamp`` and ``--depfile`` ask; a file that was there stays until then.

    Raises:
        ModelError: the model cannot be opened, captured or written in this format.
        RunFailed: the file does not answer like the model.

    """
    started_s = time.monotonic()
    if exported.format_of(argument):
        raise ModelError(f"{shown(argument)} is exported already", "give the run, bundle or model name it came from")
    if format == "onnx":
        onnx_file.require(writing=True)
    if out.endswith("/"):
        raise UsageError(f"--out {shown(out)}: names a folder; must be a file ending in .onnx or .pt2", key="--out")
    if Path(out).exists() and not Path(out).is_file():
        raise DataError(f"cannot write {shown(out)}: it is a pipe or device, not a file")
    pictures = [*(_given(data) if data is not None else ()), *samples.pictures()]
    opened = open_model(argument, download=say if download else None)
    if opened.stamp:
        say(f"{argument}: {opened.stamp}", output.quiet)
    size_px = tuple(opened.facts["size_px"])
    program = engine.capture(opened.module, opened.facts["channels"], size_px, dynamic_size=dynamic_size)
    make.write_depfile(depfile, stamp or out, [*bundle.files_of(argument), *sources.places([data])])
    try:
        with files.replacing(out) as file:
            opset = (onnx_file if format == "onnx" else pt2_file).write(program, file, _description(opened))
            file.flush()
            parity = _checked(opened, open_exported(out, Path(file.name), format).module, pictures, dynamic_size)
            size = file.tell()
    except KeyboardInterrupt:
        raise Stopped(Exit.INTERRUPTED, f"stopped; {shown(out)} was not written") from None
    doc = report.document(
        "export", model=argument, data=data, files={"model": out}, seconds=time.monotonic() - started_s, format=format,
        opset=opset, bytes=size, input={"channels": opened.facts["channels"], "size_px": list(size_px)},
        free=["batch", *(("height", "width") if dynamic_size else ())], classes=len(opened.classes),
        parity=parity._asdict(), **({"stamp": opened.stamp} if opened.stamp else {}),
    )  # fmt: skip
    row = {"file": out, "format": format, "opset": opset, "bytes": size, "pictures": parity.pictures}
    tables.show(doc, [("", [{**row, "largest difference": parity.max_difference}])], output)
    say(f"written: {shown(out)}; it answers like the network on {parity.pictures} pictures", output.quiet)
    make.write_stamp(stamp, argument)


def _description(opened: Opened) -> str:
    """Return what the file is to say of itself; a model of a library has the versions of this moment."""
    held = opened.described
    if held is None:
        raise ModelError(f"{opened.argument} does not say what it is made of")
    return exported.text_of(replace(held, versions=held.versions or runs.environment([], "")["versions"]), opened.stamp)


def _checked(opened: Opened, written: nn.Module, pictures: list[Image.Image], dynamic_size: bool) -> engine.Parity:
    """Return how the file compares; with a free size, at another one than the network's too, the worse of both."""
    found = engine.parity(opened.module, written, _inputs(pictures, opened.preprocessing))
    if not dynamic_size:
        return found
    sides = [round(side * share) for side, share in zip(opened.facts["size_px"], OTHER_SIZE, strict=True)]
    steps = [{**s, "size_px": sides} if s["step"] == "resize" else s for s in opened.preprocessing]
    return max(found, engine.parity(opened.module, written, _inputs(pictures, steps)), key=lambda p: p.max_difference)


def _inputs(pictures: list[Image.Image], steps: list[images.Step]) -> torch.Tensor:
    return torch.from_numpy(np.stack([images.apply(p, steps) for p in pictures]))


def _given(word: str) -> list[Image.Image]:
    """Return pictures of a data argument, spread over it."""
    try:
        source = sources.parse(word)
    except ValueError as error:
        raise UsageError(f"--data {word}: {error}", key="--data") from None
    part = whole(build.find(source).pictures)
    places = np.unique(np.linspace(0, len(part) - 1, min(len(part), MOST)).astype(int))
    return [part.read(int(i)) for i in places]
