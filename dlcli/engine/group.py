"""The processes that train one network together; one process alone is a group of one, and then nothing is sent.

A loss is summed over samples and divided by the samples of the *whole* batch, so gradients are summed, not averaged,
and the number of processes does not change a run beyond rounding.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

import torch
import torch.distributed as dist
from torch import nn

from dlcli.core.errors import DlcliError, Exit, RunFailed, Stopped, Told
from dlcli.core.launch import Place

T = TypeVar("T")
MEET_MINUTES, ANSWER_MINUTES = 5, 30
BUCKET = 8 * 2**20  # elements of gradient sent at a time
_FAILED = "dlcli/failed"


class PeerLost(RunFailed):
    """Another process of the group died or cannot be reached."""


@dataclass(frozen=True)
class Group:
    """What the processes tell each other. Every method is a meeting: all processes must call it.

    Args:
        place: this process among them.
        store: where a process that fails says so, since the others cannot be called then.

    """

    place: Place = field(default_factory=Place)
    store: Any = None

    @property
    def rank(self) -> int:
        """The number of this process."""
        return self.place.rank

    @property
    def world(self) -> int:
        """How many processes there are."""
        return self.place.world

    @property
    def leads(self) -> bool:
        """Whether this process makes the run and prints."""
        return self.place.leads

    def total(self, count: int) -> int:
        """Return the sum of a count over the processes."""
        return count if self.world == 1 else int(self._reduced([count], dist.ReduceOp.SUM)[0])

    def most(self, *values: int) -> tuple[int, ...]:
        """Return the largest of each value over the processes."""
        return values if self.world == 1 else tuple(map(int, self._reduced(values, dist.ReduceOp.MAX)))

    def shared(self, value: T) -> T:
        """Return the first process's value."""
        if self.world == 1:
            return value
        held = [value]
        self._call(lambda: dist.broadcast_object_list(held, src=0))
        return held[0]

    def once(self, make: Callable[[], T]) -> T:
        """Return what the first process makes; the others wait for it."""
        return self.shared(make() if self.leads else None)  # type: ignore[arg-type]

    def in_turn(self, make: Callable[[], T]) -> T:
        """Call a function in the first process, then in the others: what it leaves on disk, they find there."""
        made = make() if self.leads else None
        self.shared(None)
        return made if self.leads else make()  # type: ignore[return-value]

    def all(self, value: T) -> list[T]:
        """Return the value of every process, by rank."""
        if self.world == 1:
            return [value]
        held: list[Any] = [None] * self.world
        self._call(lambda: dist.all_gather_object(held, value))
        return held

    def gathered(self, value: T) -> list[T]:
        """Return the value of every process in the first, nothing in the others."""
        if self.world == 1:
            return [value]
        held: list[Any] | None = [None] * self.world if self.leads else None
        self._call(lambda: dist.gather_object(value, held, dst=0))
        return held or []

    @torch.no_grad()
    def copy(self, module: nn.Module) -> None:
        """Give every process the first one's weights and buffers."""
        if self.world > 1:
            for tensor in module.state_dict().values():
                self._call(lambda t=tensor: dist.broadcast(t, src=0))

    @torch.no_grad()
    def sum_gradients(self, parameters: Sequence[nn.Parameter]) -> None:
        """Put the sum of the processes' gradients in place of each gradient.

        A parameter that no process has a gradient for keeps none, so that optimizers leave it alone as they do in one
        process.
        """
        if self.world == 1:
            return
        for bucket in _buckets([p for p in parameters if p.requires_grad]):
            has = torch.tensor([p.grad is not None for p in bucket], dtype=bucket[0].dtype, device=bucket[0].device)
            grads = [(torch.zeros_like(p) if p.grad is None else p.grad).flatten() for p in bucket]
            flat = torch.cat([*grads, has])
            self._call(lambda f=flat: dist.all_reduce(f))
            *sums, counts = flat.split([p.numel() for p in bucket] + [len(bucket)])
            somewhere = counts.tolist() if any(p.grad is None for p in bucket) else [1.0] * len(bucket)
            for p, total, count in zip(bucket, sums, somewhere, strict=True):
                if count and p.grad is None:
                    p.grad = torch.empty_like(p)
                if count:
                    p.grad.copy_(total.view_as(p))

    @torch.no_grad()
    def mean_buffers(self, module: nn.Module, share: float) -> None:
        """Average the floating-point buffers, such as batch normalization's statistics, over the processes.

        Args:
            module: the network.
            share: this process's part of the batch, the weight of its buffers; the shares sum to 1.

        """
        if self.world == 1:
            return
        buffers = [b for b in module.buffers() if b.is_floating_point()]
        if buffers:
            flat = torch.cat([b.flatten().double() for b in buffers]) * share
            self._call(lambda: dist.all_reduce(flat))
            for buffer, mean in zip(buffers, flat.split([b.numel() for b in buffers]), strict=True):
                buffer.copy_(mean.view_as(buffer))

    def _reduced(self, values: Iterable[int], operation: Any) -> list[int]:
        held = torch.tensor(list(values), dtype=torch.int64)  # on the CPU: no step waits for a device
        self._call(lambda: dist.all_reduce(held, operation))
        return held.tolist()

    def _call(self, send: Callable[[], Any]) -> None:
        try:
            send()
        except RuntimeError as error:
            raise PeerLost("another process of the job has died") from error


