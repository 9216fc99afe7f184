"""Residual, wide, aggregated and dense networks for 32×32 pictures: counts, learning, and their parts by hand."""

import pytest
import torch
import torch.nn.functional as F
from small_nets import SMALL, net, steps_until_learnt
from torch import nn

from dlcli.core.errors import ModelError
from dlcli.core.recipe import RecipeError, resolve
from dlcli.models import catalog, own
from dlcli.models.vision.densenet_cifar import DenseLayer
from dlcli.models.vision.resnet_cifar import Unit
from dlcli.models.vision.wide_resnet import WideUnit
from dlcli.tasks.open import own_defaults

PUBLISHED = {
    "resnet20": 269_722,
    "resnet32": 464_154,
    "resnet44": 658_586,
    "resnet56": 853_018,
    "resnet110": 1_727_962,
    "preresnet20": 269_722,  # as many maps are normalized, in other places
    "preresnet110": 1_727_962,
    "stochastic_resnet110": 1_727_962,
    "se_resnet20": 269_722 + 3 * ((2 * 16 + 17) + (2 * 2 * 32 + 34) + (2 * 4 * 64 + 68)),
    "wide_resnet": 36_479_194,
    "resnext29": 34_426_698,
    "densenet_bc": 769_162,
    "fractalnet": 33_698_880 + 7 * 2 * (64 + 128 + 256 + 512 + 512) + 5_130,
    "vit": 48 * 192 + 67 * 192 + 6 * (12 * 192**2 + 13 * 192) + 2 * 192 + 1_930,
}


def meta(name, **args):
    given = {**own_defaults(name), **args}
    return catalog.skeleton(name, channels=3, size_px=(32, 32), classes=10, args=given)


@pytest.mark.parametrize("name", PUBLISHED)
def test_counts(name):
    module = meta(name)
    assert sum(p.numel() for p in module.parameters()) == PUBLISHED[name]
    assert own.typical(name) == own.CIFAR
    assert catalog.head(module) == "head"
    assert module.eval()(torch.zeros(2, 3, 32, 32, device="meta")).shape == (2, 10)


@pytest.mark.parametrize(
    ("name", "args", "millions"),
    [
        ("wide_resnet", {"depth": 40, "width": 4}, 8.9),
        ("wide_resnet", {"depth": 16, "width": 8}, 11.0),
        ("wide_resnet", {"depth": 22, "width": 8}, 17.2),
        ("resnext29", {"cardinality": 16}, 68.1),
        ("densenet_bc", {"depth": 250, "growth": 24}, 15.3),
        ("densenet_bc", {"depth": 190, "growth": 40}, 25.6),
    ],
)
def test_arguments_count_as_in_the_papers(name, args, millions):
    # 68.155 M of ResNeXt-29 16×64d are printed as 68.1
    assert sum(p.numel() for p in meta(name, **args).parameters()) / 1e6 == pytest.approx(millions, abs=0.06)


def test_projections_have_weights_and_normalizations():
    counts = [sum(p.numel() for p in meta("resnet20", shortcut=s).parameters()) for s in ("pad", "projection")]
    assert counts[1] - counts[0] == 16 * 32 + 32 * 64 + 2 * (32 + 64)


@pytest.mark.parametrize("name", SMALL)
def test_one_batch_is_learnt_by_heart(name):
    torch.manual_seed(0)
    module = net(name)
    pictures, labels = torch.randn(16, 3, 16, 16), torch.arange(16) % 4
    assert steps_until_learnt(module, pictures, labels, 1e-2 if name == "fractalnet" else 3e-3) is not None


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize(("channels", "size_px", "classes"), [(1, (28, 28), 2), (3, (20, 33), 5)])
def test_gray_or_color_any_size_and_classes_and_each_weight_has_a_gradient(name, channels, size_px, classes):
    still = {"stochastic_depth": 0.0} if "resnet" in name and name != "wide_resnet" else {}
    still |= {"local_drop": 0.0, "global_share": 0.0} if name == "fractalnet" else {}
    module = net(name, channels, size_px, classes, **still)
    scores = module(torch.randn(3, channels, *size_px))
    assert scores.shape == (3, classes)
    scores.square().sum().backward()
    assert [n for n, p in module.named_parameters() if p.grad is None or not p.grad.any()] == []


