"""dlcli visualize gradients: the size of the gradient in each layer of a network."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from dlcli.backends import visualize as common
from dlcli.backends import visualize_data as data
from dlcli.backends.visualize import Seen, Subject
from dlcli.backends.visualize_writer import Made, Place, Writer
from dlcli.core.draws import mix
from dlcli.core.errors import DataError, RunFailed
from dlcli.core.output import Output
from dlcli.core.recipe import Resolved
from dlcli.data.pictures import Part
from dlcli.engine.device import device_error
from dlcli.methods import feature_maps, gradient_norms
from dlcli.ui import gradient_bars
from dlcli.ui.console import say

FIGURES = ("norm", "rms", "weight_rms", "ratio", "zeros")
Row = dict[str, Any]


def gradients(words: Sequence[str], resolved: Resolved, output: Output, place: Place) -> None:
    """Run ``dlcli visualize gradients``."""
    started_s = time.monotonic()
    recipe: Any = resolved.recipe
    found = data.many(words, say if place.download else None)
    writer = Writer("gradients", resolved, output, place, found.read, several=False)
    held = common.subject(recipe, output, place)
    labels = None if recipe.label is not None else found.labels_for(held.classes)
    if labels is None and found.labeled is not None and recipe.label is None:
        say(f"{found.name}: its folders are no classes of the network; its own answers are the labels", output.quiet)
    part = found.part if labels is None or found.labeled is None else found.labeled
    seen, kept = _batch(held, recipe, part, writer, output)
    if seen:
        try:
            x = torch.cat([s.x for s in seen])
            given = None if labels is None else torch.from_numpy(labels[kept]).to(x.device)
            made = _made(held, x, recipe, found.name, given)
        except RunFailed as error:
            writer.failed(found.name, error)
        except RuntimeError as error:
            raise device_error(error) or error from None
        else:
            say(made.facts["verdict"]["text"], output.quiet)
            writer.add(made)
    writer.finish(started_s, held.opened)


def gradients_of(held: Subject, seen: Seen, recipe: Any) -> Made:
    """Return the gradients of one picture's loss.

    Raises:
        RunFailed: they are no finite numbers.

    """
    return _made(held, seen.x, recipe, seen.name, None)


def _batch(held: Subject, recipe: Any, part: Part, writer: Writer, output: Output) -> tuple[list[Seen], list[int]]:
    """Return the pictures of the batch, and their numbers in the part; what cannot be read costs a record."""
    chosen = np.arange(len(part))
    if len(part) > recipe.batch:
        draw = np.random.default_rng(mix(recipe.seed, "gradients")).permutation(len(part))
        chosen = np.sort(draw[: recipe.batch])
        say(f"a batch of {recipe.batch} drawn from {len(part):,} pictures", output.quiet)
    seen, kept = [], []
    for i in chosen.tolist():
        name = part.name(i)
        try:
            seen.append(common.see(held, part.read(i), name))
            kept.append(i)
        except DataError as error:
            writer.failed(name, error)
    return seen, kept


def _made(held: Subject, x: Tensor, recipe: Any, name: str, given: Tensor | None) -> Made:
    """Return the gradients of the mean loss of a batch.

    Args:
        held: the network.
        x: the batch.
        recipe: with ``label``, ``mode``, ``seed``.
        name: of the pictures.
        given: their labels; None: the class of the recipe, or the network's answers.

    """
    towards = "labels" if given is not None else "answers" if recipe.label is None else "class"
    if given is None and recipe.label is not None:
        given = torch.full((len(x),), common.class_number(held, recipe.label), device=x.device)
    if given is None:
        with torch.no_grad():
            given = feature_maps.scores_of(held.module(x)).argmax(1)
    independent = held.opened.facts.get("answer", "softmax") == "sigmoid"

    def loss(scores: Tensor) -> Tensor:
        if independent:  # one against the rest, as such networks are trained
            truth = F.one_hot(given, scores.shape[1]).to(scores)
            return F.binary_cross_entropy_with_logits(scores, truth)
        return F.cross_entropy(scores, given)

    norms = gradient_norms.measure(
        held.module, x, loss, held.device, training=recipe.mode == "training", seed=recipe.seed
    )
    told = gradient_norms.verdict(norms)
    kind = "binary_cross_entropy" if independent else "cross_entropy"
    facts = {
        "pictures": len(x), "loss": norms.loss, "loss_name": kind, "towards": towards, "norm": norms.norm,
        "verdict": told, "layers": norms.rows,
    }  # fmt: skip
    if recipe.label is not None:
        facts["class"] = held.classes[int(given[0])]
    aim = {"labels": "their labels", "answers": "the network's own answers", "class": facts.get("class", "")}[towards]
    stamp = f"[{held.opened.stamp}] " if held.opened.stamp else ""
    many = f"{len(x)} picture{'s' * (len(x) > 1)}"
    asked = f"{stamp}{held.opened.argument}: gradient of {kind} ({norms.loss:.4g}) towards {aim}"
    lines = [f"{asked}, {many}, as in {recipe.mode}", told["text"]]
    raw = {k: np.array([_number(r[k]) for r in norms.rows]) for k in FIGURES}
    raw |= {
        "layer": np.array([r["layer"] for r in norms.rows]),
        "weights": np.array([r["weights"] for r in norms.rows]),
    }
    return Made(name, gradient_bars.figure(norms.rows, lines), raw, facts, rows=[_shown(r) for r in norms.rows])


def _number(value: float | None) -> float:
    return float("nan") if value is None else value


def _shown(row: Row) -> Row:
    """Return a row of the table: three figures, for sizes span many powers of ten."""
    figures = {k: None if row[k] is None else f"{row[k]:.3g}" for k in FIGURES}
    return {"layer": row["layer"], "type": row["type"], "weights": row["weights"], **figures}
