"""Networks run backwards with rectified signals: deconvnet and guided backpropagation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from dlcli.core.errors import ModelError, RunFailed, UsageError
from dlcli.methods import feature_maps
from dlcli.methods.saliency import raise_unless_asked

# Derivatives of the activations that are no ReLU, by the name PyTorch gives them below autograd.
OTHERS = {
    "gelu_backward": "GELU", "silu_backward": "SiLU", "hardswish_backward": "hard swish", "mish_backward": "Mish",
    "sigmoid_backward": "sigmoid", "hardsigmoid_backward": "hard sigmoid", "tanh_backward": "tanh",
    "elu_backward": "ELU", "leaky_relu_backward": "leaky ReLU", "_prelu_kernel_backward": "PReLU",
    "rrelu_with_noise_backward": "RReLU", "softplus_backward": "softplus", "glu_backward": "GLU",
    "log_sigmoid_backward": "log-sigmoid", "hardtanh_backward": "hard tanh", "threshold_backward": "threshold",
}  # fmt: skip
POOLINGS = ("max_pool2d_with_indices_backward", "adaptive_max_pool2d_backward", "max_pool2d_backward")


@dataclass
class Passed:
    """Which activations a signal came through on its way back.

    Args:
        relus: how many ReLUs and ReLU6s.
        switches: how many max poolings; they alone tie a deconvnet to its picture.
        others: name → how many; their gradient stayed as it is.

    """

    relus: int = 0
    switches: int = 0
    others: dict[str, int] = field(default_factory=dict)


class Rectified(TorchDispatchMode):
    """While it is active, signals that go backwards through a ReLU are rectified.

    It changes the derivatives that PyTorch computes below autograd (``threshold_backward`` of ReLU,
    ``hardtanh_backward`` of ReLU6), not modules: a ReLU is seen whether it is a module, a function, a method or a call
    of C++, in place, on a view or used again, and the network is not touched. Hooks on ``nn.ReLU`` miss functional ones
    and return the plain gradient without a word. A ReLU written as ``clamp(min=0)`` is none to PyTorch and is not seen.

    Source: Springenberg et al. 2015, figure 1 b: ``guided-backprop`` lets through what is positive and where the input
    was; ``deconvnet`` (Zeiler & Fergus 2014, section 2.1) what is positive, wherever the input was. Of ReLU6 the part
    that is cut above counts as where the input was not (guided-backprop).

    Args:
        rule: ``guided-backprop`` or ``deconvnet``.

    """

    def __init__(self, rule: str):
        super().__init__()
        self.rule, self.passed = rule, Passed()

    def __torch_dispatch__(self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None) -> Any:
        """Compute what PyTorch asks for, with another derivative of ReLU."""
        name = func.overloadpacket.__name__
        self.passed.switches += name in POOLINGS
        if name not in OTHERS:
            return func(*args, **(kwargs or {}))
        if name in ("threshold_backward", "hardtanh_backward") and args[2] == 0:
            self.passed.relus += 1
            signal = args[0].clamp(min=0)
            return signal if self.rule == "deconvnet" else func(signal, *args[1:], **(kwargs or {}))
        self.passed.others[OTHERS[name]] = self.passed.others.get(OTHERS[name], 0) + 1
        return func(*args, **(kwargs or {}))


@dataclass(frozen=True)
class Unit:
    """A unit of a layer, asked at its strongest place.

    Args:
        channel: its number.
        place: (row, column) in the layer's map; None where the layer puts out no map.
        value: its answer there.
        signal: what arrives at the picture, (C, H, W).

    """

    channel: int
    place: tuple[int, int] | None
    value: float
    signal: Tensor


def of_classes(module: nn.Module, x: Tensor, classes: Sequence[int], rule: str) -> tuple[Tensor, list[Tensor], Passed]:
    """Return the scores of pictures and, for each class, the signal that arrives at each picture.

    Batch normalization, convolutions and pooling go backwards as in a gradient: a convolution by its transpose, max
    pooling by the places of the maxima, the switches of Zeiler & Fergus.

    Args:
        module: in evaluation mode.
        x: pictures as the network sees them.
        classes: numbers.
        rule: see ``Rectified``.

    Shapes:
        x (B, C, H, W) -> (B, K) and for each class (B, C, H, W)

    Raises:
        UsageError: the network has no ReLU; names what it has.
        RunFailed: the answer does not depend on the picture.

    """
    with feature_maps.weights_fixed(module), torch.enable_grad():
        leaf = x.detach().clone().requires_grad_()
        scores = feature_maps.scores_of(module(leaf.clone()))
        raise_unless_asked(scores)
        signals = []
        for k in classes:
            signal, passed = _backwards(scores[:, k].sum(), leaf, rule)
            signals.append(signal)
    if not passed.relus:
        _refuse(rule, passed)
    return scores.detach(), signals, passed


def of_units(
    module: nn.Module, x: Tensor, layer: str, channels: Sequence[int], rule: str
) -> tuple[Tensor, list[Unit], Passed]:
    """Return the scores of a picture and, for units of a layer, the signal from the place that answers most.

    Source: Zeiler & Fergus 2014, section 2.1: all other activations of the layer are set to 0.

    Args:
        module: in evaluation mode.
        x: one picture.
        layer: its name.
        channels: numbers; empty: the channel that answers most.
        rule: see ``Rectified``.

    Shapes:
        x (1, C, H, W) -> (1, K)

    Raises:
        UsageError: no such channel, or other activations than ReLU and no ReLU before the layer.
        ModelError: the layer did not run.
        RunFailed: a unit that is silent on this picture.

    """
    with (
        feature_maps.weights_fixed(module),
        torch.enable_grad(),
        feature_maps.outputs_of(module, [layer]) as held,
    ):
        leaf = x.detach().clone().requires_grad_()
        scores = feature_maps.scores_of(module(leaf.clone()))
        if layer not in held:
            raise ModelError(f"layer {layer} did not run on this picture", "--list-layers shows those that do")
        raise_unless_asked(held[layer])
        values = _channels_first(held[layer], x, layer)
        if channels and max(channels) >= len(values):
            text = f"layer {layer} has no channel {max(channels)}"
            raise UsageError(text, f"0 to {len(values) - 1}", key="channels")
        flat = values.detach().reshape(len(values), -1)
        units = []
        for channel in channels or [int(flat.amax(1).argmax())]:
            at = int(flat[channel].argmax())
            if not flat[channel].any():
                raise RunFailed(
                    f"channel {channel} of {layer} is silent: it is 0 everywhere on this picture",
                    "leave channels out to ask the one that answers most",
                )
            signal, passed = _backwards(values[channel].flatten()[at], leaf, rule)
            place = divmod(at, values.shape[2]) if values.ndim == 3 else None
            units.append(Unit(channel, place, float(flat[channel, at]), signal[0]))
    if not passed.relus and passed.others:
        _refuse(rule, passed)
    return scores.detach(), units, passed


def _backwards(answer: Tensor, leaf: Tensor, rule: str) -> tuple[Tensor, Passed]:
    with Rectified(rule) as mode:
        (signal,) = torch.autograd.grad(answer, leaf, retain_graph=True)
    return signal, mode.passed


def _channels_first(output: Tensor, x: Tensor, layer: str) -> Tensor:
    """Return a layer's output for one picture as (C, H, W), or as (C,) where it is no map."""
    grid = feature_maps.grid_of(output.shape, *x.shape[2:])
    if grid is not None:
        return feature_maps.as_map(output, grid)[0]
    if output.ndim in (2, 4):
        return output[0]
    shape = "×".join(map(str, output.shape[1:]))
    raise UsageError(f"layer {layer} puts out {shape}, of which none is a channel", key="layer")


def _refuse(rule: str, passed: Passed) -> None:
    found = ", ".join(passed.others) or "none"
    raise UsageError(
        f"{rule} changes how signals go back through a ReLU, and this network has none; activations found: {found}",
        "dlcli visualize saliency works with any network",
        key="model",
    )
