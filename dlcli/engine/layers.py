"""The layers of a network: what they put out, hold, compute, and see of the picture."""

from __future__ import annotations

import copy
import math
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.weak import WeakIdKeyDictionary

from dlcli.core.errors import ModelError
from dlcli.engine.fields import CONVOLUTIONS, Fields

aten = torch.ops.aten
BYTES = 4  # of a number in float32
WHOLE = (nn.modules.batchnorm._NormBase, nn.LayerNorm, nn.GroupNorm)  # layers, though some hold their activation


@dataclass
class Layers:
    """A network, layer by layer.

    Args:
        rows: name, type, output (shape without the batch), weights, multiply_adds, activation_bytes (of the output in
            float32), sees (``window``, ``all`` of the picture, ``unknown`` where the layout cannot be followed,
            ``nothing``), receptive_field_px, stride_px, padding_px ([height, width], or None), gated (see
            ``engine/fields``).
        receptive_field_px: largest window that anything sees, [height, width]: of the last map before the whole picture
            is taken in.
        peak_bytes: most that inputs and results between them take at once in a forward pass that frees each as soon as
            nothing needs it, in float32; without the weights and without what a kernel needs inside.

    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    receptive_field_px: list[int] | None = None
    peak_bytes: int = 0


def layers(module: nn.Module, shape: tuple[int, ...], also: Collection[str] = ()) -> Layers:
    """Return what a network is made of, in the order of computation.

    One forward pass of one sample on the meta device: no arithmetic is done. There is a row for each layer without
    layers in it, and for each other that multiplies by itself (attention). A layer used twice has two rows, its weights
    counted in the first. Weights that belong to no such layer (a class token, say) get a row of their own.

    Args:
        module: the network, in evaluation mode.
        shape: of one input, without the batch; (C, H, W) for receptive fields.
        also: further layers that get a row, though there are layers in them (``layer4.1``, a block).

    Raises:
        ModelError: the network cannot take the shape.

    """
    shadow = shadow_of(module)
    tensors = [*shadow.parameters(), *shadow.buffers()]
    kind = next((t.dtype for t in tensors if t.is_floating_point()), torch.float32)
    picture = torch.zeros(1, *shape, dtype=kind, device="meta")
    watch = _Watch(shadow, picture, tensors, also)
    hooks = [h for m in shadow.modules() for h in (
        m.register_forward_pre_hook(watch.entered), m.register_forward_hook(watch.left),
    )]  # fmt: skip
    try:
        with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), watch:
            shadow(picture)
    except (RuntimeError, ValueError, AssertionError) as error:
        raise ModelError(
            f"the network cannot take an input of {'×'.join(map(str, shape))}: {str(error).splitlines()[0]}",
            "try another --size-px",
        ) from error
    finally:
        for hook in hooks:
            hook.remove()
    return Layers(watch.rows + watch.loose(), watch.fields.largest_px, watch.memory.peak)


def shadow_of(module: nn.Module) -> nn.Module:
    """Return a copy of a network on the meta device, without its numbers, so that running it costs no arithmetic.

    Not ``torch.func.functional_call``, which leaves the stand-ins in the network where a layer has two names.
    """
    tensors = (*module.parameters(), *module.buffers())
    stand_ins = {id(t): nn.Parameter(t.detach().to("meta"), False) if isinstance(t, nn.Parameter) else t.to("meta")
                 for t in tensors}  # fmt: skip
    return copy.deepcopy(module, stand_ins)


class _Memory:
    """Bytes of the storages that are alive, by their own lifetimes; those there before are not counted."""

    def __init__(self, before: list[Tensor]) -> None:
        self.before = {id(s): s for s in (t.untyped_storage() for t in before)}
        self.alive: WeakIdKeyDictionary = WeakIdKeyDictionary()
        self.peak = 0

    def made(self, output: Any) -> None:
        for value in output if isinstance(output, list | tuple) else (output,):
            if isinstance(value, Tensor) and value.is_floating_point():
                storage = value.untyped_storage()
                if id(storage) not in self.before and storage not in self.alive:
                    self.alive[storage] = storage.nbytes() * BYTES // value.element_size()
                    self.peak = max(self.peak, sum(self.alive.values()))


class _Watch(TorchDispatchMode):
    """Sees every operation, and by hooks the layer it happens in."""

    def __init__(self, module: nn.Module, picture: Tensor, weights: list[Tensor], also: Collection[str] = ()):
        super().__init__()
        self.module = module
        self.names = {m: n for n, m in module.named_modules()}
        self.parameters = {m: [id(p) for p in m.parameters()] for m in module.modules()}
        self.sizes = {id(p): p.numel() for p in module.parameters()}
        self.leaves = {m for m in module.modules() if isinstance(m, WHOLE) or not next(m.children(), None)}
        self.leaves |= {m for m, n in self.names.items() if n in also}
        self.rows: list[dict[str, Any]] = []
        self.work: list[int] = []
        self.fields = Fields(picture)
        self.memory = _Memory(weights)
        self.memory.made(picture)

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        output = func(*args, **(kwargs or {}))
        if self.work:
            self.work[-1] += multiply_adds(func, args, output)
        self.memory.made(output)
        self.fields.seen(func, args, kwargs or {}, output)
        return output

    def entered(self, *_: Any) -> None:
        self.work.append(0)

    def left(self, layer: nn.Module, _: Any, output: Any) -> None:
        work = self.work.pop()
        if layer not in self.leaves and not work:
            return
        own = [self.sizes.pop(p) for p in self.parameters[layer] if p in self.sizes]
        result = output[0] if isinstance(output, tuple | list) and output else output
        tensor = isinstance(result, Tensor)
        self.rows.append(
            {
                "name": self.names[layer],
                "type": type(layer).__name__,
                "output": list(result.shape[1:]) if tensor else [],
                "weights": sum(own),
                "multiply_adds": work,
                "activation_bytes": BYTES * math.prod(result.shape[1:]) if tensor else 0,
                **_sight(self.fields.get(result)),
            }
        )

    def loose(self) -> list[dict[str, Any]]:
        """Return rows for the weights of no layer."""
        return [
            {
                "name": n,
                "type": "Parameter",
                "output": list(p.shape),
                "weights": p.numel(),
                "multiply_adds": 0,
                "activation_bytes": 0,
                **_sight(None),
            }
            for n, p in self.module.named_parameters()
            if id(p) in self.sizes
        ]


def _sight(seen: Any) -> dict[str, Any]:
    return {
        "sees": seen.seen() if seen else "nothing",
        "receptive_field_px": seen.size_px() if seen else None,
        "stride_px": seen.stride_px() if seen else None,
        "padding_px": seen.padding_px() if seen else None,
        "gated": bool(seen and seen.gated),
    }


def multiply_adds(func: Any, args: tuple[Any, ...], output: Any) -> int:
    """Return the multiplications with an addition of one operation.

    Counted are convolutions and matrix products (linear layers; of attention the projections, the scores and the
    weighted sum), as published figures do; activations, pooling, normalization and biases are not.
    """
    kind = func.overloadpacket
    if kind in CONVOLUTIONS:
        taps = math.prod(args[1].shape[1:])  # of a transposed one it is the input that is multiplied
        return taps * (args[0] if args[6] else output).numel()
    if kind in (aten.mm, aten.bmm):
        return args[0].shape[-1] * output.numel()
    if kind in (aten.addmm, aten.baddbmm):
        return args[1].shape[-1] * output.numel()
    return 0
