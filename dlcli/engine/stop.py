"""Signals: the first asks the loop to finish its step and save, the second stops at once."""

from __future__ import annotations

import os
import signal
from types import FrameType
from typing import Any

# A closed terminal (SIGHUP) is no reason to lose work either.
SIGNALS = tuple(getattr(signal, n) for n in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, n))


class StopRequest:
    """A context in which SIGINT, SIGTERM and SIGHUP only set ``signal``.

    Effects: installs handlers, and restores the old ones at the end. A second signal exits at once with 128 + signal.
    """

    def __init__(self) -> None:
        self.signal: int | None = None
        self._old: dict[int, Any] = {}

    def __enter__(self) -> StopRequest:
        for number in SIGNALS:
            self._old[number] = signal.signal(number, self._take)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._old.items():
            signal.signal(number, handler)

    def _take(self, number: int, _: FrameType | None) -> None:
        if self.signal is not None:
            os._exit(128 + number)
        self.signal = number
