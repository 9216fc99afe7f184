"""What tests of several processes run in each of them; a module by itself, since the processes import it."""

import multiprocessing
import os
import socket
import time
import traceback

import torch
from torch import nn
from toys import CPU, Game, Loader, Recorder, Regression, data, net, weights

from dlcli.core.errors import DataError, RunFailed, Told
from dlcli.core.events import Reporters
from dlcli.core.launch import Place
from dlcli.core.schemas import shared
from dlcli.data.loader import Order
from dlcli.engine.device import open_device
from dlcli.engine.evaluate import evaluate
from dlcli.engine.group import opened
from dlcli.engine.loop import Loop
from dlcli.engine.state import Settings


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def enter(work, rank, world, port, results):
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port), GLOO_SOCKET_IFNAME="lo")
    torch.set_num_threads(1)
    try:
        with opened(Place(rank, world, rank, world)) as group:
            results.put((rank, work(group)))
    except BaseException as error:
        results.put((rank, f"{type(error).__name__}: {error}" if isinstance(error, Exception) else "ended"))
        if not isinstance(error, RunFailed | Told | DataError):
            traceback.print_exc()


def together(work, world):
    """Run a function of this module in several processes; returns what each returned, or its error, by rank."""
    context = multiprocessing.get_context("spawn")
    results, port = context.Queue(), free_port()
    children = [context.Process(target=enter, args=(work, r, world, port, results)) for r in range(world)]
    for child in children:
        child.start()
    found = {}
    deadline = time.monotonic() + 120
    while len(found) < world and time.monotonic() < deadline:
        if not any(c.is_alive() for c in children) and results.empty():
            break
        try:
            rank, result = results.get(timeout=0.5)
        except Exception:
            continue
        found[rank] = result
    for child in children:
        child.join(30)
        assert not child.is_alive()
    return found


class Dealt(Loader):
    """The toy's batches, dealt as the real ones are."""

    def __init__(self, x, y, batch, group, shuffle=True):
        super().__init__(x, y, batch, shuffle)
        self.batch_sampler = Order(len(x), batch, 0, shuffle=shuffle, rank=group.rank, world=group.world)

    def __iter__(self):
        for keys in self.batch_sampler:
            i = torch.tensor([k for _, k in keys], dtype=torch.int64)
            yield {"index": i, "x": self.x[i], "y": self.y[i]}


def loop_of(group, task, module, *, optimizer=None, epochs=4, **train):
    x, y = (t.double() for t in data(27))  # the last batch of 3 leaves two of three processes nothing
    loop = Loop(
        task,
        module.double(),
        Dealt(x, y, 8, group),
        Dealt(x[:11], y[:11], 2, group, shuffle=False),
        Settings(
            0, shared.Train(epochs=epochs, batch=8, **train), optimizer or shared.Adamw(lr=0.01), shared.Cosine(), 27
        ),
        CPU,
        checkpoints=None,
        reporter=Reporters([Recorder()]),
        group=group,
    )
    loop.records = []
    loop.record = loop.records.append
    return loop


class Unused(Regression):
    """Has a weight that no loss touches, and one that only long batches touch."""

    def losses(self, module, batch):
        answer = module[0](batch["x"])
        if len(batch["x"]) == 1:
            answer = answer.detach()
        yield "main", (module[2](answer) - batch["y"]).square().mean()


def unused():
    module = net()
    module.register_parameter("idle", nn.Parameter(torch.ones(3)))
    return module


CASES = {
    "adamw": (Regression, net, {}),
    "sgd": (Regression, net, {"optimizer": shared.Sgd(lr=0.05, momentum=0.9, weight_decay=0.1)}),
    "ema, clipping, accumulation": (Regression, net, {"ema": 0.9, "clip_norm": 0.1, "accumulate": 2}),
    "two optimizers": (Game, net, {}),
    "a weight without gradient": (Unused, unused, {"optimizer": shared.Adamw(lr=0.01, weight_decay=0.5)}),
}


def trained(group):
    found = {}
    for name, (task, module, words) in CASES.items():
        loop = loop_of(group, task(), module(), **words)
        loop.fit()
        found[name] = (weights(loop).numpy(), [r["train/loss"] for r in loop.records if "train/loss" in r], loop.best)
    return found


class ShortOnOne(Regression):
    """Runs out of memory at the second micro-batch of step 3, in one process only."""

    def __init__(self, rank):
        self.rank, self.calls, self.gradients = rank, 0, []

    def losses(self, module, batch):
        self.calls += 1
        if self.rank == 1 and self.calls == 6:
            raise torch.OutOfMemoryError("CUDA out of memory (injected)")
        yield "main", (module(batch["x"]) - batch["y"]).square().mean()


def short_on_one(group):
    found = []
    for rank in (group.rank, 0):
        task = ShortOnOne(rank)
        loop = loop_of(group, task, net(), accumulate=2)
        gradients, update = [], loop.steps._update

        def watch(name, lr, share, loop=loop, gradients=gradients, update=update):
            update(name, lr, share)
            gradients.append((lr, torch.cat([p.grad.flatten() for p in loop.module.parameters()]).numpy().copy()))

        loop.steps._update = watch
        loop.fit()
        found.append((gradients, loop.steps.parts))
    return found


def scored(group):
    x, y = data(11)
    found = evaluate(Regression(), net(), Dealt(x, y, 2, group, shuffle=False), CPU, group=group)
    return found.metrics, {k: v.tolist() for k, v in found.outputs.items()}


def batch_norm(group):
    torch.manual_seed(0)
    module = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 2))
    loop = loop_of(group, Regression(), module, ema=0.5)
    loop.fit()
    held = (dict(module.named_buffers()), loop.ema.shadow)  # a process that had no share of a batch counts one less
    return [{k: v.tolist() for k, v in h.items() if v.is_floating_point()} for h in held]


def talk(group):
    first = group.once(lambda: f"made by {group.rank}")
    order = group.in_turn(time.monotonic_ns)
    return (
        first,
        group.all(group.rank),
        group.gathered(group.rank),
        group.total(group.rank + 1),
        group.most(group.rank, -group.rank),
        order,
    )


def one_fails(group):
    if group.rank == 1:
        raise DataError("the folder is empty")
    group.total(1)


def all_fail(group):
    group.total(1)
    raise DataError("the folder is empty")


def one_dies(group):
    if group.rank == 1:
        os._exit(9)
    group.total(1)


def trained_on_cuda(group):
    """Each process takes the CUDA device of its own number."""
    device = open_device("cuda:0") if group.world == 1 else open_device(shared.Device(name="cuda"), group.place)
    loop = loop_of(group, Regression(), device.ready(net()))
    loop.device = loop.steps.device = device
    loop.fit()
    return weights(loop).cpu().numpy()
