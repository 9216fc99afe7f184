"""How gradients become pictures, by hand."""

import numpy as np
import pytest

from dlcli.ui import gradient_pictures as pictures


def test_channels_are_reduced_by_the_greatest_magnitude():
    gradient = np.array([[[1.0, -5.0]], [[-3.0, 2.0]], [[0.0, 4.0]]])
    assert pictures.strongest(gradient).tolist() == [[3, 5]]
    assert pictures.strongest(np.array([[-2.0, 1.0]])).tolist() == [[2, 1]]
    assert pictures.raising(gradient).tolist() == [[1, 4]]


def test_the_scale_ends_at_a_percentile_of_what_is_not_0():
    values = np.concatenate([np.zeros(9900), np.arange(1.0, 101)])
    assert pictures.limit(values, 50) == pytest.approx(50.5)
    assert pictures.limit(values, 100) == 100
    shown = pictures.bright(values.reshape(100, 100), 50)
    assert shown.max() == 1
    assert shown[99, 0] == pytest.approx(1 / 50.5)


def test_zero_is_middle_gray_and_channels_share_a_scale():
    gradient = np.zeros((3, 2, 2))
    gradient[0, 0, 0], gradient[1, 0, 1], gradient[2, 1, 0] = 4, -4, 2
    shown = pictures.around_gray(gradient, 100)
    assert shown[1, 1].tolist() == [128] * 3
    assert shown[0, 0].tolist() == [255, 128, 128]
    assert shown[0, 1].tolist() == [128, 0, 128]
    assert shown[1, 0].tolist() == [128, 128, 191]
    assert pictures.around_gray(gradient[:1], 100).shape == (2, 2)
