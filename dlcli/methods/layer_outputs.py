"""What a layer puts out for a picture: an early layer to begin with, its maps, features averaged over places."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from dlcli.core.errors import ModelError, RunFailed, UsageError
from dlcli.engine.task import Batch, Task
from dlcli.methods.feature_maps import PASSING, as_map, grid_of, outputs_of
from dlcli.methods.layer_filters import CONVOLUTIONS


@dataclass(frozen=True)
class Channels:
    """What a layer put out for one picture, channel by channel.

    Args:
        values: maps, or the numbers of a vector.
        whole: the output as it is, with the batch.
        prefix: tokens in front of the picture's (class token, registers), which are in ``whole`` only.
    Shapes:
        values (C, h, w) or (C,)

    """

    values: np.ndarray
    whole: np.ndarray
    prefix: int = 0

    @property
    def is_map(self) -> bool:
        """Whether the channels are maps."""
        return self.values.ndim == 3


@torch.no_grad()
def early(module: nn.Module, x: Tensor) -> str:
    """Return the first convolution, behind its normalization and activation; without any, the first linear layer.

    What follows a layer counts as its own as long as it keeps the shape and has no matrix of weights. Of modules that
    put out the same the outermost is named. Modules that run several times are left out, for hooks keep one output.

    Args:
        module: in evaluation mode.
        x: a batch of one picture.

    Raises:
        ModelError: there is neither.

    """
    layers = list(module.modules())
    kinds: Any = CONVOLUTIONS if any(isinstance(m, CONVOLUTIONS) for m in layers) else (nn.Linear,)
    runs: Counter[str] = Counter()
    chain: list[tuple[str, Tensor]] = []
    ended = False

    def keep(name: str, layer: nn.Module) -> Any:
        def hook(_: nn.Module, __: Any, output: Any) -> None:
            nonlocal ended
            runs[name] += 1
            if not chain:
                if isinstance(layer, kinds) and isinstance(output, Tensor):
                    chain.append((name, output))
            elif not ended and not isinstance(layer, PASSING):
                if output is chain[-1][1]:
                    chain.append((name, output))
                elif not any(layer.children()):
                    matrix = any(p.ndim > 1 for p in layer.parameters(recurse=False))
                    ended = matrix or not isinstance(output, Tensor) or output.shape != chain[-1][1].shape
                    if not ended:
                        chain.append((name, output))

        return hook

    hooks = [m.register_forward_hook(keep(n, m)) for n, m in module.named_modules() if n]
    try:
        module(x)
    finally:
        for hook in hooks:
            hook.remove()
    once = [name for name, _ in chain if runs[name] == 1]
    if not once:
        raise ModelError(
            "the network shows no convolution and no linear layer; an exported file keeps none",
            "give the run it was exported from",
        )
    return once[-1]


@torch.no_grad()
def channels(module: nn.Module, x: Tensor, names: list[str]) -> dict[str, Channels]:
    """Return what layers put out for one picture.

    Args:
        module: in evaluation mode.
        x: a batch of one picture.
        names: layers.

    Raises:
        UsageError: a layer that does not run, or whose output is neither maps of the picture nor a vector.
        RunFailed: numbers that are not finite.

    """
    with outputs_of(module, names) as outputs:
        module(x)
    found = {}
    for name in names:
        if name not in outputs:
            raise UsageError(f"layer {name} puts out no tensor, or does not run", "--list-layers", key="layer")
        output = outputs[name].float()
        if not bool(torch.isfinite(output).all()):
            raise RunFailed(f"layer {name} puts out numbers that are not finite; the network is broken")
        values, prefix = _of_picture(output, name, x)
        found[name] = Channels(values[0].cpu().numpy(), output.cpu().numpy(), prefix)
    return found


def _of_picture(output: Tensor, name: str, x: Tensor) -> tuple[Tensor, int]:
    """Return maps (B, C, h, w) or vectors (B, C), and the tokens left out in front."""
    grid = grid_of(output.shape, *x.shape[2:]) if len(output) == len(x) else None
    if grid:
        return as_map(output, grid), grid.prefix
    if output.ndim >= 2 and len(output) == len(x) and output.numel() == len(x) * max(output.shape[1:]):
        return output.flatten(1), 0
    shape = "×".join(map(str, output.shape))
    text = f"layer {name} puts out {shape}, which is neither maps of the picture nor a vector"
    raise UsageError(text, "--list-layers shows what each puts out", key="layer")


class Features(Task):
    """Gives one vector a picture: a layer's output averaged over places, or what a layer is given.

    Args:
        layer: its name.
        given: take what the layer is given.

    """

    def __init__(self, layer: str, *, given: bool):
        self.layer, self.given = layer, given

    def outputs(self, module: nn.Module, batch: Batch) -> dict[str, Tensor]:
        """Return ``features`` (B, d) and ``index`` (B,)."""
        pictures = batch["pictures"]
        held = _given(module, self.layer, pictures) if self.given else _put_out(module, self.layer, pictures)
        values, _ = _of_picture(held.float(), self.layer, pictures)
        return {"index": batch["index"], "features": values.mean((2, 3)) if values.ndim == 4 else values}

    def scores(self, outputs: dict[str, np.ndarray]) -> dict[str, float]:  # noqa: ARG002
        """Return nothing: features have no score."""
        return {}


def _put_out(module: nn.Module, layer: str, pictures: Tensor) -> Tensor:
    with outputs_of(module, [layer]) as outputs:
        module(pictures)
    if layer not in outputs:
        raise UsageError(f"layer {layer} puts out no tensor, or does not run", "--list-layers", key="layer")
    return outputs[layer]


def _given(module: nn.Module, layer: str, pictures: Tensor) -> Tensor:
    seen: list[Tensor] = []
    hook = module.get_submodule(layer).register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    try:
        module(pictures)
    finally:
        hook.remove()
    if len(seen) != 1:
        text = (
            f"layer {layer}, taken for the head, runs {len(seen)} times for a picture, so its input is not the features"
        )
        raise ModelError(text, "name a layer with --layer")
    return seen[0]
