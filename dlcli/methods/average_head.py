"""Heads that are one linear layer on the averages of maps, found by watching the network: what CAM needs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.weak import WeakTensorKeyDictionary

from dlcli.core.errors import UsageError
from dlcli.engine.fields import BATCH_NORMS, CONVOLUTIONS
from dlcli.methods import feature_maps
from dlcli.methods.feature_maps import Grid

aten = torch.ops.aten
PASSING = {
    aten.view, aten._unsafe_view, aten.reshape, aten._reshape_alias, aten.flatten, aten.squeeze, aten.unsqueeze,
    aten.clone, aten.contiguous, aten.alias, aten.detach, aten._to_copy, aten.dropout, aten.permute, aten.transpose,
    aten.as_strided, aten.as_strided_,
}  # fmt: skip
AVERAGES = {aten.mean, aten.sum, aten._adaptive_avg_pool2d, aten.adaptive_avg_pool2d, aten.avg_pool2d}
PRODUCTS = {aten.mm, aten.addmm, aten.linear}
FACTORS = {aten.mul, aten.mul_, aten.div, aten.div_}
TERMS = {aten.add, aten.add_, aten.sub, aten.sub_}
WORDS = {
    "native_layer_norm": "a layer normalization", "native_group_norm": "a group normalization", "select": "the choice "
    "of one token", "slice": "the choice of some tokens", "cat": "a joining of several maps", "stack": "a joining of "
    "several maps", "relu": "a ReLU", "relu_": "a ReLU", "hardtanh": "a ReLU6", "hardtanh_": "a ReLU6", "silu":
    "a SiLU", "silu_": "a SiLU", "gelu": "a GELU", "tanh": "a tanh", "sigmoid": "a sigmoid", "hardswish":
    "a hard swish", "hardswish_": "a hard swish", "elu": "an ELU", "max_pool2d_with_indices": "a max pooling",
    "amax": "a maximum", "bmm": "an attention", "_softmax": "a softmax",
}  # fmt: skip
HINT = "dlcli visualize gradcam explains any network: on such a head its weights are these, on others the gradient's"


class Step(NamedTuple):
    """An operation that what came of the picture went through.

    Args:
        kind: of operation.
        shape: of its result.
        before: the steps it took something from.
        numbers: its arguments; results of other steps among them are None, save the one that is averaged.

    """

    kind: Any
    shape: tuple[int, ...]
    before: tuple[Any, ...] = ()
    numbers: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Head:
    """A linear layer on averages.

    Args:
        scores: (1, K) of the picture.
        activation: the maps that are averaged, (1, C, H, W).
        rows: the weights of classes, (n, C).
        layer: the one that puts out the maps, or what does where it is no layer.

    """

    scores: Tensor
    activation: Tensor
    rows: Tensor
    layer: str


def head_of(module: nn.Module, x: Tensor, classes: Any) -> Head:
    """Return the head of a network as it ran on a picture, if it is one linear layer on the averages of maps.

    Every operation of the forward pass is watched, and followed backwards from the scores: through what only reshapes
    (flatten, squeeze, dropout), a linear layer or 1×1 convolution, a batch normalization or factor that is linear
    here, to the average over all places. Without a linear layer in between the averages are the scores (Lin et al.
    2014, section 3.2) and a class's weights are 1 for its own map.

    Args:
        module: in evaluation mode.
        x: one picture, (1, C, H, W).
        classes: numbers, or what chooses them by the scores.

    Raises:
        UsageError: the head is another; says which operation does not fit.

    """
    watch = _Watch(x)
    hooks = [m.register_forward_hook(watch.left(n)) for n, m in module.named_modules() if n]
    try:
        with torch.no_grad(), watch:
            scores = feature_maps.answer(module, x)
    finally:
        for hook in hooks:
            hook.remove()
    numbers = list(classes(scores) if callable(classes) else classes)
    rows = torch.zeros(len(numbers), scores.shape[1], device=scores.device)
    rows[range(len(numbers)), numbers] = 1
    step, linear = watch.made.get(scores), 0
    while step is not None and step.kind not in AVERAGES:
        rows, more = _through(step, rows, linear)
        linear += more
        step = step.before[0]
    if step is None or (maps := _averaged(step, x)) is None:
        raise UsageError(f"visualize cam needs a single linear layer on global averages: {_why(step, linear)}", HINT)
    return Head(scores, maps, rows, watch.name_of(step.before[0]))


def cam(activation: Tensor, weights: Tensor) -> Tensor:
    """Return class-activation maps before ReLU: maps weighted by what the head gives their averages.

    Source: Zhou et al. 2016, equation 2. Differs: what is below 0 is cut afterwards as in Grad-CAM, so that the two are
    equal (Selvaraju et al. 2017, section 3.1); the bias, equal at all places, is left out as in the paper.

    Shapes:
        activation (1, C, H, W), weights (C,) -> (1, H, W)
    """
    return torch.einsum("bchw,c->bhw", activation, weights)


class _Watch(TorchDispatchMode):
    """Notes every operation on what comes of the picture, and the layer it ended."""

    def __init__(self, x: Tensor):
        super().__init__()
        self.made = WeakTensorKeyDictionary()
        self.made[x] = Step(None, tuple(x.shape))
        self.names: dict[int, tuple[str, Step]] = {}
        self.last = ""

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kind, flat = func.overloadpacket, [t for a in args for t in (a if isinstance(a, list | tuple) else (a,))]
        before = tuple(s for t in flat if isinstance(t, Tensor) and (s := self.made.get(t)) is not None)
        output = func(*args, **(kwargs or {}))
        if before:
            results = output if isinstance(output, tuple | list) else (output,)
            numbers = tuple(self.held(a, keep=kind in AVERAGES) for a in args)
            for result in results:
                if isinstance(result, Tensor):
                    self.made[result] = Step(kind, tuple(result.shape), before, numbers)
        return output

    def held(self, argument: Any, *, keep: bool) -> Any:
        """Return an argument to note: of the maps only those that are averaged, so that no other outlives the pass."""
        if not isinstance(argument, Tensor):
            return argument
        return argument.detach() if keep or argument not in self.made else None

    def left(self, name: str) -> Any:
        def hook(_: nn.Module, __: Any, output: Any) -> None:
            value = feature_maps.tensor_of(output)
            step = self.made.get(value) if value is not None else None
            if step is not None:
                self.names[id(step)] = name, step  # held, so that no other step gets its number
                self.last = name

        return hook

    def name_of(self, step: Step) -> str:
        """Return the outermost layer that put out what a step made, or the operation behind the layer before."""
        passed = step
        while id(passed) not in self.names and passed.kind in PASSING:
            passed = passed.before[0]
        if id(passed) in self.names:
            return self.names[id(passed)][0]
        word = WORDS.get(passed.kind.__name__, passed.kind.__name__) if passed.kind else "the picture"
        inner = passed.before[0] if passed.before else passed
        return f"{word} behind {self.names[id(inner)][0]}" if id(inner) in self.names else word


def _through(step: Step, rows: Tensor, linear: int) -> tuple[Tensor, int]:
    """Return the weights of classes before a step that is linear, and how many linear layers it is.

    Raises:
        UsageError: it is not linear.

    """
    kind, numbers = step.kind, step.numbers
    if kind in PASSING and math.prod(step.shape) == math.prod(step.before[0].shape):
        return rows, 0
    one = len(step.before) == 1
    if kind in PRODUCTS and one:
        place = {aten.mm: 1, aten.addmm: 2, aten.linear: 1}[kind]
        weight = numbers[place]
        if weight is not None and numbers[place - 1] is None:
            return rows @ (weight if kind is aten.linear else weight.t()), 1
    if kind in CONVOLUTIONS and one and math.prod(step.shape[2:]) == 1 and numbers[8] == 1 and not numbers[6]:
        weight = numbers[1]
        if weight is not None and math.prod(weight.shape[2:]) == 1:
            return rows @ weight.flatten(1), 1
    if kind in BATCH_NORMS and one and math.prod(step.shape[2:]) == 1 and (scale := _scale(kind, numbers)) is not None:
        return rows * scale, 0
    if kind in TERMS and one:
        return rows, 0
    if kind in FACTORS and one and numbers[0] is None and math.prod(step.shape[2:]) == 1:
        factor = numbers[1] if isinstance(numbers[1], Tensor) else rows.new_tensor(float(numbers[1]))
        if factor.numel() in (1, rows.shape[1]):
            return (rows * factor.flatten() if kind in (aten.mul, aten.mul_) else rows / factor.flatten()), 0
    raise UsageError(f"visualize cam needs a single linear layer on global averages: {_why(step, linear)}", HINT)


def _scale(kind: Any, numbers: Sequence[Any]) -> Tensor | None:
    """Return what a batch normalization by its running statistics multiplies by, or None by those of the picture."""
    if kind in (aten.native_batch_norm, aten._native_batch_norm_legit, aten.cudnn_batch_norm) and numbers[5]:
        return None
    _, weight, _, _, variance = numbers[:5]
    epsilon = next(n for n in reversed(numbers) if isinstance(n, float))
    scale = torch.rsqrt(variance + epsilon)
    return scale if weight is None else scale * weight


def _averaged(step: Step, x: Tensor) -> Tensor | None:
    """Return the maps that a step averages over all their places, or None where it does something else."""
    maps, kind = step.numbers[0], step.kind
    if len(step.before) != 1 or maps is None:
        return None
    if kind in (aten.mean, aten.sum):
        said = step.numbers[1] if len(step.numbers) > 1 else None
        over = sorted(d % maps.ndim for d in said) if isinstance(said, list | tuple) else []
        if maps.ndim == 4 and over in ([2, 3], [1, 2]):
            return maps if over == [2, 3] else maps.permute(0, 3, 1, 2)
        if maps.ndim == 3 and over in ([1], [2]):
            tokens = maps if over == [1] else maps.transpose(1, 2)
            grid = feature_maps.grid_of(tokens.shape, *x.shape[2:])
            whole = Grid("tokens", grid.height, grid.width) if grid and not grid.prefix else None
            return feature_maps.as_map(tokens, whole) if whole else None
        return None
    whole = math.prod(step.shape[2:]) == 1 and maps.ndim == 4
    if kind is aten.avg_pool2d:
        kernel = list(step.numbers[1]) * (2 if len(step.numbers[1]) == 1 else 1)
        whole = whole and kernel == list(maps.shape[2:])
    return maps if whole else None


def _why(step: Step | None, linear: int) -> str:
    """Return in words why a step cannot stand between averages and scores."""
    if step is None or step.kind is None:
        return "here it reads the pixels"
    name = step.kind.__name__
    word = WORDS.get(name, f"the operation {name.strip('_')}")
    many = sum(n > 1 for n in step.shape[1:]) > 1
    if step.kind in AVERAGES or many:
        size = "×".join(map(str, step.shape[1:]))
        return f"here the linear layer reads every place of a map of {size}, not its averages"
    if name == "select":
        return "here the linear layer reads one token, such as the class token, not averages"
    if linear:
        return f"here {word} stands between, so the head is more than one linear layer"
    return f"here {word} stands between"
