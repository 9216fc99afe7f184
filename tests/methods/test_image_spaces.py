"""Pictures by their pixels and by their spectrum."""

import numpy as np
import pytest
import torch

from dlcli.methods.image_spaces import SPACES, Fourier

SIZES = [(8, 8), (7, 9), (12, 5), (1, 6)]


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", sorted(SPACES))
def test_a_picture_comes_back_out_of_its_numbers(name, channels, size):
    space = SPACES[name]([0.4, 0.5, 0.6][:channels], size)
    picture = 0.1 + 0.8 * torch.rand(1, channels, *size, generator=torch.Generator().manual_seed(0))
    numbers = space.numbers(space.undo(picture))
    np.testing.assert_allclose(space.picture(space.canvas(numbers)), picture, atol=1e-5)


@pytest.mark.parametrize("name", sorted(SPACES))
def test_nothing_on_the_canvas_is_the_networks_gray(name):
    gray = [0.3, 0.5, 0.7]
    found = SPACES[name](gray, (4, 6)).picture(torch.zeros(1, 3, 4, 6))
    np.testing.assert_allclose(found, torch.tensor(gray).view(1, 3, 1, 1).expand(1, 3, 4, 6), atol=1e-6)


def test_equal_numbers_make_waves_that_fall_as_their_length_and_a_spread_of_one():
    space = Fourier([0.5], (64, 64))
    generator = torch.Generator().manual_seed(0)
    total = 0.0
    for _ in range(60):
        white = torch.randn(1, 1, 64, 64, generator=generator)
        numbers = torch.view_as_real(torch.fft.rfft2(white, norm="ortho"))
        made = space.canvas(numbers)
        total = total + torch.fft.fft2(made, norm="ortho").abs().square()[0, 0] / 60
    assert float(total.mean()) == pytest.approx(1, rel=0.1)
    slow, fast = float(total[0, 3:6].mean()), float(total[0, 12:24].mean())
    expected = np.mean([1 / k**2 for k in range(3, 6)]) / np.mean([1 / k**2 for k in range(12, 24)])
    assert slow / fast == pytest.approx(expected, rel=0.25)


def test_colors_lie_along_light_first():
    space = Fourier([0.5, 0.5, 0.5], (4, 4))
    light, blue, green = space.axes.T
    np.testing.assert_allclose(light / light[0], [1, 1, 1], atol=1e-6)
    assert float(light.norm()) > 2 * float(blue.norm())
    assert abs(float(light @ blue)) < 1e-6 > abs(float(blue @ green))
