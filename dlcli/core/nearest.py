"""Near spellings for messages."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str], count: int = 1, cutoff: float = 0.6) -> str:
    """Return ``; nearest: a, b`` for the known words most like a mistyped one, or an empty string."""
    import difflib

    found = difflib.get_close_matches(word, list(known), count, cutoff)
    return f"; nearest: {', '.join(found)}" if found else ""
