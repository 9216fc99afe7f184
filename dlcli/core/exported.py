"""What an exported file says of itself: its bundle, as JSON text inside the file.

ONNX carries the text in ``metadata_props`` under ``dlcli``, PT2 as the extra file ``dlcli.json``. A file comes from
anywhere, so nothing in the text is used before it has been looked at.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from dlcli import __version__
from dlcli.core.bundle import Bundle
from dlcli.core.errors import ModelError, UsageError
from dlcli.core.files import shown

FORMATS = ("onnx", "pt2")
KEY = "dlcli"
VERSION = 1
LARGEST_PX = 4096
# A bundle's fields that make no sense without its files.
LEFT_OUT = ("kind", "weights_sha256", "files", "schema")
ANEW = "export the model anew"


def format_of(path: str | Path) -> str:
    """Return ``onnx`` or ``pt2`` by a file name's ending; empty for any other."""
    suffix = Path(path).suffix.lower().removeprefix(".")
    return suffix if suffix in FORMATS else ""


def format_for(asked: str | None, out: str) -> str:
    """Return the format to write.

    Args:
        asked: the value of ``--format``, or None.
        out: the file to write; its ending tells the format too.

    Raises:
        UsageError: neither tells it, they contradict each other, or the file is stdout.

    """
    allowed = ", ".join(FORMATS)
    if asked is not None and asked not in FORMATS:
        raise UsageError(f"--format {asked!r} is not allowed; allowed: {allowed}", key="--format")
    if out in ("", "-"):
        raise UsageError(f"--out {out!r} names no file; an exported model is one", "-o net.onnx", key="--out")
    told = format_of(out)
    if asked and told and asked != told:
        raise UsageError(f"--format {asked} and --out {out} contradict each other", "leave one out", key="--format")
    if not (asked or told):
        raise UsageError(
            f"--out {out}: which format? the ending says none of {allowed}", "give --format", key="--format"
        )
    if not told:  # it could not be opened again: the ending is what tells a file from a folder or a name
        raise UsageError(f"--out {out}: an exported file must end in .{asked}", f"-o {out}.{asked}", key="--out")
    return told


def text_of(bundle: Bundle, stamp: str) -> str:
    """Return what the file is to say of itself.

    Args:
        bundle: of the model.
        stamp: what every output must say of it, such as that its weights are random.
    """
    held = {f.name: getattr(bundle, f.name) for f in fields(Bundle) if f.name not in LEFT_OUT}
    held["metrics"] = {k: v for k, v in bundle.metrics.items() if math.isfinite(v)}
    doc = {"format": VERSION, "dlcli": __version__, **held, "stamp": stamp}
    return json.dumps(doc, ensure_ascii=False, allow_nan=False)


def read(text: str, path: str | Path) -> tuple[Bundle, str]:
    """Return bundle and stamp from what a file says of itself.

    Args:
        text: the JSON inside the file.
        path: of the file, for messages.

    Raises:
        ModelError: not JSON, of a newer format, or without something ``predict`` needs.

    """
    try:
        doc = json.loads(text, parse_constant=_refused)
        if not isinstance(doc, dict):
            raise ValueError("it is no mapping")
        version = doc.pop("format", None)
        if type(version) is int and version > VERSION:
            raise ModelError(
                f"{shown(path)} has format {version}; this dlcli reads {VERSION}", "install a newer dlcli-toolkit"
            )
        if version != VERSION:
            raise ValueError(f"format is {version!r}, must be {VERSION}")
        doc.pop("dlcli", None)
        stamp = doc.pop("stamp", "")
        bundle = Bundle(kind="network", **doc)
        wrong = next(_wrong(bundle, stamp), None)
    except (ValueError, TypeError, RecursionError) as error:
        wrong = str(error).splitlines()[0]
    if wrong:
        raise ModelError(f"{shown(path)}: what it says of itself ({KEY}) is broken: {wrong}", ANEW)
    return bundle, stamp


def _refused(word: str) -> float:
    raise ValueError(f"{word} is no JSON")


def _wrong(bundle: Bundle, stamp: Any) -> Iterator[str]:
    """Yield what is wrong, the first thing first; what comes later may rely on what came before."""
    for name, value in (("task", bundle.task), ("license_note", bundle.license_note), ("stamp", stamp)):
        if not isinstance(value, str):
            yield f"{name} is no text"
    if not isinstance(bundle.model, dict) or not isinstance(bundle.model.get("name"), str):
        yield "model has no name"
    facts = bundle.facts
    if not isinstance(facts, dict):
        yield "facts is no mapping"
    classes, channels = facts.get("classes"), facts.get("channels")
    if not isinstance(classes, list) or not classes or not all(isinstance(c, str) for c in classes):
        yield "facts.classes is no list of names"
    if type(channels) is not int or channels not in (1, 3):
        yield f"facts.channels is {channels!r}, must be 1 or 3"
    if not _is_size(facts.get("size_px")):
        yield f"facts.size_px is {facts.get('size_px')!r}, must be [height, width] of 1 to {LARGEST_PX}"
    if facts.get("answer", "softmax") not in ("softmax", "sigmoid"):
        yield f"facts.answer is {facts['answer']!r}, must be softmax or sigmoid"
    if not isinstance(bundle.preprocessing, list) or not bundle.preprocessing:
        yield "preprocessing is no list of steps"
    for number, step in enumerate(bundle.preprocessing):
        if not isinstance(step, dict) or not _is_step(step, channels, facts["size_px"]):
            yield f"preprocessing[{number}] is {json.dumps(step)[:80]}"
    if [s["step"] for s in bundle.preprocessing if s["step"] in STEPS] != list(STEPS):
        yield f"preprocessing must be {', '.join(STEPS)}"


STEPS = ("color", "resize", "normalize")


def _is_step(step: dict[str, Any], channels: int, size_px: list[int]) -> bool:
    """Say whether a step can be run; one this dlcli does not know is told by what runs it."""
    match step.get("step"):
        case "color":
            return step.get("channels") == channels
        case "resize":
            keep = step.get("keep", 1.0)
            fits = step.get("fit") in ("crop", "pad", "stretch") and step.get("filter") in ("bilinear", "bicubic")
            return step.get("size_px") == size_px and fits and _is_number(keep) and 0 < keep <= 1
        case "normalize":
            mean, std = step.get("mean"), step.get("std")
            lists = all(isinstance(v, list) and len(v) == channels and all(map(_is_number, v)) for v in (mean, std))
            return lists and min(std) > 0
    return isinstance(step.get("step"), str)


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)


def _is_size(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(type(v) is int and 1 <= v <= LARGEST_PX for v in value)
