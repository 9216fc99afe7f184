"""Boxes: grouping and overlap."""

import numpy as np
import pytest

from dlcli.ops.boxes import grouped, overlap


def test_similar_boxes_become_their_mean_and_lonely_ones_go():
    boxes = [[10, 10, 20, 20], [12, 10, 20, 20], [11, 13, 20, 20], [100, 100, 20, 20]]
    means, sizes, members = grouped(np.array(boxes), 3)
    assert means == pytest.approx(np.array([[11, 11, 20, 20]]))
    assert sizes.tolist() == [3]
    assert sorted(members[0]) == [0, 1, 2]
    assert sorted(grouped(np.array(boxes), 1)[1].tolist()) == [1, 3]


def test_zero_keeps_every_box():
    boxes = np.array([[0, 0, 5, 5], [0, 0, 5, 5], [1, 0, 5, 5]])
    means, sizes, _ = grouped(boxes, 0)
    assert np.array_equal(means, boxes)
    assert sizes.tolist() == [1, 1, 1]


def test_the_bound_is_a_fifth_of_the_smaller_size():
    at, beyond = [[0, 0, 20, 20], [4, 0, 20, 20]], [[0, 0, 20, 20], [4.1, 0, 20, 20]]
    assert len(grouped(np.array(at), 1)[0]) == 1
    assert len(grouped(np.array(beyond), 1)[0]) == 2
    assert len(grouped(np.array([[0, 0, 20, 20], [0, 0, 24.5, 24.5]]), 1)[0]) == 2


def test_a_chain_holds_together():
    chain = np.array([[4 * k, 0, 20, 20] for k in (3, 0, 2, 1, 4)])
    assert grouped(chain, 1)[1].tolist() == [5]


def test_a_small_group_inside_a_larger_is_dropped():
    large = [[10, 10, 100, 100]] * 6
    small = [[40, 40, 20, 20]] * 2
    means, sizes, _ = grouped(np.array(large + small), 1)
    assert sizes.tolist() == [6]
    assert means.tolist() == [[10, 10, 100, 100]]
    assert sorted(grouped(np.array(large + [[200, 40, 20, 20]] * 2), 1)[1].tolist()) == [2, 6]


def test_groups_are_those_of_comparing_every_pair():
    rng = np.random.default_rng(0)
    boxes = np.concatenate([rng.uniform(0, 60, (150, 2)), rng.uniform(10, 30, (150, 2))], axis=1)
    root = list(range(150))

    def find(k):
        return k if root[k] == k else find(root[k])

    for i in range(150):
        for j in range(i):
            a, b = boxes[i], boxes[j]
            allowed = 0.1 * (min(a[2], b[2]) + min(a[3], b[3]))
            edges = [a[0] - b[0], a[1] - b[1], a[0] + a[2] - b[0] - b[2], a[1] + a[3] - b[1] - b[3]]
            if max(map(abs, edges)) <= allowed:
                root[find(i)] = find(j)
    wanted = sorted(np.unique([find(k) for k in range(150)], return_counts=True)[1], reverse=True)
    from dlcli.ops.boxes import _joined

    assert sorted(np.unique(_joined(boxes, 0.2), return_counts=True)[1], reverse=True) == wanted


def test_no_boxes_are_no_groups():
    means, sizes, members = grouped(np.empty((0, 4)), 3)
    assert (len(means), len(sizes), members) == (0, 0, [])


def test_overlap():
    assert overlap([0, 0, 10, 10], [5, 0, 10, 10]) == pytest.approx(1 / 3)
    assert overlap([0, 0, 10, 10], [10, 0, 10, 10]) == 0.0
