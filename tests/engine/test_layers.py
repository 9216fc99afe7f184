"""What describe counts: published figures, values by hand, and fields against gradients."""

import gradient_probe
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlcli.core import names
from dlcli.core.errors import ModelError
from dlcli.engine.layers import layers
from dlcli.models import catalog, own
from dlcli.models.stride import as_v1
from dlcli.tasks.open import open_model, own_defaults


def of(name, **args):
    """Return the layers of a library's network at its own size."""
    size = catalog.needs(name).size_px
    return layers(catalog.skeleton(name, channels=3, size_px=size, classes=1000, args=args).eval(), (3, *size))


def built(name, *, channels=3, classes=4, **args):
    def make(size):
        given = {**own_defaults(name), **args} if name in names.OWN_MODELS else args
        return catalog.build(name, channels=channels, size_px=size, classes=classes, args=given)

    return make


PUBLISHED_PX = {
    "alexnet": 195, "vgg16": 212, "resnet18": 435, "resnet34": 899, "resnet50": 427, "resnet101": 971,
    "resnet152": 1451, "inception_v3": 1311, "timm:inception_v4": 2071, "timm:mobilenetv1_100": 315,
}  # fmt: skip


@pytest.mark.parametrize("name", PUBLISHED_PX)
def test_published_receptive_fields(name):
    assert of(name).receptive_field_px == [PUBLISHED_PX[name]] * 2


@pytest.mark.parametrize(("name", "field_px"), [("resnet50", 483), ("resnet101", 1027), ("resnet152", 1507)])
def test_published_receptive_fields_of_resnet_v1(name, field_px):
    module = catalog.skeleton(name, channels=3, size_px=(224, 224), classes=1000)
    assert as_v1(module) == 3
    found = layers(module.eval(), (3, 224, 224))
    assert found.receptive_field_px == [field_px] * 2
    assert found.rows[-1]["output"] == [1000]


def test_stride_v1_needs_a_bottleneck_that_strides():
    with pytest.raises(ModelError, match="no bottleneck that strides at its 3×3"):
        as_v1(catalog.skeleton("resnet18", channels=3, size_px=(224, 224), classes=10))


# Every digit the library prints; tests/models/test_zoo.py has the rest of the table to the digits it is quoted with.
TABLE = ("alexnet", "vgg16_bn", "inception_v3", "mobilenet_v3_small", "vit_b_16")
DEEP = ("efficientnet_b7", "efficientnet_v2_m", "efficientnet_v2_l", "convnext_small", "convnext_base")


@pytest.mark.parametrize("name", [*TABLE, *(pytest.param(n, marks=pytest.mark.slow) for n in DEEP)])
def test_weights_and_multiply_adds_are_torchvisions(name):
    from torchvision.models import get_model_weights

    meta = get_model_weights(name).DEFAULT.meta
    rows = of(name, **({"aux_logits": True} if name == "inception_v3" else {})).rows
    assert sum(r["weights"] for r in rows) == meta["num_params"]
    assert round(sum(r["multiply_adds"] for r in rows) / 1e9, 3) == meta["_ops"]


def test_a_window_attention_counts_too():
    from torchvision.models import get_model_weights

    rows = of("swin_t").rows
    assert round(sum(r["multiply_adds"] for r in rows) / 1e9, 3) == get_model_weights("swin_t").DEFAULT.meta["_ops"]
    attention = [r["sees"] for r in rows if r["type"] == "ShiftedWindowAttention"]
    assert (attention[0], attention[-1]) == ("unknown", "all")  # a window of the map; the whole map of 7×7
    assert rows[-1]["sees"] == "all"


def test_attention_by_hand():
    module = nn.MultiheadAttention(8, 2, batch_first=True)

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.attention = module

        def forward(self, x):
            return self.attention(*[x.flatten(2).transpose(1, 2)] * 3)[0]

    (row,) = layers(Net().eval(), (8, 3, 3)).rows
    assert (row["name"], row["weights"]) == ("attention", 3 * 8 * 8 + 3 * 8 + 8 * 8 + 8)
    assert row["multiply_adds"] == 4 * 9 * 8 * 8 + 2 * 9 * 9 * 8  # projections; scores and weighted sum
    assert row["sees"] == "all"


