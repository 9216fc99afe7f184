"""Describing: a network → its layers, sizes, weights and work."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from dlcli.core import bundle, files, names, report
from dlcli.core.errors import CheckFailed, UsageError
from dlcli.core.output import Output
from dlcli.core.schemas.describe import DescribeRecipe, sides
from dlcli.engine.layers import Layers, layers
from dlcli.models import catalog
from dlcli.models.convolutional import convolutional as converted
from dlcli.models.stride import as_v1
from dlcli.tasks.open import Opened, open_model, own_defaults
from dlcli.ui import tables
from dlcli.ui.console import result, say

FAMILIES = ("own", "torchvision", "timm", "all")
FORMATS = (".csv", ".tsv", ".json")
LARGER = 12 / 7  # 224 → 384 px, the picture the course slides a head over
TOLERANCE = 1e-4  # of the largest score: sums of thousands of float32 products in another order


def describe(
    argument: str, recipe: DescribeRecipe, output: Output, out: str | None = None, *, convolutional: bool = False
) -> None:
    """Run ``dlcli describe``.

    Args:
        argument: the words that named the model.
        recipe: which network.
        output: how to speak.
        out: a file to write the layers to.
        convolutional: turn the head into convolutions first, and compare.

    Raises:
        CheckFailed: the scores of the converted network are not those of the network.

    """
    if out is not None and Path(out).suffix.lower() not in FORMATS and out != "-":
        raise UsageError(f"--out {out}: the format is told by the ending; allowed: {', '.join(FORMATS)}", key="--out")
    opened = _open(recipe, convolutional=convolutional)
    if recipe.stride:
        as_v1(opened.module)
    own = tuple(opened.facts["size_px"])
    size = sides(recipe.size_px) if recipe.size_px else own
    shape = (opened.facts["channels"], *size)
    facts = [
        {"what": "model", "value": argument},
        {"what": "input", "value": "×".join(map(str, shape))},
        {"what": "classes", "value": len(opened.classes)},
    ]
    if convolutional and opened.directory is None:
        opened = replace(opened, stamp="random weights, seed 0")
        facts.append({"what": "compared with", "value": opened.stamp})
    more: dict[str, Any] = {}
    changed: list[dict[str, Any]] = []
    if convolutional:
        module, more, changed = _convolutional(opened, own, recipe.size_px)
        facts += [
            {"what": "largest difference of the scores", "value": more["metrics"]["max_abs_difference"]},
            {
                "what": f"scores of a picture of {'×'.join(map(str, more['larger']['input'][1:]))}",
                "value": "×".join(map(str, more["larger"]["scores"])),
            },
        ]
        opened = replace(opened, module=module)
    found = layers(opened.module, shape)
    totals = _totals(opened.module, found)
    doc = report.document(
        "describe", model=argument, network=recipe.model.partition("@")[0], input=list(shape),
        classes=len(opened.classes), totals=totals, items=found.rows,
        files={} if out in (None, "-") else {"layers": str(out)}, **more,
    )  # fmt: skip
    rows = [_row(r) for r in found.rows]
    if out in (None, "-"):
        tables.show(doc, [(argument, rows), ("head", changed), ("", facts + _facts(totals))], output)
    else:
        _write(out, doc, rows, output)
    if convolutional and not more["equal"]:
        raise CheckFailed(
            f"the scores differ by up to {more['metrics']['max_abs_difference']:.3g}: the conversion is not exact"
        )


def _open(recipe: DescribeRecipe, *, convolutional: bool) -> Opened:
    """Return the network asked for; weights are those of a bundle, else random where any are needed."""
    weightless = not convolutional
    given = {k: getattr(recipe, k) for k in ("args", "channels", "classes", "built_px") if getattr(recipe, k)}
    if bundle.locate(Path(recipe.model)) is not None:
        if given:
            first = next(iter(given))
            key = f"--{first}" if first in ("channels", "classes") else f"--set {first}"
            raise UsageError(
                f"{recipe.model} is a trained network: its {', '.join(given)} cannot be others",
                "give the name of its architecture instead",
                key=key,
            )
        return open_model(recipe.model, weightless=weightless)
    opened = open_model(recipe.model, weightless=True)
    built_px = recipe.built_px or (None if convolutional else recipe.size_px)  # a head is slid over another size
    if weightless and not given and not built_px:
        return opened
    name = recipe.model.partition("@")[0]
    facts = dict(opened.facts)
    facts["channels"] = recipe.channels or facts["channels"]
    facts["size_px"] = list(sides(built_px)) if built_px else facts["size_px"]
    if recipe.classes:
        facts["classes"] = [str(k) for k in range(recipe.classes)]
    args = {**(own_defaults(name) if name in names.OWN_MODELS else {}), **recipe.args}
    torch.manual_seed(0)
    module = (catalog.skeleton if weightless else catalog.build)(
        name, channels=facts["channels"], size_px=tuple(facts["size_px"]), classes=len(facts["classes"]), args=args
    )
    return replace(opened, module=module.eval(), facts=facts)


def _convolutional(
    opened: Opened, own: tuple[int, ...], size_px: str | None
) -> tuple[nn.Module, dict[str, Any], list[dict[str, Any]]]:
    """Return the network with its head as convolutions, what that gave, and what became what."""
    channels = opened.facts["channels"]
    picture = torch.randn(1, channels, *own, generator=torch.Generator().manual_seed(0))
    done = converted(opened.module, picture)
    with torch.inference_mode():
        scores = done.module(picture)
    same = scores.shape == (*done.scores.shape, 1, 1)
    apart = float((scores.flatten(1) - done.scores).abs().max()) if same else float("inf")
    large = [channels, *(sides(size_px) if size_px else (round(side * LARGER) for side in own))]
    last = [r for r in layers(done.module, tuple(large)).rows if len(r["output"]) == 3][-1]
    more = {
        **({"stamp": opened.stamp} if opened.stamp else {}),
        "metrics": {"max_abs_difference": apart, "max_abs_score": float(done.scores.abs().max())},
        "equal": apart <= TOLERANCE * float(done.scores.abs().max()),
        "larger": {"input": large, "scores": last["output"]},
        "converted": done.rows,
    }
    return done.module, more, done.rows


def _totals(module: nn.Module, found: Layers) -> dict[str, Any]:
    return {
        "weights": sum(p.numel() for p in module.parameters()),
        "buffers": sum(b.numel() for b in module.buffers()),
        "multiply_adds": sum(r["multiply_adds"] for r in found.rows),
        "activation_bytes": sum(r["activation_bytes"] for r in found.rows),
        "peak_activation_bytes": found.peak_bytes,
        "receptive_field_px": found.receptive_field_px,
        "sees_all": any(r["sees"] == "all" for r in found.rows),
    }


def _facts(totals: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"what": "weights", "value": totals["weights"]},
        {"what": "multiply-adds", "value": totals["multiply_adds"]},
        {"what": "memory of the weights", "value": f"{_size(4 * totals['weights'])} in float32"},
        {"what": "outputs of all layers", "value": f"{_size(totals['activation_bytes'])} a picture"},
        {"what": "most at once in use", "value": f"{_size(totals['peak_activation_bytes'])} a picture"},
        {"what": "largest receptive field", "value": _field(totals)},
    ]


def _field(totals: dict[str, Any]) -> str:
    """Return the largest window a unit sees; dense layers and attention after it see the whole picture."""
    window = f"{_pair(totals['receptive_field_px'])} px" if totals["receptive_field_px"] else ""
    return ", then ".join([*filter(None, [window]), *(["the whole picture"] if totals["sees_all"] else [])]) or "none"


def _size(count: int) -> str:
    """Return bytes as people say them."""
    return f"{count / 2**20:.1f} MiB" if count >= 2**20 else f"{count / 2**10:.1f} KiB"


def _row(row: dict[str, Any]) -> dict[str, Any]:
    """Return a layer as a line of the table."""
    field = _pair(row["receptive_field_px"]) or {"nothing": ""}.get(row["sees"], row["sees"])
    return {
        "name": row["name"],
        "type": row["type"],
        "output": "×".join(map(str, row["output"])),
        "weights": row["weights"],
        "multiply_adds": row["multiply_adds"],
        "activation_bytes": row["activation_bytes"],
        "field_px": f"{field} gated" if row["gated"] and row["sees"] == "window" else field,
        "stride_px": _pair(row["stride_px"]),
        "padding_px": _pair(row["padding_px"]),
    }


def _pair(sides_px: list[int] | None) -> str:
    """Return height and width as one number where they are equal."""
    return "×".join(map(str, dict.fromkeys(sides_px))) if sides_px else ""


def _write(out: str, doc: dict[str, Any], rows: list[dict[str, Any]], output: Output) -> None:
    suffix = Path(out).suffix.lower()
    if suffix == ".json":
        files.write_text(out, tables.as_json(doc) + "\n")
    else:
        files.write_text(out, tables.as_csv(rows, "," if suffix == ".csv" else "\t"))
    if output.json:
        result(tables.as_json({**doc, "items": []}))
    say(f"written: {out}", output.quiet)


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
