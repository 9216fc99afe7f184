"""How rough a picture is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


def total_variation(x: Tensor, beta: float = 1.0) -> Tensor:
    """Return Σ ((x[i, j+1] − x[i, j])² + (x[i+1, j] − x[i, j])²)^(β/2) over a batch of pictures.

    Source: Mahendran & Vedaldi 2015, section 3.3. Differs: 1e-12 below the root, so that its slope is finite at 0.

    Args:
        x: pictures.
        beta: 1 is total variation proper; with 2 steep edges cost more than slopes.
    Shapes:
        x (B, C, H, W) -> ()
    """
    across = x[..., :-1, 1:] - x[..., :-1, :-1]
    down = x[..., 1:, :-1] - x[..., :-1, :-1]
    return (across.square() + down.square() + 1e-12).pow(beta / 2).sum()
