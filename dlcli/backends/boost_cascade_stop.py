"""Signals while a cascade is trained: the first ends the training, and what is finished is kept."""

from __future__ import annotations

import signal
import time
from types import FrameType
from typing import Any

from dlcli.core.errors import Stopped
from dlcli.core.launch import SAME_SECONDS

SIGNALS = tuple(getattr(signal, n) for n in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, n))


class Asked(KeyboardInterrupt):
    """A signal asked to stop; no library takes it for an error of its own."""


class Stops:
    """A context in which a signal raises ``Asked``, until ``ignore`` is called.

    Two signals within half a second are one, since a terminal and ``timeout`` may both pass a request on. An ``Asked``
    that leaves the context becomes ``Stopped``: nothing was saved.

    Effects: installs handlers, and restores the old ones at the end.
    """

    def __init__(self) -> None:
        self.signal = 0
        self._asked_s = 0.0
        self._deaf = False
        self._old: dict[int, Any] = {}

    @property
    def code(self) -> int:
        """The exit code of the signal."""
        return 128 + self.signal

    @property
    def name(self) -> str:
        """The signal's name."""
        return signal.Signals(self.signal).name

    def ignore(self) -> None:
        """Let nothing interrupt what comes: it writes what there is, and ends soon."""
        self._deaf = True

    def close(self) -> None:
        """Restore the handlers that were there before."""
        for number, handler in self._old.items():
            signal.signal(number, handler)
        self._old = {}

    def __enter__(self) -> Stops:
        try:
            for number in SIGNALS:
                if number == getattr(signal, "SIGHUP", 0) and signal.getsignal(number) is signal.SIG_IGN:
                    continue  # nohup
                self._old[number] = signal.signal(number, self._take)
        except ValueError:  # not the main thread: signals arrive elsewhere
            pass
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        self.close()
        if isinstance(error, Asked):
            raise Stopped(self.code, "stopped before the first stage was finished; nothing was saved") from error

    def _take(self, number: int, _: FrameType | None) -> None:
        now = time.monotonic()
        if self._deaf or (self.signal and now - self._asked_s < SAME_SECONDS):
            return
        self.signal, self._asked_s = self.signal or number, now
        raise Asked
