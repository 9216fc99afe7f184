"""Which keys may change when a run goes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dlcli.core import recipe as recipes
from dlcli.core.errors import ModelError

# These at will, those with a line that says so; anything else would make another run.
FREE = ("data.workers", "device.", "train.epochs", "train.checkpoint_minutes")
RETUNED = ("optim.", "schedule.", "train.clip_norm", "train.clip_value", "train.early_stop", "train.accumulate")


@dataclass(frozen=True)
class Change:
    """A key whose value differs."""

    key: str
    before: Any
    after: Any

    def __str__(self) -> str:
        return f"{self.key}: {self.before} → {self.after}"


def changes(before: Any, after: Any) -> list[Change]:
    """Return the keys two recipes differ in.

    Raises:
        ModelError: one of them is structural; it is named.

    """
    old, new = (recipes.flat(recipes.plain(r), elements=True) for r in (before, after))
    found = [Change(k, old.get(k), new.get(k)) for k in {**old, **new} if old.get(k) != new.get(k)]
    fixed = [c for c in found if not c.key.startswith((*FREE, *RETUNED)) or c.key == "optim.name"]
    if fixed:
        raise ModelError(
            f"the run cannot go on with another {', '.join(c.key for c in fixed)} ({'; '.join(map(str, fixed))})",
            "start a new run for that; model.weights=RUN/model/model.safetensors begins with its weights",
            key=fixed[0].key,
        )
    return found
