"""Batches: the same whatever the workers, wherever one begins."""

import numpy as np
import pytest
import torch
from PIL import Image

from dlcli.core.schemas import augment
from dlcli.core.sources import parse
from dlcli.data import build, images
from dlcli.data.augment import Augmenter
from dlcli.data.loader import Order, PictureBatches, loader
from dlcli.data.pictures import Names, Pictures, whole

STEPS = images.steps(channels=1, size_px=(12, 12), fit="crop", mean=[0.3], std=[0.4])
POLICIES = [
    augment.RandAugment(),
    augment.AutoAugment(),
    augment.AutoAugment(policy="cifar10"),
    augment.AutoAugment(policy="svhn"),
    augment.Trivial(),
    augment.AugMix(),
]
ALL = [augment.Affine(), augment.Flip(), augment.Crop(), augment.Color(), augment.Erasing(p=1.0), augment.ResizedCrop()]


def batches(workers=0, epoch=0, start=0, operations=(), batch=16, count=70):
    part = build.parts(parse("digits"), 0.0, 0.9, 0).train
    part = type(part)(part.pictures, part.index[:count])
    data = PictureBatches(part, STEPS, Augmenter(operations, STEPS) if operations else None, seed=5)
    order = Order(len(part), batch, 5)
    order.epoch, order.start = epoch, start
    return list(loader(data, order, workers=workers))


def test_workers_change_nothing():
    some = [*ALL, augment.RandAugment(), augment.Blur(), augment.Gray()]
    for a, b in zip(batches(0, operations=some), batches(2, operations=some), strict=True):
        assert torch.equal(a["pictures"], b["pictures"])
        assert torch.equal(a["index"], b["index"])


def test_starting_in_the_middle_gives_the_rest():
    rest, full = batches(start=2, operations=ALL), batches(operations=ALL)
    assert len(rest) == len(full) - 2
    assert all(torch.equal(a["pictures"], b["pictures"]) for a, b in zip(rest, full[2:], strict=True))


def test_epochs_differ_in_order_and_draws():
    a, b = batches(operations=[augment.Affine()]), batches(epoch=1, operations=[augment.Affine()])
    assert not torch.equal(a[0]["index"], b[0]["index"])
    first = {int(i): p for x in a for i, p in zip(x["index"], x["pictures"], strict=True)}
    second = {int(i): p for x in b for i, p in zip(x["index"], x["pictures"], strict=True)}
    assert first.keys() == second.keys()
    assert not any(torch.equal(first[i], second[i]) for i in first)


def test_an_epoch_holds_every_sample_once():
    index = torch.cat([b["index"] for b in batches()])
    assert sorted(index.tolist()) == list(range(70))


@pytest.mark.parametrize(("count", "batch", "expected"), [(33, 16, 2), (32, 16, 2), (34, 16, 3), (1, 16, 1), (5, 1, 5)])
def test_a_last_batch_of_one_is_left_out(count, batch, expected):
    order = Order(count, batch, 0)
    found = list(order)
    assert len(order) == len(found) == expected
    assert all(len(b) > 1 for b in found) or batch == 1 or count == 1


def test_scoring_leaves_nothing_out():
    assert sum(map(len, Order(33, 16, 0, shuffle=False))) == 33


def test_what_training_sees_without_augmentation_is_what_prediction_sees():
    part = build.parts(parse("digits"), 0.0, 0.9, 0).train
    batch = PictureBatches(part, STEPS)[(3, 7)]
    assert np.array_equal(batch["pictures"][0].numpy(), images.apply(part.read(7), STEPS))


def test_broken_pictures_are_left_out_and_named(tmp_path):
    for k in range(4):
        Image.new("L", (5, 5), 50 * k).save(tmp_path / f"{k}.png")
    (tmp_path / "2.png").write_bytes(b"")
    names = Names(str(tmp_path / f"{k}.png") for k in range(4))
    part = whole(Pictures(names, np.arange(4), list("abcd")))
    (batch,) = loader(PictureBatches(part, STEPS), Order(4, 4, 0, shuffle=False))
    assert batch["index"].tolist() == [0, 1, 3]
    assert batch["labels"].tolist() == [0, 1, 3]
    assert batch["bad"] == [(str(tmp_path / "2.png"), f"{tmp_path}/2.png: not a picture (the file is empty)")]


@pytest.mark.parametrize("operation", [*ALL, *POLICIES, augment.Gray(p=1.0), augment.Blur(p=1.0)], ids=str)
@pytest.mark.parametrize("channels", [1, 3])
def test_each_augmentation_changes_pictures_and_keeps_shape(operation, channels):
    steps = images.steps(channels=channels, size_px=(16, 20), fit="crop", mean=[0.5] * channels, std=[1.0] * channels)
    rng = np.random.default_rng(0)
    image = Image.fromarray(rng.integers(0, 255, (40, 50, 3), dtype=np.uint8))
    plain = images.as_array(images.fitted(image, steps))
    change, changed = Augmenter([operation], steps), 0
    for k in range(8):
        torch.manual_seed(k)
        got = change(image)
        assert got.shape == (channels, 16, 20)
        assert got.dtype == np.uint8
        changed += not np.array_equal(got, plain)
        torch.manual_seed(k)
        assert np.array_equal(change(image), got)
    assert changed >= 2 or (operation.name == "gray" and channels == 1 and not changed)


def test_gray_keeps_the_channels():
    steps = images.steps(channels=3, size_px=(9, 9), fit="crop", mean=[0.5] * 3, std=[1.0] * 3)
    image = Image.fromarray(np.random.default_rng(0).integers(0, 255, (9, 9, 3), dtype=np.uint8))
    got = Augmenter([augment.Gray(p=1.0)], steps)(image)
    assert np.array_equal(got[0], got[1])
    assert np.array_equal(got[0], got[2])


