"""Fixtures for all tests: the command as a process or in this one, a finished run, a folder of pictures."""

import atexit
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from toy_tables import write_table

import dlcli as package

os.environ.setdefault("TYPER_USE_RICH", "0")  # Typer reads it once, when imported; dlcli sets it off a terminal
# What a killed process left half compiled in the user's cache must not fail a test.
os.environ["TORCHINDUCTOR_CACHE_DIR"] = tempfile.mkdtemp(prefix="dlcli-compiled-")
atexit.register(shutil.rmtree, os.environ["TORCHINDUCTOR_CACHE_DIR"], ignore_errors=True)
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # the workers share the cores; read once, when torch is imported
IMPORTED_FROM = str(Path(package.__file__).resolve().parent.parent)
TINY_RUN = ("train", "classify/mlp-digits", "train.epochs=2", "model.args.hidden=[16]")


@dataclass(frozen=True)
class Result:
    """What a command line left behind; ``run`` is the run directory it named on stderr, or None."""

    stdout: str
    stderr: str
    code: int
    run: Path | None = None

    def json(self):
        return json.loads(self.stdout)


def named_run(stderr, cwd):
    found = re.search(r"^run: (.+)$", stderr, re.MULTILINE)
    return Path(cwd) / found[1] if found else None


def environment(**more):
    """Return an environment in which child processes find this very dlcli and nothing forces a color or a device."""
    dropped = (
        "NO_COLOR",
        "FORCE_COLOR",
        "CLICOLOR_FORCE",
        "GITHUB_ACTIONS",
        "TYPER_USE_RICH",
        "COLUMNS",
        "LINES",
        "PYTHONUNBUFFERED",
        "PYTHONPATH",
    )
    env = {k: v for k, v in os.environ.items() if k not in dropped}
    env |= {"PYTHONPATH": os.pathsep.join(filter(None, (IMPORTED_FROM, os.environ.get("PYTHONPATH")))), "TERM": "xterm"}
    env |= {k: str(v) for k, v in more.items() if v is not None}
    return {k: v for k, v in env.items() if k not in [m for m, v in more.items() if v is None]}


def run_words(words, cwd, stdin=None, env=None, timeout=300):
    binary = isinstance(stdin, bytes)
    done = subprocess.run(
        [sys.executable, "-m", "dlcli", *map(str, words)],
        cwd=cwd,
        env=environment(**(env or {})),
        timeout=timeout,
        capture_output=True,
        check=False,
        **({"input": stdin if binary else stdin.encode()} if stdin is not None else {"stdin": subprocess.DEVNULL}),
    )
    stdout, stderr = done.stdout.decode(), done.stderr.decode()
    return Result(stdout, stderr, done.returncode, named_run(stderr, cwd))


@pytest.fixture
def child_env():
    """Return the function that makes the environment of a child process: ``child_env(NAME=value, OTHER=None)``."""
    return environment


@pytest.fixture
def dlcli(tmp_path):
    """Run ``python -m dlcli`` in an empty folder: ``dlcli("runs", "ls", stdin=None, cwd=…, env={…}, timeout=…)``."""

    def call(*words, stdin=None, cwd=tmp_path, env=None, timeout=300):
        return run_words(words, cwd, stdin, env, timeout)

    return call


@pytest.fixture
def run_inprocess(tmp_path, monkeypatch, capsys):
    """Run a command line in this process, in an empty folder; faster, but shares imports and environment."""
    from dlcli.__main__ import run

    monkeypatch.setenv("TYPER_USE_RICH", "0")
    monkeypatch.chdir(tmp_path)

    def call(*words, cwd=None):
        if cwd is not None:
            monkeypatch.chdir(cwd)
        capsys.readouterr()
        code = run(list(map(str, words)))
        held = capsys.readouterr()
        return Result(held.out, held.err, int(code), named_run(held.err, Path.cwd()))

    return call


@pytest.fixture(scope="session")
def digits_run(tmp_path_factory):
    """Return the directory of a finished tiny run on digits. Do not write into it; copy it first."""
    result = run_words(TINY_RUN, tmp_path_factory.mktemp("digits"))
    assert result.code == 0, result.stderr
    return result.run


@pytest.fixture(scope="session")
def table_run(tmp_path_factory):
    """Return a folder with data.csv, new.csv and model/, a finished `boost fit`. Copy before you write."""
    root = tmp_path_factory.mktemp("boost")
    write_table(root / "data.csv")
    write_table(root / "new.csv", rows=40, seed=1)
    words = ("--target", "y", "--id", "id", "--trees", "300", "--early-stop", "5", "-o", "model")
    result = run_words(("boost", "fit", "data.csv", *words), root)
    assert result.code == 0, result.stderr
    return root


@pytest.fixture(scope="session")
def photo_folder(tmp_path_factory):
    """Return an ImageFolder of 3 classes × 12 color pictures of 40×30, told apart by color and pattern."""
    root = tmp_path_factory.mktemp("pictures") / "photos"
    rng = np.random.default_rng(7)
    y, x = np.mgrid[:30, :40]
    patterns = {
        "blue_checks": ((x // 5 + y // 5) % 2, 2),
        "green_rows": (y // 4 % 2, 1),
        "red_columns": (x // 4 % 2, 0),
    }
    for name, (pattern, channel) in patterns.items():
        (root / name).mkdir(parents=True)
        for number in range(12):
            pixels = rng.integers(0, 60, (30, 40, 3))
            pixels[..., channel] += 90 + 100 * pattern
            Image.fromarray(pixels.astype(np.uint8)).save(root / name / f"{number:02}.png")
    return root
