import io

import numpy as np
from PIL import Image

from dlcli.ui import look_plots

RATES = list(10 ** np.linspace(-6, 1, 50))
LOSSES = [2.3] * 25 + list(np.linspace(2.3, 0.4, 15)) + [0.5, 0.9, 2.0, 5.0, 1e3, 1e5, 1e9, 1e12, 1e20, 1e30]
ORANGE, BLUE = (213, 94, 0), (0, 114, 178)


def columns(figure, color):
    pixels = np.asarray(Image.open(io.BytesIO(figure.png)).convert("RGB")).astype(int)
    near = np.abs(pixels - color).max(axis=-1) <= 12
    return near[100:].sum(axis=0), near[100:].sum(axis=1)


def test_the_suggestion_is_a_line_in_its_place_and_a_lost_loss_does_not_flatten_the_curve():
    figure = look_plots.learning_rate_test(RATES, LOSSES, LOSSES, 1e-2, [("steepest", 0.03), ("minimum / 10", 0.02)])
    across, _ = columns(figure, ORANGE)
    left, right = 56 / 460 * len(across), 446 / 460 * len(across)
    low, high = np.log10(RATES[0] / 1.3), np.log10(RATES[-1] * 1.3)
    expected = left + (right - left) * (-2 - low) / (high - low)
    assert abs(int(across.argmax()) - expected) < 4
    _, down = columns(figure, BLUE)
    assert np.flatnonzero(down).max() - np.flatnonzero(down).min() > 250  # the curve falls over half the height
    assert figure.alt == "loss by learning rate from 1e-06 to 10; suggested 0.01"
    for words in ("suggested: 0.01", "steepest: 0.03", "minimum / 10: 0.02", "a mini-batch", "smoothed"):
        assert words in figure.svg


def test_without_a_suggestion_only_the_losses_are_drawn():
    figure = look_plots.learning_rate_test(RATES, [2.3] * 50, [], None)
    assert columns(figure, ORANGE)[0].sum() == columns(figure, BLUE)[0].sum() == 0
    assert "no suggestion" in figure.alt
