"""`dlcli visualize invert` and `dream`: what they write, tell and refuse."""

import json

import numpy as np
import pytest
from PIL import Image
from visual_toys import photo

from dlcli.ui.stamped import stamped

RANDOM = ("-m", "torchvision:resnet18@random")


def read(path):
    return np.asarray(Image.open(path))


def test_invert_tells_error_and_psnr_of_each_layer(run_inprocess, tmp_path):
    picture = photo("chelsea", tmp_path)
    words = ("visualize", "invert", picture, *RANDOM, "--size-px", "48x32", "--steps", "20", "--json", "-o", "i.png")
    result = run_inprocess(*words, "--raw", "i.npz", "--layer", "conv1", "--layer", "layer2")
    assert result.code == 0, result.stderr
    assert "random weights" in result.stderr
    early, deep = result.json()["items"][0]["layers"]
    assert (early["layer"], deep["layer"]) == ("conv1", "layer2")
    assert early["relative_error"] < 0.1
    assert early["psnr_db"] > 20
    assert early["psnr_db"] > deep["psnr_db"]
    with np.load(tmp_path / "i.npz") as held:
        assert {k: v.shape for k, v in held.items()} == {"conv1": (48, 32, 3), "layer2": (48, 32, 3)}
        first = held["conv1"]
    assert run_inprocess(*words, "--raw", "j.npy", "--layer", "conv1").code == 0
    assert (np.load(tmp_path / "j.npy") == first).all()
    less = run_inprocess(*words, "--layer", "conv1", "--weight-variation", "5").json()["items"][0]["layers"][0]
    assert less["psnr_db"] < early["psnr_db"]


def test_invert_and_dream_of_a_gray_run(run_inprocess, tmp_path, digits_run):
    picture = photo("coffee", tmp_path)
    words = ("visualize", "invert", picture, "-m", digits_run, "--steps", "10", "--json")
    result = run_inprocess(*words, "--layer", "*", "-o", "g.png")
    assert result.code == 0, result.stderr
    assert len(result.json()["items"][0]["layers"]) >= 2
    refused = run_inprocess("visualize", "invert", picture, "-m", digits_run, "-o", "h.png")
    assert refused.code == 1
    assert "name a --layer" in refused.stderr
    dreamt = run_inprocess("visualize", "dream", picture, "-m", digits_run, "-o", "d.png", "--steps", "1")
    assert dreamt.code in (1, 2)
    assert "Traceback" not in dreamt.stderr


def test_a_dream_keeps_the_size_and_repeats_by_seed(run_inprocess, tmp_path):
    Image.fromarray(read(photo("chelsea", tmp_path))[:50, :81]).save(tmp_path / "c.png")
    words = ("visualize", "dream", "c.png", *RANDOM, "--steps", "2", "--octaves", "2", "--layer", "relu", "--json")

    def made(*more):
        result = run_inprocess(*words, "-o", "d.png", *more)
        assert result.code == 0, result.stderr
        return read(tmp_path / "d.png"), result.json()["items"][0]

    first, item = made()
    assert first.shape == (50, 81, 3)
    assert item["rise"] == pytest.approx(item["norm_after"] / item["norm_before"], abs=1e-3)
    assert item["rise"] > 1
    assert (made()[0] == first).all()
    options = (["--channel", "3"], ["--guide", "c.png"], ["--octaves", "1"], ["--steps", "3"], ["--tile-px", "64"])
    keys = (["--set", key] for key in ("smoothing=0", "jitter_px=0", "step_size=0.02", "octave_scale=1.2"))
    for change in (*options, *keys):
        assert (made(*change)[0] != first).any(), change
    assert made("--size-px", "60")[0].shape == (37, 60, 3)
    assert made("--size-px", "40x96")[0].shape == (40, 96, 3)