@pytest.mark.parametrize("name", SMALL)
def test_in_use_nothing_is_drawn(name):
    module = net(name).eval()
    pictures, state = torch.randn(2, 3, 16, 16), torch.get_rng_state()
    torch.testing.assert_close(module(pictures), module(pictures), rtol=0, atol=0)
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize("name", ["stochastic_resnet110", "fractalnet", "wide_resnet", "densenet_bc", "vit"])
def test_what_is_drawn_in_training_comes_from_the_one_seeded_generator(name):
    module, pictures = net(name), torch.randn(4, 3, 16, 16)

    def scores(seed):
        torch.manual_seed(seed)
        return module(pictures)

    first = scores(0)
    assert torch.equal(scores(0), first)
    assert any(not torch.equal(scores(seed), first) for seed in range(1, 6))


def unit(inputs=4, outputs=8, stride=2, **said):
    plain = {"shortcut": "pad", "preactivation": False, "first": False, "drop": 0.0, "se_reduction": 0}
    made = Unit(inputs, outputs, stride, **{**plain, **said}).eval()
    for norm in (m for m in made.modules() if isinstance(m, nn.BatchNorm2d)):  # so that its place shows
        nn.init.uniform_(norm.weight, 0.5, 1.5)
        nn.init.uniform_(norm.bias, -0.5, 0.5)
    return made


def conv(layer, x):
    return F.conv2d(x, layer.weight, stride=layer.stride, padding=layer.padding)


def test_a_plain_unit_and_its_shortcut_of_zeros_by_hand():
    made, x = unit(), torch.randn(2, 4, 6, 6)
    carried = torch.zeros(2, 8, 3, 3)
    carried[:, :4] = x[:, :, ::2, ::2]
    residual = made.norm2(conv(made.conv2, F.relu(made.norm1(conv(made.conv1, x)))))
    torch.testing.assert_close(made(x), F.relu(carried + residual))
    torch.testing.assert_close(made.shortcut(x), carried)
    odd = torch.randn(1, 4, 7, 5)
    assert made.shortcut(odd).shape == made.conv1(odd).shape == (1, 8, 4, 3)
    assert list(made.shortcut.parameters()) == []


def test_a_projection_by_hand():
    made, x = unit(shortcut="projection"), torch.randn(2, 4, 6, 6)
    weight = made.shortcut[0].weight[:, :, 0, 0]
    carried = torch.einsum("oi,bihw->bohw", weight, x[:, :, ::2, ::2])
    torch.testing.assert_close(made.shortcut[0](x), carried)
    residual = made.norm2(conv(made.conv2, F.relu(made.norm1(conv(made.conv1, x)))))
    torch.testing.assert_close(made(x), F.relu(made.shortcut[1](carried) + residual))


def test_a_preactivation_unit_by_hand():
    made, x = unit(preactivation=True), torch.randn(2, 4, 6, 6)
    active = F.relu(made.norm1(x))
    residual = conv(made.conv2, F.relu(made.norm2(conv(made.conv1, active))))
    torch.testing.assert_close(made(x), made.shortcut(x) + residual)  # the sum's own values go on, below zero too
    assert (made(x) < 0).any()
    projecting = unit(preactivation=True, shortcut="projection")
    assert isinstance(projecting.shortcut[-1], nn.Conv2d)
    active = F.relu(projecting.norm1(x))
    residual = conv(projecting.conv2, F.relu(projecting.norm2(conv(projecting.conv1, active))))
    torch.testing.assert_close(projecting(x), conv(projecting.shortcut[0], active) + residual)
    first = unit(4, 4, 1, preactivation=True, first=True)
    active = F.relu(first.norm1(x))
    residual = conv(first.conv2, F.relu(first.norm2(conv(first.conv1, active))))
    torch.testing.assert_close(first(x), active + residual)


def test_the_preactivation_network_normalizes_once_more_at_the_end_and_not_at_the_start():
    plain, pre = net("resnet20"), net("resnet20", preactivation=True)
    kinds = [[type(m).__name__ for m in part] for net_ in (plain, pre) for part in (net_.stem, net_.pool)]
    assert kinds == [
        ["Conv2d", "BatchNorm2d", "ReLU"], ["AdaptiveAvgPool2d", "Flatten"],
        ["Conv2d"], ["BatchNorm2d", "ReLU", "AdaptiveAvgPool2d", "Flatten"],
    ]  # fmt: skip
    assert [u.shares_activation for u in pre.units] == [True, False, False]


def test_stages_have_n_units_and_halve_the_picture_twice():
    module, seen = net("resnet20", depth=14, width=4, size_px=(32, 32)), []
    for u in module.units:
        u.register_forward_hook(lambda _, __, out: seen.append(tuple(out.shape[1:])))
    module(torch.randn(2, 3, 32, 32))
    assert seen == [(4, 32, 32)] * 2 + [(8, 16, 16)] * 2 + [(16, 8, 8)] * 2


