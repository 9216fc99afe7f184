"""What layers put out: the early layer, maps of every layout, vectors, features averaged over places."""

import numpy as np
import pytest
import torch
from torch import nn
from visual_toys import Toy

from dlcli.core.errors import ModelError, RunFailed, UsageError
from dlcli.methods import layer_outputs

X = torch.randn(1, 3, 16, 16, generator=torch.Generator().manual_seed(0))


class Last(nn.Module):
    """Puts channels last, then tokens with a class token in front."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.stem, self.norm, self.token = nn.Conv2d(3, 6, 4, stride=4), nn.LayerNorm(6), nn.Identity()
        self.head = nn.Linear(6, 4)

    def forward(self, x):
        x = self.norm(self.stem(x).permute(0, 2, 3, 1))
        x = self.token(torch.cat([x.mean((1, 2))[:, None], x.flatten(1, 2)], 1))
        return self.head(x[:, 0])


def test_the_early_layer_is_the_first_convolution_behind_its_activation():
    block = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Dropout(), nn.ReLU(inplace=True))
    tail = (nn.MaxPool2d(2), nn.Conv2d(4, 4, 3), nn.ReLU())
    assert layer_outputs.early(nn.Sequential(*block, *tail).eval(), X) == "3"
    assert layer_outputs.early(nn.Sequential(block, *tail).eval(), X) == "0"
    assert layer_outputs.early(Last().eval(), X) == "stem"
    assert layer_outputs.early(nn.Sequential(nn.Flatten(), nn.Linear(768, 5), nn.Tanh(), nn.Linear(5, 2)), X) == "2"
    with pytest.raises(ModelError, match="no convolution"):
        layer_outputs.early(nn.Sequential(nn.Flatten()), X)


def test_a_module_that_runs_twice_is_not_the_early_layer():
    """Its hook would keep the last of its outputs, not the one behind the first convolution."""
    net = Toy().eval()
    assert layer_outputs.early(net, X) == "conv1"
    assert not any(m._forward_hooks for m in net.modules())


def test_maps_of_every_layout_have_their_channels_first():
    net = Last().eval()
    with torch.no_grad():
        stem = net.stem(X)
        last = net.norm(stem.permute(0, 2, 3, 1))
    found = layer_outputs.channels(net, X, ["stem", "norm", "token", "head"])
    assert np.allclose(found["stem"].values, stem[0])
    assert np.allclose(found["norm"].values, last[0].permute(2, 0, 1))
    assert np.allclose(found["norm"].whole, last)
    assert np.allclose(found["token"].values, found["norm"].values)
    assert found["token"].prefix == 1
    assert found["token"].whole.shape == (1, 17, 6)
    assert found["head"].values.shape == (4,)
    assert not found["head"].is_map


def test_what_is_no_map_and_what_is_no_number():
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(2), nn.Flatten(), nn.Linear(784, 2)).eval()
    assert layer_outputs.channels(net, X, ["2"])["2"].values.shape == (784,)
    odd = nn.Sequential(nn.Conv2d(3, 3, (16, 3)), nn.Flatten(2)).eval()
    with pytest.raises(UsageError, match=r"1 puts out 1×3×14, which is neither maps"):
        layer_outputs.channels(odd, X, ["1"])
    net[0].weight.data.fill_(float("inf"))
    with pytest.raises(RunFailed, match="not finite"):
        layer_outputs.channels(net, X, ["0"])


def test_features_are_averaged_over_places_or_what_the_head_is_given():
    net = Toy().eval()
    pictures = torch.randn(3, 3, 16, 16, generator=torch.Generator().manual_seed(1))
    batch = {"pictures": pictures, "index": torch.arange(3)}
    with torch.no_grad():
        maps = torch.relu(net.conv3(torch.relu(net.conv2(torch.relu(net.conv1(pictures))))))
        found = layer_outputs.Features("fc", given=True).outputs(net, batch)
        assert torch.allclose(found["features"], maps.mean((2, 3)))
        found = layer_outputs.Features("conv1", given=False).outputs(net, batch)
        assert torch.allclose(found["features"], net.conv1(pictures).mean((2, 3)), atol=1e-6)
        tokens = Last().eval()
        found = layer_outputs.Features("token", given=False).outputs(tokens, batch)
        stream = tokens.norm(tokens.stem(pictures).permute(0, 2, 3, 1))
        assert torch.allclose(found["features"], stream.mean((1, 2)), atol=1e-6)
        with pytest.raises(ModelError, match="relu, taken for the head, runs 3 times"):
            layer_outputs.Features("relu", given=True).outputs(net, batch)
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in net.modules())
