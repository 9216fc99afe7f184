"""Answers about words kept for the next time they are asked, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
MOST = 100_000  # answers of each function
LONG = 60  # signs; a longer "word" is no word and would fill the memory


def remembered(function: Callable[P, T]) -> Callable[P, T]:
    """Return a function that keeps its answers; its first argument is a word. Do not change what it returns."""
    held = lru_cache(maxsize=MOST)(function)

    @wraps(function)
    def answer(*given: P.args, **named: P.kwargs) -> T:
        return (held if len(given[0]) <= LONG else function)(*given, **named)  # type: ignore[arg-type, call-overload]

    return answer
