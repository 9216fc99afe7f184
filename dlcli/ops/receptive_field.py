"""Receptive fields: which part of the picture a unit of a network depends on.

A feature map is described by where its units lie and what they see. Each dimension of a tensor is a product of *atoms*,
pieces of the height (``h``) or width (``w``) of the map or of neither (channels, heads). Reshaping splits and merges
atoms; convolution, pooling and sums over positions widen what is seen. So the arithmetic is exact through branches,
channels-last layouts, space-to-depth stems and tokens, and says so where it cannot follow.

Source: Araujo, Norris & Sim 2019, Computing Receptive Fields of Convolutional Neural Networks, section 2 (size, stride
and padding of a chain, alignment of branches). Differs: intervals of pixels instead of the closed recursion, so that
branches of different alignment are united exactly, and any layout of the tensor.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

REPEATED = "="


class Atom(NamedTuple):
    """A piece of a dimension.

    Args:
        axes: ``h``, ``w``, ``hw`` (positions whose order is no longer known), ``=`` (one value repeated) or empty.
        size: how many indices it has.
        step: positions of the axis from one index to the next; 0: their order is not known.

    """

    axes: str
    size: int
    step: int = 1


class Sight(NamedTuple):
    """What units see along one axis.

    Args:
        kind: ``window``, ``all`` of the picture, or ``unknown``.
        first: pixel the window of the unit at position 0 begins at; negative: in the padding.
        last: pixel it ends at.
        stride: pixels from one position to the next.
        count: positions there are.

    """

    kind: Literal["window", "all", "unknown"]
    first: int = 0
    last: int = 0
    stride: int = 1
    count: int = 1


Dim = tuple[Atom, ...]


@dataclass(frozen=True)
class Field:
    """The layout of a tensor and what its units see.

    Args:
        dims: the atoms of each dimension, outermost first.
        sights: axis → what is seen along it.
        gated: something that depends on the whole picture but only scales it (a squeeze-excite gate, the statistics of
            a normalization) was left out.

    """

    dims: tuple[Dim, ...]
    sights: dict[str, Sight]
    gated: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes of the dimensions."""
        return tuple(math.prod(a.size for a in d) for d in self.dims)

    def seen(self) -> Literal["window", "all", "unknown"]:
        """Say how much is seen: ``window`` where both axes have a size, ``all`` where both see everything."""
        kinds = {s.kind for s in self.sights.values()}
        return kinds.pop() if len(kinds) == 1 else "unknown"

    def size_px(self) -> list[int] | None:
        """Return height and width of the receptive field, or None where there is no window."""
        return [s.last - s.first + 1 for s in self.sights.values()] if self.seen() == "window" else None

    def stride_px(self) -> list[int] | None:
        """Return pixels from a unit's window to its neighbor's, or None where units lie in no rows and columns."""
        steps = [_step(self.dims, axis) for axis in self.sights]
        known = self.seen() == "window" and all(steps)
        return [s.stride * step for s, step in zip(self.sights.values(), steps, strict=True)] if known else None

    def padding_px(self) -> list[int] | None:
        """Return how far the window of the first unit begins before the picture; negative: inside it."""
        return [-s.first for s in self.sights.values()] if self.stride_px() else None


def picture(channels: int, height_px: int, width_px: int) -> Field:
    """Return the field of one picture (1, C, H, W): each pixel sees itself."""
    sights = {axis: Sight("window", count=n) for axis, n in (("h", height_px), ("w", width_px))}
    return Field(((), (Atom("", channels),), (Atom("h", height_px),), (Atom("w", width_px),)), sights)


def window(
    field: Field,
    start: int,
    sizes: Sequence[int],
    kernel: Sequence[int],
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
) -> Field:
    """Return the field after sliding a window over some dimensions: convolution, pooling, padding, cropping.

    Args:
        field: of the input.
        start: first of the dimensions.
        sizes: of the output in these dimensions.
        kernel: of the window; 1 for padding, cropping and striding.
        stride: of the window.
        padding: before the first index; negative: cropped.
        dilation: of the window.

    """
    dims, sights = list(field.dims), dict(field.sights)
    steps = zip(sizes, kernel, stride, padding, dilation, strict=True)
    for d, (size, taps, jump, before, gap) in enumerate(steps, start):
        axes = _axes(dims[d])
        if (taps, jump, before) == (1, 1, 0) and field.shape[d] == size:
            continue
        if not axes:
            dims[d] = (Atom("", size),) if size > 1 else ()
        elif len(axes) == 1 and _step(field.dims, axes):
            sight, step = sights[axes], _step(field.dims, axes)
            pixels = sight.stride * step
            sights[axes] = sight._replace(
                first=sight.first - before * pixels,
                last=sight.last + ((taps - 1) * gap - before) * pixels,
                stride=pixels * jump,
                count=size,
            )
            dims[d] = (Atom(axes, size),)
        else:
            keeps = taps == 1 and jump == 1  # pads or cuts tokens: each of them sees what it saw
            dims[d] = (Atom(axes, size, 0),)
            for axis in axes:
                sights[axis] = sights[axis] if keeps else _lost(sights[axis])
    return replace(field, dims=tuple(dims), sights=sights)


