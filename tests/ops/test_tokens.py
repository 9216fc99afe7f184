"""Tokens and sentences: by hand, and as NLTK cuts them."""

import gensim
import pytest
from nltk.tokenize import NLTKWordTokenizer

from dlcli.ops import sentences, tokens

LEE = gensim.__path__[0] + "/test/test_data/lee_background.cor"


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("", ""),
        ("   \t ", ""),
        ("Hello.", "Hello ."),
        ("He left. She didn't go (yet).", "He left . She did n't go ( yet ) ."),
        ('"Don\'t," he said.', '" Do n\'t , " he said .'),
        ("It's John's; they'll've cost $3,500 at 10:30!", "It 's John 's ; they'll 've cost $ 3,500 at 10:30 !"),
        ("the dogs' bones", "the dogs ' bones"),
        ("'hello' and ''hi''", "' hello ' and '' hi ''"),
        ("I cannot, gonna, wanna", "I can not , gon na , wan na"),
        ("Wait... what -- really?", "Wait ... what -- really ?"),
        ("U.S. troops left the U.S.", "U.S. troops left the U.S ."),
        ("«Bonjour» 10–20 a…b", "« Bonjour » 10 – 20 a…b"),
        ("std::vector a,b 5,b", "std : : vector a , b 5 , b"),
        ("a\u00a0b\u2028c", "a b c"),
        ("He said so. )", "He said so . )"),
        (".", "."),
        ("今日は。", "今日は。"),
    ],
)
def test_words(line, found):
    assert tokens.words(line) == found.split(" ") if found else tokens.words(line) == []


def as_nltk(sentence):
    """Return NLTK's tokens with quotes as they stand in the text."""
    found, at = [], 0
    for token in NLTKWordTokenizer().tokenize(sentence):
        while sentence[at].isspace():
            at += 1
        if not sentence.startswith(token, at):
            token = '"' if sentence[at] == '"' else "''"
        found.append(token)
        at += len(token)
    return found


def test_words_are_those_of_nltk_sentence_by_sentence():
    with open(LEE, encoding="utf-8") as file:
        lines = file.read().split("\n")[:60]
    for line in lines:
        whole = [t for sentence in sentences.split(line) for t in as_nltk(sentence)]
        assert tokens.words(line) == whole


def test_nothing_but_white_space_is_lost():
    line = "x'y'' \"''`` --- ....5,,:a;(b)[c]{d}<e> ‘f’ “g” cannot's d'ye 'tis l'n't ''' \"\" .)) ."
    assert "".join(tokens.words(line)) == "".join(line.split())


def test_a_long_chunk_takes_no_square_of_time():
    for sign in (".", "'", "a.", '"', ",", "`", "。", "a' "):
        line = sign * 100_000
        assert "".join(tokens.words(line)) == "".join(line.split())


def test_characters_keep_their_spaces_visible():
    assert tokens.tokenizer("char")("a b\tc") == ["a", "▁", "b", "▁", "c"]
    assert tokens.tokenizer("char", lower=True)("É😀") == ["é", "😀"]
    assert tokens.tokenizer("whitespace", lower=True)(" A\u00a0 b ") == ["a", "b"]


def test_the_caches_are_bounded(monkeypatch):
    monkeypatch.setattr(tokens, "_CACHED_CHUNKS", 10)
    tokens.words(" ".join(f"w{n}" for n in range(100)))
    assert len(tokens._INNER) <= 10
    tokens.words("x" * 1000)
    assert "x" * 1000 not in tokens._FINAL


def test_counting_and_the_vocabulary():
    counts = tokens.count([["b", "a", "b"], ["c"]])
    assert tokens.vocabulary(counts) == {"b": 2, "a": 1, "c": 1}
    assert list(tokens.vocabulary(counts)) == ["b", "a", "c"]
    assert tokens.vocabulary(counts, 2) == {"b": 2}
    assert tokens.vocabulary(counts, most=2) == {"b": 2, "a": 1}


SENTENCES = [
    "Dr. Smith met J. R. Tolkien at 3 p.m. yesterday.",
    "He left.",
    "Mr. Jones of Acme Inc. said no.",
    '"Yahoo! is here," he said.',
    '"Really?" she asked.',
    "Is it?",
    "Yes!",
    "It cost $3.50.",
    "The U.S. Army came.",
    "He lives in the U.S.",
    "The war ended.",
    "See Fig. 3 for more.",
    "No. 5 is alive.",
    "No.",
    "He did not.",
    "I met him on Jan. 5 in St. Paul.",
    "Apples, pears, etc.",
    "They were good.",
    "Well...",
    "Then he went.",
    "Wait... what?",
    "(He left.)",
    '"It ended."',
    "World War I.",
    "The next.",
    "1. Introduction.",
    "今日は。",
    "元気ですか？",
    "Über alles.",
    "Ende",
]


def test_sentences_end_where_a_reader_ends_them():
    assert list(sentences.split(" ".join(SENTENCES))) == SENTENCES
    assert list(sentences.split("  \n ")) == []
    assert list(sentences.split("One.\nTwo.")) == ["One.", "Two."]
