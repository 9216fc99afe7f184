"""Looking at tables and fitted models: inspect, methods, importance, explain, dump, boundary."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np

from dlcli.backends.boost_use import scored_rows
from dlcli.core import files, report
from dlcli.core import recipe as recipes
from dlcli.core.errors import DataError, UsageError
from dlcli.core.names import METHODS
from dlcli.core.output import Output
from dlcli.core.schemas.base import key_of
from dlcli.core.schemas.boost import section_of
from dlcli.core.typed import words
from dlcli.data import table_files
from dlcli.data import tables as columns
from dlcli.methods import contributions, dump as dumps, ensembles
from dlcli.methods import importance as weights
from dlcli.tasks import table, table_bundle
from dlcli.ui import table_plots, tables
from dlcli.ui.console import result, say, say_each

GRID = 200  # points along each side of a drawn boundary


def inspect(resolved: recipes.Resolved, output: Output) -> None:
    """Run ``dlcli boost inspect``."""
    started_s = time.monotonic()
    data = resolved.recipe.data
    found = table.look(data)
    doc = report.document(
        "boost inspect", data=str(recipes.plain(data.train)), seconds=time.monotonic() - started_s, **found.facts,
        rows=found.rows, target=found.target, task=found.task, classes=found.classes, features=found.features,
        notes=found.notes, items=found.columns,
    )  # fmt: skip
    facts = [{"what": k, "found": v} for k, v in {**found.facts, "rows": found.rows, "columns": len(found.columns)}.items()]
    if found.target is not None:
        facts += [{"what": "target", "found": found.target}, {"what": "task", "found": found.task}]
        facts += [{"what": "encoded columns", "found": found.features}]
    tables.show(doc, [("", facts), ("columns", found.columns)], output)
    say_each(found.notes, output.quiet, limit=30)


def methods(output: Output) -> None:
    """Run ``dlcli boost methods``."""
    rows = []
    for name, about in METHODS.items():
        section = section_of(name)
        params = {
            key_of(section, f): {
                "type": words(info.annotation), "default": recipes.plain(info.default), "about": info.description,
            }
            for f, info in section.model_fields.items()
            if f not in ("name", "params")
        }  # fmt: skip
        tasks = [t for t in ("classify", "regress") if not ensembles.unfit(name, t)]
        rows.append({"method": name, "tasks": tasks, "about": about, "parameters": params})
    shown = [
        {
            "method": r["method"], "for": " ".join(r["tasks"]), "about": r["about"],
            "parameters": "  ".join(f"{k}={json.dumps(v['default'])}" for k, v in r["parameters"].items()),
        }
        for r in rows
    ]  # fmt: skip
    tables.show(report.document("boost methods", items=rows), [("", shown)], output)


def importance(word: str | None, argument: str, recipe: Any, output: Output, out: str | None) -> None:
    """Run ``dlcli boost importance``."""
    started_s = time.monotonic()
    opened = table_bundle.open_(argument)
    groups = columns.groups(opened.schema)
    if recipe.kind == "gain":
        if word is not None:
            raise UsageError("the gain was measured in the fit and needs no table", "add --kind permutation", key="TABLE")
        rows = weights.gain(opened.model, groups)
        if not rows:
            raise UsageError(
                f"{opened.bundle.model['name']} splits on no columns, so there is no gain", "add --kind permutation"
            )
        monitor = None
    else:
        scored, said, _ = scored_rows(opened, word, recipe.unseen)
        say_each(said, output.quiet)
        monitor = table.headline(opened.schema.task)
        rows = weights.permutation(
            opened.model, scored.x, scored.y, lambda a, y: table.scores(a, y, opened.schema.task)[monitor], groups,
            repeats=recipe.repeats, seed=recipe.seed, lower=report.lower_is_better(monitor),
        )  # fmt: skip
    doc = report.document(
        "boost importance", model=argument, data=word, seconds=time.monotonic() - started_s, kind=recipe.kind,
        monitor=monitor, files={} if out is None else {"importance": out}, items=rows,
    )  # fmt: skip
    title = f"what splits won, of 1 in all" if monitor is None else f"what {monitor} loses when the column is shuffled"
    _write(doc, rows, [(title, rows)], output, out, lambda: table_plots.importance(rows))


def explain(word: str, argument: str, recipe: Any, output: Output, out: str | None) -> None:
    """Run ``dlcli boost explain``."""
    started_s = time.monotonic()
    opened = table_bundle.open_(argument)
    schema = opened.schema
    read = table_files.read(table.source_of(word), schema=schema)
    x, notes = columns.encode(read, schema, unseen=recipe.unseen)
    say_each(notes, output.quiet)
    added, base, margin = contributions.explain(opened.model, x)
    summed, names = columns.summed(added, schema)
    classes = schema.classes if added.shape[1] > 1 else [schema.classes[-1]] if schema.classes else [""]
    rows = []
    ids = columns.ids(read, schema)
    for n in range(len(x)):
        held = {k: v[n] for k, v in ids.items()}
        for k, name in enumerate(classes):
            of = {"class": name} if name else {}
            told = dict(zip(names, summed[n, k].tolist(), strict=True))
            rows.append({"row": n + 1, **held, **of, "base": float(base[k]), **told, "margin": float(margin[n, k])})
    doc = report.document(
        "boost explain", model=argument, data=word, seconds=time.monotonic() - started_s, rows=len(x),
        margin=contributions.margin_of(opened.model), files={} if out is None else {"contributions": out},
        items=[{"input": word, **r} for r in rows],
    )  # fmt: skip
    mean = np.abs(summed).mean(axis=(0, 1))
    order = np.argsort(-mean, kind="stable")
    ranked = [{"column": names[i], "mean |contribution|": float(mean[i])} for i in order]
    say(f"base + columns = margin ({contributions.margin_of(opened.model)})", output.quiet)
    if len(x) == 1 and len(classes) == 1:
        parts = [("base", float(base[0])), *((names[i], float(summed[0, 0, i])) for i in order)]
        picture = lambda: table_plots.waterfall(parts, float(margin[0, 0]))  # noqa: E731
    else:
        picture = lambda: table_plots.contributions(ranked)  # noqa: E731
    _write(doc, rows, [("", rows)], output, out, picture)


def _write(doc: dict[str, Any], rows: list[dict], shown: list, output: Output, out: str | None, draw: Any) -> None:
    """Print a result, or write it as its file's ending says."""
    suffix = Path(out).suffix.lower() if out else ""
    if out in (None, "-"):
        tables.show(doc, shown, output)
        return
    if suffix == ".png":
        files.write_with(out, lambda file: file.write(draw().png))
    elif suffix == ".json":
        files.write_text(out, tables.as_json(doc) + "\n")
    elif suffix == ".jsonl":
        lines = (json.dumps(tables.finite(item), ensure_ascii=False) for item in doc["items"])
        files.write_text(out, "".join(f"{line}\n" for line in lines))
    elif suffix in (".csv", ".tsv"):
        files.write_text(out, tables.exact_csv(rows, "," if suffix == ".csv" else "\t"))
    else:
        text = f"--out {out}: the format is told by the ending; allowed: .csv, .tsv, .json, .jsonl, .png"
        raise UsageError(text, key="--out")
    if output.json:
        result(tables.as_json({**doc, "items": []}))
    say(f"written: {out}", output.quiet)


