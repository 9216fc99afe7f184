"""Maximally activating patches: the order against a full sort, the crops against what changes an activation."""

import numpy as np
import pytest
import torch
import torchvision.models as zoo
from torch import nn
from visual_toys import Toy

from dlcli.core.errors import UsageError
from dlcli.methods import strongest
from dlcli.methods.strongest import Strongest


def brute(maps, count, per_picture):
    """Sort everything: activation falling, then picture, then place, both rising; so many of one picture at most."""
    pictures, channels = maps.shape[:2]
    flat = maps.reshape(pictures, channels, -1).numpy()
    found = []
    for c in range(channels):
        places = []
        for b in range(pictures):
            order = sorted(range(flat.shape[2]), key=lambda p, b=b, c=c: (-flat[b, c, p], p))[:per_picture]
            places += [(-flat[b, c, p], b, p) for p in order]
        found.append([(float(-v), b, p) for v, b, p in sorted(places)[:count]])
    return found


def listed(kept):
    return [list(zip(*(v.tolist() for v in columns), strict=True)) for columns in zip(*kept.found(), strict=True)]


@pytest.mark.parametrize("per_picture", [1, 3])
@pytest.mark.parametrize("batch", [1, 7, 500])
def test_the_places_are_those_of_a_full_sort_of_500_pictures(per_picture, batch):
    # A network that puts out whole numbers, so that many activations are equal.
    torch.manual_seed(0)
    pictures = torch.rand(500, 3, 12, 12)
    maps = nn.Conv2d(3, 6, 3, stride=2, bias=False)(pictures).mul(4).round().clamp(-2, 4).detach()
    assert len(maps.unique()) <= 7
    kept = Strongest(9, per_picture)
    for start in range(0, 500, batch):
        kept.add(maps[start : start + batch], torch.arange(start, min(500, start + batch)))
    assert listed(kept) == brute(maps, 9, per_picture)


def test_only_so_many_records_are_kept_however_many_pass():
    kept = Strongest(4)
    for start in range(0, 200, 50):
        kept.add(torch.rand(50, 3, 5, 5), torch.arange(start, start + 50))
        assert [v.shape for v in kept._kept] == [(3, 4)] * 3


def test_fewer_pictures_than_places():
    kept = Strongest(9)
    kept.add(torch.rand(2, 3, 5, 5), torch.arange(2))
    assert [v.shape for v in kept.found()] == [(3, 2)] * 3


def test_a_picture_whose_activations_are_no_numbers_is_left_out():
    maps = torch.rand(3, 2, 4, 4)
    maps[1, 1, 2, 2] = float("nan")
    kept = Strongest(9)
    assert kept.add(maps, torch.arange(3)).tolist() == [True, False, True]
    assert sorted(kept.found()[1].unique().tolist()) == [0, 2]
    maps[:, 0, 0, 0] = float("inf")
    assert not kept.add(maps, torch.arange(3, 6)).any()


def test_the_network_is_left_at_the_layer_and_no_hook_stays():
    toy, x = Toy().eval(), torch.rand(2, 3, 32, 32)
    units, ran = strongest.units_of(toy, (3, 32, 32), "conv2"), []
    handle = toy.fc.register_forward_hook(lambda *_: ran.append(1))
    maps = strongest.activations(toy, x, units)
    handle.remove()
    with torch.no_grad():
        torch.testing.assert_close(maps, toy.conv2(toy.conv1(x).relu()), rtol=0, atol=0)
    assert not ran
    assert not any(m._forward_hooks for m in toy.modules())


def test_of_a_layer_that_runs_several_times_the_last_output_is_meant():
    toy, x = Toy().eval(), torch.rand(1, 3, 32, 32)
    units = strongest.units_of(toy, (3, 32, 32), "relu")
    assert units.uses == 3
    with torch.no_grad():
        wanted = toy.conv3(toy.conv2(toy.conv1(x).relu()).relu()).relu()
    torch.testing.assert_close(strongest.activations(toy, x, units), wanted, rtol=0, atol=0)


NETS = {
    "toy": (Toy, "conv3", (40, 56)),
    "stride": (lambda: nn.Sequential(nn.Conv2d(3, 4, 5, 3), nn.ReLU(), nn.Conv2d(4, 6, 3, 2, 1)), "2", (40, 48)),
    "residual": (lambda: zoo.resnet18(weights=None), "layer2.0", (96, 96)),
    "branches": (lambda: zoo.squeezenet1_1(weights=None), "features.6", (96, 128)),
    "dilated": (lambda: nn.Sequential(nn.Conv2d(3, 4, 3, dilation=3), nn.AvgPool2d(2)), "1", (48, 40)),
}  # fmt: skip


