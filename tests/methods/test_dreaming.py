"""DeepDream on small networks."""

import pytest
import torch
from visual_toys import Toy

from dlcli.core.errors import RunFailed, UsageError
from dlcli.methods import dreaming

MEAN, STD = [0.5, 0.4, 0.3], [0.25, 0.25, 0.2]
TYPICAL = torch.zeros(1, 3, 32, 32)


def picture(height=60, width=81, seed=0):
    generator = torch.Generator().manual_seed(seed)
    small = torch.rand(1, 3, height // 6, width // 6, generator=generator)
    return torch.nn.functional.interpolate(small, (height, width), mode="bilinear")


def dream(layers=("conv2",), pixels=None, channel=None, guide=None, **settings):
    net = Toy().eval()
    wished = dreaming.wish(net, layers, TYPICAL, mean=MEAN, std=STD, channel=channel, guide=guide)
    return dreaming.dream(wished, picture() if pixels is None else pixels, **{"steps": 4, "octaves": 2, **settings})


def test_a_dream_is_of_the_picture_s_size_and_the_layer_sees_twice_as_much():
    found = dream(steps=15)
    assert found.pixels.shape == (1, 3, 60, 81)
    assert found.norm_after >= 2 * found.norm_before
    assert found.octaves == [(43, 58), (60, 81)]
    assert 0 <= found.pixels.min() <= found.pixels.max() <= 1


def test_the_norms_are_those_of_the_layer():
    net = Toy().eval()
    held = []
    net.conv2.register_forward_hook(lambda _, __, output: held.append(output.norm().item()))
    mean, std = (torch.tensor(v).view(1, -1, 1, 1) for v in (MEAN, STD))
    found = dream()
    net((picture() - mean) / std), net((found.pixels - mean) / std)
    assert (found.norm_before, found.norm_after) == pytest.approx(tuple(held), rel=1e-5)


def test_a_seed_repeats_it_bit_for_bit_and_leaves_the_random_numbers_alone():
    state = torch.get_rng_state()
    first, again, other = dream(seed=3), dream(seed=3), dream(seed=4)
    assert torch.equal(first.pixels, again.pixels)
    assert not torch.equal(first.pixels, other.pixels)
    assert torch.equal(state, torch.get_rng_state())


def test_tiles_show_no_seams():
    pixels = picture(192, 256)
    whole, tiled = (dream(("conv3",), pixels, steps=6, tile_px=n) for n in (None, 128))
    assert (whole.pixels - tiled.pixels).abs().mean() < 2 / 255
    assert tiled.norm_after == pytest.approx(whole.norm_after, rel=0.1)
    assert not torch.equal(whole.pixels, tiled.pixels)  # tiles were really used


def test_each_pixel_s_gradient_is_taken_once():
    for size, tile_px in (((300, 451), 128), ((200, 90), 96), ((97, 97), 96), ((64, 500), 65)):
        counts = torch.zeros(size)
        for outer, inner in dreaming._tiles(size, tile_px):
            counts[inner] += 1
            assert all(o.start <= i.start and i.stop <= o.stop for o, i in zip(outer, inner, strict=True))
            assert all(o.stop - o.start == min(tile_px, n) for o, n in zip(outer, size, strict=True))
        assert (counts == 1).all()


def test_a_channel_and_a_guide_are_followed():
    net = Toy().eval()
    mean, std = (torch.tensor(v).view(1, -1, 1, 1) for v in (MEAN, STD))

    def seen(pixels):
        return net.conv2(net.relu(net.conv1((pixels - mean) / std)))[0].detach()

    before = seen(picture())[5].mean()
    assert seen(dream(channel=5, steps=10).pixels)[5].mean() > before + 0.1
    guide = (picture(32, 32, seed=9) - mean) / std
    wished = dreaming.wish(net, ["conv2"], TYPICAL, mean=MEAN, std=STD, guide=guide)
    dreamt = dream(guide=guide, steps=10).pixels
    with torch.no_grad():
        gains = [float(wished.gain(p)) for p in (picture(), dreamt)]
    assert gains[1] > gains[0] + 0.1
    # By hand: each place with the guide's feature whose product is greatest.
    places, features = (seen(p).flatten(1).T for p in (picture(), guide * std + mean))
    expected = (places @ features.T).max(1).values.sum() * 60 * 81 / places.numel()
    assert gains[0] == pytest.approx(float(expected), rel=1e-4)


def test_smoothing_takes_fine_noise_away():
    def noise(pixels):
        added = pixels - picture()
        return float((added[..., 1:] - added[..., :-1]).abs().mean() / added.abs().mean())

    rough, middle, smooth = (dream(smoothing=power, steps=2).pixels for power in (0.0, 1.0, 2.0))
    assert noise(smooth) < noise(middle) < 0.8 * noise(rough)


def test_what_cannot_be_dreamt_is_told():
    with pytest.raises(UsageError, match="has no channel 99; it has 16"):
        dream(channel=99)
    with pytest.raises(UsageError, match="no map of the picture"):
        dream(("fc",), channel=0)
    net = Toy().eval()
    torch.nn.init.zeros_(net.conv2.weight)
    wished = dreaming.wish(net, ["conv2"], TYPICAL, mean=MEAN, std=STD)
    with pytest.raises(RunFailed, match="nothing to dream"):
        dreaming.dream(wished, picture(), steps=1, octaves=1)
    torch.nn.init.constant_(net.conv2.weight, float("nan"))
    with pytest.raises(RunFailed, match="NaN or infinite"):
        dreaming.dream(wished, picture(), steps=1, octaves=1)
    assert not any(len(m._forward_hooks) for m in net.modules())
    assert all(p.requires_grad for p in net.parameters())
