"""Smoothing against its definition, thinning against what a line of pixels shows."""

import numpy as np
import pytest

from dlcli.ops import curves


def by_definition(values, weight):
    mean, count, found = 0.0, 0, []
    for value in values:
        if np.isfinite(value):
            count += 1
            mean = weight * mean + (1 - weight) * value
            value = mean / (1 - weight**count)
        found.append(value)
    return np.array(found)


@pytest.mark.parametrize("weight", [0.5, 0.9, 0.999])
@pytest.mark.parametrize("count", [0, 1, 5, 127, 128, 129, 1000])
def test_smoothing_is_the_bias_corrected_moving_average(weight, count):
    values = np.random.default_rng(0).normal(size=count).cumsum()
    values[3:5] = np.nan
    if count > 200:
        values[200] = np.inf
    assert np.allclose(curves.smoothed(values, weight), by_definition(values, weight), equal_nan=True, atol=1e-9)


def test_smoothing_begins_at_the_first_number_and_without_weight_changes_nothing():
    values = np.array([3.0, 5.0])
    assert curves.smoothed(values, 0.9) == pytest.approx([3.0, (0.09 * 3 + 0.05 * 10) / 0.19])
    assert curves.smoothed(values, 0.0).tolist() == [3, 5]


def test_thinning_keeps_first_last_lowest_and_highest_of_every_column():
    rng = np.random.default_rng(1)
    x, y = np.sort(rng.random(20_000)), rng.normal(size=20_000)
    y[777] = 50.0
    keep = curves.seen(x, y, 100)
    assert len(keep) <= 400
    assert 777 in keep
    assert (np.diff(keep) > 0).all()
    at = np.minimum(((x - x[0]) / (x[-1] - x[0]) * 100).astype(int), 99)
    for column in range(100):
        inside = np.flatnonzero(at == column)
        kept = keep[at[keep] == column]
        assert {inside[0], inside[-1]} <= set(kept)
        assert (y[kept].min(), y[kept].max()) == (y[inside].min(), y[inside].max())


def test_thinning_keeps_gaps_and_leaves_short_curves_alone():
    x, y = np.arange(10_000.0), np.zeros(10_000)
    y[5000:6000] = np.nan
    keep = curves.seen(x, y, 50)
    assert np.isnan(y[keep]).sum() == 5
    assert not np.isnan(y[keep][[0, -1]]).any()
    assert curves.seen(x[:200], y[:200], 50).tolist() == list(range(200))
    assert len(curves.seen(np.zeros(10_000), y, 50)) <= 5
    assert len(curves.seen(x, np.full(10_000, np.nan), 50)) == 50
