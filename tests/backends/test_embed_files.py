import gzip
import json
import os

import numpy as np
import pytest

TABLE = "4 2\nthe 0.5 1\nof 1.5 -1\nfrog -0.25 2\nparis 3 4\n"


@pytest.fixture
def here(tmp_path):
    (tmp_path / "vec.txt").write_text(TABLE)
    (tmp_path / "words.txt").write_text("the 6\nParis 3\nblorp 1\n")
    return tmp_path


def test_convert_through_every_format_and_back(here, run_inprocess):
    before = "vec.txt"
    for after in ("a.npz", "b.safetensors", "c.bin.gz", "d.glove", "e.vec.gz", "f.txt"):
        result = run_inprocess("embed", "convert", before, after)
        assert (result.code, result.stdout) == (0, "")
        assert f"written: {after}" in result.stderr
        before = after
    assert (here / "f.txt").read_text() == TABLE
    assert gzip.decompress((here / "e.vec.gz").read_bytes()).decode() == TABLE


def test_convert_says_what_it_did_as_json(here, run_inprocess):
    doc = run_inprocess("embed", "convert", "vec.txt", "v.npz", "--most", "3", "--json").json()
    about = {k: doc[k] for k in ("command", "data", "files", "words", "dim", "from", "to", "packed", "bytes")}
    assert about == {
        "command": "embed convert", "data": "vec.txt", "files": {"vectors": "v.npz"}, "words": 3, "dim": 2,
        "from": "word2vec", "to": "npz", "packed": False, "bytes": (here / "v.npz").stat().st_size,
    }  # fmt: skip


def test_convert_writes_text_on_stdout(here, run_inprocess, dlcli):
    assert run_inprocess("embed", "convert", "vec.txt", "-", "-q").stdout == TABLE
    glove = run_inprocess("embed", "convert", "vec.txt", "-", "--to", "glove", "-q").stdout
    assert glove == TABLE.partition("\n")[2]
    assert dlcli("embed", "convert", "-", "-", "-q", stdin=glove).stdout == TABLE
    packed = gzip.compress(TABLE.encode())
    assert dlcli("embed", "convert", "-", "x.npz", stdin=packed).code == 0


def test_convert_normalizes(here, run_inprocess):
    (here / "vec.txt").write_text("2 2\na 3 4\nnull 0 0\n")
    assert run_inprocess("embed", "convert", "vec.txt", "-", "--normalize").stdout == "2 2\na 0.6 0.8\nnull 0 0\n"


def test_convert_for_make(here, run_inprocess):
    result = run_inprocess("embed", "convert", "vec.txt", "v.npz", "--stamp", "done", "--depfile", "v.d")
    assert result.code == 0
    assert (here / "v.d").read_text().startswith("done: vec.txt\n")
    assert (here / "done").read_text() == "v.npz\n"


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("vec.txt", "v.foo"), 2, "v.foo: the ending tells no format; endings that do: .txt"),
        (("vec.txt", "v.npz", "--to", "numpy"), 2, "must be one of word2vec, word2vec-binary, glove, npz, safetensors"),
        (("vec.txt", "v.npz", "--most", "0"), 2, "most: 0 is not allowed"),
        (("vec.txt", "vec.txt"), 2, "vec.txt is a file that is read; it would be lost"),
        (("vec.txt", "-", "--json"), 2, "would both be written on stdout"),
        (("vec.txt", "no/v.npz"), 3, "the folder no is missing"),
        (("nosuch.txt", "v.npz"), 6, "there is no file 'nosuch.txt'"),
        (("words.txt", "v.npz"), 6, "words.txt holds words with counts, not vectors"),
        (("vec.txt", "v.npz", "--set", "mots=1"), 2, "unknown key; nearest: most"),
    ],
)
def test_convert_refuses(here, run_inprocess, words, code, message):
    result = run_inprocess("embed", "convert", *words)
    assert (result.code, result.stdout) == (code, "")
    assert message in result.stderr
    assert not os.path.exists("v.npz")


def test_convert_keeps_odd_words_and_says_what_others_cannot_read(here, run_inprocess):
    (here / "odd.txt").write_bytes(b"2 1\nNew York 1\n\xff\xfe 2\n")
    result = run_inprocess("embed", "convert", "odd.txt", "odd.vec")
    assert "1 words hold blanks, such as 'New York'" in result.stderr
    assert (here / "odd.vec").read_bytes() == b"2 1\nNew York 1\n\xff\xfe 2\n"


