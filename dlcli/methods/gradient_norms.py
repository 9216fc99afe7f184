"""The gradient of a loss by layer: its size, next to that of the weights, and whether it dies or grows with depth."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from dlcli.core.errors import ModelError, RunFailed, UsageError
from dlcli.engine.device import Device
from dlcli.engine.watch import EXPLODED, VANISHED
from dlcli.methods.feature_maps import scores_of

WEIGHTED = (nn.Linear, nn.modules.conv._ConvNd, nn.MultiheadAttention)


@dataclass(frozen=True)
class Norms:
    """What the gradient of one batch is in each layer.

    Args:
        loss: of the batch.
        norm: of the whole gradient, L2.
        rows: a layer with weights of its own each, in the order of the network: ``layer``, ``type``, ``multiplies``
            (linear, convolution, attention), ``weights`` (how many, biases included), ``norm`` (L2), ``rms`` (root
            mean square, which does not grow with the layer), ``weight_rms``, ``ratio`` (rms by weight_rms), ``zeros``
            (share of the gradient that is exactly 0). The gradient's figures are None where the layer had no part in
            the loss.

    """

    loss: float
    norm: float
    rows: list[dict[str, Any]]


def measure(
    module: nn.Module,
    x: Tensor,
    loss: Callable[[Tensor], Tensor],
    device: Device,
    *,
    training: bool = False,
    seed: int = 0,
) -> Norms:
    """Return the gradient of a loss, layer by layer; the network and the random numbers are left as they were.

    Args:
        module: the network.
        x: the batch.
        loss: class scores (B, K) → a number.
        device: where both are.
        training: dropout draws and batch normalization takes the statistics of the batch, as in training.
        seed: of those draws.

    Raises:
        UsageError: too few pictures for the statistics of a batch.
        ModelError: no weights.
        RunFailed: the loss or a gradient is no finite number.

    """
    owned = _owned(module)
    parameters = [p for _, _, own in owned for p in own]
    if not parameters:
        raise ModelError(
            "the network has no weights to take a gradient of", "an exported file has none; give the run or bundle"
        )
    with _mode(module, device, training, seed), torch.enable_grad(), _asked(parameters):
        try:
            value = loss(scores_of(module(x)))
        except ValueError as error:  # "Expected more than 1 value per channel when training"
            raise UsageError(
                f"the network cannot train on this batch: {error}", "give more pictures", key="mode"
            ) from error
        gradients = torch.autograd.grad(value, parameters, allow_unused=True) if value.requires_grad else []
    found = dict(zip(map(id, parameters), gradients, strict=False))
    number = float(value.detach())
    rows = [_row(name, layer, own, [found.get(id(p)) for p in own]) for name, layer, own in owned]
    _check(number, rows)
    return Norms(number, math.sqrt(sum((r["norm"] or 0.0) ** 2 for r in rows)), rows)


def _owned(module: nn.Module) -> list[tuple[str, nn.Module, list[Tensor]]]:
    """Return the layers with weights of their own; a weight that two share belongs to the first."""
    taken: set[int] = set()
    found = []
    for name, layer in module.named_modules():
        own = [p for p in layer.parameters(recurse=False) if id(p) not in taken and p.is_floating_point()]
        taken |= {id(p) for p in own}
        if own:
            found.append((name or "(network)", layer, own))
    return found


def _row(name: str, layer: nn.Module, own: Sequence[Tensor], gradients: Sequence[Tensor | None]) -> dict[str, Any]:
    count = sum(p.numel() for p in own)
    weight_rms = _root_mean_square(own, count)
    row = {
        "layer": name, "type": type(layer).__name__, "multiplies": isinstance(layer, WEIGHTED), "weights": count,
    }  # fmt: skip
    there = [g.detach() for g in gradients if g is not None]  # a missing part of a layer's own weights is 0
    if not there:
        return {**row, "norm": None, "rms": None, "weight_rms": weight_rms, "ratio": None, "zeros": None}
    rms = _root_mean_square(there, count)
    zeros = 1 - sum(int(g.count_nonzero()) for g in there) / count
    ratio = rms / weight_rms if weight_rms else None
    return {
        **row, "norm": rms * math.sqrt(count), "rms": rms, "weight_rms": weight_rms, "ratio": ratio, "zeros": zeros,
    }  # fmt: skip


def _root_mean_square(tensors: Sequence[Tensor], count: int) -> float:
    """Return the root mean square of tensors with ``count`` elements, summed in float64 where the device has it."""
    wide = [t.detach() if t.device.type == "mps" else t.detach().double() for t in tensors]
    return math.sqrt(sum(float(t.square().sum()) for t in wide) / count)


def _check(loss: float, rows: Sequence[dict[str, Any]]) -> None:
    bad = [r["layer"] for r in rows if r["norm"] is not None and not math.isfinite(r["norm"])]
    broken = [r["layer"] for r in rows if not math.isfinite(r["weight_rms"])]
    if broken:
        raise RunFailed(f"weights of {broken[0]} are no finite numbers ({len(broken)} of {len(rows)} layers)")
    if not math.isfinite(loss):
        raise RunFailed(f"the loss is {loss}, so there is no gradient", "the scores overflow; try smaller weights")
    if bad:
        text = f"the gradient is no finite number in {len(bad)} of {len(rows)} layers, from {bad[-1]} down to {bad[0]}"
        raise RunFailed(text, "it overflows on its way down; try smaller weights or normalization")


def verdict(norms: Norms) -> dict[str, Any]:
    """Return whether the gradient vanishes or explodes on its way from the last layer to the first.

    The bounds are those of ``train --watch gradients`` (``engine/watch``): a first layer whose root mean square is
    less than a thousandth of the last one's learns next to nothing; a thousand times more, or a norm of the whole above
    a thousand, is too much for any usual step. Layers that multiply count (linear, convolution, attention):
    normalization has few weights, on another scale.

    Source: Bengio, Simard and Frasconi 1994, section IV, for recurrent networks; Glorot and Bengio 2010, section 4.2,
    who compare layers by the variance of their gradients.

    Returns:
        ``name``: vanishing, exploding, zero or fine; ``text``; ``ratio``: first by last layer's root mean square, or
        None; ``layer``: seen from the last, the first that is beyond the bound, or None.

    """
    rows = [r for r in norms.rows if r["multiplies"] and r["rms"] is not None]
    if not norms.norm or not rows:
        text = "the gradient is 0 everywhere: the loss asks for no change, or nothing passes it on"
        return {"name": "zero", "text": text, "ratio": None, "layer": None}
    first, last = rows[0], rows[-1]
    if not last["rms"]:
        text = f"no gradient at the last layer, {last['layer']}, though there is some before it"
        return {"name": "zero", "text": text, "ratio": None, "layer": last["layer"]}
    ratio = first["rms"] / last["rms"] if len(rows) > 1 else None
    if ratio is not None and ratio < VANISHED:
        beyond = _beyond(rows, lambda r: r["rms"] < VANISHED * last["rms"])
        return {"name": "vanishing", "text": _vanishing(rows, beyond, ratio), "ratio": ratio, "layer": beyond["layer"]}
    if (ratio is not None and ratio > EXPLODED) or norms.norm > EXPLODED:
        beyond = _beyond(rows, lambda r: r["rms"] > EXPLODED * last["rms"]) if ratio and ratio > EXPLODED else None
        return {
            "name": "exploding", "text": _exploding(norms, rows, ratio), "ratio": ratio,
            "layer": beyond and beyond["layer"],
        }  # fmt: skip
    told = ""
    if ratio is not None:
        told = f": by root mean square those of the first layer, {first['layer']}, are {ratio:.2g} times those of the "
        told += f"last, {last['layer']}"
    text = f"gradients neither vanish nor explode{told}; the norm is {norms.norm:.3g}"
    return {"name": "fine", "text": text, "ratio": ratio, "layer": None}


def _beyond(rows: Sequence[dict[str, Any]], is_beyond: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    return next(r for r in reversed(rows) if is_beyond(r))


def _vanishing(rows: Sequence[dict[str, Any]], beyond: dict[str, Any], ratio: float) -> str:
    first, last, place = rows[0], rows[-1], rows.index(beyond) + 1
    size = f"{ratio:.1e} of" if ratio else "0, unlike"
    text = (
        f"vanishing gradients: those of the first layer, {first['layer']}, are {size} those of the last, "
        f"{last['layer']}; from layer {place} of {len(rows)}, {beyond['layer']}, on down less than {VANISHED:g} arrives"
    )
    if not rows[-2]["norm"]:
        return f"{text}; nothing at all passes {last['layer']}: are its weights 0, or all units before it dead?"
    return f"{text}; try ReLU instead of sigmoid or tanh, He's or Xavier's initialization, normalization, or shortcuts"


def _exploding(norms: Norms, rows: Sequence[dict[str, Any]], ratio: float | None) -> str:
    told = f"the norm of the whole is {norms.norm:.3g}"
    if ratio is not None and ratio > EXPLODED:
        told = f"those of the first layer, {rows[0]['layer']}, are {ratio:.1e} times those of the last, " + (
            f"{rows[-1]['layer']}; {told}"
        )
    return f"exploding gradients: {told}; try smaller weights at the start, normalization, or train.clip_norm=1"


@contextlib.contextmanager
def _asked(parameters: Sequence[Tensor]) -> Iterator[None]:
    """Let every weight ask for a gradient meanwhile; frozen ones are asked too, and frozen again."""
    frozen = [p for p in parameters if not p.requires_grad]
    for p in frozen:
        p.requires_grad_()
    try:
        yield
    finally:
        for p in frozen:
            p.requires_grad_(False)


@contextlib.contextmanager
def _mode(module: nn.Module, device: Device, training: bool, seed: int) -> Iterator[None]:
    """Put the network into a mode meanwhile; in training its buffers (running statistics) are put back as well."""
    modes = {m: m.training for m in module.modules()}
    buffers = [(b, b.clone()) for b in module.buffers()] if training else []
    devices = [device.torch] if device.torch.type == "cuda" else []
    try:
        module.train(training)
        with torch.random.fork_rng(devices):
            device.seed(seed)
            yield
    finally:
        for m, was in modes.items():
            m.training = was
        with torch.no_grad():
            for buffer, held in buffers:
                buffer.copy_(held)
