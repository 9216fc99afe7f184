"""The page and the plots of a training run."""

from __future__ import annotations

from typing import Any

from dlcli.core import files
from dlcli.core import recipe as recipes
from dlcli.core.run import Run
from dlcli.engine.evaluate import Scored
from dlcli.tasks.setup import Setup

WORST = 12
HEADLINE = ("test/accuracy", "test/macro_f1", "test/log_loss", "test/calibration_error")


def write(
    run: Run,
    setup: Setup,
    resolved: recipes.Resolved,
    metrics: dict[str, float],
    history: list[dict[str, Any]],
    best_epoch: int,
    scored: Scored | None,
    details: dict[str, Any],
    notes: list[str],
    seconds: float,
) -> dict[str, str]:
    """Write the page and its figures; returns role → path."""
    from dlcli.ui import page

    parts = setup.parts
    worst = setup.task.examples(parts.test, scored.outputs, WORST) if scored and scored.outputs else []
    counts = ", ".join(f"{len(p):,} {n}" for n, p in parts.by_name().items())
    weights = sum(p.numel() for p in setup.module.parameters())
    content = page.TrainingReport(
        title=resolved.name,
        run=str(run.path),
        summary=[
            ("data", f"{recipes.plain(setup.recipe.data.train)}: {counts}; {len(parts.classes)} classes"),
            ("model", f"{setup.recipe.model.name}, {weights:,} weights"),
            ("device", setup.device.described()),
            ("time", f"{sum(r.get('seconds', 0.0) for r in history):.1f} s of training, {seconds:.1f} s in all"),
        ],
        metrics=metrics,
        headline=[k for k in HEADLINE if k in metrics] or [k.replace("test/", "val/") for k in HEADLINE],
        history=history,
        best_epoch=best_epoch,
        classes=parts.classes,
        confusion=details.get("confusion", []),
        per_class=details.get("per_class", []),
        calibration=details.get("calibration", []),
        mistakes=[page.Mistake(**m) for m in worst],
        environment=files.read_json(run.env),
        recipe=resolved.text(),
        notes=notes,
    )
    return page.write(content, run.page, run.plots)
