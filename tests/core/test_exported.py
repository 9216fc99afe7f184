"""What an exported file says of itself, and which format is meant."""

import copy
import json

import pytest

from dlcli.core import exported
from dlcli.core.bundle import Bundle
from dlcli.core.errors import ModelError, UsageError

FACTS = {"classes": ["a", "b"], "size_px": [8, 9], "channels": 3, "answer": "softmax"}
STEPS = [
    {"step": "color", "channels": 3},
    {"step": "resize", "size_px": [8, 9], "fit": "crop", "filter": "bilinear", "keep": 0.875},
    {"step": "normalize", "mean": [0.1, 0.2, 0.3], "std": [1, 1, 1]},
]
HELD = Bundle(
    "network", "classify", {"name": "mlp", "args": {}}, FACTS, STEPS, recipe="r", recipe_digest="d",
    versions={"torch": "1"}, weights_sha256="w", metrics={"m": 0.5, "n": float("nan")}, license_note="é",
)  # fmt: skip


def test_a_bundle_comes_back_without_what_belongs_to_its_files():
    text = exported.text_of(HELD, "random")
    found, stamp = exported.read(text, "x.onnx")
    assert stamp == "random"
    assert "weights_sha256" not in json.loads(text)
    for name in ("task", "model", "facts", "preprocessing", "recipe", "recipe_digest", "versions", "license_note"):
        assert getattr(found, name) == getattr(HELD, name)
    assert found.metrics == {"m": 0.5}


def test_every_field_of_a_bundle_is_said_or_left_out_on_purpose():
    from dataclasses import fields

    said = json.loads(exported.text_of(HELD, ""))
    assert {f.name for f in fields(Bundle)} == (said.keys() - {"format", "dlcli", "stamp"}) | set(exported.LEFT_OUT)


def told(change):
    doc = json.loads(exported.text_of(HELD, ""))
    change(doc)
    return json.dumps(doc)


def put(*keys):
    *path, last, value = keys

    def change(doc):
        for key in path:
            doc = doc[key]
        if value is ...:
            del doc[last]
        else:
            doc[last] = value

    return change


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (put("facts", "classes", ...), "facts.classes is no list of names"),
        (put("facts", "classes", []), "facts.classes is no list of names"),
        (put("facts", "classes", [1]), "facts.classes is no list of names"),
        (put("facts", "channels", 4), "facts.channels is 4, must be 1 or 3"),
        (put("facts", "channels", True), "facts.channels is True"),
        (put("facts", "size_px", [8]), r"facts.size_px is \[8\]"),
        (put("facts", "size_px", [8, 10**9]), "must be .* of 1 to 4096"),
        (put("facts", "answer", "maybe"), "facts.answer is 'maybe'"),
        (put("facts", []), "facts is no mapping"),
        (put("task", 3), "task is no text"),
        (put("model", {}), "model has no name"),
        (put("preprocessing", []), "preprocessing is no list of steps"),
        (put("preprocessing", 0, "x"), r"preprocessing\[0\] is \"x\""),
        (put("preprocessing", 0, "channels", 1), r"preprocessing\[0\]"),
        (put("preprocessing", 1, "size_px", [8, 8]), r"preprocessing\[1\]"),
        (put("preprocessing", 1, "fit", "bend"), r"preprocessing\[1\]"),
        (put("preprocessing", 1, "filter", "lanczos"), r"preprocessing\[1\]"),
        (put("preprocessing", 1, "keep", 0), r"preprocessing\[1\]"),
        (put("preprocessing", 2, "std", [1, 0, 1]), r"preprocessing\[2\]"),
        (put("preprocessing", 2, "mean", [1]), r"preprocessing\[2\]"),
        (put("preprocessing", 2, {"step": 5}), r"preprocessing\[2\]"),
        (put("preprocessing", 2, ...), "preprocessing must be color, resize, normalize"),
        (put("task", ...), "missing 1 required positional argument: 'task'"),
        (put("surprise", 1), "unexpected keyword argument 'surprise'"),
        (put("format", ...), "format is None, must be 1"),
        (put("format", 2), "has format 2; this dlcli reads 1"),
        (put("stamp", 1), "stamp is no text"),
    ],
)
def test_what_is_not_as_it_must_be_is_named(change, says):
    with pytest.raises(ModelError, match=says):
        exported.read(told(change), "x.onnx")


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"format": NaN}', "[" * 100_000])
def test_other_texts(text):
    with pytest.raises(ModelError, match=r"x\.onnx: what it says of itself \(dlcli\) is broken"):
        exported.read(text, "x.onnx")


def test_reading_changes_nothing():
    before = copy.deepcopy(HELD)
    exported.read(exported.text_of(HELD, ""), "x")
    assert (before.facts, before.preprocessing) == (HELD.facts, HELD.preprocessing)


@pytest.mark.parametrize(
    ("asked", "out", "format"),
    [(None, "a.onnx", "onnx"), (None, "a.b.PT2", "pt2"), ("pt2", "a.pt2", "pt2"), ("onnx", "d/a.onnx", "onnx")],
)
def test_the_format_is_told_by_the_ending(asked, out, format):
    assert exported.format_for(asked, out) == format


@pytest.mark.parametrize(
    ("asked", "out", "says"),
    [
        (None, "a.bin", "the ending says none of onnx, pt2"),
        (None, "onnx", "the ending says none of"),
        ("onnx", "a.pt2", "contradict each other"),
        ("tflite", "a.onnx", "--format 'tflite' is not allowed; allowed: onnx, pt2"),
        ("onnx", "a.bin", "must end in .onnx"),
        ("onnx", "-", "names no file"),
        (None, "", "names no file"),
    ],
)
def test_a_format_that_cannot_be_meant(asked, out, says):
    with pytest.raises(UsageError, match=says):
        exported.format_for(asked, out)
