"""One batch: its micro-batches in lock-step, optimizer by optimizer, in smaller portions when memory runs out.

A batch that does not fit is taken anew from its start in micro-batches of half the size, in all processes alike: draws
and buffers are put back, so that the step is the one a run with the smaller micro-batch would have taken, and batch,
learning rate and schedule stay.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from dlcli.core.draws import mix
from dlcli.core.errors import DeviceError, RunFailed
from dlcli.engine import optim
from dlcli.engine.device import Device
from dlcli.engine.ema import Ema
from dlcli.engine.group import Group
from dlcli.engine.state import Running, Settings
from dlcli.engine.task import Batch, Losses, Task, cut, rows
from dlcli.engine.watch import Watch

_BATCH_NORM = (nn.modules.batchnorm._BatchNorm,)


class Stepper:
    """Takes the optimizer steps of a batch.

    Args:
        task: what is trained.
        module: the network, on the device.
        optimizers: by the name the task gives them.
        settings: what the recipe asks.
        device: where to compute.
        group: the processes that share each batch.
        ema: the moving average, or None.
        note: called with what a person should know.
        largest: samples of a full batch's share.
        watch: looks at gradients and activations, or None.

    """

    def __init__(
        self,
        task: Task,
        module: nn.Module,
        optimizers: dict[str, torch.optim.Optimizer],
        settings: Settings,
        device: Device,
        group: Group,
        ema: Ema | None,
        note: Callable[[str], None],
        largest: int,
        watch: Watch | None = None,
    ):
        self.task, self.module, self.optimizers, self.settings = task, module, optimizers, settings
        self.device, self.group, self.ema, self.note, self.largest = device, group, ema, note, largest
        self.watch = watch
        self.scaler = device.scaler()
        self.parts = settings.train.accumulate
        self._names = list(optimizers)
        self._has_batch_norm = any(isinstance(m, _BATCH_NORM) for m in module.modules())

    def take(self, batch: Batch, losses: Callable[[nn.Module, Batch], Losses], step: int, lr: float) -> Running:
        """Take every optimizer step of one batch.

        Args:
            batch: this process's share of it; it may be empty.
            losses: the generator function of the phase.
            step: number of the step, from 0.
            lr: learning rate.

        Returns:
            This process's sums of losses and metrics.

        Raises:
            DeviceError: one sample at a time is still too much.
            RunFailed: the task or the network cannot take the batch.

        """
        own = self.task.count(batch) if rows(batch) else 0
        total = self.group.total(own)
        running = Running()
        if not total:
            return running
        running.count = own
        generators: list[Losses] | None = None
        done = 0  # optimizer steps taken of this batch
        kept = self._seeded(step)
        while True:
            failed: torch.OutOfMemoryError | None = None
            name, sums = "", []
            try:
                if generators is None:
                    if self.watch:
                        self.watch.begin(step)
                    generators, counts = self._begun(batch if own else None, losses, done)
                    self._put_back(kept)  # what was run again must not count twice
                name, sums = self._round(generators, counts, total)
            except torch.OutOfMemoryError as error:
                failed = error.with_traceback(None)  # its frames hold the tensors that are too many
            number = self._names.index(name) if name else -1
            out_of_memory, number = self.group.most(int(failed is not None), number)
            if out_of_memory:
                generators = None
                self._halve(total, step, failed)
                self._seed(step)
                if not done:
                    self._put_back(kept)
                continue
            for metric, value, count in sums:
                running.add(metric, value, count)
            if number < 0:
                if self.watch:
                    self.watch.end(step, scaled=self.scaler.is_enabled())
                return running
            self._update(self._names[number], lr, own / total)
            done += 1
            kept = self._buffers()

    def _seeded(self, step: int) -> dict[str, torch.Tensor]:
        self._seed(step)
        return self._buffers()

    def _seed(self, step: int) -> None:
        rank = (self.group.rank,) if self.group.rank else ()
        self.device.seed(mix(self.settings.seed, "step", step, *rank))

    def _buffers(self) -> dict[str, torch.Tensor]:
        return {k: v.detach().clone() for k, v in self.module.named_buffers()}

    @torch.no_grad()
    def _put_back(self, kept: dict[str, torch.Tensor]) -> None:
        for name, buffer in self.module.named_buffers():
            buffer.copy_(kept[name])

    def _begun(self, batch: Batch | None, losses: Any, done: int) -> tuple[list[Losses], list[int]]:
        """Return the generators of the micro-batches, past the yields whose steps have been taken."""
        if batch is None:
            return [], []
        # A last, shorter batch is cut into fewer micro-batches, not into smaller ones.
        parts = math.ceil(self.parts * rows(batch) / self.largest)
        micros = [self.device.place(m) for m in cut(batch, parts)]
        generators = [losses(self.module, m) for m in micros]
        for _ in range(done):
            for generator in generators:
                with self.device.autocast():
                    next(generator)
        return generators, [self.task.count(m) for m in micros]

    def _round(
        self, generators: list[Losses], counts: list[int], total: int
    ) -> tuple[str, list[tuple[str, torch.Tensor, int]]]:
        """Run every generator to its next yield and backward; return the optimizer named, "" at their end."""
        self.module.zero_grad(set_to_none=True)
        named: set[str] = set()
        sums: list[tuple[str, torch.Tensor, int]] = []
        for generator, count in zip(generators, counts, strict=True):
            try:
                with self.device.autocast():
                    name, loss = next(generator)
            except StopIteration as end:
                sums += [(metric, value, count) for metric, value in (end.value or {}).items()]
                continue
            except ValueError as error:
                raise _explained(error) from error
            self.scaler.scale(loss if count == total else loss * (count / total)).backward()
            sums.append(("loss" if len(self.optimizers) == 1 else f"loss_{name}", loss.detach(), count))
            named.add(name)
        if len(named) > 1:
            raise RunFailed(f"micro-batches of one step named different optimizers: {', '.join(sorted(named))}")
        return (named.pop() if named else ""), sums

    def _update(self, name: str, lr: float, share: float) -> None:
        optimizer = self.optimizers[name]
        optim.set_lr(optimizer, lr)
        train = self.settings.train
        parameters = [p for g in optimizer.param_groups for p in g["params"]]
        self.group.sum_gradients(parameters)
        self.group.mean_buffers(self.module, share)
        if train.clip_norm or train.clip_value or self.settings.optim.l1 or (self.watch and self.watch.looking):
            self.scaler.unscale_(optimizer)
        if self.settings.optim.l1:
            optim.add_l1(parameters, self.settings.optim.l1)
        if self.watch:
            self.watch.gradients(parameters)
        if train.clip_value:
            nn.utils.clip_grad_value_(parameters, train.clip_value)
        if train.clip_norm:
            nn.utils.clip_grad_norm_(parameters, train.clip_norm)
        self.scaler.step(optimizer)
        self.scaler.update()
        if self.ema:
            self.ema.update(self.module)

    def _halve(self, total: int, step: int, failed: torch.OutOfMemoryError | None) -> None:
        """Make micro-batches half as large from here on."""
        if self.parts >= self.largest:
            reason = str(failed).splitlines()[0] if failed and str(failed) else "the device said no more"
            raise DeviceError(
                f"out of memory at step {step + 1} with one sample at a time: {reason}",
                "use smaller inputs or a smaller network, or another device",
            )
        self.module.zero_grad(set_to_none=True)
        self.device.release()
        self.parts = min(2 * self.parts, self.largest)
        more = "; batch normalization sees the smaller micro-batches" if self._has_batch_norm else ""
        self.note(
            f"out of memory at step {step + 1}: batches are cut into {self.parts} micro-batches from here on; "
            f"the batch of {total} and the schedule stay{more}"
        )


def _explained(error: ValueError) -> Exception:
    if "more than 1 value per channel" in str(error):
        return RunFailed(
            "batch normalization needs more than one sample in each micro-batch of each process",
            "use a larger --batch, a smaller train.accumulate or fewer --devices",
        )
    return error
