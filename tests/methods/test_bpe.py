"""Byte pairs: the course's example, subword-nmt's merges and pieces, and any text back again."""

import contextlib
import io
import os
import random
import re
from collections import Counter

import gensim
import pytest
from subword_nmt.apply_bpe import BPE
from subword_nmt.learn_bpe import learn_bpe

from dlcli.core.errors import ModelError
from dlcli.methods.bpe import Trainer, signs
from dlcli.methods.bpe_apply import Codes, Encoder, cut, decode, parse

HUGS = {"hug": 10, "pug": 5, "pun": 12, "bun": 4, "hugs": 5}
LEE = os.path.join(os.path.dirname(gensim.__file__), "test", "test_data", "lee_background.cor")


def learnt(counts, merges, **more):
    trainer = Trainer(counts, **more)
    found = []
    while len(found) < merges and (merge := trainer.step()):
        found.append(merge)
    return found, trainer


def lee():
    with open(LEE, encoding="utf-8", newline="\n") as file:
        return file.read()


def made_up():
    """Return text with many words of few syllables, and runs of one sign, where counting by neighbors goes wrong."""
    rng = random.Random(5)
    syllables = [a + b for a in "bdgklmnprst" for b in ("a", "e", "i", "oo", "ar", "aa")]
    words = ["".join(rng.choice(syllables) for _ in range(rng.randint(1, 4))) for _ in range(900)]
    words += [rng.choice("-.=a") * rng.randint(1, 30) for _ in range(100)]
    return "\n".join(" ".join(rng.choice(words) for _ in range(rng.randint(1, 12))) for _ in range(1500))


def of_many_scripts():
    """Return text of Greek, Cyrillic, Devanagari, Chinese, emoji with joiners, accents apart from their letters."""
    rng = random.Random(6)
    pools = ["αβγδεζηάέ", "абвгдежзиклмно", "कखगघािीु्", "中文字符天地人", "👩‍💻👨‍👩‍👧é̂", "éÉßİıſ"]
    words = ["".join(rng.choice(pool) for _ in range(rng.randint(1, 9))) for pool in pools for _ in range(150)]
    return "\n".join("  ".join(rng.choice(words) for _ in range(rng.randint(1, 9))) for _ in range(1200))


def theirs(text, merges, min_count=2):
    written = io.StringIO(newline="\n")
    with contextlib.redirect_stderr(io.StringIO()):
        learn_bpe(io.StringIO(text, newline="\n"), written, merges, min_frequency=min_count)
    return written.getvalue()


def ours(text, merges, min_count=2):
    counts = Counter(w for line in text.split("\n") for w in line.strip("\r ").split(" ") if w)
    return Codes(tuple(m.pair for m in learnt(counts, merges, min_count=min_count)[0])).text()


# Learning.


def test_the_example_by_hand():
    found, trainer = learnt(HUGS, 3, end="")
    assert [(m.pair, m.count) for m in found] == [(("u", "g"), 20), (("u", "n"), 16), (("h", "ug"), 15)]
    assert [found[0].changed, found[1].changed, found[2].changed] == [(0, 1, 4), (2, 3), (0, 4)]
    assert trainer.words == [["hug"], ["p", "ug"], ["p", "un"], ["b", "un"], ["hug", "s"]]


def test_it_goes_on_until_no_pair_occurs_twice():
    found, trainer = learnt(HUGS, 100, end="")
    assert ["".join(m.pair) for m in found] == ["ug", "un", "hug", "pun", "pug", "hugs", "bun"]
    assert [m.count for m in found] == [20, 16, 15, 12, 5, 5, 4]
    assert trainer.step() is None
    assert learnt({"a": 9}, 5)[0] == []
    assert learnt({"ab": 1}, 5)[0] == []
    assert [m.count for m in learnt({"ab": 1}, 5, min_count=1)[0]] == [1]


def test_of_equal_counts_the_greater_pair_comes_first():
    found, _ = learnt({"ab": 3, "ba": 3, "zc": 3, "zb": 3}, 9, end="")
    assert [m.pair for m in found] == [("z", "c"), ("z", "b"), ("b", "a"), ("a", "b")]


