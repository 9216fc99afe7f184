"""Viola–Jones on one core: pictures and windows a second, and the memory of a search.

pictures: an own cascade, whose first stages have 2 and 10 features, and OpenCV's frontal face, when its file is named,
on a picture of 384×288 with the paper's scale of 1.25 and the window's own size as the smallest; turn about, after
start-up.
OpenCV's own reader needs version 4 (`pip install 'opencv-python-headless<5'`); it joins the round when it is there.

memory: the peak of a process that searches a picture of 640×480, Python and libraries included (Linux).

    python benchmarks/cascade.py [--xml haarcascade_frontalface_default.xml] [--own BUNDLE] [--runs 15]
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time

import numpy as np
import PIL
from PIL import Image

from dlcli import __version__
from dlcli.methods import cascade_fit, cascade_store, haar
from dlcli.methods.cascade import Cascade
from dlcli.methods.cascade_fit import Settings
from dlcli.methods.cascade_mine import Supply
from dlcli.methods.cascade_scan import Scanner

MEMORY = """
import sys
from PIL import Image
from dlcli.methods import cascade_store
from dlcli.methods.cascade_scan import Scanner
Scanner(cascade_store.load(sys.argv[1])[0]).detect(Image.open(sys.argv[2]).convert("L"))
print(int(open('/proc/self/status').read().split('VmHWM:')[1].split()[0]) / 1024)
"""


def astronaut(size: tuple[int, int]) -> Image.Image:
    from skimage import data

    picture = Image.fromarray(data.astronaut()).convert("L")
    high = round(512 * size[1] / size[0])
    return picture.resize(size, Image.Resampling.LANCZOS, box=(0, 0, 512, high))


def own() -> Cascade:
    """Train on scikit-image's 100 faces and eight of its pictures without one."""
    from skimage import data

    patches = (data.lfw_subset() * 255).round().astype(np.uint8)
    names = ("coffee", "chelsea", "brick", "grass", "gravel", "coins", "rocket", "page")
    pictures = [Image.fromarray(getattr(data, name)()).convert("L") for name in names]
    settings = Settings(
        seed=0, stages=6, sizes=(2, 10), most_features=100, detection=0.95, false_positive=0.5, features=10_000,
        types=haar.TYPES, negatives=1000, fewest_negatives=10, contrast=0.8, mirror=True, val=0.2, passes=3,
    )  # fmt: skip
    return cascade_fit.fit(patches[:100], Supply((25, 25), patches[100:], pictures), settings).cascade


def report(name: str, seconds: list[float], windows: int) -> None:
    median = statistics.median(seconds)
    spread = f"{min(seconds) * 1e3:.0f}–{max(seconds) * 1e3:.0f}"
    rate = f", {windows / median / 1e6:.2f} M windows a second" if windows else ""
    print(f"{name}: {median * 1e3:.1f} ms (of {len(seconds)}, {spread}), {1 / median:.1f} pictures a second{rate}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--xml", help="OpenCV's haarcascade_frontalface_default.xml")
    parser.add_argument("--own", help="a bundle instead of the cascade trained here")
    parser.add_argument("--runs", type=int, default=15)
    words = parser.parse_args()
    print(f"dlcli {__version__}, NumPy {np.__version__}, Pillow {PIL.__version__}, Python {sys.version.split()[0]}")
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    picture = astronaut((384, 288))
    cascade = cascade_store.load(words.own)[0] if words.own else own()
    print(f"own cascade: stages of {', '.join(map(str, cascade.sizes))} features, window {cascade.window}")
    runs = {"own": (Scanner(cascade), []), **({"OpenCV's file": (None, [])} if words.xml else {})}
    if words.xml:
        held, _ = cascade_store.load(words.xml)
        runs["OpenCV's file"] = (Scanner(held), [])
        print(f"OpenCV's file: {len(held.stages)} stages, {sum(held.sizes)} features")
    peer = opencv(words.xml, picture) if words.xml else None
    counts, theirs = {}, []
    for turn in range(words.runs + 2):
        for name, (scanner, seconds) in runs.items():
            started_s = time.perf_counter()
            found = scanner.detect(picture)
            seconds.append(time.perf_counter() - started_s)
            counts[name] = found.counts
        if peer is not None:
            started_s = time.perf_counter()
            peer()
            theirs.append(time.perf_counter() - started_s)
        if turn == 1:  # the first two prepare
            for _, seconds in runs.values():
                seconds.clear()
            theirs.clear()
    for name, (_, seconds) in runs.items():
        report(name, seconds, counts[name][0])
        kept = " ".join(f"{n:,}" for n in counts[name][:6])
        print(f"  windows: {kept} … {counts[name][-1]:,}; after two stages {counts[name][3] / counts[name][0]:.1%}")
    if theirs:
        report("OpenCV itself", theirs, 0)
    memory(words)


def opencv(xml: str, picture: Image.Image):
    """Return OpenCV's own search, or None where it is not installed or has no cascades any more."""
    try:
        import cv2

        cv2.setNumThreads(1)
        peer = cv2.CascadeClassifier(xml)
    except (ImportError, AttributeError):
        return None
    pixels = np.asarray(picture)
    print(f"OpenCV {cv2.__version__}")
    return lambda: peer.detectMultiScale(pixels, scaleFactor=1.25, minNeighbors=3)


def memory(words: argparse.Namespace) -> None:
    import tempfile

    if not (words.xml or words.own):
        return
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/picture.png"
        astronaut((640, 480)).save(path)
        done = subprocess.run(
            [sys.executable, "-c", MEMORY, words.xml or words.own, path], capture_output=True, text=True, check=True
        )
    print(f"peak memory at 640×480: {float(done.stdout):.0f} MiB")


if __name__ == "__main__":
    main()
