"""`dlcli embed vectorize`, `cooccurrence` and `pairs` as their users type them."""

import csv
import gzip
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from dlcli.backends import embed_corpus, embed_counts, embed_pairs
from dlcli.data import count_tables

FOLDER = Path(__file__).resolve().parent.parent / "schemas"
LINES = ["the cat sat on the mat", "a dog sat", "", "the dog and the cat"]
W14 = {
    ("I", "like", 2), ("I", "enjoy", 1), ("like", "deep", 1), ("like", "NLP", 1), ("enjoy", "flying", 1),
    ("deep", "learning", 1), ("learning", ".", 1), ("NLP", ".", 1), ("flying", ".", 1),
}  # fmt: skip
VERBS = ("vectorize", "cooccurrence", "pairs")


@pytest.fixture
def embed(run_inprocess, tmp_path):
    """Run `dlcli embed …` in a folder with a.txt."""
    (tmp_path / "a.txt").write_text("\n".join(LINES) + "\n")
    return lambda *words: run_inprocess("embed", *words)


def table(text):
    return list(csv.reader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE))


def valid(doc, kind):
    schema = json.loads((FOLDER / f"{kind}.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(doc)
    return doc


# Co-occurrence.


def test_without_text_the_courses_example_is_counted(embed):
    found = embed("cooccurrence")
    assert found.code == 0
    assert "example with window 1: I like deep learning . / I like NLP . / I enjoy flying ." in found.stderr
    rows = table(found.stdout)
    assert rows[0] == ["word", "neighbor", "count"]
    assert rows[1] == ["I", "like", "2"]
    assert {(a, b, int(n)) for a, b, n in rows[1:]} == W14


def test_the_example_takes_options_too(embed):
    assert "window 2" in embed("cooccurrence", "--window", "2").stderr
    assert "window 3" in embed("cooccurrence", "--set", "window=3").stderr
    assert len(table(embed("cooccurrence", "--top", "3").stdout)) == 4


def test_a_matrix_and_its_words(embed, tmp_path):
    found = embed("cooccurrence", "a.txt", "--window", "1", "--json", "-o", "c.npz")
    doc = valid(found.json(), "document")
    assert doc["files"] == {"matrix": "c.npz", "vocabulary": "c.vocabulary.json"}
    assert (doc["words"], doc["tokens"], doc["sentences"]) == (8, 14, 4)
    assert doc["nonzeros"] == 20
    matrix = sparse.load_npz(tmp_path / "c.npz")
    words = json.loads((tmp_path / "c.vocabulary.json").read_text())
    assert words["words"][:3] == ["the", "cat", "dog"]
    assert words["counts"] == [4, 2, 2, 2, 1, 1, 1, 1]
    index = {w: k for k, w in enumerate(words["words"])}
    assert matrix[index["the"], index["cat"]] == matrix[index["cat"], index["the"]] == 2
    assert (matrix != matrix.T).nnz == 0
    again = (tmp_path / "c.npz").read_bytes()
    embed("cooccurrence", "a.txt", "--window", "1", "-o", "c.npz")
    assert (tmp_path / "c.npz").read_bytes() == again


def test_text_and_dense_forms(embed, tmp_path):
    assert embed("cooccurrence", "a.txt", "--direction", "right", "-o", "c.tsv").code == 0
    rows = table((tmp_path / "c.tsv").read_text())
    assert rows[0] == ["word", "neighbor", "count"]
    assert ["mat", "cat", "1"] not in rows
    assert ["cat", "mat", "1"] in rows
    assert embed("cooccurrence", "a.txt", "--weighting", "ppmi", "-o", "c.csv").code == 0
    dense = list(csv.reader(io.StringIO((tmp_path / "c.csv").read_text())))
    assert dense[0] == ["", *[r[0] for r in dense[1:]]]
    values = np.array([r[1:] for r in dense[1:]], float)
    np.testing.assert_array_equal(values, values.T)


def test_weights_cap_and_weighting_have_an_effect(embed):
    def counted(*words):
        found = embed("cooccurrence", "a.txt", "--top", "0", *words)
        assert found.code == 0, found.stderr
        return {tuple(sorted(r[:2])): [float(v) for v in r[2:]] for r in table(found.stdout)[1:]}

    # the cat sat on the mat: distances 1 and 3; the dog and the cat: 1 and 4.
    assert counted("--window", "3")["cat", "the"] == [3]
    assert counted("--window", "3", "--ramp")["cat", "the"] == [3 + 1 + 3]
    assert counted("--window", "3", "--weights", "ramp")["cat", "the"] == [3 + 1 + 3]
    assert counted("--window", "3", "--weights", "inverse")["mat", "on"] == [0.5]
    assert counted("--window", "3", "--cap", "1.5")["cat", "the"] == [3, 1.5]
    assert counted("--window", "3", "--weighting", "log")["cat", "the"] == [3, 1.3863]
    plain, smooth = (counted("--weighting", "ppmi", "--set", f"smooth={p}") for p in (1, 0.75))
    assert plain != smooth


def test_dropped_words_keep_their_place_and_rare_ones_do_not(embed, tmp_path):
    (tmp_path / "b.txt").write_text("x of y\nx rare y\nof z x z y")
    near = embed("cooccurrence", "b.txt", "--window", "1", "--drop", "of", "--min-count", "2", "--jsonl")
    items = [valid(json.loads(line), "item") for line in near.stdout.splitlines()]
    assert {f"{i['word']} {i['neighbor']}": i["count"] for i in items} == {"x y": 1, "x z": 2, "z y": 1}


def test_the_list_of_stopwords_and_a_file_of_words(embed, tmp_path):
    (tmp_path / "own.txt").write_text("SAT mat\n")
    found = embed("cooccurrence", "a.txt", "--drop", "english", "--drop", "own.txt", "--top", "0")
    assert {w for r in table(found.stdout)[1:] for w in r[:2]} == {"cat", "dog"}
    assert embed_corpus.drop_list(["Foo"]) == {"foo"}


def test_files_packed_files_and_stdin_give_one_answer(embed, dlcli, tmp_path):
    (tmp_path / "a.gz").write_bytes(gzip.compress("\n".join(LINES).encode()))
    told = embed("cooccurrence", "a.txt", "--window", "2", "--min-count", "2").stdout
    assert embed("cooccurrence", "a.gz", "--window", "2", "--min-count", "2").stdout == told
    text = "\n".join(LINES)
    assert dlcli("embed", "cooccurrence", "--window", "2", "--min-count", "2", stdin=text).stdout == told
    assert dlcli("embed", "cooccurrence", "-", "--window", "2", "--min-count", "2", stdin=text).stdout == told


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--ramp", "--weights", "flat"], 2, "--ramp and --weights flat contradict each other"),
        (["--window", "0"], 2, "'0' is not allowed|greater than or equal to 1|at least 1"),
        (["--set", "windw=3"], 2, "nearest: window"),
        (["--set", "smooth=0.5"], 2, "changes weighting ppmi only, not raw"),
        (["--weighting", "pmi"], 2, "nearest: ppmi"),
        (["--cap", "0"], 2, "cap"),
        (["-o", "c.pkl"], 2, "allowed: .npz, .csv, .tsv"),
        (["-o", "c.npz", "--top", "3"], 2, "holds the whole table"),
        (["-o", "no/c.npz"], 3, "the folder no is missing"),
        (["--min-count", "50"], 3, "no word occurs 50 times; the most frequent of 8, 'the', does 4 times"),
        (["--drop", "no.txt"], 3, "cannot read no.txt"),
        (["--depfile", "x.d"], 2, "a rule needs a target"),
    ],
)
def test_what_cooccurrence_refuses(embed, words, code, message):
    import re

    found = embed("cooccurrence", "a.txt", *words)
    assert found.code == code
    assert re.search(message, found.stderr), found.stderr
    assert found.stdout == ""


