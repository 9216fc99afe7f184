"""Recipes as a user handles them: list, show, copy, check, keys, schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dlcli.core import files, report, shipped
from dlcli.core import recipe as recipes
from dlcli.core.errors import DlcliError, MissingError, RecipeError, UsageError
from dlcli.core.output import Output
from dlcli.core.schemas.catalog import COMMAND_SCHEMAS, schema_of
from dlcli.core.schemas.models import ARGS
from dlcli.core.typed import all_keys, words
from dlcli.ui import tables
from dlcli.ui.console import result, say


def ls(output: Output) -> None:
    """Run ``dlcli recipes ls``."""
    rows = [{"recipe": name, "about": about(path)} for name, path in shipped.recipe_files().items()]
    tables.show(report.document("recipes ls", items=rows), [("", rows)], output)


def about(path: Path) -> str:
    """Return the comment a recipe begins with."""
    first = path.read_text(encoding="utf-8").split("\n", 1)[0]
    return first.removeprefix("#").strip()


def show(name: str, output: Output) -> None:
    """Run ``dlcli recipes show``."""
    found, path = recipes.find(name)
    text = _text(path)
    doc = report.document("recipes show", recipe=found, files={"recipe": str(path)}, text=text)
    result(tables.as_json(doc) if output.json else text)


def _text(path: Path) -> str:
    from dlcli.core.errors import DataError

    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"cannot read {path}: {error}") from error


def cp(name: str, target: str, force: bool, output: Output) -> None:
    """Run ``dlcli recipes cp``; a shipped recipe it extends is still found by name."""
    _, path = recipes.find(name)
    new = Path(target)
    if new.is_dir():
        new = new / path.name
    if new.exists() and not force:
        raise UsageError(f"{new} exists already", "choose another name, or --force to replace it", key=str(new))
    text = _text(path)
    if not new.parent.exists():
        raise UsageError(f"the folder {new.parent} does not exist", key=str(new))
    files.write_text(new, text)
    doc = report.document("recipes cp", files={"recipe": str(new)})
    tables.show(doc, [("", [{"written": str(new)}])], output)


def check(names: list[str], output: Output) -> None:
    """Run ``dlcli recipes check``.

    Raises:
        RecipeError: all problems of all recipes.

    """
    items: list[dict[str, Any]] = []
    problems = []
    for name in names:
        try:
            resolved = _resolved(name)
            task = getattr(resolved.recipe, "task", None)
            items.append({"recipe": name, "ok": True, "task": task, "problems": []})
        except RecipeError as error:
            problems += error.problems
            items.append({"recipe": name, "ok": False, "task": None, "problems": [str(p) for p in error.problems]})
        except MissingError as error:
            items.append({"recipe": name, "ok": False, "task": None, "problems": [error.message]})
            raise
        except DlcliError as error:
            if len(names) == 1:
                raise
            items.append({"recipe": name, "ok": False, "task": None, "problems": [error.message]})
            from dlcli.core.errors import Problem

            problems.append(Problem(name, "", error.message))
    if problems:
        raise RecipeError(problems, recipes.keys_hint(problems, "TASK"))
    rows = [{"recipe": i["recipe"], "ok": "ok"} for i in items]
    tables.show(report.document("recipes check", items=items), [("", rows)], output)


def _resolved(name: str) -> recipes.Resolved:
    """Return a recipe; one that asks for data is complete but for what its user adds, and is checked with some."""
    command = _command(name)
    try:
        return recipes.resolve(name, command=command)
    except RecipeError as error:
        if not any(p.key == "data.train" and "asks for data" in p.text for p in error.problems):
            raise
        return recipes.resolve(name, [], {"data.train": ("--data", "data/")}, command=command)


def _command(name: str) -> str:
    """Return whose schema a recipe has: a table's says so, everything else is trained."""
    known = shipped.recipe_files()
    path = known.get(name, Path(name))
    if not path.is_file():
        return "train"
    tree = recipes.read_file(path)
    says = [str(tree.get("task", "")), str(tree.get("extends", "")).partition("/")[0]]
    if name in known and name.startswith("visualize/"):
        return f"visualize-{shipped.visualize_verb(name)}"
    if name in known and name.partition("/")[0] in COMMAND_SCHEMAS:
        return name.partition("/")[0]
    return "boost" if "boost" in says else "train"


def keys(task: str, output: Output) -> None:
    """Run ``dlcli recipes keys``; of a recipe that trains a network of ours, the network's arguments are among them."""
    rows = []
    for key, (annotation, default, description) in _keys_of(task).items():
        shown = recipes.plain(default)
        rows.append(
            {
                "key": key,
                "type": words(annotation),
                "default": shown if isinstance(shown, str) else json.dumps(shown),
                "about": description,
            }
        )
    tables.show(report.document("recipes keys", task=task, items=rows), [(f"keys of {task}", rows)], output)


def _keys_of(task: str) -> dict[str, Any]:
    if task not in shipped.recipe_files() and not Path(task).is_file():
        return all_keys(schema_of(task))
    recipe = _resolved(task).recipe
    command = _command(task)
    found = all_keys(schema_of(recipe.task if command == "train" else command))
    arguments = ARGS.get(recipe.model.name) if command == "train" else None
    if arguments is None:
        return found
    own = {f"model.args.{k}": v for k, v in all_keys(arguments).items()}
    return {k: v for key, held in found.items() for k, v in (own if key == "model.args" else {key: held}).items()}


def schema(task: str, output: Output) -> None:
    """Run ``dlcli recipes schema``."""
    held = schema_of(task).model_json_schema(by_alias=True)
    result(tables.as_json({"$schema": "https://json-schema.org/draft/2020-12/schema", **held}))
    say("for editors: put `# yaml-language-server: $schema=FILE` on top of a recipe", output.quiet or output.json)
