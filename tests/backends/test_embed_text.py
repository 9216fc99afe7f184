"""`dlcli embed tokenize` and `dlcli embed bpe` as their users type them."""

import contextlib
import gzip
import io
import json
import os
import random
import subprocess
import sys

import gensim
import nltk
import pytest
import sentencepiece
from subword_nmt.learn_bpe import learn_bpe

from dlcli.data import nltk_data

LEE = os.path.join(os.path.dirname(gensim.__file__), "test", "test_data", "lee_background.cor")


@pytest.fixture
def write(tmp_path):
    def call(name, data):
        (tmp_path / name).write_bytes(data if isinstance(data, bytes) else data.encode())
        return tmp_path / name

    return call


@pytest.fixture(scope="module")
def codes(tmp_path_factory):
    """Return a file of 300 merges of the lee corpus."""
    from dlcli.methods.bpe import Trainer
    from dlcli.methods.bpe_apply import Codes
    from dlcli.ops.tokens import count

    with open(LEE, encoding="utf-8") as file:
        trainer = Trainer(count(line.split() for line in file))
    path = tmp_path_factory.mktemp("codes") / "codes"
    path.write_text(Codes(tuple(trainer.step().pair for _ in range(300))).text())
    return path


@pytest.fixture(scope="module")
def pieces_model(tmp_path_factory):
    """Return a tiny model of SentencePiece."""
    held = io.BytesIO()
    lines = ["the lowest of the low", "lower than low", "newest and widest"] * 20
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines), model_writer=held, vocab_size=60, hard_vocab_limit=False, minloglevel=3
    )
    path = tmp_path_factory.mktemp("pieces") / "tiny.model"
    path.write_bytes(held.getvalue())
    return path


# Tokenize.


def test_a_line_for_a_line_apart_by_single_spaces(run_inprocess, write):
    write("a.txt", "He said: don't  go.\n\nOK?\r\nlast")
    result = run_inprocess("embed", "tokenize", "a.txt")
    assert (result.code, result.stdout, result.stderr) == (0, "He said : do n't go .\n\nOK ?\nlast\n", "")
    assert run_inprocess("embed", "tokenize", "a.txt", "--by", "whitespace", "--lower").stdout.startswith("he said: ")
    assert run_inprocess("embed", "tokenize", "a.txt", "--by", "char").stdout.splitlines()[2:] == ["O K ?", "l a s t"]
    assert "H e ▁ s a i d : ▁ d o n ' t ▁ ▁ g o ." in run_inprocess("embed", "tokenize", "a.txt", "--by", "char").stdout


def test_recipe_set_and_options_say_the_same(run_inprocess, write):
    write("a.txt", "A b A\n")
    write("r.yaml", "by: whitespace\nlower: true\nmin_count: 2\nunk: '?'\n")
    for words in (
        ["-r", "r.yaml"],
        ["--set", "by=whitespace", "--set", "lower=true", "--set", "min_count=2", "--set", "unk=?"],
        ["--by", "whitespace", "--lower", "--min-count", 2, "--unk", "?"],
        ["-r", "r.yaml", "--set", "lower=false", "--lower"],
    ):
        assert run_inprocess("embed", "tokenize", "a.txt", *words).stdout == "a ? a\n"


