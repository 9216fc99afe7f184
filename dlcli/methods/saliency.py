"""Saliency: how the score of a class depends on each pixel."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from dlcli.core.errors import RunFailed, UsageError
from dlcli.methods import feature_maps


def gradients(module: nn.Module, x: Tensor, classes: Sequence[int]) -> tuple[Tensor, list[Tensor]]:
    """Return the scores of pictures and the gradient of each class's score, of every picture its own.

    The score, not its probability: the gradient of a probability near 1 is near 0 whatever the picture shows.

    Source: Simonyan, Vedaldi & Zisserman 2014, section 3; their picture is the greatest magnitude over the channels.

    Args:
        module: in evaluation mode.
        x: pictures as the network sees them.
        classes: numbers.

    Shapes:
        x (B, C, H, W) -> (B, K) and for each class (B, C, H, W)

    Raises:
        RunFailed: the answer does not depend on the picture at all.

    """
    with feature_maps.weights_fixed(module), torch.enable_grad():
        leaf = x.detach().clone().requires_grad_()
        scores = feature_maps.scores_of(module(leaf.clone()))  # a copy: the network may begin with an in-place step
        raise_unless_asked(scores)
        found = [
            torch.autograd.grad(scores[:, k].sum(), leaf, retain_graph=number + 1 < len(classes))[0]
            for number, k in enumerate(classes)
        ]
    return scores.detach(), found


def smoothgrad(
    module: nn.Module, x: Tensor, classes: Sequence[int], *, samples: int, noise: float, seed: int, batch: int = 16
) -> tuple[list[Tensor], float]:
    """Return the mean gradient over noisy copies of a picture, and the standard deviation of the noise.

    Source: Smilkov et al. 2017, section 2.1; the gradients keep their signs until they are averaged.

    Args:
        module: in evaluation mode.
        x: one picture.
        classes: numbers.
        samples: copies, at least 1.
        noise: standard deviation over (greatest − least value of x), above 0.
        seed: of the noise, which is drawn on the CPU whatever the device, and is the same for every picture.
        batch: copies the network sees at once.

    Shapes:
        x (1, C, H, W) -> for each class (C, H, W)
    """
    deviation = noise * float(x.max() - x.min())
    generator = torch.Generator().manual_seed(seed)
    sums = [torch.zeros_like(x[0]) for _ in classes]
    for count in _chunks(samples, batch):
        drawn = torch.stack([torch.randn(x.shape[1:], generator=generator) for _ in range(count)]).to(x)
        _, found = gradients(module, x + deviation * drawn, classes)
        sums = [s + g.sum(0) for s, g in zip(sums, found, strict=True)]
    return [s / samples for s in sums], deviation


def integrated(
    module: nn.Module, x: Tensor, baseline: Tensor, classes: Sequence[int], *, steps: int, batch: int = 16
) -> list[Tensor]:
    """Return integrated gradients along the straight path from a baseline to a picture.

    Source: Sundararajan, Taly & Yan 2017, equation 1. Differs from their equation 3, a Riemann sum: the integral is
    computed by the Gauss–Legendre rule, which needs far fewer points where the path is smooth.

    Args:
        module: in evaluation mode.
        x: one picture.
        baseline: one picture, the start.
        classes: numbers.
        steps: points of the rule, at least 1.
        batch: points the network sees at once.

    Shapes:
        x, baseline (1, C, H, W) -> for each class (C, H, W); the sum is score(x) − score(baseline), see
        ``completeness``
    """
    places, weights = np.polynomial.legendre.leggauss(steps)
    alphas = torch.tensor((1 + places) / 2, dtype=x.dtype, device=x.device).view(-1, 1, 1, 1)
    shares = torch.tensor(weights / 2, dtype=x.dtype, device=x.device).view(-1, 1, 1, 1)
    sums, start = [torch.zeros_like(x[0]) for _ in classes], 0
    for count in _chunks(steps, batch):
        part = slice(start, start + count)
        _, found = gradients(module, baseline + alphas[part] * (x - baseline), classes)
        sums = [s + (g * shares[part]).sum(0) for s, g in zip(sums, found, strict=True)]
        start += count
    return [s * (x - baseline)[0] for s in sums]


def completeness(attribution: Tensor, score: float, baseline_score: float) -> dict[str, float]:
    """Return by how much attributions miss the difference of scores they should add up to.

    Source: Sundararajan et al. 2017, proposition 1.
    """
    total = float(attribution.double().sum())
    return {
        "sum": total,
        "score": score,
        "baseline_score": baseline_score,
        "gap": total - (score - baseline_score),
    }


def occlusion(
    module: nn.Module, x: Tensor, baseline: Tensor, classes: Sequence[int], *, window_px: int, stride_px: int,
    batch: int = 16,
) -> list[Tensor]:  # fmt: skip
    """Return by how much the score of a class falls where a window covers the picture.

    A pixel gets the mean over the windows it lies under; those at the right and lower edge may hang over it.

    Source: Zeiler & Fergus 2014, section 4.2. Differs: scores, not probabilities; a fall, not what remains.

    Args:
        module: in evaluation mode.
        x: one picture.
        baseline: one picture, what the window shows.
        classes: numbers.
        window_px: side of the window, at most the picture's shorter side.
        stride_px: step of the window, at most ``window_px``.
        batch: windows the network sees at once.

    Shapes:
        x, baseline (1, C, H, W) -> for each class (H, W)

    Raises:
        UsageError: a window that does not fit, or a stride that leaves gaps.

    """
    height, width = x.shape[2:]
    if window_px > min(height, width):
        text = f"a window of {window_px} px does not fit into a picture of {height}×{width}"
        raise UsageError(text, f"at most {min(height, width)}", key="occlusion.window_px")
    if stride_px > window_px:
        text = f"a stride of {stride_px} leaves gaps between windows of {window_px} px"
        raise UsageError(text, f"at most {window_px}", key="occlusion.stride_px")
    corners = [
        (top, left) for top in _starts(height, window_px, stride_px) for left in _starts(width, window_px, stride_px)
    ]
    falls, times = torch.zeros(len(classes), height, width), torch.zeros(height, width)
    with torch.no_grad():
        whole = feature_maps.scores_of(module(x))[0, list(classes)]
        done = 0
        for count in _chunks(len(corners), batch):
            part = corners[done : done + count]
            covered = x.repeat(count, 1, 1, 1)
            for picture, (top, left) in zip(covered, part, strict=True):
                window = (slice(None), slice(top, top + window_px), slice(left, left + window_px))
                picture[window] = baseline[0][window]
            fell = (whole - feature_maps.scores_of(module(covered))[:, list(classes)]).cpu()
            for (top, left), each in zip(part, fell, strict=True):
                falls[:, top : top + window_px, left : left + window_px] += each[:, None, None]
                times[top : top + window_px, left : left + window_px] += 1
            done += count
    return list(falls / times)


def baseline_of(x: Tensor, kind: str, black: Sequence[float]) -> Tensor:
    """Return what a picture is compared with.

    Args:
        x: pictures as the network sees them.
        kind: ``black``; ``mean``, the mean color of each picture; ``blur``, each picture through a Gaussian whose
            standard deviation is a tenth of the shorter side, edges repeated.
        black: a black pixel as the network sees it, one number a channel.

    Shapes:
        x (B, C, H, W) -> (B, C, H, W)
    """
    if kind == "black":
        return torch.tensor(black, dtype=x.dtype, device=x.device).view(1, -1, 1, 1).expand_as(x)
    if kind == "mean":
        return x.mean((2, 3), keepdim=True).expand_as(x)
    deviation = 0.1 * min(x.shape[2:])
    down, across = (_blurring(side, deviation).to(x) for side in x.shape[2:])
    return down @ x @ across.T


def _blurring(side: int, deviation: float) -> Tensor:
    """Return the matrix (side, side) that blurs a column; what reaches over an edge falls on the edge."""
    reach = math.ceil(4 * deviation)
    weights = torch.exp(-torch.arange(-reach, reach + 1).double().square() / (2 * deviation**2))
    at = (torch.arange(side)[:, None] + torch.arange(-reach, reach + 1)).clamp(0, side - 1)
    return torch.zeros(side, side).double().scatter_add_(1, at, (weights / weights.sum()).expand(side, -1))


def raise_unless_asked(scores: Tensor) -> None:
    """Refuse an answer that no gradient leads back from.

    Raises:
        RunFailed: says so.

    """
    if not scores.requires_grad:
        raise RunFailed("the network's answer does not depend on the picture: there is no gradient")


def raise_unless_told(found: Tensor, what: str) -> None:
    """Refuse numbers that say nothing.

    Args:
        found: of one picture.
        what: they are, such as ``the gradient of tiger cat``.

    Raises:
        RunFailed: not finite, or 0 everywhere; says why.

    """
    if not torch.isfinite(found).all():
        raise RunFailed(f"{what} is no number somewhere: the network's weights or its answer are NaN or infinite")
    if not found.any():
        raise RunFailed(
            f"{what} is 0 everywhere: no pixel changes the answer",
            "the network may be untrained, or its activations saturated on this picture",
        )


def _chunks(total: int, most: int) -> Iterator[int]:
    for start in range(0, total, most):
        yield min(most, total - start)


def _starts(side: int, window: int, stride: int) -> range:
    return range(0, math.ceil((side - window) / stride) * stride + 1, stride)
