"""Sizes of layers by hand: W7, torch's own arithmetic, what does not fit and what is left out."""

import itertools

import pytest
import torch
from torch import nn

from dlcli.core import layer_sizes
from dlcli.core.layer_sizes import Misfit, output_size, start, steps, unseen_note
from dlcli.core.schemas import blocks


def sizes(layers, before):
    return [s.after for s in steps(blocks.read(layers), before)]


def conv(**more):
    return {"name": "conv", "filters": 4, **more}


@pytest.mark.parametrize(("w", "f", "out"), [(36, 11, 26), (28, 5, 24), (32, 5, 28), (5, 5, 1), (4, 5, 0)])
def test_w7_a_filter_without_padding(w, f, out):
    assert output_size(w, f, stride=1, padding=0) == out


def test_w7_alexnets_first_layer_and_a_padded_stride():
    assert output_size(227, 11, stride=4, padding=0) == 55
    assert output_size(7, 3, stride=2, padding=0) == 3
    assert output_size(7, 3, stride=3, padding=1) == 3
    assert output_size(7, 3, stride=1, padding=0, dilation=2) == 3


def test_every_window_gives_torchs_size():
    """All small cases: with torch's own layers on the meta device, and refused where torch refuses."""
    tried = 0
    for w, f, s, p, d in itertools.product((1, 2, 3, 4, 5, 7), (1, 2, 3, 4), (1, 2, 3), (0, 1, 2), (1, 2)):
        for layer, ceil in ((nn.Conv1d, False), (nn.MaxPool1d, False), (nn.MaxPool1d, True)):
            pool = layer is nn.MaxPool1d
            if pool and (2 * p > f or d > 1):
                continue
            make = nn.MaxPool1d(f, s, p, ceil_mode=ceil) if pool else nn.Conv1d(1, 1, f, s, p, d)
            out = output_size(w, f, stride=s, padding=p, dilation=d, ceil=ceil)
            tried += 1
            if out < 1:
                with pytest.raises(RuntimeError, match=r"too small|greater than|output size"):
                    make.to("meta")(torch.empty(1, 1, w, device="meta"))
            else:
                assert make.to("meta")(torch.empty(1, 1, w, device="meta")).shape[-1] == out, (w, f, s, p, d, ceil)
    assert tried > 500


def test_both_directions_and_every_block():
    layers = [
        conv(kernel=[3, 5], stride=[1, 2], padding=[1, 0]),
        "pool",
        {"name": "pool", "size": 3, "stride": 2, "ceil": True},
        conv(padding="same", stride=2),
        "norm",
        "global_pool",
        "flatten",
        {"name": "linear", "units": 7},
        "dropout",
    ]
    layers = [{"name": x} if isinstance(x, str) else x for x in layers]
    assert sizes(layers, (3, 20, 33)) == [
        (4, 20, 15), (4, 10, 7), (4, 5, 3), (4, 3, 2), (4, 3, 2), (4, 1, 1), (4,), (7,), (7,),
    ]  # fmt: skip
    assert sizes(layers[:2], (None, 20, 33)) == [(4, 20, 15), (4, 10, 7)]
    assert sizes([{"name": "pool"}, {"name": "flatten"}], (None, 4, 4)) == [(None, 2, 2), (None,)]


