"""Picture classification."""

from __future__ import annotations

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
from dlcli.models import catalog, weights
from dlcli.models.initialization import initialize
from dlcli.ops.pictures import statistics
from dlcli.tasks.classify_loss import loss

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
        module = network(model.name, self.args, facts)
        initialize(module, model.init, self.recipe.seed)
        self.notes += getattr(module, "notes", ())
        if model.weights == "published":
            original = published_network(model.name, facts)
            tensors, self.license_note = weights.published(model.name, original, self.download)
            fresh = weights.load(module, tensors, f"the published weights of {model.name}", new_head=True)
            self.notes.append(f"weights: {self.license_note}")
        elif model.weights != "none":
            tensors = weights.from_file(model.weights)
            own = {k: v.shape for k, v in module.state_dict().items()}
            new_head = any(own.get(k, v.shape) != v.shape for k, v in tensors.items())
            fresh = weights.load(module, tensors, model.weights, new_head=new_head)
            self.notes.append(f"weights from {model.weights}" + ("; the head is new" if fresh else ""))
        self._head = catalog.head(module)
        if model.weights != "none" and fresh:
            # Some networks' own start of a head is made for 1000 classes and drowns few ones in noise.
            module.get_submodule(self._head).reset_parameters()
        if model.freeze == "features":
            for name, parameter in module.named_parameters():
                parameter.requires_grad_(name.rpartition(".")[0] == self._head)
            trained = sum(p.numel() for p in module.parameters() if p.requires_grad)
            self.notes.append(f"features frozen; {trained:,} weights of the head {self._head} are trained")
        if getattr(self.recipe.loss, "class_weights", "none") == "balanced":
            counts = torch.tensor(facts["counts"], dtype=torch.float32)
            self._class_weights = counts.sum() / (counts.clamp(min=1) * (counts > 0).sum())
        return module

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
        """Put the network in training mode; frozen features stay as they are in use, batch statistics included."""
        module.train()
        if self.recipe.model.freeze == "features":
            for name, child in module.named_modules():
                if name and name != self._head and not self._head.startswith(f"{name}."):
                    child.eval()

    def losses(self, module: nn.Module, batch: Batch) -> Losses:
        """Yield the mean loss of the batch for the one optimizer; report the accuracy."""
        scores, auxiliary = parted(module(batch["pictures"]))
        total = self._loss(scores, batch["labels"]).mean()
        for more in auxiliary:
            total = total + AUXILIARY_WEIGHT * self._loss(more, batch["labels"]).mean()
        yield "main", total
        return {"accuracy": (scores.detach().argmax(1) == batch["labels"]).double().mean()}

    def outputs(self, module: nn.Module, batch: Batch) -> dict[str, Tensor]:
        """Return probabilities, labels and losses of a batch, a row a sample."""
        scores = module(batch["pictures"])
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


def network(name: str, args: dict[str, Any], facts: dict[str, Any]) -> nn.Module:
    """Return the network a bundle or recipe describes, with random weights."""
    return catalog.build(
        name,
        channels=facts["channels"],
        size_px=tuple(facts["size_px"]),
        classes=len(facts["classes"]),
        args=args,
    )


def published_network(name: str, facts: dict[str, Any]) -> nn.Module:
    """Return the network as its published weights know it: with ImageNet's 1000 classes."""
    return catalog.skeleton(name, channels=facts["channels"], size_px=tuple(facts["size_px"]), classes=1000)


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
