"""Maps over pictures, the color scale, sheets of panels."""

import io

import numpy as np
import pytest
from PIL import Image

from dlcli.ui import color_scale, map_sheet
from dlcli.ui.map_sheet import Panel


def test_the_scale_rises_in_lightness_evenly():
    steps = np.diff(color_scale.lightness(color_scale.table()))
    assert (steps > 0).all()
    assert steps.max() < 4 * steps.min() + 0.5  # rounding to bytes costs a little
    assert color_scale.lightness(np.array([255, 255, 255])) == pytest.approx(100)
    assert color_scale.lightness(np.array([119, 119, 119])) == pytest.approx(50.03, abs=0.02)


def test_numbers_become_colors_and_what_lies_outside_is_cut():
    table = color_scale.table()
    found = color_scale.colored(np.array([[-1.0, 0.0], [0.5, 7.0]]))
    assert found.tolist() == [[table[0].tolist(), table[0].tolist()], [table[128].tolist(), table[255].tolist()]]


def test_signed_numbers_are_around_middle_gray():
    assert color_scale.signed(np.array([-2.0, 0.0, 2.0, 1.0])).tolist() == [0, 128, 255, 191]
    assert color_scale.signed(np.zeros(3)).tolist() == [128, 128, 128]


def test_a_map_lies_over_a_gray_copy():
    picture = np.zeros((2, 2, 3), np.uint8)
    picture[..., 0] = 200
    values = np.array([[0.0, 1.0], [0.5, 0.25]])
    assert np.array_equal(map_sheet.over(picture, values, 1.0), color_scale.colored(values))
    alone = map_sheet.over(picture, values, 0.0)
    assert (alone == round(0.299 * 200)).all()


def test_panels_stand_side_by_side_with_their_words():
    red, blue = (np.full((10, 20, 3), color, np.uint8) for color in ((255, 0, 0), (0, 0, 255)))
    plain = map_sheet.sheet([Panel(red, ("a",)), Panel(blue, ("b",), ("0", "1"))])
    pixels = np.asarray(plain)
    assert (pixels == (255, 0, 0)).all(2).sum() == (pixels == (0, 0, 255)).all(2).sum() == 17 * 17 * 200
    assert plain.width > plain.height
    stamped = map_sheet.sheet([Panel(red)], stamp="random weights, seed 0")
    assert stamped.height == map_sheet.sheet([Panel(red)]).height + map_sheet.LINE_PX + 4
    assert np.asarray(stamped)[: map_sheet.LINE_PX].min() < 100  # letters


def test_a_sheet_takes_rows_beyond_four_panels():
    tile = np.zeros((8, 8, 3), np.uint8)
    four, five = (map_sheet.sheet([Panel(tile)] * n) for n in (4, 5))
    assert (four.width, four.height * 2 - map_sheet.GAP_PX) == (five.width, five.height)


def test_the_bytes_are_those_of_a_png():
    image = map_sheet.sheet([Panel(np.zeros((4, 4), np.uint8), ("wörd " * 40,))])
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(map_sheet.png(image)))), np.asarray(image))
