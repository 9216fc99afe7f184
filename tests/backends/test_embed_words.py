"""`dlcli embed stem`, `lemmatize` and `stopwords` as their users type them."""

import gzip
import json
import os
import subprocess
import sys

import pytest


@pytest.fixture
def nltk_data(tmp_path):
    """Return a folder that NLTK takes for its data: tiny, of our own making, in the formats it reads."""
    root = tmp_path / "nltk"
    tagger = root / "taggers/averaged_perceptron_tagger_eng"
    wordnet = root / "corpora/wordnet"
    for folder in (tagger, wordnet, root / "corpora/stopwords"):
        folder.mkdir(parents=True)
    for name, value in (("weights", {"bias": {"NN": 1.0}}), ("tagdict", {"the": "DT"}), ("classes", ["NN", "DT"])):
        (tagger / f"averaged_perceptron_tagger_eng.{name}.json").write_text(json.dumps(value))
    (root / "corpora/stopwords/english").write_text("the\nof\n")
    for part in ("noun", "verb", "adj", "adv"):
        for name in (f"index.{part}", f"data.{part}", f"{part}.exc"):
            (wordnet / name).write_text("")
    (wordnet / "index.sense").write_text("")
    (wordnet / "lexnames").write_text("00\tadj.all\t3\n")
    (wordnet / "index.noun").write_text("grok n 1 0 1 0 00000001  \n")
    (wordnet / "noun.exc").write_text("grokken grok\n")
    return {"NLTK_DATA": str(root)}


def given(run, words, text, tmp_path):
    (tmp_path / "in.txt").write_text(text)
    return run("embed", *words, "in.txt")


def test_w18_the_stems_of_the_course_and_the_engine(dlcli):
    result = dlcli("embed", "stem", stdin="caresses flies dies mules denied\n")
    assert (result.code, result.stdout) == (0, "caress fli die mule deni\n")
    assert result.stderr.startswith("engine: porter (NLTK ")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("verb", ["stem", "lemmatize", "stopwords", "tag"])
def test_a_line_in_is_a_line_out(verb, run_inprocess, tmp_path):
    text = "The cats sat. They slept.\n\n   \nEnd"
    result = given(run_inprocess, [verb, "-q"], text, tmp_path)
    assert (result.code, result.stderr) == (0, "")
    lines = result.stdout.split("\n")
    assert len(lines) == 5
    assert lines[1:3] == ["", ""]
    assert lines[4] == ""
    empty = given(run_inprocess, [verb, "-q"], "", tmp_path)
    assert (empty.code, empty.stdout) == (0, "")


@pytest.mark.parametrize("verb", ["stem", "lemmatize", "stopwords", "tag"])
def test_the_engine_is_named_in_json_too(verb, run_inprocess, tmp_path):
    result = given(run_inprocess, [verb, "--json"], "The cats\nsat\n", tmp_path)
    doc = result.json()
    assert (doc["command"], doc["data"], doc["lines"]) == (f"embed {verb}", "in.txt", 2)
    assert doc["engine"]
    assert f"engine: {doc['engine']}" in result.stderr
    assert [(i["input"], i["line"], i["engine"]) for i in doc["items"]] == [
        ("in.txt", 1, doc["engine"]),
        ("in.txt", 2, doc["engine"]),
    ]
    lines = given(run_inprocess, [verb, "--jsonl"], "The cats\nsat\n", tmp_path).stdout.splitlines()
    assert [json.loads(line) for line in lines] == doc["items"]


@pytest.mark.parametrize(
    ("words", "line", "expected"),
    [
        (["stem", "--algorithm", "snowball", "--language", "german"], "Häuser", "haus"),
        (["stem", "--algorithm", "lancaster"], "maximum", "maxim"),
        (["stem", "--by", "whitespace"], "cats, dogs", "cats, dog"),
        (["lemmatize", "--tagger", "rules"], "Mice were here. I can't stay.", "mouse be here . I can not stay ."),
        (["lemmatize", "--pos", "adj"], "better worse", "good bad"),
        (["lemmatize", "--pos", "verb"], "better left", "better leave"),
        (["stopwords"], "The cat isn't on the mat.", "cat mat ."),
        (["stopwords", "--invert"], "The cat isn't on the mat.", "The is n't on the"),
        (["stopwords", "--source", "gensim"], "He says various things", "says things"),
    ],
)  # fmt: skip
def test_what_is_printed(words, line, expected, run_inprocess, tmp_path):
    result = given(run_inprocess, [*words, "-q"], line + "\n", tmp_path)
    assert (result.code, result.stdout) == (0, expected + "\n")


