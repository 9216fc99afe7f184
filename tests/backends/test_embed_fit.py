"""`dlcli embed fit` as its users type it: where vectors go, what is told, and how it fails."""

import gzip
import json
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import yaml

from dlcli.data import vectors

SMALL = ("--dim", "8", "--epochs", "2", "--threads", "1", "--min-count", "2")
LEARN = ("embed", "fit", "t.txt", *SMALL)


@pytest.fixture
def folder(tmp_path):
    """Return a folder with t.txt: 3,000 words in lines of ten, the rare ones many."""
    rng = np.random.default_rng(0)
    words = [f"w{n}" for n in np.minimum(rng.zipf(1.4, 3_000), 400)]
    (tmp_path / "t.txt").write_text("".join(" ".join(words[n : n + 10]) + "\n" for n in range(0, 3_000, 10)))
    return tmp_path


def files_of(folder):
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}


# Where the vectors go.


@pytest.mark.parametrize("name", ["v.txt", "v.vec", "v.bin", "v.npz", "v.safetensors", "v.txt.gz"])
def test_a_file_of_vectors_is_all_that_is_written(folder, run_inprocess, name):
    result = run_inprocess(*LEARN, "-o", name, "--json")
    assert result.code == 0, result.stderr
    assert files_of(folder) == {"t.txt", name}
    doc = result.json()
    assert doc["command"] == "embed fit"
    assert doc["files"] == {"vectors": name}
    assert (doc["method"], doc["engine"], doc["dim"], doc["words"]) == ("skipgram", "gensim", 8, 3_000)
    assert set(doc["metrics"]) == {"loss", "words_per_s", "vocabulary", "coverage", "peak_memory_mb"}
    found = vectors.read(name)
    assert (len(found), found.dim) == (doc["metrics"]["vocabulary"], 8)
    assert 0.5 < doc["metrics"]["coverage"] < 1
    assert found.words[0] == "w1"
    if name.endswith((".npz", ".safetensors")):
        assert found.counts.sum() == round(doc["metrics"]["coverage"] * 3_000)


def test_the_file_is_named_and_words_that_end_in_signs(folder, run_inprocess):
    (folder / "raw.txt").write_text("He came, he saw, he won.\nThen they sat, and he sat too.\n" * 20)
    words = ("embed", "fit", "raw.txt", "--method", "svd", "--dim", "2", "-o", "v.txt")
    result = run_inprocess(*words)
    assert result.code == 0, result.stderr
    assert "38.5% of the words end in a sign, such as" in result.stderr
    assert "--by word cuts signs off" in result.stderr
    assert result.stderr.endswith("written: v.txt\n")
    cut = run_inprocess(*words, "--by", "word").stderr
    assert "sign" not in cut


def test_a_run_has_everything(folder, run_inprocess):
    result = run_inprocess(*LEARN, "--json")
    assert result.code == 0, result.stderr
    assert "run: runs/embed/skipgram-1" in result.stderr
    run = folder / "runs/embed/skipgram-1"
    assert {p.name for p in run.iterdir()} == {
        *("recipe.yaml", "env.json", "metrics.jsonl", "report.json", "report.html", "log.txt", "model", "plots")
    }
    doc = json.loads((run / "report.json").read_text())
    assert doc == result.json()
    assert doc["model"] == "runs/embed/skipgram-1/model"
    held = yaml.safe_load((run / "model/bundle.yaml").read_text())
    assert (held["kind"], held["task"], held["model"]["name"]) == ("vectors", "embed", "skipgram")
    assert set(held["files"]) == {"vectors.safetensors"}
    assert len(vectors.read(str(run))) == len(vectors.read(str(run / "model"))) == doc["metrics"]["vocabulary"]
    epochs = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    assert [e["epoch"] for e in epochs] == [1, 2]
    assert epochs[-1]["train/loss"] == doc["metrics"]["loss"]
    page = (run / "report.html").read_text()
    assert "<svg" in page
    assert "Nearest neighbors" in page
    assert "src=" not in page.replace('src="data:', "")
    assert "epoch 2/2" in (run / "log.txt").read_text()
    again = run_inprocess("embed", "fit", "-r", run / "recipe.yaml", "-o", "again")
    assert again.code == 0, again.stderr
    assert (folder / "again/model/vectors.safetensors").read_bytes() == (run / "model/vectors.safetensors").read_bytes()
    assert run_inprocess("runs", "ls", "embed").code == 0
    assert run_inprocess("runs", "show", run).code == 0


