"""Learning rates that differ along a network: parameter groups with a factor each."""

from __future__ import annotations

from typing import Any

from torch import nn

from dlcli.core.errors import UsageError
from dlcli.models.weights import AUXILIARY


def depths(module: nn.Module, head: str) -> list[list[str]]:
    """Return the names of the parameters in layers, from the first layer to the last before the head.

    A layer is a stage's block: the network's children in the order they are declared in, where lists
    (``Sequential``, ``ModuleList``), what is around the head, and a part with more than half of the weights are opened
    in turn. What holds vectors only (a normalization) belongs to the layer before it; a parameter that stands alone
    (a class token, positions) to the layer after it.

    Args:
        module: the network.
        head: name of the layer that gives the class scores; its own parameters and those of auxiliary heads are left
            out.

    """
    sizes = {n: p for n, p in module.named_parameters() if not _of_a_head(n, head)}
    half = sum(p.numel() for p in sizes.values()) / 2
    layers: list[list[str]] = []
    alone: list[str] = []

    def visit(part: nn.Module, prefix: str) -> None:
        alone.extend(n for n, _ in part.named_parameters(prefix, recurse=False) if n in sizes)
        for name, child in part.named_children():
            full = f"{prefix}.{name}" if prefix else name
            inside = [n for n in sizes if n.startswith(f"{full}.")]
            opened = isinstance(child, nn.Sequential | nn.ModuleList | nn.ModuleDict) or head.startswith(f"{full}.")
            if opened or (list(child.children()) and sum(sizes[n].numel() for n in inside) > half):
                visit(child, full)
            elif layers and all(sizes[n].ndim < 2 for n in inside):
                layers[-1].extend(inside)
            elif inside:
                layers.append([*alone, *inside])
                alone.clear()

    visit(module, "")
    if alone:
        layers.append(alone)
    return layers


def _of_a_head(name: str, head: str) -> bool:
    """Return whether a parameter is of the head or of an auxiliary one."""
    return name.rpartition(".")[0] == head or name.startswith(AUXILIARY)


def groups(module: nn.Module, head: str, trunk_lr: float, layer_decay: float | None) -> list[Any]:
    """Return the trained parameters, in groups where their learning rates differ.

    The head and auxiliary heads have the recipe's rate. The k-th layer below it has trunk_lr·layer_decayᵏ times that.

    Source: Howard & Ruder 2018, section 3.2 (discriminative fine-tuning: 1/2.6 a layer); Bao et al. 2022 (BEiT), by
    block. Equal to timm's groups for its ResNet and ViT, a test holds.

    Args:
        module: the network, frozen as it is to be trained.
        head: name of the layer that gives the class scores.
        trunk_lr: factor of everything but the heads.
        layer_decay: factor from each layer to the one below, in (0, 1]; None: the same rate for the whole trunk.

    Returns:
        parameters, or groups with ``lr_scale``, the heads' first, then from the last layer to the first.

    Raises:
        UsageError: only the head is trained, so that there is nothing the factors could apply to.

    """
    trained = {n: p for n, p in module.named_parameters() if p.requires_grad}
    if trunk_lr == 1 and layer_decay is None:
        return list(trained.values())
    ends = [n for n in trained if _of_a_head(n, head)]
    if len(ends) == len(trained):
        key = "model.trunk_lr" if layer_decay is None else "model.layer_decay"
        raise UsageError(f"{key} has nothing to act on: only the head {head} is trained", f"leave {key} out", key=key)
    found = [{"params": [trained[n] for n in ends], "lr_scale": 1.0}]
    if layer_decay is None:
        rest = [p for n, p in trained.items() if n not in ends]
        return [*found, {"params": rest, "lr_scale": trunk_lr}]
    for k, layer in enumerate(reversed(depths(module, head)), 1):
        params = [trained[n] for n in layer if n in trained]
        if params:
            found.append({"params": params, "lr_scale": trunk_lr * layer_decay**k})
    return found


def described(found: list[Any]) -> str:
    """Return the factors of ``groups`` in words; empty where all have the same rate."""
    if not found or not isinstance(found[0], dict):
        return ""
    scales = [f"{g['lr_scale']:.3g}" for g in found[1:]]
    along = scales[0] if len(scales) == 1 else f"{scales[0]} … {scales[-1]} over {len(scales)} layers"
    return f"learning rate: head ×1, below it ×{along}"
