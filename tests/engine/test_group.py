"""Several processes as one: equal steps, equal scores, one message, recovery in all when one runs out of memory."""

import numpy as np
import pytest
import torch
from group_work import (
    all_fail,
    batch_norm,
    free_port,
    one_dies,
    one_fails,
    scored,
    short_on_one,
    talk,
    together,
    trained,
    trained_on_cuda,
)

from dlcli.core.launch import Place
from dlcli.data.loader import Order
from dlcli.engine.group import Group, PeerLost, opened


@pytest.mark.parametrize("world", [2, 3])
def test_processes_train_as_one(world):
    alone, found = trained(Group()), together(trained, world)
    for name, (expected, losses, best) in alone.items():
        for rank in range(world):
            np.testing.assert_allclose(found[rank][name][0], expected, atol=1e-12, err_msg=name)
            np.testing.assert_allclose(found[rank][name][1], losses, atol=1e-12, err_msg=name)
            assert found[rank][name][2]["value"] == pytest.approx(best["value"], abs=1e-12)
            assert np.array_equal(found[rank][name][0], found[0][name][0])  # not a bit apart from each other


def test_one_process_out_of_memory_makes_all_take_the_step_again():
    found = together(short_on_one, 2)
    for rank in (0, 1):
        (gradients, parts), (expected, whole) = found[rank]
        assert (parts, whole) == (4, 2)
        assert [lr for lr, _ in gradients] == [lr for lr, _ in expected]  # as many steps, the same schedule
        for (_, ours), (_, theirs) in zip(gradients, expected, strict=True):
            np.testing.assert_allclose(ours, theirs, atol=1e-6, rtol=0)


@pytest.mark.parametrize("world", [2, 3])
def test_scores_are_identical_to_the_last_digit(world):
    torch.set_num_threads(1)
    alone, found = scored(Group()), together(scored, world)
    assert found[0] == alone
    assert all(found[r] == (alone[0], {}) for r in range(1, world))


def test_statistics_of_batch_norm_are_the_same_in_all_processes():
    found = together(batch_norm, 3)
    assert found[0] == found[1] == found[2]


def test_what_they_tell_each_other():
    found = together(talk, 3)
    assert [found[r][0] for r in range(3)] == ["made by 0"] * 3
    assert [found[r][1] for r in range(3)] == [[0, 1, 2]] * 3
    assert [found[r][2] for r in range(3)] == [[0, 1, 2], [], []]
    assert [found[r][3:5] for r in range(3)] == [(6, (2, 0))] * 3
    assert found[0][5] < min(found[1][5], found[2][5])


def test_one_process_says_why():
    """The one that fails says it, whoever it is; of many that fail alike, one; of one that died, the one that leads."""
    assert together(one_fails, 2) == {0: "Told: ", 1: "DataError: the folder is empty"}
    found = together(all_fail, 3)
    assert sorted(found.values()) == ["DataError: the folder is empty", "Told: ", "Told: "]
    assert together(one_dies, 3) == {0: "PeerLost: another process of the job has died", 2: "Told: "}


def test_processes_that_do_not_meet(monkeypatch):
    monkeypatch.setenv("MASTER_ADDR", "127.0.0.1")
    monkeypatch.setenv("MASTER_PORT", str(free_port()))
    monkeypatch.setattr("dlcli.engine.group.MEET_MINUTES", 1 / 60)
    with pytest.raises(PeerLost, match="the 2 processes did not meet at 127.0.0.1:"), opened(Place(0, 2, 0, 2)):
        pass


@pytest.mark.parametrize("world", [2, 3, 5])
@pytest.mark.parametrize("count", [1, 2, 3, 33, 64, 65, 66, 67])
def test_shares_of_a_batch_hold_every_sample_once_and_no_process_takes_one_alone(count, world):
    orders = [Order(count, 32, 0, rank=r, world=world) for r in range(world)]
    whole = Order(count, 32, 0)
    assert {len(o) for o in orders} == {len(whole)}
    for batch, *shares in zip(whole, *orders, strict=True):
        assert sorted(k for s in shares for k in s) == sorted(batch)
        assert len(batch) == 1 or all(len(s) != 1 for s in shares)


@pytest.mark.gpu
def test_processes_on_two_cuda_devices_train_as_one():
    if torch.cuda.device_count() < 2:
        pytest.skip("needs two CUDA devices")
    alone, found = trained_on_cuda(Group()), together(trained_on_cuda, 2)
    for rank in (0, 1):
        np.testing.assert_allclose(found[rank], alone, atol=1e-8)
