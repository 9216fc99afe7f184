"""Grad-CAM against a forward pass and pytorch-grad-cam, alternating in one process: ratios, medians, versions.

gradcam: processor time of one map, the class given, on one thread, over a forward pass and over pytorch-grad-cam.
answer: the same for the class the network answers.
memory: growth of the resident set over 500 maps, and hooks left behind.
patches: `dlcli visualize patches` against a plain script that runs the same network over the same pictures.
score: seconds of each metric of `dlcli visualize score` for one map, at its defaults.

    python benchmarks/visualize.py [CASE …] [--runs 11] [--maps 500] [--pictures 600]
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import numpy as np
import torch
from torch import nn

from dlcli.methods import cams, faithfulness, feature_maps, map_methods

NETS = {"resnet18": "layer4", "resnet50": "layer4"}
SIDE_PX = 224

# What a user without dlcli writes: one forward pass over the pictures of a folder, no layer looked at.
PLAIN = """
import sys, torch, torchvision
from pathlib import Path
from PIL import Image
from torchvision.transforms import v2
torch.set_num_threads(int(sys.argv[3]))
net = getattr(torchvision.models, sys.argv[1])(weights=None).eval()
steps = v2.Compose([v2.Resize(256), v2.CenterCrop(224), v2.ToImage(), v2.ToDtype(torch.float32, scale=True),
                    v2.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])
paths = sorted(Path(sys.argv[2]).glob("*.png"))
with torch.inference_mode():
    for at in range(0, len(paths), 32):
        net(torch.stack([steps(Image.open(p).convert("RGB")) for p in paths[at : at + 32]]))
