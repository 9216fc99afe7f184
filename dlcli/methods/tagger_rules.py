"""A part-of-speech tagger of rules alone: it needs no data and has learned nothing.

A list of the closed classes, lemminflect's tables of forms, or the ending says which tags a word may have. Rules
weighed by hand say which tag may follow which, what an auxiliary asks of the verb after it, and that a sentence wants a
finite verb. The tags with the best sum are found by dynamic programming.

Trap: it knows no meanings and was made for plain edited English; a tagger trained on much text is better.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from dlcli.methods import tagger_lexicon as lexicon
from dlcli.methods.tagger_words import candidates

FINITE = frozenset(("VBD", "VBZ", "VBP", "MD"))
VERBS = frozenset(("VB", "VBD", "VBG", "VBN", "VBP", "VBZ"))
ADVERBS = frozenset(("RB", "RBR", "RBS"))
NOMINAL = frozenset(("DT", "PDT", "PRP$", "JJ", "JJR", "JJS", "CD", "NN", "NNS", "NNP", "NNPS", "POS", "EX"))
NOUNS = frozenset(("NN", "NNS", "NNP", "NNPS", "EX", "DT", "one", "many"))
SUBJECTS = frozenset(("one", "many"))
CLAUSE_ENDS = frozenset(("CC", ",", ":", "WDT", "WP", "WRB", "``", "''", "("))
SENTENCE_STARTS = frozenset((".", ":", "``", "("))
# What the word before asks of the next verb, as points for each tag.
WANTS = {
    "base": {"VB": 3.0, "VBP": -3.0, "VBD": -3.0, "VBZ": -3.0, "VBN": -2.0},
    "bare": {"VB": 2.0},
    "perfect": {"VBN": 3.0, "VBD": -3.0, "VB": -2.5, "VBP": -2.5, "VBZ": -2.0},
    "be": {"VBG": 1.8, "VBN": 1.8, "JJ": 1.0, "VBD": -3.0, "VB": -3.0, "VBP": -3.0, "VBZ": -2.0, "NN": -0.4},
}
MOST_STATES = 60  # more than plain sentences need; bounds the work


class State(NamedTuple):
    """What of the words so far matters for the next one.

    Args:
        last: tag of the last word; pronouns are told apart as ``one``, ``many`` (subjects) and ``object``.
        behind: the same of the last word that is no adverb.
        wants: what was asked of the next verb, a key of ``WANTS``; ``?`` after it: across its subject, as questions do.
        subject: the clause has had what may be its subject.
        clause: it has had a finite verb.
        sentence: the sentence has had one.

    """

    last: str = "^"
    behind: str = "^"
    wants: str = ""
    subject: bool = False
    clause: bool = False
    sentence: bool = False


Link = tuple[str, "Link | None"]
Best = dict[State, tuple[float, "Link | None"]]


def tag(words: Sequence[str]) -> list[str]:
    """Return a Penn Treebank tag for each word of a sentence.

    Args:
        words: one sentence, its punctuation marks as words of their own.

    Returns:
        as many tags as words.

    """
    best: Best = {State(): (0.0, None)}
    start, opens = True, True  # a capital says nothing here; the next quotation mark opens
    for at, word in enumerate(words):
        options = candidates(word, start)
        if word == '"':
            options, opens = {"``" if opens else "''": 0.0}, not opens
        start = bool(options.keys() & SENTENCE_STARTS)
        best = _step(best, word.lower(), options, words[at + 1].lower() if at + 1 < len(words) else "")
    _, link = max(best.items(), key=lambda row: row[1][0] - (0.0 if row[0].sentence else 1.5))[1]
    tags = []
    while link is not None:
        tags.append(link[0])
        link = link[1]
    return tags[::-1]


def _step(best: Best, word: str, options: dict[str, float], following: str) -> Best:
    """Return the best way into each state after one more word."""
    found: Best = {}
    for tag_, prior in options.items():
        alone = prior + _lonely(word, tag_, following)
        for state, (points, link) in best.items():
            score = points + alone + _fit(state, tag_, following) + _special(state, word, tag_, following)
            state_ = _after(state, tag_, word)
            if state_ not in found or score > found[state_][0]:
                found[state_] = (score, (tag_, link))
    if len(found) > MOST_STATES:
        found = dict(sorted(found.items(), key=lambda row: -row[1][0])[:MOST_STATES])
    return found


@cache
def _follows() -> dict[str, dict[str, float]]:
    table: dict[str, dict[str, float]] = {}
    for line in lexicon.FOLLOWS.strip().splitlines():
        left, *rest = line.split()
        pairs = zip(rest[::2], rest[1::2], strict=True)
        table.setdefault(left, {}).update({tag_: float(points) for tag_, points in pairs})
    return table


def _fit(state: State, tag_: str, following: str) -> float:
    """Return the points of a tag after a state."""
    is_verb = tag_ in VERBS or tag_ == "MD"
    points = _follows().get(state.behind if is_verb else state.last, {}).get(tag_, 0.0)
    if state.wants:
        points += WANTS[state.wants.rstrip("?")].get(tag_, 0.0)
    elif tag_ == "VBN":
        points += 1.5 if following == "by" else -0.4
    if tag_ in FINITE and state.clause:
        points -= 0.9
    if tag_ == "." and not state.sentence:
        points -= 1.5
    return points


def _lonely(word: str, tag_: str, following: str) -> float:
    """Return the points of rules about single words and the one after them."""
    if word == "her":
        return 0.0 if (tag_ == "PRP$") == _is_nominal(following) else -1.5
    if word == "there":
        return 0.0 if (tag_ == "EX") == (following in lexicon.BE or following in lexicon.MODALS) else -2.0
    if word in ("all", "both", "half", "such", "quite"):
        return 0.0 if (tag_ == "PDT") == (following in lexicon.ARTICLES) else -2.0
    if word in ("more", "most", "less", "least") and tag_ in ("RBR", "RBS"):
        options = candidates(following, False).keys()
        return 1.5 if options & {"JJ", "RB"} and not options & {"NN", "NNS", "NNP"} else 0.0
    if tag_ in ("RP", "IN") and word in lexicon.PARTICLES:
        # "set it up", "set up a camp": a particle stands at the end, or before what is not the place.
        ends = following in lexicon.PUNCTUATION or following in lexicon.AFTER_PARTICLES
        return 0.0 if (tag_ == "RP") == ends else -1.0
    return 0.0


def _special(state: State, word: str, tag_: str, following: str) -> float:
    """Return the points of rules about single words and what stands before them."""
    if word == "that":
        if tag_ == "DT":
            return 0.8 if _is_nominal(following) or following in lexicon.BE else -1.0
        if tag_ == "WDT":
            return 1.2 if state.last in ("NN", "NNS") and not state.wants else -1.5
        return 0.8 if state.last in VERBS or state.last in ("object", "JJ") else 0.0
    if tag_ in ADVERBS and state.behind in VERBS and state.wants != "be" and following not in lexicon.ARTICLES:
        return 0.9 if candidates(word, False).keys() & {"JJ", "JJR"} else 0.0  # "came late", "drives faster"
    if word == "'s":
        return 1.0 if (tag_ == "VBZ") == (state.last in ("one", "EX", "WP", "WRB", "DT", "IN")) else -1.0
    return 0.0


def _is_nominal(word: str) -> bool:
    """Say whether a noun phrase may go on, or begin, with this word."""
    return bool(candidates(word, False).keys() & {"NN", "NNS", "JJ", "CD", "NNP", "JJS", "JJR"})


def _after(state: State, tag_: str, word: str) -> State:
    """Return the state after a word has got a tag."""
    kind = "^" if tag_ == "``" else tag_  # speech begins as a sentence does
    if tag_ == "PRP":
        kind = lexicon.SUBJECTS.get(word, "object")
        if word in ("it", "you") and (state.behind in VERBS or state.last in ("TO", "RP")) and not state.wants:
            kind = "object"
    new = tag_ in CLAUSE_ENDS or (tag_ == "IN" and word in lexicon.OPENERS)
    new = new or (kind in SUBJECTS and state.clause and not state.wants)
    clause = tag_ in FINITE or (state.clause and not new)
    subject = kind in NOUNS or (state.subject and not new)
    behind = state.behind if tag_ in ADVERBS and state.behind != "^" else kind
    return State(kind, behind, _wanted(state, tag_, word, kind), subject, clause, state.sentence or tag_ in FINITE)


def _wanted(state: State, tag_: str, word: str, kind: str) -> str:
    """Return what is asked of the next verb."""
    if tag_ == "MD" or tag_ in VERBS:
        for words, wants in lexicon.ASKING:
            if word in words:
                return wants if state.subject and wants != "bare" else f"{wants}?"
        return "base" if tag_ == "MD" else ""
    if tag_ in ADVERBS or kind in SUBJECTS or (kind == "object" and state.wants == "bare?"):
        return state.wants
    return state.wants if state.wants.endswith("?") and tag_ in NOMINAL else ""
