"""Saliency against captum, against what can be computed by hand, and where it must refuse."""

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter
from torch import nn
from torchvision.models import resnet18
from visual_toys import Toy

from dlcli.core.errors import RunFailed, UsageError
from dlcli.methods import saliency

pytestmark = pytest.mark.filterwarnings("ignore:Input Tensor")


@pytest.fixture(scope="module")
def resnet():
    torch.manual_seed(0)
    return resnet18().eval()


@pytest.fixture
def x():
    return torch.randn(2, 3, 48, 64, generator=torch.Generator().manual_seed(1))


class Linear(nn.Module):
    """Scores that are linear in the pixels, so that every attribution is known."""

    def __init__(self, shape=(3, 6, 8), classes=2):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(classes, *shape, generator=torch.Generator().manual_seed(2)))

    def forward(self, x):
        return torch.einsum("bchw,kchw->bk", x, self.weight)


def test_gradient_equals_captum_for_every_picture_of_a_batch(resnet, x):
    from captum.attr import Saliency

    scores, found = saliency.gradients(resnet, x, [3, 7])
    assert torch.equal(scores, resnet(x).detach())
    for k, gradient in zip([3, 7], found, strict=True):
        ours = gradient.abs()
        assert (ours - Saliency(resnet).attribute(x.clone(), target=k)).abs().max() <= 1e-7
        assert ours.amax((1, 2, 3)).min() > 1e-4


def test_a_network_that_begins_in_place_and_its_weights_stay_as_they_are(x):
    net = nn.Sequential(nn.ReLU(inplace=True), nn.Flatten(), nn.Linear(3 * 48 * 64, 2))
    net[2].bias.requires_grad_(False)
    before = x.clone()
    _, (found,) = saliency.gradients(net, x, [1])
    assert torch.equal(x, before)
    assert torch.allclose(found.flatten(1), net[2].weight[1] * (x.flatten(1) > 0))
    assert [p.requires_grad for p in net.parameters()] == [True, False]
    assert net[2].weight.grad is None


def test_smoothgrad_is_the_mean_gradient_over_seeded_noise(x):
    net, one = Toy().eval(), x[:1]
    state = torch.get_rng_state()
    (found,), deviation = saliency.smoothgrad(net, one, [1], samples=5, noise=0.2, seed=4, batch=2)
    assert torch.equal(torch.get_rng_state(), state)
    assert deviation == pytest.approx(0.2 * float(one.max() - one.min()))
    generator = torch.Generator().manual_seed(4)
    noisy = [one + deviation * torch.randn(one.shape[1:], generator=generator) for _ in range(5)]
    each = [saliency.gradients(net, n, [1])[1][0][0] for n in noisy]
    assert torch.allclose(found, torch.stack(each).mean(0), atol=1e-7)
    (again,), _ = saliency.smoothgrad(net, one, [1], samples=5, noise=0.2, seed=4, batch=2)
    assert torch.equal(found, again)
    (other,), _ = saliency.smoothgrad(net, one, [1], samples=5, noise=0.2, seed=5, batch=2)
    assert not torch.allclose(found, other, atol=1e-5)


@pytest.mark.parametrize("kind", ["black", "mean", "blur"])
def test_integrated_gradients_equal_captum(resnet, x, kind):
    from captum.attr import IntegratedGradients

    one = x[1:]
    baseline = saliency.baseline_of(one, kind, [-2.0, -1.5, -1.0])
    ours = saliency.integrated(resnet, one, baseline, [3, 5], steps=12, batch=5)
    for k, found in zip([3, 5], ours, strict=True):
        theirs = IntegratedGradients(resnet).attribute(one, baseline, target=k, n_steps=12, internal_batch_size=4)
        assert (found - theirs[0]).abs().max() <= 1e-5
        assert theirs.abs().max() > 1e-3


def test_integrated_gradients_add_up():
    net, x = Linear(), torch.randn(1, 3, 6, 8, generator=torch.Generator().manual_seed(3))
    baseline = torch.zeros_like(x)
    (found,) = saliency.integrated(net, x, baseline, [1], steps=1)
    assert torch.allclose(found, net.weight[1] * x[0], atol=1e-6)
    told = saliency.completeness(found, float(net(x)[0, 1].detach()), 0.0)
    assert abs(told["gap"]) < 1e-5
    assert saliency.completeness(found, told["score"] + 2, 0.5)["gap"] == pytest.approx(-1.5, abs=1e-5)


