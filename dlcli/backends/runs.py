"""Runs as a user looks back at them: list, show, diff."""

from __future__ import annotations

import time
from typing import Any

from dlcli.core import files, report, yaml12
from dlcli.core import recipe as recipes
from dlcli.core import run as runs
from dlcli.core.errors import DlcliError, UsageError
from dlcli.core.names import TASKS
from dlcli.core.nearest import nearest
from dlcli.core.output import Output
from dlcli.core.run import Run
from dlcli.ui import tables


def ls(task: str | None, sort: str | None, root: str, output: Output) -> None:
    """Run ``dlcli runs ls``."""
    known = [*TASKS, "boost", "embed"]
    if task is not None and task not in known:
        raise UsageError(f"no task is called {task!r}; allowed: {', '.join(known)}{nearest(task, known)}")
    items = [item for run in runs.all_runs(root) if (item := summary(run)) and task in (None, item["task"])]
    if sort is not None:
        known = list(dict.fromkeys(k for i in items for k in i["metrics"]))
        if items and sort not in known:
            raise UsageError(f"no run has a metric {sort!r}; there are {', '.join(known)}{nearest(sort, known)}")
        higher = not report.lower_is_better(sort)
        missing = float("-inf") if higher else float("inf")

        def place(item: dict[str, Any]) -> float:  # a run that diverged has null or NaN; it comes last
            value = item["metrics"].get(sort)
            return missing if value is None or value != value else value

        items.sort(key=place, reverse=higher)
    rows = [
        {
            "run": i["run"],
            "recipe": i["recipe"],
            "status": i["status"],
            "epochs": i["epochs"],
            "metric": sort or i["headline"],
            "value": i["metrics"].get(sort or i["headline"]),
            "started": i["started"],
        }
        for i in items
    ]
    tables.show(report.document("runs ls", items=items), [("", rows)], output)


def summary(run: Run) -> dict[str, Any] | None:
    """Return what a list says of a run; None when it cannot be read at all."""
    try:
        tree = runs.recipe_tree(run)
        history = run.history()
        done = files.read_json(run.report) if run.report.exists() else {}
    except (DlcliError, ValueError, OSError):
        return None
    metrics = done.get("metrics") or {k: v for k, v in (history[-1] if history else {}).items() if "/" in k}
    headline = next(
        (k for k in ("test/accuracy", "test/rmse", "val/accuracy", "val/rmse", "train/loss") if k in metrics),
        next(iter(metrics), ""),
    )
    return {
        "run": str(run.path),
        "task": str(tree.get("task", "")),
        "recipe": done.get("recipe") or runs.recipe_name(run),
        "status": "finished" if done else "unfinished",
        "epochs": len(history),
        "headline": headline,
        "metrics": metrics,
        "started": time.strftime("%Y-%m-%d %H:%M", time.localtime(runs.started(run))),
    }


def show(word: str, output: Output) -> None:
    """Run ``dlcli runs show``."""
    run = runs.find(word)
    item = summary(run) or {}
    history = run.history()
    there = {
        name: str(path)
        for name, path in (
            ("recipe", run.recipe), ("env", run.env), ("metrics", run.metrics), ("report", run.report),
            ("page", run.page), ("model", run.model), ("log", run.log),
        )
        if path.exists()
    }  # fmt: skip
    doc = report.document("runs show", metrics=item.get("metrics"), files=there, run=item, epochs=history)
    last = [{k: v for k, v in r.items() if k not in ("step", "items_per_s")} for r in history[-10:]]
    shown = ["epoch", "train/loss", "val/loss", "val/accuracy", "lr", "seconds"]
    if last and "train/loss" not in last[-1]:  # rounds of boosting have metrics of their own
        shown[1:-2] = [k for k in last[-1] if "/" in k][:4]
    unit = "round" if last and "round" in last[-1] else "epoch"
    columns = [{unit if k == "epoch" else k: r.get(k) for k in shown if k in r} for r in last]
    figures = [{"metric": k, "value": v} for k, v in item.get("metrics", {}).items()]
    listed = [{"file": k, "path": v} for k, v in there.items()]
    title = f"{word}: {item.get('recipe')} ({item.get('status')}, {item.get('epochs')} epochs)"
    tables.show(doc, [(title, columns), ("", figures), ("", listed)], output)


def diff(first: str, second: str, output: Output) -> None:
    """Run ``dlcli runs diff``."""
    a, b = runs.find(first), runs.find(second)
    values = [_flat(run) for run in (a, b)]
    changed = [
        {"key": k, "first": values[0].get(k, "–"), "second": values[1].get(k, "–")}
        for k in dict.fromkeys([*values[0], *values[1]])
        if values[0].get(k) != values[1].get(k)
    ]
    metrics = [(summary(run) or {}).get("metrics", {}) for run in (a, b)]
    figures = [
        {"metric": k, "first": x, "second": y, "difference": y - x if _both(x, y) else None}
        for k in dict.fromkeys([*metrics[0], *metrics[1]])
        for x, y in [(metrics[0].get(k), metrics[1].get(k))]
    ]
    doc = report.document("runs diff", first=first, second=second, recipe=changed, items=figures)
    tables.show(doc, [("recipe", changed), ("metrics", figures)], output)


def _both(x: Any, y: Any) -> bool:
    return isinstance(x, int | float) and isinstance(y, int | float)


def _flat(run: Run) -> dict[str, str]:
    def plain(node: Any) -> Any:
        if isinstance(node, yaml12.Table):
            return {str(k): plain(v) for k, v in node.items()}
        return [plain(v) for v in node] if isinstance(node, list) else str(node)

    return {k: str(v) for k, v in recipes.flat(plain(runs.recipe_tree(run)), elements=True).items()}
