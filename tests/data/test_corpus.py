"""A corpus counted as it streams: what is a word, what is copied, and what is refused."""

import gzip
import os
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from gensim.models.word2vec import LineSentence

from dlcli.core.errors import DataError, RunFailed, UsageError
from dlcli.data import corpus, corpus_blocks

LINES = "the cat sat\n\n  the dog\tsat \r\na\n"


def counted(*words, **how):
    with corpus.prepared([str(w) for w in words], **how) as found:
        lines = Path(found.path).read_bytes().decode() if found.path else ""
    return found, lines


@pytest.fixture
def written(tmp_path):
    def write(text, name="t.txt"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_a_plain_file_is_counted_where_it_lies(written):
    path = written(LINES)
    found, _ = counted(path)
    assert (found.path, found.copied, found.words, found.sentences) == (str(path), 0, 7, 3)
    assert found.counts == {b"the": 2, b"cat": 1, b"sat": 2, b"dog": 1, b"a": 1}


def test_counts_are_those_of_gensim(written):
    rng = np.random.default_rng(0)
    words = [f"w{n}é" for n in range(50)]
    lines = [" ".join(rng.choice(words, rng.integers(0, 30))) for _ in range(20_000)]
    lines[3] = " ".join(["long"] * 25_000)
    path = written("\n".join(lines))
    found, _ = counted(path)
    sentences = list(LineSentence(str(path)))
    assert found.sentences == len(sentences)
    assert found.words == sum(map(len, sentences))
    assert found.counts == Counter(w.encode() for s in sentences for w in s)


def test_packed_and_several_files_are_copied_into_one(written):
    path = written(LINES)
    packed = written(gzip.compress(b"one two"), "u.txt.gz")
    found, text = counted(packed, path)
    assert text == "one two\n" + LINES
    assert found.copied == len(text.encode())
    assert (found.words, found.sentences) == (9, 4)


def test_the_copy_is_gone_afterwards(written, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    with corpus.prepared([str(written(LINES))], lower=True) as found:
        assert os.path.isfile(found.path)
        assert found.copied > 0
    assert not os.path.isfile(found.path)
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.parametrize(
    ("text", "by", "lower", "expected"),
    [
        ("The CAT, sat.\n", "word", True, "the cat , sat .\n"),
        ("The CAT\n", "whitespace", True, "the cat\n"),
        ("a bc\u3000d\n", "char", False, "a ▁ b c ▁ d\n"),
        ("Straße ÄB", "char", True, "s t r a ß e ▁ ä b\n"),
    ],
)
def test_words_are_cut_on_the_way(written, text, by, lower, expected):
    assert counted(written(text), by=by, lower=lower)[1] == expected


@pytest.mark.parametrize("blank", ["\u00a0", "\u3000", "\u2028", "\x1c", "\x85"])
def test_other_blanks_than_ascii_part_words_too(written, blank):
    found, text = counted(written(f"new{blank}york city\n"))
    assert text == "new york city\n"
    assert found.words == 3


def test_a_byte_order_mark_is_no_part_of_a_word(written):
    found, text = counted(written("\ufeffthe cat\n"))
    assert set(found.counts) == {b"the", b"cat"}
    assert text == "the cat\n"


def test_a_huge_line_is_cut_between_words(written):
    path = written("abc defg " * 300_000)
    found, text = counted(path)
    assert found.copied
    assert text.split() == ["abc", "defg"] * 300_000
    assert max(map(len, text.splitlines())) <= corpus_blocks.LONG + corpus_blocks.BLOCK
    assert found.counts == {b"abc": 300_000, b"defg": 300_000}
    assert found.words == 600_000


def test_a_huge_word_is_refused_but_cut_by_signs(written):
    path = written("é" * 800_000)
    with pytest.raises(DataError, match=r"t\.txt:1: a word of more than 1,048,576 bytes"):
        counted(path)
    found, _ = counted(path, by="char")
    assert found.counts == {"é".encode(): 800_000}


@pytest.mark.parametrize("before", [b"", b"a line\n" * 50_000, b"words of one line " * 100_000])
def test_what_is_no_utf8_is_named_by_line_and_byte(written, before):
    line, start = before.count(b"\n") + 1, len(before) - (before.rfind(b"\n") + 1)
    path = written(before + b"ab \xffc\n")
    with pytest.raises(DataError, match=rf"t\.txt:{line}: byte {start + 4} of the line is 0xff"):
        counted(path)


def test_a_nul_byte_is_refused(written):
    with pytest.raises(DataError, match=r"t\.txt:2: a NUL byte"):
        counted(written(b"a b\nc\0d\n"))


def test_without_keeping_nothing_is_written(written):
    found, _ = counted(written(gzip.compress(b"one two"), "u.gz"), keep=False)
    assert (found.path, found.copied, found.words) == ("", 0, 2)


def test_a_full_disk_is_told(written, monkeypatch):
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    path = written("words " * 100_000)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
    try:
        with pytest.raises(RunFailed, match="temporary copy of the text: no space left"):
            counted(path, lower=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_missing_files_and_wrong_words(tmp_path):
    with pytest.raises(DataError, match="No such file"):
        counted(tmp_path / "no.txt")
    with pytest.raises(DataError, match="Is a directory"):
        counted(tmp_path)
    with pytest.raises(UsageError, match="named twice"):
        counted("-", "-")


def test_sentences_as_numbers(written):
    with corpus.prepared([str(written("a b x c\nx x\nc a\n"))]) as found:
        ids = [s.tolist() for s in found.ids({b"a": 0, b"b": 1, b"c": -1})]
    assert ids == [[0, 1, -1], [-1, 0]]


def test_some_sentences_come_from_all_over(written):
    path = written("".join(f"w{n} w{n} w{n}\n" for n in range(20_000)))
    with corpus.prepared([str(path)]) as found:
        index = {word: n for n, word in enumerate(found.counts)}
        some = list(found.some(index, places=5))
        assert all(len(set(s.tolist())) == 1 and len(s) == 3 for s in some)
        assert len(some) < 20_000
        tens = {int(s[0]) // 4_000 for s in some}
    assert tens == {0, 1, 2, 3, 4}


def counts_of(text):
    found = corpus.Corpus("", name="the text")
    found.add(text.encode())
    return found


def test_what_is_kept():
    found = counts_of("b b a a c c c d")
    assert corpus.kept(found, 2) == {b"c": 3, b"a": 2, b"b": 2}
    assert list(corpus.kept(found, 1, most=2)) == [b"c", b"a"]
    assert list(corpus.kept(found, 2, without={b"c"})) == [b"a", b"b"]


@pytest.mark.parametrize(
    ("text", "least", "most", "without", "said", "hint"),
    [
        ("", 1, None, (), "the text holds no word", "a sentence a line"),
        ("a a a", 1, None, (), "one word, 'a', alone", "more text"),
        ("a a a b b c", 5, None, (), "none of the 3 different words", "--min-count 2 keeps 2 words"),
        ("a a a a a b b c", 5, None, (), "only one of the 3 different words", "--min-count 2 keeps 2 words"),
        ("a b", 5, None, (), "occurs 1 time$", "--min-count 1 keeps 2 words"),
        ("a b", 1, 1, (), "data.most is 1", "at least 2"),
        ("a b", 1, None, {b"a", b"b"}, "every word of the text is dropped", "drop fewer"),
    ],
)
def test_too_little_is_told_with_what_would_help(text, least, most, without, said, hint):
    with pytest.raises(DataError, match=said) as caught:
        corpus.kept(counts_of(text), least, most, without)
    assert hint in caught.value.hint
