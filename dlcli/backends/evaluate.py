"""Evaluating: model and labeled data → metrics."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from dlcli.core import bundle, files, make, report, sources
from dlcli.core import recipe as recipes
from dlcli.core import run as runs
from dlcli.core.errors import DataError, ModelError, UsageError
from dlcli.core.output import Output
from dlcli.data import build
from dlcli.data.library import Announce
from dlcli.data.loader import Order, PictureBatches, loader
from dlcli.data.pictures import Part, too_many, whole
from dlcli.engine.evaluate import evaluate as score
from dlcli.engine.onnx_file import device_for
from dlcli.engine.task import Batch, Task
from dlcli.metrics import classification
from dlcli.tasks.classify import probabilities
from dlcli.tasks.open import Opened, open_model
from dlcli.ui import tables
from dlcli.ui.console import say, say_each


class _Answers(Task):
    """Scores probabilities without a recipe's loss."""

    def __init__(self, answer: str, bins: int):
        self.answer, self.bins = answer, bins

    def outputs(self, module: torch.nn.Module, batch: Batch) -> dict[str, torch.Tensor]:
        scores = module(batch["pictures"])
        return {
            "index": batch["index"],
            "labels": batch["labels"],
            "probabilities": probabilities(scores, self.answer),
        }

    def scores(self, outputs: dict[str, np.ndarray]) -> dict[str, float]:
        return classification.scores(outputs["probabilities"], outputs["labels"], bins=self.bins)


def evaluate(
    argument: str,
    recipe: Any,
    output: Output,
    *,
    under: list[str],
    over: list[str],
    out: str | None,
    stamp: str | None,
    depfile: str | None = None,
    recipes_read: Sequence[Path] = (),
    download: bool = False,
) -> None:
    """Run ``dlcli evaluate``.

    Effects: prints metrics; writes what ``--out``, ``--stamp`` and ``--depfile`` ask; raises when a check fails.
    """
    started_s = time.monotonic()
    device = device_for(argument, recipe.device)
    opened = open_model(argument, download=say if download else None)
    part, said = _part(opened, recipe, say if download else None)
    say(said, output.quiet)
    part = _in_classes_of(opened, part)
    order = Order(len(part), recipe.batch, 0, shuffle=False)
    batches = loader(PictureBatches(part, opened.preprocessing), order, workers=min(recipe.workers, len(order)))
    task = _Answers(opened.facts.get("answer", "softmax"), recipe.bins)
    scored = score(task, device.ready(opened.module), batches, device)
    if scored is None or not scored.outputs:
        raise DataError(f"none of {len(part)} pictures could be read")
    say_each([f"left out: {reason}" for _, reason in scored.bad], output.quiet)
    if too_many(len(scored.bad), len(part)):
        raise DataError(
            f"{len(scored.bad)} of {len(part)} pictures could not be read, more than one in a hundred",
            "the metrics of the others could mislead; dlcli data check names the broken ones",
        )
    labels, found = scored.outputs["labels"], scored.outputs["probabilities"]
    matrix = classification.confusion(labels, found.argmax(1), len(opened.classes))
    classes = classification.class_rows(opened.classes, matrix)
    doc = report.document(
        "evaluate",
        model=argument,
        data=recipe.data or said,
        metrics=scored.metrics,
        files={} if out is None else {"report": f"{out}/report.json", "predictions": f"{out}/predictions.csv"},
        seconds=time.monotonic() - started_s,
        samples=len(labels),
        unreadable=[{"input": n, "error": r} for n, r in scored.bad],
        per_class=classes,
        confusion={"classes": opened.classes, "counts": matrix.tolist()},
        calibration=classification.calibration(found, labels, recipe.bins),
        **({"stamp": opened.stamp} if opened.stamp else {}),
    )
    read = [*map(str, recipes_read), *bundle.files_of(argument), *_places(opened, recipe)]
    read += [part.name(i) for i in range(len(part))]
    make.write_depfile(depfile, stamp or f"{out}/report.json", read)  # before the report: it may be the target
    if out is not None:
        _write(Path(out), doc, part, opened, scored.outputs)
    rows = [{"metric": k, "value": v} for k, v in scored.metrics.items()]
    there = [r for r in classes if r["support"]]
    grid = _confusion_rows(opened.classes, matrix) if len(opened.classes) <= 20 else []
    tables.show(
        doc,
        [(f"{len(labels):,} pictures", rows), ("classes", there), ("truth in rows, answers in columns", grid)],
        output,
    )
    report.check(scored.metrics, under, over)
    make.write_stamp(stamp, argument)