def test_a_run_is_refused_or_moved_aside(folder, run_inprocess):
    assert run_inprocess(*LEARN, "-o", "run").code == 0
    refused = run_inprocess(*LEARN, "-o", "run")
    assert refused.code == 2
    assert "--out run holds another run" in refused.stderr
    assert "--resume" not in refused.stderr
    assert run_inprocess(*LEARN, "-o", "run", "--force").code == 0
    assert (folder / "run~1/recipe.yaml").exists()


def test_vectors_on_stdout(folder, run_inprocess, dlcli):
    result = dlcli(*LEARN, "-o", "-")
    assert result.code == 0, result.stderr
    lines = result.stdout.splitlines()
    count, dim = map(int, lines[0].split())
    assert (count, dim) == (len(lines) - 1, 8)
    refused = run_inprocess(*LEARN, "-o", "-", "--json")
    assert refused.code == 2
    assert "would both write on stdout" in refused.stderr


# Where the text comes from.


def test_stdin_packed_and_several_files_are_one_text(folder, run_inprocess, dlcli):
    whole = (folder / "t.txt").read_bytes()
    lines = whole.splitlines(keepends=True)
    (folder / "a.txt.gz").write_bytes(gzip.compress(b"".join(lines[:100])))
    (folder / "b.txt").write_bytes(b"".join(lines[100:]))
    assert run_inprocess(*LEARN, "-o", "one.bin").code == 0
    several = run_inprocess("embed", "fit", "a.txt.gz", "b.txt", *SMALL, "-o", "two.bin")
    assert several.code == 0, several.stderr
    assert "temporary file of 1" in several.stderr
    assert dlcli("embed", "fit", "-", *SMALL, "-o", "three.bin", stdin=whole).code == 0
    assert dlcli("embed", "fit", *SMALL, "-o", "four.bin", stdin=whole).code == 0
    assert dlcli("embed", "fit", "-r", "embed/skipgram", *SMALL, "-o", "five.bin", stdin=whole).code == 0
    one = (folder / "one.bin").read_bytes()
    assert all((folder / f"{name}.bin").read_bytes() == one for name in ("two", "three", "four"))
    assert len(vectors.read("five.bin")) == len(vectors.read("one.bin"))


def test_without_text_it_says_what_to_give(monkeypatch, run_inprocess):
    monkeypatch.setattr(sys, "stdin", None)
    result = run_inprocess("embed", "fit")
    assert result.code == 2
    assert "which text? give files, a builtin, or - for stdin" in result.stderr
    asked = run_inprocess("embed", "fit", "-r", "embed/svd")
    assert asked.code == 2
    assert "this recipe asks for data: text such as corpus.txt" in asked.stderr
    closed = run_inprocess("embed", "fit", "-")
    assert closed.code == 3
    assert "stdin is closed" in closed.stderr


def test_the_builtin_by_words_in_lower_case(run_inprocess):
    result = run_inprocess("embed", "fit", "lee", "--method", "svd", "--by", "word", "--lower", "--dim", "20", "--json",
                           "-o", "v.npz")  # fmt: skip
    assert result.code == 0, result.stderr
    found = vectors.read("v.npz")
    assert found.words[0] == "the"
    assert result.json()["metrics"].keys() == {"words_per_s", "vocabulary", "coverage", "peak_memory_mb"}


# The same seed, progress, checks, make.


def test_the_same_seed_gives_the_same_bytes_whatever_the_hashes(folder, dlcli, run_inprocess):
    made = []
    for hashes in ("1", "2"):
        result = dlcli(*LEARN, "--seed", "1", "-o", "v.txt", "-q", env={"PYTHONHASHSEED": hashes})
        assert result.code == 0, result.stderr
        made.append((folder / "v.txt").read_bytes())
    assert made[0] == made[1]
    assert run_inprocess(*LEARN, "--seed", "1", "-o", "v.txt").code == 0
    assert (folder / "v.txt").read_bytes() == made[0]
    assert run_inprocess(*LEARN, "--seed", "2", "-o", "v.txt").code == 0
    assert (folder / "v.txt").read_bytes() != made[0]


