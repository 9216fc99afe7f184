"""`dlcli embed encode` as its users type it: JSON lines, arrays, TF-IDF from files and pipes, and how it fails."""

import json

import numpy as np
import pytest
from word_toys import SMALL, stdin_of

from dlcli.data import vectors as vector_files

TEXT = "man king king\nnosuch\n\nMan frog\n"


@pytest.fixture
def embed(run_inprocess, tmp_path):
    """Run ``dlcli embed encode`` in a folder with vec.txt and text.txt."""
    vector_files.write(str(tmp_path / "vec.txt"), SMALL)
    (tmp_path / "text.txt").write_text(TEXT)
    return lambda *words: run_inprocess("embed", "encode", "vec.txt", *words)


@pytest.fixture
def piped(embed, monkeypatch):
    def call(*words, stdin):
        monkeypatch.setattr("sys.stdin", stdin_of(stdin))
        return embed(*words)

    return call


def items(text):
    return [json.loads(line) for line in text.splitlines()]


def row(word):
    return np.asarray(SMALL.vectors[SMALL.index[word]])


def test_a_line_a_vector(embed):
    result = embed("text.txt")
    assert (result.code, result.stderr) == (0, "4 of 6 words are known\n2 of 4 lines have no vector\n")
    first, second, third, fourth = items(result.stdout)
    assert {k: v for k, v in first.items() if k != "vector"} == {
        "input": "text.txt", "line": 1, "text": "man king king", "words": 3, "known": 3,
    }  # fmt: skip
    assert np.float32(first["vector"]).tolist() == ((row("man") + 2 * row("king")) / 3).tolist()
    assert second["error"] == {"code": 3, "message": "none of 1 words is known: 'nosuch'", "hint": ""}
    assert third["error"]["message"] == "the line has no word"
    assert (fourth["words"], fourth["known"]) == (2, 1)
    assert np.float32(fourth["vector"]).tolist() == row("frog").tolist()


def test_options_have_an_effect(embed):
    assert items(embed("text.txt", "--lower").stdout)[3]["known"] == 2
    unit = items(embed("text.txt", "--normalize").stdout)[0]["vector"]
    assert np.linalg.norm(unit) == pytest.approx(1)
    assert items(embed("text.txt", "--by", "char").stdout)[0]["error"]["message"].startswith("none of 13 words")
    assert items(embed("text.txt", "--set", "lower=true").stdout)[3]["known"] == 2


def test_punctuation_is_parted_by_rule(embed, tmp_path):
    (tmp_path / "p.txt").write_text("king, queen.\n")
    assert embed("p.txt").code == 3
    assert items(embed("p.txt", "--by", "word").stdout)[0]["known"] == 2


def expected_tfidf(lines, text):
    documents = [set(line.split()) for line in lines]
    words = [w for w in text.split() if w in SMALL.index]
    weights = [np.log((1 + len(documents)) / (1 + sum(w in d for d in documents))) + 1 for w in words]
    return np.average([row(w) for w in words], axis=0, weights=weights)


def test_tfidf_of_a_file_and_of_a_pipe(embed, piped):
    expected = expected_tfidf(TEXT.splitlines(), "man king king")
    first = items(embed("text.txt", "--weighting", "tfidf").stdout)[0]
    assert first["vector"] == pytest.approx(expected, rel=1e-6)
    result = piped("--weighting", "tfidf", stdin=TEXT)
    assert result.code == 0, result.stderr
    assert items(result.stdout)[0]["vector"] == first["vector"]
    assert [(i["input"], i["line"]) for i in items(result.stdout)] == [("-", n) for n in (1, 2, 3, 4)]


def test_the_idf_of_another_text(embed, piped, tmp_path):
    (tmp_path / "idf.txt").write_text("man x\nman y\nman king\n")
    lines = ["man x", "man y", "man king"]
    words = ("--weighting", "tfidf", "--idf")
    found = items(embed("text.txt", *words, "idf.txt").stdout)[0]["vector"]
    assert found == pytest.approx(expected_tfidf(lines, "man king king"), rel=1e-6)
    result = piped("text.txt", *words, "-", stdin="\n".join(lines))
    assert items(result.stdout)[0]["vector"] == found
    result = embed("text.txt", "--idf", "idf.txt")
    assert result.code == 2
    assert "weighting: tfidf" in result.stderr


