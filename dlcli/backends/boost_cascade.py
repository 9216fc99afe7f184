"""Cascades of boosted Haar features: counting, training, looking at one."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from dlcli import __version__
from dlcli.backends.boost_cascade_stop import Asked, Stops
from dlcli.core import bundle, files, make, report
from dlcli.core.bundle import Bundle
from dlcli.core.errors import DataError, Stopped, UsageError
from dlcli.core.files import shown
from dlcli.core.output import Output
from dlcli.data import patches
from dlcli.methods import cascade_fit, cascade_store, haar
from dlcli.methods.cascade import Cascade
from dlcli.methods.cascade_fit import Fitted, Settings
from dlcli.methods.cascade_mine import Supply
from dlcli.ui import cascade_plots, tables
from dlcli.ui.console import say, say_each

PICTURE = "features.png"
DRAWN = 12
COUNTED_PX, LISTED_PX = 1024, 32  # largest windows


def count(window: int, output: Output) -> None:
    """Run ``dlcli boost haar --count``: how many features of each type a square window has."""
    _check_window(window, COUNTED_PX)
    found = haar.counts(window, window)
    rows = [{"type": name, "features": number} for name, number in found.items()]
    rows.append({"type": "all", "features": sum(found.values())})
    doc = report.document("boost haar", window=[window, window], counts=found, total=sum(found.values()), items=rows)
    tables.show(doc, [("", rows)], output)


def listed(window: int, output: Output) -> None:
    """Run ``dlcli boost haar``: every feature of a square window, by its first cell."""
    _check_window(window, LISTED_PX)
    found = haar.enumerate_all(window, window)
    columns = (found.x, found.y, found.wide, found.high)
    rows = [
        {"type": haar.TYPES[kind], "x": x, "y": y, "cell_width": wide, "cell_height": high}
        for kind, x, y, wide, high in zip(found.kind.tolist(), *(c.tolist() for c in columns), strict=True)
    ]
    doc = report.document("boost haar", window=[window, window], total=len(rows), items=rows)
    tables.show(doc, [("", rows)], output)


def _check_window(window: int, most: int) -> None:
    if not 1 <= window <= most:
        raise UsageError(f"--window {window}: must be 1 to {most} pixels", key="--window")


def fit(
    words: Sequence[str],
    negatives: Sequence[str],
    recipe: Any,
    output: Output,
    out: str,
    *,
    force: bool = False,
    stamp: str | None = None,
    depfile: str | None = None,
    recipes_read: Sequence[Path] = (),
) -> None:
    """Run ``dlcli boost cascade fit``.

    Effects: writes the bundle and a picture of the first features; prints a line a stage on stderr.

    Raises:
        UsageError: no negatives, or a folder that must not be written to.
        DataError: too few pictures can be read.
        Stopped: a signal came; the finished stages are written first.

    """
    started_s = time.monotonic()
    if not negatives:
        raise UsageError("which pictures show no such object? give --negatives DIR", key="--negatives")
    directory = Path(out)
    if (directory / bundle.FILE).exists() and not force:
        raise UsageError(f"{shown(out)} holds a model already", "choose another folder, or --force to replace it")
    _check_place(directory, [*words, *negatives])
    with Stops() as stops:
        _train(words, negatives, recipe, output, directory, stops, (stamp, depfile, recipes_read), started_s)


def _check_place(directory: Path, words: Sequence[str]) -> None:
    """Refuse a folder that the model must not be written into: its picture would be read as a face another time."""
    place, here, name = directory.resolve(), Path.cwd().resolve(), shown(directory)
    hint = "choose another folder, such as -o cascade"
    if place.exists() and not place.is_dir():
        raise UsageError(f"--out {name}: is a file; must be a folder", hint, key="--out")
    if place == here or place in here.parents:
        what = "is" if place == here else "holds"
        raise UsageError(f"--out {name}: {what} the current folder; a model has a folder of its own", hint, key="--out")
    for word in words:
        source = Path(word).resolve()
        if source.is_dir() and (place == source or source in place.parents):
            what = "is" if place == source else "is in"
            text = f"--out {name}: {what} {shown(word)}, whose pictures are learnt from"
            raise UsageError(text, hint, key="--out")


def _train(
    words: Sequence[str],
    negatives: Sequence[str],
    recipe: Any,
    output: Output,
    directory: Path,
    stops: Stops,
    made: tuple[str | None, str | None, Sequence[Path]],
    started_s: float,
) -> None:
    out, (stamp, depfile, recipes_read) = str(directory), made
    faces, bad = patches.objects(words, recipe.window)
    others = patches.negatives(negatives, recipe.window)
    say_each([f"left out: {text}" for text in bad + others.bad], output.quiet)
    say(
        f"{len(faces)} faces, {len(others.patches)} patches and {len(others.pictures)} pictures without",
        output.quiet,
    )
    rng = np.random.default_rng([recipe.seed, 1])  # another stream than the training's
    order = rng.permutation(len(faces))
    held = round(recipe.test * len(faces))
    supply, rest = Supply((recipe.window, recipe.window), others.patches, others.pictures).split(recipe.test, rng)
    train = faces[np.sort(order[held:])]
    done: list[Fitted] = []

    def note(fitted: Fitted) -> None:
        done.append(fitted)
        say(_line(fitted.report[-1]), output.quiet)

    try:
        fitted = cascade_fit.fit(train, supply, _settings(recipe), note)
    except Asked:
        if not done:
            raise
        fitted = replace(done[-1], stopped=f"{stops.name} in stage {len(done[-1].report) + 1}")
    say(f"stopped: {fitted.stopped}{_advice(fitted)}", output.quiet)
    try:
        # As many patches as faces, those given first.
        unlike = rest.draw(None, held, rng)[0] if held else rest.patches[:0]
        metrics = {f"test/{k}": v for k, v in cascade_fit.scored(fitted.cascade, faces[order[:held]], unlike).items()}
    except Asked:  # the second signal, or one after the last stage: no score, but the stages are kept
        unlike, metrics = rest.patches[:0], {}
    stops.ignore()
    seconds = time.monotonic() - started_s
    written = _write(directory, fitted, train, metrics, recipe, (held, len(unlike)))
    stops.close()
    if stops.signal:
        stages = len(fitted.report)
        kept = f"the {stages} finished stages are" if stages > 1 else "the one finished stage is"
        where = f"in stage {stages + 1}" if done and fitted.stopped.startswith(stops.name) else "after the last stage"
        hint = f"it is a whole cascade, to be used as it is: dlcli detect PICTURES -m {shown(out)}"
        raise Stopped(stops.code, f"stopped {where}; {kept} in {shown(out)}", hint)
    read = [*map(str, recipes_read), *words, *negatives]
    make.write_depfile(depfile, stamp or str(directory / bundle.FILE), read)
    doc = report.document(
        "boost cascade fit", model=str(directory), data=" ".join(map(shown, words)), metrics=metrics, files=written,
        seconds=seconds, items=fitted.report, stopped=fitted.stopped, left_out=len(bad) + len(others.bad),
        held_out={"faces": held, "patches": len(unlike)},
    )  # fmt: skip
    scores = [{"metric": name, "value": value} for name, value in metrics.items()]
    tables.show(doc, [("Stages", fitted.report), ("Held out", scores)], output)
    say(f"written: {shown(out)}", output.quiet)
    make.write_stamp(stamp, str(directory))


def _advice(fitted: Fitted) -> str:
    """Return what helps a cascade of hardly any stages, whose negatives have run out."""
    if not fitted.starved or len(fitted.report) > 2:
        return ""
    return (
        "; give more negatives (larger pictures, not only patches: they are searched for more), "
        "or train one long stage: --stages 1 --stage-sizes 50"
    )


def _settings(recipe: Any) -> Settings:
    return Settings(
        seed=recipe.seed,
        stages=recipe.stages,
        sizes=tuple(recipe.sizes),
        most_features=recipe.most_features,
        detection=recipe.detection,
        false_positive=recipe.false_positive,
        features=recipe.features,
        types=cascade_fit.types_of(recipe.types),
        negatives=recipe.negatives,
        fewest_negatives=recipe.fewest_negatives,
        contrast=recipe.contrast,
        mirror=recipe.mirror,
        val=recipe.val,
        passes=recipe.passes,
    )


def _line(record: dict[str, Any]) -> str:
    found = record["detection_rate"]
    return (
        f"stage {record['stage']}: {record['features']} features, detection rate "
        f"{'unknown' if found is None else f'{found:.4f}'}, false-positive rate {record['false_positive_rate']:.4f}, "
        f"{record['negatives']:,} negatives of {record['windows_seen']:,} windows, {record['seconds']:.1f} s"
    )


def _write(
    directory: Path, fitted: Any, faces: np.ndarray, metrics: dict[str, float], recipe: Any, held: tuple[int, int]
) -> dict[str, str]:
    """Write the bundle and the figure; return role → path."""
    import scipy
    from PIL import __version__ as pillow

    from dlcli.core.recipe import plain

    held_cascade = fitted.cascade
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(f"cannot make the folder {shown(directory)}: {error.strerror or error}") from error
    chosen = [
        (rectangles, f"{row['stage']}.{row['number']}  {row['type']}: {_vote(row)}")
        for row, rectangles in zip(feature_rows(held_cascade)[:DRAWN], _rectangles(held_cascade), strict=False)
    ]
    drawn = cascade_plots.features(faces.mean(axis=0), chosen)
    files.write_with(directory / PICTURE, lambda file: file.write(drawn.png))
    about = Bundle(
        kind="cascade",
        task="detect",
        model={"name": "cascade", "window": list(held_cascade.window), "sizes": held_cascade.sizes},
        facts={
            "stages": fitted.report, "stopped": fitted.stopped, "faces": len(faces),
            "held_out": {"faces": held[0], "patches": held[1]}, "settings": plain(recipe),
        },
        preprocessing=[{"step": "color", "channels": 1}],
        versions={"dlcli": __version__, "numpy": np.__version__, "scipy": scipy.__version__, "pillow": pillow},
        metrics=metrics,
    )  # fmt: skip
    cascade_store.write(directory, held_cascade, about)
    return {
        "bundle": str(directory / bundle.FILE),
        "cascade": str(directory / cascade_store.FILE),
        "features": str(directory / PICTURE),
    }


def _vote(row: dict[str, Any]) -> str:
    """Return in words when a feature votes for the object; a value is that of the white cells less the black ones."""
    if row["below"] is None or row["above"] is None:  # the question is followed by another one
        return "a\nfurther question decides"
    side = "<" if row["below"] > row["above"] else "≥"
    return f"face when\nwhite − black {side} {row['threshold']:.2g}".replace("-", "−")


def look(argument: str, output: Output) -> None:
    """Run ``dlcli boost cascade report``: stages and features of a cascade, ours or OpenCV's."""
    model = cascade_store.find(argument)
    if model != argument:
        say(f"{shown(argument)} is read from {model}", output.quiet)
    held, about = cascade_store.load(model)
    known = about.facts.get("stages", []) if about is not None else []
    stages = []
    for number, stage in enumerate(held.stages):
        row: dict[str, Any] = {"stage": number + 1, "features": stage.size, "threshold": stage.threshold}
        if number < len(known) and isinstance(known[number], dict):
            rates = ("detection_rate", "false_positive_rate", "negatives", "windows_seen", "seconds")
            row |= {k: known[number].get(k) for k in rates}
        stages.append(row)
    features = feature_rows(held)
    metrics = about.metrics if about is not None else {}
    doc = report.document(
        "boost cascade report", model=argument, metrics=metrics, window=list(held.window), min_std=held.min_std,
        total_features=sum(held.sizes), source=held.about.get("source", ""), items=stages, features=features,
    )  # fmt: skip
    scores = [{"metric": name, "value": value} for name, value in metrics.items()]
    tables.show(doc, [("Stages", stages), ("Features", features), ("Held out", scores)], output)


