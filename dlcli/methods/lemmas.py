"""Lemmas: the dictionary form of a word, by lemminflect's tables and rules or by WordNet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dlcli.core.errors import MissingError
from dlcli.ops.remember import remembered

UPOS = {"noun": "NOUN", "verb": "VERB", "adj": "ADJ", "adv": "ADV"}
FETCH = "python -m nltk.downloader wordnet"
WORDNET = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}
# What a tokenizer leaves of contractions, and the auxiliaries that have no other form.
CONTRACTED = {
    "n't": "not", "ca": "can", "wo": "will", "sha": "shall", "'ll": "will", "'d": "would", "'ve": "have", "'re": "be",
    "'m": "be", "an": "a",
}  # fmt: skip


@dataclass(frozen=True)
class Lemmatizer:
    """What answers lemmas, and its name.

    Args:
        name: what is said of it.
        of: word, part of speech (a key of ``UPOS``) → lemma, in lower case.

    """

    name: str
    of: Callable[[str, str], str]

    def tagged(self, word: str, tag: str) -> str:
        """Return the lemma of a word with its Penn Treebank tag.

        Names stay as they are; so do words of the closed classes, but for contractions and their case.
        """
        if tag in ("NNP", "NNPS", "FW", "SYM") or word == "I":
            return word
        low = word.lower()
        part = part_of(tag)
        if tag != "POS" and low in CONTRACTED and (part != "noun"):
            return CONTRACTED[low]
        return self.of(low, part) if part else low


def part_of(tag: str) -> str:
    """Return the part of speech of a Penn Treebank tag, as ``UPOS`` has it; empty for the closed classes."""
    return {"N": "noun", "V": "verb", "J": "adj", "R": "adv"}.get(tag[:1], "") if tag != "RP" else ""


def open_(engine: str, there: bool = True) -> Lemmatizer:
    """Return a lemmatizer.

    Args:
        engine: ``lemminflect``; ``wordnet``; ``auto``: lemminflect, and of words it does not know WordNet is asked,
            when its data is present, before lemminflect guesses.
        there: whether NLTK's data may be present; without it NLTK, whose import takes seconds, is left alone.

    Raises:
        MissingError: WordNet was asked for and its data is absent.

    """
    import lemminflect

    name = f"lemminflect {lemminflect.__version__}"
    if engine == "lemminflect":
        return Lemmatizer(name, _lemminflect)
    wordnet = _wordnet() if there else None
    if wordnet is None and engine == "wordnet":
        raise MissingError(
            "WordNet needs NLTK's data 'wordnet', which is not on this machine",
            f"{FETCH} gets it; --engine lemminflect needs none",
        )
    if wordnet is None:
        return Lemmatizer(name, _lemminflect)
    if engine == "wordnet":
        return Lemmatizer("wordnet (of NLTK)", remembered(lambda w, part: wordnet(w, part) or w))

    @remembered
    def of(word: str, part: str) -> str:
        known = UPOS[part] in lemminflect.getAllLemmas(word)
        return _lemminflect(word, part) if known else wordnet(word, part) or _lemminflect(word, part)

    return Lemmatizer(f"{name}, and WordNet for words it does not know", of)


@remembered
def _lemminflect(word: str, part: str) -> str:
    import lemminflect

    found = lemminflect.getLemma(word, UPOS[part])
    return found[0] if found and found[0] else word


def _wordnet() -> Callable[[str, str], str | None] | None:
    """Return the function that asks WordNet, which knows nothing of many words; None without its data."""
    from nltk.corpus import wordnet

    try:
        wordnet.ensure_loaded()
    except LookupError:
        return None
    except Exception as error:  # there, but broken, which a corpus can be in every way
        raise MissingError(f"NLTK's data 'wordnet' cannot be read: {error!r}", f"{FETCH} gets it anew") from error
    return lambda word, part: wordnet.morphy(word, WORDNET[part])
