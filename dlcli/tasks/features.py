"""Features of a frozen trunk, computed once: then an epoch costs what its head costs."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import Dataset

from dlcli.core.events import Note, Reporter
from dlcli.data.loader import Order, loader
from dlcli.data.pictures import Part
from dlcli.engine.evaluate import Scored, evaluate
from dlcli.engine.state import Stopped
from dlcli.engine.stop import StopRequest
from dlcli.engine.task import Batch, Task

MOST_BYTES = 2 * 2**30  # in the memory of each process; 400,000 pictures of the network `imagenet`


class Captured:
    """What a layer is given, seen from a hook, while the block lasts."""

    def __init__(self, module: nn.Module, layer: str):
        self._layer = module.get_submodule(layer)
        self.inputs: list[Tensor] = []

    def __enter__(self) -> Captured:
        self._hook = self._layer.register_forward_pre_hook(lambda _, given: self.inputs.append(given[0]))
        return self

    def __exit__(self, *_: object) -> None:
        self._hook.remove()


class _Extract(Task):
    """Gives what the head is given, in place of scores."""

    def __init__(self, head: str):
        self.head = head

    def outputs(self, module: nn.Module, batch: Batch) -> dict[str, Tensor]:
        with Captured(module, self.head) as captured:
            # Not module(…): a compiled network would be compiled once more for the hook.
            module.forward(batch["pictures"])
        return {"index": batch["index"], "features": captured.inputs[0]}

    def scores(self, outputs: dict[str, np.ndarray]) -> dict[str, float]:  # noqa: ARG002
        return {}


class FeatureBatches(Dataset):
    """Batches of features in place of ``PictureBatches``, with the same samples left out.

    Args:
        part: the pictures they are of.
        fill: computes the features; called at the first batch where nothing has called it before.

    """

    def __init__(self, part: Part, fill: Callable[[], None]):
        self.part, self._fill = part, fill
        self.features: Tensor | None = None

    def hold(self, scored: Scored) -> None:
        """Take the features in.

        Args:
            scored: its outputs are of ``_Extract``.

        """
        index, self._reasons = scored.outputs["index"], dict(scored.bad)
        self._row = np.full(len(self.part), -1, dtype=np.int64)
        self._row[index] = np.arange(len(index))
        self.features = torch.from_numpy(scored.outputs["features"])

    def __len__(self) -> int:
        return len(self.part)

    def __getitem__(self, key: tuple[int, int]) -> dict[str, Any]:
        """Return a batch of one."""
        return self.__getitems__([key])

    def __getitems__(self, keys: Sequence[tuple[int, int]]) -> dict[str, Any]:
        """Return a batch.

        Shapes:
            features (B, …), labels (B,) int64, index (B,) int64
        """
        if self.features is None:
            self._fill()
        asked = np.asarray([i for _, i in keys], dtype=np.int64)
        held = self._row[asked] >= 0
        index = asked[held]
        names = [self.part.name(int(i)) for i in asked[~held]]
        return {
            "bad": [(n, self._reasons.get(n, f"{n} could not be read")) for n in names],
            "index": torch.from_numpy(index),
            "features": self.features[torch.from_numpy(self._row[index])],
            "labels": torch.from_numpy(self.part.labels_of(index)),
        }


class Cache:
    """The features of the training and the validation part.

    Every process holds all of them. They are computed in batches of one size whatever the number of processes, and the
    trunk is frozen, so a run that goes on computes the same ones again.

    Args:
        setup: a ``tasks/setup.Setup``.
        stop: the signal that asked to stop.
        reporter: takes what is worth saying.

    """

    def __init__(self, setup: Any, stop: StopRequest, reporter: Reporter):
        self._setup, self._stop, self._reporter = setup, stop, reporter
        named = (("train", setup.parts.train), ("val", setup.parts.val))
        self._parts = {n: FeatureBatches(p, self.fill) for n, p in named if len(p)}
        self._seconds = 0.0
        self._told = False

    def loader(self, name: str, order: Order) -> Any:
        """Return a loader over the features of a part, or None where the part is empty."""
        return loader(self._parts[name], order) if name in self._parts else None

    def fill(self) -> None:
        """Compute the features, unless they are there.

        Raises:
            Stopped: a signal asked to; what a run has is saved already.

        """
        if all(p.features is not None for p in self._parts.values()):
            return
        setup = self._setup
        for name, batches in self._parts.items():
            began_s = time.perf_counter()
            scored = evaluate(
                _Extract(setup.task.head),
                setup.module,
                setup.scoring(batches.part),
                setup.device,
                lambda: bool(self._stop.signal),
                setup.group,
            )
            if scored is None:
                raise Stopped(*setup.group.most(self._stop.signal or 0))
            batches.hold(Scored({}, setup.group.shared(scored.outputs), scored.bad))
            if name == "train":
                self._seconds = time.perf_counter() - began_s
        held = [p.features for p in self._parts.values() if p.features is not None]
        size = sum(f.numel() * f.element_size() for f in held) / 2**20
        count = sum(map(len, held))
        took = f"those of the training part in {self._seconds:.2f} s"
        self._reporter.emit(Note(f"features of {count:,} pictures computed once, {took}; {size:.1f} MiB"))

    def timed(self, record: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, Any]], None]:
        """Return a function that passes an epoch's record on, and says after the first one what the cache gained."""

        def passed(line: dict[str, Any]) -> None:
            record(line)
            if not self._told and line["items_per_s"] and self._seconds:
                self._told = True
                epoch_s = len(self._parts["train"]) / line["items_per_s"]
                text = f"an epoch took {epoch_s:.3f} s; with the trunk run in it, it would take about "
                self._reporter.emit(Note(f"{text}{self._seconds:.2f} s: ×{self._seconds / epoch_s:.0f}"))

        return passed