def test_a_list_of_ones_own(run_inprocess, tmp_path):
    (tmp_path / "my.txt").write_text("Cat mat\nsat\n")
    result = given(run_inprocess, ["stopwords", "--source", "my.txt"], "the cat sat on a mat\n", tmp_path)
    assert (result.code, result.stdout) == (0, "the on a\n")
    assert result.stderr == "engine: my.txt, 3 words\n"
    (tmp_path / "none.txt").write_text("\n")
    result = run_inprocess("embed", "stopwords", "--list", "--source", "none.txt")
    assert (result.code, result.stdout) == (3, "")
    assert "none.txt has no words" in result.stderr


def test_the_list_itself(run_inprocess, tmp_path):
    result = run_inprocess("embed", "stopwords", "--list")
    assert result.code == 0
    words = result.stdout.split()
    assert len(words) == 318
    assert words == sorted(words)
    doc = run_inprocess("embed", "stopwords", "--list", "--source", "gensim", "--json").json()
    assert len(doc["items"]) == 337
    run_inprocess("embed", "stopwords", "--list", "-o", "list.txt", "--depfile", "list.d")
    assert (tmp_path / "list.txt").read_text().split() == words
    assert run_inprocess("embed", "stopwords", "--list", "lee").code == 2


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["stem", "--algorithm", "snowball", "--language", "germn"], 2, "'germn' is not allowed"),
        (["stem", "--algorithm", "snowball", "--language", "germn"], 2, "nearest: german"),
        (["stem", "--language", "german"], 2, "porter is for English only"),
        (["stem", "--algorithm", "porer"], 2, "nearest: porter"),
        (["stem", "--set", "algoritm=porter"], 2, "unknown key; nearest: algorithm"),
        (["stem", "nosuch.txt"], 3, "cannot read nosuch.txt: No such file"),
        (["stem", "leee"], 2, "nearest: lee"),
        (["stem", "-", "-"], 2, "named twice"),
        (["stem", "lee", "-o", "no/such.txt"], 3, "cannot write no/such.txt"),
        (["stem", "lee", "--depfile", "x.d"], 2, "a rule needs a target"),
        (["stopwords", "lee", "--source", "sklern"], 2, "no such list and no such file"),
        (["stopwords", "lee", "--source", "sklern"], 2, "nearest: sklearn"),
        (["lemmatize", "lee", "--engine", "wordnet"], 4, "python -m nltk.downloader wordnet gets it"),
        (["stopwords", "lee", "--source", "nltk"], 4, "python -m nltk.downloader stopwords gets it"),
        (["lemmatize", "lee", "--tagger", "nltk"], 4, "averaged_perceptron_tagger_eng gets it"),
        (["lemmatize", "--pos", "nuon", "lee"], 2, "nearest: noun"),
    ],
)
def test_what_is_refused(words, code, said, run_inprocess, monkeypatch, tmp_path):
    import nltk

    monkeypatch.setattr(nltk.data, "path", [str(tmp_path)])
    result = run_inprocess("embed", *words)
    assert (result.code, result.stdout) == (code, "")
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_broken_text_is_told_with_its_place(run_inprocess, tmp_path):
    (tmp_path / "bad.txt").write_bytes(b"good\nb\xffd\n")
    result = run_inprocess("embed", "stem", "bad.txt")
    assert (result.code, result.stdout) == (3, "good\n")
    assert "bad.txt:2: byte 2 of the line is 0xff, which is not UTF-8" in result.stderr
    (tmp_path / "ok.txt").write_text("cats\n")
    result = run_inprocess("embed", "stem", "bad.txt", "nosuch.txt", "ok.txt", "--jsonl")
    assert result.code == 0
    items = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(i["input"], i.get("error", {}).get("code")) for i in items] == [
        ("bad.txt", None), ("bad.txt", 3), ("nosuch.txt", 3), ("ok.txt", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "x" * 300_000,
        "“‘’” \u2028\u0085 \x0b",
        "a b'' \" c `` \"",
        "\ufeff",
        "\0 \x1b[31m",
        "日本語。テキスト",
        "é" * 500,
    ],
)
@pytest.mark.parametrize("verb", ["stem", "lemmatize", "stopwords", "tag"])
def test_hostile_lines(verb, text, run_inprocess, tmp_path):
    result = given(run_inprocess, [verb, "-q"], text + "\nend\n", tmp_path)
    assert result.code == 0, result.stderr
    assert result.stdout.count("\n") == 2


