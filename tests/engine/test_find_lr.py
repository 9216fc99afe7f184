"""The learning-rate range test: below the bound of divergence, silent on noise, and nothing touched."""

import math
from dataclasses import dataclass, field

import numpy as np
import pytest
import torch
from torch import nn
from toys import CPU, Loader, Regression, data, net

from dlcli.core.errors import DataError, RunFailed
from dlcli.core.schemas import shared
from dlcli.core.schemas.base import members
from dlcli.engine import find_lr
from dlcli.engine.find_lr import Point, Sweep, endless, smooth, suggest, sweep
from dlcli.engine.state import Settings, Stopped
from dlcli.engine.stop import StopRequest

OPTIMIZERS = members(shared.Optimizer)


@dataclass
class Quadratic:
    """½ Σ λ x², by gradient descent from 1; it diverges above 2 / λ_max."""

    curvatures: np.ndarray
    x: np.ndarray = field(init=False)

    def __post_init__(self):
        self.x = np.ones(len(self.curvatures))

    def take(self, _, lr):
        with np.errstate(over="ignore", invalid="ignore"):
            loss = float((self.curvatures * self.x**2).sum() / 2)
            self.x = self.x * (1 - lr * self.curvatures)
        return loss


@pytest.mark.parametrize("top", [0.5, 1.0, 10.0, 300.0, 1e4])
@pytest.mark.parametrize("spread", [1.0, 30.0, 1e4])
def test_below_the_bound_of_divergence_of_a_quadratic_and_not_absurdly_small(top, spread):
    found = sweep(Quadratic(np.geomspace(top / spread, top, 20)).take)
    bound = 2 / top
    suggestion = suggest(found)
    assert bound / 1000 <= suggestion.lr < bound
    assert suggestion.lr == pytest.approx(min(suggestion.steepest, suggestion.tenth), rel=0.06)
    descending, diverging = Quadratic(np.array([top])), Quadratic(np.array([top]))
    losses = [descending.take(0, suggestion.lr) for _ in range(50)]
    assert losses[-1] < losses[0]
    assert diverging.take(0, 1.01 * bound) < diverging.take(0, 1.01 * bound)


class Bowl(nn.Module):
    def __init__(self, curvatures):
        super().__init__()
        self.x = nn.Parameter(torch.ones(len(curvatures)))
        self.register_buffer("curvatures", torch.tensor(curvatures))
        self.register_buffer("calls", torch.zeros(()))

    def forward(self, _):
        self.calls += 1
        return (self.curvatures * self.x.square()).sum() / 2


class Fall(Regression):
    def losses(self, module, batch):
        yield "main", module(batch["x"])
        return None


def settings(optimizer=None, samples=26, **train):
    return Settings(0, shared.Train(batch=8, **train), optimizer or shared.Sgd(), shared.Cosine(), samples)


def run(task, module, optimizer=None, steps=find_lr.STEPS, stop=None, **train):
    told = []
    x = data(40)[0]
    batches = endless(Loader(x, x @ torch.tensor([[1.0, 0.5], [-1.0, 0.3], [0.2, -2.0]]), 20), told.append)
    seen = []
    found = find_lr.find_lr(
        task, module, batches, settings(optimizer, **train), CPU, stop=stop or StopRequest(), note=told.append,
        told=lambda *a: seen.append(a), steps=steps,
    )  # fmt: skip
    return found, seen


@pytest.mark.parametrize(("momentum", "top"), [(0.0, 4.0), (0.0, 50.0), (0.5, 50.0)])
def test_through_the_real_steps_of_sgd(momentum, top):
    module = Bowl([top, top / 10])
    found, seen = run(Fall(), module, shared.Sgd(momentum=momentum))
    bound = 2 * (1 + momentum) / top
    assert bound / 1000 <= suggest(found).lr < bound
    assert found.ended == "diverged"
    assert [s[0] for s in seen] == list(range(len(found.points) + 1))
    assert [s[1] for s in seen[:-1]] == [p.lr for p in found.points]
    assert [s[2] for s in seen[1:]] == [p.loss for p in found.points]  # a loss stands with the rate that made it
    assert found.start == seen[0][2]


@pytest.mark.parametrize("section", OPTIMIZERS, ids=lambda s: s.__name__)
def test_every_optimizer_gets_a_suggestion(section):
    found, _ = run(Fall(), Bowl([4.0, 1.0]), section())
    lr = suggest(found).lr
    assert 1e-5 <= lr <= 10
    assert lr == float(f"{lr:.2g}")


def test_weights_buffers_and_mode_of_the_network_stay():
    module = Bowl([1.0, 2.0])
    module.eval()
    found, _ = run(Fall(), module, ema=0.9)
    assert len(found.points) > 20
    assert module.x.tolist() == [1.0, 1.0]
    assert module.calls == 0
    assert module.x.grad is None
    assert not module.training


