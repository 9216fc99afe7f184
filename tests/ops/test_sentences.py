"""Sentences cut by rules."""

import pytest

from dlcli.ops import sentences


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("The cat sat. It slept! Did it? Yes", ["The cat sat.", "It slept!", "Did it?", "Yes"]),
        ("Dr. J. Smith met Mrs. Jones.  They talked.", ["Dr. J. Smith met Mrs. Jones.", "They talked."]),
        ('"Stop." He left.', ['"Stop."', "He left."]),
        ("See fig. 3 and No. 7. He said no. Then he left.", ["See fig. 3 and No. 7.", "He said no.", "Then he left."]),
        ("In the U.S. Army it cost 3.5. (It was old.) Ok", ["In the U.S. Army it cost 3.5.", "(It was old.)", "Ok"]),
        ("what... is this", ["what... is this"]),
        ("", []),
        ("   \t ", []),
        (". . .", [". . ."]),
        ("Он пришел. Она ушла.", ["Он пришел.", "Она ушла."]),
    ],
)  # fmt: skip
def test_a_line_is_cut_after_its_full_stops(line, expected):
    assert sentences.split(line) == expected


def test_tokens_are_cut_after_marks_and_what_closes():
    tokens = ['"', "Stop", ".", '"', "He", "left", ".", "Why", "?"]
    assert list(sentences.cut(tokens)) == [['"', "Stop", ".", '"'], ["He", "left", "."], ["Why", "?"]]
    assert list(sentences.cut([])) == []


def test_a_long_line_takes_linear_time():
    assert len(sentences.split("He left. " * 20_000)) == 20_000
    assert len(sentences.split("." * 100_000 + "a" * 100_000)) == 1
