"""The page and the plots of a training run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dlcli.core import files
from dlcli.core import recipe as recipes
from dlcli.core.run import Run
from dlcli.engine.evaluate import Scored
from dlcli.tasks.setup import Setup

WORST = 12
HEADLINE = ("test/accuracy", "test/macro_f1", "test/log_loss", "test/calibration_error")


@dataclass(frozen=True)
class Shown:
    """What a run came to.

    Args:
        metrics: ``part/name`` → value.
        history: one record an epoch.
        best_epoch: whose weights were kept.
        scored: the test part, or None.
        details: what the task says of the test part beyond its metrics.
        notes: what was said while it ran.
        seconds: in all.
        diagnosis: of ``core/diagnosis.py``.
        watched: verdicts, layers and looks of ``--watch gradients``, or None.

    """

    metrics: dict[str, float]
    history: list[dict[str, Any]]
    best_epoch: int
    scored: Scored | None
    details: dict[str, Any]
    notes: list[str]
    seconds: float
    diagnosis: dict[str, str]
    watched: dict[str, Any] | None


def write(run: Run, setup: Setup, resolved: recipes.Resolved, shown: Shown) -> dict[str, str]:
    """Write the page and its figures; returns role → path."""
    from dlcli.ui import page

    parts = setup.parts
    details, scored = shown.details, shown.scored
    worst = setup.task.examples(parts.test, scored.outputs, WORST) if scored and scored.outputs else []
    trained_s = sum(r.get("seconds", 0.0) for r in shown.history)
    counts = ", ".join(f"{len(p):,} {n}" for n, p in parts.by_name().items())
    weights = sum(p.numel() for p in setup.module.parameters())
    content = page.TrainingReport(
        title=resolved.name,
        run=str(run.path),
        summary=[
            ("data", f"{recipes.plain(setup.recipe.data.train)}: {counts}; {len(parts.classes)} classes"),
            ("model", f"{setup.recipe.model.name}, {weights:,} weights"),
            ("device", setup.device.described()),
            ("time", f"{trained_s:.1f} s of training, {shown.seconds:.1f} s in all"),
        ],
        metrics=shown.metrics,
        headline=[k for k in HEADLINE if k in shown.metrics] or [k.replace("test/", "val/") for k in HEADLINE],
        history=shown.history,
        best_epoch=shown.best_epoch,
        classes=parts.classes,
        confusion=details.get("confusion", []),
        per_class=details.get("per_class", []),
        calibration=details.get("calibration", []),
        mistakes=[page.Mistake(**m) for m in worst],
        environment=files.read_json(run.env),
        recipe=resolved.text(),
        notes=shown.notes,
        diagnosis=shown.diagnosis,
        watched=shown.watched,
    )
    return page.write(content, run.page, run.plots)
