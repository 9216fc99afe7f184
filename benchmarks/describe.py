"""What describing a network costs after the imports, each round in a fresh interpreter.

python benchmarks/describe.py [--rounds 5] [MODEL ...]
"""

from __future__ import annotations

import argparse
import platform
import statistics
import subprocess
import sys

BUDGET_S = 1.0  # for VGG-16
ROUND = """
import contextlib, io, sys, time
import torch, torchvision
from dlcli.backends import describe as backend
from dlcli.core import described
from dlcli.core.output import Output
if sys.argv[1].startswith("timm:"):
    import timm
resolved = described.asked(sys.argv[1], [], {})
with contextlib.redirect_stdout(io.StringIO()):
    started = time.perf_counter()
    backend.describe(sys.argv[1], resolved.recipe, Output())
    first = time.perf_counter()
    backend.describe(sys.argv[1], resolved.recipe, Output())
print(first - started, time.perf_counter() - first)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="*", default=["torchvision:vgg16", "torchvision:resnet152"])
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    import torch

    print(f"python {platform.python_version()}, torch {torch.__version__}, median of {options.rounds} rounds")
    print("model\tfirst_s\tagain_s\twithin")
    found: dict[str, list[tuple[float, ...]]] = {m: [] for m in options.models}
    for _ in range(options.rounds):
        for model, times in found.items():
            done = subprocess.run([sys.executable, "-c", ROUND, model], check=True, capture_output=True, text=True)
            times.append(tuple(map(float, done.stdout.split())))
    for model, times in found.items():
        first, again = (statistics.median(t) for t in zip(*times, strict=True))
        within = {"torchvision:vgg16": "yes" if first < BUDGET_S else "no"}.get(model, "")
        print(f"{model}\t{first:.3f}\t{again:.3f}\t{within}")


if __name__ == "__main__":
    main()
