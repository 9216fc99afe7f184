"""`dlcli embed tag`: text, a tagger of one's own, and its scores."""

import json
from pathlib import Path

import pytest

GOLD = Path(__file__).resolve().parent.parent / "methods/tagged.txt"
TOY = "The/DT cat/NN sat/VBD ./.\nA/DT dog/NN ran/VBD ./.\n"


@pytest.fixture
def toy(tmp_path, run_inprocess):
    (tmp_path / "toy.txt").write_text(TOY)
    result = run_inprocess("embed", "tag", "--train", "toy.txt", "-o", "m.json")
    assert (result.code, result.stdout) == (0, ""), result.stderr
    return result


def test_words_with_tags_or_a_word_a_line(dlcli):
    result = dlcli("embed", "tag", "--engine", "rules", stdin="The cat sat. It didn't move.\n")
    assert result.stdout == "The/DT cat/NN sat/VBD ./. It/PRP did/VBD n't/RB move/VB ./.\n"
    assert result.stderr == "engine: rules (dlcli's own, untrained)\n"
    result = dlcli("embed", "tag", "--format", "tab", "--engine", "rules", "-q", stdin="The cat\n\nsat\n")
    assert result.stdout == "The\tDT\ncat\tNN\n\n\nsat\tVBD\n\n"


def test_without_data_one_line_says_what_would_be_better(dlcli):
    result = dlcli("embed", "tag", stdin="The cat\n", env={"NLTK_DATA": "", "HOME": "/nonexistent"})
    assert result.code == 0
    if "rules" in result.stderr:  # no data of NLTK on this machine
        assert result.stderr.splitlines()[1:] == [
            "NLTK's trained tagger is used once its data is there: "
            "python -m nltk.downloader averaged_perceptron_tagger_eng gets it"
        ]


def test_the_rules_are_scored_on_hand_tagged_words(run_inprocess):
    words = ("embed", "tag", "--engine", "rules", "--test", GOLD, "--fail-under", "accuracy=0.85")
    doc = run_inprocess(*words, "--json").json()
    assert doc["metrics"]["accuracy"] >= 0.85
    assert doc["metrics"]["word_accuracy"] >= 0.85
    result = run_inprocess(*words, "--fail-over", "word_accuracy=0.5")
    assert result.code == 7
    assert result.stdout.startswith("metric\tvalue\tof\naccuracy\t")


def test_a_tagger_is_learned_the_same_each_time_and_used(toy, run_inprocess, tmp_path):
    assert "epoch 8/8: 100.00% tagged rightly on the way" in toy.stderr
    first = (tmp_path / "m.json").read_bytes()
    doc = run_inprocess(
        "embed", "tag", "--train", "toy.txt", "-o", "m.json", "--test", "toy.txt", "--json", "-q"
    ).json()
    assert (tmp_path / "m.json").read_bytes() == first
    assert doc["metrics"] == {"accuracy": 1.0, "word_accuracy": 1.0}
    assert doc["training"]["words"] == 8
    assert doc["files"] == {"model": "m.json"}
    (tmp_path / "in.txt").write_text("The dog sat.\n")
    result = run_inprocess("embed", "tag", "-m", "m.json", "in.txt")
    assert result.stdout == "The/DT dog/NN sat/VBD ./.\n"
    assert result.stderr == "engine: perceptron (m.json)\n"
    assert run_inprocess("embed", "tag", "-m", "m.json", "--test", "toy.txt", "-q").code == 0


def test_its_own_output_is_what_it_learns_from(run_inprocess, tmp_path):
    (tmp_path / "in.txt").write_text("The cat sat.\nIt cost 1/2 a euro.\n")
    for form in ("slash", "tab"):
        told = run_inprocess("embed", "tag", "in.txt", "--engine", "rules", "--format", form, "-o", "out.txt")
        assert told.code == 0
        doc = run_inprocess("embed", "tag", "--engine", "rules", "--test", "out.txt", "--json", "-q").json()
        assert doc["metrics"]["accuracy"] == 1.0


