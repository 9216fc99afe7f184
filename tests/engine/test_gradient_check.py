"""Backpropagation against finite differences: the course's exercises by hand, kinks, and planted mistakes."""

import math

import pytest
import torch
from torch import nn
from toys import Regression, data, net

from dlcli.core.errors import RunFailed
from dlcli.engine.gradient_check import CORRECT, WRONG, check, check_network
from dlcli.engine.state import Stopped
from dlcli.engine.stop import StopRequest


def leaf(*values):
    return torch.tensor(values, dtype=torch.float64, requires_grad=True)


class Planted(torch.autograd.Function):
    """The square, whose gradient is ``factor`` times too large."""

    @staticmethod
    def forward(ctx, x, factor):
        ctx.save_for_backward(x)
        ctx.factor = factor
        return x.square()

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return 2 * x * gradient * ctx.factor, None


def planted(factor):
    w = leaf(0.7, -1.2, 0.4)
    (row,) = check(lambda: Planted.apply(w, factor).sum(), {"w": w})
    return row


def test_w5_the_two_layer_exercise_in_every_printed_number():
    x, y = leaf(0.05, 0.10).detach(), leaf(0.01, 0.99).detach()
    w = {f"w{k}": leaf(v) for k, v in enumerate((0.15, 0.20, 0.25, 0.30, 0.40, 0.45, 0.50, 0.55), 1)}
    w |= {"b1": leaf(0.35), "b2": leaf(0.60)}

    def forward():
        h = torch.sigmoid(torch.cat([w["w1"] * x[0] + w["w2"] * x[1], w["w3"] * x[0] + w["w4"] * x[1]]) + w["b1"])
        o = torch.sigmoid(torch.cat([w["w5"] * h[0] + w["w6"] * h[1], w["w7"] * h[0] + w["w8"] * h[1]]) + w["b2"])
        return h, o, (o - y).square().sum() / 2

    h, o, loss = forward()
    assert [round(v, 9) for v in h.tolist()] == [0.593269992, 0.596884378]
    assert [round(v, 8) for v in o.tolist()] == [0.75136507, 0.77292847]
    assert o.tolist()[1] == pytest.approx(0.772928465, abs=5e-10)
    assert loss.item() == pytest.approx(0.298371109, abs=5e-10)
    loss.backward()
    printed = (0.00043857, 0.00087714, 0.00049771, 0.00099543, 0.08216704, 0.08266763, -0.02260254, -0.02274024)
    for name, value in zip(w, (*printed, 0.01872561, 0.10040032), strict=True):
        assert float(w[name].grad) == pytest.approx(value, abs=1e-8), name  # one unit of the last digit printed
    assert (w["w5"] - 0.5 * w["w5"].grad).item() == pytest.approx(0.35891648, abs=5e-9)
    rows = check(lambda: forward()[2], w)
    assert [r.name for r in rows] == list(w)
    assert all(r.verdict == "correct" and r.error < CORRECT and r.compared == 1 for r in rows)


def test_w6_two_squares():
    w, x = leaf(1.5, -0.5), (3.0, 2.0)
    (row,) = check(lambda: w[0] ** 2 * x[0] + w[1] ** 2 * x[1], {"w": w})
    assert (row.verdict, row.compared, row.kinks, row.shape) == ("correct", 2, 0, (2,))
    assert row.error < 1e-10
    torch.testing.assert_close(w, leaf(1.5, -0.5))


def test_w6_the_relative_error_of_a_gradient_that_is_too_large():
    for factor in (2.0, 1.01):
        row = planted(factor)
        assert row.verdict == "wrong"
        assert row.error == pytest.approx((factor - 1) / (factor + 1), rel=1e-6)
    between = planted(1 + 1e-5)
    assert between.verdict == "suspicious"
    assert CORRECT < between.error < WRONG
    assert planted(1.0).verdict == "correct"


def test_a_gradient_cut_off_by_mistake_is_wrong():
    w = leaf(0.3, 0.4)
    (row,) = check(lambda: (w.detach() * 2).square().sum() + 0 * w.sum(), {"w": w})
    assert (row.verdict, row.error) == ("wrong", 1.0)
    unused = leaf(1.0)
    rows = check(lambda: w.square().sum(), {"w": w, "unused": unused})
    assert [r.verdict for r in rows] == ["correct", "correct"]


