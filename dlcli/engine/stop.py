"""Signals: the first asks the loop to finish its step and save, the second stops at once."""

from __future__ import annotations

import os
import signal
import time
from types import FrameType
from typing import Any

from dlcli.core.launch import SAME_SECONDS, Place

# A closed terminal (SIGHUP) is no reason to lose work either.
SIGNALS = tuple(getattr(signal, n) for n in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, n))


class StopRequest:
    """A context in which SIGINT, SIGTERM and SIGHUP only set ``signal``.

    The death of the launcher of several processes counts as SIGTERM.

    Args:
        place: this process among those that train together.

    Effects: installs handlers, and restores the old ones at the end. A second signal exits at once with 128 + signal;
        one within half a second of the first does not count, since a terminal, ``timeout`` and our launcher may all
        pass the same request on.

    """

    def __init__(self, place: Place | None = None) -> None:
        self.place = place or Place()
        self._signal: int | None = None
        self._asked_s = 0.0
        self._old: dict[int, Any] = {}

    @property
    def signal(self) -> int | None:
        """The signal that asked to stop, or None."""
        if self._signal is None and self.place.orphaned():
            self._signal = int(signal.SIGTERM)
        return self._signal

    def __enter__(self) -> StopRequest:
        for number in SIGNALS:
            if number == getattr(signal, "SIGHUP", 0) and signal.getsignal(number) is signal.SIG_IGN:
                continue  # nohup
            self._old[number] = signal.signal(number, self._take)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._old.items():
            signal.signal(number, handler)

    def _take(self, number: int, _: FrameType | None) -> None:
        now = time.monotonic()
        if self._signal is None:
            self._signal, self._asked_s = number, now
        elif now - self._asked_s >= SAME_SECONDS:
            os._exit(128 + number)
