"""Every network of the zoo learns: ours by heart, the libraries' for some steps in which every weight takes part."""

import pytest
import timm
import torch
from torch import nn
from torch.nn import functional as F
from torchvision.ops import StochasticDepth
from zoo_toys import build

from dlcli.tasks.classify import AUXILIARY_WEIGHT, parted

SMALL = {"width": 0.25, "dropout": 0.0}
NARROW = {"width": 0.125, "dropout": 0.0, "head_width": 32}


@pytest.mark.parametrize(
    ("name", "args", "side"),
    [
        ("vgg_a_lrn", NARROW, 32),
        ("vgg_c", NARROW, 32),
        ("nin", SMALL, 32),
        ("nin", {"variant": "imagenet", "width": 0.125, "dropout": 0.0}, 48),
        ("inception_v1", SMALL, 32),
        ("inception_v1", {**SMALL, "batch_norm": False, "auxiliary": False}, 33),
        ("inception_v2", SMALL, 32),
        ("shufflenet_v1", {"width": 0.25}, 32),
    ],
)
def test_it_learns_eight_pictures_by_heart(name, args, side):
    torch.manual_seed(0)
    module = build(name, size_px=side, classes=4, **args)
    pictures, labels = torch.randn(8, 3, side, side), torch.arange(8) % 4
    optimizer = torch.optim.Adam(module.parameters(), 1e-3)
    for step in range(200):
        module.train()
        optimizer.zero_grad()
        _loss(module(pictures), labels).backward()
        optimizer.step()
        if step % 10 == 9:
            with torch.no_grad():
                right = module.eval()(pictures).argmax(1) == labels
            if right.all():
                return
    pytest.fail(f"{int(right.sum())} of 8 after 200 steps")


@pytest.mark.parametrize("name", ["vgg_a_lrn", "vgg_c", "nin", "inception_v1", "inception_v2", "shufflenet_v1"])
def test_gray_pictures_of_any_shape_and_number_of_classes(name):
    args = {"head_width": 8} if name.startswith("vgg") else {}
    torch.manual_seed(0)
    module = build(name, channels=1, size_px=40, classes=7, width=0.125, **args).train()
    answer = module(torch.randn(2, 1, 40, 40))
    assert parted(answer)[0].shape == (2, 7)
    _loss(answer, torch.tensor([0, 6])).backward()
    assert all(p.grad is not None and bool(p.grad.abs().sum() > 0) for p in module.parameters())
    assert module.eval()(torch.randn(1, 1, 47, 65)).shape == (1, 7)


def _loss(answer, labels):
    scores, auxiliary = parted(answer)
    return F.cross_entropy(scores, labels) + AUXILIARY_WEIGHT * sum(F.cross_entropy(a, labels) for a in auxiliary)


def falls(name, side, args, lr=5e-4):
    """Train for at most eight steps; stop when the loss has fallen and every weight has had a gradient."""
    torch.manual_seed(0)
    module = build(name, size_px=side, classes=3, **args).train()
    for layer in module.modules():  # what is dropped at random hides whether the loss falls
        if isinstance(layer, nn.Dropout | StochasticDepth):
            layer.p = 0.0
    samples = 3 if side < 224 else 2
    pictures, labels = torch.randn(samples, 3, side, side), torch.arange(samples)
    optimizer = torch.optim.Adam(module.parameters(), lr)
    idle = {n for n, p in module.named_parameters() if p.requires_grad}
    losses = []
    for _ in range(8):
        optimizer.zero_grad()
        loss = _loss(module(pictures), labels)
        loss.backward()
        losses.append(loss.item())
        idle -= {n for n, p in module.named_parameters() if p.grad is not None and bool(p.grad.any())}
        if not idle and losses[-1] < losses[0]:
            return
        optimizer.step()
    assert not idle
    assert losses[-1] < losses[0]


TORCHVISION = [
    ("alexnet", 64, {"head_width": 16}),
    ("vgg11", 32, {"head_width": 16}),
    ("googlenet", 64, {"aux_logits": True}),
    ("inception_v3", 299, {"aux_logits": True}),
    ("resnet18", 32, {}),
    ("resnext50_32x4d", 32, {"se_reduction": 16}),
    ("densenet121", 32, {}),
    ("squeezenet1_1", 64, {}),
    ("mobilenet_v2", 32, {}),
    ("mobilenet_v3_small", 32, {}),
    ("shufflenet_v2_x0_5", 32, {}),
    ("mnasnet0_5", 32, {}),
    ("regnet_y_400mf", 32, {}),
    ("efficientnet_b0", 32, {}),
    ("efficientnet_v2_s", 32, {}),
    ("convnext_tiny", 32, {}),
    ("swin_t", 64, {}),
    ("vit_b_32", 64, {}),
    ("maxvit_t", 224, {}),
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "side", "args"), TORCHVISION, ids=[n for n, _, _ in TORCHVISION])
def test_one_of_each_family_of_torchvision_falls(name, side, args):
    falls(name, side, args)


