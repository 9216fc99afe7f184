"""Filters of a layer: which layer, what its kernels are, which of them are drawn."""

import numpy as np
import pytest
import torch
from torch import nn
from visual_toys import Toy

from dlcli.core.errors import ModelError, RunFailed, UsageError
from dlcli.methods import layer_filters
from dlcli.models.vision.mlp import Mlp

RGB = torch.zeros(1, 3, 16, 16)


def held(layer, picture=RGB):
    net = nn.Sequential(layer).eval()
    return layer_filters.filters(net, "0", picture)


def test_the_first_convolution_even_behind_a_linear_layer():
    assert layer_filters.first(nn.Sequential(nn.Linear(4, 4), nn.Conv2d(1, 2, 3))) == "1"
    assert layer_filters.first(nn.Sequential(nn.Flatten(), nn.Linear(4, 4))) == "1"
    with pytest.raises(ModelError, match="no convolution and no linear layer"):
        layer_filters.first(nn.Sequential(nn.ReLU()))


def test_a_word_means_a_layer_or_the_first_one_inside():
    net = nn.Sequential(nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Conv2d(4, 4, 3)), nn.ReLU())
    assert layer_filters.chosen(net, None) == layer_filters.chosen(net, "0") == "0.0"
    assert layer_filters.chosen(net, "0.2") == "0.2"
    for word, why in {"1": "is a ReLU", "0.*": "means 2 layers", "9": "no layer"}.items():
        with pytest.raises(UsageError, match=why):
            layer_filters.chosen(net, word)


def test_kernels_of_convolutions_of_every_kind():
    plain = nn.Conv2d(3, 5, (2, 4))
    assert np.array_equal(held(plain).kernels, plain.weight.detach().numpy())
    grouped = nn.Conv2d(6, 4, 3, groups=2)
    assert held(grouped, torch.zeros(1, 6, 9, 9)).kernels.shape == (4, 3, 3, 3)
    assert not held(grouped, torch.zeros(1, 6, 9, 9)).colors
    paints = nn.ConvTranspose2d(3, 3, 4)
    assert np.array_equal(held(paints).kernels, paints.weight.detach().numpy())
    assert held(paints).colors
    assert held(nn.Conv2d(1, 4, 1), RGB[:, :1]).kernels.shape == (4, 1, 1, 1)


def test_a_linear_layer_is_a_picture_only_where_it_is_given_the_pixels():
    """The hidden layer has as many inputs as there are pixels, and still sees none of them."""
    picture = torch.zeros(1, 1, 4, 4)
    net = Mlp(1, (4, 4), 3, hidden=[16, 16]).eval()
    first = layer_filters.filters(net, "features.0", picture)
    assert np.array_equal(first.kernels.reshape(16, 16), net.features[0].weight.detach().numpy())
    with pytest.raises(UsageError, match="not the pixels"):
        layer_filters.filters(net, "features.2", picture)
    assert not any(m._forward_pre_hooks for m in net.modules())


def test_weights_that_are_no_numbers_are_told():
    net = Toy()
    net.conv1.weight.data[0, 0, 0, 0] = float("nan")
    with pytest.raises(RunFailed, match=r"1 of 216 weights of layer conv1"):
        layer_filters.filters(net, "conv1", RGB)


def test_tiles_by_channel_are_rows_of_filters():
    net = Toy().eval()
    found = layer_filters.filters(net, "conv2", RGB)  # 16 filters of 8 channels
    tiles = layer_filters.tiles(found, "auto", 256)
    assert len(tiles.values) == 128
    assert tiles.columns == 8
    assert np.array_equal(tiles.values[8 * 3 + 5], found.kernels[3, 5])
    assert (tiles.filters[29], tiles.channels[29]) == (3, 5)
    few = layer_filters.tiles(found, "each", 20)
    assert (len(few.values), few.columns) == (20, 4)
    assert np.array_equal(few.values[4], found.kernels[1, 0])
    assert len(layer_filters.tiles(found, "each", 1).values) == 1
    assert np.allclose(layer_filters.tiles(found, "mean", 4).values, found.kernels[:4].mean(1))
    assert np.array_equal(layer_filters.tiles(found, "7", 256).values, found.kernels[:, 7])
    for channels, why in {"8": "no input channel 8", "color": "8 input channels"}.items():
        with pytest.raises(UsageError, match=why):
            layer_filters.tiles(found, channels, 256)


@pytest.mark.parametrize("most", [1, 2, 7, 63, 64, 65, 1000])
def test_never_more_tiles_than_asked_for(most):
    for shape in ((64, 64), (2, 512), (512, 2), (1, 1), (7, 5)):
        kernels = np.zeros((*shape, 1, 1), np.float32)
        found = layer_filters.Filters("x", "Conv2d", kernels, kernels, colors=False)
        tiles = layer_filters.tiles(found, "each", most)
        assert 1 <= len(tiles.values) <= most
        assert len(tiles.values) == len(tiles.filters) == len(tiles.channels)
        if most >= shape[0] * shape[1]:
            assert len(tiles.values) == shape[0] * shape[1]
