import gc
import tracemalloc

import numpy as np
import pytest
import torch
from pytorch_grad_cam import EigenCAM, GradCAM, GradCAMPlusPlus, HiResCAM, LayerCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from pytorch_grad_cam.utils.svd_on_activations import get_2d_projection
from torch import nn
from torchvision import models
from visual_toys import Toy

from dlcli.core.errors import ModelError, RunFailed, UsageError
from dlcli.methods import cams, feature_maps
from dlcli.tasks.open import open_model

THEIRS = {"gradcam": GradCAM, "gradcam++": GradCAMPlusPlus, "layercam": LayerCAM, "hirescam": HiResCAM}


def network(name):
    torch.manual_seed(0)
    return open_model("imagenet").module if name == "imagenet" else getattr(models, name)().eval()


def pictures(count=2, size=(96, 128)):
    return torch.randn(count, 3, *size, generator=torch.Generator().manual_seed(1))


def theirs(kind, module, layers, x, classes):
    inner = dict(module.named_modules())
    with kind(module, [inner[name] for name in layers]) as cam:
        return cam(input_tensor=x, targets=[ClassifierOutputTarget(k) for k in classes])


@pytest.mark.parametrize(
    ("name", "methods"),
    [
        ("resnet18", tuple(THEIRS)),
        ("imagenet", tuple(THEIRS)),
        pytest.param("resnet50", ("gradcam",), marks=pytest.mark.slow),
        pytest.param("vgg11", ("gradcam",), marks=pytest.mark.slow),
    ],
)
def test_each_picture_of_a_batch_has_the_map_that_pytorch_grad_cam_finds(name, methods):
    module, x = network(name), pictures(2, (64, 96))
    layer = feature_maps.last_map(module, x[:1])
    with torch.no_grad():
        classes = module(x).argmax(1).tolist()
    expected = {m: theirs(THEIRS[m], module, [layer], x, classes) for m in methods}
    for place, k in enumerate(classes):
        scores, found = cams.maps(module, x[place : place + 1], [layer], [k], methods)
        assert scores.shape == (1, 1000)
        for method in methods:
            ours = found[k, method].numpy()
            assert ours.shape == (64, 96)
            assert np.abs(ours - expected[method][place]).max() <= (1e-5 if method == "gradcam" else 1e-4), method
            assert ours.min() >= 0
            assert ours.max() == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("name", ["resnet18", "imagenet"])
def test_eigencam_is_theirs_up_to_the_sign_of_the_axis(name):
    module, x = network(name), pictures(1)
    layer = feature_maps.last_map(module, x)
    _, found = cams.maps(module, x, [layer], [3], ["eigencam"])
    with torch.no_grad(), feature_maps.outputs_of(module, [layer]) as held:
        module(x)
    axis = get_2d_projection(held[layer].numpy())
    both = [theirs(EigenCAM, module, [layer], x, [3])[0]]
    both += [cams.finished([torch.from_numpy(sign * axis)], (96, 128), [None])[0].numpy() for sign in (1, -1)]
    assert np.abs(both[0] - both[1]).max() < 1e-4  # the first sign is theirs
    assert min(np.abs(found[3, "eigencam"].numpy() - m).max() for m in both[1:]) < 1e-4


def test_eigencam_is_high_where_the_layer_answers_strongly():
    activation = torch.zeros(1, 3, 5, 6)
    activation[:, :2, 1:3, 1:4] = torch.tensor([2.0, 3.0])[:, None, None]
    for sign in (1, -1):
        found = cams.eigencam(activation * sign)
        assert bool((found[0, 1:3, 1:4] > 0).all())
        assert bool((found[0, 4] < 0).all())


def test_hirescam_adds_up_to_the_score_less_its_bias():
    module, x = Toy().eval(), pictures(1, (32, 48))
    with feature_maps.outputs_of(module, ["conv3"], leaf=True) as held:
        scores = module(x)
    gradient = torch.autograd.grad(scores[0, 2], held["conv3"])[0]
    whole = float(cams.hirescam(held["conv3"], gradient).detach().sum())
    assert whole == pytest.approx(float((scores[0, 2] - module.fc.bias[2]).detach()), abs=1e-5)


