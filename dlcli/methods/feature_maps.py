"""Layers of a network by name, what they put out as maps, and the layer to look at when none is named."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from dlcli.core.errors import ModelError, UsageError
from dlcli.core.nearest import nearest
from dlcli.engine.device import device_error
from dlcli.methods.grids import Grid, as_map, fits, grid_of, layouts, tensor_of

__all__ = [
    "Grid", "answer", "as_map", "fits", "grid_at", "grid_of", "head_awake", "last_map", "layouts", "named",
    "outputs_of", "scores_of", "tensor_of", "weights_fixed",
]  # fmt: skip

# What changes no map, or only its size: not what one means by a layer.
PASSING = (nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d, nn.Dropout, nn.Dropout2d, nn.Identity, nn.Flatten)


def named(module: nn.Module, word: str) -> list[str]:
    """Return the layers that a name or pattern (``layer*.conv1``) means, in the order of the network.

    Raises:
        UsageError: there is none; names the nearest.

    """
    known = [n for n, _ in module.named_modules() if n]
    if word in known:
        return [word]
    found = [n for n in known if fnmatch.fnmatchcase(n, word)]
    if not found:
        text = f"the network has no layer {word!r}{nearest(word, known, 3)}"
        raise UsageError(text, "--list-layers shows their names", key="layer")
    return found


@contextmanager
def outputs_of(module: nn.Module, names: Sequence[str], *, leaf: bool = False) -> Iterator[dict[str, Tensor]]:
    """Keep what layers put out while the network runs; no hook is left behind, whatever happens.

    The network goes on with a copy, so that an in-place ReLU behind the layer cannot change what was kept. Of a layer
    that runs several times the last output is kept.

    Args:
        module: the network.
        names: its layers.
        leaf: cut the graph at the first of these layers: gradients are computed back to it and no further, which saves
            the most of a backward pass. The weights must not ask for gradients.

    Yields:
        name → output; filled by the forward pass.

    """
    held: dict[str, Tensor] = {}
    layers = dict(module.named_modules())

    def keep(name: str) -> Any:
        def hook(_: nn.Module, __: Any, output: Any) -> Any:
            value = came = tensor_of(output)
            if value is None:
                return None
            if leaf and torch.is_grad_enabled() and not value.requires_grad:
                value = value.detach().requires_grad_()
            held[name] = value
            return _with(output, came, value.clone())

        return hook

    hooks = [layers[name].register_forward_hook(keep(name)) for name in names]
    try:
        yield held
    finally:
        for hook in hooks:
            hook.remove()


def _with(output: Any, old: Tensor, new: Tensor) -> Any:
    """Return what a layer put out with one of its tensors replaced."""
    if output is old:
        return new
    if isinstance(output, dict):
        return type(output)((k, new if v is old else v) for k, v in output.items())
    values = [new if v is old else v for v in output]
    return type(output)(*values) if hasattr(output, "_fields") else type(output)(values)


@contextmanager
def weights_fixed(module: nn.Module) -> Iterator[None]:
    """Let no weight ask for a gradient meanwhile: half of a backward pass is theirs."""
    asked = [p for p in module.parameters() if p.requires_grad]
    for p in asked:
        p.requires_grad_(False)
    try:
        yield
    finally:
        for p in asked:
            p.requires_grad_()


def scores_of(answer: Any) -> Tensor:
    """Return the class scores of what a network answers; auxiliary heads are left out."""
    return answer if isinstance(answer, Tensor) else answer[0]


def answer(module: nn.Module, x: Tensor) -> Tensor:
    """Return the class scores of pictures.

    Raises:
        ModelError: the network cannot take pictures of this size.
        DeviceError: out of memory.

    """
    try:
        return scores_of(module(x))
    except (RuntimeError, ValueError, AssertionError) as error:
        if told := device_error(error):
            raise told from error
        size, why = "×".join(map(str, x.shape[1:])), (str(error) or type(error).__name__).splitlines()[0]
        raise ModelError(f"the network cannot take an input of {size}: {why}", "try another --size-px") from error


@contextmanager
def head_awake(module: nn.Module) -> Iterator[None]:
    """Give linear layers whose weights are all 0, as fresh heads of vision transformers have, random ones meanwhile.

    Nothing depends on anything before such a head, so nothing could be told of the layers before it.
    """
    asleep = [m.weight for m in module.modules() if isinstance(m, nn.Linear) and not m.weight.any()]
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for weight in asleep:
            weight.copy_(torch.randn(weight.shape, generator=generator))
    try:
        yield
    finally:
        with torch.no_grad():
            for weight in asleep:
                weight.zero_()


def last_map(module: nn.Module, x: Tensor) -> str:
    """Return the layer to look at when none is named: the last map whose every place still matters for the answer.

    The network is run forwards and backwards once, on noise, so that the layer is the same for every picture. Of the
    layers that put out a map, the last is taken through which the score's gradient comes at more than one place: so
    the last convolution or its normalization in a convolutional net, the norm before the last attention in a vision
    transformer that answers from its class token (behind it the other tokens matter no longer, and a map would be
    blank), the final norm in a Swin. Of layers that put out the same, the outermost is named; linear layers inside an
    attention or perceptron (queries, values) are taken only where there is nothing else.

    Args:
        module: in evaluation mode.
        x: a batch of one picture; its shape and device matter alone.

    Raises:
        ModelError: no layer puts out a map, or the network cannot take pictures of this size.

    """
    grids = layouts(module, x.shape)
    noise = torch.randn(x.shape, generator=torch.Generator().manual_seed(0)).to(x)
    outputs: dict[int, tuple[str, Tensor]] = {}

    def keep(name: str, layer: nn.Module) -> Any:
        def hook(_: nn.Module, __: Any, output: Any) -> None:
            passing = isinstance(layer, PASSING)
            if isinstance(output, Tensor) and output.requires_grad and grid_at(grids, name, output, x):
                known = outputs.pop(id(output), None)  # the same output again: of the layer around, or behind in place
                if known or not passing:
                    outputs[id(output)] = known if known and passing else (name, output)

        return hook

    hooks = [m.register_forward_hook(keep(n, m)) for n, m in module.named_modules() if n]
    try:
        with torch.enable_grad(), weights_fixed(module), head_awake(module):
            scores = answer(module, noise.requires_grad_())
            last = list(outputs.values())
            score = scores.max(1).values.sum()
            told = last and score.requires_grad
            gradients = torch.autograd.grad(score, [o for _, o in last], allow_unused=True) if told else []
    finally:
        for hook in hooks:
            hook.remove()
    width = next((o.shape[2] for _, o in reversed(last) if o.ndim == 3), None)  # of the stream, not of its branches
    inside = {n for n, m in module.named_modules() if isinstance(m, nn.Linear)}  # queries, keys, values of the stream
    for branches in (False, True):
        for (name, output), gradient in zip(reversed(last), reversed(gradients), strict=False):
            aside = output.ndim == 3 and (output.shape[2] != width or name in inside)
            if gradient is None or aside is not branches:
                continue
            places = as_map(gradient, grid_at(grids, name, output, x)).abs().sum((0, 1))
            if int((places != 0).sum()) > 1:  # NaN is not 0
                return name
    if last:  # nothing depends on any map, which is for the caller to tell
        return last[-1][0]
    raise ModelError(
        "the network puts out no map: no layer keeps rows and columns of the picture",
        "saliency and the other pixel methods need none",
    )


def grid_at(grids: Mapping[str, Grid | None], name: str, output: Tensor, x: Tensor) -> Grid | None:
    """Return how a layer's output lies over the pictures: as ``layouts`` saw it, by its shape where it saw nothing."""
    if name in grids:
        found = grids[name]
        return found if found is None or fits(found, output.shape) else None
    return grid_of(output.shape, *x.shape[2:]) if output.shape[0] == x.shape[0] else None
