"""`dlcli embed neighbors | analogy | odd | similarity` as their users type them, and how they fail."""

import contextlib
import json
import subprocess
import sys

import numpy as np
import pytest
from word_toys import SMALL, WORDS, made, stdin_of

from dlcli.data import vectors as vector_files
from dlcli.ops.word_vectors import WordVectors


@pytest.fixture
def embed(run_inprocess, tmp_path):
    """Run ``dlcli embed`` in a folder with vec.txt."""
    vector_files.write(str(tmp_path / "vec.txt"), SMALL)
    return lambda *words: run_inprocess("embed", *words)


@pytest.fixture
def piped(embed, monkeypatch):
    def call(*words, stdin):
        monkeypatch.setattr("sys.stdin", stdin_of(stdin))
        return embed(*words)

    return call


def items(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_neighbors_as_a_table(embed):
    result = embed("neighbors", "vec.txt", "woman", "man", "--top", "2")
    assert (result.code, result.stderr) == (0, "")
    lines = [line.split("\t") for line in result.stdout.splitlines()]
    assert lines[0] == ["word", "neighbor", "cosine"]
    assert [line[:2] for line in lines[1:]] == [["woman", "girl"], ["woman", "queen"], ["man", "king"], ["man", "girl"]]
    assert lines[1][2] == "0.9950"


def test_neighbors_as_json(embed):
    doc = embed("neighbors", "vec.txt", "woman", "--json").json()
    assert (doc["command"], doc["model"]) == ("embed neighbors", "vec.txt")
    assert [n["word"] for n in doc["items"][0]["neighbors"]] == ["girl", "queen", "frog", "man", "king"]


def test_an_unknown_word_costs_one_error_and_offers_near_spellings(embed):
    result = embed("neighbors", "vec.txt", "womn", "king", "--top", "1")
    assert result.code == 0
    assert result.stdout.splitlines()[1].startswith("king\t")
    assert result.stderr == "'womn' is not among the 6 words; spelled alike: 'woman'\n"
    result = embed("neighbors", "vec.txt", "womn", "king", "--jsonl")
    first, second = items(result)
    assert first == {
        "input": "womn",
        "error": {"code": 3, "message": "'womn' is not among the 6 words", "hint": "spelled alike: 'woman'"},
    }
    assert second["input"] == "king"
    assert (result.code, result.stderr) == (0, "")


def test_where_no_word_is_known(embed):
    result = embed("neighbors", "vec.txt", "Frog")
    assert (result.code, result.stdout) == (3, "")
    assert result.stderr == "dlcli: 'Frog' is not among the 6 words\n  → spelled alike: 'frog'\n"
    result = embed("neighbors", "vec.txt", "xx", "yy")
    assert result.code == 3
    assert "none of 2 questions could be answered; the first: 'xx'" in result.stderr
    result = embed("neighbors", "vec.txt", "xx", "--jsonl")
    assert result.code == 3
    assert items(result)[0]["error"]["code"] == 3


def test_words_on_stdin_are_answered_in_their_order(piped):
    result = piped("neighbors", "vec.txt", "-", "--top", "1", "--jsonl", stdin="woman\n\n nosuch \nman")
    assert result.code == 0, result.stderr
    assert [i["input"] for i in items(result)] == ["woman", "nosuch", "man"]
    assert piped("neighbors", "vec.txt", "--top", "1", "--jsonl", stdin="woman\n").code == 0  # - is taken for granted


def test_more_words_than_are_answered_at_once(piped):
    stdin = "".join(f"{WORDS[n % 6]}\n" for n in range(300))
    found = items(piped("neighbors", "vec.txt", "--top", "1", "--jsonl", stdin=stdin))
    assert [i["input"] for i in found] == stdin.split()
    assert all(i["neighbors"] == found[n % 6]["neighbors"] for n, i in enumerate(found))


@pytest.mark.parametrize(
    ("verb", "stdin", "code", "said"),
    [
        ("neighbors", "", 3, "stdin holds no word"),
        ("neighbors", b"\xff\xfeab", 3, "UTF-16"),
        ("neighbors", b"woman\nm\xe4n\n", 3, "stdin:2: byte 2 of the line is 0xe4"),
        ("analogy", "man king", 3, "2 words on a line; an analogy has three"),
        ("odd", "man king", 3, "2 words on a line; the odd one out needs three"),
        ("similarity", "man\n", 3, "'man' is no pair"),
        ("similarity", "# remark\n", 3, "stdin holds no pair"),
    ],
)
def test_bad_stdin(verb, stdin, code, said, piped):
    result = piped(verb, "vec.txt", "-", stdin=stdin)
    assert result.code == code
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_a_huge_line(piped):
    result = piped("neighbors", "vec.txt", "-", "--jsonl", stdin="x" * 1_000_000 + "\nman\n")
    assert result.code == 0
    assert [("error" in i) for i in items(result)] == [True, False]


def test_analogies(embed, piped):
    result = embed("analogy", "vec.txt", "man", "king", "woman", "--top", "1")
    assert result.code == 0, result.stderr
    assert result.stdout.splitlines()[1].split("\t")[:2] == ["man king woman", "queen"]
    doc = embed("analogy", "vec.txt", "man", "king", "woman", "--method", "3cosmul", "--json").json()
    assert (doc["method"], doc["items"][0]["answers"][0]["word"]) == ("3cosmul", "queen")
    assert not {"man", "king", "woman"} & {a["word"] for a in doc["items"][0]["answers"]}
    kept = embed("analogy", "vec.txt", "man", "king", "woman", "--keep-inputs", "--json").json()["items"][0]["answers"]
    assert "woman" in {a["word"] for a in kept}
    result = piped("analogy", "vec.txt", "--jsonl", stdin="man king woman\nman king nosuch\na b\n")
    assert result.code == 0
    first, second, third = items(result)
    assert first["answers"][0]["word"] == "queen"
    assert second["error"]["message"] == "'nosuch' is not among the 6 words"
    assert "an analogy has three" in third["error"]["message"]


def test_the_odd_one(embed, piped):
    result = embed("odd", "vec.txt", "woman", "girl", "queen", "frog")
    lines = [line.split("\t") for line in result.stdout.splitlines()]
    assert lines[0] == ["words", "word", "cosine to the mean", "odd"]
    assert [line[1] for line in lines[1:] if line[3] == "yes"] == ["frog"]
    result = embed("odd", "vec.txt", "woman", "girl", "nosuch", "frog")
    assert result.code == 0
    assert "left out: 'nosuch' is not among the 6 words" in result.stderr
    doc = embed("odd", "vec.txt", "woman", "girl", "nosuch", "frog", "--json").json()
    assert (doc["items"][0]["odd"], doc["items"][0]["left_out"]) == ("frog", ["nosuch"])
    assert embed("odd", "vec.txt", "woman", "girl", "nosuch").code == 3
    assert [i["odd"] for i in items(piped("odd", "vec.txt", "--jsonl", stdin="woman girl frog\nman king frog"))] == [
        "frog",
        "frog",
    ]


def test_the_odd_one_of_what_cancels(run_inprocess, tmp_path):
    table = WordVectors(list("abcd"), np.array([[1, 0], [-1, 0], [0, 1], [0, -1]], np.float32))
    vector_files.write(str(tmp_path / "v.txt"), table)
    result = run_inprocess("embed", "odd", "v.txt", *"abcd")
    assert result.code == 3
    assert "cancel each other" in result.stderr


def test_similarity_of_words(embed):
    assert embed("similarity", "vec.txt", "man", "king").stdout == "first\tsecond\tcosine\nman\tking\t0.7071\n"
    doc = embed("similarity", "vec.txt", "man", "king", "queen", "--json").json()
    assert [(i["first"], i["second"]) for i in doc["items"]] == [("man", "king"), ("man", "queen"), ("king", "queen")]
    assert [i["cosine"] for i in doc["items"]] == pytest.approx([1 / np.sqrt(2), 0, 0.5])


def test_similarity_of_pairs_in_a_file(embed, piped, tmp_path):
    (tmp_path / "pairs.tsv").write_text("# words\nman\tking\t7\nman nosuch\nman\nking,queen\n")
    result = embed("similarity", "vec.txt", "--pairs", "pairs.tsv", "--jsonl")
    assert result.code == 0
    found = items(result)
    assert [i["input"] for i in found] == ["man king", "man nosuch", "man", "king queen"]
    assert [round(i["cosine"], 4) for i in found if "cosine" in i] == [0.7071, 0.5]
    assert items(piped("similarity", "vec.txt", "--pairs", "-", "--jsonl", stdin="man king\n"))[0]["cosine"]


def test_similarity_of_files(embed, piped, tmp_path):
    (tmp_path / "a.txt").write_text("Man man king\nx\n")
    (tmp_path / "b.txt").write_text("king\n")
    result = embed("similarity", "vec.txt", "--files", "a.txt", "b.txt", "--lower", "--json")
    doc = result.json()
    mean = np.array([3, 1]) / 3
    assert doc["items"][0]["cosine"] == pytest.approx(mean @ [1, 1] / np.linalg.norm(mean) / np.sqrt(2))
    assert doc["texts"] == [{"file": "a.txt", "words": 4, "known": 3}, {"file": "b.txt", "words": 1, "known": 1}]
    assert "a.txt: 3 of 4 words are known" in result.stderr
    unlike = embed("similarity", "vec.txt", "--files", "a.txt", "b.txt", "--json").json()
    assert unlike["texts"][0]["known"] == 2
    assert piped("similarity", "vec.txt", "--files", "-", "b.txt", stdin="man\n").code == 0
    result = piped("similarity", "vec.txt", "--files", "-", "b.txt", stdin="x y\n")
    assert result.code == 3
    assert "stdin: none of its 2 words has a vector" in result.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("analogy", "vec.txt", "man", "king"), "three words"),
        (("odd", "vec.txt", "man", "king"), "three words or more; 2 are given"),
        (("similarity", "vec.txt", "man"), "two words or more"),
        (("similarity", "vec.txt", "man", "king", "--pairs", "x"), "not both"),
        (("similarity", "vec.txt", "--files", "a"), "two texts or more; 1 are given"),
        (("similarity", "vec.txt", "--files", "a", "b", "--pairs", "x"), "give one of them"),
        (("similarity", "vec.txt", "--files", "-", "-"), "named twice"),
        (("neighbors", "vec.txt", "man", "-"), "goes with no other word"),
        (("neighbors", "-", "-"), "cannot both come on stdin"),
        (("neighbors", "vec.txt", "man", "--top", "0"), "top"),
        (("neighbors", "vec.txt", "man", "--set", "tpo=3"), "unknown key; nearest: top"),
        (("analogy", "vec.txt", "man", "king", "woman", "--method", "3cosmull"), "3cosmul"),
    ],
)
def test_wrong_words(words, said, embed):
    result = embed(*words)
    assert (result.code, result.stdout) == (2, "")
    assert said in result.stderr


