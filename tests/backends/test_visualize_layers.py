"""dlcli visualize filters, weights, activations, embedding: what stands in the files they write."""

import csv
import json
import shutil

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.decomposition import PCA
from visual_toys import photo

from dlcli.core.bundle import Bundle
from dlcli.data import build, images
from dlcli.models.vision.linear import linear as softmax
from dlcli.models.vision.linear import perceptron
from dlcli.tasks.open import open_model, write_bundle

RESNET = ("-m", "torchvision:resnet18@random")


@pytest.fixture
def linear(tmp_path):
    """Return what writes the bundle of a linear classifier whose pictures are normalized."""

    def write(channels=1, zero=False):
        torch.manual_seed(0)
        module = perceptron(channels, (8, 8), 10) if zero else softmax(channels, (8, 8), 10)
        facts = {"classes": [*"0123456789"], "size_px": [8, 8], "channels": channels, "answer": "softmax"}
        mean, std = [0.3, 0.4, 0.5][:channels], [0.2, 0.3, 0.4][:channels]
        steps = images.steps(channels=channels, size_px=(8, 8), fit="crop", mean=mean, std=std)
        model = {"name": "linear", "args": {}}
        write_bundle(tmp_path / "linear", module, Bundle("network", "classify", model, facts, steps))
        return tmp_path / "linear"

    return write


