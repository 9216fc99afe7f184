"""Optimizers: each recipe section steps exactly as torch's optimizer does."""

import pytest
import torch
from torch import nn

from dlcli.core.errors import UsageError
from dlcli.core.schemas import shared
from dlcli.engine import optim

CASES = [
    (shared.Sgd(lr=0.1), lambda p: torch.optim.SGD(p, 0.1)),
    (shared.Sgd(lr=0.1, momentum=0.9), lambda p: torch.optim.SGD(p, 0.1, 0.9)),
    (shared.Sgd(lr=0.1, momentum=0.9, nesterov=True), lambda p: torch.optim.SGD(p, 0.1, 0.9, nesterov=True)),
    (shared.Adagrad(lr=0.1), lambda p: torch.optim.Adagrad(p, 0.1)),
    (shared.Adadelta(lr=1.0), lambda p: torch.optim.Adadelta(p, 1.0)),
    (shared.Rmsprop(lr=0.01), lambda p: torch.optim.RMSprop(p, 0.01)),
    (shared.Adam(lr=0.01), lambda p: torch.optim.Adam(p, 0.01)),
    (shared.Adamw(lr=0.01), lambda p: torch.optim.AdamW(p, 0.01)),
]


def trained(make):
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 2))
    x, y = torch.randn(16, 4), torch.randn(16, 2)
    optimizer = make(net.parameters())
    for _ in range(10):
        optimizer.zero_grad()
        (net(x) - y).square().mean().backward()
        optimizer.step()
    return torch.cat([p.detach().flatten() for p in net.parameters()])


@pytest.mark.parametrize(("section", "make"), CASES, ids=[f"{c[0].name}-{n}" for n, c in enumerate(CASES)])
def test_steps_as_torch_does(section, make):
    torch.testing.assert_close(trained(lambda p: optim.build(section, p)), trained(make), atol=1e-6, rtol=1e-5)


def test_momentum_by_hand():
    w = nn.Parameter(torch.tensor([1.0]))
    optimizer = optim.build(shared.Sgd(lr=0.1, momentum=0.5), [w])
    for _ in range(2):  # f = w², gradient 2w: v₁ = 2, w = 0.8; v₂ = 0.5·2 + 1.6 = 2.6, w = 0.54
        optimizer.zero_grad()
        w.square().sum().backward()
        optimizer.step()
    assert float(w.detach()) == pytest.approx(0.54, abs=1e-6)


def test_a_weight_whose_first_gradient_comes_late():
    """Torch's fused form knows no first step of some weights; the plain one does and is the reference."""
    results = []
    for make in (
        lambda w: optim.build(shared.Sgd(lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.1), w),
        lambda w: torch.optim.SGD(w, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.1, foreach=False),
    ):
        weights = [nn.Parameter(torch.tensor([v])) for v in (1.0, 2.0)]
        optimizer = make(weights)
        for used in ([0], [0, 1], [1], [0, 1]):
            optimizer.zero_grad()
            sum(weights[k].square().sum() for k in used).backward()
            optimizer.step()
        results.append(torch.cat(weights).detach())
    torch.testing.assert_close(*results)


def test_group_scale():
    a, b = nn.Parameter(torch.ones(1)), nn.Parameter(torch.ones(1))
    optimizer = optim.build(shared.Sgd(lr=0.1), [{"params": [a], "lr_scale": 0.1}, {"params": [b]}])
    optim.set_lr(optimizer, 0.5)
    assert [g["lr"] for g in optimizer.param_groups] == pytest.approx([0.05, 0.5])


def test_nesterov_needs_momentum():
    with pytest.raises(UsageError, match="needs optim.momentum above 0"):
        optim.build(shared.Sgd(nesterov=True), [nn.Parameter(torch.ones(1))])


def test_nothing_to_train():
    with pytest.raises(UsageError, match="everything is frozen"):
        optim.build(shared.Sgd(), [])
