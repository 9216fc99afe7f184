"""Gradients by layer: the figures against autograd by hand, what is said of them, and that nothing is left changed."""

import copy
import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from visual_toys import Toy

from dlcli.core.errors import ModelError, RunFailed, UsageError
from dlcli.engine import watch
from dlcli.engine.device import Device
from dlcli.methods import gradient_norms
from dlcli.methods.gradient_norms import Norms, measure, verdict

CPU = Device(torch.device("cpu"))


def mlp(activation, depth=10, width=24):
    torch.manual_seed(0)
    layers = []
    for _ in range(depth):
        layer = nn.Linear(width, width)
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        layers += [layer, activation()]
    return nn.Sequential(nn.Flatten(), *layers, nn.Linear(width, 4)).eval()


def asked(labels):
    return lambda scores: F.cross_entropy(scores, labels)


X, LABELS = torch.rand(8, 3, 16, 16, generator=torch.Generator().manual_seed(0)), torch.arange(8) % 4


def test_norms_are_those_of_autograd_by_hand():
    toy = Toy().eval()
    toy.conv2.weight.requires_grad_(False)  # frozen in training, yet it has a gradient
    norms = measure(toy, X, asked(LABELS), CPU)
    assert not toy.conv2.weight.requires_grad
    assert all(p.grad is None for p in toy.parameters())
    twin = copy.deepcopy(toy)
    twin.conv2.weight.requires_grad_()
    loss = F.cross_entropy(twin(X), LABELS)
    loss.backward()
    assert norms.loss == loss.item()
    assert [r["layer"] for r in norms.rows] == ["conv1", "conv2", "conv3", "fc"]
    for row in norms.rows:
        layer = twin.get_submodule(row["layer"])
        flat = torch.cat([layer.weight.grad.flatten(), layer.bias.grad]).double()
        weights = torch.cat([layer.weight.detach().flatten(), layer.bias.detach()]).double()
        assert row["weights"] == len(flat)
        assert row["norm"] == pytest.approx(flat.norm().item(), rel=1e-12)
        assert row["rms"] == pytest.approx(flat.square().mean().sqrt().item(), rel=1e-12)
        assert row["weight_rms"] == pytest.approx(weights.square().mean().sqrt().item(), rel=1e-12)
        assert row["ratio"] == pytest.approx(row["rms"] / row["weight_rms"], rel=1e-12)
        assert row["zeros"] == pytest.approx((flat == 0).double().mean().item(), abs=1e-12)
    whole = torch.cat([p.grad.flatten() for p in twin.parameters()]).double().norm().item()
    assert norms.norm == pytest.approx(whole, rel=1e-12)


def test_a_deep_sigmoid_network_vanishes_and_one_of_relus_does_not():
    x = torch.rand(16, 24, generator=torch.Generator().manual_seed(0)) - 0.5
    labels = torch.arange(16) % 4
    sigmoid = measure(mlp(nn.Sigmoid), x, asked(labels), CPU)
    relu = measure(mlp(nn.ReLU), x, asked(labels), CPU)
    told = verdict(sigmoid)
    assert told["name"] == "vanishing"
    assert told["ratio"] < watch.VANISHED < verdict(relu)["ratio"]
    assert "vanishing gradients: those of the first layer, 1, are" in told["text"]
    beyond = next(r for r in sigmoid.rows if r["layer"] == told["layer"])
    assert beyond["rms"] < watch.VANISHED * sigmoid.rows[-1]["rms"]
    nearer = sigmoid.rows[sigmoid.rows.index(beyond) + 1]
    assert nearer["rms"] >= watch.VANISHED * sigmoid.rows[-1]["rms"]
    assert verdict(relu)["name"] == "fine"
    assert "neither vanish nor explode" in verdict(relu)["text"]


def test_a_gradient_that_grows_on_its_way_down_explodes():
    rows = [
        {"layer": name, "multiplies": name != "norm", "rms": rms, "norm": rms, "weight_rms": 1.0}
        for name, rms in (("first", 5.0), ("norm", 1e9), ("middle", 1.5), ("last", 1e-3))
    ]
    told = verdict(Norms(1.0, 900.0, rows))
    assert (told["name"], told["layer"]) == ("exploding", "middle")
    assert "those of the first layer, first, are 5.0e+03 times those of the last, last" in told["text"]
    told = verdict(measure(Toy().eval(), X, lambda s: 1e6 * F.cross_entropy(s, LABELS), CPU))
    assert told["name"] == "exploding"
    assert "the norm of the whole is" in told["text"]


