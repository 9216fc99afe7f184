"""The vision transformer: parity with torchvision's, its attention, its patches."""

import pytest
import torch
from small_nets import net
from torchvision.models import VisionTransformer

from dlcli.core.errors import ModelError
from dlcli.models.vision.vit import Attention

RENAMED = {
    "ln_1": "norm1",
    "ln_2": "norm2",
    "self_attention.in_proj_": "attention.qkv.",
    "self_attention.out_proj": "attention.project",
}


def ours(name):
    """Return our name of one of torchvision's weights."""
    name = name.replace("encoder.layers.encoder_layer_", "encoders.").replace("encoder.ln", "norm")
    for theirs, own in RENAMED.items():
        name = name.replace(theirs, own)
    outer = {"class_token": "token", "encoder.pos_embedding": "positions"}
    return outer.get(name, name.replace("conv_proj", "patches").replace("heads.head", "head"))


def pair():
    torch.manual_seed(0)
    theirs = VisionTransformer(16, 4, 2, 2, 24, 96, num_classes=5)
    for parameter in theirs.parameters():  # a head of zeros would agree with anything
        torch.nn.init.normal_(parameter, std=0.2)
    module = net("vit", classes=5, width=24, depth=2, heads=2, dropout=0.0)
    module.load_state_dict({ours(k): v for k, v in theirs.state_dict().items()})
    return theirs.eval(), module.eval()


def test_it_answers_as_torchvisions_with_the_same_weights():
    theirs, module = pair()
    pictures = torch.randn(3, 3, 16, 16)
    assert theirs(pictures).std() > 0.1
    torch.testing.assert_close(module(pictures), theirs(pictures), rtol=1e-5, atol=1e-5)


def test_gradients_are_torchvisions_too():
    theirs, module = pair()
    pictures = torch.randn(2, 3, 16, 16)
    for network in (theirs, module):
        network(pictures).square().sum().backward()
    own = dict(module.named_parameters())
    for name, parameter in theirs.named_parameters():
        torch.testing.assert_close(own[ours(name)].grad, parameter.grad, rtol=1e-4, atol=1e-3)


def test_attention_by_hand_and_its_weights_when_kept():
    torch.manual_seed(0)
    attention, tokens = Attention(6, 2), torch.randn(2, 5, 6)
    fused = attention(tokens)
    assert attention.weights is None
    attention.keep_weights = True
    torch.testing.assert_close(attention(tokens), fused)
    q, k, v = attention.qkv(tokens).chunk(3, -1)
    heads = []
    for h, part in enumerate((slice(0, 3), slice(3, 6))):
        weights = (q[..., part] @ k[..., part].transpose(1, 2) / 3**0.5).softmax(-1)
        torch.testing.assert_close(attention.weights[:, h], weights)
        heads.append(weights @ v[..., part])
    torch.testing.assert_close(fused, attention.project(torch.cat(heads, -1)))
    assert attention.weights.shape == (2, 2, 5, 5)
    assert not attention.weights.requires_grad


def test_patches_stand_in_rows_behind_the_token():
    module = net("vit", size_px=(8, 12), dropout=0.0).eval()
    seen = []
    module.encoders.register_forward_pre_hook(lambda _, args: seen.append(args[0]))
    pictures = torch.randn(1, 3, 8, 12)
    module(pictures)
    (tokens,) = seen
    assert tokens.shape == (1, 1 + 2 * 3, 24)
    torch.testing.assert_close(tokens[:, 0], module.token[:, 0] + module.positions[:, 0])
    patch = pictures[:, :, 4:8, 8:12].flatten(1) @ module.patches.weight.flatten(1).T + module.patches.bias
    torch.testing.assert_close(tokens[:, 6], patch + module.positions[:, 6])


def test_without_a_token_the_mean_answers():
    module = net("vit", pool="mean", dropout=0.0).eval()
    pictures = torch.randn(2, 3, 16, 16)
    seen = []
    module.norm.register_forward_hook(lambda _, __, out: seen.append(out))
    scores = module(pictures)
    torch.testing.assert_close(scores, module.head(seen[0].mean(1)))
    assert module.token is None
    assert seen[0].shape[1] == module.positions.shape[1] == 16


def test_sides_of_no_whole_number_of_patches_are_filled_up():
    module = net("vit", size_px=(6, 9), dropout=0.0).eval()
    same = net("vit", size_px=(8, 12), dropout=0.0).eval()
    same.load_state_dict(module.state_dict())
    pictures = torch.randn(2, 3, 6, 9)
    filled = torch.zeros(2, 3, 8, 12)
    filled[:, :, :6, :9] = pictures
    torch.testing.assert_close(module(pictures), same(filled))


def test_another_size_than_the_one_it_has_positions_for():
    with pytest.raises(ModelError, match="this vit has positions for pictures of 16×16 pixels, not 16×20"):
        net("vit")(torch.randn(1, 3, 16, 20))
    with pytest.raises(ModelError, match="vit needs pictures of at least 4×4 pixels, not 3×8"):
        net("vit", size_px=(3, 8))


def test_dropout_stands_behind_positions_and_linear_layers():
    module = net("vit", dropout=0.25, depth=3)
    assert [m.p for m in module.modules() if isinstance(m, torch.nn.Dropout)] == [0.25] * (1 + 3 * 3)


def test_its_arguments_say_its_size():
    module = net("vit", width=12, depth=3, heads=4, mlp_ratio=2.5, patch_px=8)
    assert module.patches.weight.shape == (12, 3, 8, 8)
    assert module.positions.shape == (1, 1 + 4, 12)
    assert [e.mlp[0].out_features for e in module.encoders] == [30, 30, 30]
    assert {e.attention.heads for e in module.encoders} == {4}
