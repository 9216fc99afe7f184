"""Numbers as bytes of tiles and back."""

import numpy as np
import pytest

from dlcli.ops.tile_values import as_bytes, ends_of

VALUES = np.random.default_rng(0).normal(size=(5, 3, 4)) * np.arange(1, 6)[:, None, None]


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("each", [True, False])
def test_bytes_read_back_within_half_a_step(signed, each):
    low, high = ends_of(VALUES, signed=signed, each=each)
    assert (len(set(low)) == 1) is not each
    assert np.allclose(low, -high) is signed
    span = (high - low)[:, None, None]
    back = low[:, None, None] + as_bytes(VALUES, low, high) / 255 * span
    assert (np.abs(back - VALUES) <= span / 510 * 1.000001).all()


def test_by_hand():
    values = np.array([[[-1.0, 0.0, 2.0]], [[0.0, 0.0, 0.0]]])
    low, high = ends_of(values, signed=True, each=True)
    assert (low.tolist(), high.tolist()) == ([-2, 0], [2, 0])
    assert as_bytes(values, low, high).tolist() == [[[64, 128, 255]], [[128, 128, 128]]]
    low, high = ends_of(values, signed=False, each=False)
    assert (low.tolist(), high.tolist()) == ([-1, -1], [2, 2])
    assert as_bytes(values, low, high)[0].tolist() == [[0, 85, 255]]