def test_squeeze_and_excitation_weighs_the_residual_and_not_the_shortcut():
    made, x = unit(4, 4, 1, se_reduction=2), torch.randn(2, 4, 6, 6)
    residual = made.norm2(conv(made.conv2, F.relu(made.norm1(conv(made.conv1, x)))))
    torch.testing.assert_close(made(x), F.relu(x + made.excite(residual)))
    assert not torch.allclose(made.excite(residual), residual)


def test_probabilities_decay_in_a_line():
    drops = [u.drop for u in meta("stochastic_resnet110").units]
    assert len(drops) == 54
    assert drops == pytest.approx([0.5 * k / 54 for k in range(1, 55)])
    assert sum(1 - d for d in drops) == pytest.approx(40.25)  # the paper's 40 blocks in expectation, section 3
    assert all(u.drop == 0 for u in meta("resnet110").units)


def test_a_unit_left_out_is_the_identity_and_in_use_the_sum_is_the_expectation():
    made, x = unit(4, 4, 1, preactivation=True, drop=0.25), torch.randn(2, 4, 6, 6)
    used = made(x)
    made.train()
    for norm in (made.norm1, made.norm2):
        norm.eval()  # so that only being left out is random
    torch.manual_seed(0)
    outputs = [made(x) for _ in range(400)]
    left_out = [torch.equal(o, x) for o in outputs]
    (there,) = {tuple(o.flatten().tolist()) for o, out in zip(outputs, left_out, strict=True) if not out}
    there = torch.tensor(there).view_as(x)
    torch.testing.assert_close(used, 0.25 * x + 0.75 * there)
    assert 70 <= sum(left_out) <= 130  # 100 expected, deviation 8.7


def test_a_unit_left_out_costs_nothing_and_learns_nothing():
    made = unit(4, 4, 1, drop=0.999).train()
    torch.manual_seed(0)
    x = torch.randn(2, 4, 6, 6, requires_grad=True)
    made(x).sum().backward()
    assert [p.grad for p in made.parameters()] == [None] * 6
    assert torch.equal(x.grad, (x > 0).float())
    assert int(made.norm1.num_batches_tracked) == 0


def test_a_wide_unit_by_hand():
    made, x = WideUnit(4, 8, 2, 0.0).eval(), torch.randn(2, 4, 6, 6)
    active = F.relu(made.activate[0](x))
    residual = conv(made.residual[3], F.relu(made.residual[1](conv(made.residual[0], active))))
    torch.testing.assert_close(made(x), conv(made.projection, active) + residual)
    same = WideUnit(4, 4, 1, 0.0).eval()
    torch.testing.assert_close(same(x), x + same.residual(same.activate(x)))
    dropping = WideUnit(4, 4, 1, 0.3)
    assert [type(m).__name__ for m in dropping.residual] == ["Conv2d", "BatchNorm2d", "ReLU", "Dropout", "Conv2d"]
    assert dropping.residual[3].p == 0.3


def test_a_wide_network_of_width_one_keeps_its_first_unit_and_halves_twice():
    strides = [
        u.residual[0].stride[0] for u in net("wide_resnet", depth=16, width=1).features if hasattr(u, "residual")
    ]
    assert strides == [1, 1, 2, 1, 2, 1]
    assert net("wide_resnet", depth=10, width=1).features[1].projection is None


def test_groups_are_the_sum_of_paths():
    """Figure 3 of the paper: C groups side by side equal C paths of their own, added."""
    (first, *_) = [u for u in net("resnext29").eval().features if hasattr(u, "residual")]
    x = torch.randn(1, 8, 5, 5)
    reduce, norm1, _, grouped, norm2, _, expand, norm3 = first.residual
    assert grouped.groups == 2
    inside = F.relu(norm1(reduce(x)))
    paths = []
    for c in range(2):
        own_maps = slice(4 * c, 4 * c + 4)
        whole = torch.zeros(1, 8, 5, 5)
        whole[:, own_maps] = F.conv2d(inside[:, own_maps], grouped.weight[own_maps], padding=1)
        path = torch.zeros_like(whole)
        path[:, own_maps] = F.relu(norm2(whole))[:, own_maps]
        paths.append(expand(path))
    torch.testing.assert_close(first(x), F.relu(first.shortcut(x) + norm3(sum(paths))))