def test_maps_of_several_layers_are_averaged_as_theirs():
    module, x = network("resnet18"), pictures(1)
    layers = feature_maps.named(module, "layer[34]")
    assert layers == ["layer3", "layer4"]
    _, found = cams.maps(module, x, layers, [5], ["gradcam", "layercam"])
    for method in ("gradcam", "layercam"):
        expected = theirs(THEIRS[method], module, layers, x, [5])[0]
        assert np.abs(found[5, method].numpy() - expected).max() < 1e-5


def test_one_forward_pass_serves_all_classes_methods_and_their_choice():
    module, x = Toy().eval(), pictures(1, (32, 32))
    runs = []
    module.register_forward_hook(lambda *_: runs.append(1))
    done = cams.explain(module, x, ["conv3"], lambda s: s[0].topk(3).indices.tolist(), list(cams.METHODS))
    assert len(runs) == 1
    assert done.classes == done.scores[0].topk(3).indices.tolist()
    assert set(done.maps) | set(done.failed) == {(k, m) for k in done.classes for m in cams.METHODS}


def test_the_pass_backwards_ends_at_the_layer():
    module, x = Toy(functional=True).eval(), pictures(1, (32, 32))
    reached = []
    module.conv1.register_full_backward_hook(lambda *_: reached.append("conv1"))
    module.conv3.register_full_backward_hook(lambda *_: reached.append("conv3"))
    cams.maps(module, x, ["conv2"], [0], ["layercam"])
    assert reached == ["conv3"]


