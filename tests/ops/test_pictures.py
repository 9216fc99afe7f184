import numpy as np
import pytest

from dlcli.ops.pictures import normalized, statistics


def test_normalized_is_the_textbook_formula():
    x = np.arange(2 * 3 * 4 * 5, dtype=np.uint8).reshape(2, 3, 4, 5)
    mean, std = [0.4, 0.5, 0.6], [0.2, 0.3, 0.25]
    expected = (x / 255.0 - np.reshape(mean, (3, 1, 1))) / np.reshape(std, (3, 1, 1))
    got = normalized(x, mean, std)
    assert got.dtype == np.float32
    np.testing.assert_allclose(got, expected, atol=2e-6)


def test_statistics_over_pictures_of_other_sizes():
    pictures = [np.full((1, 2, 2), 255, np.uint8), np.zeros((1, 4, 3), np.uint8)]
    mean, std = statistics(pictures)
    assert mean == pytest.approx([0.25])
    assert std == pytest.approx([(0.25 * 0.75) ** 0.5], abs=1e-6)


def test_constant_channel_has_deviation_one():
    assert statistics([np.full((1, 3, 3), 7, np.uint8)])[1] == [1.0]
