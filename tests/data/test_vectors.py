import bz2
import gzip
import io
import lzma
import os
import struct
import sys

import numpy as np
import pytest
from gensim.models import KeyedVectors

from dlcli.core import bundle
from dlcli.core.errors import DataError, ModelError, UsageError
from dlcli.data import vectors, vectors_text
from dlcli.ops.word_vectors import WordVectors

NAMES = ("v.txt", "v.vec", "v.glove", "v.bin", "v.npz", "v.safetensors")
FORMS = ("word2vec", "word2vec", "glove", "word2vec-binary", "npz", "safetensors")
ODD = ["the", "wörd", "x\udcff\udc80", "日本", "</s>", "12", "0.5", "-", "a\u00a0b"]


def make(words=ODD, dim=7, seed=0, counts=False):
    table = np.random.default_rng(seed).standard_normal((len(words), dim)).astype(np.float32)
    return WordVectors(list(words), table, np.arange(len(words), 0, -1) if counts else None)


def same(found, made):
    assert list(found.words) == list(made.words)
    assert np.asarray(found.vectors).tobytes() == np.asarray(made.vectors).tobytes()
    assert found.vectors.dtype == np.float32


@pytest.fixture
def at(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def put(name, content):
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return name

    return put


@pytest.mark.parametrize(("name", "form"), list(zip(NAMES, FORMS, strict=True)), ids=NAMES)
@pytest.mark.parametrize("packed", ["", ".gz"])
def test_what_is_written_is_read_back_to_the_bit(at, name, form, packed):
    made = make()
    vectors.write(name + packed, made)
    os.rename(name + packed, "any.name")  # the name says nothing
    found = vectors.open_("any.name")
    assert (found.form, found.packed) == (form, bool(packed))
    same(found.vectors, made)
    same(vectors.read("any.name", most=3), WordVectors(ODD[:3], made.vectors[:3]))
    assert found.vectors.index["</s>"] == 4


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
@pytest.mark.parametrize("name", NAMES)
def test_packed_files_and_stdin_are_read(at, monkeypatch, pack, name):
    made = make(counts=True)
    vectors.write(name, made)
    with open(name, "rb") as file:
        raw = file.read()
    same(vectors.read(at("p", pack(raw))), made)
    for content in (raw, pack(raw)):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        same(vectors.read("-"), made)


@pytest.mark.parametrize("name", ["v.npz", "v.safetensors", "v.txt.gz"])
def test_the_same_vectors_are_the_same_bytes(at, name):
    made = make(counts=True)
    vectors.write(name, made)
    os.rename(name, "first")
    vectors.write(name, made)
    with open(name, "rb") as a, open("first", "rb") as b:
        assert a.read() == b.read()


@pytest.mark.parametrize("name", ["v.npz", "v.safetensors"])
def test_arrays_are_mapped_and_keep_counts_and_lengths(at, name):
    made = make([f"w{n}" for n in range(5000)], counts=True)
    vectors.write(name, made)
    found = vectors.read(name)
    held = found.vectors
    while not isinstance(held, np.memmap):
        held = held.base
    assert held.filename.endswith(name)
    assert held.dtype == np.uint8
    assert (found.vectors.ctypes.data - held.ctypes.data) % (64 if name == "v.npz" else 4) == 0
    np.testing.assert_array_equal(found.counts, made.counts)
    np.testing.assert_allclose(found.lengths, np.linalg.norm(made.vectors, axis=1), rtol=1e-6)


def test_other_programs_read_the_arrays(at):
    from safetensors.numpy import load_file, save_file

    made = make(counts=True)
    vectors.write("v.npz", made)
    with np.load("v.npz", allow_pickle=False) as held:
        assert held["words"].tolist() == made.words
        np.testing.assert_array_equal(held["vectors"], made.vectors)
    vectors.write("v.safetensors", made)
    held = load_file("v.safetensors")
    np.testing.assert_array_equal(held["vectors"], made.vectors)
    held["vectors"] = held["vectors"] * 2  # by a program that knows nothing of the lengths
    save_file(held, "w.safetensors")
    np.testing.assert_allclose(vectors.read("w.safetensors").norms, 2 * make().norms, rtol=1e-6)


@pytest.mark.parametrize("dtype", [np.float16, np.float64, np.int32])
@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_arrays_of_other_programs_are_read(at, dtype, save):
    table = np.array([[1, 2], [3, 4], [5, 6]], dtype)
    for words in (np.array(["a", "ü", "c"]), np.array(["a", "ü".encode(), "c"], dtype=bytes)):
        for order in (table, np.asfortranarray(table)):
            save("v.npz", words=words, vectors=order, more=np.zeros(3))
            same(vectors.read("v.npz"), WordVectors(["a", "ü", "c"], table.astype(np.float32)))


HARD = np.array(
    [0, -0.0, 1, 0.1, 0.3, 1e-45, 1.17549435e-38, 3e38, 16777217, 123456.78, 1e22, 1e23, 1 / 3, 9.9999998e-3],
    np.float32,
)


def test_numbers_survive_text_and_stay_short(at):
    bits = np.random.default_rng(3).integers(0, 2**31 - 2**24, 2800, dtype=np.uint32).view(np.float32)
    made = WordVectors([f"w{n}" for n in range(201)], np.concatenate([HARD, bits]).reshape(201, 14))
    vectors.write("v.txt", made)
    same(vectors.read("v.txt"), made)
    np.testing.assert_array_equal(KeyedVectors.load_word2vec_format("v.txt").vectors, made.vectors)
    with open("v.txt") as file:
        line = file.read().splitlines()[1]
    assert line.startswith("w0 0 -0 1 0.1 0.3 1.40129846e-45 1.17549435e-38 3.00000001e+38 16777216 123456.78 ")
    assert line.endswith(" 1e+22 1e+23 0.33333334 0.01")


def test_numbers_are_those_of_python_rounded_once(at):
    rng = np.random.default_rng(5)
    texts = [f"{x:.{d}g}" for d in (1, 4, 9, 17) for x in rng.standard_normal(250) * 10.0 ** rng.integers(-40, 38, 250)]
    at("v.txt", f"1 {len(texts)}\nw {' '.join(texts)}\n")
    np.testing.assert_array_equal(vectors.read("v.txt").vectors[0], np.array([float(t) for t in texts]).astype("f4"))


@pytest.mark.parametrize("binary", [False, True])
def test_gensim_reads_what_is_written_and_the_other_way_round(at, binary):
    made = make([w for w in ODD if "\udcff" not in w], dim=5)
    vectors.write("v.bin" if binary else "v.txt", made)
    theirs = KeyedVectors.load_word2vec_format("v.bin" if binary else "v.txt", binary=binary)
    assert theirs.index_to_key == made.words
    np.testing.assert_array_equal(theirs.vectors, made.vectors)
    theirs.save_word2vec_format("w", binary=binary)
    found = vectors.open_("w")
    assert found.form == ("word2vec-binary" if binary else "word2vec")
    same(found.vectors, made)


GENSIM = {
    "euclidean_vectors.bin": ("word2vec-binary", 2747, 10), "poincare_vectors.bin": ("word2vec-binary", 1182, 10),
    "high_precision.kv.bin": ("word2vec-binary", 2, 2), "high_precision.kv.txt": ("word2vec", 2, 2),
    "pang_lee_polarity_fasttext.vec": ("word2vec", 1694, 100), "crime-and-punishment.vec": ("word2vec", 291, 5),
    "word2vec_pre_kv_c": ("word2vec", 1750, 10),
    "EN.1-10.cbow1_wind5_hs0_neg10_size300_smpl1e-05.txt": ("word2vec", 20, 300),
}  # fmt: skip


@pytest.mark.parametrize("name", GENSIM)
def test_files_shipped_with_gensim_are_read_as_gensim_reads_them(name):
    from gensim.test.utils import datapath

    form, words, dim = GENSIM[name]
    found = vectors.open_(datapath(name))
    assert (found.form, len(found.vectors), found.vectors.dim) == (form, words, dim)
    theirs = KeyedVectors.load_word2vec_format(datapath(name), binary="binary" in form, encoding="latin1")
    assert [w.encode(errors="surrogateescape") for w in found.vectors.words] == [
        w.encode("latin1") for w in theirs.index_to_key
    ]
    np.testing.assert_array_equal(found.vectors.vectors, theirs.vectors)


def test_glove_without_a_first_line_as_shipped_with_gensim():
    from gensim.test.utils import datapath

    found = vectors.open_(datapath("test_glove.txt"))
    with open(datapath("test_glove.txt"), encoding="utf-8") as file:
        rows = [line.rstrip().split(" ") for line in file]
    assert (found.form, found.vectors.words) == ("glove", [row[0] for row in rows])
    np.testing.assert_array_equal(found.vectors.vectors, np.array([[float(x) for x in row[1:]] for row in rows], "f4"))


READ = {
    "tabs": ("1 2\na\t1\t2\n", ["a"], [[1, 2]]),
    "columns": ("2 2\na    1  2\nbcd  -3 4e0\n", ["a", "bcd"], [[1, 2], [-3, 4]]),
    "fastText ends lines with a blank": ("2 2\na 1 2 \nb 3 4 \n", ["a", "b"], [[1, 2], [3, 4]]),
    "CRLF": ("2 2\r\na 1 2\r\nb 3 4\r\n", ["a", "b"], [[1, 2], [3, 4]]),
    "byte-order mark": ("\ufeff2 2\na 1 2\nb 3 4\n", ["a", "b"], [[1, 2], [3, 4]]),
    "no line end": ("2 2\na 1 2\nb 3 4", ["a", "b"], [[1, 2], [3, 4]]),
    "blank line": ("2 2\na 1 2\n\nb 3 4\n\n", ["a", "b"], [[1, 2], [3, 4]]),
    "words with blanks": ("3 2\n. . . 1 2\nNew York 3 4\nWindows 95 5 6\n", [". . .", "New York", "Windows 95"], None),
    "a blank and a tab": ("2 2\n  1 2\n\t 3 4\n", [" ", "\t"], None),
    "an empty word": ("1 2\n 1 2\n", [""], None),
    "glove": ("a 1 2 3\n. . . 4 5 6\n7 7 8 9\n", ["a", ". . .", "7"], [[1, 2, 3], [4, 5, 6], [7, 8, 9]]),
    "glove of one number": ("5 3\nb 4.5\n", ["5", "b"], [[3], [4.5]]),
    "one number and a first line": ("2 1\na 0.5\nb 1\n", ["a", "b"], [[0.5], [1]]),
    "a word that is a number": ("1 3\n2 1 2 3\n", ["2"], [[1, 2, 3]]),
}


@pytest.mark.parametrize("case", READ)
def test_texts_that_are_read(at, case):
    content, words, table = READ[case]
    found = vectors.read(at("v", content))
    assert found.words == words
    if table:
        np.testing.assert_array_equal(found.vectors, np.array(table, np.float32))


def test_binary_with_line_ends_and_without(at):
    rows = [(b"a", (1.0, 2.0)), ("ü".encode(), (3.0, struct.unpack("<f", b"\n\n\x80?")[0]))]
    for end in (b"", b"\n"):
        content = b"2 2\n" + b"".join(w + b" " + struct.pack("<2f", *v) + end for w, v in rows)
        found = vectors.open_(at("v", content))
        assert (found.form, found.vectors.words) == ("word2vec-binary", ["a", "ü"])
        assert found.vectors.vectors[0].tolist() == [1, 2]
    starts_with_line_end = b"1 1\na " + b"\n\n\x80?"
    assert vectors.open_(at("v", starts_with_line_end)).form == "word2vec-binary"


def test_blocks_are_joined_where_they_meet(at, monkeypatch):
    from dlcli.data import vectors_binary, vectors_rows

    monkeypatch.setattr(vectors, "HEAD", 64)
    monkeypatch.setattr(vectors_text, "BLOCK", 97)
    monkeypatch.setattr(vectors_binary, "BLOCK", 97)
    monkeypatch.setattr(vectors_rows, "FIRST", 2)
    made = make([f"w{n}" for n in range(300)], dim=3)
    for name in ("v.txt", "v.bin", "v.glove"):
        vectors.write(name, made)
        same(vectors.read(name), made)
        same(vectors.read(name, most=70), WordVectors(made.words[:70], made.vectors[:70]))


def test_a_word_that_stands_there_twice_keeps_its_first_vector(at):
    found = vectors.read(at("v", "4 2\na 1 2\nb 3 4\na 5 6\nb 7 8\n"))
    same(found, WordVectors(["a", "b"], np.array([[1, 2], [3, 4]], np.float32)))
    assert found.notes == ("2 words stand there more than once, such as 'a'; the first vector counts",)


def test_missing_files_and_folders(at, tmp_path):
    vectors.write("vec.txt", make())
    with pytest.raises(ModelError, match=r"there is no file 'vec.tx'; nearest: vec.txt"):
        vectors.read("vec.tx")
    with pytest.raises(ModelError, match="is a folder that holds no word vectors"):
        vectors.read(str(tmp_path))
    with pytest.raises(ModelError, match="there is no file ''"):
        vectors.read("")


def test_words_a_format_cannot_hold(at):
    blank = make(["New York", " ", "b"])
    (note,) = vectors.write("v.txt", blank)
    assert note.startswith("2 words hold blanks, such as 'New York'")
    same(vectors.read("v.txt"), blank)
    for name in ("v.npz", "v.safetensors"):
        for words in (
            ["a b", "\n", ""],
            ["", "日本", "b"],
            ["\udcc3", "\udcb6"],
            ["ö", "\udcb6", ""],
        ):
            assert vectors.write(name, make(words)) == ()
            same(vectors.read(name), make(words))
    with pytest.raises(DataError, match="'New York' cannot stand in word2vec's binary form"):
        vectors.write("v.bin", blank)
    with pytest.raises(DataError, match="holds a line end"):
        vectors.write("w.txt", make(["a\nb"]))
    with pytest.raises(DataError, match="is no Unicode text"):
        vectors.write("w.safetensors", make(["a\ud800"]))
    with pytest.raises(DataError, match="cannot be kept as an array"):
        vectors.write("w.npz", make(["a\0"]))
    assert not os.path.exists("w.txt")


def test_the_format_is_told_by_the_ending(at):
    assert vectors.form_for("a.VEC.gz") == ("word2vec", True)
    assert vectors.form_for("a.txt", "glove") == ("glove", False)
    with pytest.raises(UsageError, match=r"the ending tells no format; endings that do: \.txt"):
        vectors.form_for("a.foo")
    with pytest.raises(UsageError, match="allowed: word2vec"):
        vectors.form_for("a", "gloves")


def described(kind="vectors"):
    return bundle.Bundle(kind, "embed", {"name": "skipgram"}, {}, [])


def test_bundles_are_read_and_checked(at, tmp_path):
    made = make(counts=True)
    vectors.write_bundle(tmp_path / "run" / "model", made, described())
    same(vectors.read("run"), made)
    same(vectors.read("run/model"), made)
    file = tmp_path / "run" / "model" / "vectors.safetensors"
    file.write_bytes(file.read_bytes()[:-1] + b"!")
    with pytest.raises(ModelError, match="its SHA-256 differs"):
        vectors.read("run")
    file.unlink()
    with pytest.raises(ModelError, match="is missing; the bundle is not complete"):
        vectors.read("run")
    bundle.write(tmp_path / "run" / "model", described("table"))
    with pytest.raises(ModelError, match="holds a table, not word vectors") as error:
        vectors.read("run")
    assert error.value.hint == "use dlcli boost predict DATA -m run"


def test_the_fewest_digits_that_tell_a_number():
    given = np.array([[0.3, 1e-3, 123456.0, 1 / 3, 0.12345678, 0]], np.float32)
    assert vectors_text.shortest(given).tolist() == [[0.3, 1e-3, 123456.0, 0.33333334, 0.12345678, 0]]
