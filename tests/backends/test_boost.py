"""`dlcli boost` as its users type it: fit, predict, evaluate, compare, cv, inspect, importance, explain, dump."""

import csv
import io
import json
import shutil
import subprocess
import sys

import numpy as np
import pytest
import yaml
from sklearn import datasets

from dlcli.core.names import METHODS


def write_table(path, rows=300, seed=0, task="classify", missing=True):
    """Write a table with numbers, text, booleans, dates and gaps; the answer follows from some of them."""
    rng = np.random.default_rng(seed)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "age", "color", "member", "joined", "note", "y"])
        for n in range(rows):
            age, color = rng.integers(18, 80), rng.choice(["red", "green", "blue"])
            member = rng.random() < 0.5
            score = (age - 50) / 10 + (color == "red") * 2 - member + rng.normal(0, 0.3)
            y = ("yes" if score > 0 else "no") if task == "classify" else round(score, 3)
            gap = "" if missing and rng.random() < 0.1 else age
            joined = f"20{rng.integers(10, 25)}-{rng.integers(1, 13):02}-{rng.integers(1, 29):02}"
            note = f'a "{color}", {n % 3}:{n % 2}'
            writer.writerow([f"r{n:04}", gap, color, "yes" if member else "no", joined, note, y])
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with a table, and a model of it made through the command line."""
    from tests_support import run_words

    root = tmp_path_factory.mktemp("boost")
    write_table(root / "data.csv")
    write_table(root / "new.csv", rows=40, seed=1)
    done = run_words(
        ["boost", "fit", "data.csv", "--target", "y", "--id", "id", "--trees", 30, "-o", "model", "--json"], root
    )
    assert done.code == 0, done.stderr
    return root, done.json()
