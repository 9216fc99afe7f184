"""Basic image processing against scipy, torch and hand-worked values (W8)."""

import numpy as np
import pytest
import torch
from scipy import ndimage, signal

from dlcli.core import picture_ops
from dlcli.core.errors import DataError
from dlcli.ops import filtering
from dlcli.ops.filtering import Filtered

X = np.random.default_rng(0).random((23, 31, 3)) * 255
MODES = {"zero": "constant", "edge": "nearest"}


def run(x, word, padding="edge", kernel=(), stride=1):
    return filtering.run(Filtered(np.asarray(x, np.float64)), picture_ops.operation(word), padding, kernel, stride)


@pytest.mark.parametrize("padding", MODES)
def test_windows_equal_scipy(padding):
    mode = MODES[padding]
    np.testing.assert_allclose(filtering.blur(X, 2.3, padding), ndimage.gaussian_filter(X, (2.3, 2.3, 0), mode=mode))
    for channel in range(3):
        x = X[..., channel]
        np.testing.assert_allclose(run(x, "sobel:x", padding).values, ndimage.sobel(x, 1, mode=mode), atol=1e-9)
        np.testing.assert_allclose(run(x, "sobel:y", padding).values, ndimage.sobel(x, 0, mode=mode), atol=1e-9)
        np.testing.assert_allclose(run(x, "laplacian", padding).values, ndimage.laplace(x, mode=mode), atol=1e-9)
        np.testing.assert_allclose(run(x, "box:5", padding).values, ndimage.uniform_filter(x, 5, mode=mode))
    steep = np.hypot(run(X, "sobel:x", padding).values, run(X, "sobel:y", padding).values)
    np.testing.assert_allclose(run(X, "sobel", padding).values, steep)


@pytest.mark.parametrize("size", [2, 3, 4, 7])
@pytest.mark.parametrize("padding", ["zero", "edge", "valid"])
def test_a_box_is_a_kernel_of_equal_weights(size, padding):
    kernel = np.full((size, size), 1 / size**2)
    np.testing.assert_allclose(filtering.box(X, size, padding), filtering.correlate(X, kernel, padding))


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("shape", [(3, 3), (2, 5), (1, 4)])
def test_a_kernel_does_what_a_convolutional_layer_does(stride, shape):
    kernel = np.random.default_rng(1).standard_normal(shape)
    x = torch.tensor(X).permute(2, 0, 1)[:, None]
    layer = torch.nn.functional.conv2d(x, torch.tensor(kernel)[None, None], stride=stride)
    found = filtering.correlate(X, kernel, "valid", stride)
    np.testing.assert_allclose(found, layer[:, 0].permute(1, 2, 0).numpy(), atol=1e-9)


def test_a_kernel_turned_is_a_true_convolution():
    kernel = [[1.0, 2.0, 0.0], [0.0, 1.0, 3.0], [-1.0, 0.0, 0.5]]
    turned = [row[::-1] for row in kernel[::-1]]
    expected = signal.convolve2d(X[..., 0], kernel, mode="same")
    np.testing.assert_allclose(filtering.correlate(X[..., 0], turned, "zero"), expected, atol=1e-9)


def test_gray_and_negative():
    pixel = np.array([[[10.0, 20.0, 60.0]]])
    assert run(pixel, "gray:mean").values[0, 0] == pytest.approx(30)
    assert run(pixel, "gray").values[0, 0] == pytest.approx(0.299 * 10 + 0.587 * 20 + 0.114 * 60)
    assert run(run(pixel, "gray").values, "gray:mean").values.shape == (1, 1)
    assert run(pixel, "negative").values.ravel().tolist() == [245, 235, 195]
    edges = filtering.run(run(X, "sobel"), picture_ops.operation("negative"), "edge")
    assert edges.values.min() == 0  # the steepest is black


def test_a_shift_moves_right_and_down():
    x = np.arange(12.0).reshape(3, 4)
    assert run(x, "shift:1,1", "zero").values.tolist() == [[0, 0, 0, 0], [0, 0, 1, 2], [0, 4, 5, 6]]
    assert run(x, "shift:-1,0", "edge").values[0].tolist() == [1, 2, 3, 3]
    assert run(x, "shift:1,-2", "valid").values.tolist() == [[8, 9, 10]]
    with pytest.raises(DataError, match="out of sight"):
        run(x, "shift:4,0", "zero")


