"""OpenCV's XML, read."""

from pathlib import Path

import numpy as np
import pytest
from cascade_toys import as_xml, deep_cascade, toys, trained
from PIL import Image
from skimage import data

from dlcli.core.errors import ModelError
from dlcli.methods import cascade_run, cascade_xml
from dlcli.methods.cascade_scan import Scanner
from dlcli.ops.boxes import overlap

DEBIAN = Path("/usr/share/opencv4/haarcascades")
HEAD = '<?xml version="1.0"?>\n<opencv_storage><cascade type_id="opencv-cascade-classifier">'


@pytest.fixture(scope="module")
def ours():
    return trained(stages=2).cascade


def test_our_own_cascade_as_xml(ours):
    read = cascade_xml.read(as_xml(ours), "x.xml")
    assert (read.window, read.features, read.sizes) == (ours.window, ours.features, ours.sizes)
    assert [t for s in read.stages for t in s.trees] == [t for s in ours.stages for t in s.trees]
    assert [s.threshold for s in read.stages] == pytest.approx([s.threshold - 1e-5 for s in ours.stages], abs=1e-12)
    assert (read.border, read.min_std) == (1, 10.0)
    found = cascade_run.passing(read, toys(20, seed=9))
    assert len(found.index) > 10


def test_values_are_normalized_without_the_border():
    """One stump on one window: the threshold lies just beside the value that OpenCV's rule gives."""
    from dlcli.methods import cascade

    window = np.random.default_rng(0).integers(0, 256, (1, 10, 12), dtype=np.uint8)
    inner = window[0, 1:-1, 1:-1].astype(float)
    whole, part = window[0, 2:8, 2:10].astype(float).sum(), window[0, 2:8, 4:8].astype(float).sum()
    value = (2 * part - whole) / (inner.size * inner.std())
    for bound, passes in ((value + 1e-6, False), (value - 1e-6, True)):
        held = cascade.build(
            window=[10, 12], features=[[[2, 2, 8, 6, -1], [4, 2, 4, 6, 2]]],
            stages=[(0.5, [([(0, -1, 0, bound)], [0.0, 1.0])])], border=0, min_std=0, about={},
        )  # fmt: skip
        read = cascade_xml.read(as_xml(held), "x.xml")
        assert bool(len(cascade_run.passing(read, window).index)) == passes


def test_little_contrast_is_passed_over():
    read = cascade_xml.read(as_xml(deep_cascade()), "x.xml")
    noise = np.random.default_rng(0).normal(0, 1, (50, 8, 8))
    noise /= noise[:, 1:-1, 1:-1].std(axis=(1, 2), keepdims=True)
    for std, counted in ((9.0, 0), (11.5, 50)):
        windows = (128 + noise * std).clip(0, 255).round().astype(np.uint8)
        assert cascade_run.passing(read, windows).counts[1] == counted


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    "<opencv_storage><cascade>&b;</cascade></opencv_storage>"
)
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd"><opencv_storage/>'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is not valid XML"),
        (b"\x00\xff\xfe", "is not valid XML"),
        (b"<opencv_storage>", "is not valid XML"),
        (BOMB.encode(), "declares a document type or entities"),
        (OUTSIDE.encode(), "declares a document type or entities"),
        (b"<a>" * 100_000, "nested too deeply"),
        (b"<html/>", "begins with <html>"),
        (b"<opencv_storage/>", "begins with <opencv_storage>"),
        (HEAD.encode() + b"</cascade></opencv_storage>", "<cascade> has no <featureType>"),
        (b'<opencv_storage><x type_id="opencv-haar-classifier"/></opencv_storage>', "format of OpenCV 1"),
    ],
)
def test_what_is_no_such_file(content, said):
    with pytest.raises(ModelError, match=said):
        cascade_xml.read(content, "x.xml")


def test_other_features_are_named(ours):
    with pytest.raises(ModelError, match="feature 0 is tilted by 45°"):
        cascade_xml.read(as_xml(ours, tilted="<tilted>1</tilted>"), "x.xml")
    with pytest.raises(ModelError, match="a cascade on local binary patterns; only Haar features are read"):
        cascade_xml.read(as_xml(ours, kind="LBP"), "x.xml")
    assert cascade_xml.read(as_xml(ours, tilted="<tilted>0</tilted>"), "x.xml").window == ours.window


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"<width>16", b"<width>1e99", "must be a whole number|a window of"),
        (b"<width>16", b"<width>9", "is not in the window"),
        (b"<internalNodes>0 -1", b"<internalNodes>0", "must be four a node"),
        (b"<internalNodes>0 -1", b"<internalNodes>0 7", "with the child 7"),
        (b"<stageThreshold>-", b"<stageThreshold>nan -", "is no Haar cascade that can be read"),
        (b"</leafValues>", b" inf</leafValues>", "one leaf more"),
        (b"<rects><_>", b"<rects><_>1 ", "a rectangle of 6 numbers"),
    ],
)
def test_numbers_are_checked(ours, old, new, said):
    content = as_xml(ours)
    assert old in content
    with pytest.raises(ModelError, match=said):
        cascade_xml.read(content.replace(old, new), "x.xml")


def test_a_file_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(cascade_xml, "LARGEST_BYTES", 10)
    with pytest.raises(ModelError, match="larger than 10 bytes"):
        cascade_xml.read(b"<opencv_storage/>", "x.xml")


@pytest.mark.parametrize("name", ["frontalface_default", "frontalface_alt", "frontalface_alt2"])
def test_the_astronauts_face(name):
    """With Debian's opencv-data where it is; the rest of this file holds without it."""
    path = DEBIAN / f"haarcascade_{name}.xml"
    if not path.exists():
        assert not DEBIAN.exists(), f"{path} is missing though its folder is there"
        return
    picture = Image.fromarray(data.astronaut()).convert("L")
    boxes = Scanner(cascade_xml.read(path.read_bytes(), name)).detect(picture).boxes
    right = [b for b in boxes if overlap((b.x, b.y, b.width, b.height), (178, 67, 94, 94)) > 0.6]
    assert len(right) == 1
    assert len(boxes) <= 2
