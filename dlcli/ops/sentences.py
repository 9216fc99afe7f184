"""Where English sentences end: rules and lists of abbreviations, no data."""

from __future__ import annotations

import re
from collections.abc import Iterator


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


# A name, a number or a date follows these; their period never ends a sentence.
_BEFORE_NAMES = _listed(
    "mr mrs ms mx dr prof st messrs mmes rev hon pres gov sen rep amb gen maj capt cpt cmdr lt col sgt cpl pvt adm "
    "supt det insp vs v e.g i.e viz cf ca approx mt ft"
)
_BEFORE_NUMBERS = _listed(
    "no nos nr vol vols p pp pg fig figs sec ch chap art para eq jan feb mar apr jun jul aug sep sept oct nov dec"
)
# These end a sentence when a word follows with which sentences begin.
_EITHER = _listed(
    "inc corp co cos ltd bros plc jr sr esq etc al dept div est univ assn ave blvd rd sq bldg apt hwy mon tue tues wed "
    "thu thur thurs fri sat sun min hr hrs sec secs lb lbs oz kg km cm mm ed eds trans rev tel ext"
)
_STARTERS = _listed(
    "the a an and but or so yet nor for if in on at by to from of with as after before although though because since "
    "until unless when whenever while where wherever why how what which who whose whom this that these those there "
    "here he she it they we i you his her its their our your my one some many most several all both each every few "
    "other others another no not now then thus hence also however moreover meanwhile nevertheless instead still "
    "perhaps maybe yesterday today tomorrow earlier later once last next under over between during without within "
    "about above among against despite according is are was were do does did has have had can could will would shall "
    "should may might must let please yes mr mrs ms dr"
)
_CANDIDATE = re.compile(r"(?<![.!?…])([.!?…]++)([\"'”’»)\]}]*+)\s++|[。！？｡]++[”’」』）》]*+\s*+")
_OPENERS = "\"'“‘«([{¿¡「『（《"
_WORD = re.compile(r"[^\s\"'“”‘’«»(\[{—–]*\Z")
_NEXT_WORD = re.compile(r"\w+")
_LONGEST_WORD = 40


def split(text: str) -> Iterator[str]:
    """Yield the sentences of a text, stripped of white space around them.

    A period ends a sentence unless a small letter follows, or it belongs to a title (``Dr.``), an initial (``J.``) or
    an abbreviation. Of abbreviations such as ``Inc.`` and ``U.S.``, which may stand at either place, the next word
    decides: one that often begins sentences (``The``) or another. ``!`` and ``?`` end one unless a small letter
    follows; the full stops of Chinese and Japanese always do.

    Args:
        text: a line or a paragraph; a line end in it is white space like any other.

    """
    begin = 0
    for found in _CANDIDATE.finditer(text):
        if found[1] is None or _ends(text, begin, found):
            if sentence := text[begin : found.end()].strip():
                yield sentence
            begin = found.end()
    if sentence := text[begin:].strip():
        yield sentence


def _ends(text: str, begin: int, found: re.Match[str]) -> bool:
    """Say whether a sentence that began at ``begin`` ends with these marks."""
    at = found.end()
    while at < len(text) and text[at] in _OPENERS:
        at += 1
    follows = text[at : at + 1]
    if not follows or follows.islower():
        return not follows
    marks = found[1]
    if marks != ".":
        return True
    word = _word_before(text, begin, found.start())
    small = word.lower()
    if not small:
        return True
    if small in _BEFORE_NAMES or (small in _BEFORE_NUMBERS and follows.isdigit()):
        return False
    if small.isdigit() and len(small) < 4 and not text[begin : found.start() - len(word)].strip():
        return False  # "1. Introduction": the number of a heading
    initial = len(word) == 1 and word.isupper()
    if initial or "." in word or small in _EITHER:
        following = _NEXT_WORD.match(text, at)
        likely = bool(following) and following[0].lower() in _STARTERS
        return likely and not (initial and word != "I" and found[2] == "" and following[0] in ("A", "I"))
    return True


def _word_before(text: str, begin: int, end: int) -> str:
    found = _WORD.search(text, max(begin, end - _LONGEST_WORD), end)
    return found[0] if found else ""
