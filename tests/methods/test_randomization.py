"""Weights made random and put back."""

import numpy as np
import pytest
import torch
from torch import nn
from visual_toys import Toy

from dlcli.methods import randomization


class Normed(nn.Module):
    """A net with running statistics, a weight of its own, and layers written in another order than they run."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.head = nn.Linear(6, 3)
        self.norm = nn.BatchNorm2d(6)
        self.conv = nn.Conv2d(3, 6, 3)
        self.scale = nn.Parameter(torch.full((6, 1, 1), 2.0))
        self.norm.running_mean.uniform_()
        self.norm.running_var.uniform_(1, 2)

    def forward(self, x):
        return self.head((self.norm(self.conv(x)) * self.scale).mean((2, 3)))


def numbers(net):
    return {k: v.clone() for k, v in net.state_dict().items()}


def test_layers_come_in_the_order_in_which_they_run():
    found = randomization.weighted_layers(Normed().eval(), torch.zeros(1, 3, 8, 8))
    assert found == ["", "conv", "norm", "head"]


def test_a_part_of_attention_that_does_not_run_itself_comes_behind_the_layer_around():
    class Attends(nn.Module):
        def __init__(self):
            super().__init__()
            self.head, self.attention, self.first = nn.Linear(8, 2), nn.MultiheadAttention(8, 2), nn.Linear(3, 8)

        def forward(self, x):
            tokens = self.first(x.flatten(2).permute(2, 0, 1))
            return self.head(self.attention(tokens, tokens, tokens)[0].mean(0))

    found = randomization.weighted_layers(Attends().eval(), torch.zeros(1, 3, 4, 4))
    assert found == ["first", "attention", "attention.out_proj", "head"]


def test_stages_hold_every_layer_once_and_begin_with_the_head():
    layers = [f"l{n}" for n in range(9)]
    groups = randomization.stages(layers, 4)
    assert groups == [["l8"], ["l7", "l6", "l5"], ["l4", "l3", "l2"], ["l1", "l0"]]
    assert randomization.stages(layers, 1) == [layers]
    assert randomization.stages(layers, 50) == [[n] for n in layers[::-1]]
    assert randomization.stages(["only"], 3) == [["only"]]


@pytest.mark.parametrize("how", ["fresh", "shuffled"])
def test_all_weights_change_and_stand_again_bit_for_bit(how):
    net = Normed().eval()
    before, state = numbers(net), torch.get_rng_state()
    during = {}

    def failing():
        with randomization.put_back(net):
            randomization.randomize(net, ["", "conv", "norm", "head"], how, 7)
            during.update(numbers(net))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()
    same = {k for k in before if torch.equal(before[k], during[k])}
    # Weights and biases of the fresh normalization are 1 and 0, as they were; shuffled, equal numbers stay equal.
    expected = {"norm.weight", "norm.bias", "norm.num_batches_tracked"} | ({"scale"} if how == "shuffled" else set())
    assert same - {"scale"} == expected - {"scale"}
    after = numbers(net)
    assert all(torch.equal(before[k], after[k]) for k in before)
    assert torch.equal(state, torch.get_rng_state())


def test_fresh_statistics_are_those_of_a_new_layer_and_shuffled_ones_stay_in_pairs():
    net = Normed().eval()
    pairs = sorted(zip(net.norm.running_mean.tolist(), net.norm.running_var.tolist(), strict=True))
    with randomization.put_back(net):
        randomization.randomize(net, ["norm"], "shuffled", 1)
        assert sorted(zip(net.norm.running_mean.tolist(), net.norm.running_var.tolist(), strict=True)) == pairs
        randomization.randomize(net, ["norm"], "fresh", 1)
        assert net.norm.running_mean.tolist() == [0] * 6
        assert net.norm.running_var.tolist() == [1] * 6


def test_the_seed_decides_and_only_named_layers_change():
    net = Toy().eval()
    drawn = []
    for seed in (1, 1, 2):
        with randomization.put_back(net):
            before = numbers(net)
            randomization.randomize(net, ["fc", "conv3"], "fresh", seed)
            drawn.append(numbers(net))
            assert {k.split(".")[0] for k in before if not torch.equal(before[k], drawn[-1][k])} == {"fc", "conv3"}
    assert torch.equal(drawn[0]["fc.weight"], drawn[1]["fc.weight"])
    assert not torch.equal(drawn[0]["fc.weight"], drawn[2]["fc.weight"])


def test_likeness_is_spearmans_and_the_share_of_the_top_in_common():
    from scipy.stats import spearmanr

    draw = np.random.default_rng(0)
    a, b = draw.random((6, 5)), np.round(draw.random((6, 5)), 1)
    found, overlap = randomization.alike(a, b)
    assert found == pytest.approx(spearmanr(a.ravel(), b.ravel()).statistic)
    tops = [set(np.argsort(-m.ravel(), kind="stable")[:6]) for m in (a, b)]
    assert overlap == len(tops[0] & tops[1]) / 6
    assert randomization.alike(a, a) == (pytest.approx(1), 1)
    assert randomization.alike(a, -a) == (pytest.approx(-1), 0)
    assert randomization.alike(a, None) == randomization.alike(a, np.zeros((6, 5))) == (0.0, 0.2)
