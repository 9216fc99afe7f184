"""Initialization: closed formulas, torch's own, symmetry, and what is left alone."""

import math
import typing

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlcli.core.draws import mix
from dlcli.core.schemas import initialization as init
from dlcli.models.initialization import draw, initialize

OUT, IN, SIDE = 160, 120, 3
N_IN, N_OUT = IN * SIDE**2, OUT * SIDE**2
CHOICES = {c.model_fields["name"].default: c for c in typing.get_args(init.Initialization)}


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def drawn(how):
    """Return a convolution's weight of 172,800 numbers: its variance is known to half a percent."""
    return draw(torch.empty(OUT, IN, SIDE, SIDE), how, generator())


def network():
    return nn.Sequential(
        nn.Conv2d(2, 6, 3), nn.BatchNorm2d(6), nn.ReLU(), nn.Conv2d(6, 4, 3, groups=2, bias=False), nn.Flatten(),
        nn.Linear(64, 8), nn.LayerNorm(8), nn.Linear(8, 3),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("how", "mean", "variance"),
    [
        (init.Normal(mean=0.5, std=0.02), 0.5, 0.02**2),
        (init.Uniform(low=-0.1, high=0.3), 0.1, 0.4**2 / 12),
        (init.XavierNormal(), 0, 2 / (N_IN + N_OUT)),
        (init.XavierUniform(), 0, 2 / (N_IN + N_OUT)),
        (init.XavierNormal(gain=3), 0, 9 * 2 / (N_IN + N_OUT)),
        (init.HeNormal(), 0, 2 / N_IN),
        (init.HeNormal(mode="fan_out"), 0, 2 / N_OUT),
        (init.HeNormal(activation="linear"), 0, 1 / N_IN),
        (init.HeNormal(activation="leaky_relu"), 0, 2 / (1 + 0.01**2) / N_IN),
        (init.HeNormal(activation="tanh"), 0, (5 / 3) ** 2 / N_IN),
        (init.HeUniform(), 0, 2 / N_IN),
        (init.HeUniform(mode="fan_out"), 0, 2 / N_OUT),
    ],
)
def test_mean_and_variance_are_the_closed_formula(how, mean, variance):
    weight = drawn(how)
    assert weight.mean().item() == pytest.approx(mean, abs=5 * math.sqrt(variance / weight.numel()))
    assert weight.var().item() == pytest.approx(variance, rel=0.02)


@pytest.mark.parametrize(
    ("how", "low", "high"),
    [
        (init.Uniform(low=-0.1, high=0.3), -0.1, 0.3),
        (init.XavierUniform(), -math.sqrt(6 / (N_IN + N_OUT)), math.sqrt(6 / (N_IN + N_OUT))),
        (init.HeUniform(), -math.sqrt(6 / N_IN), math.sqrt(6 / N_IN)),
        (init.HeUniform(mode="fan_out"), -math.sqrt(6 / N_OUT), math.sqrt(6 / N_OUT)),
    ],
)
def test_the_bounds_are_the_closed_formula(how, low, high):
    weight = drawn(how)
    assert low <= weight.min() < low + (high - low) / 1000
    assert high - (high - low) / 1000 < weight.max() <= high


@pytest.mark.parametrize("shape", [(6, 10), (10, 6), (5, 2, 3, 3), (40, 2, 3, 3)])
def test_orthogonal(shape):
    weight = draw(torch.empty(shape), init.Orthogonal(gain=1.5), generator()).flatten(1)
    product = weight @ weight.T if weight.shape[0] < weight.shape[1] else weight.T @ weight
    torch.testing.assert_close(product, 1.5**2 * torch.eye(len(product)), atol=1e-5, rtol=0)


