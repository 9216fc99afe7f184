"""Receptive fields by hand."""

import pytest

from dlcli.ops import receptive_field as rf
from dlcli.ops.receptive_field import Atom, Field, Sight


def slid(field, kernel, stride=1, padding=0, dilation=1):
    """Return the field after a convolution that changes no channels."""
    sizes = [(n + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1 for n in field.shape[2:]]
    return rf.window(field, 2, sizes, *([v] * 2 for v in (kernel, stride, padding, dilation)))


def start(size=64):
    return rf.picture(3, size, size)


def of(field):
    return field.size_px(), field.stride_px(), field.padding_px()


def test_a_pixel_sees_itself():
    assert of(start()) == ([1, 1], [1, 1], [0, 0])


@pytest.mark.parametrize("depth", [1, 2, 5])
def test_each_3x3_adds_two(depth):
    field = start()
    for _ in range(depth):
        field = slid(field, 3, padding=1)
    assert of(field) == ([1 + 2 * depth] * 2, [1, 1], [depth, depth])


def test_after_a_stride_every_step_counts_double():
    # 3×3 stride 2: 3; then 3×3: 3 + 2·2 = 7; pooled 2×2 by 2: 7 + 2 = 9; then 3×3 at stride 4: 9 + 2·4 = 17
    field = slid(slid(slid(slid(start(), 3, 2, 1), 3, 1, 1), 2, 2), 3, 1, 1)
    assert of(field) == ([17, 17], [4, 4], [1 + 2 + 4] * 2)


def test_dilation_spreads_the_taps():
    assert of(slid(start(), 3, dilation=2, padding=2)) == ([5, 5], [1, 1], [2, 2])
    assert of(slid(slid(start(), 3, 2, 1), 3, dilation=4, padding=4))[0] == [3 + 8 * 2] * 2


def test_vgg16_by_hand():
    field = rf.picture(3, 224, 224)
    for number in (2, 2, 3, 3, 3):
        for _ in range(number):
            field = slid(field, 3, padding=1)
        field = slid(field, 2, 2)
    assert of(field) == ([212, 212], [32, 32], [90, 90])


def test_height_and_width_are_their_own():
    field = rf.window(start(), 2, [64, 64], (1, 7), (1, 1), (0, 3), (1, 1))
    assert of(field) == ([1, 7], [1, 1], [0, 3])


def test_branches_unite_where_they_lie():
    # a 2×2 window at pixels 0..1 and a 3×3 one at −1..1 see −1..1; 2×2 and one of 2×2 shifted by one see 0..2
    narrow, wide = slid(start(), 2, 2), slid(start(), 3, 2, 1)
    assert of(rf.united([narrow, wide], narrow.shape)) == ([3, 3], [2, 2], [1, 1])
    shifted = slid(rf.window(start(), 2, [63, 63], (1, 1), (1, 1), (-1, -1), (1, 1)), 2, 2)
    narrow = slid(start(62), 2, 2)
    joined = rf.joined([narrow, shifted], (1, 6, 31, 31), 1)
    assert of(joined) == ([3, 3], [2, 2], [0, 0])
    assert joined.shape == (1, 6, 31, 31)


def test_branches_of_other_strides_are_not_followed():
    a, b = slid(start(), 3, 1, 1), slid(start(128), 3, 2, 1)
    assert rf.united([a, b], a.shape).seen() == "unknown"


def test_flattened_and_summed_everything_is_seen():
    field = slid(start(), 3, padding=1)
    flat = rf.reshaped(field, (1, 3 * 64 * 64))
    assert flat.size_px() == [3, 3]  # a unit alone still sees its window
    assert flat.stride_px() is None
    assert rf.mixed(flat, [1]).seen() == "all"
    assert rf.reduced(field, [2, 3], keepdim=False).seen() == "all"
    assert rf.reduced(field, [1], keepdim=True).size_px() == [3, 3]
    assert rf.reduced(field, [2], keepdim=True).sights["w"].kind == "window"


def test_a_map_of_one_position_is_the_picture_once_flattened():
    field = slid(start(8), 8)
    assert field.size_px() == [8, 8]
    assert rf.mixed(rf.reshaped(field, (1, 3)), [1]).seen() == "all"
    assert rf.reshaped(rf.reshaped(field, (1, 3)), (1, 3, 1, 1)).size_px() == [8, 8]


def test_channels_last_and_back():
    field = slid(start(), 3, padding=1)
    last = rf.relaid(field, [field.dims[d] for d in (0, 2, 3, 1)])
    rows = rf.reshaped(last, (64 * 64, 3))
    product = rf.product(rows, None, (64 * 64, 10))
    back = rf.reshaped(product, (1, 64, 64, 10))
    assert of(rf.relaid(back, [back.dims[d] for d in (0, 3, 1, 2)])) == ([3, 3], [1, 1], [1, 1])


def test_space_to_depth_widens_by_the_block():
    field = slid(start(), 3, padding=1)
    blocks = rf.reshaped(field, (1, 3, 16, 4, 16, 4))
    assert blocks.dims[2:4] == ((Atom("h", 16, 4),), (Atom("h", 4, 1),))
    moved = rf.relaid(blocks, [blocks.dims[d] for d in (0, 3, 5, 1, 2, 4)])
    deep = rf.reshaped(moved, (1, 48, 16, 16))
    mixed = rf.mixed(deep, [1])
    mixed = rf.relaid(mixed, (mixed.dims[0], (Atom("", 48),), *mixed.dims[2:]))
    assert of(mixed) == ([6, 6], [4, 4], [1, 1])
    assert of(slid(mixed, 3, padding=1)) == ([6 + 2 * 4] * 2, [4, 4], [1 + 4] * 2)


def test_a_gate_is_left_out_of_a_product_and_counts_in_a_sum():
    field = slid(start(), 3, padding=1)
    gate = rf.reduced(field, [2, 3], keepdim=True)
    scaled = rf.united([field, gate], field.shape, gates=True)
    assert (scaled.size_px(), scaled.gated) == ([3, 3], True)
    assert rf.united([field, rf.expanded(gate, field.shape)], field.shape, gates=True).gated
    assert rf.united([field, gate], field.shape).seen() == "all"


def test_attention_sees_everything_and_a_window_of_it_is_not_followed():
    tokens = rf.reshaped(slid(start(), 4, 4), (1, 3, 256))
    tokens = rf.relaid(tokens, [tokens.dims[d] for d in (0, 2, 1)])
    across = rf.relaid(tokens, [tokens.dims[d] for d in (0, 2, 1)])
    scores = rf.product(tokens, across, (1, 256, 256))
    weights = rf.mixed(scores, [2], keep=True)
    assert weights.seen() == "all"
    assert rf.product(weights, tokens, (1, 256, 3)).seen() == "all"
    windows = rf.reshaped(start(), (1, 3, 8, 8, 8, 8))
    assert rf.mixed(windows, [3, 5], keep=True).seen() == "unknown"


def test_a_class_token_keeps_what_the_others_see():
    tokens = rf.reshaped(slid(start(), 16, 16), (1, 3, 16))
    longer = rf.joined([tokens], (1, 3, 17), 2)
    assert (longer.size_px(), longer.stride_px()) == ([16, 16], None)
    assert rf.mixed(longer, [2]).seen() == "all"


def test_what_cannot_be_followed_is_said():
    field = slid(start(), 3, padding=1)
    assert rf.scattered(field, (1, 7)).seen() == "unknown"
    assert rf.scattered(rf.reduced(field, [2, 3], keepdim=False), (7,)).seen() == "all"
    assert (
        rf.reshaped(rf.joined([rf.reshaped(field, (1, 3, 4096))], (1, 3, 4098), 2), (1, 3, 2, 2049)).seen() == "unknown"
    )
    rolled = rf.moved(field, field.shape, [2])
    assert (rolled.sights["h"].kind, rolled.sights["w"].kind) == ("unknown", "window")
    assert rf.reduced(rolled, [2, 3], keepdim=False).seen() == "all"
    assert Field((), {"h": Sight("all"), "w": Sight("window")}).size_px() is None
