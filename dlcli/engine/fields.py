"""Receptive fields of tensors: each operation of a forward pass, told to ``ops/receptive_field``."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.utils.weak import WeakIdKeyDictionary, WeakTensorKeyDictionary

from dlcli.ops import receptive_field as rf
from dlcli.ops.receptive_field import Field

aten = torch.ops.aten
SAME = {  # element by element in what they look at, without torch's tag for it
    aten.alias, aten.clone, aten.contiguous, aten.detach, aten.lift_fresh, aten._to_copy, aten.dropout,
    aten.native_dropout, aten.channel_shuffle, aten.native_channel_shuffle, aten.hardswish_, aten.hardsigmoid_,
    aten.hardswish, aten.hardsigmoid, aten.mish_,
}  # fmt: skip
RESHAPES = {aten.view, aten._unsafe_view, aten.reshape, aten._reshape_alias, aten.flatten}
REDUCTIONS = {
    aten.mean, aten.sum, aten.amax, aten.amin, aten.max, aten.min, aten.var, aten.std, aten.var_mean, aten.std_mean,
    aten.linalg_vector_norm, aten.norm, aten.prod, aten.logsumexp,
}  # fmt: skip
ALONG = {aten._softmax, aten._safe_softmax, aten._log_softmax, aten.softmax, aten.log_softmax, aten.cumsum}
CONVOLUTIONS = {aten.convolution, aten._convolution, aten.cudnn_convolution}
POOLS = {
    aten.avg_pool2d, aten.avg_pool3d, aten.max_pool2d_with_indices, aten.max_pool3d_with_indices, aten.max_pool2d,
}  # fmt: skip
ADAPTIVE = {aten._adaptive_avg_pool2d, aten.adaptive_avg_pool2d, aten.adaptive_max_pool2d}
PADS = {
    aten.constant_pad_nd, aten.reflection_pad1d, aten.reflection_pad2d, aten.replication_pad1d, aten.replication_pad2d,
}  # fmt: skip
BATCH_NORMS = {
    aten.native_batch_norm, aten._native_batch_norm_legit, aten._native_batch_norm_legit_no_training,
    aten._batch_norm_with_update, aten._batch_norm_no_update, aten.cudnn_batch_norm,
}  # fmt: skip
RESAMPLES = {
    aten.upsample_nearest2d, aten.upsample_bilinear2d, aten.upsample_bicubic2d, aten._upsample_nearest_exact2d,
    aten._upsample_bilinear2d_aa, aten._upsample_bicubic2d_aa,
}  # fmt: skip
PRODUCTS = {aten.mul, aten.mul_}


class Fields:
    """The field of every tensor of a forward pass that depends on the picture.

    Max pooling counts as its window, ReLU as dependence. What scales the whole map alike (squeeze-excite gates, group
    and instance normalization) is left out and noted, as in the published figures, which are of the convolutions.
    """

    def __init__(self, picture: Tensor):
        self.held: WeakTensorKeyDictionary = WeakTensorKeyDictionary()
        self.written: WeakIdKeyDictionary = WeakIdKeyDictionary()
        self.largest_px: list[int] | None = None
        if picture.ndim == 4:
            self.held[picture] = rf.picture(*picture.shape[1:])

    def get(self, value: Any) -> Field | None:
        """Return the field of a tensor, or None where nothing depends on the picture."""
        if not isinstance(value, Tensor):
            return None
        found = self.held.get(value)
        if found is None and (part := self.written.get(value.untyped_storage())) is not None:
            return rf.scattered(part, tuple(value.shape))
        return found

    def seen(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any], output: Any) -> None:
        """Note an operation that has run."""
        tensors = [a for arg in args for a in (arg if isinstance(arg, list | tuple) else (arg,))]
        fields = [f for f in map(self.get, tensors) if f is not None]
        outputs = [o for o in (output if isinstance(output, list | tuple) else (output,)) if isinstance(o, Tensor)]
        if not fields:
            return
        for number, out in enumerate(outputs):
            self.held[out] = field = self._field(func, args, kwargs, fields, out, number)
            if size := field.size_px():
                self.largest_px = max(self.largest_px or size, size, key=math.prod)
        if func.overloadpacket is aten.copy_:  # into a part of a tensor, maybe
            self.written[args[0].untyped_storage()] = fields[-1]

    def _field(
        self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any], fields: list[Field], out: Tensor, number: int
    ) -> Field:
        kind, shape, x = func.overloadpacket, tuple(out.shape), self.get(args[0]) if args else None
        if torch.Tag.pointwise in func.tags or kind in (aten.masked_fill, aten.where):
            return rf.united(fields, shape, gates=kind in PRODUCTS)
        if kind in (aten.mm, aten.bmm):
            return rf.product(x, self.get(args[1]), shape) or fields[0]
        if kind in (aten.addmm, aten.baddbmm):
            return rf.product(self.get(args[1]), self.get(args[2]), shape) or rf.scattered(fields[0], shape)
        if kind is aten.cat:
            return rf.joined(fields, shape, (args[1] if len(args) > 1 else 0) % len(shape))
        if kind is aten.stack:
            dim = (args[1] if len(args) > 1 else 0) % len(shape)
            return rf.joined([rf.relaid(f, (*f.dims[:dim], (), *f.dims[dim:])) for f in fields], shape, dim)
        if kind in (aten.split, aten.split_with_sizes) and x is not None:
            return _split(x, args[1], (args[2] if len(args) > 2 else 0) % len(shape), shape, number)
        rule = _rule(kind)
        if rule is None or x is None or (number and kind is not aten.unbind):
            return rf.scattered(x or fields[0], shape)
        return rule(x, shape, args, kwargs)


Rule = Callable[[Field, tuple[int, ...], tuple[Any, ...], dict[str, Any]], Field]


def _rule(kind: Any) -> Rule | None:
    """Return what an operation on one tensor does to its field, or None where that is not known."""
    for kinds, rule in RULES:
        if kind in kinds:
            return rule
    return None


def _list(value: Any, number: int) -> list[int]:
    values = list(value) if isinstance(value, list | tuple) else [value]
    return values * number if len(values) == 1 else values


def _argument(args: tuple[Any, ...], place: int, default: Any) -> Any:
    return args[place] if len(args) > place else default


def _reduced(x: Field, shape: tuple[int, ...], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Field:
    over = next((a for a in args[1:] if isinstance(a, list)), None)
    place = 2 if over is not None else 1
    if over is None and len(args) > 1 and isinstance(args[1], int) and not isinstance(args[1], bool):
        over, place = [args[1]], 2
    over = [d % len(x.dims) for d in over] if over else list(range(len(x.dims)))
    keepdim = bool(kwargs.get("keepdim", len(shape) == len(x.dims) and place == 2))
    return rf.reduced(x, over, keepdim=keepdim)


def _convolved(x: Field, shape: tuple[int, ...], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Field:  # noqa: ARG001
    weight, _, stride, padding, dilation, transposed, _, groups = args[1:9]
    if transposed:
        return rf.scattered(x, shape)
    if len(x.dims) < len(shape):
        return rf.scattered(x, shape)
    number = weight.ndim - 2
    x = rf.mixed(x, [1], keep=groups > 1)
    x = rf.relaid(x, (x.dims[0], (rf.Atom("", shape[1]),), *x.dims[2:]))
    windows = (weight.shape[2:], *(_list(v, number) for v in (stride, padding, dilation)))
    return rf.window(x, 2, shape[2:], *windows)


def _pooled(x: Field, shape: tuple[int, ...], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Field:  # noqa: ARG001
    number = 3 if isinstance(args[1], list) and len(args[1]) == 3 else 2
    kernel = _list(args[1], number)
    stride = _list(_argument(args, 2, None) or kernel, number)
    padding = _list(_argument(args, 3, 0), number)
    return rf.window(x, len(shape) - number, shape[-number:], kernel, stride, padding, [1] * number)


def _max_pooled(x: Field, shape: tuple[int, ...], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Field:  # noqa: ARG001
    number = 3 if isinstance(args[1], list) and len(args[1]) == 3 else 2
    kernel = _list(args[1], number)
    stride = _list(_argument(args, 2, None) or kernel, number)
    padding, dilation = (_list(_argument(args, place, default), number) for place, default in ((3, 0), (4, 1)))
    return rf.window(x, len(shape) - number, shape[-number:], kernel, stride, padding, dilation)


def _adapted(x: Field, shape: tuple[int, ...], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Field:  # noqa: ARG001
    for d in (len(shape) - 2, len(shape) - 1):
        size, given = shape[d], x.shape[d]
        if size == 1:
            x = rf.reduced(x, [d], keepdim=True)
        elif given % size == 0:
            x = rf.window(x, d, [size], [given // size], [given // size], [0], [1])
        else:  # windows of different lengths
            x = rf.scattered(x, shape)
    return x


def _padded(x: Field, shape: tuple[int, ...], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Field:  # noqa: ARG001
    before = list(args[1][::2])[::-1]
    number = len(before)
    ones = [1] * number
    return rf.window(x, len(shape) - number, shape[-number:], ones, ones, before, ones)


def _sliced(x: Field, shape: tuple[int, ...], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Field:  # noqa: ARG001
    dim = _argument(args, 1, 0) % len(shape)
    start, step = _argument(args, 2, 0) or 0, _argument(args, 4, 1)
    start = start + x.shape[dim] if start < 0 else start
    return rf.window(x, dim, [shape[dim]], [1], [step], [-start], [1])


def _selected(x: Field, shape: tuple[int, ...], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Field:  # noqa: ARG001
    dim = _argument(args, 1, 0) % len(x.dims)
    return Field((*x.dims[:dim], *x.dims[dim + 1 :]), x.sights, x.gated)


def _split(x: Field, sizes: Any, dim: int, shape: tuple[int, ...], number: int) -> Field:
    start = sizes * number if isinstance(sizes, int) else sum(sizes[:number])
    return rf.window(x, dim, [shape[dim]], [1], [1], [-start], [1])


def _permuted(x: Field, shape: tuple[int, ...], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Field:  # noqa: ARG001
    return rf.relaid(x, [x.dims[d] for d in args[1]])


def _transposed(x: Field, shape: tuple[int, ...], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Field:  # noqa: ARG001
    dims = list(x.dims)
    one, two = (args[1], args[2]) if len(args) > 2 else (-2, -1)
    dims[one], dims[two] = dims[two], dims[one]
    return rf.relaid(x, dims)


def _unsqueezed(x: Field, shape: tuple[int, ...], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Field:  # noqa: ARG001
    dim = args[1] % len(shape)
    return rf.relaid(x, (*x.dims[:dim], (), *x.dims[dim:]))


def _normalized(x: Field, shape: tuple[int, ...], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Field:  # noqa: ARG001
    """Layer normalization: of channels alone it is an affair of one unit; over positions its statistics are left out."""
    last = x.dims[len(x.dims) - len(args[1]) :]
    return rf.gated(x) if any(a.axes for d in last for a in d) else x


def _batch_normalized(x: Field, shape: tuple[int, ...], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Field:  # noqa: ARG001
    return rf.gated(x) if len(args) > 5 and args[5] is True else x


RULES: Sequence[tuple[set[Any], Rule]] = (
    (SAME, lambda x, *_: x),
    (RESHAPES | {aten.squeeze}, lambda x, shape, *_: rf.reshaped(x, shape)),
    (CONVOLUTIONS, _convolved),
    (POOLS - {aten.avg_pool2d, aten.avg_pool3d}, _max_pooled),
    (POOLS, _pooled),
    (ADAPTIVE, _adapted),
    (PADS, _padded),
    (BATCH_NORMS, _batch_normalized),
    ({aten.native_layer_norm}, _normalized),
    ({aten.native_group_norm}, lambda x, *_: rf.gated(x)),
    (REDUCTIONS, _reduced),
    (ALONG, lambda x, _, args, __: rf.mixed(x, [args[1] % len(x.dims)], keep=True)),
    ({aten.permute}, _permuted),
    ({aten.transpose, aten.t, aten.transpose_}, _transposed),
    ({aten.unsqueeze}, _unsqueezed),
    ({aten.expand}, lambda x, shape, *_: rf.expanded(x, shape)),
    ({aten.slice}, _sliced),
    ({aten.select, aten.unbind}, lambda x, shape, args, kwargs: _selected(x, shape, args, kwargs)),
    ({aten.roll, aten.flip}, lambda x, shape, args, _: rf.moved(x, shape, _list(args[-1], 1))),
    (RESAMPLES, lambda x, shape, *_: rf.moved(x, shape, (2, 3))),
)