def test_a_huge_dense_table_is_refused_before_it_is_counted(embed, monkeypatch):
    monkeypatch.setattr(count_tables, "MOST_CELLS", 60)
    monkeypatch.setattr(embed_counts.counts, "cooccurrence", None)
    found = embed("cooccurrence", "a.txt", "-o", "c.csv")
    assert found.code == 2
    assert "8 rows of 8 numbers are 64 cells, nearly all of them 0; a dense table may have 60" in found.stderr


def test_lines_of_single_words(embed, tmp_path):
    (tmp_path / "b.txt").write_text("a\nb\n")
    for verb in ("cooccurrence", "pairs"):
        found = embed(verb, "b.txt")
        assert found.code == 3
        assert "lines of several words" in found.stderr


# Pairs.


def test_without_text_the_pairs_of_the_courses_sentence(embed):
    found = embed("pairs")
    rows = table(found.stdout)
    assert rows[0] == ["center", "context"]
    told = "the,quick the,brown quick,the quick,brown quick,fox brown,the"
    assert [",".join(r) for r in rows[1:7]] == told.split()
    assert len(rows) == 31
    assert "the quick brown fox jumps over the lazy dog" in found.stderr


def test_cbow_has_a_line_a_word(embed):
    rows = table(embed("pairs", "a.txt", "--method", "cbow", "--window", "1").stdout)
    assert rows[1:3] == [["the", "cat"], ["cat", "the sat"]]
    items = [
        valid(json.loads(s), "item")
        for s in embed("pairs", "a.txt", "--method", "cbow", "--jsonl").stdout.split("\n")
        if s
    ]
    assert items[0] == {"input": "a.txt", "center": "the", "context": ["cat", "sat"]}