def test_runs_of_one_sign_are_merged_from_the_left():
    found, trainer = learnt({"aaaaa": 2, "aab": 1}, 2, end="")
    assert [(m.pair, m.count) for m in found] == [(("a", "a"), 9), (("aa", "aa"), 2)]
    assert trainer.words == [["aaaa", "a"], ["aa", "b"]]


def test_the_end_of_a_word_is_a_symbol_of_its_own():
    assert signs("low", "</w>") == ["l", "o", "w</w>"]
    found, _ = learnt({"est": 5, "best": 5, "estate": 3}, 2)
    assert [m.pair for m in found] == [("e", "s"), ("es", "t</w>")]


@pytest.mark.parametrize(
    ("text", "merges"), [(lee, 500), (made_up, 3000), (of_many_scripts, 900)], ids=["lee", "made up", "scripts"]
)
def test_the_merges_are_those_of_subword_nmt(text, merges):
    text = text()
    assert ours(text, merges) == theirs(text, merges)


def test_small_texts_to_the_end_as_subword_nmt():
    rng = random.Random(8)
    for alphabet in ("ab", "a.", "abc", "ab=", "aébc"):
        for min_count in (2, 3, 7):
            words = ["".join(rng.choice(alphabet) for _ in range(rng.randint(1, 9))) for _ in range(60)]
            text = "\n".join(" ".join(rng.choice(words) for _ in range(9)) for _ in range(20))
            assert ours(text, 500, min_count) == theirs(text, 500, min_count)


# Files.


def test_a_file_comes_back_and_subword_nmt_reads_it():
    codes = Codes((("u", "g</w>"), ("h", "ug</w>")))
    assert codes.text() == "#version: 0.2\nu g</w>\nh ug</w>\n"
    assert parse(codes.text(), "codes") == codes
    assert parse(codes.text().replace("\n", "\r\n"), "codes") == codes
    assert BPE(io.StringIO(codes.text())).process_line("hug pug") == "hug p@@ ug"


@pytest.mark.parametrize("end", ["", "_", "▁end"])
def test_another_end_mark_is_kept_and_not_misread_by_subword_nmt(end):
    codes = Codes((("u", "g"), ("h", "ug")), end)
    assert parse(codes.text(), "codes") == codes
    with pytest.raises(ValueError, match="invalid literal"):
        BPE(io.StringIO(codes.text()))


def test_files_without_a_header_are_of_version_0_1():
    codes = parse("l o\nlo w\nlow </w>\n", "codes")
    assert (codes.glued, codes.end) == (False, "</w>")
    assert parse("#version: 0.1\nl o\n", "codes").glued is False
    assert parse("#version: 0.2.0\nl o\n", "codes").glued is True
    reference = BPE(io.StringIO("l o\nlo w\nlow </w>\n"))
    for word in ("low", "lower", "slow", "l", "lowlow"):
        assert Encoder(codes).encode(word) == reference.process_line(word)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("#version: 0.3\na b\n", "codes of version '0.3'; 0.1 and 0.2 are known"),
        ("#version: 0.2 more\na b\n", "codes:1: 'more' is not known"),
        ("#version: 0.2\na b\na b c\n", "codes:3: 'a b c' is not two symbols"),
        ("a b\n\nc d\n", "codes:2: '' is not two symbols"),
        ("a b\nc \n", "codes:2: 'c ' is not two symbols"),
        ("x" * 1000, "codes:1: '" + "x" * 60 + "…' is not"),
    ],
)
def test_what_is_no_file_of_merges_is_refused(text, message):
    with pytest.raises(ModelError, match=re.escape(message)):
        parse(text, "codes")


def test_no_merges_at_all_cut_everything():
    assert parse("", "codes").merges == parse("#version: 0.2\n", "codes").merges == ()
    assert Encoder(Codes(())).encode("low a") == "l@@ o@@ w a"


# Applying.


@pytest.fixture(scope="module")
def codes():
    return parse(ours(lee(), 800), "codes")


