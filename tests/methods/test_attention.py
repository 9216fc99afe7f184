"""Attention weights against what networks compute openly, rollout against its recurrence, windows against cuts."""

import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F
from visual_toys import Toy

from dlcli.core.errors import ModelError, UsageError
from dlcli.methods import attention, attention_layers
from dlcli.methods.attention_places import places_of
from dlcli.models.vision.vit import Attention, Vit

SIZE = (64, 64)


@pytest.fixture(scope="module")
def x():
    return torch.randn(1, 3, *SIZE, generator=torch.Generator().manual_seed(1))


def own_vit(pool="token"):
    torch.manual_seed(0)
    size = {"patch_px": 16, "width": 24, "depth": 2, "heads": 3, "mlp_ratio": 2.0, "dropout": 0.0}
    return Vit(3, SIZE, 5, pool=pool, **size).eval()


def timm_vit(name="vit_tiny_patch16_224", **more):
    import timm

    torch.manual_seed(0)
    return timm.create_model(name, img_size=SIZE, depth=2, num_classes=5, **more).eval()


def torchvision_vit():
    from torchvision.models import VisionTransformer

    torch.manual_seed(0)
    return VisionTransformer(64, 16, 2, 3, 24, 48, num_classes=5).eval()


def torchvision_swin(shape=(2, 2), version=1):
    from torchvision.models.swin_transformer import SwinTransformer, SwinTransformerBlock, SwinTransformerBlockV2

    torch.manual_seed(0)
    block = SwinTransformerBlock if version == 1 else SwinTransformerBlockV2
    net = SwinTransformer([4, 4], 12, list(shape), [3, 3], [4, 4], num_classes=5, block=block).eval()
    for m in net.modules():  # weights of 0.02 make every row alike
        if isinstance(m, nn.Linear):
            nn.init.normal_(m.weight, std=0.3)
    return net


def caught(net, x):
    held = {}
    scores = attention.run(net, x, lambda call: held.__setitem__(call.layer, (call, call.weights().clone())))
    return scores, held


def hooks(net):
    return sum(len(m._forward_hooks) + len(m._forward_pre_hooks) for m in net.modules())


@pytest.mark.parametrize("net", [own_vit, timm_vit, torchvision_vit, torchvision_swin], ids=lambda f: f.__name__)
def test_rows_sum_to_one_and_the_answer_is_that_of_an_unwatched_run(net, x):
    net = net()
    scores, held = caught(net, x)
    assert held
    for _, weights in held.values():
        assert (weights.sum(-1) - 1).abs().max() < 1e-5
        assert weights.min() >= 0
    with torch.no_grad():
        assert torch.equal(scores, net(x))
    assert hooks(net) == 0


def test_the_weights_of_fused_attention_are_those_of_the_open_form_in_our_own_vit(x):
    net = own_vit()
    _, held = caught(net, x)
    assert [c.kind for c, _ in held.values()] == [attention.FUSED] * 2
    layers = {n: m for n, m in net.named_modules() if isinstance(m, Attention)}
    for layer in layers.values():
        layer.keep_weights = True
    with torch.no_grad():
        net(x)
    assert layers.keys() == held.keys()
    for name, layer in layers.items():
        assert (held[name][1] - layer.weights).abs().max() <= 1e-6


@pytest.mark.parametrize("name", ["vit_tiny_patch16_224", "deit_tiny_distilled_patch16_224", "eva02_tiny_patch14_224"])
def test_the_weights_of_fused_attention_are_those_of_timms_open_form(name, x):
    net = timm_vit(name, **({"patch_size": 16} if "eva" in name else {}))
    blocks = {n: m for n, m in net.named_modules() if hasattr(m, "fused_attn")}
    for block in blocks.values():
        block.fused_attn = True
    _, fused = caught(net, x)
    for block in blocks.values():
        block.fused_attn = False
    _, by_hand = caught(net, x)
    assert len(fused) == 2
    assert fused.keys() == by_hand.keys()
    for layer, (call, weights) in fused.items():
        assert call.kind == attention.FUSED
        assert by_hand[layer][0].kind == attention.BY_HAND
        assert (weights - by_hand[layer][1]).abs().max() <= 1e-5


def test_the_weights_of_torchvisions_vit_are_those_its_attention_gives_when_asked(x):
    net = torchvision_vit()
    layers = {n: m for n, m in net.named_modules() if isinstance(m, nn.MultiheadAttention)}
    given = {}
    taken = [m.register_forward_pre_hook(lambda m, args: given.__setitem__(m, args[0])) for m in layers.values()]
    with torch.no_grad():
        net(x)
    for hook in taken:
        hook.remove()
    _, held = caught(net, x)
    assert held.keys() == layers.keys()
    for name, layer in layers.items():
        with torch.no_grad():
            wanted = layer(*[given[layer]] * 3, need_weights=True, average_attn_weights=False)[1]
        assert (held[name][1] - wanted).abs().max() <= 1e-5