def test_negatives_are_drawn_by_the_power_of_their_share(embed, tmp_path):
    (tmp_path / "b.txt").write_text(" ".join(["a"] * 90 + ["b"] * 9 + ["c"]))
    found = embed("pairs", "b.txt", "--window", "1", "--negatives", "2", "--seed", "3")
    chances, drawn = found.stdout.split("\n\n")
    assert [r[:3] for r in table(chances)[1:]] == [
        ["a", "0.9000", "0.9240"],
        ["b", "0.0900", "0.1643"],
        ["c", "0.0100", "0.0316"],
    ]
    rows = table(drawn)
    assert rows[0] == ["center", "context", "negatives"]
    for _, context, negatives in rows[1:]:
        assert len(negatives.split()) == 2
        assert context not in negatives.split()
    assert embed("pairs", "b.txt", "--window", "1", "--negatives", "2", "--seed", "3").stdout == found.stdout
    assert embed("pairs", "b.txt", "--window", "1", "--negatives", "2", "--seed", "4").stdout != found.stdout
    doc = valid(embed("pairs", "b.txt", "--negatives", "1", "--ns-exponent", "0", "--json").json(), "document")
    assert [round(w["probability"], 4) for w in doc["words"]] == [0.3333] * 3
    assert doc["pairs"] == len(doc["items"]) == 2 * (99 + 98)


def test_negatives_of_cbow_avoid_the_word_itself(embed):
    rows = table(embed("pairs", "a.txt", "--method", "cbow", "--negatives", "6").stdout.split("\n\n")[1])
    assert all(center not in negatives.split() for center, _, negatives in rows[1:])


def test_pairs_of_stdin_with_negatives(dlcli):
    told = dlcli("embed", "pairs", "--negatives", "1", "--drop", "sat", stdin="the cat sat on the mat")
    assert told.code == 0, told.stderr
    rows = table(told.stdout.split("\n\n")[1])
    assert rows[1][:2] == ["the", "cat"]
    assert not any("sat" in cell.split() for r in rows for cell in r)


def test_a_long_line_is_answered_in_portions(embed, tmp_path, monkeypatch):
    (tmp_path / "b.txt").write_text(" ".join(map(str, range(500))))
    told = embed("pairs", "b.txt").stdout
    monkeypatch.setattr(embed_pairs, "PORTION", 7)
    assert embed("pairs", "b.txt").stdout == told
    assert embed("pairs", "b.txt", "-o", "p.tsv").code == 0
    assert (tmp_path / "p.tsv").read_text() == told


def test_pairs_come_while_text_comes(child_env, tmp_path):
    words = [sys.executable, "-m", "dlcli", "embed", "pairs"]
    process = subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=tmp_path, env=child_env(), text=True
    )
    process.stdin.write("a b\n")
    process.stdin.flush()
    assert [process.stdout.readline() for _ in range(3)] == ["center\tcontext\n", "a\tb\n", "b\ta\n"]
    process.stdin.close()
    assert process.wait(20) == 0
    process.stdout.close()


def test_a_closed_pipe(child_env, tmp_path):
    (tmp_path / "b.txt").write_text("a b c d e f\ng h i j\n" * 50_000)
    for verb in VERBS[::2]:
        process = subprocess.Popen(
            [sys.executable, "-m", "dlcli", "embed", verb, "b.txt", "-q"], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, cwd=tmp_path, env=child_env(),
        )  # fmt: skip
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) == 141
        process.stderr.close()


