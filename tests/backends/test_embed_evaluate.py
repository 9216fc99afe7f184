"""`dlcli embed evaluate` as its users type it: the installed sets and others, figures, bounds, make."""

import json

import pytest
from word_toys import SMALL, keyed, lee

from dlcli.data import vectors as vector_files
from dlcli.data import word_questions

QUESTIONS = ": royal\nman king woman queen\nMAN KING WOMAN girl\n: gram1 forms\nman king nosuch queen\n"
PAIRS = "# judged\nman\tking\t7\nman\tfrog\t1\nwoman\tgirl\t9\nnosuch\tking\t3\n"


@pytest.fixture
def embed(run_inprocess, tmp_path):
    """Run ``dlcli embed evaluate`` in a folder with vectors, questions and pairs."""
    vector_files.write(str(tmp_path / "vec.txt"), SMALL)
    (tmp_path / "q.txt").write_text(QUESTIONS)
    (tmp_path / "judged.tsv").write_text(PAIRS)
    return lambda *words: run_inprocess("embed", "evaluate", *words)


def test_the_installed_sets(run_inprocess, tmp_path):
    vectors = lee()
    vector_files.write(str(tmp_path / "lee.safetensors"), vectors)
    result = run_inprocess("embed", "evaluate", "lee.safetensors", "--json")
    assert (result.code, result.stderr) == (0, "")
    doc = result.json()
    theirs = keyed(vectors)
    score, sections = theirs.evaluate_word_analogies(word_questions.installed("analogies"))
    counts = [(s["section"], len(s["correct"]), len(s["correct"]) + len(s["incorrect"])) for s in sections[:-1]]
    assert [(s["section"], s["correct"], s["total"]) for s in doc["sections"]] == counts
    assert doc["metrics"]["analogies/accuracy"] == pytest.approx(score)
    assert [t["section"] for t in doc["totals"]] == ["semantic", "syntactic", "total"]
    assert sum(t["total"] + t["unknown"] for t in doc["totals"][:2]) == 19544
    for name, file in (("wordsim353", "wordsim353"), ("simlex999", "simlex999")):
        pearson, spearman, oov = theirs.evaluate_word_pairs(word_questions.installed(file))
        assert doc["metrics"][f"{name}/pearson"] == pytest.approx(pearson[0], rel=1e-4)
        assert doc["metrics"][f"{name}/spearman"] == pytest.approx(spearman[0], rel=1e-5)
        assert doc["metrics"][f"{name}/oov"] == pytest.approx(oov / 100)
    assert [(p["set"], p["pairs"]) for p in doc["pairs"]] == [("wordsim353", 353), ("simlex999", 999)]


def test_figures_of_files(embed):
    doc = embed("vec.txt", "--analogies", "q.txt", "--pairs", "judged.tsv", "--json").json()
    assert doc["metrics"] == {
        "analogies/accuracy": 0.5,
        "analogies/oov": pytest.approx(1 / 3),
        "analogies/semantic": 0.5,
        "analogies/syntactic": None,
        "analogies/royal": 0.5,
        "analogies/gram1_forms": None,
        "judged/pearson": pytest.approx(doc["pairs"][0]["pearson"]),
        "judged/spearman": pytest.approx(1),
        "judged/oov": 0.25,
    }
    assert doc["data"] == "q.txt judged.tsv"
    only = embed("vec.txt", "--pairs", "judged.tsv", "--json").json()
    assert (only["sections"], list(only["metrics"])) == ([], ["judged/pearson", "judged/spearman", "judged/oov"])
    assert embed("vec.txt", "--analogies", "q.txt", "--json").json()["pairs"] == []


def test_the_table(embed):
    lines = embed("vec.txt", "--analogies", "q.txt").stdout.splitlines()
    assert lines[0] == "section\taccuracy\tcorrect\ttotal\tunknown"
    assert lines[1:] == [
        "royal\t0.5000\t1\t2\t0",
        "gram1 forms\t\t0\t0\t1",
        "semantic\t0.5000\t1\t2\t0",
        "syntactic\t\t0\t0\t1",
        "total\t0.5000\t1\t2\t1",
    ]


@pytest.mark.parametrize(
    ("words", "correct", "total"),
    [
        (("--unknown", "wrong"), 1, 3),
        (("--case-sensitive",), 1, 1),
        (("--case-sensitive", "--unknown", "wrong"), 1, 3),
        (("--method", "3cosmul"), 1, 2),
        (("--restrict", "4"), 1, 1),
        (("--restrict", "null"), 1, 2),
        (("--set", "restrict=4"), 1, 1),
    ],
)
def test_every_option_has_an_effect(words, correct, total, embed):
    counts = embed("vec.txt", "--analogies", "q.txt", "--json", *words).json()["totals"][-1]
    assert (counts["correct"], counts["total"]) == (correct, total)


def test_pairs_in_other_writing(embed, tmp_path):
    (tmp_path / "a.csv").write_text("Word 1,Word 2,Human\nman,king,7\nman,frog,1\nwoman,girl,9\n")
    (tmp_path / "b.txt").write_text("man king 7\nman frog 1\nwoman girl 9\n")
    result = embed("vec.txt", "--pairs", "a.csv", "--pairs", "b.txt", "--pairs", "judged.tsv", "--json")
    metrics = result.json()["metrics"]
    assert metrics["a/pearson"] == metrics["b/pearson"] == metrics["judged/pearson"]
    assert "a.csv: 1 lines are no pair with a number and are left out" in result.stderr


