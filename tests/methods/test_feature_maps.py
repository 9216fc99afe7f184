import collections

import pytest
import torch
from timm import create_model
from torch import nn
from torchvision import models
from visual_toys import Toy

from dlcli.core.errors import ModelError, UsageError
from dlcli.methods import cams
from dlcli.methods.feature_maps import last_map, layouts, named, outputs_of

# One of each of torchvision's families, small where its builder lets it be.
TORCHVISION = {
    "alexnet": "features",
    "convnext_tiny": "features",
    "densenet121": "features",
    "efficientnet_b0": "features",
    "mnasnet0_5": "layers",
    "mobilenet_v2": "features",
    "mobilenet_v3_small": "features",
    "regnet_x_400mf": "trunk_output",
    "regnet_y_400mf": "trunk_output",
    "resnet18": "layer4",
    "shufflenet_v2_x0_5": "conv5",
    "squeezenet1_1": "classifier.2",
}
TIMM = {
    "test_byobnet": "stages",
    "test_convnext": "stages",
    "test_efficientnet": "bn2",
    "test_mambaout": "stages",
    "test_resnet": "layer4",
    "test_vit": "blocks.5.norm1",
    "test_vit2": "blocks",
}
TIMM_SLOW = {
    "cait_xxs24_224": "blocks_token_only.1.norm1",
    "mobilevit_xxs": "final_conv",
    "pit_ti_224": "transformers.2.blocks.3.norm1",
    "xcit_nano_12_p8_224": "cls_attn_blocks.1.norm1",
}


def noise(height, width):
    return torch.randn(1, 3, height, width, generator=torch.Generator().manual_seed(3))


def checked(module, x, expected):
    """Check the layer chosen, and that Grad-CAM's kin find a map in it without more words."""
    torch.manual_seed(0)
    before = torch.get_rng_state()
    name = last_map(module, x)
    assert torch.equal(torch.get_rng_state(), before)
    assert name == expected
    with torch.no_grad():
        for m in module.modules():
            if isinstance(m, nn.Linear) and not m.weight.any():
                m.weight.copy_(torch.randn(m.weight.shape, generator=torch.Generator().manual_seed(0)))
    done = cams.explain(module, x, [name], lambda s: [int(s.argmax())], ["layercam"], layouts(module, x.shape))
    assert not done.failed
    (found,) = done.maps.values()
    assert found.shape == x.shape[2:]
    assert float(found.std()) > 0


@pytest.mark.parametrize("name", list(TORCHVISION))
def test_a_layer_is_chosen_for_each_family_of_torchvision(name):
    torch.manual_seed(0)
    checked(getattr(models, name)().eval(), noise(96, 64), TORCHVISION[name])


def test_a_layer_is_chosen_in_transformers():
    torch.manual_seed(0)
    vit = models.VisionTransformer(
        image_size=64, patch_size=16, num_layers=2, num_heads=2, hidden_dim=16, mlp_dim=32, num_classes=5
    )
    checked(vit.eval(), noise(64, 64), "encoder.layers.encoder_layer_1.ln_1")
    swin = models.SwinTransformer(
        patch_size=[4, 4], embed_dim=8, depths=[1, 1], num_heads=[1, 2], window_size=[4, 4], num_classes=5
    )
    checked(swin.eval(), noise(64, 96), "permute")
    maxvit = models.MaxVit(
        input_size=(64, 64), stem_channels=8, partition_size=2, block_channels=[8, 8], block_layers=[1, 1],
        head_dim=4, stochastic_depth_prob=0.0, num_classes=5,
    )  # fmt: skip
    checked(maxvit.eval(), noise(64, 64), "blocks.1")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "size", "expected"),
    [
        ("vgg11", (64, 96), "features"),
        ("inception_v3", (96, 128), "Mixed_7c"),
        ("googlenet", (64, 96), "inception5b"),
    ],
)
def test_a_layer_is_chosen_in_large_families(name, size, expected):
    torch.manual_seed(0)
    more = {"init_weights": True} if name != "vgg11" else {}
    checked(getattr(models, name)(**more).eval(), noise(*size), expected)


@pytest.mark.parametrize("name", list(TIMM))
def test_a_layer_is_chosen_for_families_of_timm(name):
    torch.manual_seed(0)
    checked(create_model(name).eval(), noise(160, 160), TIMM[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", list(TIMM_SLOW))
def test_a_layer_is_chosen_for_more_families_of_timm(name):
    torch.manual_seed(0)
    side = 256 if name.startswith("mobilevit") else 224
    checked(create_model(name).eval(), noise(side, side), TIMM_SLOW[name])


def test_the_layer_does_not_hang_on_the_picture():
    module = Toy().eval()
    assert last_map(module, torch.zeros(1, 3, 32, 32)) == last_map(module, noise(32, 32)) == "relu"


def test_a_fresh_head_of_zeros_does_not_hide_the_layers_and_stays_as_it_is():
    module = Toy().eval()
    with torch.no_grad():
        module.fc.weight.zero_()
    assert last_map(module, noise(32, 32)) == "relu"
    assert not module.fc.weight.any()


def test_nan_is_no_reason_to_see_no_map():
    module = Toy().eval()
    with torch.no_grad():
        module.conv1.weight.fill_(float("nan"))
    assert last_map(module, noise(32, 32)) == "relu"


def test_a_network_without_maps_is_told():
    module = nn.Sequential(nn.Flatten(), nn.Linear(3 * 8 * 8, 4)).eval()
    with pytest.raises(ModelError, match="no layer keeps rows and columns"):
        last_map(module, noise(8, 8))


def test_names_and_patterns():
    module = Toy()
    assert named(module, "conv?") == ["conv1", "conv2", "conv3"]
    assert named(module, "fc") == ["fc"]
    with pytest.raises(UsageError, match="no layer 'convl'; nearest: conv"):
        named(module, "convl")


Both = collections.namedtuple("Both", "map note")


@pytest.mark.parametrize("kind", ["tuple", "list", "named", "dict"])
def test_outputs_of_layers_that_put_out_several_things(kind):
    class Layer(nn.Module):
        def forward(self, x):
            parts = {"note": "n", "map": x * 2} if kind == "dict" else (x * 2, "n")
            return {"tuple": tuple, "list": list, "named": lambda p: Both(*p), "dict": dict}[kind](parts)

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = Layer()

        def forward(self, x):
            out = self.layer(x)
            assert type(out) is {"tuple": tuple, "list": list, "named": Both, "dict": dict}[kind]
            value = out["map"] if kind == "dict" else out[0]
            return value.relu_()

    module, x = Net(), noise(4, 4)
    with outputs_of(module, ["layer"]) as held:
        answer = module(x)
    assert torch.equal(held["layer"], x * 2)  # the ReLU in place changed a copy
    assert torch.equal(answer, (x * 2).relu())
