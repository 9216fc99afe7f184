"""Linear scores in units of pixels, and networks that are none."""

import pytest
import torch
from torch import nn

from dlcli.core.errors import RunFailed, UsageError
from dlcli.methods import linear_scores
from dlcli.models.vision.linear import linear

CPU = torch.device("cpu")
MEAN, STD = [0.1, 0.5, 0.7], [0.2, 0.3, 0.9]


def straight():
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(36, 5)).eval()


class Exported(nn.Module):
    """Gives no gradients, as a file in another runtime."""

    def __init__(self):
        super().__init__()
        self.inner = straight()

    def forward(self, x):
        return self.inner(x.detach()).detach()


@pytest.mark.parametrize(
    "make", [lambda: linear(3, (8, 8), 5).eval(), straight, Exported], ids=["linear", "convolutions", "exported"]
)
def test_the_scores_are_the_weights_times_the_pixels(make):
    net = make()
    linear_scores.refuse_bent(net, (3, 8, 8), CPU)
    weights, offsets = linear_scores.pixel_weights(net, (3, 8, 8), [4, 0, 2], MEAN, STD, CPU)
    pixels = torch.rand(6, 3, 8, 8, generator=torch.Generator().manual_seed(1))
    x = (pixels - torch.tensor(MEAN).view(3, 1, 1)) / torch.tensor(STD).view(3, 1, 1)
    found = torch.einsum("kchw,bchw->bk", weights, pixels) + offsets
    assert torch.allclose(found, net(x)[:, [4, 0, 2]], atol=1e-4)
    assert all(p.requires_grad for p in net.parameters())
    assert all(p.grad is None for p in net.parameters())


@pytest.mark.parametrize("bend", [nn.ReLU(), nn.Tanh(), nn.GELU(), nn.Softmax(1)], ids=lambda m: type(m).__name__)
def test_what_bends_is_named(bend):
    torch.manual_seed(0)
    net = nn.Sequential(nn.Flatten(), nn.Linear(192, 16), bend, nn.Linear(16, 5)).eval()
    with pytest.raises(UsageError, match=rf"for layer 2 \({type(bend).__name__}\) lies between"):
        linear_scores.refuse_bent(net, (3, 8, 8), CPU)


def test_a_bend_in_a_function_and_far_from_zero():
    class Far(nn.Module):
        def __init__(self):
            super().__init__()
            torch.manual_seed(0)
            self.head = nn.Linear(192, 5)

        def forward(self, x):
            return torch.relu(self.head(x.flatten(1)) + 20)  # no small picture reaches the bend

    with pytest.raises(UsageError, match="no linear function of the pixels; so no picture"):
        linear_scores.refuse_bent(Far().eval(), (3, 8, 8), CPU)


def test_scores_that_are_no_numbers():
    net = linear(3, (8, 8), 5).eval()
    net.head.weight.data.fill_(float("nan"))
    with pytest.raises(RunFailed, match="no finite numbers"):
        linear_scores.refuse_bent(net, (3, 8, 8), CPU)
