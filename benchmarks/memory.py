"""Memory over the epochs: resident memory of a training and its workers on many small pictures, epoch by epoch.

What grows with the epochs in many loaders is memory that workers share with their parent until a reference count
touches it, so the figure is the proportional set size of all processes together. The peer is torchvision's ImageFolder
in a DataLoader with as many workers and the same network.

    python benchmarks/memory.py [--items 100000] [--epochs 10] [--workers 4] [--runs 3]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

CLASSES = 10


def pss_bytes() -> int:
    """Return the proportional set size of this process and its children."""
    total = 0
    for pid in (os.getpid(), *children_of(os.getpid())):
        try:
            with open(f"/proc/{pid}/smaps_rollup") as file:
                total += 1024 * next(int(line.split()[1]) for line in file if line.startswith("Pss:"))
        except OSError:
            continue
    return total


def children_of(parent: int) -> list[int]:
    with open(f"/proc/{parent}/task/{parent}/children") as file:
        return [int(pid) for pid in file.read().split()]


def make_folder(root: Path, items: int) -> None:
    """Write a few pictures and link to them many times."""
    import numpy as np
    from PIL import Image

    rng = np.random.default_rng(0)
    for k in range(CLASSES):
        folder = root / f"class{k}"
        folder.mkdir(parents=True)
        first = folder / "0000000.png"
        Image.fromarray(rng.integers(0, 256, (8, 8), dtype=np.uint8)).save(first)
        for n in range(1, items // CLASSES):
            os.link(first, folder / f"{n:07d}.png")


def ours(root: str, epochs: int, workers: int) -> list[int]:
    from dlcli.core import recipe as recipes
    from dlcli.core.events import EpochDone, Reporters
    from dlcli.engine.stop import StopRequest
    from dlcli.tasks import setup as backend

    words = [f"data.train={root}/", "data.val=0", "data.test=0", "data.image.size_px=8", "data.image.channels=1"]
    words += [f"data.workers={workers}", f"train.epochs={epochs}", "train.batch=512"]
    held = backend.prepare(recipes.resolve("classify/linear", words), Reporters())
    found: list[int] = []

    class Watch:
        def emit(self, event):
            if isinstance(event, EpochDone):
                found.append(pss_bytes())

    backend.make_loop(held, None, Watch(), StopRequest()).fit()
    return found


def peer(root: str, epochs: int, workers: int) -> list[int]:
    import torch
    from torch import nn
    from torch.utils.data import DataLoader
    from torchvision.datasets import ImageFolder
    from torchvision.transforms import v2

    transform = v2.Compose([v2.Grayscale(), v2.Resize((8, 8)), v2.PILToTensor(), v2.ToDtype(torch.float32, scale=True)])
    loader = DataLoader(
        ImageFolder(root, transform), 512, shuffle=True, num_workers=workers, persistent_workers=workers > 0
    )
    module = nn.Sequential(nn.Flatten(), nn.Linear(64, CLASSES))
    optimizer = torch.optim.SGD(module.parameters(), 0.01)
    found = []
    for _ in range(epochs):
        for pictures, labels in loader:
            optimizer.zero_grad()
            nn.functional.cross_entropy(module(pictures), labels).backward()
            optimizer.step()
        found.append(pss_bytes())
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--side", choices=("ours", "peer"), help=argparse.SUPPRESS)
    parser.add_argument("--root", help=argparse.SUPPRESS)
    words = parser.parse_args()
    if words.side:
        print(json.dumps({"ours": ours, "peer": peer}[words.side](words.root, words.epochs, words.workers)))
        return
    import torch
    import torchvision

    from dlcli import __version__

    print(f"dlcli {__version__}, torch {torch.__version__}, torchvision {torchvision.__version__}")
    print(f"{words.items:,} pictures, {words.workers} workers, {words.epochs} epochs, {words.runs} pairs")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "pictures"
        make_folder(root, words.items)
        found: dict[str, list[list[int]]] = {"ours": [], "peer": []}
        for _ in range(words.runs):
            for side, series in found.items():
                command = [sys.executable, __file__, "--side", side, "--root", str(root)]
                command += ["--epochs", str(words.epochs), "--workers", str(words.workers)]
                series.append(json.loads(subprocess.run(command, check=True, capture_output=True).stdout))
    print("side\tMiB after epoch 2\tMiB after the last\tratio last/second (median)\tratios")
    for side, series in found.items():
        ratios = [s[-1] / s[1] for s in series]
        second, last = (statistics.median(s[k] for s in series) / 2**20 for k in (1, -1))
        listed = " ".join(f"{r:.4f}" for r in ratios)
        print(f"{side}\t{second:.0f}\t{last:.0f}\t{statistics.median(ratios):.4f}\t{listed}", flush=True)
    pairs = zip(*found.values(), strict=True)
    print(f"ours/peer after the last epoch\t{statistics.median(o[-1] / p[-1] for o, p in pairs):.3f}")


if __name__ == "__main__":
    main()
