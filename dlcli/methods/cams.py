"""Class-activation maps: which places of a layer speak for a class."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dlcli.core.errors import ModelError, RunFailed, UsageError
from dlcli.methods import feature_maps
from dlcli.methods.feature_maps import Grid

CLASSLESS = ("eigencam",)  # they ask what the layer sees, not which class it speaks for
Key = tuple[int, str]
Choose = Callable[[Tensor], Sequence[int]]


def gradcam(activation: Tensor, gradient: Tensor) -> Tensor:
    """Return Grad-CAM before ReLU: channels weighted by their mean gradient.

    Source: Selvaraju et al. 2017, equations 1 and 2.

    Shapes:
        activation, gradient (B, C, H, W) -> (B, H, W)
    """
    weights = gradient.mean((2, 3), keepdim=True)
    return (weights * activation).sum(1)


def gradcam_plus_plus(activation: Tensor, gradient: Tensor) -> Tensor:
    """Return Grad-CAM++ before ReLU: gradients that speak for the class are averaged, each place weighted by its own α.

    Several objects of one class then count alike, however large they are.

    Source: Chattopadhay et al. 2018, equations 5 and 19, whose exp(S) is a factor that scaling to 0…1 takes out.
    Differs: 1e-6 is added to α's denominator, as pytorch-grad-cam does so that numbers agree; of gradients below about
    1e-3 it is the greater part, and α is then near to gradient² instead of ½.

    Shapes:
        activation, gradient (B, C, H, W) -> (B, H, W)
    """
    square = gradient**2
    total = activation.sum((2, 3), keepdim=True)
    alpha = square / (2 * square + total * gradient * square + 1e-6)
    weights = (alpha * gradient.clamp(min=0)).sum((2, 3), keepdim=True)
    return (weights * activation).sum(1)


def layercam(activation: Tensor, gradient: Tensor) -> Tensor:
    """Return LayerCAM: each place of each channel weighted by its own gradient where that is positive.

    Sharp also at early layers, where Grad-CAM's mean over the whole map says little.

    Source: Jiang et al. 2021, equations 4 and 5.

    Shapes:
        activation, gradient (B, C, H, W) -> (B, H, W)
    """
    return (gradient.clamp(min=0) * activation).sum(1)


def hirescam(activation: Tensor, gradient: Tensor) -> Tensor:
    """Return HiResCAM before ReLU: each place of each channel weighted by its own gradient, whatever its sign.

    Where one linear layer follows the map, the places add up to the class's score less its bias.

    Source: Draelos & Carin 2020, equation 6.

    Shapes:
        activation, gradient (B, C, H, W) -> (B, H, W)
    """
    return (gradient * activation).sum(1)


def eigencam(activation: Tensor) -> Tensor:
    """Return EigenCAM before ReLU: places along the first principal axis of their activations; it asks for no class.

    Source: Muhammad & Yeasin 2020, section III. Differs: activations are centered over the places, as pytorch-grad-cam
    does; without it the first axis is little else than the mean, and every place lies on one side. A principal axis
    has no sign: the one is taken with which the map grows with the length of a place's activation, for what a layer
    has found it answers more strongly than what it has not. pytorch-grad-cam leaves the sign to LAPACK.

    Shapes:
        activation (B, C, H, W) -> (B, H, W)
    """
    places = activation.flatten(2).transpose(1, 2)
    length = places.norm(dim=2)
    centered = (places - places.mean(1, keepdim=True)).double()
    if centered.device.type == "mps":  # has neither doubles nor the decomposition
        centered = centered.cpu()
    axis = torch.linalg.svd(centered, full_matrices=False).Vh[:, :1]
    found = (centered @ axis.transpose(1, 2))[..., 0].to(activation)
    side = (found * (length - length.mean(1, keepdim=True))).sum(1, keepdim=True)
    return torch.where(side < 0, -found, found).unflatten(1, activation.shape[2:])


METHODS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "gradcam": gradcam,
    "gradcam++": gradcam_plus_plus,
    "layercam": layercam,
    "hirescam": hirescam,
    "eigencam": lambda activation, _: eigencam(activation),
}


@dataclass(frozen=True)
class Explained:
    """What one picture's maps say.

    Args:
        scores: (1, K).
        classes: numbers, in the order asked about.
        maps: (class, method) → (H, W) of 0 to 1 at the size of the picture.
        failed: (class, method) → why there is no map.

    """

    scores: Tensor
    classes: list[int]
    maps: dict[Key, Tensor] = field(default_factory=dict)
    failed: dict[Key, RunFailed] = field(default_factory=dict)


def maps(
    module: nn.Module, x: Tensor, layers: Sequence[str], classes: Sequence[int] | Choose, methods: Sequence[str]
) -> tuple[Tensor, dict[Key, Tensor]]:
    """Return the class scores and a map for each class and method; see ``explain``.

    Raises:
        RunFailed: one of the maps is blank, constant or no number; says why.

    """
    done = explain(module, x, layers, classes, methods)
    for error in done.failed.values():
        raise error
    return done.scores, done.maps


def explain(
    module: nn.Module,
    x: Tensor,
    layers: Sequence[str],
    classes: Sequence[int] | Choose,
    methods: Sequence[str],
    grids: Mapping[str, Grid | None] | None = None,
) -> Explained:
    """Return a map for each class and method, from one forward pass and a short backward pass a class.

    The graph begins at the first of the layers, and no weight asks for a gradient: so the backward passes cost what
    lies behind it. Of several layers the maps, each brought to 0…1, are averaged; a blank one among them adds nothing.

    Args:
        module: in evaluation mode.
        x: one picture, (1, C, H, W).
        layers: names of layers that put out maps.
        classes: numbers, or what chooses them by the scores.
        methods: of ``METHODS``.
        grids: see ``feature_maps.layouts``; None: told by shapes.

    Raises:
        UsageError: a layer that puts out no map.
        ModelError: one that did not run.
        RunFailed: the network's answer is no number.

    """
    with feature_maps.weights_fixed(module), feature_maps.outputs_of(module, layers, leaf=True) as held:
        with torch.enable_grad():
            scores = feature_maps.answer(module, x)
        grid = {name: grid_held(held, name, x, grids or {}) for name in layers}
        raise_unless_finite(module, scores, x)
        numbers = list(classes(scores.detach()) if callable(classes) else classes)
        done = Explained(scores.detach(), numbers)
        outputs = [held[name] for name in layers]
        activations = [feature_maps.as_map(o.detach(), grid[n]) for n, o in zip(layers, outputs, strict=True)]
        by_gradient = any(m not in CLASSLESS for m in methods)
        for place, k in enumerate(numbers):
            found = gradients_of(scores[0, k], outputs, keep=place + 1 < len(numbers)) if by_gradient else outputs
            gradients = [feature_maps.as_map(g, grid[n]) for n, g in zip(layers, found, strict=True)]
            for method in methods:
                if method in CLASSLESS and place:
                    copied = done.maps if (numbers[0], method) in done.maps else done.failed
                    copied[k, method] = copied[numbers[0], method]
                    continue
                try:
                    each = [METHODS[method](*pair) for pair in zip(activations, gradients, strict=True)]
                    asked = None if method in CLASSLESS else gradients
                    whys = [why_blank(*t) for t in zip(layers, each, activations, asked or each, strict=True)]
                    done.maps[k, method] = finished(each, tuple(x.shape[2:]), whys)[0]
                except RunFailed as error:
                    done.failed[k, method] = error
    return done


def gradients_of(score: Tensor, outputs: Sequence[Tensor], *, keep: bool = False) -> list[Tensor]:
    """Return the gradients of a score, 0 where it does not depend on an output.

    Args:
        score: a number.
        outputs: of layers.
        keep: the graph is needed again.

    """
    if not score.requires_grad:
        return [torch.zeros_like(o) for o in outputs]
    found = torch.autograd.grad(score, outputs, retain_graph=keep, allow_unused=True)
    return [torch.zeros_like(o) if g is None else g for o, g in zip(outputs, found, strict=True)]


def finished(maps: Sequence[Tensor], size_px: tuple[int, int], whys: Sequence[RunFailed | None]) -> Tensor:
    """Return maps of layers as one at the size of the picture: ReLU, each to 0…1, enlarged bilinearly, averaged, 0…1.

    Args:
        maps: of the layers.
        size_px: (height, width).
        whys: for each why it has nothing to show, or None; see ``why_blank``.

    Shapes:
        maps (B, H, W) each -> (B, *size_px)

    Raises:
        RunFailed: none of them has anything to show.

    """
    if all(whys):
        raise whys[0]
    cut = [scaled(m.clamp(min=0))[:, None] for m in maps]
    large = [F.interpolate(m, size=size_px, mode="bilinear", align_corners=False)[:, 0] for m in cut]
    return scaled(torch.stack(large).mean(0))


def scaled(maps: Tensor) -> Tensor:
    """Return maps brought to 0…1, each by its own least and greatest value; a constant one becomes 0.

    Shapes:
        maps (B, H, W) -> (B, H, W)
    """
    low = maps.amin((1, 2), keepdim=True)
    high = (maps - low).amax((1, 2), keepdim=True)
    return (maps - low) / torch.where(high > 0, high, torch.ones_like(high))


def why_blank(layer: str, found: Tensor, activation: Tensor, gradient: Tensor) -> RunFailed | None:
    """Return why a map has nothing to show, or None where it has.

    Args:
        layer: its name.
        found: the map before ReLU, (1, H, W).
        activation: of the layer, (1, C, H, W).
        gradient: of the score, (1, C, H, W); the map itself where none was asked for.

    """
    if not torch.isfinite(found).all():
        return RunFailed(f"the map of {layer} is no number: its output or the gradient there is NaN or infinite")
    if not activation.any():
        return RunFailed(f"the map is blank: {layer} puts out 0 everywhere", "try an earlier --layer")
    if gradient is not found and not gradient.any():
        text = f"the map is blank: the gradient is 0 everywhere, so the class's score does not depend on {layer}"
        return RunFailed(text, "weights of 0 or closed ReLUs lie behind it; try another --class or --layer")
    if float(found.max()) == float(found.min()):
        return RunFailed(f"the map is constant: {layer} says the same at every place", "try another --layer")
    if float(found.max()) <= 0:
        text = f"the map is blank: every place of {layer} speaks against this class (all weighted sums are 0 or less)"
        return RunFailed(text, "try another --layer or --class, or --method eigencam, which asks for no class")
    if float(found.max()) < 1e-5 * float(found.abs().max()):
        text = f"the map is blank: {layer} speaks against this class, what is left above 0 is rounding"
        return RunFailed(text, "try another --layer or --class")
    return None


def raise_unless_finite(module: nn.Module, scores: Tensor, x: Tensor) -> None:
    """Refuse an answer that is no number, and name the weight it comes from.

    Raises:
        RunFailed: naming it.

    """
    if torch.isfinite(scores).all():
        return
    tensors = (*module.named_parameters(), *module.named_buffers())
    broken = next((n for n, t in tensors if not torch.isfinite(t).all()), None)
    if broken:
        why = f"{broken} holds such weights"
    else:
        why = "no weight is" if torch.isfinite(x).all() else "the picture's numbers are already"
    raise RunFailed(f"the network's answer is NaN or infinite: {why}", "train it anew, or use another checkpoint")


def grid_held(held: Mapping[str, Tensor], name: str, x: Tensor, grids: Mapping[str, Grid | None]) -> Grid:
    """Return how the output of a layer that ran lies over the picture.

    Raises:
        UsageError: it is no map; names its shape.
        ModelError: it did not run.

    """
    if name not in held:
        raise ModelError(f"layer {name} did not run on this picture", "--list-layers shows those that do")
    found = feature_maps.grid_at(grids, name, held[name], x)
    if found is None:
        shape = "×".join(map(str, held[name].shape[1:]))
        text = f"layer {name} puts out {shape}, which is no map of the picture"
        raise UsageError(text, "--list-layers shows those that are", key="layer")
    return found
