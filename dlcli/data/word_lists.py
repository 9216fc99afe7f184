"""Vocabularies in files: a word a line, a word and its count a line, or the JSON beside a matrix of counts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from dlcli.core import files
from dlcli.core.errors import DataError
from dlcli.data import text

Vocabulary = dict[str, int | None]
LONGEST = 5  # words a line, in the mean, from which a list of words and phrases is taken for text


def read(place: str) -> tuple[Vocabulary, list[str]]:
    """Return the words of a file in its order, with counts where every line has one, and what the user should know.

    A line is a word, blanks in it and all, unless every line ends in a blank or tab and a whole number.

    Args:
        place: a file, packed or not, or ``-`` for stdin.

    Raises:
        DataError: it cannot be read, is no UTF-8, holds no words, or is plainly a text.

    """
    name = "stdin" if place == text.STDIN else files.shown(place)
    lines = [line.rstrip("\r") for line in text.lines(place)]
    if lines and lines[0].lstrip().startswith("{") and (pairs := _of_json("\n".join(lines), name)) is not None:
        return _distinct(pairs, name)
    lines = [line for line in lines if line.strip()]
    if not lines:
        raise DataError(f"{name} holds no words", "give a word a line, or a word and its count")
    cut = [line.rsplit(None, 1) for line in lines]
    if all(len(fields) == 2 and fields[1].isascii() and fields[1].isdigit() for fields in cut):
        return _distinct([(word, int(count)) for word, count in cut], name)
    each = sum(len(line.split()) for line in lines) / len(lines)
    if each > LONGEST:
        hint = "--text counts the words of a text; a vocabulary has a word, or a word and its count, a line"
        raise DataError(f"{name} looks like a text: its lines have {each:.0f} words in the mean", hint)
    return _distinct([(line.strip() or line, None) for line in lines], name)


def _of_json(held: str, name: str) -> list[tuple[str, int | None]] | None:
    """Return the pairs of ``{"words": […], "counts": […]}``, or None for a list whose first word is a brace."""
    try:
        doc: Any = json.loads(held)
    except (ValueError, RecursionError):
        return None
    words = doc.get("words") if isinstance(doc, dict) else None
    if not isinstance(words, list) or not words or not all(isinstance(word, str) for word in words):
        raise DataError(f"{name} is JSON without a list of words", "give the .vocabulary.json of dlcli embed vectorize")
    counts = doc.get("counts")
    if not isinstance(counts, list) or len(counts) != len(words) or not all(type(n) is int and n >= 0 for n in counts):
        counts = [None] * len(words)
    return list(zip(words, counts, strict=True))


def _distinct(pairs: Sequence[tuple[str, int | None]], name: str) -> tuple[Vocabulary, list[str]]:
    """Keep the first place of each word; counts of the same word are added."""
    found: Vocabulary = {}
    for word, count in pairs:
        found[word] = count if word not in found or count is None else (found[word] or 0) + count
    if len(found) == len(pairs):
        return found, []
    return found, [f"{name}: {len(pairs) - len(found)} words stand there again; each has one row, where it stood first"]