def cached(setup: Any, stop: StopRequest, reporter: Reporter) -> Cache | None:
    """Return the cache of a run whose trunk is frozen, or None, with a note, where there can be none.

    Args:
        setup: a ``tasks/setup.Setup``.
        stop: the signal that asked to stop.
        reporter: takes what is worth saying.
    """
    if setup.recipe.model.freeze != "features":
        return None
    why = "data.augment changes the pictures; data.augment=[] computes them once"
    if setup.task.cacheable:
        why = setup.group.shared(_misfit(setup))
    if why:
        reporter.emit(Note(f"features are computed anew in every epoch: {why}"))
        return None
    return Cache(setup, stop, reporter)


@torch.inference_mode()
def _misfit(setup: Any) -> str:
    """Return why features cannot be kept: the head is not the last step, or they are too many; found on two pictures.

    Effects: puts the network in evaluation mode; the loop sets the mode it needs.
    """
    facts, module = setup.facts, setup.module.eval()
    shape = (2, facts["channels"], *facts["size_px"])
    pictures = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    placed = setup.device.place({"pictures": pictures})["pictures"]
    with setup.device.autocast(), Captured(module, setup.task.head) as captured:
        scores = module.forward(placed)
        given = list(captured.inputs)
        again = module.get_submodule(setup.task.head)(given[0]) if len(given) == 1 else None
    alike = isinstance(scores, Tensor) and again is not None and again.shape == scores.shape
    if not alike or not torch.allclose(again, scores, rtol=1e-5, atol=1e-6):
        return f"the scores of {setup.recipe.model.name} are not what its layer {setup.task.head} puts out"
    count = len(setup.parts.train) + len(setup.parts.val)
    size = 4 * given[0][0].numel() * count
    if size > MOST_BYTES:
        return f"those of {count:,} pictures would take {size / 2**30:.1f} GiB, more than {MOST_BYTES / 2**30:g}"
    return ""