def read_back(png, item):
    """Return the values of tiles as the JSON says they are to be read from the picture."""
    pixels = np.asarray(Image.open(png).convert("RGB"))
    place, tiles = item["layout"], []
    for k, each in enumerate(item["each"]):
        left = place["origin_px"][0] + k % place["columns"] * place["step_px"][0]
        top = place["origin_px"][1] + k // place["columns"] * place["step_px"][1]
        factor = place["factor"]
        block = pixels[top : top + place["tile_px"][1], left : left + place["tile_px"][0]]
        small = block[factor // 2 :: factor, factor // 2 :: factor]
        assert (np.repeat(np.repeat(small, factor, 0), factor, 1) == block).all()  # no smoothing
        tiles.append(each["low"] + small / 255 * (each["high"] - each["low"]))
    return np.array(tiles)


@pytest.mark.parametrize(("scale", "ends"), [("shared", "signed"), ("filter", "minmax")])
def test_the_weights_of_a_first_layer_are_read_back_from_the_picture(run_inprocess, tmp_path, scale, ends):
    words = ("--scale", scale, "--set", f"ends={ends}", "--raw", "w.npy", "-o", "f.png", "--json")
    item = run_inprocess("visualize", "filters", *RESNET, *words).json()["items"][0]
    weight = np.load(tmp_path / "w.npy")
    assert np.array_equal(weight, open_model(RESNET[1]).module.conv1.weight.detach().numpy())
    span = np.array([e["high"] - e["low"] for e in item["each"]])
    found = read_back(tmp_path / "f.png", item)
    assert found.shape == (64, 7, 7, 3)
    off = np.abs(found.transpose(0, 3, 1, 2) - weight) / span[:, None, None, None]
    assert off.max() <= 1 / 255
    assert (len(set(span)) > 1) == (scale == "filter")


def test_a_deeper_layer_is_drawn_channel_by_channel(run_inprocess, tmp_path):
    words = ("--layer", "layer1.0.conv1", "--max", "30", "--zoom", "3", "--raw", "w.npy", "-o", "f.png", "--json")
    item = run_inprocess("visualize", "filters", *RESNET, *words).json()["items"][0]
    weight = np.load(tmp_path / "w.npy")
    assert (item["tiles"], item["layout"]["factor"], item["layout"]["columns"]) == (30, 3, 5)
    for values, each in zip(read_back(tmp_path / "f.png", item), item["each"], strict=True):
        off = values[..., 0] - weight[each["filter"], each["channel"]]
        assert np.abs(off).max() <= (each["high"] - each["low"]) / 255
    mean = run_inprocess(
        "visualize", "filters", *RESNET, "--layer", "layer1.0.conv1", "--channels", "mean", "-o", "m.png", "--json"
    ).json()["items"][0]
    assert mean["tiles"] == 64
    found = read_back(tmp_path / "m.png", mean)[..., 0]
    assert np.abs(found - weight.mean(1)).max() <= mean["values"]["high"] * 2 / 255


def test_the_units_of_a_perceptron_are_pictures(run_inprocess, tmp_path, digits_run):
    item = run_inprocess("visualize", "filters", "-m", digits_run, "-o", "f.png", "--json").json()["items"][0]
    weight = open_model(str(digits_run)).module.features[0].weight.detach().numpy().reshape(16, 16, 16)
    assert np.abs(read_back(tmp_path / "f.png", item)[..., 0] - weight).max() <= item["values"]["high"] * 2 / 255
    refused = run_inprocess("visualize", "filters", "-m", digits_run, "--layer", "head", "-o", "g.png")
    assert refused.code == 2
    assert "16 numbers that are not the pixels" in refused.stderr
    assert not (tmp_path / "g.png").exists()


@pytest.mark.parametrize("channels", [1, 3])
def test_weights_score_pixels_as_the_network_does(run_inprocess, tmp_path, linear, channels):
    words = ("visualize", "weights", "-m", linear(channels), "-o", "w.png", "--raw", "w.npy", "--json")
    item = run_inprocess(*words).json()["items"][0]
    opened, weights = open_model(str(tmp_path / "linear")), np.load(tmp_path / "w.npy")
    pictures = build.find(build.parse("digits")).pictures
    for k in (0, 11, 500):
        picture = images.fitted(pictures.read(k), opened.preprocessing)
        pixels = images.as_array(picture) / 255
        x = torch.from_numpy(images.as_input(images.as_array(picture), opened.preprocessing))[None]
        offsets = np.array([e["offset"] for e in item["each"]])
        found = np.einsum("kchw,chw->k", weights, pixels) + offsets
        assert np.allclose(found, opened.module(x)[0].detach(), atol=1e-4)
    span = item["each"][0]["high"] * 2
    drawn = read_back(tmp_path / "w.png", item)[..., :channels].transpose(0, 3, 1, 2)
    assert np.abs(drawn - weights).max() <= span / 255
    item = run_inprocess(*words, "--class", "8", "--class", "3", "--scale", "class").json()["items"][0]
    assert [e["class"] for e in item["each"]] == ["8", "3"]
    assert np.array_equal(np.load(tmp_path / "w.npy"), weights[[8, 3]])
    assert [e["high"] for e in item["each"]] == pytest.approx([np.abs(weights[k]).max() for k in (8, 3)])


@pytest.mark.parametrize("name", ["digits", "resnet18"])
def test_weights_of_what_is_not_linear_are_refused_with_the_reason(run_inprocess, tmp_path, digits_run, name):
    model = str(digits_run) if name == "digits" else RESNET[1]
    refused = run_inprocess("visualize", "weights", "-m", model, "-o", "w.png")
    assert refused.code == 2
    assert "no linear function of the pixels" in refused.stderr
    assert "(ReLU)" in refused.stderr
    assert "visualize filters" in refused.stderr
    assert list(tmp_path.glob("*.png")) == []


def test_weights_that_are_all_zero_make_no_picture(run_inprocess, linear):
    failed = run_inprocess("visualize", "weights", "-m", linear(zero=True), "-o", "w.png")
    assert failed.code == 1
    assert "all weights are 0" in failed.stderr


def hooked(module, x, layer):
    held = []
    hook = module.get_submodule(layer).register_forward_hook(lambda _, __, output: held.append(output.detach().clone()))
    with torch.no_grad():
        module(x)
    hook.remove()
    return held[0].numpy()


def test_activations_are_what_the_layer_puts_out(run_inprocess, tmp_path):
    path = photo("coffee", tmp_path)
    words = ("--size-px", "96x64", "--raw", "a.npy", "-o", "a.png", "--json")
    item = run_inprocess("visualize", "activations", path, *RESNET, *words).json()["items"][0]
    opened = open_model(RESNET[1])
    steps = [{**s, "size_px": [96, 64]} if s["step"] == "resize" else s for s in opened.preprocessing]
    x = torch.from_numpy(images.apply(images.read(path), steps))[None]
    expected = hooked(opened.module, x, "relu")
    assert item["layer"] == "relu"
    assert item["output"] == "64×48×32"
    assert np.allclose(np.load(tmp_path / "a.npy"), expected, atol=1e-6)
    told = item["layers"][0]
    means = expected[0].mean((1, 2))
    assert [s["channel"] for s in told["strongest"]] == np.argsort(-means)[:8].tolist()
    assert told["dead"] == (expected[0].max((1, 2)) == 0).sum()
    assert told["zero_share"] == pytest.approx((expected == 0).mean())


def test_settings_of_activations_change_the_picture(run_inprocess, tmp_path):
    path = photo("coffee", tmp_path)
    pictures = {}
    settings = {"plain": (), "channel": ("--order", "channel"), "shared": ("--scale", "shared"), "max": ("--max", "3")}
    for name, words in {**settings, "again": ()}.items():
        done = run_inprocess("visualize", "activations", path, *RESNET, "--size-px", "64", *words, "-o", f"{name}.png")
        assert done.code == 0, done.stderr
        pictures[name] = (tmp_path / f"{name}.png").read_bytes()
    assert pictures["plain"] == pictures["again"]
    assert len(set(pictures.values())) == len(settings)


def test_activations_of_tokens_vectors_and_several_layers(run_inprocess, tmp_path):
    path = photo("coffee", tmp_path)
    vit = ("-m", "timm:vit_tiny_patch16_224@random", "--layer", "blocks.[01]", "-o", "a.png", "--raw", "a.npz")
    item = run_inprocess("visualize", "activations", path, *vit, "--json").json()["items"][0]
    assert [t["map"] for t in item["layers"]] == ["14×14", "14×14"]
    assert item["layers"][0]["tokens_left_out"] == 1
    assert {k: v.shape for k, v in np.load(tmp_path / "a.npz").items()} == {
        "blocks.0": (1, 197, 192),
        "blocks.1": (1, 197, 192),
    }
    words = ("--layer", "avgpool", "--size-px", "64", "-o", "b.png", "--json")
    item = run_inprocess("visualize", "activations", path, *RESNET, *words).json()["items"][0]
    assert item["layers"][0]["map"] is None
    assert item["layers"][0]["channels"] == 512


def test_which_layer_the_list_names(run_inprocess, digits_run):
    for verb, layer in {
        "filters": "features.0",
        "activations": "features (what features.2 puts out)",
        "embedding": "what head is given",
    }.items():
        listed = run_inprocess("visualize", verb, "-m", digits_run, "--list-layers")
        assert f"when none is named: {layer}\n" in listed.stderr


def features(run, pictures, rows, layer=None):
    """Return what a layer puts out, or what the head is given, without the code that is tested."""
    opened = open_model(str(run))
    x = np.stack([images.apply(pictures.read(k), opened.preprocessing) for k in rows])
    held = []
    module = opened.module.get_submodule(layer or "head")
    module.register_forward_hook(lambda _, given, output: held.append(output if layer else given[0]))
    with torch.no_grad():
        opened.module(torch.from_numpy(x))
    return held[0].numpy()


@pytest.mark.parametrize("layer", [None, "features.0"], ids=["before the head", "a layer"])
def test_an_embedding_is_scikit_learns_components_of_the_features(run_inprocess, tmp_path, digits_run, layer):
    words = ("-m", digits_run, "--max-pictures", "90", "-o", "e.png", "--raw", "e.npz", "--table", "e.tsv", "--json")
    done = run_inprocess("visualize", "embedding", "digits", *words, *(("--layer", layer) if layer else ()))
    item = done.json()["items"][0]
    pictures, rows = build.find(build.parse("digits")).pictures, np.arange(90) * 1797 // 90
    expected, raw = features(digits_run, pictures, rows, layer), np.load(tmp_path / "e.npz")
    assert np.allclose(raw["features"], expected, atol=1e-5)
    assert np.array_equal(raw["labels"], pictures.labels[rows])
    reference = PCA(2).fit(expected)
    points = reference.transform(expected)
    assert np.abs(np.abs(raw["points"]) - np.abs(points)).max() <= 1e-4
    assert item["variance_shares"] == pytest.approx(reference.explained_variance_ratio_, abs=1e-5)
    with open(tmp_path / "e.tsv", newline="") as file:
        table = list(csv.DictReader(file, delimiter="\t"))
    assert [[float(r["x"]), float(r["y"])] for r in table] == raw["points"].tolist()
    assert [int(r["class"]) for r in table] == raw["labels"].tolist()
    assert table[1]["input"] == item["points"][1]["input"] == f"digits/{rows[1]:04d}"
    assert done.json()["files"]["table"] == "e.tsv"


def test_class_folders_with_a_broken_picture(run_inprocess, tmp_path, photo_folder, digits_run):
    shutil.copytree(photo_folder, tmp_path / "photos")
    (tmp_path / "photos" / "green_rows" / "03.png").write_bytes(b"no picture")
    done = run_inprocess("visualize", "embedding", "photos", "-m", digits_run, "-o", "e/", "--json")
    assert done.code == 0, done.stderr
    bad, item = sorted(done.json()["items"], key=lambda i: "error" not in i)
    assert "green_rows/03.png" in bad["input"]
    assert bad["error"]["code"] == 3
    assert item["pictures"] == 35
    assert item["classes"] == ["blue_checks", "green_rows", "red_columns"]
    written = ["photos.csv", "photos.npz", "photos.png", "report.json"]
    assert sorted(p.name for p in (tmp_path / "e").iterdir()) == written
    assert json.loads((tmp_path / "e" / "report.json").read_text())["files"]["table"] == "e/photos.csv"
    assert len((tmp_path / "e" / "photos.csv").read_text().splitlines()) == 36
    loose = run_inprocess("visualize", "embedding", "photos/red_columns", "-m", digits_run, "-o", "f.png", "--json")
    assert loose.json()["items"][0]["classes"] == []
    assert "class" not in loose.json()["items"][0]["points"][0]


def test_settings_of_an_embedding_change_it_and_the_same_ones_do_not(run_inprocess, tmp_path, digits_run):
    files = {}
    settings = {
        "plain": (),
        "draw": ("--draw", "dots"),
        "tsne": ("--method", "tsne"),
        "perplexity": ("--method", "tsne", "--set", "perplexity=5"),
        "max": ("--max-pictures", "39"),
    }
    for name, words in {**settings, "plain again": (), "tsne again": ("--method", "tsne")}.items():
        words = ("-o", f"{name}.png", *words, *(() if name == "max" else ("--max-pictures", "40")))
        done = run_inprocess("visualize", "embedding", "digits", "-m", digits_run, *words)
        assert done.code == 0, done.stderr
        files[name] = (tmp_path / f"{name}.png").read_bytes()
    assert files["plain"] == files.pop("plain again")
    assert files["tsne"] == files.pop("tsne again")
    assert len(set(files.values())) == len(files)


def test_filters_as_points(run_inprocess, tmp_path):
    words = ("-o", "e.png", "--raw", "e.npz", "--json")
    item = run_inprocess("visualize", "embedding", "--of", "filters", *RESNET, *words).json()["items"][0]
    raw = np.load(tmp_path / "e.npz")
    weight = raw["weights"].reshape(64, -1)
    assert np.array_equal(raw["weights"], open_model(RESNET[1]).module.conv1.weight.detach().numpy())
    assert np.abs(np.abs(raw["points"]) - np.abs(PCA(2).fit_transform(weight))).max() <= 1e-4
    assert item["points"][5] == {"filter": 5, "x": raw["points"][5, 0], "y": raw["points"][5, 1]}


REFUSED = {
    "no pictures": ((), 2, "which pictures"),
    "pictures of filters": (("--of", "filters", "digits"), 2, "takes no pictures"),
    "a size of filters": (("--of", "filters", "--size-px", "32"), 2, "looks at the weights alone"),
    "perplexity of pca": (("digits", "--set", "perplexity=5"), 2, "tsne only"),
    "one picture": (("digits", "--max-pictures", "1"), 2, "two points or more"),
    "too few for tsne": (("digits", "--max-pictures", "3", "--method", "tsne"), 3, "needs 4 pictures"),
    "too many": (("digits", "--set", "max_pictures=99", "--table", "e.txt"), 2, "allowed: .csv, .tsv"),
    "one file twice": (("digits", "-o", "e.csv.png", "--table", "nowhere/e.csv"), 3, "nowhere"),
    "data among files": (("digits", "x.png"), 2, "stands alone"),
    "no such data": (("folder:nowhere",), 3, "nowhere"),
    "a missing file": (("a.png", "b.png"), 3, "too few"),
    "several layers": (("digits", "--layer", "features.*"), 2, "means 3 layers"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_an_embedding_refuses(run_inprocess, tmp_path, digits_run, what):
    words, code, why = REFUSED[what]
    refused = run_inprocess(
        "visualize", "embedding", "-m", digits_run, *words, *(() if "-o" in words else ("-o", "e.png"))
    )
    assert (refused.code, why in refused.stderr) == (code, True), refused.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_stamp_of_random_weights_is_drawn(run_inprocess, tmp_path):
    pictures = {}
    for seed in ("0", "1"):
        done = run_inprocess("visualize", "filters", *RESNET, "--seed", seed, "-o", f"{seed}.png", "--json")
        assert done.json()["stamp"] == f"random weights, seed {seed}"
        pictures[seed] = np.asarray(Image.open(tmp_path / f"{seed}.png"))[:24]
    assert (pictures["0"] != pictures["1"]).any()  # the first line says which seed


def test_an_embedding_of_pictures_of_another_size(run_inprocess, tmp_path, photo_folder):
    features = {}
    for name, words in {"square": ("64",), "wide": ("48x64",), "padded": ("64", "--fit", "pad")}.items():
        model = ("-m", "torchvision:squeezenet1_1@random", "--max-pictures", "4", "--size-px", *words)
        done = run_inprocess("visualize", "embedding", photo_folder, *model, "-o", f"{name}.npz")
        assert done.code == 0, done.stderr
        features[name] = np.load(tmp_path / f"{name}.npz")["features"]
    assert features["square"].shape == (4, 512)  # the head is a convolution: what it is given is averaged over places
    assert not np.allclose(features["square"], features["wide"])
    assert not np.allclose(features["square"], features["padded"])
