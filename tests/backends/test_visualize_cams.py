import json

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from visual_toys import photo

from dlcli.core.bundle import Bundle
from dlcli.data import images
from dlcli.models import catalog
from dlcli.tasks.open import own_defaults, write_bundle

RANDOM = "torchvision:resnet18@random"
SMALL = ("-m", RANDOM, "--size-px", "64")


@pytest.fixture
def cat(tmp_path):
    return photo("chelsea", tmp_path)


def items(result):
    assert result.code == 0, result.stderr
    return result.json()["items"]


def test_cam_is_gradcam_with_imagenet(run_inprocess, cat):
    words = ("chelsea.png", "--class", "Egyptian cat", "--json")
    one = items(run_inprocess("visualize", "cam", *words, "-o", "cam.png", "--raw", "cam.npy"))
    two = items(run_inprocess("visualize", "gradcam", *words, "-o", "grad.png", "--raw", "grad.npy"))
    maps = np.load(cat.parent / "cam.npy"), np.load(cat.parent / "grad.npy")
    assert np.abs(maps[0] - maps[1]).max() < 1e-5
    assert maps[0].shape == (224, 224)
    assert maps[0].dtype == np.float32
    assert (maps[0].min(), maps[0].max()) == (pytest.approx(0, abs=1e-6), pytest.approx(1, abs=1e-6))
    for (item,) in (one, two):
        assert item["layer"] == "bn2"
        assert item["class"] == "Egyptian cat"
        assert item["probability"] == pytest.approx(0.36, abs=0.02)
        assert item["top"][0]["label"] == "tiger cat"
        assert len(item["top"]) == 5
        assert item["maps"][0]["number"] == 285
    assert one[0]["maps"][0]["method"] == "cam"


def test_several_classes_and_methods_stand_side_by_side(run_inprocess, cat):
    words = ("--top", "2", "--method", "gradcam", "--method", "layercam", "--method", "eigencam")
    result = run_inprocess("visualize", "gradcam", cat, *SMALL, *words, "-o", "a.png", "--raw", "a.npz", "--json")
    (item,) = items(result)
    named = [(m["method"], m["number"]) for m in item["maps"]]
    first, second = named[0][1], named[2][1]
    assert named == [(m, k) for k in (first, second) for m in ("gradcam", "layercam")] + [("eigencam", None)]
    drawn = {f"{m}_{k}" if k is not None else m for m, k in named}
    with np.load(cat.parent / "a.npz") as raw:
        assert {m for m in drawn if m in raw} == {
            f"{i['method']}_{i['number']}" if i["number"] is not None else i["method"]
            for i in item["maps"]
            if "error" not in i
        }
        assert all(raw[name].shape == (64, 64) for name in raw)
    settings = result.json()["settings"]
    assert settings["methods"] == ["gradcam", "layercam", "eigencam"]
    assert settings["top"] == 2
    with Image.open(cat.parent / "a.png") as sheet:
        assert sheet.width == pytest.approx(3 * 394 + 10, abs=30)  # picture and two methods; three rows
        assert sheet.height > 3 * 384


def test_a_map_that_fails_beside_others_is_told_in_its_place(run_inprocess, cat):
    words = [w for k in range(8) for w in ("--class", str(k))]
    result = run_inprocess("visualize", "cam", cat, *SMALL, *words, "-o", "a.png", "--json")
    (item,) = items(result)
    failed = [m for m in item["maps"] if "error" in m]
    assert 0 < len(failed) < 8
    assert all("speaks against this class" in m["error"]["message"] for m in failed)
    assert [m["number"] for m in item["maps"]] == list(range(8))


@pytest.mark.parametrize("verb", ["cam", "gradcam"])
def test_one_error_record_for_each_picture_that_shows_nothing(run_inprocess, tmp_path, cat, verb):
    (tmp_path / "broken.png").write_bytes(b"no picture")
    result = run_inprocess("visualize", verb, cat, "broken.png", *SMALL, "--size-px", "64", "-o", "maps", "--jsonl")
    assert result.code == 0, result.stderr
    good, bad = map(json.loads, result.stdout.splitlines())
    assert "error" not in good
    assert bad["error"]["code"] == 3
    assert (tmp_path / "maps" / "chelsea.png").exists()
    assert "nothing could be made of 1 of 2 pictures" in result.stderr


def broken(run, folder, change):
    """Return a copy of a run's bundle with changed weights."""
    import shutil

    from dlcli.core import bundle

    target = folder / "changed"
    shutil.copytree(run / "model", target)
    weights = load_file(target / "model.safetensors")
    change(weights)
    save_file(weights, target / "model.safetensors")
    text = (target / bundle.FILE).read_text()
    old = bundle.sha256(run / "model" / "model.safetensors")
    (target / bundle.FILE).write_text(text.replace(old, bundle.sha256(target / "model.safetensors")))
    return target


@pytest.fixture(scope="module")
def lenet(tmp_path_factory):
    """Return the folder of an untrained LeNet-5 for gray pictures, as a run keeps it."""
    torch.manual_seed(0)
    args = own_defaults("lenet5")
    module = catalog.build("lenet5", channels=1, size_px=(28, 28), classes=10, args=args)
    facts = {
        "classes": list("0123456789"), "size_px": [28, 28], "channels": 1, "fit": "stretch", "filter": "bilinear",
        "mean": [0.5], "std": [0.5], "answer": "softmax",
    }  # fmt: skip
    steps = images.steps(channels=1, size_px=(28, 28), fit="stretch", mean=[0.5], std=[0.5])
    folder = tmp_path_factory.mktemp("lenet")
    write_bundle(
        folder / "model", module, Bundle("network", "classify", {"name": "lenet5", "args": args}, facts, steps)
    )
    return folder


