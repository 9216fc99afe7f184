"""What is trained of a network: counts, modes, and what is refused."""

import pytest
import torch
from torch import nn

from dlcli.core.errors import UsageError
from dlcli.models import catalog, freezing

K = 7
# Head: (inputs + 1) times 7 classes; whole: published count less the published head of 1000 classes plus this one.
NETS = {
    "resnet18": ("fc", 513 * K, 11_689_512 - 513 * 1000 + 513 * K, 9_600),
    "vgg11_bn": ("classifier.6", 4097 * K, 132_868_840 - 4097 * 1000 + 4097 * K, 2 * 2_752),
    "mobilenet_v3_small": ("classifier.3", 1025 * K, 2_542_856 - 1025 * 1000 + 1025 * K, None),
    "densenet121": ("classifier", 1025 * K, 7_978_856 - 1025 * 1000 + 1025 * K, None),
    "timm:vit_tiny_patch16_224": ("head", 193 * K, 5_717_416 - 193 * 1000 + 193 * K, 0),
    "imagenet": ("classifier", 1281 * K, 4_652_008 - 1281 * 1000 + 1281 * K, None),
}


def meta(name):
    return catalog.skeleton(name, channels=3, size_px=(224, 224), classes=K)


def trained(module):
    return sum(p.numel() for p in module.parameters() if p.requires_grad)


@pytest.mark.parametrize("name", NETS)
def test_trainable_counts(name):
    head, of_head, whole, of_norm = NETS[name]
    module = meta(name)
    assert catalog.head(module) == head
    for asked, count in (("features", of_head), ("all-but-last", of_head), ("none", whole)):
        freezing.freeze(module, head, asked)
        assert trained(module) == count, asked
    norms = freezing.batch_norms(module)
    if not norms:
        assert of_norm == 0
        with pytest.raises(UsageError, match="batch_norm=frozen: the network has no batch normalization"):
            freezing.freeze(module, head, "none", "frozen")
        return
    freezing.freeze(module, head, "none", "frozen")
    vectors = sum(2 * m.num_features for m in norms)
    assert of_norm in (None, vectors)
    assert trained(module) == whole - vectors


# ResNet-18: conv1 3·64·49 = 9,408; bn1 128; layer1 4 × (64·64·9 + 128) = 147,968; layer4 8,393,728; head 513·7 = 3,591.
@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ("conv1", 11_180_103 - 9_408),
        ("conv1,bn1,layer1*", 11_180_103 - 9_408 - 128 - 147_968),
        ("layer[123]*", 11_180_103 - 147_968 - 525_568 - 2_099_712),
        ("all-but-layer4*", 8_393_728 + 3_591),
        ("all-but-layer4.1,layer4.0.conv2", 4_720_640 + 2_359_296 + 3_591),
        ("all-but-fc", 3_591),
        ("*.bn?.weight", 11_180_103 - 4 * (64 + 128 + 256 + 512)),
    ],
)
def test_counts_by_pattern(asked, count):
    module = meta("resnet18")
    freezing.freeze(module, "fc", asked)
    assert trained(module) == count


@pytest.mark.parametrize(
    ("asked", "match"),
    [
        ("lyer4", "no layer fits 'lyer4'; nearest: layer4"),
        ("conv1,nothing", "no layer fits 'nothing'"),
        ("feature", "no layer fits 'feature'; nearest: features"),
        ("all-but-head", "no layer fits 'head'"),
        ("*", "would freeze everything"),
        ("fc", "would freeze the head fc, which is always trained"),
        ("all-but-*", "leaves nothing frozen; that is none"),
    ],
)
def test_refused_with_the_layers_there_are(asked, match):
    with pytest.raises(UsageError, match=match) as caught:
        freezing.freeze(meta("resnet18"), "fc", asked)
    assert caught.value.key == "model.freeze"
    assert "conv1, bn1, layer1, layer2, layer3, layer4, fc; its head: fc" in caught.value.hint


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Dropout())
        self.second = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4))
        self.last = nn.Sequential(nn.Dropout(), nn.Linear(4, 2))

    def forward(self, x):
        return self.last(self.second(self.first(x)))


# Which of first.1 (norm), first.3 (dropout), second.1 (norm), last.0 (dropout) are in training mode.
@pytest.mark.parametrize(
    ("asked", "batch_norm", "modes"),
    [
        ("none", "auto", (1, 1, 1, 1)),
        ("none", "frozen", (0, 1, 0, 1)),
        ("features", "auto", (0, 0, 0, 0)),
        ("all-but-last", "auto", (0, 0, 0, 1)),
        ("all-but-last", "train", (1, 0, 1, 1)),
        ("first", "auto", (0, 0, 1, 1)),
        ("first", "frozen", (0, 0, 0, 1)),
        ("first.0", "auto", (1, 1, 1, 1)),
        ("all-but-second", "train", (1, 0, 1, 1)),
    ],
)
def test_modes_and_statistics(asked, batch_norm, modes):
    torch.manual_seed(0)
    module = Net()
    freezing.freeze(module, "last.1", asked, batch_norm)
    freezing.train_mode(module, "last.1", asked, batch_norm)
    layers = (module.first[1], module.first[3], module.second[1], module.last[0])
    assert tuple(int(m.training) for m in layers) == modes
    module(torch.randn(8, 3)).sum().backward()
    moved = [bool(m.running_mean.abs().sum() > 0) for m in (module.first[1], module.second[1])]
    assert moved == [bool(modes[0]), bool(modes[2])]
    got = {n for n, p in module.named_parameters() if p.grad is not None}
    assert got == {n for n, p in module.named_parameters() if p.requires_grad}
    assert {"last.1.weight", "last.1.bias"} <= got


def test_mode_of_a_network_without_batch_norm():
    with pytest.raises(UsageError, match="batch_norm=train: the network has no batch normalization"):
        freezing.freeze(nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2)), "1", "none", "train")
