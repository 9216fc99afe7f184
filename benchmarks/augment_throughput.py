"""Training a ResNet-18 at 96 px with RandAugment: pictures per second against a bare PyTorch loop.

Both sides read the same folder of JPEG photographs with the same transforms, workers, batch, network and optimizer; the
bare side is torchvision's ImageFolder in a DataLoader with its default collation, reading the loss every so often. The
two alternate epoch by epoch in one process, so that what else the machine does meets both; the first epoch of either is
not timed. Neither scores or saves anything. Processor time, which other processes hardly change, is compared too; it is
that of the main process, so with --workers 0 it is that of everything.

    python benchmarks/augment_throughput.py [--pairs 9] [--workers 2]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

SIZE_PX, BATCH = 96, 32
PICTURES, FILE_PX = 96, (160, 120)
WORDS = (
    "data.val=0",
    "data.test=0",
    f"data.image.size_px={SIZE_PX}",
    "data.augment=[resized_crop, flip, randaugment]",
    f"train.batch={BATCH}",
    "schedule.warmup_steps=0",
)


def make_folder(root: Path) -> None:
    """Write crops of photographs, so that they compress as photographs do."""
    import numpy as np
    from PIL import Image
    from skimage import data

    rng = np.random.default_rng(0)
    photos = {name: Image.fromarray(getattr(data, name)()) for name in ("coffee", "chelsea", "astronaut", "rocket")}
    for n in range(PICTURES):
        name = list(photos)[n % len(photos)]
        width, height = photos[name].size
        left, top = int(rng.integers(0, width // 3)), int(rng.integers(0, height // 3))
        folder = root / name
        folder.mkdir(parents=True, exist_ok=True)
        crop = photos[name].crop((left, top, left + 2 * width // 3, top + 2 * height // 3)).resize(FILE_PX)
        crop.save(folder / f"{n:05d}.jpg", quality=90)


def resolved(root: str, workers: int, epochs: int):
    from dlcli.core import recipe as recipes

    words = [*WORDS, f"data.workers={workers}", f"train.epochs={epochs}"]
    return recipes.resolve("classify/resnet18", words, {"data.train": ("--data", f"folder:{root}")})


Seconds = tuple[float, float]  # by the clock, and of the processor


def now() -> Seconds:
    return time.perf_counter(), time.process_time()


def since(start: Seconds) -> Seconds:
    return time.perf_counter() - start[0], time.process_time() - start[1]


def ours(recipe, between: Callable[[], Seconds]) -> list[tuple[Seconds, Seconds]]:
    """Return the seconds of each epoch and of what was called after it."""
    from dlcli.core.events import EpochDone, Reporters
    from dlcli.engine.stop import StopRequest
    from dlcli.tasks import setup

    found, started = [], now()

    class Pairs:
        def emit(self, event):
            nonlocal started
            if isinstance(event, EpochDone):
                found.append((since(started), between()))
                started = now()

    held = setup.prepare(recipe, Reporters())
    setup.make_loop(held, None, Pairs(), StopRequest()).fit()
    return found


def bare(root: str, recipe) -> Callable[[], Seconds]:
    """Return the function that trains an epoch and returns its seconds."""
    import torch
    from torch.utils.data import DataLoader
    from torchvision.datasets import ImageFolder
    from torchvision.models import resnet18
    from torchvision.transforms import v2

    crop, _, randaugment = recipe.data.augment
    transform = v2.Compose(
        [
            v2.RandomResizedCrop(SIZE_PX, scale=tuple(crop.area), ratio=tuple(crop.ratio)),
            v2.RandomHorizontalFlip(),
            v2.RandAugment(randaugment.operations, randaugment.magnitude, interpolation=v2.InterpolationMode.BILINEAR),
            v2.PILToTensor(),
            v2.ToDtype(torch.float32, scale=True),
            v2.Normalize([0.5, 0.4, 0.4], [0.3, 0.3, 0.3]),
        ]
    )
    folder, workers = ImageFolder(root, transform), recipe.data.workers
    loader = DataLoader(folder, BATCH, shuffle=True, num_workers=workers, persistent_workers=workers > 0)
    module, section = resnet18(num_classes=len(folder.classes)), recipe.optim
    optimizer = torch.optim.SGD(
        module.parameters(),
        section.lr,
        section.momentum,
        weight_decay=section.weight_decay,
        nesterov=section.nesterov,
    )
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, recipe.train.epochs * len(loader))
    criterion = torch.nn.CrossEntropyLoss()
    module.train()

    def epoch() -> Seconds:
        started, seen = now(), 0.0
        for step, (pictures, labels) in enumerate(loader):
            optimizer.zero_grad()
            loss = criterion(module(pictures), labels)
            loss.backward()
            optimizer.step()
            scheduler.step()
            if step % 10 == 0:
                seen += loss.item()
        return since(started)

    return epoch


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=9)
    parser.add_argument("--workers", type=int, default=2)
    words = parser.parse_args()
    import torch
    import torchvision

    from dlcli import __version__

    versions = f"torch {torch.__version__}, torchvision {torchvision.__version__}, {torch.get_num_threads()} threads"
    print(f"dlcli {__version__}, {versions}, {PICTURES} pictures, {words.workers} workers, {words.pairs} pairs")
    with tempfile.TemporaryDirectory() as folder:
        make_folder(Path(folder))
        recipe = resolved(folder, words.workers, words.pairs + 1)
        pairs = ours(recipe, bare(folder, recipe.recipe))[1:]
    for k, what in enumerate(("clock", "processor")):
        rates = [PICTURES / statistics.median(p[side][k] for p in pairs) for side in (0, 1)]
        ratios = [other[k] / own[k] for own, other in pairs]
        shown = " ".join(f"{r:.3f}" for r in ratios)
        print(
            f"{what}: ours {rates[0]:.1f}, bare {rates[1]:.1f} pictures/s; "
            f"ratio {statistics.median(ratios):.3f} (median of {shown})"
        )


if __name__ == "__main__":
    main()