class Twice(nn.Module):
    """A network one of whose layers runs twice, puts out a tuple, and whose ReLU behind works in place."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.stem, self.both, self.fc = nn.Conv2d(3, 8, 3, 2, 1), Pair(), nn.Linear(8, 4)

    def forward(self, x):
        x, _ = self.both(self.stem(x))
        x, extra = self.both(torch.relu_(x))
        return self.fc(torch.relu_(x).mean((2, 3))) + extra


class Pair(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(8, 8, 3, padding=1)

    def forward(self, x):
        return self.conv(x), 0.5


def test_a_layer_that_runs_twice_and_puts_out_a_tuple_shows_its_last_map():
    module, x = Twice().eval(), pictures(1, (32, 48))
    with torch.no_grad():
        plain = module(x)
    scores, found = cams.maps(module, x, ["both"], [1], ["gradcam"])
    torch.testing.assert_close(scores, plain)
    inner = torch.relu_(module.both(module.stem(x))[0].detach())
    last = module.both.conv(inner).detach().requires_grad_()
    score = module.fc(torch.relu(last).mean((2, 3)))[0, 1]
    gradient = torch.autograd.grad(score, last)[0]
    expected = cams.finished([cams.gradcam(last.detach(), gradient)], (32, 48), [None])[0]
    torch.testing.assert_close(found[1, "gradcam"], expected)
    assert feature_maps.last_map(module, x) == "both.conv"


def test_a_hundred_maps_leave_no_hook_and_no_memory():
    module, x = Toy().eval(), pictures(1, (16, 24))
    module.conv1.weight.requires_grad_(False)
    before = {n: (p.detach().clone(), p.requires_grad) for n, p in module.named_parameters()}

    def tensors():
        gc.collect()
        return sum(issubclass(type(o), torch.Tensor) for o in gc.get_objects())

    def once():
        done = cams.explain(module, x, ["conv3"], [0, 1], ["gradcam", "layercam"])
        assert len(done.maps) + len(done.failed) == 4

    once()
    alive = tensors()
    tracemalloc.start()
    once()
    gc.collect()
    held = tracemalloc.get_traced_memory()[0]
    for _ in range(99):
        once()
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - held
    tracemalloc.stop()
    assert tensors() == alive
    assert grown < 20_000
    assert hooks(module) == 0
    for name, p in module.named_parameters():
        assert p.requires_grad == before[name][1]
        assert p.grad is None
        assert torch.equal(p, before[name][0])


def hooks(module):
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    return sum(len(getattr(m, kind)) for m in module.modules() for kind in kinds)


@pytest.mark.parametrize("work", ["explain", "last_map", "layouts", "head"])
def test_a_network_that_breaks_off_is_left_as_it_was(work):
    from dlcli.methods.average_head import head_of

    class Broken(Toy):
        def forward(self, x):
            super().forward(x)
            raise ValueError("no further")

    module, x = Broken().eval(), pictures(1, (32, 32))
    with torch.no_grad():
        module.fc.weight.zero_()  # what last_map wakes meanwhile
    before = {n: p.detach().clone() for n, p in module.named_parameters()}
    call = {
        "explain": lambda: cams.explain(module, x, ["conv3"], [0], ["gradcam"]),
        "last_map": lambda: feature_maps.last_map(module, x),
        "layouts": lambda: feature_maps.layouts(module, x.shape),
        "head": lambda: head_of(module, x, [0]),
    }[work]
    if work == "layouts":
        assert "conv1" in call()
    else:
        with pytest.raises(ModelError, match="cannot take an input of 3×32×32: no further"):
            call()
    assert hooks(module) == 0
    for name, p in module.named_parameters():
        assert p.requires_grad
        assert torch.equal(p, before[name])


def blank(change, layer="conv3", k=1):
    module = Toy().eval()
    with torch.no_grad():
        change(module)
    done = cams.explain(module, pictures(1, (32, 32)), [layer], [k], ["gradcam"])
    assert not done.maps
    return str(done.failed[k, "gradcam"])


def test_why_a_map_is_blank_is_told_apart():
    assert "gradient is 0 everywhere" in blank(lambda m: m.fc.weight.zero_())
    assert "conv3 puts out 0 everywhere" in blank(lambda m: (m.conv3.weight.zero_(), m.conv3.bias.zero_()))

    def against(m):
        m.conv3.bias.fill_(9)
        m.fc.weight.fill_(-1)

    assert "every place of conv3 speaks against this class" in blank(against)

    def constant(m):
        m.conv3.weight.zero_()
        m.conv3.bias.fill_(1)
        m.fc.weight.fill_(1)

    assert "constant: conv3 says the same" in blank(constant)


def test_the_weight_that_holds_nan_is_named():
    module = Toy().eval()
    with torch.no_grad():
        module.conv2.weight[0, 0, 0, 0] = float("nan")
    with pytest.raises(RunFailed, match=r"NaN or infinite: conv2\.weight holds such weights"):
        cams.maps(module, pictures(1, (32, 32)), ["conv3"], [1], ["gradcam"])
    module = Toy().eval()
    with pytest.raises(RunFailed, match="the picture's numbers are already"):
        cams.maps(module, torch.full((1, 3, 32, 32), float("inf")), ["conv3"], [1], ["gradcam"])


def test_a_blank_layer_among_several_adds_nothing():
    module, x = Toy().eval(), pictures(1, (32, 32))
    module.unused = nn.Conv2d(3, 4, 1)
    with torch.no_grad():
        module.conv3.weight.zero_()
        module.conv3.bias.fill_(1)
        module.fc.weight.fill_(1)
        module.fc.weight[1, ::2] = -1
    done = cams.explain(module, x, ["conv2", "conv3"], [1], ["gradcam"])
    assert "gradient is 0" in str(cams.explain(module, x, ["conv2"], [1], ["gradcam"]).failed[1, "gradcam"])
    assert "conv2" in str(done.failed[1, "gradcam"])
    with pytest.raises(ModelError, match="layer unused did not run"):
        cams.explain(module, x, ["unused"], [1], ["gradcam"])


def test_a_layer_without_places_is_refused():
    with pytest.raises(UsageError, match="layer fc puts out 4, which is no map"):
        cams.explain(Toy().eval(), pictures(1, (32, 32)), ["fc"], [1], ["gradcam"])
