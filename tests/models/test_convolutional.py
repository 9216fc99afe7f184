"""Dense heads as convolutions."""

import pytest
import torch
from torch import nn

from dlcli.core import names
from dlcli.core.errors import ModelError
from dlcli.models import catalog, own
from dlcli.models.convolutional import convolutional
from dlcli.tasks.open import own_defaults


def built(name, size=(64, 64), **args):
    channels = own.typical(name).channels if name in names.OWN_MODELS else 3
    args = {**(own_defaults(name) if name in names.OWN_MODELS else {}), **args}
    torch.manual_seed(0)
    module = catalog.build(name, channels=channels, size_px=size, classes=5, args=args)
    return module.eval(), torch.randn(2, channels, *size)


def compared(module, picture):
    """Return the conversion, after its scores were held against the classifier's."""
    done = convolutional(module, picture[:1])
    with torch.no_grad():
        scores, maps = module(picture), done.module(picture)
    assert maps.shape == (*scores.shape, 1, 1)
    torch.testing.assert_close(maps.flatten(1), scores, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(done.scores, scores[:1], rtol=1e-4, atol=1e-5)  # of two pictures at once: other sums
    return done


@pytest.mark.parametrize(("name", "size"), [
    ("lenet5", (28, 28)), ("lenet5", (28, 40)), ("mlp", (8, 8)), ("linear", (8, 8)), ("resnet18", (64, 64)),
    ("densenet121", (64, 64)), ("shufflenet_v2_x0_5", (64, 64)), ("mobilenet_v3_small", (64, 64)),
    ("timm:convnext_atto", (64, 64)), ("timm:resnet10t", (64, 96)), ("imagenet", (64, 64)),
])  # fmt: skip
def test_the_scores_stay(name, size):
    module, picture = built(name, size)
    done = compared(module, picture)
    assert not any(
        isinstance(m, nn.Linear) for n, m in done.module.named_modules() if n in {r["name"] for r in done.rows}
    )


@pytest.mark.slow
def test_alexnet_gives_6_by_6_maps_on_384_pixels():
    module, picture = built("alexnet", (224, 224))
    done = compared(module, picture)
    assert [r["became"] for r in done.rows] == [
        "convolution 6×6, 256 → 4096", "convolution 1×1, 4096 → 4096", "convolution 1×1, 4096 → 5",
    ]  # fmt: skip
    with torch.no_grad():
        assert done.module(torch.zeros(1, 3, 384, 384)).shape == (1, 5, 6, 6)


def test_each_position_is_a_window_of_the_picture():
    # without padding a window of the map is exactly what the classifier says of that part of the picture
    torch.manual_seed(0)
    module = nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(4 * 9, 8), nn.BatchNorm1d(8), nn.Tanh(),
        nn.Dropout(), nn.Linear(8, 3),
    ).eval()  # fmt: skip
    module[5].running_mean.normal_()
    module[5].running_var.uniform_(0.5, 2)
    picture = torch.randn(1, 1, 14, 12)
    done = convolutional(module, picture[:, :, :8, :8])
    with torch.no_grad():
        maps = done.module(picture)
        assert maps.shape == (1, 3, 4, 3)
        for row in range(4):
            for column in range(3):
                part = picture[:, :, 2 * row : 2 * row + 8, 2 * column : 2 * column + 8]
                torch.testing.assert_close(maps[:, :, row, column], module(part))


def test_the_weights_are_shared():
    module, picture = built("lenet5", (28, 28))
    done = convolutional(module, picture[:1])
    head = done.module.get_submodule("head")
    assert head.weight.data_ptr() == module.head.weight.data_ptr()
    assert isinstance(module.head, nn.Linear)


class Sum(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = nn.Linear(12, 3), nn.Linear(12, 3)

    def forward(self, x):
        x = x.flatten(1)
        return self.one(x) + self.two(x)


class Twisted(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(12, 3)

    def forward(self, x):
        return self.head(x.flatten(1) if x.sum() > 0 else -x.flatten(1))


@pytest.mark.parametrize(("module", "match"), [
    (nn.Sequential(nn.Conv2d(3, 5, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten()), "has no dense head"),
    (Sum(), "more than one layer after another"),
    (Twisted(), "no plain chain of layers"),
    (nn.Sequential(nn.AdaptiveAvgPool2d(3), nn.Flatten(), nn.Linear(27, 2)), "makes 2×2 positions 3×3"),
    (nn.Sequential(nn.Flatten(), nn.Softmax(1), nn.Linear(12, 2)), "a layer that is no convolution"),
    (nn.Sequential(nn.Conv2d(3, 3, 1)), "one score a class"),
])  # fmt: skip
def test_what_cannot_be_converted_says_why(module, match):
    with pytest.raises(ModelError, match=match):
        convolutional(module.eval(), torch.ones(1, 3, 2, 2))


def test_a_transformer_cannot_be_converted():
    module, picture = built("vit_b_32", (32, 32))
    with pytest.raises(ModelError, match="follows no map of height and width"):
        convolutional(module, picture[:1])
