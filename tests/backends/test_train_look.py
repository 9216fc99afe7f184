"""The looks before training through the command line: what they say, what they refuse, what they leave alone."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import torch
from PIL import Image

from dlcli.data.pictures import Part
from dlcli.models import own
from dlcli.models.vision.mlp import Mlp

SCHEMA = json.loads((Path(__file__).resolve().parent.parent / "schemas/document.json").read_text())
TINY = ("train", "classify/mlp-digits", "model.args.hidden=[16]", "data.workers=0")
LOOKS = (("--find-lr",), ("--check-gradients",), ("--overfit", "4"))


def look_document(done):
    assert done.code == 0, done.stderr
    doc = done.json()
    jsonschema.Draft202012Validator(SCHEMA).validate(doc)
    return doc


def final(run_inprocess, *words):
    done = run_inprocess("train", "classify/lenet-digits", "train.epochs=1", "data.workers=0", "--json", *words)
    return done.json()["metrics"]["val/loss"] if done.code == 0 else float("inf")


@pytest.mark.slow
def test_the_suggested_rate_trains_and_ten_times_it_is_no_better(run_inprocess):
    doc = look_document(run_inprocess("train", "classify/lenet-digits", "--find-lr", "data.workers=0", "--json"))
    lr = doc["suggestion"]["lr"]
    assert doc["command"] == "train --find-lr"
    assert doc["metrics"]["lr"] == lr == float(f"{min(doc['suggestion']['steepest'], lr):.2g}")
    assert 5e-4 <= lr <= 1e-2
    assert doc["items"][0]["lr"] == pytest.approx(1e-6)
    assert all(a["lr"] < b["lr"] for a, b in zip(doc["items"], doc["items"][1:], strict=False))
    sane = final(run_inprocess, f"optim.lr={lr}")
    assert sane < 2.1
    assert final(run_inprocess, f"optim.lr={10 * lr}") > sane


@pytest.mark.parametrize("name", ["sgd", "adam"])
def test_the_recipes_optimizer_augmentation_and_batch_are_used(run_inprocess, name):
    docs = [
        look_document(run_inprocess(*TINY, "--find-lr", "--json", f"optim.name={name}", *words))
        for words in ((), ("data.augment=[]",), ("train.batch=16",))
    ]
    assert {d["optimizer"] for d in docs} == {name}
    assert [d["batch"] for d in docs] == [32, 32, 16]
    assert len({d["metrics"]["loss"] for d in docs}) == 3
    assert all(d["suggestion"]["lr"] > 0 for d in docs)


def test_no_suggestion_is_exit_1_after_the_curve_and_says_why(run_inprocess):
    done = run_inprocess("train", "classify/perceptron-digits", "--find-lr", "data.workers=0")
    assert done.code == 1
    assert done.stdout.startswith("lr\tloss\n")
    assert "no learning rate to suggest: the loss never fell" in done.stderr


def test_gradients_of_a_recipe(run_inprocess):
    doc = look_document(run_inprocess(*TINY, "--check-gradients", "model.args.dropout=0.5", "--json"))
    assert [r["name"] for r in doc["items"]] == ["features.0.weight", "features.0.bias", "head.weight", "head.bias"]
    assert {r["verdict"] for r in doc["items"]} == {"correct"}
    assert doc["metrics"]["error"] < 1e-7
    assert doc["metrics"]["correct"] == 4
    assert doc["samples"] == 4


class Backwards(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return torch.tanh(x)

    @staticmethod
    def backward(ctx, gradient):
        return gradient  # the derivative of tanh was forgotten


class Broken(Mlp):
    def forward(self, pictures):
        return self.head(Backwards.apply(self.features[0](pictures.flatten(1))))


def test_a_wrong_backward_is_exit_7_and_named(run_inprocess, monkeypatch):
    monkeypatch.setattr(own, "maker", lambda _: Broken)
    done = run_inprocess(*TINY, "--check-gradients")
    assert done.code == 7
    assert "the gradient of features.0.weight, features.0.bias is wrong" in done.stderr
    verdicts = {row.split("\t")[0]: row.split("\t")[-1] for row in done.stdout.splitlines()[1:]}
    assert verdicts["head.weight"] == "correct"
    assert verdicts["features.0.weight"] == "wrong"


def test_learning_by_heart(run_inprocess):
    done = run_inprocess(*TINY, "--overfit", "8", "loss.label_smoothing=0.9", "model.args.dropout=0.9")
    assert done.code == 0, done.stderr
    assert "training samples: 8\tall right after" in done.stdout
    assert "says nothing about other pictures" in done.stderr
    assert "val/" not in done.stdout + done.stderr
    doc = look_document(run_inprocess(*TINY, "--overfit", "100", "train.batch=32", "--json"))
    assert set(doc["metrics"]) == {"train/loss", "train/accuracy"}
    assert doc["samples"] == 100
    assert doc["reached"] == doc["items"][-1]["step"]


@pytest.mark.parametrize("dtype", ["32", "bf16"])
def test_learning_by_heart_through_batch_normalization(run_inprocess, photo_folder, dtype):
    words = ("train", "classify/resnet18", "--data", photo_folder, "data.image.size_px=32", "data.workers=0")
    done = run_inprocess(*words, "--overfit", "1", f"device.precision={dtype}")
    assert done.code == 0, done.stderr


def test_what_is_not_learnt_is_exit_7_with_the_reason(run_inprocess, tmp_path):
    done = run_inprocess(*TINY, "--overfit", "8", "--lr", "1e-7", "--json", "-q")
    assert done.code == 7
    assert done.json()["reached"] is None
    assert "the learning rate 1e-07 is far too low" in json.loads(done.stderr)["error"]["message"]
    for k in range(12):
        folder = tmp_path / f"photos/{'ab'[k % 2]}"
        folder.mkdir(parents=True, exist_ok=True)
        Image.new("L", (9, 9), 40 * (k // 2)).save(folder / f"{k}.png")
    done = run_inprocess(
        "train", "classify/mlp", "--data", "./photos", "--overfit", "8", "data.workers=0", "data.val=0"
    )
    assert done.code == 7
    assert "are the same picture with different labels" in done.stderr
    done = run_inprocess("train", "classify/mlp", "--data", "./photos", "--overfit", "13", "data.workers=0")
    assert (done.code, done.stdout) == (2, "")
    assert "--overfit 13: the training part has 8 samples" in done.stderr


@pytest.mark.parametrize("words", LOOKS, ids=lambda w: w[0])
def test_only_training_pictures_are_read_and_nothing_is_written(run_inprocess, monkeypatch, words, tmp_path):
    read, parts = Part.read, []
    monkeypatch.setattr(Part, "read", lambda self, i: parts.append(len(self)) or read(self, i))
    done = run_inprocess(*TINY, *words)
    assert done.code == 0, done.stderr
    assert set(parts) == {1151}  # of 1151 + 287 + 359
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", LOOKS, ids=lambda w: w[0])
def test_out_gets_document_and_figure_and_is_not_overwritten(run_inprocess, words, tmp_path):
    doc = look_document(run_inprocess(*TINY, *words, "--out", "seen", "--json"))
    stem = words[0][2:].replace("-", "_")
    names = {f"{stem}.json"} | (set() if stem == "check_gradients" else {f"{stem}.png"})
    assert {p.name for p in (tmp_path / "seen").iterdir()} == names
    assert sorted(doc["files"].values()) == sorted(f"seen/{n}" for n in names)
    assert json.loads((tmp_path / f"seen/{stem}.json").read_text()) == doc
    again = run_inprocess(*TINY, *words, "--out", "seen")
    assert (again.code, again.stdout) == (2, "")
    assert "--out seen is not empty" in again.stderr
    assert "--resume" not in again.stderr


@pytest.mark.parametrize(
    "beside",
    [
        ("--resume", "r"), ("--epochs", "3"), ("--fail-under", "accuracy=1"), ("--fail-over", "loss=1"),
        ("--print-config",), ("--show-origin",), ("--dry-run",), ("--stamp", "s"), ("--depfile", "d"),
    ],
    ids=lambda b: b[0],
)  # fmt: skip
def test_what_has_no_effect_on_a_look_is_refused(run_inprocess, beside, tmp_path):
    for words in LOOKS:
        done = run_inprocess(*TINY, *words, *beside, "--json")
        error = json.loads(done.stderr)["error"]
        assert (done.code, error["key"]) == (2, beside[0])
        assert error["message"].startswith(f"{beside[0]} has no effect on {words[0]}")
    assert list(tmp_path.iterdir()) == []


def test_looks_exclude_each_other_and_run_in_one_process(run_inprocess):
    done = run_inprocess(*TINY, "--find-lr", "--overfit", "3")
    assert (done.code, done.stdout) == (2, "")
    assert "--find-lr and --overfit are looks of their own" in done.stderr
    for words in LOOKS:
        done = run_inprocess(*TINY, *words, "--devices", "2", "--json")
        assert (done.code, json.loads(done.stderr)["error"]["key"]) == (2, "device.count")
    assert run_inprocess(*TINY, "--overfit", "0").code == 2


@pytest.mark.parametrize(
    ("look", "number", "code"), [("--find-lr", signal.SIGINT, 130), ("--check-gradients", signal.SIGTERM, 143)]
)
def test_a_signal_ends_a_look_in_one_line(look, number, code, child_env, tmp_path):
    slow = ("train", "classify/mlp-digits", "model.args.hidden=[1500,1500]", "data.workers=2", "-o", "out")
    process = subprocess.Popen(
        [sys.executable, "-m", "dlcli", *slow, look], cwd=tmp_path, env=child_env(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    for line in process.stderr:
        if line.startswith("model mlp" if look == "--find-lr" else "comparing"):
            break
    process.send_signal(number)
    stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stdout) == (code, "")
    assert stderr == f"dlcli: {look} was stopped; nothing was written\n"
    assert list(tmp_path.iterdir()) == []


def test_progress_is_told_as_events(run_inprocess, tmp_path):
    done = run_inprocess(*TINY, "--find-lr", "-q", "--events", "events.jsonl", "model.args.hidden=[900,900]")
    assert (done.code, done.stderr) == (0, "")
    events = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    assert next(e["event"] for e in events if e["event"] != "Note") == "Started"
    last = run_inprocess(*TINY, "--check-gradients", "--events", "-").stdout.splitlines()[-1]
    assert json.loads(last)["event"] == "Result"