@pytest.mark.parametrize("words", [["--seed", "1"], ["--ns-exponent", "1"]])
def test_options_of_negatives_need_negatives(embed, words):
    found = embed("pairs", "a.txt", *words)
    assert found.code == 2
    assert "negatives is 0" in found.stderr


# Documents.


def test_the_courses_tfidf(embed, tmp_path):
    lines = [["get"] * 30 + ["cosine"] * 6 + ["x"] * 1964]
    lines += [["y", *(["get"] if k < 6000 else []), *(["cosine"] if k < 10 else [])] for k in range(1, 10000)]
    (tmp_path / "b.txt").write_text("\n".join(map(" ".join, lines)))
    rows = table(embed("vectorize", "b.txt").stdout)
    assert rows[0] == ["document", "word", "value"]
    assert {r[1]: round(float(r[2]), 4) for r in rows[1:3]} == {"cosine": 0.0207, "get": 0.0077}


@pytest.mark.parametrize(
    ("words", "theirs"),
    [
        (["--kind", "bow"], CountVectorizer()),
        (["--kind", "binary"], CountVectorizer(binary=True)),
        (["--tfidf", "sklearn"], TfidfVectorizer()),
        (["--tfidf", "sklearn", "--no-smooth", "--norm", "l1", "--sublinear"],
         TfidfVectorizer(smooth_idf=False, norm="l1", sublinear_tf=True)),
        (["--tfidf", "sklearn", "--ngrams", "1-2", "--drop", "english", "--min-df", "2"],
         TfidfVectorizer(ngram_range=(1, 2), stop_words="english", min_df=2)),
        (["--kind", "bow", "--max-df", "0.5"], CountVectorizer(max_df=0.5)),
    ],
)  # fmt: skip
def test_scikit_learns_own_tables_learnt_and_applied(embed, tmp_path, words, theirs):
    from dlcli.data import text

    lines = list(text.all_lines(["lee"]))[:60]
    (tmp_path / "train.txt").write_text("\n".join(lines[:40]))
    (tmp_path / "new.txt").write_text("\n".join(lines[40:]))
    found = embed("vectorize", "train.txt", "--by", "sklearn", "--lower", *words, "-o", "x.npz")
    assert found.code == 0, found.stderr
    told = theirs.fit_transform(lines[:40])
    held = json.loads((tmp_path / "x.vocabulary.json").read_text())
    assert held["words"] == theirs.get_feature_names_out().tolist()
    np.testing.assert_allclose(sparse.load_npz(tmp_path / "x.npz").toarray(), told.toarray(), rtol=0, atol=1e-12)
    assert embed("vectorize", "new.txt", "-m", "x.npz", "-o", "y.npz").code == 0
    told = theirs.transform(lines[40:])
    np.testing.assert_allclose(sparse.load_npz(tmp_path / "y.npz").toarray(), told.toarray(), rtol=0, atol=1e-12)


def test_the_three_forms_of_a_file_agree_with_what_is_printed(embed, tmp_path):
    printed = embed("vectorize", "a.txt").stdout
    for name in ("x.npz", "x.csv", "x.tsv"):
        assert embed("vectorize", "a.txt", "-o", name).code == 0
    assert (tmp_path / "x.tsv").read_text() == printed
    dense = list(csv.reader(io.StringIO((tmp_path / "x.csv").read_text())))
    words = json.loads((tmp_path / "x.vocabulary.json").read_text())["words"]
    assert dense[0] == ["document", *words]
    matrix = sparse.load_npz(tmp_path / "x.npz").toarray()
    np.testing.assert_array_equal(np.array(dense[1:], float)[:, 1:], matrix)
    for document, word, value in table(printed)[1:]:
        assert matrix[int(document) - 1, words.index(word)] == float(value)