def test_pieces_are_those_of_subword_nmt(codes):
    reference, encoder = BPE(io.StringIO(codes.text())), Encoder(codes)
    odd = ["", "a", "unseenword", "naïve café", "日本語", "x" * 200, "low\r", "...", "a</w> </w>"]
    for line in [*lee().split("\n")[:60], *odd]:
        if "  " not in line.strip() and "\\" not in line:
            assert encoder.encode(line) == reference.process_line(line)
    assert encoder.tokens(["the", "lowest"]) == reference.process_line("the lowest").split()


def test_only_the_first_merges(codes):
    reference, encoder = BPE(io.StringIO(codes.text()), merges=100), Encoder(codes, 100)
    line = lee().split("\n")[3]
    assert encoder.encode(line) == reference.process_line(line)


def test_without_escapes_it_is_subword_nmt_on_any_text(codes):
    reference, encoder = BPE(io.StringIO(codes.text())), Encoder(codes, escape=False)
    rng = random.Random(2)
    parts = [" ", "  ", "\r", "\t", "@@", "\\", "the", "ing", "\u00a0", "é", "</w>", "\0"]
    for _ in range(3000):
        line = "".join(rng.choice(parts) for _ in range(rng.randint(0, 8)))
        assert encoder.encode(line) == reference.process_line(line)
    assert decode(encoder.encode("lowest C:\\new"), escape=False) == "lowest C:\\new"


def test_the_first_merge_of_the_list_is_done_everywhere_before_the_next():
    ranks = {("a", "a"): 1, ("aa", "b"): 0, ("b", "c"): 2}
    assert cut(list("aaab"), ranks) == ["aa", "a", "b"]
    assert cut(list("aab"), ranks) == ["aab"]
    assert cut(list("aabcaaaab"), ranks) == ["aab", "c", "aa", "aab"]


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("", ""),
        ("  ", "  "),
        ("a  b", "a \\s b"),
        (" a ", " a "),
        ("a\\n", "a@@ \\\\@@ n"),
        ("a\nb", "a@@ \\n@@ b"),
        ("@@", "@@@ @"),
        ("\r", "\r"),
        (" a b \r", " a b \r"),
        ("a \r b", "a \r b"),
    ],
)
def test_how_odd_text_is_written(line, written):
    assert Encoder(Codes(())).encode(line) == written
    assert decode(written) == line


def test_a_last_piece_is_never_taken_for_one_that_goes_on():
    encoder = Encoder(Codes((("@", "@</w>"), ("@", "@"), ("x", "@@</w>"))))
    assert encoder.encode("@@ x@@ y") == "@\\a x@\\a y"
    assert encoder.encode("x@@y") == "x@@ @@@@ y"
    for line in ("@@ x@@ y", "x@@y", "@@@ @@@@", "@@"):
        assert decode(encoder.encode(line)) == line
    assert decode("lo@@ w@@") == "low"  # what was cut off
    assert decode("50\\% C:\\x \\") == "50\\% C:\\x \\"  # of others: no sign of ours


def test_any_text_comes_back(codes):
    encoders = [
        Encoder(codes),
        Encoder(Codes(())),
        Encoder(Codes(codes.merges, "")),
        Encoder(Codes(codes.merges, glued=False)),
    ]
    encoders.append(
        Encoder(Codes((("@", "@"), ("@", "@</w>"), ("\\", "\\"), ("\\", "n</w>"), ("</", "w>"), ("\ud800", "a"))))
    )
    rng = random.Random(0)
    parts = ["@", "@@", "\\", "n", "s", "a", " ", "  ", "\n", "\r", "\t", "\0", "\u00a0", "\u2028", "\x85", "\ufeff"]
    parts += ["\ud800", "\udfff", "😀", "é", "e\u0301", "</w>", "<", "the", "ing", "@@ ", "@\\a", "\\s", "‍"]
    for number in range(30_000):
        signs_ = rng.randint(0, 12)
        text = "".join(rng.choice(parts) if rng.random() < 0.8 else chr(rng.randrange(0x110000)) for _ in range(signs_))
        encoder = encoders[number % len(encoders)]
        written = encoder.encode(text)
        assert "\n" not in written
        assert decode(written) == text


def test_a_word_of_a_million_signs_takes_no_square_of_time(codes):
    word = "the" * 100_000
    pieces = Encoder(codes).pieces(word)
    assert "".join(pieces) == word
    assert len(pieces) == 100_000