def test_lenet_by_hand():
    found = layers(built("lenet5", channels=1, classes=10)((28, 28)).eval(), (1, 28, 28))
    rows = [(r["output"], r["receptive_field_px"], r["stride_px"], r["padding_px"], r["sees"]) for r in found.rows]
    convolution, pool = ([6, 28, 28], [5, 5], [1, 1], [2, 2], "window"), ([6, 14, 14], [6, 6], [2, 2], [2, 2], "window")
    assert rows[0] == rows[1] == convolution
    assert rows[2] == pool
    assert rows[5] == ([16, 5, 5], [16, 16], [4, 4], [2, 2], "window")
    assert rows[6] == ([400], [16, 16], None, None, "window")
    assert rows[-1] == ([10], None, None, None, "all")
    assert [r["activation_bytes"] for r in found.rows[:3]] == [4 * 6 * 784, 4 * 6 * 784, 4 * 6 * 196]
    assert found.receptive_field_px == [16, 16]


class Doubled(nn.Module):
    """A residual block used twice, a branch put behind another, and a layer in place."""

    def __init__(self):
        super().__init__()
        self.convolution = nn.Conv2d(2, 2, 3, padding=1)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        x = x + self.convolution(x)
        return torch.cat([self.relu(self.convolution(x)), x], 1), None


def test_a_layer_used_twice_counts_its_weights_once():
    first, second, relu = layers(Doubled().eval(), (2, 8, 8)).rows
    assert (first["weights"], second["weights"]) == (38, 0)
    assert first["multiply_adds"] == second["multiply_adds"] == 2 * 9 * 2 * 64
    assert (first["receptive_field_px"], second["receptive_field_px"]) == ([3, 3], [5, 5])
    assert relu["type"] == "ReLU"


def test_memory_in_use_by_hand():
    chain = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 1, 3, padding=1))
    map_bytes = 4 * 8 * 8
    found = layers(chain.eval(), (1, 8, 8))
    assert [r["activation_bytes"] for r in found.rows] == [4 * map_bytes, 4 * map_bytes, map_bytes]
    # the picture is the caller's and stays; ReLU holds its input and its output, 4 maps each
    assert found.peak_bytes == (1 + 4 + 4) * map_bytes
    in_place = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(inplace=True), nn.Conv2d(4, 1, 3, padding=1))
    assert layers(in_place.eval(), (1, 8, 8)).peak_bytes == (1 + 4 + 1) * map_bytes
    assert layers(chain.double().eval(), (1, 8, 8)).peak_bytes == 9 * map_bytes  # told in float32


def test_a_branch_is_held_until_it_is_added():
    # x (2 maps), sum (2), second output (2, its ReLU in place); then cat makes 4 of them beside sum and ReLU
    assert layers(Doubled().eval(), (2, 8, 8)).peak_bytes == (2 + 2 + 2 + 4) * 4 * 64


def test_the_network_is_left_as_it_was():
    module = Doubled()
    module.train()
    layers(module, (2, 8, 8))
    assert {p.device.type for p in module.parameters()} == {"cpu"}
    assert module.training
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in module.modules())
    with pytest.raises(ModelError, match=r"cannot take an input of 3×8×8"):
        layers(module, (3, 8, 8))
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in module.modules())


def test_a_transposed_convolution_multiplies_its_input():
    (row,) = layers(nn.Sequential(nn.ConvTranspose2d(2, 3, 2, 2)).eval(), (2, 4, 4)).rows
    assert (row["multiply_adds"], row["sees"]) == (2 * 3 * 4 * 16, "unknown")


class Padded(nn.Module):
    """A shortcut written into a part of an empty map."""

    def forward(self, x):
        out = torch.zeros(x.shape[0], 4, *x.shape[2:], device=x.device)
        out[:, 1:3] = x
        return F.relu(out)


def test_what_is_written_into_a_part_is_not_taken_for_a_constant():
    assert layers(nn.Sequential(Padded()).eval(), (2, 4, 4)).rows[0]["sees"] == "unknown"


def test_gates_are_left_out_and_said():
    rows = {r["name"]: r for r in of("timm:seresnet50").rows}
    assert not rows["layer1.0.conv1"]["gated"]
    assert rows["layer1.0.se.fc1"]["sees"] == "all"
    assert rows["layer4.2.act3"]["gated"]
    assert rows["layer4.2.act3"]["receptive_field_px"] == [427, 427]
    norm = layers(nn.Sequential(nn.Conv2d(2, 4, 3), nn.GroupNorm(2, 4)).eval(), (2, 8, 8)).rows[1]
    assert (norm["gated"], norm["receptive_field_px"]) == (True, [3, 3])


