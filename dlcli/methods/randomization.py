"""Weights of a network made random, layer by layer from the top, and put back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn


def weighted_layers(module: nn.Module, x: Tensor) -> list[str]:
    """Return the names of layers that hold weights of their own, in the order in which they begin to run.

    One that does not run as a module, such as a projection that an attention layer uses itself, comes behind the layer
    around it. The network itself, where it holds weights, is the empty name.

    Args:
        module: in evaluation mode.
        x: a batch to run it on.

    """
    began: dict[str, int] = {}

    def note(name: str) -> Any:
        def hook(*_: Any) -> None:
            began.setdefault(name, len(began))

        return hook

    hooks = [m.register_forward_pre_hook(note(n)) for n, m in module.named_modules()]
    try:
        with torch.no_grad():
            module(x)
    finally:
        for hook in hooks:
            hook.remove()

    def when(name: str) -> int:
        while name and name not in began:
            name = name.rpartition(".")[0]
        return began.get(name, 0)

    holders = [n for n, m in module.named_modules() if next(m.parameters(recurse=False), None) is not None]
    return sorted(holders, key=when)


def stages(layers: Sequence[str], count: int) -> list[list[str]]:
    """Return groups of layers from the top: the last layer alone, then the others in equal shares.

    Args:
        layers: in the order of the network.
        count: of groups, at least 1; fewer come where there are fewer layers.

    """
    *others, head = layers
    if count == 1 or not others:
        return [list(layers)]
    shares = np.array_split(np.array(others[::-1], dtype=object), min(count - 1, len(others)))
    return [[head], *([str(n) for n in share] for share in shares)]


@contextmanager
def put_back(module: nn.Module) -> Iterator[None]:
    """Let weights and running statistics change meanwhile; bit for bit the old ones stand again after it."""
    held = [(t, t.detach().clone()) for t in (*module.parameters(), *module.buffers())]
    try:
        yield
    finally:
        with torch.no_grad():
            for tensor, old in held:
                tensor.copy_(old)


def randomize(module: nn.Module, names: Sequence[str], how: str, seed: int) -> None:
    """Make the weights of layers random; no global random state is left changed.

    Source: Adebayo et al. 2018, section 3.

    Args:
        module: the network.
        names: layers with weights of their own; their children are left alone.
        how: ``fresh``: as the layer's type begins, running statistics included; weights that no type draws, such as
            position embeddings, come from a normal distribution with the mean and spread they had. ``shuffled``: the
            same numbers in random order, tensor by tensor, so that the scale of all signals stays.
        seed: of the draws.

    Effects: changes the network in place; see ``put_back``.
    """
    layers = dict(module.named_modules())
    cuda = sorted({p.device.index or 0 for p in module.parameters() if p.device.type == "cuda"})
    with torch.random.fork_rng(devices=cuda), torch.no_grad():
        torch.manual_seed(seed)
        for name in names:
            layer = layers[name]
            renew = getattr(layer, "reset_parameters", None)
            if how == "fresh" and callable(renew):
                renew()
                continue
            for weight in layer.parameters(recurse=False):
                weight.copy_(_drawn(weight, how))
            if how == "shuffled" and isinstance(layer, nn.modules.batchnorm._BatchNorm):
                _shuffle_statistics(layer)


def _drawn(weight: Tensor, how: str) -> Tensor:
    if how == "shuffled":
        order = torch.randperm(weight.numel()).to(weight.device)
        return weight.flatten()[order].view_as(weight)
    spread = float(weight.std()) if weight.numel() > 1 else abs(float(weight))
    return (torch.randn(weight.shape) * spread + float(weight.mean())).to(weight)


def _shuffle_statistics(layer: Any) -> None:
    """Shuffle mean and variance of the channels together: a variance apart from its mean would blow signals up."""
    if layer.running_mean is not None:
        order = torch.randperm(len(layer.running_mean)).to(layer.running_mean.device)
        layer.running_mean.copy_(layer.running_mean[order])
        layer.running_var.copy_(layer.running_var[order])


def alike(trained: np.ndarray, other: np.ndarray | None) -> tuple[float, float]:
    """Return Spearman's rank correlation of two maps, and the share of their top fifths that is common.

    A blank map (None) or a constant one says nothing of the picture: 0 and the share that chance gives, a fifth.

    Shapes:
        (H, W) each
    """
    from scipy.stats import rankdata

    if other is None or trained.max() == trained.min() or other.max() == other.min():
        return 0.0, 0.2
    correlation = float(np.corrcoef(rankdata(trained), rankdata(other))[0, 1])
    fifth = max(1, round(trained.size / 5))
    tops = [np.argsort(-m.ravel(), kind="stable")[:fifth] for m in (trained, other)]
    return correlation, len(np.intersect1d(*tops, assume_unique=True)) / fifth
