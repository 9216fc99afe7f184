"""`dlcli train` in several processes: one run, one voice, the loss of one process, an honest end."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
import torch
from group_work import free_port
from safetensors.torch import load_file

# No dropout, augmentation on. At the recipe's own rate AdamW blows a rounding error up within 20 steps, in one process
# with another number of threads just as much; a third of it does not.
LENET = ("train", "classify/lenet-digits", "optim.lr=1e-3", "schedule=constant", "data.workers=0")
WHOLE = (*LENET, "train.batch=all")  # a step an epoch, so that every step's loss is recorded
THREADS = {"OMP_NUM_THREADS": "1"}


def losses(run):
    return [json.loads(line)["train/loss"] for line in (run / "metrics.jsonl").read_text().splitlines()]


def metrics(run, *parts):
    found = json.loads((run / "report.json").read_text())["metrics"]
    return {k: v for k, v in found.items() if k.startswith(parts)}


def weights(run):
    return load_file(run / "model/model.safetensors")


def processes_of(parent):
    """Return the children of a process as rank → process number."""
    found = {}
    for pid in filter(str.isdecimal, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as file:
                if int(file.read().rpartition(")")[2].split()[1]) != parent:
                    continue
            with open(f"/proc/{pid}/environ", "rb") as file:
                held = dict(v.split(b"=", 1) for v in file.read().split(b"\0") if b"=" in v)
        except OSError:
            continue
        if b"RANK" in held:
            found[int(held[b"RANK"])] = int(pid)
    return found


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def training(tmp_path, child_env):
    """Start a long training in two processes; returns the launcher once its second epoch has begun, and the ranks."""
    started = []

    def call(*words):
        process = subprocess.Popen(
            [sys.executable, "-m", "dlcli", *LENET, "train.epochs=500", "--devices", "2", "--out", "run", *words],
            cwd=tmp_path, env=child_env(**THREADS), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        started.append(process)
        for line in process.stderr:
            if line.startswith(b"epoch 1/"):
                return process, processes_of(process.pid)
        raise AssertionError(f"ended with {process.wait()}")

    yield call
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.slow
def test_two_processes_and_torchrun_have_the_loss_of_one(tmp_path, dlcli, child_env):
    one = dlcli(*WHOLE, "train.epochs=20", "--out", "one", env=THREADS)
    assert one.code == 0, one.stderr
    ours = dlcli(*WHOLE, "train.epochs=20", "--out", "two", "--devices", "2", env=THREADS)
    assert ours.code == 0, ours.stderr
    theirs = subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "--master-port", str(free_port()),
         "-m", "dlcli", *WHOLE, "train.epochs=20", "--out", "torchrun"],
        cwd=tmp_path, env=child_env(**THREADS), capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert theirs.returncode == 0, theirs.stderr
    expected = losses(one.run)
    assert len(expected) == 20
    assert losses(ours.run) == pytest.approx(expected, abs=1e-5)
    assert losses(tmp_path / "torchrun") == losses(ours.run)
    # One run, one voice.
    for said, printed in ((ours.stderr, ours.stdout), (theirs.stderr, theirs.stdout)):
        assert said.count("run: ") == 1
        assert said.count("epoch 20/20") == 1
        assert printed.count("metric\ttrain") == 1
    assert "2 processes share each batch of 1151: cpu (1 thread)\n" in ours.stderr
    assert json.loads((ours.run / "env.json").read_text())["processes"] == 2


@pytest.mark.slow
def test_scores_are_identical_whatever_the_number_of_processes(dlcli):
    """The rate is too small to move a weight, so that only the sharing out of 287 and 359 pictures could differ."""
    words = ("train.epochs=1", "optim.lr=1e-30")
    runs = [dlcli(*LENET, *words, "--devices", n, "--out", f"run{n}", env=THREADS) for n in (1, 2, 3)]
    assert [r.code for r in runs] == [0, 0, 0], [r.stderr for r in runs]
    reports = [json.loads((r.run / "report.json").read_text()) for r in runs]
    for report in reports[1:]:
        assert report["confusion"] == reports[0]["confusion"]
        for part in ("val/", "test/", "train/accuracy"):
            assert {k: v for k, v in report["metrics"].items() if k.startswith(part)} == {
                k: v for k, v in reports[0]["metrics"].items() if k.startswith(part)
            }
        assert report["metrics"]["train/loss"] == pytest.approx(reports[0]["metrics"]["train/loss"], abs=1e-6)


@pytest.mark.slow
def test_a_run_goes_on_with_another_number_of_processes(dlcli):
    """Two processes, then one, then two, against one all the way."""
    straight = dlcli(*WHOLE, "train.epochs=6", "--out", "straight", env=THREADS)
    for epochs, devices in ((2, 2), (4, 1), (6, 2)):
        start = (*WHOLE, "--out", "run") if epochs == 2 else ("train", "--resume", "run")
        done = dlcli(*start, f"train.epochs={epochs}", "--devices", devices, env=THREADS)
        assert done.code == 0, done.stderr
    run = straight.run.parent / "run"
    assert losses(run) == pytest.approx(losses(straight.run), abs=1e-5)
    for name, tensor in weights(run).items():
        torch.testing.assert_close(tensor, weights(straight.run)[name], atol=1e-4, rtol=0)


def test_a_recipe_on_stdin_is_read_once(dlcli):
    recipe = dlcli("recipes", "show", "classify/lenet-digits").stdout
    done = dlcli("train", "-", "train.epochs=1", "--devices", "2", "--json", stdin=recipe)
    assert done.code == 0, done.stderr
    assert json.loads(done.stdout)["processes"] == 2
    assert done.stderr.count("run: ") == 1
    assert [p.name for p in (done.run.parent).iterdir()] == ["stdin-1"]


def test_terminating_the_first_process_saves_and_ends_all(training, dlcli):
    process, ranks = training()
    os.kill(ranks[0], signal.SIGTERM)
    said = process.communicate(timeout=60)[1].decode()
    assert process.returncode == 143
    assert said.count("dlcli: ") == 1
    assert "everything is saved\n  → dlcli train --resume run\n" in said
    assert not any(map(alive, ranks.values()))


@pytest.mark.parametrize("rank", [1, 0])
def test_a_killed_process_ends_the_job_with_one_message(training, dlcli, rank):
    process, ranks = training()
    os.kill(ranks[rank], signal.SIGKILL)
    said = process.communicate(timeout=60)[1].decode()
    assert process.returncode == 137
    assert said.count("dlcli: ") == 1, said
    assert f"dlcli: process {rank} of 2 was killed by SIGKILL; the others were stopped" in said
    assert "→ dlcli train --resume run goes on from the last checkpoint" in said
    assert not any(map(alive, ranks.values()))


def test_a_second_signal_ends_a_job_with_a_process_that_hangs(training):
    process, ranks = training()
    os.kill(ranks[1], signal.SIGSTOP)
    process.send_signal(signal.SIGTERM)
    time.sleep(0.7)
    process.send_signal(signal.SIGTERM)
    said = process.communicate(timeout=60)[1].decode()
    assert process.returncode == 143
    assert said.count("dlcli: ") == 1, said
    assert "dlcli: stopped by SIGTERM\n  → dlcli train --resume run goes on" in said
    assert not any(map(alive, ranks.values()))


def test_a_job_stopped_before_it_trains_says_that_nothing_was_saved(tmp_path, child_env):
    process = subprocess.Popen(
        [sys.executable, "-m", "dlcli", *LENET, "--devices", "2", "--out", "run"],
        cwd=tmp_path, env=child_env(**THREADS), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while len(processes_of(process.pid)) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    said = process.communicate(timeout=60)[1].decode()
    assert process.returncode == 143
    assert said == "dlcli: stopped by SIGTERM\n  → nothing was saved yet\n"
    assert not (tmp_path / "run").exists()


def test_workers_do_not_outlive_their_launcher(training):
    process, ranks = training()
    process.kill()
    deadline = time.monotonic() + 30
    while any(map(alive, ranks.values())) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(alive, ranks.values()))


@pytest.mark.slow
def test_killed_and_resumed_in_two_processes_is_the_straight_run(tmp_path, training, dlcli):
    """Bit for bit, sums of the running epoch included."""
    process, ranks = training("train.checkpoint_minutes=0.001", "train.ema=0.9", "train.batch=96")
    time.sleep(0.37)
    os.kill(ranks[1], signal.SIGKILL)
    process.communicate(timeout=60)
    epochs = len(losses(tmp_path / "run")) + 3
    resumed = dlcli("train", "--resume", "run", f"train.epochs={epochs}", env=THREADS)
    assert resumed.code == 0, resumed.stderr
    straight = dlcli(
        *LENET, "train.ema=0.9", "train.batch=96", f"train.epochs={epochs}", "--devices", "2", "--out", "straight",
        env=THREADS,
    )  # fmt: skip
    assert losses(resumed.run) == losses(straight.run)
    for name, tensor in weights(resumed.run).items():
        assert torch.equal(tensor, weights(straight.run)[name])


@pytest.mark.parametrize(
    ("words", "env", "code", "says"),
    [
        (["data.train=./nosuch/"], {}, 3, "nosuch does not exist"),
        (["--device", "mps"], {}, 5, "device mps: no Apple GPU was found here"),
        (["--fail-under", "test/accuracy=1"], {}, 7, "below the bound 1 of --fail-under"),
        (["optim.lr=1e9", "optim=sgd"], {}, 1, "the loss is"),
        (["train.batch=1"], {}, 2, "train.batch=1 cannot be shared by 2 processes"),
    ],
)
def test_one_message_and_the_code_of_one_process(dlcli, words, env, code, says):
    done = dlcli(*LENET, "train.epochs=2", "--devices", "2", *words, env=env)
    assert done.code == code, done.stderr
    assert done.stderr.count("dlcli: ") == 1, done.stderr
    assert says in done.stderr


def test_a_launchers_variables_are_checked(run_inprocess, monkeypatch):
    monkeypatch.setenv("RANK", "2")
    monkeypatch.setenv("WORLD_SIZE", "2")
    assert "RANK=2 and WORLD_SIZE=2 do not fit" in run_inprocess(*LENET).stderr
    monkeypatch.setenv("RANK", "x")
    assert "RANK='x' must be a whole number" in run_inprocess(*LENET).stderr
    monkeypatch.setenv("RANK", "0")
    done = run_inprocess(*LENET, "--devices", "3")
    assert done.code == 2
    assert "device.count=3, but 2 processes were started" in done.stderr


def test_a_dry_run_starts_no_processes(run_inprocess, tmp_path):
    done = run_inprocess(*LENET, "--devices", "2", "--dry-run")
    assert done.code == 0
    assert "processes\t2" in done.stdout
    assert not list(tmp_path.iterdir())
