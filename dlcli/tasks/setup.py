"""From a recipe to all that training needs: device, data, task, network, loaders, loop."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from dlcli import __version__
from dlcli.core import events, transfer, yaml12
from dlcli.core import recipe as recipes
from dlcli.core.errors import ModelError, UsageError
from dlcli.core.run import Run
from dlcli.data import build
from dlcli.data.augment import Augmenter
from dlcli.data.loader import Order, PictureBatches, loader
from dlcli.data.mix import Mixer
from dlcli.data.pictures import Part, Parts
from dlcli.engine import autobatch
from dlcli.engine import loop as engine
from dlcli.engine.checkpoint import Checkpoints
from dlcli.engine.device import Device, open_device
from dlcli.engine.group import ALONE, Group
from dlcli.engine.stop import StopRequest
from dlcli.engine.watch import Watch
from dlcli.tasks import catalog, features

FEW_STEPS = 3  # an epoch with fewer hardly moves the weights, and says little of how it goes


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
        batch: samples of one optimizer step.
        group: the processes that train together.

    """

    recipe: Any
    device: Device
    parts: Parts
    task: Any
    facts: dict[str, Any]
    module: nn.Module
    steps: list[dict[str, Any]]
    batch: int
    group: Group = ALONE

    def guess(self) -> float:
        """Return the accuracy of always naming the most frequent class of the training part."""
        counts = self.facts["counts"]
        return max(counts) / sum(counts)

    def order(self, part: Part) -> Order:
        """Return the order of training on a part."""
        pairs = Mixer.of(self.recipe.data.augment) is not None
        return Order(len(part), self.batch, self.recipe.seed, rank=self.group.rank, world=self.group.world, pairs=pairs)

    def batches(self, part: Part, order: Order, *, augment: bool = False) -> Any:
        """Return a loader over a part."""
        data = self.recipe.data
        augmenter = Augmenter(data.augment, self.steps) if augment and data.augment else None
        cuda = self.device.torch.type == "cuda"
        reader = PictureBatches(part, self.steps, augmenter, self.recipe.seed)
        workers = min(data.workers, len(order))
        return loader(reader, order, workers=workers, pin_memory=cuda)

    def scoring_order(self, part: Part) -> Order:
        """Return the order of scoring a part: each picture once."""
        size = max(1, min(2 * self.batch, len(part)))
        return Order(len(part), size, 0, shuffle=False, rank=self.group.rank, world=self.group.world)

    def scoring(self, part: Part) -> Any:
        """Return a loader that gives each picture of a part once, in order."""
        return self.batches(part, self.scoring_order(part))


def prepare(
    resolved: recipes.Resolved,
    reporter: events.Reporter,
    held: dict[str, Any] | None = None,
    *,
    download: bool = False,
    group: Group = ALONE,
) -> Setup:
    """Open the data and build the network.

    Args:
        resolved: the recipe.
        reporter: takes what is worth saying.
        held: ``extra`` of a checkpoint to go on from.
        download: fetch published weights and library data sets that are not on disk.
        group: the processes that train together.

    Raises:
        DataError, DeviceError, ModelError, UsageError: something does not fit.

    """
    recipe = resolved.recipe
    events.notes(reporter, resolved.notes, "warning")
    device = open_device(recipe.device, group.place)
    announce = (lambda text: reporter.emit(events.Note(text))) if download else None
    parts = _parts(recipe, announce, group)
    events.notes(reporter, parts.notes)
    task = catalog.make(recipe)
    task.monitored(recipe.train.monitor)
    task.download = announce
    if held is not None and held["fingerprint"] != build.fingerprint(parts):
        raise ModelError(
            "the training data is not what this run began with (other files or labels)",
            "bring the data back as it was, or start a new run with model.weights=RUN/model/model.safetensors",
        )
    facts = json.loads(held["facts"]) if held else group.once(lambda: task.prepare(parts.train))
    try:
        module = group.in_turn(lambda: task.build(facts))
    except UsageError as error:
        raise resolved.located(error) from error
    task.try_out(module, facts)
    device.ready(module)
    events.notes(reporter, task.notes)
    if held is None and (found := transfer.advised(recipe.model, facts["counts"])):
        events.notes(reporter, found.lines())
    height, width = facts["size_px"]
    shape = f"{height}×{width} {'gray' if facts['channels'] == 1 else 'color'}"
    weights = sum(p.numel() for p in module.parameters())
    reporter.emit(events.Note(f"model {recipe.model.name}: {weights:,} weights, {shape}; device {device.described()}"))
    setup = Setup(recipe, device, parts, task, facts, module, task.preprocessing(facts), 1, group)
    setup.batch = _batch(setup, held, reporter)
    if group.world > 1:
        _say_group(setup, reporter)
    samples, steps = len(parts.train), len(setup.order(parts.train))
    if steps < FEW_STEPS and setup.recipe.train.batch != "all" and samples > FEW_STEPS:
        text = f"batches of {setup.batch} make {steps} step{'s' * (steps > 1)} an epoch of {samples} samples"
        reporter.emit(events.Note(f"{text}; a smaller --batch, or train.batch=auto, learns more from them", "warning"))
    return setup


