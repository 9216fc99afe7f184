"""What a picture that is made by climbing is held to: small norm, smoothness, few pixels."""

from __future__ import annotations

import math

import torch
from torch import Tensor


def blurred(x: Tensor, sigma_px: float) -> Tensor:
    """Return pictures blurred by a Gaussian, as if they went on on the other side.

    Source: the Gaussian's transfer function exp(−2π²σ²f²).

    Args:
        x: pictures.
        sigma_px: spread in pixels, 0 or more.
    Shapes:
        x (B, C, H, W) -> (B, C, H, W)
    """
    height, width = x.shape[-2:]
    f = torch.fft.fftfreq(height)[:, None].square() + torch.fft.rfftfreq(width)[None].square()
    passed = torch.exp(-2 * (math.pi * sigma_px) ** 2 * f).to(x.device)
    return torch.fft.irfft2(torch.fft.rfft2(x) * passed, s=(height, width))


def without_small(x: Tensor, share: float) -> Tensor:
    """Return pictures with the given share of the pixels, those of the smallest norm over channels, set to 0.

    Source: Yosinski et al. 2015, section 4: clipping pixels with small norm.

    Args:
        x: pictures, 0 meaning nothing there; or a gradient.
        share: of the pixels, 0 to 1.
    Shapes:
        x (B, C, H, W) -> (B, C, H, W)
    """
    norm = x.norm(dim=1, keepdim=True)
    count = math.floor(share * norm[0].numel())
    if count == 0:
        return x
    # By rank and not by value: of a picture that is constant, or 0 in large parts, the share is still this one.
    smallest = norm.flatten(1).argsort(dim=1, stable=True)[:, :count]
    kept = torch.ones_like(norm).flatten(1).scatter_(1, smallest, 0.0).view_as(norm)
    return x * kept
