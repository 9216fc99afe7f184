"""What dlcli's loop costs: pictures per second and peak memory against a bare hand-written loop.

Both sides train the same network on the same pictures with the same augmentation, batch, number of workers and
optimizer, without EMA, reading the loss every so often; each side is a process of its own, the two alternate.

    python benchmarks/train_overhead.py [--runs 5]
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time

# name: recipe, further words, epochs timed after one that is not
CASES = {
    "lenet, batch 64": ("classify/lenet-digits", ["train.batch=64"], 6),
    "resnet18, 64 px, batch 32": (
        "classify/resnet18-digits",
        ["data.image.size_px=64", "train.batch=32", "data.test=0.75", "data.val=0.05"],
        2,
    ),
}


def made(case: str):
    from dlcli.core import recipe as recipes
    from dlcli.core.events import Reporters
    from dlcli.tasks import setup as backend

    name, words, epochs = CASES[case]
    resolved = recipes.resolve(name, [*words, f"train.epochs={epochs + 1}"])
    return backend.prepare(resolved, Reporters()), epochs


def ours(case: str) -> list[float]:
    from dlcli.core.events import EpochDone
    from dlcli.engine.stop import StopRequest
    from dlcli.tasks import setup as backend

    held, _ = made(case)
    rates: list[float] = []

    class Rates:
        def emit(self, event):
            if isinstance(event, EpochDone):
                rates.append(event.items_per_s)

    loop = backend.make_loop(held, None, Rates(), StopRequest())
    loop.val_loader = None
    loop.fit()
    return rates[1:]


def bare(case: str) -> list[float]:
    import torch
    from torch.utils.data import DataLoader, Dataset
    from torchvision.transforms import v2

    ready, epochs = made(case)  # the same network, pictures and statistics
    facts, recipe = ready.facts, ready.recipe
    part = ready.parts.train
    held = [(part.read(i), int(part.labels[i])) for i in range(len(part))]
    affine = recipe.data.augment[0]
    transform = v2.Compose(
        [
            v2.Grayscale(facts["channels"]),
            v2.Resize(facts["size_px"]),
            v2.RandomAffine(
                affine.degrees,
                (affine.shift, affine.shift),
                (1 - affine.zoom, 1 + affine.zoom),
                interpolation=v2.InterpolationMode.BILINEAR,
            ),
            v2.PILToTensor(),
            v2.ToDtype(torch.float32, scale=True),
            v2.Normalize(facts["mean"], facts["std"]),
        ]
    )

    class Pictures(Dataset):
        def __len__(self):
            return len(held)

        def __getitem__(self, i):
            image, label = held[i]
            return transform(image), label

    loader = DataLoader(Pictures(), recipe.train.batch, shuffle=True, num_workers=recipe.data.workers)
    module, section = ready.module, recipe.optim
    if section.name == "sgd":
        optimizer = torch.optim.SGD(
            module.parameters(), section.lr, section.momentum, 0.0, section.weight_decay, section.nesterov
        )
    else:
        optimizer = torch.optim.AdamW(module.parameters(), section.lr, weight_decay=section.weight_decay)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, (epochs + 1) * len(loader))
    criterion = torch.nn.CrossEntropyLoss()
    module.train()
    rates, step, seen = [], 0, 0.0
    for _ in range(epochs + 1):
        started, count = time.perf_counter(), 0
        for pictures, labels in loader:
            optimizer.zero_grad()
            loss = criterion(module(pictures), labels)
            loss.backward()
            optimizer.step()
            scheduler.step()
            step += 1
            count += len(labels)
            if step % 50 == 0:
                seen += loss.item()
        rates.append(count / (time.perf_counter() - started))
    return rates[1:]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--side", choices=("ours", "bare"), help=argparse.SUPPRESS)
    parser.add_argument("--case", help=argparse.SUPPRESS)
    words = parser.parse_args()
    if words.side:
        rates = {"ours": ours, "bare": bare}[words.side](words.case)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(json.dumps({"rate": statistics.median(rates), "peak_kib": peak}))
        return
    import torch

    from dlcli import __version__

    print(f"dlcli {__version__}, torch {torch.__version__}, {torch.get_num_threads()} threads, {words.runs} pairs")
    print("case\tours pictures/s\tbare pictures/s\tratio (median of pairs)\tpeak memory ratio")
    for case in CASES:
        pairs = []
        for _ in range(words.runs):
            pair = {}
            for side in ("ours", "bare"):
                command = [sys.executable, __file__, "--side", side, "--case", case]
                pair[side] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
            pairs.append(pair)
        rate = {s: statistics.median(p[s]["rate"] for p in pairs) for s in ("ours", "bare")}
        ratio = statistics.median(p["ours"]["rate"] / p["bare"]["rate"] for p in pairs)
        memory = statistics.median(p["ours"]["peak_kib"] / p["bare"]["peak_kib"] for p in pairs)
        print(f"{case}\t{rate['ours']:.0f}\t{rate['bare']:.0f}\t{ratio:.3f}\t{memory:.3f}", flush=True)


if __name__ == "__main__":
    main()
