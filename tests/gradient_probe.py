"""Receptive fields measured: which input pixels one unit of a layer has a gradient at."""

import torch
from torch import nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from dlcli.engine.layers import layers

POINTWISE = {
    "relu", "relu_", "relu6", "hardtanh", "hardtanh_", "silu", "silu_", "gelu", "hardswish", "hardswish_", "leaky_relu",
    "leaky_relu_", "elu", "sigmoid", "sigmoid_", "hardsigmoid", "tanh", "batch_norm", "layer_norm", "group_norm",
    "instance_norm", "dropout", "dropout_", "local_response_norm", "mish", "softplus",
}  # fmt: skip
MAXIMA = ("max_pool2d", "_max_pool2d", "boolean_dispatch")


class Linearized(TorchFunctionMode):
    """Makes every function linear with positive weights: averages for maxima; no activation, norm or gate."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        name = getattr(func, "__name__", "")
        if name in POINTWISE:
            return args[0] if args else kwargs["input"]
        if name in MAXIMA:
            names = ("input", "kernel_size", "stride", "padding", "dilation", "ceil_mode")
            given = {**dict(zip(names, args, strict=False)), **kwargs}
            assert given.pop("dilation", 1) in (1, (1, 1), [1, 1])
            given.pop("return_indices", None)
            return F.avg_pool2d(**given)
        if name in ("mul", "mul_", "__mul__", "__rmul__", "__imul__") and torch.is_tensor(args[1]):
            x, gate = sorted(args[:2], key=lambda t: -t.numel())
            if x.ndim == 4 and (gate.numel() == 1 or gate.shape[-2:] == (1, 1) != x.shape[-2:]):
                return x
        return func(*args, **kwargs)


def probe(module, shape, names):
    """Return (output size, unit, first and last row, first and last column it depends on) of each layer.

    Effects: the weights become positive and float64, as products of many small ones underflow.
    """
    module = module.double().eval()
    with torch.no_grad():
        for p in module.parameters():
            p.fill_(1 / max(p[0].numel(), 1) if p.ndim > 1 else 0)
    held = {}
    hooks = [
        module.get_submodule(n).register_forward_hook(lambda _, __, out, n=n: held.__setitem__(n, out)) for n in names
    ]
    picture = torch.ones(1, *shape, dtype=torch.float64, requires_grad=True)
    with Linearized():
        module(picture)
    for hook in hooks:
        hook.remove()
    found = []
    for name in names:
        out = held[name]
        unit = out.shape[2] // 2, out.shape[3] // 2
        (gradient,) = torch.autograd.grad(out[0, :, unit[0], unit[1]].sum(), picture, retain_graph=True)
        touched = gradient.abs().sum((0, 1)) != 0
        spans = [touched.any(axis).nonzero().flatten().tolist() for axis in (1, 0)]
        found.append((unit, [(s[0], s[-1]) for s in spans]))
    return found


def check(make, *, axis=0, across=32, trunk=True):
    """Hold the fields of a network against the probe, at a middle layer and at the one that sees most; return that.

    Args:
        make: (height, width) → the network.
        axis: 0: height, 1: width; the picture is as long as the field along it, so that nothing is cut off.
        across: its other side.
        trunk: leave out the dense layers of the network before it is probed.

    """
    field = layers(make((256, 256)).eval(), (3, 256, 256)).receptive_field_px[axis]
    size = [across, across]
    size[axis] = -(-(field + 80) // 32) * 32
    module = make(tuple(size))
    if trunk and isinstance(getattr(module, "classifier", None), nn.Sequential):
        module.classifier = nn.Identity()
    rows = [r for r in layers(module.eval(), (3, *size)).rows if r["stride_px"]]
    widest = max(range(len(rows)), key=lambda k: rows[k]["receptive_field_px"][axis])
    chosen = [rows[len(rows) // 2], rows[widest]]
    for row, (unit, spans) in zip(chosen, probe(module, (3, *size), [r["name"] for r in chosen]), strict=True):
        first = unit[axis] * row["stride_px"][axis] - row["padding_px"][axis]
        last = first + row["receptive_field_px"][axis] - 1
        assert first >= 0, row
        assert last < size[axis], row
        assert spans[axis] == (first, last), row
    return chosen[-1]["receptive_field_px"][axis]
