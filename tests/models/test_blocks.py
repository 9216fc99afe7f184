"""Networks by hand: W7 and W8 through their layers, parity with torch, and every key's effect."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlcli.core.errors import UsageError
from dlcli.models import catalog
from dlcli.models.vision.blocks import Cnn, by_hand


def conv(filters=1, **more):
    return {"name": "conv", "filters": filters, **more}


def count(module):
    return sum(p.numel() for p in module.parameters())


def features(layers, shape):
    return by_hand(layers, shape)[0]


def run(layers, x, weight=None):
    """Return what the layers make of one picture, the first one with a filter given."""
    module = features(layers, x.shape).eval()
    if weight is not None:
        first = next(m for m in module.modules() if isinstance(m, nn.Conv2d))
        first.weight.data[:] = weight
    with torch.no_grad():
        return module(x[None])[0]


def test_w7_sizes_and_weights():
    with torch.device("meta"):
        module, shape, _ = by_hand([conv(9, kernel=11)], (3, 36, 36))
        assert (count(module), shape) == (9 * 11 * 11 * 3 + 9, (9, 26, 26)) == (3_276, (9, 26, 26))
        assert module(torch.empty(2, 3, 36, 36)).shape == (2, 9, 26, 26)
        assert by_hand([conv(6, kernel=5)], (1, 28, 28))[1] == (6, 24, 24)
        assert count(features([conv(8, kernel=5)], (3, 32, 32))) == 608
        assert count(features([conv(16, kernel=5)], (8, 32, 32))) == 3_216
        for name in ("cnn", "mlp"):
            args = {"layers": [{"name": "linear", "units": 300}]} | ({"hidden": []} if name == "mlp" else {})
            module = catalog.build(name, channels=3, size_px=(200, 200), classes=10, args=args)
            assert count(module.features) == 36_000_300


def the_x():
    x = -torch.ones(1, 9, 9)
    for k in range(1, 8):
        x[0, k, k] = x[0, k, 8 - k] = 1
    return x


def test_w8_the_x_and_the_diagonal():
    diagonal = (2 * torch.eye(3) - 1) / 9  # the course takes the mean of the 9 products
    layer = conv(bias=False)
    maps = run([layer], the_x(), diagonal)[0]
    assert [round(v, 2) for v in maps[0].tolist()] == [0.78, -0.11, 0.11, 0.33, 0.56, -0.11, 0.33]
    assert [k for k in range(7) if maps[k, k] == pytest.approx(1)] == [1, 2, 4, 5]
    pooled = run([layer, {"name": "activation"}, {"name": "pool", "ceil": True}], the_x(), diagonal)[0]
    assert [[round(v, 2) for v in row] for row in pooled.tolist()] == [
        [1.00, 0.33, 0.56, 0.33], [0.33, 1.00, 0.33, 0.56], [0.56, 0.33, 1.00, 0.11], [0.33, 0.56, 0.11, 0.78],
    ]  # fmt: skip


def test_w8_the_six_by_six_with_stride_and_padding():
    rows = "492583 562403 245452 565478 577921 585384"
    x = torch.tensor([[float(d) for d in row] for row in rows.split()])[None]
    edge = torch.tensor([1.0, 0.0, -1.0]).repeat(3, 1)
    assert run([conv(bias=False)], x, edge)[0, 0, :2].tolist() == [2, 6]
    assert run([conv(bias=False, stride=2)], x, edge)[0, 0].tolist() == [2, -4]
    padded = run([conv(bias=False, padding=1)], x, edge)[0]
    assert (tuple(padded.shape), padded[0, 0].item()) == ((6, 6), -15)


@pytest.mark.parametrize(
    ("block", "same"),
    [
        (conv(4, kernel=[2, 3], stride=[1, 2], padding=[1, 0], dilation=[2, 1], groups=2),
         lambda c, x: F.conv2d(x, c.weight, c.bias, (1, 2), (1, 0), (2, 1), 2)),
        (conv(4, kernel=5, padding="same"), lambda c, x: F.conv2d(x, c.weight, c.bias, padding=2)),
        (conv(4, kernel=3, padding="same", stride=2, dilation=2),
         lambda c, x: F.conv2d(x, c.weight, c.bias, 2, 2, 2)),
        (conv(4, kernel=[2, 3], padding="same", stride=2),
         lambda c, x: F.conv2d(F.pad(x, (1, 1, 0, 1)), c.weight, c.bias, 2)),
        (conv(4, kernel=2, padding="same"), lambda c, x: F.conv2d(F.pad(x, (0, 1, 0, 1)), c.weight, c.bias)),
        ({"name": "pool", "size": [2, 3], "stride": 2, "padding": [1, 1]},
         lambda _, x: F.max_pool2d(x, (2, 3), 2, (1, 1))),
        ({"name": "pool", "kind": "average", "size": 2, "stride": 1}, lambda _, x: F.avg_pool2d(x, 2, 1)),
        ({"name": "pool", "size": 3, "stride": 2, "ceil": True}, lambda _, x: F.max_pool2d(x, 3, 2, ceil_mode=True)),
        ({"name": "global_pool"}, lambda _, x: x.mean((2, 3), keepdim=True)),
        ({"name": "global_pool", "kind": "max"}, lambda _, x: x.amax((2, 3), keepdim=True)),
        ({"name": "flatten"}, lambda _, x: x.flatten(1)),
        ({"name": "linear", "units": 3}, lambda c, x: F.linear(x.flatten(1), c.weight, c.bias)),
        ({"name": "activation", "kind": "tanh"}, lambda _, x: x.tanh()),
        ({"name": "norm"}, lambda _, x: normal(x, (0, 2, 3))),
        ({"name": "norm", "kind": "layer"}, lambda _, x: normal(x, (1, 2, 3))),
        ({"name": "norm", "kind": "instance"}, lambda _, x: normal(x, (2, 3))),
        ({"name": "norm", "kind": "group", "groups": 2}, lambda _, x: F.group_norm(x, 2)),
        ({"name": "norm", "kind": "local_response"}, lambda _, x: alexnets(x)),
    ],
)  # fmt: skip
def test_a_block_is_what_it_says(block, same):
    torch.manual_seed(1)
    x = torch.randn(3, 6, 9, 8) * 3 + 1
    layers, shape, _ = by_hand([block], (6, 9, 8))
    weighted = next((m for m in layers.modules() if hasattr(m, "weight")), None)
    out = layers(x)
    assert tuple(out.shape[1:]) == shape
    torch.testing.assert_close(out, same(weighted, x), atol=1e-4, rtol=1e-4)


def normal(x, over):
    return (x - x.mean(over, keepdim=True)) / (x.var(over, unbiased=False, keepdim=True) + 1e-5).sqrt()


def alexnets(x):
    """Krizhevsky 2012, section 3.3: each map over (2 + 1e-4 · the squares of itself and two neighbors each way)^.75."""
    padded = F.pad(x.square(), (0, 0, 0, 0, 2, 2))
    total = sum(padded[:, k : k + x.shape[1]] for k in range(5))
    return x / (2 + 1e-4 * total) ** 0.75


@pytest.mark.parametrize("at", ["before", "after"])
@pytest.mark.parametrize("norm", ["batch", "layer"])
@pytest.mark.parametrize("kind", ["conv", "linear"])
def test_the_norm_stands_where_the_recipe_says(kind, norm, at):
    size = {"filters": 4} if kind == "conv" else {"units": 4}
    block = {"name": kind, **size, "norm": norm, "norm_at": at, "activation": "relu", "bias": False}
    layers = features([block], (2, 5, 5))[0]
    names = [type(m).__name__ for m in layers if not isinstance(m, nn.Flatten)]
    made = {
        "conv": {"batch": "BatchNorm2d", "layer": "GroupNorm"},
        "linear": {"batch": "BatchNorm1d", "layer": "LayerNorm"},
    }
    expected = [made[kind][norm], "ReLU"]
    assert names[1:] == (expected if at == "before" else expected[::-1])
    assert all(m.bias is None for m in layers if isinstance(m, nn.Conv2d | nn.Linear))
    # Normalized last the units have mean 0; rectified last they are not negative.
    out = layers(torch.randn(8, 2, 5, 5))
    over = (0, *range(2, out.dim())) if norm == "batch" else tuple(range(1, out.dim()))
    assert (out.min() >= 0) == (at == "before")
    assert bool((out.mean(over).abs() < 1e-5).all()) == (at == "after")


def test_dropout_drops_its_share_in_training_only():
    layers = features([{"name": "dropout", "p": 0.25}], (1, 100, 100))
    x = torch.ones(1, 1, 100, 100)
    assert (layers.train()(x) == 0).float().mean().item() == pytest.approx(0.25, abs=0.02)
    assert torch.equal(layers.eval()(x), x)


def test_layer_k_of_the_recipe_is_features_k_and_the_head_is_added():
    layers = [conv(3, norm="batch"), {"name": "pool"}, {"name": "linear", "units": 7}, {"name": "dropout"}]
    module = catalog.build("cnn", channels=1, size_px=(9, 11), classes=5, args={"layers": layers})
    assert isinstance(module.features[1], nn.MaxPool2d)
    assert module.features[2][1].in_features == 3 * 3 * 4
    assert (catalog.head(module), module.head.in_features, module.head.out_features) == ("head", 7, 5)
    assert module.notes == ["(W − F + 2P)/S is not whole, so border pixels are left out: layers.1 (pool 2, stride 2) "
                            "1 row and 1 column of 7×9"]  # fmt: skip
    assert module(torch.randn(2, 1, 9, 11)).shape == (2, 5)


def test_without_a_layer_it_is_softmax_regression():
    assert count(Cnn(1, (28, 28), 10, layers=[])) == 7_850


def test_an_mlp_by_hand_is_the_one_of_hidden_units():
    torch.manual_seed(0)
    hidden = catalog.build("mlp", channels=1, size_px=(5, 4), classes=3, args={"hidden": [6, 4], "activation": "tanh"})
    layers = [{"name": "linear", "units": n, "activation": "tanh"} for n in (6, 4)]
    module = catalog.build("mlp", channels=1, size_px=(5, 4), classes=3, args={"hidden": [], "layers": layers})
    for a, b in zip(module.parameters(), hidden.parameters(), strict=True):
        a.data.copy_(b.data)
    x = torch.randn(4, 1, 5, 4)
    torch.testing.assert_close(module(x), hidden(x))


def test_what_does_not_fit_the_data_names_the_block():
    layers = [conv(6, groups=3), {"name": "pool"}]
    assert Cnn(3, (8, 8), 2, layers=layers)
    with pytest.raises(UsageError, match="3 groups do not divide its 1 channels") as caught:
        catalog.build("cnn", channels=1, size_px=(8, 8), classes=2, args={"layers": layers})
    assert caught.value.key == "model.args.layers.0"


@pytest.mark.parametrize("layers", [[{"name": "nothing"}], [{"name": "conv"}], "conv"])
def test_a_bundle_with_broken_blocks_is_refused(layers):
    with pytest.raises(UsageError, match="cnn does not take args"):
        catalog.build("cnn", channels=1, size_px=(8, 8), classes=2, args={"layers": layers})


@pytest.mark.parametrize("channels", [1, 3])
def test_it_overfits_one_batch(channels):
    torch.manual_seed(0)
    layers = [
        conv(8, padding="same", norm="batch", activation="relu"), {"name": "pool"},
        conv(8, norm="layer", norm_at="after", activation="relu", stride=2),
        {"name": "norm", "kind": "group", "groups": 2},
        {"name": "global_pool"}, {"name": "flatten"}, {"name": "linear", "units": 16, "activation": "relu"},
    ]  # fmt: skip
    module = Cnn(channels, (12, 10), 3, layers=layers)
    x, y = torch.randn(9, channels, 12, 10), torch.arange(9) % 3
    optimizer = torch.optim.Adam(module.parameters(), 0.01)
    for _ in range(100):
        optimizer.zero_grad()
        F.cross_entropy(module(x), y).backward()
        optimizer.step()
    assert all(p.grad is not None for p in module.parameters())
    assert F.cross_entropy(module(x), y).item() < 0.05