def _rectangles(held: Cascade) -> list[Sequence[Any]]:
    return [held.features[node[2]] for stage in held.stages for tree in stage.trees for node in tree.nodes]


def feature_rows(held: Cascade) -> list[dict[str, Any]]:
    """Return a row for every question of a cascade, in the order they are asked."""
    rows = []
    for s, stage in enumerate(held.stages):
        nodes = [(tree, node) for tree in stage.trees for node in tree.nodes]
        for k, (tree, (left, right, feature, threshold)) in enumerate(nodes):
            cells = held.features[feature]
            votes = [tree.leaves[-c] if c <= 0 else None for c in (left, right)]
            rows.append({
                "stage": s + 1, "number": k + 1, "type": type_of(cells), "threshold": threshold,
                "below": votes[0], "above": votes[1],
                "rectangles": "; ".join(f"{x},{y} {w}×{h} {weight:+d}" for x, y, w, h, weight in cells),
            })  # fmt: skip
    return rows


def type_of(cells: Sequence[Sequence[int]]) -> str:
    """Return the type a feature's rectangles look like.

    Ours are cells of one size; OpenCV's are the whole, taken away, and a part of it that is counted two, three or nine
    times.
    """
    (_, y, w, h, _), *parts = cells
    if not parts:
        return "other"
    sideways = all(p[1] == y and p[3] == h for p in parts)
    if all(tuple(p[2:4]) == (w, h) for p in parts):
        return {1: "edge", 2: "line"}.get(len(parts), "checker") + (
            "" if len(parts) > 2 else "-x" if sideways else "-y"
        )
    if len(parts) > 1:
        return "checker"
    weight = parts[0][4]
    return "center" if weight > 3 else ("line" if weight == 3 else "edge") + ("-x" if sideways else "-y")