@pytest.mark.parametrize("kind", ["added", "boolean", "causal", "scaled", "grouped"])
def test_masks_order_scale_and_shared_keys_of_the_fused_kernel(kind):
    class Net(nn.Module):
        def forward(self, x):
            q, k, v = x
            return F.scaled_dot_product_attention(q, k, v, **asked)

    generator = torch.Generator().manual_seed(0)
    q, k, v = (torch.randn(1, 4, 5, 8, generator=generator) for _ in range(3))
    mask = torch.randn(5, 5, generator=generator)
    asked = {
        "added": {"attn_mask": mask}, "boolean": {"attn_mask": (mask > 0) | torch.eye(5, dtype=torch.bool)},
        "causal": {"is_causal": True}, "scaled": {"scale": 0.7}, "grouped": {"enable_gqa": True},
    }[kind]  # fmt: skip
    if kind == "grouped":
        k, v = k[:, :2], v[:, :2]
    held = []
    net = Net()
    with torch.no_grad(), attention.watched(net, lambda call: held.append(call.weights())):
        answer = net((q, k, v))
    wide = v.repeat_interleave(4 // v.shape[1], 1)
    assert len(held) == 1
    assert (held[0] @ wide - answer).abs().max() < 1e-5


def test_rollout_is_the_published_recurrence():
    generator = torch.Generator().manual_seed(0)
    layers = [torch.rand(4, 4, generator=generator).softmax(-1) for _ in range(2)]
    first, second = (w.double().numpy() for w in layers)
    wanted = (0.5 * second + 0.5 * np.eye(4)) @ (0.5 * first + 0.5 * np.eye(4))
    rolled = attention.rollout(layers)
    assert np.abs(rolled.numpy() - wanted).max() < 1e-6
    assert (rolled.sum(-1) - 1).abs().max() < 1e-6
    unsummed = attention.rollout([torch.ones(2, 2)])  # rows of the greatest of heads do not sum to 1
    assert torch.allclose(unsummed, torch.tensor([[2 / 3, 1 / 3], [1 / 3, 2 / 3]]))


def test_rollout_of_a_network_multiplies_the_means_of_its_heads(x):
    net = own_vit()
    plan = attention_layers.planned_rollout(net, x)
    _, layers = attention_layers.weights_of(net, x, plan, "mean")
    _, held = caught(net, x)
    eye = torch.eye(17)
    first, second = ((w[0].mean(0) + eye) / 2 for _, w in held.values())
    assert torch.allclose(attention_layers.rolled(list(layers.values())), second @ first, atol=1e-6)


def test_entropy_is_zero_at_one_key_and_the_logarithm_of_all_alike():
    found = attention.entropy(torch.tensor([[1.0, 0, 0, 0], [0.25] * 4]))
    assert found.tolist() == pytest.approx([0, math.log(4)])


def cut(height, width, side, shift):
    """Return the place of each token of each window as Swin cuts them: padded, rolled, partitioned."""
    places = F.pad(torch.arange(1, height * width + 1).view(height, width), (0, -width % side, 0, -height % side))
    places = places.roll((-shift, -shift), (0, 1)) - 1
    rows, columns = places.shape
    return places.view(rows // side, side, columns // side, side).permute(0, 2, 1, 3).reshape(-1, side * side)


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("size_px", [(64, 64), (40, 56)], ids=lambda s: f"{s[0]}x{s[1]}")
def test_windows_shifts_and_padding_of_swin_are_undone(size_px, version):
    net = torchvision_swin(version=version)
    found = []
    x = torch.randn(1, 3, *size_px, generator=torch.Generator().manual_seed(1))
    attention.run(net, x, lambda call: found.append(places_of(call, size_px)))
    height, width = size_px[0] // 4, size_px[1] // 4
    assert torch.equal(found[0].keys, cut(height, width, 4, 0))
    assert torch.equal(found[1].keys, cut(height, width, 4, 2))
    assert found[1].query_grid == (height, width)
    assert found[0].windows > 1
    assert found[2].query_grid == (-(-height // 2), -(-width // 2))


def test_windows_of_timms_swin_are_undone_with_fused_attention_and_without():
    import timm

    more = {"img_size": 32, "patch_size": 2, "window_size": 4, "embed_dim": 12, "depths": (2,), "num_heads": (3,)}
    net = timm.create_model("swin_tiny_patch4_window7_224", num_classes=5, **more).eval()
    for fused in (True, False):
        for m in net.modules():
            if hasattr(m, "fused_attn"):
                m.fused_attn = fused
            if isinstance(m, nn.Linear):
                nn.init.normal_(m.weight, std=0.3)
        found = []
        attention.run(net, torch.randn(1, 3, 32, 32), lambda call, f=found: f.append(places_of(call, (32, 32))))
        assert torch.equal(found[0].keys, cut(16, 16, 4, 0))
        assert torch.equal(found[1].keys, cut(16, 16, 4, 2))


def test_grid_and_window_attention_of_maxvit_lie_where_they_are():
    from torchvision.models.maxvit import MaxVit

    torch.manual_seed(0)
    sizes = {"stem_channels": 8, "partition_size": 4, "block_channels": [8], "block_layers": [1], "head_dim": 4}
    net = MaxVit((32, 32), stochastic_depth_prob=0.0, num_classes=5, **sizes).eval()  # a map of 8 × 8 places
    found = []
    attention.run(net, torch.randn(1, 3, 32, 32), lambda call: found.append(places_of(call, (32, 32))))
    window, grid = found
    assert torch.equal(window.keys, cut(8, 8, 4, 0))
    strided = torch.arange(64).view(4, 2, 4, 2).permute(1, 3, 0, 2).reshape(4, 16)
    assert torch.equal(grid.keys, strided)


def test_tokens_lie_in_rows_behind_the_class_token_also_of_pictures_that_are_not_square():
    net = timm_vit()
    net.set_input_size((48, 80))
    call = []
    attention.run(net, torch.zeros(1, 3, 48, 80), lambda c: call.append(places_of(c, (48, 80))))
    places = call[-1]
    assert places.key_grid == (3, 5)
    assert places.keys.tolist() == [[-1, *range(15)]]
    assert places.prefix == 1
    weights = torch.arange(16.0).expand(1, 1, 16, 16)
    assert places.map_of(weights, 0, 0)[0].flatten().tolist() == list(range(1, 16))


def test_the_answering_token_is_found_by_its_gradient(x):
    assert attention.answering_token(own_vit("token"), x, 17, 1) == 0
    averaged = timm_vit(class_token=True, global_pool="avg", fc_norm=False)
    assert attention.answering_token(averaged, x, 17, 1) is None
    assert attention_layers.planned(own_vit("mean"), x, None).token is None


def test_the_last_attention_is_taken_and_others_by_name_pattern_number_or_block(x):
    net = timm_vit()
    assert attention_layers.planned(net, x, None).layers == ["blocks.1.attn"]
    for word, wanted in (("0", [0]), ("-1", [1]), ("blocks.0", [0]), ("blocks.*", [0, 1]), ("blocks.1.attn", [1])):
        assert attention_layers.planned(net, x, word).layers == [f"blocks.{k}.attn" for k in wanted]
    with pytest.raises(UsageError, match="'blocks.3'.*nearest: blocks"):
        attention_layers.planned(net, x, "blocks.3")
    with pytest.raises(UsageError, match="'head' has no attention in it"):
        attention_layers.planned(net, x, "head")
    with pytest.raises(UsageError, match="2 attentions, not number 7"):
        attention_layers.planned(net, x, "7")


def test_rollout_is_refused_where_windows_make_it_meaningless_and_convolutions_have_none(x):
    with pytest.raises(UsageError, match="look inside 16 windows"):
        attention_layers.planned_rollout(torchvision_swin(), x)
    with pytest.raises(UsageError, match="no attention"):
        attention_layers.survey(Toy(), x)


def test_an_attention_over_channels_is_no_map(x):
    class Channels(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 16, 8, 8)

        def forward(self, x):
            tokens = self.conv(x).flatten(2)[:, None]  # (1, 1, 16 channels, 64 places)
            return F.softmax(tokens @ tokens.transpose(-2, -1), -1).mean((1, 2))

    with pytest.raises(UsageError, match="of none of the network's 1 attentions can it be told"):
        attention_layers.planned(Channels().eval(), x, None)


def test_no_hook_stays_when_the_network_fails(x):
    net = own_vit()
    with pytest.raises(ModelError, match="64×64 pixels, not 32×32"):
        attention.run(net, x[..., :32, :32], lambda call: None)
    assert hooks(net) == 0


def test_tokens_in_another_order_than_rows_are_refused(x):
    class Columns(nn.Module):
        def __init__(self, turned):
            super().__init__()
            self.net, self.turned = own_vit("mean"), turned

        def forward(self, x):
            tokens = self.net.patches(x)
            tokens = (tokens.transpose(2, 3) if self.turned else tokens).flatten(2).transpose(1, 2)
            return self.net.head(self.net.encoders(tokens).mean(1))

    assert attention_layers.planned(Columns(turned=False).eval(), x, None).layers == ["net.encoders.1.attention"]
    with pytest.raises(UsageError, match="otherwise than in rows"):
        attention_layers.planned(Columns(turned=True).eval(), x, None)
