"""dlcli visualize attention, as it is typed."""

import json

import numpy as np
import pytest
from PIL import Image
from visual_toys import photo

VIT = "timm:test_vit@random"  # 160 px, patches of 16: 10 × 10 places and a class token
SWIN = "torchvision:swin_t@random"


@pytest.fixture
def cat(tmp_path):
    return photo("chelsea", tmp_path).name


def picture(path):
    with Image.open(path) as held:
        return held.convert("RGB")


@pytest.fixture
def look(run_inprocess):
    def call(*words):
        return run_inprocess("visualize", "attention", *words)

    return call


def test_all_heads_and_their_mean_stand_beside_the_picture_and_the_numbers_sum_to_one(look, cat, tmp_path):
    done = look(cat, "-m", VIT, "-o", "a.png", "--raw", "a.npy", "--json")
    assert done.code == 0, done.stderr
    item = done.json()["items"][0]
    weights = np.load(tmp_path / "a.npy")
    layer = item["layers"][0]
    assert weights.shape == (1, item["heads"], 101, 101)
    assert np.abs(weights.sum(-1) - 1).max() < 1e-5
    assert item["query"] == "the class token"
    assert item["tokens"] == 101
    assert layer["grid"] == [10, 10]
    assert len(layer["entropy"]) == item["heads"]
    entropy = -(weights * np.log(weights)).sum(-1).mean((0, 2))
    assert layer["entropy"] == pytest.approx(entropy.tolist(), abs=1e-3)
    assert layer["on_picture"] == pytest.approx(weights[0, :, 0, 1:].sum(-1).tolist(), abs=1e-3)
    assert done.json()["stamp"].startswith("random weights")
    assert layer["greatest"] == pytest.approx(weights[0].mean(0)[0, 1:].max(), abs=1e-6)
    assert picture(tmp_path / "a.png").width > 3 * 320


@pytest.mark.parametrize("head", ["mean", "max", "1"])
def test_one_head_is_drawn_alone(look, cat, tmp_path, head):
    assert look(cat, "-m", VIT, "--head", head, "-o", "one.png").code == 0
    assert look(cat, "-m", VIT, "-o", "all.png").code == 0
    assert picture(tmp_path / "one.png").width < picture(tmp_path / "all.png").width
    done = look(cat, "-m", VIT, "--head", head, "-o", "one.png", "--raw", "a.npy", "--json")
    row = np.load(tmp_path / "a.npy")[0, :, 0, 1:]
    wanted = {"mean": row.mean(0), "max": row.max(0), "1": row[1]}[head].max()
    assert done.json()["items"][0]["layers"][0]["greatest"] == pytest.approx(wanted, abs=1e-6)


def test_a_place_looks_instead_of_the_class_token(look, cat, tmp_path):
    done = look(cat, "-m", VIT, "--at", "20,40", "-o", "a.png", "--raw", "a.npy", "--json")
    assert done.code == 0, done.stderr
    item = done.json()["items"][0]
    weights = np.load(tmp_path / "a.npy")
    assert item["query"] == "the place at 20,40"
    row = 1 + 1 * 10 + 2
    assert item["layers"][0]["on_picture"] == pytest.approx(weights[0, :, row, 1:].sum(-1).tolist(), abs=1e-3)
    done = look(cat, "-m", VIT, "--at", "160,0", "-o", "b.png")
    assert done.code == 2
    assert "the network sees 160×160 pixels; allowed: 0,0 to 159,159" in done.stderr


def test_rollout_is_drawn_and_written(look, cat, tmp_path):
    done = look(cat, "-m", VIT, "--rollout", "-o", "r.png", "--raw", "r.npy", "--json")
    assert done.code == 0, done.stderr
    rolled = np.load(tmp_path / "r.npy")
    assert rolled.shape == (101, 101)
    assert np.abs(rolled.sum(-1) - 1).max() < 1e-5
    assert look(cat, "-m", VIT, "--layer", "*", "-o", "a.npy").code == 0
    layers = np.load(tmp_path / "a.npy").mean(1)
    wanted = np.eye(101)
    for weights in layers:
        wanted = (weights + np.eye(101)) / 2 @ wanted
    assert np.abs(rolled - wanted).max() < 1e-5
    assert look(cat, "-m", VIT, "--rollout", "--head", "max", "-o", "m.png").code == 0
    assert look(cat, "-m", VIT, "--rollout", "--head", "99", "-o", "m.png").code == 2


