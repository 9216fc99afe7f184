"""From a recipe to all that training needs: device, data, task, network, loaders, loop."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import nn

from dlcli import __version__
from dlcli.core import events, yaml12
from dlcli.core import recipe as recipes
from dlcli.core.errors import ModelError
from dlcli.core.run import Run
from dlcli.data import build
from dlcli.data.augment import Augmenter
from dlcli.data.loader import Order, PictureBatches, loader
from dlcli.data.pictures import Part, Parts
from dlcli.engine import loop as engine
from dlcli.engine.checkpoint import Checkpoints
from dlcli.engine.device import Device, open_device
from dlcli.engine.stop import StopRequest
from dlcli.tasks import catalog


@dataclass
class Setup:
    """Everything that training needs, made from a recipe.

    Args:
        recipe: the frozen recipe.
        device: where to compute.
        parts: the data.
        task: what is trained.
        facts: what the task learnt from the training part.
        module: the network, on the device.
        steps: preprocessing.

    """

    recipe: Any
    device: Device
    parts: Parts
    task: Any
    facts: dict[str, Any]
    module: nn.Module
    steps: list[dict[str, Any]]

    def batches(self, part: Part, order: Order, *, augment: bool = False) -> Any:
        """Return a loader over a part."""
        data = self.recipe.data
        augmenter = Augmenter(data.augment, self.steps) if augment and data.augment else None
        cuda = self.device.torch.type == "cuda"
        reader = PictureBatches(part, self.steps, augmenter, self.recipe.seed)
        workers = min(data.workers, len(order))
        return loader(reader, order, workers=workers, pin_memory=cuda)

    def scoring(self, part: Part) -> Any:
        """Return a loader that gives each picture of a part once, in order."""
        return self.batches(part, Order(len(part), 2 * batch_size(self.recipe, len(part)), 0, shuffle=False))


def prepare(
    resolved: recipes.Resolved,
    reporter: events.Reporter,
    held: dict[str, Any] | None = None,
    *,
    download: bool = False,
) -> Setup:
    """Open the data and build the network.

    Args:
        resolved: the recipe.
        reporter: takes what is worth saying.
        held: ``extra`` of a checkpoint to go on from.
        download: fetch published weights that are not on disk.

    Raises:
        DataError, DeviceError, ModelError, UsageError: something does not fit.

    """
    recipe = resolved.recipe
    events.notes(reporter, resolved.notes, "warning")
    device = open_device(recipe.device.name, recipe.device.precision, recipe.device.count)
    parts = build.from_recipe(recipe.data, recipe.seed)
    events.notes(reporter, parts.notes)
    task = catalog.make(recipe)
    task.monitored(recipe.train.monitor)
    if download:
        task.download = lambda text: reporter.emit(events.Note(text))
    if held is not None and held["fingerprint"] != build.fingerprint(parts):
        raise ModelError(
            "the training data is not what this run began with (other files or labels)",
            "bring the data back as it was, or start a new run with model.weights=RUN/model/model.safetensors",
        )
    facts = json.loads(held["facts"]) if held else task.prepare(parts.train)
    module = task.build(facts)
    task.try_out(module, facts)
    module.to(device.torch)
    events.notes(reporter, task.notes)
    height, width = facts["size_px"]
    shape = f"{height}×{width} {'gray' if facts['channels'] == 1 else 'color'}"
    weights = sum(p.numel() for p in module.parameters())
    reporter.emit(events.Note(f"model {recipe.model.name}: {weights:,} weights, {shape}; device {device.described()}"))
    return Setup(recipe, device, parts, task, facts, module, task.preprocessing(facts))


def batch_size(recipe: Any, samples: int) -> int:
    """Return the samples of one optimizer step."""
    return max(1, samples) if recipe.train.batch == "all" else recipe.train.batch


def make_loop(
    setup: Setup,
    run: Run | None,
    reporter: events.Reporter,
    stop: StopRequest,
    record: Callable[[dict[str, Any]], None] = lambda _: None,
) -> engine.Loop:
    """Return the loop over a setup; without a run nothing is saved."""
    recipe, parts = setup.recipe, setup.parts
    text = yaml12.dump(recipes.plain(recipe))
    order = Order(len(parts.train), batch_size(recipe, len(parts.train)), recipe.seed)
    settings = engine.Settings(recipe.seed, recipe.train, recipe.optim, recipe.schedule, len(parts.train))

    return engine.Loop(
        setup.task,
        setup.module,
        setup.batches(parts.train, order, augment=True),
        setup.scoring(parts.val) if len(parts.val) else None,
        settings,
        setup.device,
        checkpoints=Checkpoints(run.checkpoints) if run else None,
        reporter=reporter,
        run=str(run.path) if run else "",
        record=record,
        extra={
            "facts": json.dumps(setup.facts),
            "fingerprint": build.fingerprint(parts),
            "recipe": text,
            "dlcli": __version__,
        },
        stop=stop,
    )