def test_more_threads_are_told_to_vary(folder, run_inprocess):
    more = run_inprocess(*LEARN[:-4], "--threads", "2", "-o", "v.txt")
    assert more.code == 0
    assert "the order they learn in varies" in more.stderr
    assert "varies" not in run_inprocess(*LEARN, "-o", "v.txt").stderr


def test_a_line_an_epoch_and_events(folder, run_inprocess):
    result = run_inprocess(*LEARN, "-o", "v.txt", "--events", "e.jsonl")
    assert result.code == 0
    lines = [line for line in result.stderr.splitlines() if line.startswith("epoch")]
    assert [line.split()[1] for line in lines] == ["1/2", "2/2"]
    assert "word 6000" in lines[1]
    assert "engine: auto" in result.stderr
    events = [json.loads(line) for line in (folder / "e.jsonl").read_text().splitlines()]
    assert [e["event"] for e in events if e["event"] != "Stepped"][-4:] == [
        *("Started", "EpochDone", "EpochDone", "Finished")
    ]
    assert events[-1]["metrics"]["vocabulary"] > 0
    quiet = run_inprocess(*LEARN, "-o", "v.txt", "-q")
    assert (quiet.code, quiet.stderr) == (0, "")


def test_it_learns_what_stands_together(tmp_path, run_inprocess):
    rng = np.random.default_rng(0)
    fields = [[f"{kind}{n}" for n in range(8)] for kind in ("sea", "sky")]
    lines = [" ".join(rng.choice(fields[n % 2], 8)) for n in range(600)]
    (tmp_path / "t.txt").write_text("\n".join(lines))
    for words in (["--method", "skipgram", "--epochs", "12"], ["--method", "cbow", "--epochs", "30"],
                  ["--method", "svd"]):  # fmt: skip
        result = run_inprocess("embed", "fit", "t.txt", *words, "--dim", "12", "--threads", "1", "-o", "v.npz")
        assert result.code == 0, result.stderr
        found = vectors.read("v.npz")
        unit = found.vectors / found.norms[:, None]
        cosines = unit @ unit.T
        sea = np.array([w.startswith("sea") for w in found.words])
        assert cosines[sea][:, sea].mean() > cosines[sea][:, ~sea].mean() + 0.3, words


def test_torch_learns_where_it_is_asked_or_needed(folder, run_inprocess):
    for words, told in (
        (("--engine", "torch"), "skipgram by torch"),
        (("--loss", "softmax"), "skipgram by torch (engine: auto, for softmax)"),
        (("--loss", "softmax", "--method", "cbow"), "cbow by torch"),
    ):
        result = run_inprocess(*LEARN, *words, "-o", "run", "--force", "--json")
        assert result.code == 0, result.stderr
        assert told in result.stderr
        doc = result.json()
        assert doc["engine"] == "torch"
        epochs = [json.loads(line) for line in (folder / "run/metrics.jsonl").read_text().splitlines()]
        assert [e["epoch"] for e in epochs] == [1, 2]
        assert epochs[0]["train/loss"] > epochs[1]["train/loss"] == doc["metrics"]["loss"]
        assert "epoch 2/2  word 6000" in result.stderr
    first = vectors.read("run").vectors.copy()
    assert run_inprocess(*LEARN, *words, "-o", "again").code == 0
    np.testing.assert_array_equal(first, vectors.read("again").vectors)


def test_a_device_that_is_not_there_is_told(folder, run_inprocess):
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    result = run_inprocess(*LEARN, "--device", "cuda")
    assert result.code == 5, result.stderr
    assert files_of(folder) == {"t.txt"}


def test_checks_stamp_and_depfile(folder, run_inprocess):
    result = run_inprocess(*LEARN, "-o", "v.txt", "--stamp", "s", "--depfile", "s.d", "--fail-under", "coverage=0.2")
    assert result.code == 0, result.stderr
    assert (folder / "s").read_text() == "v.txt\n"
    assert (folder / "s.d").read_text().startswith("s: t.txt\n")
    failed = run_inprocess(*LEARN, "-o", "v.txt", "--fail-under", "coverage=1", "--stamp", "no")
    assert failed.code == 7
    assert not (folder / "no").exists()
    unknown = run_inprocess(*LEARN, "-o", "w.txt", "--fail-under", "coverag=1")
    assert unknown.code == 2
    assert "nearest: coverage" in unknown.stderr
    assert not (folder / "w.txt").exists()


