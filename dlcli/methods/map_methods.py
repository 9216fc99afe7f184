"""Ways to a map that are judged side by side: those of the network, and baselines that know nothing of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dlcli.core.errors import RunFailed
from dlcli.methods import cams, rectified
from dlcli.methods import saliency as pixels


def saliency(module: nn.Module, x: Tensor, k: int) -> Tensor:
    """Return the greatest magnitude, over the channels, of the gradient of a class's score.

    Source: Simonyan et al. 2014, section 3.

    Shapes:
        x (1, C, H, W) -> (H, W)
    """
    return pixels.gradients(module, x, [k])[1][0][0].abs().amax(0)


def guided_backprop(module: nn.Module, x: Tensor, k: int) -> Tensor:
    """Return the greatest magnitude, over the channels, of what guided backpropagation brings back.

    Shapes:
        x (1, C, H, W) -> (H, W)

    Raises:
        UsageError: the network has no ReLU.

    """
    return rectified.of_classes(module, x, [k], "guided-backprop")[1][0][0].abs().amax(0)


def edges(x: Tensor) -> Tensor:
    """Return the magnitude of Sobel's gradient of the mean of the channels: a map of the picture alone.

    Shapes:
        x (1, C, H, W) -> (H, W)
    """
    across = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]], dtype=x.dtype, device=x.device)
    gray = F.pad(x.mean(1, keepdim=True), (1, 1, 1, 1), mode="replicate")
    return F.conv2d(gray, torch.stack((across, across.T))[:, None])[0].norm(dim=0)


def random(x: Tensor, seed: int, number: int) -> Tensor:
    """Return a map of independent draws, the same for a seed and the number of a picture.

    Shapes:
        x (1, C, H, W) -> (H, W)
    """
    draw = np.random.default_rng([seed, number])
    return torch.from_numpy(draw.random(tuple(x.shape[2:]), dtype=np.float32)).to(x)


def center(x: Tensor) -> Tensor:
    """Return a map that falls from the middle of the picture to its corners.

    Shapes:
        x (1, C, H, W) -> (H, W)
    """
    rows, columns = ((torch.arange(n, dtype=x.dtype, device=x.device) + 0.5 - n / 2).square() for n in x.shape[2:])
    return -(rows[:, None] + columns[None]).sqrt()


# Methods that look at pixels, not at a layer: (network, picture, class) -> (H, W). Another joins by a line here, and a
# word in core/schemas/visualize_judge.py.
PIXELS: dict[str, Callable[[nn.Module, Tensor, int], Tensor]] = {
    "saliency": saliency,
    "guided-backprop": guided_backprop,
}
# Those known to show the picture more than the network (Adebayo et al. 2018; Nie et al. 2018): `sanity` says so.
KNOWN_WEAK = frozenset({"guided-backprop", "deconvnet", "guided-gradcam"})
BASELINES = ("random", "edges")


def need_layer(methods: Sequence[str]) -> bool:
    """Say whether one of the methods looks at a layer."""
    return any(m not in PIXELS for m in methods)


def maps_of(
    module: nn.Module, x: Tensor, k: int, methods: Sequence[str], layers: Sequence[str]
) -> dict[str, np.ndarray]:
    """Return a map for each method, each of 0 to 1 at the size of the picture.

    Args:
        module: in evaluation mode.
        x: one picture, (1, C, H, W).
        k: number of the class.
        methods: of ``cams.METHODS`` and ``PIXELS``.
        layers: of the class-activation maps.

    Raises:
        RunFailed: a map is blank, constant or no number; says which and why.

    """
    asked = [m for m in methods if m not in PIXELS]
    found = {}
    if asked:
        found = {m: values for (_, m), values in cams.maps(module, x, layers, [k], asked)[1].items()}
    found |= {m: checked(PIXELS[m](module, x, k), m) for m in methods if m in PIXELS}
    return {m: found[m].float().cpu().numpy() for m in methods}


def baseline(x: Tensor, name: str, seed: int, number: int) -> np.ndarray:
    """Return the map of a baseline, 0 to 1.

    Args:
        x: one picture, (1, C, H, W).
        name: ``random``, ``edges`` or ``center``.
        seed: of the random one.
        number: of the picture.

    Raises:
        RunFailed: the picture is constant and has no edges.

    """
    values = {"random": lambda: random(x, seed, number), "edges": lambda: edges(x), "center": lambda: center(x)}[name]()
    return checked(values, name).float().cpu().numpy()


def checked(values: Tensor, name: str) -> Tensor:
    """Return a map brought to 0…1.

    Shapes:
        values (H, W) -> (H, W)

    Raises:
        RunFailed: constant or no number.

    """
    if not torch.isfinite(values).all():
        raise RunFailed(f"the {name} map is no number: the network's answer or its gradient is NaN or infinite")
    if float(values.max()) == float(values.min()):
        why = {"edges": "the picture is constant", "random": "it has one pixel"}
        raise RunFailed(f"the {name} map is constant: {why.get(name, 'the answer depends on no pixel')}")
    return cams.scaled(values[None].double())[0].float()