ALONE = Group()


@contextlib.contextmanager
def opened(place: Place) -> Iterator[Group]:
    """Join the other processes for the length of the block.

    However it fails, one process says why: the first to fail, or, when one was killed, our launcher, or without it the
    process that leads.

    Args:
        place: this process.

    Raises:
        PeerLost: in the process that leads, when another one died without a word.
        Told: when another process has said what was wrong.

    """
    if place.world == 1:
        yield ALONE
        return
    group = Group(place, _meet(place))
    try:
        yield group
    except (Stopped, Told):  # all of them stop, and the one that leads says so
        raise
    except PeerLost as error:
        if place.parent or not place.leads or not _first(group.store):  # our launcher knows more and says it
            raise Told(error.code) from error
        raise
    except Exception as error:
        code = error.code if isinstance(error, DlcliError) else Exit.RUN
        if not _first(group.store):
            raise Told(code) from error
        raise
    else:
        with contextlib.suppress(RuntimeError):  # the others have what they need
            dist.destroy_process_group()


def _meet(place: Place) -> Any:
    backend = "gloo"
    if torch.cuda.is_available() and dist.is_nccl_available():
        backend = "cpu:gloo,cuda:nccl"  # the place of a tensor decides; the second starts at its first use
        torch.cuda.set_device(place.local_rank % torch.cuda.device_count())
    try:
        store, rank, world = next(
            iter(dist.rendezvous("env://", place.rank, place.world, timeout=timedelta(minutes=MEET_MINUTES)))
        )
        dist.init_process_group(
            backend, store=store, rank=rank, world_size=world, timeout=timedelta(minutes=ANSWER_MINUTES)
        )
    except (RuntimeError, ValueError) as error:
        if not place.leads:
            raise Told(Exit.RUN) from error
        at = f"{os.environ.get('MASTER_ADDR')}:{os.environ.get('MASTER_PORT')}"
        raise PeerLost(
            f"the {place.world} processes did not meet at {at} ({_reason(error)})",
            "MASTER_ADDR and MASTER_PORT must name the first process's machine and a free port, the same for all",
        ) from error
    return store


def _first(store: Any) -> bool:
    """Say whether this process is the first to fail."""
    try:
        return store.add(_FAILED, 1) == 1
    except RuntimeError:  # the store went with the first process
        return False


def _reason(error: BaseException) -> str:
    text = str(error).strip().splitlines()
    return text[0].rpartition("] ")[2][:120].rstrip(".") if text else type(error).__name__


def _buckets(parameters: list[nn.Parameter]) -> Iterator[list[nn.Parameter]]:
    """Yield runs of parameters of one type and device, none of more elements than a bucket if it can be helped."""
    bucket: list[nn.Parameter] = []
    size = 0
    for p in parameters:
        if bucket and (size + p.numel() > BUCKET or (p.dtype, p.device) != (bucket[0].dtype, bucket[0].device)):
            yield bucket
            bucket, size = [], 0
        bucket.append(p)
        size += p.numel()
    if bucket:
        yield bucket