def test_new_documents_are_treated_as_those_learnt_from(embed, dlcli, tmp_path):
    options = ("--lower", "--drop", "on", "--by", "sklearn", "--norm", "l2")
    assert embed("vectorize", "a.txt", *options, "-o", "x.npz").code == 0
    whole = embed("vectorize", "a.txt", *options).stdout
    for model in ("x.npz", "x.vocabulary.json"):
        assert embed("vectorize", "a.txt", "-m", model).stdout == whole
        assert dlcli("embed", "vectorize", "-m", model, stdin="\n".join(LINES)).stdout == whole
    one = dlcli("embed", "vectorize", "-m", "x.npz", "--jsonl", stdin="The the UNSEEN ON mat\n")
    item = valid(json.loads(one.stdout), "item")
    assert (item["input"], item["document"], set(item["values"])) == ("-", 1, {"the", "mat"})
    doc = valid(embed("vectorize", "a.txt", "-m", "x.npz", "--json").json(), "document")
    assert (doc["model"], doc["documents"], doc["items"][2]["values"]) == ("x.npz", 4, {})


def test_documents_of_files(embed, tmp_path):
    (tmp_path / "b.txt").write_text("cat\n\ncat dog")
    found = embed("vectorize", "a.txt", "b.txt", "--unit", "file", "--kind", "bow", "--jsonl", "--drop", "english")
    items = [json.loads(line) for line in found.stdout.splitlines()]
    assert items[1] == {"input": "b.txt", "document": 2, "values": {"cat": 2, "dog": 1}}
    assert len(items) == 2


def test_one_hot_has_a_row_a_token(embed, tmp_path):
    rows = table(embed("vectorize", "a.txt", "--kind", "onehot").stdout)
    assert rows[:3] == [["document", "token", "word", "column"], ["1", "1", "the", "7"], ["1", "2", "cat", "2"]]
    assert rows[7] == ["2", "1", "a", "0"]
    assert embed("vectorize", "a.txt", "--kind", "onehot", "--min-count", "2", "-o", "x.npz").code == 0
    matrix = sparse.load_npz(tmp_path / "x.npz").toarray()
    assert matrix.shape == (14, 4)
    assert matrix.sum(1).tolist() == [1, 1, 1, 0, 1, 0, 0, 1, 1, 1, 1, 0, 1, 1]
    item = json.loads(embed("vectorize", "a.txt", "-m", "x.npz", "--jsonl").stdout.splitlines()[1])
    assert item == {"input": "a.txt", "document": 2, "words": [None, "dog", "sat"], "columns": [None, 1, 2]}
    assert embed("vectorize", "a.txt", "--kind", "onehot", "-o", "x.csv").code == 0
    assert (tmp_path / "x.csv").read_text().splitlines()[1] == "1,1,0,0,0,0,0,0,0,1"


def test_signs_that_a_table_cannot_hold_are_spelled_out(embed, tmp_path):
    (tmp_path / "b.txt").write_bytes(b"a\tb\x1b\n")
    rows = table(embed("vectorize", "b.txt", "--by", "char", "--kind", "bow").stdout)
    assert [r[1] for r in rows[1:]] == ["\\x1b", "a", "b", "▁"]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--kind", "bw"], 2, "nearest: bow"),
        (["--ngrams", "2-1"], 2, "'2-1' ends before it begins"),
        (["--ngrams", "0"], 2, "ngrams"),
        (["--kind", "bow", "--sublinear"], 2, "changes kind tfidf only, not bow"),
        (["--no-smooth"], 2, "changes tfidf sklearn only"),
        (["--kind", "onehot", "--norm", "l2"], 2, "is not for kind onehot"),
        (["--min-df", "9"], 3, "none of the 8 terms of 4 documents is left by min_count 1, min_df 9"),
        (
            ["--drop", "english", "--drop", "cat", "--drop", "dog", "--drop", "sat", "--drop", "mat"],
            3,
            "no word in a.txt",
        ),
        (["-m", "no.npz"], 6, "cannot read no.vocabulary.json"),
        (["-m", "a.txt"], 6, "a.txt is not valid JSON"),
        (["-o", "x"], 2, "the format is told by the ending"),
    ],
)
def test_what_vectorize_refuses(embed, words, code, message):
    found = embed("vectorize", "a.txt", *words)
    assert found.code == code
    assert message in found.stderr
    assert found.stdout == ""


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "x"}, "is no vocabulary"),
        ({"made_by": "embed cooccurrence"}, "was made by dlcli embed cooccurrence"),
        ({"words": ["a", 3]}, "no list of words"),
        ({"words": ["a", "a"]}, "two columns"),
        ({"counts": [1]}, "counts is not a whole number for each word"),
        ({"documents_with": [99] * 8}, "more documents than there are"),
        ({"documents": 0}, "no number of documents"),
        ({"recipe": {"kind": "x"}}, "its recipe is none"),
        ({"recipe": None}, "its recipe is none"),
    ],
)
def test_a_broken_vocabulary(embed, tmp_path, change, message):
    assert embed("vectorize", "a.txt", "-o", "x.npz").code == 0
    path = tmp_path / "x.vocabulary.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    found = embed("vectorize", "a.txt", "-m", "x.npz")
    assert found.code == 6
    assert message in found.stderr


