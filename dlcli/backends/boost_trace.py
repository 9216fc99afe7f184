"""Boosting worked through: words become a trace, a trace becomes tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcli.core import report
from dlcli.core.errors import DataError, UsageError
from dlcli.core.nearest import nearest
from dlcli.core.output import Output
from dlcli.core.schemas import ensembles
from dlcli.methods import trace as traces
from dlcli.methods import trace_gradient, trace_xgboost
from dlcli.methods.trace import LIMIT, Example
from dlcli.ui import tables
from dlcli.ui.console import say, say_each

MOST_LR = 1000.0
SHOWN = 12  # rows, wrong rows, candidate splits of a table for people
NODES = 64  # nodes of a tree
WORDS = 160  # characters of a rule
COLUMNS = 5  # rounds side by side
WHERE = ("--example", "--data", "--target", "--rounds", "--lr")
OPTIONS = {
    "adaboost": (*WHERE, "--learner"),
    "gradient": (*WHERE, "--depth", "--loss", "--min-leaf"),
    "xgboost": (*WHERE, "--depth", "--loss", "--min-leaf", "--l2", "--min-gain"),
    "logistic": (),
}
EXAMPLES = {
    "adaboost": ("ten", "line"),
    "gradient": ("students", "ten", "line"),
    "xgboost": ("students", "ten", "line"),
}
LOSSES = {"gradient": ("auto", "squared", "absolute", "log"), "xgboost": ("auto", "squared", "log")}
Row = dict[str, Any]
Titled = list[tuple[str, Sequence[Row]]]


def trace(method: str, typed: dict[str, Any], output: Output) -> None:
    """Run ``dlcli boost trace``.

    Args:
        method: adaboost, gradient, xgboost or logistic.
        typed: option → value, of those that were given.
        output: how to speak.

    Raises:
        UsageError: no such method, example or loss, or an option that the method has no use for.
        DataError: the table does not suit the method.

    """
    _check(method, typed)
    if method == "logistic":
        doc, word = traces.logistic_trace(), "example:score"
        shown: Titled = [("terms", doc["items"]), ("", [{"score": doc["score"], "probability": doc["probability"]}])]
        metrics = {"score": doc["score"], "probability": doc["probability"]}
    else:
        example, word = _rows(method, typed)
        try:
            with np.errstate(**({} if method == "adaboost" else {"over": "raise"})):
                doc = {"adaboost": _adaboost, "gradient": _gradient, "xgboost": _xgboost}[method](example, typed)
        except FloatingPointError:
            raise DataError(
                f"the scores of {word} grow beyond what a number can hold", "a smaller --lr, or fewer --rounds"
            ) from None
        if method == "adaboost" or "--data" in typed:  # what the examples' notes say is about AdaBoost
            doc["notes"] += example.notes
        shown = _adaboost_tables(doc) if method == "adaboost" else _tree_tables(doc)
        last = doc["rounds"][-1] if doc["rounds"] else {}
        metrics = {k: v for k, v in last.items() if k.startswith("train")}
        metrics = {"train/error": v} if (v := metrics.pop("train_error", None)) is not None else metrics
    notes = doc["notes"]
    if method != "logistic" and doc["rows"] > LIMIT:
        notes.append(f"only the first {LIMIT} of {doc['rows']} rows are listed one by one")
    whole = report.document("boost trace", data=word, metrics=metrics, method=method, **doc)
    tables.show(whole, shown, output)
    quiet = output.quiet or output.machine
    if method != "logistic" and (doc["rows"] > SHOWN or len(doc["rounds"]) > COLUMNS):
        rows, rounds = min(SHOWN, doc["rows"]), min(COLUMNS, len(doc["rounds"]))
        say(
            f"{rows} of {doc['rows']} rows and {rounds} of {len(doc['rounds'])} rounds side by side; --json has more",
            quiet,
        )
    say_each(notes, quiet)


def _check(method: str, typed: dict[str, Any]) -> None:
    if method not in OPTIONS:
        raise UsageError(f"{method!r} has no trace; there are {', '.join(OPTIONS)}{nearest(method, OPTIONS)}")
    for option in typed:
        if option not in OPTIONS[method]:
            allowed = ", ".join(OPTIONS[method]) or "none: it shows the course's example"
            raise UsageError(f"{option} has no effect on trace {method}; its options: {allowed}", key=option)
    if "--example" in typed and "--data" in typed:
        raise UsageError("--example and --data are two sources; give one of them", key="--example")
    if "--target" in typed and "--data" not in typed:
        raise UsageError("--target names a column of a table; give --data TABLE too", key="--target")
    if (name := typed.get("--example")) is not None and name not in EXAMPLES[method]:
        allowed = ", ".join(EXAMPLES[method])
        raise UsageError(
            f"--example {name}: trace {method} has {allowed}{nearest(name, EXAMPLES[method])}", key="--example"
        )
    if (loss := typed.get("--loss")) is not None and loss not in LOSSES[method]:
        raise UsageError(f"--loss {loss}: trace {method} has {', '.join(LOSSES[method])}", key="--loss")
    if not 0 < (lr := typed.get("--lr", 1.0)) <= MOST_LR:
        raise UsageError(f"--lr {lr:g}: must be a number above 0, at most {MOST_LR:g}", key="--lr")
    for option in ("--l2", "--min-gain", "--min-leaf"):
        if not 0 <= (value := typed.get(option, 0.0)) < float("inf"):
            raise UsageError(f"{option} {value:g}: must be a number of 0 or more", key=option)
    learner = typed.get("--learner", "stump")
    if not re.fullmatch(r"stump|tree:[1-9]\d?", learner):
        raise UsageError(f"--learner {learner}: must be stump or tree:DEPTH, such as tree:1", key="--learner")
    if method == "gradient" and (least := typed.get("--min-leaf", 1)) != max(1, int(least)):
        raise UsageError(f"--min-leaf {least:g}: rows are counted; it must be 1, 2, 3, …", key="--min-leaf")


def _rows(method: str, typed: dict[str, Any]) -> tuple[Example, str]:
    """Return the rows to work through and what to call them."""
    if (word := typed.get("--data")) is None:
        name = typed.get("--example", EXAMPLES[method][0])
        return traces.EXAMPLES[name](), f"example:{name}"
    example = _table(word, typed.get("--target"), "adaboost" if method == "adaboost" else typed.get("--loss", "auto"))
    if len(example.y) == 0:
        raise DataError(f"{word}: the table has no rows", "a trace needs one at least")
    return example, word


def _table(word: str, target: str | None, wanted: str) -> Example:
    """Read a table.

    Args:
        word: the data argument.
        target: the column to be told; None: what the table says.
        wanted: ``adaboost``, or the loss: what the target has to be.

    """
    from dlcli.core import sources
    from dlcli.data import table_files
    from dlcli.data import tables as learned

    try:
        source = sources.parse_table(word)
    except ValueError as error:
        raise UsageError(f"--data {word}: {error}", key="--data") from None
    tasks = {"adaboost": "classify", "log": "classify", "squared": "regress", "absolute": "regress"}
    table = table_files.read(source, target=target)
    task = tasks.get(wanted, "auto")
    if wanted == "auto" and _quantities(table, target if target is not None else table.target):
        task = "regress"
    try:
        schema, notes = learned.infer(table, target, task=task)
    except DataError as error:
        if "--task" in error.hint or "--id" in error.hint:  # options of `boost fit`
            numbers = "trace gradient tells numbers"
            hint = numbers if wanted == "adaboost" else "--loss squared tells numbers, --loss log classes"
            raise DataError(error.message, hint, key=error.key) from None
        raise
    notes = [note.partition("; --task")[0] for note in notes if ": --id " not in note]
    if schema.target is None:
        raise UsageError(f"{word}: which column is to be told is not known", "name it with --target", key="--target")
    rows, left_out = learned.labeled(table, schema.target)
    notes = [*notes, *(note for note in left_out if note not in notes)]
    X, y = learned.encode(rows, schema), learned.target(rows, schema)
    return Example(tuple(schema.features), X, y, tuple(schema.classes), schema.target, tuple(notes))


def _quantities(table: Any, target: str | None) -> bool:
    """Return whether the target is numbers, more than two of them: gradient boosting starts from regression."""
    from dlcli.data.table_columns import Numbers
    from dlcli.data.table_schema import number

    if target is None or target not in table:
        return False
    column = table[target]
    if isinstance(column, Numbers):
        return len(np.unique(column.values[~np.isnan(column.values)])) > 2
    values = {number(text) for text in column.present()}
    return None not in values and len(values) > 2


def _adaboost(example: Example, typed: dict[str, Any]) -> dict[str, Any]:
    if not example.classes:
        raise DataError(
            f"trace adaboost tells classes apart; {example.target} is numbers", "trace gradient takes numbers"
        )
    defaults = ensembles.Adaboost()
    return traces.adaboost_trace(
        example.X, example.y, example.names, example.classes, rounds=typed.get("--rounds", 3),
        lr=typed.get("--lr", defaults.lr), learner=typed.get("--learner", defaults.learner),
    )  # fmt: skip


def _gradient(example: Example, typed: dict[str, Any]) -> dict[str, Any]:
    loss, lr = typed.get("--loss", "auto"), typed.get("--lr", ensembles.Gradient().lr)
    taught = not example.classes and "--data" not in typed
    if taught and not {"--depth", "--min-leaf"} & typed.keys():
        rounds = typed.get("--rounds", 2)
        if rounds > 2:
            text = f"--rounds {rounds}: the course gives the students' leaves for two rounds"
            raise UsageError(text, "--depth 2 grows trees of its own, as many as wanted", key="--rounds")
        loss = "squared" if loss == "auto" else loss
        return trace_gradient.students_trace(example.y, lr=lr, loss=loss, rounds=rounds)
    example, loss = _for_loss(example, loss, taught)
    doc = trace_gradient.gradient_trace(
        example.X, example.y, example.names, classes=len(example.classes), rounds=typed.get("--rounds", 3), lr=lr,
        depth=typed.get("--depth", 2), min_leaf=int(typed.get("--min-leaf", ensembles.Gradient().min_leaf)), loss=loss,
    )  # fmt: skip
    return _named(doc, example)


def _xgboost(example: Example, typed: dict[str, Any]) -> dict[str, Any]:
    taught, defaults = "--data" not in typed, ensembles.Xgboost()
    example, loss = _for_loss(example, typed.get("--loss", "auto"), taught)
    few = taught and loss == "log" and "--min-leaf" not in typed
    bounds = trace_xgboost.Regularized(
        depth=typed.get("--depth", 2), l2=typed.get("--l2", defaults.l2),
        min_gain=typed.get("--min-gain", defaults.min_gain),
        min_leaf=0.0 if few else typed.get("--min-leaf", defaults.min_leaf),
    )  # fmt: skip
    doc = trace_xgboost.xgboost_trace(
        example.X, example.y, example.names, classes=len(example.classes), rounds=typed.get("--rounds", 2),
        lr=typed.get("--lr", defaults.lr), bounds=bounds, loss=loss,
    )  # fmt: skip
    if few:
        doc["notes"].append("min-leaf is 0 here: with XGBoost's own 1 so few rows would hardly be split under log loss")
    return _named(doc, example)


def _for_loss(example: Example, loss: str, taught: bool) -> tuple[Example, str]:
    """Return the rows with a target that suits the loss, and the loss without ``auto``."""
    loss = ("log" if example.classes else "squared") if loss == "auto" else loss
    if loss == "log" and not example.classes and taught:
        bound = trace_gradient.BOUND
        y, classes = (example.y > bound).astype(np.int64), (f"<= {bound:g}", f"> {bound:g}")
        return Example(example.names, example.X, y, classes, f"{example.target} > {bound:g}"), loss
    if (loss == "log") != bool(example.classes):
        what = "classes" if example.classes else "numbers"
        raise UsageError(
            f"--loss {loss} does not suit {example.target}: it is {what}", "leave --loss out", key="--loss"
        )
    return example, loss


def _named(doc: dict[str, Any], example: Example) -> dict[str, Any]:
    """Call classes by their names."""
    if example.classes:
        doc["classes"] = list(example.classes)
        for item in doc["items"]:
            item["target"] = example.classes[int(item["target"])]
        for told in doc["rounds"]:
            for row in (*told.get("leaves", ()), *told.get("splits", ())):
                if "class" in row:
                    row["class"] = example.classes[row["class"]]
    return doc


def _adaboost_tables(doc: dict[str, Any]) -> Titled:
    rounds = [
        {
            "round": r["round"], "rule": _short(r["rule"]), **({"missing": r["missing"]} if "missing" in r else {}),
            "wrong": _some(r["wrong"], r["wrong_rows"]),
            "error": r["error"], "alpha": r["alpha"], "Z": r["z"], "ensemble error": r["train_error"],
        }
        for r in doc["rounds"]
    ]  # fmt: skip
    side = doc["rounds"][:COLUMNS]
    weights = [
        {
            "row": i + 1, "target": doc["items"][i]["target"],
            **{f"weight {r['round']}": r["weights"][i] for r in side}, "after": side[-1]["weights_after"][i],
        }
        for i in range(min(SHOWN, len(doc["items"])))
        if side
    ]  # fmt: skip
    votes = [{**item, "score": _cell(item["score"])} for item in doc["items"][:SHOWN]]
    return [("rounds", rounds), ("weights", weights), ("sum of the votes", votes)]


def _tree_tables(doc: dict[str, Any]) -> Titled:
    shown: Titled = [("start", [{"loss": doc["loss"], "start": _cell(doc["start"]), "lr": doc["lr"]}])]
    for r in doc["rounds"][:COLUMNS]:
        title = f"round {r['round']}"
        if "nodes" in r:
            gains = [{k: v for k, v in c.items() if k not in ("left_h",)} for c in r["candidates"][:SHOWN]]
            shown += [(f"{title}: splits of the root, best first", gains), (f"{title}: tree", r["nodes"][:NODES])]
        else:
            leaves = [{**leaf, "members": _some(leaf["members"], leaf["rows"])} for leaf in r["leaves"][:NODES]]
            shown += [(f"{title}: splits", r["splits"][:NODES]), (f"{title}: leaves", leaves)]
    side, rows = doc["rounds"][:COLUMNS], []
    for i, item in enumerate(doc["items"][:SHOWN]):
        row: Row = {"row": item["row"], "target": item["target"], "F0": _cell(doc["start"])}
        for r in side:
            number = r["round"]
            if "gradients" in r:
                row |= {f"g {number}": r["gradients"][i], f"h {number}": r["hessians"][i]}
            else:
                row[f"residual {number}"] = _cell(r["residuals"][i])
            row[f"F{number}"] = _cell(r["after"][i])
        if "probability" in doc["rounds"][-1]:
            row["p"] = _cell(item["prediction"])
        rows.append(row)
    shown.append(("rows", rows))
    metric = next(k for k in doc["rounds"][0] if k.startswith("train/"))
    shown.append(("training", [{"round": r["round"], metric: r[metric]} for r in doc["rounds"]]))
    if "new_row" in doc:
        shown.append(("new row", [{**doc["new_row"], "leaves": " and ".join(doc["new_row"]["leaves"])}]))
    return shown


def _cell(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return value[0] if len(value) == 1 else " ".join(tables.text(v) for v in value)


def _short(rule: str) -> str:
    return rule if len(rule) <= WORDS else f"{rule[:WORDS].rpartition(';')[0]}; … {rule.count('; ') + 1} leaves"


def _some(rows: list[int], count: int) -> str:
    more = f" … {count} in all" if count > SHOWN else ""
    return " ".join(map(str, rows[:SHOWN])) + more
