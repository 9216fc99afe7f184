"""The fast path of ``dlcli __complete``: what only the disk knows, asked by the completion scripts at each Tab.

Stdlib only, and little of it: the answer may take 15 ms longer than a bare interpreter.
"""

from __future__ import annotations

import os
import sys
import time

Found = list[tuple[str, str]]

DEPTH = 4
FOLDERS = 1000  # looked into at most, so that a Tab below a huge folder still answers


def answer(argv: list[str]) -> None:
    """Print what may be typed, a line ``value<TAB>description`` each; nothing when there is nothing to say.

    Args:
        argv: ``recipes`` or ``runs``, then the word begun, if any.

    """
    kind, word = (*argv, "", "")[:2]
    found = {"recipes": recipes, "runs": runs}.get(kind, lambda _: [])(word)
    lines = [f"{value}\t{about}\n" for value, about in found if not {"\t", "\n"} & {*value}]
    try:
        sys.stdout.buffer.write(os.fsencode("".join(lines)))
        sys.stdout.buffer.flush()
    except BrokenPipeError:  # the shell stopped reading
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def recipes(word: str) -> Found:
    """Return the shipped recipes that begin with ``word``, with the comment each begins with."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    for root in (os.path.join(package, "shipped", "recipes"), os.path.join(os.path.dirname(package), "recipes")):
        if os.path.isdir(root):  # core/shipped.py finds the same folder with pathlib, which costs too much here
            break
    else:
        return []
    found = []
    for folder, folders, files in os.walk(root):
        folders.sort()
        for file in files:
            path = os.path.join(folder, file)
            name, suffix = os.path.splitext(os.path.relpath(path, root).replace(os.sep, "/"))
            if suffix == ".yaml" and name.startswith(word):
                found.append((name, _comment(path)))
    return sorted(found)


def _comment(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            first = file.readline(300)
    except OSError:
        return ""
    return first[1:].partition(": dlcli ")[0].strip().replace("\t", " ") if first.startswith("#") else ""


def runs(word: str) -> Found:
    """Return the run directories below ``runs``, or below the folder typed, that begin with ``word``, newest first."""
    typed = word.rpartition("/")[0] if "/" in word else ""
    if word.startswith("/") and not typed:
        return []  # the root of the disk is no place to look for runs
    root = os.path.expanduser(typed or "runs")
    shown = typed or "runs"
    found: list[tuple[float, str, str]] = []
    queue, seen = [(root, shown, 0)], 0
    while queue and seen < FOLDERS:
        folder, name, depth = queue.pop(0)
        seen += 1
        run = _run(folder) if depth else None
        if run is not None:
            found.append((-run[0], name, run[1]))
            continue
        if depth < DEPTH:
            queue += [(f"{folder}/{inner}", f"{name}/{inner}", depth + 1) for inner in _folders(folder)]
    return [(name, about) for _, name, about in sorted(found) if name.startswith(word)]


def _folders(path: str) -> list[str]:
    try:
        with os.scandir(path) as entries:
            return sorted(e.name for e in entries if not e.name.startswith(".") and e.is_dir(follow_symlinks=False))
    except OSError:
        return []


def _run(path: str) -> tuple[float, str] | None:
    """Return when a run began and what to say of it, or None when no run lives there."""
    try:
        began = os.stat(f"{path}/env.json").st_mtime
        os.stat(f"{path}/recipe.yaml")
    except OSError:
        return None
    state = "finished" if os.path.exists(f"{path}/report.json") else "unfinished"
    return began, f"{state}, {time.strftime('%Y-%m-%d %H:%M', time.localtime(began))}"
