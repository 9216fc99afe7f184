"""Haar features: their number, their values, the integral image."""

import numpy as np
import pytest
from skimage.feature import haar_like_feature
from skimage.transform import integral_image

from dlcli.methods import haar

OTHERS = {"edge-x": "type-2-x", "edge-y": "type-2-y", "line-x": "type-3-x", "line-y": "type-3-y", "checker": "type-4"}


@pytest.mark.parametrize(("side", "total"), [(19, 63_960), (24, 162_336), (25, 190_736)])
def test_the_number_of_features(side, total):
    assert sum(haar.counts(side, side).values()) == total
    assert len(haar.enumerate_all(side, side)) == total


def test_the_number_of_each_type():
    assert list(haar.counts(24, 24).values()) == [43_200, 43_200, 27_600, 27_600, 20_736]
    found = haar.enumerate_all(24, 24)
    assert np.bincount(found.kind).tolist() == [43_200, 43_200, 27_600, 27_600, 20_736]


def test_every_feature_is_there_once_and_inside():
    found = haar.enumerate_all(7, 9)
    rows = np.stack([found.kind, found.y, found.x, found.high, found.wide], axis=1)
    assert len(np.unique(rows, axis=0)) == len(found) == sum(haar.counts(7, 9).values())
    for k in range(len(found)):
        for x, y, w, h, _ in found.rectangles(k):
            assert 0 <= x < x + w <= 9
            assert 0 <= y < y + h <= 7


def test_the_integral_image_by_hand():
    sums = haar.integral(np.array([[1, 2, 3], [4, 5, 6]], dtype=np.uint8))
    assert sums.tolist() == [[0, 0, 0, 0], [0, 1, 3, 6], [0, 5, 12, 21]]


def test_the_integral_image_does_not_overflow():
    assert haar.integral(np.full((2, 300, 300), 255, dtype=np.uint8))[1, -1, -1] == 300 * 300 * 255


def test_values_by_hand():
    window = np.arange(16, dtype=np.uint8).reshape(1, 4, 4)
    found = haar.enumerate_all(4, 4, ["edge-x"])
    values = haar.values(found, haar.flat_sums(window))[:, 0]
    whole = next(k for k in range(len(found)) if found.high[k] == 4 and found.wide[k] == 2)
    assert values[whole] == window[0, :, 2:].sum() - window[0, :, :2].sum() == 16


@pytest.mark.parametrize("name", haar.TYPES)
def test_values_are_scikit_images_on_twenty_random_windows(name):
    windows = np.random.default_rng(5).integers(0, 256, (20, 12, 13), dtype=np.uint8)
    ours = haar.values(haar.enumerate_all(12, 13, [name]), haar.flat_sums(windows))
    for k, window in enumerate(windows):
        theirs = haar_like_feature(integral_image(window.astype(np.int64)), 0, 0, 13, 12, OTHERS[name])
        assert np.array_equal(ours[:, k], theirs)


def test_blocks_change_nothing(monkeypatch):
    windows = np.random.default_rng(1).integers(0, 256, (9, 10, 10), dtype=np.uint8)
    found, sums = haar.enumerate_all(10, 10), haar.flat_sums(windows)
    whole = haar.values(found, sums)
    monkeypatch.setattr(haar, "BLOCK_VALUES", 100)
    assert np.array_equal(haar.values(found, sums), whole)


def test_spread_is_area_times_standard_deviation():
    windows = np.random.default_rng(2).integers(0, 256, (5, 24, 24), dtype=np.uint8)
    assert haar.spread(windows) == pytest.approx(576 * windows.reshape(5, -1).std(axis=1), rel=1e-12)
    assert haar.spread(np.full((1, 24, 24), 200, dtype=np.uint8)).tolist() == [0.0]


def test_a_value_over_the_contrast_does_not_change_with_the_light():
    window = np.random.default_rng(3).integers(0, 100, (1, 8, 8), dtype=np.uint8)
    found = haar.enumerate_all(8, 8, ["edge-x", "checker"])
    dim, bright = (haar.values(found, haar.flat_sums(w))[:, 0] / haar.spread(w) for w in (window, window * 2 + 20))
    balanced = found.kind >= 0  # cells of one size: a constant adds nothing
    assert dim[balanced] == pytest.approx(bright[balanced], abs=1e-9)
