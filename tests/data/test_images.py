"""Reading real formats and hostile files; the steps that fit a picture to a network."""

import io

import numpy as np
import pytest
from PIL import Image

from dlcli.core.errors import DataError
from dlcli.data import images


def saved(image, path, **how):
    image.save(path, **how)
    return images.read(path)


def test_16_bit_gray_is_scaled_by_its_range(tmp_path):
    x = np.array([[0, 257, 65535]], dtype=np.uint16)
    got = saved(Image.fromarray(x), tmp_path / "a.png")
    assert got.mode == "L"
    assert np.asarray(got).tolist() == [[0, 1, 255]]


def test_palette_cmyk_one_bit_and_alpha(tmp_path):
    red = Image.new("RGB", (4, 4), (200, 10, 10))
    assert np.asarray(saved(red.quantize(4), tmp_path / "p.png"))[0, 0].tolist() == pytest.approx([200, 10, 10], abs=2)
    assert saved(red.convert("CMYK"), tmp_path / "c.jpg").mode == "RGB"
    assert saved(Image.new("1", (4, 4), 1), tmp_path / "b.png").getpixel((0, 0)) == 255
    clear = Image.new("RGBA", (4, 4), (0, 0, 0, 0))
    assert saved(clear, tmp_path / "t.png").getpixel((0, 0)) == (255, 255, 255)
    assert saved(Image.new("LA", (4, 4), (0, 0)), tmp_path / "la.png").getpixel((0, 0)) == 255


def test_exif_orientation_is_applied(tmp_path):
    image = Image.new("RGB", (20, 10))
    exif = image.getexif()
    exif[0x0112] = 6
    assert saved(image, tmp_path / "r.jpg", exif=exif).size == (10, 20)


@pytest.mark.parametrize(
    ("name", "data", "match"),
    [
        ("empty.png", b"", "not a picture .the file is empty."),
        ("text.png", b"hello", "not a picture"),
        ("cut.jpg", None, "broken picture"),
    ],
)
def test_broken_files(tmp_path, name, data, match):
    if data is None:
        held = io.BytesIO()
        Image.effect_noise((64, 64), 80).save(held, "JPEG")
        data = held.getvalue()[:900]
    (tmp_path / name).write_bytes(data)
    with pytest.raises(DataError, match=match):
        images.read(tmp_path / name)


def test_missing_file_and_folder(tmp_path):
    with pytest.raises(DataError, match="no such file"):
        images.read(tmp_path / "none.png")
    with pytest.raises(DataError, match="is a folder"):
        images.read(tmp_path)


def test_bomb(tmp_path, monkeypatch):
    Image.new("L", (100, 100)).save(tmp_path / "big.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    with pytest.raises(DataError, match="larger than the limit"):
        images.read(tmp_path / "big.png")


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (10_000, 3), (7, 3)])
@pytest.mark.parametrize("fit", ["crop", "pad", "stretch"])
@pytest.mark.parametrize("channels", [1, 3])
def test_any_picture_becomes_the_size(size, fit, channels):
    mean = [0.5] * channels
    steps = images.steps(channels=channels, size_px=(8, 12), fit=fit, mean=mean, std=mean)
    got = images.apply(Image.new("RGB", size, (255, 255, 255)), steps)
    assert got.shape == (channels, 8, 12)
    assert got.max() == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("target", [16, 28, 64, 224])
def test_crop_takes_every_size(target):
    """A kept part that rounding made larger than the source was refused by Pillow for one size in forty."""
    steps = [{"step": "resize", "size_px": [target, target], "fit": "crop", "filter": "bilinear"}]
    for side in range(1, 800, 1 if target == 28 else 7):
        for size in ((side, side), (side, side + 13), (side + 31, side)):
            assert images.fitted(Image.new("L", size), steps).size == (target, target)


def test_crop_keeps_the_middle_and_pad_keeps_everything():
    x = np.zeros((10, 30), np.uint8)
    x[:, 10:20] = 255
    image = Image.fromarray(x)
    assert np.asarray(images.resized(image, (10, 10), "crop", "bilinear")).min() == 255
    padded = np.asarray(images.resized(image, (30, 30), "pad", "bilinear"))
    assert padded[:9].max() == 0
    assert padded[15, 15] == 255


def test_keep_cuts_a_border_as_the_usual_center_crop_does():
    noise = np.random.default_rng(0).integers(0, 255, (12, 16, 3), dtype=np.uint8)
    image = Image.fromarray(noise).resize((400, 300), Image.Resampling.BICUBIC)
    ours = np.asarray(images.resized(image, (224, 224), "crop", "bicubic", 0.875), dtype=float)
    usual = image.resize((round(400 * 256 / 300), 256), Image.Resampling.BICUBIC)
    left = (usual.width - 224) // 2
    theirs = np.asarray(usual.crop((left, 16, left + 224, 240)), dtype=float)
    assert np.abs(ours - theirs).mean() < 2.5  # the usual way rounds the border to whole pixels
    other = np.asarray(images.resized(image, (224, 224), "crop", "bicubic", 0.9), dtype=float)
    assert np.abs(other - theirs).mean() > 3


def test_unknown_step():
    with pytest.raises(DataError, match="'twirl' is not known"):
        images.fitted(Image.new("L", (3, 3)), [{"step": "twirl"}])


def test_gray():
    assert images.is_gray(Image.new("RGB", (3, 3), (9, 9, 9)))
    assert not images.is_gray(Image.new("RGB", (3, 3), (9, 9, 8)))