@pytest.mark.parametrize("name", [n for n in CHOICES if n != "default"])
def test_a_network_gets_torchs_own_draws_under_one_generator(name):
    expected = {
        "zero": lambda w, g: nn.init.zeros_(w),
        "constant": lambda w, g: nn.init.constant_(w, 0.1),
        "normal": lambda w, g: nn.init.normal_(w, 0, 0.01, generator=g),
        "uniform": lambda w, g: nn.init.uniform_(w, -0.05, 0.05, generator=g),
        "xavier_normal": lambda w, g: nn.init.xavier_normal_(w, generator=g),
        "xavier_uniform": lambda w, g: nn.init.xavier_uniform_(w, generator=g),
        "he_normal": lambda w, g: nn.init.kaiming_normal_(w, nonlinearity="relu", generator=g),
        "he_uniform": lambda w, g: nn.init.kaiming_uniform_(w, nonlinearity="relu", generator=g),
        "orthogonal": lambda w, g: nn.init.orthogonal_(w, generator=g),
    }
    module = network()
    before = {k: v.clone() for k, v in module.state_dict().items()}
    initialize(module, CHOICES[name](), seed=4)
    g = generator(mix(4, "init", name))
    for k in ("0", "3", "5", "7"):
        weight = before[f"{k}.weight"].clone()
        assert torch.equal(module.get_parameter(f"{k}.weight"), expected[name](weight, g)), k
        if k != "3":
            assert not module.get_parameter(f"{k}.bias").any()
    for k in ("1.weight", "1.bias", "6.weight", "6.bias"):  # normalization
        assert torch.equal(module.state_dict()[k], before[k])


def test_default_leaves_all_and_bias_default_leaves_biases():
    module = network()
    before = {k: v.clone() for k, v in module.state_dict().items()}
    initialize(module, init.OwnStart(), 0)
    assert all(torch.equal(v, before[k]) for k, v in module.state_dict().items())
    initialize(module, init.HeNormal(bias="default"), 0)
    assert torch.equal(module[0].bias, before["0.bias"])
    assert not torch.equal(module[0].weight, before["0.weight"])


def test_the_seed_alone_decides():
    """Not what the global generator has drawn before, as the own start of another build of the network would."""
    found = []
    for seed, noise in ((0, 1), (0, 2), (1, 1)):
        torch.manual_seed(noise)
        module = network()
        initialize(module, init.HeNormal(), seed)
        found.append(module[0].weight.detach().clone())
    assert torch.equal(found[0], found[1])
    assert not torch.equal(found[0], found[2])


def trained(how, steps):
    torch.manual_seed(0)
    module = nn.Sequential(nn.Linear(6, 5), nn.Sigmoid(), nn.Linear(5, 3))
    initialize(module, how, 0)
    x, y = torch.randn(20, 6), torch.arange(20) % 3
    for _ in range(steps):
        module.zero_grad()
        F.cross_entropy(module(x), y).backward()
        for p in module.parameters():
            p.data -= 0.5 * p.grad
    return module


@pytest.mark.parametrize("how", [init.Zero(), init.Constant()])
def test_equal_weights_stay_equal_every_hidden_unit_has_the_same_gradient(how):
    module = trained(how, 4)
    incoming, outgoing = module[0].weight, module[2].weight
    assert incoming.grad.abs().sum() > 0
    torch.testing.assert_close(incoming.grad, incoming.grad[:1].expand(5, -1))
    torch.testing.assert_close(incoming, incoming[:1].expand(5, -1))
    torch.testing.assert_close(outgoing.grad, outgoing.grad[:, :1].expand(-1, 5))


def test_drawn_weights_break_the_symmetry():
    module = trained(init.XavierNormal(), 4)
    assert (module[0].weight.grad - module[0].weight.grad[:1]).abs().max() > 1e-3


def test_with_zeros_and_relu_nothing_reaches_the_hidden_weights():
    module = nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 3))
    initialize(module, init.Zero(), 0)
    F.cross_entropy(module(torch.randn(20, 6)), torch.arange(20) % 3).backward()
    assert not module[0].weight.grad.any()
    assert not module[2].weight.grad.any()
    assert module[2].bias.grad.any()


def test_he_keeps_the_scale_of_relu_layers_and_xavier_that_of_linear_ones():
    """Twenty layers deep: the variance neither vanishes nor explodes; Gaussians of 0.01 vanish."""
    x = torch.randn(64, 256, generator=generator())

    def scale(how, activation):
        module = nn.Sequential(*(m for _ in range(20) for m in (nn.Linear(256, 256), activation())))
        initialize(module, how, 0)
        return module(x).square().mean().item()

    assert 0.3 < scale(init.HeNormal(), nn.ReLU) < 3
    assert 0.3 < scale(init.HeUniform(), nn.ReLU) < 3
    assert 0.5 < scale(init.XavierUniform(), nn.Identity) < 2
    assert scale(init.XavierNormal(), nn.ReLU) < 1e-4
    assert scale(init.Normal(), nn.ReLU) < 1e-20
