"""Progress on stderr: a live table on a terminal, one plain line an epoch elsewhere; log and event files."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from dlcli.core.errors import DataError, DlcliError, Stopped
from dlcli.core.events import EpochDone, Event, Note, Reporter, Reporters, Started, Stepped
from dlcli.core.output import STDOUT, Output
from dlcli.ui.console import is_live, result, where_seen
from dlcli.ui.live import Live, shown
from dlcli.ui.tables import finite

PLAIN_SECONDS = 10.0


def reporter(output: Output) -> Reporters:
    """Return what shows and stores the events of a run.

    Args:
        output: how to speak.

    Raises:
        DataError: the events file cannot be written.

    """
    members: list[Reporter] = []
    live = is_live(sys.stderr) and not (output.streams and sys.stdout.isatty())  # a moving table and lines do not mix
    if not output.quiet:
        members.append(Live(sys.stderr) if live else Plain(sys.stderr))
    if output.events:
        members.append(EventFile(output.events))
    return Reporters(members)


def log_to(reporters: Reporters, path: Path) -> None:
    """Also write to the run's ``log.txt`` from here on; what was noted before comes first."""
    log = Log(path)
    for note in reporters.notes:
        log.emit(note)
    reporters.members.append(log)


def epoch_line(event: EpochDone) -> str:
    """Return an epoch as one line."""
    figures = "  ".join(f"{k} {v:.4f}" for k, v in shown(event.metrics).items())
    mark = " *" if event.best else ""
    if event.unit != "epoch":
        return f"{event.unit} {event.epoch}/{event.epochs}{mark}  {figures}  {event.seconds:.1f} s"
    return (
        f"epoch {event.epoch}/{event.epochs}{mark}  {event.counted} {event.step}  {figures}  lr {event.lr:.3g}  "
        f"{event.items_per_s:,.0f}/s  {event.seconds:.1f} s"
    )


class Plain:
    """One line an epoch, and within a long epoch one every ten seconds; no control characters."""

    def __init__(self, stream: TextIO):
        self.stream = stream
        self.told_s = time.monotonic()
        self.steps = 0

    def emit(self, event: Event) -> None:
        """Print what is worth a line."""
        now = time.monotonic()
        match event:
            case Note():
                self._print(event.text if event.level == "info" else f"{event.level}: {event.text}")
            case Started():
                self.steps = event.steps_per_epoch
            case EpochDone() if event.worth_a_line or now - self.told_s >= PLAIN_SECONDS:
                self._print(epoch_line(event))
                self.told_s = now
            case Stepped() if now - self.told_s >= PLAIN_SECONDS:
                at = f"{event.counted} {event.step} ({event.batch}/{self.steps})"
                self._print(
                    f"epoch {event.epoch}  {at}  loss {event.loss:.4f}  lr {event.lr:.3g}  {event.items_per_s:,.0f}/s"
                )
                self.told_s = now

    def _print(self, line: str) -> None:
        with where_seen():
            print(line, file=self.stream, flush=True)


class Log:
    """Every note and epoch with its time, in the run's ``log.txt``."""

    def __init__(self, path: Path):
        self.path = path

    def emit(self, event: Event) -> None:
        """Append a line."""
        match event:
            case Note():
                line = event.text if event.level == "info" else f"{event.level}: {event.text}"
            case EpochDone() if event.worth_a_line:
                line = epoch_line(event)
            case _:
                return
        self._write(line)

    def failed(self, error: BaseException) -> None:
        """Append what ended the run: a message, or the traceback of what nobody expected (no values of variables)."""
        if isinstance(error, DlcliError):
            word = "" if isinstance(error, Stopped) else "failed: "
            line = f"{word}{error.message}" + (f"\n  → {error.hint}" if error.hint else "")
        else:
            import traceback

            line = "failed: " + "".join(traceback.format_exception(error)).rstrip()
        with contextlib.suppress(OSError):  # a full disk may be the very failure
            self._write(line)

    def _write(self, text: str) -> None:
        with self.path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')}  {text}\n")


class EventFile:
    """Every event as a JSON line, in a file or, for ``-``, on stdout."""

    def __init__(self, path: str):
        self.file: TextIO | None = None
        if path == STDOUT:
            return
        try:
            self.file = open(path, "a", encoding="utf-8", errors="backslashreplace")  # noqa: SIM115 - lives as long as the process
        except OSError as error:
            raise DataError(f"--events {path}: {error.strerror or error}", key="--events") from error

    def emit(self, event: Event) -> None:
        """Write a line at once."""
        line = json.dumps(finite(event.record()))
        if self.file is None:
            result(line)
        else:
            self.file.write(f"{line}\n")
            self.file.flush()

    def close(self) -> None:
        """Close the file."""
        if self.file is not None:
            self.file.close()


@contextlib.contextmanager
def until_end(reporters: Reporters) -> Iterator[None]:
    """Have the log say what ended a run early; whatever happened, close what ``close`` closes."""
    try:
        yield
    except BaseException as error:
        for member in reporters.members:
            if isinstance(member, Log):
                member.failed(error)
        raise
    finally:
        close(reporters)


def close(reporters: Reporters) -> None:
    """Let a live view give the terminal back and close the event file, whatever happened."""
    for member in reporters.members:
        if isinstance(member, Live | EventFile):
            member.close()
