"""Where a box lies in what a network sees: as the preprocessing puts it."""

import numpy as np
import pytest
from PIL import Image

from dlcli.data import images
from dlcli.ops.fitting import covered, fitting


def step(size_px, fit, keep=1.0):
    return images.steps(channels=1, size_px=size_px, fit=fit, mean=[0], std=[1], keep=keep)[1]


@pytest.mark.parametrize("picture", [(90, 60), (60, 90), (64, 64), (300, 41)])
@pytest.mark.parametrize("size", [(64, 64), (48, 80)])
@pytest.mark.parametrize(("fit", "keep"), [("crop", 1.0), ("crop", 0.875), ("pad", 1.0), ("stretch", 1.0)])
def test_a_box_is_where_the_picture_shows_it(picture, size, fit, keep):
    wide, high = picture
    box = (wide * 0.4, high * 0.3, wide * 0.6, high * 0.7)
    box = tuple(float(round(v)) for v in box)
    drawn = np.zeros((high, wide), np.uint8)
    drawn[int(box[1]) : int(box[3]), int(box[0]) : int(box[2])] = 255
    seen = np.asarray(images.fitted(Image.fromarray(drawn), [step(size, fit, keep)])) > 127
    found = fitting(picture, step(size, fit, keep))
    inside = covered([found.inside(box)], size)
    rows, columns = np.nonzero(seen)
    assert abs(rows.min() - np.nonzero(inside)[0].min()) <= 1
    assert abs(rows.max() - np.nonzero(inside)[0].max()) <= 1
    assert abs(columns.min() - np.nonzero(inside)[1].min()) <= 1
    assert abs(columns.max() - np.nonzero(inside)[1].max()) <= 1


@pytest.mark.parametrize(("fit", "keep"), [("crop", 0.875), ("pad", 1.0), ("stretch", 1.0)])
def test_the_way_back_ends_where_it_began(fit, keep):
    found = fitting((451, 300), step((224, 224), fit, keep))
    x0, y0, x1, y1 = found.inside((150, 100, 200.5, 120))
    assert found.back(x0, y0) == pytest.approx((150, 100))
    assert found.back(x1, y1) == pytest.approx((200.5, 120))


def test_what_the_crop_leaves_out_is_not_seen():
    found = fitting((451, 300), step((224, 224), "crop", 0.875))
    assert found.inside((0, 0, 90, 300)) is None
    x0, y0, x1, y1 = found.inside((0, 0, 451, 300))
    assert (x0, y0, x1, y1) == (0, 0, 224, 224)


def test_a_picture_of_the_right_size_is_left_alone():
    assert fitting((80, 48), step((48, 80), "crop")).inside((1, 2, 3, 4)) == (1, 2, 3, 4)