SLIM = {"width_per_group": 2}
PROBED = {
    "resnet18": {}, "resnet50": SLIM, "resnet152": SLIM, "googlenet": {},
    "inception_v3": {}, "mobilenet_v2": {"width_mult": 0.25}, "mobilenet_v3_small": {}, "efficientnet_b0": {},
    "shufflenet_v2_x0_5": {}, "squeezenet1_1": {}, "mnasnet0_5": {}, "regnet_y_400mf": {},
    "timm:convnext_atto": {}, "timm:resnet18": {"output_stride": 8}, "timm:resnetblur18": {},
    "timm:dla46_c": {}, "timm:ghostnet_050": {}, "timm:mixnet_s": {}, "timm:mobilenetv1_100": {},
    "timm:tf_mobilenetv3_small_minimal_100": {}, "timm:legacy_seresnet18": {},
    "timm:densenet121": {"block_config": (2, 2, 2, 2), "growth_rate": 8},
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("name", PROBED)
def test_fields_are_those_of_the_gradient(name):
    field = gradient_probe.check(built(name, **PROBED[name]), across=75 if name == "inception_v3" else 32)
    assert PROBED[name] or field == PUBLISHED_PX.get(name, field)


class Odd(nn.Module):
    """Space to depth, channels last, dilation, an even kernel, a stride by slices, branches that lie apart."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(48, 8, 3, padding=1)
        self.wide, self.even = nn.Conv2d(4, 8, 3, padding=2, dilation=2), nn.Conv2d(4, 8, 2)
        self.dense = nn.Linear(8, 8)
        self.last = nn.Conv2d(32, 4, (5, 3), padding=(2, 0))

    def forward(self, x):
        b, c, h, w = x.shape
        x = x.view(b, c, h // 4, 4, w // 4, 4).permute(0, 3, 5, 1, 2, 4).reshape(b, 16 * c, h // 4, w // 4)
        x = F.relu(self.stem(x))
        x = self.dense(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        left, right = x.chunk(2, 1)
        x = torch.cat([self.wide(left), F.pad(self.even(right), (0, 1, 1, 0))], 1)[:, :, 1::2, ::2]
        return self.last(torch.stack([x, F.max_pool2d(x, 3, 1, 1)], 1).flatten(1, 2))


@pytest.mark.parametrize("axis", [0, 1])
def test_fields_of_an_odd_network_are_those_of_the_gradient(axis):
    # stem 4 + 2·4 = 12 at stride 4; dilated 12 + 4·4 = 28, the even one lies inside; every second: stride 8; pooled
    # 28 + 2·8 = 44; then 5 taps down and 3 across
    assert gradient_probe.check(lambda _: Odd(), axis=axis) == (44 + 4 * 8, 44 + 2 * 8)[axis]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_fields_of_long_and_narrow_kernels_along_the_width():
    gradient_probe.check(built("inception_v3"), axis=1, across=75)


SMALL = {
    "wide_resnet": {"width": 1}, "resnext29": {"cardinality": 2, "base_width": 4, "width": 4},
    "vgg_c": {"width": 0.25, "head_width": 16}, "vgg_a_lrn": {"width": 0.25, "head_width": 16},
    "fractalnet": {"filters": [8, 8, 8, 8, 8]}, "densenet_bc": {"depth": 22}, "resnet110": {"depth": 20},
    "preresnet110": {"depth": 20}, "stochastic_resnet110": {"depth": 20}, "resnet56": {"depth": 26},
}  # fmt: skip


def convolutional_names():
    found = []
    for name in names.OWN_MODELS:
        side = own.typical(name).size_px
        with torch.device("meta"):
            module = built(name)((side, side))
        if any(isinstance(m, nn.Conv2d) for m in module.modules()):
            found.append(name)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", convolutional_names())
def test_fields_of_our_own_networks_are_those_of_the_gradient(name):
    make = built(name, **SMALL.get(name, {}))
    gradient_probe.check(make, across=max(32, own.typical(name).size_px // 2), trunk=False)


def test_every_own_network_is_described():
    for name in names.OWN_MODELS:
        opened = open_model(name, weightless=True)
        found = layers(opened.module, (opened.facts["channels"], *opened.facts["size_px"]))
        assert sum(r["weights"] for r in found.rows) == sum(p.numel() for p in opened.module.parameters())
        assert len(opened.classes) in {r["output"][0] for r in found.rows[-4:]}
