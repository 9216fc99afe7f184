"""What a command costs before it does anything, over a bare interpreter timed in the same rounds.

python benchmarks/startup.py [--runs 15]
"""

from __future__ import annotations

import argparse
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BUDGETS_MS = {
    "--version": 15,
    "__complete recipes": 15,
    "--help": 130,
    "train --help": 210,
    "train --no-such-option": 210,
    "train bad.yaml": 210,
}
TERMINAL = ("--help", "train --help", "train --no-such-option")


def timed(command: list[str], folder: str) -> float:
    started = time.perf_counter()
    subprocess.run(
        command, cwd=folder, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    return 1000 * (time.perf_counter() - started)


def in_terminal(command: list[str], folder: str) -> float:
    """Time a command whose output is a terminal: Rich draws the help there."""
    import os
    import pty

    main, other = pty.openpty()
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdin=other, stdout=other, stderr=other)
    os.close(other)
    try:
        while os.read(main, 65536):
            pass
    except OSError:  # Linux says so when the other end has closed
        pass
    process.wait()
    os.close(main)
    return 1000 * (time.perf_counter() - started)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "bad.yaml").write_text(
            "task: classify\ndata: {train: digits}\nmodel: {name: lenet5}\noptim: {lrr: 1}\n"
        )
        cases = {"interpreter": ([sys.executable, "-c", "pass"], timed)}
        for words in BUDGETS_MS:
            cases[words] = ([sys.executable, "-m", "dlcli", *words.split()], timed)
        for words in TERMINAL:
            cases[f"{words} (terminal)"] = ([sys.executable, "-m", "dlcli", *words.split()], in_terminal)
        found: dict[str, list[float]] = {name: [] for name in cases}
        for command, how in cases.values():
            how(command, folder)  # compiled files and disk caches are warm
        for _ in range(runs):
            for name, (command, how) in cases.items():
                found[name].append(how(command, folder))
    base = statistics.median(found["interpreter"])
    print(f"python {platform.python_version()}, median of {runs}; bare interpreter {base:.0f} ms")
    print("command\tms\tover the interpreter\tbudget\twithin")
    for name, values in found.items():
        if name != "interpreter":
            over = statistics.median(v - b for v, b in zip(values, found["interpreter"], strict=True))
            budget = BUDGETS_MS[name.removesuffix(" (terminal)")]
            print(
                f"{name}\t{statistics.median(values):.0f}\t+{over:.0f}\t+{budget}\t{'yes' if over <= budget else 'NO'}"
            )


if __name__ == "__main__":
    main()
