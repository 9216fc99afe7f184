"""dlcli visualize curves: curves of any runs and tables over each other. Imports no torch."""

from __future__ import annotations

import math
import os
import re
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from dlcli.core import files, make, report
from dlcli.core.errors import DataError, DlcliError, UsageError
from dlcli.core.output import STDOUT, Output
from dlcli.core.recipe import Resolved
from dlcli.core.run import Run, all_runs
from dlcli.data import curve_files, curves
from dlcli.data.curves import Curve, Log
from dlcli.ops import curves as arithmetic
from dlcli.ui import tables
from dlcli.ui.console import is_live, say

Row = dict[str, Any]
ENDINGS = (".png", ".svg", ".csv")
NAME = "curves"


@dataclass(frozen=True)
class Target:
    """Where the results go.

    Args:
        out: a .png, .svg or .csv, a folder for all three, ``-`` (the PNG on stdout), or None.
        stamp: see ``core/make``.
        depfile: likewise.

    """

    out: str | None = None
    stamp: str | None = None
    depfile: str | None = None

    @property
    def folder(self) -> bool:
        """Whether ``out`` is a folder, one there or one to be made."""
        out = self.out
        if out in (None, STDOUT):
            return False
        return os.path.isdir(out) or out.endswith(os.sep) or not Path(out).suffix

    @property
    def endings(self) -> tuple[str, ...]:
        """Which forms are written."""
        if self.out is None:
            return ()
        if self.folder:
            return ENDINGS
        return (".png",) if self.out == STDOUT else (Path(self.out).suffix.lower(),)


def draw(words: Sequence[str], resolved: Resolved, output: Output, target: Target) -> None:
    """Run ``dlcli visualize curves``.

    Raises:
        UsageError: no such metric, nothing to draw against, a place that cannot take the result.
        DataError: nothing could be read.

    """
    started_s = time.monotonic()
    recipe: Any = resolved.recipe
    if not words and sys.stdin is not None and not sys.stdin.isatty():
        words = [STDOUT]
    if not words:
        raise UsageError("which curves? give run directories, CSV, TSV or JSONL files, or - for one on stdin")
    _check(target, output, recipe)
    sources = _sources(words)
    read = [path for _, path in sources if path != STDOUT]
    make.check(target.stamp, target.depfile, target.out)
    make.refuse_inputs([*map(str, resolved.files), *read], target.out, target.stamp, target.depfile)
    logs, wrong = _read(sources, output)
    x = curves.below(logs, recipe.x)
    panels = {
        metric: _parts([curves.curve(log, key, metric, x) for log, key in found])
        for metric, found in curves.chosen(logs, recipe.metrics, x).items()
    }
    _note_missing(panels, logs, output)
    panels = {m: kept for m, found in panels.items() if (kept := [c for c in found if np.isfinite(c.y).any()])}
    if not panels:
        raise DataError("there is no finite number to draw", f"against {x}: choose another --x or --metric")
    rows = [_row(c, recipe.smooth) for found in panels.values() for c in found]
    written = _write(panels, recipe, x, target)
    for path in written.values():
        say(f"written: {path}", output.quiet)
    doc = report.document(
        "visualize curves", files=written, seconds=time.monotonic() - started_s, x=x,
        items=[*rows, *wrong], settings=recipe.model_dump(mode="json", exclude={"schema_version"}),
    )  # fmt: skip
    make.write_depfile(target.depfile, target.stamp or target.out or "", read)
    if target.folder:
        written["report"] = str(Path(target.out or "") / "report.json")
        files.write_text(written["report"], tables.as_json(doc | {"files": written}) + "\n")
    if target.out != STDOUT:
        _show(panels, recipe, x, rows, doc, target, output)
    make.write_stamp(target.stamp, NAME)


def _check(target: Target, output: Output, recipe: Any) -> None:
    """Refuse a place that cannot take the result, before anything is read."""
    out = target.out
    if out == "":
        raise UsageError("--out '' names no file", key="--out")
    if out == STDOUT and output.machine:
        raise UsageError("-o - puts the picture on stdout, where --json prints too", "give -o a file", key="--out")
    if target.endings and not set(target.endings) <= set(ENDINGS):
        text = f"--out {out}: the format is told by the ending; allowed: {', '.join(ENDINGS)}, or a folder for all"
        raise UsageError(text, key="--out")
    drawn = (out is None and not output.machine and is_live(sys.stdout)) or set(target.endings) - {".csv"}
    if recipe.log != "none" and not drawn:
        raise UsageError("log changes how curves are drawn, and none is drawn here", "-o curves.png", key="log")
    if out not in (None, STDOUT):
        make.check_writable(out.rstrip(os.sep) or out if target.folder and not os.path.isdir(out) else None)
        for path in _paths(target).values():
            make.check_writable(path if os.path.isdir(os.path.dirname(path) or ".") else None)
        if not target.folder:
            make.check_writable(out)