def test_text_from_stdin_is_answered_as_it_comes(tmp_path, child_env):
    with subprocess.Popen(
        [sys.executable, "-m", "dlcli", "embed", "tokenize"],
        cwd=tmp_path, env=child_env(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        for line, answer in ((b"One, two.\n", b"One , two .\n"), (b"Three\n", b"Three\n")):
            process.stdin.write(line)
            process.stdin.flush()
            assert process.stdout.readline() == answer
        process.stdin.close()
        assert process.wait(60) == 0


def test_a_reader_that_leaves_is_no_failure(tmp_path, child_env):
    line = f'"{sys.executable}" -m dlcli embed tokenize lee lee lee lee | head -1; echo ${{PIPESTATUS[0]}}'
    done = subprocess.run(
        ["bash", "-c", line], cwd=tmp_path, env=child_env(), capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines()[1] == "141"
    assert done.stderr == ""


def test_packed_files_several_files_and_a_mark(run_inprocess, write):
    write("a.gz", gzip.compress(b"one two"))
    write("b.txt", b"\xef\xbb\xbfthree\n")
    assert run_inprocess("embed", "tokenize", "a.gz", "b.txt").stdout == "one two\nthree\n"


def test_rare_tokens_are_replaced_and_their_share_is_said(run_inprocess, write, tmp_path):
    write("a.txt", "a b a\nc a b\n")
    result = run_inprocess("embed", "tokenize", "a.txt", "--min-count", 2, "--vocab-out", "v")
    assert result.stdout == "a b a\n<UNK> a b\n"
    assert result.stderr == "1 of 6 tokens (16.67%) are unknown and written <UNK>; vocabulary: 2\n"
    assert (tmp_path / "v").read_text() == "a 3\nb 2\n"
    doc = run_inprocess("embed", "tokenize", "a.txt", "--min-count", 2, "--json", "-q").json()
    assert (doc["lines"], doc["tokens"], doc["unknown"], doc["distinct"]) == (2, 6, 1, 3)
    assert doc["metrics"] == {"unknown_share": pytest.approx(1 / 6)}
    assert doc["items"][1] == {"input": "a.txt", "line": 2, "text": "c a b", "tokens": ["<UNK>", "a", "b"]}


def test_two_passes_over_stdin_and_pipes(dlcli, tmp_path, child_env, write):
    result = dlcli("embed", "tokenize", "--min-count", 2, "-q", stdin="a b a\n" * 3 + "c\n")
    assert (result.code, result.stdout) == (0, "a b a\n" * 3 + "<UNK>\n")
    line = f'"{sys.executable}" -m dlcli embed tokenize <(echo x y x) --min-count 2 -q'
    done = subprocess.run(
        ["bash", "-c", line], cwd=tmp_path, env=child_env(), capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("x <UNK> x\n", "")


def test_a_vocabulary_from_elsewhere(run_inprocess, write):
    write("v", "a 3\nb\t1\nlow\n")
    write("a.txt", "a b c low\n")
    result = run_inprocess("embed", "tokenize", "a.txt", "--vocab-in", "v", "--unk", "?")
    assert result.stdout == "a b ? low\n"
    assert (
        run_inprocess("embed", "tokenize", "a.txt", "--vocab-in", "v", "--min-count", 2).stdout == "a <UNK> <UNK> low\n"
    )
    write("v", "")
    assert run_inprocess("embed", "tokenize", "a.txt", "--vocab-in", "v").code == 3
    result = run_inprocess("embed", "tokenize", "a.txt", "--vocab-in", "gone")
    assert (result.code, "cannot read gone" in result.stderr) == (3, True)
    for option in ("--vocab-out", "-o"):
        result = run_inprocess("embed", "tokenize", "a.txt", option, "a.txt")
        assert (result.code, "is a file that is read" in result.stderr) == (2, True)


def test_items_and_files(run_inprocess, write, tmp_path):
    write("a.txt", "a b\n\nc\n")
    lines = run_inprocess("embed", "tokenize", "a.txt", "--jsonl").stdout.splitlines()
    assert [json.loads(line)["tokens"] for line in lines] == [["a", "b"], [], ["c"]]
    result = run_inprocess("embed", "tokenize", "a.txt", "-o", "t.jsonl")
    assert (result.stdout, result.stderr) == ("", "written: t.jsonl\n")
    assert (tmp_path / "t.jsonl").read_text().splitlines() == lines
    doc = run_inprocess(
        "embed", "tokenize", "a.txt", "-o", "t.txt", "--json", "--stamp", "s", "--depfile", "s.d"
    ).json()
    assert (doc["files"], doc["items"], doc["tokens"]) == ({"out": "t.txt"}, [], 3)
    assert (tmp_path / "t.txt").read_text() == "a b\n\nc\n"
    assert (tmp_path / "s.d").read_text().startswith("s: ")
    assert (tmp_path / "s").exists()


def test_broken_text_leaves_the_old_file_and_says_where(run_inprocess, write, tmp_path):
    write("a.txt", b"fine\nbro\xffken\n")
    write("t.txt", "old\n")
    result = run_inprocess("embed", "tokenize", "a.txt", "-o", "t.txt")
    assert (result.code, result.stdout) == (3, "")
    assert "a.txt:2: byte 4 of the line is 0xff" in result.stderr
    assert (tmp_path / "t.txt").read_text() == "old\n"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.txt", "t.txt"]
    assert run_inprocess("embed", "tokenize", "a.txt").stdout == "fine\n"
    assert run_inprocess("embed", "tokenize", "a.txt", "--min-count", 2).stdout == ""


def test_nothing_to_read_is_said(run_inprocess, write):
    write("a.txt", "")
    result = run_inprocess("embed", "tokenize", "a.txt")
    assert (result.code, result.stdout, result.stderr) == (0, "", "nothing to read: a.txt is empty\n")
    assert run_inprocess("embed", "tokenize", "a.txt", "--min-count", 5, "-q").code == 0


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["gone.txt"], 3, "cannot read gone.txt: No such file"),
        (["."], 3, "Is a directory"),
        (["a.txt", "--by", "wrd"], 2, "nearest: word"),
        (["a.txt", "--set", "mincount=2"], 2, "nearest: min_count"),
        (["a.txt", "--min-count", "0"], 2, "min_count"),
        (["a.txt", "--unk", "a b"], 2, "holds white space"),
        (["a.txt", "--by", "bpe"], 2, "--by bpe needs the codes"),
        (["a.txt", "-m", "a.txt"], 2, "--by word takes no model"),
        (["a.txt", "--wrapped"], 2, "wrapped goes with by=sentence"),
        (["a.txt", "--sentences", "rules"], 2, "sentences goes with by=sentence"),
        (["a.txt", "--by", "sentence", "--min-count", "2"], 2, "not of sentences"),
        (["a.txt", "--by", "sentence", "--vocab-out", "v"], 2, "not of sentences"),
        (["a.txt", "--by", "bpe", "-m", "gone"], 6, "cannot read gone"),
        (["a.txt", "--by", "sentencepiece", "-m", "a.txt"], 6, "a.txt is no model of SentencePiece"),
        (["a.txt", "--by", "sentencepiece", "-m", "empty"], 6, "empty is no model of SentencePiece"),
        (["a.txt", "-o", "gone/t.txt"], 3, "cannot write gone/t.txt"),
        (["a.txt", "-o", ""], 2, "names no file"),
        (["a.txt", "--depfile", "d"], 2, "a rule needs a target"),
    ],
)
def test_what_is_refused(words, code, said, run_inprocess, write):
    write("a.txt", "some text here\n")
    write("empty", b"")
    result = run_inprocess("embed", "tokenize", *words)
    assert (result.code, result.stdout) == (code, "")
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_sentences_by_rules_name_the_engine_and_what_is_better(run_inprocess, write, monkeypatch):
    monkeypatch.setattr(nltk.data, "path", [])
    write("a.txt", "Dr. Who left. He ran\n\nto. Us.\n")
    result = run_inprocess("embed", "tokenize", "a.txt", "--by", "sentence")
    assert result.stdout == "Dr. Who left.\nHe ran\nto.\nUs.\n"
    assert result.stderr.startswith("sentences: rules and a list of English abbreviations; NLTK's punkt_tab")
    result = run_inprocess("embed", "tokenize", "a.txt", "--by", "sentence", "--sentences", "rules", "--json")
    assert [i["tokens"] for i in result.json()["items"]] == [["Dr. Who left.", "He ran"], [], ["to.", "Us."]]
    assert result.stderr == "sentences: rules and a list of English abbreviations\n"
    result = run_inprocess("embed", "tokenize", "a.txt", "--by", "sentence", "--sentences", "punkt")
    assert (result.code, "punkt_tab is not installed" in result.stderr) == (4, True)


def test_wrapped_lines_are_paragraphs(run_inprocess, write):
    write("a.txt", "One sentence that\ngoes on. Two\n  ends here.\n\n\nThree.")
    write("b.txt", "Another file.")
    words = ("embed", "tokenize", "a.txt", "b.txt", "--by", "sentence", "--wrapped", "--sentences", "rules", "-q")
    found = run_inprocess(*words).stdout.splitlines()
    assert found == ["One sentence that goes on.", "Two ends here.", "Three.", "Another file."]
    items = [json.loads(line) for line in run_inprocess(*words, "--jsonl").stdout.splitlines()]
    assert [(i["input"], i["line"]) for i in items] == [("a.txt", 1), ("a.txt", 6), ("b.txt", 1)]


def test_punkt_is_used_when_its_data_is_there(run_inprocess, write, tmp_path, monkeypatch):
    folder = tmp_path / "data/tokenizers/punkt_tab/english"
    folder.mkdir(parents=True)
    for name in ("collocations.tab", "sent_starters.txt", "abbrev_types.txt", "ortho_context.tab"):
        (folder / name).write_text("abk" if name.startswith("abbrev") else "")
    monkeypatch.setattr(nltk.data, "path", [str(tmp_path / "data")])
    write("a.txt", "The abk. of it.  Second one.\n")
    result = run_inprocess("embed", "tokenize", "a.txt", "--by", "sentence")
    assert (result.code, result.stdout) == (0, "The abk. of it.\nSecond one.\n")
    assert result.stderr == f"sentences: NLTK's punkt_tab in {folder}\n"
    (folder / "abbrev_types.txt").unlink()
    result = run_inprocess("embed", "tokenize", "a.txt", "--by", "sentence")
    assert (result.code, f"NLTK's data in {folder} is broken" in result.stderr) == (3, True)
    assert run_inprocess("embed", "tokenize", "a.txt", "--by", "sentence", "--sentences", "rules").code == 0


def test_data_is_looked_for_where_nltk_does(monkeypatch, tmp_path):
    known = [str(path) for path in nltk.data.path]
    monkeypatch.delitem(sys.modules, "nltk")
    assert [path for path in known if path not in nltk_data.roots()] == []
    monkeypatch.setenv("NLTK_DATA", str(tmp_path))
    assert nltk_data.find("corpora/nosuch_corpus") is None
    (tmp_path / "corpora").mkdir()
    (tmp_path / "corpora/nosuch_corpus.zip").write_bytes(b"")
    assert nltk_data.find("corpora/nosuch_corpus") == str(tmp_path / "corpora/nosuch_corpus.zip")


def test_pieces_of_a_sentencepiece_model(run_inprocess, write, pieces_model):
    write("a.txt", "lowest of the new\n\nlow\r\n")
    result = run_inprocess("embed", "tokenize", "a.txt", "--by", "sentencepiece", "-m", pieces_model)
    reference = sentencepiece.SentencePieceProcessor(model_file=str(pieces_model))
    wanted = [" ".join(reference.encode(line, out_type=str)) for line in ("lowest of the new", "", "low")]
    assert result.stdout.split("\n") == [*wanted, ""]
    broken = pieces_model.read_bytes()[:100]
    write("b.model", broken)
    assert run_inprocess("embed", "tokenize", "a.txt", "--by", "sentencepiece", "-m", "b.model").code == 6


def test_pieces_of_merges(run_inprocess, write, codes):
    write("a.txt", "the lowest\tof  \\it\n")
    result = run_inprocess("embed", "tokenize", "a.txt", "--by", "bpe", "-m", codes)
    assert result.stdout == "the l@@ ow@@ est of \\@@ it\n"


# Byte pairs.


def test_fit_writes_what_subword_nmt_writes(run_inprocess, write, tmp_path):
    write("a.txt", "low low low low low lower lower newest newest newest newest newest newest widest widest widest\n")
    reference = io.StringIO()
    with (tmp_path / "a.txt").open() as file, contextlib.redirect_stderr(io.StringIO()):
        learn_bpe(file, reference, 4)
    result = run_inprocess("embed", "bpe", "fit", "a.txt", "--merges", 4, "-o", "codes")
    assert (result.code, result.stdout) == (0, "")
    assert (tmp_path / "codes").read_text() == reference.getvalue()
    assert run_inprocess("embed", "bpe", "fit", "a.txt", "--merges", 4).stdout == (tmp_path / "codes").read_text()
    counts = "low 5\nlower\t2\nnewest 6\n\nwidest 3\r\n"
    write("c.txt", counts)
    result = run_inprocess("embed", "bpe", "fit", "c.txt", "--counts", "--merges", 4)
    assert result.stdout == (tmp_path / "codes").read_text()
    doc = run_inprocess("embed", "bpe", "fit", "a.txt", "--merges", 2, "--json").json()
    assert (doc["words"], doc["distinct"], doc["merges"]) == (16, 4, 2)
    assert doc["items"][0] == {"merge": 1, "pair": ["s", "t</w>"], "count": 9}


def test_fewer_merges_than_asked_for_are_a_note(run_inprocess, write):
    write("a.txt", "ab ab\r\ncd\n")
    result = run_inprocess("embed", "bpe", "fit", "a.txt")
    assert (result.code, result.stdout) == (0, "#version: 0.2\na b</w>\n")
    assert "no pair occurs 2 times any more, so these are fewer than the 8,000 asked for" in result.stderr
    write("a.txt", "one\n")
    result = run_inprocess("embed", "bpe", "fit", "a.txt")
    assert (result.code, result.stdout) == (0, "#version: 0.2\n")


@pytest.mark.parametrize(
    ("data", "words", "code", "said"),
    [
        ("", [], 3, "there is no word in a.txt"),
        (" \n\n \r\n", [], 3, "there is no word in a.txt"),
        ("ok 1\nlow\n", ["--counts"], 3, "a.txt:2: 'low' is not a word and how often it occurs"),
        ("a b 1\n", ["--counts"], 3, "a.txt:1: 'a b 1'"),
        ("low -1\n", ["--counts"], 3, "a.txt:1: 'low -1'"),
        ("low 0\n", ["--counts"], 3, "a.txt:1: 'low 0'"),
        ("a\n", ["--merges", "0"], 2, "merges"),
        ("a\n", ["--end-of-word", "a b"], 2, "holds white space"),
        ("a\n", ["--set", "merge=3"], 2, "nearest: merges"),
        (b"\xff\xfea\0", [], 3, "a.txt is UTF-16"),
    ],
)
def test_what_fit_refuses(data, words, code, said, run_inprocess, write):
    write("a.txt", data)
    result = run_inprocess("embed", "bpe", "fit", "a.txt", *words)
    assert (result.code, result.stdout) == (code, "")
    assert said in result.stderr


def test_any_file_comes_back_byte_for_byte(run_inprocess, dlcli, tmp_path, codes):
    rng = random.Random(4)
    parts = [
        "the",
        "lowest",
        "@@",
        "\\",
        " ",
        "  ",
        "\n",
        "\n\n",
        "\r",
        "\r\n",
        "\0",
        "\u2028",
        "\x85",
        "\ufeff",
        "😀",
        "é",
    ]
    text = "\ufeff" + "".join(
        rng.choice(parts) if rng.random() < 0.9 else chr(rng.randrange(0xD800)) for _ in range(9000)
    )
    for name, held in {"a": text, "b": text + "\n", "c": "", "d": "\n", "e": "\ufeff", "f": " ", "g": "x@@"}.items():
        (tmp_path / f"{name}.txt").write_bytes(held.encode())
        assert run_inprocess("embed", "bpe", "encode", f"{name}.txt", "-m", codes, "-o", "e.out").code == 0
        assert run_inprocess("embed", "bpe", "decode", "e.out", "-o", "d.out", "-q").code == 0
        assert (tmp_path / "d.out").read_bytes() == held.encode()
        if name == "a":
            assert (tmp_path / "e.out").read_bytes().count(b"\n") == held.count("\n")
    piped = dlcli("embed", "bpe", "encode", "-m", codes, stdin=text.encode()).stdout
    assert dlcli("embed", "bpe", "decode", stdin=piped.encode(), env={"PYTHONIOENCODING": "ascii"}).stdout == text


def test_several_files_items_and_the_first_merges(run_inprocess, write, codes):
    write("a.txt", "the lowest")
    write("b.txt", "C:\\new\n")
    words = ("embed", "bpe", "encode", "a.txt", "b.txt", "-m", codes)
    assert run_inprocess(*words).stdout == "the l@@ ow@@ est\nC@@ :@@ \\\\@@ ne@@ w\n"
    assert run_inprocess(*words, "--no-escape").stdout == "the l@@ ow@@ est\nC@@ :@@ \\@@ ne@@ w\n"
    assert run_inprocess(*words, "--merges", 3).stdout.startswith("the l@@ o@@ w@@ e@@ s@@ t\n")
    items = [json.loads(line) for line in run_inprocess(*words, "--jsonl").stdout.splitlines()]
    assert items[0] == {"input": "a.txt", "line": 1, "tokens": ["the", "l@@", "ow@@", "est"]}
    write("p.txt", run_inprocess(*words).stdout)
    doc = run_inprocess("embed", "bpe", "decode", "p.txt", "--json").json()
    assert doc["lines"] == 2
    assert [i["text"] for i in doc["items"]] == ["the lowest", "C:\\new"]


def test_codes_that_are_missing_or_something_else(run_inprocess, write):
    write("a.txt", "text\n")
    write("bad", b"\xff\xff")
    write("bad2", "#version: 0.2\nthree words here\n")
    for name, said in (("gone", "cannot read gone"), ("bad", "not UTF-8"), ("bad2", "bad2:2: 'three words here'")):
        result = run_inprocess("embed", "bpe", "encode", "a.txt", "-m", name)
        assert (result.code, result.stdout) == (6, "")
        assert said in result.stderr
    assert "--model" in run_inprocess("embed", "bpe", "encode", "a.txt").stderr


def test_the_trace_of_the_course(run_inprocess):
    result = run_inprocess("embed", "bpe", "trace")
    assert result.code == 0
    rows = [line.split("\t") for line in result.stdout.splitlines()]
    assert rows[0] == ["merge", "pair", "new", "count", "words", "vocabulary"]
    assert [r[:4] for r in rows[1:4]] == [
        ["1", "u g", "ug", "20"],
        ["2", "u n", "un", "16"],
        ["3", "h ug", "hug", "15"],
    ]
    assert rows[1][4:] == ["h ug ×10, p ug ×5, h ug s ×5", "8"]
    assert rows[-1][-1] == "b g h n p s u ug un hug"
    doc = run_inprocess("embed", "bpe", "trace", "--merges", 100, "--json").json()
    assert len(doc["items"]) == 7
    assert doc["vocabulary"][:10] == [*"bghnpsu", "ug", "un", "hug"]


def test_the_trace_of_own_text(run_inprocess, write):
    write("a.txt", "low low lower, lowest\n")
    doc = run_inprocess("embed", "bpe", "trace", "a.txt", "--merges", 2, "--json").json()
    assert [(i["pair"], i["count"]) for i in doc["items"]] == [("l o", 4), ("w e", 2)]
    assert doc["items"][0]["words"] == ["lo w</w> ×2", "lo w e r ,</w> ×1", "lo w e s t</w> ×1"]
    assert run_inprocess("embed", "bpe", "trace", "lee", "-q").stdout.count("\n") == 14
    write("a.txt", "")
    assert run_inprocess("embed", "bpe", "trace", "a.txt").code == 3


def test_nothing_heavy_is_imported(tmp_path, child_env, codes):
    (tmp_path / "a.txt").write_text("Some text. More of it.\n")
    words = [
        ["tokenize", "a.txt"],
        ["tokenize", "a.txt", "--by", "sentence"],
        ["bpe", "encode", "a.txt", "-m", str(codes)],
    ]
    words += [["bpe", "trace"], ["bpe", "fit", "a.txt"]]
    code = f"import sys\nfrom dlcli.__main__ import run\nfor w in {words!r}:\n"
    code += "    assert run(['embed', *w, '-q']) == 0, w\n"
    code += "print([m for m in ('torch', 'numpy', 'nltk', 'gensim', 'sentencepiece', 'rich') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=child_env(), capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines()[-1] == "[]", done.stderr
