"""Deconvnet and guided backpropagation against captum, for every way a ReLU can be written."""

import copy

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torchvision.models import densenet121, googlenet, mobilenet_v2, resnet18
from visual_toys import Toy

from dlcli.core.errors import RunFailed, UsageError
from dlcli.methods import rectified

# captum says that it sets hooks, torch that hooks on inputs without a gradient do not fire.
pytestmark = pytest.mark.filterwarnings("ignore:Setting backward hooks", "ignore:Input Tensor", "ignore:Full backward")
RULES = ["guided-backprop", "deconvnet"]


def oracle(rule, net):
    from captum.attr import Deconvolution, GuidedBackprop

    return (GuidedBackprop if rule == "guided-backprop" else Deconvolution)(net)


def pictures(count=3, side=(64, 48), seed=1):
    return torch.randn(count, 3, *side, generator=torch.Generator().manual_seed(seed))


def same(ours, theirs):
    """Say whether two signals are equal within 1e-6, also where they are small, and not 0."""
    most = float(theirs.abs().amax(tuple(range(1, theirs.ndim))).min())
    return most > 0 and float((ours - theirs).abs().max()) <= 1e-6 * min(1.0, 10 * most)


def plain(net, x, k):
    leaf = x.clone().requires_grad_()
    return torch.autograd.grad(net(leaf)[:, k].sum(), leaf)[0]


def seeded(build, **args):
    torch.manual_seed(0)
    return build(**args).eval()


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("net", [resnet18, Toy], ids=["resnet18", "reused"])
def test_equals_captum_for_every_picture_of_a_batch(rule, net):
    net, x = seeded(net), pictures()
    scores, signals, passed = rectified.of_classes(net, x, [1, 2], rule)
    assert torch.equal(scores, net(x).detach())
    assert passed.relus == (17 if passed.switches else 3)
    for k, signal in zip([1, 2], signals, strict=True):
        assert same(signal, oracle(rule, net).attribute(x.clone(), target=k))
        assert not torch.allclose(signal, plain(net, x, k), rtol=0.1, atol=0)


@pytest.mark.parametrize("rule", RULES)
def test_functional_relus_are_seen(rule):
    functional, modules, x = Toy(functional=True).eval(), Toy().eval(), pictures()
    _, (signal,), _ = rectified.of_classes(functional, x, [1], rule)
    assert same(signal, oracle(rule, modules).attribute(x.clone(), target=1))
    silent = oracle(rule, functional).attribute(x.clone(), target=1)
    assert torch.equal(silent, plain(functional, x, 1))
    assert not torch.allclose(signal, silent, rtol=0.1, atol=0)


def as_modules(net):
    """Return GoogLeNet with its functional ReLUs rewritten as modules."""
    net = copy.deepcopy(net)
    for parent in list(net.modules()):
        for name, child in list(parent.named_children()):
            if type(child).__name__ == "BasicConv2d":
                setattr(parent, name, nn.Sequential(child.conv, child.bn, nn.ReLU()))
    return net


@pytest.mark.parametrize("rule", RULES)
def test_googlenet(rule):
    net = seeded(googlenet, weights=None, init_weights=False, aux_logits=False)
    x = pictures(2, (64, 64))
    _, (signal,), _ = rectified.of_classes(net, x, [1], rule)
    theirs = oracle(rule, as_modules(net)).attribute(x.clone(), target=1)
    assert same(signal, theirs)
    assert not torch.allclose(signal, plain(net, x, 1), rtol=0.1, atol=0)


def test_densenet_and_relu6_in_place_leave_no_relu_out():
    for net, count in ((densenet121, 121), (mobilenet_v2, 35)):
        _, _, passed = rectified.of_classes(seeded(net), pictures(1, (32, 32)), [0], "guided-backprop")
        assert (passed.relus, passed.others) == (count, {})


def on_view(x):
    x = x.clone()
    x.view(-1).relu_()
    return x


