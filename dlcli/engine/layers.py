"""The layers of a network with what they put out, hold and compute."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

from dlcli.core.errors import ModelError


def layers(module: nn.Module, shape: tuple[int, ...]) -> list[dict[str, Any]]:
    """Return a row for each layer that computes, in the order of computation.

    One forward pass of one sample; on the meta device it costs no arithmetic. A layer used twice has two rows, its
    weights counted in the first. Weights that belong to no such layer (a class token, say) get a row of their own.

    Args:
        module: the network, in evaluation mode.
        shape: of one input, without the batch.

    Returns:
        rows of name, type, output (shape without the batch), weights, multiply_adds.

    Raises:
        ModelError: the network cannot take the shape.

    """
    rows: list[dict[str, Any]] = []
    counted: set[int] = set()
    names = {m: n for n, m in module.named_modules()}

    def seen(layer: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        own = [p for p in layer.parameters() if id(p) not in counted]
        counted.update(id(p) for p in own)
        result = output[0] if isinstance(output, tuple | list) else output
        rows.append(
            {
                "name": names[layer],
                "type": type(layer).__name__,
                "output": list(result.shape[1:]) if isinstance(result, Tensor) else [],
                "weights": sum(p.numel() for p in own),
                "multiply_adds": multiply_adds(layer, inputs, result),
            }
        )

    watched = [m for m in module.modules() if not list(m.children()) or isinstance(m, nn.MultiheadAttention)]
    inside = {c for m in watched if isinstance(m, nn.MultiheadAttention) for c in m.modules() if c is not m}
    hooks = [m.register_forward_hook(seen) for m in watched if m not in inside]
    device = next((p.device for p in module.parameters()), torch.device("cpu"))
    try:
        with torch.no_grad():
            module(torch.zeros(1, *shape, device=device))
    except (RuntimeError, ValueError, AssertionError) as error:
        raise ModelError(
            f"the network cannot take an input of {'×'.join(map(str, shape))}: {str(error).splitlines()[0]}",
            "try another --size-px",
        ) from error
    finally:
        for hook in hooks:
            hook.remove()
    loose = [(n, p) for n, p in module.named_parameters() if id(p) not in counted]
    return rows + [
        {"name": n, "type": "Parameter", "output": list(p.shape), "weights": p.numel(), "multiply_adds": 0}
        for n, p in loose
    ]


def multiply_adds(layer: nn.Module, inputs: tuple[Any, ...], output: Any) -> int:
    """Return the multiplications with an addition that a layer does for one sample.

    Counted are convolutions, linear layers and attention (projections, scores and the weighted sum), as published
    figures do; activations, pooling, normalization and biases are not.
    """
    if not isinstance(output, Tensor):
        return 0
    if isinstance(layer, nn.Conv1d | nn.Conv2d | nn.Conv3d):
        kernel = math.prod(layer.kernel_size) * layer.in_channels // layer.groups
        return kernel * math.prod(output.shape[1:])
    if isinstance(layer, nn.ConvTranspose2d):
        kernel = math.prod(layer.kernel_size) * layer.out_channels // layer.groups
        return kernel * math.prod(inputs[0].shape[1:])
    if isinstance(layer, nn.Linear):
        return layer.in_features * math.prod(output.shape[1:])
    if isinstance(layer, nn.MultiheadAttention):
        tokens, width = output.shape[-2], layer.embed_dim
        return 4 * tokens * width * width + 2 * tokens * tokens * width
    return 0