def _parts(recipe: Any, announce: Callable[[str], None] | None, group: Group) -> Parts:
    if announce is None:
        return build.from_recipe(recipe.data, recipe.seed)
    return group.in_turn(lambda: build.from_recipe(recipe.data, recipe.seed, announce))


def _batch(setup: Setup, held: dict[str, Any] | None, reporter: events.Reporter) -> int:
    """Return the samples of one optimizer step."""
    asked, samples = setup.recipe.train.batch, len(setup.parts.train)
    if asked == "all":
        return samples
    if asked != "auto":
        return asked
    if held is not None and held["batch"]:
        return held["batch"]
    found, why = autobatch.largest(
        setup.task, setup.module, _sampler(setup), samples, setup.device, setup.recipe.train, setup.group
    )
    reporter.emit(events.Note(f"train.batch=auto: {found} samples a step; {why}"))
    return found


def _sampler(setup: Setup) -> Callable[[int], dict[str, Any]]:
    """Return the function that makes a batch of any number of training samples, the first ones over and over."""
    augment = setup.recipe.data.augment
    augmenter = Augmenter(augment, setup.steps) if augment else None
    reader = PictureBatches(setup.parts.train, setup.steps, augmenter, setup.recipe.seed)
    some = min(8, len(setup.parts.train))
    few = reader.__getitems__([(0, i, (i + 1) % some) for i in range(some)])
    few.pop("bad")

    def batch(count: int) -> dict[str, Any]:
        rows = torch.arange(count) % max(1, len(few["index"]))
        return {k: v[rows] for k, v in few.items()}

    return batch


def _say_group(setup: Setup, reporter: events.Reporter) -> None:
    world = setup.group.world
    named = sorted(set(setup.group.all(setup.device.described())))
    reporter.emit(events.Note(f"{world} processes share each batch of {setup.batch}: {', '.join(named)}"))
    if any(isinstance(m, nn.modules.batchnorm._BatchNorm) for m in setup.module.modules()):
        text = f"batch normalization takes its statistics from each process's share of a batch, 1/{world} of it"
        reporter.emit(events.Note(text, "warning"))


def make_loop(
    setup: Setup,
    run: Run | None,
    reporter: events.Reporter,
    stop: StopRequest,
    record: Callable[[dict[str, Any]], None] = lambda _: None,
    watch: Watch | None = None,
) -> engine.Loop:
    """Return the loop over a setup; without a run nothing is saved."""
    recipe, parts = setup.recipe, setup.parts
    text = yaml12.dump(recipes.plain(recipe))
    order = setup.order(parts.train)
    settings = engine.Settings(recipe.seed, recipe.train, recipe.optim, recipe.schedule, len(parts.train))
    cache = features.cached(setup, stop, reporter)
    if cache is not None:
        train, val = cache.loader("train", order), cache.loader("val", setup.scoring_order(parts.val))
        record = cache.timed(record)
    else:
        train = setup.batches(parts.train, order, augment=True)
        val = setup.scoring(parts.val) if len(parts.val) else None
    return engine.Loop(
        setup.task,
        setup.module,
        train,
        val,
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
            "batch": setup.batch,
            "dlcli": __version__,
        },
        stop=stop,
        watch=watch,
        ready=cache.fill if cache else lambda: None,
        group=setup.group,
    )