def test_a_closed_pipe_and_a_full_disk(here, dlcli):
    import subprocess
    import sys

    (here / "big.txt").write_text("20000 9\n" + "".join(f"w{n}{' 0.12345' * 9}\n" for n in range(20000)))
    command = f"{sys.executable} -m dlcli embed convert big.txt - -q | head -1; echo ${{PIPESTATUS[0]}}"
    from conftest import environment

    done = subprocess.run(
        ["bash", "-c", command], cwd=here, env=environment(), capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("20000 9\n141\n", "")
    if os.path.exists("/dev/full"):
        result = dlcli("embed", "convert", "big.txt", "/dev/full", "--to", "npz", cwd=here)
        assert (result.code, "no space left" in result.stderr) == (1, True)


def load(path):
    with np.load(path, allow_pickle=False) as held:
        return {k: held[k] for k in held.files}


def test_matrix_has_a_row_for_each_word(here, run_inprocess):
    words = ("--words", "words.txt", "--special", "<PAD>,<UNK>", "--lower", "-o", "m.npz", "--json")
    doc = run_inprocess("embed", "matrix", "vec.txt", *words).json()
    assert doc["metrics"] == {"coverage": 2 / 3, "token_coverage": 0.9}
    assert doc["sources"] == {"vector": 1, "lower": 1, "normal": 1, "zeros": 1, "mean": 1}
    assert (doc["rows"], doc["dim"], doc["without_vector"], doc["files"]) == (5, 2, ["blorp"], {"matrix": "m.npz"})
    held = load(here / "m.npz")
    assert held["words"].tolist() == ["<PAD>", "<UNK>", "the", "Paris", "blorp"]
    assert held["counts"].tolist() == [0, 0, 6, 3, 1]
    assert held["vectors"][:4].tolist() == [[0, 0], [1.1875, 1.5], [0.5, 1], [3, 4]]
    assert held["vectors"].dtype == np.float32


@pytest.mark.parametrize(("missing", "row"), [("zeros", [0, 0]), ("mean", [1.1875, 1.5])])
def test_matrix_words_without_a_vector(here, run_inprocess, missing, row):
    assert (
        run_inprocess("embed", "matrix", "vec.txt", "--words", "words.txt", "--missing", missing, "-o", "m.npz").code
        == 0
    )
    assert load(here / "m.npz")["vectors"].tolist() == [[0.5, 1], row, row]


def test_matrix_draws_by_its_seed_like_what_was_found(here, run_inprocess):
    many = "".join(f"x{n}\n" for n in range(4000)) + "the\nof\nfrog\nparis\n"
    (here / "many.txt").write_text(many)
    tables = []
    for seed in (0, 0, 1):
        assert (
            run_inprocess("embed", "matrix", "vec.txt", "--words", "many.txt", "-o", "m.npz", "--seed", seed).code == 0
        )
        tables.append(load(here / "m.npz")["vectors"])
    np.testing.assert_array_equal(tables[0], tables[1])
    assert not np.array_equal(tables[0], tables[2])
    found = tables[0][-4:]
    np.testing.assert_allclose(tables[0][:-4].mean(axis=0), found.mean(axis=0), atol=0.1)
    np.testing.assert_allclose(tables[0][:-4].std(axis=0), found.std(axis=0), rtol=0.05)


def test_matrix_counts_a_text(here, run_inprocess, dlcli):
    text = "the frog the frog of the blorp\n"
    words = ("embed", "matrix", "vec.txt", "--text", "-", "--min-count", "2", "-o", "m.npz")
    result = dlcli(*words, stdin=text)
    assert result.code == 0
    assert result.stdout.splitlines()[-2:] == ["coverage\t1.0000", "token_coverage\t1.0000"]
    assert load(here / "m.npz")["words"].tolist() == ["the", "frog"]
    assert "written: m.npz" in result.stderr


def test_matrix_tells_a_text_from_a_vocabulary(here, run_inprocess):
    (here / "t.txt").write_text("the frog sat on the old log\nParis is a big city of the north\n")
    result = run_inprocess("embed", "matrix", "vec.txt", "--words", "t.txt")
    assert result.code == 3
    assert "t.txt looks like a text: its lines have 8 words in the mean" in result.stderr
    assert "--text counts the words of a text" in result.stderr
    (here / "p.txt").write_text("New York\nUnited States of America\nfrog\n")
    assert run_inprocess("embed", "matrix", "vec.txt", "--words", "p.txt").code == 0


def test_matrix_reads_words_from_stdin_and_writes_nothing_unasked(here, dlcli):
    result = dlcli("embed", "matrix", "vec.txt", stdin="the\nWindows 95\n\nthe\n", cwd=here)
    assert result.stdout == "what\tvalue\nrows\t2\ndim\t2\nvector\t1\nnormal\t1\ncoverage\t0.5000\n"
    assert "stdin: 1 words stand there again" in result.stderr
    assert "without a vector: Windows 95" in result.stderr
    assert "nothing is written; -o matrix.npz writes it" in result.stderr


def test_matrix_reads_a_vocabulary_of_counts(here, run_inprocess):
    held = {"schema": 1, "kind": "vocabulary", "words": ["frog", "zz"], "counts": [3, 1]}
    (here / "x.vocabulary.json").write_text(json.dumps(held, indent=2))
    result = run_inprocess("embed", "matrix", "vec.txt", "--words", "x.vocabulary.json", "--json")
    assert result.json()["metrics"] == {"coverage": 0.5, "token_coverage": 0.75}


def test_matrix_fails_under_a_bound_once_it_is_written(here, run_inprocess):
    words = ("embed", "matrix", "vec.txt", "--words", "words.txt", "-o", "m.npz", "--fail-under", "coverage=0.9")
    result = run_inprocess(*words)
    assert result.code == 7
    assert "coverage is 0.3333, below the bound 0.9" in result.stderr
    assert (here / "m.npz").is_file()
    assert run_inprocess(*words, "--lower", "--fail-under", "token_coverage=0.9").code == 7
    assert run_inprocess(*words[:-1], "coverage=0.6", "--lower").code == 0


def test_matrix_takes_a_recipe_and_tells_make(here, run_inprocess):
    (here / "m.yaml").write_text("words: words.txt\nspecial: ['<pad>']\nmissing: zeros\n")
    result = run_inprocess("embed", "matrix", "vec.txt", "-r", "m.yaml", "-o", "m.npz", "--depfile", "m.d")
    assert result.code == 0
    assert (here / "m.d").read_text().startswith("m.npz: m.yaml vec.txt words.txt\n")
    assert load(here / "m.npz")["vectors"].tolist() == [[0, 0], [0.5, 1], [0, 0], [0, 0]]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("--words", "words.txt", "--text", "lee"), 2, "words and text are two vocabularies"),
        (("--words", "words.txt", "--missing", "zero"), 2, "must be one of normal, zeros, mean; nearest: zeros"),
        (("--words", "words.txt", "--special", "a,,b"), 2, "special.1: '' is not allowed"),
        (("--words", "words.txt", "--missing", "zeros", "--seed", "3", "-o", "m.npz"), 2, "draws nothing"),
        (("--words", "words.txt", "-o", "words.txt"), 2, "words.txt is a file that is read; it would be lost"),
        (("--words", "words.txt", "-o", "-"), 2, "a matrix is no text"),
        (("--words", "words.txt", "-o", "m.foo"), 2, "the ending tells no format"),
        (("--words", "words.txt", "--fail-under", "accuracy=1"), 2, "no metric is called 'accuracy'"),
        (("--words", "plain.txt", "--min-count", "2"), 3, "min_count is 2, but plain.txt has no counts"),
        (("--words", "words.txt", "--min-count", "9"), 3, "words.txt leaves no word"),
        (("--words", "empty.txt"), 3, "empty.txt holds no words"),
        (("--words", "bad.txt"), 3, "bad.txt:2: byte 1 of the line is 0xff, which is not UTF-8"),
        (("--words", "bad.json"), 3, "is JSON without a list of words"),
        (("--words", "nosuch"), 3, "cannot read nosuch"),
        (("--text", "empty.txt"), 3, "empty.txt leaves no word"),
    ],
)
def test_matrix_refuses(here, run_inprocess, words, code, message):
    (here / "plain.txt").write_text("the\nof\n")
    (here / "empty.txt").write_text("")
    (here / "bad.txt").write_bytes(b"a\n\xff\n")
    (here / "bad.json").write_text('{"a": 1}')
    result = run_inprocess("embed", "matrix", "vec.txt", *words)
    assert (result.code, result.stdout) == (code, "")
    assert message in result.stderr


def test_stdin_is_read_once(here, dlcli):
    result = dlcli("embed", "matrix", "-", "--words", "-", stdin=TABLE, cwd=here)
    assert (result.code, "stdin is named twice" in result.stderr) == (2, True)
    result = dlcli("embed", "matrix", "-", stdin=TABLE, cwd=here)
    assert (result.code, "which vocabulary?" in result.stderr) == (2, True)
