"""Describing: a network → its layers, sizes, weights and work."""

from __future__ import annotations

import re
from typing import Any

from dlcli.core import names, report
from dlcli.core.errors import UsageError
from dlcli.core.output import Output
from dlcli.engine.layers import layers
from dlcli.tasks.open import open_model
from dlcli.ui import tables

FAMILIES = ("own", "torchvision", "timm", "all")


def describe(argument: str, size: str | None, output: Output) -> None:
    """Run ``dlcli describe``."""
    opened = open_model(argument, weightless=True)
    shape = _size(size) if size else tuple(opened.facts["size_px"])
    channels = opened.facts["channels"]
    rows = layers(opened.module, (channels, *shape))
    total = {
        "weights": sum(p.numel() for p in opened.module.parameters()),
        "buffers": sum(b.numel() for b in opened.module.buffers()),
        "multiply_adds": sum(r["multiply_adds"] for r in rows),
    }
    facts = [
        {"what": "model", "value": argument},
        {"what": "input", "value": f"{channels}×{shape[0]}×{shape[1]}"},
        {"what": "classes", "value": len(opened.classes)},
        {"what": "weights", "value": total["weights"]},
        {"what": "multiply-adds", "value": total["multiply_adds"]},
        {"what": "memory of the weights", "value": f"{4 * total['weights'] / 2**20:.1f} MiB in float32"},
    ]
    doc = report.document(
        "describe", model=argument, input=[channels, *shape], classes=len(opened.classes), totals=total, items=rows
    )
    tables.show(doc, [(argument, rows), ("", facts)], output)


def _size(word: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d+)(?:[x×](\d+))?", word)
    if not match or not 1 <= int(match[1]) <= 4096 or not 1 <= int(match[2] or match[1]) <= 4096:
        raise UsageError(f"--size-px {word!r}: must be N or HxW with sides of 1 to 4096 pixels", key="--size-px")
    return int(match[1]), int(match[2] or match[1])


def list_names(family: str, output: Output) -> None:
    """Run ``dlcli describe --list``."""
    if family not in FAMILIES:
        raise UsageError(f"--list {family!r} is not allowed; allowed: {', '.join(FAMILIES)}", key="--list")
    rows: list[dict[str, Any]] = []
    if family in ("own", "all"):
        rows += [{"name": n, "family": "own", "about": about} for n, about in names.OWN_MODELS.items()]
        rows.append({"name": names.IMAGENET, "family": "timm", "about": "EfficientNet-Lite0 with ImageNet weights"})
    if family in ("torchvision", "all"):
        rows += [{"name": n, "family": "torchvision", "about": ""} for n in names.TORCHVISION_CLASSIFIERS]
    if family == "timm":
        import timm

        rows += [{"name": f"timm:{n}", "family": "timm", "about": ""} for n in timm.list_models()]
    tables.show(report.document("describe --list", items=rows), [("", rows)], output)