def _paths(target: Target) -> dict[str, str]:
    """Return ending → file."""
    out = target.out or ""
    if target.folder:
        return {ending: str(Path(out) / f"{NAME}{ending}") for ending in ENDINGS}
    return {target.endings[0]: out} if out not in ("", STDOUT) else {}


def _sources(words: Sequence[str]) -> list[tuple[str, str]]:
    """Return (name as typed, file to read); a folder of runs stands for all of them.

    Raises:
        UsageError: stdin twice, a folder without curves.

    """
    if list(words).count(STDOUT) > 1:
        raise UsageError("- stands twice; stdin can be read once")
    found = []
    for word in dict.fromkeys(words):
        if not os.path.isdir(word):
            found.append((word, word))
            continue
        inside = [p for p in (Run(Path(word)).metrics, Path(word) / "metrics.csv") if p.is_file()]
        runs = [] if inside else [r for r in all_runs(word) if r.metrics.is_file()]
        if not inside and not runs:
            what = "the run has not written a record yet" if Run(Path(word)).is_run() else "it holds no run"
            raise DataError(f"{files.shown(word)} has no curves: {what}", "name a run directory or a file of records")
        found += [(word, str(p)) for p in inside[:1]] + [(str(r.path), str(r.metrics)) for r in runs]
    return found


def _read(sources: Sequence[tuple[str, str]], output: Output) -> tuple[list[Log], list[Row]]:
    """Return what could be read, and an error record for what could not."""
    logs, wrong = [], []
    names = curves.names_apart([name if name != STDOUT else "stdin" for name, _ in sources])
    for (word, path), name in zip(sources, names, strict=True):
        try:
            records = curve_files.read(path)
        except DlcliError as error:
            if len(sources) == 1:
                raise
            say(error.message, output.quiet)
            text = {"code": int(error.code), "message": error.message, "hint": error.hint}
            wrong.append({"input": word, "error": text})
            continue
        for note in records.notes:
            say(note, output.quiet)
        logs.append(Log(word, name, records))
    if not logs:
        raise DataError(f"none of the {len(sources)} files could be read")
    return logs, wrong


def _parts(found: list[Curve]) -> list[Curve]:
    """Return curves of one metric; a name without a part is that of training where one of validation stands beside."""
    beside = {c.log.word for c in found if c.part == "val"}
    return [replace(c, part="train") if c.part == "" and c.log.word in beside else c for c in found]


def _note_missing(panels: dict[str, list[Curve]], logs: Sequence[Log], output: Output) -> None:
    for metric, found in panels.items():
        lacking = [log.name for log in logs if all(c.log is not log for c in found)]
        if lacking:
            say(f"no {metric} in {', '.join(lacking)}", output.quiet)
        for curve in found:
            if not np.isfinite(curve.y).any():
                say(f"{curve.log.name}: {curve.key} has no finite number", output.quiet)


def _row(curve: Curve, weight: float) -> Row:
    """Return what is said of a curve: its range, its end, its best."""
    finite = np.flatnonzero(np.isfinite(curve.y))
    y = curve.y[finite]
    lower = report.lower_is_better(re.sub(r"[\s.-]+", "_", curve.key.lower()))
    best = int(np.argmin(y) if lower else np.argmax(y))
    row = {
        "input": curve.log.word, "run": curve.log.name, "metric": curve.key, "points": len(curve.y),
        "min": float(y.min()), "max": float(y.max()), "last": float(y[-1]), "best": float(y[best]),
        "best_at": _whole(float(curve.x[finite][best])),
    }  # fmt: skip
    if weight:
        row["smoothed"] = float(arithmetic.smoothed(y, weight)[-1])
    if len(y) < len(curve.y):
        row["not_finite"] = len(curve.y) - len(y)
    return row


