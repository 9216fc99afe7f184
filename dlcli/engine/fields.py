"""Receptive fields of tensors: each operation of a forward pass, told to ``ops/receptive_field``."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

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
RESHAPES = {aten.view, aten._unsafe_view, aten.reshape, aten._reshape_alias, aten.flatten, aten.squeeze}
REDUCTIONS = {
    aten.mean, aten.sum, aten.amax, aten.amin, aten.max, aten.min, aten.var, aten.std, aten.var_mean, aten.std_mean,
    aten.linalg_vector_norm, aten.norm, aten.prod, aten.logsumexp,
}  # fmt: skip
ALONG = {aten._softmax, aten._safe_softmax, aten._log_softmax, aten.softmax, aten.log_softmax, aten.cumsum}
CONVOLUTIONS = {aten.convolution, aten._convolution, aten.cudnn_convolution}
AVERAGES = {aten.avg_pool2d, aten.avg_pool3d}
MAXIMA = {aten.max_pool2d_with_indices, aten.max_pool3d_with_indices, aten.max_pool2d}
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
    and instance normalization) is left out and noted, as in the published figures, which are of the convolutions. A map
    has the field of its channel that sees most, also where it is split again.
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
            return _split(_Call(x, shape, args, kwargs), number)
        rule = _rule(kind)
        if rule is None or x is None or (number and kind is not aten.unbind):
            return rf.scattered(x or fields[0], shape)
        return rule(_Call(x, shape, args, kwargs))


class _Call(NamedTuple):
    """An operation on one tensor: the tensor's field, the shape of the result, the arguments."""

    field: Field
    shape: tuple[int, ...]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def argument(self, place: int, default: Any) -> Any:
        return self.args[place] if len(self.args) > place else default

    def dim(self, place: int, default: int = 0) -> int:
        return self.argument(place, default) % len(self.field.dims)

    def numbers(self, place: int, default: Any, number: int) -> list[int]:
        return _numbers(self.argument(place, None) or default, number)


Rule = Callable[[_Call], Field]


def _rule(kind: Any) -> Rule | None:
    """Return what an operation on one tensor does to its field, or None where that is not known."""
    return next((rule for kinds, rule in RULES if kind in kinds), None)


def _numbers(value: Any, number: int) -> list[int]:
    values = list(value) if isinstance(value, list | tuple) else [value]
    return values * number if len(values) == 1 else values


def _reduced(call: _Call) -> Field:
    said = call.argument(1, None)
    over = [said] if isinstance(said, int) and not isinstance(said, bool) else said
    if not isinstance(over, list) and len(call.args) > 2:  # a norm's order stands first
        over = call.args[2]
    number = len(call.field.dims)
    over = [d % number for d in over] if isinstance(over, list) and over else list(range(number))
    return rf.reduced(call.field, over, keepdim=len(call.shape) == number)


def _convolved(call: _Call) -> Field:
    weight, _, stride, padding, dilation, transposed, _, groups = call.args[1:9]
    if transposed:
        return rf.scattered(call.field, call.shape)
    number = weight.ndim - 2
    field = rf.mixed(call.field, [1], keep=groups > 1)
    field = rf.relaid(field, (field.dims[0], (rf.Atom("", call.shape[1]),), *field.dims[2:]))
    windows = (weight.shape[2:], *(_numbers(v, number) for v in (stride, padding, dilation)))
    return rf.window(field, 2, call.shape[2:], *windows)


def _averaged(call: _Call) -> Field:
    return _pooled(call._replace(args=call.args[:4]))  # what follows is no dilation


def _pooled(call: _Call) -> Field:
    number = 3 if isinstance(call.args[1], list) and len(call.args[1]) == 3 else 2
    kernel = _numbers(call.args[1], number)
    windows = (kernel, *(call.numbers(place, default, number) for place, default in ((2, kernel), (3, 0), (4, 1))))
    return rf.window(call.field, len(call.shape) - number, call.shape[-number:], *windows)


def _adapted(call: _Call) -> Field:
    field = call.field
    for d in (len(call.shape) - 2, len(call.shape) - 1):
        size, given = call.shape[d], field.shape[d]
        if size == 1:
            field = rf.reduced(field, [d], keepdim=True)
        elif given % size == 0:
            field = rf.window(field, d, [size], [given // size], [given // size], [0], [1])
        else:  # windows of different lengths
            field = rf.moved(field, [*field.shape[:d], size, *field.shape[d + 1 :]], [d])
    return field


def _padded(call: _Call) -> Field:
    before = list(call.args[1][::2])[::-1]
    ones = [1] * len(before)
    return rf.window(call.field, len(call.shape) - len(ones), call.shape[-len(ones) :], ones, ones, before, ones)


def _sliced(call: _Call) -> Field:
    dim, start = call.dim(1), call.argument(2, 0) or 0
    start += call.field.shape[dim] if start < 0 else 0
    return rf.window(call.field, dim, [call.shape[dim]], [1], [call.argument(4, 1)], [-start], [1])


def _split(call: _Call, number: int) -> Field:
    dim, sizes = call.dim(2), call.args[1]
    start = sizes * number if isinstance(sizes, int) else sum(sizes[:number])
    return rf.window(call.field, dim, [call.shape[dim]], [1], [1], [-start], [1])


def _selected(call: _Call) -> Field:
    dim, dims = call.dim(1), call.field.dims
    return rf.relaid(call.field, (*dims[:dim], *dims[dim + 1 :]))


def _transposed(call: _Call) -> Field:
    dims = list(call.field.dims)
    one, two = call.args[1:3] or (0, -1)
    dims[one], dims[two] = dims[two], dims[one]
    return rf.relaid(call.field, dims)


def _unsqueezed(call: _Call) -> Field:
    dim, dims = call.args[1] % len(call.shape), call.field.dims
    return rf.relaid(call.field, (*dims[:dim], (), *dims[dim:]))


def _normalized(call: _Call) -> Field:
    """Layer normalization: of channels it is an affair of one unit; of positions its statistics are left out."""
    last = call.field.dims[len(call.shape) - len(call.args[1]) :]
    return rf.gated(call.field) if any(a.axes for d in last for a in d) else call.field


def _batch_normalized(call: _Call) -> Field:
    return rf.gated(call.field) if call.argument(5, None) is True else call.field


RULES: Sequence[tuple[set[Any], Rule]] = (
    (SAME, lambda call: call.field),
    (RESHAPES, lambda call: rf.reshaped(call.field, call.shape)),
    (CONVOLUTIONS, _convolved),
    (AVERAGES, _averaged),
    (MAXIMA, _pooled),
    (ADAPTIVE, _adapted),
    (PADS, _padded),
    (BATCH_NORMS, _batch_normalized),
    ({aten.native_layer_norm}, _normalized),
    ({aten.native_group_norm}, lambda call: rf.gated(call.field)),
    (REDUCTIONS, _reduced),
    (ALONG, lambda call: rf.mixed(call.field, [call.dim(1)], keep=True)),
    ({aten.permute}, lambda call: rf.relaid(call.field, [call.field.dims[d] for d in call.args[1]])),
    ({aten.transpose, aten.transpose_, aten.t}, _transposed),
    ({aten.unsqueeze}, _unsqueezed),
    ({aten.expand}, lambda call: rf.expanded(call.field, call.shape)),
    ({aten.slice}, _sliced),
    ({aten.select, aten.unbind}, _selected),
    ({aten.roll, aten.flip}, lambda call: rf.moved(call.field, call.shape, _numbers(call.args[-1], 1))),
    (RESAMPLES, lambda call: rf.moved(call.field, call.shape, (2, 3))),
)