def mixed(field: Field, over: Sequence[int], *, keep: bool = False) -> Field:
    """Return the field after every unit took in all indices of some dimensions (a sum, a softmax); the layout stays.

    Args:
        field: of the input.
        over: the dimensions.
        keep: each index keeps a value of its own, so a window of positions cannot be told by the others.

    """
    sights = dict(field.sights)
    atoms = [a for d in over for a in field.dims[d]]
    for axis, sight in field.sights.items():
        taken = [a for a in atoms if axis in a.axes]
        if not taken:
            continue
        if any(len(a.axes) > 1 or not a.step for a in taken) or math.prod(a.size for a in taken) >= sight.count:
            sights[axis] = Sight("all", count=sight.count)
        elif keep:
            sights[axis] = _lost(sight)
        else:
            further = sum((a.size - 1) * a.step for a in taken) * sight.stride
            sights[axis] = sight._replace(last=sight.last + further)
    return replace(field, sights=sights)


def reduced(field: Field, over: Sequence[int], *, keepdim: bool) -> Field:
    """Return the field after a mean, sum or maximum over some dimensions."""
    after = mixed(field, over)
    gone = set(over)
    dims = tuple(() if d in gone else a for d, a in enumerate(field.dims) if keepdim or d not in gone)
    return replace(after, dims=dims)


def relaid(field: Field, dims: Sequence[Dim]) -> Field:
    """Return the field in another layout; an axis one position long that has left it is seen whole."""
    held = {axis for dim in dims for a in dim for axis in a.axes}
    there = {axis for dim in field.dims for a in dim for axis in a.axes}
    sights = {axis: Sight("all") if axis in there - held and s.count == 1 else s for axis, s in field.sights.items()}
    return replace(field, dims=tuple(dims), sights=sights)


def reshaped(field: Field, shape: Sequence[int]) -> Field:
    """Return the field of the tensor read row by row into another shape; what cannot be followed is unknown."""
    atoms = [a for d in field.dims for a in d]
    dims: list[Dim] = []
    for size in shape:
        dim: list[Atom] = []
        need = size
        if size == 1 and atoms and atoms[0].size == 1:
            dim.append(atoms.pop(0))
        while need > 1:
            if not atoms:
                return scattered(field, shape)
            atom = atoms.pop(0)
            if atom.size > need:
                inner = atom.size // need
                if atom.size % need or (atom.axes and not atom.step):
                    return scattered(field, shape)
                atoms.insert(0, atom._replace(size=inner))
                atom = atom._replace(size=need, step=atom.step * inner)
            elif need % atom.size:
                return scattered(field, shape)
            need //= atom.size
            dim.append(atom)
        dims.append(tuple(dim))
    if dims:  # positions one long that no dimension of one took
        dims[-1] += tuple(atoms)
    return relaid(field, [_merged(d) for d in dims])


def expanded(field: Field, shape: Sequence[int]) -> Field:
    """Return the field after repeating dimensions of one."""
    dims = ((),) * (len(shape) - len(field.dims)) + field.dims
    sizes = (1,) * (len(shape) - len(field.dims)) + field.shape
    same = [d if n == size else (Atom(REPEATED, n),) for d, size, n in zip(dims, sizes, shape, strict=True)]
    return relaid(field, same)


def united(fields: Sequence[Field], shape: Sequence[int], *, gates: bool = False) -> Field:
    """Return the field of an element-by-element function of several tensors.

    Args:
        fields: of the inputs that depend on the picture.
        shape: of the output, to which the inputs are broadcast.
        gates: the function is a product: a factor that is the same at all positions scales, and is left out.

    """
    wide = [replace(f, dims=((),) * (len(shape) - len(f.dims)) + f.dims) for f in fields]
    dims: list[Dim] = []
    unclear: set[str] = set()
    for d, size in enumerate(shape):
        placed = {f.dims[d] for f in wide if _axes(f.dims[d])}
        if len(placed) == 1:
            dims.append(placed.pop())
            continue
        unclear |= _letters(placed)  # two layouts of one dimension
        dims.append((Atom("", size),) if size > 1 else ())
    gated = any(f.gated for f in fields)
    sights = {}
    for axis in fields[0].sights:
        spread = [f for f in wide if any(axis in a.axes for dim in f.dims for a in dim)]
        kept = wide
        if gates and spread:
            kept = [f for f in wide if f in spread or not _same_everywhere(f, axis, spread[0])]
        gated = gated or len(kept) < len(wide)
        sights[axis] = _union([f.sights[axis] for f in kept], unclear=axis in unclear)
    return Field(tuple(dims), sights, gated)