def test_nobody_says_a_word(embed, monkeypatch):
    held = stdin_of("")
    monkeypatch.setattr(held, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdin", held)
    result = embed("neighbors", "vec.txt")
    assert result.code == 2
    assert "which words?" in result.stderr


def test_missing_and_broken_vectors(embed, tmp_path):
    assert embed("neighbors", "nosuch.txt", "man").code == 6
    (tmp_path / "empty.txt").write_text("")
    result = embed("neighbors", "empty.txt", "man")
    assert result.code == 6
    assert "Traceback" not in result.stderr


def test_a_vector_of_zeros_has_no_neighbors_and_is_none(run_inprocess, tmp_path):
    table = WordVectors(["a", "b", "zero"], np.array([[1, 0], [1, 1], [0, 0]], np.float32))
    vector_files.write(str(tmp_path / "v.txt"), table)
    result = run_inprocess("embed", "neighbors", "v.txt", "a")
    assert [line.split("\t")[1] for line in result.stdout.splitlines()[1:]] == ["b"]
    assert result.stderr.count("1 vectors are zero and so have no direction") == 1
    result = run_inprocess("embed", "similarity", "v.txt", "a", "zero")
    assert result.code == 3
    assert "the vector of 'zero' is zero, so nothing is near to it" in result.stderr


def test_one_word_has_no_neighbor(run_inprocess, tmp_path):
    vector_files.write(str(tmp_path / "v.txt"), WordVectors(["a"], np.ones((1, 3), np.float32)))
    result = run_inprocess("embed", "neighbors", "v.txt", "a", "--json")
    assert (result.code, result.json()["items"]) == (0, [{"input": "a", "neighbors": []}])


def test_a_recipe_says_how_many(embed, tmp_path):
    (tmp_path / "two.yaml").write_text("top: 2\n")
    assert len(embed("neighbors", "vec.txt", "man", "-r", "two.yaml").stdout.splitlines()) == 3
    assert len(embed("neighbors", "vec.txt", "man", "-r", "two.yaml", "--top", "1").stdout.splitlines()) == 2


def test_a_closed_pipe_ends_quietly(tmp_path, child_env):
    vector_files.write(str(tmp_path / "v.safetensors"), made())
    words = [sys.executable, "-m", "dlcli", "embed", "neighbors", "v.safetensors", "--jsonl"]
    names = "".join(f"{w}\n" for w in made().words) * 30
    with subprocess.Popen(
        words, cwd=tmp_path, env=child_env(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.close()
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(names.encode())
            process.stdin.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 141


def test_a_program_that_waits_for_each_answer_gets_it(tmp_path, child_env):
    vector_files.write(str(tmp_path / "vec.txt"), SMALL)
    words = [sys.executable, "-m", "dlcli", "embed", "neighbors", "vec.txt", "--jsonl"]
    with subprocess.Popen(
        words, cwd=tmp_path, env=child_env(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
    ) as process:
        for word in ("man", "frog", "queen"):
            process.stdin.write(f"{word}\n".encode())
            assert json.loads(process.stdout.readline())["input"] == word
        process.stdin.close()
        assert process.wait(60) == 0


def test_torch_is_not_imported(tmp_path, child_env):
    vector_files.write(str(tmp_path / "vec.txt"), SMALL)
    code = (
        "import sys; from dlcli.__main__ import run\n"
        "assert run(['embed', 'neighbors', 'vec.txt', 'man', '--json']) == 0\n"
        "assert run(['embed', 'encode', 'vec.txt', 'vec.txt', '--json']) == 0\n"
        "found = {'torch', 'gensim', 'sklearn', 'pandas', 'matplotlib'} & sys.modules.keys()\n"
        "assert not found, found"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=child_env(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
