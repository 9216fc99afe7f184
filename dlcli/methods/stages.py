"""Layers of a network from early to deep, chosen without being named."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import torch
from torch import Tensor, nn

from dlcli.core.errors import ModelError
from dlcli.methods import feature_maps


def stages(module: nn.Module, x: Tensor, count: int) -> list[str]:
    """Return layers from early to deep that put out maps: the ends of the stages of a network.

    A stage is what works at one resolution. Its end is the last block in it, a module with weights inside, or the last
    layer where there are no blocks, of those that lie least deep in the tree of modules. A network of one resolution,
    such as a vision transformer, is cut into even parts.

    Args:
        module: in evaluation mode.
        x: one picture.
        count: how many at most.

    Raises:
        ModelError: no layer puts out a map.

    """
    found = _maps(module, x)
    if not found:
        text = "the network puts out no map: no layer keeps rows and columns of the picture"
        raise ModelError(text, "name a --layer; --list-layers shows them")
    layers = dict(module.named_modules())
    ends = [_end([n for n, _ in group], layers) for _, group in groupby(found, key=lambda pair: pair[1])]
    if len(ends) < 3:
        names = [n for n, _ in found]
        depths = sorted({n.count(".") for n in names})
        ends = next((e for d in depths if len(e := [n for n in names if n.count(".") <= d]) >= count), names)
    return [ends[k] for k in _even(len(ends), count)]


def _maps(module: nn.Module, x: Tensor) -> list[tuple[str, tuple[int, int]]]:
    """Return the layers that put out a map and its size, in order; of the same output the outermost is named."""
    held: dict[int, tuple[str, Tensor, tuple[int, int]]] = {}

    def keep(name: str, layer: nn.Module) -> Any:
        def hook(_: nn.Module, __: Any, output: Any) -> None:
            if isinstance(layer, feature_maps.PASSING) or not isinstance(output, Tensor):
                return
            grid = feature_maps.grid_of(output.shape, *x.shape[2:])
            if grid is not None:
                held.pop(id(output), None)
                held[id(output)] = (name, output, (grid.height, grid.width))  # held, so that no id comes twice

        return hook

    hooks = [m.register_forward_hook(keep(n, m)) for n, m in module.named_modules() if n]
    try:
        with torch.no_grad():
            module(x)
    finally:
        for hook in hooks:
            hook.remove()
    return [(name, size) for name, _, size in held.values()]


def _end(names: list[str], layers: dict[str, nn.Module]) -> str:
    blocks = [n for n in names if any(True for m in layers[n].children() for _ in m.parameters())]
    named = blocks or names
    least = min(n.count(".") for n in named)
    return [n for n in named if n.count(".") == least][-1]


def _even(total: int, count: int) -> list[int]:
    """Return so many of the numbers below ``total``, evenly spread, the first and the last among them."""
    if total <= count:
        return list(range(total))
    return sorted({round(k * (total - 1) / max(1, count - 1)) for k in range(count)})