@pytest.mark.parametrize("net", NETS)
def test_nothing_outside_a_crop_changes_the_activation_and_all_of_it_matters(net):
    build, layer, (height, width) = NETS[net]
    torch.manual_seed(0)
    module = build().eval()
    units = strongest.units_of(module, (3, height, width), layer)
    assert units.sees == "window"
    generator = torch.Generator().manual_seed(1)
    x = torch.rand(1, 3, height, width, generator=generator)
    maps = strongest.activations(module, x, units)
    rows, columns = maps.shape[2:]
    for row, column in {(0, 0), (rows // 2, columns // 2), (rows - 1, columns // 3), (rows - 1, columns - 1)}:
        x0, y0, x1, y1 = units.box_of(row, column)
        assert 0 <= x0 < x1 <= width
        assert 0 <= y0 < y1 <= height
        noise = torch.rand(4, 3, height, width, generator=generator) * 8 - 4
        outside = noise.clone()
        outside[..., y0:y1, x0:x1] = x[..., y0:y1, x0:x1]
        assert (y1 - y0, x1 - x0) == (height, width) or not torch.equal(outside[:1], x)
        after = strongest.activations(module, outside, units)[:, :, row, column]
        # one kernel for one batch size: what is compared has the same
        before = strongest.activations(module, x.expand(4, -1, -1, -1).contiguous(), units)[:, :, row, column]
        assert float((after - before).abs().max()) == 0
        if units.window_of(row, column) != (x0, y0, x1, y1):
            continue  # at the rim there may be pixels that no window reaches, for the stride leaves a rest
        for side in ((y0, y0 + 1, x0, x1), (y1 - 1, y1, x0, x1), (y0, y1, x0, x0 + 1), (y0, y1, x1 - 1, x1)):
            top, below, left, right = side
            inside = x.repeat(4, 1, 1, 1)
            inside[..., top:below, left:right] = noise[..., top:below, left:right] * 50
            assert (strongest.activations(module, inside, units)[:, :, row, column] != before).any(), side


def test_a_gate_over_the_whole_picture_is_told_of():
    module = zoo.efficientnet_b0(weights=None).eval()
    assert strongest.units_of(module, (3, 96, 96), "features.2").gated
    assert not strongest.units_of(module, (3, 96, 96), "features.0").gated


def test_units_of_tokens_and_of_linear_layers_see_the_whole_picture():
    vit = zoo.VisionTransformer(32, 8, 2, 2, 16, 32, num_classes=5).eval()
    x = torch.rand(3, 3, 32, 32)
    units = strongest.units_of(vit, (3, 32, 32), "encoder.layers.encoder_layer_0")
    assert (units.sees, units.channels, units.box_of(3, 1)) == ("all", 16, (0, 0, 32, 32))
    assert strongest.activations(vit, x, units).shape == (3, 16, 4, 4)
    head = strongest.units_of(vit, (3, 32, 32), "heads")
    assert head.grid is None
    assert strongest.activations(vit, x, head).shape == (3, 5, 1, 1)
    swin = zoo.SwinTransformer([4, 4], 8, [2, 1], [2, 2], [4, 4], num_classes=5).eval()
    last = strongest.units_of(swin, (3, 64, 64), "features.1.0")
    assert last.grid.kind == "last"
    assert strongest.activations(swin, x.new_zeros(1, 3, 64, 64), last).shape == (1, 8, 16, 16)


def test_the_layer_chosen_has_the_largest_windows_up_to_half_the_picture():
    resnet = zoo.resnet18(weights=None).eval()
    assert strongest.telling_layer(resnet, torch.zeros(1, 3, 224, 224)) == "layer2"  # 99 of 224; layer3.0.conv1 more
    assert strongest.telling_layer(resnet, torch.zeros(1, 3, 128, 128)) == "layer2.0.bn1"  # 51 of 128; the block 67
    vit = zoo.VisionTransformer(64, 4, 2, 2, 16, 32, num_classes=5).eval()
    assert strongest.telling_layer(vit, torch.zeros(1, 3, 64, 64)) == "encoder.layers.encoder_layer_1.ln_1"


@pytest.mark.parametrize(("layer", "match"), [("unused", "does not run"), ("flat", "puts out 3×7, which is no map")])
def test_a_layer_without_units_is_refused(layer, match):
    class Odd(nn.Module):
        def __init__(self):
            super().__init__()
            self.unused, self.flat = nn.Linear(2, 2), nn.Unflatten(1, (3, 7))

        def forward(self, x):
            return self.flat(x.mean((2, 3)).repeat(1, 7)).sum(2)

    with pytest.raises(UsageError, match=match):
        strongest.units_of(Odd().eval(), (3, 16, 16), layer)


def test_equal_activations_come_in_the_order_of_pictures_and_places():
    kept = Strongest(5, per_picture=2)
    for start in (0, 3):
        kept.add(torch.zeros(3, 2, 4, 4), torch.arange(start, start + 3))
    activation, picture, place = (v.numpy() for v in kept.found())
    assert np.array_equal(picture, [[0, 0, 1, 1, 2]] * 2)
    assert np.array_equal(place, [[0, 1, 0, 1, 0]] * 2)
    assert not activation.any()
