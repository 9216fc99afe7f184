"""The presets for CIFAR-10 on pictures of its shape, and nets that draw: the same weights after a stop."""

import numpy as np
import pytest
import yaml
from PIL import Image


@pytest.fixture(scope="module")
def cifar_folder(tmp_path_factory):
    """Return an ImageFolder of 40 color pictures of 32×32 in 4 classes told apart by color."""
    root = tmp_path_factory.mktemp("cifar") / "pictures"
    rng = np.random.default_rng(3)
    for label, color in {"bird": (0, 0, 9), "cat": (0, 9, 0), "frog": (9, 0, 0), "ship": (9, 9, 0)}.items():
        (root / label).mkdir(parents=True)
        for number in range(10):
            pixels = rng.integers(0, 90, (32, 32, 3)) + 15 * np.array(color)
            Image.fromarray(pixels.astype(np.uint8)).save(root / label / f"{number}.png")
    return root


def test_resnet20_as_published_on_pictures_of_cifars_shape(run_inprocess, cifar_folder):
    words = ("data.val=0.2", "train.epochs=1", "train.batch=8", "data.workers=0")
    result = run_inprocess("train", "classify/resnet20-cifar10", "--data", cifar_folder, *words, "--json")
    assert result.code == 0, result.stderr
    doc = result.json()
    assert 0 <= doc["metrics"]["test/accuracy"] <= 1
    held = yaml.safe_load((result.run / "recipe.yaml").read_text())
    assert held["schedule"]["at_epochs"] == [91, 136]
    assert (held["optim"]["momentum"], held["optim"]["nesterov"]) == (0.9, True)
    crop, flip = held["data"]["augment"]
    assert (crop["name"], 32 * crop["pad"], flip["name"]) == ("crop", 4, "flip")
    bundle = yaml.safe_load((result.run / "model/bundle.yaml").read_text())
    assert bundle["model"]["args"]["depth"] == 20
    assert bundle["facts"]["size_px"] == [32, 32]
    answer = run_inprocess("predict", result.run, cifar_folder / "cat/0.png", "--json")
    assert answer.code == 0, answer.stderr
    assert answer.json()["items"][0]["label"] in ("bird", "cat", "frog", "ship")


DRAWING = {
    "stochastic-resnet110": ("model.args.depth=14", "model.args.width=4"),
    "fractalnet": ("model.args.filters=[4, 8]",),
    "vit": ("model.args.depth=1", "model.args.width=24"),
}


@pytest.mark.parametrize("name", DRAWING)
def test_nets_that_draw_go_on_bit_for_bit(name, run_inprocess, cifar_folder):
    words = (*DRAWING[name], "schedule={name: constant}", "train.batch=8", "data.workers=0", "data.image.size_px=16")
    first = ("train", f"classify/{name}", "--data", cifar_folder, *words)
    whole = run_inprocess(*first, "train.epochs=2", "-q", "-o", "whole")
    assert whole.code == 0, whole.stderr
    assert run_inprocess(*first, "train.epochs=1", "-q", "-o", "parts").code == 0
    resumed = run_inprocess("train", "--resume", "parts", "train.epochs=2", "-q")
    assert resumed.code == 0, resumed.stderr
    weights = [(result / "model/model.safetensors").read_bytes() for result in map(_path, ("whole", "parts"))]
    assert weights[0] == weights[1]


def _path(name):
    from pathlib import Path

    return Path.cwd() / name


def test_a_depth_that_is_no_network_says_where_it_stands(run_inprocess):
    result = run_inprocess("train", "classify/resnet20", "--data", "x/", "model.args.depth=18")
    assert result.code == 2
    assert "model.args.depth=18: must be 6n + 2 (8, 14, 20 …), not 18" in result.stderr


def test_pictures_smaller_than_a_patch(run_inprocess, cifar_folder):
    words = ("model.args.patch_px=64", "data.workers=0")
    result = run_inprocess("train", "classify/vit", "--data", cifar_folder, *words)
    assert result.code == 6
    assert "vit needs pictures of at least 64×64 pixels, not 32×32" in result.stderr
    assert "model.args.patch_px" in result.stderr
