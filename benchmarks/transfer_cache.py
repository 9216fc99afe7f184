"""What computing the features once gains: an epoch of `classify/transfer` with them, against one that runs the trunk.

Both sides train the same head with the same recipe on the same photographs, JPEG crops of those that come with
scikit-image; the uncached side has an augmentation that never strikes (flip, p=0). Epochs are whole ones, validation
and checkpoint included; each side is a process of its own, the two alternate.

    python benchmarks/transfer_cache.py [--runs 3] [--size-px 224]
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CLASSES = ("brick", "grass", "gravel", "astronaut", "chelsea", "coffee", "rocket", "immunohistochemistry")
A_CLASS, CROP_PX = 28, 256


def photographs(folder: Path) -> None:
    import numpy as np
    import skimage.data
    from PIL import Image

    generator = np.random.default_rng(0)
    for name in CLASSES:
        (folder / name).mkdir(parents=True)
        photograph = getattr(skimage.data, name)()
        for k in range(A_CLASS):
            y, x = (int(generator.integers(0, n - CROP_PX + 1)) for n in photograph.shape[:2])
            Image.fromarray(photograph[y : y + CROP_PX, x : x + CROP_PX]).save(folder / name / f"{k:02}.jpg")


def epochs_s(folder: str, size_px: int, side: str) -> dict[str, float]:
    """Return the median seconds of an epoch after the first, and those before the first epoch's first step."""
    from dlcli.core import recipe as recipes
    from dlcli.core.events import Reporters
    from dlcli.engine.checkpoint import Checkpoints
    from dlcli.engine.stop import StopRequest
    from dlcli.tasks import setup as setups

    count = 11 if side == "cached" else 2
    words = [f"data.image.size_px={size_px}", f"train.epochs={count}", "data.test=0", "data.workers=0"]
    if side == "uncached":
        words.append("data.augment=[{name: flip, p: 0}]")
    resolved = recipes.resolve("classify/transfer", words, {"data.train": ("--data", f"{folder}/photos")})
    setup = setups.prepare(resolved, Reporters())
    ends: list[float] = []
    loop = setups.make_loop(setup, None, Reporters(), StopRequest(), lambda _: ends.append(time.perf_counter()))
    loop.checkpoints = Checkpoints(Path(tempfile.mkdtemp(dir=folder)))
    began = time.perf_counter()
    loop.ready()
    ready = time.perf_counter()
    loop.fit()
    steps = [b - a for a, b in itertools.pairwise(ends)]
    return {"epoch": statistics.median(steps), "before": ready - began}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--size-px", type=int, default=224)
    parser.add_argument("--side", choices=("cached", "uncached"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    words = parser.parse_args()
    if words.side:
        print(json.dumps(epochs_s(words.folder, words.size_px, words.side)))
        return
    import torch

    from dlcli import __version__

    with tempfile.TemporaryDirectory() as folder:
        photographs(Path(folder, "photos"))
        total = len(CLASSES) * A_CLASS
        print(f"dlcli {__version__}, torch {torch.__version__}, {torch.get_num_threads()} threads; {total} photographs")
        pairs = []
        for _ in range(words.runs):
            pair = {}
            for side in ("cached", "uncached"):
                command = [
                    sys.executable,
                    __file__,
                    "--folder",
                    folder,
                    "--size-px",
                    str(words.size_px),
                    "--side",
                    side,
                ]
                pair[side] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
            pairs.append(pair)
    print("uncached s/epoch\tcached s/epoch\tratio (median of pairs)\tfeatures once, in uncached epochs")
    plain, cached = (statistics.median(p[s]["epoch"] for p in pairs) for s in ("uncached", "cached"))
    ratio = statistics.median(p["uncached"]["epoch"] / p["cached"]["epoch"] for p in pairs)
    once = statistics.median(p["cached"]["before"] / p["uncached"]["epoch"] for p in pairs)
    print(f"{plain:.2f}\t{cached:.4f}\t{ratio:.0f}\t{once:.2f}")


if __name__ == "__main__":
    main()