def test_bounds(embed):
    assert embed("vec.txt", "--analogies", "q.txt", "--fail-under", "analogies/accuracy=0.5").code == 0
    result = embed("vec.txt", "--analogies", "q.txt", "--fail-under", "analogies/accuracy=0.6")
    assert result.code == 7
    assert "analogies/accuracy is 0.5000, below the bound 0.6" in result.stderr
    assert embed("vec.txt", "--pairs", "judged.tsv", "--fail-over", "judged/oov=0.2").code == 7
    result = embed("nosuch.txt", "--analogies", "q.txt", "--fail-under", "analogies/acuracy=0.6")
    assert result.code == 2  # before the vectors are looked at
    assert "nearest: analogies/accuracy" in result.stderr


def test_what_make_needs(embed, tmp_path):
    words = ("--analogies", "q.txt", "-o", "scores.json", "--stamp", "done", "--depfile", "done.d")
    assert embed("vec.txt", *words).code == 0
    assert (tmp_path / "done").read_text() == "vec.txt\n"
    assert (tmp_path / "done.d").read_text().startswith("done: vec.txt q.txt")
    doc = json.loads((tmp_path / "scores.json").read_text())
    assert (doc["metrics"]["analogies/accuracy"], doc["files"]) == (0.5, {"report": "scores.json"})
    (tmp_path / "done").unlink()
    assert embed("vec.txt", *words, "--fail-under", "analogies/accuracy=0.6").code == 7
    assert not (tmp_path / "done").exists()


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("man king woman queen\n", 3, "q.txt:1: analogy questions stand in sections"),
        (": s\nman king\n", 3, "q.txt has no analogy question"),
        ("", 3, "q.txt has no analogy question"),
        (": s\nx y z u\n", 3, "no question and no pair has all its words among the 6 words of vec.txt"),
        (b": s\nm\xe4n king woman queen\n", 3, "q.txt:2: byte 2 of the line is 0xe4"),
    ],
)
def test_bad_questions(text, code, said, embed, tmp_path):
    (tmp_path / "q.txt").write_bytes(text if isinstance(text, bytes) else text.encode())
    result = embed("vec.txt", "--analogies", "q.txt")
    assert (result.code, result.stdout) == (code, "")
    assert said in result.stderr


def test_lines_that_are_no_question_are_told(embed, tmp_path):
    (tmp_path / "q.txt").write_text(f"{QUESTIONS}man king\n\n")
    assert "q.txt: 2 lines are no four words and are left out" in embed("vec.txt", "--analogies", "q.txt").stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--analogies", "nosuch.txt"), 3, "cannot read nosuch.txt"),
        (("--pairs", "nosuch.tsv"), 3, "cannot read nosuch.tsv"),
        (("--pairs", "q.txt"), 3, "q.txt has no pair"),
        (("--pairs", "judged.tsv", "--pairs", "judged.tsv"), 2, "two files of --pairs have one name"),
        (("--pairs", "-", "--analogies", "-"), 2, "named twice"),
        (("--restrict", "0"), 2, "restrict"),
        (("--unknown", "skp"), 2, "skip"),
        (("--analogies", "q.txt", "-o", "nosuch/x.json"), 3, "nosuch is missing"),
        (("--analogies", "q.txt", "--depfile", "x.d"), 2, "a rule needs a target"),
    ],
)
def test_wrong_words(words, code, said, embed):
    result = embed("vec.txt", *words)
    assert (result.code, result.stdout) == (code, "")
    assert said in result.stderr


def test_a_file_called_analogies_cannot_hold_pairs(embed, tmp_path):
    (tmp_path / "analogies.tsv").write_text(PAIRS)
    assert "cannot be called analogies" in embed("vec.txt", "--pairs", "analogies.tsv").stderr


def test_without_gensims_sets(embed, monkeypatch):
    monkeypatch.setattr(word_questions, "installed", lambda name: None)
    result = embed("vec.txt")
    assert result.code == 4
    assert "--analogies FILE and --pairs FILE" in result.stderr
    assert embed("vec.txt", "--analogies", "q.txt").code == 0


def test_without_one_of_gensims_sets(embed, monkeypatch, tmp_path):
    monkeypatch.setattr(word_questions, "installed", lambda name: "judged.tsv" if name == "simlex999" else None)
    result = embed("vec.txt", "--json")
    assert (result.code, list(result.json()["metrics"])) == (
        0,
        ["simlex999/pearson", "simlex999/spearman", "simlex999/oov"],
    )
    assert "analogies is missing from the installed gensim" in result.stderr


def test_sections_of_one_name_keep_figures_apart(embed, tmp_path):
    (tmp_path / "q.txt").write_text(
        ": total\nman king woman queen\n: Total\nman king woman frog\n: oov\nman king woman queen\n"
    )
    metrics = embed("vec.txt", "--analogies", "q.txt", "--json").json()["metrics"]
    assert {k.partition("/")[2]: v for k, v in metrics.items()} == {
        "accuracy": pytest.approx(2 / 3), "oov": 0, "total": 1, "total_2": 0, "oov_2": 1,
    }  # fmt: skip
