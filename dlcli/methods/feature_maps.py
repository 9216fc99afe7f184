"""Layers of a network by name, what they put out as maps, and the layer to look at when none is named."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from dlcli.core.errors import ModelError, UsageError
from dlcli.core.nearest import nearest

# What changes no map, or only its size: not what one means by a layer.
PASSING = (nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d, nn.Dropout, nn.Dropout2d, nn.Identity, nn.Flatten)


@dataclass(frozen=True)
class Grid:
    """How the output of a layer lies over the picture.

    Args:
        kind: ``first`` (B, C, H, W), ``last`` (B, H, W, C) or ``tokens`` (B, N, C).
        height: rows.
        width: columns.
        prefix: tokens before those of the picture: the class token, registers.

    """

    kind: str
    height: int
    width: int
    prefix: int = 0


def grid_of(shape: Sequence[int], height_px: int, width_px: int) -> Grid | None:
    """Return how an output of this shape lies over a picture, or None where it is no map.

    Told from the shape alone: the two sides of a map are in the proportion of the picture's, within the pixel that
    rounding may cost; tokens are a grid in this proportion and a few more in front.

    Args:
        shape: with the batch.
        height_px: of the picture.
        width_px: of the picture.

    """
    if len(shape) == 4:
        first, last = (shape[2], shape[3]), (shape[1], shape[2])
        if max(first) > 1 and _alike(first, height_px, width_px):
            return Grid("first", *first)
        if max(last) > 1 and _alike(last, height_px, width_px):
            return Grid("last", *last)
    if len(shape) == 3:
        for prefix in range(6):
            if found := _sides(shape[1] - prefix, height_px, width_px):
                return Grid("tokens", *found, prefix)
    return None


def _alike(sides: tuple[int, int], height_px: int, width_px: int) -> bool:
    """Say whether sides come of the picture's by one stride, each rounded up or down by a window's worth."""
    rows, columns = sides
    if rows > height_px or columns > width_px:
        return False
    return abs(rows - columns * height_px / width_px) <= max(1.0, height_px / width_px)


def _sides(count: int, height_px: int, width_px: int) -> tuple[int, int] | None:
    if count < 4:
        return None
    rows = round((count * height_px / width_px) ** 0.5)
    for h in (rows, rows + 1, rows - 1):
        if h > 0 and count % h == 0 and _alike((h, count // h), height_px, width_px):
            return h, count // h
    return None


def as_map(output: Tensor, grid: Grid) -> Tensor:
    """Return a layer's output with its channels first.

    Shapes:
        output as ``grid.kind`` says -> (B, C, H, W)
    """
    if grid.kind == "first":
        return output
    if grid.kind == "last":
        return output.permute(0, 3, 1, 2)
    tokens = output[:, grid.prefix :]
    return tokens.transpose(1, 2).unflatten(2, (grid.height, grid.width))


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
            value = output[0] if isinstance(output, tuple | list) and output else output
            if not isinstance(value, Tensor):
                return None
            if leaf and torch.is_grad_enabled() and not value.requires_grad:
                value = value.detach().requires_grad_()
            held[name] = value
            onward = value.clone()
            return onward if isinstance(output, Tensor) else type(output)((onward, *output[1:]))

        return hook

    hooks = [layers[name].register_forward_hook(keep(name)) for name in names]
    try:
        yield held
    finally:
        for hook in hooks:
            hook.remove()


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

    The network is run forwards and backwards once. Of the layers that put out a map, the last is taken through which
    the score's gradient comes at more than one place: so the last convolution or its normalization in a
    convolutional net, the norm before the last attention in a vision transformer that answers from its class token
    (behind it the other tokens matter no longer, and a map would be blank), the final norm in a Swin. Of layers that
    put out the same, the outermost is named.

    Args:
        module: in evaluation mode.
        x: a batch of one picture.

    Raises:
        ModelError: no layer puts out a map.

    """
    outputs: dict[int, tuple[str, Tensor]] = {}

    def keep(name: str, layer: nn.Module) -> Any:
        def hook(_: nn.Module, __: Any, output: Any) -> None:
            passing = isinstance(layer, PASSING)
            if isinstance(output, Tensor) and output.requires_grad and grid_of(output.shape, *x.shape[2:]):
                known = outputs.pop(id(output), None)  # the same output again: of the layer around, or behind in place
                if known or not passing:
                    outputs[id(output)] = known if known and passing else (name, output)

        return hook

    hooks = [m.register_forward_hook(keep(n, m)) for n, m in module.named_modules() if n]
    try:
        with torch.enable_grad(), weights_fixed(module), head_awake(module):
            scores = scores_of(module(x.detach().clone().requires_grad_()))
            last = list(outputs.values())
            score = scores.max(1).values.sum()
            told = last and score.requires_grad
            gradients = torch.autograd.grad(score, [o for _, o in last], allow_unused=True) if told else []
    finally:
        for hook in hooks:
            hook.remove()
    width = next((o.shape[2] for _, o in reversed(last) if o.ndim == 3), None)  # of the stream, not of its branches
    for (name, output), gradient in zip(reversed(last), reversed(gradients), strict=False):
        grid = grid_of(output.shape, *x.shape[2:])
        if gradient is None or grid is None or (output.ndim == 3 and output.shape[2] != width):
            continue
        if int((as_map(gradient, grid).abs().sum((0, 1)) > 0).sum()) > 1:
            return name
    raise ModelError(
        "the network puts out no map: no layer keeps rows and columns of the picture",
        "saliency and the other pixel methods need none",
    )
