"""How faithful a map is to the network: what happens to its confidence when places are taken away or brought back."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from dlcli.ops import imputation

Confidence = Callable[[Tensor], Tensor]  # pictures (B, C, H, W) -> probability of the class, (B,)


def _batch(x: Tensor) -> int:
    """Return pictures at once: few on the CPU, where more cost memory and gain no time."""
    return 8 if x.device.type == "cpu" else 64


def deletion(confidence: Confidence, x: Tensor, values: np.ndarray, steps: int) -> np.ndarray:
    """Return the confidence while pixels are set to 0, the most relevant first; lower is better.

    0 is the mean color of a network that normalizes its pictures. Equal values go from the top left.

    Source: Petsiuk et al. 2018, section 4.3, algorithm 1.

    Args:
        confidence: of the class the map explains.
        x: one picture as the network sees it.
        values: the map.
        steps: equal shares of the pixels.
    Shapes:
        x (1, C, H, W), values (H, W) -> (steps + 1)

    """
    return _replaced(confidence, x, torch.zeros_like(x), values, steps)


def insertion(confidence: Confidence, x: Tensor, values: np.ndarray, steps: int, blur_px: float) -> np.ndarray:
    """Return the confidence while pixels come back to a blurred picture, the most relevant first; higher is better.

    Source: Petsiuk et al. 2018, section 4.3. Differs: their blur, a kernel of 11 px cut at one standard deviation of
    5 px, is a Gaussian out to three here; at the border it weighs what is there.

    Args:
        confidence: of the class the map explains.
        x: one picture as the network sees it.
        values: the map.
        steps: equal shares of the pixels.
        blur_px: standard deviation.
    Shapes:
        x (1, C, H, W), values (H, W) -> (steps + 1)

    """
    return _replaced(confidence, blurred(x, blur_px), x, values, steps)


def area(curve: np.ndarray) -> float:
    """Return the area below a curve over 0…1, by trapezoids."""
    return float(np.trapezoid(curve, dx=1 / (len(curve) - 1)))


def _replaced(confidence: Confidence, start: Tensor, end: Tensor, values: np.ndarray, steps: int) -> np.ndarray:
    rank = np.empty(values.size, dtype=np.int64)
    rank[np.argsort(-values.ravel(), kind="stable")] = np.arange(values.size)
    place = torch.from_numpy(rank.reshape(values.shape)).to(start.device)
    counts = [round(k * values.size / steps) for k in range(steps + 1)]
    found = []
    size = _batch(start)
    for at in range(0, len(counts), size):
        gone = torch.stack([place < n for n in counts[at : at + size]])[:, None]
        found.append(confidence(torch.where(gone, end, start)).double().cpu())
    return torch.cat(found).numpy()


def blurred(x: Tensor, sigma_px: float) -> Tensor:
    """Return pictures under a Gaussian blur that weighs only what lies inside them.

    Shapes:
        x (B, C, H, W) -> the same
    """
    reach = math.ceil(3 * sigma_px)
    at = torch.arange(-reach, reach + 1, dtype=x.dtype, device=x.device)
    kernel = torch.exp(-at.square() / (2 * sigma_px**2))
    kernel = kernel / kernel.sum()

    def run(planes: Tensor) -> Tensor:
        planes = F.conv2d(planes, kernel.view(1, 1, -1, 1), padding=(reach, 0))
        return F.conv2d(planes, kernel.view(1, 1, 1, -1), padding=(0, reach))

    flat = x.flatten(0, 1)[:, None]
    return (run(flat) / run(torch.ones_like(flat[:1]))).view_as(x)


def average_drop(confidence: Confidence, x: Tensor, values: np.ndarray) -> tuple[float, float]:
    """Return by which share confidence drops when only the map's places are left, and whether it rose instead (0, 1).

    The picture is multiplied by the map as the network sees it, so that what is taken away goes to the mean color.

    Source: Chattopadhay et al. 2018, section 4.1: max(0, Y − O) / Y and Y < O; as fractions, not percent.

    Args:
        confidence: of the class the map explains.
        x: one picture as the network sees it.
        values: the map, 0 to 1.
    Shapes:
        x (1, C, H, W), values (H, W)

    """
    shown = x * torch.from_numpy(values).to(x)
    whole, masked = confidence(torch.cat((x, shown))).double().tolist()
    return max(0.0, whole - masked) / max(whole, 1e-12), float(masked > whole)


def road(
    confidence: Confidence, x: Tensor, values: np.ndarray, percentiles: Sequence[float], noise: float, seed: int
) -> tuple[float, float, float]:
    """Return ROAD: (LeRF − MoRF) / 2, and both: the mean change of confidence when pixels are imputed.

    At percentile p the pixels below the p-th percentile of the map are kept and those above imputed (most relevant
    first, MoRF), then the same with the map upside down (least relevant first, LeRF). Where equal values leave nothing
    to keep, all become the mean color.

    Source: Rong et al. 2022; thresholds and combination as in pytorch-grad-cam.

    Args:
        confidence: of the class the map explains.
        x: one picture as the network sees it.
        values: the map.
        percentiles: over 0, under 100.
        noise: standard deviation added to imputed pixels.
        seed: of the noise.
    Shapes:
        x (1, C, H, W), values (H, W)

    """
    draw = np.random.default_rng([seed, 1])
    picture, values = x[0].cpu().numpy(), np.asarray(values, dtype=np.float32)
    imputed = []
    for ranked in (values, 1 - values):
        for percentile in percentiles:
            known = ranked < np.percentile(ranked, percentile)
            filled = imputation.linear(picture, known)
            if noise:
                filled[:, ~known] += draw.normal(0, noise, filled[:, ~known].shape).astype(np.float32)
            imputed.append(filled)
    batch = torch.from_numpy(np.stack(imputed)).to(x)
    after = torch.cat([confidence(part).double().cpu() for part in batch.split(_batch(x))])
    change = after - confidence(x).double().cpu()
    morf, lerf = (float(part.mean()) for part in change.view(2, -1))
    return (lerf - morf) / 2, morf, lerf
