"""Learning rates along a network."""

import pytest
import timm.optim
import torch
from torch import nn

from dlcli.core.errors import UsageError
from dlcli.core.schemas import shared
from dlcli.engine import optim
from dlcli.models import catalog, freezing, rates


def meta(name, size=224):
    return catalog.skeleton(name, channels=3, size_px=(size, size), classes=7)


def scales(module, found):
    names = {id(p): n for n, p in module.named_parameters()}
    return {names[id(p)]: g["lr_scale"] for g in found for p in g["params"]}


def test_layers_of_resnet_18():
    layers = rates.depths(meta("resnet18"), "fc")
    tops = [sorted({".".join(n.split(".")[: 2 if n.startswith("layer") else 1]) for n in layer}) for layer in layers]
    blocks = [[f"layer{s}.{b}"] for s in (1, 2, 3, 4) for b in (0, 1)]
    assert tops == [["bn1", "conv1"], *blocks]


@pytest.mark.parametrize(
    ("name", "factor"),
    [("timm:resnet18", 1.0), ("timm:vit_tiny_patch16_224", 1.0), ("imagenet", 0.75)],
)
def test_layer_decay_as_timm_has_it(name, factor):
    """But in ``imagenet`` conv_head is a layer to us; timm takes it and the last block for one."""
    module = meta(name)
    head = catalog.head(module)
    found = scales(module, rates.groups(module, head, 1.0, 0.75))
    theirs = scales(module, timm.optim.param_groups_layer_decay(module, weight_decay=0.0, layer_decay=0.75))
    assert found.keys() == theirs.keys()
    same = (f"{head}.", "conv_head", "bn2")
    for n in found:
        assert found[n] == pytest.approx(theirs[n] * (1.0 if n.startswith(same) else factor)), n


@pytest.mark.parametrize("name", ["vgg11_bn", "densenet121", "vit_b_16", "convnext_tiny", "mobilenet_v3_small"])
def test_every_weight_stands_in_one_layer(name):
    module = meta(name)
    head = catalog.head(module)
    layers = rates.depths(module, head)
    flat = [n for layer in layers for n in layer]
    assert len(flat) == len(set(flat))
    assert set(flat) | {f"{head}.weight", f"{head}.bias"} == {n for n, _ in module.named_parameters()}
    assert len(layers) >= 9  # nothing large is left unopened
    order = {n: k for k, (n, _) in enumerate(module.named_parameters())}
    means = [sum(order[n] for n in layer) / len(layer) for layer in layers]
    assert means == sorted(means)


def test_trunk_rate_and_decay_by_hand():
    module = nn.Sequential(nn.Linear(1, 1), nn.Linear(1, 1), nn.Linear(1, 1))
    freezing.freeze(module, "2", "none")
    groups = rates.groups(module, "2", 0.5, 0.1)
    optimizer = optim.build(shared.Sgd(lr=2.0), groups)
    assert [g["lr"] for g in optimizer.param_groups] == pytest.approx([2.0, 0.1, 0.01])
    optim.set_lr(optimizer, 1.0)
    assert [g["lr"] for g in optimizer.param_groups] == pytest.approx([1.0, 0.05, 0.005])
    before = [p.detach().clone() for p in module.parameters()]
    for p in module.parameters():
        p.grad = torch.ones_like(p)
    optimizer.step()
    moved = [float((b - p.detach()).sum()) for b, p in zip(before, module.parameters(), strict=True)]
    assert moved == pytest.approx([0.005, 0.005, 0.05, 0.05, 1.0, 1.0], abs=1e-6)
    assert rates.described(groups) == "learning rate: head ×1, below it ×0.05 … 0.005 over 2 layers"


def test_frozen_layers_count_for_the_depth_but_have_no_group():
    module = nn.Sequential(*(nn.Linear(1, 1) for _ in range(4)))
    freezing.freeze(module, "3", "2")
    groups = rates.groups(module, "3", 1.0, 0.5)
    assert [g["lr_scale"] for g in groups] == [1.0, 0.25, 0.125]
    assert sum(len(g["params"]) for g in groups) == 6


def test_one_rate_is_one_group_of_what_is_trained():
    module = nn.Sequential(nn.Linear(1, 1), nn.Linear(1, 1))
    freezing.freeze(module, "1", "all-but-last")
    assert rates.groups(module, "1", 1.0, None) == list(module[1].parameters())


@pytest.mark.parametrize(("trunk", "decay", "key"), [(0.1, None, "trunk_lr"), (1.0, 0.5, "layer_decay")])
def test_factors_without_an_effect_are_refused(trunk, decay, key):
    module = nn.Sequential(nn.Linear(1, 1), nn.Linear(1, 1))
    freezing.freeze(module, "1", "all-but-1")
    with pytest.raises(UsageError, match=f"model.{key} has nothing to act on: only the head 1 is trained"):
        rates.groups(module, "1", trunk, decay)


@pytest.mark.parametrize(
    ("name", "args", "block", "auxiliary"),
    [("inception_v1", {}, "blocks.5b.", "auxiliary."), ("googlenet", {"aux_logits": True}, "inception5b.", "aux")],
)
def test_auxiliary_heads_are_no_layers_and_have_the_heads_rate(name, args, block, auxiliary):
    module = catalog.skeleton(name, channels=3, size_px=(64, 64), classes=7, args=args)
    head = catalog.head(module)
    found = scales(module, rates.groups(module, head, 1.0, 0.5))
    assert found.keys() == {n for n, _ in module.named_parameters()}
    assert {v for n, v in found.items() if n.startswith((f"{head}.", auxiliary))} == {1.0}
    assert {v for n, v in found.items() if n.startswith(block)} == {0.5}
    trunk = scales(module, rates.groups(module, head, 0.1, None))
    assert {n for n, v in trunk.items() if v == 1.0} == {n for n in found if n.startswith((f"{head}.", auxiliary))}
