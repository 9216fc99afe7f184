"""Picture classification."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from dlcli.core.draws import mix
from dlcli.core.errors import DataError, UsageError
from dlcli.data import images
from dlcli.data.pictures import Part
from dlcli.engine.task import Batch, Losses, Monitor, Task
from dlcli.metrics import classification
from dlcli.models import catalog, freezing, rates, weights
from dlcli.ops.pictures import statistics
from dlcli.tasks.classify_loss import loss
from dlcli.tasks.classify_network import start

AUXILIARY_WEIGHT = 0.3  # of a loss at an auxiliary head: Szegedy et al. 2015, section 5
EXAMPLE_PX = 224  # largest side of an example in the report
SAMPLE = 300  # pictures read for the statistics; their standard error is then below a hundredth of the spread


class Classify(Task):
    """Trains a network that names one of K classes for a picture.

    Args:
        recipe: a ``ClassifyRecipe``; its data, model and loss sections and the seed are used.

    """

    name = "classify"
    monitor = Monitor("accuracy", higher=True)
    metrics = ("loss", *classification.METRICS)

    def __init__(self, recipe: Any):
        self.recipe = recipe
        self.license_note = ""
        self.download: weights.Announce | None = None
        self.notes: list[str] = []
        self._head = ""
        self._classes: list[str] = []
        self._class_weights: Tensor | None = None
        self._answer = "sigmoid" if recipe.loss.name == "binary_cross_entropy" else "softmax"

    def prepare(self, part: Part) -> dict[str, Any]:
        """Learn classes, size, channels and statistics from the training part.

        Raises:
            DataError: none of the pictures looked at can be read.

        """
        image, model = self.recipe.data.image, self.recipe.model
        needs = catalog.needs(model.name)
        size = image.size_px
        size_px = needs.size_px if size is None else tuple(size) if isinstance(size, list) else (size, size)
        sample = _sample(part)
        channels = int(image.channels) if image.channels != "auto" else needs.channels
        if channels is None:
            channels = 1 if all(images.is_gray(p) for p in sample) else 3
        pretrained = model.weights == "published"
        if image.normalize == "none":
            mean, std = [0.0] * channels, [1.0] * channels
        elif image.normalize == "auto" and pretrained and channels == len(needs.mean):
            mean, std = list(needs.mean), list(needs.std)
        else:
            steps = images.steps(channels=channels, size_px=size_px, fit=image.fit, mean=[], std=[])
            mean, std = statistics(images.as_array(images.fitted(p, steps)) for p in sample)
        return {
            "classes": list(part.pictures.classes),
            "counts": list(part.counts().values()),
            "size_px": list(size_px),
            "channels": channels,
            "fit": image.fit,
            "filter": needs.filter if pretrained else "bilinear",
            "mean": [float(v) for v in mean],
            "std": [float(v) for v in std],
            "answer": self._answer,
        }

    def build(self, facts: dict[str, Any]) -> nn.Module:
        """Return the network with its starting weights."""
        model = self.recipe.model
        self._classes = facts["classes"]
        torch.manual_seed(mix(self.recipe.seed, "init"))
        made = start(model, self.args, facts, self.recipe.seed, self.download)
        self._head, self.license_note = made.head, made.license_note
        self.notes += made.notes
        if getattr(self.recipe.loss, "class_weights", "none") == "balanced":
            counts = torch.tensor(facts["counts"], dtype=torch.float32)
            self._class_weights = counts.sum() / (counts.clamp(min=1) * (counts > 0).sum())
        return made.module

    def try_out(self, module: nn.Module, facts: dict[str, Any]) -> None:
        """Run one blank picture through the network.

        Raises:
            UsageError: it cannot take the size.
        """
        height, width = facts["size_px"]
        module.eval()
        try:
            with torch.inference_mode():
                module(torch.zeros(1, facts["channels"], height, width))
        except (RuntimeError, ValueError, AssertionError) as error:
            raise UsageError(
                f"{self.recipe.model.name} cannot take pictures of {height}×{width}: {str(error).splitlines()[0]}",
                "set another data.image.size_px",
                key="data.image.size_px",
            ) from error

    @property
    def args(self) -> dict[str, Any]:
        """The network's arguments; these two networks' published weights were trained on other statistics inside."""
        model = self.recipe.model
        inside = model.weights == "published" and model.name in ("googlenet", "inception_v3")
        return {"transform_input": True, **model.args} if inside else model.args

    def preprocessing(self, facts: dict[str, Any]) -> list[images.Step]:
        """Return the steps from a picture to the network's input."""
        return images.steps(
            channels=facts["channels"],
            size_px=tuple(facts["size_px"]),
            fit=facts["fit"],
            mean=facts["mean"],
            std=facts["std"],
            filter=facts["filter"],
        )

    def train_mode(self, module: nn.Module) -> None:
        """Put the network in training mode; frozen parts stay as they are in use."""
        model = self.recipe.model
        freezing.train_mode(module, self._head, model.freeze, model.batch_norm)

    def parameters(self, module: nn.Module) -> dict[str, Iterable[Any]]:
        """Return the parameters that are trained, in groups where their learning rates differ."""
        model = self.recipe.model
        return {"main": rates.groups(module, self._head, model.trunk_lr, model.layer_decay)}

    @property
    def cacheable(self) -> bool:
        """Whether what the head sees of a picture is the same in every epoch."""
        return self.recipe.model.freeze == "features" and not self.recipe.data.augment

    @property
    def head(self) -> str:
        """Name of the layer that gives the class scores; known once the network is built."""
        return self._head

    def answer(self, module: nn.Module, batch: Batch) -> Any:
        """Return what the network answers to a batch of ``pictures``, or of ``features``: the inputs of its head."""
        if "features" in batch:
            return module.get_submodule(self._head)(batch["features"])
        return module(batch["pictures"])

    def losses(self, module: nn.Module, batch: Batch) -> Losses:
        """Yield the mean loss of the batch for the one optimizer; report the accuracy.

        A mixed picture (``data/mix.py``) has two labels; loss and accuracy are those of either, weighted by its share.
        An auxiliary head that trains nothing, since it and all below it are frozen, is left out.
        """
        scores, auxiliary = parted(self.answer(module, batch))
        total = _of_both(batch, lambda labels: self._loss(scores, labels)).mean()
        for more in (a for a in auxiliary if a.requires_grad or not scores.requires_grad):
            total = total + AUXILIARY_WEIGHT * _of_both(batch, lambda labels, s=more: self._loss(s, labels)).mean()
        yield "main", total
        answer = scores.detach().argmax(1)
        return {"accuracy": _of_both(batch, lambda labels: (answer == labels).double()).mean()}

    def outputs(self, module: nn.Module, batch: Batch) -> dict[str, Tensor]:
        """Return probabilities, labels and losses of a batch, a row a sample."""
        scores = self.answer(module, batch)
        return {
            "index": batch["index"],
            "labels": batch["labels"],
            "loss": self._loss(scores, batch["labels"]),
            "probabilities": probabilities(scores, self._answer),
        }

    def scores(self, outputs: dict[str, np.ndarray]) -> dict[str, float]:
        """Return the mean loss and the figures of ``metrics/classification.py``."""
        found = classification.scores(outputs["probabilities"], outputs["labels"])
        return {"loss": float(outputs["loss"].astype(np.float64).mean()), **found}

    def _loss(self, scores: Tensor, labels: Tensor) -> Tensor:
        return loss(self.recipe.loss, scores, labels, self._class_weights)

    def details(self, outputs: dict[str, np.ndarray]) -> dict[str, Any]:
        """Return the figures of each class, the confusion matrix with the truth in rows, and the reliability table."""
        found, labels = outputs["probabilities"], outputs["labels"]
        matrix = classification.confusion(labels, found.argmax(1), found.shape[1])
        return {
            "per_class": classification.class_rows(self._classes, matrix),
            "confusion": matrix.tolist(),
            "calibration": classification.calibration(found, labels),
        }

    def examples(self, part: Part, outputs: dict[str, np.ndarray], count: int) -> list[dict[str, Any]]:
        """Return the pictures with the highest loss, the highest first."""
        found = []
        for row in np.argsort(-outputs["loss"], kind="stable")[:count]:
            i, answer = int(outputs["index"][row]), outputs["probabilities"][row]
            picture = part.read(i)
            picture.thumbnail((EXAMPLE_PX, EXAMPLE_PX))
            guess = int(answer.argmax())
            found.append(
                {
                    "picture": np.asarray(picture),
                    "name": part.name(i),
                    "truth": self._classes[int(outputs["labels"][row])],
                    "prediction": self._classes[guess],
                    "confidence": float(answer[guess]),
                    "loss": float(outputs["loss"][row]),
                }
            )
        return found


