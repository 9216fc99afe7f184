"""Stems: the course's example, and NLTK's own answers."""

import pytest
from nltk.stem import PorterStemmer

from dlcli.methods import stems


def test_w18_the_stems_of_the_course():
    of, name = stems.stemmer("porter")
    assert [of(w) for w in ["caresses", "flies", "dies", "mules", "denied"]] == ["caress", "fli", "die", "mule", "deni"]
    assert name.startswith("porter (NLTK ")


def test_the_paper_itself_stems_dies_otherwise():
    """Why NLTK's mode is the one of the course: the rules of the paper alone do not give its example."""
    assert PorterStemmer(mode=PorterStemmer.ORIGINAL_ALGORITHM).stem("dies") == "di"


@pytest.mark.parametrize(
    ("algorithm", "language", "word", "stem"),
    [
        ("snowball", "english", "generously", "generous"),
        ("snowball", "german", "Häuser", "haus"),
        ("snowball", "french", "continuellement", "continuel"),
        ("snowball", "russian", "важная", "важн"),
        ("lancaster", "english", "maximum", "maxim"),
    ],
)
def test_the_other_stemmers(algorithm, language, word, stem):
    assert stems.stemmer(algorithm, language)[0](word) == stem


def test_every_language_of_the_schema_has_a_stemmer():
    import typing

    from dlcli.core.schemas.embed_words import Language

    for language in typing.get_args(Language):
        assert stems.stemmer("snowball", language)[0]("x") is not None


def test_what_is_no_word_stays():
    of, _ = stems.stemmer("porter")
    assert [of(w) for w in (".", "", "3.5", "日本", "x" * 1000)] == [".", "", "3.5", "日本", "x" * 1000]
