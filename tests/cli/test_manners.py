"""What holds of every command: exit codes, JSON, help, silence, plain output."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path

import jsonschema
import numpy as np
import pytest
import typer
from cascade_toys import as_xml, background, deep_cascade, toys
from conftest import run_words
from PIL import Image

from dlcli.core.names import COMMANDS

FOLDER = Path(__file__).resolve().parent.parent / "schemas"
SCHEMAS = {p.stem: json.loads(p.read_text()) for p in FOLDER.glob("*.json")}
TINY = ("train", "classify/mlp-digits", "train.epochs=1", "model.args.hidden=[16]", "data.augment=[]")
LONG = ("train", "classify/mlp-digits", "train.epochs=100000", "model.args.hidden=[16]", "data.augment=[]")


def valid(doc, kind):
    jsonschema.Draft202012Validator(SCHEMAS[kind]).validate(doc)


def strict_json(text):
    def refused(word):
        raise AssertionError(f"{word} is no JSON")

    return json.loads(text, parse_constant=refused)


def tree(folder):
    return {str(p.relative_to(folder)): p.read_bytes() if p.is_file() else None for p in sorted(folder.rglob("*"))}


def subcommands():
    """Return the words of every built command, as its Typer app registers them."""
    found = []
    for row in COMMANDS:
        if row.built:
            app = import_module(f"dlcli.cli.{row.name}").app
            command = typer.main.get_command(app)
            found += leaves(command, row.name) if hasattr(command, "commands") else [row.name]
    return found


def leaves(group, path):
    """Return the words of every command of a group that help shows, of the groups in it too."""
    found = []
    for name, inner in group.commands.items():
        if not inner.hidden:
            found += leaves(inner, f"{path} {name}") if hasattr(inner, "commands") else [f"{path} {name}"]
    return found


SMALL = ("--window", 16, "--stages", 1, "--features", 500, "--set", "most_features=5", "--set", "negatives=100")


def faces_of(root):
    return [root / "faces.npy", "--negatives", root / "rest"]


@pytest.fixture(scope="session")
def cascade_run(tmp_path_factory):
    """Return a folder with faces.npy, rest/ and cascade/, a small cascade trained on toys."""
    root = tmp_path_factory.mktemp("toys")
    (root / "rest").mkdir()
    np.save(root / "faces.npy", toys(60) / 255)
    rng = np.random.default_rng(0)
    for k in range(4):
        Image.fromarray(background(rng)).save(root / f"rest/{k}.png")
    done = run_words(["boost", "cascade", "fit", *faces_of(root), *SMALL, "-o", "cascade"], root)
    assert done.code == 0, done.stderr
    return root


def boost_words(table_run, cascade_run):
    model, new = ("-m", table_run / "model"), table_run / "new.csv"
    found = {
        "fit": ["iris", "--method", "tree", "-o", "m", "--force"],
        "predict": [new, *model],
        "evaluate": [new, *model],
        "compare": ["iris", "--methods", "bayes,tree"],
        "cv": ["iris", "--method", "bayes"],
        "inspect": [new],
        "methods": [],
        "importance": [*model],
        "explain": [new, *model],
        "dump": [*model, "--trees", 1],
        "boundary": [new, *model, "--columns", "age,joined.days"],
        "trace": ["adaboost"],
        "haar": ["--count"],
        "cascade fit": [*faces_of(cascade_run), *SMALL, "-o", "c", "--force"],
        "cascade report": [cascade_run / "cascade"],
    }
    return {f"boost {verb}": ["boost", *verb.split(), *words] for verb, words in found.items()}


@pytest.fixture(scope="session")
def text_folder(tmp_path_factory):
    """Return a folder with a text, a few word vectors, pairs of words and merges."""
    root = tmp_path_factory.mktemp("text")
    (root / "t.txt").write_text("the king and the queen\nthe man and the woman\n" * 10)
    (root / "vec.txt").write_text("4 2\nman 1 0\nking 1 1\nwoman 0 1\nqueen 1 2\n")
    (root / "pairs.tsv").write_text("man\tking\t7\nman\twoman\t1\nking\tqueen\t9\n")
    (root / "codes").write_text("#version: 0.2\nt h\nth e</w>\n")
    return root


def embed_words(root):
    text, vectors = root / "t.txt", root / "vec.txt"
    found = {
        "tokenize": [text],
        "bpe fit": [text, "--merges", 5],
        "bpe encode": [text, "-m", root / "codes"],
        "bpe decode": [text],
        "bpe trace": [],
        "stem": [text],
        "lemmatize": [text],
        "stopwords": [text],
        "tag": [text],
        "vectorize": [text, "--kind", "bow"],
        "cooccurrence": [text],
        "pairs": [text, "--window", 1],
        "fit": [text, "--method", "svd", "--dim", 2, "-o", "v.npz"],
        "neighbors": [vectors, "man"],
        "analogy": [vectors, "man", "king", "woman"],
        "odd": [vectors, "man", "king", "queen"],
        "similarity": [vectors, "man", "king"],
        "evaluate": [vectors, "--pairs", root / "pairs.tsv"],
        "encode": [vectors, text],
        "convert": [vectors, "v.bin"],
        "matrix": [vectors, "--words", text, "-o", "m.npz"],
        "project": [vectors, "-o", "map.csv"],
    }
    return {f"embed {verb}": ["embed", *verb.split(), *words] for verb, words in found.items()}


@pytest.fixture(scope="session")
def linear_run(tmp_path_factory):
    """Return the directory of a finished tiny run of a linear classifier."""
    done = run_words(["train", "classify/linear-digits", "train.epochs=1"], tmp_path_factory.mktemp("linear"))
    assert done.code == 0, done.stderr
    return done.run


def visualize_words(photos, digits_run, linear_run, boxes):
    picture = next(photos.rglob("*.png"))
    net, transformer = ("-m", "timm:test_resnet@random", "--size-px", 64), ("-m", "timm:test_vit@random")
    alone = net[:2]
    boxes.write_text(f"input,x0,y0,x1,y1,class\n{picture},0,0,20,20,tabby\n")
    found = {
        "kernel": [picture, "--op", "sobel", "-o", "x.png"],
        "filters": [*alone, "-o", "x.png"],
        "weights": ["-m", linear_run, "-o", "x.png"],
        "activations": [picture, *net, "-o", "x.png"],
        "patches": [photos, *net, "--channels", 0, "--top", 2, "-o", "x.png"],
        "embedding": [photos, *net, "-o", "x.png"],
        "saliency": [picture, *net, "-o", "x.png"],
        "deconvnet": [picture, *net, "-o", "x.png"],
        "guided-backprop": [picture, *net, "-o", "x.png"],
        "guided-gradcam": [picture, *net, "-o", "x.png"],
        "cam": [picture, *net, "-o", "x.png"],
        "gradcam": [picture, *net, "-o", "x.png"],
        "attention": [picture, *transformer, "-o", "x.png"],
        "maximize": [*net, "--class", "tabby", "--set", "steps=2", "-o", "x.png"],
        "fool": [picture, *alone, "--to", "tabby", "--goal", 1e-4, "-o", "x.png"],
        "invert": [picture, *net, "--layer", "layer1", "--set", "steps=2", "-o", "x.png"],
        "dream": [picture, *net, "--layer", "layer1", "--set", "steps=1", "--set", "octaves=1", "-o", "x.png"],
        "gradients": [picture, *net, "-o", "x.png"],
        "curves": [digits_run, "-o", "x.png"],
        "score": [picture, *net, "--metric", "average-drop", "-o", "x.png"],
        "sanity": [picture, *net, "--set", "stages=2", "-o", "x.png"],
        "pointing": ["--boxes", boxes, *net, "-o", "x.png"],
        "all": [picture, *net, "--part", "gradcam", "-o", "page"],
    }
    return {f"visualize {verb}": ["visualize", verb, *words] for verb, words in found.items()}


@pytest.fixture(scope="session")
def words_of(digits_run, photo_folder, table_run, cascade_run, text_folder, linear_run, tmp_path_factory):
    """Return what to type for every command; those that write do so in the folder they are run in."""
    picture = next(photo_folder.rglob("*.png"))
    (cascade := tmp_path_factory.mktemp("cascade") / "toys.xml").write_bytes(as_xml(deep_cascade()))
    return {
        "train": [*TINY],
        "predict": ["predict", digits_run, picture, picture],
        "detect": ["detect", picture, picture, "-m", cascade],
        "evaluate": ["evaluate", digits_run],
        "describe": ["describe", "lenet5"],
        "export": ["export", digits_run, "-o", "net.pt2"],
        **boost_words(table_run, cascade_run),
        **embed_words(text_folder),
        **visualize_words(photo_folder, digits_run, linear_run, tmp_path_factory.mktemp("boxes") / "boxes.csv"),
        "recipes ls": ["recipes", "ls"],
        "recipes show": ["recipes", "show", "classify/lenet"],
        "recipes cp": ["recipes", "cp", "classify/lenet", "my.yaml"],
        "recipes check": ["recipes", "check", "classify/lenet", "classify/mlp-digits"],
        "recipes keys": ["recipes", "keys", "classify"],
        "recipes schema": ["recipes", "schema", "predict"],
        "data ls": ["data", "ls"],
        "data check": ["data", "check", photo_folder],
        "data convert": ["data", "convert", photo_folder, "csv:p.csv"],
        "data preview": ["data", "preview", photo_folder, "-o", "sheet.png"],
        "runs ls": ["runs", "ls", "--root", digits_run.parent],
        "runs show": ["runs", "show", digits_run],
        "runs diff": ["runs", "diff", digits_run, digits_run],
        "device": ["device"],
        "completion install": ["completion", "install", "bash"],
        "completion bash": ["completion", "bash"],
        "completion zsh": ["completion", "zsh"],
        "completion fish": ["completion", "fish"],
    }


NAMES = subcommands()


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "ZDOTDIR", "BASH_COMPLETION_USER_DIR"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "home").mkdir()


# JSON


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_json_is_one_document_and_nothing_else(name, before, words_of, run_inprocess, home):
    words = words_of[name]
    result = run_inprocess(*(["--json", *words] if before else [*words, "--json"]))
    assert result.code == 0, result.stderr
    doc = strict_json(result.stdout)
    if name == "recipes schema":
        jsonschema.Draft202012Validator.check_schema(doc)
        return
    valid(doc, "document")
    assert doc["command"] == name


@pytest.mark.parametrize(
    "words",
    [["--print-config"], ["--show-origin"], ["--dry-run"], ["--find-lr"], ["--check-gradients"], ["--overfit", "4"]],
)
def test_json_of_a_look_before_training(words, run_inprocess):
    result = run_inprocess(*TINY, *words, "--json")
    assert result.code == 0
    valid(strict_json(result.stdout), "document")


def test_each_item_is_a_line_and_a_broken_one_costs_one_record(run_inprocess, digits_run, photo_folder, tmp_path):
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n")
    picture = next(photo_folder.rglob("*.png"))
    result = run_inprocess("--jsonl", "predict", digits_run, picture, "broken.png", picture)
    assert result.code == 0
    lines = [strict_json(line) for line in result.stdout.splitlines()]
    for line in lines:
        valid(line, "item")
    assert [line["input"] for line in lines] == [str(picture), "broken.png", str(picture)]
    assert [line.get("error", {}).get("code") for line in lines] == [None, 3, None]


FAILURES = {
    "nosuch": (2, "usage"),
    "train": (2, "usage"),
    "train --nosuch": (2, "usage"),
    "train nosuch": (2, "usage"),
    "train classify/mlp-digits optim.lrr=1 seed=x": (2, "recipe"),
    "train classify/mlp-digits --fail-under accuracy": (2, "usage"),
    "train classify/mlp --data nosuch/": (3, "data"),
    "train classify/mlp-digits --out /proc/nosuch": (3, "data"),
    "adapt": (4, "missing"),
    "boost": (2, "usage"),
    "boost fit nosuch.csv --target y": (3, "data"),
    "boost fit iris --method nosuch": (2, "recipe"),
    "boost predict x.csv -m nosuch": (6, "model"),
    "boost trace nosuch": (2, "usage"),
    "embed fit": (3, "data"),
    "embed fit nosuch.txt": (3, "data"),
    "embed fit lee --method skipgramm": (2, "recipe"),
    "embed neighbors nosuch.txt frog": (6, "model"),
    "embed tokenize nosuch": (2, "usage"),
    "visualize": (2, "usage"),
    "visualize gradcam nosuch.png -m nosuch": (6, "model"),
    "visualize gradcam --opacity 2": (2, "recipe"),
    "visualize curves nosuch": (3, "data"),
    "visualize nosuch": (2, "usage"),
    "evaluate imagenet --data digits --set device.count=2": (4, "missing"),
    "train classify/mlp-digits --device cuda:99": (5, "device"),
    "train --resume nosuch": (6, "model"),
    "predict nosuch x.png": (6, "model"),
    "evaluate nosuch": (6, "model"),
    "describe nosuch": (6, "model"),
    "describe": (2, "usage"),
    "export nosuch -o x.pt2": (6, "model"),
    "export imagenet -o x.bin": (2, "usage"),
    "recipes": (2, "usage"),
    "recipes show nosuch": (2, "usage"),
    "recipes keys nosuch": (2, "usage"),
    "recipes keys gan": (4, "missing"),
    "runs show nosuch": (6, "model"),
    "runs ls nosuch": (2, "usage"),
    "data check nosuch/": (3, "data"),
    "data convert digits zip:x": (2, "usage"),
}


@pytest.mark.parametrize("words", FAILURES)
def test_a_failure_is_one_object_on_stderr_and_nothing_on_stdout(words, run_inprocess, tmp_path):
    code, kind = FAILURES[words]
    result = run_inprocess(*words.split(), "--json", "-q")
    assert (result.code, result.stdout) == (code, "")
    error = strict_json(result.stderr)
    valid(error, "error")
    assert (error["error"]["code"], error["error"]["kind"]) == (code, kind)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", FAILURES)
def test_a_failure_for_people_says_what_and_what_to_do(words, run_inprocess):
    result = run_inprocess(*words.split(), "-q")
    assert (result.code, result.stdout) == (FAILURES[words][0], "")
    assert result.stderr.startswith("dlcli: ")
    assert "Traceback" not in result.stderr


# Exit codes; 2, 3, 4, 5 and 6 are above.


def test_exit_0(dlcli):
    result = dlcli("recipes", "ls")
    assert (result.code, result.stderr) == (0, "")
    assert result.stdout.splitlines()[0] == "recipe\tabout"


def test_exit_1_when_training_fails(run_inprocess):
    result = run_inprocess(*TINY, "optim.name=sgd", "optim.lr=1e30", "--stamp", "done")
    assert (result.code, result.stdout) == (1, "")
    assert re.search(r"^dlcli: the loss is (nan|inf) at step \d+", result.stderr, re.MULTILINE)
    assert not Path("done").exists()


def printed_to(stdout, words, cwd, env):
    command = [sys.executable, "-m", "dlcli", *words]
    return subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, cwd=cwd, env=env, check=False)


@pytest.mark.parametrize("words", [["recipes", "keys", "classify"], ["--version"], ["--help"]])
def test_exit_1_when_there_is_no_room_for_the_result(words, child_env, tmp_path):
    with open("/dev/full", "w") as full:
        done = printed_to(full, words, tmp_path, child_env())
    assert done.returncode == 1
    assert done.stderr.decode().startswith("dlcli: no space left on the disk")
    assert b"Traceback" not in done.stderr


def test_exit_7_when_a_check_is_missed_after_the_result(run_inprocess, digits_run):
    result = run_inprocess("evaluate", digits_run, "--fail-under", "accuracy=1.1", "--stamp", "done")
    assert result.code == 7
    assert result.stdout.startswith("metric\tvalue\n")
    assert "below the bound 1.1 of --fail-under" in result.stderr
    assert not Path("done").exists()
    assert run_inprocess("evaluate", digits_run, "--fail-over", "accuracy=1.1", "--stamp", "done").code == 0
    assert Path("done").exists()


@pytest.mark.parametrize("words", [["recipes", "keys", "classify"], ["--version"], ["recipes", "ls", "--json"]])
def test_exit_141_in_silence_when_nobody_reads(words, child_env, tmp_path):
    reader, writer = os.pipe()
    os.close(reader)
    done = printed_to(writer, words, tmp_path, child_env())
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


def test_a_pipe_into_head_is_quiet(child_env, tmp_path):
    line = f"{shlex.quote(sys.executable)} -m dlcli recipes keys classify | head -1; echo ${{PIPESTATUS[0]}}"
    command, env = ["bash", "-c", line], child_env()
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=env, check=False)
    first, code = done.stdout.splitlines()
    assert first == "key\ttype\tdefault\tabout"
    assert code in ("0", "141")
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("line", "stdout", "codes"),
    [
        ("TRAIN 2>err | head -1", "metric\ttrain\tval\ttest\n", ("0", "141")),
        ("TRAIN 2>&1 | head -1", "builtin digits\n", ("141",)),
        ("TRAIN 2>/dev/null | wc -l", None, ("0",)),
    ],
)
def test_training_into_a_pipe(line, stdout, codes, child_env, tmp_path):
    train = shlex.join([sys.executable, "-m", "dlcli", *TINY])
    line = line.replace("TRAIN", train) + "; echo ${PIPESTATUS[0]} >code"
    done = subprocess.run(
        ["bash", "-c", line], capture_output=True, text=True, cwd=tmp_path, env=child_env(), check=False
    )
    assert (tmp_path / "code").read_text().strip() in codes
    assert done.stderr == ""
    assert done.stdout == stdout or (stdout is None and int(done.stdout) >= 5)
    if (tmp_path / "err").exists():
        said = (tmp_path / "err").read_text()
        assert "epoch 1/1" in said
        assert "Traceback" not in said
        assert (tmp_path / "runs/classify/mlp-digits-1/report.json").exists()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_saves_and_says_how_to_go_on(number, code, child_env, tmp_path, dlcli):
    from dlcli.engine.checkpoint import Checkpoints

    process = subprocess.Popen(
        [sys.executable, "-m", "dlcli", *LONG, "--stamp", "done"],
        cwd=tmp_path, env=child_env(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    seen = []
    for line in process.stderr:
        seen.append(line)
        if line.startswith("epoch 2/"):
            break
    process.send_signal(number)
    stdout, stderr = process.communicate(timeout=120)
    assert (process.returncode, stdout) == (code, ""), "".join(seen) + stderr
    run = tmp_path / next(line for line in seen if line.startswith("run: ")).split(": ")[1].strip()
    said = r"^dlcli: stopped at epoch (\d+), step (\d+); everything is saved\n  → dlcli (.+)$"
    found = re.search(said, stderr, re.MULTILINE)
    state = Checkpoints(run / "checkpoints").latest()
    assert state["position"]["step"] == int(found[2]) > 0
    assert not (tmp_path / "done").exists()
    again = dlcli(*shlex.split(found[3]), f"train.epochs={found[1]}")
    assert again.code == 0, again.stderr
    assert len((run / "metrics.jsonl").read_text().splitlines()) == int(found[1])


# Silence and plain text


def test_quiet_silences_stderr_and_keeps_the_result(run_inprocess):
    result = run_inprocess("-q", *TINY)
    assert (result.code, result.stderr) == (0, "")
    assert result.stdout.startswith("metric\t")
    assert "accuracy" in result.stdout


@pytest.mark.parametrize("words", [TINY, ("--help",), ("train", "--help"), ("nosuch",), ("train", "nosuch")])
def test_no_control_characters_off_a_terminal(words, dlcli):
    forcing = {"GITHUB_ACTIONS": "1", "FORCE_COLOR": "1", "CLICOLOR_FORCE": "1", "TTY_COMPATIBLE": "1", "COLUMNS": "40"}
    result = dlcli(*words, env=forcing)
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", result.stdout + result.stderr)


def test_a_log_has_a_line_an_epoch(run_inprocess):
    result = run_inprocess(*TINY, "train.epochs=3")
    epochs = [line.split()[1] for line in result.stderr.splitlines() if line.startswith("epoch ")]
    assert epochs == ["1/3", "2/3", "3/3"]
    assert "run: runs/classify/mlp-digits-1" in result.stderr.splitlines()
    assert len(result.stderr.splitlines()) < 12


def test_the_result_is_the_same_however_the_terminal_calls_itself(dlcli, digits_run):
    plain = dlcli("runs", "show", digits_run).stdout
    assert plain.count("\t") > 20
    assert "…" not in plain
    for env in ({"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "40"}, {"FORCE_COLOR": "1", "COLUMNS": "300"}):
        assert dlcli("runs", "show", digits_run, env=env).stdout == plain


def test_events_are_json_lines(dlcli, run_inprocess, tmp_path):
    result = dlcli(*TINY, "train.epochs=2", "-q", "--events", "events.jsonl")
    assert (result.code, result.stderr) == (0, "")
    events = [strict_json(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    kinds = [e["event"] for e in events]
    assert kinds.count("EpochDone") == 2
    assert kinds.index("Started") < kinds.index("EpochDone") < kinds.index("Finished")
    for path, code in (("nosuch/events.jsonl", 3), (".", 3), ("", 2)):
        result = run_inprocess(*TINY, "-q", "--events", path)
        assert (result.code, result.stdout) == (code, "")
        assert "--events" in result.stderr
    assert not (tmp_path / "runs/classify/mlp-digits-2").exists()


def test_events_on_stdout_end_with_the_result(run_inprocess):
    result = run_inprocess(*TINY, "--events", "-")
    events = [strict_json(line) for line in result.stdout.splitlines()]
    told = [e["event"] for e in events if e["event"] not in ("Note", "Stepped")]  # steps are told when they take long
    assert told == ["Started", "EpochDone", "Finished", "Result"]
    assert events[-1].pop("event") == "Result"
    valid(events[-1], "document")
    assert "epoch 1/1" in result.stderr
    plan = run_inprocess(*TINY, "--events", "-", "--dry-run")
    assert strict_json(plan.stdout)["command"] == "train --dry-run"
    refused = run_inprocess(*TINY, "--events", "-", "--json", "-q")
    assert (refused.code, refused.stdout) == (2, "")
    assert "would both write on stdout" in refused.stderr
    assert not Path("-").exists()


def test_events_go_through_a_pipe_as_they_happen(child_env, tmp_path):
    """A run whose events nobody reads any more ends with 141; its checkpoint is whole."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    process = subprocess.Popen(
        [sys.executable, "-m", "dlcli", *LONG, "-q", "--events", "pipe", "--out", "run"],
        cwd=tmp_path, env=child_env(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    with pipe.open() as reader:
        kinds = [next(e for e in map(json.loads, reader) if e["event"] == kind)["event"] for kind in ("EpochDone",) * 2]
    stdout, stderr = process.communicate(timeout=120)
    assert (kinds, process.returncode, stdout, stderr) == (["EpochDone"] * 2, 141, b"", b"")
    from dlcli.engine.checkpoint import Checkpoints

    assert Checkpoints(tmp_path / "run" / "checkpoints").latest()["position"]["epoch"] >= 1


# Looking before training


def test_the_printed_recipe_fed_back_prints_itself(dlcli):
    first = dlcli("train", "classify/lenet-digits", "optim.lr=1e-3", "data.augment+=flip", "--print-config")
    again = dlcli("train", "-", "--print-config", stdin=first.stdout)
    assert (first.code, again.code) == (0, 0), again.stderr
    assert again.stdout == first.stdout
    assert "lr: 0.001" in first.stdout


def test_the_origin_of_every_key_is_shown(run_inprocess):
    result = run_inprocess("train", "classify/lenet-digits", "optim.lr=1e-3", "--epochs", "3", "--show-origin")
    rows = {key: origin for key, _, origin in (line.split("\t") for line in result.stdout.splitlines())}
    assert rows["key"] == "origin"
    assert rows["optim.lr"] == "optim.lr=1e-3"
    assert rows["train.epochs"] == "--epochs 3"
    assert rows["train.ema"] == "default"
    assert re.search(r"classify/lenet(-digits)?\.yaml:\d+:\d+$", rows["train.batch"])
    assert set(rows) >= {"seed", "data.train", "data.augment", "model.args.pool", "device.precision"}


def test_a_dry_run_writes_nothing_and_fails_as_the_run_would(run_inprocess, tmp_path):
    (tmp_path / "held").mkdir()
    (tmp_path / "held" / "x").touch()
    before = tree(tmp_path)
    result = run_inprocess(*TINY, "--dry-run", "--out", "new", "--stamp", "s", "--events", "e")
    assert result.code == 0, result.stderr
    assert {"new/report.json", "new/model/model.safetensors", "s"} <= set(re.split(r"[\t\n]", result.stdout))
    assert run_inprocess(*TINY, "--dry-run", "--out", "held").code == 2
    assert run_inprocess(*TINY, "--dry-run", "--device", "cuda:99").code == 5
    assert run_inprocess("train", "classify/mlp", "--data", "nosuch/", "--dry-run").code == 3
    assert tree(tmp_path) == before


def test_a_dry_run_names_every_file(run_inprocess, tmp_path):
    """Folders stand for what is in them; nothing else appears, and all that is named appears."""
    words = [*TINY, "--out", "new", "--stamp", "s", "--depfile", "s.d"]
    named = {Path(p) for p in run_inprocess(*words, "--dry-run", "--json").json()["files"].values()}
    assert run_inprocess(*words).code == 0
    there = {p.relative_to(tmp_path) for p in tmp_path.rglob("*") if p.is_file()}
    assert {p for p in there if not named & {p, *p.parents}} == set()
    assert {p for p in named if not (p.is_file() or (p.is_dir() and any(p.iterdir())))} == set()
    assert named >= {Path("new", "checkpoints"), Path("new", "plots"), Path("s"), Path("s.d")}


def test_the_device_variable_is_left_alone(run_inprocess, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert run_inprocess(*TINY, "--device", "cpu").code == 0
    assert os.environ["CUDA_VISIBLE_DEVICES"] == ""


def test_a_command_reads_and_changes_nothing_but_what_it_was_asked(run_inprocess, digits_run, words_of, home):
    before = tree(digits_run)
    for name in ("predict", "evaluate", "runs ls", "runs show", "runs diff", "describe"):
        assert run_inprocess(*words_of[name]).code == 0
    assert tree(digits_run) == before


# Help


@pytest.mark.parametrize("name", ["", *sorted({c.name for c in COMMANDS} | set(NAMES))])
def test_help_is_short_and_has_an_example(name, run_inprocess, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    result = run_inprocess(*name.split(), "--help")
    assert (result.code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert len(lines) <= 60
    assert max(map(len, lines)) <= 80
    unbuilt = name in {c.name for c in COMMANDS if not c.built}
    assert name == "" or unbuilt or [line for line in lines if line.strip().startswith(f"dlcli {name}")]
    assert run_inprocess(*name.split(), "-h").stdout == result.stdout


def test_root_help_lists_every_command(run_inprocess):
    listed = run_inprocess("--help").stdout
    assert [c.name for c in COMMANDS if not re.search(rf"^  {c.name}  ", listed, re.MULTILINE)] == []


def test_the_examples_of_help_name_recipes_that_exist(run_inprocess):
    from dlcli.core import shipped

    for name in NAMES:
        for recipe in re.findall(r"\bclassify/[a-z0-9-]+(?![-a-z0-9/])", run_inprocess(*name.split(), "--help").stdout):
            assert recipe in shipped.recipe_files() or re.search(r"-\d+$", recipe), name


@pytest.mark.parametrize(
    ("words", "nearest"),
    [
        (["recpes"], "recipes"),
        (["train", "--ephocs", "3"], "--epochs"),
        (["train", "clasify/mlp"], "classify/mlp"),
        (["train", "classify/mlp-digits", "optim.name=adamm"], "adam"),
        (["train", "classify/mlp-digits", "optim.lrr=1"], "optim.lr"),
    ],
)
def test_a_slip_is_answered_with_the_nearest(words, nearest, run_inprocess):
    result = run_inprocess(*words)
    assert result.code == 2
    assert nearest in re.sub("|".join(words), "", result.stderr)


def test_options_are_not_abbreviated(run_inprocess):
    assert run_inprocess(*TINY, "--print-conf").code == 2


# Bugs of ours


@pytest.fixture
def broken(monkeypatch, tmp_path):
    from dlcli.backends import recipes

    def bug(_):
        password = "hunter2"
        return len(password) / 0

    monkeypatch.setattr(recipes, "ls", bug)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def test_a_bug_is_one_line_and_a_saved_traceback(broken, run_inprocess, tmp_path):
    result = run_inprocess("recipes", "ls")
    assert (result.code, result.stdout) == (1, "")
    assert result.stderr.startswith("dlcli: unexpected error (ZeroDivisionError: division by zero)\n")
    (saved,) = tmp_path.glob("dlcli-*.txt")
    assert saved.stat().st_mode & 0o777 == 0o600
    assert str(saved) in result.stderr
    assert "ZeroDivisionError" in saved.read_text()
    assert "hunter2'" not in saved.read_text().replace('password = "hunter2"', "")
    valid(strict_json(run_inprocess("recipes", "ls", "--json").stderr), "error")


def test_a_bug_where_nothing_can_be_written_is_told_all_the_same(broken, run_inprocess, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", "/nosuch/folder")
    result = run_inprocess("recipes", "ls")
    assert result.code == 1
    assert "--debug says more" in result.stderr


def test_debug_prints_the_traceback(broken, run_inprocess, tmp_path):
    result = run_inprocess("--debug", "recipes", "ls")
    assert result.code == 1
    assert result.stderr.startswith("Traceback (most recent call last):")
    assert list(tmp_path.iterdir()) == []
    assert "\ndlcli: unexpected error (ZeroDivisionError: division by zero)\n" in result.stderr
    assert "hunter2'" not in result.stderr.replace('password = "hunter2"', "")
    told = strict_json(run_inprocess("--debug", "recipes", "ls", "--json").stderr)
    valid(told, "error")
    assert told["error"]["traceback"].endswith("ZeroDivisionError: division by zero\n")


@pytest.mark.parametrize("words", FAILURES)
def test_debug_shows_how_a_known_failure_came(words, run_inprocess):
    result = run_inprocess("--debug", *words.split())
    assert (result.code, result.stdout) == (FAILURES[words][0], "")
    head, _, said = result.stderr.partition("\ndlcli: ")
    assert "Traceback (most recent call last):\n" in head
    assert "  File " in head
    assert said in run_inprocess(*words.split()).stderr
    assert list(Path().iterdir()) == []


def test_a_group_alone_asks_for_a_command_whatever_flags_it_gets(run_inprocess):
    for flags in ([], ["--json"], ["-q"], ["--debug", "--jsonl"]):
        assert "which command? dlcli recipes COMMAND" in run_inprocess("recipes", *flags).stderr
    assert "no such option: --jsonl" in run_inprocess("recipes", "ls", "--jsonl").stderr


def test_debug_shows_the_cause_that_a_message_replaced(run_inprocess):
    shown = run_inprocess("--debug", "evaluate", "nosuch", "--fail-under", "accuracy=x").stderr
    assert "ValueError: could not convert string to float: 'x'" in shown
    assert "During handling of the above exception, another exception occurred" in shown


# Small commands


def test_a_copied_recipe_never_replaces_a_file_unasked(run_inprocess, tmp_path):
    (tmp_path / "my.yaml").write_text("mine")
    assert run_inprocess("recipes", "cp", "classify/lenet", "my.yaml").code == 2
    assert (tmp_path / "my.yaml").read_text() == "mine"
    assert run_inprocess("recipes", "cp", "classify/lenet", "my.yaml", "--force").code == 0
    assert (tmp_path / "my.yaml").read_text() == run_inprocess("recipes", "show", "classify/lenet").stdout
    assert run_inprocess("recipes", "cp", "classify/lenet", "nosuch/my.yaml").code == 2


def test_check_names_every_bad_recipe(run_inprocess, tmp_path):
    (tmp_path / "a.yaml").write_text("task: classify\nnoise: 1\nmodel: {name: mlp}\n")
    (tmp_path / "b.yaml").write_text("task: classify\nseed: x\nmodel: {name: mlp}\n")
    result = run_inprocess("recipes", "check", "a.yaml", "classify/lenet", "b.yaml")
    assert (result.code, result.stdout) == (2, "")
    assert "a.yaml:2:1: noise" in result.stderr
    assert "b.yaml:2:7: seed" in result.stderr
    assert "asks for data" not in result.stderr


def test_runs_with_odd_files_are_listed_in_order(run_inprocess, digits_run, tmp_path):
    for name, loss in (("a", "0.5"), ("b", "NaN"), ("c", "null"), ("d", "0.25")):
        shutil.copytree(digits_run, tmp_path / "runs" / name)
        (tmp_path / "runs" / name / "report.json").write_text(f'{{"metrics": {{"test/loss": {loss}}}}}')
    (tmp_path / "runs" / "a" / "metrics.jsonl").write_text('{"epoch": 1, "train/loss": 0.5}\n{"epo')
    shutil.copytree(tmp_path / "runs" / "a", tmp_path / "runs" / "e")
    (tmp_path / "runs" / "e" / "recipe.yaml").write_text("- a list")
    result = run_inprocess("runs", "ls", "--sort", "test/loss")
    assert [line.split("\t")[0] for line in result.stdout.splitlines()[1:3]] == ["runs/d", "runs/a"]
    assert len(result.stdout.splitlines()) == 5
    assert run_inprocess("runs", "show", "runs/a").code == 0
    for line in run_inprocess("runs", "ls", "--jsonl").stdout.splitlines():
        strict_json(line)
    assert "nearest: test/loss" in run_inprocess("runs", "ls", "--sort", "test/los").stderr


def test_a_difference_of_two_runs_names_what_differs(run_inprocess, digits_run, tmp_path):
    shutil.copytree(digits_run, tmp_path / "b")
    text = (tmp_path / "b" / "recipe.yaml").read_text()
    (tmp_path / "b" / "recipe.yaml").write_text(text.replace("seed: 0", "seed: 9"))
    doc = run_inprocess("runs", "diff", digits_run, "b", "--json").json()
    assert doc["recipe"] == [{"key": "seed", "first": "0", "second": "9"}]
    assert {i["difference"] for i in doc["items"]} == {0.0}


def test_closed_streams(tmp_path, child_env):
    """`>&-` leaves Python without a stdout; nobody listens, so nothing is said and nothing breaks."""
    import subprocess
    import sys

    line = f'"{sys.executable}" -m dlcli recipes ls >&- 2>err; echo $?'
    done = subprocess.run(
        ["bash", "-c", line], cwd=tmp_path, env=child_env(), capture_output=True, text=True, check=False
    )
    assert (done.stdout, (tmp_path / "err").read_text()) == ("0\n", "")