def _whole(value: float) -> float | int:
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def _write(panels: dict[str, list[Curve]], recipe: Any, x: str, target: Target) -> dict[str, str]:
    """Write what is asked for and return form → file."""
    if not target.endings:
        return {}
    made: dict[str, Callable[[BinaryIO], Any]] = {}
    if set(target.endings) & {".png", ".svg"}:
        from dlcli.ui import curve_plots

        lines = {m: [_line(c, recipe, curve_plots.COLUMNS) for c in found] for m, found in panels.items()}
        if not any(len(line.x) for each in lines.values() for line in each):
            raise UsageError("nothing is left to draw: a logarithm takes numbers above 0", key="log")
        figure = curve_plots.figure(list(lines.items()), "seconds" if x == curves.TIME else x, recipe.log)
        made[".png"] = lambda file: file.write(figure.png)
        made[".svg"] = lambda file: file.write(curve_plots.standalone(figure).encode())
    made[".csv"] = lambda file: _csv(file, panels, recipe.smooth, x)
    if target.out == STDOUT:
        made[".png"](sys.stdout.buffer)
        sys.stdout.buffer.flush()
        return {}
    if target.folder:
        try:
            Path(target.out or "").mkdir(exist_ok=True)
        except OSError as error:
            raise files.writing_failed(target.out or "", error) from error
    paths = _paths(target)
    for ending, path in paths.items():
        files.write_with(path, made[ending])
    return {ending[1:]: path for ending, path in paths.items()}


def _csv(file: BinaryIO, panels: dict[str, list[Curve]], weight: float, x: str) -> None:
    """Write every point that was read, one a line, nothing thinned."""
    file.write(f"run,metric,{tables.exact_csv([{x: 0}], ',').splitlines()[0]},value".encode())
    file.write(b",smoothed\n" if weight else b"\n")
    for found in panels.values():
        for curve in found:
            quoted = tables.exact_csv([{curve.log.name: 0, curve.key: 0}], ",").splitlines()[0]
            columns = [map(_whole, curve.x.tolist()), curve.y.tolist()]
            if weight:
                columns.append(arithmetic.smoothed(curve.y, weight).tolist())
            lines = (",".join((quoted, *map(str, row))) for row in zip(*columns, strict=True))
            file.write(("\n".join(lines) + "\n").encode() if len(curve.x) else b"")


def _line(curve: Curve, recipe: Any, columns: int, *, terminal: bool = False) -> Any:
    """Return a curve as it is drawn: smoothed, without what a logarithm cannot take, thinned to what is seen."""
    from dlcli.ui.curve_plots import Line

    def thinned(y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        x, y = curve.x, np.where(np.isfinite(y), y, math.nan)
        if recipe.log in ("x", "both"):
            x, y = x[x > 0], y[x > 0]
        if recipe.log in ("y", "both"):
            y = np.where(y > 0, y, math.nan)
        if not np.isfinite(y).any():
            return np.empty(0), np.empty(0)
        shown = np.log10(x) if recipe.log in ("x", "both") else x
        keep = arithmetic.seen(shown, y, columns)
        if not terminal:
            return x[keep], y[keep]
        return shown[keep], np.log10(y[keep]) if recipe.log in ("y", "both") else y[keep]

    raw = thinned(curve.y) if recipe.smooth else (np.empty(0), np.empty(0))
    return Line(curve.log.name, curve.part, *thinned(arithmetic.smoothed(curve.y, recipe.smooth)), *raw)


def _show(
    panels: dict[str, list[Curve]], recipe: Any, x: str, rows: Sequence[Row], doc: Row, target: Target, output: Output
) -> None:
    """Print the curves on a terminal where no file is asked for, and what is said of each."""
    shown = [{k: v for k, v in row.items() if k != "input"} for row in rows]
    if target.out is None and not output.machine and is_live(sys.stdout):
        from dlcli.ui import curve_terminal

        plots, number = [], 0
        for metric, found in panels.items():
            lines = [_line(c, recipe, 240, terminal=True) for c in found]
            kept = [(line, rows[number + k]) for k, line in enumerate(lines) if len(line.x)]
            number += len(lines)
            if not kept:
                raise UsageError("nothing is left to draw: a logarithm takes numbers above 0", key="log")
            plots.append((metric, [li for li, _ in kept], [w for _, w in kept]))
        logs = (recipe.log in ("x", "both"), recipe.log in ("y", "both"))
        curve_terminal.show(plots, "seconds" if x == curves.TIME else x, logs)
        return
    columns = list(dict.fromkeys(k for row in shown for k in row))
    tables.show(doc, [("", [{k: row.get(k) for k in columns} for row in shown])], output)