def _part(opened: Opened, recipe: Any, download: Announce | None) -> tuple[Part, str]:
    """Return the pictures to score and where they come from, in words.

    Without ``--data``, or with the word the run was trained on, the run's own split is made again, so that pictures it
    was trained on are not scored by accident.
    """
    own = _own_recipe(opened)
    if recipe.data is None and own is None:
        raise UsageError(f"{opened.argument} is no run with data of its own; give --data", key="--data")
    trained_on = own is not None and recipe.data in (None, str(recipes.plain(own.data.train)))
    if trained_on and recipe.part != "all":
        part = "test" if recipe.part == "auto" else recipe.part
        found = build.from_recipe(own.data, own.seed, download).by_name()[part]
        if not len(found):
            raise DataError(f"the run has no {part} part", "give data of its own with --data")
        return found, f"data: the {part} part of the run's own split of {recipes.plain(own.data.train)}"
    word = recipe.data or str(recipes.plain(own.data.train))
    try:
        source = sources.parse(word)
    except ValueError as error:
        raise UsageError(f"--data {word}: {error}", key="--data") from None
    found = build.find(source, download)
    part = recipe.part
    if part == "auto":
        part = "test" if "test" in found.parts else "all"
    if part == "all":
        return whole(found.pictures), f"data: all {len(found.pictures)} pictures of {word}"
    if part not in found.parts:
        raise UsageError(
            f"{word} has no {part} part of its own; there is {', '.join(found.parts) or 'none'}", key="--part"
        )
    return found.part(part), f"data: the {part} part of {word}"


def _own_recipe(opened: Opened) -> Any:
    """Return the recipe of the run a bundle lies in, or None."""
    if opened.directory is None:
        return None
    run = runs.Run(opened.directory.parent)
    return recipes.resolve(None, base=runs.recipe_tree(run)).recipe if run.is_run() else None


def _places(opened: Opened, recipe: Any) -> list[str]:
    """Return the files and folders the data was looked for in."""
    own = _own_recipe(opened)
    if recipe.data is not None or own is None:
        return sources.places([recipe.data])
    return sources.places([recipes.plain(own.data.train), recipes.plain(own.data.val), recipes.plain(own.data.test)])


def _in_classes_of(opened: Opened, part: Part) -> Part:
    """Return the part with the model's class numbers."""
    known = {name: k for k, name in enumerate(opened.classes)}
    strangers = [c for c, n in part.counts().items() if n and c not in known]
    if strangers:
        raise ModelError(
            f"the model does not know the classes {', '.join(strangers[:5])}; it knows {', '.join(opened.classes[:10])}"
            + (" …" if len(opened.classes) > 10 else "")
        )
    pictures = part.pictures
    number = np.asarray([known.get(c, 0) for c in pictures.classes], dtype=np.int64)
    renumbered = type(pictures)(pictures.names, number[pictures.labels], opened.classes, pictures.arrays)
    return Part(renumbered, part.index)


def _confusion_rows(classes: list[str], matrix: np.ndarray) -> list[dict[str, Any]]:
    return [
        {"truth": t, **{c: int(n) for c, n in zip(classes, row, strict=True)}}
        for t, row in zip(classes, matrix, strict=True)
    ]


def _write(out: Path, doc: dict[str, Any], part: Part, opened: Opened, outputs: dict[str, np.ndarray]) -> None:
    from dlcli.core.files import writing_failed

    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise writing_failed(out, error) from error
    rows = []
    for index, label, row in zip(outputs["index"], outputs["labels"], outputs["probabilities"], strict=True):
        guess = int(row.argmax())
        rows.append(
            {
                "input": part.name(int(index)),
                "label": opened.classes[label],
                "prediction": opened.classes[guess],
                "probability": float(row[guess]),
            }
        )
    files.write_text(out / "predictions.csv", tables.as_csv(rows, ","))
    files.write_text(out / "report.json", tables.as_json(doc) + "\n")
