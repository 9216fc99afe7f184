"""A few samples learnt by heart, or the reason why not."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from toys import CPU, Regression, data, net

from dlcli.core.schemas import shared
from dlcli.engine.overfit import calm, overfit
from dlcli.engine.state import Settings, Stopped
from dlcli.engine.stop import StopRequest


class Sorting(Regression):
    """Three classes."""

    def losses(self, module, batch):
        scores = module(batch["x"])
        yield "main", F.cross_entropy(scores, batch["y"])
        return {"accuracy": (scores.detach().argmax(1) == batch["y"]).double().mean()}


def batch(count=6, seed=0):
    x = torch.randn(count, 4, generator=torch.Generator().manual_seed(seed))
    return {"index": torch.arange(count), "x": x, "y": torch.arange(count) % 3}


def mlp(*between, seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(4, 16), *between, nn.Tanh(), nn.Linear(16, 3))


def learn(module, samples=None, optimizer=None, task=None, stop=None, **train):
    samples = samples or batch()
    section = shared.Train(batch=len(samples["index"]), **train)
    settings = Settings(0, section, optimizer or shared.Adamw(lr=0.02), shared.Cosine(warmup_steps=500), 6)
    return overfit(
        task or Sorting(), module, samples, settings, CPU, stop=stop or StopRequest(), note=print,
        told=lambda *_: None,
    )  # fmt: skip


@pytest.mark.parametrize("accumulate", [1, 4])
def test_a_sound_network_learns_by_heart(accumulate):
    found = learn(mlp(), accumulate=accumulate)
    assert 0 < found.reached < 100
    assert found.reasons == []
    assert [h["step"] for h in found.history] == list(range(found.reached + 1))
    last = found.history[-1]
    assert last["accuracy"] == pytest.approx(1.0)
    assert last["loss"] <= found.history[0]["loss"] / 2


def test_what_regularizes_has_no_part():
    """Dropout of nine in ten, a decay that would eat all weights, a long warm-up and an average: none is in the way."""
    found = learn(mlp(nn.Dropout(0.9)), optimizer=shared.Adamw(lr=0.02, weight_decay=20.0), ema=0.999)
    assert found.reached is not None


def test_only_batch_normalization_behaves_as_in_training():
    module = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.Dropout(), nn.InstanceNorm1d(3))
    calm(Sorting(), module)
    assert [m.training for m in module] == [False, True, False, False]
    found = learn(mlp(nn.BatchNorm1d(16)), batch(1))
    assert found.reached is not None  # one sample, seen twice, has batch statistics


def test_the_network_is_not_touched():
    module = mlp(nn.BatchNorm1d(16)).eval()
    before = {k: v.clone() for k, v in module.state_dict().items()}
    learn(module)
    assert all(torch.equal(v, before[k]) for k, v in module.state_dict().items())
    assert not module.training


def test_being_right_by_luck_is_not_enough():
    module = mlp()
    samples = batch(1)
    samples["y"] = module(samples["x"]).argmax(1)
    assert learn(module, samples).reached > 0


def test_a_task_without_an_accuracy_brings_its_loss_to_a_hundredth():
    x, y = data(4)
    found = learn(net(), {"index": torch.arange(4), "x": x, "y": y}, shared.Adamw(lr=0.05), Regression())
    assert found.reached is not None
    assert found.history[-1]["loss"] <= found.history[0]["loss"] / 100


def dead():
    module = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3))
    for p in module.parameters():
        nn.init.zeros_(p)
    module[0].bias.data.fill_(-1)
    module[2].bias.requires_grad_(False)
    return module


@pytest.mark.parametrize(
    ("module", "samples", "optimizer", "reason"),
    [
        (dead, batch, shared.Adamw(lr=0.02), "a dead start: 100% of the weights get no gradient"),
        (mlp, batch, shared.Sgd(lr=1e-7), "the learning rate 1e-07 is far too low"),
        (mlp, batch, shared.Sgd(lr=1e-2), "the loss is still falling: the learning rate 0.01 is low"),
        (mlp, batch, shared.Sgd(lr=1e3), "the learning rate 1000 is too high"),
        (mlp, batch, shared.Sgd(lr=1e38), "the loss is nan after"),
        (
            mlp,
            lambda: {**batch(), "x": torch.ones(6, 4)},
            shared.Adamw(lr=0.02),
            "or the labels contradict the pictures",
        ),
    ],
)
def test_the_likely_reason(module, samples, optimizer, reason):
    found = learn(module(), samples(), optimizer)
    assert found.reached is None
    assert reason in found.reasons[0]


def test_a_signal_ends_it():
    stop = StopRequest()
    stop._signal = 2
    with pytest.raises(Stopped):
        learn(mlp(), stop=stop)
