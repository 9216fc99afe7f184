"""The matrices of preprocessing are what Pillow does."""

import numpy as np
import pytest
from PIL import Image

from dlcli.data import images
from dlcli.data.picture_axes import axes


@pytest.mark.parametrize("fit", ["crop", "pad", "stretch"])
@pytest.mark.parametrize(
    ("source", "target", "filter", "keep"),
    [((37, 61), (24, 32), "bicubic", 0.875), ((90, 20), (17, 17), "bilinear", 1.0), ((9, 8), (28, 30), "bicubic", 1.0)],
    ids=["smaller", "odd", "larger"],
)
@pytest.mark.parametrize(("channels", "wanted"), [(3, 3), (1, 3), (3, 1), (1, 1)], ids=str)
def test_the_matrices_do_what_pillow_does_but_for_rounding(source, target, filter, keep, fit, channels, wanted):
    shape = (*source, 3) if channels == 3 else source
    # Of low contrast: Pillow cuts what overshoots 0–255 between its two passes.
    image = Image.fromarray(np.random.default_rng(0).integers(90, 166, shape).astype(np.uint8))
    steps = images.steps(
        channels=wanted, size_px=target, fit=fit, mean=[0.5] * wanted, std=[0.5] * wanted, filter=filter, keep=keep
    )
    theirs = images.as_array(images.fitted(image, steps)).astype(float)
    held = axes(image.width, image.height, channels, steps)
    ours = np.einsum("dc,chw->dhw", held.colors, held.rows @ images.as_array(image).astype(float) @ held.columns.T)
    at = theirs > 0  # not the padding, which the comparison below sees
    assert np.abs(ours - theirs)[at].max() < 2.6  # rounding of gray, of rows, of columns
    assert np.abs(ours[~at]).max(initial=0) < 1e-3


def test_a_side_longer_than_a_block_is_put_together():
    image = Image.fromarray((np.add.outer(np.arange(1100), np.arange(40)) % 256).astype(np.uint8))
    steps = images.steps(channels=1, size_px=(30, 20), fit="stretch", mean=[0], std=[1])
    held = axes(40, 1100, 1, steps)
    theirs = np.asarray(images.fitted(image, steps)).astype(float)
    assert np.abs(held.rows @ np.asarray(image).astype(float) @ held.columns.T - theirs).max() < 1.1


def test_a_picture_of_the_right_size_is_left_as_it_is():
    steps = images.steps(channels=1, size_px=(5, 6), fit="crop", mean=[0], std=[1])
    held = axes(6, 5, 1, steps)
    assert np.array_equal(held.rows, np.eye(5))
    assert np.array_equal(held.columns, np.eye(6))