def test_a_zero_head_passes_nothing_and_that_is_said():
    toy = Toy().eval()
    nn.init.zeros_(toy.fc.weight)
    told = verdict(measure(toy, X, asked(LABELS), CPU))
    assert told["name"] == "vanishing"
    assert "nothing at all passes fc: are its weights 0" in told["text"]


def test_no_gradient_at_all_is_told():
    rows = [{"layer": "fc", "multiplies": True, "rms": 0.0, "norm": 0.0, "weight_rms": 1.0}]
    assert verdict(Norms(0.0, 0.0, rows))["name"] == "zero"
    assert verdict(measure(Toy().eval(), X, lambda s: (s * 0).sum(), CPU))["name"] == "zero"
    with pytest.raises(ModelError, match="no weights to take a gradient of"):
        measure(nn.Sequential(nn.Flatten(), nn.ReLU()), X, lambda s: s.sum(), CPU)


def test_a_layer_without_a_part_in_the_loss_has_no_figures():
    toy = Toy().eval()
    toy.aside = nn.Linear(3, 3)
    norms = measure(toy, X, asked(LABELS), CPU)
    row = norms.rows[-1]
    assert (row["layer"], row["norm"], row["zeros"]) == ("aside", None, None)
    assert verdict(norms)["name"] == "fine"


def trained_like():
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(inplace=True), nn.Dropout(0.5), nn.Flatten(), nn.Linear(784, 4)
    ).eval()


def test_training_takes_the_statistics_of_the_batch_and_leaves_no_trace():
    net = trained_like()
    before = copy.deepcopy(net.state_dict())
    state = torch.get_rng_state()
    first = measure(net, X, asked(LABELS), CPU, training=True, seed=3)
    assert torch.equal(torch.get_rng_state(), state)
    assert not any(m.training for m in net.modules())
    assert all(torch.equal(v, before[k]) for k, v in net.state_dict().items())
    assert measure(net, X, asked(LABELS), CPU, training=True, seed=3).rows == first.rows
    assert measure(net, X, asked(LABELS), CPU, training=True, seed=4).rows != first.rows
    assert measure(net, X, asked(LABELS), CPU).rows != first.rows


def test_a_failure_leaves_no_trace_either():
    net = trained_like()
    net[0].weight.requires_grad_(False)
    before = copy.deepcopy(net.state_dict())

    def broken(_):
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        measure(net, X, broken, CPU, training=True)
    assert all(torch.equal(v, before[k]) for k, v in net.state_dict().items())
    assert not net.training
    assert not net[0].weight.requires_grad


def test_one_picture_has_no_statistics_of_a_batch():
    net = nn.Sequential(nn.Flatten(), nn.Linear(768, 4), nn.BatchNorm1d(4)).eval()
    with pytest.raises(UsageError, match="cannot train on this batch"):
        measure(net, X[:1], asked(LABELS[:1]), CPU, training=True)


def test_what_is_no_number_is_told():
    toy = Toy().eval()
    with torch.no_grad():
        toy.conv2.weight[0] = math.nan
    with pytest.raises(RunFailed, match=r"weights of conv2 are no finite numbers \(1 of 4 layers\)"):
        measure(toy, X, asked(LABELS), CPU)
    with pytest.raises(RunFailed, match="the loss is inf"):
        measure(Toy().eval(), X, lambda s: s.square().sum() * math.inf, CPU)
    with pytest.raises(RunFailed, match="the gradient is no finite number in 4 of 4 layers, from fc down to conv1"):
        measure(Toy().eval(), X, lambda s: (s - s).square().sum().sqrt(), CPU)  # the root's slope at 0


def test_a_weight_that_two_layers_share_is_counted_once():
    toy = Toy().eval()
    toy.conv3.weight = toy.conv2.weight if toy.conv2.weight.shape == toy.conv3.weight.shape else toy.conv3.weight
    tied = nn.Sequential(nn.Flatten(), nn.Linear(768, 768), nn.Linear(768, 768)).eval()
    tied[2].weight = tied[1].weight
    norms = measure(tied, X, lambda s: s.square().mean(), CPU)
    assert [r["weights"] for r in norms.rows] == [768 * 768 + 768, 768]
    assert sum(r["weights"] for r in gradient_norms.measure(toy, X, asked(LABELS), CPU).rows) == sum(
        p.numel() for p in toy.parameters()
    )
