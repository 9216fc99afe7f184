"""FractalNet with drop-path."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

Keep = Callable[[list[int]], list[int]]


class FractalBlock(nn.Module):
    """C columns of 1, 2, 4 … convolutions side by side, joined by their mean wherever convolutions end together.

    Source: Larsson et al. 2017, section 3: f₁ is a convolution, f_{C+1} = (f_C ∘ f_C) joined with a convolution;
    joins that follow each other at once are one join of all their columns.

    Args:
        inputs: maps that come.
        outputs: maps that go.
        columns: C; column c, from 0, has 2^c convolutions.
        dropout: share of values dropped after each convolution.
    Shapes:
        (B, inputs, H, W) -> (B, outputs, H, W)

    """

    def __init__(self, inputs: int, outputs: int, columns: int, dropout: float):
        super().__init__()
        self.rows = 2 ** (columns - 1)
        self.columns = nn.ModuleList(
            nn.ModuleList(
                nn.Sequential(
                    nn.Conv2d(outputs if number else inputs, outputs, 3, padding=1, bias=False),
                    *([nn.Dropout(dropout)] if dropout else []),
                    nn.BatchNorm2d(outputs),
                    nn.ReLU(),
                )
                for number in range(2**column)
            )
            for column in range(columns)
        )

    def forward(self, x: Tensor, keep: Keep) -> Tensor:
        """Return the last join.

        Args:
            x: maps.
            keep: given the columns that meet at a join, returns those whose mean it is; none: nobody needs the join.

        """
        inputs = [x] * len(self.columns)
        for row in range(1, self.rows + 1):
            ends = [c for c in range(len(self.columns)) if row % (self.rows >> c) == 0]
            kept = keep(ends)
            if not kept:
                continue
            # Only what is kept is computed.
            outputs = [self.columns[c][row // (self.rows >> c) - 1](inputs[c]) for c in kept]
            x = sum(outputs[1:], outputs[0]) / len(outputs)
            for c in ends:
                inputs[c] = x
        return x


class FractalNet(nn.Module):
    """Fractal blocks with pooling between them and no shortcut; in training paths are dropped.

    A batch is trained through one drawn subnetwork. With probability ``global_share`` that is a single column from end
    to end; otherwise each join drops each of its inputs with probability ``local_drop`` and keeps at least one. In use
    all columns are joined, or one is asked for with ``column``. Dropped paths are not computed: their weights stay as
    they are in that step.

    Source: Larsson et al. 2017, sections 3 and 3.1; 15 % local drops, half of the batches global, a draw a mini-batch,
    as in section 4. Differs: the last join of a block comes before the pooling, and a mean over what is left of the
    picture (nothing but one pixel for the paper's 32×32) stands before the head, so that other sizes fit. Dropout
    stands between convolution and normalization, of which the paper does not tell the place.

    Args:
        channels: of the picture.
        size_px: any.
        classes: K.
        columns: C; the deepest path has 2^(C − 1) convolutions a block.
        filters: maps of each block.
        local_drop: probability with which a join drops an input, in local batches.
        global_share: share of batches that go through a single column.
        dropout: share of values dropped in the last block, rising to it from 0 in equal steps; the paper's is 0.4.
    Shapes:
        pictures (B, C, H, W) -> scores (B, K)
    Effects: training draws from torch's default generator.

    """

    def __init__(
        self,
        channels: int,
        size_px: tuple[int, int],  # noqa: ARG002 (every network is told)
        classes: int,
        *,
        columns: int,
        filters: list[int],
        local_drop: float,
        global_share: float,
        dropout: float,
    ):
        super().__init__()
        self.local_drop, self.global_share, self.columns = local_drop, global_share, columns
        rates = [dropout * block / max(1, len(filters) - 1) for block in range(len(filters))]
        inputs = [channels, *filters]
        self.blocks = nn.ModuleList(
            FractalBlock(a, b, columns, rate) for a, b, rate in zip(inputs, filters, rates, strict=False)
        )
        self.halve = nn.MaxPool2d(2, ceil_mode=True)
        self.pool = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.head = nn.Linear(filters[-1], classes)
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.xavier_uniform_(layer.weight)

    def forward(self, pictures: Tensor) -> Tensor:
        """Return class scores."""
        return self._through(pictures, self._drawn() if self.training else _all)

    def column(self, pictures: Tensor, number: int) -> Tensor:
        """Return the scores of one column alone, a plain network of its depth; 0 is the shallowest."""
        return self._through(pictures, lambda ends: [number] if number in ends else [])

    def _through(self, x: Tensor, keep: Keep) -> Tensor:
        for block in self.blocks:
            x = self.halve(block(x, keep))
        return self.head(self.pool(x))

    def _drawn(self) -> Keep:
        if torch.rand(()) < self.global_share:
            number = int(torch.randint(self.columns, ()))
            return lambda ends: [number] if number in ends else []
        return self._local

    def _local(self, ends: list[int]) -> list[int]:
        stays = (torch.rand(len(ends)) >= self.local_drop).tolist()
        return [c for c, there in zip(ends, stays, strict=True) if there] or [ends[int(torch.randint(len(ends), ()))]]


def _all(ends: list[int]) -> list[int]:
    return ends