def test_maps_of_dense_blocks_by_hand():
    """Depth 100, k = 12: 24 maps, 16 layers a block; 24 + 192 = 216 → 108, 300 → 150, 342."""
    layers = meta("densenet_bc").features
    dense = [m for m in layers if isinstance(m, DenseLayer)]
    assert len(dense) == 48
    convolutions = [(m.in_channels, m.out_channels) for m in layers if isinstance(m, nn.Conv2d)]
    assert convolutions == [(3, 24), (216, 108), (300, 150)]
    assert [d.new[0].num_features for d in dense[:3]] == [24, 36, 48]
    assert [(m.in_channels, m.out_channels) for m in dense[17].new if isinstance(m, nn.Conv2d)] == [(120, 48), (48, 12)]
    assert meta("densenet_bc").head.in_features == 342


def test_a_transition_keeps_the_share_asked_for():
    kept = [m.out_channels for m in meta("densenet_bc", compression=1.0).features if isinstance(m, nn.Conv2d)]
    assert kept == [24, 216, 408]


def test_widths_of_the_aggregated_network():
    (first, *_, last) = [u for u in meta("resnext29", base_width=4, width=32).features if hasattr(u, "residual")]
    assert [(m.in_channels, m.out_channels) for m in first.residual if isinstance(m, nn.Conv2d)] == [
        (32, 32), (32, 32), (32, 128)
    ]  # fmt: skip
    assert [(m.in_channels, m.out_channels) for m in last.residual if isinstance(m, nn.Conv2d)] == [
        (512, 128), (128, 128), (128, 512)
    ]  # fmt: skip


def test_a_dense_layer_keeps_what_came_and_adds_k_maps():
    made, x = DenseLayer(6, 4, 0.0).eval(), torch.randn(2, 6, 5, 5)
    inside = conv(made.new[2], F.relu(made.new[0](x)))
    new = conv(made.new[5], F.relu(made.new[3](inside)))
    torch.testing.assert_close(made(x), torch.cat([x, new], 1))
    dropping = [type(m).__name__ for m in DenseLayer(6, 4, 0.2).new]
    assert dropping == ["BatchNorm2d", "ReLU", "Conv2d", "Dropout", "BatchNorm2d", "ReLU", "Conv2d", "Dropout"]


def test_dropout_of_transitions():
    count = sum(isinstance(m, nn.Dropout) for m in net("densenet_bc", depth=16, dropout=0.2).modules())
    assert count == 2 * 6 + 2  # each convolution but the first


def test_smallest_pictures():
    with pytest.raises(ModelError, match="densenet_bc needs pictures of at least 4×4 pixels, not 3×9"):
        net("densenet_bc", size_px=(3, 9))
    for name in SMALL.keys() - {"densenet_bc", "vit"}:
        assert net(name, size_px=(1, 1)).eval()(torch.randn(1, 3, 1, 1)).shape == (1, 4)


@pytest.mark.parametrize(
    ("name", "word", "message"),
    [
        ("resnet20", "depth=21", "must be 6n \\+ 2 \\(8, 14, 20 …\\), not 21"),
        ("resnet110", "depth=2", "must be 6n \\+ 2 \\(8, 14, 20 …\\), not 2"),
        ("wide_resnet", "depth=20", "must be 6n \\+ 4 \\(10, 16, 22 …\\), not 20"),
        ("resnext29", "depth=30", "must be 9n \\+ 2 \\(11, 20, 29 …\\), not 30"),
        ("densenet_bc", "depth=98", "must be 6n \\+ 4 \\(10, 16, 22 …\\), not 98"),
        ("vit", "heads=5", "heads must divide width, and 5 does not divide 192"),
    ],
)
def test_arguments_that_fit_no_network_are_refused_before_torch(name, word, message):
    words = [f"model.name={name}", f"model.args.{word}"]
    with pytest.raises(RecipeError, match=f"model.args.{word}: {message}"):
        resolve("classify/lenet-digits", words, command="train")


@pytest.mark.parametrize(("name", "args"), [("resnet20", {"width": 32}), ("densenet_bc", {"growth": 32})])
def test_convolutions_start_as_he_says(name, args):
    torch.manual_seed(0)
    layers = [m for m in net(name, **args).modules() if isinstance(m, nn.Conv2d) and m.weight.numel() > 2000]
    assert len(layers) > 5
    for layer in layers:
        expected = (2 / (layer.kernel_size[0] ** 2 * layer.out_channels)) ** 0.5
        assert float(layer.weight.detach().std()) == pytest.approx(expected, rel=0.1)
