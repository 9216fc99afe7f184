"""Which words ``dlcli embed project`` draws, and in which groups."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlcli.core.errors import DataError, UsageError
from dlcli.core.recipe import Resolved
from dlcli.data import text
from dlcli.methods import word_queries
from dlcli.ops.word_vectors import WordVectors

TOP, TOP_NEAR = 300, 40
NAMED = 10  # words named in a note


@dataclass(frozen=True)
class Chosen:
    """The words to draw.

    Args:
        words: in the order in which they matter.
        vectors: float32 (n, dim), none of them zero or not finite.
        groups: names of the groups; empty: none.
        group_of: number of each word's group; −1: none.
        focus: number of the word whose neighbors they are, or −1.
        total: words in the whole table.
        read: files read on the way.

    """

    words: list[str]
    vectors: np.ndarray
    groups: list[str]
    group_of: np.ndarray
    focus: int
    total: int
    read: tuple[str, ...]


def check_stdin(argument: str, recipe: Any, resolved: Resolved) -> None:
    """Refuse to read stdin twice.

    Raises:
        UsageError: naming what would.

    """
    asked = [argument == text.STDIN, recipe.words == text.STDIN, recipe.groups == text.STDIN]
    if sum(asked) + (resolved.stdin is not None) > 1:
        raise UsageError("stdin can be read once", "give all but one of vectors, words, groups and recipe as a file")


def choose(held: WordVectors, argument: str, recipe: Any, note: Callable[[str], None]) -> Chosen:
    """Return the words that a recipe asks for.

    Args:
        held: the table.
        argument: what it was read from.
        recipe: of ``embed project``.
        note: told what was left out.

    Raises:
        DataError: a word that is not there or has no vector, none at all, or a broken file.

    """
    usable = word_queries.usable(held)
    groups = read_groups(recipe.groups) if recipe.groups is not None else {}
    focus = -1
    read = [recipe.groups] if recipe.groups is not None else []
    if recipe.words is not None:
        words, is_file = _asked(recipe.words)
        read += [recipe.words] if is_file else []
        rows = _rows(words, held, usable, argument, note if is_file else None)
    elif recipe.near is not None:
        first = _rows([recipe.near], held, usable, argument, None)[0]
        nearest = word_queries.neighbors(held, [first], recipe.top or TOP_NEAR)[0]
        rows, focus = [first, *(held.index[word] for word, _ in nearest)], 0
    elif groups and recipe.top is None:
        rows = _rows(list(groups), held, usable, argument, note)
    else:
        rows = _first(held, usable, recipe.top or TOP, note)
    words = [held.words[row] for row in rows]
    names = list(dict.fromkeys(groups[word] for word in words if word in groups))
    number = {name: k for k, name in enumerate(names)}
    if groups and not names:
        raise DataError(f"no word of {text.shown(recipe.groups)} is drawn, so there are no groups", "name words of it")
    of = np.array([number[groups[word]] if word in groups else -1 for word in words], np.int64)
    vectors = np.asarray(held.vectors[np.asarray(rows, np.int64)], np.float32)
    return Chosen(words, vectors, names, of, focus, len(held), tuple(read))


def _asked(asked: str) -> tuple[list[str], bool]:
    """Return the words of ``--words``: of a file, or apart by commas; and whether it was a file."""
    named = [word.strip() for word in asked.split(",") if word.strip()]
    is_file = asked == text.STDIN or ("," not in asked and ("." in asked or os.sep in asked) and os.path.isfile(asked))
    if is_file:
        named = [word for line in text.lines(asked) for word in [line.partition("\t")[0].strip()] if word]
    if not named:
        raise DataError(f"{text.shown(asked)} names no word" if is_file else "--words names no word", "name some words")
    return list(dict.fromkeys(named)), is_file


def _rows(
    words: Sequence[str], held: WordVectors, usable: np.ndarray, argument: str, note: Callable[[str], None] | None
) -> list[int]:
    """Return the rows of words; those without one are told, and without ``note`` are an error."""
    unknown = [word for word in words if word not in held.index]
    if unknown and (note is None or len(unknown) == len(words)):
        near = word_queries.near_spellings(unknown[0], held)
        hint = f"spelled alike: {', '.join(near)}" if near else "the words stand in the vectors as they are spelled"
        raise DataError(f"{_named(unknown)} not among the {len(held):,} words of {argument}", hint)
    if unknown and note:
        note(f"left out, as they are not among the {len(held):,} words of {argument}: {_listed(unknown)}")
    rows = [held.index[word] for word in words if word in held.index]
    lost = [held.words[row] for row in rows if not usable[row]]
    if lost and (note is None or len(lost) == len(rows)):
        raise DataError(f"{_named(lost)} without a vector: it is zero or not a number", "leave such words out")
    if lost and note:
        note(f"left out, as their vectors are zero or not numbers: {_listed(lost)}")
    return [row for row in rows if usable[row]]


def _first(held: WordVectors, usable: np.ndarray, top: int, note: Callable[[str], None]) -> list[int]:
    """Return the rows of the most frequent words, by count where there are counts, otherwise the first ones."""
    order = np.arange(len(held)) if held.counts is None else np.argsort(-np.asarray(held.counts), kind="stable")
    good = usable[order]
    last = int(np.searchsorted(np.cumsum(good), top)) + 1
    lost = [held.words[row] for row in order[:last][~good[:last]].tolist()]
    if lost:
        note(f"left out, as their vectors are zero or not numbers: {_listed(lost)}")
    rows = order[good][:top].tolist()
    if not rows:
        raise DataError("no word has a vector that can be drawn: all are zero or not numbers")
    return rows


def _named(words: Sequence[str]) -> str:
    return f"{_listed([repr(w) for w in words])} {'is' if len(words) == 1 else 'are'}"


def _listed(words: Sequence[str]) -> str:
    shown = ", ".join(words[:NAMED])
    return shown if len(words) <= NAMED else f"{shown} and {len(words) - NAMED} more"


def read_groups(path: str) -> dict[str, str]:
    """Return the group of each word of a file.

    Args:
        path: lines ``WORD<TAB>GROUP``; empty lines are skipped, of words that come again the first line counts.

    Raises:
        DataError: a line that is none (names it), or no line at all.

    """
    found: dict[str, str] = {}
    name = text.shown(path)
    for number, line in enumerate(text.lines(path), 1):
        if not line.strip():
            continue
        word, tab, group = line.partition("\t")
        if not tab or not word.strip() or not group.strip():
            raise DataError(f"{name}:{number}: {line[:60]!r} is no WORD<TAB>GROUP", "put a tab between word and group")
        found.setdefault(word.strip(), group.strip())
    if not found:
        raise DataError(f"{name} has no groups", "give lines WORD<TAB>GROUP")
    return found
