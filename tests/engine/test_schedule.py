"""Every schedule against torch's own scheduler, step by step."""

import math

import pytest
import torch
from torch.optim import lr_scheduler as ls

from dlcli.core.schemas import shared
from dlcli.engine.schedule import Clock, PlateauState, factor
from dlcli.engine.task import Monitor

EPOCHS, PER_EPOCH = 12, 7
CLOCK = Clock(EPOCHS * PER_EPOCH, PER_EPOCH)


def optimizer(lr=0.1):
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr)


def rates(make, every=1, steps=CLOCK.steps):
    """Learning rates torch gives, one a step; the scheduler is stepped every ``every`` optimizer steps."""
    opt = optimizer()
    scheduler = make(opt)
    found = []
    for step in range(steps):
        found.append(opt.param_groups[0]["lr"] / 0.1)
        opt.step()
        if (step + 1) % every == 0:
            scheduler.step()
    return found


CASES = [
    (shared.Constant(), lambda o: ls.ConstantLR(o, factor=1.0), 1),
    (shared.StepSchedule(every_epochs=3, gamma=0.5), lambda o: ls.StepLR(o, 3, 0.5), PER_EPOCH),
    (shared.Multistep(at_epochs=[2, 5, 6], gamma=0.3), lambda o: ls.MultiStepLR(o, [2, 5, 6], 0.3), PER_EPOCH),
    (shared.Exponential(k=0.2), lambda o: ls.ExponentialLR(o, math.exp(-0.2)), PER_EPOCH),
    (shared.TimeSchedule(k=0.3), lambda o: ls.LambdaLR(o, lambda e: 1 / (1 + 0.3 * e)), PER_EPOCH),
    (shared.LinearSchedule(end=0.1), lambda o: ls.LinearLR(o, 1.0, 0.1, CLOCK.steps), 1),
    (shared.Poly(power=2.0), lambda o: ls.PolynomialLR(o, CLOCK.steps, 2.0), 1),
    (shared.Cosine(end=0.05), lambda o: ls.CosineAnnealingLR(o, CLOCK.steps, 0.1 * 0.05), 1),
    (shared.Restarts(first_epochs=2, times=2, end=0.1), lambda o: ls.CosineAnnealingWarmRestarts(o, 2 * 7, 2, 0.01), 1),
    (
        shared.OneCycle(up=0.25, start=0.04, end=4e-6),
        lambda o: ls.OneCycleLR(o, 0.1, CLOCK.steps, pct_start=0.25, cycle_momentum=False, final_div_factor=1e4),
        1,
    ),
    (shared.Cyclic(low=0.1, half_epochs=2), lambda o: ls.CyclicLR(o, 0.01, 0.1, 14, cycle_momentum=False), 1),
]


@pytest.mark.parametrize(("section", "make", "every"), CASES, ids=[c[0].name for c in CASES])
def test_equals_torch(section, make, every):
    ours = [factor(section, s, CLOCK) for s in range(CLOCK.steps)]
    assert ours == pytest.approx(rates(make, every), abs=1e-9)


@pytest.mark.parametrize("name", ["cosine", "linear", "poly", "one_cycle"])
def test_warm_up_then_the_schedule_from_its_beginning(name):
    warm = 10
    kind = {"cosine": shared.Cosine, "linear": shared.LinearSchedule, "poly": shared.Poly, "one_cycle": shared.OneCycle}
    section = kind[name](warmup_steps=warm, warmup_start=0.1)
    plain = kind[name]()
    rest = Clock(CLOCK.steps - warm, PER_EPOCH)
    expected = [0.1 + 0.9 * s / warm for s in range(warm)] + [factor(plain, s, rest) for s in range(rest.steps)]
    assert [factor(section, s, CLOCK) for s in range(CLOCK.steps)] == pytest.approx(expected, abs=1e-12)


def test_warm_up_equals_torch_sequential():
    section = shared.Cosine(warmup_steps=10, warmup_start=0.2)

    def make(o):
        warm, main = ls.LinearLR(o, 0.2, 1.0, 10), ls.CosineAnnealingLR(o, CLOCK.steps - 10)
        return ls.SequentialLR(o, [warm, main], [10])

    assert [factor(section, s, CLOCK) for s in range(CLOCK.steps)] == pytest.approx(rates(make), abs=1e-9)


def test_every_schedule_of_the_schema_has_a_closed_form():
    from dlcli.core.schemas.base import members

    tested = {c[0].name for c in CASES} | {"plateau"}
    assert tested == {m().name for m in members(shared.Schedule)}
    for member in members(shared.Schedule):
        assert all(0 <= factor(member(), s, CLOCK) <= 1 + 1e-12 for s in range(CLOCK.steps))


@pytest.mark.parametrize("higher", [True, False])
def test_plateau_equals_torch(higher):
    section = shared.Plateau(gamma=0.5, patience=2, min_delta=0.01, lowest=0.1)
    values = [0.5, 0.6, 0.605, 0.604, 0.6, 0.61, 0.7, 0.2, 0.2, 0.2, 0.2, 0.2, 0.9, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]
    opt = optimizer()
    scheduler = ls.ReduceLROnPlateau(
        opt,
        "max" if higher else "min",
        factor=0.5,
        patience=2,
        threshold=0.01,
        threshold_mode="abs",
        min_lr=0.01,
        eps=0,
    )
    state, monitor = PlateauState(), Monitor("x", higher)
    for value in values:
        scheduler.step(value)
        state.observe(section, monitor, value)
        assert state.factor == pytest.approx(opt.param_groups[0]["lr"] / 0.1, abs=1e-12)