SPELLINGS = {
    "F.relu": F.relu, "F.relu in place": lambda x: F.relu(x, inplace=True), "F.relu_": F.relu_,
    "torch.relu": torch.relu, "torch.relu_": torch.relu_, "Tensor.relu": lambda x: x.relu(),
    "Tensor.relu_": lambda x: x.relu_(), "nn.ReLU": nn.ReLU(), "nn.ReLU in place": nn.ReLU(inplace=True),
    "nn.ReLU6": nn.ReLU6(), "nn.ReLU6 in place": nn.ReLU6(inplace=True), "F.relu6": F.relu6,
    "F.hardtanh": lambda x: F.hardtanh(x, 0.0, 6.0), "F.hardtanh_": lambda x: F.hardtanh_(x, 0.0, 6.0),
    "nn.Hardtanh": nn.Hardtanh(0.0, 6.0), "F.threshold": lambda x: F.threshold(x, 0.0, 0.0),
    "aten": torch.ops.aten.relu.default, "view": on_view,
}  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("name", SPELLINGS)
def test_every_spelling_by_hand(rule, name):
    torch.manual_seed(0)
    first, second = nn.Linear(5, 8), nn.Linear(8, 4)

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.second = first, second

        def forward(self, x):
            return self.second(SPELLINGS[name](4 * self.first(x)))

    x = torch.randn(3, 5, generator=torch.Generator().manual_seed(3))
    _, (signal,), passed = rectified.of_classes(Net(), x, [2], rule)
    inner = 4 * first(x)
    above = second.weight[2].clamp(min=0).expand(3, 8)
    six = "6" in name or "tanh" in name
    open_ = (inner > 0) & ((inner < 6) | torch.tensor(not six)) if rule == "guided-backprop" else 1
    assert torch.allclose(signal, 4 * (above * open_) @ first.weight, atol=1e-6)
    assert passed.relus == 1


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("layer", ["layer2.0", "layer3.0.bn1", "fc"])
def test_a_unit_equals_captum_on_the_network_cut_there(rule, layer):
    net, x = seeded(resnet18), pictures(1)
    cut = copy.deepcopy(net)

    class Cut(nn.Module):
        def __init__(self):
            super().__init__()
            self.net, self.held = cut, []
            cut.get_submodule(layer).register_forward_hook(lambda _, __, out: self.held.append(out.clone()))

        def forward(self, x):
            self.held.clear()
            self.net(x)
            return self.held[0]

    _, units, _ = rectified.of_units(net, x, layer, [4, 9], rule)
    whole = Cut()
    out = whole(x)[0].detach()
    for unit, channel in zip(units, [4, 9], strict=True):
        assert unit.value == float(out[channel].max())
        target = channel if unit.place is None else (channel, *unit.place)
        assert float(out[target]) == unit.value
        theirs = oracle(rule, whole).attribute(x.clone(), target=target)
        assert same(unit.signal[None], theirs)
    assert (units[0].place is None) == (layer == "fc")


def test_the_channel_that_answers_most_is_asked():
    net, x = Toy().eval(), pictures(1)
    with torch.no_grad():
        out = net.conv2(F.relu(net.conv1(x)))[0]
    _, (unit,), passed = rectified.of_units(net, x, "conv2", [], "deconvnet")
    assert unit.channel == int(out.amax((1, 2)).argmax())
    assert passed.relus == 1
    assert not any(m._forward_hooks for m in net.modules())


def test_before_the_first_relu_it_is_the_plain_gradient():
    net, x = Toy().eval(), pictures(1)
    _, (unit,), passed = rectified.of_units(net, x, "conv1", [3], "deconvnet")
    row, column = unit.place
    assert passed.relus == 0
    assert torch.allclose(unit.signal[:, 2 * row, 2 * column], net.conv1.weight[3, :, 1, 1])


def test_units_that_cannot_be_asked_are_refused():
    net, x = Toy().eval(), pictures(1)
    with pytest.raises(UsageError, match="layer conv2 has no channel 16") as caught:
        rectified.of_units(net, x, "conv2", [3, 16], "deconvnet")
    assert caught.value.hint == "0 to 15"
    net.conv3.bias.data[5] = -100
    with pytest.raises(RunFailed, match="channel 5 of relu is silent"):
        rectified.of_units(net, x, "relu", [5], "deconvnet")


def smooth(activation):
    return nn.Sequential(nn.Conv2d(3, 4, 3), activation, nn.Conv2d(4, 4, 3), nn.Flatten(), nn.LazyLinear(3))


@pytest.mark.parametrize(("activation", "found"), [(nn.GELU(), "GELU"), (nn.SiLU(), "SiLU"), (nn.Identity(), "none")])
def test_a_network_without_relu_is_refused(activation, found):
    net, x = smooth(activation), pictures(1, (8, 8))
    net(x)
    with pytest.raises(UsageError, match=f"this network has none; activations found: {found}") as caught:
        rectified.of_classes(net, x, [0], "deconvnet")
    assert "saliency" in caught.value.hint
    if found != "none":
        with pytest.raises(UsageError, match=f"activations found: {found}"):
            rectified.of_units(net, x, "2", [0], "guided-backprop")


def test_other_activations_are_told():
    x = pictures(1, (8, 8))
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Hardswish(), nn.Tanh(), nn.Flatten(), nn.Linear(144, 3))
    _, _, passed = rectified.of_classes(net, x, [0], "deconvnet")
    assert (passed.relus, passed.others) == (1, {"hard swish": 1, "tanh": 1})


def test_without_max_pooling_a_deconvnet_is_the_same_for_any_picture():
    one, other = pictures(2).split(1)
    for net, alike in ((Toy().eval(), True), (seeded(resnet18), False)):
        signals = [rectified.of_classes(net, x, [1], "deconvnet")[1][0] for x in (one, other)]
        passed = rectified.of_classes(net, one, [1], "deconvnet")[2]
        assert torch.equal(*signals) is alike
        assert (passed.switches == 0) is alike
    guided = [rectified.of_classes(Toy().eval(), x, [1], "guided-backprop")[1][0] for x in (one, other)]
    assert not torch.equal(*guided)


def test_nothing_is_left_behind_by_a_failure():
    class Broken(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.clone()

        @staticmethod
        def backward(ctx, grad):
            raise ValueError("broken")

    class Net(Toy):
        def forward(self, x):
            return super().forward(Broken.apply(x))

    net, x = Net().eval(), pictures(1)
    with pytest.raises(ValueError, match="broken"):
        rectified.of_classes(net, x, [0], "deconvnet")
    assert all(p.requires_grad for p in net.parameters())
    leaf = torch.tensor([1.0, -1.0], requires_grad=True)
    assert torch.autograd.grad(-leaf.relu().sum(), leaf)[0].tolist() == [-1, 0]
