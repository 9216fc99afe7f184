"""The networks of ImageNet kind: weights and arithmetic as published, their arguments, their auxiliary heads."""

import pytest
import torch
from torch import nn
from torchvision import models
from zoo_toys import build, count, on_meta, work

from dlcli.core import bundle, recipe
from dlcli.core.errors import ModelError, UsageError
from dlcli.engine.layers import layers
from dlcli.models import catalog, weights
from dlcli.tasks.open import open_model, write_bundle

SCRATCH = {"data.train": ("--data", "x/")}


@pytest.mark.parametrize(
    ("name", "published", "giga"),
    [
        ("alexnet", 61_100_840, 0.71), ("vgg11", 132_863_336, 7.61), ("vgg13", 133_047_848, 11.31),
        ("vgg16", 138_357_544, 15.47), ("vgg19", 143_667_240, 19.63), ("vgg16_bn", 138_365_992, 15.47),
        ("googlenet", 6_624_904, 1.50), ("resnet18", 11_689_512, 1.81), ("resnet34", 21_797_672, 3.66),
        ("resnet50", 25_557_032, 4.09), ("resnet101", 44_549_160, 7.80), ("resnet152", 60_192_808, 11.51),
        ("densenet121", 7_978_856, 2.83), ("mobilenet_v2", 3_504_872, 0.30), ("mobilenet_v3_large", 5_483_032, 0.22),
        ("mobilenet_v3_small", 2_542_856, 0.06), ("squeezenet1_0", 1_248_424, 0.82), ("squeezenet1_1", 1_235_496, 0.35),
        ("shufflenet_v2_x1_0", 2_278_604, 0.145), ("mnasnet1_0", 4_383_312, 0.31), ("efficientnet_b0", 5_288_548, 0.39),
        ("convnext_tiny", 28_589_128, 4.456), ("vit_b_16", 86_567_656, 17.56), ("vit_b_32", 88_224_232, 4.41),
        ("resnext50_32x4d", 25_028_904, 4.23), ("wide_resnet50_2", 68_883_240, 11.40),
    ],
)  # fmt: skip
def test_torchvisions_weights_and_multiply_adds(name, published, giga):
    """The second figure is that of torchvision's tables, which a third decimal there must round to as well."""
    module = on_meta(name)
    assert count(module) == published
    found = work(module) / 1e9
    assert abs(found - giga) <= (0.005 if round(giga, 2) == giga else 0.0006)
    assert abs(found - models.get_model_weights(name).IMAGENET1K_V1.meta["_ops"]) <= 0.0006


@pytest.mark.parametrize(
    ("name", "millions", "side", "giga"),
    [
        ("efficientnet_b4", 19.3, 380, 4.39), ("efficientnet_b7", 66.3, 600, None),
        ("efficientnet_v2_s", 21.5, 384, 8.37), ("efficientnet_v2_m", 54.1, 480, None),
        ("efficientnet_v2_l", 118.5, 480, None), ("convnext_small", 50.2, 224, None),
        ("convnext_base", 88.6, 224, None),
    ],
)  # fmt: skip
def test_larger_ones_to_the_digits_printed(name, millions, side, giga):
    module = on_meta(name, size_px=side)
    assert count(module) / 1e6 == pytest.approx(millions, abs=0.05)
    if giga:
        assert work(module, 3, side, side) / 1e9 == pytest.approx(giga, abs=0.006)


@pytest.mark.parametrize(
    ("name", "args", "published"),
    [
        ("vgg_a_lrn", {}, 132_863_336),
        ("vgg_c", {}, 133_638_952),
        ("inception_v1", {"auxiliary": False}, 7_005_832),
        ("inception_v1", {"auxiliary": False, "batch_norm": False}, 6_998_552),
        ("inception_v1", {"batch_norm": False}, 13_378_280),
        ("inception_v1", {}, 7_005_832 + 6_379_984),
        ("inception_v2", {}, 11_194_984),
        ("nin", {"variant": "imagenet"}, 7_595_176),
        ("resnet50", {"se_reduction": 16}, 28_088_024),
        ("googlenet", {"aux_logits": True}, 13_004_888),
        ("inception_v3", {"aux_logits": True, "size_px": 299}, 27_161_264),
        ("timm:inception_v4", {"size_px": 299}, 42_679_816),
        ("timm:inception_resnet_v2", {"size_px": 299}, 55_843_464),
        ("timm:seresnet50", {}, 28_088_024),
        ("timm:mobilenetv1_100", {}, 4_231_976),
        ("timm:convnextv2_nano", {}, 15_623_800),
    ],
)
def test_published_counts_of_what_torchvision_lacks_or_leaves_out(name, args, published):
    assert count(on_meta(name, **args)) == published


def test_network_in_network_on_cifar_by_hand():
    first = 75 * 192 + 192 + 192 * 160 + 160 + 160 * 96 + 96
    second = 25 * 96 * 192 + 192 + 2 * (192 * 192 + 192)
    third = 9 * 192 * 192 + 192 + 192 * 192 + 192 + 192 * 10 + 10
    assert count(on_meta("nin", size_px=32, classes=10)) == first + second + third == 966_986