# The smallest network of each family of timm, at 32 px; at more where those leave attention a single position, whose
# scores have no gradient.
TIMM = {
    "byoanet": ("eca_botnext26ts_256", 64), "byobnet": "test_byobnet", "cait": "cait_xxs24_224", "coat": "coat_tiny",
    "convit": "convit_tiny", "convmixer": "convmixer_768_32", "convnext": "test_convnext", "cpubone": "cpubone_nano",
    "crossvit": ("crossvit_tiny_240", 240), "csatv2": ("csatv2", 64), "cspnet": "cs3darknet_focus_s",
    "cspnext": "cspnext_tiny", "davit": "davit_tiny", "deit": "deit_tiny_patch16_224", "densenet": "densenet121",
    "dla": "dla34", "dpn": "dpn48b", "edgenext": "edgenext_xx_small", "efficientformer": ("efficientformer_l1", 224),
    "efficientformer_v2": ("efficientformerv2_s0", 64), "efficientnet": "test_efficientnet",
    "efficientvim": ("efficientvim_m1", 128), "efficientvit_mit": "efficientvit_b0",
    "efficientvit_msra": ("efficientvit_m0", 128), "eva": "eva02_tiny_patch14_224", "fasternet": "fasternet_t0",
    "fastvit": "fastvit_t8", "focalnet": "focalnet_tiny_srf", "gcvit": ("gcvit_xxtiny", 64),
    "ghostnet": "ghostnet_050", "hardcorenas": "hardcorenas_b", "hgnet": "hgnetv2_b0", "hiera": "hiera_tiny_224",
    "hieradet_sam2": "sam2_hiera_tiny", "hrnet": "hrnet_w18_small", "iformer": ("iformer_t", 64),
    "inception_next": "inception_next_atto", "inception_resnet_v2": ("inception_resnet_v2", 75),
    "inception_v3": ("inception_v3", 75), "inception_v4": ("inception_v4", 75), "lcnetv2": "lcnetv2_small",
    "levit": ("levit_128", 128), "lowformer": "lowformer_b0", "mambaout": "test_mambaout",
    "maxxvit": ("test_coatnet", 64), "metaformer": ("poolformer_s12", 64), "mlp_mixer": "gmlp_ti16_224",
    "mobilenetv3": "mobilenetv3_small_050", "mobilevit": "mobilevit_xxs", "mvitv2": ("mvitv2_tiny", 64),
    "nest": "nest_tiny", "nextvit": "nextvit_small", "nfnet": "test_nfnet", "pit": "pit_ti_224", "pvt_v2": "pvt_v2_b0",
    "rdnet": "rdnet_tiny", "regnet": "regnetx_004_tv", "repghost": "repghostnet_050", "repvit": "repvit_m1",
    "res2net": "res2next50", "resnest": "resnest14d", "resnet": "test_resnet", "resnetv2": "resnetv2_18",
    "rexnet": "rexnet_100", "selecsls": "selecsls42", "senet": "legacy_seresnet18", "sequencer": "sequencer2d_s",
    "shvit": "shvit_s1", "sknet": "skresnet18", "starnet": "starnet_s050", "swiftformer": "swiftformer_xs",
    "swin_transformer": ("swin_tiny_patch4_window7_224", 64), "swin_transformer_v2": ("swinv2_tiny_window8_256", 64),
    "swin_transformer_v2_cr": ("swinv2_cr_tiny_224", 64), "tiny_vit": "tiny_vit_5m_224",
    "tnt": "tnt_s_legacy_patch16_224", "tresnet": "tresnet_m", "twins": "twins_svt_small",
    "visformer": "visformer_tiny",
    "vision_transformer": "test_vit", "vision_transformer_hybrid": "vit_tiny_r_s16_p8_224",
    "vision_transformer_relpos": "test_vit_relpos", "vitamin": "vitamin_small_224", "volo": "volo_d1_224",
    "vovnet": "ese_vovnet19b_slim_dw", "xception": "legacy_xception", "xception_aligned": "xception41p",
    "xcit": "xcit_nano_12_p8_224",
}  # fmt: skip
# Families whose smallest network has more than 60 million weights.
TOO_LARGE = {
    *("beit", "deepseek_vit", "gemma4_vit", "mobilenetv5", "naflexvit", "nasnet", "pnasnet", "qwen3_vit", "vgg"),
    "vision_transformer_sam",
}
# What the course names beside the smallest of its family.
NAMED = {"seresnet50": "seresnet50", "mobilenetv1_100": "mobilenetv1_100", "convnextv2_atto": "convnextv2_atto"}


def test_every_family_of_timm_is_here_or_too_large():
    assert set(timm.list_modules()) - TIMM.keys() <= TOO_LARGE


@pytest.mark.slow
@pytest.mark.parametrize("family", [*TIMM, *NAMED])
def test_one_of_each_family_of_timm_falls(family):
    row = {**TIMM, **NAMED}[family]
    name, side = (row, 32) if isinstance(row, str) else row
    falls(f"timm:{name}", side, {})