def test_arrays_have_a_row_a_line(embed, tmp_path):
    result = embed("text.txt", "text.txt", "-o", "a.npz", "--json")
    doc = result.json()
    assert (doc["lines"], doc["failed"], doc["dim"], doc["files"]) == (8, 4, 4, {"vectors": "a.npz"})
    assert "text.txt:2: none of 1 words is known: 'nosuch'" in result.stderr
    assert "4 of 8 lines have no vector" in result.stderr
    with np.load(tmp_path / "a.npz", allow_pickle=False) as held:
        assert held["vectors"].dtype == np.float32
        assert np.isnan(held["vectors"]).all(1).tolist() == [False, True, True, False] * 2
        assert (held["known"].tolist(), held["total"].tolist()) == ([3, 0, 0, 1] * 2, [3, 1, 0, 2] * 2)
        table = held["vectors"]
    assert embed("text.txt", "text.txt", "-o", "a.npy").code == 0
    assert np.array_equal(np.load(tmp_path / "a.npy", allow_pickle=False), table, equal_nan=True)
    before = (tmp_path / "a.npz").read_bytes()
    embed("text.txt", "text.txt", "-o", "a.npz")
    assert (tmp_path / "a.npz").read_bytes() == before


def test_lines_of_json_in_a_file(embed, tmp_path):
    shown = embed("text.txt").stdout
    assert embed("text.txt", "-o", "a.jsonl").stdout == ""
    assert (tmp_path / "a.jsonl").read_text() == shown
    assert embed("text.txt", "-o", "-").stdout == shown
    assert embed("text.txt", "--json").json()["items"] == items(shown)


def test_every_float_comes_back(run_inprocess, tmp_path):
    from dlcli.ops.word_vectors import WordVectors

    table = np.random.default_rng(0).normal(size=(30, 40)).astype(np.float32)
    vector_files.write(str(tmp_path / "v.safetensors"), WordVectors([f"w{n}" for n in range(30)], table))
    (tmp_path / "t.txt").write_text("".join(f"w{n}\n" for n in range(30)))
    found = items(run_inprocess("embed", "encode", "v.safetensors", "t.txt").stdout)
    assert np.array_equal(np.array([i["vector"] for i in found], np.float32), table)


def test_what_make_needs(embed, tmp_path):
    assert embed("text.txt", "-o", "a.npy", "--stamp", "done", "--depfile", "d").code == 0
    assert (tmp_path / "d").read_text().startswith("done: vec.txt text.txt")
    assert (tmp_path / "done").read_text() == "vec.txt\n"


@pytest.mark.parametrize("out", ["a.npz", "a.npy", "a.jsonl"])
def test_no_vector_at_all_writes_nothing(out, embed, tmp_path):
    (tmp_path / "text.txt").write_text("x\ny\n")
    (tmp_path / out).write_text("old")
    result = embed("text.txt", "-o", out)
    assert (result.code, result.stdout) == (3, "")
    assert "none of 2 lines has a vector; the first: text.txt:1: none of 1 words is known: 'x'" in result.stderr
    assert (tmp_path / out).read_text() == "old"
    assert not [p for p in tmp_path.iterdir() if p.name.endswith(".tmp")]


@pytest.mark.parametrize(
    ("stdin", "said"),
    [
        ("", "there is no line of text"),
        (b"man\nm\xe4n\n", "stdin:2: "),
        ("x\n", "none of 1 lines has a vector; the first: -:1: none of 1 words is known"),
    ],
)
@pytest.mark.parametrize("weighting", ["mean", "tfidf"])
def test_bad_text(stdin, said, weighting, piped):
    result = piped("--weighting", weighting, stdin=stdin)
    assert result.code == 3
    assert said in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("text.txt", "-o", "a.txt"), 2, "allowed: .jsonl, .npz, .npy"),
        (("text.txt", "-o", "nosuch/a.npy"), 3, "nosuch is missing"),
        (("nosuch.txt",), 3, "cannot read nosuch.txt"),
        (("a.npy", "-o", "a.npy"), 2, "it would be lost"),
        (("-", "-"), 2, "named twice"),
        (("text.txt", "--weighting", "tf-idf"), 2, "tfidf"),
        (("text.txt", "--depfile", "d"), 2, "a rule needs a target"),
    ],
)
def test_wrong_words(words, code, said, embed, tmp_path):
    (tmp_path / "a.npy").write_text("x")
    result = embed(*words)
    assert (result.code, result.stdout) == (code, "")
    assert said in result.stderr


def test_a_huge_line_is_not_shown_whole(piped):
    result = piped("--lower", stdin="x" * 300_000 + "\nman\n")
    first, second = items(result.stdout)
    assert len(first["error"]["message"]) < 200
    assert second["known"] == 1
