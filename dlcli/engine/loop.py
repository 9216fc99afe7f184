"""The one training loop: it drives the generators of a task and knows nothing of the network.

for each epoch, for each batch:
    take the optimizer steps of the batch (``step.py``), in all processes of the group together
    agree with the others: save when it is time, stop when any was asked to
after each epoch: score validation, keep the best weights, save
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from torch import Tensor, nn

from dlcli.core.errors import DataError, RunFailed
from dlcli.core.events import EpochDone, Note, Reporter, Started, Stepped
from dlcli.engine import optim, schedule
from dlcli.engine.checkpoint import Checkpoints
from dlcli.engine.device import Device, device_error
from dlcli.engine.ema import Ema
from dlcli.engine.evaluate import evaluate
from dlcli.engine.group import ALONE, Group
from dlcli.engine.state import Position, Running, Settings, Stopped, merged
from dlcli.engine.step import Stepper
from dlcli.engine.stop import StopRequest
from dlcli.engine.task import Batch, Phase, Task
from dlcli.engine.watch import Watch

EVENT_SECONDS = 0.25
BAD_SHARE = 0.01


class Loop:
    """Trains a network and can go on from any saved position.

    Args:
        task: what is trained.
        module: the network, on the device.
        train: yields training batches; its ``batch_sampler`` has ``epoch`` and ``start``.
        val: yields validation batches, or None.
        settings: what the recipe asks.
        device: where to compute.
        checkpoints: where to save, or None.
        reporter: takes the events.
        run: the run directory, for the events.
        record: called with each epoch's record, before the checkpoint that includes it.
        extra: plain data every checkpoint carries (the facts, the recipe).
        stop: the signal that asked to stop.
        watch: looks at gradients and activations, or None.
        ready: called before the first batch: what is computed once for all epochs. It may raise ``Stopped``.
        group: the processes that train together. The loop runs in each of them; one has checkpoints and a reporter
            that shows something.

    """

    def __init__(
        self,
        task: Task,
        module: nn.Module,
        train: Any,
        val: Any,
        settings: Settings,
        device: Device,
        *,
        checkpoints: Checkpoints | None,
        reporter: Reporter,
        run: str = "",
        record: Callable[[dict[str, Any]], None] = lambda _: None,
        extra: dict[str, Any] | None = None,
        stop: StopRequest | None = None,
        watch: Watch | None = None,
        ready: Callable[[], None] = lambda: None,
        group: Group = ALONE,
    ):
        self.task, self.module, self.train_loader, self.val_loader = task, module, train, val
        self.settings, self.device, self.checkpoints = settings, device, checkpoints
        self.reporter, self.run, self.record, self.extra = reporter, run, record, extra or {}
        self.stop, self.ready, self.group = stop or StopRequest(), ready, group
        self.monitor = task.monitored(settings.train.monitor)
        self.optimizers = {n: optim.build(settings.optim, p) for n, p in task.parameters(module).items()}
        self.phases: list[Phase] = task.phases(settings.train.epochs)
        self.epochs = sum(p.epochs for p in self.phases)
        self.clock = schedule.Clock(self.epochs * len(train.batch_sampler), len(train.batch_sampler))
        self.plateau = schedule.PlateauState()
        self.ema = Ema(module, settings.train.ema) if settings.train.ema else None
        self.steps = Stepper(
            task,
            module,
            self.optimizers,
            settings,
            device,
            group,
            self.ema,
            lambda t: reporter.emit(Note(t, "warning")),
            largest=-(-min(train.batch_sampler.batch, settings.samples) // group.world),
            watch=watch,
        )
        self.position, self.running = Position(), Running()
        self.best: dict[str, Any] | None = None
        self.waited = 0
        self.bad: dict[str, str] = {}
        self._saved_s = time.monotonic()

    def fit(self) -> None:
        """Train to the last epoch, or until early stopping or a signal ends it.

        Raises:
            Stopped: a signal; the state has been saved.
            RunFailed: the loss is no longer a number.
            DataError: too many samples cannot be read.
            DeviceError: out of memory.

        """
        at = self.position
        self.group.copy(self.module)
        if at.epoch < self.epochs and not self._early():
            self.ready()
        self.reporter.emit(Started(self.run, self.epochs, self.clock.steps_per_epoch, at.epoch, at.batch))
        while at.epoch < self.epochs and not self._early():
            try:
                started_s, first = time.perf_counter(), at.batch
                self._epoch()
                self._end_epoch(time.perf_counter() - started_s, at.batch - first)
            except RuntimeError as error:
                told = device_error(error)
                if told is None:
                    raise
                raise told from error

    def _epoch(self) -> None:
        """Take the optimizer steps that are left of the present epoch."""
        at, sampler = self.position, self.train_loader.batch_sampler
        sampler.epoch, sampler.start = at.epoch, at.batch
        losses = self._phase(at.epoch).losses
        told_s, told_items = time.perf_counter(), 0
        self.task.train_mode(self.module)
        for batch in self._batches():
            bad = batch.pop("bad", ())
            if bad:
                self._note_bad(bad)
            taken = self.steps.take(batch, losses, at.step, self._lr())
            self.running.include(taken)
            at.step += 1
            at.batch += 1
            told_items += taken.count
            now = time.perf_counter()
            signal, tell, save = self.group.most(
                self._asked(), self.group.leads and now - told_s >= EVENT_SECONDS, self.group.leads and self._due()
            )
            if tell:
                self._tell(told_items, now - told_s)
                told_s, told_items = now, 0
            if signal:
                self.save()
                raise Stopped(signal)
            if save:
                self.save()
        self._mean_loss(self._means()[0])  # an epoch never ends on a loss that is no number

    def _batches(self) -> Iterator[Batch]:
        if self.position.batch >= self.clock.steps_per_epoch:
            return
        try:
            yield from self.train_loader
        except RuntimeError as error:
            # A signal to the whole process group may end a worker before it has learnt to leave that to this process.
            if "DataLoader worker" not in str(error) or not self._asked() or self.group.world > 1:
                raise
            self.save()
            raise Stopped(self._asked()) from error

    def _end_epoch(self, seconds: float, batches: int) -> None:
        at = self.position
        means, items = self._means()
        metrics = {f"train/{k}": v for k, v in means.items()}
        lr = self._lr(at.step - 1)
        is_best = False
        if self.val_loader is not None:
            metrics.update(self._validate())
            is_best = self._judge(metrics)
        at.epoch += 1
        at.batch = 0
        self.running = Running()
        rate = items / seconds * (batches / self.clock.steps_per_epoch) if seconds > 0 else 0.0
        record = {"epoch": at.epoch, "step": at.step, "lr": lr, **metrics}
        self.record({**record, "seconds": round(seconds, 4), "items_per_s": round(rate, 1), "best": is_best})
        self.reporter.emit(EpochDone(at.epoch, self.epochs, at.step, metrics, lr, seconds, rate, is_best))
        self.save()
        if self._early():
            self._note(f"early stop: {self.monitor.metric} got no better for {self.waited} epochs")
        (signal,) = self.group.most(self._asked())
        if signal and at.epoch < self.epochs:
            raise Stopped(signal)

    def _validate(self) -> dict[str, float]:
        weights = self.ema.applied(self.module) if self.ema else contextlib.nullcontext()
        with weights:
            scored = evaluate(
                self.task, self.module, self.val_loader, self.device, lambda: bool(self._asked()), self.group
            )
        if scored is None:  # the epoch's steps are all saved; resuming scores it
            self.save()
            raise Stopped(*self.group.most(self._asked()))
        self._note_bad(scored.bad)
        if not scored.metrics:
            raise DataError("no sample of the validation part can be read", "dlcli data check names them all")
        return {f"val/{k}": v for k, v in scored.metrics.items()}

    def _judge(self, metrics: dict[str, float]) -> bool:
        """Compare the epoch with the best so far; keep its weights when it is better, and run the plateau rule."""
        value, loss = metrics[f"val/{self.monitor.metric}"], metrics.get("val/loss", 0.0)
        early = self.settings.train.early_stop
        min_delta = early.min_delta if early else 0.0
        better = self.best is None or self.monitor.better(value, self.best["value"])
        tied = self.best is not None and value == self.best["value"] and loss < self.best["loss"]
        waits = self.best is not None and not self.monitor.better(value, self.best["mark"], min_delta)
        mark = self.best["mark"] if waits and self.best else value
        self.waited = self.waited + 1 if waits else 0
        if better or tied:
            name = self.checkpoints.save_best(self.position.step, self.weights()) if self.checkpoints else None
            self.best = {"epoch": self.position.epoch + 1, "value": value, "loss": loss, "mark": mark, "file": name}
        elif self.best:
            self.best["mark"] = mark
        section = self.settings.schedule
        if section.name == "plateau" and self.plateau.observe(section, self.monitor, value):
            self._note(f"plateau: learning rate times {self.plateau.factor:g} from here on")
        return better or tied

    def weights(self) -> dict[str, Tensor]:
        """Return the weights that are scored and kept: the moving average where there is one."""
        return self.ema.shadow if self.ema else self.module.state_dict()

    def load_best(self) -> int:
        """Put the best weights into the network (the last ones where nothing chose); returns their epoch."""
        if self.best is None or self.checkpoints is None:
            self.module.load_state_dict({k: v.clone() for k, v in self.weights().items()})
        else:
            self.module.load_state_dict(self.checkpoints.load_best(self.best["file"]))
        self.group.copy(self.module)
        return self.best["epoch"] if self.best else self.position.epoch

    def _early(self) -> bool:
        early = self.settings.train.early_stop
        return bool(early and self.val_loader is not None and self.waited >= early.patience)

    def _state(self, running: list[dict[str, Any]]) -> dict[str, Any]:
        """Return everything a checkpoint holds: tensors and plain data only."""
        return {
            "format": 2,
            "position": asdict(self.position),
            "module": self.module.state_dict(),
            "optimizers": {n: o.state_dict() for n, o in self.optimizers.items()},
            "scaler": self.steps.scaler.state_dict(),
            "parts": self.steps.parts,
            "ema": self.ema.state() if self.ema else None,
            "plateau": asdict(self.plateau),
            "running": running,
            "best": self.best,
            "waited": self.waited,
            "bad": self.bad,
            "extra": self.extra,
        }

    def load(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint's state."""
        self.position = Position(**state["position"])
        self.module.load_state_dict(state["module"])
        for name, held in state["optimizers"].items():
            optimizer = self.optimizers[name]
            now = [{k: v for k, v in g.items() if k != "params"} for g in optimizer.param_groups]
            optimizer.load_state_dict(held)
            for group, settings in zip(optimizer.param_groups, now, strict=True):
                group.update(settings)  # the recipe decides; a changed weight decay must not come back from the file
        if state["scaler"]:
            self.steps.scaler.load_state_dict(state["scaler"])
        if self.ema and state["ema"]:
            self.ema.load(state["ema"])
        self.plateau = schedule.PlateauState(**state["plateau"])
        # A micro-batch that was found to fit is not made larger again; a recipe may ask for smaller ones.
        self.steps.parts = max(self.steps.parts, state["parts"])
        self.running = Running.of(state["running"], self.group.rank, self.group.world)
        self.best, self.waited, self.bad = state["best"], state["waited"], dict(state["bad"])

    def save(self) -> None:
        """Write a checkpoint now; all processes must come here."""
        running = self.group.gathered(self.running.plain())
        for bad in self.group.all(self.bad):
            self._note_bad(bad.items())
        if self.checkpoints:
            self.checkpoints.save(self._state(running))
        self._saved_s = time.monotonic()

    def _due(self) -> bool:
        return time.monotonic() - self._saved_s >= 60 * self.settings.train.checkpoint_minutes

    def _phase(self, epoch: int) -> Phase:
        for phase in self.phases:
            if epoch < phase.epochs:
                return phase
            epoch -= phase.epochs
        return self.phases[-1]

    def _lr(self, step: int | None = None) -> float:
        """Return the learning rate of a step, by default the one about to be taken."""
        at = self.position.step if step is None else max(0, step)
        section = self.settings.schedule
        return self.settings.optim.lr * schedule.factor(section, at, self.clock) * self.plateau.factor

    def _asked(self) -> int:
        """Return the signal that asked this process to stop, or 0."""
        return self.stop.signal or 0

    def _means(self) -> tuple[dict[str, float], int]:
        """Return name → mean over the epoch so far, and the number of samples, of all processes."""
        together = merged(self.group.all(self.running.plain()))
        return together.means(), together.count

    def _note(self, text: str, level: str = "info") -> None:
        self.reporter.emit(Note(text, level))

    def _mean_loss(self, means: dict[str, float]) -> float:
        values = [v for k, v in means.items() if k.startswith("loss")]
        loss = values[0] if values else 0.0
        if not all(map(math.isfinite, values)):
            raise RunFailed(
                f"the loss is {loss} at step {self.position.step} (learning rate {self._lr():g})",
                "lower --lr, set train.clip_norm=1.0, or look at the data with dlcli data check",
            )
        return loss

    def _tell(self, items: int, seconds: float) -> None:
        at, loss = self.position, self._mean_loss(self._means()[0])
        rate = self.group.total(items) / seconds
        self.reporter.emit(Stepped(at.epoch + 1, at.step, at.batch, loss, self._lr(), rate, self.device.memory_bytes()))

    def _note_bad(self, bad: Any) -> None:
        for name, reason in bad:
            if name not in self.bad:
                self.bad[name] = reason
                self._note(f"left out: {reason}", "warning")
        if len(self.bad) > max(1, BAD_SHARE * self.settings.samples):
            last = list(self.bad.values())[-1]
            raise DataError(
                f"{len(self.bad)} samples cannot be read, more than one in a hundred; the last: {last}",
                "dlcli data check names them all",
            )
