"""Optimizers from their recipe section."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch

from dlcli.core.errors import UsageError


def build(section: Any, parameters: Iterable[Any]) -> torch.optim.Optimizer:
    """Return the optimizer a recipe section describes.

    Args:
        section: one of the optimizers of ``core/schemas/shared.py``.
        parameters: parameters or groups; a group's ``lr_scale`` multiplies the learning rate.

    Raises:
        UsageError: Nesterov without momentum, or nothing to train.

    """
    groups = _groups(parameters, section.lr)
    common: dict[str, Any] = {"lr": section.lr, "weight_decay": section.weight_decay}
    match section.name:
        case "sgd":
            if section.nesterov and not section.momentum:
                raise UsageError("optim.nesterov: true needs optim.momentum above 0, such as 0.9", key="optim.nesterov")
            return _with_momenta(
                torch.optim.SGD(groups, momentum=section.momentum, nesterov=section.nesterov, fused=True, **common)
            )
        case "adagrad":
            return torch.optim.Adagrad(groups, eps=section.eps, **common)
        case "adadelta":
            return torch.optim.Adadelta(groups, rho=section.rho, eps=section.eps, **common)
        case "rmsprop":
            return torch.optim.RMSprop(
                groups, alpha=section.alpha, momentum=section.momentum, eps=section.eps, **common
            )
        case "adam":
            return torch.optim.Adam(groups, betas=tuple(section.betas), eps=section.eps, fused=True, **common)
        case "adamw":
            return torch.optim.AdamW(groups, betas=tuple(section.betas), eps=section.eps, fused=True, **common)
    raise UsageError(f"optim.name {section.name!r} is not known", key="optim.name")


def _with_momenta(optimizer: torch.optim.SGD) -> torch.optim.SGD:
    """Give each weight a momentum of zero, from which the first step is the one without any.

    Torch's fused SGD makes momenta only when no weight has one, and fails when a weight gets its first gradient after
    the others, as in a network that leaves parts of itself out at random.
    """
    for group in optimizer.param_groups:
        if group["momentum"]:
            for parameter in group["params"]:
                optimizer.state[parameter]["momentum_buffer"] = torch.zeros_like(parameter)
    return optimizer


def _groups(parameters: Iterable[Any], lr: float) -> list[dict[str, Any]]:
    items = list(parameters)
    groups = items if items and isinstance(items[0], dict) else [{"params": items}]
    groups = [{**g, "params": list(g["params"])} for g in groups]
    groups = [
        {**g, "lr": lr * g.get("lr_scale", 1.0), "lr_scale": g.get("lr_scale", 1.0)} for g in groups if g["params"]
    ]
    if not groups:
        raise UsageError("the network has no weights to train; everything is frozen", key="model.freeze")
    return groups


@torch.no_grad()
def add_l1(parameters: Iterable[torch.nn.Parameter], l1: float) -> None:
    """Add the gradient of the penalty l1·Σ|w| to the gradients of weights.

    Biases and the scales of normalization (one-dimensional tensors) are left free, as in Tibshirani's lasso (1996),
    whose intercept is not penalized.

    Args:
        parameters: with their gradients.
        l1: the factor λ.
    Effects: changes the gradients.
    """
    for p in parameters:
        if p.grad is not None and p.dim() > 1:
            p.grad.add_(p.sign(), alpha=l1)


def set_lr(optimizer: torch.optim.Optimizer, lr: float) -> None:
    """Set the learning rate of every group, each times its own scale."""
    for group in optimizer.param_groups:
        group["lr"] = lr * group["lr_scale"]
