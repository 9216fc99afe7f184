"""The words of ``dlcli visualize kernel``: operations on pictures, and numbers typed in rows."""

from __future__ import annotations

import math
from dataclasses import dataclass

from dlcli.core.nearest import nearest

# Operation → how it is typed. The first form is what the bare name means.
FORMS: dict[str, str] = {
    "negative": "negative",
    "gray": "gray:luma|mean",
    "blur": "blur:SIGMA",
    "box": "box:SIZE",
    "shift": "shift:DX,DY",
    "sharpen": "sharpen[:AMOUNT]",
    "sobel": "sobel[:x|y]",
    "laplacian": "laplacian",
    "emboss": "emboss",
    "kernel": "kernel",
    "relu": "relu",
    "maxpool": "maxpool:SIZE",
}
MOST_SIGMA, MOST_SIZE, MOST_AMOUNT = 200.0, 501, 100.0
MOST_NUMBERS = 1_000_000


@dataclass(frozen=True)
class Operation:
    """One operation on a picture.

    Args:
        name: of ``FORMS``.
        way: ``luma`` or ``mean`` of gray; ``x``, ``y`` or ``size`` of sobel; else empty.
        numbers: sigma, size, shift (right, down) or amount, where the operation has one.

    """

    name: str
    way: str = ""
    numbers: tuple[float, ...] = ()


def operation(word: str) -> Operation:
    """Return the operation that a word such as ``blur:2`` means.

    Raises:
        ValueError: it means none; says what is allowed.

    """
    name, colon, rest = word.strip().partition(":")
    name, rest = name.strip().lower(), rest.strip().lower()
    if name not in FORMS:
        raise ValueError(f"no operation {name!r}{nearest(name, FORMS)}; allowed: {', '.join(FORMS.values())}")
    if colon and not rest:
        raise ValueError(f"{word!r}: nothing stands behind the colon; allowed: {FORMS[name]}")
    match name:
        case "gray":
            return Operation(name, _one_of(word, rest or "luma", ("luma", "mean")))
        case "sobel":
            return Operation(name, _one_of(word, rest or "size", ("size", "x", "y")))
        case "blur":
            return Operation(name, numbers=(_number(word, rest, 0, MOST_SIGMA, "a sigma in pixels"),))
        case "box" | "maxpool":
            return Operation(name, numbers=(_whole(word, rest, 1, MOST_SIZE),))
        case "sharpen":
            return Operation(name, numbers=(_number(word, rest or "1", 0, MOST_AMOUNT, "an amount"),))
        case "shift":
            parts = rest.split(",")
            if len(parts) != 2:
                raise ValueError(f"{word!r}: a shift is DX,DY in pixels, to the right and down, such as shift:10,-5")
            return Operation(name, numbers=tuple(_whole(word, p, -100_000, 100_000) for p in parts))
        case _:
            if colon:
                how = "; its numbers are given by --kernel" if name == "kernel" else ""
                raise ValueError(f"{word!r}: {name} takes nothing behind a colon{how}")
            return Operation(name)


def _one_of(word: str, way: str, allowed: tuple[str, ...]) -> str:
    if way not in allowed:
        raise ValueError(f"{word!r}: {way!r} is not known; allowed: {', '.join(allowed)}")
    return way


def _number(word: str, text: str, above: float, most: float, what: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"{word!r}: needs {what}, a number above {above:g} and up to {most:g}") from None
    if not above < value <= most:
        raise ValueError(f"{word!r}: {value:g} is out of range; {what} is above {above:g} and up to {most:g}")
    return value


def _whole(word: str, text: str, least: int, most: int) -> int:
    try:
        value = int(text)
    except ValueError:
        raise ValueError(f"{word!r}: needs a whole number of pixels from {least} to {most}") from None
    if not least <= value <= most:
        raise ValueError(f"{word!r}: {value} is out of range; allowed: {least} to {most} pixels")
    return value


def rows(text: str) -> list[list[float]]:
    """Return numbers typed in rows: ``1 0 -1; 1 0 -1``.

    Rows end with ``;`` or a line, numbers with blanks or commas; fractions (``1/9``) and the minus sign of books (−)
    are understood.

    Raises:
        ValueError: none, not a number, or rows of different length.

    """
    found = []
    for line in text.replace("\u2212", "-").replace("\n", ";").split(";"):
        words = line.replace(",", " ").split()
        if words:
            found.append([_value(word) for word in words])
    if not found:
        raise ValueError("there are no numbers; rows are typed as '1 0 -1; 1 0 -1; 1 0 -1'")
    lengths = {len(row) for row in found}
    if len(lengths) > 1:
        where = next(k for k, row in enumerate(found) if len(row) != len(found[0]))
        raise ValueError(f"row 1 has {len(found[0])} numbers and row {where + 1} has {len(found[where])}")
    if len(found) * len(found[0]) > MOST_NUMBERS:
        raise ValueError(f"more than {MOST_NUMBERS:,} numbers")
    return found


def _value(word: str) -> float:
    over, slash, under = word.partition("/")
    try:
        value = float(over) / (float(under) if slash else 1.0)
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"{word!r} is not a number") from None
    if not math.isfinite(value):
        raise ValueError(f"{word!r} is not a finite number")
    return value


@dataclass(frozen=True)
class Example:
    """A worked example of the course.

    Args:
        matrix: what the kernel is moved over.
        kernel: the kernel.
        divisor: what the sums are divided by.
        ops: what is done.

    """

    matrix: str
    kernel: str
    divisor: float
    ops: tuple[str, ...]


def _cross(size: int = 9) -> str:
    inner = range(1, size - 1)
    marks = [[1 if r in inner and c in (r, size - 1 - r) else -1 for c in range(size)] for r in range(size)]
    return "; ".join(" ".join(map(str, row)) for row in marks)


EXAMPLES: dict[str, Example] = {
    "x": Example(_cross(), "1 -1 -1; -1 1 -1; -1 -1 1", 9.0, ("kernel", "relu", "maxpool:2")),
    "columns": Example(
        "4 9 2 5 8 3; 5 6 2 4 0 3; 2 4 5 4 5 2; 5 6 5 4 7 8; 5 7 7 9 2 1; 5 8 5 3 8 4",
        "1 0 -1; 1 0 -1; 1 0 -1", 1.0, ("kernel",),
    ),
}  # fmt: skip
