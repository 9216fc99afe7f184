"""Toys for tests of the loop: two tasks over a small network, their data, and a loop over both."""

import math

import numpy as np
import torch
from torch import nn

from dlcli.core.events import Reporters
from dlcli.core.schemas import shared
from dlcli.engine.checkpoint import Checkpoints
from dlcli.engine.device import open_device
from dlcli.engine.loop import Loop
from dlcli.engine.state import Settings
from dlcli.engine.task import Phase, Task

CPU = open_device("cpu")


class Sampler:
    """Batches as a function of (epoch, start), as the real ones are."""

    def __init__(self, count, batch):
        self.count, self.batch, self.epoch, self.start = count, batch, 0, 0

    def __len__(self):
        return math.ceil(self.count / self.batch)


class Loader:
    def __init__(self, x, y, batch, shuffle=True):
        self.x, self.y, self.shuffle = x, y, shuffle
        self.batch_sampler = Sampler(len(x), batch)

    def __iter__(self):
        s = self.batch_sampler
        g = torch.Generator().manual_seed(s.epoch)
        order = torch.randperm(len(self.x), generator=g) if self.shuffle else torch.arange(len(self.x))
        for b in range(s.start, len(s)):
            i = order[b * s.batch : (b + 1) * s.batch]
            yield {"index": i, "x": self.x[i], "y": self.y[i]}


class Regression(Task):
    """One optimizer, mean squared error."""

    def losses(self, module, batch):
        error = (module(batch["x"]) - batch["y"]).square().mean()
        yield "main", error
        return {"error": error.detach()}

    def outputs(self, module, batch):
        return {"index": batch["index"], "loss": (module(batch["x"]) - batch["y"]).square().mean(1)}

    def scores(self, outputs):
        return {"loss": float(outputs["loss"].astype(np.float64).mean())}


class Game(Regression):
    """Two optimizers in turn over one network, as a GAN has: the second step sees what the first one changed."""

    def parameters(self, module):
        return {"first": module[0].parameters(), "second": module[2].parameters()}

    def losses(self, module, batch):
        yield "first", (module(batch["x"]) - batch["y"]).square().mean()
        yield "second", (module(batch["x"]) + batch["y"]).square().mean()
        return None

    def warm(self, module, batch):
        yield "first", module(batch["x"]).square().mean()
        return None

    def phases(self, epochs):
        return [Phase("warm", 2, self.warm), Phase("game", epochs - 2, self.losses)]


def net(seed=0, dropout=0.0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(3, 5), nn.Dropout(dropout) if dropout else nn.Tanh(), nn.Linear(5, 2))


def data(count=26):
    g = torch.Generator().manual_seed(1)
    return torch.randn(count, 3, generator=g), torch.randn(count, 2, generator=g)


class Recorder:
    def __init__(self):
        self.events = []

    def emit(self, event):
        self.events.append(event)


def make(
    task, module, folder=None, *, optimizer=None, schedule=None, stop=None, batch=8, val=True, watch=None, **train
):
    x, y = data()
    section = shared.Train(**{"epochs": 4, "batch": batch, **train})
    recorder = Recorder()
    loop = Loop(
        task,
        module,
        Loader(x, y, batch),
        Loader(x[:10], y[:10], 5, shuffle=False) if val else None,
        Settings(0, section, optimizer or shared.Adamw(lr=0.01), schedule or shared.Cosine(), len(x)),
        CPU,
        checkpoints=Checkpoints(folder) if folder else None,
        reporter=Reporters([recorder]),
        stop=stop,
        watch=watch,
    )
    loop.recorder = recorder
    return loop


def weights(loop):
    return torch.cat([p.detach().flatten() for p in loop.module.parameters()])
