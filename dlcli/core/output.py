"""How a command was asked to speak."""

from __future__ import annotations

from dataclasses import dataclass

STDOUT = "-"


@dataclass(frozen=True)
class Output:
    """The options every command has.

    Args:
        json: one document on stdout.
        jsonl: one line an item on stdout.
        quiet: nothing on stderr but errors.
        events: file that gets one JSON line an event, ``-`` for stdout, or None.

    """

    json: bool = False
    jsonl: bool = False
    quiet: bool = False
    events: str | None = None

    @property
    def machine(self) -> bool:
        """Whether a program reads stdout."""
        return self.json or self.jsonl

    @property
    def streams(self) -> bool:
        """Whether stdout carries events, a JSON line each; the result is then the last of them."""
        return self.events == STDOUT
