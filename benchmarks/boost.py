"""Boosting against the libraries, alternating in one process: training seconds and their ratio.

adaboost: our AdaBoost with decision stumps against scikit-learn's AdaBoostClassifier with trees of depth 1.

    python benchmarks/boost.py [CASE …] [--runs 3]
"""

from __future__ import annotations

import argparse
import platform
import statistics
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


CASES = {"adaboost": adaboost}


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
