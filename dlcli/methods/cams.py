"""Class-activation maps: which places of a layer speak for a class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dlcli.core.errors import ModelError, RunFailed, UsageError
from dlcli.methods import feature_maps


def gradcam(activation: Tensor, gradient: Tensor) -> Tensor:
    """Return Grad-CAM before ReLU: channels weighted by their mean gradient.

    Source: Selvaraju et al. 2017, equations 1 and 2.

    Shapes:
        activation, gradient (B, C, H, W) -> (B, H, W)
    """
    weights = gradient.mean((2, 3), keepdim=True)
    return (weights * activation).sum(1)


METHODS = {"gradcam": gradcam}


def maps(
    module: nn.Module, x: Tensor, layers: Sequence[str], classes: Sequence[int], methods: Sequence[str]
) -> tuple[Tensor, dict[tuple[int, str], Tensor]]:
    """Return the class scores and a map for each class and method, from one forward pass and a short backward a class.

    Of several layers the maps, each brought to 0…1, are averaged.

    Args:
        module: in evaluation mode.
        x: one picture, (1, C, H, W).
        layers: names of layers that put out maps.
        classes: numbers.
        methods: of ``METHODS``.

    Returns:
        scores (1, K), and (class, method) → (H, W) of 0 to 1 at the size of the picture.

    Raises:
        UsageError: a layer that puts out no map.
        RunFailed: a map is blank, constant or no number; says why.

    """
    with feature_maps.weights_fixed(module), feature_maps.outputs_of(module, layers, leaf=True) as held:
        with torch.enable_grad():
            scores = feature_maps.scores_of(module(x))
        raise_unless_maps(held, layers, x)
        found = {}
        outputs = [held[name] for name in layers]
        for number, k in enumerate(classes):
            gradients = torch.autograd.grad(scores[0, k], outputs, retain_graph=number + 1 < len(classes))
            for method in methods:
                each = []
                for output, gradient in zip(outputs, gradients, strict=True):
                    grid = feature_maps.grid_of(output.shape, *x.shape[2:])
                    pair = (feature_maps.as_map(t.detach(), grid) for t in (output, gradient))
                    each.append(METHODS[method](*pair))
                found[k, method] = finished(each, tuple(x.shape[2:]), layers)[0]
    return scores.detach(), found


def finished(maps: Sequence[Tensor], size_px: tuple[int, int], layers: Sequence[str]) -> Tensor:
    """Return maps of layers as one at the size of the picture: ReLU, each to 0…1, enlarged bilinearly, averaged, 0…1.

    Shapes:
        maps (B, H, W) each -> (B, *size_px)

    Raises:
        RunFailed: blank, constant or no number; says why.

    """
    large = []
    for name, found in zip(layers, maps, strict=True):
        _refuse(found, name)
        cut = found.clamp(min=0)
        large.append(F.interpolate(scaled(cut)[:, None], size=size_px, mode="bilinear", align_corners=False)[:, 0])
    return scaled(torch.stack(large).mean(0))


def scaled(maps: Tensor) -> Tensor:
    """Return maps brought to 0…1, each by its own least and greatest value.

    Shapes:
        maps (B, H, W) -> (B, H, W)
    """
    low = maps.amin((1, 2), keepdim=True)
    high = (maps - low).amax((1, 2), keepdim=True)
    return (maps - low) / (high + 1e-7)


def _refuse(found: Tensor, layer: str) -> None:
    if not torch.isfinite(found).all():
        raise RunFailed(
            f"the map of {layer} is no number: the network's answer or its gradient there is NaN or infinite"
        )
    if float(found.max()) <= 0:
        text = f"the map is blank: no place of {layer} speaks for this class, all weighted sums are 0 or less"
        raise RunFailed(text, "try another --layer or --class, or --method eigencam, which asks for no class")
    if float(found.max()) == float(found.min()):
        raise RunFailed(f"the map is constant: {layer} says the same at every place", "try another --layer")


def raise_unless_maps(held: dict[str, Any], layers: Sequence[str], x: Tensor) -> None:
    """Refuse layers that did not run or put out no map.

    Raises:
        UsageError: naming the layer and its shape.
        ModelError: it did not run.

    """
    for name in layers:
        if name not in held:
            raise ModelError(f"layer {name} did not run on this picture", "--list-layers shows those that do")
        if feature_maps.grid_of(held[name].shape, *x.shape[2:]) is None:
            shape = "×".join(map(str, held[name].shape[1:]))
            text = f"layer {name} puts out {shape}, which is no map of the picture"
            raise UsageError(text, "--list-layers shows those that are", key="layer")
