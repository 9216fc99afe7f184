"""Fitted tables: a bundle of ``kind: table``, written and opened; nothing in it is unpickled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dlcli.core import bundle, files
from dlcli.core.errors import DlcliError, ModelError
from dlcli.data.tables import Schema
from dlcli.methods import stored

SCHEMA_FILE = "schema.json"


@dataclass(frozen=True)
class Opened:
    """A fitted model with the table it was fitted to.

    Args:
        argument: as typed.
        directory: of the bundle.
        model: predicts encoded rows.
        schema: what the columns are.
        bundle: what ``bundle.yaml`` says.

    """

    argument: str
    directory: Path
    model: Any
    schema: Schema
    bundle: bundle.Bundle


def write(directory: Path, model: Any, schema: Schema, about: Mapping[str, Any]) -> bundle.Bundle:
    """Write a bundle; ``bundle.yaml`` comes last, so that half a bundle is none.

    Args:
        directory: made when missing.
        model: of ``methods.ensembles.fit``.
        schema: of the training rows.
        about: further fields of ``core.bundle.Bundle``.

    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise files.writing_failed(directory, error) from error
    held = stored.write(directory, model)
    files.write_json(directory / SCHEMA_FILE, schema.plain())
    held[SCHEMA_FILE] = bundle.sha256(directory / SCHEMA_FILE)
    made = bundle.Bundle(kind="table", task=schema.task, preprocessing=[], files=held, **about)
    bundle.write(directory, made)
    return made


def open_(argument: str) -> Opened:
    """Open a run or bundle of ``dlcli boost fit``.

    Raises:
        ModelError: not there, of another kind, broken or altered.

    """
    if argument == "":
        raise ModelError("--model '' names no model")
    path = Path(argument)
    directory = bundle.locate(path)
    if directory is None:
        raise _missing(argument, path)
    held = bundle.read(directory)
    if held.kind != "table":
        raise bundle.of_another_kind(argument, held, "a model of dlcli boost")
    if SCHEMA_FILE not in held.files:
        raise ModelError(f"{directory / bundle.FILE} is broken: it does not name {SCHEMA_FILE}")
    model = stored.read(directory, held.files)
    try:
        schema = Schema.from_plain(files.read_json(directory / SCHEMA_FILE))
    except (DlcliError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelError(f"{directory / SCHEMA_FILE} is broken: {error}") from error
    return Opened(argument, directory, model, schema, held)


def _missing(argument: str, path: Path) -> ModelError:
    try:
        there = path.exists()
    except OSError:  # a name too long
        there = False
    if not there:
        return ModelError(f"{argument} does not exist", "dlcli runs ls lists the runs here")
    if (path / "env.json").is_file():
        return ModelError(f"the run {argument} has no model: its fit did not finish", "fit it again")
    return ModelError(f"{argument} holds no model ({bundle.FILE} is missing)", "dlcli runs ls lists the runs here")
