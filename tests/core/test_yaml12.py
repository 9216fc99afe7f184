import math
import random

import pytest

from dlcli.core import yaml12
from dlcli.core.errors import RecipeError
from dlcli.core.yaml12 import Sequence, Table, Text


def problems_of(text):
    with pytest.raises(RecipeError, match=".") as caught:
        yaml12.read(text, "r.yaml")
    return [str(p) for p in caught.value.problems]


@pytest.mark.parametrize("word", ["no", "on", "y", "12:30:00", "1e-3", "1_000", "0o17", "2024-01-01", "=", "<<", ".5"])
def test_a_scalar_stays_the_characters_typed(word):
    value = yaml12.read(f"key: {word}", "r.yaml")["key"]
    assert value == word
    assert isinstance(value, Text)
    assert value.plain
    assert str(value.where) == "r.yaml:1:6"


@pytest.mark.parametrize(
    ("word", "value"),
    [("12", 12), ("-3", -3), ("+4", 4), ("0o17", 15), ("0xfF", 255), ("017", 17)]
    + [(w, None) for w in ("1_000", "12:30", "1e3", "1.0", "", "0b1", "--1", "9" * 41, "0x", "１")],
)
def test_whole_numbers(word, value):
    assert yaml12.as_int(word) == value


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("1e-3", 0.001),
        ("1.", 1.0),
        (".5", 0.5),
        ("-2.5E+2", -250.0),
        ("7", 7.0),
        (".inf", math.inf),
        ("-.INF", -math.inf),
    ]
    + [(w, None) for w in ("inf", "nan", "1_0.5", "e5", ".", "", "1e", "0x1p3", "1" * 90)],
)
def test_numbers(word, value):
    assert yaml12.as_float(word) == value


def test_not_a_number_is_spelled_with_a_dot():
    assert math.isnan(yaml12.as_float(".nan"))


@pytest.mark.parametrize(
    ("word", "value"), [("true", True), ("FALSE", False), ("yes", None), ("off", None), ("tRue", None)]
)
def test_truth_values(word, value):
    assert yaml12.as_bool(word) is value


@pytest.mark.parametrize(("word", "null"), [("", True), ("~", True), ("Null", True), ("none", False), ("nil", False)])
def test_null(word, null):
    assert yaml12.is_null(word) is null


def test_quotes_are_remembered():
    tree = yaml12.read("a: 'no'\nb: \"1\"\nc: |\n  x\nd: no", "r.yaml")
    assert [v.plain for v in tree.values()] == [False, False, False, True]


def test_lists_and_mappings_know_their_place():
    tree = yaml12.read("a:\n  - x\n  - {b: 1}\n", "r.yaml")
    assert isinstance(tree, Table)
    assert isinstance(tree["a"], Sequence)
    assert str(tree["a"][1]["b"].where) == "r.yaml:3:9"


def test_an_equal_key_is_named_with_both_places_and_all_in_one_pass():
    assert problems_of("lr: 1\nseed: 2\nlr: 3\nseed: 4\n") == [
        "r.yaml:3:1: lr: the key is set twice, first at r.yaml:1:1",
        "r.yaml:4:1: seed: the key is set twice, first at r.yaml:2:1",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: !!python/object/apply:os.system [id]", "r.yaml:1:4: the tag '!!python/object/apply:os.system' is"),
        ("a: !env HOME", "r.yaml:1:4: the tag '!env' is not allowed"),
        ("!mine a: 1", "r.yaml:1:1: the tag '!mine' is not allowed"),
        ("? [a, b]\n: 1", "r.yaml:1:3: a key must be a word"),
        ("a: {b: 1", "r.yaml:1:9: while parsing a flow mapping"),
        ("a:\n\tb: 1", "r.yaml:2:1: while scanning for the next token found character '\\t'"),
        ("a: *b", "r.yaml:1:4: found undefined alias 'b'"),
        ("a: 1\n---\nb: 2", "r.yaml:2:1: expected a single document"),
        ("a: \x07", "r.yaml:1:4: the character 7 is not allowed in YAML"),
        (b"a: 1\nb: \xff", "r.yaml:2:4: the file is not UTF-8 text"),
        (b"\x89PNG\r\n\x1a\n\0\0", "r.yaml:1:1: the file is not UTF-8 text"),
        ("a: " + "[" * 60 + "]" * 60, "nested deeper than 50 levels"),
        ("a: " + "[" * 5000, "nested deeper than 50 levels"),
        ("a: &a [*a]", "nested deeper than 50 levels"),
        (b"a" * 1_000_001, "r.yaml:1:1: the file has 1,000,001 bytes, at most 1,000,000 are read"),
    ],
)
def test_what_is_refused_is_named_with_its_place(text, expected):
    (problem,) = problems_of(text)
    assert expected in problem


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("a:\n\tb: 1", "YAML is indented with spaces, not with tabs"),
        ("a: 1".encode("utf-16"), "save it as UTF-8"),
        ("a: {", ""),
    ],
)
def test_broken_yaml_has_a_hint_where_one_helps(text, hint):
    with pytest.raises(RecipeError, match="r.yaml:") as caught:
        yaml12.read(text, "r.yaml")
    assert caught.value.hint == hint


def test_an_alias_bomb_is_refused_before_it_grows():
    bomb = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))
    (problem,) = problems_of(bomb)
    assert "more than 20,000 values once aliases are expanded" in problem


def test_an_alias_is_read_where_it_stands():
    tree = yaml12.read("a: &x {b: 1}\nc: *x", "r.yaml")
    assert tree["c"] == {"b": "1"}


@pytest.mark.parametrize("text", ["", "# only a comment\n", b"\xef\xbb\xbf", "---\n"])
def test_an_empty_document_is_an_empty_mapping(text):
    assert yaml12.read(text, "r.yaml") in ({}, "")


@pytest.mark.parametrize("text", [b"\xef\xbb\xbfa: 1", "\ufeffa: 1", b"a: 1\r\n"])
def test_a_byte_order_mark_and_windows_lines_are_read(text):
    assert yaml12.read(text, "r.yaml") == {"a": "1"}


@pytest.mark.parametrize(
    "value", ["no", "1e-3", "0o17", "1e5", "12", "null", "12:30:00", "", "[a", "a: b", "é", ".5", "~"]
)
def test_dumped_text_is_text_for_a_reader_of_either_yaml(value):
    import yaml

    text = yaml12.dump({"key": value})
    held = yaml12.read(text, "r.yaml")["key"]
    assert held == value
    read_by_12 = [f for f in (yaml12.as_int, yaml12.as_float, yaml12.as_bool) if f(held) is not None]
    assert not held.plain or not (read_by_12 or yaml12.is_null(held))
    assert yaml.safe_load(text) == {"key": value}


def test_no_bytes_do_more_than_be_refused():
    rng = random.Random(21)
    for _ in range(300):
        data = bytes(rng.choice([*b" \n:-[]{}&*!\"'", *range(256)]) for _ in range(rng.randrange(60)))
        try:
            yaml12.read(data, "r.yaml")
        except RecipeError:
            continue