def joined(fields: Sequence[Field], shape: Sequence[int], dim: int) -> Field:
    """Return the field of tensors put behind each other along a dimension.

    Args:
        fields: of the inputs that depend on the picture; others (a class token) may stand among them.
        shape: of the output.
        dim: the dimension.

    """
    axes = "".join(sorted(_letters([f.dims[dim] for f in fields])))
    blank = [replace(f, dims=(*f.dims[:dim], (), *f.dims[dim + 1 :])) for f in fields]
    after = united(blank, [1 if d == dim else n for d, n in enumerate(shape)])
    sights = {
        axis: s if axis not in axes or len({f.sights[axis] for f in fields}) == 1 or s.kind == "all" else _lost(s)
        for axis, s in after.sights.items()
    }
    atom = Atom(axes, shape[dim], 0 if axes else 1)
    return replace(after, dims=(*after.dims[:dim], (atom,), *after.dims[dim + 1 :]), sights=sights)


def product(left: Field | None, right: Field | None, shape: Sequence[int]) -> Field | None:
    """Return the field of a matrix product over the last two dimensions.

    Where both factors depend on the picture (attention scores), an element depends on two positions: unknown until
    something takes in all of them.
    """
    if left is None and right is None:
        return None
    a = mixed(left, [len(left.dims) - 1]) if left else None
    b = mixed(right, [len(right.dims) - 2]) if right else None
    rows, columns = a.dims[-2] if a else (Atom("", shape[-2]),), b.dims[-1] if b else (Atom("", shape[-1]),)
    batch = max((f.dims[:-2] for f in (a, b) if f), key=lambda dims: len(_letters(dims)))
    first = a or b
    sights = {
        axis: _union([f.sights[axis] for f in (a, b) if f], unclear=bool(a and b and (_axes(rows) or _axes(columns))))
        for axis in first.sights
    }
    return Field((*batch, rows, columns), sights, any(f.gated for f in (a, b) if f))


def scattered(field: Field, shape: Sequence[int]) -> Field:
    """Return the field of a tensor whose layout cannot be followed; what sees the whole picture still does."""
    dims = tuple((Atom("", n),) if n > 1 else () for n in shape)
    return Field(dims, {axis: _lost(s) for axis, s in field.sights.items()}, field.gated)


def moved(field: Field, shape: Sequence[int], over: Sequence[int]) -> Field:
    """Return the field after the positions along some dimensions were rolled, flipped or resampled."""
    sights, dims = dict(field.sights), list(field.dims)
    for d in over:
        axes = _axes(dims[d])
        if axes:
            dims[d] = dims[d] if field.shape[d] == shape[d] else (Atom(axes, shape[d], 0),)
        for axis in axes:
            sights[axis] = _lost(sights[axis])
    return replace(field, dims=tuple(dims), sights=sights)


def gated(field: Field) -> Field:
    """Return the field with the note that something of the whole picture which only scales was left out."""
    return replace(field, gated=True)


def _lost(sight: Sight) -> Sight:
    return sight if sight.kind == "all" else Sight("unknown", count=sight.count)


def _union(sights: Sequence[Sight], *, unclear: bool) -> Sight:
    kinds = {s.kind for s in sights}
    if "all" in kinds:
        return Sight("all", count=max(s.count for s in sights))
    grids = {(s.stride, s.count) for s in sights}
    if "unknown" in kinds or unclear or len(grids) > 1:
        return Sight("unknown", count=max(s.count for s in sights))
    return sights[0]._replace(first=min(s.first for s in sights), last=max(s.last for s in sights))


def _same_everywhere(field: Field, axis: str, spread: Field) -> bool:
    """Say whether a tensor has one value along an axis on which another is spread out, and has seen all of it."""
    places = [d for d, dim in enumerate(spread.dims) if any(axis in a.axes for a in dim)]
    single = all(not field.dims[d] or {a.axes for a in field.dims[d]} == {REPEATED} for d in places)
    return single and field.sights[axis].kind == "all"


def _letters(dims: Sequence[Dim] | set[Dim]) -> set[str]:
    return {axis for dim in dims for atom in dim for axis in atom.axes} - {REPEATED}


def _axes(dim: Dim) -> str:
    return "".join(sorted(_letters([dim])))


def _step(dims: Sequence[Dim], axis: str) -> int:
    """Return positions between neighbors along an axis that fills one dimension alone; 0: it does not."""
    found = [(dim, a) for dim in dims for a in dim if axis in a.axes]
    if len(found) != 1:
        return 0
    dim, atom = found[0]
    return atom.step if len(dim) == 1 and atom.axes == axis else 0


def _merged(dim: Sequence[Atom]) -> Dim:
    """Return the atoms of a dimension with neighbors that continue each other made one."""
    done: list[Atom] = []
    for atom in dim:
        last = done[-1] if done else None
        if last and last.axes == atom.axes and (not atom.axes or last.step == atom.size * atom.step):
            done[-1] = atom._replace(size=last.size * atom.size)
        else:
            done.append(atom)
    return tuple(done)
