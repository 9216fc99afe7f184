"""Sentences: a line of text cut after its full stops, by rules alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

# After these a full stop ends no sentence, whatever follows; after the second ones none before a number.
ABBREVIATED = """
    mr mrs ms dr prof st sr jr gen col capt lt sgt rev hon gov sen rep pres messrs mme mlle vs cf eg ie approx dept univ
    assn bros inc ltd co corp jan feb apr jun jul aug sep sept oct nov dec tue thu fri ave blvd rd mt
"""
NUMBERED = "no nos vol vols p pp fig figs eq eqs ch sec art"
# A mark, what closes after it, a gap, and what may open a sentence: no lower-case letter.
END = re.compile(r"(?<![.!?…])([.!?…]++)([\"'”’)\]]*+)\s+(?=[\"'“‘(\[]*[^\W_a-z])")
LAST_WORD = re.compile(r"([\w.&'’-]+)$")


def split(line: str) -> list[str]:
    """Return the sentences of a line, without the gaps between them; none for an empty line.

    A full stop after an abbreviation or an initial, such as in "Dr. J. Smith", ends none; neither does one before a
    lower-case letter.
    """
    found, start = [], 0
    for match in END.finditer(line):
        if match[1] == "." and _abbreviation(line[start : match.start()], line[match.end() : match.end() + 1]):
            continue
        found.append(line[start : match.end(2)])
        start = match.end()
    return [s for s in (*(f.strip() for f in found), line[start:].strip()) if s]


@cache
def _short() -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(ABBREVIATED.split()), frozenset(NUMBERED.split())


def _abbreviation(before: str, following: str) -> bool:
    last = LAST_WORD.search(before[-40:])
    if last is None:
        return False
    word = last[1]
    always, numbered = _short()
    if word.lower() in always or (word.lower() in numbered and following.isdigit()):
        return True
    return bool(re.fullmatch(r"[A-Z]|([^\W\d]\.)+[^\W\d]", word))


def cut(tokens: Iterable[str]) -> Iterator[list[str]]:
    """Yield the sentences of a line that is tokens already: each ends after ``.``, ``!`` or ``?`` and what closes."""
    held: list[str] = []
    ended = False
    for token in tokens:
        if ended and token not in ('"', "''", "'", ")", "]", "”", "’"):
            yield held
            held, ended = [], False
        held.append(token)
        ended = ended or token in (".", "!", "?")
    if held:
        yield held