"""


def network(name: str) -> nn.Module:
    """Return a classifier with seeded random weights; those of its head are positive, so that no map is blank."""
    import torchvision

    torch.manual_seed(0)
    net = getattr(torchvision.models, name)(weights=None).eval()
    with torch.no_grad():
        net.fc.weight.abs_()
    return net


def pictures(count: int) -> torch.Tensor:
    return torch.randn(count, 3, SIDE_PX, SIDE_PX, generator=torch.Generator().manual_seed(1))


def alternating(works: dict[str, Callable[[], object]], runs: int) -> dict[str, list[float]]:
    """Return the processor seconds of each in each run, after one of each that is not counted."""
    found: dict[str, list[float]] = {name: [] for name in works}
    for number in range(runs + 1):
        for name, work in works.items():
            gc.collect()
            began_s = time.process_time()
            work()
            if number:
                found[name].append(time.process_time() - began_s)
    return found


def ratios(name: str, above: list[float], below: list[float], about: str) -> None:
    """Print the median, least and greatest ratio of the pairs."""
    found = [a / b for a, b in zip(above, below, strict=True)]
    print(f"{name}\t{statistics.median(found):.3f}\t({min(found):.3f}–{max(found):.3f})\t{about}", flush=True)


def gradcam(args: argparse.Namespace, _: Path) -> None:
    """Goals: at most 1.2 forward passes, and 0.45 of pytorch-grad-cam."""
    _compared(args, "the class given", given=True)


def answer(args: argparse.Namespace, _: Path) -> None:
    """As ``gradcam``, the class found on the way; no goal."""
    _compared(args, "the class answered", given=False)


def _compared(args: argparse.Namespace, about: str, *, given: bool) -> None:
    from pytorch_grad_cam import GradCAM
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    for name, layer in NETS.items():
        net, theirs_net, x = network(name), network(name), pictures(1)
        held: dict[str, np.ndarray] = {}
        peer = GradCAM(model=theirs_net, target_layers=[theirs_net.layer4[-1]])

        def forward(net: nn.Module = net, x: torch.Tensor = x) -> None:
            with torch.no_grad():
                net(x)

        def mine(net: nn.Module = net, x: torch.Tensor = x, layer: str = layer, held: dict = held) -> None:
            classes = [7] if given else lambda scores: [int(scores.argmax())]
            (found,) = cams.maps(net, x, [layer], classes, ["gradcam"])[1].values()
            held["mine"] = found.numpy()

        def other(peer: GradCAM = peer, x: torch.Tensor = x, held: dict = held) -> None:
            held["theirs"] = peer(input_tensor=x, targets=[ClassifierOutputTarget(7)] if given else None)[0]

        times = alternating({"forward": forward, "mine": mine, "other": other}, args.runs)
        apart = float(np.abs(held["mine"] - held["theirs"]).max())
        told = f"{name}, {SIDE_PX} px, 1 thread, {about}; maps {apart:.1e} apart"
        ratios("one Grad-CAM over a forward pass", times["mine"], times["forward"], told)
        ratios("one Grad-CAM over pytorch-grad-cam", times["mine"], times["other"], told)
        print(f"  {', '.join(f'{n} {1000 * statistics.median(t):.0f} ms' for n, t in times.items())}", flush=True)


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def hooks(net: nn.Module) -> int:
    """Return how many hooks hang on a network and its layers."""
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    return sum(len(getattr(m, kind)) for m in net.modules() for kind in kinds)


def memory(args: argparse.Namespace, _: Path) -> None:
    """Goals: less than 20 MB more after 500 maps, no hook left."""
    net, x = network("resnet18"), pictures(4)
    layer = feature_maps.last_map(net, x[:1])

    def some(count: int) -> None:
        for number in range(count):
            cams.maps(net, x[number % 4 : number % 4 + 1], [layer], [number], ["gradcam"])

    some(20)  # what the first passes allocate once
    gc.collect()
    before = resident_mb()
    some(args.maps)
    gc.collect()
    grown = resident_mb() - before
    asking = sum(not p.requires_grad for p in net.parameters())
    print(
        f"memory: {args.maps} maps of resnet18\t{grown:+.1f} MB\t{hooks(net)} hooks left, {asking} weights left fixed"
    )


def patches(args: argparse.Namespace, folder: Path) -> None:
    """Goal: 0.8 times the pictures per second of plain inference; whole processes, start-up included."""
    help_ = subprocess.run(
        [sys.executable, "-m", "dlcli", "visualize", "patches", "--help"], capture_output=True, check=False
    )
    if help_.returncode:
        print("patches: skipped, this dlcli has no such command")
        return
    from PIL import Image

    draw, (many, net, threads) = np.random.default_rng(0), (folder / "many", "resnet18", "1")
    many.mkdir()
    for number in range(args.pictures):
        coarse = Image.fromarray(draw.integers(0, 256, (8, 8, 3), dtype=np.uint8))
        coarse.resize((256, 256), Image.Resampling.BICUBIC).save(many / f"{number:05d}.png", compress_level=1)
    mine = [sys.executable, "-m", "dlcli", "visualize", "patches", str(many), "-m", f"torchvision:{net}@random"]
    works = {"mine": [*mine, "-q"], "plain": [sys.executable, "-c", PLAIN, net, str(many), threads]}
    env = {**os.environ, "OMP_NUM_THREADS": threads}
    found: dict[str, list[float]] = {"mine": [], "plain": []}
    for number in range(args.runs):
        for name, words in works.items():
            out = ["-o", str(folder / f"p{number}")] if name == "mine" else []
            began_s = time.perf_counter()
            done = subprocess.run([*words, *out], capture_output=True, text=True, check=False, env=env)
            if done.returncode:
                sys.exit(f"{name} ended with {done.returncode}:\n{done.stderr[-2000:]}")
            found[name].append(time.perf_counter() - began_s)
    ratios(
        "patches: pictures/s over plain inference", found["plain"], found["mine"], f"{args.pictures} pictures, {net}"
    )
    print(f"  {', '.join(f'{n} {statistics.median(t):.1f} s' for n, t in found.items())}", flush=True)


def score(args: argparse.Namespace, _: Path) -> None:
    """No goal: what a map costs."""
    net, x = network("resnet18"), pictures(1)
    values = map_methods.baseline(x, "edges", 0, 0)
    smooth = cams.maps(net, x, ["layer4"], [7], ["gradcam"])[1][7, "gradcam"].numpy()

    def confidence(batch: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            return net(batch).softmax(1)[:, 7]

    percentiles = [float(p) for p in range(10, 100, 10)]
    for name, each in (("edges", values), ("gradcam", smooth)):
        works = {
            "insertion": lambda each=each: faithfulness.insertion(confidence, x, each, 32, 5.0),
            "deletion": lambda each=each: faithfulness.deletion(confidence, x, each, 32),
            "average-drop": lambda each=each: faithfulness.average_drop(confidence, x, each),
            "road": lambda each=each: faithfulness.road(confidence, x, each, percentiles, 0.0, 0),
        }
        times = alternating(works, max(1, args.runs // 4))
        print(f"score of a map of {name}\t{', '.join(f'{n} {statistics.median(t):.2f} s' for n, t in times.items())}")


CASES = {f.__name__: f for f in (gradcam, answer, memory, patches, score)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", default=list(CASES), metavar="CASE", help=", ".join(CASES))
    parser.add_argument("--runs", type=int, default=11)
    parser.add_argument("--maps", type=int, default=500)
    parser.add_argument("--pictures", type=int, default=600)
    args = parser.parse_args()
    torch.set_num_threads(1)
    packages = ("torch", "torchvision", "grad-cam", "numpy")
    print(
        f"Python {platform.python_version()}",
        *(f"{p} {metadata.version(p)}" for p in packages),
        f"{os.cpu_count()} cores",
    )
    for name in args.cases:
        with tempfile.TemporaryDirectory() as folder:
            CASES[name](args, Path(folder))


if __name__ == "__main__":
    main()
