"""Boosting against the libraries, alternating in one process: training seconds and their ratio.

adaboost: our AdaBoost with decision stumps against scikit-learn's AdaBoostClassifier with trees of depth 1.
xgboost: `dlcli boost fit --method xgboost` on a CSV of 200,000×28 against a bare script that reads the same file with
pandas, fits the same rows with the same parameters and saves the model; whole processes, alternating, with the peak of
resident memory above what each has after its imports.

    python benchmarks/boost.py [CASE …] [--runs 3]
"""

from __future__ import annotations

import argparse
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

import numpy as np
import sklearn


def timed_s(work: Callable[[], object]) -> float:
    started_s = time.perf_counter()
    work()
    return time.perf_counter() - started_s


def alternating(ours: Callable[[], object], theirs: Callable[[], object], runs: int) -> list[tuple[float, float]]:
    """Return the seconds of both in each run, after one that is not counted."""
    pairs = []
    for number in range(runs + 1):
        pair = (timed_s(ours), timed_s(theirs))
        if number:
            pairs.append(pair)
    return pairs


def told(case: str, pairs: list[tuple[float, float]], against: str) -> None:
    ours, theirs = (statistics.median(p[i] for p in pairs) for i in range(2))
    ratios = [b / a for a, b in pairs]
    print(
        f"{case}\t{ours:.3f}\t{theirs:.3f}\t{statistics.median(ratios):.1f}\t{min(ratios):.1f}\t{against}", flush=True
    )


def adaboost(runs: int) -> None:
    """Train 200 rounds on 20,000×30; goal: 10 times the speed."""
    from sklearn.ensemble import AdaBoostClassifier
    from sklearn.tree import DecisionTreeClassifier

    from dlcli.methods.adaboost import AdaBoost

    rows, columns, rounds = 20_000, 30, 200
    draws = np.random.default_rng(0)
    X = draws.normal(size=(rows, columns))
    y = (X[:, :5].sum(axis=1) + draws.normal(size=rows) > 0).astype(np.int64)

    def ours() -> AdaBoost:
        return AdaBoost.fit(X, y, classes=2, rounds=rounds)

    def theirs() -> AdaBoostClassifier:
        return AdaBoostClassifier(DecisionTreeClassifier(max_depth=1), n_estimators=rounds, random_state=0).fit(X, y)

    told(
        f"adaboost {rows}x{columns}, {rounds} rounds", alternating(ours, theirs, runs), "scikit-learn, tree of depth 1"
    )
    model, other = ours(), theirs()
    ours_right, theirs_right = float(np.mean(np.argmax(model.predict(X), axis=1) == y)), other.score(X, y)
    print(f"  training accuracy {ours_right:.4f} and {theirs_right:.4f} after {len(model.alphas)} rounds")


# Both first do a small fit, so that all is imported; then the peak of resident memory is counted anew.
PEAK = """
def kilobytes(key):
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith(key))
def begin():
    open("/proc/self/clear_refs", "w").write("5")
    return kilobytes("VmRSS")
"""
BARE = """
import sys
import numpy as np, pandas as pd, xgboost
def fit(x, y):
    kept = np.random.default_rng(0).permutation(len(y))[: int(0.7 * len(y))]
    settings = {"objective": "binary:logistic", "eta": 0.3, "max_depth": 6, "tree_method": "hist", "seed": 0}
    booster = xgboost.train(settings, xgboost.QuantileDMatrix(x[kept], y[kept]), 100)
    booster.save_model(sys.argv[2] + ".ubj")
if "peak" in sys.argv:
    fit(np.random.default_rng(0).normal(size=(500, 30)), np.arange(500) % 2)
    ready = begin()
table = pd.read_csv(sys.argv[1])
y = table.pop("y").to_numpy()
fit(table.to_numpy(), y)
if "peak" in sys.argv:
    print(kilobytes("VmHWM") - ready)
"""
OURS = """
import sys
from dlcli.__main__ import run
words = ["--method", "xgboost", "-q", "--json", "-o"]
run(["boost", "fit", "breast-cancer", *words, sys.argv[2] + "-small"])
ready = begin()
code = run(["boost", "fit", sys.argv[1], "--target", "y", *words, sys.argv[2]])
print(kilobytes("VmHWM") - ready)
sys.exit(code)
"""


def xgboost(runs: int) -> None:
    """Fit 200,000×28 from a CSV; goal: 1.25 of the bare script and 1.5 s, memory 3 times the table in float64."""
    rows, columns = 200_000, 28
    draws = np.random.default_rng(0)
    X = draws.normal(size=(rows, columns))
    y = (X[:, :8].sum(axis=1) + draws.normal(size=rows) * 2 > 0).astype(int)
    table_bytes = X.nbytes
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/table.csv"
        names = ",".join([*(f"c{n}" for n in range(columns)), "y"])
        np.savetxt(
            path, np.column_stack([X, y]), fmt=["%.6f"] * columns + ["%d"], delimiter=",", header=names, comments=""
        )
        memory: dict[str, list[float]] = {"ours": [], "theirs": []}
        count = 0

        def process(words: list[str], *more: str) -> str:
            nonlocal count
            count += 1
            words = [sys.executable, *words, f"{folder}/{count}", *more]
            return subprocess.run(words, capture_output=True, text=True, check=True).stdout

        command = ["-m", "dlcli", "boost", "fit", path, "--target", "y", "--method", "xgboost", "-q", "-o"]
        pairs = alternating(lambda: process(command), lambda: process(["-c", BARE, path]), runs)
        for key, code in (("ours", OURS), ("theirs", BARE)):
            for _ in range(runs):
                told_kb = int(process(["-c", PEAK + code, path], "peak").splitlines()[-1])
                memory[key].append(told_kb * 1024 / table_bytes)
        told(f"xgboost {rows}x{columns}, 100 rounds", pairs, "script with pandas and xgboost")
        over = statistics.median(a - 1.25 * b for a, b in pairs)
        shares = {key: statistics.median(values) for key, values in memory.items()}
        print(f"  ours less 1.25 times theirs: {over:.2f} s (goal: at most 1.5)")
        print(f"  peak memory above imports, in tables of float64: {shares['ours']:.2f} and {shares['theirs']:.2f}")


CASES = {"adaboost": adaboost, "xgboost": xgboost}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"{', '.join(CASES)}; all when none is given")
    parser.add_argument("--runs", type=int, default=3, help="timed runs; the median is printed")
    words = parser.parse_args()
    if unknown := set(words.cases) - CASES.keys():
        parser.error(f"no such case: {', '.join(sorted(unknown))}; there are {', '.join(CASES)}")
    print(f"python {platform.python_version()}, numpy {np.__version__}, scikit-learn {sklearn.__version__}")
    print("case\tours s\ttheirs s\ttheirs/ours\tleast\tagainst")
    for name in words.cases or CASES:
        CASES[name](words.runs)


if __name__ == "__main__":
    main()