@pytest.mark.parametrize("at", [0.0, 3e-5, -2e-5, 2e-4, 4e-5 / 3])
def test_a_kink_is_left_out_or_stepped_around_never_called_wrong(at):
    w = leaf(at, 1.0)
    (row,) = check(lambda: torch.relu(w).sum() + w[1] ** 2, {"w": w})
    assert row.verdict == "correct"
    assert row.kinks == (1 if at == 0 else 0)
    assert row.compared == 2 - row.kinks


def test_where_all_is_kinks_nothing_is_claimed():
    w = leaf(0.0, 0.0)
    (row,) = check(lambda: w.abs().sum(), {"w": w})
    assert (row.verdict, row.compared, row.kinks) == ("kinks", 0, 2)


def test_the_judgment_of_a_kink_does_not_hide_a_wrong_gradient():
    w = leaf(1e-5, 0.5)
    (row,) = check(lambda: torch.relu(Planted.apply(w, 3.0) - 1e-11).sum(), {"w": w})
    assert row.verdict == "wrong"


def test_rounding_errors_of_a_gradient_that_is_zero_are_no_mistake():
    """A bias before batch normalization has no effect at all; backpropagation and differences both give dust."""
    torch.manual_seed(0)
    module = nn.Sequential(nn.Linear(3, 5), nn.BatchNorm1d(5), nn.Tanh(), nn.Linear(5, 2))
    x, y = data(6)
    rows = check_network(Regression(), module, {"index": torch.arange(6), "x": x, "y": y})
    assert {r.name: r.verdict for r in rows} == dict.fromkeys(dict(module.named_parameters()), "correct")
    assert rows[1].name == "0.bias"
    assert rows[1].error == 0.0


def test_of_a_large_tensor_the_steepest_entries_and_drawn_ones_are_compared():
    w = torch.linspace(-1, 1, 1000, dtype=torch.float64).requires_grad_()
    visited = set()

    def loss():
        visited.update((w.detach() - torch.linspace(-1, 1, 1000, dtype=torch.float64)).nonzero().flatten().tolist())
        return w.square().sum()

    (row,) = check(loss, {"w": w}, entries=6)
    assert (row.compared, row.verdict, len(visited)) == (6, "correct", 6)
    assert visited >= {0, 999}
    first = set(visited)
    visited.clear()
    check(loss, {"w": w}, entries=6)
    assert visited == first
    visited.clear()
    check(loss, {"w": w}, entries=6, seed=1)
    assert visited != first


def test_dropout_draws_alike_and_the_network_stays_as_it_was():
    module = net(dropout=0.5)
    module.register_buffer("seen", torch.zeros(()))
    before = {k: v.clone() for k, v in module.state_dict().items()}

    class Counting(Regression):
        def losses(self, module, batch):
            module.seen += 1
            yield "main", (module(batch["x"]) - batch["y"]).square().mean() * module.seen

    x, y = data(4)
    rows = check_network(Counting(), module, {"index": torch.arange(4), "x": x, "y": y})
    assert [r.verdict for r in rows] == ["correct"] * 4
    assert all(torch.equal(v, before[k]) for k, v in module.state_dict().items())
    assert module.training
    assert next(module.parameters()).dtype == torch.float32


def test_what_cannot_be_checked_is_said():
    w = leaf(1.0)
    with pytest.raises(RunFailed, match="torch.float32"):
        check(lambda: w.float().sum(), {"w": w})
    with pytest.raises(RunFailed, match="the loss is nan"):
        check(lambda: (w * math.nan).sum(), {"w": w})
    with pytest.raises(RunFailed, match="differs between two evaluations"):
        check(lambda: (w * torch.rand(())).sum(), {"w": w})


def test_a_signal_ends_it_and_puts_the_weights_back():
    stop, w = StopRequest(), leaf(1.0, 2.0)
    calls = 0

    def loss():
        nonlocal calls
        calls += 1
        if calls == 5:
            stop._signal = 2
        return w.square().sum()

    with pytest.raises(Stopped):
        check(loss, {"w": w}, stop=stop)
    assert w.tolist() == [1.0, 2.0]
