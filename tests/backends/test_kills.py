"""Kills: whatever moment a run dies at, its newest checkpoint loads and it goes on as if nothing had been."""

import hashlib
import json
import os
import random
import resource
import signal
import subprocess
import sys
import time

import pytest
import torch

FULL = (
    "classify/lenet-digits",
    "data.val=0.1",
    "data.test=0.1",
    "train.ema=0.9",
    "model.args.dropout=0.3",
    "schedule.warmup_steps=5",
    "train.batch=128",
)
SAME = ("epoch", "step", "lr", "train/loss", "train/accuracy", "val/loss", "val/accuracy", "best")
KILLS = 50


def sha(run):
    return hashlib.sha256((run / "model/model.safetensors").read_bytes()).hexdigest()


def history(run):
    return [{k: json.loads(line)[k] for k in SAME} for line in (run / "metrics.jsonl").read_text().splitlines()]


def start(words, cwd, env, until=b"run: ", **more):
    process = subprocess.Popen(
        [sys.executable, "-m", "dlcli", "train", *words],
        cwd=cwd,
        env=env,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        **more,
    )
    for line in process.stderr:
        if line.startswith(until):
            return process
    raise AssertionError(f"ended with {process.wait()} before {until!r}")


# Imports torch once, then runs each command line it is told in a fork of its own: fifty starts cost no fifty imports.
FORKS = """
import json, os, sys
import matplotlib.figure, sklearn.datasets, torch, torchvision
import dlcli.backends.train, dlcli.ui.page
from dlcli.__main__ import main
for line in sys.stdin:
    words = json.loads(line)
    child = os.fork()
    if child == 0:
        os.setsid()
        os.dup2(os.open("said", os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.argv[1:] = words
        try:
            main(words)
        except SystemExit as end:
            os._exit(end.code or 0)
        finally:
            os._exit(99)
    print(child, flush=True)
    print(os.waitpid(child, 0)[1], flush=True)
"""


@pytest.fixture
def forked(tmp_path, child_env):
    """Run command lines in forks; returns (status, what it said). With ``kill_s`` it is killed so long after «run:»."""
    server = subprocess.Popen(
        [sys.executable, "-c", FORKS], cwd=tmp_path, env=child_env(OMP_NUM_THREADS=1), text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip

    def call(*words, kill_s=None):
        (tmp_path / "said").write_text("")
        server.stdin.write(json.dumps(words) + "\n")
        server.stdin.flush()
        child = int(server.stdout.readline())
        if kill_s is not None:
            deadline = time.monotonic() + 60
            while "run: " not in (tmp_path / "said").read_text() and time.monotonic() < deadline:
                time.sleep(0.002)
            time.sleep(kill_s)
            os.killpg(child, signal.SIGKILL)
        return int(server.stdout.readline()), (tmp_path / "said").read_text()

    yield call
    server.stdin.close()
    server.wait(timeout=60)
    server.stdout.close()


@pytest.mark.slow
def test_fifty_kills_leave_the_straight_run(tmp_path, forked):
    """`kill -9` fifty times on end, each at a random moment after the run was named.

    Saving and scoring are hit too, since a chain of kills cannot choose. Augmentation, dropout, EMA, warm-up and worker
    processes are on; a checkpoint is saved every 60 ms.
    """
    words = ("train", *FULL, "train.epochs=100", "train.checkpoint_minutes=0.001")
    assert forked(*words, "data.workers=0", "--out", "straight")[0] == 0
    rng = random.Random(3)
    next_words = (*words, "data.workers=2", "--out", "run")
    killed_at = set()
    for _ in range(KILLS):
        status, said = forked(*next_words, kill_s=rng.uniform(0, 0.4))
        assert status == signal.SIGKILL, said
        assert "Traceback" not in said
        killed_at.add(sorted((tmp_path / "run/checkpoints").glob("step-*.pt"))[-1].name)
        next_words = ("train", "--resume", "run", f"data.workers={rng.choice((0, 0, 2))}")
    status, said = forked("train", "--resume", "run")
    assert (status, "warning" in said) == (0, False), said
    assert len(killed_at) > KILLS / 2
    assert sha(tmp_path / "run") == sha(tmp_path / "straight")
    assert history(tmp_path / "run") == history(tmp_path / "straight")


@pytest.mark.slow
def test_stopped_in_mid_epoch_and_resumed_is_the_straight_run(tmp_path, dlcli, child_env):
    words = [*FULL, "train.epochs=3", "train.batch=8", "data.workers=0"]
    straight = dlcli("train", *words, "--out", "straight")
    process = start([*words, "--out", "stopped"], tmp_path, child_env(), until=b"epoch 1/")
    time.sleep(0.2)
    process.send_signal(signal.SIGTERM)
    said = process.communicate()[1].decode()
    assert process.returncode == 143
    assert "dlcli train --resume stopped" in said
    state = torch.load(sorted((tmp_path / "stopped/checkpoints").glob("step-*.pt"))[-1], weights_only=True)
    assert state["position"]["batch"] > 0
    resumed = dlcli("train", "--resume", "stopped")
    assert resumed.code == 0
    assert sha(resumed.run) == sha(straight.run)


@pytest.mark.parametrize("pause_s", [0.05, 0.8])
def test_a_second_interrupt_stops_at_once_and_the_same_one_told_twice_does_not(tmp_path, child_env, pause_s):
    """A terminal and a launcher, or `timeout`, tell a process the same thing twice within milliseconds."""
    slow = ("data.image.size_px=224", "data.test=0.7", "data.val=0")  # a step long enough for both to fall into it
    process = start(
        ["classify/resnet18-digits", *slow, "train.batch=64", "train.accumulate=16", "data.workers=0",
         "train.epochs=1", "--out", "run"],  # two signals within one call of a step reach Python as one
        tmp_path, child_env(),
    )  # fmt: skip
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    time.sleep(pause_s)
    process.send_signal(signal.SIGINT)
    # Python hears of signals between calls, and the backward pass of a busy machine is one call of seconds, in which
    # two are one: who wants to stop at once presses on until it does.
    deadline_s = time.monotonic() + 120
    while pause_s >= 0.5 and process.poll() is None and time.monotonic() < deadline_s:
        time.sleep(pause_s)
        process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=120)[1].decode()
    assert process.returncode == 130
    assert ("everything is saved" in said) is (pause_s < 0.5)


def test_a_disk_that_fills_up_leaves_the_checkpoint_before(tmp_path, child_env, dlcli):
    """A quota of one process: no file may grow beyond a megabyte, and a checkpoint of 61,706 weights with Adam's does
    not fit once the moments are there."""

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))

    words = ["-m", "dlcli", "train", "classify/lenet-digits", "train.epochs=2", "data.workers=0", "--out", "run"]
    done = subprocess.run(
        [sys.executable, *words], cwd=tmp_path, env=child_env(), preexec_fn=limit, capture_output=True, text=True,
        check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert done.stderr.count("dlcli: ") == 1, done.stderr
    assert "Traceback" not in done.stderr
    resumed = dlcli("train", "--resume", "run")
    assert resumed.code == 0, resumed.stderr
    assert not list((tmp_path / "run/checkpoints").glob(".*"))


def test_one_process_a_run(tmp_path, dlcli, child_env):
    process = start([*FULL, "train.epochs=300", "--out", "r"], tmp_path, child_env())
    second = dlcli("train", "--resume", "r")
    process.kill()
    process.communicate()
    assert (second.code, "being trained by another process" in second.stderr) == (2, True)