def test_a_vocabulary_decides_how_it_is_used(embed):
    assert embed("vectorize", "a.txt", "-o", "x.npz").code == 0
    found = embed("vectorize", "a.txt", "-m", "x.npz", "--kind", "bow")
    assert found.code == 2
    assert "--kind bow: how x.npz was learnt decides kind" in found.stderr


# All three.


@pytest.mark.parametrize("verb", VERBS)
def test_bad_text(embed, tmp_path, verb):
    (tmp_path / "b.txt").write_bytes(b"fine line\nbad \xff line\n")
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "closed.txt").write_text("a b")
    os.chmod(tmp_path / "closed.txt", 0)
    told = {"b.txt": "b.txt:2: byte 5 of the line is 0xff", "empty.txt": "empty.txt", "no.txt": "cannot read no.txt"}
    if os.geteuid():
        told["closed.txt"] = "cannot read closed.txt"
    for name, message in told.items():
        found = embed(verb, name)
        assert (found.code, message in found.stderr) == (3, True), found.stderr
    found = embed(verb, "nobuiltin")
    assert found.code == 2
    assert "no builtin corpus is called 'nobuiltin'" in found.stderr


@pytest.mark.parametrize("verb", VERBS)
def test_one_word_and_a_huge_line(embed, tmp_path, verb):
    (tmp_path / "b.txt").write_text("word " * 100_000)
    out = "b.tsv"
    assert embed(verb, "b.txt", "-o", out).code == 0
    assert (tmp_path / out).stat().st_size > 10


@pytest.mark.parametrize("verb", VERBS)
def test_a_text_is_not_written_over(embed, tmp_path, verb):
    (tmp_path / "a.tsv").write_text("a b c")
    found = embed(verb, "a.tsv", "-o", "a.tsv")
    assert found.code == 2
    assert "is a file that is read; it would be lost" in found.stderr
    assert (tmp_path / "a.tsv").read_text() == "a b c"


@pytest.mark.parametrize("verb", VERBS)
def test_what_make_needs(embed, tmp_path, verb):
    assert embed(verb, "a.txt", "-o", "x.tsv", "--stamp", "s", "--depfile", "x.d", "-q").stderr == ""
    assert (tmp_path / "x.d").read_text().startswith("s: a.txt")
    assert (tmp_path / "s").read_text() == "a.txt\n"


@pytest.mark.parametrize("verb", VERBS)
def test_a_recipe_and_a_document(embed, tmp_path, verb):
    (tmp_path / "r.yaml").write_text("schema: 1\nlower: true\n")
    doc = valid(embed(verb, "a.txt", "-r", "r.yaml", "--json").json(), "document")
    assert (doc["command"], doc["data"], doc["items"][0]["input"]) == (f"embed {verb}", "a.txt", "a.txt")
    found = embed(verb, "a.txt", "-r", "boost/xgboost")
    assert found.code == 2


def test_json_lines_in_a_file(embed, tmp_path):
    assert embed("pairs", "lee", "--window", "1", "-o", "p.jsonl").code == 0
    first = json.loads((tmp_path / "p.jsonl").read_text().splitlines()[0])
    assert first == {"input": "lee", "center": "Hundreds", "context": "of"}
    for verb in ("cooccurrence", "vectorize"):
        done = embed(verb, "lee", "-o", "x.npz", "--jsonl")
        assert (done.code, "with --out x.npz there are none" in done.stderr) == (2, True)
    assert not (tmp_path / "x.npz").exists()


def test_no_text_on_a_terminal_or_nothing_to_read(dlcli, embed):
    found = dlcli("embed", "vectorize", stdin="")
    assert found.code == 3
    assert "no word in stdin" in found.stderr