def test_a_plan_writes_nothing(folder, run_inprocess):
    plan = run_inprocess(*LEARN, "--dry-run", "--json", "--lower")
    assert plan.code == 0, plan.stderr
    assert "runs/embed/skipgram-1/model/vectors.safetensors" in plan.json()["files"].values()
    assert "3,000 words in 300 sentences" in plan.stdout
    assert files_of(folder) == {"t.txt"}
    shown = run_inprocess(*LEARN, "--method", "svd", "--print-config")
    assert shown.code == 2  # svd has no epochs
    shown = run_inprocess("embed", "fit", "t.txt", "--method", "svd", "--drop", "of", "--drop", "the", "--print-config")
    assert shown.code == 0, shown.stderr
    assert yaml.safe_load(shown.stdout)["model"]["drop"] == ["of", "the"]
    (folder / "r.yaml").write_text(shown.stdout)
    assert run_inprocess("embed", "fit", "-r", "r.yaml", "--print-config").stdout == shown.stdout


def test_dropped_words_are_left_out(folder, run_inprocess):
    words = ("--method", "svd", "--dim", "8", "--min-count", "2")
    result = run_inprocess("embed", "fit", "t.txt", *words, "--drop", "w1", "--drop", "english", "-o", "v.txt")
    assert result.code == 0, result.stderr
    assert "w1" not in vectors.read("v.txt").words


# How it fails.


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--method", "skipgrm"), 2, "nearest: skipgram"),
        (("--loss", "softmax", "--negatives", "7"), 2, "negatives is for loss negative"),
        (("--dim", "0"), 2, "greater than or equal to 1"),
        (("--window", "0"), 2, "greater than or equal to 1"),
        (("--lr", "1e9"), 2, "less than or equal to 100"),
        (("--lr", "1e-9"), 2, "must not rise"),
        (("--c-max", "3"), 2, "it belongs to glove"),
        (("--loss", "softmax", "--engine", "gensim"), 2, "gensim learns by negative sampling alone"),
        (("--device", "cuda", "--engine", "gensim"), 2, "gensim runs on the processor, not on cuda"),
        (("--set", "model.batch=64"), 2, "batch is of engine torch"),
        (("--method", "svd", "--weighting", "log", "--set", "model.shift=2"), 2, "change weighting ppmi only, not log"),
        (("--method", "svd", "--engine", "torch"), 2, "svd has no engines"),
        (("--method", "svd", "--device", "cuda:1"), 2, "svd runs on the processor, not on cuda:1"),
        (("--method", "svd", "--dim", "5000"), 2, "--dim"),
        (("--min-count", "5000"), 3, "none of the"),
        (("-o", "nowhere/v.txt"), 3, "the folder nowhere is missing"),
        (("-o", "t.txt/run"), 3, "cannot write"),
        (("-o", "t.txt"), 2, "--out t.txt is a file that is read"),
        (("--set", "data.train=[]"), 2, "at least 1"),
        (("--recipe", "boost/forest"), 2, "dlcli boost fit -r boost/forest"),
    ],
)
def test_what_cannot_be_is_refused_by_name(folder, run_inprocess, words, code, said):
    texts = () if "data.train=[]" in words else ("t.txt",)
    before = files_of(folder)
    result = run_inprocess("embed", "fit", *texts, *words)
    assert (result.code, files_of(folder)) == (code, before), result.stderr
    assert said in result.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "t.txt holds no word"),
        (b"\n \n\n", "t.txt holds no word"),
        (b"a a a a a a", "t.txt has one word, 'a', alone"),
        (b"a b c d e f g", "--min-count 1 keeps 7 words"),
        (b"a\nb\n" * 9, "every line of t.txt holds one word"),
        (b"a x\nb y\n" * 9 + b"z z", None),
        (b"a q1\nb q2\na q3\nb q4\na q5\nb q6\na q7\nb q8\na\na\nb\nb", "no sentence of t.txt holds two words"),
        (b"a b\xff", "t.txt:1: byte 4 of the line is 0xff"),
        (b"a b\0c", "t.txt:1: a NUL byte"),
        (b"\xff\xfea\0b\0", "UTF-16"),
        (b"y" * 2_000_000, "a word of more than 1,048,576 bytes"),
        (gzip.compress(b"a b c", mtime=0)[:15], "breaks off"),
    ],
)
@pytest.mark.parametrize("method", ["skipgram", "svd"])
def test_text_that_teaches_nothing_is_told(tmp_path, run_inprocess, method, text, said):
    (tmp_path / "t.txt").write_bytes(text)
    few = ("--epochs", "1") if method == "skipgram" else ()
    result = run_inprocess("embed", "fit", "t.txt", "--method", method, "--dim", "2", *few, "-o", "v.txt")
    assert result.code == (0 if said is None else 3), result.stderr
    assert said is None or said in result.stderr
    assert files_of(tmp_path) == {"t.txt"} | ({"v.txt"} if said is None else set())


