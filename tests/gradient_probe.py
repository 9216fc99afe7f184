"""Receptive fields measured: which input pixels one unit of a layer has a gradient at."""

import torch
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

POINTWISE = {
    "relu", "relu_", "relu6", "hardtanh", "hardtanh_", "silu", "silu_", "gelu", "hardswish", "hardswish_", "leaky_relu",
    "leaky_relu_", "elu", "sigmoid", "sigmoid_", "hardsigmoid", "tanh", "batch_norm", "layer_norm", "group_norm",
    "instance_norm", "dropout", "dropout_", "local_response_norm", "mish", "softplus",
}  # fmt: skip


class Linearized(TorchFunctionMode):
    """Makes every function linear with positive weights: averages for maxima, no activation, no norm, no gate."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        name = getattr(func, "__name__", "")
        if name in POINTWISE:
            return args[0] if args else kwargs["input"]
        if name in ("max_pool2d", "_max_pool2d", "boolean_dispatch"):
            names = ("input", "kernel_size", "stride", "padding", "dilation", "ceil_mode")
            given = {**dict(zip(names, args, strict=False)), **kwargs}
            assert given.get("dilation", 1) in (1, (1, 1), [1, 1])
            return F.avg_pool2d(
                given["input"], given["kernel_size"], given.get("stride"), given.get("padding", 0),
                given.get("ceil_mode", False),
            )  # fmt: skip
        if name in ("mul", "mul_", "__mul__", "__rmul__", "__imul__") and torch.is_tensor(args[1]):
            x, gate = sorted(args[:2], key=lambda t: -t.numel())
            if x.ndim == 4 and (gate.numel() == 1 or gate.shape[-2:] == (1, 1) != x.shape[-2:]):
                return x
        return func(*args, **kwargs)


def probe(module, shape, layer, place=0.5):
    """Return the unit probed, (row, column), and the first and last input row and column it depends on.

    Effects: weights become positive; use float64, as products of many small weights underflow.
    """
    module = module.double().eval()
    with torch.no_grad():
        for p in module.parameters():
            p.fill_(1 / max(p[0].numel(), 1) if p.ndim > 1 else 0)
    held = []
    hook = module.get_submodule(layer).register_forward_hook(lambda _, __, out: held.append(out))
    picture = torch.ones(1, *shape, dtype=torch.float64, requires_grad=True)
    try:
        with Linearized():
            module(picture)
    except Exception:  # a head may not fit another size; the layer has been reached
        if not held:
            raise
    hook.remove()
    out = held[-1]
    unit = int(out.shape[2] * place), int(out.shape[3] * place)
    (gradient,) = torch.autograd.grad(out[0, :, unit[0], unit[1]].sum(), picture)
    touched = gradient.abs().sum((0, 1)) != 0
    rows, columns = touched.any(1).nonzero().flatten().tolist(), touched.any(0).nonzero().flatten().tolist()
    return unit, (rows[0], rows[-1]), (columns[0], columns[-1])
