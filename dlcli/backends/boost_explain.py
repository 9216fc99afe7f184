"""Looking at tables and fitted models: inspect, methods, importance, explain, dump, boundary."""

from __future__ import annotations

import json
import time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from dlcli.backends import boost_page
from dlcli.backends.boost_use import beside, refuse_input, scored_rows
from dlcli.core import files, report
from dlcli.core import recipe as recipes
from dlcli.core.errors import UsageError
from dlcli.core.names import METHODS
from dlcli.core.output import Output
from dlcli.core.schemas.base import key_of
from dlcli.core.schemas.boost import section_of
from dlcli.core.typed import words
from dlcli.data import table_describe, table_files
from dlcli.data import tables as columns
from dlcli.methods import contributions, parameters
from dlcli.methods import dump as dumps
from dlcli.tasks import table, table_bundle
from dlcli.ui import table_plots, tables
from dlcli.ui.console import result, say, say_each

# What contributions add up to, where it is no value of the target.
MARGINS = dict.fromkeys(("logistic", "gradient", "hist", "xgboost", "lightgbm"), "log-odds")
MARGINS |= dict.fromkeys(("tree", "bagging", "forest"), "probability")
MARGINS |= {"adaboost": "sum of weighted votes", "perceptron": "decision"}


def inspect(resolved: recipes.Resolved, output: Output) -> None:
    """Run ``dlcli boost inspect``."""
    started_s = time.monotonic()
    data = resolved.recipe.data
    read = table.read(data, data.train)
    notes = list(read.notes)
    schema = None
    if data.target is not None or read.target is not None:
        schema, said = columns.infer(read, data.target, data.task, data.ids, (), data.levels)
        notes += said
    rows = table_describe.describe(read, schema)
    facts = table_describe.facts(read)
    about = {"target": None, "task": None, "classes": [], "features": None}
    if schema is not None:
        about = {k: getattr(schema, k) for k in ("target", "task", "classes")} | {"features": len(schema.features)}
    doc = report.document(
        "boost inspect", data=str(recipes.plain(data.train)), seconds=time.monotonic() - started_s,
        **{k: v for k, v in facts.items() if k != "rows"}, rows=len(read), **about, notes=notes, items=rows,
    )  # fmt: skip
    shown = [{"what": k, "found": v} for k, v in {**facts, "columns": len(rows)}.items()]
    if schema is not None:
        more = {"target": schema.target, "task": schema.task, "encoded columns": len(schema.features)}
        shown += [{"what": k, "found": v} for k, v in more.items()]
        shown += [{"what": "classes", "found": ", ".join(schema.classes)}] if schema.classes else []
    tables.show(doc, [("", shown), ("columns", rows)], output)
    say_each(notes, output.quiet, limit=30)


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
        tasks = [t for t in ("classify", "regress") if parameters.fits(name, t)]
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
    groups = table.groups(opened.schema)
    if recipe.kind == "gain":
        if word is not None:
            raise UsageError(
                "the gain was measured in the fit and needs no table", "add --kind permutation", key="TABLE"
            )
        rows = boost_page.gain_rows(opened.model, groups)
        monitor = None
    else:
        scored, said, _ = scored_rows(opened, word, recipe.unseen)
        say_each(said, output.quiet)
        monitor = table.headline(opened.schema.task)
        sign = -1 if report.lower_is_better(monitor) else 1
        found = contributions.permutation(
            opened.model, scored.x, scored.y,
            lambda y, answers: sign * table.scores(answers, y, opened.schema.task)[monitor],
            recipe.repeats, recipe.seed, groups,
        )  # fmt: skip
        rows = [{"column": name, "kind": "permutation", **v} for name, v in found.items()]
        rows.sort(key=lambda r: -r["mean"])
    doc = report.document(
        "boost importance", model=argument, data=word, seconds=time.monotonic() - started_s, kind=recipe.kind,
        monitor=monitor, files={} if out is None else {"importance": out}, items=rows,
    )  # fmt: skip
    title = "what splits won, of 1 in all" if monitor is None else f"what {monitor} loses when the column is shuffled"
    _write(doc, rows, [(title, rows)], output, out, partial(table_plots.importance, rows))


def explain(word: str, argument: str, recipe: Any, output: Output, out: str | None) -> None:
    """Run ``dlcli boost explain``."""
    started_s = time.monotonic()
    opened = table_bundle.open_(argument)
    refuse_input(out, [word])
    schema = opened.schema
    read = table_files.read(table.source_of(word), schema=schema)
    notes = list(read.notes)
    x = columns.encode(read, schema, recipe.unseen, notes)
    say_each(notes, output.quiet)
    added, base = contributions.explain(opened.model, x)
    margin = contributions.margin(opened.model, x)
    groups = table.groups(schema)
    ours = ("input", "row", "class", "base", "margin")
    names = [beside(name, ours) for name in groups]
    summed = np.stack([added[:, :, places].sum(axis=2) for places in groups.values()], axis=2)
    classes = schema.classes if summed.shape[1] > 1 else [""]
    rows = []
    ids = {beside(name, (*ours, *names)): cells for name, cells in columns.ids(read, schema).items()}
    for n in range(len(x)):
        held = {k: v[n] for k, v in ids.items()}
        for k, name in enumerate(classes):
            of = {"class": name} if name else {}
            told = dict(zip(names, summed[n, k].tolist(), strict=True))
            rows.append({"row": n + 1, **held, **of, "base": float(base[k]), **told, "margin": float(margin[n, k])})
    doc = report.document(
        "boost explain", model=argument, data=word, seconds=time.monotonic() - started_s, rows=len(x),
        margin=MARGINS.get(opened.bundle.model["name"], "value"), files={} if out is None else {"contributions": out},
        items=[{"input": word, **r} for r in rows],
    )  # fmt: skip
    mean = np.abs(summed).mean(axis=(0, 1))
    order = np.argsort(-mean, kind="stable")
    ranked = [{"column": names[i], "mean": float(mean[i])} for i in order]
    say(f"base + columns = margin: {doc['margin']}", output.quiet)
    if len(x) == 1 and len(classes) == 1:
        shown, typed = boost_page.columns_of(read, schema, [0], len(names))[0], list(groups)
        steps = [
            {"column": names[i], "value": shown.get(typed[i]), "contribution": float(summed[0, 0, i])} for i in order
        ]
        draw = partial(table_plots.waterfall, float(base[0]), steps, float(margin[0, 0]))
    else:
        draw = partial(table_plots.contributions, ranked)
    _write(doc, rows, [("", rows)], output, out, draw)


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
    text = dumps.dump(opened.model, schema.features, schema.classes, form, trees)
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
    drawn = boost_page.boundary(opened.model, schema, rows, first, second)
    files.write_with(out, lambda file: file.write(drawn.png))
    doc = report.document(
        "boost boundary", model=argument, data=word, files={"boundary": out},
        columns=[schema.features[first], schema.features[second]],
    )  # fmt: skip
    if output.json:
        result(tables.as_json(doc))
    say(f"written: {out}", output.quiet)


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
