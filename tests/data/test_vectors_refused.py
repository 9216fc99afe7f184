"""What is no file of word vectors, or a broken one: a message that names the place, and exit code 6."""

import bz2
import gzip
import json
import lzma
import struct

import numpy as np
import pytest

from dlcli.core.errors import ModelError
from dlcli.data import vectors


@pytest.fixture
def at(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def put(name, content):
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return name

    return put


WRONG = {
    "empty": ("", "v is empty"),
    "blank": (" \n\n", "v is empty"),
    "a promise of none": ("0 5\n", "v:1: the first line says 0 words of 5 numbers"),
    "no numbers": ("3 0\na\n", "v:1: the first line says 3 words of 0 numbers"),
    "absurd": ("3 99999999999999\na 1 2\n", "v:1: the first line says 3 words of 9"),
    "only a first line": ("3 2\n", "v:2: ends after 0 of the 3 words"),
    "cut off": ("3 2\na 1 2\nb 3 4\n", "v:4: ends after 2 of the 3 words"),
    "too many rows": ("1 2\na 1 2\nb 3 4\nc 1 1\n", "v:3: there are more rows than the 1"),
    "ragged, short": ("2 3\na 1 2 3\nb 3 4\n", "v:3: 2 numbers where the first line says 3"),
    "ragged, long": ("2 2\na 1 2\nb 3.125 4.125 5.125\n", "v:3: 3 numbers where the first line says 2"),
    "other than promised": ("2 5\na 1 2\nb 3 4\n", "v:2: 2 numbers where the first line says 5"),
    "no number": ("2 2\na 1 2\nb 1 x7\n", "v:3: 'x7' is not a number"),
    "comma": ("2 2\na 1 2\nb 1,5 7\n", "v:3: '1,5' is not a number"),
    "Python's number": ("2 2\na 1 2\nb 1_0 7\n", "v:3: '1_0' is not a number"),
    "NaN": ("2 2\na 1 2\nb nan 7\n", "v:3: nan is no finite number"),
    "too great": ("2 2\na 1 2\nb 1 1e39\n", "v:3: 1e39 is no finite number"),
    "glove, ragged": ("a 1 2 3\nb 1 2 3\nc 1 2\nd 1 2 3\n", "v:3: 2 numbers where most lines have 3"),
    "glove, first ragged": ("a 1 2\nb 1 2 3\nc 1 2 4\nd 1 2 3\n", "v:1: 2 numbers where most lines have 3"),
    "a text": ("It was the best of times,\nit was the worst of times.\n", "v holds no word vectors.*'It was the best"),
    "counts": ("the 500\nof 300\n", "v holds words with counts, not vectors"),
    "a table": ("".join(f"{n / 8} 1.5 2.5\n" for n in range(12)), "v is a table of numbers without words"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(50), r"v is a picture \(PNG\)"),
    "fastText's model": (struct.pack("<ii", 793712314, 12) + bytes(90), "v is a model of fastText"),
    "a pickle": (b"\x80\x04\x95" + bytes(30), "v is a Python pickle"),
    "an array": (b"\x93NUMPY\x01\x00v", "v is a NumPy array without words"),
    "UTF-16": ("a 1 2\n".encode("utf-16"), "v is UTF-16"),
    "zeros": (bytes(400), "v is no file of word vectors"),
    "binary, cut off": (b"2 2\na " + struct.pack("<2f", 1.5, -2) + b"b \0\0", r"v: ends at byte 18, in word 2 of 2"),
    "binary, too long": (b"1 2\na " + struct.pack("<2f", 1.5, -2) + b"b 12", r"v: byte 14: goes on after the 1 words"),
    "binary, NaN": (b"1 2\na " + struct.pack("<2f", 1.5, float("nan")), "v: word 1, 'a', has a number that is not fin"),
    "binary, no words": (b"2 2\na " + struct.pack("<2f", 1, -2) + bytes(99999), "v: byte 14: no word ends here"),
    "broken zip": (b"PK\x03\x04" + bytes(60), "v is broken"),
    "safetensors, cut off": (struct.pack("<Q", 900) + b"{}", "v is broken: it is cut off"),
    "a network": (
        struct.pack("<Q", 62) + b'{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}        ' + bytes(4),
        "has w",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_refused(at, case):
    content, message = WRONG[case]
    with pytest.raises(ModelError, match=message) as error:
        vectors.read(at("v", content))
    assert error.value.hint


def save_safetensors(**changed):
    from safetensors.numpy import save_file

    held = {"vectors": np.ones((2, 2), "f4"), "words": np.frombuffer(b"ab", np.uint8), "word_ends": np.array([1, 2])}
    save_file({**held, **changed}, "v")


ARRAYS = {
    "rows": ({"vectors": np.ones((3, 2), "f4")}, "2 words and 3 vectors"),
    "ends": ({"word_ends": np.array([2, 1])}, "word_ends do not fit"),
    "beyond": ({"word_ends": np.array([1, 3])}, "word_ends do not fit"),
    "text": ({"words": np.ones(2, "f4")}, "words must be bytes"),
    "flat": ({"vectors": np.ones(2, "f4")}, "vectors must be numbers, a row a word"),
    "nan": ({"vectors": np.array([[1, 2], [np.nan, 1]], "f4")}, "the vector of 'b' has a number that is not finite"),
    "counts": ({"counts": np.ones(5)}, "counts must be a number a word"),
}


@pytest.mark.parametrize("case", ARRAYS)
def test_arrays_that_do_not_fit_are_refused(at, case):
    changed, message = ARRAYS[case]
    save_safetensors(**changed)
    with pytest.raises(ModelError, match=message):
        vectors.read("v")


def test_objects_and_archives_are_refused(at):
    np.savez("v.npz", words=np.array(["a", "b"], dtype=object), vectors=np.ones((2, 2)))
    with pytest.raises(ModelError, match="holds Python objects"):
        vectors.read("v.npz")
    np.savez("v.npz", weights=np.ones(2))
    with pytest.raises(ModelError, match="it has weights"):
        vectors.read("v.npz")
    import zipfile

    with zipfile.ZipFile("glove.zip", "w") as archive:
        archive.writestr("glove.50d.txt", "a 1 2\n")
    with pytest.raises(ModelError, match="zip archive of glove.50d.txt") as error:
        vectors.read("glove.zip")
    assert "unzip -p glove.zip glove.50d.txt |" in error.value.hint


@pytest.mark.parametrize("break_", [lambda b: b[: len(b) // 2], lambda b: b[:40] + b"\xff" * 40 + b[80:]])
@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_broken_packed_files_are_refused(at, pack, break_):
    text = "".join(f"w{n} {n}.25 0.5\n" for n in range(2000))
    with pytest.raises(ModelError, match="v"):
        vectors.read(at("v", break_(pack(text.encode()))))


def test_a_header_of_safetensors_with_wild_claims(at):
    for claim in (
        {"shape": [10**9, 10**9]},
        {"shape": [-2, -2]},
        {"dtype": "X"},
        {"data_offsets": [0, 10**12]},
        {"shape": 3},
    ):
        tensors = {k: {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16], **claim} for k in ("vectors", "words")}
        text = json.dumps({**tensors, "word_ends": tensors["words"]}).encode()
        with pytest.raises(ModelError, match="v is broken"):
            vectors.read(at("v", struct.pack("<Q", len(text)) + text + bytes(64)))
