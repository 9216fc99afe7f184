"""What a careless or hostile user does to ``dlcli embed``."""

import io
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from conftest import environment

from dlcli.__main__ import Interrupt

VECTORS = "3 2\ncat 1 0\ndog 1 1\nfrog 0 1\n"


@pytest.fixture
def embed(run_inprocess):
    Path("v.txt").write_text(VECTORS)
    Path("t.txt").write_text("the cat and the dog\n" * 3)
    Path("pairs").write_text("cat dog 5\ndog frog 2\ncat frog 1\n")
    return lambda *words: run_inprocess("embed", *words)


@pytest.mark.parametrize(
    "words",
    [
        "bpe trace -", "vectorize -", "cooccurrence -", "pairs -", "fit -", "neighbors v.txt", "analogy v.txt -",
        "similarity v.txt --pairs -", "encode v.txt", "encode v.txt t.txt --weighting tfidf --idf -",
        "evaluate v.txt --pairs -", "neighbors - cat", "stem", "matrix v.txt --words -", "project -",
        "stopwords --list --source -", "tag --train - -o m.json",
    ],
)  # fmt: skip
def test_stdin_holds_the_recipe_or_the_text(words, embed, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"schema: 1\n")))
    done = embed(*words.split(), "-r", "-")
    assert done.code == 2, done.stderr
    assert "stdin" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        "evaluate v.txt --pairs ./pairs -o v.txt", "evaluate v.txt --pairs ./pairs -o pairs",
        "tokenize t.txt -o o --vocab-out o", "tokenize t.txt -o o --stamp t.txt", "tokenize t.txt -o o --depfile t.txt",
        "tokenize t.txt -o o --stamp o", "stopwords --list --source ./pairs -o pairs",
        "vectorize x.vocabulary.json -o x.npz", "cooccurrence x.vocabulary.json -o x.npz",
        "tokenize t.txt -r own.yaml -o own.yaml", "fit t.txt --min-count 1 --events t.txt -o z.txt",
        "convert v.txt z.npz --stamp v.txt", "project v.txt -o z.csv --stamp v.txt",
    ],
)  # fmt: skip
def test_no_input_is_written_over(words, embed):
    Path("x.vocabulary.json").write_text("the cat sat\n" * 3)
    Path("own.yaml").write_text("schema: 1\n")
    before = {p: p.read_bytes() for p in Path().iterdir()}
    done = embed(*words.split())
    assert done.code == 2, done.stderr
    assert {p: p.read_bytes() for p in Path().iterdir()} == before


def test_no_folder_is_left_of_a_map_that_failed(embed):
    assert embed("project", "v.txt", "--near", "zebra", "-o", "map").code == 3
    assert not Path("map").exists()
    assert embed("project", "v.txt", "-o", "file/map").code == 3
    assert embed("project", "v.txt", "-o", "map", "-q").code == 0
    assert len(list(Path("map").iterdir())) == 3


def test_a_first_line_longer_than_what_is_looked_at(embed):
    rows = (f"{word} {' '.join([number] * 100_000)}\n" for word, number in (("cat", "0.12345678901"), ("dog", "-0.5")))
    Path("wide").write_text("".join(rows))
    done = embed("convert", "./wide", "wide.npz", "--json")
    assert '"dim": 100000' in done.stdout, done.stderr


@pytest.mark.parametrize(
    "words",
    [
        "tag t.txt --epochs 3", "tag --test ./pairs --format tab", "lemmatize t.txt --pos noun --tagger rules",
        "similarity v.txt cat dog --lower", "project v.txt --perplexity 5", "project v.txt --seed 4",
        "tokenize t.txt --unk FOO", "stopwords --list --invert", "bpe fit t.txt --set escape=false",
        "bpe decode t.txt --set merges=4", "bpe trace --set escape=false",
    ],
)  # fmt: skip
def test_no_option_is_accepted_and_ignored(words, embed):
    done = embed(*words.split())
    assert (done.code, done.stdout) == (2, ""), done.stderr


def test_a_matrix_is_not_written_over_by_its_own_vocabulary(embed):
    assert embed("vectorize", "t.txt", "-o", "x.npz").code == 0
    done = embed("vectorize", "t.txt", "-m", "x.npz", "-o", "x.npz")
    assert (done.code, "is a file that is read" in done.stderr) == (2, True)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
@pytest.mark.parametrize("words", ["cooccurrence", "pairs --negatives 2"])
def test_a_pipe_is_read_once_where_a_file_is_read_twice(words, embed):
    os.mkfifo("pipe")
    writer = threading.Thread(target=lambda: Path("pipe").write_text("the cat and the dog\n" * 3), daemon=True)
    writer.start()
    piped = embed(*words.split(), "./pipe")
    writer.join(5)
    assert piped.code == 0, piped.stderr
    assert piped.stdout == embed(*words.split(), "t.txt").stdout


def test_sigterm_leaves_no_half_file(tmp_path):
    words = [sys.executable, "-m", "dlcli", "embed", "tokenize", "-", "-o", "out.txt"]
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    done = subprocess.Popen(words, cwd=tmp_path, env=environment(), **pipes)
    done.stdin.write(b"the cat\n" * 1000)
    done.stdin.flush()
    until_s = time.monotonic() + 60
    while not list(tmp_path.glob(".out.txt.*")) and time.monotonic() < until_s:
        time.sleep(0.02)
    done.send_signal(signal.SIGTERM)
    out, err = done.communicate(timeout=60)
    assert (done.returncode, out, err) == (143, b"", b"")
    assert list(tmp_path.iterdir()) == []


def test_sigterm_is_told_from_an_interrupt():
    held = Interrupt()
    with pytest.raises(KeyboardInterrupt):
        held.terminate(signal.SIGTERM, None)
    assert (held.seen, held.code) == (True, 143)


def test_too_little_memory_is_no_bug(embed, monkeypatch):
    from dlcli.data import vectors

    def full(*_, **__):
        raise MemoryError

    monkeypatch.setattr(vectors, "read", full)
    done = embed("neighbors", "v.txt", "cat")
    assert (done.code, "not enough memory" in done.stderr) == (5, True)
