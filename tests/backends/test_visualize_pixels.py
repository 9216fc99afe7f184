"""dlcli visualize saliency, deconvnet, guided-backprop, guided-gradcam: what is written, said and refused."""

import functools
import shutil

import numpy as np
import pytest
import torch
from PIL import Image
from visual_toys import photo

from dlcli.backends import visualize as common
from dlcli.core import shipped

VERBS = ["saliency", "deconvnet", "guided-backprop", "guided-gradcam"]
SMALL = ("-m", "torchvision:resnet18@random", "--size-px", "64x48")
TINY = (*SMALL[:3], "32x24")
COVER = ("--set", "occlusion.window_px=8")


OPEN = common.open_model


@functools.cache
def opened_once(argument, seed):
    return OPEN(argument, seed=seed)


@pytest.fixture(autouse=True)
def networks_are_opened_once(monkeypatch):
    """No verb may change a network, so one of each will do."""
    monkeypatch.setattr(common, "open_model", lambda argument, seed, download: opened_once(argument, seed))


@pytest.fixture
def cat(tmp_path):
    return photo("chelsea", tmp_path)


@pytest.fixture
def visualize(run_inprocess, cat):
    """Run a verb on a picture; the network is small and random unless words say otherwise."""

    def call(verb, *words, code=0, model=SMALL, picture=cat):
        result = run_inprocess("visualize", verb, *([picture] if picture else ()), *model, *words)
        assert result.code == code, result.stderr
        return result

    return call


@pytest.fixture
def weights_set_to(monkeypatch):
    """Return the function that has every network opened with all its weights set to a number."""

    def call(value):
        def opened(*args, **more):
            held = OPEN(*args, **more)
            for p in held.module.parameters():
                p.data.fill_(value)
            return held

        monkeypatch.setattr(common, "open_model", opened)

    return call


def pixels(path):
    with Image.open(path) as image:
        return np.asarray(image).astype(int)


@pytest.mark.parametrize("verb", VERBS)
def test_writes_a_picture_its_numbers_and_says_what(verb, visualize, tmp_path):
    result = visualize(verb, "-o", "x.png", "--raw", "x.npy", "--class", "7", "--json")
    (item,) = result.json()["items"]
    raw = np.load(tmp_path / "x.npy")
    assert raw.shape == (3, 64, 48)
    assert (item["class"], item["maps"][0]["number"]) == ("cock", 7)
    assert item["maps"][0]["probability"] == item["probability"]
    assert "random weights" in result.json()["stamp"]
    assert pixels(tmp_path / "x.png").shape[1] > 2 * 250
    if verb != "saliency":
        assert (item["relus"], item["other_activations"]) == (17, {})


def test_methods_and_classes_stand_side_by_side(visualize, tmp_path):
    words = ["--method", "gradient", "--method", "smoothgrad", "--method", "integrated", "--method", "occlusion"]
    result = visualize("saliency", *words, *COVER, "--top", "2", "-o", "x.png", "--raw", "x.npz", "--json", model=TINY)
    maps = result.json()["items"][0]["maps"]
    assert [m["method"] for m in maps] == words[1::2] * 2
    arrays = np.load(tmp_path / "x.npz")
    assert {arrays[f"{m['method']}_{m['number']}"].shape for m in maps} == {(3, 32, 24), (32, 24)}
    assert maps[1]["samples"] == 25
    assert maps[1]["noise_std"] > 0
    told, number = maps[2]["completeness"], maps[2]["number"]
    assert told["sum"] == pytest.approx(float(arrays[f"integrated_{number}"].sum()), rel=1e-3)
    assert told["gap"] == pytest.approx(told["sum"] - told["score"] + told["baseline_score"], abs=1e-6)
    assert (maps[3]["window_px"], maps[3]["stride_px"]) == (8, 4)
    assert maps[3]["max_fall"] == pytest.approx(float(arrays[f"occlusion_{number}"].max()))


def test_the_same_seed_gives_the_same_bits(visualize, tmp_path):
    for name, seed in (("a", "0"), ("b", "0"), ("c", "1")):
        words = ("--method", "smoothgrad", "--set", "smoothgrad.samples=2", "--class", "3", "--seed", seed)
        visualize("saliency", *words, "-o", f"{name}.png", "--raw", f"{name}.npy", model=TINY)
    read = {name: (tmp_path / f"{name}.npy").read_bytes() for name in "abc"}
    assert read["a"] == read["b"] != read["c"]
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