def test_places_that_are_no_text(tmp_path, run_inprocess):
    (tmp_path / "d").mkdir()
    for word, code, said in (
        ("./d", 3, "Is a directory"),
        ("no.txt", 3, "No such file"),
        ("nothere", 2, "no builtin corpus is called 'nothere'"),
        ("leee", 2, "nearest: lee"),
    ):
        result = run_inprocess("embed", "fit", word, "-o", "v.txt")
        assert result.code == code, result.stderr
        assert said in result.stderr


def test_a_full_disk_leaves_the_old_file(folder, dlcli, child_env):
    assert dlcli(*LEARN, "-o", "v.txt", "-q").code == 0
    before = (folder / "v.txt").read_bytes()
    code = (
        "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000)); sys.argv[0] = 'dlcli'; "
    )
    code += "runpy.run_module('dlcli', run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", code, *LEARN, "-o", "v.txt"], cwd=folder, capture_output=True, text=True, check=False,
        env=child_env(),
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "no space left to write v.txt" in done.stderr
    assert (folder / "v.txt").read_bytes() == before
    assert files_of(folder) == {"t.txt", "v.txt"}


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("reading", [True, False])
def test_a_signal_ends_it_at_once_and_leaves_nothing(folder, child_env, number, code, reading):
    (folder / "tmp").mkdir()
    with subprocess.Popen(
        [sys.executable, "-m", "dlcli", "embed", "fit", "-", "--epochs", "1000000", "--min-count", "2", "-o", "v.txt"],
        cwd=folder, env=child_env(TMPDIR=folder / "tmp"), stdin=subprocess.PIPE, stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        process.stdin.write((folder / "t.txt").read_bytes() * (40 if reading else 1))  # more than a pipe holds
        if not reading:
            process.stdin.close()
            next(line for line in process.stderr if line.startswith(b"epoch 1/"))
        begun_s = time.monotonic()
        process.send_signal(number)
        said = process.stderr.read().decode()
        assert process.wait(30) == code, said
        assert time.monotonic() - begun_s < 10
        assert ("while the text was read" if reading else "no vectors were written") in said
    assert files_of(folder) == {"t.txt"}


STREAMS = """
import os, resource, sys
from dlcli.__main__ import run
limit = int(sys.argv[1])
if limit:
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
code = run(sys.argv[2:])
print([line.split()[1] for line in open("/proc/self/status") if line.startswith("VmData")][0])
sys.exit(code)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the limit of data is Linux's")
def test_a_text_several_times_the_memory_is_learnt_from(folder, child_env):
    """What the imports and a small text need, plus a quarter of the large text, is enough for it."""
    lines = [" ".join(["a-rather-long-word", f"{n:_>16}", f"{n % 7:_>16}", f"{n % 90:_>16}"]) for n in range(400)]
    block = ("\n".join(lines) + "\n").encode()
    (folder / "big.txt").write_bytes(block * (12_000_000 // len(block)))
    words = ("--method", "cbow", "--dim", "4", "--window", "1", "--negatives", "1", *SMALL[2:], "--json", "-q")

    def learn(name, limit, *more):
        done = subprocess.run(
            [sys.executable, "-c", STREAMS, str(limit), "embed", "fit", name, *words, "--epochs", "1", *more],
            cwd=folder, env=child_env(), capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        doc, _, taken = done.stdout.rpartition("}")
        return json.loads(doc + "}"), int(taken) * 1024

    small, taken = learn("t.txt", 0, "-o", "small.bin")
    limit = taken + 3_000_000
    big, _ = learn("big.txt", limit, "-o", "big.bin")
    assert big["words"] > 600_000
    assert big["metrics"]["peak_memory_mb"] < small["metrics"]["peak_memory_mb"] + 10
    copied, _ = learn("big.txt", limit, "-o", "copied.bin", "--lower")
    assert copied["copied_bytes"] > 11_000_000


# The recipes.