def _of_both(batch: Batch, figure: Callable[[Tensor], Tensor]) -> Tensor:
    """Return a figure of each sample for its label, or for its two labels weighted by their shares."""
    own = figure(batch["labels"])
    if "share" not in batch:
        return own
    return batch["share"] * own + (1 - batch["share"]) * figure(batch["labels2"])


def parted(answer: Any) -> tuple[Tensor, list[Tensor]]:
    """Return the class scores, and those of auxiliary heads: networks that have some give a tuple in training mode."""
    if isinstance(answer, Tensor):
        return answer, []
    scores, *auxiliary = answer
    return scores, [a for a in auxiliary if a is not None]


def probabilities(scores: Tensor, answer: str) -> Tensor:
    """Return class probabilities: the softmax, or the sigmoids of one-against-the-rest brought to sum 1.

    Args:
        scores: of the classes.
        answer: ``softmax`` or ``sigmoid``.
    Shapes:
        scores (B, K) -> (B, K) float32

    """
    if answer == "sigmoid":
        each = scores.float().sigmoid()
        return each / each.sum(1, keepdim=True).clamp(min=1e-12)
    return scores.float().softmax(1)


def _sample(part: Part) -> list[Any]:
    """Return up to ``SAMPLE`` readable pictures, evenly spread over the part."""
    places = np.unique(np.linspace(0, len(part) - 1, min(len(part), SAMPLE)).astype(int))
    found, reason = [], ""
    for i in places:
        try:
            found.append(part.read(int(i)))
        except DataError as error:
            reason = error.message
    if not found:
        raise DataError(f"none of {len(places)} training pictures can be read; the last: {reason}")
    return found