def dump(argument: str, form: str, trees: int | None, out: str | None, output: Output) -> None:
    """Run ``dlcli boost dump``."""
    forms = ("text", "json", "dot")
    if form not in forms:
        raise UsageError(f"--format {form!r} is not allowed; must be one of {', '.join(forms)}", key="--format")
    opened = table_bundle.open_(argument)
    schema = opened.schema
    text = dumps.dump(opened.model, form, schema.features, schema.classes, trees=trees)
    if out not in (None, "-"):
        files.write_text(out, text)
        say(f"written: {out}", output.quiet)
        written = {"dump": out}
    else:
        written = {}
    if output.json:
        shown = json.loads(text) if form == "json" else text
        result(tables.as_json(report.document("boost dump", model=argument, format=form, files=written, dump=shown)))
    elif out in (None, "-"):
        result(text)


def boundary(word: str, argument: str, recipe: Any, pair: str | None, out: str, output: Output) -> None:
    """Run ``dlcli boost boundary``."""
    if Path(out).suffix.lower() != ".png":
        raise UsageError(f"--out {out}: a picture ends in .png", key="--out")
    opened = table_bundle.open_(argument)
    schema = opened.schema
    rows, said, _ = scored_rows(opened, word, recipe.unseen)
    say_each(said, output.quiet)
    first, second = _pair(pair, schema)
    drawn = boundary_of(opened.model, schema, rows, first, second)
    files.write_with(out, lambda file: file.write(drawn.png))
    doc = report.document(
        "boost boundary", model=argument, data=word, files={"boundary": out},
        columns=[schema.features[first], schema.features[second]],
    )  # fmt: skip
    tables.show(doc, [("", [{"written": out}])], output)


def _pair(words_: str | None, schema: Any) -> tuple[int, int]:
    """Return the places of the two columns to draw."""
    if words_ is None:
        if len(schema.features) != 2:
            raise UsageError(
                f"which two of {len(schema.features)} columns? --columns A,B", "dlcli boost importance ranks them"
            )
        return 0, 1
    for cut in range(len(words_)):  # a name may hold a comma itself
        pair = words_[:cut], words_[cut + 1 :]
        if words_[cut] == "," and all(name in schema.features for name in pair):
            return schema.features.index(pair[0]), schema.features.index(pair[1])
    raise UsageError(
        f"--columns {words_!r} are not two columns of the model; there are {', '.join(schema.features[:20])}",
        key="--columns",
    )


def boundary_of(model: Any, schema: Any, rows: table.Rows, first: int, second: int) -> Any:
    """Draw a model's answers over two encoded columns; the others are held at their median."""
    sides = []
    for column in (first, second):
        known = rows.x[np.isfinite(rows.x[:, column]), column]
        if not len(known):
            raise DataError(f"the column {schema.features[column]!r} holds no number here")
        room = 0.05 * ((known.max() - known.min()) or 1.0)
        sides.append(np.linspace(known.min() - room, known.max() + room, GRID))
    middle = np.array([np.median(c[np.isfinite(c)]) if np.isfinite(c).any() else np.nan for c in rows.x.T])
    grid = np.tile(middle, (GRID * GRID, 1))
    x, y = np.meshgrid(*sides)
    grid[:, first], grid[:, second] = x.ravel(), y.ravel()
    answers = model.predict(grid)
    shaped = answers.reshape(GRID, GRID, *answers.shape[1:])
    points = rows.x[:, [first, second]]
    axes = (schema.features[first], schema.features[second])
    return table_plots.decision_boundary(sides[0], sides[1], shaped, points, rows.y, axes, schema.classes)
