"""FractalNet: the fractal by hand, its drop-path, its columns."""

import itertools

import pytest
import torch
from small_nets import net
from torch import nn

from dlcli.models import catalog
from dlcli.models.vision.fractalnet import FractalBlock
from dlcli.tasks.open import own_defaults


def every(ends):
    return ends


def only(number):
    return lambda ends: [number] if number in ends else []


@pytest.fixture
def block():
    torch.manual_seed(0)
    return FractalBlock(3, 4, 3, 0.0).eval()


def test_three_columns_by_hand(block):
    """Columns of 1, 2 and 4 convolutions; the joins after rows 1 to 4 have 1, 2, 1 and 3 inputs."""
    (a1,), (b1, b2), (c1, c2, c3, c4) = block.columns
    x = torch.randn(2, 3, 6, 6)
    second = (b1(x) + c2(c1(x))) / 2
    expected = (a1(x) + b2(second) + c4(c3(second))) / 3
    torch.testing.assert_close(block(x, every), expected)


def test_it_is_the_papers_recursion(block):
    """f₃ = (f₂ ∘ f₂) and a convolution, where the last join of f₂ is part of the join of f₃."""
    (a1,), (b1, b2), (c1, c2, c3, c4) = block.columns

    def inside(x, short, first, second):
        return short(x), second(first(x))

    x = torch.randn(1, 3, 6, 6)
    half = sum(inside(x, b1, c1, c2)) / 2
    torch.testing.assert_close(block(x, every), (sum(inside(half, b2, c3, c4)) + a1(x)) / 3)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_single_column_is_a_plain_network(block, number):
    x = torch.randn(2, 3, 6, 6)
    torch.testing.assert_close(block(x, only(number)), nn.Sequential(*block.columns[number])(x))


@pytest.mark.parametrize("number", [0, 1, 2])
def test_global_drop_path_is_one_column_through_the_whole_network(number):
    module = net("fractalnet", global_share=1.0).eval()
    pictures = torch.randn(2, 3, 16, 16)
    plain = nn.Sequential(
        *(layer for b in module.blocks for layer in (*b.columns[number], nn.MaxPool2d(2))), module.pool, module.head
    )
    torch.testing.assert_close(module.column(pictures, number), plain(pictures))
    columns = [module.column(pictures, c) for c in range(3)]
    module.training = True  # the normalizations stay as they are in use
    seen = []
    for seed in range(12):
        torch.manual_seed(seed)
        scores = module(pictures)
        seen += [c for c, alone in enumerate(columns) if torch.equal(scores, alone)]
    assert len(seen) == 12
    assert number in seen


def test_in_use_all_columns_are_joined():
    module = net("fractalnet").eval()
    pictures = x = torch.randn(2, 3, 16, 16)
    for b in module.blocks:
        x = nn.functional.max_pool2d(b(x, every), 2)
    torch.testing.assert_close(module(pictures), module.head(x.mean((2, 3))))
    assert not torch.allclose(module(pictures), module.column(pictures, 0))


def test_local_drop_path_keeps_at_least_one_and_drops_as_often_as_said():
    module = net("fractalnet", local_drop=0.3)
    torch.manual_seed(0)
    kept = [tuple(module._local([0, 1])) for _ in range(3000)]
    share = {k: kept.count(k) / 3000 for k in set(kept)}
    # both dropped (0.09): one of them stays, either as often
    assert share == pytest.approx({(0, 1): 0.49, (0,): 0.255, (1,): 0.255}, abs=0.03)
    always = net("fractalnet", local_drop=0.99)
    assert {len(always._local([0, 1, 2])) for _ in range(50)} == {1}
    assert {always._local([2])[0] for _ in range(50)} == {2}


def test_half_of_the_batches_are_global():
    module = net("fractalnet", local_drop=0.0).eval()
    pictures = torch.randn(1, 3, 4, 4)
    whole = module(pictures)
    module.training = True
    torch.manual_seed(0)
    share = sum(not torch.equal(module(pictures), whole) for _ in range(300)) / 300
    assert share == pytest.approx(0.5, abs=0.09)


def test_dropped_paths_get_no_gradient_and_kept_ones_do():
    module = net("fractalnet", global_share=1.0)
    module(torch.randn(4, 3, 16, 16)).sum().backward()
    moved = [all(p.grad is not None for p in b.columns[c].parameters()) for b in module.blocks for c in range(3)]
    still = [all(p.grad is None for p in b.columns[c].parameters()) for b in module.blocks for c in range(3)]
    assert sorted(moved[:3]) == [False, False, True]
    assert moved[:3] == moved[3:]
    assert still == [not m for m in moved]


def test_dropout_rises_block_by_block():
    module = catalog.skeleton(
        "fractalnet", channels=3, size_px=(32, 32), classes=10, args={**own_defaults("fractalnet"), "dropout": 0.4}
    )
    rates = [{m.p for m in b.modules() if isinstance(m, nn.Dropout)} for b in module.blocks]
    assert [sorted(r) for r in rates] == [[], *([pytest.approx(r)] for r in (0.1, 0.2, 0.3, 0.4))]
    first = [type(m).__name__ for m in module.blocks[1].columns[0][0]]
    assert first == ["Conv2d", "Dropout", "BatchNorm2d", "ReLU"]


def test_the_deepest_column_has_20_convolutions_and_32_pixels_become_one():
    args = own_defaults("fractalnet")
    module = catalog.skeleton("fractalnet", channels=3, size_px=(32, 32), classes=10, args=args)
    assert sum(len(b.columns[-1]) for b in module.blocks) == 20
    sizes = []
    module.halve.register_forward_hook(lambda _, __, out: sizes.append(out.shape[-1]))
    module.eval()(torch.zeros(1, 3, 32, 32, device="meta"))
    assert sizes == [16, 8, 4, 2, 1]


def test_columns_and_filters_say_how_large_it_is():
    for columns, filters in itertools.product((1, 2, 4), ([4], [4, 8])):
        module = net("fractalnet", columns=columns, filters=filters)
        convolutions = [m for m in module.modules() if isinstance(m, nn.Conv2d)]
        assert len(convolutions) == len(filters) * (2**columns - 1)
        assert module.head.in_features == filters[-1]
