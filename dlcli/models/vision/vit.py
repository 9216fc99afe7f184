"""Vision transformer, written out."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dlcli.core.errors import ModelError


class Attention(nn.Module):
    """Multi-head self-attention: softmax(QKᵀ/√d) V in each head, and a projection of the heads side by side.

    Source: Vaswani et al. 2017, section 3.2. Torch's fused form does the arithmetic; it never holds the weights.
    Where they are wanted, set ``keep_weights``: they are then computed openly and found in ``weights``.

    Args:
        width: D of a token.
        heads: a divisor of D; d = D / heads.
    Shapes:
        tokens (B, N, D) -> (B, N, D); ``weights`` (B, heads, N, N), a row a query

    """

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.project = nn.Linear(width, width)
        self.keep_weights = False
        self.weights: Tensor | None = None

    def forward(self, tokens: Tensor) -> Tensor:
        """Return each token's weighted mean of all values."""
        split = self.qkv(tokens).unflatten(-1, (3, self.heads, -1))  # (B, N, 3, heads, d)
        q, k, v = split.permute(2, 0, 3, 1, 4)  # (B, heads, N, d) each
        if self.keep_weights:
            weights = (q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])).softmax(-1)
            self.weights = weights.detach()
            mixed = weights @ v
        else:
            mixed = F.scaled_dot_product_attention(q, k, v)
        return self.project(mixed.transpose(1, 2).flatten(2))


class Encoder(nn.Module):
    """x + attention(norm(x)), then x + mlp(norm(x)).

    Source: Dosovitskiy et al. 2021, equations 2 and 3.

    Args:
        width: D.
        heads: of the attention.
        hidden: units of the MLP's middle layer.
        dropout: share dropped after each linear layer but the one of queries, keys and values.
    Shapes:
        tokens (B, N, D) -> (B, N, D)

    """

    def __init__(self, width: int, heads: int, hidden: int, dropout: float):
        super().__init__()
        self.norm1 = nn.LayerNorm(width, eps=1e-6)
        self.attention = Attention(width, heads)
        self.norm2 = nn.LayerNorm(width, eps=1e-6)
        self.mlp = nn.Sequential(
            nn.Linear(width, hidden), nn.GELU(), nn.Dropout(dropout), nn.Linear(hidden, width), nn.Dropout(dropout)
        )
        self.dropout = nn.Dropout(dropout)

    def forward(self, tokens: Tensor) -> Tensor:
        """Return the tokens, each having looked at all."""
        tokens = tokens + self.dropout(self.attention(self.norm1(tokens)))
        return tokens + self.mlp(self.norm2(tokens))


class Vit(nn.Module):
    """Patches become tokens, learned positions are added, encoders mix them, one token answers.

    Source: Dosovitskiy et al. 2021, section 3.1 and appendix B.1. Differs: all linear layers start from a normal of
    deviation 0.02 cut at two of them, the head too; the paper's is smaller by default, made for 32×32 pictures. Sides
    that are no whole number of patches are filled up with zeros, right and below.

    Args:
        channels: of the picture.
        size_px: (height, width), each at least one patch; positions are learned for this size alone.
        classes: K.
        patch_px: side P of a patch.
        width: D of a token.
        depth: encoders.
        heads: of each attention; a divisor of D.
        mlp_ratio: hidden units of the MLPs as a multiple of D.
        dropout: share dropped after positions and linear layers.
        pool: ``token``, a learned one that stands before the patches, or ``mean`` of all patches.
    Shapes:
        pictures (B, C, H, W) -> scores (B, K)
    Raises:
        ModelError: pictures smaller than a patch, or of another size than the network was built for.

    """

    def __init__(
        self,
        channels: int,
        size_px: tuple[int, int],
        classes: int,
        *,
        patch_px: int,
        width: int,
        depth: int,
        heads: int,
        mlp_ratio: float,
        dropout: float,
        pool: str,
    ):
        super().__init__()
        if min(size_px) < patch_px:
            raise ModelError(
                f"vit needs pictures of at least {patch_px}×{patch_px} pixels, not {size_px[0]}×{size_px[1]}",
                "set a smaller model.args.patch_px or a larger data.image.size_px",
            )
        self.size_px = tuple(size_px)
        self.lacking = tuple(-side % patch_px for side in size_px)
        count = math.prod(math.ceil(side / patch_px) for side in size_px)
        self.patches = nn.Conv2d(channels, width, patch_px, stride=patch_px)
        self.token = nn.Parameter(torch.empty(1, 1, width)) if pool == "token" else None
        self.positions = nn.Parameter(torch.empty(1, count + (pool == "token"), width))
        self.dropout = nn.Dropout(dropout)
        hidden = round(mlp_ratio * width)
        self.encoders = nn.Sequential(*(Encoder(width, heads, hidden, dropout) for _ in range(depth)))
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.head = nn.Linear(width, classes)
        self._start()

    def _start(self) -> None:
        for layer in self.modules():
            if isinstance(layer, nn.Linear):
                nn.init.trunc_normal_(layer.weight, std=0.02, a=-0.04, b=0.04)
                nn.init.zeros_(layer.bias)
        for parameter in (self.token, self.positions):
            if parameter is not None:
                nn.init.normal_(parameter, std=0.02)

    def forward(self, pictures: Tensor) -> Tensor:
        """Return class scores."""
        if tuple(pictures.shape[-2:]) != self.size_px:
            made, given = ("×".join(map(str, s)) for s in (self.size_px, pictures.shape[-2:]))
            raise ModelError(f"this vit has positions for pictures of {made} pixels, not {given}")
        pictures = F.pad(pictures, (0, self.lacking[1], 0, self.lacking[0]))
        tokens = self.patches(pictures).flatten(2).transpose(1, 2)  # (B, N, D), rows of patches one after another
        if self.token is not None:
            tokens = torch.cat([self.token.expand(tokens.shape[0], -1, -1), tokens], 1)
        tokens = self.norm(self.encoders(self.dropout(tokens + self.positions)))
        return self.head(tokens.mean(1) if self.token is None else tokens[:, 0])
