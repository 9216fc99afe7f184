"""Exit codes and the errors that carry them.

Every failure a user can cause is a ``DlcliError``: what was wrong, the value, what is allowed, and, as the hint,
what to do next. Anything else that reaches ``__main__`` is a bug of ours and exits 1 with a saved traceback.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Exit(IntEnum):
    """The exit codes of every command."""

    OK = 0
    RUN = 1
    USAGE = 2
    DATA = 3
    MISSING = 4
    DEVICE = 5
    MODEL = 6
    CHECK = 7
    INTERRUPTED = 130
    BROKEN_PIPE = 141
    TERMINATED = 143


class DlcliError(Exception):
    """A failure to tell the user about in one message and one hint.

    Args:
        message: what was wrong, with the value and what is allowed.
        hint: what to do next; may be empty.
        key: the recipe key, option or file it is about; may be empty.

    """

    code = Exit.RUN
    kind = "run"

    def __init__(self, message: str, hint: str = "", *, key: str = ""):
        super().__init__(message)
        self.message, self.hint, self.key = message, hint, key

    def document(self) -> dict:
        """Return the error as the object that ``--json`` prints on stderr."""
        return {
            "error": {
                "code": int(self.code),
                "kind": self.kind,
                "message": self.message,
                "key": self.key,
                "hint": self.hint,
            }
        }


class RunFailed(DlcliError):
    """Training or computing failed."""


class UsageError(DlcliError):
    """The words typed or the recipe are wrong."""

    code, kind = Exit.USAGE, "usage"


class DataError(DlcliError):
    """Input data is missing or invalid."""

    code, kind = Exit.DATA, "data"


class MissingError(DlcliError):
    """A dependency is missing, or the command is not built yet."""

    code, kind = Exit.MISSING, "missing"


class DeviceError(DlcliError):
    """A device is unavailable or out of memory."""

    code, kind = Exit.DEVICE, "device"


class ModelError(DlcliError):
    """A model or checkpoint is missing, broken or does not fit."""

    code, kind = Exit.MODEL, "model"


class CheckFailed(DlcliError):
    """A check the user asked for was not met."""

    code, kind = Exit.CHECK, "check"


class Stopped(DlcliError):
    """A signal ended the command after it had put its work in order."""

    kind = "stopped"

    def __init__(self, code: int, message: str, hint: str = ""):
        super().__init__(message, hint)
        self.code = code


class Told(DlcliError):
    """Another process of the job has said what was wrong; this one ends with a code and no word."""

    kind = "told"

    def __init__(self, code: int):
        super().__init__("")
        self.code = code


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a recipe.

    Args:
        where: ``file:line:column``, or the word typed.
        key: dotted recipe key; empty for the file as a whole.
        text: what is wrong, with value and what is allowed.

    """

    where: str
    key: str
    text: str

    def __str__(self) -> str:
        typed = self.where.removeprefix("~").partition("=")[0].removesuffix("+")  # a word typed begins with its key
        key = f"{self.key}: " if self.key and self.key != typed else ""
        return f"{self.where}: {key}{self.text}"


class RecipeError(UsageError):
    """Everything wrong with a recipe, found in one pass."""

    kind = "recipe"

    def __init__(self, problems: list[Problem], hint: str = ""):
        super().__init__("\n".join(map(str, problems)), hint, key=problems[0].key)
        self.problems = problems

    def document(self) -> dict:
        """Return the error object with each problem by itself."""
        doc = super().document()
        doc["error"]["problems"] = [vars(p) for p in self.problems]
        return doc
