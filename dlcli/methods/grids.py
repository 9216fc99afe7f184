"""How the output of a layer lies over the picture: which dimensions are rows and columns, which tokens stand before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils._python_dispatch import TorchDispatchMode

from dlcli.engine.fields import Fields
from dlcli.engine.layers import shadow_of
from dlcli.ops.receptive_field import REPEATED, Field

PREFIX = 16  # tokens that may stand before those of the picture: class token, distillation token, registers
OPERATIONS = 20_000  # more are those of a recurrent network step by step, minutes to follow; few others have 5,000


@dataclass(frozen=True)
class Grid:
    """How the output of a layer lies over the picture.

    Args:
        kind: ``first`` (B, C, H, W), ``last`` (B, H, W, C) or ``tokens`` (B, N, C).
        height: rows.
        width: columns.
        prefix: tokens before those of the picture: the class token, registers.

    """

    kind: str
    height: int
    width: int
    prefix: int = 0

    def __str__(self) -> str:
        extra = f" + {self.prefix} token{'s' if self.prefix > 1 else ''}" if self.prefix else ""
        return f"{self.height}×{self.width}{extra}"


def grid_of(shape: Sequence[int], height_px: int, width_px: int) -> Grid | None:
    """Return how an output of this shape lies over a picture, or None where it is no map.

    Told from the shape alone, so it can be wrong where the channels are as many as the rows; ``layouts`` watches the
    network. The two sides of a map are in the proportion of the picture's, within the pixel that rounding may cost;
    tokens are a grid in this proportion and a few more in front, rather one whose sides divide the picture's.

    Args:
        shape: with the batch.
        height_px: of the picture.
        width_px: of the picture.

    """
    if len(shape) == 4:
        first, last = (shape[2], shape[3]), (shape[1], shape[2])
        if max(first) > 1 and _alike(first, height_px, width_px):
            return Grid("first", *first)
        if max(last) > 1 and _alike(last, height_px, width_px):
            return Grid("last", *last)
    if len(shape) == 3:
        found = [(p, s) for p in range(6) if (s := _sides(shape[1] - p, height_px, width_px))]
        whole = [(p, s) for p, s in found if height_px * s[1] == width_px * s[0] and not height_px % s[0]]
        for prefix, sides in whole or found:
            return Grid("tokens", *sides, prefix)
    return None


def _alike(sides: tuple[int, int], height_px: int, width_px: int) -> bool:
    """Say whether sides come of the picture's by one stride, each rounded up or down by a window's worth."""
    rows, columns = sides
    if rows > height_px or columns > width_px:
        return False
    return abs(rows - columns * height_px / width_px) <= max(1.0, height_px / width_px)


def _sides(count: int, height_px: int, width_px: int) -> tuple[int, int] | None:
    if count < 4:
        return None
    rows = round((count * height_px / width_px) ** 0.5)
    for h in (rows, rows + 1, rows - 1):
        if h > 0 and count % h == 0 and _alike((h, count // h), height_px, width_px):
            return h, count // h
    return None


def as_map(output: Tensor, grid: Grid) -> Tensor:
    """Return a layer's output with its channels first.

    Shapes:
        output as ``grid.kind`` says -> (B, C, H, W)
    """
    if grid.kind == "first":
        return output
    if grid.kind == "last":
        return output.permute(0, 3, 1, 2)
    tokens = output[:, grid.prefix :]
    return tokens.transpose(1, 2).unflatten(2, (grid.height, grid.width))


def fits(grid: Grid, shape: Sequence[int]) -> bool:
    """Say whether an output has the shape, with the batch, that a grid is of."""
    if grid.kind == "tokens":
        return len(shape) == 3 and shape[1] == grid.prefix + grid.height * grid.width
    sides = tuple(shape[2:] if grid.kind == "first" else shape[1:3])
    return len(shape) == 4 and sides == (grid.height, grid.width)


def tensor_of(output: Any) -> Tensor | None:
    """Return what a layer puts out: itself, or the first tensor of a tuple, list or mapping."""
    if isinstance(output, dict):
        output = list(output.values())
    if isinstance(output, tuple | list):
        return next((o for o in output if isinstance(o, Tensor)), None)
    return output if isinstance(output, Tensor) else None


def layouts(module: nn.Module, shape: Sequence[int]) -> dict[str, Grid | None]:
    """Return how the output of each layer lies over the picture, watched instead of guessed.

    One forward pass on the meta device follows rows and columns through every operation (``engine/fields``), so
    windows, heads, attention scores and transposed tokens are not taken for maps, and channels as many as the rows
    not for rows. Where an operation cannot be followed the shape decides (``grid_of``).

    Args:
        module: in evaluation mode.
        shape: of the input, with the batch.

    Returns:
        name → grid of its last output, or None where it is no map; layers that did not run are left out.

    """
    watch = _Watch(shape)
    try:
        shadow = shadow_of(module)
    except (RuntimeError, TypeError):  # it cannot be copied
        return watch.found
    for name, layer in shadow.named_modules():
        if name:
            layer.register_forward_hook(watch.left(name))
    try:
        with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), watch:
            shadow(watch.picture)
    except (RuntimeError, ValueError, AssertionError, TypeError, IndexError):
        pass  # it asks for values, which meta tensors have not, or is too long: shapes of the real pass decide
    return watch.found


class _Watch(TorchDispatchMode):
    """Follows rows and columns through every operation, and notes where they are when a layer ends."""

    def __init__(self, shape: Sequence[int]):
        super().__init__()
        self.picture = torch.zeros(1, *shape[1:], device="meta")
        self.fields = Fields(self.picture)
        self.found: dict[str, Grid | None] = {}
        self.operations = 0

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        self.operations += 1
        if self.operations > OPERATIONS:
            raise RuntimeError("too long to be followed")
        output = func(*args, **(kwargs or {}))
        self.fields.seen(func, args, kwargs or {}, output)
        return output

    def left(self, name: str) -> Any:
        def hook(_: nn.Module, __: Any, output: Any) -> None:
            value = tensor_of(output)
            if value is not None:
                self.found[name] = grid_in(self.fields.get(value), tuple(value.shape), *self.picture.shape[2:])

        return hook


def grid_in(field: Field | None, shape: tuple[int, ...], height_px: int, width_px: int) -> Grid | None:
    """Return how a tensor lies over the picture by what is known of its dimensions, and by its shape where nothing is.

    Args:
        field: of the tensor; None: nothing is known.
        shape: of the tensor, with the batch of one.
        height_px: of the picture.
        width_px: of the picture.

    """
    guessed = grid_of(shape, height_px, width_px) if shape[0] == 1 else None
    placed = [[a for a in dim if a.size > 1 and a.axes not in ("", REPEATED)] for dim in field.dims] if field else []
    dims = [[a.axes for a in dim] for dim in placed]
    if not any(dims):
        return guessed
    if len(shape) == 4 and not dims[0]:
        for kind, rows, columns, channels in (("first", 2, 3, 1), ("last", 1, 2, 3)):
            sides = shape[rows], shape[columns]
            if dims[rows] in ([], ["h"]) and dims[columns] in ([], ["w"]) and not dims[channels]:
                return Grid(kind, *sides) if max(sides) > 1 else None
    if len(shape) == 3 and not dims[0] and not dims[2]:
        sides = [field.sights[axis].count for axis in "hw"]
        prefix = shape[1] - sides[0] * sides[1]
        if dims[1] in (["h", "w"], ["h"], ["w"], ["hw"]):  # windows behind each other are no rows
            whole = 0 <= prefix <= PREFIX and sides[0] * sides[1] > 1
            return Grid("tokens", *sides, prefix) if whole else guessed
    return None