@pytest.mark.parametrize(("layers", "before", "index", "text"), [
    ([conv(), {"name": "pool", "size": 3, "stride": 2}], (1, 4, 4), 1,
     "pool 3, stride 2: 2×2 arrives; a window of 3 does not fit; "),
    ([conv(kernel=5, padding=1)], (1, 2, 9), 0,
     "conv 4, kernel 5, stride 1, padding 1: 2×9 arrives; a window of 5 does not fit into 2 + 2·1; "),
    ([conv(kernel=3, dilation=2)], (1, 4, 4), 0, "a window of 3 with dilation 2, 5 pixels, does not fit; "),
    ([{"name": "flatten"}, conv()], (2, 4, 4), 1, "a row of 32 units arrives; it needs maps: put it before flatten"),
    ([{"name": "linear", "units": 5}, {"name": "pool"}], (2, 4, 4), 1, "a row of 5 units arrives; it needs maps"),
    ([{"name": "flatten"}, {"name": "flatten"}], (2, 4, 4), 1, "it is flat already"),
    ([{"name": "flatten"}, {"name": "global_pool"}], (2, 4, 4), 1, "it needs maps"),
    ([conv(), conv(groups=2), conv(groups=4), conv(filters=9, groups=3)], (1, 9, 9), 1 + 2,
     "3 groups do not divide its 4 channels"),
    ([conv(groups=2)], (3, 9, 9), 0, "2 groups do not divide its 3 channels"),
    ([conv(), {"name": "norm", "kind": "group"}], (1, 9, 9), 1, "norm group: 7×7 arrives; 8 groups do not divide 4"),
    ([{"name": "linear", "units": 4}, {"name": "norm", "kind": "instance"}], (1, 2, 2), 1, "needs maps"),
    ([{"name": "linear", "units": 4}, {"name": "norm", "kind": "local_response"}], (1, 2, 2), 1, "needs maps"),
    ([{"name": "global_pool"}, {"name": "norm", "kind": "instance"}], (1, 2, 2), 1, "a single pixel leaves nothing"),
])  # fmt: skip
def test_what_does_not_fit(layers, before, index, text):
    with pytest.raises(Misfit) as caught:
        sizes(layers, before)
    assert caught.value.index == index
    assert text in str(caught.value)


def test_an_mlp_begins_flat():
    assert start("mlp", (3, 8, 9)) == (216,)
    assert start("mlp", (None, 8, 9)) == (None,)
    assert start("cnn", (3, 8, 9)) == (3, 8, 9)
    with pytest.raises(Misfit, match=r"a row of units arrives"):
        sizes([conv()], (None,))


def test_border_pixels_left_out_are_said_once_and_padding_left_out_is_not():
    layers = [conv(kernel=3, stride=2), {"name": "pool"}, conv(kernel=3, stride=2, padding=1), {"name": "pool"}]
    found = steps(blocks.read(layers), (1, 28, 29))
    assert [s.unseen for s in found] == [(1, 0), (1, 0), (0, 0), (1, 0)]
    assert unseen_note(found) == (
        "(W − F + 2P)/S is not whole, so border pixels are left out: layers.0 (conv 4, kernel 3, stride 2) 1 row of "
        "28×29; layers.1 (pool 2, stride 2) 1 row of 13×14; layers.3 (pool 2, stride 2) 1 row of 3×4"
    )
    assert unseen_note(steps(blocks.read([{"name": "pool", "size": 4}]), (1, 7, 6))).endswith(
        "3 rows and 2 columns of 7×6"
    )
    assert unseen_note(steps(blocks.read([{"name": "pool", "ceil": True}, conv(padding="same")]), (1, 7, 7))) == ""


def test_what_is_left_out_changes_nothing_and_what_is_not_does():
    """The probe of the note: pixels said to be unseen have no gradient, all others have one."""
    layer = nn.Conv2d(1, 1, 3, 4, 1)
    (step,) = steps(blocks.read([conv(stride=4, padding=1)]), (1, 9, 12))
    x = torch.zeros(1, 1, 9, 12, requires_grad=True)
    layer(x).sum().backward()
    seen = [g != 0 for g in x.grad[0, 0].sum(1).tolist()], [g != 0 for g in x.grad[0, 0].sum(0).tolist()]
    assert step.unseen == tuple(side[::-1].index(True) for side in seen) == (0, 2)


def test_the_same_padding_with_a_dilation():
    assert layer_sizes.same_padding(3, 2) == (2, 2)
    assert layer_sizes.same_padding(2, 3) == (1, 2)
