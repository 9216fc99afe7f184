"""What a run costs beside the steps: the wait before the first one, and the checkpoints.

start: from the command to the end of the first optimizer step of LeNet on digits, against a script that imports torch,
torchvision and scikit-learn's digits, builds the same network and takes one step; each a process of its own.

checkpoints: the time in which checkpoints and best weights are written, as a share of the epochs they follow.

    python benchmarks/run_costs.py [--runs 5]
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time

# name: recipe, further words
CASES = {
    "lenet, digits": ("classify/lenet-digits", ["train.epochs=8"]),
    "resnet18, 64 px digits": (
        "classify/resnet18-digits",
        ["data.image.size_px=64", "train.batch=32", "data.test=0.6", "data.val=0.1", "train.epochs=4"],
    ),
}

OURS = """
import os
from dlcli.engine import step
take = step.Stepper.take
def first(self, *words):
    take(self, *words)
    os._exit(0)
step.Stepper.take = first
from dlcli.__main__ import main
main(["train", "classify/lenet-digits", "data.workers=0", "-q"])
"""

BARE = """
import os
import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms import v2
from PIL import Image
x, y = load_digits(return_X_y=True)
x = (x.reshape(-1, 8, 8) * 16).clip(0, 255).astype(np.uint8)
transform = v2.Compose([v2.Resize((28, 28)), v2.RandomAffine(8, (0.08, 0.08)), v2.PILToTensor(),
                        v2.ToDtype(torch.float32, scale=True)])
class Digits(Dataset):
    def __len__(self):
        return len(x)
    def __getitem__(self, i):
        return transform(Image.fromarray(x[i])), int(y[i])
module = nn.Sequential(
    nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))
optimizer = torch.optim.AdamW(module.parameters(), 3e-3)
for pictures, labels in DataLoader(Digits(), 32, shuffle=True):
    nn.functional.cross_entropy(module(pictures), labels).backward()
    optimizer.step()
    os._exit(0)
"""


def timed_s(code: str) -> float:
    with tempfile.TemporaryDirectory() as folder:
        started_s = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], cwd=folder, check=True, capture_output=True)
        return time.perf_counter() - started_s


def checkpoint_share(case: str) -> dict[str, float]:
    """Return seconds in checkpoints and in epochs, the first epoch left out."""
    from pathlib import Path

    from dlcli.core import recipe as recipes
    from dlcli.core import run as runs
    from dlcli.core.events import EpochDone, Reporters
    from dlcli.engine import checkpoint
    from dlcli.engine.stop import StopRequest
    from dlcli.tasks import setup as backend

    name, words = CASES[case]
    spent = {"checkpoints": 0.0, "epochs": 0.0, "count": 0}
    for method in ("save", "save_best"):
        original = getattr(checkpoint.Checkpoints, method)

        def timed(self, *given, original=original):
            started_s = time.perf_counter()
            found = original(self, *given)
            spent["checkpoints"] += time.perf_counter() - started_s
            return found

        setattr(checkpoint.Checkpoints, method, timed)

    class Watch:
        begun_s = 0.0

        def emit(self, event):
            if isinstance(event, EpochDone):
                if event.epoch == 1:
                    spent["checkpoints"], self.begun_s = 0.0, time.perf_counter()
                spent["epochs"], spent["count"] = time.perf_counter() - self.begun_s, event.epoch - 1

    with tempfile.TemporaryDirectory() as folder:
        held = backend.prepare(recipes.resolve(name, words), Reporters())
        run = runs.Run(Path(folder))
        backend.make_loop(held, run, Watch(), StopRequest()).fit()
    return spent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--case", help=argparse.SUPPRESS)
    words = parser.parse_args()
    if words.case:
        print(json.dumps(checkpoint_share(words.case)))
        return
    import torch

    from dlcli import __version__

    print(f"dlcli {__version__}, torch {torch.__version__}, {torch.get_num_threads()} threads, {words.runs} pairs")
    pairs = [(timed_s(OURS), timed_s(BARE)) for _ in range(words.runs)]
    ours, bare = (statistics.median(p[k] for p in pairs) for k in (0, 1))
    print("\tours s\tbare s\tratio (median of pairs)")
    print(f"command to first step\t{ours:.2f}\t{bare:.2f}\t{statistics.median(o / b for o, b in pairs):.3f}")
    print("case\tms a checkpoint and best weights\tshare of epoch time (median)")
    for case in CASES:
        found = []
        for _ in range(words.runs):
            command = [sys.executable, __file__, "--case", case]
            found.append(json.loads(subprocess.run(command, check=True, capture_output=True).stdout))
        each = statistics.median(1e3 * f["checkpoints"] / f["count"] for f in found)
        print(f"{case}\t{each:.1f}\t{statistics.median(f['checkpoints'] / f['epochs'] for f in found):.3f}", flush=True)


if __name__ == "__main__":
    main()