@pytest.mark.parametrize(
    ("verb", "method", "keys"),
    [
        ("saliency", "smoothgrad", ["smoothgrad.samples=3"]),
        ("saliency", "smoothgrad", ["smoothgrad.noise=0.5"]),
        ("saliency", "integrated", ["integrated.steps=2"]),
        ("saliency", "integrated", ["integrated.baseline=blur"]),
        ("saliency", "occlusion", ["occlusion.window_px=20"]),
        ("saliency", "occlusion", ["occlusion.stride_px=8"]),
        ("saliency", "occlusion", ["occlusion.baseline=black"]),
        ("saliency", "gradient", ["clip_percent=50"]),
        ("saliency", "gradient", ["opacity=0.3"]),
        ("guided-backprop", None, ["clip_percent=50"]),
        ("guided-gradcam", None, ["show=positive"]),
        ("guided-gradcam", None, ["layer=layer2"]),
    ],
    ids=lambda v: " ".join(v) if isinstance(v, list) else v,
)
def test_every_setting_has_an_effect(verb, method, keys, visualize, tmp_path):
    fixed = ["--class", "3", *(["--method", method] if method else []), *(COVER if method == "occlusion" else ())]
    size = SMALL if verb == "guided-gradcam" else TINY
    visualize(verb, *fixed, "-o", "a.png", model=size)
    visualize(verb, *fixed, *(w for key in keys for w in ("--set", key)), "-o", "b.png", model=size)
    a, b = (pixels(tmp_path / f"{n}.png") for n in "ab")
    assert np.abs(a[:320] - b[:320]).max() > 20


def test_guided_gradcam_is_the_product(visualize, tmp_path):
    for verb in ("guided-backprop", "gradcam", "guided-gradcam"):
        visualize(verb, "--class", "7", "-o", f"{verb}.npy")
    guided, cam, both = (np.load(tmp_path / f"{v}.npy") for v in ("guided-backprop", "gradcam", "guided-gradcam"))
    assert np.abs(both - guided * cam).max() <= 1e-7
    assert 0 < np.abs(both).max() <= np.abs(guided).max()


@pytest.mark.filterwarnings("ignore:Setting", "ignore:Input Tensor", "ignore:Full backward", "ignore:.*required_grads")
def test_guided_gradcam_equals_captum_but_for_the_scale():
    from captum.attr import GuidedGradCam
    from torchvision.models import resnet18

    from dlcli.methods import cams, rectified

    torch.manual_seed(0)
    net, x = resnet18().eval(), torch.randn(1, 3, 96, 64)
    _, (signal,), _ = rectified.of_classes(net, x, [4], "guided-backprop")
    _, maps = cams.maps(net, x, ["layer4"], [4], ["gradcam"])
    ours = signal[0] * maps[4, "gradcam"]
    theirs = GuidedGradCam(net, net.layer4).attribute(x, target=4, interpolate_mode="bilinear")[0]
    theirs = theirs * (ours * theirs).sum() / theirs.square().sum()
    assert (ours - theirs).abs().max() <= 1e-4 * ours.abs().max()


def test_units_of_a_layer(visualize, tmp_path):
    words = ("--layer", "layer1.0", "--channel", "5", "--channel", "2")
    result = visualize("guided-backprop", *words, "-o", "x.png", "--raw", "x.npz", "--json")
    (item,) = result.json()["items"]
    assert [m["channel"] for m in item["maps"]] == [5, 2]
    row, column = item["maps"][0]["place"]
    signal = np.load(tmp_path / "x.npz")["channel_5"]
    rows, columns = np.nonzero(signal.any(0))
    assert max(abs(rows - 4 * row).max(), abs(columns - 4 * column).max()) <= 22
    chosen = visualize("deconvnet", "--layer", "layer1.0", "-o", "y.png", "--json").json()["items"][0]
    assert chosen["value"] >= item["value"]


def test_a_deconvnet_without_max_pooling_says_so(visualize, digits_run):
    result = visualize("deconvnet", "-o", "x.png", model=("-m", digits_run))
    assert "no max pooling" in result.stderr
    assert "no max pooling" not in visualize("deconvnet", "-o", "y.png").stderr


@pytest.mark.parametrize("verb", ["saliency", "guided-backprop"])
def test_gray_pictures_of_an_own_run(verb, visualize, digits_run, tmp_path):
    visualize(verb, "-o", "x.png", "--raw", "x.npy", model=("-m", digits_run))
    assert np.load(tmp_path / "x.npy").shape[0] == 1


