"""Stems: NLTK's stemmers, none of which needs data."""

from __future__ import annotations

from collections.abc import Callable

from dlcli.ops.remember import remembered


def stemmer(algorithm: str, language: str = "english") -> tuple[Callable[[str], str], str]:
    """Return the function that stems a word, and the name of what it is.

    Porter's is NLTK's own version of it, not the letter of the paper: with its few exceptions "dies" and "skies" become
    "die" and "sky", where the paper's rules alone give "di" and "ski". All of them answer in lower case.
    Source: Porter (1980); Snowball, Porter (2001); Lancaster, Paice (1990).

    Args:
        algorithm: ``porter``, ``snowball`` or ``lancaster``.
        language: of ``snowball``; the others know English only.

    """
    import nltk
    from nltk.stem import LancasterStemmer, PorterStemmer, SnowballStemmer

    if algorithm == "snowball":
        held, name = SnowballStemmer(language), f"snowball, {language}"
    elif algorithm == "lancaster":
        held, name = LancasterStemmer(), "lancaster"
    else:
        held, name = PorterStemmer(mode=PorterStemmer.NLTK_EXTENSIONS), "porter"
    return remembered(held.stem), f"{name} (NLTK {nltk.__version__})"
