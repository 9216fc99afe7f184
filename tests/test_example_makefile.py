"""examples/Makefile, run by make."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "Makefile"
OLD = (1_000_000_000, 1_000_000_000)


@pytest.fixture
def make(tmp_path, child_env, photo_folder):
    """Start make in a folder with the example, photos/, holiday/ and a recipe; returns what it printed on stdout."""
    shutil.copy(EXAMPLE, tmp_path)
    shutil.copytree(photo_folder, tmp_path / "photos")
    shutil.copytree(photo_folder / "green_rows", tmp_path / "holiday")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/dlcli").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m dlcli "$@"\n')
    (tmp_path / "bin/dlcli").chmod(0o755)
    recipe = "extends: classify/linear\ndata: {image: {size_px: 12}, workers: 0}\noptim: {lr: 1e-2}\n"
    (tmp_path / "mine.yaml").write_text(recipe)
    env = {**child_env(), "PATH": f"{tmp_path}/bin:{os.environ['PATH']}"}

    def start(*words, **settings):
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen(["make", *words], cwd=tmp_path, env=env, **pipes, **settings)

    def call(*words):
        process = start("RECIPE=mine.yaml", "DATA=photos/", "EPOCHS=15", "PICTURES=holiday", *words)
        stdout, stderr = process.communicate(timeout=120)
        assert process.returncode == 0, stderr
        return {line.split()[1] for line in stdout.splitlines() if line.startswith("dlcli ")}

    call.start = start
    return call


def test_only_what_changed_is_made_again(make, tmp_path):
    assert make() == {"train", "evaluate", "predict"}
    assert (tmp_path / "answers.csv").read_text().count("holiday/") == 12
    assert make() == set()
    for path in ("photos", "holiday"):
        for inner in (tmp_path / path, *(tmp_path / path).rglob("*")):
            os.utime(inner, OLD)
    for file in (*(tmp_path / "run").rglob("*"), tmp_path / "mine.yaml"):
        os.utime(file, OLD)
    before_s = time.time() - 2  # what is touched now is newer
    for name in ("trained.stamp", "scored.stamp", "answers.csv"):
        os.utime(tmp_path / name, (before_s, before_s))
    assert make("-n") == set()
    everything = {"train", "evaluate", "predict"}
    changes = {
        "mine.yaml": everything, "photos/red_columns/03.png": everything, "photos/red_columns": everything,
        "photos": everything, "holiday/03.png": {"predict"}, "holiday": {"predict"},
        "run/model/model.safetensors": {"evaluate", "predict"},
    }  # fmt: skip
    for path, made in changes.items():  # a new picture changes the time of its folder
        os.utime(tmp_path / path)
        assert make("-n") == made, path
        os.utime(tmp_path / path, OLD)
    (tmp_path / "photos/red_columns/03.png").unlink()
    (tmp_path / "holiday/03.png").unlink()
    shutil.rmtree(tmp_path / "photos/blue_checks")
    assert make("-j2") == everything
    assert (tmp_path / "answers.csv").read_text().count("holiday/") == 11
    assert make() == set()


def test_an_interrupted_make_leaves_no_stamp_and_can_be_made_again(make, tmp_path):
    process = make.start("EPOCHS=100000", start_new_session=True)
    assert any(line.startswith("epoch 1/") for line in process.stderr)
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode != 0
    assert (tmp_path / "run/checkpoints").is_dir()
    assert not list(tmp_path.glob("*.stamp"))
    assert make("trained.stamp") == {"train"}
    assert (tmp_path / "run/report.json").exists()


def test_two_trainings_at_a_time(make, tmp_path):
    """Both take a run directory of their own from the same numbers."""
    (tmp_path / "Makefile").write_text(
        "all: a.stamp b.stamp\n%.stamp:\n\tdlcli train mine.yaml --epochs 1 --data photos/ --stamp $@ --depfile $*.d\n"
    )
    process = make.start("-j2")
    _, stderr = process.communicate(timeout=120)
    assert process.returncode == 0, stderr
    runs = {(tmp_path / name).read_text() for name in ("a.stamp", "b.stamp")}
    assert runs == {"runs/classify/mine-1\n", "runs/classify/mine-2\n"}
    for run in runs:
        assert (tmp_path / run.strip() / "report.json").exists()
    assert (tmp_path / "a.d").read_text().startswith("a.stamp: ")
