"""Fooling images on a small network: bounds, rounding, honesty."""

import numpy as np
import pytest
import torch
from visual_toys import Toy

from dlcli.core.errors import ModelError, RunFailed
from dlcli.methods.fooling import fool

TOY = Toy().eval().requires_grad_(False)
PICTURE = np.random.default_rng(0).integers(0, 256, (3, 20, 24)).astype(np.uint8)
SETTINGS = {"goal": 0.3, "bound": 40, "steps": 8, "length": 0.25, "momentum": 0.5, "random_start": False}


def sees(pictures):
    return TOY(pictures / 127.5 - 1).mul(20)


def likelihood(pictures, target):
    return sees(pictures).log_softmax(1)[:, target]


def measure(picture, target):
    with torch.no_grad():
        return float(sees(torch.from_numpy(picture.astype(np.float32))[None]).softmax(1)[0, target])


def fooled(target=2, seed=0, ask=likelihood, look=measure, **settings):
    return fool(
        lambda x: ask(x, target), lambda p: look(p, target), PICTURE, generator=torch.Generator().manual_seed(seed),
        device=torch.device("cpu"), **{**SETTINGS, **settings},
    )  # fmt: skip


def farthest(found):
    return int(np.abs(found.picture.astype(int) - PICTURE).max())


def goal_of(target=2):
    return measure(PICTURE, target) + 0.05


def test_the_least_bound_that_suffices_is_found_and_kept():
    found = fooled(goal=goal_of())
    assert found.reached
    assert found.picture.dtype == np.uint8
    assert found.probability == measure(found.picture, 2) > goal_of()
    assert 1 <= farthest(found) <= found.bound
    less = fooled(goal=goal_of(), bound=found.bound - 1) if found.bound > 1 else None
    assert less is None or not less.reached


def test_the_bound_holds_where_the_goal_is_out_of_reach_and_the_best_is_kept():
    found = fooled(goal=0.999999, bound=2)
    assert not found.reached
    assert found.steps == 16
    assert 1 <= farthest(found) <= 2
    assert measure(PICTURE, 2) < found.probability == measure(found.picture, 2)


def test_a_picture_that_is_already_seen_so_stays():
    found = fooled(goal=measure(PICTURE, 2) - 0.01)
    assert found.reached
    assert found.steps == 0
    assert np.array_equal(found.picture, PICTURE)


@pytest.mark.parametrize("random_start", [False, True])
def test_where_the_network_does_not_look_nothing_changes(random_start):
    def half(pictures, target):
        return likelihood(pictures[..., :12], target)

    found = fooled(ask=half, goal=0.999999, bound=3, random_start=random_start)
    assert np.array_equal(found.picture[..., 12:], PICTURE[..., 12:])


def test_a_random_start_differs_by_seed_and_is_repeatable():
    first, again = (fooled(random_start=True, goal=0.999, bound=1, steps=2).picture for _ in range(2))
    other = fooled(random_start=True, goal=0.999, bound=1, steps=2, seed=1).picture
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert np.abs(other.astype(int) - PICTURE).max() <= 1


@pytest.mark.parametrize("changed", [{"momentum": 0.95}, {"length": 1.0}, {"steps": 3}], ids=str)
def test_each_setting_has_an_effect(changed):
    plain, other = (fooled(goal=0.999, bound=3, **more) for more in ({}, changed))
    assert not np.array_equal(plain.picture, other.picture)


def test_numbers_that_are_none_are_told():
    with pytest.raises(RunFailed, match="answers nothing"):
        fooled(look=lambda *_: float("nan"))
    with pytest.raises(RunFailed, match=r"step 1: .* no number"):
        fooled(ask=lambda x, _: x.sum((1, 2, 3)) * float("nan"), goal=0.9)


def test_a_network_without_gradients_is_told():
    with pytest.raises(ModelError, match="tells no gradient"):
        fooled(ask=lambda x, k: likelihood(x, k).detach(), goal=0.9)
