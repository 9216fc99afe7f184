"""Reading a folder of JPEG pictures: pictures per second against a bare torchvision loop.

Both sides read the same files, bring them to 224 px and normalize them, in batches of 32, without a network; the peer
is torchvision's ImageFolder with Resize, CenterCrop, ToTensor and Normalize in a DataLoader. Each side is a process of
its own and the two alternate; the first pass over the folder is not timed.

    python benchmarks/loading.py [--runs 5] [--pictures 400]
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# name: workers, width and height of the pictures
CASES = {
    "640×480, 0 workers": (0, (640, 480)),
    "640×480, 2 workers": (2, (640, 480)),
    "320×240, 2 workers": (2, (320, 240)),
}
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
PASSES = 3


def make_folder(root: Path, count: int, size: tuple[int, int]) -> None:
    """Write crops of a photograph, so that they compress as photographs do."""
    import numpy as np
    from PIL import Image
    from skimage import data

    rng = np.random.default_rng(0)
    photos = [Image.fromarray(getattr(data, name)()) for name in ("coffee", "chelsea", "astronaut")]
    for n in range(count):
        photo = photos[n % len(photos)]
        left, top = (int(rng.integers(0, max(1, s // 4))) for s in photo.size)
        folder = root / f"class{n % len(photos)}"
        folder.mkdir(parents=True, exist_ok=True)
        crop = photo.crop((left, top, photo.size[0] - 5, photo.size[1] - 5)).resize(size)
        crop.save(folder / f"{n:05d}.jpg", quality=90)


def ours(root: str, workers: int) -> float:
    from dlcli.core.sources import parse
    from dlcli.data import build, images
    from dlcli.data.loader import Order, PictureBatches, loader
    from dlcli.data.pictures import whole

    part = whole(build.find(parse(f"folder:{root}")).pictures)
    steps = images.steps(
        channels=3, size_px=(224, 224), fit="crop", mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225]
    )
    order = Order(len(part), 32, 0, shuffle=False)
    return rate(loader(PictureBatches(part, steps), order, workers=workers), lambda b: len(b["pictures"]))


def peer(root: str, workers: int) -> float:
    from torch.utils.data import DataLoader
    from torchvision import transforms
    from torchvision.datasets import ImageFolder

    steps = [transforms.Resize(224), transforms.CenterCrop(224), transforms.ToTensor()]
    steps.append(transforms.Normalize(MEAN, STD))
    folder = ImageFolder(root, transforms.Compose(steps))
    return rate(DataLoader(folder, 32, num_workers=workers, persistent_workers=workers > 0), lambda b: len(b[0]))


def rate(batches, count) -> float:
    found = []
    for n in range(PASSES + 1):
        started_s, seen = time.perf_counter(), 0
        for batch in batches:
            seen += count(batch)
        if n:
            found.append(seen / (time.perf_counter() - started_s))
    return statistics.median(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--pictures", type=int, default=400)
    parser.add_argument("--side", choices=("ours", "peer"), help=argparse.SUPPRESS)
    parser.add_argument("--root", help=argparse.SUPPRESS)
    parser.add_argument("--workers", type=int, help=argparse.SUPPRESS)
    words = parser.parse_args()
    if words.side:
        print(json.dumps({"ours": ours, "peer": peer}[words.side](words.root, words.workers)))
        return
    import PIL
    import torch
    import torchvision

    from dlcli import __version__

    versions = f"torch {torch.__version__}, torchvision {torchvision.__version__}, pillow {PIL.__version__}"
    print(f"dlcli {__version__}, {versions}, {words.pictures} pictures, {words.runs} pairs")
    print("case\tours pictures/s\tpeer pictures/s\tratio (median of pairs)")
    for case, (workers, size) in CASES.items():
        with tempfile.TemporaryDirectory() as folder:
            make_folder(Path(folder), words.pictures, size)
            pairs = []
            for _ in range(words.runs):
                pair = {}
                for side in ("ours", "peer"):
                    command = [sys.executable, __file__, "--side", side, "--root", folder, "--workers", str(workers)]
                    pair[side] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
                pairs.append(pair)
        medians = [statistics.median(p[s] for p in pairs) for s in ("ours", "peer")]
        ratio = statistics.median(p["ours"] / p["peer"] for p in pairs)
        print(f"{case}\t{medians[0]:.0f}\t{medians[1]:.0f}\t{ratio:.3f}", flush=True)


if __name__ == "__main__":
    main()
