"""Output sizes of layers by hand: out = ⌊(W − F + 2P)/S⌋ + 1, in both directions.

Whole numbers only, no array: a recipe is checked before anything heavy is imported, and the network is built from the
same steps, so what was checked is what runs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dlcli.core.schemas.base import Section
from dlcli.core.schemas.blocks import Conv, Flatten, GlobalPool, Linear, Norm, Pool, pair

Shape = tuple[int | None, ...]  # (C, H, W) of maps, (N,) of units; None: not known before the data is


class Misfit(ValueError):
    """A block that what arrives does not fit.

    Args:
        index: of the block, from 0.
        text: what arrives and why it does not fit.

    """

    def __init__(self, index: int, text: str):
        super().__init__(text)
        self.index, self.text = index, text


@dataclass(frozen=True)
class Step:
    """What a block does to the size.

    Args:
        index: of the block, from 0.
        block: its section.
        before: what arrives.
        after: what leaves.
        unseen: rows at the bottom and columns at the right of the picture that no window covers.

    """

    index: int
    block: Section
    before: Shape
    after: Shape
    unseen: tuple[int, int] = (0, 0)


def output_size(size: int, window: int, *, stride: int, padding: int, dilation: int = 1, ceil: bool = False) -> int:
    """Return (W − F + 2P)/S + 1, rounded down; 0 or less when the window does not fit.

    With ``ceil`` it is rounded up, but a window that would begin beyond the border is not taken.

    Source: Dumoulin & Visin 2016, relationships 6 and 15; the rule for ``ceil`` is torch's.

    Args:
        size: W, pixels in one direction.
        window: F.
        stride: S.
        padding: P, at each of both ends.
        dilation: d; the window spans d·(F − 1) + 1 pixels.
        ceil: round up.
    """
    room = size - (dilation * (window - 1) + 1) + 2 * padding
    if not ceil:
        return room // stride + 1
    count = -(-room // stride) + 1
    return count - 1 if (count - 1) * stride >= size + padding else count


def same_padding(kernel: int, dilation: int) -> tuple[int, int]:
    """Return the padding before and after that keeps the size at stride 1, d·(F − 1) in all; an odd pixel goes after.

    With a stride the size becomes ⌈W/S⌉. TensorFlow's ``same`` has these sizes too, but shifts the windows with W.
    """
    total = dilation * (kernel - 1)
    return total // 2, total - total // 2


def steps(blocks: Iterable[Section], before: Shape) -> list[Step]:
    """Return what each block makes of the size.

    Args:
        blocks: of ``schemas/blocks.py``.
        before: the picture's shape.

    Raises:
        Misfit: at the first block that does not fit.

    """
    found = []
    for index, block in enumerate(blocks):
        try:
            after, unseen = _through(block, before)
        except ValueError as error:
            raise Misfit(index, f"{described(block)}: {shown(before)} arrives; {error}") from None
        found.append(Step(index, block, before, after, unseen))
        before = after
    return found


def start(name: str, picture: Shape) -> Shape:
    """Return what arrives at the first block: ``mlp`` flattens the picture, ``cnn`` takes it as it is."""
    return (units(picture),) if name == "mlp" else picture


def units(shape: Shape) -> int | None:
    """Return the number of values in a shape."""
    total = 1
    for side in shape:
        if side is None:
            return None
        total *= side
    return total


def unseen_note(found: Iterable[Step]) -> str:
    """Return in words which blocks leave border pixels out, all in one note; empty when none does."""
    parts = []
    for step in found:
        told = [f"{n} {word}{'s' * (n > 1)}" for n, word in zip(step.unseen, ("row", "column"), strict=True) if n]
        if told:
            parts.append(f"layers.{step.index} ({described(step.block)}) {' and '.join(told)} of {shown(step.before)}")
    return f"(W − F + 2P)/S is not whole, so border pixels are left out: {'; '.join(parts)}" if parts else ""


def _through(block: Section, before: Shape) -> tuple[Shape, tuple[int, int]]:
    flat = len(before) == 1
    if flat and isinstance(block, Conv | Pool | GlobalPool | Flatten):
        need = "it is flat already" if isinstance(block, Flatten) else "it needs maps: put it before flatten and linear"
        raise ValueError(need)
    match block:
        case Conv():
            if before[0] is not None and before[0] % block.groups:
                raise ValueError(f"{block.groups} groups do not divide its {before[0]} channels")
            padding = block.padding
            if padding == "same":
                sizes = [-(-side // s) for side, s in zip(before[1:], pair(block.stride), strict=True)]
                return (block.filters, *sizes), (0, 0)
            sizes, unseen = _slide(before, block.kernel, block.stride, padding, block.dilation)
            return (block.filters, *sizes), unseen
        case Pool():
            stride = block.size if block.stride is None else block.stride
            sizes, unseen = _slide(before, block.size, stride, block.padding, 1, ceil=block.ceil)
            return (before[0], *sizes), unseen
        case GlobalPool():
            return (before[0], 1, 1), (0, 0)
        case Flatten():
            return (units(before),), (0, 0)
        case Linear():
            return (block.units,), (0, 0)
        case Norm():
            _normalize(block, before)
    return before, (0, 0)


def _normalize(block: Norm, before: Shape) -> None:
    if block.kind in ("instance", "local_response") and len(before) == 1:
        raise ValueError(f"{block.kind} normalization needs maps: put it before flatten and linear")
    if block.kind == "instance" and before[1:] == (1, 1):
        raise ValueError("instance normalization of a single pixel leaves nothing")
    if block.kind == "group" and before[0] is not None and before[0] % block.groups:
        raise ValueError(f"{block.groups} groups do not divide {before[0]}")


def _slide(
    before: Shape,
    window: int | list[int],
    stride: int | list[int],
    padding: int | list[int],
    dilation: int | list[int],
    *,
    ceil: bool = False,
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return (height, width) after a sliding window, and the rows and columns that it never covers."""
    sizes, unseen = [], []
    for side, f, s, p, d in zip(before[1:], *map(pair, (window, stride, padding, dilation)), strict=True):
        out = output_size(side, f, stride=s, padding=p, dilation=d, ceil=ceil)
        span = d * (f - 1) + 1
        if out < 1:
            wide = f"{f}" if d == 1 else f"{f} with dilation {d}, {span} pixels,"
            room = f" into {side} + 2·{p}" if p else ""
            raise ValueError(f"a window of {wide} does not fit{room}; pad more, take a smaller one or larger pictures")
        sizes.append(out)
        unseen.append(max(0, side + p - ((out - 1) * s + span)))
    return (sizes[0], sizes[1]), (unseen[0], unseen[1])


def shown(shape: Shape) -> str:
    """Return a shape in the words of a message: height×width, or the number of units."""
    if len(shape) == 1:
        return "a row of units" if shape[0] is None else f"a row of {shape[0]} units"
    return f"{shape[1]}×{shape[2]}"


def described(block: Section) -> str:
    """Return a block in the words of a message, such as ``pool 3, stride 2``."""

    def sides(value: int | list[int]) -> str:
        return "×".join(map(str, value)) if isinstance(value, list) else str(value)

    match block:
        case Conv():
            words = [f"conv {block.filters}, kernel {sides(block.kernel)}", f"stride {sides(block.stride)}"]
            padding = block.padding if block.padding == "same" else sides(block.padding)
            words += [f"padding {padding}"] if block.padding else []
        case Pool():
            stride = block.size if block.stride is None else block.stride
            words = [f"pool {sides(block.size)}", f"stride {sides(stride)}"]
            words += [f"padding {sides(block.padding)}"] if block.padding else []
        case Linear():
            words = [f"linear {block.units}"]
        case Norm():
            words = [f"norm {block.kind}"]
        case _:
            words = [block.name.replace("_", " ")]
    return ", ".join(words)