def test_clipping_is_that_of_the_recipe():
    free, _ = run(Fall(), Bowl([50.0]))
    clipped, _ = run(Fall(), Bowl([50.0]), clip_norm=1e-3)
    assert free.ended == "diverged"
    assert clipped.ended == "done"


def test_the_rates_grow_by_one_factor_from_the_lowest_to_the_highest():
    found = sweep(lambda _, lr: 1.0, lowest=1e-4, highest=1.0, steps=9)
    rates = [p.lr for p in found.points]
    assert (rates[0], rates[-1], len(rates)) == (1e-4, pytest.approx(1.0), 9)
    np.testing.assert_allclose(np.diff(np.log10(rates)), 0.5)


def test_a_sweep_ends_where_the_loss_is_lost():
    losses = iter([1.0] * 30 + [100.0] * 100)
    found = sweep(lambda *_: next(losses))
    assert found.ended == "diverged"
    assert len(found.points) == 30  # 0.9 · 1 + 0.1 · 100 is more than four times 1
    losses = iter([1.0] * 10 + [math.nan] * 100)
    found = sweep(lambda *_: next(losses))
    assert (found.ended, len(found.points)) == ("not finite", 9)
    assert sweep(lambda *_: math.inf).points == []


def test_no_suggestion_without_a_fall():
    with pytest.raises(RunFailed, match="never fell from 1 by more than its noise"):
        suggest(sweep(lambda *_: 1.0))
    with pytest.raises(RunFailed, match="never fell"):
        suggest(sweep(lambda step, _: 1.0 + step / 1000))
    with pytest.raises(RunFailed, match=r"the loss was lost after 0 steps \(not finite\)"):
        suggest(sweep(lambda *_: math.nan))
    for seed in range(30):
        rng = np.random.default_rng(seed)
        noise = [2.3 + 0.1 * v for v in rng.standard_normal(101)]
        with pytest.raises(RunFailed, match="never fell"):
            suggest(sweep(lambda step, _, noise=noise: noise[step]))


def valley(noise=0.0, end=1.0, seed=0):
    """Return a sweep whose loss falls fastest at 1e-3, is lowest at 1e-1 and rises after it."""
    rng = np.random.default_rng(seed)
    rates = 10 ** np.linspace(-6, end, 100)
    power = np.log10(rates)
    losses = 2.3 - 1 / (1 + np.exp(-4 * (power + 3))) - 0.1 * np.clip(power + 2, 0, 1) + 2 * np.clip(power + 1, 0, 9)
    losses += noise * rng.standard_normal(100)
    return Sweep(2.3, [Point(float(r), float(v)) for r, v in zip(rates, losses, strict=True)], "done")


@pytest.mark.parametrize("noise", [0.0, 0.02, 0.05])
def test_the_more_cautious_of_steepest_and_a_tenth_of_the_minimum(noise):
    found = suggest(valley(noise))
    assert found.steepest == pytest.approx(1e-3, rel=0.8)
    assert 0.002 <= found.tenth <= 0.02
    assert found.lr == float(f"{min(found.steepest, found.tenth):.2g}")
    assert not found.still_falling


def test_a_loss_that_still_falls_at_the_end_is_told():
    found = suggest(valley(end=-1.2))
    assert found.still_falling


def test_smoothing_keeps_a_line_inside_and_has_no_lag():
    line = np.arange(40.0)
    np.testing.assert_allclose(smooth(line)[6:-6], line[6:-6])
    step = smooth(np.repeat([0.0, 1.0], 20))
    assert step[19] == pytest.approx(1 - step[20])
    assert smooth(np.ones(3)).tolist() == pytest.approx([1, 1, 1])


class Feed:
    """A loader whose first sample cannot be read."""

    def __init__(self, good):
        self.batch_sampler = type("Sampler", (), {"epoch": 0})()
        self.good = good

    def __iter__(self):
        yield {"index": torch.arange(0), "bad": [("a.png", "a.png is broken")]}
        if self.good:
            yield {"index": torch.arange(2), "epoch": self.batch_sampler.epoch, "bad": ()}


def test_batches_without_end_tell_a_broken_sample_once():
    notes = []
    batches = endless(Feed(good=True), notes.append)
    assert [next(batches)["epoch"] for _ in range(3)] == [0, 1, 2]
    assert notes == ["left out: a.png is broken"]
    with pytest.raises(DataError, match="no sample of the training part can be read"):
        next(endless(Feed(good=False), notes.append))


def test_a_signal_ends_it():
    stop = StopRequest()
    stop._signal = 15
    with pytest.raises(Stopped) as stopped:
        run(Regression(), net(), stop=stop)
    assert stopped.value.signal == 15
