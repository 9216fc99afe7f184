"""``train --dry-run``: what would happen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dlcli.core import bundle, report, transfer
from dlcli.core import recipe as recipes
from dlcli.core import run as runs
from dlcli.core.output import Output
from dlcli.core.run import Run
from dlcli.tasks.setup import Setup
from dlcli.ui import tables


def show(setup: Setup, resolved: recipes.Resolved, options: Any, output: Output) -> None:
    """Say what would happen; nothing is written."""
    recipe, parts, count = setup.recipe, setup.parts, setup.recipe.device.count
    order = setup.order(parts.train)
    weights = sum(p.numel() for p in setup.module.parameters())
    run = options.run or Run(runs.planned(options.out, recipe.task, resolved.name))
    writes = [
        run.recipe,
        run.env,
        run.metrics,
        run.log,
        run.checkpoints,
        run.model / bundle.WEIGHTS,
        run.model / bundle.FILE,
    ]
    named = [n for n in (options.stamp, options.depfile, output.events) if n and n != "-"]
    writes += [run.report, run.page, run.plots, *map(Path, named), *([run.watched] if options.watch else [])]
    advice = transfer.advised(recipe.model, setup.facts["counts"])
    size = "×".join(map(str, setup.facts["size_px"]))
    steps = f"{recipe.train.epochs} epochs of {len(order)} steps of {min(order.batch, order.count)} pictures"
    rows = [
        {"what": "recipe", "value": resolved.name},
        {"what": "data", "value": "; ".join(parts.notes)},
        {
            "what": "model",
            "value": f"{recipe.model.name}, {weights:,} weights, {size} px",
        },
        *({"what": "start", "value": n} for n in setup.task.notes),
        *({"what": "advice", "value": line} for line in (advice.lines() if advice else ())),
        {"what": "device", "value": setup.device.described()},
        *([{"what": "processes", "value": str(count)}] if count > 1 else []),
        {"what": "steps", "value": steps},
        # Weights, gradients and two moments at 4 bytes each; activations come on top.
        {"what": "memory", "value": f"at least {16 * weights / 2**20:.0f} MiB for weights and optimizer"},
        *({"what": "would write", "value": str(p)} for p in writes),
    ]
    doc = report.document(
        "train --dry-run", data=str(recipes.plain(recipe.data.train)), plan=rows, files={p.name: str(p) for p in writes}
    )
    tables.show(doc, [("", rows)], output)
