"""Test sets for word vectors: analogy questions and pairs of words judged by people, from files or installed ones."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from dlcli.core import files
from dlcli.core.errors import DataError
from dlcli.data import text

INSTALLED = {"analogies": "questions-words.txt", "wordsim353": "wordsim353.tsv", "simlex999": "simlex999.txt"}


@dataclass(frozen=True)
class Section:
    """Questions of one kind.

    Args:
        name: as its header says.
        questions: a, b, c, d: a is to b as c is to d.

    """

    name: str
    questions: list[tuple[str, str, str, str]] = field(default_factory=list)


def installed(name: str) -> str | None:
    """Return the file of a set of ``INSTALLED`` as gensim brings it, or None; gensim is not imported."""
    from importlib.util import find_spec

    spec = find_spec("gensim")
    path = os.path.join(os.path.dirname((spec and spec.origin) or ""), "test", "test_data", INSTALLED[name])
    return path if os.path.isfile(path) else None


def questions(place: str) -> tuple[list[Section], int]:
    """Read analogy questions as word2vec writes them: ``: section`` lines, then four words a line.

    Returns:
        The sections in their order, and how many lines are neither.

    Raises:
        DataError: a question before any section, no question at all, or the file cannot be read.

    """
    sections: list[Section] = []
    skipped = 0
    for number, line in enumerate(text.lines(place), 1):
        if line.startswith(": "):
            sections.append(Section(line[2:].strip()))
            continue
        if not sections:
            raise DataError(
                f"{_name(place)}:{number}: analogy questions stand in sections; the first line must be ': NAME'",
                "see questions-words.txt of word2vec: ': capitals', then four words a line",
            )
        words = line.split()
        if len(words) == 4:
            sections[-1].questions.append((words[0], words[1], words[2], words[3]))
        else:
            skipped += 1
    if not any(s.questions for s in sections):
        raise DataError(f"{_name(place)} has no analogy question", "give ': NAME', then four words a line")
    return sections, skipped


def pairs(place: str) -> tuple[list[tuple[str, str, float]], int]:
    """Read word pairs with a person's judgment: two words and a number a line, ``#`` begins a remark.

    A tab parts the cells; in a line without one a comma does, and without that blanks.

    Returns:
        The pairs, and how many lines are neither pair nor remark (such as a line of column names).

    Raises:
        DataError: no pair at all, or the file cannot be read.

    """
    found: list[tuple[str, str, float]] = []
    skipped = 0
    for line in text.lines(place):
        if line.startswith("#"):
            continue
        cells = cut(line)
        try:
            first, second, judged = cells
            found.append((first, second, _number(judged)))
        except ValueError:
            skipped += 1
    if not found:
        raise DataError(f"{_name(place)} has no pair", "give two words and a number a line, parted by tabs")
    return found, skipped


def cut(line: str) -> list[str]:
    """Return the cells of a line: parted by tabs, else by commas, else by blanks."""
    separator = "\t" if "\t" in line else "," if "," in line else None
    return [cell.strip() for cell in line.split(separator)]


def _number(cell: str) -> float:
    value = float(cell)
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError
    return value


def stem(place: str) -> str:
    """Return the name of a set: its file's name without endings, or ``stdin``."""
    return "stdin" if place == text.STDIN else Path(place).name.partition(".")[0]


def _name(place: str) -> str:
    return "stdin" if place == text.STDIN else files.shown(place)
