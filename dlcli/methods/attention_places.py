"""Where the tokens of an attention lie in the picture: windows, shifts and padding undone."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from dlcli.methods.attention import Call, Frame, run, watched
from dlcli.methods.feature_maps import Grid, grid_of

PREFIX = 16  # tokens in front of those of the picture, at most: class, distillation, registers
DRAWS = 3  # of noise, before tokens that answer to several places are believed to do so


@dataclass(frozen=True)
class Places:
    """Where queries and keys lie.

    Args:
        query_grid: (rows, columns) over the picture; (0, 0): the one query lies nowhere.
        key_grid: the same of the keys.
        queries: (windows, M), the place of each query counted row by row; −1: none, such as the class token or padding.
        keys: (windows, N).
        heads_at: axis of the heads among the two before queries and keys.

    """

    query_grid: tuple[int, int]
    key_grid: tuple[int, int]
    queries: Tensor
    keys: Tensor
    heads_at: int = 1

    @property
    def windows(self) -> int:
        """How many windows look at themselves alone; 1: every token looks at all."""
        return self.queries.shape[0]

    @property
    def prefix(self) -> int:
        """How many keys stand in front of those of the picture."""
        return int((self.keys[0] >= 0).int().argmax()) if self.windows == 1 else 0

    def sorted(self, weights: Tensor) -> Tensor:
        """Return weights as (windows, heads, M, N)."""
        four = _four(weights)
        return four if self.heads_at == 1 else four.transpose(0, 1)

    def map_of(self, weights: Tensor, window: int, query: int) -> Tensor:
        """Return what one query looks at, over the picture.

        Shapes:
            weights (windows, ..., M, N) -> (..., rows, columns)
        """
        row = weights[window, ..., query, :]
        at = self.keys[window].to(row.device)
        laid = row.new_zeros((*row.shape[:-1], math.prod(self.key_grid)))
        laid[..., at[at >= 0]] = row[..., at >= 0]
        return laid.unflatten(-1, self.key_grid)


def _four(weights: Tensor) -> Tensor:
    """Return weights with two axes before queries and keys; one axis is that of the heads."""
    if weights.ndim == 3:
        return weights[None]
    return weights.reshape(-1, *weights.shape[-3:]) if weights.ndim != 5 else weights.flatten(0, 1)


def places_of(call: Call, size_px: tuple[int, int]) -> Places | None:
    """Return where the tokens of an attention lie in the picture, or None where that cannot be told.

    From the innermost module outwards, the first is taken whose input is one picture's map or tokens and accounts for
    the queries. Where every token looks at all, tokens are counted against the maps that convolutions have put out.
    Where there are windows, each place of that input is disturbed, and it is seen which token's score with itself
    changes (see ``_probed``): that needs to know nothing of how windows are cut, shifted or padded.

    Args:
        call: a computation of weights, of one picture.
        size_px: (height, width) of the picture.

    """
    four = (1, *call.shape) if len(call.shape) == 3 else (math.prod(call.shape[:-3]), *call.shape[-3:])
    for frame in reversed(call.frames):
        x = _input(frame)
        if x is None:
            continue
        for grid, count in _grids(x, call.maps, size_px):
            if four[0] == 1 and (found := _whole(four, grid, count, call.maps, size_px)):
                return found
            if (four[0] > 1 or grid.kind != "tokens") and (found := _probed(call, frame, x, grid, four)):
                return found
    return None


class _Enough(Exception):
    """The first attention has been seen."""


def in_rows(module: nn.Module, x: Tensor) -> bool:
    """Say whether tokens stand in rows of the picture, as ``places_of`` counts them; true where that cannot be seen.

    The left half of the picture is disturbed, and the tokens that the first attention is given are compared: of those
    counted as the left quarter all change; where one of them does not, and one of the right quarter does, the order is
    another, such as Hiera's, in which a place is followed by its neighbors below.
    """
    found: list[tuple[Tensor, tuple[int, int], int]] = []

    def take(call: Call) -> None:
        for frame in reversed(call.frames):
            tokens = _input(frame)
            if tokens is not None and tokens.ndim == 3 and tokens.shape[0] == 1:
                if at := _counted(tokens.shape[1], call.maps, (x.shape[2], x.shape[3])):
                    found.append((tokens[0].detach().clone(), *at))
                break
        raise _Enough

    noise = torch.randn(x.shape, generator=torch.Generator().manual_seed(0)).to(x)
    noise[..., x.shape[3] // 2 :] = 0
    for given in (x, x + noise):
        with contextlib.suppress(_Enough):
            run(module, given, take)
    if len(found) < 2:
        return True
    (before, grid, prefix), (after, _, _) = found
    changed = ((after - before).abs().amax(1) > 1e-4 * before.abs().max())[prefix:]
    column = torch.arange(len(changed), device=changed.device) % grid[1]
    left, right = changed[column < grid[1] // 4], changed[column >= grid[1] - grid[1] // 4]
    return bool(left.all()) or not bool(right.any())


def _input(frame: Frame) -> Tensor | None:
    for value in (*frame.args, *frame.kwargs.values()):
        if isinstance(value, Tensor):
            return value if value.ndim in (3, 4) and value.is_floating_point() else None
    return None


def _grids(x: Tensor, maps: Sequence[tuple[int, int]], size_px: tuple[int, int]) -> Iterator[tuple[Grid, int]]:
    """Yield the ways an input may lie over the picture, each with its number of tokens."""
    if x.ndim == 3 and 1 in x.shape[:2]:
        count = x.shape[1] if x.shape[0] == 1 else x.shape[0]
        if found := _counted(count, maps, size_px):
            yield Grid("tokens", *found[0], found[1]), count
    elif x.ndim == 4 and x.shape[0] == 1:
        for kind, sides in (("first", x.shape[2:]), ("last", x.shape[1:3])):
            if (grid := grid_of((1, 0, *sides), *size_px)) and grid.kind == "first":
                yield Grid(kind, *sides), math.prod(sides)


def _counted(
    count: int, maps: Sequence[tuple[int, int]], size_px: tuple[int, int]
) -> tuple[tuple[int, int], int] | None:
    """Return grid and tokens in front from a number of tokens; the last map of a convolution that fits is theirs."""
    for height, width in reversed(maps):
        if height * width > 3 and 0 <= count - height * width <= min(PREFIX, height * width - 1):
            return (height, width), count - height * width
    grid = grid_of((1, count, 1), *size_px)
    return ((grid.height, grid.width), grid.prefix) if grid and grid.prefix == 0 else None


def _whole(
    four: tuple[int, ...], grid: Grid, count: int, maps: Sequence[tuple[int, int]], size_px: tuple[int, int]
) -> Places | None:
    """Return the places where every query looks at all keys."""
    queries, keys = four[2:]
    if queries not in (count, 1) or (grid.kind != "tokens" and queries == keys):  # a map may be cut as a grid of places
        return None
    own = ((grid.height, grid.width), grid.prefix)
    looked = own if keys == count else _counted(keys, maps, size_px)
    if looked is None:
        return None
    asking = ((0, 0), 1) if queries == 1 else own
    return Places(asking[0], looked[0], _row(*asking), _row(*looked))


def _row(grid: tuple[int, int], prefix: int) -> Tensor:
    return torch.cat([torch.full((prefix,), -1), torch.arange(math.prod(grid))])[None]


def _probed(call: Call, frame: Frame, x: Tensor, grid: Grid, four: tuple[int, ...]) -> Places | None:
    """Return the places of windowed tokens, found by disturbing the input of a module around the attention.

    Each place gets a number, from 1. For each of its binary digits the module runs twice, with noise on the places
    whose digit is 1 and on those whose digit is 0; a token's score with itself, before the softmax, depends on the
    token alone, so it changes in exactly one of the two and tells the digit. Padding changes in neither. A token that
    changes in both mixes places already, and nothing is told of such a module.
    """
    count = grid.height * grid.width
    square = four[2] == four[3] and four[0] * four[1] * four[2] >= count
    if not square or not frame.name or x.shape[0] != 1 or call.own() is None:
        return None
    numbers = torch.arange(1, count + 1, device=x.device)
    ordinal = frame.calls
    own = _own_score(frame, x, ordinal)
    if own is None:
        return None
    flags: dict[tuple[int, int], Tensor] = {}
    generator = torch.Generator().manual_seed(0)
    for _ in range(DRAWS):
        noise = torch.randn(x.shape, generator=generator).to(x) * x.std().clamp_min(1e-3)
        for digit in range(count.bit_length()):
            for value in (1, 0):
                disturbed = x + noise * _spread((numbers >> digit & 1) == value, grid).to(x)
                other = _own_score(frame, disturbed, ordinal)
                changed = _changed(own, other)
                flags[digit, value] = changed | flags.get((digit, value), torch.zeros_like(changed))
            if all(bool((flags[digit, 1].any(axis) & flags[digit, 0].any(axis)).any()) for axis in (0, 1)):
                return None  # tokens that know of several places; more noise would not unmix them
        for axis in (1, 0):
            if (at := _decoded(flags, axis, count)) is not None:
                return Places((grid.height, grid.width), (grid.height, grid.width), at, at, axis)
    return None


def _own_score(frame: Frame, x: Tensor, ordinal: int) -> Tensor | None:
    """Return the own scores of the attention of a number in a module that is run again on another input."""
    found: list[Tensor] = []
    seen = 0

    def take(call: Call) -> None:
        nonlocal seen
        if seen == ordinal and (own := call.own()) is not None:
            found.append(own.detach().clone())
        seen += 1

    swapped, done = [], False
    for value in (*frame.args, *frame.kwargs.values()):
        swapped.append(x if isinstance(value, Tensor) and not done else value)
        done = done or isinstance(value, Tensor)
    args, kwargs = swapped[: len(frame.args)], dict(zip(frame.kwargs, swapped[len(frame.args) :], strict=True))
    with torch.no_grad(), watched(frame.module, take):
        frame.module(*args, **kwargs)
    return found[0] if found else None


def _spread(mask: Tensor, grid: Grid) -> Tensor:
    """Return a mask of places in the shape of the input."""
    if grid.kind == "tokens":
        return torch.cat([mask.new_zeros(grid.prefix), mask])[None, :, None]
    laid = mask.view(grid.height, grid.width)
    return laid[None, None] if grid.kind == "first" else laid[None, :, :, None]


def _changed(own: Tensor, other: Tensor) -> Tensor:
    difference = (other - own).abs().nan_to_num(0.0, 0.0, 0.0)
    scale = own.abs().nan_to_num(0.0, 0.0, 0.0).max().clamp_min(1e-12)
    changed = difference > 1e-5 * scale
    return changed[None] if changed.ndim == 2 else changed.reshape(-1, *changed.shape[-2:])


def _decoded(flags: dict[tuple[int, int], Tensor], axis: int, count: int) -> Tensor | None:
    """Return the place of each token of each window, (windows, n), or None where digits contradict each other."""
    number: Tensor | None = None
    touched: Tensor | None = None
    for digit in range(count.bit_length()):
        one, zero = (flags[digit, value].any(axis) for value in (1, 0))
        if bool((one & zero).any()) or (touched is not None and bool((touched != (one | zero)).any())):
            return None
        touched = one | zero
        number = (one.long() << digit) + (0 if number is None else number)
    if (
        number is None
        or touched is None
        or not torch.equal(number[touched].sort().values.cpu(), torch.arange(1, count + 1))
    ):
        return None
    return torch.where(touched, number - 1, torch.full_like(number, -1)).cpu()