def test_inception_v3_and_densenet_do_the_published_work():
    assert work(on_meta("inception_v3", size_px=299), 3, 299, 299) / 1e9 == pytest.approx(5.713, abs=0.0006)


@pytest.mark.parametrize(("groups", "millions"), [(1, 143), (2, 140), (3, 137), (4, 133), (8, 137)])
def test_shufflenet_does_the_papers_work(groups, millions):
    """Table 1 counts convolutions alone: the head's 1000 classes are a million more with eight groups."""
    rows = layers(on_meta("shufflenet_v1", groups=groups).eval(), (3, 224, 224)).rows
    found = sum(r["multiply_adds"] for r in rows if r["type"] == "Conv2d")
    assert round(found / 1e6) == millions


@pytest.mark.parametrize(("width", "millions"), [(0.5, 38)])
def test_half_a_shufflenet_is_about_the_papers(width, millions):
    assert work(on_meta("shufflenet_v1", width=width)) / 1e6 == pytest.approx(millions, rel=0.03)


@pytest.mark.parametrize(
    ("module", "shape", "output", "published"),
    [
        (nn.Conv2d(3, 9, 11), (3, 36, 36), [9, 26, 26], 3_276),
        (nn.Conv2d(1, 1, 5), (1, 28, 28), [1, 24, 24], 26),
        (nn.Conv2d(3, 8, 5), (3, 32, 32), [8, 28, 28], 608),
        (nn.Conv2d(8, 16, 5), (8, 14, 14), [16, 10, 10], 3_216),
    ],
)
def test_w7_sizes(module, shape, output, published):
    (row,) = layers(module, shape).rows
    assert (row["output"], row["weights"]) == (output, published)
    assert output[1] == (shape[1] - module.kernel_size[0] + 2 * module.padding[0]) // module.stride[0] + 1


def test_w7_a_bottleneck_saves_nine_tenths_of_the_multiplications():
    direct = work(nn.Conv2d(192, 32, 5, padding=2), 192, 28, 28)
    through = work(nn.Sequential(nn.Conv2d(192, 16, 1), nn.Conv2d(16, 32, 5, padding=2)), 192, 28, 28)
    assert (direct, through) == (120_422_400, 12_443_648)


def test_w7_a_residual_bottleneck_has_an_eighth_of_the_weights():
    kernels = [nn.Conv2d(256, 64, 1, bias=False), nn.Conv2d(64, 64, 3, bias=False), nn.Conv2d(64, 256, 1, bias=False)]
    assert count(nn.Sequential(*kernels)) == 69_632
    assert count(nn.Conv2d(256, 256, 3, bias=False)) == 589_824
    block = build("resnet50", classes=3).layer1[1]
    assert sum(p.numel() for p in block.parameters() if p.ndim == 4) == 69_632


@pytest.mark.parametrize("name", ["alexnet", "vgg11", "vgg16_bn", "vgg_a_lrn", "vgg_c"])
def test_head_width_is_that_of_both_dense_layers(name):
    module = on_meta(name, head_width=24, classes=5, dropout=0.25)
    dense = [(m.in_features, m.out_features) for m in module.modules() if isinstance(m, nn.Linear)]
    assert dense == [(9216 if name == "alexnet" else 25088, 24), (24, 24), (24, 5)]
    assert {m.p for m in module.modules() if isinstance(m, nn.Dropout)} == {0.25}  # other arguments pass on


@pytest.mark.parametrize(
    ("words", "match"),
    [
        (["model.name=resnet18", "model.args.head_width=3"], "model.args.head_width=3: resnet18 has no head_width"),
        (["model.name=timm:vgg11", "model.args.head_width=3"], "timm:vgg11 has no head_width; .* alexnet, vgg11"),
        (["model.name=vgg11", "model.args.head_width=0"], "head_width=0: must be a whole number from 1 on, not 0"),
        (["model.name=vgg11", "model.args.head_width=wide"], "must be a whole number from 1 on, not 'wide'"),
        (["model.name=vgg11", "model.args.se_reduction=4"], "vgg11 has no se_reduction; .* resnet101"),
        (["model.name=resnet18", "model.args.se_reduction=-1"], "must be a whole number from 0 on, not -1"),
        (["model.name=shufflenet_v1", "model.args.groups=5"], "model.args.groups=5: .* must be one of 1, 2, 3, 4, 8"),
        (["model.name=nin", "model.args.width=0"], "model.args.width=0: .* greater than 0"),
        (["model.name=inception_v2", "model.args.head_width=9"], "model.args.head_width=9: unknown key"),
    ],
)
def test_arguments_a_network_does_not_take_are_located(words, match):
    with pytest.raises(recipe.RecipeError, match=match):
        recipe.resolve("classify/resnet18", words, SCRATCH, command="train")


