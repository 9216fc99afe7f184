"""Networks: counts, heads, shapes, gradients, and the weights that come with dlcli."""

import json
from pathlib import Path

import numpy as np
import pytest
import skimage.data
import torch
from PIL import Image
from torch import nn

from dlcli.core import names
from dlcli.core.errors import ModelError, UsageError
from dlcli.core.schemas.models import ARGS
from dlcli.data import images
from dlcli.models import catalog, own, weights
from dlcli.tasks.open import open_model, own_defaults

# Those published for larger pictures stand, at sizes that are cheap, in tests of their own.
OWN = [n for n in names.OWN_MODELS if own.typical(n) == own.Typical()]


def build(name, channels=1, size=(28, 28), classes=10, **args):
    args = {**own_defaults(name), **args} if name in ARGS else args
    return catalog.build(name, channels=channels, size_px=size, classes=classes, args=args)


def count(module):
    return sum(p.numel() for p in module.parameters())


@pytest.mark.parametrize(
    ("name", "weights"),
    [("lenet5", 61_706), ("linear", 7_850), ("perceptron", 7_850), ("mlp", 784 * 256 + 256 + 256 * 128 + 128 + 1290)],
)
def test_weights_of_our_own(name, weights):
    assert count(build(name)) == weights


@pytest.mark.parametrize(
    ("name", "weights"),
    [
        ("alexnet", 61_100_840), ("vgg11", 132_863_336), ("vgg16", 138_357_544), ("resnet18", 11_689_512),
        ("resnet50", 25_557_032), ("mobilenet_v3_small", 2_542_856), ("densenet121", 7_978_856),
        ("squeezenet1_1", 1_235_496), ("efficientnet_b0", 5_288_548), ("vit_b_16", 86_567_656),
        ("timm:mobilenetv1_100", 4_231_976),
    ],
)  # fmt: skip
def test_published_counts(name, weights):
    with torch.device("meta"):
        assert count(build(name, 3, (224, 224), 1000)) == weights


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize("channels", [1, 3])
def test_every_small_own_net_takes_any_size_and_classes_and_gives_each_weight_a_gradient(name, channels):
    module = build(name, channels, (20, 33), 4)
    out = module(torch.randn(2, channels, 20, 33))
    assert out.shape == (2, 4)
    out.square().sum().backward() if name != "perceptron" else (out - 1).square().sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in module.parameters())


def test_lenet_is_the_papers_shape_by_hand():
    module = build("lenet5", activation="tanh", pool="average")
    x = torch.randn(1, 1, 28, 28)
    conv1, conv2 = (m for m in module.features if isinstance(m, nn.Conv2d))
    pool = torch.nn.functional.avg_pool2d
    y = pool(torch.tanh(torch.nn.functional.conv2d(x, conv1.weight, conv1.bias, padding=2)), 2)
    y = pool(torch.tanh(torch.nn.functional.conv2d(y, conv2.weight, conv2.bias)), 2).flatten(1)
    assert y.shape == (1, 400)
    for layer in [m for m in module.classifier if isinstance(m, nn.Linear)]:
        y = torch.tanh(y @ layer.weight.T + layer.bias)
    torch.testing.assert_close(module(x), y @ module.head.weight.T + module.head.bias)


@pytest.mark.slow
def test_every_torchvision_classifier_gets_the_datas_classes():
    for name in names.TORCHVISION_CLASSIFIERS:
        if name == "regnet_y_128gf":  # 640 M weights that cannot be built on the meta device: 2.6 GB of memory
            continue
        module = catalog.skeleton(name, channels=3, size_px=catalog.needs(name).size_px, classes=7)
        head = module.get_submodule(catalog.head(module))
        assert 7 in (getattr(head, "out_features", None), getattr(head, "out_channels", None)), name


def test_describe_builds_what_the_meta_device_cannot():
    opened = open_model("torchvision:regnet_y_400mf", weightless=True)
    assert count(opened.module) == 4_344_144


def test_too_small_a_picture():
    with pytest.raises(ModelError, match="at least 12×12 pixels, not 8×8"):
        build("lenet5", size=(8, 8))


@pytest.mark.parametrize(("name", "head"), [
    ("resnet18", "fc"), ("vgg11", "classifier.6"), ("squeezenet1_1", "classifier.1"), ("densenet121", "classifier"),
    ("mobilenet_v2", "classifier.1"), ("vit_b_16", "heads.head"), ("swin_t", "head"), ("convnext_tiny", "classifier.2"),
    ("imagenet", "classifier"), ("timm:resnet18", "fc"), ("timm:vit_tiny_patch16_224", "head"), ("lenet5", "head"),
])  # fmt: skip
def test_head_is_the_layer_with_the_classes(name, head):
    with torch.device("meta"):
        module = build(name, 1 if name == "lenet5" else 3, (224, 224), 7)
    assert catalog.head(module) == head
    layer = module.get_submodule(head)
    assert 7 in (getattr(layer, "out_features", None), getattr(layer, "out_channels", None))


@pytest.mark.parametrize(("name", "match"), [
    ("resnet81", "no network is called 'resnet81'; nearest: resnet18"),
    ("timm:resnet81x", "timm has no network called 'resnet81x'"),
])  # fmt: skip
def test_unknown_names(name, match):
    with pytest.raises(UsageError, match=match):
        build(name, 3)


def test_arguments_the_network_does_not_take():
    with pytest.raises(UsageError, match="resnet18 does not take args .'depth': 3."):
        build("resnet18", 3, depth=3)