def test_more_steps_add_up_better(x):
    net, one = Toy().eval(), x[:1]
    start = torch.full_like(one, -3.0)
    with torch.no_grad():
        ends = float(net(one)[0, 2]), float(net(start)[0, 2])
    gaps = [
        abs(saliency.completeness(saliency.integrated(net, one, start, [2], steps=n)[0], *ends)["gap"])
        for n in (1, 4, 64)
    ]
    assert gaps[0] > 3 * gaps[1] > 9 * gaps[2]


@pytest.mark.parametrize(("window", "stride", "batch"), [(16, 12, 7), (20, 20, 1), (48, 1, 4), (9, 5, 200)])
def test_occlusion_equals_captum(x, window, stride, batch):
    from captum.attr import Occlusion

    net, one = Toy().eval(), x[:1]
    baseline = saliency.baseline_of(one, "blur", [])
    ours = saliency.occlusion(net, one, baseline, [0, 3], window_px=window, stride_px=stride, batch=batch)
    for k, found in zip([0, 3], ours, strict=True):
        theirs = Occlusion(net).attribute(
            one, (3, window, window), (3, stride, stride), baseline, target=k, perturbations_per_eval=8
        )
        assert (found - theirs[0]).abs().max() <= 1e-5
        assert found.abs().max() > 1e-4


def test_occlusion_by_hand():
    net, x = Linear(), torch.randn(1, 3, 6, 8, generator=torch.Generator().manual_seed(3))
    (found,) = saliency.occlusion(net, x, torch.zeros_like(x), [0], window_px=2, stride_px=2)
    fall = (net.weight[0] * x[0]).sum(0).detach()
    assert torch.allclose(found[2:4, 6:8], fall[2:4, 6:8].sum().expand(2, 2), atol=1e-5)


def test_a_window_that_does_not_fit_or_leaves_gaps_is_refused(x):
    net = Toy().eval()
    with pytest.raises(UsageError, match="a window of 49 px does not fit into a picture of 48×64") as caught:
        saliency.occlusion(net, x[:1], x[1:], [0], window_px=49, stride_px=1)
    assert caught.value.key == "occlusion.window_px"
    with pytest.raises(UsageError, match="a stride of 9 leaves gaps between windows of 8 px"):
        saliency.occlusion(net, x[:1], x[1:], [0], window_px=8, stride_px=9)


def test_the_network_sees_so_many_pictures_at_once(x):
    net, seen = Toy().eval(), []
    net.register_forward_pre_hook(lambda _, args: seen.append(len(args[0])))
    saliency.smoothgrad(net, x[:1], [0], samples=5, noise=0.1, seed=0, batch=2)
    saliency.integrated(net, x[:1], x[1:], [0], steps=7, batch=4)
    saliency.occlusion(net, x[:1], x[1:], [0], window_px=24, stride_px=24, batch=5)
    assert seen == [2, 2, 1, 4, 3, 1, 5, 1]


def test_baselines(x):
    black = saliency.baseline_of(x, "black", [-1.0, -2.0, -3.0])
    assert black.shape == x.shape
    assert black[1, :, 5, 7].tolist() == [-1, -2, -3]
    assert torch.allclose(saliency.baseline_of(x, "mean", [])[1, 2], x[1, 2].mean())
    blur = saliency.baseline_of(x, "blur", [])
    theirs = gaussian_filter(x[0, 1].double().numpy(), 4.8, mode="nearest", truncate=20 / 4.8)
    assert np.abs(blur[0, 1].numpy() - theirs).max() < 1e-5
    flat = torch.full((1, 1, 3, 3), 0.7)
    assert torch.allclose(saliency.baseline_of(flat, "blur", []), flat)


def test_an_answer_without_the_picture_is_refused(x):
    class Deaf(nn.Module):
        def forward(self, x):
            return torch.ones(len(x), 3)

    with pytest.raises(RunFailed, match="does not depend on the picture"):
        saliency.gradients(Deaf(), x, [0])


@pytest.mark.parametrize(("value", "why"), [(0.0, "is 0 everywhere"), (float("nan"), "is no number somewhere")])
def test_numbers_that_say_nothing_are_refused(value, why):
    with pytest.raises(RunFailed, match=f"the gradient of cat {why}"):
        saliency.raise_unless_told(torch.full((3, 2, 2), value), "the gradient of cat")
