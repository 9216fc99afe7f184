"""Tasks by name."""

from __future__ import annotations

from typing import Any

from dlcli.core.errors import MissingError
from dlcli.engine.task import Task


def make(recipe: Any) -> Task:
    """Return the task of a recipe.

    Raises:
        MissingError: not built yet.

    """
    match recipe.task:
        case "classify":
            from dlcli.tasks.classify import Classify

            return Classify(recipe)
    raise MissingError(f"training task {recipe.task!r} is not built yet")