def test_the_shipped_recipes(look, cat):
    done = look(cat, "-m", VIT, "-r", "visualize/attention-rollout", "-o", "r.png", "--json")
    assert done.json()["items"][0]["layer"] == "rollout"
    done = look(cat, "-m", VIT, "-r", "visualize/attention-heads", "-o", "r.png", "--json")
    assert done.json()["items"][0]["layer"] == "blocks.0.attn"


def test_windows_are_put_back_to_their_places(look, cat, tmp_path):
    done = look(cat, "-m", SWIN, "--size-px", "64", "--layer", "1", "--at", "30,30", "-o", "w.png", "--raw", "w.npz",
                "--opacity", "1", "--head", "mean", "--json")  # fmt: skip
    assert done.code == 0, done.stderr
    item = done.json()["items"][0]
    assert item["layers"][0]["windows"] == 9
    with np.load(tmp_path / "w.npz") as held:
        assert held["attention"].shape == (9, 3, 49, 49)
        assert sorted(held["positions"][held["positions"] >= 0]) == list(range(256))
    done = look(cat, "-m", SWIN, "--size-px", "64", "--rollout", "-o", "r.png")
    assert done.code == 2
    assert "rollout follows tokens that all look at all" in done.stderr


def test_a_network_without_attention_says_what_to_use(look, cat, digits_run, tmp_path):
    for model in ("imagenet", str(digits_run)):
        done = look(cat, "-m", model, "-o", "x.png")
        assert done.code == 2
        assert "the network has no attention" in done.stderr
        assert "gradcam" in done.stderr
    assert not (tmp_path / "x.png").exists()


def test_wrong_words_cost_exit_2(look, cat):
    for words, told in (
        (("--layer", "blocks.77"), "the network has no attention 'blocks.77'"),
        (("--head", "40"), "heads, not number 40"),
        (("--head", "best"), "'best' is no head; allowed: mean, max, or a number"),
        (("--at", "here"), "'here' is no place; allowed: ROW,COL"),
        (("--rollout", "--layer", "0"), "rollout goes through all layers"),
        (("--opacity", "2"), "opacity"),
    ):
        done = look(cat, "-m", VIT, *words, "-o", "x.png")
        assert done.code == 2, words
        assert told in done.stderr


def test_layers_are_listed(look):
    done = look("-m", VIT, "--list-layers", "--json")
    assert done.code == 0, done.stderr
    items = done.json()["items"]
    assert [i["number"] for i in items] == list(range(len(items)))
    assert {i["computed"] for i in items} == {"scaled_dot_product_attention"}
    assert items[0]["name"] == "blocks.0.attn"


def test_a_run_of_our_own_vit_on_gray_pictures(run_inprocess, look, tmp_path):
    words = ("--data", "digits", "train.epochs=1", "data.image.size_px=28", "data.augment=[]", "train.batch=256")
    args = "model.args={patch_px: 7, width: 16, depth: 2, heads: 2}"
    done = run_inprocess("train", "classify/vit", *words, args, "-q", "--out", "run")
    assert done.code == 0, done.stderr
    photo("brick", tmp_path)
    done = look("brick.png", "-m", "run", "-o", "a.png", "--json")
    assert done.code == 0, done.stderr
    assert done.json()["items"][0]["layers"][0]["grid"] == [4, 4]


def test_broken_weights_cost_an_error_record(look, cat, monkeypatch):
    import torch

    from dlcli.methods import attention

    monkeypatch.setattr(attention, "_weights", lambda query, **_: torch.full((1, 3, 101, 101), torch.nan))
    done = look(cat, "-m", VIT, "-o", "a.png", "--json")
    assert done.code == 1
    assert "are no numbers (NaN)" in done.stderr
    monkeypatch.setattr(attention, "_weights", lambda query, **_: torch.full((1, 3, 101, 101), 1 / 101))
    done = look(cat, "-m", VIT, "-o", "a.png", "--jsonl")
    assert done.code == 1
    assert "the map is constant" in json.loads(done.stdout)["error"]["message"]


def test_the_same_seed_gives_the_same_bytes(look, cat, tmp_path):
    for name in ("a", "b"):
        assert look(cat, "-m", VIT, "--seed", "3", "-o", f"{name}.png").code == 0
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert look(cat, "-m", VIT, "--seed", "4", "-o", "c.png").code == 0
    assert (tmp_path / "a.png").read_bytes() != (tmp_path / "c.png").read_bytes()
