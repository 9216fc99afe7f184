"""`dlcli embed project` as its users type it."""

import csv
import io
import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

WORDS = ["frog", "toad", "newt", "car", "bus", "train", "one", "two"]


@pytest.fixture
def vec(tmp_path):
    """Return a file of eight words in three groups of directions."""
    rng = np.random.default_rng(0)
    centers = np.repeat(np.eye(3, 5), [3, 3, 2], axis=0) * 3
    rows = centers + rng.normal(size=(8, 5)) * 0.3
    lines = [f"{w} {' '.join(f'{v:.4f}' for v in row)}\n" for w, row in zip(WORDS, rows, strict=True)]
    (tmp_path / "vec.txt").write_text(f"8 5\n{''.join(lines)}")
    (tmp_path / "kinds.tsv").write_text("frog\tanimal\ntoad\tanimal\ncar\tvehicle\nghost\tnone\n")
    return "vec.txt"


@pytest.fixture
def project(run_inprocess, vec):
    return lambda *words, file=vec: run_inprocess("embed", "project", file, *words)


def rows_of(text, delimiter="\t"):
    return list(csv.DictReader(io.StringIO(text), delimiter=delimiter))


def test_coordinates_are_printed(project):
    result = project()
    assert result.code == 0, result.stderr
    rows = rows_of(result.stdout)
    assert list(rows[0]) == ["word", "x", "y"]
    assert [r["word"] for r in rows] == WORDS
    doc = project("--json").json()
    assert (doc["command"], doc["model"], doc["method"]) == ("embed project", "vec.txt", "pca")
    assert [i["input"] for i in doc["items"]] == WORDS
    assert 0.5 < doc["metrics"]["variance_share"] <= 1
    lines = [json.loads(line) for line in project("--jsonl").stdout.splitlines()]
    assert lines == doc["items"]


def test_a_picture_a_page_a_table_or_all_three(project, tmp_path):
    result = project("-o", "map/", "--stamp", "s", "--depfile", "d")
    assert (result.code, result.stdout) == (0, "")
    assert {p.name for p in (tmp_path / "map").iterdir()} == {"map.png", "map.html", "map.csv"}
    assert Image.open(io.BytesIO((tmp_path / "map/map.png").read_bytes())).format == "PNG"
    assert "<canvas" in (tmp_path / "map/map.html").read_text()
    assert (tmp_path / "s").exists()
    assert (tmp_path / "d").read_text().startswith("s: vec.txt\n")
    doc = project("-o", "one.json", "--json", "-q").json()
    assert doc["files"] == {"json": "one.json"}
    assert json.loads((tmp_path / "one.json").read_text())["items"] == doc["items"]
    for name, delimiter in (("one.csv", ","), ("one.tsv", "\t"), ("map/map.csv", ",")):
        assert project("-o", name).code == 0
        rows = rows_of((tmp_path / name).read_text(), delimiter)
        assert [float(r["x"]) for r in rows] == [i["x"] for i in doc["items"]]
    assert project("-o", "map.png").code == 0
    assert project("-o", "map.png", "--depfile", "p.d").code == 0
    assert (tmp_path / "p.d").read_text().startswith("map.png: vec.txt\n")


def test_which_words_are_drawn(project, tmp_path):
    def words(*options):
        result = project("-q", *options)
        assert result.code == 0, result.stderr
        return [r["word"] for r in rows_of(result.stdout)]

    assert words("--top", "3") == WORDS[:3]
    assert words("--words", "bus,frog,bus, one") == ["bus", "frog", "one"]
    assert words("--near", "frog", "--top", "2")[0] == "frog"
    assert set(words("--near", "frog", "--top", "2")) == {"frog", "toad", "newt"}
    (tmp_path / "list.txt").write_text("car\nbus\tvehicle\n\nghost\n")
    assert words("--words", "list.txt") == ["car", "bus"]
    assert words("--groups", "kinds.tsv") == ["frog", "toad", "car"]
    assert len(words("--groups", "kinds.tsv", "--top", "8")) == 8


def test_groups_and_clusters_color_the_words(project):
    result = project("--groups", "kinds.tsv", "--json")
    assert "left out, as they are not among the 8 words of vec.txt: ghost" in result.stderr
    assert [i["group"] for i in result.json()["items"]] == ["animal", "animal", "vehicle"]
    doc = project("--groups", "kinds.tsv", "--words", "frog,bus", "--json").json()
    assert [i["group"] for i in doc["items"]] == ["animal", None]
    doc = project("--clusters", "3", "--json").json()
    groups = [i["group"] for i in doc["items"]]
    assert len(set(groups)) == 3
    assert len({*groups[:3]}) == len({*groups[3:6]}) == len({*groups[6:]}) == 1
    assert set(groups[6].split(", ")) == {"one", "two"}


