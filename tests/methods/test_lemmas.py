"""Lemmas against a list written by hand."""

from pathlib import Path

import pytest

from dlcli.core.errors import MissingError
from dlcli.methods import lemmas

ROWS = [tuple(line.split("\t")) for line in (Path(__file__).parent / "lemmas.tsv").read_text().splitlines()]


def test_e13_nine_of_ten_forms_are_right():
    of = lemmas.open_("lemminflect").of
    assert len(ROWS) >= 500
    right = sum(of(form, part) == lemma for form, part, lemma in ROWS)
    assert right / len(ROWS) >= 0.9


@pytest.mark.parametrize(
    ("word", "tag", "lemma"),
    [
        ("Mice", "NNS", "mouse"), ("were", "VBD", "be"), ("'m", "VBP", "be"), ("better", "JJR", "good"),
        ("better", "RBR", "well"), ("London", "NNP", "London"), ("I", "PRP", "I"), ("The", "DT", "the"),
        ("n't", "RB", "not"), ("ca", "MD", "can"), ("'s", "POS", "'s"), ("'s", "VBZ", "be"), ("saw", "VBD", "see"),
        ("saw", "NN", "saw"), ("up", "RP", "up"), (".", ".", "."), ("blorfs", "NNS", "blorf"),
    ],
)  # fmt: skip
def test_a_lemma_depends_on_the_part_of_speech(word, tag, lemma):
    assert lemmas.open_("lemminflect").tagged(word, tag) == lemma


def test_wordnet_without_its_data_says_what_to_do(monkeypatch):
    monkeypatch.setattr(lemmas, "_wordnet", lambda: None)
    with pytest.raises(MissingError, match="WordNet needs NLTK's data 'wordnet'"):
        lemmas.open_("wordnet")
    assert lemmas.open_("auto").name.startswith("lemminflect ")


def test_wordnet_is_asked_only_of_what_lemminflect_does_not_know(monkeypatch):
    asked = []

    def wordnet(word, part):
        asked.append((word, part))
        return {"grokken": "grok"}.get(word)

    monkeypatch.setattr(lemmas, "_wordnet", lambda: wordnet)
    held = lemmas.open_("auto")
    assert [held.of(w, "noun") for w in ("mice", "grokken", "blorfs")] == ["mouse", "grok", "blorf"]
    assert asked == [("grokken", "noun"), ("blorfs", "noun")]
    assert held.name.endswith("and WordNet for words it does not know")
    assert [lemmas.open_("wordnet").of(w, "noun") for w in ("grokken", "blorfs")] == ["grok", "blorfs"]
