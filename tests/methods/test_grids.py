import pytest
import torch
from torch import nn

from dlcli.methods.grids import Grid, as_map, fits, grid_of, layouts, tensor_of


@pytest.mark.parametrize(
    ("shape", "size", "expected"),
    [
        ((1, 768, 7, 7), (224, 224), Grid("first", 7, 7)),
        ((1, 7, 7, 768), (224, 224), Grid("last", 7, 7)),
        ((2, 16, 5, 4), (160, 128), Grid("first", 5, 4)),
        ((2, 4, 5, 16), (160, 128), None),
        ((1, 197, 64), (224, 224), Grid("tokens", 14, 14, 1)),
        ((1, 198, 64), (224, 224), Grid("tokens", 14, 14, 2)),
        ((1, 196, 64), (224, 224), Grid("tokens", 14, 14)),
        ((1, 81, 64), (160, 128), Grid("tokens", 10, 8, 1)),
        ((1, 169, 64), (224, 192), Grid("tokens", 14, 12, 1)),
        ((1, 9, 64), (28, 28), Grid("tokens", 2, 2, 5)),
        ((1, 512, 1, 1), (224, 224), None),
        ((1, 1, 1, 512), (224, 224), None),
        ((1, 1000), (224, 224), None),
    ],
)
def test_the_shape_tells_the_grid(shape, size, expected):
    assert grid_of(shape, *size) == expected
    if expected:
        assert fits(expected, shape)
        assert as_map(torch.zeros(shape), expected).shape[2:] == (expected.height, expected.width)


def test_the_places_stay_where_they_are():
    first = torch.arange(24.0).view(1, 2, 3, 4)
    last, tokens = first.permute(0, 2, 3, 1), first.flatten(2).transpose(1, 2)
    before = torch.full((1, 2, 2), -1.0)
    assert torch.equal(as_map(last, Grid("last", 3, 4)), first)
    assert torch.equal(as_map(tokens, Grid("tokens", 3, 4)), first)
    assert torch.equal(as_map(torch.cat([before, tokens], 1), Grid("tokens", 3, 4, 2)), first)


class Named(nn.Module):
    """Puts out what a function makes of its input."""

    def __init__(self, work):
        super().__init__()
        self.work = work

    def forward(self, x):
        return self.work(x)


def chain(**works):
    net = nn.Sequential()
    for name, work in works.items():
        net.add_module(name, work if isinstance(work, nn.Module) else Named(work))
    return net.eval()


def test_rows_are_told_from_as_many_channels():
    net = chain(stem=nn.Conv2d(3, 8, 4, 4), last=lambda x: x.permute(0, 2, 3, 1), norm=nn.LayerNorm(8))
    found = layouts(net, (1, 3, 32, 32))
    assert found == {"stem": Grid("first", 8, 8), "last": Grid("last", 8, 8), "norm": Grid("last", 8, 8)}
    assert grid_of((1, 8, 8, 8), 32, 32).kind == "first"  # what the shape alone would say


def test_what_has_rows_in_other_places_is_no_map():
    class_token = torch.zeros(1, 1, 16, device="meta")
    net = chain(
        stem=nn.Conv2d(3, 16, 4, 4),
        tokens=lambda x: x.flatten(2).transpose(1, 2),
        joined=lambda x: torch.cat([class_token.to(x.device), x], 1),
        heads=lambda x: x.unflatten(2, (2, 8)).transpose(1, 2),
        scores=lambda x: x @ x.transpose(2, 3),
    )
    found = layouts(net, (1, 3, 40, 32))
    assert found["joined"] == Grid("tokens", 10, 8, 1)
    assert found["heads"] is found["scores"] is None
    assert grid_of((1, 2, 81, 64), 160, 128) is not None  # such a shape alone passes for a map


def test_windows_and_transposed_tokens_are_no_maps():
    net = chain(
        stem=nn.Conv2d(3, 16, 4, 4),
        windows=lambda x: x.view(1, 16, 2, 4, 2, 4).permute(0, 2, 4, 3, 5, 1).reshape(4, 16, 16),
        back=lambda x: x.view(1, 2, 2, 4, 4, 16).permute(0, 5, 1, 3, 2, 4).reshape(1, 16, 8, 8),
        scrambled=lambda x: x.view(1, 16, 2, 4, 2, 4).permute(0, 2, 4, 3, 5, 1).reshape(1, 64, 16),
        straight=lambda x: x.view(1, 2, 2, 4, 4, 16).permute(0, 1, 3, 2, 4, 5).reshape(1, 64, 16),
        mixed=lambda x: x.transpose(1, 2),
    )
    assert layouts(net, (1, 3, 32, 32)) == {
        "stem": Grid("first", 8, 8),
        "windows": None,
        "back": Grid("first", 8, 8),
        "scrambled": None,
        "straight": Grid("tokens", 8, 8),
        "mixed": None,
    }


def test_a_network_that_asks_for_values_is_followed_as_far_as_it_goes():
    net = chain(stem=nn.Conv2d(3, 4, 2, 2), asks=lambda x: x if float(x.sum()) > 0 else -x, after=nn.ReLU())
    assert layouts(net, (1, 3, 8, 8)) == {"stem": Grid("first", 4, 4)}


def test_a_layer_with_two_names_keeps_its_weights():
    shared = nn.Conv2d(3, 3, 3, padding=1)
    net = nn.Sequential(shared, nn.Sequential(shared)).eval()
    before = shared.weight
    layouts(net, (1, 3, 8, 8))
    assert net[0].weight is net[1][0].weight is before
    assert before.device.type == "cpu"


def test_the_first_tensor_counts():
    value = torch.zeros(2)
    assert tensor_of(value) is tensor_of((None, value, 3)) is tensor_of({"a": 1, "b": value}) is value
    assert tensor_of((1, None)) is tensor_of(None) is None