def test_text_that_is_packed_and_what_make_wants(run_inprocess, tmp_path):
    (tmp_path / "in.gz").write_bytes(gzip.compress(b"cats\n"))
    result = run_inprocess("embed", "stem", "in.gz", "-o", "out.txt", "--stamp", "s", "--depfile", "d", "--json")
    assert result.code == 0, result.stderr
    assert (tmp_path / "out.txt").read_text() == "cat\n"
    assert (tmp_path / "d").read_text().startswith("s: in.gz\n")
    assert (tmp_path / "s").exists()
    doc = result.json()
    assert (doc["files"], doc["items"], doc["lines"]) == ({"out": "out.txt"}, [], 1)
    assert run_inprocess("embed", "stem", "in.gz", "-o", "out.jsonl").code == 0
    assert json.loads((tmp_path / "out.jsonl").read_text())["stems"] == ["cat"]


def test_a_recipe_says_the_same_as_options(run_inprocess, tmp_path):
    (tmp_path / "r.yaml").write_text("algorithm: snowball\nlanguage: german\n")
    (tmp_path / "in.txt").write_text("Häuser\n")
    assert run_inprocess("embed", "stem", "in.txt", "-r", "r.yaml").stdout == "haus\n"
    options = ("--set", "language=english", "--algorithm", "lancaster")
    assert run_inprocess("embed", "stem", "in.txt", "-r", "r.yaml", *options).code == 0


def test_stdin_cannot_be_both_recipe_and_text(dlcli):
    result = dlcli("embed", "stem", "-r", "-", stdin="algorithm: lancaster\n")
    assert (result.code, result.stdout) == (2, "")
    assert "the recipe is read from stdin" in result.stderr


def test_data_of_nltk_is_used_where_it_was_asked_for_and_named(dlcli, nltk_data):
    result = dlcli("embed", "stopwords", "--source", "nltk", stdin="the end of it\n", env=nltk_data)
    assert (result.stdout, result.stderr) == ("end it\n", "engine: nltk, 2 words\n")
    words = ("embed", "lemmatize", "--by", "whitespace")
    result = dlcli(*words, stdin="the grokken mice blorfs\n", env=nltk_data)
    assert result.stdout == "the grok mouse blorf\n", result.stderr
    assert "WordNet for words it does not know" in result.stderr
    assert "parts of speech: nltk (averaged perceptron of NLTK" in result.stderr
    result = dlcli(*words, "--engine", "wordnet", stdin="the grokken blorfs\n", env=nltk_data)
    assert (result.code, result.stdout) == (0, "the grok blorfs\n")


def test_broken_data_of_nltk_is_told(dlcli, nltk_data, tmp_path):
    (tmp_path / "nltk/corpora/wordnet/lexnames").write_text("07\tnoun.Tops\t1\n")
    next((tmp_path / "nltk/taggers").rglob("*.classes.json")).write_text("{")
    for words, name in ((("lemmatize",), "wordnet"), (("tag",), "averaged_perceptron_tagger_eng")):
        result = dlcli("embed", *words, stdin="a\n", env=nltk_data)
        assert (result.code, result.stdout) == (4, "")
        assert f"NLTK's data '{name}' cannot be read" in result.stderr
        assert "Traceback" not in result.stderr


def test_a_reader_that_goes_away_ends_it_in_silence(child_env, tmp_path):
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "dlcli", "embed", "stem", "lee", "-q"]
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, env=child_env(), cwd=tmp_path, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


def test_none_of_them_imports_torch(child_env, tmp_path):
    (tmp_path / "in.txt").write_text("The cats sat.\n")
    code = "import sys\nfrom dlcli.__main__ import run\n"
    for verb in ("stem", "lemmatize", "stopwords", "tag"):
        code += f"assert run(['embed', '{verb}', 'in.txt', '-q']) == 0\n"
    code += "print('torch' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], env=child_env(), cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "False"