def test_own_gray_runs(run_inprocess, lenet, cat):
    (item,) = items(run_inprocess("visualize", "gradcam", cat, "-m", lenet / "model", "-o", "a.png", "--json"))
    assert len(item["maps"]) == 1
    refused = run_inprocess("visualize", "cam", cat, "-m", lenet / "model", "-o", "b.png")
    assert refused.code == 2
    assert "needs a single linear layer on global averages: here" in refused.stderr
    assert "dlcli visualize gradcam" in refused.stderr


def test_a_network_without_maps_is_told(run_inprocess, digits_run, cat):
    result = run_inprocess("visualize", "gradcam", cat, "-m", digits_run, "-o", "a.png")
    assert result.code == 1
    assert "no layer keeps rows and columns of the picture" in result.stderr
    assert run_inprocess("visualize", "cam", cat, "-m", digits_run, "-o", "a.png").code == 2


def test_nan_weights_cost_one_record_and_exit_1(run_inprocess, lenet, tmp_path, cat):
    def poison(weights):
        name = next(n for n in weights if n.endswith("weight"))
        weights[name].view(-1)[0] = float("nan")

    result = run_inprocess("visualize", "gradcam", cat, "-m", broken(lenet, tmp_path, poison), "-o", "a.png", "--jsonl")
    assert result.code == 1
    (line,) = map(json.loads, result.stdout.splitlines())
    assert "the network's answer is NaN or infinite" in line["error"]["message"]
    assert "holds such weights" in line["error"]["message"]
    assert "nothing could be made of the picture" in result.stderr
    assert not (tmp_path / "a.png").exists()


def test_cam_refuses_a_head_of_two_layers(run_inprocess, cat):
    result = run_inprocess("visualize", "cam", cat, "-m", "torchvision:mobilenet_v3_small@random", "-o", "a.png")
    assert result.code == 2
    assert "here a hard swish stands between" in result.stderr


def test_the_layer_asked_for_is_looked_at(run_inprocess, cat):
    (item,) = items(run_inprocess("visualize", "gradcam", cat, *SMALL, "--layer", "layer3", "-o", "a.png", "--json"))
    assert item["layer"] == "layer3"
    result = run_inprocess("visualize", "gradcam", cat, *SMALL, "--layer", "layer[23]*", "-o", "a.png", "--json")
    (item,) = items(result)
    assert item["layer"].startswith("layer2, layer2.0, ")
    assert "the maps of" in result.stderr
    wrong = run_inprocess("visualize", "gradcam", cat, *SMALL, "--layer", "fc", "-o", "a.png")
    assert wrong.code == 2
    assert "layer fc puts out 1000, which is no map" in wrong.stderr


def test_the_list_of_layers_marks_the_chosen_one(run_inprocess):
    result = run_inprocess("visualize", "gradcam", "--list-layers", *SMALL, "--json")
    assert result.code == 0, result.stderr
    doc = result.json()
    assert doc["chosen"] == "layer4"
    (row,) = [i for i in doc["items"] if i["default"]]
    assert row["input"] == "layer4.1.relu"
    assert row["map"] == "2×2"
    assert row["receptive_field_px"] == [435, 435]
    assert "layer4 (what layer4.1.relu puts out)" in result.stderr
    assert "rows that stand again: 8" in result.stderr
    assert next(i for i in doc["items"] if i["input"] == "fc")["map"] == ""


def test_opacity(run_inprocess, cat):
    for opacity in ("0", "1"):
        words = ("--opacity", opacity, "-o", f"{opacity}.png")
        assert run_inprocess("visualize", "cam", cat, *SMALL, *words).code == 0
    alone, over = (np.asarray(Image.open(cat.parent / f"{o}.png").convert("RGB")).astype(int) for o in ("0", "1"))
    panel = (slice(12, 380), slice(410, 770))
    assert np.ptp(alone[panel], axis=2).max() == 0  # the picture alone, gray
    assert np.ptp(over[panel], axis=2).max() > 50


def test_what_has_no_effect_is_refused(run_inprocess, cat):
    result = run_inprocess("visualize", "gradcam", cat, "--method", "eigencam", "--class", "3", "-o", "a.png")
    assert result.code == 2
    assert "eigencam asks for no class" in result.stderr


def test_a_size_the_network_cannot_take_is_told(run_inprocess, cat):
    result = run_inprocess("visualize", "gradcam", cat, "-m", "timm:test_vit@random", "--size-px", "100", "-o", "a.png")
    assert result.code == 2
    assert "the network cannot take pictures of 100×100" in result.stderr
    assert "leave --size-px out, or try another" in result.stderr


def test_a_vision_transformer_needs_no_more_words(run_inprocess, cat):
    words = ("-m", "timm:test_vit@random", "--method", "layercam", "-o", "a.png", "--json", "--raw", "a.npy")
    (item,) = items(run_inprocess("visualize", "gradcam", cat, *words))
    assert item["layer"] == "blocks.5.norm1"
    assert np.load(cat.parent / "a.npy").shape == (160, 160)