def test_a_folder_with_a_broken_picture(run_inprocess, tmp_path):
    folder = tmp_path / "p"
    folder.mkdir()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (40, 52), np.uint8)).save(folder / "a.png")
    (folder / "b.png").write_bytes(b"no picture")
    for verb in ("dream", "invert"):
        words = ("--steps", "1", "--layer", "relu", "--jsonl")
        result = run_inprocess("visualize", verb, "p", *RANDOM, *words, "-o", verb)
        assert result.code == 0, result.stderr
        assert [("error" in json.loads(line)) for line in result.stdout.splitlines()] == [False, True]
        assert (tmp_path / verb / "a.png").exists()
    assert read(tmp_path / "dream" / "a.png").shape[:2] == (40, 52)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["invert", "c.png", "--layer", "layer9"], 2, "nearest: layer"),
        (["invert", "c.png", "--set", "weight_variation=0", "--set", "beta=1.5"], 2, "has no weight"),
        (["dream", "c.png", "--channel", "3", "--guide", "c.png"], 2, "leave one of the two out"),
        (["dream", "c.png", "--layer", "layer1", "--channel", "64"], 2, "has no channel 64; it has 64"),
        (["dream", "c.png", "--layer", "fc", "--channel", "1"], 2, "no map of the picture"),
        (["dream", "c.png", "--guide", "none.png"], 3, "no such file"),
        (["dream", "c.png", "--guide", "-"], 2, "read from a file"),
        (["dream", "c.png", "--guide", "g.png", "-o", "g.png"], 2, "it would be lost"),
        (["dream", "c.png", "--octaves", "1", "--set", "octave_scale=2"], 2, "only one size"),
        (["dream", "c.png", "--size-px", "0"], 2, "size_px"),
    ],
)
def test_what_is_refused(run_inprocess, tmp_path, words, code, said):
    for name in ("c", "g"):
        Image.fromarray(np.full((40, 48, 3), 90, np.uint8)).save(tmp_path / f"{name}.png")
    result = run_inprocess("visualize", *words, *RANDOM, "--size-px", "48" if "--size-px" not in words else words[-1])
    assert (result.code, result.stdout) == (code, ""), result.stderr
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_a_network_of_one_size_is_told(run_inprocess, tmp_path):
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (50, 60, 3), np.uint8)).save(tmp_path / "c.png")
    words = ("visualize", "dream", "c.png", "-m", "timm:vit_tiny_patch16_224@random", "-o", "d.png", "--steps", "1")
    result = run_inprocess(*words)
    assert result.code == 2
    assert "it takes 224×224" in result.stderr
    assert run_inprocess(*words, "--size-px", "224x224", "--octaves", "1").code == 0


def test_a_stamp_is_drawn_inside_the_picture():
    picture = np.full((64, 200, 3), 10, np.uint8)
    drawn = np.asarray(stamped(picture, "random weights, seed 0"))
    assert drawn.shape == picture.shape
    assert (drawn[:40] == 10).all()
    assert (drawn[-3:, :60] != 10).any()
    assert (np.asarray(stamped(picture, "")) == picture).all()
    assert stamped(np.zeros((8, 8), np.uint8), "random").size == (8, 8)


@pytest.mark.slow
def test_imagenet_sees_more_in_a_dream_and_gives_pictures_back(run_inprocess, tmp_path):
    picture = photo("chelsea", tmp_path)
    dreamt = run_inprocess("visualize", "dream", picture, "--size-px", "160", "-o", "d.png", "--json")
    assert dreamt.code == 0, dreamt.stderr
    assert dreamt.json()["items"][0]["rise"] > 1.3
    words = ("--layer", "bn1", "--steps", "40", "-o", "i.png", "--json")
    item = run_inprocess("visualize", "invert", picture, *words).json()["items"][0]["layers"][0]
    assert item["relative_error"] < 0.1
    assert item["psnr_db"] > 20


@pytest.mark.parametrize(("verb", "recipe"), [("invert", "invert-smooth"), ("dream", "dream-strokes")])
def test_recipes_run(run_inprocess, tmp_path, verb, recipe):
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (40, 48, 3), np.uint8)).save(tmp_path / "c.png")
    words = ("--steps", "1", "--size-px", "48", "-o", "r.png")
    more = ("--layer", "bn1") if verb == "invert" else ()
    result = run_inprocess("visualize", verb, "c.png", "-r", f"visualize/{recipe}", *words, *more)
    assert result.code == 0, result.stderr