def test_gray_pictures_into_a_color_net():
    with pytest.raises(ModelError, match="takes color pictures"):
        build("resnet18", 1)


def test_imagenet_weights_answer_as_stored():
    """Guards the port of the weights: logits of four pictures, stored when the port was checked by eye."""
    opened = open_model("imagenet")
    held = json.loads((Path(__file__).parent / "imagenet_logits.json").read_text())
    for name, stored in held.items():
        x = images.apply(Image.fromarray(getattr(skimage.data, name)()), opened.preprocessing)
        with torch.no_grad():
            logits = opened.module(torch.from_numpy(x)[None])[0].numpy()
        np.testing.assert_allclose(logits[: len(stored)], stored, atol=1e-4)


def test_imagenet_knows_espresso_and_cats():
    opened = open_model("imagenet")
    expected = {"coffee": {"espresso": 0.95}, "chelsea": {"tiger cat": 0.385, "Egyptian cat": 0.365}}
    for name, answers in expected.items():
        x = images.apply(Image.fromarray(getattr(skimage.data, name)()), opened.preprocessing)
        with torch.no_grad():
            p = opened.module(torch.from_numpy(x)[None]).softmax(1)[0]
        for label, value in answers.items():
            assert float(p[opened.classes.index(label)]) == pytest.approx(value, abs=0.01)


def test_weights_that_are_not_on_disk_are_not_fetched(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ModelError, match="published weights of resnet18 are not on disk"):
        weights.published("resnet18", nn.Identity())
    with pytest.raises(ModelError, match="not in the Hugging Face cache"):
        weights.published("timm:resnet18", nn.Identity())


def test_published_weights_on_disk_are_used_and_the_head_is_new(tmp_path, monkeypatch):
    """A stand-in for the published file: random weights under its name."""
    from torchvision import models

    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    (tmp_path / "hub/checkpoints").mkdir(parents=True)
    original = models.resnet18(num_classes=1000)
    name = models.ResNet18_Weights.DEFAULT.url.rpartition("/")[2]
    torch.save(original.state_dict(), tmp_path / "hub/checkpoints" / name)
    tensors, note = weights.published("resnet18", original)
    module = build("resnet18", 3, (64, 64), 5)
    fresh = weights.load(module, tensors, "the file", new_head=True)
    assert fresh == ["fc.weight", "fc.bias"]
    assert torch.equal(module.conv1.weight, original.conv1.weight)
    assert "ImageNet" in note


def test_asked_to_download_it_says_what_comes_first(tmp_path, monkeypatch):
    """A stand-in for the network: the fetch is replaced, what is said before it is looked at."""
    from torchvision import models

    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    said, fetched = [], []

    def fetch(url, path, hash_prefix, progress):
        assert said  # first the words
        fetched.append((url, hash_prefix))
        torch.save(models.squeezenet1_1().state_dict(), path)

    monkeypatch.setattr(torch.hub, "download_url_to_file", fetch)
    tensors, _ = weights.published("squeezenet1_1", nn.Identity(), said.append)
    assert len(tensors) == len(models.squeezenet1_1().state_dict())
    assert fetched == [(models.SqueezeNet1_1_Weights.DEFAULT.url, "b8a52dc0")]
    assert "squeezenet1_1-b8a52dc0.pth, 5 MB, SHA-256 b8a52dc0" in said[0]
    assert "ImageNet" in said[0]


def test_a_download_that_fails(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))

    def fetch(*_, **__):
        raise OSError("no route to host")

    monkeypatch.setattr(torch.hub, "download_url_to_file", fetch)
    with pytest.raises(ModelError, match="could not be downloaded: no route to host"):
        weights.published("squeezenet1_1", nn.Identity(), lambda _: None)


@pytest.mark.parametrize(("batch", "updates"), [(2000, 10), (1, 20_000), (4, 5_000)])
def test_w9_updates_in_ten_epochs_of_2000_samples(batch, updates):
    from dlcli.data.loader import Order

    assert 10 * len(Order(2000, batch, 0)) == updates


def test_w7_a_picture_of_200_pixels_into_300_units():
    module = build("mlp", 3, (200, 200), 10, hidden=[300])
    assert sum(p.numel() for p in module.features.parameters()) == 36_000_300


def test_weights_of_another_network_are_refused():
    with pytest.raises(ModelError, match="the file does not fit the network: .* is missing"):
        weights.load(build("resnet18", 3), build("lenet5").state_dict(), "the file", new_head=False)


def test_layers_count_as_published():
    from dlcli.engine.layers import layers

    for name, weights_, giga in (
        ("resnet18", 11_689_512, 1.814),
        ("vgg16", 138_357_544, 15.47),
        ("alexnet", 61_100_840, 0.714),
    ):
        opened = open_model(f"torchvision:{name}", weightless=True)
        rows = layers(opened.module, (3, 224, 224)).rows
        assert sum(r["weights"] for r in rows) == weights_
        assert sum(r["multiply_adds"] for r in rows) / 1e9 == pytest.approx(giga, abs=0.006)


def test_layers_of_lenet_by_hand():
    from dlcli.engine.layers import layers

    rows = [r for r in layers(build("lenet5"), (1, 28, 28)).rows if r["weights"]]
    assert [(r["output"], r["weights"], r["multiply_adds"]) for r in rows] == [
        ([6, 28, 28], 156, 117_600), ([16, 10, 10], 2_416, 240_000), ([120], 48_120, 48_000),
        ([84], 10_164, 10_080), ([10], 850, 840),
    ]  # fmt: skip
