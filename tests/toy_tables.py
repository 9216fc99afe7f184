"""Tables for tests: numbers, text, booleans, dates and gaps, and an answer that follows from some of them."""

import csv

import numpy as np

COLORS = ("red", "green", "blue")


def write_table(path, rows=300, seed=0, task="classify", gaps=True):
    """Write a CSV of ids, columns and the answer ``y``; returns its path."""
    rng = np.random.default_rng(seed)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["id", "age", "color", "member", "joined", "note", "y"])
        for n in range(rows):
            age, color, member = int(rng.integers(18, 80)), str(rng.choice(COLORS)), rng.random() < 0.5
            score = (age - 50) / 10 + (color == "red") * 2 - member + rng.normal(0, 0.3)
            y = ("yes" if score > 0 else "no") if task == "classify" else round(float(score), 3)
            gap = "" if gaps and rng.random() < 0.1 else age
            joined = f"20{rng.integers(10, 25)}-{rng.integers(1, 13):02}-{rng.integers(1, 29):02}"
            note = f'a "{color}", {n % 3}:{n % 2}'
            writer.writerow([f"r{n:04}", gap, color, "yes" if member else "no", joined, note, y])
    return path