@pytest.mark.parametrize("content", [b"The/DT cat\n", b"ok/NN\nThe/DT /NN\n", b"cat/ x/Y\n", b"cat\t\n", b"a\tb\tc\n"])
def test_a_word_without_a_tag_is_told_with_its_place(content, run_inprocess, tmp_path):
    (tmp_path / "t.txt").write_bytes(content)
    result = run_inprocess("embed", "tag", "--train", "t.txt", "-o", "m.json")
    assert (result.code, result.stdout) == (3, "")
    line = 2 if content.startswith(b"ok") else 1
    assert f"t.txt:{line}: " in result.stderr
    assert "is no word with a tag" in result.stderr
    assert not (tmp_path / "m.json").exists()


@pytest.mark.parametrize("content", ["", "not JSON", "{}", '{"kind": "dlcli-tagger"}', "[" * 100_000, '{"a": 1e999}'])
def test_a_model_that_is_none(content, run_inprocess, tmp_path):
    (tmp_path / "m.json").write_text(content)
    result = run_inprocess("embed", "tag", "-m", "m.json", GOLD)
    assert (result.code, result.stdout) == (6, "")
    assert "m.json" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["-m", "nosuch.json", "lee"], 6, "cannot read the tagger nosuch.json"),
        (["-m", ".", "lee"], 6, "cannot read the tagger ."),
        (["--train", "toy.txt"], 2, "add -o model.json"),
        (["--train", "toy.txt", "-o", "-"], 2, "add -o model.json"),
        (["--train", "toy.txt", "-o", "no/m.json"], 3, "cannot write no/m.json"),
        (["--train", "toy.txt", "-o", "m.json", "lee"], 2, "with --train no text is tagged"),
        (["--train", "toy.txt", "-o", "m.json", "-m", "m.json"], 2, "a tagger is learned or read, not both"),
        (["--train", "toy.txt", "-o", "m.json", "--engine", "rules"], 2, "without a tagger of one's own"),
        (["--train", "toy.txt", "-o", "toy.txt"], 2, "toy.txt is a file that is read"),
        (["--train", "nosuch.txt", "-o", "m.json"], 3, "cannot read nosuch.txt"),
        (["--train", "empty.txt", "-o", "m.json"], 3, "empty.txt has no tagged words"),
        (["--train", "-", "--test", "-", "-o", "m.json"], 2, "stdin can be read once"),
        (["--test", "toy.txt", "-o", "m.json"], 2, "nothing is written"),
        (["lee", "--fail-under", "accuracy=1"], 2, "give --test FILE too"),
        (["--test", "toy.txt", "--fail-under", "acuracy=1"], 2, "nearest: accuracy"),
        (["--engine", "rule", "lee"], 2, "nearest: rules"),
        (["lee", "-o", "x.json"], 2, "only a tagger is written as .json"),
    ],
)
def test_what_is_refused(words, code, said, run_inprocess, tmp_path):
    (tmp_path / "toy.txt").write_text(TOY)
    (tmp_path / "empty.txt").write_text("\n \n")
    result = run_inprocess("embed", "tag", *words)
    assert (result.code, result.stdout) == (code, "")
    assert said in result.stderr
    assert not (tmp_path / "m.json").exists()


def test_json_lines_and_what_make_wants(toy, run_inprocess, tmp_path):
    (tmp_path / "in.txt").write_text("The cat sat.\n")
    words = ("embed", "tag", "in.txt", "-m", "m.json", "-o", "out.jsonl", "--depfile", "out.d")
    assert run_inprocess(*words).code == 0
    item = json.loads((tmp_path / "out.jsonl").read_text())
    assert item["tags"] == ["DT", "NN", "VBD", "."]
    assert (tmp_path / "out.d").read_text().startswith("out.jsonl: in.txt m.json\n")
    words = ("embed", "tag", "--train", "toy.txt", "-o", "n.json", "--depfile", "n.d", "--stamp", "n.s")
    assert run_inprocess(*words).code == 0
    assert (tmp_path / "n.d").read_text().startswith("n.s: toy.txt\n")
