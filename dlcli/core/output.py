"""How a command was asked to speak."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Output:
    """The options every command has.

    Args:
        json: one document on stdout.
        jsonl: one line an item on stdout.
        quiet: nothing on stderr but errors.
        events: file that gets one JSON line an event, or None.

    """

    json: bool = False
    jsonl: bool = False
    quiet: bool = False
    events: str | None = None

    @property
    def machine(self) -> bool:
        """Whether a program reads stdout."""
        return self.json or self.jsonl