@pytest.mark.parametrize(
    ("verb", "words", "code", "told"),
    [
        ("saliency", ["--method", "x"], 2, "gradient, smoothgrad, integrated, occlusion"),
        ("saliency", ["--method", "gradient", "--method", "gradient"], 2, "a method stands twice"),
        ("saliency", ["--set", "smoothgrad.samples=5"], 2, "settings of smoothgrad, which is not among methods"),
        ("saliency", ["--set", "batch=3"], 2, "a plain gradient sees one picture"),
        ("saliency", ["--method", "occlusion", "--set", "occlusion.window_px=60"], 2, "does not fit"),
        ("saliency", ["--method", "occlusion", "--set", "occlusion.stride_px=9"], 2, "leaves gaps"),
        (
            "saliency",
            ["--method", "occlusion", "--set", "occlusion={window_px: 3, stride_px: 4}"],
            2,
            "a stride of 4 leaves gaps between windows of 3",
        ),
        ("saliency", ["--class", "tiger kat"], 2, "tiger cat"),
        ("deconvnet", ["--channel", "3"], 2, "none is named"),
        ("deconvnet", ["--layer", "layer1", "--class", "3"], 2, "so no class is"),
        ("deconvnet", ["--layer", "layer1", "--channel", "64"], 2, "0 to 63"),
        ("deconvnet", ["--layer", "layer1", "--channel", "3", "--channel", "3"], 2, "a channel stands twice"),
        ("deconvnet", ["--layer", "layer1", "--channel", "a, 3"], 2, "channels"),
        ("deconvnet", ["--layer", "layer1", "--channel", "-1"], 2, "channels"),
        ("deconvnet", ["--layer", "layr1"], 2, "layer1"),
        ("deconvnet", ["--layer", "layer*"], 2, "asks units of one"),
        ("guided-backprop", ["-m", "torchvision:convnext_tiny@random"], 2, "activations found: GELU"),
        ("guided-gradcam", ["-m", "timm:efficientnet_b0@random"], 2, "activations found: SiLU, sigmoid"),
        ("guided-backprop", ["-m", "torchvision:mobilenet_v3_small@random"], 0, "hard swish"),
        ("guided-gradcam", ["--layer", "fc"], 2, "which is no map"),
    ],
    ids=lambda v: " ".join(v) if isinstance(v, list) else None,
)
def test_what_cannot_be_is_refused(verb, words, code, told, visualize):
    result = visualize(verb, *words, "-o", "x.png", code=code)
    assert told in result.stderr.replace("\n  → ", " "), result.stderr


@pytest.mark.parametrize("verb", VERBS[:3])
@pytest.mark.parametrize(("value", "why"), [(float("nan"), "no number"), (0.0, "0 everywhere")])
def test_a_network_that_says_nothing_costs_an_error_record(verb, value, why, visualize, weights_set_to, tmp_path):
    weights_set_to(value)
    result = visualize(verb, "-o", "x.png", "--class", "3", "--jsonl", code=1)
    assert why in result.stdout
    assert not (tmp_path / "x.png").exists()


@pytest.mark.parametrize("method", ["integrated", "occlusion"])
def test_a_picture_that_is_its_own_baseline(method, visualize, tmp_path):
    Image.new("RGB", (40, 40), (90, 20, 30)).save(tmp_path / "flat.png")
    words = ("--method", method, "--set", f"{method}.baseline=mean", "-o", "x.png")
    result = visualize("saliency", *words, model=TINY, picture=tmp_path / "flat.png", code=1)
    assert "the picture is its own mean baseline" in result.stderr


def test_one_bad_picture_of_a_folder(visualize, cat, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copy(cat, folder / "a.png")
    (folder / "b.png").write_bytes(b"no picture")
    Image.new("RGB", (40, 40)).save(folder / "c.png")
    result = visualize("saliency", "-o", "maps", "--json", picture=folder)
    assert ["error" in i for i in result.json()["items"]] == [False, True, False]
    assert sorted(p.name for p in (tmp_path / "maps").iterdir()) == ["a.npy", "a.png", "c.npy", "c.png", "report.json"]


def test_a_picture_on_stdin(dlcli, cat):
    result = dlcli("visualize", "guided-backprop", "-", *SMALL, "-q", "--json", "-o", "x.png", stdin=cat.read_bytes())
    assert result.code == 0, result.stderr
    assert result.json()["items"][0]["relus"] == 17


def test_layers_are_listed(visualize):
    assert "none, a class is asked" in visualize("deconvnet", "--list-layers", picture=None).stderr
    assert "named: layer4" in visualize("guided-gradcam", "--list-layers", picture=None).stderr


RECIPES = [r for r in shipped.recipe_files() if r.startswith(tuple(f"visualize/{v}" for v in VERBS))]


@pytest.mark.parametrize("name", RECIPES)
def test_recipes(name, visualize):
    verb = max((v for v in VERBS if name.startswith(f"visualize/{v}")), key=len)
    layer = ("--layer", "layer1") if name.endswith("-unit") else ()
    cover = COVER if name.endswith(("-compared", "-occlusion")) else ()
    visualize(verb, "-r", name, "-o", "x.png", *layer, *cover, model=SMALL)
