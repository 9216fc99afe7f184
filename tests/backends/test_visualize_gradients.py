"""dlcli visualize gradients: towards which labels, what its options do, and what it says when something is amiss."""

import math
import shutil

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn
from visual_bundles import lenet
from visual_toys import photo

from dlcli.data.builtin import digits
from dlcli.data.images import apply
from dlcli.tasks.open import open_model


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """Return a LeNet with random weights."""
    return lenet(tmp_path_factory.mktemp("lenet") / "model")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with a folder of two pictures for each of three digits."""
    where = tmp_path_factory.mktemp("folder")
    arrays, labels = digits.load()
    for k in range(3):
        (where / str(k)).mkdir()
        for i in np.flatnonzero(labels == k)[:2]:
            Image.fromarray(arrays[i]).save(where / str(k) / f"{i}.png")
    return where


@pytest.fixture
def made(run_inprocess, tmp_path):
    """Return the one result of a command line."""

    def call(*words):
        done = run_inprocess("visualize", "gradients", *words, "--json", "-o", tmp_path / "g.png")
        assert done.code == 0, done.stderr
        (item,) = done.json()["items"]
        return item

    return call


def by_hand(bundle, pictures, labels):
    opened = open_model(str(bundle))
    x = torch.from_numpy(np.stack([apply(p, opened.preprocessing) for p in pictures]))
    loss = F.cross_entropy(opened.module(x), torch.as_tensor(labels))
    loss.backward()
    norms = {
        name: math.sqrt(sum(float(p.grad.double().square().sum()) for p in layer.parameters(recurse=False)))
        for name, layer in opened.module.named_modules()
        if list(layer.parameters(recurse=False))
    }
    return float(loss.detach()), norms


def norms_of(item):
    return {r["layer"]: r["norm"] for r in item["layers"]}


def test_a_folder_of_class_folders_gives_the_labels(made, bundle, folder, tmp_path):
    item = made(folder, "-m", bundle, "--raw", tmp_path / "g.npz")
    files = [p for k in range(3) for p in sorted((folder / str(k)).iterdir())]
    loss, norms = by_hand(bundle, [Image.open(p) for p in files], [0, 0, 1, 1, 2, 2])
    assert (item["towards"], item["loss_name"], item["pictures"]) == ("labels", "cross_entropy", 6)
    assert item["loss"] == pytest.approx(loss, rel=1e-6)
    assert norms_of(item) == pytest.approx(norms, rel=1e-5)
    assert item["norm"] == pytest.approx(math.sqrt(sum(n**2 for n in norms.values())), rel=1e-5)
    assert item["verdict"]["name"] == "fine"
    with np.load(tmp_path / "g.npz") as raw:
        np.testing.assert_array_equal(raw["norm"], list(norms_of(item).values()))
        assert raw["layer"].tolist() == list(norms)
        assert set(raw) == {"layer", "weights", "norm", "rms", "weight_rms", "ratio", "zeros"}
    with Image.open(tmp_path / "g.png") as figure:
        assert figure.width > 1000


def test_bare_pictures_are_taken_for_what_the_network_answers(made, bundle, folder):
    files = sorted((folder / "1").iterdir())
    pictures = [Image.open(p) for p in files]
    opened = open_model(str(bundle))
    x = torch.from_numpy(np.stack([apply(p, opened.preprocessing) for p in pictures]))
    answers = opened.module(x).argmax(1)
    item = made(*files, "-m", bundle)
    assert item["towards"] == "answers"
    assert norms_of(item) == pytest.approx(by_hand(bundle, pictures, answers)[1], rel=1e-5)
    item = made(*files, "-m", bundle, "--class", "7")
    assert (item["towards"], item["class"]) == ("class", "7")
    assert norms_of(item) == pytest.approx(by_hand(bundle, pictures, [7, 7])[1], rel=1e-5)


def test_a_batch_is_drawn_by_the_seed(made, run_inprocess, bundle, tmp_path):
    first = made("digits", "-m", bundle, "--batch", "8")
    assert (first["pictures"], first["towards"], first["input"]) == (8, "labels", "digits")
    assert made("digits", "-m", bundle, "--batch", "8") == first
    assert made("digits", "-m", bundle, "--batch", "8", "--seed", "1")["loss"] != first["loss"]
    done = run_inprocess("visualize", "gradients", "digits", "-m", bundle, "-o", tmp_path / "g.png")
    assert "a batch of 64 drawn from 1,797 pictures" in done.stderr
    table = [line.split("\t") for line in done.stdout.splitlines()]
    assert table[0] == ["layer", "type", "weights", "norm", "rms", "weight_rms", "ratio", "zeros"]
    assert [row[0] for row in table[1:]] == ["features.0", "features.3", "classifier.0", "classifier.2", "head"]


def test_training_mode_and_size_have_an_effect(made, tmp_path):
    picture = photo("chelsea", tmp_path)
    words = (picture, "-m", "torchvision:mobilenet_v3_small@random", "--size-px", "64")
    plain = made(*words)
    assert made(*words, "--mode", "training")["norm"] != plain["norm"]
    assert made(*words[:3], "--size-px", "64x96")["norm"] != plain["norm"]


def test_folders_that_are_no_classes_are_said(run_inprocess, bundle, folder, tmp_path):
    other = shutil.copytree(folder, tmp_path / "other")
    (other / "0").rename(other / "zero")
    done = run_inprocess("visualize", "gradients", other, "-m", bundle, "--json", "-o", tmp_path / "g.png")
    assert (done.code, done.json()["items"][0]["towards"]) == (0, "answers")
    assert "its folders are no classes of the network; its own answers are the labels" in done.stderr
    done = run_inprocess("visualize", "gradients", f"folder:{other}", "-m", bundle, "-o", tmp_path / "g.png")
    assert (done.code, "does not know the classes zero" in done.stderr) == (6, True)
    (other / "1" / "broken.png").write_bytes(b"nothing")
    done = run_inprocess("visualize", "gradients", other, "-m", bundle, "--json", "-o", tmp_path / "g.png")
    broken, item = done.json()["items"]
    assert (done.code, broken["error"]["code"], item["pictures"]) == (0, 3, 6)


def test_a_network_whose_gradient_vanishes_is_told_of(run_inprocess, folder, tmp_path):
    def shrink(net):
        for layer in (m for m in net.modules() if isinstance(m, nn.Linear)):
            layer.weight.mul_(0.01)

    small = lenet(tmp_path / "small", shrink)
    done = run_inprocess("visualize", "gradients", folder, "-m", small, "-o", tmp_path / "g.png")
    assert done.code == 0
    assert "vanishing gradients: those of the first layer, features.0, are" in done.stderr


def test_weights_that_are_no_numbers_end_with_1(run_inprocess, folder, tmp_path):
    broken = lenet(tmp_path / "broken", lambda net: net.features[0].weight.fill_(math.nan))
    done = run_inprocess("visualize", "gradients", folder, "-m", broken, "--json", "-o", tmp_path / "p.png")
    assert done.code == 1
    assert "weights of features.0 are no finite numbers" in done.json()["items"][0]["error"]["message"]
    assert not (tmp_path / "p.png").exists()


@pytest.mark.parametrize(
    ("words", "code", "match"),
    [
        (("--class", "ten"), 2, "the network has no class 'ten'"),
        (("--batch", "0"), 2, "batch"),
        (("--mode", "eval"), 2, "mode"),
        (("-o", "x.jpg"), 2, "allowed: .png"),
    ],
    ids=lambda v: "-".join(v) if isinstance(v, tuple) else None,
)
def test_what_is_wrong_is_told(run_inprocess, bundle, folder, words, code, match):
    done = run_inprocess("visualize", "gradients", folder, "-m", bundle, *words)
    assert (done.code, match in done.stderr) == (code, True), done.stderr
