"""The pointing game, by hand and with a network whose evidence is known."""

import numpy as np
import pytest
import torch
from judge_toys import Hues, scene

from dlcli.methods import cams, feature_maps, pointing
from dlcli.ops.fitting import covered


@pytest.mark.parametrize(
    ("x", "y", "found"),
    [
        (30, 30, True),
        (10, 20, True),
        (5, 30, True),
        (4.9, 30, False),
        (50, 60, False),
        (44, 44, True),
        (44, 44.2, False),
    ],
)
def test_a_hit_lies_inside_or_near(x, y, found):
    assert pointing.hit(x, y, [(200, 200, 210, 210), (10, 20, 40, 41)], 5) is found


def test_the_peak_is_the_middle_of_the_highest_pixels():
    values = np.zeros((4, 6))
    values[1, 4] = 2
    assert pointing.peak(values) == (4.5, 1.5)
    values[1, 2] = 2
    assert pointing.peak(values) == (3.5, 1.5)


def test_top_fifth_and_energy_by_hand():
    values = np.arange(10.0).reshape(2, 5)
    mask = np.zeros((2, 5), bool)
    mask[1, 4] = mask[0, 1] = True
    assert pointing.top_fifth_inside(values, mask) == 0.5  # of 9 and 8
    assert pointing.energy_inside(values, mask) == pytest.approx(10 / 45)
    assert pointing.top_fifth_inside(np.ones((2, 5)), mask) == pytest.approx(0.2)  # nothing stands out: its area
    sparse = np.zeros((2, 5))
    sparse[1, 4] = 1
    assert pointing.top_fifth_inside(sparse, mask) == pytest.approx((1 + 1 / 9) / 2)


def test_gradcam_points_at_the_thing_and_the_middle_does_not():
    draw, net = np.random.default_rng(0), Hues().eval()
    hits = {"gradcam": 0, "center": 0}
    inside = []
    for _ in range(40):
        pixels, hue, box = scene(draw)
        x = torch.from_numpy(pixels.transpose(2, 0, 1)[None] / np.float32(255))
        layer = feature_maps.last_map(net, x)
        values = cams.maps(net, x, [layer], [hue], ["gradcam"])[1][hue, "gradcam"].numpy()
        hits["gradcam"] += pointing.hit(*pointing.peak(values), [box], 3)
        hits["center"] += pointing.hit(48, 48, [box], 3)
        inside.append(pointing.top_fifth_inside(values, covered([box], (96, 96))))
    assert hits["gradcam"] >= 36
    assert hits["center"] < 20
    assert np.mean(inside) > 0.25  # at most 0.31: the box is a sixteenth of the scene