def test_more_operations_and_more_magnitude_change_more():
    steps = images.steps(channels=3, size_px=(32, 32), fit="crop", mean=[0.5] * 3, std=[1.0] * 3)
    image = Image.fromarray(np.add.outer(np.arange(32), np.arange(32)).astype(np.uint8) * 3).convert("RGB")
    plain = images.as_array(image).astype(float)

    def changed(**how):
        change = Augmenter([augment.RandAugment(**how)], steps)
        found = []
        for k in range(60):
            torch.manual_seed(k)
            found.append(np.abs(change(image) - plain).mean())
        return np.mean(found)

    assert changed() > 1.5 * changed(operations=1)
    assert changed(magnitude=20) > 1.5 * changed(magnitude=2)


def test_blur_widens_a_line_by_its_sigma():
    x = np.zeros((41, 41), np.uint8)
    x[:, 20] = 255
    steps = images.steps(channels=1, size_px=(41, 41), fit="crop", mean=[0.0], std=[1.0])
    found = []
    for k in range(20):
        torch.manual_seed(k)
        got = Augmenter([augment.Blur(p=1.0, sigma_px=3.0)], steps)(Image.fromarray(x))[0]
        found.append(np.count_nonzero(got[20]))
    assert max(found) == 2 * 2 * 3 + 1  # two standard deviations either way
    assert min(found) < 9


@pytest.mark.parametrize(
    ("alone", "kept"),
    [
        ({"degrees": 40.0}, "radius"),
        ({"shift": 0.2}, "shape"),
        ({"shear": 30.0}, "rows"),
        ({"zoom": 0.4}, "center"),
    ],
)
def test_rotation_shift_shear_and_zoom_can_each_be_used_alone(alone, kept):
    steps = images.steps(channels=1, size_px=(61, 61), fit="crop", mean=[0.0], std=[1.0])
    x = np.zeros((61, 61), np.uint8)
    x[23:38, 38:44] = 255  # to the right of the middle
    change = Augmenter([augment.Affine(**{"degrees": 0.0, "shift": 0.0, "zoom": 0.0, **alone})], steps)
    y, z = np.mgrid[-30:31, -30:31]
    moved = 0.0
    for k in range(12):
        torch.manual_seed(k)
        got = change(Image.fromarray(x))[0].astype(float)
        weight = got / got.sum()
        row, column = (weight * y).sum(), (weight * z).sum()
        moved = max(moved, np.abs(got - x).mean())
        match kept:
            case "radius":
                assert np.hypot(row, column) == pytest.approx(10.5, abs=0.3)
                assert got.sum() == pytest.approx(x.sum(dtype=float), rel=0.03)
            case "shape":
                assert got.sum() == x.sum(dtype=float)
                assert np.ptp(np.flatnonzero(got.any(1))) == 14
                assert max(abs(row), abs(column - 10.5)) <= 13
            case "rows":
                assert np.ptp(np.flatnonzero(got.any(1))) == 14
                assert row == pytest.approx(0.0, abs=0.3)
            case "center":
                assert row == pytest.approx(0.0, abs=0.3)
                assert 0.6 * 10.5 - 0.5 <= column <= 1.4 * 10.5 + 0.5
    assert moved > 2


def test_affine_bounds():
    x = np.zeros((21, 21), np.uint8)
    x[10, 10] = 255
    steps = images.steps(channels=1, size_px=(21, 21), fit="crop", mean=[0.0], std=[1.0])
    shift = Augmenter([augment.Affine(degrees=0.0, shift=0.1, zoom=0.0)], steps)
    for k in range(30):
        torch.manual_seed(k)
        row, column = np.unravel_index(shift(Image.fromarray(x))[0].argmax(), (21, 21))
        assert abs(row - 10) <= 2
        assert abs(column - 10) <= 2


@pytest.mark.slow
def test_memory_stays_flat_over_the_epochs_with_workers_on_many_pictures():
    """100,000 pictures, 4 workers: what all processes take together grows by less than 5 % from epoch 2 to 10.

    It would grow if the workers' copies of names and labels came apart from the parent's, page by page.
    """
    import os

    def taken_bytes():
        with open(f"/proc/{os.getpid()}/task/{os.getpid()}/children") as file:
            children = [int(pid) for pid in file.read().split()]
        total = 0
        for pid in (os.getpid(), *children):
            with open(f"/proc/{pid}/smaps_rollup") as file:
                total += next(int(line.split()[1]) for line in file if line.startswith("Pss:")) * 1024
        return total

    count = 100_000
    arrays = np.zeros((count, 4, 4), dtype=np.uint8)
    labels = np.arange(count, dtype=np.int64) % 10
    names = Names(f"a/rather/long/folder/of/class/{n % 10}/picture-{n:08d}.png" for n in range(count))
    part = whole(Pictures(names, labels, [str(c) for c in range(10)], arrays))
    order = Order(count, 2000, 0)
    steps = images.steps(channels=1, size_px=(4, 4), fit="stretch", mean=[0.5], std=[0.5])
    batches = loader(PictureBatches(part, steps), order, workers=4)
    taken, seen = [], 0
    for order.epoch in range(10):
        for batch in batches:
            seen += len(batch["index"])
        taken.append(taken_bytes())
    assert seen == 10 * count
    assert taken[9] < 1.05 * taken[1], [f"{t / 2**20:.0f} MiB" for t in taken]