def test_tsne_is_seeded_and_says_what_it_cut(project):
    first, again = project("--method", "tsne", "--json"), project("--method", "tsne", "--json", "--seed", "0")
    assert first.code == 0, first.stderr
    assert first.json()["items"] == again.json()["items"]
    assert "perplexity 30 is for more words; with 8 it is 2.33" in first.stderr
    assert first.json()["perplexity"] == pytest.approx(7 / 3)
    assert "perplexity" not in project("--method", "tsne", "--perplexity", "2", "--top", "8").stderr


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--words", "frgo,bus"], 3, "'frgo' is not among the 8 words of vec.txt"),
        (["--words", "frgo,bus"], 3, "spelled alike: frog"),
        (["--near", "Frog"], 3, "spelled alike: frog"),
        (["--words", "frog"], 3, "a map needs two words or more"),
        (["--words", ","], 3, "--words names no word"),
        (["--words", "frog,bus,car", "--method", "tsne"], 3, "t-SNE needs 4 words or more, and there are 3"),
        (["--words", "frog", "--near", "bus"], 2, "not both"),
        (["--words", "frog", "--top", "3"], 2, "top counts words that are not named"),
        (["--groups", "kinds.tsv", "--clusters", "2"], 2, "not both"),
        (["--groups", "nosuch.tsv"], 3, "cannot read nosuch.tsv"),
        (["--groups", "bad.tsv"], 3, "bad.tsv:2: 'toad animal' is no WORD<TAB>GROUP"),
        (["--groups", "kinds.tsv", "--words", "one,two"], 3, "no word of kinds.tsv is drawn"),
        (["--clusters", "9"], 2, "9 clusters of 8 words"),
        (["--clusters", "0"], 2, "clusters"),
        (["--perplexity", "0"], 2, "perplexity"),
        (["--method", "tnse"], 2, "nearest: tsne"),
        (["-o", "map.pdf"], 2, "the format is told by the ending"),
        (["-o", ""], 2, "names no file"),
        (["--groups", "kinds.tsv", "-o", "kinds.tsv"], 2, "kinds.tsv is a file that is read"),
        (["-o", "no/map.png"], 3, "cannot write no/map.png"),
        (["-o", "vec.txt/map"], 3, "cannot write"),
        (["--depfile", "d"], 2, "a rule needs a target"),
        (["--words", "-", "--groups", "-"], 2, "stdin can be read once"),
    ],
)
def test_what_is_refused(options, code, said, project, tmp_path):
    (tmp_path / "bad.tsv").write_text("frog\tanimal\ntoad animal\n")
    result = project(*options)
    assert (result.code, result.stdout) == (code, "")
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert {p.name for p in tmp_path.iterdir()} == {"vec.txt", "kinds.tsv", "bad.tsv"}


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        ("1 2\na 1 2\n", 3, "a map needs two words or more; of v.txt there is 1"),
        ("2 2\na 1 2\nb 1 2\n", 3, "the vectors of these 2 words are all the same; they make no map"),
        ("2 2\na 1 2\nb 2 4\n", 3, "are all the same but for their lengths"),
        ("2 2\na 0 0\nb 0 0\n", 3, "no word has a vector that can be drawn"),
        ("2 2\na 1 2\nb nan 4\n", 6, "v.txt:3"),
        ("", 6, "v.txt"),
    ],
)
def test_vectors_that_make_no_map(content, code, said, project, tmp_path):
    (tmp_path / "v.txt").write_text(content)
    result = project(file="v.txt")
    assert (result.code, result.stdout) == (code, "")
    assert said in result.stderr


def test_two_words_and_words_without_a_vector(project, tmp_path):
    (tmp_path / "v.txt").write_text("3 2\na 1 2\nb 0 0\nc 3 1\n")
    result = project(file="v.txt")
    assert result.code == 0
    assert "left out, as their vectors are zero or not numbers: b" in result.stderr
    assert "these vectors lie on one line" in result.stderr
    assert [r["word"] for r in rows_of(result.stdout)] == ["a", "c"]
    result = project("--words", "a,b,c", file="v.txt")
    assert (result.code, result.stdout) == (3, "")
    assert "'b' is without a vector" in result.stderr


def test_vectors_that_are_not_numbers_in_an_array_file(project, tmp_path):
    vectors = np.array([[1, 2], [np.nan, 1], [3, 1], [np.inf, 0]], np.float32)
    np.savez(tmp_path / "v.npz", words=np.array(["a", "b", "c", "d"]), vectors=vectors)
    result = project(file="v.npz")
    if result.code == 0:
        assert [r["word"] for r in rows_of(result.stdout)] == ["a", "c"]
        assert "not numbers: b, d" in result.stderr
    else:
        assert (result.code, result.stdout) == (6, "")


def test_the_lengths_may_be_kept(project, tmp_path):
    (tmp_path / "v.txt").write_text("3 1\na 1\nb 2\nc 6\n")
    rows = rows_of(project("--no-normalize", file="v.txt").stdout)
    assert [float(r["x"]) for r in rows] == [-2, -1, 3]


def test_what_the_picture_cannot_show_is_told(project, tmp_path):
    rng = np.random.default_rng(0)
    words = [f"{'日本' if k < 3 else 'word'}{k:03}" for k in range(400)]
    lines = [f"{w} {a:.4f} {b:.4f} {c:.4f}\n" for w, (a, b, c) in zip(words, rng.normal(size=(400, 3)), strict=True)]
    (tmp_path / "v.txt").write_text(f"400 3\n{''.join(lines)}")
    result = project("--top", "400", "-o", "m.png", file="v.txt")
    assert result.code == 0
    assert "of 400 words have room for their label" in result.stderr
    assert "the font has no sign for 日本" in result.stderr


def test_vectors_on_stdin_and_no_torch(vec, child_env, tmp_path):
    code = "import sys\nfrom dlcli.__main__ import run\ncode = run(['embed', 'project', '-', '-o', 'm.html', '-q'])\n"
    code += "print(code, 'torch' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], input=(tmp_path / vec).read_bytes(), env=child_env(), cwd=tmp_path,
        capture_output=True, check=True,
    )  # fmt: skip
    assert done.stdout.decode().splitlines()[-1] == "0 False"
    assert "frog" in (tmp_path / "m.html").read_text()


def test_a_recipe_says_the_same_as_options(project, tmp_path):
    (tmp_path / "r.yaml").write_text("words: frog,bus,one\nclusters: 3\n")
    assert project("-r", "r.yaml").stdout == project("--words", "frog,bus,one", "--clusters", "3").stdout
    result = project("-r", "r.yaml", "--set", "cluster=2")
    assert result.code == 2
    assert "unknown key; nearest: clusters" in result.stderr
