"""Feature inversion, layers from early to deep, and passes that end at a layer."""

import pytest
import torch
from torchvision import models
from visual_toys import Toy

from dlcli.core.errors import ModelError, RunFailed
from dlcli.methods import feature_maps, inversion
from dlcli.methods.partial_pass import PartialPass
from dlcli.methods.stages import stages
from dlcli.ops.variation import total_variation

MEAN, STD = [0.5, 0.4, 0.3], [0.25, 0.25, 0.2]


def picture(size=40):
    pixels = torch.nn.functional.interpolate(
        torch.rand(1, 3, 8, 8, generator=torch.Generator().manual_seed(0)), size, mode="bilinear"
    )
    mean, std = (torch.tensor(v).view(1, -1, 1, 1) for v in (MEAN, STD))
    return (pixels - mean) / std


def invert(net, layer, **settings):
    return inversion.invert(net, picture(), layer, **{"mean": MEAN, "std": STD, "steps": 30, **settings})


def psnr_db(found):
    error = ((found.x - picture()) * torch.tensor(STD).view(1, -1, 1, 1)).square().mean()
    return float(-10 * error.log10())


def test_an_early_layer_gives_the_picture_back_and_the_error_grows_with_depth():
    torch.manual_seed(0)
    net = models.resnet18().eval()  # random weights (He, Wang and Hopcroft 2016)
    found = [invert(net, name) for name in ("conv1", "layer1", "layer3")]
    assert found[0].relative_error < 0.1
    assert psnr_db(found[0]) > 20
    assert psnr_db(found[0]) > psnr_db(found[1]) > psnr_db(found[2])
    assert all(f.relative_error < f.start_error for f in found)


def test_the_error_told_is_that_of_the_picture_made():
    net = Toy().eval()
    found = invert(net, "conv2")
    with torch.no_grad(), feature_maps.outputs_of(net, ["conv2"]) as held:
        net(picture())
        target = held["conv2"]
        net(found.x)
    error = (held["conv2"] - target).norm() / target.norm()
    assert found.relative_error == pytest.approx(float(error), rel=1e-5)
    pixels = (found.x * torch.tensor(STD).view(1, -1, 1, 1) + torch.tensor(MEAN).view(1, -1, 1, 1)) * 255
    assert (pixels - pixels.round()).abs().max() < 1e-3  # it is what bytes hold


def test_a_seed_repeats_it_bit_for_bit_and_the_network_stays_as_it_was():
    net = Toy().eval()
    before = {k: v.clone() for k, v in net.state_dict().items()}
    state = torch.get_rng_state()
    first, again, other = (invert(net, "conv3", seed=s, steps=5) for s in (1, 1, 2))
    assert torch.equal(first.x, again.x)
    assert not torch.equal(first.x, other.x)
    assert torch.equal(state, torch.get_rng_state())
    assert all(torch.equal(before[k], v) for k, v in net.state_dict().items())
    assert all(p.requires_grad and p.grad is None for p in net.parameters())
    assert not any(len(m._forward_hooks) for m in net.modules())


def test_each_prior_does_what_it_is_for():
    net = Toy().eval()
    rough, smooth = (invert(net, "conv3", weight_variation=w, steps=30).x for w in (0.0, 30.0))
    assert total_variation(smooth) < 0.8 * total_variation(rough)
    wide, narrow = (invert(net, "conv3", weight_alpha=w, alpha=2.0, steps=30).x for w in (0.0, 3.0))
    assert narrow.norm() < 0.9 * wide.norm()


def test_progress_is_told_step_by_step():
    told = []
    invert(Toy().eval(), "conv1", steps=6, on_step=lambda step, error: told.append((step, error)))
    assert [step for step, _ in told] == list(range(len(told)))
    assert len(told) == 6
    assert told[-1][1] < told[0][1]


def test_a_layer_that_says_nothing_is_told():
    net = Toy().eval()
    with torch.no_grad():
        net.conv2.weight.zero_(), net.conv2.bias.zero_()
    with pytest.raises(RunFailed, match="only zeros"):
        invert(net, "conv2")
    with torch.no_grad():
        net.conv2.weight.fill_(float("nan"))
    with pytest.raises(RunFailed, match="NaN or infinite"):
        invert(net, "conv2")
    assert all(p.requires_grad for p in net.parameters())


def test_a_pass_ends_at_the_last_layer_asked_for():
    net = Toy().eval()
    run = PartialPass(net, ["conv2", "conv1"], picture())
    ran = []
    net.conv3.register_forward_hook(lambda *_: ran.append(1))
    held = run(picture())
    assert not ran
    with torch.no_grad(), feature_maps.outputs_of(net, ["conv1", "conv2"]) as expected:
        net(picture())
    assert all(torch.equal(held[name], expected[name]) for name in ("conv1", "conv2"))


def test_of_a_layer_that_runs_again_the_last_output_counts():
    net = Toy().eval()
    held = PartialPass(net, ["relu"], picture())(picture())
    with torch.no_grad(), feature_maps.outputs_of(net, ["relu"]) as expected:
        net(picture())
    assert torch.equal(held["relu"], expected["relu"])


def test_a_layer_that_does_not_run_is_told():
    net = Toy().eval()
    net.idle = torch.nn.Conv2d(3, 3, 1)
    with pytest.raises(ModelError, match="layer idle does not run"):
        PartialPass(net, ["idle"], picture())


def test_stages_lead_from_early_to_deep():
    net = models.resnet18().eval()
    assert stages(net, torch.zeros(1, 3, 64, 64), 5) == ["relu", "layer1", "layer2", "layer3", "layer4"]
    assert stages(net, torch.zeros(1, 3, 64, 64), 3) == ["relu", "layer2", "layer4"]
    plain = torch.nn.Sequential(*(torch.nn.Conv2d(3, 3, 3, padding=1) for _ in range(7)))
    assert stages(plain, torch.zeros(1, 3, 16, 16), 3) == ["0", "3", "6"]
    with pytest.raises(ModelError, match="puts out no map"):
        stages(torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(12, 2)), torch.zeros(1, 3, 2, 2), 3)
