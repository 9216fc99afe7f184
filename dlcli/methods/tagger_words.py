"""Which tags a word may have, seen by itself: from lists, lemminflect's tables of forms, or its shape."""

from __future__ import annotations

import re
from functools import cache

from dlcli.methods import tagger_lexicon as lexicon
from dlcli.ops.remember import remembered

NUMBER = re.compile(r"[-+±~]?(\d[\d,.:/]*\d|\d)(st|nd|rd|th|s)?$|\d+/\d+$", re.IGNORECASE)
ROMAN = re.compile(r"[IVX]{2,}$")
# Points of a tag that the tables allow; the base of a verb is rarer than the noun of that spelling.
USUAL = {"VB": -0.3, "VBP": -0.3, "VBZ": -0.3, "VBN": -0.1, "RB": 0.1}
FAVORED = 0.9  # points of a tag in whose class a common word mostly stands


@cache
def _closed() -> dict[str, dict[str, float]]:
    rows = (entry.split() for entry in lexicon.CLOSED.replace("\n", " ").split(";") if entry.strip())
    return {word: {tag: -0.6 * k for k, tag in enumerate(tags)} for word, *tags in rows}


@cache
def _common() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for tag, words in lexicon.COMMON.items():
        for word in words.split():
            found.setdefault(word, set()).add(tag)
    return {word: frozenset(tags) for word, tags in found.items()}


@remembered
def candidates(word: str, start: bool) -> dict[str, float]:
    """Return the tags a word may have, with points; do not change what is returned.

    Args:
        word: as written.
        start: it stands where a sentence starts, where a capital says nothing.

    """
    if word in lexicon.PUNCTUATION:
        return {lexicon.PUNCTUATION[word]: 0.0}
    low = word.lower()
    closed, capital = _closed().get(low), word[:1].isupper()
    if closed is not None:
        named = capital and not start and len(word) > 1 and "NNP" not in closed and "NNPS" not in closed
        return {**closed, "NNP": -0.3} if named else closed
    if not any(c.isalnum() for c in word):
        return {"SYM": 0.0}
    if NUMBER.match(word):
        return {"JJ": 0.0} if low.endswith(("st", "nd", "rd", "th")) else {"CD": 0.0}
    if capital:
        return _capital(word, low, start)
    return _lower(low)


def _capital(word: str, low: str, start: bool) -> dict[str, float]:
    if low in lexicon.nations():
        return {"JJ": 0.3, "NNP": 0.0}
    if (low.endswith("s") and low[:-1] in lexicon.nations()) or low in lexicon.PLURAL_NAMES:
        return {"NNPS": 0.0}
    if low in lexicon.names():
        return {"NNP": 0.0}
    if low.endswith(("ian", "ean", "ese", "ish")) and not tables(low):
        return {"NNP": 0.0, "JJ": -0.2}
    known = tables(low)
    if not start or (len(word) > 1 and word.isupper() and not known) or ROMAN.match(word):
        return {"NNP": 0.0, **{tag: points - 3.0 for tag, points in known.items()}}
    return {"NNP": -1.3, **_lower(low)} if known else {"NNP": 0.3, **{t: p - 0.5 for t, p in _lower(low).items()}}


def _lower(low: str) -> dict[str, float]:
    return tables(low) or _by_shape(low)


@remembered
def tables(low: str) -> dict[str, float]:
    """Return the tags for which lemminflect knows a lower-case word as a form, with points; empty for none."""
    import lemminflect

    found: dict[str, float] = {}
    for part, lemmas in lemminflect.getAllLemmas(low).items():
        for lemma in lemmas:
            for tag in _forms(low, part, lemma):
                found[tag] = max(found.get(tag, -9.0), USUAL.get(tag, 0.0) + _favor(low, lemma, tag))
    if "VBG" in found and "NN" in found and "NN" not in _common().get(low, ()):
        found["NN"] -= 0.6
    if "VBN" in found and "NN" in found and "VB" not in found and "NN" not in _common().get(low, ()):
        found["NN"] -= 0.8  # "the accused", "the known"
    if ("VBN" in found or "VBG" in found) and "JJ" in found and "JJ" not in _common().get(low, ()):
        found["JJ"] -= 0.2
    return found


def _forms(low: str, part: str, lemma: str) -> list[str]:
    """Return the tags of the forms of a lemma that are spelled so."""
    import lemminflect

    if part not in ("NOUN", "VERB", "AUX", "ADJ", "ADV"):
        return ["NNP"] if part == "PROPN" else []
    forms = lemminflect.getAllInflections(lemma, upos=part)
    if "VBD" in forms and "VBN" not in forms:  # the tables leave out a participle that is the past tense again
        forms = {**forms, "VBN": forms["VBD"]}
    base = {"NOUN": ["NN"], "VERB": ["VB", "VBP"], "AUX": ["VB", "VBP"], "ADJ": ["JJ"], "ADV": ["RB"]}[part]
    tags = [tag for tag, spelled in forms.items() if low in spelled and not tag.startswith("NNP")]
    if part == "NOUN" and low == lemma and low not in lexicon.SAME_PLURAL:  # the tables give "money" as its own plural
        tags = [tag for tag in tags if tag != "NNS"]
    return [*dict.fromkeys([*(base if low == lemma else ()), *tags])] or (["NNS"] if part == "NOUN" else [])


def _favor(low: str, lemma: str, tag: str) -> float:
    classes = _common().get(low) or _common().get(lemma)
    if not classes:
        return 0.0
    kind = "VB" if tag.startswith("VB") else tag.removesuffix("S") if tag == "NNS" else tag
    return FAVORED if kind in classes else 0.0


def _by_shape(low: str) -> dict[str, float]:
    """Return the tags of a word that no list knows."""
    if "-" in low.strip("-"):
        last = tables(low.rpartition("-")[2])
        return {"NNS": 0.5, "JJ": -0.5} if "NNS" in last and "NN" not in last else {"JJ": 0.3, "NN": 0.0}
    for ending, tags in lexicon.SUFFIXES:
        if low.endswith(ending) and len(low) > len(ending) + 2:
            return {**{tag: 0.5 - 0.2 * k for k, tag in enumerate(tags.split())}, "NN": 0.0, **_spare(tags)}
    return {"NN": 0.3, "JJ": -0.7, "VB": -1.5, "VBP": -1.5}


def _spare(tags: str) -> dict[str, float]:
    return {"NN": 0.5} if tags == "NN" else {}