def test_a_recipe_file_is_told_by_line(tmp_path):
    (tmp_path / "r.yaml").write_text("extends: classify/resnet18\nmodel:\n  args: {head_width: 9}\n")
    with pytest.raises(recipe.RecipeError, match=r"r.yaml:3:\d+: model.args.head_width: resnet18 has no head_width"):
        recipe.resolve(str(tmp_path / "r.yaml"), [], SCRATCH, command="train")


def test_no_squeezing_is_the_librarys_network():
    assert list(on_meta("resnet18", se_reduction=0).state_dict()) == list(models.resnet18().state_dict())


@pytest.mark.parametrize("name", ["resnet18", "resnext50_32x4d", "wide_resnet50_2"])
def test_every_residual_branch_is_squeezed(name):
    plain, squeezed = on_meta(name, classes=3), on_meta(name, classes=3, se_reduction=8)
    blocks = [m for m in plain.modules() if type(m).__name__ in ("BasicBlock", "Bottleneck")]
    outputs = [(m.bn2 if type(m).__name__ == "BasicBlock" else m.bn3).num_features for m in blocks]
    assert count(squeezed) - count(plain) == sum(2 * c * (c // 8) + c // 8 + c for c in outputs)


@pytest.mark.parametrize(
    ("name", "size", "match"),
    [
        ("vgg_c", 31, "VGG needs pictures of at least 32×32 pixels, not 31×31"),
        ("inception_v1", 31, "inception_v1 needs pictures of at least 32×32"),
        ("inception_v2", 20, "inception_v2 needs pictures of at least 32×32"),
        ("shufflenet_v1", 8, "shufflenet_v1 needs pictures of at least 32×32"),
        ("nin", 3, r"nin \(cifar\) needs pictures of at least 4×4"),
    ],
)
def test_pictures_that_are_too_small(name, size, match):
    with pytest.raises(ModelError, match=match):
        on_meta(name, size_px=size)


def test_the_auxiliary_head_of_inception_v3_needs_its_full_size():
    with pytest.raises(ModelError, match="inception_v3 with aux_logits takes pictures of at least 299 px, not 298×298"):
        on_meta("inception_v3", aux_logits=True, size_px=298)
    with pytest.raises(UsageError, match="resnet18 does not take args"):
        on_meta("resnet18", aux_logits=True)


@pytest.mark.parametrize(
    ("name", "args", "heads"),
    [("googlenet", {"aux_logits": True}, 2), ("inception_v1", {}, 2), ("googlenet", {}, 0)],
)
def test_auxiliary_heads_answer_in_training_with_the_datas_classes(name, args, heads, tmp_path):
    args = {**args, "width": 0.125} if name == "inception_v1" else args
    torch.manual_seed(0)
    module = build(name, classes=5, size_px=64, **args)
    pictures = torch.randn(2, 3, 64, 64)
    answer = module.train()(pictures)
    answers = list(answer) if heads else [answer]
    assert [a.shape for a in answers] == [(2, 5)] * (1 + heads)
    head = module.get_submodule(catalog.head(module))
    answers[0].sum().backward()
    assert head.weight.grad is not None  # the first of them is the head's own
    scores = module.eval()(pictures)
    assert scores.shape == (2, 5)
    from dlcli.tasks.open import own_defaults

    args = {**own_defaults(name), **args} if name == "inception_v1" else args
    facts = {"classes": list("abcde"), "size_px": [64, 64], "channels": 3}
    held = bundle.Bundle(
        kind="network", task="classify", model={"name": name, "args": args}, facts=facts, preprocessing=[]
    )
    write_bundle(tmp_path / "model", module, held)
    again = open_model(str(tmp_path / "model")).module
    assert torch.equal(again(pictures), scores)


def test_auxiliary_heads_of_published_weights_become_new_with_the_head():
    original, module = build("googlenet", aux_logits=True), build("googlenet", aux_logits=True, classes=4)
    fresh = weights.load(module, original.state_dict(), "the file", new_head=True)
    assert fresh == [f"{head}.{kind}" for head in ("fc", "aux1.fc2", "aux2.fc2") for kind in ("weight", "bias")]
    assert torch.equal(module.aux1.fc1.weight, original.aux1.fc1.weight)


def test_mnasnet_is_scored_with_statistics_it_has_had():
    """Its own momentum of 0.0003 leaves the running statistics where they began, and scores are nan."""
    torch.manual_seed(0)
    module = build("mnasnet0_5", classes=3, size_px=32)
    pictures = 5 + torch.randn(6, 3, 32, 32)
    with torch.no_grad():
        for _ in range(60):
            trained = module(pictures)
        module.eval()
        for layer in module.modules():  # what is dropped in training only
            assert not isinstance(layer, nn.BatchNorm2d) or layer.momentum == 0.1
        torch.testing.assert_close(module(pictures).abs().mean(), trained.abs().mean(), rtol=0.5, atol=0)