def test_sharpen_and_emboss_keep_even_areas():
    even = np.full((5, 5), 90.0)
    for word in ("sharpen", "sharpen:2.5", "emboss", "blur:1", "box:3"):
        np.testing.assert_allclose(run(even, word).values, even)
    step = np.repeat([[0.0] * 4 + [100.0] * 4], 5, axis=0)
    strong, weak = (np.ptp(run(step, f"sharpen:{a}").values) for a in (2, 1))
    assert strong > weak > 100


def test_pooling_counts_the_squares_that_stick_out():
    x = torch.tensor(X[..., 0])[None, None]
    expected = torch.nn.functional.max_pool2d(x, 4, ceil_mode=True)[0, 0].numpy()
    np.testing.assert_array_equal(run(X[..., 0], "maxpool:4").values, expected)
    assert run(-X, "relu").values.max() == 0


def test_what_is_too_small_is_refused():
    with pytest.raises(DataError, match="2×2 numbers are fewer than the 3×3"):
        run(np.ones((2, 2)), "laplacian", "valid")
    assert run(np.ones((1, 1)), "blur:3").values.tolist() == [[pytest.approx(1)]]


def test_numbers_become_gray():
    signed = Filtered(np.array([[-8.0, 0.0, 8.0]]), "signed")
    assert filtering.as_bytes(signed) == (pytest.approx(np.array([[0, 128, 255]])), "signed")
    assert filtering.as_bytes(signed, "clip")[0].tolist() == [[0, 0, 8]]
    assert filtering.as_bytes(signed, "stretch")[0].tolist() == [[0, 128, 255]]
    assert filtering.as_bytes(Filtered(np.array([[1.0, 4.0]]), "strength"))[0].tolist() == [[64, 255]]
    assert filtering.as_bytes(Filtered(np.array([[-5.0, 300.0]])))[0].tolist() == [[0, 255]]


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("sobell", "nearest: sobel"),
        ("blur", "needs a sigma"),
        ("blur:0", "out of range"),
        ("blur:nan", "out of range"),
        ("box:2.5", "whole number"),
        ("shift:3", "DX,DY"),
        ("gray:green", "luma, mean"),
        ("kernel:1 0", "--kernel"),
        ("relu:", "nothing stands behind"),
    ],
)
def test_an_operation_that_is_none_is_told(word, said):
    with pytest.raises(ValueError, match=said):
        picture_ops.operation(word)


def test_numbers_are_typed_in_rows():
    assert picture_ops.rows("1 0 −1; 1/4,0.5 -1e1;") == [[1, 0, -1], [0.25, 0.5, -10]]
    for text, said in (
        ("", "no numbers"),
        ("1 2; 3", "row 1 has 2 numbers and row 2 has 1"),
        ("1 a", "'a'"),
        ("1/0", "1/0"),
    ):
        with pytest.raises(ValueError, match=said):
            picture_ops.rows(text)
    with pytest.raises(ValueError, match="not a finite"):
        picture_ops.rows("nan")


def test_w8_the_x():
    example = picture_ops.EXAMPLES["x"]
    kernel = np.array(picture_ops.rows(example.kernel)) / example.divisor
    after = filtering.correlate(np.array(picture_ops.rows(example.matrix)), kernel, "valid")
    assert after.shape == (7, 7)
    assert after[0].round(2).tolist() == [0.78, -0.11, 0.11, 0.33, 0.56, -0.11, 0.33]
    assert [after[k, k] for k in (1, 2, 4, 5)] == pytest.approx([1, 1, 1, 1])
    pooled = filtering.max_pool(np.maximum(after, 0), 2)
    rows = [[1, 0.33, 0.56, 0.33], [0.33, 1, 0.33, 0.56], [0.56, 0.33, 1, 0.11], [0.33, 0.56, 0.11, 0.78]]
    assert pooled.round(2).tolist() == rows


def test_w8_columns():
    example = picture_ops.EXAMPLES["columns"]
    x, kernel = (np.array(picture_ops.rows(text)) for text in (example.matrix, example.kernel))
    assert filtering.correlate(x, kernel, "valid")[0, :2].tolist() == [2, 6]
    assert filtering.correlate(x, kernel, "valid", 2)[0].tolist() == [2, -4]
    assert filtering.correlate(x, kernel, "zero")[0, 0] == -15
